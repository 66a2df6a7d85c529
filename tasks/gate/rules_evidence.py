"""Does a change rest on figures that are known and have had time to arrive?"""

from datetime import timedelta

from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal


def known_verdict(asked: Asked, _: Book) -> Refusal | None:
    """A verdict of unknown, or figures of days that were not pulled completely."""
    proposal, last = asked.proposal, asked.account.last_day
    if proposal.verdict == "unknown":
        return Refusal("stale", f"the verdict of {proposal.check or proposal.playbook} is unknown")
    if not proposal.metrics or (last is not None and proposal.window_end <= last):
        return None
    until = f"are complete up to {last:%Y-%m-%d}" if last else "were never pulled completely"
    return Refusal("stale", f"it rests on days up to {proposal.window_end:%Y-%m-%d}; they {until}")


def readable(asked: Asked, book: Book) -> Refusal | None:
    """A setting that could not be read now, or an entity that was not pulled."""
    if asked.setting is None:
        return Refusal("stale", "its present value could not be read")
    if asked.thing is None and asked.key[1] not in ("account", "post"):
        return Refusal("stale", f"the {asked.key[1]} is not among those last pulled")
    above = asked.thing.campaign_id if asked.thing else None
    if above is not None and book.places.thing((asked.key[0], "campaign", above)) is None:
        return Refusal("stale", "its campaign is not among those last pulled")
    return None


def mature(asked: Asked, _: Book) -> Refusal | None:
    """Figures that are still arriving.

    They were read on the morning of `as_of`; of a metric with a lag of n days, the n days before
    yesterday's end were not complete then. A metric whose lag is unknown never is.
    """
    proposal, lags = asked.proposal, asked.account.lags
    if missing := [metric for metric in proposal.metrics if metric not in lags]:
        return Refusal("immature", f"how long {', '.join(missing)} take to arrive is unknown")
    slowest = max(proposal.metrics, key=lags.__getitem__, default=None)
    if slowest is None:
        return None
    if (proposal.as_of - proposal.window_end).days > lags[slowest]:
        return None
    last = proposal.as_of - timedelta(days=1 + lags[slowest])
    return Refusal(
        "immature",
        f"it rests on days up to {proposal.window_end:%Y-%m-%d}; {slowest} take {lags[slowest]} "
        f"days to arrive, so that only days up to {last:%Y-%m-%d} are complete",
    )
