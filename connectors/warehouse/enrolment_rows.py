"""How do thousands of enrolments get out of the database and back fast? Column by column.

Moments are seconds on this side (see `connectors/enrolments.py`), and the databases reckon them
out. SQLite is written with the bare driver; PostgreSQL gets the rows by COPY, then one UPDATE.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from connectors.enrolments import (
    DEFERRED,
    FREE,
    GONE,
    HANDED,
    HELD,
    MAY,
    NEVER,
    SUPPRESSED,
    UNSUBSCRIBED,
    Changes,
    Codes,
    Enrolled,
    Keys,
    Seconds,
    Sent,
    Skip,
    Truths,
)
from connectors.warehouse.mail_tables import mail_skips
from connectors.warehouse.schema import Moment

LEDGER = {
    "claimed": HELD,
    "sending": HELD,
    "sent": HANDED,
    "doubtful": HANDED,
    "refused": HANDED,
    "deferred": DEFERRED,
    "released": FREE,
}

DUE = """
SELECT e.person_key, e.round, {entered}, e.version, e.step, {arms}, {planned}, {due},
       m.state, CASE WHEN m.state = 'deferred' THEN {retry} ELSE {handed} END,
       p.time_zone, p.consent,
       EXISTS (SELECT 1 FROM suppressions s
               WHERE s.brand = e.brand AND s.address_key = p.address_key)
FROM enrolments e
LEFT JOIN people p ON p.person_key = e.person_key
LEFT JOIN mail_messages m
  ON m.brand = e.brand AND m.kind = 'sequence' AND m.source = e.sequence AND m.step = e.step
 AND m.round = e.round AND m.person_key = e.person_key
WHERE e.brand = :brand AND e.sequence = :sequence AND e.due_at <= :now
ORDER BY e.due_at LIMIT :most
"""

SENT = """
SELECT m.person_key, {at}, m.kind || ':' || m.source
FROM {keys} mail_messages m ON m.person_key = k.value
WHERE m.brand = :brand AND m.state IN ('claimed', 'sending', 'sent', 'doubtful')
  AND coalesce(m.handed_at, m.claimed_at) > :since
