"""Search Console: sites, search analytics, URL inspection, sitemaps, over what a `Web` knows.

Base URL `<sandbox>/search_console`; access tokens are those of `<sandbox>/google/token`. Paths are
the real ones: `/webmasters/v3/sites[/<site>[/sitemaps|/searchAnalytics/query]]` and
`/v1/urlInspection/index:inspect`. Sitemaps are read only. How search analytics is answered is in
`search_analytics.py`.

A URL-prefix property has pages below its own address, a domain property those of `Web.host`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote

from connectors.addresses import path_of, site_of
from connectors.sandbox.cache import Cache
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.web.search_analytics import analysed
from connectors.sandbox.web.search_errors import SearchError, injected, refusal
from connectors.sandbox.web.search_questions import read_question
from connectors.sandbox.web.shapes import Indexed, Web
from connectors.sandbox.world import World

INSPECTIONS_A_DAY = 2_000
ANSWERS_KEPT = 512 * 1024 * 1024  # bytes of written answers
INSPECT = "/v1/urlInspection/index:inspect"
DOMAIN = "sc-domain:"
UNKNOWN = Indexed(
    "NEUTRAL",
    "URL is unknown to Google",
    "ROBOTS_TXT_STATE_UNSPECIFIED",
    "INDEXING_STATE_UNSPECIFIED",
    "PAGE_FETCH_STATE_UNSPECIFIED",
    "",
    None,
)

_SITES = re.compile(r"/webmasters/v3/sites(?:/([^/]+))?(/sitemaps|/searchAnalytics/query)?")


class SearchConsole:
    """Answers requests whose path begins after `/search_console`; `webs` by property."""

    def __init__(self, world: World, webs: Mapping[str, Web]) -> None:
        self._world = world
        self._webs = webs
        self._answers: Cache[bytes] = Cache(ANSWERS_KEPT, len)
        self._inspections: Counter[tuple[str, str]] = Counter()  # by property and day
        self._lock = Lock()

    def account_of(self, request: Request) -> str:
        """Return the property a request is about, empty if it is about none."""
        if request.path == INSPECT:
            sent = request.json()
            return str(sent.get("siteUrl", "")) if isinstance(sent, dict) else ""
        match = _SITES.fullmatch(request.path)
        return unquote(match.group(1) or "") if match else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        if fault is not None and fault.kind == "token_expired":
            self._world.tokens.expire()
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            self._check_token(request)
            return self._routed(request)
        except SearchError as error:
            return refusal(error)

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or self._world.tokens.state(token) != "good":
            raise SearchError(401, "authError", "Invalid Credentials")

    def _routed(self, request: Request) -> Response:
        if (request.method, request.path) == ("POST", INSPECT):
            return self._inspect(request)
        match = _SITES.fullmatch(request.path)
        method = "POST" if match and match.group(2) == "/searchAnalytics/query" else "GET"
        if match is None or request.method != method or (match.group(2) and not match.group(1)):
            raise SearchError(404, "notFound", "Not Found")
        if match.group(1) is None:
            return answer({"siteEntry": [_entry(site) for site in self._webs]})
        site = unquote(match.group(1))
        web = self._web(site)
        if match.group(2) is None:
            return answer(_entry(site))
        if method == "POST":
            return self._query(request, site, web)
        return answer({"sitemap": [_sitemap(web, self._origin(site, web))]})

    def _web(self, site: str) -> Web:
        if site not in self._webs:
            raise SearchError(
                403,
                "forbidden",
                f"User does not have sufficient permission for site '{site}'. See also: "
                "https://support.google.com/webmasters/answer/2451999.",
            )
        return self._webs[site]

    def _origin(self, site: str, web: Web) -> str:
        return f"http://{web.host}" if site.startswith(DOMAIN) else site_of(site)

    def _query(self, request: Request, site: str, web: Web) -> Response:
        asked = read_question(request.json())
        origin, prefix = self._origin(site, web), "" if site.startswith(DOMAIN) else site
        body = self._answers.get(
            (site, origin, web.today, asked), lambda: analysed(asked, web, origin, prefix)
        )
        return Response(200, body)

    def _inspect(self, request: Request) -> Response:
        sent = request.json()
        sent = sent if isinstance(sent, dict) else {}
        site, url = str(sent.get("siteUrl", "")), str(sent.get("inspectionUrl", ""))
        web = self._web(site)
        origin = self._origin(site, web)
        if not url.startswith(f"{origin}/" if site.startswith(DOMAIN) else site):
            message = "You do not own this site, or the inspected URL is not part of this property."
            raise SearchError(403, "forbidden", message)
        with self._lock:
            day = (site, f"{web.today}")
            self._inspections[day] += 1
            if self._inspections[day] > INSPECTIONS_A_DAY:
                message = "Quota exceeded for quota metric 'Inspections' and limit 'per day'."
                raise SearchError(429, "quotaExceeded", message)
        path = path_of(url)
        index = web.indexed(path) if path in web.pages else UNKNOWN
        link = (
            f"https://search.google.com/search-console/inspect?resource_id={quote(site, safe='')}"
        )
        result = {"inspectionResultLink": link, "indexStatusResult": _status(index, url, origin)}
        mobile = {"mobileUsabilityResult": {"verdict": "VERDICT_UNSPECIFIED"}}
        return answer({"inspectionResult": {**result, **mobile}})


def _entry(site: str) -> dict[str, str]:
    return {"siteUrl": site, "permissionLevel": "siteOwner"}


def _status(index: Indexed, url: str, origin: str) -> dict[str, Any]:
    """Write what the index has of a page; what is not there is left out, as Google does."""
    known = {
        "googleCanonical": index.canonical,
        "userCanonical": url if index.canonical else "",
        "lastCrawlTime": _moment(index.crawled_at) if index.crawled_at else "",
        "sitemap": [f"{origin}/sitemap.xml"] if index.coverage.startswith("Submitted") else [],
        "referringUrls": [f"{origin}/"] if index.crawled_at else [],
        "crawledAs": "MOBILE" if index.crawled_at else "",
    }
    return {
        "verdict": index.verdict,
        "coverageState": index.coverage,
        "robotsTxtState": index.robots_txt,
        "indexingState": index.indexing,
        "pageFetchState": index.fetch,
        **{name: value for name, value in known.items() if value},
    }


def _sitemap(web: Web, origin: str) -> dict[str, Any]:
    """Write the site's sitemap, last read this morning; one that cannot be read has no contents."""
    planted = web.planted()
    unreadable = "sitemap_unreadable" in planted
    morning = _moment(datetime.combine(web.today, time(3), UTC))
    row = {
        "path": f"{origin}/sitemap.xml",
        "lastSubmitted": morning,
        "isPending": False,
        "isSitemapsIndex": False,
        "type": "sitemap",
        "lastDownloaded": morning,
        "warnings": "0",
        "errors": "1" if unreadable else f"{len(planted.get('sitemap_errors', ()))}",
    }
    return (
        row
        if unreadable
        else row | {"contents": [{"type": "web", "submitted": f"{len(web.pages)}"}]}
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
