"""Which words do all renderings share when they speak of websites? Not yet escaped for any."""

from collections.abc import Iterable, Sequence
from datetime import date

from connectors.sites import PageSpeed
from tasks.report.change_words import moment
from tasks.report.crawled import GOOD, LOW_SCORE
from tasks.report.marks import MARKS
from tasks.report.movers import DAYS
from tasks.report.numbers import UNKNOWN, change_text, day, difference, number, plural, short_day
from tasks.report.site_log import KINDS, LOG_DAYS
from tasks.report.site_model import Crawled, Lacking, Movers, Searched, SiteChange, SiteLog, Speed

MOVERS = "Winners and losers in searches"
LOG = "The site's change log"
CRAWL = "Crawl, index and speed"
ALSO_FOUND = "Also found"
MINOR = "Of too little importance to alert anybody about it"
LACKING = "What the platforms say that their figures lack"

MOVER_HEADS = ("Clicks", "Change", "Impressions", "Position")
LOG_HEADS = ("Page", "What", "Before → after", "Seen")
CRAWL_HEADS = ("Site", "Last full crawl", "Pages", "Answers", "Indexed")
LAB_HEADS = ("Lab score", "Paint", "Blocking", "Shift")
FIELD_HEADS = ("Visitors' paint", "Interaction", "Shift", "Visits of")
VITALS = (
    "Lab: a machine loaded the page once or a few times. Visitors: three of four visits in 28 days "
    "were at least so good. Paint is when the largest content is there; good is up to 2.5 s, an "
    "interaction up to 200 ms, a layout shift up to 0.1."
)
LOG_OPEN = 12
"""Entries of the change log that are not folded away."""

_KINDS = {
    "robots": "robots directives",
    "page gone": "page gone",
    "page back": "page is back",
    "page new": "new page",
    "sitemap": "sitemap",
}
_LEVELS = {"page": "Pages", "query": "Queries", "segment": "Parts of the site's searches"}


def mover_tables(found: Movers) -> list[tuple[str, str, Sequence[Searched]]]:
    """Return what is to be shown of a level: heading, what the rows are, and the rows."""
    level = _LEVELS.get(found.level, found.level)
    one = {"segment": "Part"}.get(found.level, found.level.capitalize())
    tables = [
        (level, one, found.parts),
        (f"{level} that gained", one, found.gained),
        (f"{level} that lost", one, found.lost),
    ]
    return [table for table in tables if table[2]]


def mover_note(found: Movers) -> str:
    """Say why there is nothing to be shown of a level; '' if there is something."""
    level = _LEVELS.get(found.level, found.level)
    if not found.known:
        return f"{level}: not all days of the two spans are known, nothing is compared."
    return "" if mover_tables(found) else f"{level}: none gained or lost a click."


def spans(found: Movers) -> str:
    """Say which days are compared."""
    now, before = found.now, found.before
    return (
        f"{DAYS} days to {day(now.end)} against the {DAYS} days before, from {day(before.start)} on"
    )


def by_account(found: Iterable[Movers]) -> list[tuple[str, list[Movers]]]:
    """Group what moved, which is in order, by its account."""
    groups: dict[str, list[Movers]] = {}
    for one in found:
        groups.setdefault(one.account, []).append(one)
    return [*groups.items()]


def gained(row: Searched) -> str:
    """Write how many clicks more or less, and by what share."""
    before = row.clicks[1]
    relative = f" ({change_text(row.gained / before)})" if before else " (new)"
    return difference(row.gained, "count") + relative


def count(value: float | None) -> str:
    """Write a count or a position."""
    return number(value, "count")


def kind(entry: SiteChange) -> str:
    """Name what changed."""
    return _KINDS.get(entry.what, entry.what)


def unchanged(log: SiteLog) -> str:
    """Say that nothing changed; '' if something did."""
    return "" if log.entries else f"No crawl saw a change in the last {LOG_DAYS} days."


def log_caption(log: SiteLog) -> str:
    """Say what the change log shows."""
    return f"What crawls saw changed since {day(log.since)}, the newest first"


def log_rest(log: SiteLog) -> str:
    """Count what the change log has no room for; '' if it has all."""
    parts = [_several(kind_, how_many) for kind_, how_many in log.rest]
    return f"Not listed: {', '.join(parts)}." if parts else ""


