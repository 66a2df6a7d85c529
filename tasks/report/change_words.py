"""Which words do all renderings share when they speak of changes? Not yet escaped for any."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from connectors.actions import ActionState, Judged
from connectors.records import Verdict
from tasks.report.change_model import Changes, Choice, Entry, Record
from tasks.report.numbers import day, plural
from tasks.rules import ActingRule

STOPPED = "Changes are stopped: nothing is written to any platform"
WAITING = "Waiting for a decision"
TASKS = "Tasks for a person"
OBSERVED = "Would be proposed in mode propose"
OUTCOMES = "How earlier changes turned out"
RULES = "Rules that act without asking"

UNDO = "To take one back: `marketloop actions undo NUMBER`."
RULE_HEADS = ("Rule", "Its replay", "Would have done", "Would have asked", "Refused")
OUTCOME_HEADS = ("Turned out", "Change", "Measured change", "Expected change", "Carried out")
RANGES = "Effects are differences to no change; their ranges hold with 80 % probability."
MEASURED = (
    "Changes of the last 90 days, measured against the days before and against comparable entities "
    "that nobody touched. Ranges hold with 80 % probability; an inconclusive change is no win."
)
NOT_ASKED = "The mode only observes; the limits have not been asked yet. Nothing was written."

STATES: Mapping[ActionState, str] = {
    "proposed": "waits for a decision",
    "refused": "refused",
    "approved": "approved, not carried out yet",
    "rejected": "rejected",
    "expired": "expired",
    "applying": "being carried out",
    "applied": "carried out",
    "failed": "failed",
    "verified": "carried out and still so",
    "drifted": "changed again since",
    "judged": "carried out and judged",
    "undoing": "being taken back",
    "undone": "taken back",
}
SIGNS: Mapping[ActionState, Verdict] = {
    "failed": "critical",
    "refused": "warning",
    "drifted": "warning",
    "applied": "ok",
    "verified": "ok",
    "judged": "ok",
}
"""What a state is like; of the others neither good nor bad can be said."""
TURNED_OUT: Mapping[Judged, Verdict] = {
    "worse": "critical",
    "improved": "ok",
    "inconclusive": "unknown",
}


def since(changes: Changes) -> str:
    """Return the heading of what was decided and done."""
    return f"Changes since {day(changes.since)}"


def moment(when: datetime | None) -> str:
    """Write a moment: "12 Nov 2026 05:00 UTC"; '' for none."""
    return f"{day(when.date())} {when:%H:%M} UTC" if when else ""


def state(entry: Entry) -> str:
    """Name what became of a change; a task is nobody's but a person's."""
    if entry.task and entry.state in ("applied", "verified", "judged"):
        return "taken on by a person"
    return STATES[entry.state]


def sign(entry: Entry) -> Verdict:
    """Say what the state of a change is like."""
    return SIGNS.get(entry.state, "unknown")


def turned_out(judged: Judged | None) -> Verdict:
    """Say what a judgement is like."""
    return TURNED_OUT[judged] if judged else "unknown"


def several(choice: Choice) -> bool:
    """Tell whether there is more than one change to decide on."""
    return choice.count > 1


def heading(choice: Choice) -> str:
    """Name what is decided on: the change, or what several are for."""
    first = choice.parts[0]
    if not several(choice):
        return first.what
    one = "; one decision: all or none" if choice.together else ""
    return f"{first.playbook}: {choice.count:,} changes{one}"


def shared_why(choice: Choice) -> tuple[str, ...]:
    """Return the sentences that hold for all that is decided on, none where each has its own."""
    first = choice.parts[0]
    shared = _same(part.why for part in choice.parts)
    return tuple(filter(None, (first.why, *first.evidence))) if shared else ()


def shared_undo(choice: Choice) -> str:
    """Say how everything that is decided on is taken back, '' where each has its own way."""
    return undo(choice.parts[0]) if _same(map(undo, choice.parts)) else ""


def facts(choice: Choice) -> list[tuple[str, str]]:
    """Return what somebody needs who decides: pairs of heading and text.

    Of several changes each has an expected change of its own, which stands beside it.
    """
    first = choice.parts[0]
    found = [
        ("Expected change", "" if several(choice) else expected(first)),
        ("Wrong if", first.risk or "not said"),
        ("Asks because", first.asked),
        ("Undo", shared_undo(choice)),
    ]
    return [(head, text) for head, text in found if text]


def undo(entry: Entry) -> str:
    """Say how a change is taken back, and when that happens by itself."""
    ends = f"ends by itself on {day(entry.ends_on)}" if entry.ends_on else ""
    how = entry.undo or ("" if ends else "cannot be taken back")
    return "; ".join(filter(None, [how, ends]))


def about(choice: Choice) -> list[str]:
    """Return where it is, whose decision, and until when at the soonest."""
    first, alone = choice.parts[0], not several(choice)
    found = [
        first.account if _same(part.account for part in choice.parts) else "",
        first.playbook if alone else "",
        f"owner {first.owner}" if first.owner else "",
        f"until {moment(first.until)}",
        needs_another(first) if alone else "",
    ]
    return [text for text in found if text]


def needs_another(entry: Entry) -> str:
    """Say that one approval is not enough, '' if there is none yet."""
    approved = ", ".join(entry.approvals)
    return f"approved by {approved}, needs another person" if approved else ""


def command(entry: Entry) -> str:
    """Return what to type where there is no form."""
    return f"marketloop actions approve {entry.number}"


def expected(entry: Entry) -> str:
    """Write what is expected; it may be that nobody can tell."""
    return entry.expected or "no estimate"


def measured(entry: Entry) -> str:
    """Write what was measured; `note` says why nothing could be."""
    return entry.measured or "not measured"


def note(entry: Entry) -> str:
    """Return the judgement's own sentence, with what confounds it, or what became of it since."""
    return entry.explanation if entry.state == "judged" else state(entry)


