"""What comes back from PageSpeed Insights, in our words: one lab record of several runs, and what
visitors measured, which is never mixed with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any, Literal

from connectors.addresses import normal
from connectors.channels.pagespeed.errors import unmeasured
from connectors.sites import FormFactor, PageSpeed

AUDITS = {
    "largest_contentful_paint": "largest-contentful-paint",
    "cumulative_layout_shift": "cumulative-layout-shift",
    "first_contentful_paint": "first-contentful-paint",
    "total_blocking_time": "total-blocking-time",
}
"""Our name of a lab value to Lighthouse's audit."""

FIELD = {
    "largest_contentful_paint": ("LARGEST_CONTENTFUL_PAINT_MS", 1),
    "interaction_to_next_paint": ("INTERACTION_TO_NEXT_PAINT", 1),
    "cumulative_layout_shift": ("CUMULATIVE_LAYOUT_SHIFT_SCORE", 100),
    "first_contentful_paint": ("FIRST_CONTENTFUL_PAINT_MS", 1),
    "time_to_first_byte": ("EXPERIMENTAL_TIME_TO_FIRST_BYTE", 1),
}
"""Our name of a field value to Google's, and what Google multiplies it by."""

NO_ERROR = ("", "NO_ERROR")

Answer = Mapping[str, Any]


def lab(url: str, form_factor: FormFactor, answers: Sequence[Answer], now: datetime) -> PageSpeed:
    """Return the medians of the runs that came to an end; the reason if none did.

    Google answers from its memory when asked again within half a minute: one measurement (by
    `fetchTime`) counts once.
    """
    results = {_run(answer): answer["lighthouseResult"] for answer in answers}
    good = [result for result in results.values() if not _failure(result)]
    measured_at = max(map(measured, answers), default=now)
    if not good:
        reason = next((_failure(result) for result in results.values()), "no run was made")
        return PageSpeed(url, "lab", form_factor, measured_at, runs=0, reason=unmeasured(reason))
    empty = PageSpeed(url, "lab", form_factor, measured_at, runs=len(good))
    values: Mapping[str, Any] = {
        ours: _median(_audit(result, name) for result in good) for ours, name in AUDITS.items()
    }
    return replace(
        empty,
        **values,
        time_to_first_byte=_median(map(_first_byte, good)),
        performance=_median(it["categories"]["performance"]["score"] for it in good),
        version=str(good[-1].get("lighthouseVersion", "")),
    )


def field(url: str, form_factor: FormFactor, answer: Answer) -> PageSpeed | None:
    """Return what visitors of the page measured; None if they were too few.

    What Google gives instead then, marked `origin_fallback`, is about the whole site.
    """
    experience = answer.get("loadingExperience", {})
    if experience.get("origin_fallback"):
        return None
    return _experienced(experience, url, "field", form_factor, measured(answer))


def field_of_site(form_factor: FormFactor, answer: Answer) -> PageSpeed | None:
    """Return what visitors of the page's whole site measured; None if they were too few."""
    experience = answer.get("originLoadingExperience", {})
    url = normal(str(experience.get("id", "")))
    return _experienced(experience, url, "field_origin", form_factor, measured(answer))


def measured(answer: Answer) -> datetime:
    """Return the moment that an answer names."""
    return datetime.fromisoformat(answer["analysisUTCTimestamp"])


def _experienced(
    experience: Mapping[str, Any],
    url: str,
    source: Literal["field", "field_origin"],
    form_factor: FormFactor,
    measured_at: datetime,
) -> PageSpeed | None:
    metrics = experience.get("metrics")
    if not metrics or not url:
        return None
    values = {
        ours: metrics[name]["percentile"] / scale
        for ours, (name, scale) in FIELD.items()
        if name in metrics
    }
    return PageSpeed(url, source, form_factor, measured_at, **values)


def _run(answer: Answer) -> str:
    return str(answer["lighthouseResult"].get("fetchTime") or answer["analysisUTCTimestamp"])


def _failure(result: Mapping[str, Any]) -> str:
    """Return why Lighthouse has no score; empty if it has one."""
    error = result.get("runtimeError", {})
    if (code := str(error.get("code", ""))) not in NO_ERROR:
        return f"{code} {error.get('message', '')}".strip()
    score = result.get("categories", {}).get("performance", {}).get("score")
    return "" if score is not None else "no score, and no reason why"


def _audit(result: Mapping[str, Any], name: str) -> float | None:
    value: float | None = result.get("audits", {}).get(name, {}).get("numericValue")
    return value


def _first_byte(result: Mapping[str, Any]) -> float | None:
    """Return the time to first byte, which has an audit of its own only before Lighthouse 13."""
    items = result.get("audits", {}).get("metrics", {}).get("details", {}).get("items") or [{}]
    value: float | None = items[0].get("timeToFirstByte")
    return _audit(result, "server-response-time") if value is None else value


def _median(values: Iterable[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return median(known) if known else None