def crawl_state(site: Crawled) -> str:
    """Say when a site was crawled in full, and whether to the end."""
    if site.at is None:
        return "never"
    if site.state == "complete":
        return f"complete, {moment(site.at)}"
    return f"stopped ({site.reason or 'it is not known why'}), {moment(site.at)}"


def answers(site: Crawled) -> str:
    """Write how many pages answered how."""
    return ", ".join(f"{how_many:,} {words}" for words, how_many in site.answers)


def indexed(site: Crawled) -> str:
    """Write the share of indexed pages among those that were inspected."""
    if not site.inspected:
        return "no page was inspected"
    share = number(site.indexed / site.inspected, "percent")
    return f"{share}: {site.indexed:,} of {plural(site.inspected, 'page')} inspected"


def pages(site: Crawled) -> str:
    """Write how many pages the crawl came upon."""
    return UNKNOWN if site.at is None else f"{site.pages:,}"


def lab(speed: Speed) -> tuple[str, ...]:
    """Write what a machine measured, in the order of `LAB_HEADS`."""
    it = speed.lab
    if it is None or it.reason:
        return (UNKNOWN,) * len(LAB_HEADS)
    return (
        _score(it.performance),
        _seconds(it.largest_contentful_paint),
        _blocking(it.total_blocking_time),
        _shift(it.cumulative_layout_shift),
    )


def field(speed: Speed) -> tuple[str, ...]:
    """Write what visitors measured, in the order of `FIELD_HEADS`."""
    it = speed.field
    if it is None or it.reason:
        return (UNKNOWN,) * len(FIELD_HEADS)
    return (
        _seconds(it.largest_contentful_paint),
        _interaction(it.interaction_to_next_paint),
        _shift(it.cumulative_layout_shift),
        _period(it),
    )


def speed_note(speed: Speed) -> str:
    """Say how and when a machine measured, and why something was not measured."""
    notes = []
    if (it := speed.lab) is not None:
        runs = f", median of {it.runs}" if it.runs > 1 else ""
        when = f"{it.form_factor}, {short_day(it.measured_at.date())}{runs}"
        notes.append(f"lab: {it.reason or when}")
    if speed.field is not None and speed.field.reason:
        notes.append(f"visitors: {speed.field.reason}")
    return "; ".join(notes)


def levels(found: Lacking) -> str:
    """Name the levels of which figures lack something."""
    return ", ".join(it.replace("_", " ") for it in found.levels)


def _several(what: str, how_many: int) -> str:
    one = KINDS[what]
    if one.startswith(("noindex", "robots.txt")):
        return f"{how_many:,} of {one}"
    if one == "page that is back":
        return plural(how_many, one, "pages that are back")
    return plural(how_many, one)


def _period(it: PageSpeed) -> str:
    if it.period_end is None:
        return f"{it.form_factor}, 28 days"
    return f"{it.form_factor}, {_short(it.period_start)}{short_day(it.period_end)}"


def _short(start: date | None) -> str:
    return f"{short_day(start)} to " if start else "28 days to "


def _score(value: float | None) -> str:
    return _marked(value, f"{(value or 0) * 100:.0f}", bad=(value or 0) < LOW_SCORE)


def _seconds(value: float | None) -> str:
    bad = (value or 0) > GOOD["largest_contentful_paint"]
    return _marked(value, f"{(value or 0) / 1000:.1f} s", bad=bad)


def _blocking(value: float | None) -> str:
    return _marked(value, f"{value or 0:,.0f} ms", bad=False)


def _interaction(value: float | None) -> str:
    bad = (value or 0) > GOOD["interaction_to_next_paint"]
    return _marked(value, f"{value or 0:,.0f} ms", bad=bad)


def _shift(value: float | None) -> str:
    bad = (value or 0) > GOOD["cumulative_layout_shift"]
    return _marked(value, f"{value or 0:.2f}", bad=bad)


def _marked(value: float | None, text: str, *, bad: bool) -> str:
    """Put a mark in front of what is worse than good; what was not measured is unknown."""
    if value is None:
        return UNKNOWN
    return f"{MARKS['warning']} {text}" if bad else text
