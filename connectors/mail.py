"""What is written to customers, one by one: people, messages, and what came of them?

Plain records and protocols, no I/O. An address stands in the table `people` alone; everything else
knows a person by `person_key` and an address by `address_key`, keyed hashes of 63 bits (see
`people_keys.py`). Records that hold an address do not show it in their `repr`.

A message is sent only with a `MailClaim`, and only `connectors/warehouse/mail_claims.py` makes
claims: in one transaction that looks at consent, suppression, caps, stops and whether this message
was claimed before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from config.mail import Consent

SourceKind = Literal["sequence", "campaign"]

ClaimState = Literal["claimed", "sending", "sent", "refused", "deferred", "doubtful", "released"]
"""Where a message is.

`claimed`: nobody else may send it. `sending`: it was about to be handed over; if the worker dies it
counts as sent and becomes `doubtful`. `sent`: a server took it. `refused`: the server will not have
it. `deferred`: not now, it may be claimed again. `doubtful`: handed over with no answer known, and
never sent again unless the sent folder or a person says that it did not go. `released`: surely
never handed over, it may be claimed again.
"""

SuppressionReason = Literal["unsubscribed", "hard_bounce", "soft_bounces", "complaint", "erased",
                            "by_hand"]  # fmt: skip

ReportKind = Literal["hard_bounce", "soft_bounce", "delayed", "complaint", "unsubscribe", "reply",
                     "auto_reply"]  # fmt: skip


def words_of_consent(value: object) -> object:
    """Return what a brand file says of the words that a list has for consent, as they are compared;
    `true` and `1` of YAML are words too."""
    if isinstance(value, dict):
        return {str(word).strip().casefold(): consent for word, consent in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class Customer:
    """A person as the brand's own customer list has it."""

    customer_id: str
    address: str | None = field(repr=False)  # e-mail; None: none is known
    consent: Consent
    consent_source: str  # such as `checkout 2026-03-01`; '' if the list does not say
    consent_at: datetime | None
    signed_up_at: datetime | None
    time_zone: str  # IANA; '' if unknown
    language: str  # BCP 47; '' if unknown
    country: str  # ISO 3166-1 alpha-2; '' if unknown
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)  # first_name, birthday, ...
    problem: str = ""  # what could not be used, and where it stands, but not what it says


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer bought, at once and as a whole."""

    order_id: str
    customer_id: str  # '' if the list does not say
    ordered_at: datetime | None  # None: unknown
    value: float  # major units of the account's currency; a refund is negative; NaN: unknown


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as a message needs him."""

    person_key: int
    address: str | None = field(repr=False)
    address_key: int | None
    consent: Consent
    time_zone: str  # IANA; '' if unknown
    language: str  # BCP 47; '' if unknown
    country: str  # ISO 3166-1 alpha-2; '' if unknown
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DueMail:
    """A message that somebody should get now. Deciding on it grants nothing: it still has to be
    claimed. The first of `brand, kind, source, step, round, person_key` counts for ever."""

    brand: str
    kind: SourceKind
    source: str  # the name of the sequence or campaign
    step: str  # of the sequence; '' for a campaign
    round: int  # how often the person has entered the sequence, from 1; 0 for a campaign
    arm: str  # of a split or test; '' if there is none
    segment: str  # the segment that let the person in; '' if something else did
    template: str
    person_key: int
    due_at: datetime  # when the plan wanted it
    not_before: datetime  # the first moment that hours, holidays and caps of the plan allow
    not_after: datetime  # later than this it is not sent any more
    priority: int  # over the caps the higher one goes first


@dataclass(frozen=True, slots=True)
class MailClaim:
    """The right to send one message once."""

    message_key: int
    person_key: int
    message_id: str  # `<...@sender's domain>`, the same for the same message whenever it is made
    claimed_at: datetime
    attempts: int = 0  # how often it was handed over before, and put off


