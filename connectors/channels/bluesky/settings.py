"""Is a post or a reply there now? By its text and its moment, whoever made it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, Setting, Subject
from connectors.channels.bluesky.calling import Calls
from connectors.channels.bluesky.own_records import Own, did_of_uri, key_of_uri, own_records
from connectors.channels.bluesky.record_keys import moment_of
from connectors.social import EARLY, comment_of, digest_of_item, due_of, text_digest

WRITABLE: frozenset[tuple[Level, Field]] = frozenset([("account", "post"), ("post", "reply")])


def refuse_unwritable(subjects: Iterable[Subject]) -> None:
    """Raise `RejectedError` for what cannot be written here, and for an item nobody has made."""
    for subject in subjects:
        if (subject.level, subject.field) not in WRITABLE:
            raise RejectedError(f"bluesky cannot change {subject.field} of {subject.level}")
        if subject.field == "post":
            try:
                due_of(subject.item)
            except ValueError:
                raise RejectedError(f"{subject.item!r} is no post's item") from None
        elif not comment_of(subject.item).startswith("at://"):
            raise RejectedError(f"{subject.item!r} is no reply's item: it names no comment")


def read(calls: Calls, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
    """Return what is true now of every subject of this account.

    A reply's post that is gone is not in the answer. Without a post of ours, as under a mention
    elsewhere, there is nothing that could be gone.
    """
    refuse_unwritable(subjects)
    if not subjects:
        return {}
    records = read_back(calls, subjects)
    there = {record.uri for record in records}
    return {
        subject: Setting(subject, PRESENT if matching(subject, records) else ABSENT)
        for subject in subjects
        if _exists(subject, calls, there)
    }


def read_back(calls: Calls, subjects: Sequence[Subject]) -> list[Own]:
    """Return all records that can matter for these subjects, newest key first."""
    moments = [_earliest(subject) for subject in subjects]
    known = [moment for moment in moments if moment is not None]
    back_to = min(known) if len(known) == len(moments) else None
    return [record for page in own_records(calls, back_to) for record in page]


def matching(subject: Subject, records: Iterable[Own]) -> list[Own]:
    """Return the records that are what a subject names."""
    digest = digest_of_item(subject.item)
    if subject.field == "post":
        first, parent = due_of(subject.item) - EARLY, ""
    else:
        first, parent = None, comment_of(subject.item)
    return [
        record
        for record in records
        if record.parent == parent
        and (first is None or record.at >= first)
        and text_digest(record.text) == digest
    ]


def _earliest(subject: Subject) -> datetime | None:
    """Return the moment before which no record matters; None if there is none such."""
    if subject.field == "post":
        return due_of(subject.item) - EARLY
    return moment_of(key_of_uri(subject.entity_id or comment_of(subject.item)))


def _exists(subject: Subject, calls: Calls, there: set[str]) -> bool:
    if subject.field == "post":
        return subject.entity_id in (calls.account_id, calls.did)
    return did_of_uri(subject.entity_id) != calls.did or subject.entity_id in there
