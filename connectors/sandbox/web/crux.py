"""Chrome UX Report (v1) over what a `Web` knows: what visitors measured, now and week by week.

Base URL `<sandbox>/crux`; the paths are the real ones, `/v1/records:queryRecord` and
`/v1/records:queryHistoryRecord`. A page is of the site whose host its address has. The weeks
before the newest are made up, near to it.

150 calls a minute, both methods together; `clock` is in seconds, and only moves that limit.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from connectors.addresses import site_of
from connectors.sandbox import draws
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.google_errors import MESSAGES, STATUSES
from connectors.sandbox.web.crux_visitors import Visitors, period, shares
from connectors.sandbox.web.shapes import Speeds, Web
from connectors.sandbox.world import World

CALLS_A_MINUTE = 150
PERIODS, MOST_PERIODS = 25, 40
FORM_FACTORS = {"PHONE": "phone", "DESKTOP": "desktop"}
FIELDS = {"url", "origin", "formFactor", "metrics"}
METHODS = {"/v1/records:queryRecord": FIELDS,
           "/v1/records:queryHistoryRecord": {*FIELDS, "collectionPeriodCount"}}  # fmt: skip
METRICS = {
    "largest_contentful_paint": ("largest_contentful_paint", 2500, 4000),
    "interaction_to_next_paint": ("interaction_to_next_paint", 200, 500),
    "cumulative_layout_shift": ("cumulative_layout_shift", 0.1, 0.25),
    "first_contentful_paint": ("first_contentful_paint", 1800, 3000),
    "experimental_time_to_first_byte": ("time_to_first_byte", 800, 1800),
}
SHIFT = "cumulative_layout_shift"
NOT_FOUND = "chrome ux report data not found"
QUOTA = (
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
    "'chromeuxreport.googleapis.com' for consumer 'project_number:583797351490'."
)


class CruxError(Exception):
    """An error to answer with; `bare` has no outer `error`."""

    def __init__(self, status: int, message: str, reason: str = "", *, bare: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.bare = bare


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of."""

    key: Mapping[str, str]  # url or origin, and formFactor
    address: str
    form_factor: str
    metrics: tuple[str, ...]
    periods: int