NotClaimedReason = Literal[
    "claimed_before",  # it went out, may have gone out, was refused, or somebody is sending it
    "put_off",  # the server put it off; `until` says how long
    "too_late",
    "too_early",
    "unknown_person",  # or erased
    "no_address",
    "no_consent",
    "suppressed",
    "left",  # the person has left the sequence, or entered it anew
    "stopped",  # by the stop switch
    "source_stopped",  # the sequence or campaign, by the breaker or a person
    "over_cap",
    "over_ramp",
]


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """A message that may not be sent now."""

    due: DueMail
    reason: NotClaimedReason
    until: datetime | None = None  # from when on it may be asked again; None: nobody knows


Held = Literal["lost", "no_consent", "suppressed", "source_stopped", "stopped", "left"]
"""Why a claimed message is not handed over after all. `lost`: the claim is no longer this worker's,
who was silent for too long. It may be claimed again, where claiming lets it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it goes out: one recipient, a text part and an HTML part."""

    message_id: str
    sender: str
    reply_to: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # List-Unsubscribe, ...


HandedState = Literal["accepted", "refused", "deferred", "unknown", "not_sent"]


@dataclass(frozen=True, slots=True)
class Handed:
    """What a server said to one message. `not_sent`: it was surely not handed over at all, as the
    connection failed before; `unknown`: it may have been taken."""

    state: HandedState
    code: int | None = None  # SMTP reply code
    status: str = ""  # enhanced status, such as 5.1.1 (RFC 3463)
    sentence: str = ""  # the server's own words, without any address
    whole_session: bool = False  # it concerns the server, not this recipient (421, 454, cut)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message that was marked `sending`."""

    state: ClaimState  # sent, refused, deferred, doubtful, released
    code: int | None = None
    status: str = ""
    sentence: str = ""
    retry_at: datetime | None = None  # of a deferred one

    @property
    def went(self) -> bool:
        """Tell whether the server was asked to take it and did not put it off."""
        return self.state in ("sent", "refused", "doubtful")


@dataclass(frozen=True, slots=True)
class MailReport:
    """What came back for a message: a bounce, a complaint, an unsubscription, a reply."""

    kind: ReportKind
    at: datetime
    message_id: str  # of the message that it is about; '' if it does not say
    address: str = field(repr=False)  # whom it concerns; '' if it does not say
    status: str = ""  # 5.1.1
    source: str = ""  # where it was found, such as `imap INBOX;UIDVALIDITY=1;UID=7`
    token: str = field(default="", repr=False)  # what List-Unsubscribe of our message carried


@runtime_checkable
class MailSender(Protocol):
    """Something that mail can be handed to. One connection is kept while it is open."""

    account_id: str

    def send(self, claim: MailClaim, mail: Mail) -> Handed:
        """Hand a message over, once, without a retry. Raises `ReconnectError` where the login is
        refused, `RejectedError` for a message that cannot be sent as it is (nothing was sent)."""
        ...

    def close(self) -> None:
        """End the connection; an open one is not needed for the next `send`."""
        ...


@runtime_checkable
class MailboxReader(Protocol):
    """The mailbox that reports come back to."""

    account_id: str

    def reports(self, after: str) -> Iterator[tuple[list[MailReport], str]]:
        """Yield batches of reports that came after a place, each with the place to go on from;
        '' is the beginning. Mail that is no report is passed over and left alone."""
        ...

    def sent(self, message_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these messages stand in the sent folder. Raises `RejectedError` if there
        is no such folder: then nothing is known."""
        ...


@runtime_checkable
class CustomerSource(Protocol):
    """The brand's own list of customers."""

    account_id: str

    def customers(self) -> Iterator[list[Customer]]:
        """Yield all customers in batches; a customer that comes twice is the later one."""
        ...


@runtime_checkable
class OrderSource(Protocol):
    """The brand's own list of orders."""

    account_id: str

    def orders(self) -> Iterator[list[Order]]:
        """Yield all orders in batches; an order that comes twice replaces."""
        ...
