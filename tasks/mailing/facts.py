"""What is wrong with the mail that a brand sends: stopped, in doubt, given up, not believed?"""

from collections.abc import Callable, Mapping, Sequence

from config.models import FactName
from tasks.evidence import Answers
from tasks.mailing.answers import Said, answers
from tasks.mailing.evidence import Mailing
from tasks.mailing.reasons import GIVEN_UP
from tasks.report.numbers import plural

NAMED = 3
"""So many of several are named."""

Limits = Mapping[str, float]


def mail_in_doubt(mailing: Mailing, _: Limits) -> Said:
    """Messages may or may not have gone out, and nobody has said yet."""
    count = sum(mailing.doubts.values())
    about = [f"{number} of {source}" for source, number in mailing.doubts.items()]
    fields = {"messages": plural(count, "message"), "sources": _some(about)}
    return count > 0, fields, {"messages": float(count)}


def mail_halted(mailing: Mailing, _: Limits) -> Said:
    """Sequences or campaigns were stopped, by the breaker or a person."""
    about = [f"{it.kind} {it.name} (by {it.who}: {it.why})" for it in mailing.halted]
    return bool(about), {"sources": _some(about)}, {"sources": float(len(about))}


def mail_given_up(mailing: Mailing, limits: Limits) -> Said:
    """Messages were due and will never be sent."""
    count = sum(mailing.given_up.values())
    about = [
        f"{number} of {source} {GIVEN_UP.get(reason, reason)}"
        for (source, reason), number in mailing.given_up.items()
    ]
    fields = {"messages": plural(count, "message"), "sources": _some(about)}
    return count >= limits["messages"], fields, {"messages": float(count)}


def mail_plan_broken(mailing: Mailing, _: Limits) -> Said:
    """A sequence, campaign or template that should run has a mistake in it, and does not."""
    return bool(mailing.broken), {"mistakes": _some(mailing.broken)}, {}


def sending_domain_weak(mailing: Mailing, _: Limits) -> Said:
    """SPF, DKIM or DMARC of the sender's domain are missing or wrong."""
    problems = mailing.domain_problems or ()
    return bool(problems), {"domain": mailing.domain, "problems": _some(problems)}, {}


MAIL_FACTS: Mapping[FactName, Callable[[Mailing, Limits], Said]] = {
    "mail_in_doubt": mail_in_doubt,
    "mail_halted": mail_halted,
    "mail_given_up": mail_given_up,
    "mail_plan_broken": mail_plan_broken,
    "sending_domain_weak": sending_domain_weak,
}

NAMES: frozenset[FactName] = frozenset(MAIL_FACTS)


def ask(name: FactName, mailings: Sequence[Mailing], limits: Limits) -> Answers:
    """Ask a fact of every account that sends."""
    said = [MAIL_FACTS[name](it, limits) for it in mailings]
    known = [name != "sending_domain_weak" or it.domain_problems is not None for it in mailings]
    return answers(mailings, said, known)


def _some(lines: Sequence[str]) -> str:
    left = len(lines) - NAMED
    return "; ".join(lines[:NAMED]) + (f"; and {left} more" if left > 0 else "")
