"""What has the account posted? Its own records, from the server that keeps them.

The account's server has a record as soon as it was made; the AppView may be behind. Records come
by their keys, newest first: a post may be kept under the moment it was due and say that it was made
later, so reading goes on for a while below the moment that is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.channels.bluesky.calling import Calls, Row
from connectors.channels.bluesky.record_keys import moment_of

POST = "app.bsky.feed.post"
PAGE = "100"
MARGIN = timedelta(days=7)
"""How long after the moment of its key a post may have been made, and still be found."""


@dataclass(frozen=True, slots=True)
class Own:
    """A post or a reply of the account's own."""

    uri: str
    key: str
    at: datetime  # by its own word, UTC
    text: str
    language: str
    parent: str  # what it answers; '' for a post


def own_records(calls: Calls, back_to: datetime | None) -> Iterator[list[Own]]:
    """Yield pages of posts and replies, newest key first, down to a moment; None: all of them."""
    params = {"repo": calls.did, "collection": POST, "limit": PAGE}
    for rows in calls.pages("com.atproto.repo.listRecords", params, "records", signed=False):
        with calls.shape("com.atproto.repo.listRecords"):
            page = [_own(row) for row in rows]
        yield page
        last = moment_of(page[-1].key)
        if back_to is not None and last is not None and last < back_to - MARGIN:
            return


def said_at(record: Row, otherwise: datetime) -> datetime:
    """Return when a record says that it was made; what is no moment counts as `otherwise`."""
    try:
        moment = datetime.fromisoformat(str(record.get("createdAt")))
    except ValueError:
        return otherwise
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def key_of_uri(uri: str) -> str:
    """Return the key at the end of `at://did:plc:.../app.bsky.feed.post/<key>`."""
    return uri.rpartition("/")[2]


def did_of_uri(uri: str) -> str:
    """Return whose record it is."""
    return uri.removeprefix("at://").partition("/")[0]


def _own(row: Row) -> Own:
    uri, record = row["uri"], row["value"]
    key = key_of_uri(uri)
    at = said_at(record, moment_of(key) or datetime.fromtimestamp(0, UTC))
    languages = record.get("langs") or [""]
    parent = record["reply"]["parent"]["uri"] if record.get("reply") else ""
    return Own(uri, key, at, str(record.get("text", "")), str(languages[0]), parent)
