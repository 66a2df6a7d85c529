"""What Prefect shows of a run: its steps, its artifacts, its failures."""

import pytest

from connectors.sandbox.demo import DEMO_TODAY
from flows.google_ads import google_ads
from tasks.steps.opening import resolve_secret
from tests.market import demo_market

pytestmark = pytest.mark.usefixtures("engine")


def test_a_run_leaves_a_report_and_tables_under_keys_that_stay(tmp_path):
    from prefect.client.orchestration import get_client

    with demo_market(tmp_path), get_client(sync_client=True) as client:
        outcome = google_ads("clinic", DEMO_TODAY)
        kept = {artifact.key: artifact for artifact in client.read_latest_artifacts()}
    assert {"clinic-google-ads", "clinic-google-ads-findings", "clinic-google-ads-kpis"} <= {*kept}
    report = kept["clinic-google-ads"].data
    assert "RSA teeth whitening B" in report
    assert "data:image/svg+xml;base64," in report
    assert outcome.verdicts["critical"] == 2


def test_a_failed_account_is_named_and_fails_its_step_and_the_run(tmp_path):
    with demo_market(tmp_path) as sandbox:
        sandbox.faults.add("permission_denied", platform="google", count=None)
        state = google_ads("clinic", DEMO_TODAY, return_state=True)
    assert state.is_failed()
    assert "account google: POST 127.0.0.1" in state.message


def test_a_secret_can_come_from_a_prefect_block():
    from prefect.blocks.system import Secret

    Secret(value="from the block").save("a-secret", overwrite=True)
    assert resolve_secret("block:a-secret") == "from the block"
    with pytest.raises(LookupError, match="no Prefect Secret block 'another'"):
        resolve_secret("block:another")
