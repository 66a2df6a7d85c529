"""Delivers what waits in the outbox: claim, send, record, one message at a time.

A message is claimed before it is sent, so that of two workers only one sends it. A worker that
dies after claiming leaves a message of which nobody knows whether it arrived: once the claim has
run out, it is sent again under the same id and says that it may be a repeat. So is one whose
receiver did not answer. Nothing else is sent twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import SecretStr

from config.secrets import MissingSecretError
from connectors.base import ConnectorError, ReconnectError, RejectedError, TransientError
from connectors.notifiers.apprise import UnconfirmedError, send
from connectors.records import Message

FIRST_RETRY = timedelta(minutes=5)  # doubled with every further try
LONGEST_RETRY = timedelta(hours=6)
REFUSED_RETRY = timedelta(days=1)
"""A refusal does not pass by waiting, but a person may mend the URL, and an alert is told once."""

UNCONFIRMED_TRIES = 3
"""A receiver that takes messages and never confirms them is not flooded: from here on, daily."""

GIVE_UP_AFTER = timedelta(days=7)
"""Older messages are not tried again; the alerts themselves stay open in every report."""


class NowhereError(RejectedError):
    """The owner has no destination at all. Said once; the message is kept."""


class Outbox(Protocol):
    """What the warehouse offers; `claim` is true for one caller only."""

    def pending_messages(self, brand: str, now: datetime) -> Sequence[Message]: ...

    def claim(self, message_id: str, now: datetime) -> bool: ...

    def delivered(self, message_id: str, now: datetime) -> None: ...

    def failed(
        self,
        message_id: str,
        error: str,
        retry_at: datetime | None,
        now: datetime,
        *,
        in_doubt: bool = False,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that was not delivered. It stays in the outbox whatever happens."""

    message_id: str
    owner: str
    error: str
    retry_at: datetime | None  # None: no run will try it again
    addressed: bool  # False: the owner has no destination, so nothing went wrong on the way


@dataclass(slots=True)
class DeliveryReport:
    """What became of the messages that waited."""

    delivered: list[Message] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence per message that did not get to where it should go."""
        return tuple(f"{item.owner}: {item.error}" for item in self.failures if item.addressed)

    @property
    def unaddressed(self) -> tuple[str, ...]:
        """One sentence per message that has nowhere to go."""
        return tuple(item.error for item in self.failures if not item.addressed)


def deliver(
    outbox: Outbox,
    brand: str,
    resolve: Callable[[str], str],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    send: Callable[[Message, SecretStr], None] = send,
) -> DeliveryReport:
    """Try every message of the brand that is due, once each; a failed one does not stop the rest.

    `resolve` turns a destination such as `env:OPS_SLACK` into its Apprise URL. A claim must not
    look older than it is, so the time of each act comes from `clock`. Raises what the outbox
    itself raises, nothing else.
    """
    report = DeliveryReport()
    tried: set[str] = set()
    while message := _next(outbox, brand, tried, clock()):
        tried.add(message.message_id)
        if not outbox.claim(message.message_id, clock()):
            continue  # another worker has it
        try:
            send(message, _url(message, resolve))
        except ConnectorError as error:
            report.failures.append(_record(outbox, message, error, clock()))
        else:
            outbox.delivered(message.message_id, clock())
            report.delivered.append(message)
    return report


def _next(outbox: Outbox, brand: str, tried: set[str], now: datetime) -> Message | None:
    """Ask anew before each message: sending takes long, and what was known then may be doubtful."""
    waiting = outbox.pending_messages(brand, now)
    return next((message for message in waiting if message.message_id not in tried), None)


def _url(message: Message, resolve: Callable[[str], str]) -> SecretStr:
    if not message.destination:
        raise NowhereError(
            f"there is no way to reach {message.owner or 'anybody'} about {message.subject!r}; name"
            " an Apprise URL under the owner's `notify` in the brand file"
        )
    try:
        return SecretStr(resolve(message.destination))
    except MissingSecretError as error:
        raise ReconnectError(str(error)) from None


def _record(outbox: Outbox, message: Message, error: ConnectorError, now: datetime) -> Failure:
    retry_at = _retry_at(message, error, now)
    in_doubt = message.in_doubt or isinstance(error, UnconfirmedError)
    outbox.failed(message.message_id, str(error), retry_at, now, in_doubt=in_doubt)
    addressed = not isinstance(error, NowhereError)
    return Failure(message.message_id, message.owner, str(error), retry_at, addressed)


def _retry_at(message: Message, error: ConnectorError, now: datetime) -> datetime | None:
    """Return when to try again: soon if it may pass, daily if refused, None if there is no use."""
    if isinstance(error, NowhereError) or now - message.created_at > GIVE_UP_AFTER:
        return None
    silent = isinstance(error, UnconfirmedError) and message.attempts >= UNCONFIRMED_TRIES
    if silent or not isinstance(error, TransientError):
        return now + REFUSED_RETRY
    return now + min(LONGEST_RETRY, FIRST_RETRY * (1 << min(message.attempts, 10)))
