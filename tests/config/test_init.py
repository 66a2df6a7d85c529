import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.init import AccountAnswer, BrandAnswers, brand_file, quote, variables
from config.library import examine
from config.problems import ConfigurationError
from config.schema import schemas
from config.settings import HERE
from config.yaml_source import Source, parse

ALL = (
    AccountAnswer("google_ads", "444-555-6666"),
    AccountAnswer("google_ads", "444-555-7777", manager_id="111-222-3333"),
    AccountAnswer("meta_ads", "act_123"),
    AccountAnswer("google_ads", "exported", way="file", path="exports/*.csv"),
    AccountAnswer("meta_ads", "in the warehouse", way="sql"),
)


def answers(*accounts, name="Acme & Söhne: #1", brand="acme", site=""):
    return BrandAnswers(brand, name, "EUR", "Europe/Berlin", accounts, site=site)


def problems_of(text, tmp_path, given):
    (tmp_path / "brands").mkdir(exist_ok=True)
    (tmp_path / "brands" / f"{given.brand}.yaml").write_text(text, encoding="utf-8")
    found = dict.fromkeys(variables(given), "x") | {f"{given.brand.upper()}_NOTIFY": "x"}
    return examine(HERE, tmp_path / "brands", variables=found)


@pytest.mark.parametrize(
    "accounts", [*((account,) for account in ALL), ALL], ids=lambda it: f"{len(it)}-{it[0].way}"
)
def test_the_file_is_valid_as_it_stands(tmp_path, accounts):
    given = answers(*accounts)
    library, problems = problems_of(brand_file(given), tmp_path, given)
    assert [str(problem) for problem in problems] == []
    brand = library.brand("acme")
    assert brand.name == "Acme & Söhne: #1"
    assert [entry.account_id for entry in brand.accounts] == [it.account_id for it in accounts]
    assert brand.mode == "observe"
    assert len(brand.schedules) == len({account.platform for account in accounts})


@pytest.mark.parametrize("platform", ["google_ads", "meta_ads"])
def test_its_commented_examples_are_valid_too(tmp_path, platform):
    given = answers(AccountAnswer(platform, "1"))
    lines = brand_file(given).splitlines()
    start = next(n for n, line in enumerate(lines) if line == "# targets:")
    sections = ("targets", "budgets", "goals", "checks", "modes", "guardrails", "envelope",
                "playbooks")  # fmt: skip
    examples = (*(f"{section}:" for section in sections), "  ")
    taken = [
        line.removeprefix("# ") if line.removeprefix("# ").startswith(examples) else line
        for line in lines[start:]
    ]
    library, problems = problems_of("\n".join(lines[:start] + taken), tmp_path, given)
    assert [str(problem) for problem in problems] == []
    brand = library.brand("acme")
    assert brand.targets
    assert brand.budgets
    assert brand.goals
    assert library.checks_for("acme", "google_ads").off
    process = "google_ads" if platform == "google_ads" else "facebook_ads"
    assert library.playbooks_off("acme", process)
    assert (
        library.mode("acme", process, library.playbooks_for("acme", process)[0].name) == "observe"
    )
    assert brand.guardrails.limits("daily_budget").maximum == 200
    assert brand.envelope


SITE = "https://www.acme.example/"


def test_a_site_is_looked_at_and_what_it_lacks_is_a_note(tmp_path):
    given = answers(ALL[0], site=SITE)
    library, problems = problems_of(brand_file(given), tmp_path, given)
    assert [entry.name for entry in library.entries("acme", "seo")] == ["website"]
    assert library.entry("acme", "website").account_id == SITE
    assert library.schedule("acme", "seo").cron == "0 7 * * *"
    assert {problem.severity for problem in problems} == {"note"}
    lacking = " ".join(problem.message for problem in problems)
    assert "an account of search_console" in lacking
    assert "an account of google_analytics" in lacking
    assert "an account of website" not in lacking


def test_without_a_site_there_is_nothing_about_one():
    assert "site" not in brand_file(answers(*ALL)).lower()


def test_the_commented_accounts_of_a_site_are_valid_and_serve_all_its_checks(tmp_path):
    given = answers(ALL[0], site=SITE)
    text = brand_file(given)
    start = text.index("  # - name: search_console")
    accounts, rest = text[start : text.index("# What KPIs")], text[text.index("# What KPIs") :]
    rules = rest[rest.index("# site:") : rest.index("# What is different from the shared checks")]
    text = (
        text[:start]
        + "\n".join(line.replace("  # ", "  ", 1) for line in accounts.split("\n"))
        + rest.replace(rules, rules.replace("# site", "site").replace("#   ", "  "))
    )
    variables = {"ACME_GOOGLE_SERVICE_ACCOUNT": "x"}
    (tmp_path / "brands").mkdir()
    (tmp_path / "brands" / "acme.yaml").write_text(text, encoding="utf-8")
    library, problems = examine(HERE, tmp_path / "brands", variables=variables)
    unset = [it for it in problems if it.severity == "error"]
    assert {it.message.split()[2] for it in unset} == {
        "ACME_GOOGLE_CLIENT_ID", "ACME_GOOGLE_CLIENT_SECRET", "ACME_GOOGLE_REFRESH_TOKEN",
    }  # fmt: skip
    assert [entry.platform for entry in library.entries("acme", "seo")] == [
        "website", "search_console", "google_analytics",
    ]  # fmt: skip
    assert library.brand("acme").site.important == ("/", "/products/*")
    notes = [it.message for it in problems if it.severity == "note"]
    assert notes == ["web_vitals_fail needs an account of pagespeed or crux"]


def test_it_names_the_schema_that_it_fits():
    text = brand_file(answers(*ALL), schema="schema/brand.json")
    assert text.startswith("# yaml-language-server: $schema=schema/brand.json\n")
    source = parse(text, "acme.yaml")
    assert isinstance(source, Source)
    jsonschema.validate(source.value, json.loads(schemas()["brand.json"]))


def test_it_asks_for_secrets_by_variables_of_the_brand():
    assert variables(answers(*ALL[:3])) == [
        "ACME_GOOGLE_CLIENT_ID", "ACME_GOOGLE_CLIENT_SECRET", "ACME_GOOGLE_REFRESH_TOKEN",
        "ACME_GOOGLE_2_CLIENT_ID", "ACME_GOOGLE_2_CLIENT_SECRET", "ACME_GOOGLE_2_REFRESH_TOKEN",
        "ACME_META_ACCESS_TOKEN",
    ]  # fmt: skip


@pytest.mark.parametrize("brand", ["", "Acme", "a b", "a\nmode: act", "../a"])
def test_refuses_a_short_name_that_no_file_can_have(brand):
    with pytest.raises(ConfigurationError, match="short name"):
        brand_file(answers(ALL[0], brand=brand))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_whatever_people_type_stays_a_value(text):
    source = parse(f"name: {quote(text)}\nmode: observe", "f.yaml")
    assert isinstance(source, Source), str(source)
    assert source.value == {"name": text, "mode": "observe"}


def test_every_connector_takes_the_options_that_it_writes(tmp_path):
    from connectors.registry import open_channel  # slow to import

    given = answers(*ALL)
    library, _ = problems_of(brand_file(given), tmp_path, given)
    for entry in library.brand("acme").accounts:
        channel = open_channel(entry, resolve=lambda _: "sqlite://", throttle=None, metrics={})
        assert channel.restatement_days > 0