"""

ORDERS = """
SELECT k.value, {at} FROM {keys} orders o ON o.person_key = k.value
WHERE o.value >= 0 GROUP BY k.value
"""

MEMBERS = """
SELECT k.value FROM {keys} segment_members s ON s.person_key = k.value
WHERE s.brand = :brand AND s.segment = :segment AND s.left_on IS NULL
"""

UPDATE = (
    "UPDATE enrolments SET round = ?, version = ?, step = ?, arms = ?, state = ?, reason = ?, "
    "planned_at = ?, due_at = ?, updated_at = ? "
    "WHERE brand = ? AND sequence = ? AND person_key = ? "
    "AND state = 'active' AND round = ? AND step = ? AND due_at = ?"
)
MOVED = (
    "CREATE TEMP TABLE moved (sequence text, person_key bigint, was_round int, was_step text, "
    "was_due timestamptz, round int, version text, step text, arms json, state text, "
    "reason text, planned_at timestamptz, due_at timestamptz) ON COMMIT DROP"
)
MOVE = (
    "UPDATE enrolments e SET round = m.round, version = m.version, step = m.step, arms = m.arms, "
    "state = m.state, reason = m.reason, planned_at = m.planned_at, due_at = m.due_at, "
    "updated_at = %s FROM moved m WHERE e.brand = %s AND e.sequence = m.sequence "
    "AND e.person_key = m.person_key AND e.state = 'active' AND e.round = m.was_round "
    "AND e.step = m.was_step AND e.due_at = m.was_due"
)


def read_due(
    connection: Connection, brand: str, sequences: Sequence[str], now: datetime, limit: int
) -> tuple[Enrolled, tuple[str, ...], Codes, Codes]:
    """Return who is due; and of each row the zone, as names and codes, and the standing."""
    seconds = {
        name: _seconds(connection, f"e.{name}_at") for name in ("entered", "planned", "due")
    } | {name: _seconds(connection, f"m.{name}_at") for name in ("retry", "handed")}
    arms = "e.arms" if connection.dialect.name == "sqlite" else "CAST(e.arms AS text)"
    query = sa.text(DUE.format(arms=arms, **seconds)).bindparams(sa.bindparam("now", type_=Moment))
    rows: list[Sequence[Any]] = []
    codes: list[int] = []
    for code, sequence in enumerate(sequences):
        places = {"brand": brand, "sequence": sequence, "now": now, "most": limit}
        found = connection.execute(query, places).all()
        rows += found
        codes += [code] * len(found)
    columns = list(zip(*rows, strict=True)) if rows else [()] * 13
    version, versions = coded(columns[3])
    step, steps = coded(columns[4])
    arm, arm_texts = coded(columns[5])
    zone, zones = coded(columns[10])
    came = Enrolled(
        brand=brand,
        sequences=tuple(sequences),
        sequence=_integers(codes),
        person_key=_integers(columns[0]),
        round=_integers(columns[1]),
        entered_at=_integers(columns[2]),
        versions=versions,
        version=version,
        steps=steps,
        step=step,
        arm_texts=arm_texts,
        arms=arm,
        planned_at=_integers(columns[6]),
        due_at=_integers(columns[7]),
        ledger=_integers([LEDGER[state] if state else FREE for state in columns[8]]),
        ledger_at=_integers(NEVER if at is None else at for at in columns[9]),
    )
    return came, zones, zone, standing(columns[11], columns[12])


def read_orders(connection: Connection, person_keys: Keys, size: int) -> Seconds:
    """Return when each person last ordered, `NEVER` without an order; of the first ones, as many
    as there are keys, the others are `NEVER`."""
    found = np.full(size, NEVER)
    if len(person_keys):
        at = _seconds(connection, "max(o.ordered_at)")
        query, places = _with_keys(connection, ORDERS, person_keys, at=at)
        last = {row[0]: row[1] for row in connection.execute(query, places)}
        found[:] = [last.get(key, NEVER) for key in person_keys.tolist()]
    return found


def read_segments(
    connection: Connection, brand: str, person_keys: Keys, segments: Iterable[str]
) -> Mapping[str, Truths]:
    """Return who of these people is in each segment."""
    found: dict[str, Truths] = {}
    for segment in segments:
        query, places = _with_keys(connection, MEMBERS, person_keys)
        places |= {"brand": brand, "segment": segment}
        members = _integers(connection.scalars(query, places))
        found[segment] = np.isin(person_keys, members)
    return found


def read_sent(
    connection: Connection, brand: str, person_keys: Sequence[int], since: datetime
) -> Sent:
    """Return what these people got after a moment. Moments are rounded up: a cap ends with a whole
    second, never before it."""
    at = _seconds(connection, "coalesce(m.handed_at, m.claimed_at)")
    query, places = _with_keys(connection, SENT, _integers(person_keys), at=at)
    query = query.bindparams(sa.bindparam("since", type_=Moment))
    rows = connection.execute(query, {**places, "brand": brand, "since": since}).all()
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    sources = np.array(columns[2], dtype=object)
    return Sent(_integers(columns[0]), _integers(columns[1]) + 1, sources)


def write_changes(connection: Connection, came: Enrolled, changes: Changes, now: datetime) -> int:
    """Write how people are after a move, if they are still as they came; return how many were."""
    row = changes.row
    sequences = np.array(came.sequences, dtype=object)[came.sequence[row]].tolist()
    keys, rounds = came.person_key[row].tolist(), came.round[row].tolist()
    steps = np.array(came.steps, dtype=object)[came.step[row]].tolist()
    was_due, planned, due = map(_texts, (came.due_at[row], changes.planned_at, changes.due_at))
    becomes = (
        changes.round.tolist(), changes.version, changes.step, changes.arms, changes.state,
        changes.reason, planned, due,
    )  # fmt: skip
    driver = cast(Any, connection.connection.driver_connection)
    if connection.dialect.name == "sqlite":
        count = len(row)
        same = [now.strftime("%Y-%m-%d %H:%M:%S.%f")] * count, [came.brand] * count
        cells = zip(*becomes, *same, sequences, keys, rounds, steps, was_due, strict=True)
        return int(driver.executemany(UPDATE, cells).rowcount)
    with driver.cursor() as cursor:
        cursor.execute(MOVED)
        with cursor.copy("COPY moved FROM STDIN") as copy:
            for cell in zip(sequences, keys, rounds, steps, _zoned(was_due), *becomes[:6],
                            _zoned(planned), _zoned(due), strict=True):  # fmt: skip
                copy.write_row(cell)
        cursor.execute(MOVE, (now, came.brand))
        return int(cursor.rowcount)


def write_skips(connection: Connection, skips: Sequence[Skip], now: datetime) -> None:
    """Write what is given up; a message is given up once."""
    if not skips:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    names = [*Skip.__dataclass_fields__]
    rows = [{**{name: getattr(skip, name) for name in names}, "skipped_at": now} for skip in skips]
    connection.execute(insert(mail_skips).on_conflict_do_nothing(), rows)


def _seconds(connection: Connection, column: str) -> str:
    """Return the SQL of a moment as whole seconds."""
    if connection.dialect.name == "sqlite":
        return f"unixepoch({column})"
    return f"CAST(floor(extract(epoch FROM {column})) AS bigint)"


def _with_keys(
    connection: Connection, statement: str, person_keys: Keys, **parts: str
) -> tuple[sa.TextClause, dict[str, Any]]:
    """Return a statement that begins with `{keys}`, a table `k` of these keys joined to the next
    one, and its places. SQLite's CROSS JOIN keeps that order: each key is looked up in an index."""
    keys = np.unique(person_keys).tolist()
    if connection.dialect.name == "sqlite":
        query = statement.format(keys="json_each(:keys) k CROSS JOIN", **parts)
        return sa.text(query), {"keys": json.dumps(keys)}
    query = statement.format(keys="unnest(CAST(:keys AS bigint[])) k(value) JOIN", **parts)
    return sa.text(query), {"keys": keys}


def standing(consents: Sequence[str | None], suppressed: Sequence[Any]) -> Codes:
    """Return whether people may be written to; of whom there is no consent they are gone."""
    return _integers(
        GONE if consent is None else UNSUBSCRIBED if consent != "subscribed"
        else SUPPRESSED if held else MAY
        for consent, held in zip(consents, suppressed, strict=True)
    )  # fmt: skip


def coded(texts: Sequence[str | None]) -> tuple[Codes, tuple[str, ...]]:
    """Return texts as places in the different ones; None is ''."""
    codes, different = pd.factorize(np.array(texts, dtype=object), use_na_sentinel=False)
    return codes.astype(np.int64), tuple("" if it is None else str(it) for it in different)


def _integers(values: Iterable[Any]) -> Codes:
    return np.fromiter(values, np.int64)


def _texts(at: Seconds) -> list[str | None]:
    """Return moments as SQLAlchemy writes them for SQLite, NULL for `NEVER`."""
    known = at != NEVER
    moments = np.where(known, at, 0).astype("datetime64[s]")
    texts = np.char.replace(np.datetime_as_string(moments), "T", " ")
    found = np.char.add(texts, ".000000").astype(object)
    found[~known] = None
    return cast(list[str | None], found.tolist())


def _zoned(texts: Iterable[str | None]) -> list[str | None]:
    return [None if text is None else f"{text}+00" for text in texts]
