"""Which words do all renderings share when they speak of mail to customers? Not yet escaped."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.records import Verdict
from connectors.sending_domain.facts import State
from tasks.report.mail_model import (
    DomainState,
    Inside,
    Reached,
    Sending,
    Sent,
    SourceRow,
    TestArm,
    TestRow,
    Trouble,
)
from tasks.report.numbers import (
    UNKNOWN,
    money,
    number,
    plural,
    short_day,
)
from tasks.report.wording import window

SENT = "What was sent"
PROVIDERS = "Mailbox providers"
DOMAIN = "Sending domain"

GROWTH_DAYS = 28
LEAST = 50
"""Of fewer messages no share is told: one more or less would change it by 2 points."""

INSIDE_HEADS = ("Sequence", "Inside", "Next step", "Finished", "Left before the end")
TEST_HEADS = ("Arm", "Sent")
PROVIDER_FIGURES = ("sent", "delivered", "bounced", "complained", "clicked")
FIGURES = (*PROVIDER_FIGURES[:4], "unsubscribed", "clicked", "converted")
REVENUE_HEAD = "Revenue per recipient"
SHARES = (
    f"Shares of fewer than {LEAST} messages are not told. Opens are left out: mail programs open "
    "messages by themselves."
)
NOT_LOOKED = "Unknown: nobody has looked yet."
NOT_ASKED = "Unknown: the brand file switches this off (`mail.check_domain`)."

_UNKNOWN = "unknown"
_PROVIDERS: Mapping[str, str] = {
    "gmail": "Gmail",
    "microsoft": "Microsoft (Outlook, Hotmail)",
    "yahoo": "Yahoo, AOL",
    "apple": "Apple iCloud",
    "gmx_web_de": "GMX, WEB.DE",
    "t_online": "T-Online",
    "orange": "Orange",
    "mail_ru": "Mail.ru",
    "yandex": "Yandex",
    "proton": "Proton",
    "comcast": "Comcast",
    "naver": "Naver",
    "other": "All others",
}
_LEFT: Mapping[str, str] = {
    "unsubscribed": "unsubscribed",
    "suppressed": "suppressed",
    "erased": "erased",
    "segment": "came into another segment",
    "order": "ordered",
    "after_days": "were inside for long enough",
    "retired": "the sequence was retired",
    "condition": "did not meet a condition",
    "changed": "the sequence was changed",
}
_OF = {
    "delivered": "sent",
    "bounced": "sent",
    "complained": "delivered",
    "unsubscribed": "delivered",
    "clicked": "delivered",
    "converted": "delivered",
}
_DNS: Mapping[State, tuple[Verdict, str]] = {
    "ok": ("ok", "in order"),
    "weak": ("warning", "works, and protects little"),
    "wrong": ("critical", "wrong"),
    "missing": ("critical", "missing"),
    "unknown": ("unknown", "unknown: the DNS did not answer"),
}
_SIGNS: Mapping[str, Verdict] = {
    "halted": "critical",
    "in doubt": "warning",
    "given up": "warning",
}
_SUCCESSES = {"click": "clicked", "conversion": "converted"}


def sent_caption(sent: Sent, one: str) -> str:
    """Say which days a table of sequences or campaigns tells of."""
    return f"{one}s: what went out {window(sent.window)}, and what has come of it since"


def sent_lacks(sent: Sent) -> str:
    """Say what is not known of what was sent; '' for nothing."""
    if not is_known(sent):
        return f"What went out {window(sent.window)} is not known: no figures have been read."
    if sent.unknown_days:
        days = plural(sent.unknown_days, "day")
        return f"Of {days} the figures have not been read: they are not in these."
    if not source_tables(sent):
        return f"Nothing was sent {window(sent.window)}."
    return ""


def is_known(sent: Sent) -> bool:
    """Tell whether any day's figures are known."""
    return sent.unknown_days < sent.window.days


def source_tables(sent: Sent) -> list[tuple[str, tuple[SourceRow, ...]]]:
    """Return the tables of what was sent: what the rows are, and the rows."""
    tables = [("Sequence", sent.sequences), ("Campaign", sent.campaigns)]
    return [table for table in tables if table[1]]


def state(row: SourceRow | Inside) -> str:
    """Say how a sequence or campaign is, and which template its only message has."""
    template = row.template if isinstance(row, SourceRow) else ""
    return " · ".join(filter(None, (row.state or "there is no such file any more", template)))


