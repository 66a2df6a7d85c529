"""What is to be sent, and would the server take it?

Refused before anything is sent is also what the server would take and give back in another
spelling, for a post is known by its text alone: it would not be found again and be posted once
more. `@Name@our-server` becomes `@name`, `@name@Elsewhere` gets the spelling of that server, and
the wide sign of `＃tag` becomes `#`. A mention of somebody whom the server does not know yet cannot
be checked so: it stays as it is if its spelling is that of their own server.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, REMOVED, Change
from connectors.channels.mastodon.calling import Calls
from connectors.channels.mastodon.errors import MissingError
from connectors.channels.mastodon.length import length, mentions
from connectors.channels.mastodon.limits import ServerLimits, limits_of
from connectors.channels.mastodon.options import Options
from connectors.channels.mastodon.ours import is_account, refuse_unwritable
from connectors.channels.mastodon.pictures import Picture, objections, pictures_of
from connectors.channels.mastodon.statuses import addressed
from connectors.social import comment_of, digest_of_item, text_digest

OPENNESS = ("public", "unlisted", "private", "direct")
"""Who may read, from everybody on. An answer is never more open than what it answers."""

_WIDE_TAG = re.compile(r"(?<!\S)＃\w")
_UNKEPT = "\0"
"""What a server's database cannot hold."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post or a reply as it would be sent."""

    text: str
    visibility: str
    language: str = ""
    reply_to: str = ""
    link_url: str = ""
    pictures: tuple[Picture, ...] = ()


class Desk:
    """Makes drafts and says what is wrong with them."""

    def __init__(self, calls: Calls, options: Options) -> None:
        self._calls = calls
        self._account_id = options.account_id
        self._visibility = options.visibility
        self._folder = options.content_folder

    def draft(self, change: Change) -> Draft:
        """Return what a change would send. Raise `RejectedError` if that cannot be said."""
        if change.after != PRESENT:
            raise RejectedError(f"what is posted becomes {PRESENT} or {ABSENT}, not {change.after}")
        text = change.content.get("text", "")
        if text_digest(text) != digest_of_item(change.subject.item):
            raise RejectedError("the text is not the one that the item names")
        language = change.content.get("language", "")
        if change.subject.field == "reply":
            return self._reply(comment_of(change.subject.item), text, language)
        if not is_account(change.subject, self._account_id):
            raise RejectedError(f"{change.subject.entity_id} is another account")
        return Draft(
            text,
            self._visibility,
            language,
            link_url=change.content.get("link_url", ""),
            pictures=tuple(pictures_of(change.content)),
        )

    def objection(self, change: Change) -> str:
        """Return why a change would be refused, '' if nothing is known against it."""
        refuse_unwritable([change.subject])
        if change.after in (ABSENT, REMOVED):
            return ""
        try:
            return self.against(self.draft(change))
        except RejectedError as error:
            return str(error)

    def against(self, draft: Draft) -> str:
        """Return what speaks against a draft, '' if nothing does."""
        return "; ".join(self._objections(draft))

    def _reply(self, comment_id: str, text: str, language: str) -> Draft:
        path = f"/api/v1/statuses/{comment_id}"
        try:
            row = self._calls.get(path)
        except MissingError as error:
            raise RejectedError(f"{error}: the comment to be answered is gone") from None
        own_id = self._calls.own_id()
        with self._calls.shape(path):
            ours = str(row["account"]["id"]) == own_id
            whole = text if ours else addressed(text, str(row["account"]["acct"]))
            openness = max(OPENNESS.index(row["visibility"]), OPENNESS.index(self._visibility))
        return Draft(whole, OPENNESS[openness], language, comment_id)

    def _objections(self, draft: Draft) -> Iterator[str]:
        if not draft.text.strip():
            yield "there is no text, by which a post is found again"
        if _UNKEPT in draft.text:
            yield "the text has a sign that no server keeps (NUL)"
        if _WIDE_TAG.search(draft.text):
            yield "write # instead of ＃: the server does, and the post would not be found again"
        if draft.link_url and draft.link_url not in draft.text:
            yield "the address must stand in the text: Mastodon has no other place for it"
        counted = length(draft.text, self._limits.address_length)
        if counted > self._limits.longest_text:
            yield f"{counted} characters, but the server takes {self._limits.longest_text}"
        yield from self._languages(draft.language)
        yield from self._spellings(draft.text)
        yield from objections(list(draft.pictures), self._folder, self._limits)

    def _languages(self, language: str) -> Iterator[str]:
        known = self._limits.languages
        if language and known and not {language, re.split("[_-]", language)[0]} & known:
            yield f"the server knows no language {language!r}, and would take another instead"

    def _spellings(self, text: str) -> Iterator[str]:
        path = "/api/v1/accounts/lookup"
        for name in dict.fromkeys(mentions(text)):
            try:
                row = self._calls.get(path, {"acct": name})
            except MissingError:
                continue
            with self._calls.shape(path):
                spelled = str(row["acct"])
            if spelled != name:
                yield f"write @{spelled} instead of @{name}, as the server will"

    @cached_property
    def _limits(self) -> ServerLimits:
        """The server's own limits, asked for once."""
        instance = self._calls.get("/api/v2/instance")
        path = "/api/v1/instance/languages"
        try:
            rows = self._calls.rows(path)
        except MissingError:  # Mastodon 4.1 and older
            rows = []
        with self._calls.shape(path):
            return limits_of(instance, frozenset(str(row["code"]) for row in rows))
