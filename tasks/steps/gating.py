"""Read what the gate has to know: the whole brand, as last pulled, and every change so far."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from config.library import Library
from config.words import Level
from connectors.actions import Action
from connectors.base import Approval, Status, Window
from connectors.changes import Edit, Setting
from connectors.warehouse import Warehouse
from tasks.cube import Cube, Floats
from tasks.gate.state import AccountState, Delivery, GateState, Thing
from tasks.needs import Need
from tasks.playbooks.situation import Place
from tasks.steps.own_limits import budgets_of, posting_of
from tasks.steps.reading import cube_of
from tasks.vocabulary import vocabulary

LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "ad", "keyword", "search_term")
DELIVERY_DAYS = 7
SOME_BEHIND = 7
"""By how many days an account may be behind another one of the brand."""
COLUMNS = (
    "entity_id",
    "name",
    "status",
    "parent_id",
    "campaign_id",
    "labels",
    "approval",
    "daily_budget",
    "details",
)
"""What is looked at of an entity."""
MONTH_DAYS = 40
LEDGER_DAYS = 90
EDIT_DAYS = 30
FRESH = timedelta(days=1)
"""A change history that was read longer ago than this is no history of today."""


def gate_state(
    warehouse: Warehouse,
    library: Library,
    brand_name: str,
    settings: Mapping[Place, Setting],
    lags: Mapping[int, Mapping[str, int]],
    now: datetime,
    *,
    actions: Sequence[Action] | None = None,
) -> GateState:
    """Return the brand as it is. `lags` are by account key and metric; an account without is one
    whose figures are not known to have arrived. `actions` are the `ledger`, where it was read
    already."""
    brand = library.brand(brand_name)
    accounts = warehouse.accounts(brand_name)
    named = {entry.name for entry in brand.accounts}
    mine = accounts["entry"].isin(named) & accounts["platform"].isin(_changed(library))
    accounts = accounts[mine].reset_index(drop=True)
    cubes, pulled = _cubes(warehouse, library, accounts, now)
    edits = _edits(warehouse, accounts, library.guardrails(brand_name).hold_off_days, now)
    return GateState(
        brand=brand_name,
        currency=brand.currency,
        now=now,
        guardrails=library.guardrails(brand_name),
        accounts={
            int(row["account_key"]): _account(row, cubes, pulled, edits, lags, now)
            for row in accounts.to_dict("records")
        },
        settings=settings,
        actions=ledger(warehouse, brand_name, now) if actions is None else actions,
        stops=warehouse.stops(),
        budgets=budgets_of(brand, accounts),
        modes=library.modes(brand_name),
        posting=posting_of(warehouse, brand, accounts, now),
    )


def _changed(library: Library) -> set[str]:
    """Return the platforms on which some process changes anything: others spend no budget."""
    acting = (process for process in library.processes.values() if process.playbooks)
    return {platform for process in acting for platform in process.platforms}


def ledger(warehouse: Warehouse, brand: str, now: datetime) -> list[Action]:
    """Return the brand's actions as far back as limits reach, newest first, and what of older ones
    is not over."""
    return warehouse.actions_at_hand(brand, now - timedelta(days=LEDGER_DAYS))


def _cubes(
    warehouse: Warehouse, library: Library, accounts: pd.DataFrame, now: datetime
) -> tuple[dict[Level, Cube], dict[Level, pd.DataFrame]]:
    """Read spend and conversions: of campaigns over the month, of what is below over the last
    days that are known; and which days were pulled when."""
    words = vocabulary(library.metrics, library.kpis)
    keys = accounts["account_key"].tolist()
    newest = now.date() + timedelta(days=1)  # some zones are ahead of UTC
    month = Window(newest - timedelta(days=MONTH_DAYS), newest)
    pulled: dict[Level, pd.DataFrame] = {}

    def cube(level: Level, window: Window) -> Cube:
        need = Need(("spend", "conversions"), (window,))
        entities = warehouse.entities(keys, level)
        pulled[level] = warehouse.coverage(keys, level, window)
        return cube_of(warehouse, keys, level, need, entities, words, pulled[level])

    campaigns = cube("campaign", month)
    known = campaigns.days[campaigns.covered.any(axis=0)]
    last = date.fromordinal(int(known.max())) if len(known) else newest
    days = Window(last - timedelta(days=DELIVERY_DAYS + SOME_BEHIND), last)
    cubes: dict[Level, Cube] = {level: cube(level, days) for level in LEVELS if level != "campaign"}
    return {"campaign": campaigns, **cubes}, pulled


def _account(
    row: Mapping[Any, Any],
    cubes: Mapping[Level, Cube],
    pulled: Mapping[Level, pd.DataFrame],
    edits: Mapping[int, Sequence[Edit] | None],
    lags: Mapping[int, Mapping[str, int]],
    now: datetime,
) -> AccountState:
    key = int(row["account_key"])
    today = now.astimezone(ZoneInfo(str(row["time_zone"]))).date()
    last = _last_day(cubes["campaign"], key, today)
    window = Window(last - timedelta(days=DELIVERY_DAYS - 1), last) if last else None
    known = frozenset(level for level, cube in cubes.items() if _covers(cube, key, window))
    things = {
        (thing.level, thing.entity_id): thing
        for level, cube in cubes.items()
        for thing in _things(cube, level, key, window if level in known else None)
    }
    spent = _month_spend(cubes["campaign"], key, today, last)
    return AccountState(
        account_key=key,
        account_id=str(row["account_id"]),
        name=str(row["name"] or row["entry"]),
        currency=str(row["currency"]),
        time_zone=str(row["time_zone"]),
        status=_one_of(row["status"], Status),
        things=things,
        levels=known,
        delivery=_whole(cubes["campaign"], key, window if "campaign" in known else None),
        last_day=last,
        lags=lags.get(key, {}),
        month_spend=spent,
        spend_through=last if spent is not None else None,
        edits=edits[key],
        read_at=_read_at([pulled[level] for level in known], key, now),
    )


def _read_at(pulled: Iterable[pd.DataFrame], key: int, now: datetime) -> datetime | None:
    """Return when an account's things were last read, those of the level that was read first.

    A complete pull reads what there is before its figures. None where nothing is known, and where
    the figures came only after `now`: a replay that looks back with what is known today.
    """
    newest = [
        frame["pulled_at"].iloc[rows].max()
        for frame in pulled
        if len(rows := np.flatnonzero(frame["account_key"].to_numpy() == key))
    ]
    first: datetime | None = min(newest).to_pydatetime() if newest else None
    return first if first is not None and first <= now else None


def _last_day(cube: Cube, key: int, today: date) -> date | None:
    """Return the last day before today that a complete pull covers."""
    if (place := _place(cube, key)) is None:
        return None
    covered = cube.days[cube.covered[place] & (cube.days < today.toordinal())]
    return date.fromordinal(int(covered.max())) if len(covered) else None


def _covers(cube: Cube, key: int, window: Window | None) -> bool:
    place = _place(cube, key)
    return window is not None and place is not None and bool(cube.is_covered(window)[place])


def _place(cube: Cube, key: int) -> int | None:
    places = np.flatnonzero(cube.account_keys == key)
    return int(places[0]) if len(places) else None


def _things(cube: Cube, level: Level, key: int, window: Window | None) -> list[Thing]:
    rows = np.flatnonzero(cube.entities["account_key"].to_numpy() == key)
    spend, conversions = (
        (part[rows].tolist() for part in _usual(cube.window_sum, window))
        if window
        else ([None] * len(rows), [None] * len(rows))
    )
    columns = {name: cube.entities[name].iloc[rows].tolist() for name in COLUMNS}
    records = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    things = [
        _thing(row, level, Delivery(money, count) if window else None)
        for row, money, count in zip(records, spend, conversions, strict=True)
    ]
    return _with_sharers(things, columns["details"]) if level == "campaign" else things


def _with_sharers(things: Sequence[Thing], details: Sequence[Mapping[str, str]]) -> list[Thing]:
    """Return an account's campaigns, those on one budget with the ids of all on it; one that was
    removed spends from none. Where the platform names no budget, it is the campaign's own."""
    budgets = [
        "" if thing.status == "removed" else str((known or {}).get("budget_id", ""))
        for thing, known in zip(things, details, strict=True)
    ]
    on: dict[str, list[str]] = {}
    for thing, budget in zip(things, budgets, strict=True):
        on.setdefault(budget, []).append(thing.entity_id)
    return [
        replace(thing, shared_by=tuple(sorted(on[budget]))) if budget and on[budget][1:] else thing
        for thing, budget in zip(things, budgets, strict=True)
    ]


