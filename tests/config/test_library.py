import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.inheritance import SwitchedOff
from config.library import load
from config.problems import ConfigurationError, Problem

BRAND = "brands/acme.yaml"
META = "  - {name: meta, platform: meta_ads, account_id: 888}\ngoals:\n"


def loaded(desk, brand=None):
    return load(desk.folder, desk.folder / "brands", brand)


def test_a_wrong_configuration_raises_with_all_its_problems(desk):
    desk.replace(BRAND, "currency: EUR", "currency: EURO")
    desk.replace("kpis.yaml", "spend / conversions", "spend / none")
    with pytest.raises(ConfigurationError) as caught:
        loaded(desk)
    assert len(caught.value.problems) == 2
    assert "brands/acme.yaml:2: currency: 'EURO'" in str(caught.value)


def test_notes_do_not_stop_anything(desk):
    desk.replace("checks/shared.yaml", "    kpi: cpa", "    owner: nobody\n    kpi: cpa")
    assert loaded(desk).brands.keys() == {"acme"}


def test_another_brands_mistake_does_not_matter_for_one_brand(desk):
    desk.write("brands/broken.yaml", "name: [")
    with pytest.raises(ConfigurationError):
        loaded(desk)
    assert loaded(desk, "acme").brands.keys() == {"acme"}


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda desk: loaded(desk, "acne"), "no brand 'acne' in brands; did you mean acme?"),
        (lambda desk: loaded(desk).brand("x"), "no brand 'x'; valid: acme"),
        (lambda desk: loaded(desk).process("seo"), "no process 'seo'; valid: google_ads"),
        (lambda desk: loaded(desk).entry("acme", "mian"), "no account 'mian'; did you mean main?"),
        (
            lambda desk: loaded(desk).entries("acme", "google_ads", ["x"]),
            "no account 'x'; valid: main",
        ),
    ],
)
def test_a_name_that_is_not_there_lists_those_that_are(desk, ask, message):
    with pytest.raises(LookupError, match=message.replace("?", r"\?")):
        ask(desk)


def test_entries_are_the_accounts_of_the_processs_platform(desk):
    desk.replace(BRAND, "goals:\n", META)
    assert [e.name for e in loaded(desk).entries("acme", "google_ads")] == ["main"]


def test_a_brand_inherits_checks_and_changes_what_it_says(desk):
    change = (
        "cpa_high: {minimum: {clicks: 5}, cases: [{when: cpa > 9, verdict: warning}], owner: john}"
    )
    desk.replace(BRAND, "cpa_high: {minimum: {clicks: 5}}", change)
    checks = loaded(desk).checks_for("acme", "google_ads")
    cpa_high, ctr_low = checks.checks
    assert (cpa_high.name, cpa_high.minimum, cpa_high.owner) == ("cpa_high", {"clicks": 5}, "john")
    assert [case.when for case in cpa_high.cases] == ["cpa > 9"]
    assert (ctr_low.name, ctr_low.owner, ctr_low.window) == ("ctr_low", "jane", "yesterday")
    assert [(fact.name, fact.owner, fact.verdict) for fact in checks.facts] == [
        ("page_down", "jane", "critical")
    ]
    assert checks.off == ()


def test_limits_that_an_override_does_not_name_stay(desk):
    desk.replace("checks/shared.yaml", "{clicks: 10}", "{clicks: 10, spend: 7}")
    check = loaded(desk).checks_for("acme", "google_ads").checks[0]
    assert check.minimum == {"clicks": 5, "spend": 7}


def test_what_is_switched_off_is_listed_with_its_reason(desk):
    off = "  cpa_high: {off: true, reason: too new}\n  page_down: {off: true, reason: no pages}"
    desk.replace(BRAND, "  cpa_high: {minimum: {clicks: 5}}", off)
    checks = loaded(desk).checks_for("acme", "google_ads")
    assert [check.name for check in checks.checks] == ["ctr_low"]
    assert checks.facts == ()
    assert checks.off == (SwitchedOff("cpa_high", "too new"), SwitchedOff("page_down", "no pages"))


def test_a_facts_verdict_can_be_overridden(desk):
    desk.replace(BRAND, "cpa_high: {minimum: {clicks: 5}}", "page_down: {verdict: warning}")
    assert loaded(desk).checks_for("acme", "google_ads").facts[0].verdict == "warning"


def test_a_schedule_has_the_brands_time_zone_unless_it_has_its_own(desk):
    schedule = loaded(desk).schedule("acme", "google_ads")
    assert schedule is not None
    assert (schedule.cron, schedule.time_zone) == ("0 7 * * *", "Europe/Berlin")
    desk.replace(BRAND, 'cron: "0 7 * * *"', 'cron: "0 7 * * *", time_zone: Asia/Tokyo')
    assert loaded(desk).schedule("acme", "google_ads").time_zone == "Asia/Tokyo"


def test_a_process_without_a_schedule_is_started_by_hand(desk):
    desk.replace(BRAND, 'schedules:\n  google_ads: {cron: "0 7 * * *"}\n', "")
    assert loaded(desk).schedule("acme", "google_ads") is None


def test_an_account_id_needs_no_quotes(desk):
    desk.replace(BRAND, '"4445556666"', "4445556666")
    assert loaded(desk).entry("acme", "main").account_id == "4445556666"


def test_the_configuration_cannot_be_changed_by_who_reads_it(desk):
    with pytest.raises(AttributeError):
        loaded(desk).brands = {}


BITS = st.sampled_from(
    ["accounts:", "  - name: a", "    platform: google_ads", "    account_id: 1", "mode: act",
     "owners: {j: {name: J}}", "name: A", "currency: EUR", "time_zone: UTC", "x: &a [1]", "y: *a",
     "checks: {cpa_high: {off: true}}", "targets: [{kpi: cpa, target: 1}]", "goals: [null]",
     "schedules: {google_ads: {cron: x}}", "budgets: [1, {a: b}]", "entity_targets: [{csv: ''}]",
     "? z", "- 1", "  options: ${"]
)  # fmt: skip


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    file=st.sampled_from(
        [BRAND, "checks/shared.yaml", "processes/google_ads.yaml", "kpis.yaml", "metrics.yaml"]
    ),
    text=st.one_of(
        st.text(max_size=80),
        st.lists(BITS, max_size=12).map("\n".join),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["checks", "name", "formula", "kpi"]), inner),
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps({"checks": value, "spend": value, "name": value})),
    ),
)
def test_whatever_stands_in_a_file_the_answer_is_a_list_of_problems(desk, file, text):
    original = desk.text(file)
    try:
        desk.write(file, text)
        _, problems = desk.examine()
    except UnicodeEncodeError:
        return  # a lone surrogate cannot be in a file
    finally:
        desk.write(file, original)
    assert all(isinstance(problem, Problem) and str(problem) for problem in problems)