class Crux:
    """Answers requests whose path begins after `/crux`."""

    def __init__(
        self,
        world: World,
        webs: Mapping[str, Web],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = world
        self._visitors = Visitors(webs)
        self._clock = clock
        self._calls: deque[float] = deque(maxlen=CALLS_A_MINUTE)
        self._lock = Lock()

    def account_of(self, request: Request) -> str:
        """Return the site that a request is about."""
        sent = request.json()
        sent = sent if isinstance(sent, dict) else {}
        return site_of(str(sent.get("url") or sent.get("origin") or ""))

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        try:
            if fault is not None and (error := _injected(fault)) is not None:
                raise error
            self._count(request)
            return answer(self._routed(request))
        except CruxError as error:
            return _refusal(error)

    def _count(self, request: Request) -> None:
        if not request.query.get("key"):
            message = "Method doesn't allow unregistered callers (callers without established "
            raise CruxError(403, f"{message}identity). Please use API Key or other form of API "
                                 "consumer identity to call this API.")  # fmt: skip
        with self._lock:
            now = self._clock()
            if len(self._calls) == CALLS_A_MINUTE and now - self._calls[0] < 60:
                raise CruxError(429, QUOTA, "RATE_LIMIT_EXCEEDED")
            self._calls.append(now)

    def _routed(self, request: Request) -> dict[str, Any]:
        if request.path not in METHODS or request.method != "POST":
            raise CruxError(404, MESSAGES[404])
        asked = _asked(request.json(), METHODS[request.path])
        web = self._visitors.web(asked.address)
        speeds = self._speeds(asked)
        if web is None or speeds is None:
            raise CruxError(404, NOT_FOUND)
        if request.path.endswith("HistoryRecord"):
            record = _history(asked, speeds, web.today)
        else:
            record = _record(asked, speeds, web.today)
        return {"record": record, **_normalization(asked)}

    def _speeds(self, asked: Asked) -> Speeds | None:
        if "url" in asked.key:
            return self._visitors.of_page(asked.key["url"], asked.form_factor)
        return self._visitors.of_site(asked.address, asked.form_factor)


def _asked(body: Any, known: set[str]) -> Asked:
    if not isinstance(body, dict) or (unknown := sorted(set(body) - known)):
        name = unknown[0] if isinstance(body, dict) else ""
        message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
        raise CruxError(400, message)
    subject = [name for name in ("url", "origin") if body.get(name)]
    if len(subject) != 1:
        raise CruxError(400, "Exactly one of url or origin is required.")
    address = str(body[subject[0]])
    if not address.startswith(("http://", "https://")) or not urlsplit(address).netloc:
        raise CruxError(400, f"Failed to parse {subject[0]}: {address}")
    factor = body.get("formFactor", "PHONE")
    if factor not in FORM_FACTORS:
        raise CruxError(400, f"Invalid value at 'form_factor': \"{factor}\"")
    metrics = tuple(body.get("metrics") or METRICS)
    if wrong := [name for name in metrics if name not in METRICS]:
        raise CruxError(400, f"Unknown metric: {wrong[0]}")
    periods = body.get("collectionPeriodCount", PERIODS)
    if not isinstance(periods, int) or not 1 <= periods <= MOST_PERIODS:
        raise CruxError(400, f"collectionPeriodCount must be from 1 to {MOST_PERIODS}.")
    url = site_of(address) if subject == ["origin"] else address.partition("?")[0].partition("#")[0]
    named = {"formFactor": factor} if "formFactor" in body else {}
    return Asked({**named, subject[0]: url}, address, FORM_FACTORS[factor], metrics, periods)


def _normalization(asked: Asked) -> dict[str, Any]:
    """Say how the address was changed, as Google does where it was."""
    normalized = asked.key.get("url", asked.address)
    if normalized == asked.address:
        return {}
    details = {"originalUrl": asked.address, "normalizedUrl": normalized}
    return {"urlNormalizationDetails": details}


def _record(asked: Asked, speeds: Speeds, today: date) -> dict[str, Any]:
    metrics: dict[str, Any] = {}
    for name in asked.metrics:
        field, good, poor = METRICS[name]
        value = getattr(speeds, field)
        densities = shares(value, good, poor)
        bins = [{**bounds, "density": part}
                for bounds, part in zip(_bins(name), densities, strict=True)]  # fmt: skip
        metrics[name] = {"histogram": bins, "percentiles": {"p75": _written(name, value)}}
    return {"key": asked.key, "metrics": metrics, "collectionPeriod": _period(today, 0)}


def _history(asked: Asked, speeds: Speeds, today: date) -> dict[str, Any]:
    """Write a point for every week, oldest first; the newest is today's, the others near it."""
    weeks = list(range(asked.periods - 1, -1, -1))
    metrics: dict[str, Any] = {}
    for name in asked.metrics:
        field, good, poor = METRICS[name]
        values = [getattr(speeds, field) * _drift(asked, today, week) for week in weeks]
        parts = [shares(value, good, poor) for value in values]
        metrics[name] = {
            "histogramTimeseries": [
                {**bounds, "densities": [part[place] for part in parts]}
                for place, bounds in enumerate(_bins(name))
            ],
            "percentilesTimeseries": {"p75s": [_written(name, value) for value in values]},
        }
    periods = [_period(today, week) for week in weeks]
    return {"key": asked.key, "metrics": metrics, "collectionPeriods": periods}


def _drift(asked: Asked, today: date, week: int) -> float:
    """Return by which factor a week was slower than now."""
    if week == 0:
        return 1.0
    start, _ = period(today, week)
    return 1 + (int(draws.key(1, "crux", asked.address, f"{start}")) % 101 - 50) / 1000


def _bins(name: str) -> tuple[dict[str, Any], ...]:
    _, good, poor = METRICS[name]
    low, middle, high = (f"{bound:.2f}" if name == SHIFT else bound for bound in (0, good, poor))
    return {"start": low, "end": middle}, {"start": middle, "end": high}, {"start": high}


def _written(name: str, value: float) -> Any:
    return f"{value:.2f}" if name == SHIFT else round(value)


def _period(today: date, weeks_ago: int) -> dict[str, Any]:
    names = zip(("firstDate", "lastDate"), period(today, weeks_ago), strict=True)
    return {name: {"year": day.year, "month": day.month, "day": day.day} for name, day in names}


def _refusal(error: CruxError) -> Response:
    status = STATUSES.get(error.status, "UNKNOWN")
    body: dict[str, Any] = {"code": error.status, "message": str(error), "status": status}
    if error.reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        body["details"] = [{"@type": kind, "reason": error.reason}]
    return answer(body if error.bare else {"error": body}, error.status)


def _injected(fault: Fault) -> CruxError | None:
    """Return the error a fault stands for; a `quota` fault named BARE has no outer `error`."""
    if fault.kind == "quota":
        return CruxError(429, QUOTA, "RATE_LIMIT_EXCEEDED", bare=fault.error == "BARE")
    if fault.kind == "status":
        return CruxError(fault.status, MESSAGES.get(fault.status, "Unknown error."))
    if fault.kind in ("token_revoked", "token_expired"):
        message = "API key not valid. Please pass a valid API key."
        return CruxError(400, message, "API_KEY_INVALID")
    if fault.kind in ("permission_denied", "account_suspended"):
        return CruxError(403, MESSAGES[403])
    return None
