"""What went wrong in the demo's market is found, and nothing else is reported as critical."""

from collections.abc import Iterator

import pytest

from connectors.records import Result
from connectors.sandbox.demo import DEMO_TODAY
from flows.facebook_ads import facebook_ads
from flows.google_ads import google_ads
from tests.market import demo_market, warehouse
from tests.plain import plain_steps

RUNS = [(flow, brand) for brand in ("shop", "clinic") for flow in (google_ads, facebook_ads)]


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Iterator[dict[tuple[str, str], list[Result]]]:
    with demo_market(tmp_path_factory.mktemp("demo")), plain_steps():
        for flow, brand in RUNS:
            flow.fn(brand, DEMO_TODAY)
        with warehouse() as store:
            yield {
                (brand, flow.fn.__name__): store.results(brand, flow.fn.__name__, DEMO_TODAY)
                for flow, brand in RUNS
            }


def critical(results: list[Result]) -> set[tuple[str, str]]:
    return {(result.check, result.name) for result in results if result.verdict == "critical"}


def test_every_incident_is_found_and_nothing_else_is_critical(results):
    assert {run: critical(found) for run, found in results.items()} == {
        ("shop", "google_ads"): {
            ("tracking_broken", "Running shoes | Search"),
            ("landing_page_down", "RSA rain jacket A"),
        },
        ("shop", "facebook_ads"): {("spend_runaway", "Retargeting | Basket")},
        ("clinic", "google_ads"): {
            ("ad_disapproved", "RSA teeth whitening B"),
            ("budget_exhausted", "Emergency dentist | Search"),
        },
        ("clinic", "facebook_ads"): {("creative_fatigue", "Implant consultation | Leads")},
    }


def test_warnings_are_about_the_campaigns_with_incidents(results):
    warned = {
        (run, result.name)
        for run, found in results.items()
        for result in found
        if result.verdict == "warning"
    }
    assert warned <= {
        (("shop", "google_ads"), "Running shoes | Search"),
        (("shop", "facebook_ads"), "Retargeting | Basket"),
        (("clinic", "google_ads"), "Emergency dentist | Search"),
        (("clinic", "facebook_ads"), "Implant consultation | Leads"),
    }


def test_a_record_has_the_numbers_that_made_it_fire(results):
    found = results["shop", "facebook_ads"]
    runaway = next(result for result in found if result.check == "spend_runaway")
    assert runaway.value == runaway.numbers["spend"] > 2 * runaway.numbers["usual(spend)"]
