"""How does one worker send what is due? Claim, write, mark, hand over, note down; one by one.

What a death in between leaves is ended by the next worker (`mail_doubts.py`). Time comes from a
clock that the caller gives, because sending takes long.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config.mail import MailRules
from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.mail import (
    DueMail,
    Handed,
    HandedState,
    Held,
    Mail,
    MailClaim,
    MailReport,
    MailSender,
    NotClaimed,
    Outcome,
    Recipient,
    SourceKind,
)
from connectors.this_machine import worker_name
from connectors.warehouse import SqlThrottle, Warehouse
from connectors.warehouse.mail_claims import AT_ONCE, ClaimTerms
from connectors.warehouse.mail_desk import MailDesk
from connectors.warehouse.mail_doubts import LEASE, Doubt
from tasks.mailing.breaker import Trip, judge
from tasks.mailing.outcomes import bounced_for_good, outcome_of
from tasks.mailing.pace import REST

Render = Callable[[MailClaim, DueMail, Recipient], Mail]
"""Writes one person's message. Raises `RejectedError` if it cannot be written."""

Work = tuple[MailClaim, DueMail]
Source = tuple[SourceKind, str]  # and its name

UNANSWERED = 3
"""So many messages in a row without an answer, and sending rests: each is one in doubt."""

LOOK_AGAIN = timedelta(seconds=30)
"""So often a long send looks at what came back meanwhile: complaints are read by other runs. It is
one query, of 0.2 s where 100,000 messages went out lately."""

SESSION_OVER: Mapping[HandedState, str] = {
    "deferred": "its server puts off the whole session",
    "refused": "its server refuses the sender, whoever it is for",
}


