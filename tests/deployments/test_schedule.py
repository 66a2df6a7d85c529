"""Every deployment names a flow that loads, and parameters that the flow accepts."""

from datetime import date

import pytest
from prefect.flows import load_flow_from_entrypoint

from config.library import load
from config.networks import NETWORKS
from config.settings import HERE
from deployments.schedule import FORMS as FORM_FLOWS
from deployments.schedule import PUBLISH_EVERY, deployments, forms, publishing
from tasks.steps.links import DECIDE, WORK

PROCESSES = deployments(load(HERE, HERE / "demo"), date(2026, 11, 2))
FORMS = forms()


def test_there_is_one_for_each_brand_and_process_and_one_for_each_form():
    pairs = {(deployment.name, deployment.flow_name) for deployment in PROCESSES}
    flows = ("google-ads", "facebook-ads", "seo")
    posts = {("shop", f"{network}-post") for network in NETWORKS}
    mail = {("shop", "email-marketing"), ("shop", "marketing-automation")}
    of_both = {(brand, flow) for brand in ("shop", "clinic") for flow in flows}
    assert pairs == of_both | posts | mail
    assert [form.flow_name.replace("-", "_") for form in FORMS] == [*FORM_FLOWS]


def test_posts_are_published_for_the_brands_that_are_on_a_network_without_a_gap():
    (shop,) = publishing(load(HERE, HERE / "demo"))
    assert (shop.name, shop.flow_name) == ("shop", "publish-posts")
    assert shop.parameters == {"brand": "shop", "minutes": PUBLISH_EVERY}
    (schedule,) = shop.schedules
    assert schedule.schedule.cron == f"*/{PUBLISH_EVERY} * * * *"
    flow = load_flow_from_entrypoint(shop.entrypoint, use_placeholder_flow=False)
    flow.validate_parameters(shop.parameters)


def test_messages_link_to_the_forms_that_there_are():
    assert {DECIDE, WORK} <= {f"{form.flow_name}/{form.name}" for form in FORMS}


@pytest.mark.parametrize(
    "deployment", [*PROCESSES, *FORMS], ids=lambda d: f"{d.name}-{d.flow_name}"
)
def test_its_entrypoint_loads_and_takes_its_parameters(deployment):
    flow = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
    if deployment not in FORMS:  # a form is filled in by a person
        flow.validate_parameters(deployment.parameters)
    assert flow.description, "the UI shows the flow's docstring"


@pytest.mark.parametrize("deployment", PROCESSES, ids=lambda d: f"{d.name}-{d.flow_name}")
def test_it_is_scheduled_in_the_brands_time_zone(deployment):
    (schedule,) = deployment.schedules
    assert schedule.schedule.timezone == "Europe/Berlin"
    assert schedule.schedule.cron


@pytest.mark.parametrize("deployment", [PROCESSES[0], *FORMS], ids=lambda d: d.flow_name)
def test_a_run_form_has_a_text_for_every_parameter(deployment):
    properties = deployment._parameter_openapi_schema.properties  # noqa: SLF001  no public way
    assert all(field.get("description") for field in properties.values())
