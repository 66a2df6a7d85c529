"""Every deployment names a flow that loads, and parameters that the flow accepts."""

from datetime import date

import pytest
from prefect.flows import load_flow_from_entrypoint

from config.library import load
from config.settings import HERE
from deployments.schedule import deployments

DEMO = deployments(load(HERE, HERE / "demo"), date(2026, 11, 2))


def test_there_is_one_for_each_brand_and_process():
    pairs = {(deployment.name, deployment.flow_name) for deployment in DEMO}
    flows = ("google-ads", "facebook-ads")
    assert pairs == {(brand, flow) for brand in ("shop", "clinic") for flow in flows}


@pytest.mark.parametrize("deployment", DEMO, ids=lambda d: f"{d.name}-{d.flow_name}")
def test_its_entrypoint_loads_and_takes_its_parameters(deployment):
    flow = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
    flow.validate_parameters(deployment.parameters)
    assert flow.description, "the UI shows the flow's docstring"


@pytest.mark.parametrize("deployment", DEMO, ids=lambda d: f"{d.name}-{d.flow_name}")
def test_it_is_scheduled_in_the_brands_time_zone(deployment):
    (schedule,) = deployment.schedules
    assert schedule.schedule.timezone == "Europe/Berlin"
    assert schedule.schedule.cron


def test_a_run_form_has_a_text_for_every_parameter():
    properties = DEMO[0]._parameter_openapi_schema.properties  # noqa: SLF001  no public way
    assert all(field.get("description") for field in properties.values())
