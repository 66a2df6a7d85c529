"""What do the commands write into content files? New posts, approvals, times: nothing else."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import click

from config.content import READY, ContentState
from config.content_approval import approved_digest, is_approved
from config.content_edit import with_values
from config.content_misfits import content_problems, digests
from config.content_new import content_file
from config.content_parsing import parse_content
from config.content_pictures import PictureFile, read_pictures
from config.content_times import PublishTimeError, moment
from config.networks import Network
from config.problems import ConfigurationError, Problem
from config.reading import shown
from deployments.content_desk import Desk, Finding, of_file, of_words, open_desk
from deployments.content_showing import print_findings
from deployments.file_edits import one_line, replace_text
from tasks.report.escape import plain
from tasks.run import WrongUseError
from tasks.social.calendar_slots import objections


def write_new(
    brand: str, name: str, objective: str, networks: Sequence[str], now: datetime
) -> None:
    """Write a file of an idea. Raise `ConfigurationError` if it exists or the name is none."""
    desk = open_desk(brand, now)
    text = content_file(name, desk.brand, objective, cast("Sequence[Network]", networks))
    path = desk.folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        remedy = "choose another name, or edit it"
        raise ConfigurationError([Problem(shown(path), 0, "", "exists already", remedy)]) from None
    click.echo(f"Wrote {shown(path)}.")
    click.echo(f"Next: write the text, then marketloop content check {name} --brand {brand}")


def approve(brand: str, name: str, who: str, why: str, now: datetime) -> bool:
    """Write an approval into a post's file, or print why not; return whether it was written."""
    desk = open_desk(brand, now)
    path, before = _file(desk, name)
    content = desk.library.content(brand, name)
    if content.front.state in ("published", "retired"):
        raise WrongUseError(f"{name} is {content.front.state}: there is nothing left to approve")
    state: ContentState = "scheduled" if content.front.state == "scheduled" else "approved"
    pictures = read_pictures(desk.folder, (it.file for it in content.front.images))
    approval = {
        "by": plain(who),
        "on": f"{now.astimezone(desk.zone).date()}",
        "digest": approved_digest(content, digests(pictures)),
        **({"why": plain(why, 0)} if why.strip() else {}),
    }
    after = with_values(before, {"state": state, "approval": one_line(approval)}, shown(path))
    if wrong := _errors(desk, name, after):
        print_findings(wrong)
        click.secho(f"{name} is not approved: mend this first.", fg="red", err=True)
        return False
    replace_text(path, before, after)
    click.echo(f"{name} is approved by {approval['by']}, as it is now.")
    at = content.front.publish_at
    if state == "scheduled":
        click.echo(f"It stays scheduled at {at} ({desk.zone.key}).")
    else:
        click.echo(f'Next: marketloop content schedule {name} --brand {brand} --at "{at or "..."}"')
    return True


def schedule(brand: str, name: str, at: str, now: datetime) -> None:
    """Write its time into an approved post's file. Raise `WrongUseError` with all that is in the
    way."""
    desk = open_desk(brand, now)
    path, before = _file(desk, name)
    content = desk.library.content(brand, name)
    approved = content.front.state in READY and is_approved(
        content, desk.library.picture_digests(brand)
    )
    if not approved:
        raise WrongUseError(
            f"{name} is not approved as it is now (state: {content.front.state}); "
            f"marketloop content approve {name} --brand {brand}"
        )
    try:
        when = moment(at.strip(), desk.zone)
    except PublishTimeError as error:
        raise WrongUseError(f"--at: {error}") from None
    against = objections(
        when, name, content.front.networks, desk.rules, desk.zone, desk.near(when), now
    )
    if against:
        raise WrongUseError("\n".join([f"{name} is not scheduled at {at.strip()}:", *against]))
    values = {"publish_at": f'"{at.strip()}"', "state": "scheduled"}
    after = with_values(before, values, shown(path))
    if wrong := _errors(desk, name, after):
        print_findings(wrong)
        raise WrongUseError(f"{name} is not scheduled: mend this first")
    replace_text(path, before, after)
    networks = ", ".join(content.front.networks)
    click.echo(f"{name} is scheduled at {at.strip()} ({desk.zone.key}) on {networks}.")


def _file(desk: Desk, name: str) -> tuple[Path, str]:
    """Return a post's file and its text, every sign of it: byte order mark and line ends too."""
    desk.library.content(desk.name, name)
    path = desk.folder / f"{name}.md"
    return path, path.read_bytes().decode("utf-8")


def _errors(desk: Desk, name: str, text: str) -> list[Finding]:
    """Return the errors that a post's file would have with this text."""
    parsed = parse_content(text.removeprefix("\ufeff"), f"{name}.md", name)
    if isinstance(parsed, list):
        return of_file(desk.name, name, parsed)
    source, content = parsed
    pictures = read_pictures(desk.folder, (it.file for it in content.front.images))
    wrong = list(content_problems(source, content, desk.brand, pictures))
    there = {file: it for file, it in pictures.items() if isinstance(it, PictureFile)}
    found = [*of_file(desk.name, name, wrong), *of_words(desk, content, there)]
    return [finding for finding in found if finding.severity == "error"]
