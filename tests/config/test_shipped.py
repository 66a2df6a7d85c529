"""The files that come with the program: right, in the shape editors know, and quick to read."""

import json
import subprocess
import sys
from datetime import date
from importlib import import_module
from typing import get_args

import jsonschema
import pytest

from config.briefs import content_of
from config.changeable import CHANGEABLE
from config.fact_words import FACTS
from config.formula import TRUE, parse_condition
from config.library import examine
from config.models import FactName
from config.networks import NETWORKS
from config.platforms import LEVELS
from config.schema import FOLDER, schemas
from config.secrets import environment
from config.settings import HERE, settings
from config.words import Importance
from config.yaml_source import Source, read
from tasks.mailing.facts import MAIL_FACTS
from tasks.mailing.list_facts import LIST_FACTS

FOLDERS = (HERE / "brands", HERE / "demo", HERE / "examples")
BEFORE = ("usual", "last_week")
HEAVY = ("pandas", "numpy", "sqlalchemy", "prefect", "requests", "pyarrow", "apprise", "babel",
         "pydantic_settings", "google", "connectors")  # fmt: skip


@pytest.fixture(scope="module")
def shipped():
    return examine(HERE, *FOLDERS, today=date(2026, 11, 2))


def targets(library, brand, platform):
    return {it.kpi for it in library.brand(brand).targets if it.platform in ("", platform)}


def test_have_no_problem(shipped):
    assert [str(problem) for problem in shipped[1]] == []


def test_the_demo_needs_these_variables_and_no_others():
    _, problems = examine(HERE, HERE / "demo", variables={})
    missing = {problem.message.split()[2] for problem in problems}
    assert missing == {
        "MARKETLOOP_DEMO_SECRET", "MARKETLOOP_DEMO_INBOX", "MARKETLOOP_SANDBOX_URL",
        "MARKETLOOP_SHOP_SITE_URL", "MARKETLOOP_SHOP_COMPETITOR_URL",
        "MARKETLOOP_CLINIC_SITE_URL", "MARKETLOOP_CLINIC_COMPETITOR_URL",
        "MARKETLOOP_DEMO_LISTS", "MARKETLOOP_DEMO_SMTP_PORT", "MARKETLOOP_DEMO_MAIL_KEY",
    }  # fmt: skip


@pytest.mark.parametrize("brand", ["shop", "clinic"])
@pytest.mark.parametrize("process", ["google_ads", "facebook_ads"])
def test_every_demo_process_has_accounts_targets_budget_and_a_schedule(shipped, brand, process):
    library, _ = shipped
    assert len(library.entries(brand, process)) == 1
    platform = library.process(process).platform
    assert "cpa" in targets(library, brand, platform)
    assert platform in {budget.platform for budget in library.brand(brand).budgets}
    assert library.schedule(brand, process)


@pytest.mark.parametrize("brand", ["shop", "clinic"])
def test_the_demos_sites_are_looked_at_from_every_side_by_their_own_rules(shipped, brand):
    library, _ = shipped
    there = [entry.platform for entry in library.entries(brand, "seo")]
    assert there == list(library.process("seo").platforms)
    assert library.schedule(brand, "seo")
    plan = import_module(f"connectors.sandbox.web.{brand}")
    site, simulated = library.brand(brand).site, getattr(plan, brand)()
    assert (set(site.important), set(site.unimportant), site.tags) == (
        set(simulated.important), set(simulated.unimportant), (simulated.tag,)
    )  # fmt: skip
    assert library.entry(brand, "analytics").account_id == simulated.property_id


def test_every_target_that_a_check_asks_for_is_set_in_the_demo_or_the_check_is_off(shipped):
    library, _ = shipped
    for brand in ("shop", "clinic"):
        for process in library.processes:
            there = targets(library, brand, library.process(process).platform)
            for check in library.checks_for(brand, process).checks:
                wanted = {
                    kpi for kpi in library.kpis for c in check.cases if f"target({kpi})" in c.when
                }
                assert wanted <= there, (brand, process, check.name)


def test_every_playbook_says_its_risk_waits_for_a_person_and_may_act_nowhere_yet(shipped):
    library, _ = shipped
    for process in library.processes.values():
        for playbook in process.playbooks:
            assert playbook.mode == "propose", playbook.name
            assert playbook.risk.endswith("."), playbook.name
    modes = {
        brand: {
            library.mode(brand, process, playbook.name)
            for process in library.processes
            for playbook in library.playbooks_for(brand, process)
        }
        for brand in ("shop", "clinic")
    }
    assert modes == {"shop": {"propose"}, "clinic": {"observe"}}


