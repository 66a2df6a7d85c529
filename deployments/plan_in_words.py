"""What does a sequence or campaign say, for somebody who decides on it? Every line of it."""

from collections.abc import Iterator, Mapping

from config.mail import Cap, MailRules
from config.mail_approval import segments_of, templates_of
from config.mail_sequences import WEEKDAYS, Campaign, Enters, SendHours, Sequence, Step, Wait
from config.mail_templates import MailTemplate
from tasks.report.escape import plain
from tasks.report.numbers import plural

Line = tuple[str, str]
"""What it is about, '' for the same as above; and what is said."""

LONG = 200
WIDTH = 12
CHANGED = {
    "keep": "go on at the step of the same id, or at the next one that is still there",
    "restart": "begin anew",
    "leave": "leave",
}


def text_of(lines: Iterator[Line]) -> str:
    """Return lines as a text of two columns."""
    return "\n".join(f"{about:<{WIDTH}} {plain(said, LONG)}" for about, said in lines)


def sequence_in_words(sequence: Sequence, rules: MailRules) -> Iterator[Line]:
    """Yield what somebody who approves a sequence decides on."""
    yield "Objective", sequence.objective
    yield "Comes in", _entry(sequence.enters)
    if sequence.enters.when:
        yield "", f"only if {sequence.enters.when}"
    yield "Again", _again(sequence)
    width = max(len(step.id) for step in sequence.steps)
    for number, step in enumerate(sequence.steps, 1):
        yield "Steps" if number == 1 else "", f"{number}. {step.id:<{width}}  {_step(step)}"
    leaves = sequence.leaves
    ways = [f"who is in {', '.join(leaves.segments)}"] if leaves.segments else []
    ways += [f"who does this: {event}" for event in leaves.events]
    ways += [f"after {plural(leaves.after_days, 'day')}"] if leaves.after_days else []
    yield "Leaves", "; ".join(ways) or "at the end; whoever may not be written to, at once"
    yield from _sending(sequence.hours, (*rules.caps, *sequence.caps), rules)


def campaign_in_words(campaign: Campaign, rules: MailRules, zone: str) -> Iterator[Line]:
    """Yield what somebody who approves a campaign decides on; `zone` is the brand's."""
    yield "Objective", campaign.objective
    without = f", without {', '.join(campaign.exclude)}" if campaign.exclude else ""
    yield "Goes to", campaign.segment + without
    yield "At", f"{campaign.send_at} {'of each person' if campaign.local else zone}"
    yield "Message", campaign.template
    if test := campaign.test:
        arms = (
            f"{name} ({', '.join(filter(None, (arm.template, arm.subject))) or 'as it is'})"
            for name, arm in test.arms.items()
        )
        yield "Test", f"{' against '.join(arms)}, by {test.metric}, of {test.share:.0%} of them"
        yield "", f"{test.fallback} if nothing can be told apart"
    yield from _sending(campaign.hours, rules.caps, rules)


def what_stands_behind(
    plan: Sequence | Campaign,
    sizes: Mapping[str, int] | None,
    templates: Mapping[str, MailTemplate],
) -> Iterator[Line]:
    """Yield the segments with how many people they have (None: not known), and the templates with
    their subjects."""
    for number, name in enumerate(segments_of(plan)):
        people = (
            "not known yet" if sizes is None else plural(sizes.get(name, 0), "person", "people")
        )
        yield "" if number else "Segments", f"{name}: {people}"
    for number, name in enumerate(templates_of(plan)):
        subject = templates[name].front.subject if name in templates else "cannot be used"
        yield "" if number else "Templates", f"{name}: {subject}"


def _entry(enters: Enters) -> str:
    if enters.segment:
        since = "whoever is in" if enters.already_inside else "whoever joins"
        return f"{since} the segment {enters.segment}"
    if enters.event:
        return f"whoever does this: {enters.event.replace('_', ' ')}"
    before = f"{plural(enters.days_before, 'day')} before " if enters.days_before else "on "
    each = ", each year" if enters.yearly else ""
    return f"{before}the day that {enters.date} says{each}"


def _again(sequence: Sequence) -> str:
    if sequence.again_after_days:
        return f"{plural(sequence.again_after_days, 'day')} after having come in, at the earliest"
    return "once a year" if sequence.enters.yearly else "once in a life"


def _step(step: Step) -> str:
    if step.message:
        return f"sends {step.message}"
    if step.messages:
        arms = (f"{arm} {it or 'nothing'}" for arm, it in step.messages.items())
        of = f" of {step.of}" if step.of else ""
        return f"sends by the arm{of}: {', '.join(arms)}"
    if step.wait:
        return _wait(step.wait)
    if step.split:
        return "draws " + ", ".join(f"{arm} {share:.0%}" for arm, share in step.split.items())
    return f"goes on if {step.when}, else {step.otherwise}"


def _wait(wait: Wait) -> str:
    if wait.days:
        return f"waits {plural(wait.days, 'day')}"
    return f"waits {plural(wait.hours, 'hour')}" if wait.hours else f"waits until {wait.until}"


def _sending(hours: SendHours, caps: tuple[Cap, ...], rules: MailRules) -> Iterator[Line]:
    first, last = hours.between
    times = [f"from {first:%H:%M} to {last:%H:%M}"] if first != last else []
    if hours.weekdays != WEEKDAYS:
        times.append(f"on {', '.join(hours.weekdays)}")
    quiet, loud = rules.quiet_hours
    if quiet != loud:
        times.append(f"never from {quiet:%H:%M} to {loud:%H:%M}")
    yield "Hours", ", ".join(times) or "all day"
    most = (f"{plural(cap.messages, 'message')} in {plural(cap.days, 'day')}" for cap in caps)
    yield "At most", ", ".join(most) or "any number of messages"
