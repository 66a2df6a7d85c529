"""PageSpeed Insights (v5) over what a `Web` knows: Lighthouse's runs, and what visitors measured.

Base URL `<sandbox>/pagespeed`; the path is the real one, `/pagespeedonline/v5/runPagespeed`. A page
is of the site whose host its address has. Every run differs a little from the one before, by the
page, the device, the day and the number of the run, and so does its time; nobody waits for it.

Without a key everybody shares a quota, which is always used up.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any

from connectors.addresses import path_of, site_of
from connectors.sandbox import draws
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.google_errors import MESSAGES, STATUSES
from connectors.sandbox.web.crux_visitors import Visitors, shares
from connectors.sandbox.web.shapes import Speeds, Web
from connectors.sandbox.world import World

PATH = "/pagespeedonline/v5/runPagespeed"
VERSION = "13.4.1"
STRATEGIES = {"MOBILE": "phone", "DESKTOP": "desktop"}
CATEGORIES = ("ACCESSIBILITY", "AGENTIC_BROWSING", "BEST_PRACTICES", "PERFORMANCE", "SEO")
SPREAD = 0.06
"""How far a run's times differ from the page's, at most, as a part of them."""
LIMITS = {
    "RESOURCE_EXHAUSTED": "Queries per minute",
    "MINUTE": "Queries per minute",
    "DAY": "Queries per day",
}
QUOTA = (
    "Quota exceeded for quota metric 'Queries' and limit '{limit}' of service "
    "'pagespeedonline.googleapis.com' for consumer 'project_number:583797351490'."
)
UNREADABLE = (
    "Lighthouse was unable to reliably load the page you requested. Make sure you are testing the "
    "correct URL and that the server is properly responding to all requests. (Status code: {code})"
)
NO_HOST = "DNS servers could not resolve the provided domain."

_AUDITS = {
    "largest-contentful-paint": "largest_contentful_paint",
    "first-contentful-paint": "first_contentful_paint",
    "total-blocking-time": "total_blocking_time",
    "cumulative-layout-shift": "cumulative_layout_shift",
}
_FIELD = {
    "LARGEST_CONTENTFUL_PAINT_MS": ("largest_contentful_paint", 1, 2500, 4000),
    "INTERACTION_TO_NEXT_PAINT": ("interaction_to_next_paint", 1, 200, 500),
    "CUMULATIVE_LAYOUT_SHIFT_SCORE": ("cumulative_layout_shift", 100, 10, 25),
    "FIRST_CONTENTFUL_PAINT_MS": ("first_contentful_paint", 1, 1800, 3000),
    "EXPERIMENTAL_TIME_TO_FIRST_BYTE": ("time_to_first_byte", 1, 800, 1800),
}


class PageSpeed:
    """Answers requests whose path begins after `/pagespeed`."""

    def __init__(self, world: World, webs: Mapping[str, Web]) -> None:
        self._world = world
        self._visitors = Visitors(webs)
        self._runs: Counter[tuple[str, str, date]] = Counter()
        self._lock = Lock()

    def account_of(self, request: Request) -> str:
        """Return the site whose page is measured."""
        return site_of(request.query.get("url", ""))

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        if fault is not None and (refused := _injected(fault)) is not None:
            return refused
        if request.method != "GET" or request.path != PATH:
            return _error(404, MESSAGES[404])
        if not request.query.get("key"):
            return _error(429, QUOTA.format(limit="Queries per day"), "rateLimitExceeded")
        url, strategy = request.query.get("url", ""), request.query.get("strategy", "DESKTOP")
        category = request.query.get("category", "PERFORMANCE")
        if not url.lower().startswith(("http://", "https://")):
            return _error(400, f"Invalid value '{url}'. Values must match the following regular "
                               "expression: '(?i)(url:|origin:)?http(s)?://.*'")  # fmt: skip
        if strategy not in STRATEGIES or category not in CATEGORIES:
            return _error(400, f"Invalid value at 'strategy' or 'category': {strategy}, {category}")
        return self._measured(url, STRATEGIES[strategy])

    def _measured(self, url: str, form_factor: str) -> Response:
        web = self._visitors.web(url)
        if web is None:
            return _error(400, f"Lighthouse returned error: DNS_FAILURE. {NO_HOST}",
                          "lighthouseUserError")  # fmt: skip
        path = path_of(url)
        speeds = web.speeds(path, form_factor)
        if speeds is None and path in web.pages:
            said = UNREADABLE.format(code=500)
            return _error(500, f"Lighthouse returned error: ERRORED_DOCUMENT_REQUEST. {said}",
                          "lighthouseError")  # fmt: skip
        with self._lock:
            self._runs[url, form_factor, web.today] += 1
            run = self._runs[url, form_factor, web.today]
        done = self._moment(web.today, run)
        return answer({
            "captchaResult": "CAPTCHA_NOT_NEEDED",
            "kind": "pagespeedonline#result",
            "id": url,
            "loadingExperience": self._experience(url, form_factor),
            "originLoadingExperience": self._of_site(url, form_factor),
            "lighthouseResult": _lighthouse(url, form_factor, speeds, run, done),
            "analysisUTCTimestamp": _written(done + timedelta(seconds=17)),
        })  # fmt: skip

    def _moment(self, today: date, run: int) -> datetime:
        minute = timedelta(minutes=self._world.minute + run)
        return datetime.combine(today, time(), UTC) + minute

    def _experience(self, url: str, form_factor: str) -> dict[str, Any]:
        speeds = self._visitors.of_page(url, form_factor)
        if speeds is not None:
            return {"id": url, **_metrics(speeds), "initial_url": url}
        of_site = self._of_site(url, form_factor)
        fallback = {"origin_fallback": True} if "metrics" in of_site else {}
        return {**of_site, **fallback, "initial_url": url}

    def _of_site(self, url: str, form_factor: str) -> dict[str, Any]:
        speeds = self._visitors.of_site(url, form_factor)
        return {"id": site_of(url), **(_metrics(speeds) if speeds else {}), "initial_url": url}


def _lighthouse(
    url: str, form_factor: str, speeds: Speeds | None, run: int, done: datetime
) -> dict[str, Any]:
    """Write what Lighthouse found; a page that there is not has no scores, and says why."""
    result: dict[str, Any] = {
        "requestedUrl": url,
        "finalUrl": url,
        "finalDisplayedUrl": url,
        "lighthouseVersion": VERSION,
        "fetchTime": _written(done),
        "runWarnings": [],
    }
    score = None
    if speeds is None:
        said = UNREADABLE.format(code=404)
        result["runtimeError"] = {"code": "ERRORED_DOCUMENT_REQUEST", "message": said}
        result["audits"] = {
            name: {"id": name, "score": None, "scoreDisplayMode": "error"} for name in _AUDITS
        }
    else:
        slower, better = _jitter(url, form_factor, run, done.date())
        score = round(min(1.0, max(0.0, speeds.performance + better)), 2)
        result["audits"] = _audits(speeds, slower)
    result["categories"] = {"performance": {"id": "performance", "title": "Performance",
                                            "score": score}}  # fmt: skip
    return result


def _jitter(url: str, form_factor: str, run: int, day: date) -> tuple[float, float]:
    """Return by which factor a run is slower, and how much better its score is."""
    drawn = [
        int(draws.key(1, "lighthouse", url, form_factor, f"{day}", f"{run}", what)) % 2001 / 1000
        for what in ("times", "score")
    ]
    return 1 + SPREAD * (drawn[0] - 1), 0.02 * (drawn[1] - 1)


def _audits(speeds: Speeds, slower: float) -> dict[str, Any]:
    audits: dict[str, Any] = {}
    for name, field in _AUDITS.items():
        value = getattr(speeds, field)
        is_shift = name == "cumulative-layout-shift"
        audits[name] = {
            "id": name,
            "score": 0.9 if is_shift else 0.5,
            "scoreDisplayMode": "numeric",
            "numericValue": value if is_shift else round(value * slower, 4),
            "numericUnit": "unitless" if is_shift else "millisecond",
            "displayValue": f"{value:.3f}" if is_shift else f"{value * slower / 1000:.1f} s",
        }
    first_byte = {"timeToFirstByte": round(speeds.time_to_first_byte * slower)}
    audits["metrics"] = {
        "id": "metrics",
        "score": 1,
        "scoreDisplayMode": "informative",
        "details": {"type": "debugdata", "items": [first_byte]},
    }
    return audits


def _metrics(speeds: Speeds) -> dict[str, Any]:
    """Write what visitors measured, each with what part of them was how well served."""
    metrics = {}
    for name, (field, scale, good, poor) in _FIELD.items():
        percentile = round(getattr(speeds, field) * scale)
        parts = shares(percentile, good, poor)
        bounds = ({"min": 0, "max": good}, {"min": good, "max": poor}, {"min": poor})
        metrics[name] = {
            "percentile": percentile,
            "distributions": [
                {**bound, "proportion": part} for bound, part in zip(bounds, parts, strict=True)
            ],
            "category": _category(percentile, good, poor),
        }
    vitals = [metrics[name]["category"] for name in list(_FIELD)[:3]]
    worst = next(word for word in ("SLOW", "AVERAGE", "FAST") if word in vitals)
    return {"metrics": metrics, "overall_category": worst}


def _category(value: float, good: float, poor: float) -> str:
    return "FAST" if value <= good else "AVERAGE" if value <= poor else "SLOW"


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(status: int, message: str, reason: str = "badRequest", **details: Any) -> Response:
    first = {"message": message, "domain": "lighthouse" if "light" in reason else "global",
             "reason": reason}  # fmt: skip
    body = {"code": status, "message": message, "errors": [first], **details}
    return answer({"error": body | {"status": STATUSES.get(status, "UNKNOWN")}}, status)


def _injected(fault: Fault) -> Response | None:
    """Return the answer that a fault stands for; a `quota` fault names MINUTE or DAY."""
    if fault.kind == "quota":
        limit = LIMITS.get(fault.error, fault.error)
        return _error(429, QUOTA.format(limit=limit), "rateLimitExceeded")
    if fault.kind == "status":
        return _error(fault.status, MESSAGES.get(fault.status, "Unknown error."), "backendError")
    if fault.kind in ("token_revoked", "token_expired"):
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        message = "API key not valid. Please pass a valid API key."
        return _error(400, message, "badRequest", details=[info])
    if fault.kind in ("permission_denied", "account_suspended"):
        return _error(403, MESSAGES[403], "forbidden")
    return None
