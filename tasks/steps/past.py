"""What would a run of a past day have found? The warehouse and the platforms as they were then."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

import pandas as pd

from config.words import Level
from connectors.actions import Action, ActionState, Stop
from connectors.changes import Edit, Setting, Value, WritableChannel
from connectors.warehouse import Warehouse
from connectors.warehouse.past import Moment, PastWarehouse
from tasks.gate.hold_off import foreign_edits
from tasks.playbooks.situation import Place
from tasks.rehearsal import Rehearsal
from tasks.steps.history import FIRST_DAYS, newest_edits
from tasks.steps.platforms import Platforms
from tasks.then import Above, ThingKey, Timeline, entities_then, setting_then

LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "ad", "keyword", "search_term")
BEFORE = timedelta(days=40)
"""How long before the first day edits may still matter to it."""


@dataclass(frozen=True)
class Past:
    """What is known today of how things were."""

    timeline: Timeline
    edits: Sequence[tuple[int, Edit]]  # of people and other tools, the oldest first
    since: Mapping[int, datetime]
    """Per account, from when on its change history is known; without an entry never."""
    entities: Mapping[str, pd.DataFrame]  # by level, as they are today
    above: Above


def recall(
    warehouse: Warehouse,
    platforms: Platforms,
    account_keys: Sequence[int],
    first: date,
    now: datetime,
) -> Past:
    """Gather what changed in accounts since a day: stored and newest change history, our own
    ledger. Entities are those of all accounts of the brand."""
    start = now - (now.date() - first + BEFORE)
    edits = {(key, edit.edit_id): edit for key, edit in warehouse.edits(account_keys, start)}
    for key, newest in newest_edits(warehouse, platforms, account_keys, now).items():
        edits |= {(key, edit.edit_id): edit for edit in newest}
    ordered = sorted(((key, edit) for (key, _), edit in edits.items()), key=lambda one: one[1].at)
    done = warehouse.done_since(account_keys, start)
    every = warehouse.accounts(platforms.brand)["account_key"].tolist()
    entities: dict[str, pd.DataFrame] = {
        level: warehouse.entities(every, level) for level in LEVELS
    }
    timeline = Timeline(ordered, done)
    timeline.see_statuses(entities.values())
    return Past(
        timeline,
        _of_others(ordered, done),
        _known_since(platforms, account_keys, ordered, now),
        entities,
        Above(entities.values()),
    )


class ThenWarehouse(PastWarehouse):
    """The warehouse as a run found it on a day of the past, with a ledger of its own."""

    def __init__(self, url: str, last: date, past: Past, ledger: Rehearsal) -> None:
        super().__init__(url, last)
        self.past, self.ledger = past, ledger
        self.now = datetime.min.replace(tzinfo=UTC)
        self._accounts: dict[tuple[str, str | None], pd.DataFrame] = {}
        self._then: dict[str, pd.DataFrame] = {}

    def go_to(self, day: date, now: datetime, *, as_if_known: bool) -> None:
        """Let it be the moment of a day's run."""
        self.now = now
        self.moment = Moment(day, None if as_if_known else now)
        self._then.clear()

    def accounts(self, brand: str, platform: str | None = None) -> pd.DataFrame:
        """Return the brand's accounts as they are today."""
        if (brand, platform) not in self._accounts:
            self._accounts[brand, platform] = super().accounts(brand, platform)
        return self._accounts[brand, platform].copy()

    def entities(self, account_keys: Sequence[int], level: Level) -> pd.DataFrame:
        """Return a level's entities, with the statuses and budgets of the moment."""
        if level not in self._then:
            today = self.past.entities.get(level)
            if today is None:
                today = super().entities(account_keys, level)
            self._then[level] = entities_then(today, level, self.past.timeline, self.now)
        then = self._then[level]
        return then[then["account_key"].isin([*account_keys])].reset_index(drop=True)

    def actions(
        self,
        *,
        brand: str | None = None,
        process: str | None = None,
        playbook: str | None = None,
        states: Sequence[ActionState] | None = None,
        account_key: int | None = None,
        run_id: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Action]:
        """Return the rehearsed actions, newest first. Only `brand` and `since` may be asked for."""
        if (process, playbook, states, account_key, run_id, limit) != (None,) * 6:
            raise ValueError("of a rehearsal, actions can be asked for by moment only")
        return self.ledger.actions(since or self.now - timedelta(days=365))

    def actions_at_hand(self, brand: str, since: datetime) -> list[Action]:
        """Return the rehearsed actions from a moment on, newest first."""
        return self.ledger.actions(since)

    def stops(self) -> list[Stop]:
        """Return none: that something is stopped today says nothing of then."""
        return []

    def edits(self, account_keys: Sequence[int], since: datetime) -> list[tuple[int, Edit]]:
        """Return what people and other tools had changed by the moment, the oldest first."""
        return [
            (key, edit)
            for key, edit in self.past.edits
            if key in account_keys and since <= edit.at <= self.now
        ]

    def edits_until(self, account_key: int) -> datetime | None:
        """Return the moment: a run of then had read the history up to it."""
        return self.now


