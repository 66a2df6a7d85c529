"""No secret in YAML, no secret in a message, and a missing one is named."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.library import examine
from config.secret_scan import looks_secret, secret_key
from config.secrets import MissingSecretError, environment, interpolate, resolve

BRAND = "brands/acme.yaml"
PLANTED = "hunter2-Zq8"

PLACES = {
    "under secrets": ("{refresh_token: env:ACME_TOKEN}", "{refresh_token: SECRET}",
                      "accounts[0].secrets.refresh_token"),
    "instead of secrets": ("{refresh_token: env:ACME_TOKEN}", "SECRET", "accounts[0].secrets"),
    "under notify": ("[env:ACME_NOTIFY]", "['mailto://bot:SECRET@mail.example']",
                     "owners.jane.notify[0]"),
    "as a token option": ('login_customer_id: "111"', "access_token: SECRET",
                          "accounts[0].options.access_token"),
    "as a reference under options": ('login_customer_id: "111"', "api_key: env:SECRET",
                                     "accounts[0].options.api_key"),
    "deep in options": ('login_customer_id: "111"', "http: [{headers: {password: SECRET}}]",
                        "accounts[0].options.http[0].headers.password"),
    "in a URL": ('base_url: "${ACME_URL}"', "base_url: https://bot:SECRET@api.example/x",
                 "accounts[0].options.base_url"),
    "as an unknown key": ("currency: EUR", "currency: EUR\nclient_secret: SECRET", "client_secret"),
    "as the database of targets": ("- csv: targets.csv", "- {sql: SELECT 1, url: 'pg://u:SECRET@h'}",
                                   "entity_targets[0].url"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key"), PLACES.values(), ids=PLACES)
def test_a_secret_in_yaml_is_refused_and_never_repeated(desk, old, new, key):
    desk.replace(BRAND, old, new.replace("SECRET", PLANTED))
    problems = desk.problems()
    here = [problem for problem in problems if problem.key == key]
    assert here, [str(problem) for problem in problems]
    assert {problem.line for problem in here} == {desk.line(BRAND, PLANTED)}
    assert any("env:" in it.remedy or it.message == "unknown key" for it in here)
    assert PLANTED not in "".join(str(problem) for problem in problems)


def test_a_secret_used_as_a_key_is_not_named_either(desk):
    secret = "EAAJ" + "kZ3x9Qw7" * 6
    desk.replace(BRAND, 'login_customer_id: "111"', f"{secret}: x")
    problems = desk.problems()
    assert [problem.line for problem in problems] == [desk.line(BRAND, secret)]
    assert secret not in str(problems)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.sampled_from([it for name, it in PLACES.items() if "unknown" not in name]),
    secret=st.text(string.ascii_letters + string.digits + "-_.~", min_size=12, max_size=60),
)
def test_no_secret_is_ever_repeated(desk, place, secret):
    old, new, _ = place
    original = desk.text(BRAND)
    written = new.replace("SECRET", secret) if "'" in new or "://" in new else new.replace(
        "SECRET", json.dumps(secret)
    )  # fmt: skip
    try:
        desk.replace(BRAND, old, written)
        problems = desk.problems()
    finally:
        desk.write(BRAND, original)
    if not secret.startswith("env:"):
        assert problems
    assert secret not in "".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("file", "old"),
    [("processes/google_ads.yaml", "objective: Be found"), ("kpis.yaml", "title: CPA")],
)
def test_a_secret_in_any_other_file_is_refused_too(desk, file, old):
    secret = "ghp_" + "a1B2c3D4" * 4
    desk.replace(file, old, f"{old.split(':')[0]}: {secret}")
    problem = desk.only()
    assert (problem.file, problem.line) == (file, desk.line(file, secret))
    assert "holds a secret" in problem.message
    assert secret not in str(problem)


@pytest.mark.parametrize(
    "value",
    [
        "https://user:pw@host/path",
        "postgresql+psycopg://reader:pw@host/db",
        "EAAJkZ3x9Qw7kZ3x9Qw7kZ3x9Qw7kZ",
        "1//0gLu8ZkW3x9Qw7kZ3x9Qw7kZ3",
        "GOCSPX-Zk3x9Qw7kZ3x",
        "-----BEGIN PRIVATE KEY-----",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "kJ8sZ0qLw2Xv5Tn7Rb3Ym9Pc4Dh6Fg1A",
    ],
)
def test_knows_a_credential_by_its_looks(value):
    assert looks_secret(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://graph.facebook.com/v26.0",
        "${MARKETLOOP_SANDBOX_URL}/token",
        "../shared/data/display_ads_2020/online_advertising_performance_data.csv",
        "exports/2026/Campaign-Performance-Report-2026-11-01.csv",
        "metrics.search_budget_lost_impression_share",
        "offsite_conversion.fb_pixel_purchase",
        "SELECT day, campaign_id FROM marts.ads_daily WHERE day BETWEEN :start AND :end",
        "act_1234500001",
        "120200000000001020",
        "Grow the online shop's orders from advertising by a fifth",
        "123456789012-abc.apps.googleusercontent.com",
        "service-account@project-name-123456.iam.gserviceaccount.com",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_leaves_ordinary_values_alone(value):
    assert not looks_secret(value)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("refresh_token", True), ("token", True), ("api_key", True), ("apikey", True),
        ("CLIENT_SECRET", True), ("db_password", True), ("private_key", True),
        ("token_url", False), ("client_id", False), ("key", False), ("conversion_action", False),
        ("keyword", False), ("tokenizer", False), ("login_customer_id", False),
    ],
)  # fmt: skip
def test_knows_a_secret_by_its_key(key, secret):
    assert secret_key(key) is secret


@pytest.mark.parametrize(
    ("variable", "keys"),
    [
        ("ACME_TOKEN", ["accounts[0].secrets.refresh_token"]),
        ("ACME_NOTIFY", ["owners.jane.notify[0]"]),
        ("ACME_URL", ["accounts[0].options.base_url"]),
    ],
)
def test_a_missing_variable_is_named_with_its_place(desk, variable, keys):
    assert desk.variables is not None
    del desk.variables[variable]
    problem = desk.only()
    assert [problem.key] == keys
    assert problem.message == f"the variable {variable} is not set"
    assert f"{variable}=... to .env" in problem.remedy
    desk.variables = None
    assert desk.problems() == [], "secrets are looked up only if asked for"


def test_blocks_are_not_looked_up_when_files_are_checked(desk):
    desk.replace(BRAND, "env:ACME_TOKEN", "block:acme-token")
    assert desk.problems() == []


def test_a_reference_is_resolved_from_the_environment_before_dotenv(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("ACME_A=file\nACME_B='quoted # $HOME'\nACME_C=\n")
    monkeypatch.setenv("ACME_A", "environment")
    assert resolve("env:ACME_A") == "environment"
    assert resolve("env:ACME_B") == "quoted # $HOME"
    assert "ACME_C" not in environment()


def test_a_block_is_read_by_who_can():
    assert resolve("block:acme-token", block=lambda name: f"<{name}>") == "<acme-token>"
    with pytest.raises(MissingSecretError, match="use env:NAME"):
        resolve("block:acme-token")


def test_an_unset_variable_says_its_name_and_what_to_do():
    with pytest.raises(
        MissingSecretError, match=r"ACME_X is not set; export it or add ACME_X=\.\.\."
    ):
        resolve("env:ACME_X", variables={})


def test_what_is_no_reference_is_not_repeated():
    with pytest.raises(MissingSecretError) as caught:
        resolve(PLANTED, variables={})
    assert PLANTED not in str(caught.value)


def test_placeholders_are_filled_in_options_at_any_depth():
    options = {"url": "${A}/x/${B}", "list": [{"deep": "${A}"}], "number": 3, "dollar": "$A {B}"}
    assert interpolate(options, {"A": "http://a", "B": "${A}"}) == {
        "url": "http://a/x/${A}",
        "list": [{"deep": "http://a"}],
        "number": 3,
        "dollar": "$A {B}",
    }


def test_a_placeholder_without_its_variable_is_an_error():
    with pytest.raises(MissingSecretError, match="the variable ACME_URL is not set"):
        interpolate({"base_url": "${ACME_URL}"}, {"ACME_URL": ""})


def test_a_placeholder_is_no_way_around_secrets(desk):
    desk.replace(BRAND, "{refresh_token: env:ACME_TOKEN}", "{refresh_token: '${ACME_TOKEN}'}")
    assert "must say where the secret is" in desk.only().message


def test_the_shipped_files_hold_no_secret_by_this_judgement():
    from config.settings import HERE

    _, problems = examine(HERE, HERE / "brands", HERE / "demo", HERE / "examples")
    assert [str(problem) for problem in problems] == []