def _usual(sums: Callable[[str, date, date], Floats], window: Window) -> tuple[Floats, Floats]:
    """Return spend and conversions of a window: of spend the median day times its days.

    A campaign that runs away for a day or two is not what the account usually delivers; by its sum
    it could not be stopped, for being too large a share.
    """
    days = [sums("spend", day.start, day.end) for day in window.split(1)]
    return np.median(np.stack(days), axis=0) * window.days, sums(
        "conversions", window.start, window.end
    )


def _thing(row: Mapping[Any, Any], level: Level, delivery: Delivery | None) -> Thing:
    details = row["details"] or {}
    text, match = details.get("text"), details.get("match_type")
    budget = row["daily_budget"]
    return Thing(
        level=level,
        entity_id=str(row["entity_id"]),
        name=str(row["name"]),
        status=_one_of(row["status"], Status),
        parent_id=_text(row["parent_id"]),
        campaign_id=_text(row["campaign_id"]),
        labels=tuple(row["labels"] or ()),
        approval=_one_of(row["approval"], Approval) if _text(row["approval"]) else None,
        daily_budget=None if pd.isna(budget) else Decimal(str(budget)),
        delivery=delivery,
        item=f"{match.lower()}:{text.lower()}" if text and match else "",
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _one_of(value: object, words: Any) -> Any:
    """Return the word if it is one of a Literal's, else `unknown`, which all of them have."""
    return value if value in get_args(words) else "unknown"


def _whole(cube: Cube, key: int, window: Window | None) -> Delivery | None:
    if window is None or (place := _place(cube, key)) is None:
        return None
    spend, conversions = (float(part[place]) for part in _usual(cube.account_sum, window))
    return Delivery(spend, conversions)


def _month_spend(cube: Cube, key: int, today: date, last: date | None) -> Decimal | None:
    """Return what the month has cost up to and with `last`; None where a day is unknown."""
    if last is None or (place := _place(cube, key)) is None:
        return None
    first = today.replace(day=1)
    if last < first:
        return Decimal(0)
    spend = float(cube.account_sum("spend", first, last)[place])
    return None if np.isnan(spend) else Decimal(str(round(spend, 6)))


def _edits(
    warehouse: Warehouse, accounts: pd.DataFrame, hold_off_days: int, now: datetime
) -> dict[int, Sequence[Edit] | None]:
    """Return each account's change history; None where it was not read lately."""
    keys = [int(key) for key in accounts["account_key"]]
    since = now - timedelta(days=max(EDIT_DAYS, hold_off_days))
    stored: dict[int, list[Edit]] = {key: [] for key in keys}
    for key, edit in warehouse.edits(keys, since):
        stored[key].append(edit)
    until = {key: warehouse.edits_until(key) for key in keys}
    return {
        key: stored[key] if (read := until[key]) and now - read < FRESH else None for key in keys
    }