@dataclass
class ThenPlatforms(Platforms):
    """What platforms would have said at the warehouse's moment. Today's values are read once."""

    live: Platforms = field(kw_only=True)
    then: ThenWarehouse = field(kw_only=True)
    _today: dict[Place, Setting | None] = field(default_factory=dict)

    def writable(self, account_key: int) -> WritableChannel | None:
        """Return none: the past cannot be asked anything."""
        return None

    def settings(self, places: Iterable[Place]) -> dict[Place, Setting]:
        """Return what was set then, and what the rehearsed actions would have set."""
        wanted = [*dict.fromkeys(places)]
        self._read([place for place in wanted if place not in self._today])
        past, now = self.then.past, self.then.now
        rehearsed = self.then.ledger.values(past.timeline, now)
        statuses = self._statuses(rehearsed)
        found: dict[Place, Setting] = {}
        for place in wanted:
            today = self._today[place]
            paused = past.above.is_paused(place, statuses)
            then = today and setting_then(place, today, past.timeline, now, parent_paused=paused)
            if then:
                found[place] = _with_value(then, rehearsed.get(place, then.value))
        return found

    def _read(self, places: Sequence[Place]) -> None:
        said = self.live.settings(places) if places else {}
        for place in places:
            self._today[place] = said.get(place) or self._as_pulled(place)

    def _as_pulled(self, place: Place) -> Setting | None:
        """Return a status or budget as last pulled, of an account that cannot be asked now."""
        account_key, subject = place
        frame = self.then.past.entities.get(subject.level)
        if frame is None or self.live.entry(account_key) not in self.live.failed:
            return None
        own = (frame["account_key"] == account_key) & (frame["entity_id"] == subject.entity_id)
        if not own.any() or subject.field not in ("status", "daily_budget"):
            return None
        value = frame.loc[own, subject.field].iloc[0]
        if pd.isna(value):
            return None
        return Setting(subject, value if isinstance(value, str) else Decimal(str(value)))

    def _statuses(self, rehearsed: Mapping[Place, Value]) -> dict[ThingKey, str]:
        """Return the statuses of campaigns and ad groups."""
        statuses: dict[ThingKey, str] = {}
        levels: tuple[Level, ...] = ("campaign", "ad_group")
        for level in levels:
            keys = self.then.past.entities[level]["account_key"].unique().tolist()
            frame = self.then.entities(keys, level)
            columns = (frame[name].tolist() for name in ("account_key", "entity_id", "status"))
            statuses |= {(k, level, e): s for k, e, s in zip(*columns, strict=True)}
        statuses |= {
            (key, subject.level, subject.entity_id): cast("str", value)
            for (key, subject), value in rehearsed.items()
            if subject.field == "status" and subject.level in levels
        }
        return statuses


def _with_value(setting: Setting, value: Value) -> Setting:
    return setting if value == setting.value else replace(setting, value=value)


def _of_others(edits: Sequence[tuple[int, Edit]], done: Sequence[Action]) -> list[tuple[int, Edit]]:
    """Return the edits that did not come from us."""
    found: list[tuple[int, Edit]] = []
    for account_key in {key for key, _ in edits}:
        mine = [action for action in done if action.proposal.account_key == account_key]
        theirs = foreign_edits((edit for key, edit in edits if key == account_key), mine)
        found += [(account_key, edit) for edit in theirs]
    return sorted(found, key=lambda one: one[1].at)


def _known_since(
    platforms: Platforms,
    account_keys: Sequence[int],
    edits: Sequence[tuple[int, Edit]],
    now: datetime,
) -> dict[int, datetime]:
    """Return from when on each account's history is known: its oldest entry, or as far back as
    the platform keeps it, if it could be read now."""
    since = {}
    for key in account_keys:
        moments = [edit.at for account_key, edit in edits if account_key == key]
        channel = platforms.writable(key)
        if channel is not None and platforms.entry(key) not in platforms.failed:
            moments.append(now - timedelta(days=min(FIRST_DAYS, channel.edit_history_days)))
        if moments:
            since[key] = min(moments)
    return since
