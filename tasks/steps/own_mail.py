"""What did our own mail do, day by day? Our own ledger says so, no platform does."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from config.mail import MailRules
from config.models import Level
from connectors.base import Account, Channel, Entity, Window
from connectors.warehouse import Warehouse

COUNTED_DAYS = 30
"""So long after a message went out bounces, complaints, clicks and orders are still counted."""


class OwnMail:
    """The account that mail is sent from, as a channel whose figures the ledger has."""

    def __init__(
        self, warehouse: Warehouse, account_key: int, channel: Channel, rules: MailRules
    ) -> None:
        self._warehouse, self._key, self._channel, self._rules = (
            warehouse, account_key, channel, rules,
        )  # fmt: skip
        self.account_id = channel.account_id
        self.restatement_days = max(COUNTED_DAYS, rules.conversion_days)
        self._figures: dict[Window, Mapping[Level, pd.DataFrame]] = {}

    def account(self) -> Account:
        """Return the sending account."""
        return self._channel.account()

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield campaigns, messages, segments and mailbox providers that mail was sent of or to."""
        yield [it for it in self._warehouse.mail_entities(self._key) if it.level in levels]

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the figures of a level; the ledger is read once for all levels of a window."""
        if breakdown:
            raise ValueError(f"own mail has no breakdown {breakdown!r}")
        if window not in self._figures:
            self._figures[window] = self._warehouse.mail_figures(
                self._key, window, conversion_days=self._rules.conversion_days
            )
        yield self._figures[window][level]
