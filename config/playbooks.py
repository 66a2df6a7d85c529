"""What can a process do about what it finds? The settings of every kind of playbook.

A playbook names checks; whatever they find becomes a proposal of the playbook's kind. What a kind
does with its settings stands in `tasks/playbooks/`, one file per kind.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Limited
from pydantic import model_validator

from config.words import Firing, Level, Mode, Model, Name

Share = Annotated[float, Limited(gt=0, lt=1)]
Days = Annotated[int, Limited(ge=1, le=365)]


class _Playbook(Model):
    """What every playbook has."""

    name: Name
    """Unique over all processes: actions and overrides go by it."""
    title: str
    """What people read: `Cut the budget of a campaign that costs too much`."""
    on: tuple[Name, ...] = ()
    """The checks whose findings it answers."""
    verdicts: tuple[Firing, ...] = ("warning", "critical")
    """Only findings of this severity."""
    when: str = ""
    """A condition that must hold too, in the words of checks; over the check's window."""
    mode: Mode = "propose"
    """The most it may do; the brand's mode holds as well."""
    priority: Annotated[int, Limited(ge=0, le=100)] = 50
    """Of two proposals for one entity the higher one is kept; of two equal ones the first."""
    expires_after_days: Annotated[int, Limited(ge=1, le=30)] = 3
    """How long a proposal waits for a person."""
    judge_after_days: Days = 7
    """How long it is watched before it is judged; conversions must have arrived besides."""
    owner: str = ""
    """Who decides on its proposals; empty means the owner of the check."""
    risk: str = ""
    """What would make it wrong, in a sentence for whoever decides."""


class PausePlaybook(_Playbook):
    """Pause what the check found."""

    does: Literal["pause"]
    days: Days | None = None
    """1: only today; n: what was there before comes back after n days."""
    until: date | None = None
    """Instead: the day on which it comes back, such as the end of a sale; from then on nothing is
    paused. Without either: until somebody enables it."""

    @model_validator(mode="after")
    def _one_end(self) -> "PausePlaybook":
        if self.days is not None and self.until is not None:
            raise ValueError("give days or until, not both")
        return self

    def back_on(self, today: date) -> date | None:
        """Return the day on which a pause of today ends; None if it ends by nothing."""
        return self.until if self.days is None else today + timedelta(days=self.days)


class EnablePlaybook(_Playbook):
    """Enable what the check found paused."""

    does: Literal["enable"]


class BudgetPlaybook(_Playbook):
    """Change the daily budget of a campaign or ad set. Exactly one of the four ways."""

    does: Literal["budget"]
    percent: float | None = None
    """By this: -20 lowers by a fifth."""
    amount: Decimal | None = None
    """By this amount of the account's currency: -5."""
    to: Decimal | None = None
    """To this amount."""
    towards: Name | None = None
    """By a part of the distance between this KPI and its target: up when it is better."""
    gain: Annotated[float, Limited(gt=0, le=1)] = 0.5
    """Of `towards`: which part of the distance."""
    dead_band: Annotated[float, Limited(ge=0, lt=1)] = 0.1
    """Of `towards`: no change within this distance from the target (0.1 is 10 %)."""
    most: Share = 0.2
    """Of `towards`: never a step of more than this."""

    @model_validator(mode="after")
    def _one_way(self) -> "BudgetPlaybook":
        ways = {name: getattr(self, name) for name in ("percent", "amount", "to", "towards")}
        if sum(value is not None for value in ways.values()) != 1:
            raise ValueError("give exactly one of percent, amount, to, towards")
        if self.percent is not None and not (-100 < self.percent != 0):
            raise ValueError("percent must be above -100 and not 0")
        if self.to is not None and self.to <= 0:
            raise ValueError("to must be above 0; use `does: pause` to spend nothing")
        return self


class BidPlaybook(_Playbook):
    """Move a bid or a bid target towards a goal, in proportion to the distance."""

    does: Literal["bid"]
    field: Literal["cpc_bid", "target_cpa", "target_roas"] = "cpc_bid"
    """What is moved."""
    kpi: Literal["cpa", "roas"] = "cpa"
    """Whose target is the goal."""
    gain: Annotated[float, Limited(gt=0, le=1)] = 0.5
    """Which part of the distance one step takes."""
    dead_band: Annotated[float, Limited(ge=0, lt=1)] = 0.1
    """No change within this distance from the target."""
    most: Share = 0.2
    """Never a step of more than this."""


class NegativeKeywordPlaybook(_Playbook):
    """Exclude search terms that cost and bring nothing."""

    does: Literal["negative_keywords"]
    match: Literal["exact", "phrase"] = "exact"
    window_days: Days = 56
    """Complete days of search terms that are looked at."""
    minimum_clicks: Annotated[int, Limited(ge=1)] = 20
    spend_over_target_cpa: Annotated[float, Limited(gt=0)] = 2.0
    """A term must have cost this many times the target cost per conversion without one."""
    most: Annotated[int, Limited(ge=1, le=500)] = 20
    """At most this many per account and run, the dearest first."""


