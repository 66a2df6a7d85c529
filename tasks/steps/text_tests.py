"""Read how far the declared tests of wordings are on an account, and whose turn is next."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from config.content import Content
from config.networks import Network
from connectors.warehouse import Warehouse
from tasks.social.arms import Turn, next_arm
from tasks.social.testing import Said, Standing, declared, said_of, standing

SETTLING = timedelta(hours=1)
"""What was read so shortly before a post is due does not decide on its wording: two workers that
ask at nearly the same moment must get the same answer."""


class TextTests:
    """The tests of one account. The ledger is read once, and only if there is a test."""

    def __init__(
        self,
        warehouse: Warehouse,
        posts: Iterable[Content],
        account_key: int,
        network: Network,
        zone: ZoneInfo,
    ) -> None:
        self._warehouse, self._key, self._zone = warehouse, account_key, zone
        self._declared = declared(posts, network)
        self._network: Network = network
        self._given: list[Said] = []

    def standings(self, now: datetime) -> list[Standing]:
        """Return how far each test is at a moment, by its name."""
        posts, snapshots = self._figures if self._declared else (pd.DataFrame(), pd.DataFrame())
        return [
            standing(test, self._said, posts, snapshots, self._zone, now)
            for _, test in sorted(self._declared.items())
        ]

    def arm(self, post: Content, due_at: datetime) -> str:
        """Return the wording of a post that is due at a moment; '' for one that is not tested.

        What the ledger says of this publication holds. Else the test's finding does, and before
        there is one, whose turn it is. Ask for what is due first, first.
        """
        arms = post.arms(self._network)
        if arms == ("",):
            return ""
        mine = [it for it in (*self._said, *self._given) if it.test == post.test_name]
        for one in mine:
            if (one.turn.post, one.turn.due_at) == (post.name, due_at) and one.turn.arm in arms:
                return one.turn.arm
        turns = [it.turn for it in mine if it.counts]
        arm = self._decided(post, due_at) or next_arm(
            post.test_name, arms, turns, post.name, due_at, self._zone
        )
        self._given.append(Said(post.test_name, Turn(post.name, arm, due_at), ""))
        return arm

    def _decided(self, post: Content, due_at: datetime) -> str:
        now = due_at - SETTLING
        found = (it for it in self.standings(now) if it.test.name == post.test_name)
        return next((it.goes_on for it in found), "")

    @cached_property
    def _said(self) -> list[Said]:
        return said_of(self._warehouse.actions(account_key=self._key))

    @cached_property
    def _figures(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the posts from the first publication of a test on, and what they earned when."""
        first = [it.turn.due_at - SETTLING for it in self._said[:1]]
        keys, since = [self._key] * len(first), next(iter(first), datetime.min.replace(tzinfo=UTC))
        return self._warehouse.social_posts(keys, since), self._warehouse.engagement(keys, since)
