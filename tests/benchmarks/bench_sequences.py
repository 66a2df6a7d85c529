"""How fast do a million people in sequences move when one in a hundred is due, against bare SQL?

The floor reads the same due rows with the same joins and writes each of them once, with the bare
driver and nothing in between. Ours reads them, decides, and writes them: half of those who are due
stand at a wait, the others at a message that has been sent.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from config.mail import MailRules
from config.mail_sequences import Sequence
from connectors.warehouse import Warehouse
from connectors.warehouse.enrolment_rows import DUE, UPDATE
from tasks.sequences.advance import advance
from tasks.sequences.plans import Plan, plan_of, rules_of
from tests.benchmarks.measure import Line, in_turns

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LATER = "2026-12-09 09:00:00.000000"
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "")
RULES = MailRules()
WRITTEN = Sequence.model_validate(
    {
        "title": "Welcome",
        "objective": "loyalty",
        "state": "running",
        "enters": {"event": "signup"},
        "steps": [
            {"id": "hello", "message": "welcome_1"},
            {"id": "days", "wait": {"days": 3}},
            {"id": "half", "split": {"a": 0.5, "b": 0.5}},
            {"id": "more", "messages": {"a": "more_a", "b": "more_b"}},
            {"id": "week", "wait": {"until": "tuesday 09:00"}},
            {"id": "last", "message": "welcome_3"},
        ],
    }
)
PLAN = plan_of("welcome", WRITTEN, RULES)
PEOPLE = """
INSERT INTO people (person_key, brand, customer_id, address, address_key, fields, consent,
    consent_source, time_zone, language, country, first_seen_at, updated_at)
VALUES (?, 'acme', ?, '', ?, '{}', 'subscribed', '', ?, '', '', ?, ?)
"""
ENROLMENTS = """
INSERT INTO enrolments (brand, sequence, person_key, round, entered_at, entry, version, step, arms,
    state, reason, planned_at, due_at, updated_at)
VALUES ('acme', 'welcome', ?, 1, ?, '', ?, ?, '{}', 'active', '', ?, ?, ?)
"""
MESSAGES = """
INSERT INTO mail_messages (account_key, brand, kind, source, step, round, arm, segment, template,
    person_key, address_key, provider, message_id, state, due_at, claimed_at, worker, handed_at,
    attempts, status, sentence)
VALUES (1, 'acme', 'sequence', 'welcome', 'hello', 1, '', '', 'welcome_1', ?, ?, 'other', ?,
    'sent', ?, ?, 'w', ?, 1, '', '')
"""


def run(*, small: bool) -> list[Line]:
    """Advance those who are due: ours against the floor."""
    people = 20_000 if small else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), people)
        rounds = in_turns(3 if small else 7, {"ours": bench.ours, "floor": bench.floor})
    compared = (
        f"advance {people:,} enrolled people when {bench.due:,} are due (SQLite), against "
        "selecting these rows with the same joins and one bare executemany UPDATE"
    )
    ratios = rounds.ratios("ours", "floor")
    return [Line(compared, ratios, "times", at_most=3, detail=rounds.seconds())]


class _Bench:
    """A filled warehouse, in which those who are due are put back before every turn."""

    def __init__(self, folder: Path, people: int) -> None:
        self._file = folder / "warehouse.db"
        self.due = people // 100
        Warehouse.create(f"sqlite:///{self._file}").close()
        _fill(self._file, people)

    def ours(self) -> Callable[[], None]:
        self._put_back()
        warehouse = Warehouse(f"sqlite:///{self._file}")
        warehouse.next_due("acme", ["welcome"])  # opens the connection

        def work() -> None:
            _advance(warehouse, PLAN, self.due)
            warehouse.close()

        return work

    def floor(self) -> Callable[[], None]:
        self._put_back()
        connection = sqlite3.connect(self._file)
        for pragma in ("synchronous = NORMAL", "cache_size = -16384"):  # as the warehouse
            connection.execute(f"PRAGMA {pragma}")
        moments = {name: f"unixepoch(e.{name}_at)" for name in ("entered", "planned", "due")}
        moments |= {name: f"unixepoch(m.{name}_at)" for name in ("retry", "handed")}
        query = DUE.format(arms="e.arms", **moments)
        places = {"brand": "acme", "sequence": "welcome", "now": _text(NOW), "most": self.due}
        due_text = _text(NOW - timedelta(minutes=30))

        def work() -> None:
            rows = connection.execute(query, places).fetchall()
            assert len(rows) == self.due
            connection.executemany(
                UPDATE,
                (
                    (1, row[3], "week", row[5], "active", "", LATER, LATER, LATER,
                     "acme", "welcome", row[0], 1, row[4], due_text)
                    for row in rows
                ),
            )  # fmt: skip
            connection.commit()
            connection.close()

        return work

    def _put_back(self) -> None:
        connection = sqlite3.connect(self._file)
        connection.execute(
            "UPDATE enrolments SET (step, arms, planned_at, due_at) ="
            " (SELECT step, arms, planned_at, due_at FROM saved"
            "  WHERE saved.person_key = enrolments.person_key)"
            " WHERE brand = 'acme' AND sequence = 'welcome'"
            " AND person_key IN (SELECT person_key FROM saved)"
        )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def _advance(warehouse: Warehouse, plan: Plan, due: int) -> None:
    """Do all that a look does with those who are due, but for claiming messages."""
    came, people = warehouse.due("acme", [plan.name], NOW)
    assert len(came) == due
    sent = warehouse.sent_to("acme", came.person_key, NOW - timedelta(days=7))
    moves = advance(came, {plan.name: plan}, people, sent, NOW, rules_of(RULES, "Europe/Berlin"))
    assert warehouse.write_moves(came, moves, NOW) == due


def _fill(file: Path, people: int) -> None:
    chance = np.random.default_rng(1)
    keys = np.unique(chance.integers(1, 2**62, people + 1000))[:people]
    keys = chance.permutation(keys).tolist()
    was, late = _text(NOW - timedelta(minutes=30)), _text(NOW + timedelta(days=5))
    waiting = keys[: people // 100]
    at_message = {*waiting[::2]}
    connection = sqlite3.connect(file)
    for pragma in ("cache_size = -800000", "synchronous = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executemany(
        PEOPLE, ((key, str(key), key, ZONES[key % len(ZONES)], was, was) for key in keys)
    )
    connection.executemany(
        ENROLMENTS,
        (
            (key, was, PLAN.version, "hello" if key in at_message else "days", moment, moment, was)
            for place, key in enumerate(keys)
            for moment in [was if place < len(waiting) else late]
        ),
    )
    connection.execute(
        "INSERT INTO accounts (account_key, brand, entry, platform, account_id, name, currency, "
        "time_zone, status, updated_at) VALUES (1, 'acme', 'm', 'smtp', 'm', 'm', '', '', '', ?)",
        (was,),
    )
    connection.executemany(
        MESSAGES, ((key, key, f"<{key}@acme>", was, was, was) for key in at_message)
    )
    connection.execute(
        "CREATE TABLE saved AS SELECT person_key, step, arms, planned_at, due_at FROM enrolments "
        "WHERE due_at < ?",
        (late,),
    )
    connection.execute("CREATE UNIQUE INDEX saved_person ON saved (person_key)")
    connection.commit()
    connection.close()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
