"""May this be said now? A post's time, quiet hours and holidays, spacing, nothing twice.

A reply answers somebody and may go out at any time; so may whatever takes a post back.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.changes import PRESENT
from connectors.social import digest_of_item, due_of
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal
from tasks.gate.state import Posting
from tasks.report.numbers import plural

MISSED = "publication_missed"
"""The check that a late post answers: a person was asked, and it may still go out."""


def known_rules(asked: Asked, book: Book) -> Refusal | None:
    """A post of a brand whose rules of posting nobody knows."""
    if not _publishes(asked) or book.state.posting is not None:
        return None
    return Refusal("stale", "the brand's rules of posting could not be read")


def in_time(asked: Asked, book: Book) -> Refusal | None:
    """A post that is not due yet, or too late to be sent without asking."""
    if (posting := _posting(asked, book)) is None:
        return None
    due, now = due_of(asked.proposal.subject.item), book.state.now
    tolerance = timedelta(minutes=posting.rules.tolerance_minutes)
    if now < due:
        return Refusal("early", f"it is due at {_clock(due, posting):%Y-%m-%d %H:%M}")
    if now <= due + tolerance or asked.proposal.check == MISSED:
        return None
    late = plural(int((now - due) / timedelta(minutes=1)), "minute")
    allowed = plural(posting.rules.tolerance_minutes, "minute")
    return Refusal("late", f"it was due {late} ago, of at most {allowed}")


def not_quiet(asked: Asked, book: Book) -> Refusal | None:
    """An hour at which the brand says nothing."""
    if (posting := _posting(asked, book)) is None:
        return None
    start, end = posting.rules.quiet_hours
    now = _clock(book.state.now, posting).time()
    quiet = start <= now < end if start <= end else now >= start or now < end
    if not quiet:
        return None
    return Refusal(
        "quiet_hours", f"it is {now:%H:%M} for the brand, quiet from {start:%H:%M} to {end:%H:%M}"
    )


def no_holiday(asked: Asked, book: Book) -> Refusal | None:
    """A day on which the brand says nothing."""
    if (posting := _posting(asked, book)) is None:
        return None
    today = _clock(book.state.now, posting).date()
    if today not in posting.rules.holidays:
        return None
    return Refusal("holiday", f"{today} is a holiday of the brand")


def spaced(asked: Asked, book: Book) -> Refusal | None:
    """A post too soon after another one of the account."""
    if (posting := _posting(asked, book)) is None:
        return None
    least = timedelta(minutes=posting.rules.spacing_minutes)
    last = max(
        (one.at for one in book.said(asked.key[0]) if one.at <= book.state.now), default=None
    )
    if last is None or book.state.now - last >= least:
        return None
    ago = plural(int((book.state.now - last) / timedelta(minutes=1)), "minute")
    wanted = plural(posting.rules.spacing_minutes, "minute")
    return Refusal("spacing", f"the account's last post is {ago} old; {wanted} must pass")


def not_repeated(asked: Asked, book: Book) -> Refusal | None:
    """A text that the account has said not long ago, in days of the brand."""
    if (posting := _posting(asked, book)) is None:
        return None
    days, digest = posting.rules.cool_down_days, digest_of_item(asked.proposal.subject.item)
    today = _clock(book.state.now, posting).date()
    for one in book.said(asked.key[0]):
        on = _clock(one.at, posting).date()
        if one.digest == digest and (today - on).days < days:
            return Refusal("repeated", f"it said the same on {on}; {plural(days, 'day')} must pass")
    return None


def _publishes(asked: Asked) -> bool:
    subject = asked.proposal.subject
    return subject.field == "post" and asked.proposal.after == PRESENT


def _posting(asked: Asked, book: Book) -> Posting | None:
    """Return what holds for a post that is to be published; None for everything else."""
    return book.state.posting if _publishes(asked) else None


def _clock(moment: datetime, posting: Posting) -> datetime:
    return moment.astimezone(ZoneInfo(posting.time_zone))