@dataclass(slots=True)
class Sent:
    """What became of the messages that were due."""

    outcomes: list[tuple[DueMail, Outcome]] = field(default_factory=list)
    not_claimed: list[NotClaimed] = field(default_factory=list)
    held: list[tuple[DueMail, Held]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)  # left by workers that fell silent
    trips: list[tuple[Source, Trip]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rests: str = ""  # why sending rests, '' if it does not

    @property
    def counts(self) -> Counter[str]:
        """How many messages ended how, by state or reason."""
        ends = [outcome.state for _, outcome in self.outcomes]
        return Counter(
            [*ends, *(it.reason for it in self.not_claimed), *(why for _, why in self.held)]
        )


class HandingOver:
    """One worker of a brand's account."""

    def __init__(
        self,
        warehouse: Warehouse,
        sender: MailSender,
        render: Render,
        *,
        account_key: int,
        brand: str,
        rules: MailRules,
        terms: ClaimTerms,
        clock: Callable[[], datetime],
    ) -> None:
        self.warehouse, self.sender, self.render = warehouse, sender, render
        self.account_key, self.brand = account_key, brand
        self.rules, self.terms, self.clock = rules, terms, clock
        self.worker = worker_name()
        self.sent = Sent()
        self._tallies: dict[Source, list[int]] = {}  # handed, bounced, complained
        self._before: tuple[MailClaim, Outcome] | None = None  # what is not noted down yet
        self._last, self._in_a_row = "", 0
        self._renewed = self._looked = clock()

    def send(self, due: Sequence[DueMail]) -> Sent:
        """Send what may be sent, those of higher priority first; return what became of each.

        Raises `ReconnectError` where the login is refused, and whatever the warehouse raises;
        nothing is lost then, the next worker goes on.
        """
        now = self.clock()
        self.sent.doubts += self.warehouse.end_dead_claims(self.brand, now)
        if self._resting():
            return self.sent
        self._look(now)
        ordered = sorted(due, key=lambda one: (-one.priority, one.due_at))
        for start in range(0, len(ordered), AT_ONCE):
            if not self._batch(ordered[start : start + AT_ONCE]):
                break
        return self.sent

    def _batch(self, due: Sequence[DueMail]) -> bool:
        """Claim and send up to `AT_ONCE` messages; tell whether to go on with others."""
        self._renewed = self.clock()
        found = self.warehouse.claim_mail(
            self.account_key, self.brand, due, self.terms, self.worker, self._renewed
        )
        self.sent.not_claimed += [one for one in found if isinstance(one, NotClaimed)]
        work = [
            (claim, one) for claim, one in zip(found, due, strict=True)
            if isinstance(claim, MailClaim)
        ]  # fmt: skip
        if not work:
            return not any(it.reason == "stopped" for it in self.sent.not_claimed)
        people = self.warehouse.recipients(self.brand, [claim.person_key for claim, _ in work])
        with self.warehouse.mail_desk(self.brand, self.worker, self.terms.process) as desk:
            try:
                return self._hand_over(desk, self._written(desk, work, people))
            finally:
                self._end(desk)

    def _written(
        self, desk: MailDesk, work: Sequence[Work], people: dict[int, Recipient]
    ) -> Iterator[tuple[MailClaim, DueMail, Mail]]:
        """Yield messages ready to go; let go of what cannot be written."""
        for claim, due in work:
            try:
                mail = self.render(claim, due, people[due.person_key])
            except KeyError:
                continue  # erased since it was claimed; it is let go with the rest
            except RejectedError as error:
                desk.release(claim, str(error))
                self.sent.problems.append(f"{due.kind} {due.source} {due.step}: {error}")
                continue
            yield claim, due, replace(mail, message_id=claim.message_id)

    def _hand_over(
        self, desk: MailDesk, messages: Iterator[tuple[MailClaim, DueMail, Mail]]
    ) -> bool:
        """Hand messages over until there are no more or something says stop; tell whether to go
        on. What became of one is noted down together with the mark of the next."""
        for claim, due, mail in messages:
            now = self.clock()
            if now > due.not_after:
                desk.release(claim, "its time was over")
                self.sent.not_claimed.append(NotClaimed(due, "too_late"))
                continue
            if now - self._looked >= LOOK_AGAIN:
                self._look(now)
            held = desk.next(claim, now, self._before)
            self._before = None
            if held:
                self.sent.held.append((due, held))
                if held == "stopped":
                    return False
                continue
            handed = self._send_one(claim, mail)
            self._take(claim, due, handed)
            if self._must_rest(handed):
                return False
            if now - self._renewed > LEASE / 4:
                desk.renew(now)
                self._renewed = now
        return True

    def _send_one(self, claim: MailClaim, mail: Mail) -> Handed:
        try:
            return self.sender.send(claim, mail)
        except RejectedError as error:  # nothing was sent, and nothing will be
            return Handed("refused", sentence=str(error))
        except ReconnectError as error:  # nothing was sent
            self._before = claim, Outcome("released", sentence=str(error))
            raise

    def _take(self, claim: MailClaim, due: DueMail, handed: Handed) -> None:
        """Do what follows from an answer."""
        now = self.clock()
        outcome = outcome_of(handed, claim.attempts + 1, now)
        self._before = claim, outcome
        self.sent.outcomes.append((due, outcome))
        if not outcome.went:
            return
        tally = self._tallies.setdefault((due.kind, due.source), [0, 0, 0])
        tally[0] += 1
        if bounced_for_good(handed):
            tally[1] += 1
            source = f"smtp, message {claim.message_key}"
            report = MailReport("hard_bounce", now, claim.message_id, "", handed.status, source)
            self.warehouse.record_reports(self.brand, [report], self.terms.keys, now)
            self._judge((due.kind, due.source))

    def _end(self, desk: MailDesk) -> None:
        """Note down the last answer and let go of what was not handed over."""
        if self._before:
            desk.record(*self._before, self.clock())
            self._before = None
        desk.release_all("its worker stopped before it")
        self.sent.problems += [
            f"message {claim.message_key}: its worker was silent for so long while it handed it "
            "over that another may have sent it too"
            for claim in desk.unrecorded
        ]

    def _look(self, now: datetime) -> None:
        """See what came back for messages by now, whoever read it, and judge all by it."""
        self._looked = now
        since = now - timedelta(days=self.rules.breaker.days)
        for it in self.warehouse.mail_tallies(self.brand, since):
            self._tallies[it.kind, it.source] = [it.handed, it.hard_bounced, it.complained]
            self._judge((it.kind, it.source))

    def _judge(self, source: Source) -> None:
        """Stop a sequence or campaign that bounces or is complained about too much. What of it has
        been claimed is held at its mark."""
        trip = judge(*self._tallies[source], rules=self.rules.breaker)
        if trip is None:
            return
        kind, name = source
        new = self.warehouse.stop_mail(
            self.brand, kind, name, who="breaker", why=trip.sentence, now=self.clock()
        )
        if new:
            self.sent.trips.append((source, trip))

    def _must_rest(self, handed: Handed) -> bool:
        """Tell whether to stop for now; let the account rest where its server has had enough."""
        self._in_a_row = self._in_a_row + 1 if handed.state == self._last else 1
        self._last = handed.state
        most = {"deferred": self.rules.breaker.deferrals, "unknown": UNANSWERED}.get(handed.state)
        if handed.state in SESSION_OVER and handed.whole_session:
            return self._rest(SESSION_OVER[handed.state], handed)
        if most is not None and self._in_a_row >= most:
            what = {"deferred": "put off", "unknown": "left without an answer"}[handed.state]
            return self._rest(f"its server {what} {most} messages in a row", handed)
        return handed.state == "not_sent" and handed.whole_session  # the next run tries again

    def _rest(self, why: str, handed: Handed) -> bool:
        said = f": {handed.code or ''} {handed.sentence}".rstrip(": ")
        self.sent.rests = f"{why}{said}"
        self._throttle().pause(REST.total_seconds(), self.sent.rests)
        return True

    def _resting(self) -> bool:
        """Tell whether the account rests, and say so."""
        try:
            self._throttle().wait()
        except TransientError as error:
            self.sent.rests = str(error)
        return bool(self.sent.rests)

    def _throttle(self) -> SqlThrottle:
        name = f"smtp/{self.sender.account_id}"
        return SqlThrottle(self.warehouse, name, longest_wait=0, clock=self.clock)
