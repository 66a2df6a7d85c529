"""Which pages are slow, to our asking, to a machine, or to visitors?

What visitors measured (field) is over 28 days and of those who came; what a machine measured (lab)
is now and the same for everybody. They are never mixed: the field decides over Web Vitals.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from connectors.sites import PageSpeed
from tasks.report.numbers import day
from tasks.site.evidence import Limits, Marks, Site

VITALS = {
    "largest_contentful_paint": ("largest contentful paint", "s"),
    "interaction_to_next_paint": ("interaction to next paint", "ms"),
    "cumulative_layout_shift": ("layout shift", ""),
}


def page_slow(site: Site, limits: Limits) -> Marks:
    """The page takes long to answer, or a machine's measurement gives it a low score."""
    seconds = site.pages["seconds"].to_numpy(dtype=np.float64)
    scores = np.asarray([_score(site.speeds.get(url, ())) for url in site.pages["url"]])
    slow = site.known & (seconds > limits["seconds"])
    so = slow | (scores < limits["performance"])

    def fields(row: int) -> Mapping[str, str]:
        if slow[row]:
            value, limit = f"{seconds[row]:.1f} s", f"{limits['seconds']:g} s"
            return {"value": value, "limit": limit, "reason": f"it took {value} to answer"}
        value, limit = f"{scores[row]:.0%}", f"{limits['performance']:.0%}"
        return {"value": value, "limit": limit, "reason": f"Lighthouse gives it {value}"}

    def numbers(row: int) -> Mapping[str, float]:
        known = {"seconds": seconds[row], "performance": scores[row]}
        return {name: float(it) for name, it in known.items() if not np.isnan(it)}

    return Marks(so, site.known | ~np.isnan(scores), fields, numbers)


def web_vitals_fail(site: Site, limits: Limits) -> Marks:
    """Three of four visits were worse than what counts as good, in what visitors measured."""
    newest = [_newest(site.speeds.get(url, ()), "field") for url in site.pages["url"]]
    failing = [_failing(it, limits) for it in newest]
    so = np.asarray([bool(it) for it in failing], dtype=np.bool_)
    told = np.asarray([it is not None for it in newest], dtype=np.bool_)

    def fields(row: int) -> Mapping[str, str]:
        name, value, limit = failing[row][0]
        title, unit = VITALS[name]
        speed = newest[row]
        until = speed.period_end if speed and speed.period_end else None
        return {
            "value": f"{title} {_shown(value, unit)}",
            "limit": _shown(limit, unit),
            "reason": ", ".join(f"{VITALS[it][0]} {_shown(v, VITALS[it][1])}"
                                for it, v, _ in failing[row]),
            "window": f"28 days to {day(until)}" if until else "28 days",
        }  # fmt: skip

    def numbers(row: int) -> Mapping[str, float]:
        return {name: value for name, value, _ in failing[row]}

    return Marks(so, told, fields, numbers)


def _score(speeds: Sequence[PageSpeed]) -> float:
    """Return the newest score of a phone, else of a desktop; NaN where none was measured."""
    newest = _newest(speeds, "lab")
    return newest.performance if newest and newest.performance is not None else np.nan


def _newest(speeds: Sequence[PageSpeed], source: str) -> PageSpeed | None:
    """Return the newest measurement that has values, of phones before desktops."""
    mine = [it for it in speeds if it.source == source and _has_values(it)]
    phones = [it for it in mine if it.form_factor == "phone"]
    return max(phones or mine, key=lambda it: it.measured_at, default=None)


def _failing(speed: PageSpeed | None, limits: Limits) -> list[tuple[str, float, float]]:
    if speed is None:
        return []
    values = [(name, getattr(speed, name), limits[name]) for name in VITALS]
    return [it for it in values if it[1] is not None and it[1] > it[2]]


def _has_values(speed: PageSpeed) -> bool:
    return any(getattr(speed, name) is not None for name in (*VITALS, "performance"))


def _shown(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if unit == "ms" else f"{value:.2f}"
