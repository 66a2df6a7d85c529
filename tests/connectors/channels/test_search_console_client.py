"""Google's own client library gets from the sandbox what our connector says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httplib2
import pandas as pd
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from connectors.base import Window
from connectors.channels import search_console

from ..sandbox.web.searched import DOMAIN, NOW, TODAY, SearchedSite, SearchSandbox

LAST = TODAY - timedelta(days=3)
WINDOW = Window(LAST - timedelta(days=2), LAST)
PAGE = "http://www.example.com/blog/page-1"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SearchSandbox]:
    with SearchSandbox({DOMAIN: SearchedSite()}) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox) -> Iterator[Any]:
    """The client as its guide builds it, pointed at the sandbox; discovery is its own file."""
    credentials = Credentials(sandbox.world.tokens.issue())
    http = AuthorizedHttp(credentials, http=httplib2.Http(timeout=10))
    with build(
        "searchconsole",
        "v1",
        http=http,
        static_discovery=True,
        client_options={"api_endpoint": f"{sandbox.search_url}/"},
    ) as service:
        yield service


@pytest.fixture(scope="module")
def channel(sandbox) -> search_console.Connector:
    options = search_console.Options(
        account_id=DOMAIN,
        client_id="client",
        client_secret="secret",
        refresh_token="token",
        metrics={"position": "position"},
        brand_terms=["acme"],
        base_url=sandbox.search_url,
        token_url=sandbox.token_url,
    )
    return search_console.Connector(options, clock=lambda: NOW)


def asked(client: Any, **body: Any) -> dict[str, Any]:
    days = {"startDate": f"{WINDOW.start}", "endDate": f"{WINDOW.end}"}
    return client.searchanalytics().query(siteUrl=DOMAIN, body={**days, **body}).execute()


@pytest.mark.parametrize(
    ("level", "dimensions"),
    [
        ("account", ["date"]),
        ("page", ["date", "page"]),
        ("query", ["date", "query"]),
        ("query_page", ["date", "query", "page"]),
    ],
)
def test_both_read_the_same_figures(client, channel, level, dimensions):
    rows = asked(client, dimensions=dimensions, rowLimit=25_000)["rows"]
    theirs = pd.DataFrame(
        {
            "entity_id": [" ".join(row["keys"][1:]) or DOMAIN for row in rows],
            "date_day": [row["keys"][0] for row in rows],
            **{name: [row[name] for row in rows] for name in ("clicks", "impressions", "position")},
        }
    )
    ours = pd.concat(channel.performance(level, WINDOW))
    keys = ["entity_id", "date_day"]
    pd.testing.assert_frame_equal(
        ours.sort_values(keys, ignore_index=True), theirs.sort_values(keys, ignore_index=True)
    )


def test_both_read_the_same_brand(client, channel):
    brand = {"dimension": "QUERY", "operator": "CONTAINS", "expression": "acme"}
    rows = asked(client, dimensionFilterGroups=[{"filters": [brand]}])["rows"]
    ours = pd.concat(channel.performance("segment", WINDOW))
    assert ours.clicks[ours.entity_id == "queries:brand"].sum() == rows[0]["clicks"]


def test_both_see_which_day_is_not_final(client, channel):
    body = {"dimensions": ["date"], "dataState": "all", "endDate": f"{TODAY}"}
    first = asked(client, **body)["metadata"]["firstIncompleteDate"]
    (known,) = channel.covered("page", Window(WINDOW.start, TODAY))
    assert first == f"{known.end + timedelta(days=1)}"


def test_both_inspect_alike(client, channel):
    body = {"inspectionUrl": PAGE, "siteUrl": DOMAIN}
    theirs = client.urlInspection().index().inspect(body=body).execute()["inspectionResult"]
    (ours,) = channel.inspect([PAGE])
    index = theirs["indexStatusResult"]
    assert index["verdict"].lower() == ours.verdict == "pass"
    assert (index["coverageState"], index["googleCanonical"]) == (ours.coverage, PAGE)
    assert theirs["inspectionResultLink"] == ours.link


def test_both_see_sitemaps_and_sites(client, channel):
    (theirs,) = client.sitemaps().list(siteUrl=DOMAIN).execute()["sitemap"]
    (ours,) = channel.sitemaps()
    assert (theirs["path"], int(theirs["errors"])) == (ours.url, ours.errors)
    assert int(theirs["contents"][0]["submitted"]) == ours.submitted
    entry = {"siteUrl": DOMAIN, "permissionLevel": "siteOwner"}
    assert client.sites().list().execute() == {"siteEntry": [entry]}
    assert client.sites().get(siteUrl=DOMAIN).execute() == entry


def test_the_client_understands_a_refusal(client):
    with pytest.raises(HttpError) as caught:
        client.sites().get(siteUrl="sc-domain:example.org").execute()
    assert caught.value.status_code == 403
    assert caught.value.error_details[0]["reason"] == "forbidden"
