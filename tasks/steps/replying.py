"""Answer a comment, or note that it needs no answer: a person does, nothing answers by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from config.library import Library
from config.networks import NETWORKS
from config.playbooks import ReplyPlaybook
from config.problems import choose
from connectors.actions import DONE, Action
from connectors.base import RejectedError
from connectors.social import Comment
from connectors.warehouse import Decided, Warehouse
from tasks.change_wording import ending
from tasks.run import RunFailedError, WrongUseError
from tasks.social.replying import reply_to
from tasks.steps.apply import Round
from tasks.steps.events import tell
from tasks.steps.opening import brand_library, open_warehouse, run_log


@dataclass(frozen=True, slots=True)
class Answering:
    """An account whose comments can be answered."""

    entry: str  # of the brand file
    process: str
    playbook: ReplyPlaybook
    account_key: int


@task(task_run_name="reply-{account}", timeout_seconds=600, cache_policy=NO_CACHE)
def reply(brand: str, account: str, comment: str, text: str, who: str) -> Action:
    """Answer a comment through the gate, once; return the action.

    Raises `LookupError` for an account or comment that there is not, `WrongUseError` for what makes
    no sense, `RejectedError` for a comment that was answered, `RunFailedError` for an answer that
    could not be published.
    """
    if not who.strip() or not text.strip():
        raise WrongUseError("say who you are, and what you answer: both stay in the ledger")
    library, now = brand_library(brand), datetime.now(UTC)
    with open_warehouse() as warehouse:
        at = _one(warehouse, library, brand, account)
        said = _waiting(warehouse, at.account_key, comment)
        zone = ZoneInfo(library.brand(brand).time_zone)
        proposal = reply_to(
            said,
            text.strip(),
            brand=brand,
            process=at.process,
            playbook=at.playbook,
            mode=library.mode(brand, at.process, at.playbook.name),
            account_key=at.account_key,
            language=library.brand(brand).content.language,
            now=now,
            today=now.astimezone(zone).date(),
        )
        decided = Decided(proposal, "approved", "", f"written by {who.strip()}")
        sent = _sent(warehouse, library, brand, decided, who.strip(), now)
        tell(warehouse, brand, at.process, now)
        if sent.state in DONE:
            warehouse.close_comment(at.account_key, comment, now)
    run_log().info("action %d: %s", sent.action_id, ending(sent))
    if sent.state in ("refused", "expired", "failed"):
        raise RunFailedError(f"the answer was not published: {ending(sent)}")
    return sent


@task(task_run_name="no-reply-{account}", timeout_seconds=120, cache_policy=NO_CACHE)
def needs_no_reply(brand: str, account: str, comment: str) -> None:
    """Note that a comment needs no answer."""
    library = brand_library(brand)
    with open_warehouse() as warehouse:
        at = _one(warehouse, library, brand, account)
        warehouse.close_comment(at.account_key, comment, datetime.now(UTC))


def answering(warehouse: Warehouse, library: Library, brand: str) -> Iterator[Answering]:
    """Yield the brand's accounts whose comments can be answered: entry, how, key."""
    accounts = warehouse.accounts(brand)
    keys = dict(zip(accounts["entry"], accounts["account_key"], strict=True))
    for name, process in library.processes.items():
        if process.platform not in NETWORKS:
            continue
        books = library.playbooks_for(brand, name)
        for book in (it for it in books if isinstance(it, ReplyPlaybook)):
            for entry in library.entries(brand, name):
                if entry.name in keys:
                    yield Answering(entry.name, name, book, int(keys[entry.name]))


def _one(warehouse: Warehouse, library: Library, brand: str, account: str) -> Answering:
    there = {it.entry: it for it in answering(warehouse, library, brand)}
    if account not in there:
        raise LookupError(
            f"{brand} has no account {account!r} whose comments were read and can be answered; "
            f"{choose(account, there)}"
        )
    return there[account]


def _waiting(warehouse: Warehouse, account_key: int, comment_id: str) -> Comment:
    """Return a comment that nobody has answered."""
    said = warehouse.comment(account_key, comment_id)
    if said.by_us:
        raise RejectedError(f"comment {comment_id} is our own")
    waiting = {it.comment_id for _, it, _ in warehouse.open_comments([account_key])}
    if comment_id not in waiting:
        raise RejectedError(f"comment {comment_id} was answered, closed or forgotten already")
    return said


def _sent(
    warehouse: Warehouse, library: Library, brand: str, decided: Decided, who: str, now: datetime
) -> Action:
    """Record an answer and carry it out; return it as it is then."""
    run_id = flow_run.id or str(uuid4())
    (made,) = warehouse.record([decided], run_id=run_id, actor=who, now=now)
    if made.state == "approved":
        Round(warehouse, library, brand, run_id, now).carry_out([made.action_id])
    return warehouse.action(made.action_id)
