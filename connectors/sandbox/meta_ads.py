"""Meta Graph v26.0: ad accounts, campaigns, ad sets, ads, insights, asynchronous reports, tokens.

Base URL `<sandbox>/meta`, then `/v26.0/...`. Writes (POST to an object) belong here too and are not
built yet: they answer 501. A synchronous insights answer of more than `sync_rows` rows is refused
with 100/1487534, as are Meta's own big ones.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

import orjson

from connectors.sandbox.cache import Cache
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.layout import Cell
from connectors.sandbox.meta_errors import MetaError, injected, refusal, usage_headers
from connectors.sandbox.meta_insights import Ask, ask
from connectors.sandbox.meta_objects import (
    EFFECTIVE_STATUS,
    LEVELS,
    NODES,
    AdAccount,
    describe,
    parse_fields,
)
from connectors.sandbox.meta_paging import cut_of, paged
from connectors.sandbox.meta_reports import Report, Reports
from connectors.sandbox.meta_rows import InsightRows, insight_rows
from connectors.sandbox.world import World

VERSIONS = ("v25.0", "v26.0")
SYNC_ROWS = 50_000
RESULTS_KEPT = 2_000_000  # rows
PAGES_KEPT = 256 * 1024 * 1024  # bytes
HIDDEN = ("ARCHIVED", "DELETED")  # left out of lists unless they are named


class MetaAds:
    """Answers requests whose path begins after `/meta`."""

    def __init__(self, world: World, sync_rows: int = SYNC_ROWS) -> None:
        self._world = world
        self._sync_rows = sync_rows
        self._reports = Reports()
        self._rows: Cache[InsightRows] = Cache(RESULTS_KEPT, len)
        self._pages: Cache[bytes] = Cache(PAGES_KEPT, len)
        self._nodes: dict[str, tuple[str, str, Cell]] | None = None  # id: level, account, cell

    def account_of(self, request: Request) -> str:
        """Return the ad account a request is about, empty if it is about none."""
        if match := re.search(r"/act_(\d+)", request.path):
            return match.group(1)
        _, node, _ = _parts(request.path)
        report = self._reports.get(node)
        if report is not None:
            return report.account_id
        return self._known().get(node, ("", "", None))[1]

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        kind = "ads_insights" if request.path.endswith("/insights") else "ads_management"
        headers = usage_headers(self.account_of(request), kind, fault)
        trace_id = self._world.request_id()
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            response = self._routed(request, fault)
        except MetaError as error:
            response = refusal(error, trace_id)
        headers = {**headers, "x-fb-trace-id": trace_id, "facebook-api-version": "v26.0"}
        if request.path.startswith("/v25.0/"):
            headers["X-Ad-Api-Version-Warning"] = "The call has been auto-upgraded to v26.0"
        return Response(response.status, response.body, response.content_type, headers)

    def _routed(self, request: Request, fault: Fault | None) -> Response:
        form = request.form()
        version, node, edge = _parts(request.path)
        if version not in VERSIONS:
            message = "(#2635) You are calling a deprecated version of the Ads API. Use v26.0."
            raise MetaError(2635, message)
        self._check_token(request, form)
        if node == "debug_token":
            return self._debug_token(form)
        if node == "me" and edge == "adaccounts":
            return self._ad_accounts(form)
        if report := self._reports.get(node):
            return self._report(request, form, report, edge, fault)
        level, place, cell = self._node(node)
        if edge == "insights":
            return self._insights(request, form, fault, level, place, node)
        if request.method != "GET":
            return Response(501, b"the sandbox does not write yet\n", "text/plain")
        if not edge:
            return answer(describe(level, parse_fields(form.get("fields", "")), place, cell))
        if edge in LEVELS:
            return self._list(request, form, fault, LEVELS[edge], place, (level, node))
        message = (
            f"(#100) Tried accessing nonexisting field ({edge}) on node type ({NODES[level][0]})"
        )
        raise MetaError(100, message)

    def _check_token(self, request: Request, form: Mapping[str, str]) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = form.get("access_token") or bearer
        if not token:
            message = "An access token is required to request this resource."
            raise MetaError(104, message)
        if not self._world.app_secret or request.path.endswith("/debug_token"):
            return
        key = self._world.app_secret.encode()
        proof = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
        given = form.get("appsecret_proof", "")
        if not given:
            message = "API calls from the server require an appsecret_proof argument"
            raise MetaError(100, message, kind="GraphMethodException")
        if not hmac.compare_digest(given, proof):
            message = "Invalid appsecret_proof provided in the API argument"
            raise MetaError(100, message, kind="GraphMethodException")

    def _debug_token(self, form: Mapping[str, str]) -> Response:
        if not form.get("input_token"):
            raise MetaError(100, "(#100) The parameter input_token is required")
        scopes = ["ads_read", "ads_management", "business_management"]
        issued = int(self._world.moment().timestamp()) - 86_400
        data = {
            "app_id": "600700800",
            "type": "SYSTEM_USER",
            "application": "Marketloop",
            "data_access_expires_at": 0,
            "expires_at": 0,
            "is_valid": True,
            "issued_at": issued,
            "scopes": scopes,
            "granular_scopes": [{"scope": scope} for scope in scopes],
            "user_id": "100900800700",
        }
        return answer({"data": data})

    def _ad_accounts(self, form: Mapping[str, str]) -> Response:
        fields = parse_fields(form.get("fields", "account_id"))
        accounts = self._world.market.scenario.accounts("meta_ads")
        places = [self._place(account.account_id) for account in accounts]
        return answer({"data": [describe("account", fields, p, None) for p in places]})

    def _place(self, account_id: str) -> AdAccount:
        found = self._world.market.scenario.account(account_id)
        if found is None or found[1].platform != "meta_ads":
            raise _missing(f"act_{account_id}")
        brand, account = found
        incidents = [i for i in self._world.market.scenario.incidents if i.account_id == account_id]
        return AdAccount(account, self._world.clock, incidents, self._world.site(brand.name))

    def _place_of(self, request: Request) -> str:
        return f"{self._world.url}/meta{request.path}"

    def _known(self) -> dict[str, tuple[str, str, Cell]]:
        """Return every campaign, ad set and ad by its id."""
        if self._nodes is None:
            nodes: dict[str, tuple[str, str, Cell]] = {}
            for account in self._world.market.scenario.accounts("meta_ads"):
                groupings = self._world.market.layout(account.account_id).groupings
                for level in LEVELS.values():
                    for cell in groupings[level].cells:
                        nodes[_id_of(level, cell)] = (level, account.account_id, cell)
            self._nodes = nodes
        return self._nodes

    def _node(self, node: str) -> tuple[str, AdAccount, Cell | None]:
        if node.startswith("act_"):
            return "account", self._place(node.removeprefix("act_")), None
        if node not in self._known():
            raise _missing(node)
        level, account_id, cell = self._known()[node]
        return level, self._place(account_id), cell

    def _list(
        self,
        request: Request,
        form: Mapping[str, str],
        fault: Fault | None,
        level: str,
        place: AdAccount,
        parent: tuple[str, str],
    ) -> Response:
        cells = self._world.market.layout(place.account.account_id).groupings[level].cells
        status = EFFECTIVE_STATUS[level]
        wanted = _statuses(form)
        listed = [
            cell
            for cell in cells
            if parent[0] == "account" or _id_of(parent[0], cell) == parent[1]
            if (status(place, cell) in wanted if wanted else status(place, cell) not in HIDDEN)
        ]
        fields = parse_fields(form.get("fields", "id"))
        cut = cut_of(form)
        page = [describe(level, fields, place, cell) for cell in listed[cut.start : cut.stop]]
        data = orjson.dumps(page)[1:-1]
        return paged(data, cut, len(listed), form, self._place_of(request), fault)

    def _insights(
        self,
        request: Request,
        form: Mapping[str, str],
        fault: Fault | None,
        level: str,
        place: AdAccount,
        node: str,
    ) -> Response:
        words = {"account": "account", "campaign": "campaign", "ad_group": "adset", "ad": "ad"}
        word = words[level]
        asked = ask(form, place.account, place.clock, word)
        if level != "account":
            asked = _narrowed(asked, word, node)
        if request.method == "POST":
            kind = fault.kind if fault is not None else ""
            account_id = place.account.account_id
            report = self._reports.start(account_id, asked, self._world.moment(), kind)
            return answer({"report_run_id": report.report_id})
        found = self._found(asked, place)
        if len(found) > self._sync_rows:
            message = "Please reduce the amount of data you're asking for, then retry your request"
            raise MetaError(100, message, subcode=1487534, title="Too much data was requested")
        return self._insights_page(request, form, fault, found, place)

    def _report(
        self,
        request: Request,
        form: Mapping[str, str],
        report: Report,
        edge: str,
        fault: Fault | None,
    ) -> Response:
        if not edge:
            return answer(report.poll())
        if edge != "insights":
            raise _missing(f"{report.report_id}/{edge}")
        if not report.done or report.outcome != "Job Completed":
            raise MetaError(100, "(#100) The report is not complete.", subcode=33)
        place = self._place(report.account_id)
        found = self._found(report.asked, place)
        return self._insights_page(request, form, fault, found, place)

    def _found(self, asked: Ask, place: AdAccount) -> InsightRows:
        key = (place.account.account_id, asked, place.clock)
        return self._rows.get(key, lambda: insight_rows(asked, place, self._world))

    def _insights_page(
        self,
        request: Request,
        form: Mapping[str, str],
        fault: Fault | None,
        found: InsightRows,
        place: AdAccount,
    ) -> Response:
        cut = cut_of(form)
        key = (place.account.account_id, found.asked, place.clock, cut)
        data = self._pages.get(key, lambda: found.render(cut.start, cut.stop))
        return paged(data, cut, len(found), form, self._place_of(request), fault)


def _parts(path: str) -> tuple[str, str, str]:
    version, _, rest = path.lstrip("/").partition("/")
    node, _, edge = rest.partition("/")
    return version, node, edge.rstrip("/")


def _missing(node: str) -> MetaError:
    message = (
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation."
    )
    return MetaError(100, message, subcode=33, kind="GraphMethodException")


def _id_of(level: str, cell: Cell) -> str:
    ids = {
        "campaign": cell.campaign.campaign_id,
        "ad_group": cell.ad_group.ad_group_id,
        "ad": cell.ad.ad_id,
    }
    return str(ids[level])


def _narrowed(asked: Ask, word: str, node: str) -> Ask:
    filters = (*asked.filters, (f"{word}.id", "EQUAL", (node,)))
    return Ask(
        asked.level,
        asked.fields,
        asked.start,
        asked.end,
        asked.increment,
        asked.breakdowns,
        asked.windows,
        filters,
    )


def _statuses(form: Mapping[str, str]) -> list[str]:
    try:
        named = orjson.loads(form.get("effective_status") or "[]")
    except orjson.JSONDecodeError as error:
        raise MetaError(100, "(#100) param effective_status must be an array.") from error
    return [str(status) for status in named]
