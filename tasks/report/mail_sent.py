"""What went out by ourselves, what came of it, and what keeps messages from people?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from config.mail_sequences import Campaign
from config.mail_sequences import Sequence as MailSequence
from connectors.base import Window
from connectors.mail_lists import EndedTest
from connectors.sending_domain.facts import SendingDomain
from tasks.mailing.evidence import Halted
from tasks.mailing.reasons import GIVEN_UP
from tasks.report.figures import optional
from tasks.report.mail_model import (
    DomainState,
    Inside,
    MessageRow,
    ProviderRow,
    Reached,
    Sending,
    Sent,
    SourceRow,
    TestArm,
    TestRow,
    Trouble,
)

METRICS: Mapping[str, str] = {
    "sent": "sent",
    "delivered": "delivered",
    "bounced": "bounced",
    "complaints": "complained",
    "unsubscribes": "unsubscribed",
    "clicks": "clicked",
    "conversions": "converted",
    "conversions_value": "revenue",
}
"""Stored metric to what the report calls it. Opens are not among them: mail clients open by
themselves."""
MOST_SOURCES, MOST_TROUBLES = 12, 12


@dataclass(frozen=True, slots=True)
class RunningTest:
    """The test of a campaign that has begun."""

    campaign: str
    until: datetime
    ended: EndedTest | None
    results: Mapping[str, tuple[int, int]]
    """By arm how many went out, and how many of those succeeded, where it has not ended."""


@dataclass(frozen=True, slots=True)
class SendingMaterial:
    """What is known of the mail that a brand sends by itself."""

    window: Window
    known_days: int
    """Of the window's days, those that figures are known of."""
    messages: pd.DataFrame
    """`entity_id` as `MailFigureStore` makes it, and `METRICS`: sums of the window."""
    providers: pd.DataFrame
    """The same of mailbox providers."""
    sequences: Mapping[str, MailSequence]
    campaigns: Mapping[str, Campaign]
    enrolments: pd.DataFrame
    """Columns of `Warehouse.enrolment_counts`."""
    skips: pd.DataFrame
    """Columns of `Warehouse.skip_counts`, of the window."""
    doubts: Sequence[tuple[str, str, datetime]]
    """kind, source and moment of each message in doubt."""
    halted: Sequence[Halted]
    tests: Sequence[RunningTest]
    domain: tuple[SendingDomain, datetime] | None
    domain_old: bool
    domain_asked: bool


def sending_of(material: SendingMaterial, currency: str, zone: ZoneInfo) -> Sending:
    """Sum up what a brand sends."""
    rows = {str(row["entity_id"]): _reached(row) for row in material.messages.to_dict("records")}
    sequences, campaigns = (_sources(material, kind, rows) for kind in ("sequence", "campaign"))
    troubles = [*_troubles(material, zone)]
    sent = Sent(
        window=material.window,
        unknown_days=material.window.days - material.known_days,
        currency=currency,
        sequences=tuple(sequences[:MOST_SOURCES]),
        campaigns=tuple(campaigns[:MOST_SOURCES]),
        left=sum(max(len(it) - MOST_SOURCES, 0) for it in (sequences, campaigns)),
        inside=tuple(_inside(material)[:MOST_SOURCES]),
        troubles=tuple(troubles[:MOST_TROUBLES]),
        troubles_left=max(len(troubles) - MOST_TROUBLES, 0),
        tests=tuple(_test(it, material.campaigns[it.campaign], zone) for it in material.tests),
    )
    providers = [
        ProviderRow(str(row["entity_id"]), _reached(row))
        for row in material.providers.to_dict("records")
    ]
    providers.sort(key=lambda it: (-(it.reached.sent or 0), it.name))
    return Sending(sent, tuple(providers), _domain(material, zone), material.domain_asked)


def _reached(row: Mapping[object, object]) -> Reached:
    return Reached(**{told: optional(float(str(row[name]))) for name, told in METRICS.items()})


def _together(parts: Iterable[Reached]) -> Reached:
    """Add up; what is unknown of one is unknown of all."""
    each = [*parts]
    sums = {}
    for field in fields(Reached):
        values = [getattr(it, field.name) for it in each]
        sums[field.name] = None if None in values else sum(values)
    return Reached(**sums)


def _sources(material: SendingMaterial, kind: str, rows: Mapping[str, Reached]) -> list[SourceRow]:
    """Return the sequences or campaigns that sent anything, most messages first; their messages in
    the order of the file."""
    found: dict[str, dict[tuple[str, str], Reached]] = {}
    for entity, reached in rows.items():
        of, name, *rest = entity.split("/")
        if of == kind and reached.sent != 0:
            step, arm = (*rest, "", "")[:2] if kind == "sequence" else ("", "".join(rest))
            found.setdefault(name, {})[step, arm] = reached
    plans: Mapping[str, MailSequence | Campaign] = (
        material.sequences if kind == "sequence" else material.campaigns
    )
    made = []
    for name, parts in found.items():
        plan = plans.get(name)
        order = [step.id for step in plan.steps] if isinstance(plan, MailSequence) else []
        places = sorted(parts, key=lambda it: (_place(order, it[0]), *it))
        messages = [
            MessageRow(" · ".join(filter(None, it)), _template(plan, *it), parts[it])
            for it in places
        ]
        alone = len(messages) == 1
        made.append(
            SourceRow(
                title=plan.title if plan else name,
                state=_state(material, kind, name, plan),
                template=messages[0].template if alone else "",
                reached=_together(parts.values()),
                messages=() if alone else tuple(messages),
            )
        )
    return sorted(made, key=lambda it: (-(it.reached.sent or 0), it.title))


