"""A migrated warehouse for every test, on SQLite and on a real PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from connectors.actions import STEPS, Action, Effect, Proposal
from connectors.base import Account, Window
from connectors.changes import Subject
from connectors.warehouse import Decided, Warehouse

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def window() -> Window:
    return Window(date(2026, 11, 1), date(2026, 11, 20))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}"
    return request.getfixturevalue("create_database")()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request) -> str:
    """The URL of a migrated, empty warehouse."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def warehouse(url) -> Iterator[Warehouse]:
    with Warehouse(url) as opened:
        yield opened


@pytest.fixture
def account_key(warehouse, now) -> int:
    account = Account("google_ads", "4445556666", "Acme", "EUR", "Europe/Berlin")
    return warehouse.save_account("acme", "main", account, now)


@pytest.fixture
def frame() -> Callable[..., pd.DataFrame]:
    """Make a page of figures: `frame(("801", "2026-11-01", {"spend": 1.5}))`."""

    def make(*rows: tuple[str, str, dict[str, float]], breakdown: str | None = None):
        page = pd.DataFrame(
            [{"entity_id": name, "date_day": day, **values} for name, day, values in rows]
        )
        return page if breakdown is None else page.assign(breakdown=breakdown)

    return make


@pytest.fixture
def pull(warehouse, account_key, window, now) -> Callable[..., None]:
    """Pull pages of campaigns: `pull([page, page])`."""

    def run(pages: Iterable[pd.DataFrame], **changes) -> None:
        options = {"level": "campaign", "window": window, "run_id": "run", "now": now} | changes
        with warehouse.pull(account_key, **options) as writer:
            for page in pages:
                writer.add(page)

    return run


@pytest.fixture
def rows(warehouse) -> Callable[..., list[dict[str, object]]]:
    """Read a query's rows as dicts, with None for NULL."""

    def read(query: str) -> list[dict[str, object]]:
        with warehouse.reading() as connection:
            return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

    return read


@pytest.fixture
def stored(warehouse, account_key, window) -> Callable[..., dict[tuple[str, str], object]]:
    """Read one metric's stored values by (entity_id, day)."""

    def read(metric: str = "spend", level: str = "campaign") -> dict[tuple[str, str], object]:
        figures = warehouse.performance([account_key], level, window, [metric])
        names = warehouse.entities([account_key], level).set_index("entity_key")["entity_id"]
        return {
            (names[key], date.fromordinal(day).isoformat()): None if np.isnan(value) else value
            for key, day, value in zip(
                figures.entity_key.tolist(),
                figures.day.tolist(),
                figures.values[metric].tolist(),
                strict=True,
            )
        }

    return read


@pytest.fixture
def propose(account_key) -> Callable[..., Proposal]:
    """Make a proposal to lower campaign 801's budget, with these fields changed."""
    proposal = Proposal(
        brand="acme",
        process="google_ads",
        playbook="cut",
        check="cpa_high",
        as_of=NOW.date(),
        account_key=account_key,
        entity_key=None,
        subject=Subject("campaign", "801", "daily_budget"),
        name="Brand <US>",
        campaign_id="801",
        before=Decimal("50.00"),
        after=Decimal("40.00"),
        unit="money",
        currency="EUR",
        verdict="critical",
        sentence="CPA 91.50 against 50.00",
        numbers={"spend": 915.0, "conversions": 10.0},
        window_end=date(2026, 11, 14),
        metrics=("spend", "conversions"),
        expected=Effect("spend", "money", -70.0, -90.0, -50.0, 7),
        risk="A sale next week.",
        undo="set it back to 50.00",
        priority=50,
        owner="performance",
        mode="propose",
        expires_at=NOW + timedelta(days=3),
        judge_after_days=7,
    )
    return lambda **changes: replace(proposal, **changes)


@pytest.fixture
def record(warehouse, propose, now) -> Callable[..., Action]:
    """Record one proposal, with fields changed, and return its action."""

    def run(state: str = "proposed", *, run_id: str = "r1", **changes) -> Action:
        decided = Decided(propose(**changes), state)
        (action,) = warehouse.record([decided], run_id=run_id, actor=f"run {run_id}", now=now)
        return action

    return run


@pytest.fixture
def walk(warehouse, now) -> Callable[..., Action]:
    """Move an action through these states, one after the other."""

    def run(action: Action, *states: str, **facts) -> Action:
        for state in states:
            judged = "improved" if state == "judged" else None
            action = warehouse.move(
                action.action_id, state, version=action.version, actor="run r1",
                **{"now": now, "judged": judged} | facts,
            )  # fmt: skip
        return action

    return run


@pytest.fixture
def path_to() -> Callable[[str], list[str]]:
    """Give a shortest way from `proposed` to a state, as its steps."""

    def find(state: str) -> list[str]:
        ways: list[list[str]] = [["proposed"]]
        for way in ways:
            if way[-1] == state:
                return way[1:]
            ways += [[*way, step] for step in STEPS[way[-1]] if step not in way]
        raise LookupError(state)

    return find