def why_so(entry: Entry) -> str:
    """Say why a change is in its state, and who approved it."""
    approved = f"approved by {', '.join(entry.approvals)}" if entry.approvals else ""
    return "; ".join(filter(None, [entry.explanation or entry.why, approved]))


def waiting_count(changes: Changes) -> int:
    """Return how many changes wait for a decision."""
    shown = sum(len(choice.parts) for choice in changes.waiting)
    return shown + len(changes.further.entries) + changes.further.left


def when(entry: Entry) -> str:
    """Write when a change was carried out, or came to what it is now."""
    done = entry.state in ("applied", "verified", "judged") and entry.applied_at
    return moment(done or entry.at)


def further(changes: Changes) -> str:
    """Return the heading of the changes that wait too."""
    return plural(len(changes.further.entries), "further change")


def refused(changes: Changes) -> str:
    """Return the heading of what was refused."""
    return f"Refused since {day(changes.since)}"


def left(count: int, entries: str = "change") -> str:
    """Say how many a list has no room for, and where they are; '' for none."""
    if not count:
        return ""
    return f"{plural(count, f'further {entries}')} not listed: marketloop actions list"


def win_rate(record: Record) -> str:
    """Write a share of wins, never without its range: "67% (45% to 83%)"."""
    return f"{record.rate:.0%} ({record.low:.0%} to {record.high:.0%})"


def rule_state(rule: ActingRule) -> str:
    """Say since when a rule acts as it is now, or why it still asks."""
    if rule.shown is None:
        return f"asks: {rule.unread}"
    days = f"{day(rule.shown.first)} to {day(rule.shown.last)}"
    known, later = plural(rule.shown.known_days, "day"), rule.shown.as_if_known
    how = f"{known} by what was known later" if later else f"{known} known then"
    return f"replay of {days} shown on {day(rule.shown.at.date())}: {how}"


def rule_numbers(rule: ActingRule) -> tuple[str, str, str]:
    """Return how many changes its replay would have made, would have asked for, and had refused;
    '' where there is none of the rule as it is now."""
    if rule.shown is None:
        return "", "", ""
    refused = sum(rule.shown.refused.values())
    return f"{rule.shown.done:,}", f"{rule.shown.waits:,}", f"{refused:,}"


def examples(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Return pairs of a change and why it was refused."""
    return [(entry.what, entry.explanation) for entry in entries]


def _same(texts: Iterable[str]) -> bool:
    return len({*texts}) == 1
