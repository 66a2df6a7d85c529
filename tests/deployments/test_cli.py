"""What people type, what it answers, and with which status it ends."""

import json

import pytest
from click.testing import CliRunner, Result

from config.library import load
from config.settings import HERE, settings
from connectors.sandbox.demo import DEMO_TODAY
from connectors.warehouse import Warehouse
from deployments.cli import main
from tests.market import demo_market

INIT = ["init", "--brand", "acme", "--name", "Acme", "--currency", "EUR", "--time-zone", "UTC"]
ACCOUNT = ["--platform", "google_ads", "--account-id", "444-555-6666"]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture
def brands(tmp_path, monkeypatch):
    folder = tmp_path / "brands"
    folder.mkdir()
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(folder))
    settings.cache_clear()
    return folder


@pytest.fixture
def market(tmp_path):
    with demo_market(tmp_path):
        yield


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)])
def test_every_command_explains_itself_with_an_example(command):
    answer = call(*command, "--help")
    assert answer.exit_code == 0
    assert not command or f"marketloop {command[0]}" in answer.output.partition("Examples:")[2]


def test_a_new_brand_file_is_valid_but_for_its_secrets(brands):
    assert call(*INIT, *ACCOUNT).exit_code == 0
    assert (brands / "acme.yaml").read_text().startswith("# yaml-language-server: $schema=")
    assert call("validate", "--no-secrets").exit_code == 0
    with_secrets = call("validate")
    assert with_secrets.exit_code == 2
    assert "REFRESH_TOKEN" in with_secrets.output


def test_a_new_brand_with_a_site_has_it_looked_at(brands):
    assert call(*INIT, *ACCOUNT, "--site", "https://www.Acme.example").exit_code == 0
    library = load(HERE, brands)
    (entry,) = library.entries("acme", "seo")
    assert (entry.platform, entry.account_id) == ("website", "https://www.acme.example/")
    assert call("validate", "--no-secrets").exit_code == 0


def test_a_site_that_is_no_address_is_wrong_use_and_writes_nothing(brands):
    answer = call(*INIT, *ACCOUNT, "--site", "our website")
    assert answer.exit_code == 2
    assert "'our website' is no address such as https://www.example.com/" in answer.output
    assert list(brands.iterdir()) == []


def test_a_brand_file_is_never_overwritten(brands):
    assert call(*INIT, *ACCOUNT).exit_code == 0
    again = call(*INIT, *ACCOUNT)
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_validate_names_file_line_key_and_choices(brands):
    call(*INIT, *ACCOUNT)
    path = brands / "acme.yaml"
    path.write_text(path.read_text().replace("mode: observe", "mode: obseve"))
    answer = call("validate", "--no-secrets", "--json")
    (problem,) = (entry for entry in json.loads(answer.stdout) if entry["severity"] == "error")
    assert answer.exit_code == 2
    assert (problem["key"], problem["file"].endswith("acme.yaml")) == ("mode", True)
    assert path.read_text().splitlines()[problem["line"] - 1].startswith("mode: obseve")
    assert "observe" in problem["remedy"]


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "google_adz", "--brand", "shop"], "google_ads"),
        (["run", "google_ads", "--brand", "shoe"], "shop"),
        (["run", "google_ads", "--brand", "shop", "--account", "meta"], "google"),
    ],
)
def test_a_wrong_name_ends_with_2_and_says_what_would_be_right(words, said):
    answer = call(*words)
    assert answer.exit_code == 2
    assert said in answer.output


@pytest.mark.usefixtures("engine", "market")
def test_run_shows_findings_and_its_status_follows_fail_on():
    words = ["run", "google_ads", "--brand", "clinic", "--as-of", str(DEMO_TODAY)]
    table = call(*words)
    assert table.exit_code == 1
    assert "RSA teeth whitening B" in table.output
    facts = call(*words, "--fail-on", "never", "--json")
    assert facts.exit_code == 0
    checks = {finding["check"] for finding in json.loads(facts.stdout)["findings"]}
    assert {"ad_disapproved", "budget_exhausted"} <= checks


@pytest.mark.usefixtures("engine", "market")
def test_a_day_to_come_is_wrong_use():
    answer = call("run", "google_ads", "--brand", "shop", "--as-of", "2999-01-01")
    assert answer.exit_code == 2
    assert "still to come" in answer.output


@pytest.mark.usefixtures("engine", "market")
def test_a_failing_platform_ends_with_3_and_its_name(monkeypatch):
    monkeypatch.setenv("MARKETLOOP_SANDBOX_URL", "http://127.0.0.1:9")
    answer = call("run", "google_ads", "--brand", "clinic", "--as-of", str(DEMO_TODAY))
    assert answer.exit_code == 3
    assert "account google" in answer.output
    assert "127.0.0.1" in answer.output


def test_an_older_warehouse_ends_with_3_and_the_remedy(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'w.db'}"
    with Warehouse.create(url) as warehouse, warehouse.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with demo_market(tmp_path / "market"):
        monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", url)
        settings.cache_clear()
        answer = call("run", "google_ads", "--brand", "clinic", "--as-of", str(DEMO_TODAY))
    assert answer.exit_code == 3
    assert "newer than this code" in answer.output