def test_both_processes_have_what_a_buyer_does(shipped):
    library, _ = shipped
    both = {"pause", "enable", "budget", "split_budget", "losing_ads", "draft_ads", "adjust",
            "label", "note"}  # fmt: skip
    kinds = {
        name: {playbook.does for playbook in process.playbooks}
        for name, process in library.processes.items()
    }
    assert kinds["google_ads"] == both | {
        "bid", "negative_keywords", "new_keywords", "keyword_research",
    }  # fmt: skip
    assert kinds["facebook_ads"] == both | {"audience_research"}


def test_the_demos_brief_becomes_an_ad(shipped):
    library, _ = shipped
    (brief,) = library.approved_briefs("shop", "google_ads").values()
    assert content_of(brief)["headline_1"] == "Trail Running Shoes"
    assert library.approved_briefs("shop", "meta_ads") == {}


def test_what_can_be_changed_is_what_the_connectors_write():
    for platform, levels in CHANGEABLE.items():
        table = {(level, field) for level, fields in levels.items() for field in fields}
        channel = import_module(f"connectors.channels.{platform}").Connector
        assert table == set(channel.writable), platform


KINDS = {
    "pause": "pause",
    "enable": "enable",
    "budget": "budgets",
    "split_budget": "a re-split",
    "losing_ads": "lost their test",
    "draft_ads": "approved briefs",
}
"""What both processes' playbooks do, and the word of it that the workflow has to have."""


def test_levels_are_those_that_the_connectors_have():
    from connectors.channels.google_ads import queries
    from connectors.channels.google_analytics import questions as reports
    from connectors.channels.meta_ads import insights
    from connectors.channels.search_console import questions

    tables = {
        "google_ads": queries.FROM,
        "meta_ads": insights.LEVELS,
        "search_console": questions.DIMENSIONS,
        "google_analytics": reports.DIMENSIONS,
    }
    for platform, table in tables.items():
        assert set(LEVELS[platform]) == set(table), platform


def test_every_fact_has_its_kind_and_every_limit_is_a_number():
    assert set(FACTS) == set(get_args(FactName))
    for name, kind in FACTS.items():
        assert "name" in kind.fields, name
        assert len(set(kind.fields)) == len(kind.fields), name
        assert all(value >= 0 for value in kind.limits.values()), name
        assert set(kind.sources) <= set(LEVELS), name


def test_the_seo_process_checks_every_fact_about_sites_and_pages(shipped):
    library, _ = shipped
    of_ads = {"ad_disapproved", "spend_while_inactive", "landing_page_down"}
    facts = library.checks_for("shop", "seo").facts
    of_posts = {fact for fact, kind in FACTS.items() if kind.sources == NETWORKS}
    assert {fact.fact for fact in facts} == (
        set(FACTS) - of_ads - of_posts - set(MAIL_FACTS) - set(LIST_FACTS)
    )
    once = [fact.fact for fact in facts if fact.fact != "no_data"]
    assert len(once) == len(set(once))


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_has_its_process_its_account_and_all_that_is_asked_of_posts(shipped, network):
    library, _ = shipped
    process = f"{network}_post"
    of_posts = {fact for fact, kind in FACTS.items() if kind.sources == NETWORKS}
    assert {fact.fact for fact in library.checks_for("shop", process).facts} >= of_posts
    assert [entry.platform for entry in library.entries("shop", process)] == [network]
    assert {book.does for book in library.process(process).playbooks} == {"publish", "reply"}
    assert library.schedule("shop", process)


def test_what_is_found_on_a_site_is_weighed_by_importance_and_has_a_remedy(shipped):
    library, _ = shipped
    found = library.check_libraries["seo"]
    for fact in found.facts:
        if FACTS[fact.fact].level != "page":
            continue
        verdicts = {**dict.fromkeys(get_args(Importance), fact.verdict), **fact.by_importance}
        order = [("ok", "warning", "critical").index(verdicts[it]) for it in get_args(Importance)]
        assert order == sorted(order, reverse=True), fact.name
        assert verdicts["low"] == "ok", fact.name
        assert verdicts["high"] != "ok", fact.name
    telling_nothing_to_do = {it.name for it in (*found.checks, *found.facts) if it.remedy is None}
    assert telling_nothing_to_do == {"search_no_data", "analytics_no_data", "site_pull_failed"}


@pytest.mark.parametrize("name", ["search_page_fall", "search_query_fall", "landing_sessions_fall"])
@pytest.mark.parametrize(("usual", "now"), [(8, 0), (20, 4), (45, 1), (60, 40), (5000, 4000)])
def test_a_page_or_query_that_is_small_or_moves_a_little_wakes_nobody(shipped, name, usual, now):
    library, _ = shipped
    check = next(it for it in library.check_libraries["seo"].checks if it.name == name)
    for case in check.cases:
        condition = parse_condition(case.when, library.metrics, library.kpis)
        assert condition.evaluate(lambda f, _: float(usual if f in BEFORE else now)) != TRUE