class NewKeywordPlaybook(_Playbook):
    """Make keywords of search terms that convert."""

    does: Literal["new_keywords"]
    match: Literal["exact", "phrase"] = "exact"
    window_days: Days = 56
    minimum_conversions: Annotated[float, Limited(gt=0)] = 3.0
    most: Annotated[int, Limited(ge=1, le=500)] = 20


class AdTestPlaybook(_Playbook):
    """Pause the ads that a declared test shows to be worse than the best of their ad group, and
    that hardly bring the most conversions per impression: more clicks are not more sales."""

    does: Literal["losing_ads"]
    rate: Literal["ctr", "cvr"] = "ctr"
    """What is compared: clicks per impression, or conversions per click."""
    chance_to_be_best: Share = 0.02
    """A loser stays while the chance that it, or another one that goes with it, brings the most
    conversions per impression of its ad group is at least this. Where no conversions are measured,
    losers are only advised on."""
    least_difference: Share = 0.2
    """The relative difference worth finding; with it, `alpha` and `power` fixes the sample size
    per ad before the test is looked at."""
    alpha: Share = 0.05
    """The chance of pausing an ad that is no worse, over all comparisons of one ad group."""
    power: Share = 0.8
    """The chance of finding a difference of that size."""
    longest_days: Days = 90
    """A test that has not filled its sample by then, or whose losers may still bring the most
    conversions, is reported as undecided."""


class SplitPlaybook(_Playbook):
    """Split the brand's month over its campaigns, where the next unit of money brings most; save
    what is missing at once when the month is going to cost over a hundredth more than its plan."""

    does: Literal["split_budget"]
    goal: Literal["conversions", "conversions_value"] = "conversions_value"
    history_days: Annotated[int, Limited(ge=28, le=730)] = 120
    most: Share = 0.2
    """No campaign's daily budget is moved by more than this at a time."""
    least_gain: Annotated[float, Limited(ge=0, lt=1)] = 0.02
    """Nothing is proposed unless the expected gain over leaving all as it is exceeds this."""
    every_days: Days = 7
    """At most once in so many days, but for a month that is short."""
    platforms: tuple[str, ...] = ()
    """Over which of the process's platforms; empty means all of them. Several are split as one
    month, where the brand states one amount over exactly these, and not at all elsewhere."""


class AdjustPlaybook(_Playbook):
    """Say which ages, genders, placements, weekdays do far better or worse than the rest."""

    does: Literal["adjust"]
    breakdown: str
    """One of the process's pulled breakdowns, such as `age,gender`, or `weekday`."""
    kpi: Literal["cpa", "roas"] = "cpa"
    window_days: Days = 56
    least_difference: Share = 0.3
    """How much better or worse, beyond what chance explains."""


class KeywordResearchPlaybook(_Playbook):
    """Rank the planner's ideas and search terms by what they would be worth to the brand."""

    does: Literal["keyword_research"]
    seeds: tuple[str, ...] = ()
    """Phrases to start from; empty means the keywords that convert best."""
    every_days: Days = 28
    most: Annotated[int, Limited(ge=1, le=200)] = 20


class AudienceResearchPlaybook(_Playbook):
    """Say what the breakdowns tell of who buys, with the sample behind it."""

    does: Literal["audience_research"]
    breakdowns: tuple[str, ...]
    window_days: Days = 56
    every_days: Days = 28


class DraftPlaybook(_Playbook):
    """Make paused ads of approved briefs: YAML files in the brand's folder of briefs."""

    does: Literal["draft_ads"]
    most: Annotated[int, Limited(ge=1, le=50)] = 5


class LabelPlaybook(_Playbook):
    """Label what the check found."""

    does: Literal["label"]
    label: Annotated[str, Limited(min_length=1, max_length=80)]


class PublishPlaybook(_Playbook):
    """Publish the approved posts of the brand's content folder when they are due."""

    does: Literal["publish"]


class ReplyPlaybook(_Playbook):
    """Send the answers that people write to comments."""

    does: Literal["reply"]


class PushAudiencePlaybook(_Playbook):
    """Keep lists of mail services like the brand's segments: see `push` in `mail/segments.yaml`."""

    does: Literal["push_audience"]


class NotePlaybook(_Playbook):
    """Write down advice for a person; nothing is ever changed."""

    does: Literal["note"]
    advice: str
    """A template with the fields of the check's sentence."""
    level: Level | None = None


Playbook = Annotated[
    PausePlaybook
    | EnablePlaybook
    | BudgetPlaybook
    | BidPlaybook
    | NegativeKeywordPlaybook
    | NewKeywordPlaybook
    | AdTestPlaybook
    | SplitPlaybook
    | AdjustPlaybook
    | KeywordResearchPlaybook
    | AudienceResearchPlaybook
    | DraftPlaybook
    | LabelPlaybook
    | PublishPlaybook
    | ReplyPlaybook
    | PushAudiencePlaybook
    | NotePlaybook,
    Limited(discriminator="does"),
]