def _state(
    material: SendingMaterial, kind: str, name: str, plan: MailSequence | Campaign | None
) -> str:
    """Return how it is: `stopped` whatever its file says; '' without a file."""
    stopped = any((it.kind, it.name) == (kind, name) for it in material.halted)
    return "stopped" if stopped else str(plan.state) if plan else ""


def _place(order: Sequence[str], step: str) -> int:
    return order.index(step) if step in order else len(order)


def _template(plan: MailSequence | Campaign | None, step: str, arm: str) -> str:
    if plan is None:
        return ""
    if isinstance(plan, Campaign):
        tested = plan.test.arms.get(arm) if plan.test else None
        return (tested.template if tested else "") or plan.template
    its = next((it for it in plan.steps if it.id == step), None)
    return (its.messages.get(arm) or its.message) if its else ""


def _inside(material: SendingMaterial) -> list[Inside]:
    """Return who stands where, the sequences with most people inside first."""
    made = []
    for name, rows in material.enrolments.groupby("sequence"):
        plan = material.sequences.get(str(name))
        order = [step.id for step in plan.steps] if plan else []
        counts = {
            state: part.groupby(by, sort=True)["people"].sum()
            for state, by in (("active", "step"), ("left", "reason"))
            if len(part := rows[rows["state"] == state])
        }
        steps = [(str(it), int(count)) for it, count in counts.get("active", pd.Series()).items()]
        left = [(str(it), int(count)) for it, count in counts.get("left", pd.Series()).items()]
        made.append(
            Inside(
                title=plan.title if plan else str(name),
                state=_state(material, "sequence", str(name), plan),
                people=sum(count for _, count in steps),
                steps=tuple(sorted(steps, key=lambda it: (_place(order, it[0]), it[0]))),
                finished=int(rows.loc[rows["state"] == "finished", "people"].sum()),
                left=tuple(sorted(left, key=lambda it: -it[1])),
            )
        )
    return sorted(made, key=lambda it: (-it.people, it.title))


def _troubles(material: SendingMaterial, zone: ZoneInfo) -> Iterable[Trouble]:
    """Yield what is stopped, then what is in doubt, then what was given up."""

    def titled(kind: str, name: str) -> str:
        plans = material.sequences if kind == "sequence" else material.campaigns
        plan: MailSequence | Campaign | None = plans.get(name)
        return f"{kind.capitalize()} {plan.title if plan else name}"

    for it in material.halted:
        source, since = titled(it.kind, it.name), it.since.astimezone(zone)
        yield Trouble("halted", source, None, since, it.why, it.who)
    doubts: dict[tuple[str, str], list[datetime]] = {}
    for kind, source, at in material.doubts:
        doubts.setdefault((kind, source), []).append(at)
    for (kind, source), moments in sorted(doubts.items(), key=lambda it: (-len(it[1]), it[0])):
        oldest = min(moments).astimezone(zone)
        yield Trouble("in doubt", titled(kind, source), len(moments), oldest, "")
    given_up: Counter[tuple[str, str, str]] = Counter()
    for row in material.skips.to_dict("records"):
        given_up[row["kind"], row["source"], row["reason"]] += int(row["messages"])
    for (kind, source, reason), count in given_up.most_common():
        yield Trouble("given up", titled(kind, source), count, None, GIVEN_UP.get(reason, reason))


def _test(found: RunningTest, campaign: Campaign, zone: ZoneInfo) -> TestRow:
    ended = found.ended
    arms = []
    for arm in campaign.test.arms if campaign.test else ():
        sent, successes = found.results.get(arm, (0, 0))
        if ended is not None:
            sent, successes = (
                int(ended.numbers.get(f"{name}_{arm}", 0)) for name in ("sent", "successes")
            )
        arms.append(TestArm(arm, sent, successes, ended is not None and ended.arm == arm))
    return TestRow(
        title=campaign.title,
        metric=campaign.test.metric if campaign.test else "",
        arms=tuple(arms),
        until=(ended.at if ended else found.until).astimezone(zone),
        reason=ended.reason if ended else "",
    )


def _domain(material: SendingMaterial, zone: ZoneInfo) -> DomainState | None:
    if material.domain is None:
        return None
    found, at = material.domain
    return DomainState(
        domain=found.domain,
        looked_at=at.astimezone(zone),
        old=material.domain_old,
        records=tuple(
            (name.upper(), getattr(found, name)) for name in ("spf", "dkim", "dmarc", "mx")
        ),
        problems=found.problems,
    )