@pytest.mark.parametrize(
    ("name", "usual", "now", "verdict"),
    [
        ("search_page_fall", 100, 30, "warning"),
        ("search_page_fall", 900, 200, "critical"),
        ("search_clicks_fall", 1000, 700, "warning"),
        ("search_clicks_fall", 1000, 400, "critical"),
        ("search_segment_fall", 400, 250, "warning"),
        ("landing_sessions_fall", 400, 100, "warning"),
        ("site_sessions_fall", 90, 0, "critical"),
    ],
)
def test_a_real_fall_is_told_by_how_deep_it_is(shipped, name, usual, now, verdict):
    library, _ = shipped
    check = next(it for it in library.check_libraries["seo"].checks if it.name == name)
    holding = [
        case.verdict
        for case in check.cases
        if parse_condition(case.when, library.metrics, library.kpis).evaluate(
            lambda f, _: float(usual if f in BEFORE else now)
        )
        == TRUE
    ]
    assert holding[0] == verdict


def test_workflow_steps_are_shared_between_flow_and_people(shipped):
    library, _ = shipped
    for process in library.processes.values():
        kinds = {task.done_by for step in process.workflow for task in step.tasks}
        assert kinds == {"flow", "person"}
        assert 4 <= len(process.workflow) <= 5


@pytest.mark.parametrize("name", ["google_ads", "facebook_ads"])
def test_what_the_flow_proposes_a_person_decides_on_and_does_not_do(shipped, name):
    library, _ = shipped
    process = library.processes[name]
    words = " ".join(task.what for step in process.workflow for task in step.tasks).lower()
    assert {kind for kind, word in KINDS.items() if word not in words} == set()
    for step in process.workflow:
        mine = [task.what for task in step.tasks if task.done_by == "flow"]
        theirs = [task.what for task in step.tasks if task.done_by == "person"]
        if any(what.startswith("Propose") for what in mine):
            assert any("ecide on" in what for what in theirs), step.step
        done_by_hand = ("Adjust", "Move budget", "Set up campaigns", "Create", "Analyse keywords")
        assert not [what for what in theirs if what.startswith(done_by_hand)]


def test_the_json_schemas_are_current():
    for name, text in schemas().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "run python -m config.schema"


PAIRS = [
    *((path, "brand.json") for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))),
    *((path, "process.json") for path in sorted((HERE / "processes").glob("*.yaml"))),
    *((path, "brief.json") for path in sorted(HERE.glob("*/*/briefs/*.yaml"))),
    *((path, "checks.json") for path in sorted((HERE / "checks").glob("*.yaml"))),
]


@pytest.mark.parametrize(("path", "schema"), PAIRS, ids=lambda it: getattr(it, "stem", it))
def test_every_file_fits_its_json_schema(path, schema):
    source = read(path, path.name)
    assert isinstance(source, Source)
    jsonschema.validate(source.value, json.loads((FOLDER / schema).read_text(encoding="utf-8")))


def test_a_schema_tells_an_editor_what_a_key_means_and_refuses_others():
    brand = json.loads(schemas()["brand.json"])
    assert brand["additionalProperties"] is False
    assert brand["properties"]["currency"]["description"].startswith("ISO 4217")
    assert brand["$defs"]["AccountEntry"]["required"] == ["name", "platform", "account_id"]
    with pytest.raises(jsonschema.ValidationError, match="curency"):
        jsonschema.validate({"curency": "EUR"}, brand)


def test_importing_the_configuration_imports_nothing_slow():
    modules = [f"config.{path.stem}" for path in HERE.glob("*.py") if path.stem != "__init__"]
    code = f"import {', '.join(modules)}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()}
    assert not loaded & set(HEAVY)


def test_settings_come_from_the_environment_before_dotenv(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        "MARKETLOOP_STATE_DIR=/file\nMARKETLOOP_PREFECT_UI_URL=http://ui\n"
    )
    monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", "")
    found = settings()
    assert found.state_dir == tmp_path / "state"
    assert found.prefect_ui_url == "http://ui"
    assert found.brands_dir == HERE / "brands"


def test_the_warehouse_url_is_not_shown(monkeypatch):
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", "postgresql://bot:hunter2@host/db")
    assert "hunter2" not in repr(settings())
    assert settings().warehouse_url.get_secret_value().endswith("hunter2@host/db")
    assert "MARKETLOOP_WAREHOUSE_URL" in environment()
