"""What a person sees of comments on the command line, and how an answer is sent."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.content_times import written
from config.words import Importance
from connectors.social import Comment
from deployments.plain_data import plain_data
from deployments.showing_actions import LONG, ledger
from tasks.change_wording import ending
from tasks.report.escape import plain
from tasks.social.conversation import Remark, remark_of
from tasks.steps.opening import brand_library
from tasks.steps.replying import answering, reply

RANK: dict[Importance, int] = {"high": 0, "medium": 1, "low": 2}
COLOURS: dict[Importance, str] = {"high": "bold red", "medium": "yellow", "low": "dim"}


@dataclass(frozen=True, slots=True)
class Open:
    """A comment that nobody has answered, and what it is taken for."""

    account: str  # entry of the brand file
    comment: Comment
    remark: Remark


def show_list(brand: str, every: bool, as_json: bool) -> None:
    """Print what waits, the most urgent first, then what has waited longest."""
    found = [one for one in _open(brand) if every or one.remark.answer_by]
    found.sort(key=lambda one: (RANK[one.remark.urgency], one.comment.at))
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
    elif not found:
        click.echo("Nobody waits for an answer.")
    else:
        _print(found, ZoneInfo(brand_library(brand).brand(brand).time_zone))


def answer(brand: str, account: str, comment: str, text: str, who: str) -> None:
    """Send an answer and say what became of it."""
    sent = reply.fn(brand, account, comment, text, who)
    click.echo(f"{sent.action_id} {plain(ending(sent), LONG)}")


def _open(brand: str) -> list[Open]:
    library = brand_library(brand)
    rules = library.brand(brand).content
    found = []
    with ledger() as warehouse:
        for at in answering(warehouse, library, brand):
            counts = warehouse.followers([at.account_key], datetime.now(UTC).date().replace(day=1))
            last = counts["followers"].dropna()
            followers = None if last.empty else int(last.iloc[-1])
            found += [
                Open(at.entry, comment, remark_of(comment, followers, rules))
                for _, comment, _ in warehouse.open_comments([at.account_key])
            ]
    return found


def _print(found: list[Open], zone: ZoneInfo) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("account", "comment", "answer by", "taken for", "what was said"):
        table.add_column(column, overflow="fold")
    now = datetime.now(UTC)
    for one in found:
        due = one.remark.answer_by
        when = written(due, zone) if due else "no answer needed"
        late = due is not None and due < now
        table.add_row(
            one.account,
            one.comment.comment_id,
            Text(f"{when} late" if late else when, style="bold red" if late else ""),
            Text(one.remark.kind, style=COLOURS[one.remark.urgency]),
            Text(plain(one.comment.text, LONG)),
        )
    Console().print(table)