def count(reached: Reached, name: str) -> str:
    """Write how many messages something came of."""
    return number(getattr(reached, name), "count", none=_UNKNOWN)


def share(reached: Reached, name: str) -> str:
    """Write which share that is, and of what; '' of none, and of too few."""
    if name not in _OF:
        return ""
    part, whole = getattr(reached, name), getattr(reached, _OF[name])
    if not part or whole is None or whole < LEAST:
        return ""
    return f"{number(part / whole, 'percent')} of {_OF[name]}"


def revenue_each(reached: Reached, currency: str) -> str:
    """Write the revenue per message sent; few messages have none."""
    if reached.revenue is None or reached.sent is None:
        return _UNKNOWN
    if reached.sent < LEAST:
        return UNKNOWN
    return money(reached.revenue / reached.sent, currency)


def revenue(reached: Reached, currency: str) -> str:
    """Write the whole revenue; '' where it is not known."""
    return "" if reached.revenue is None else f"{money(reached.revenue, currency)} in all"


def sent_left(sent: Sent) -> str:
    """Count what there was no room for; '' if there was."""
    return f"Not listed: {sent.left:,} that sent less." if sent.left else ""


def trouble_sign(row: Trouble) -> Verdict:
    """Say how bad something is that keeps messages from people."""
    return _SIGNS[row.kind]


def trouble(row: Trouble) -> str:
    """Say what keeps messages from people, behind the name of the sequence or campaign."""
    if row.kind == "halted" and row.since is not None:
        return f"is stopped since {moment(row.since)} by {row.who}: {row.why}"
    many = plural(row.count or 0, "message")
    if row.kind == "in doubt" and row.since is not None:
        verb = "is" if row.count == 1 else "are"
        since = moment(row.since)
        return f"{many} {verb} in doubt since {since}: sent or not, nobody knows; counted as sent"
    return f"{many} will never be sent: {row.why}"


def troubles_left(sent: Sent) -> str:
    """Count what else there is; '' for nothing."""
    return f"and {sent.troubles_left:,} more" if sent.troubles_left else ""


def steps(row: Inside) -> str:
    """Say who waits for which step."""
    return "; ".join(f"{step}: {count:,}" for step, count in row.steps) or "–"


def left(row: Inside) -> str:
    """Say who left before the end, and why."""
    return "; ".join(f"{count:,} {_LEFT.get(why, why)}" for why, count in row.left) or "nobody"


def test_head(row: TestRow) -> str:
    """Say what counts as a success of a test."""
    return _SUCCESSES.get(row.metric, row.metric).capitalize()


def test_share(arm: TestArm) -> str:
    """Write an arm's share of successes; '' of too few."""
    return f"{number(arm.successes / arm.sent, 'percent')} of sent" if arm.sent >= LEAST else ""


def test_end(row: TestRow) -> str:
    """Say how a test ended, or that it has not."""
    if not row.reason:
        return f"Not decided before {moment(row.until)}."
    arm = next((it.name for it in row.arms if it.won), "")
    chosen = f"the others get {arm}" if arm else "ended"
    return f"Decided {moment(row.until)}, {chosen}: {row.reason}."


def provider(name: str) -> str:
    """Name a mailbox provider."""
    return _PROVIDERS.get(name, name)


def record_sign(found: State) -> Verdict:
    """Say how a record in the DNS is, as a sign."""
    return _DNS[found][0]


def record(found: State) -> str:
    """Say how a record in the DNS is."""
    return _DNS[found][1]


def looked(domain: DomainState) -> str:
    """Say when the DNS was asked about which domain."""
    old = ": too long ago, it may have changed" if domain.old else ""
    return f"{domain.domain}, looked up {moment(domain.looked_at)}{old}"


def not_looked(sending: Sending) -> str:
    """Say why nothing is known of the domain."""
    return NOT_LOOKED if sending.domain_asked else NOT_ASKED


def moment(at: datetime) -> str:
    """Write a moment in its own zone: "30 Oct 13:00"."""
    return f"{short_day(at.date())} {at:%H:%M}"


def heads(figures: Sequence[str]) -> list[str]:
    """Return the heads of columns of figures."""
    return [name.capitalize() for name in figures]
