"""What comes back from the Chrome UX Report, in our words: values of visitors, over 28 days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import isnan
from typing import Any, Literal

from connectors.sites import FormFactor, PageSpeed

METRICS = {
    "largest_contentful_paint": "largest_contentful_paint",
    "interaction_to_next_paint": "interaction_to_next_paint",
    "cumulative_layout_shift": "cumulative_layout_shift",
    "first_contentful_paint": "first_contentful_paint",
    "time_to_first_byte": "experimental_time_to_first_byte",
}
"""Our name of a value to Google's. Times are whole milliseconds, layout shift is decimal text."""

FORM_FACTORS: dict[FormFactor, str] = {"phone": "PHONE", "desktop": "DESKTOP"}
TOO_FEW = "too little traffic"
NO_VALUES = "Google names no value for it"

Source = Literal["field", "field_origin"]


def question(key: Mapping[str, str], form_factor: FormFactor) -> dict[str, Any]:
    """Return the body of a call; `key` is `url` or `origin`."""
    asked = [*METRICS.values()]
    return {**key, "formFactor": FORM_FACTORS[form_factor], "metrics": asked}


def record(
    url: str, source: Source, form_factor: FormFactor, answer: Mapping[str, Any], now: datetime
) -> PageSpeed:
    """Turn an answer into a record."""
    found = answer["record"]
    metrics = found["metrics"]
    values = {
        ours: _number(metrics[name]["percentiles"]["p75"])
        for ours, name in METRICS.items()
        if name in metrics
    }
    start, end = _period(found["collectionPeriod"])
    return _speed(url, source, form_factor, now, start, end, values)


def history(
    url: str, source: Source, form_factor: FormFactor, answer: Mapping[str, Any]
) -> list[PageSpeed]:
    """Turn an answer about many periods into records, oldest first.

    Each counts as measured at the end of its last day, so that the same period has the same record
    whenever it is asked for.
    """
    found = answer["record"]
    periods = [_period(period) for period in found["collectionPeriods"]]
    series = {
        ours: _series(found["metrics"].get(name), len(periods)) for ours, name in METRICS.items()
    }
    return [
        _speed(
            url,
            source,
            form_factor,
            datetime.combine(end + timedelta(days=1), time(), UTC),
            start,
            end,
            {ours: values[place] for ours, values in series.items()},
        )
        for place, (start, end) in enumerate(periods)
    ]


def unknown(url: str, source: Source, form_factor: FormFactor, now: datetime) -> PageSpeed:
    """Return the record of what too few people visited."""
    return PageSpeed(url, source, form_factor, now, reason=TOO_FEW)


def _speed(
    url: str,
    source: Source,
    form_factor: FormFactor,
    measured_at: datetime,
    start: date,
    end: date,
    values: Mapping[str, Any],
) -> PageSpeed:
    reason = "" if any(value is not None for value in values.values()) else NO_VALUES
    empty = PageSpeed(url, source, form_factor, measured_at, start, end, reason=reason)
    return replace(empty, **values)


def _series(metric: Mapping[str, Any] | None, length: int) -> Sequence[float | None]:
    """Return a metric's values, one for each period."""
    if metric is None:
        return [None] * length
    values = [_number(value) for value in metric["percentilesTimeseries"]["p75s"]]
    if len(values) != length:
        raise ValueError("as many values as periods")
    return values


def _number(value: object) -> float | None:
    """Return a value; None for what is missing, which comes as null or "NaN"."""
    if value is None:
        return None
    number = float(str(value))
    return None if isnan(number) else number


def _period(period: Mapping[str, Mapping[str, int]]) -> tuple[date, date]:
    first, last = period["firstDate"], period["lastDate"]
    return (
        date(first["year"], first["month"], first["day"]),
        date(last["year"], last["month"], last["day"]),
    )
