"""How is one message after the other handed over, so that a death in between is never a repeat?

Before each hand-over one short transaction writes down what became of the message before and marks
this one `sending`, if it may still go: the claim is still this worker's, and nobody has withdrawn,
been suppressed, left or turned a switch since. Whoever dies after that leaves a `sending` message,
which counts as sent.

These transactions take as long as all the rest of sending, so they are the driver's own, prepared
once. On SQLite the first one of a desk waits for the disk, and so for everything before: the
claims. The others do not: a power failure may take marks back, but no claim, see `mail_doubts.py`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from config.stop_scopes import SCOPES
from connectors.mail import Held, MailClaim, Outcome
from connectors.warehouse.database import Database
from connectors.warehouse.schema import Moment

Moments = Callable[[datetime | None], Any]
"""From a moment to what the driver takes."""

WANTED = """EXISTS (SELECT 1 FROM people WHERE people.person_key = mail_messages.person_key
    AND people.address_key = mail_messages.address_key AND people.consent = 'subscribed')"""
SUPPRESSED = """EXISTS (SELECT 1 FROM suppressions WHERE suppressions.brand = mail_messages.brand
    AND suppressions.address_key = mail_messages.address_key)"""
SOURCE_STOPPED = """EXISTS (SELECT 1 FROM mail_stops WHERE mail_stops.released_at IS NULL
    AND mail_stops.brand = mail_messages.brand AND mail_stops.kind = mail_messages.kind
    AND mail_stops.source = mail_messages.source)"""
STOPPED = """EXISTS (SELECT 1 FROM stops WHERE stops.released_at IS NULL
    AND stops.brand IN ('', mail_messages.brand) AND stops.process IN ({processes}))"""
LEFT = """(mail_messages.kind = 'sequence' AND NOT EXISTS (SELECT 1 FROM enrolments
    WHERE enrolments.brand = mail_messages.brand AND enrolments.sequence = mail_messages.source
    AND enrolments.person_key = mail_messages.person_key
    AND enrolments.round = mail_messages.round AND enrolments.state <> 'left'))"""
MINE = "state = 'claimed' AND worker = :worker"

MARK = f"""UPDATE mail_messages
    SET state = 'sending', handed_at = :now, claimed_at = :now, attempts = attempts + 1
    WHERE message_key = :key AND {MINE} AND {WANTED} AND NOT {SUPPRESSED}
    AND NOT {SOURCE_STOPPED} AND NOT {STOPPED} AND NOT {LEFT}"""  # noqa: S608, our own words
WHY = f"""SELECT NOT ({MINE}), NOT {WANTED}, {SUPPRESSED}, {SOURCE_STOPPED}, {STOPPED}, {LEFT}
    FROM mail_messages WHERE message_key = :key"""  # noqa: S608, our own words
REASONS: tuple[Held, ...] = (
    "lost", "no_consent", "suppressed", "source_stopped", "stopped", "left"
)  # fmt: skip
LET_GO = f"""UPDATE mail_messages SET state = 'released', sentence = :sentence
    WHERE message_key = :key AND {MINE}"""  # noqa: S608, our own words
LET_ALL_GO = f"""UPDATE mail_messages SET state = 'released', sentence = :sentence
    WHERE brand = :brand AND {MINE}"""  # noqa: S608, our own words
RENEW = f"UPDATE mail_messages SET claimed_at = :now WHERE brand = :brand AND {MINE}"  # noqa: S608
RECORD = """UPDATE mail_messages
    SET state = :state, retry_at = :retry_at, code = :code, status = :status, sentence = :sentence,
    handed_at = CASE WHEN :went = 1 THEN COALESCE(handed_at, :now) END
    WHERE message_key = :key AND worker = :worker
    AND (state IN ('sending', 'doubtful') OR (:went = 1 AND state = 'released'))"""


class MailDesk:
    """Where one worker hands over what it has claimed, a batch at a time."""

    def __init__(self, driver: Any, *, sqlite: bool, brand: str, worker: str, process: str) -> None:
        self._driver, self._sqlite = driver, sqlite
        self._brand, self._worker = brand, worker
        self._sql = _statements(process, sqlite=sqlite)
        self._moment = _moments(sqlite=sqlite)
        self._waits_for_disk = sqlite
        self.unrecorded: list[MailClaim] = []
        """Messages that a server was asked to take and that, when it had answered, belonged to
        another worker already: this one was silent for longer than `LEASE`."""

    def next(
        self, claim: MailClaim, now: datetime, before: tuple[MailClaim, Outcome] | None = None
    ) -> Held | None:
        """Write down what became of the message before and mark this one `sending`, in one
        transaction. Return why it must not be handed over; None: hand it over now."""
        values = {"key": claim.message_key, "worker": self._worker, "now": self._moment(now)}
        with self._transaction():
            if before:
                self._record(*before, now)
            if self._run("mark", values).rowcount == 1:
                return None
            flags = self._run("why", values).fetchone()
            reasons = dict(zip(REASONS, flags, strict=True)) if flags else {}
            held = next((why for why, holds in reasons.items() if holds), REASONS[0])
            self._run("let_go", values | {"sentence": held})
        return held

    def record(self, claim: MailClaim, outcome: Outcome, now: datetime) -> None:
        """Write down what became of a message that no other follows."""
        with self._transaction():
            self._record(claim, outcome, now)

    def release(self, claim: MailClaim, sentence: str) -> None:
        """Let go of a claimed message that was not handed over; it may be claimed again."""
        values = {"key": claim.message_key, "worker": self._worker, "sentence": sentence}
        with self._transaction():
            self._run("let_go", values)

    def release_all(self, sentence: str) -> int:
        """Let go of all that this worker has claimed and not handed over; return how many."""
        values = {"brand": self._brand, "worker": self._worker, "sentence": sentence}
        with self._transaction():
            return int(self._run("let_all_go", values).rowcount)

    def renew(self, now: datetime) -> None:
        """Say that this worker lives; it has to within every `LEASE`."""
        values = {"brand": self._brand, "worker": self._worker, "now": self._moment(now)}
        with self._transaction():
            self._run("renew", values)

    def _record(self, claim: MailClaim, outcome: Outcome, now: datetime) -> None:
        values = {
            "key": claim.message_key,
            "worker": self._worker,
            "state": outcome.state,
            "code": outcome.code,
            "status": outcome.status,
            "sentence": outcome.sentence,
            "retry_at": self._moment(outcome.retry_at),
            "went": int(outcome.went),
            "now": self._moment(now),
        }
        if self._run("record", values).rowcount != 1 and outcome.went:
            self.unrecorded.append(claim)

    def _run(self, name: str, values: Mapping[str, object]) -> Any:
        return self._driver.execute(self._sql[name], values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._waits_for_disk:
            self._driver.execute("PRAGMA synchronous=FULL")
        self._driver.execute("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")
        if self._waits_for_disk:
            self._driver.execute("PRAGMA synchronous=NORMAL")
            self._waits_for_disk = False


class MailDeskStore(Database):
    """Hands out desks."""

    @contextmanager
    def mail_desk(self, brand: str, worker: str, process: str) -> Iterator[MailDesk]:
        """Open a desk for what a worker has just claimed; at the end its connection is given back.

        `process`: whose stop switch counts. Raises `TransientError` or `RejectedError` for what
        the database says.
        """
        with self._errors(), self.engine.connect() as connection:
            driver = cast(Any, connection.connection.driver_connection)
            if self.sqlite:
                yield MailDesk(driver, sqlite=True, brand=brand, worker=worker, process=process)
                return
            driver.autocommit = True
            try:
                yield MailDesk(driver, sqlite=False, brand=brand, worker=worker, process=process)
            finally:
                driver.autocommit = False


@lru_cache(maxsize=8)
def _statements(process: str, *, sqlite: bool) -> Mapping[str, str]:
    """Return the statements in the words of the driver."""
    names = ("", process, *(scope for scope, inside in SCOPES.items() if process in inside))
    processes = ", ".join(f"'{name}'" for name in names)
    return {
        name: text if sqlite else re.sub(r":(\w+)", r"%(\1)s", text)
        for name, text in (
            ("mark", MARK.replace("{processes}", processes)),
            ("why", WHY.replace("{processes}", processes)),
            ("let_go", LET_GO),
            ("let_all_go", LET_ALL_GO),
            ("renew", RENEW),
            ("record", RECORD),
        )
    }


def _moments(*, sqlite: bool) -> Moments:
    """Return what turns a moment into what SQLAlchemy would give to the driver."""
    if not sqlite:
        return lambda moment: moment
    dialect = sqlite_dialect()
    return cast(Moments, Moment().dialect_impl(dialect).bind_processor(dialect))
