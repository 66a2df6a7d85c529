"""Who is on the simulated Mastodon? Our accounts, and people of one other server.

`account_id` of our accounts is `@name@server`. Everybody else is at home on `people.example`, where
every name is somebody's, in lower case.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.social.world import SocialAccount, SocialWorld, hash_of

ELSEWHERE = "people.example"
OUR_IDS, THEIR_IDS = 109_440_000_000_000_000, 110_440_000_000_000_000
"""Above what a JavaScript number holds exactly, as real ones are."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as our server knows it."""

    id: str
    username: str
    acct: str  # with the server, if it is not ours
    name: str
    url: str
    followers: int = 0


class People:
    """Everybody, seen from the server of one of our accounts."""

    def __init__(self, social: SocialWorld, account: SocialAccount) -> None:
        self._social = social
        self._account = account
        self.server = account.account_id.rpartition("@")[2].lower()
        self.us = self._ours(account)

    def author(self, name: str, followers: int = 0) -> Person:
        """Return who writes under a name."""
        username = re.sub(r"[^a-z0-9_]", "", name.lower()) or "somebody"
        return self._theirs(username, name, followers)

    def find(self, handle: str) -> Person | None:
        """Return an account by `name` or `name@server`, None if nobody has it."""
        name, _, server = handle.partition("@")
        if server.lower() == ELSEWHERE:
            return self._theirs(name.lower(), name.lower())
        if server.lower() not in ("", self.server):
            return None
        ours = map(self._ours, self._here())
        return next((one for one in ours if one.username.lower() == name.lower()), None)

    def _here(self) -> list[SocialAccount]:
        accounts = self._social.accounts.values()
        here = f"@{self.server}"
        return [
            one
            for one in accounts
            if one.network == "mastodon" and one.account_id.lower().endswith(here)
        ]

    def _ours(self, account: SocialAccount) -> Person:
        username, _, server = account.account_id.removeprefix("@").partition("@")
        return Person(
            str(OUR_IDS + hash_of(account.account_id)),
            username,
            username,
            account.name,
            f"https://{server}/@{username}",
            self._social.followers((account.network, account.account_id)),
        )

    @staticmethod
    def _theirs(username: str, name: str, followers: int = 0) -> Person:
        acct = f"{username}@{ELSEWHERE}"
        url = f"https://{ELSEWHERE}/@{username}"
        return Person(str(THEIR_IDS + hash_of(acct)), username, acct, name, url, followers)


def account_entity(person: Person, now: datetime) -> dict[str, Any]:
    """Return an account in the shape of the API's entity."""
    return {
        "id": person.id,
        "username": person.username,
        "acct": person.acct,
        "display_name": person.name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": False,
        "group": False,
        "created_at": "2022-12-01T00:00:00.000Z",
        "note": "",
        "url": person.url,
        "uri": person.url.replace("/@", "/users/"),
        "avatar": "https://server.example/avatars/original/missing.png",
        "avatar_static": "https://server.example/avatars/original/missing.png",
        "header": "https://server.example/headers/original/missing.png",
        "header_static": "https://server.example/headers/original/missing.png",
        "followers_count": person.followers,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": f"{now:%Y-%m-%d}",
        "hide_collections": None,
        "noindex": False,
        "emojis": [],
        "roles": [],
        "fields": [],
    }
