"""What does somebody get, step by step, and who decides so? One YAML file per sequence.

    title: Welcome
    objective: loyalty
    enters: {event: signup}
    steps:
      - {id: hello, message: welcome_1}
      - {id: pause, wait: {days: 3}}
      - {id: bought, when: orders > 0, otherwise: leave}
      - {id: half, split: {short: 0.5, long: 0.5}}
      - {id: more, messages: {short: welcome_2, long: welcome_2_long}}
    leaves: {segments: [lapsed], after_days: 60}

Clock times are each person's own, the brand's where the zone is not known. A condition that cannot
be decided, because a figure is unknown, counts as not fulfilled.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from config.mail import Cap, Days, Share
from config.words import Model, Name

SequenceState = Literal["draft", "running", "paused", "retired"]
"""`running` needs an approval. In a `paused` one nobody moves, and what becomes too late meanwhile
is not sent. A `retired` one lets everybody go."""

Event = Literal["order", "first_order", "signup", "consent"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip

LEAVE = "leave"
"""Instead of a step: the end."""

Text = Annotated[str, Field(min_length=1)]


class MailApproval(Model):
    """Who read all of it, and when; it holds for what was read only."""

    by: Text
    on: date
    digest: Text
    """Of steps, segments and templates (`config/mail_approval.py`): a later edit ends it."""
    why: str = ""


class Enters(Model):
    """Who comes in: one of `segment`, `event` and `date`."""

    segment: Name | Literal[""] = ""
    """Whoever joins it from the day of the approval on."""
    already_inside: bool = False
    """Also whoever is in the segment already."""
    event: Event | None = None
    date: Name | Literal[""] = ""
    """A field of the person that holds a day, such as `birthday`."""
    days_before: Annotated[int, Field(ge=0, le=365)] = 0
    """So many days before that day."""
    yearly: bool = False
    """Each year, on the day's anniversary; 29 February is kept on the 28th where there is none."""
    within_days: Annotated[int, Field(ge=1, le=30)] = 3
    """An event or a day that we hear of later than this lets nobody in."""
    when: str = ""
    """Only people for whom this is so: a condition over the names that segments know."""


class Wait(Model):
    """How long until the next step: one of the three."""

    days: Annotated[int, Field(ge=1, le=730)] | None = None
    """Calendar days: the same time of day."""
    hours: Annotated[int, Field(ge=1, le=17_520)] | None = None
    until: str = ""
    """The next `09:00`, or the next `tuesday 09:00`; never at once."""


class Step(Model):
    """One of: a message, a wait, a condition, a split."""

    id: Name
    """It stays the same when the sequence is edited: people inside are found again by it."""
    message: Name | Literal[""] = ""
    """A template."""
    messages: dict[Name, Name | None] = {}
    """Arm of a split to its template; without a template that arm gets nothing."""
    of: Name | Literal[""] = ""
    """The split whose arms `messages` has; needed where there are several splits."""
    wait: Wait | None = None
    when: str = ""
    """Go on if this is so: a condition over the names that segments know."""
    otherwise: Name | Literal[""] = ""
    """Where to go on if `when` is not so, or not known: a step's id, or `leave`."""
    split: dict[Name, Share] = {}
    """Arm to its share of the people; a person keeps the arm that was drawn."""


class Leaves(Model):
    """Who goes before the end. Whoever may not be written to any more always goes."""

    segments: tuple[Name, ...] = ()
    """Whoever is in one of them."""
    events: tuple[Literal["order"], ...] = ()
    """Whoever does this after having come in."""
    after_days: Days | None = None
    """Whoever has been in for so long."""


class SendHours(Model):
    """When messages go out, beside the brand's quiet hours and holidays."""

    between: tuple[time, time] = (time(0), time(0))
    """From the first until before the second; the same twice: all day."""
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS


class Sequence(Model):
    """Messages that people get one after the other, each from the day on which he came in."""

    title: Text
    objective: Text
    """What it is for."""
    owner: str = ""
    """One of the brand's `owners`; empty means the first."""
    state: SequenceState = "draft"
    approval: MailApproval | None = None
    enters: Enters
    again_after_days: Days | None = None
    """So many days after having come in somebody may come in again; absent: once in a life, of a
    yearly date once a year."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=100)]
    leaves: Leaves = Leaves()
    caps: tuple[Cap, ...] = ()
    """The most that one person gets of this sequence, beside the brand's caps."""
    hours: SendHours = SendHours()
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    """Over the caps the higher one goes first."""
    changed: Literal["keep", "restart", "leave"] = "keep"
    """What becomes of people inside when steps change. `keep`: they go on at the step of the same
    id, else at the next one that is still there; `restart`: they begin anew; `leave`: they go."""


Verdict = Literal["click", "conversion"]


class CampaignArm(Model):
    """One of the messages that are compared: another template or another subject."""

    template: Name | Literal[""] = ""
    """Empty: the campaign's."""
    subject: str = ""
    """Instead of the template's."""


class CampaignTest(Model):
    """Which of some messages is best? Asked of a part of the segment, answered once."""

    arms: dict[Name, CampaignArm]
    metric: Verdict = "click"
    """What counts as a success, once per message."""
    share: Annotated[float, Field(gt=0, le=1)] = 0.3
    """Of the segment, divided evenly among the arms; the others get the best arm."""
    least: Annotated[int, Field(ge=1)] | None = None
    """Messages per arm below which nothing is decided; absent: computed from `base`,
    `least_difference`, `alpha` and `power`."""
    base: Annotated[float, Field(gt=0, lt=1)] = 0.03
    """The share of successes that is usual."""
    least_difference: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """The difference worth finding, as a part of `base`."""
    alpha: Annotated[float, Field(gt=0, le=0.5)] = 0.1
    power: Annotated[float, Field(ge=0.5, lt=1)] = 0.8
    decide_after_hours: Annotated[int, Field(ge=1, le=336)] = 4
    """After the last time at which the part is written to."""
    fallback: Name
    """The arm that the others get when nothing can be told apart."""


class Campaign(Model):
    """One message to a segment, once."""

    title: Text
    objective: Text
    owner: str = ""
    state: SequenceState = "draft"
    approval: MailApproval | None = None
    segment: Name
    exclude: tuple[Name, ...] = ()
    """Segments whose people do not get it."""
    template: Name
    send_at: str
    """`2026-12-01 09:00`."""
    local: bool = False
    """True: `send_at` is each person's own time; false: the brand's."""
    hours: SendHours = SendHours()
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    test: CampaignTest | None = None
