"""Whatever a person can get wrong: where it is, what it is, and what to do."""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new` in `file`; the error stands on the line with `at`, or else with `new`."""

    file: str
    old: str
    new: str
    key: str
    message: str
    remedy: str
    at: str = ""


BRAND, CHECKS = "brands/acme.yaml", "checks/shared.yaml"
PROCESS, KPIS, METRICS = "processes/google_ads.yaml", "kpis.yaml", "metrics.yaml"
SECOND_ACCOUNT = "goals:\n  - name: grow"
GOAL = (
    "  - {name: grow, kpi: cpa, baseline: 1, target: 1, by: 2027-01-01, owner: jane, serves: x}\n"
)

SHAPES = {
    "unknown key": Mistake(
        BRAND, "currency: EUR", "currency: EUR\ncurency: EUR", "curency", "unknown key",
        "did you mean currency?", "curency:",
    ),
    "unknown key deep inside": Mistake(
        BRAND, "    platform: google_ads\n", "    platform: google_ads\n    conector: file\n",
        "accounts[0].conector", "unknown key", "did you mean connector?", "conector",
    ),
    "missing key": Mistake(
        BRAND, "time_zone: Europe/Berlin\n", "", "time_zone", "is required and missing",
        "add `time_zone:`", "name: Acme",
    ),
    "text for a number": Mistake(
        BRAND, "baseline: 100", "baseline: many", "goals[0].baseline", "must be a number",
        "without quotes", "baseline: many",
    ),
    "true for a number": Mistake(
        BRAND, "baseline: 100", "baseline: true", "goals[0].baseline", "must be a number", "point",
        "baseline: true",
    ),
    "no number at all": Mistake(
        BRAND, "baseline: 100", "baseline: .nan", "goals[0].baseline", "must be a number", "point",
        "baseline:",
    ),
    "number for text": Mistake(
        BRAND, "name: Acme", "name: 12", "name", "must be text, not '12'", "quotes", "name: 12"
    ),
    "yes for true": Mistake(
        BRAND, "cpa_high: {minimum: {clicks: 5}}", "cpa_high: {off: yes, reason: x}",
        "checks.cpa_high.off", "must be true or false, not 'yes'", "yes, no, on and off as text",
    ),
    "text for a list": Mistake(
        BRAND, "notify: [env:ACME_NOTIFY]", "notify: env:ACME_NOTIFY", "owners.jane.notify",
        "must be a list", "[a, b]",
    ),
    "list for a mapping": Mistake(
        BRAND, "  jane: {name: Jane, notify: [env:ACME_NOTIFY]}", "  jane: [Jane]", "owners.jane",
        "must be a mapping", "name: value",
    ),
    "no date": Mistake(
        BRAND, "by: 2027-01-01", "by: 2027-02-30", "goals[0].by",
        "must be a date, not '2027-02-30'", "2026-11-30",
    ),
    "no mode": Mistake(
        BRAND, "currency: EUR", "currency: EUR\nmode: watch", "mode",
        "is none of the valid words, not 'watch'", "act, observe, propose", "mode: watch",
    ),
    "no name": Mistake(
        BRAND, "  - name: grow", "  - name: Grow more", "goals[0].name",
        "is not a name, not 'Grow more'", "lower-case letters",
    ),
    "owner with a bad name": Mistake(
        BRAND, "  john: {name: John}", "  John B: {name: John}", "owners.John B", "is not a name",
        "lower-case letters",
    ),
    "no accounts": Mistake(
        BRAND, "accounts:\n  - name: main", "accounts: []\nfirst:\n  - name: main", "accounts",
        "needs at least 1 entry", "add one", "accounts: []",
    ),
    "budget of zero": Mistake(
        BRAND, "monthly: 1000", "monthly: 0", "budgets[0].monthly", "greater than 0", "",
    ),
    "no window": Mistake(
        CHECKS, "window: last_7_days", "window: last_week", "checks[0].window", "is not a window",
        "yesterday, last_7_days",
    ),
    "no level": Mistake(
        CHECKS, "level: campaign", "level: adgroup", "checks[0].level",
        "is none of the valid words", "did you mean ad_group?",
    ),
    "check without cases": Mistake(
        CHECKS,
        """
      - {when: cpa > 2 * target(cpa), verdict: critical}
      - {when: cpa > target(cpa), verdict: warning}""",
        " []", "checks[0].cases", "needs at least 1 entry", "add one", "cases: []",
    ),
    "no unit": Mistake(
        METRICS, "clicks: {title: Clicks, unit: count}", "clicks: {title: Clicks, unit: counts}",
        "clicks.unit", "is none of the valid words", "did you mean count?",
    ),
    "no verdict": Mistake(
        CHECKS, "verdict: warning", "verdict: fatal", "checks[0].cases[1].verdict",
        "is none of the valid words", "critical, warning",
    ),
}  # fmt: skip

MISFITS = {
    "cron with an impossible minute": Mistake(
        BRAND, "0 7 * * *", "61 * * * *", "schedules.google_ads.cron", "'61' is no minute",
        "0 to 59",
    ),
    "cron that never runs": Mistake(
        BRAND, "0 7 * * *", "0 0 31 2 *", "schedules.google_ads.cron", "no Feb has a day 31",
        "choose a day",
    ),
    "cron with four fields": Mistake(
        BRAND, "0 7 * * *", "0 7 * *", "schedules.google_ads.cron", "five fields, not 4",
        "0 7 * * *",
    ),
    "unknown time zone": Mistake(
        BRAND, "time_zone: Europe/Berlin", "time_zone: Berlin", "time_zone",
        "'Berlin' is no IANA time zone", "did you mean Europe/Berlin?",
    ),
    "unknown time zone of a schedule": Mistake(
        BRAND, 'cron: "0 7 * * *"', 'cron: "0 7 * * *", time_zone: Mars/Olympus',
        "schedules.google_ads.time_zone", "is no IANA time zone", "Europe/Berlin",
    ),
    "unknown currency": Mistake(
        BRAND, "currency: EUR", "currency: EURO", "currency", "'EURO' is no ISO 4217 code",
        "did you mean EUR?",
    ),
    "currency without minor units": Mistake(
        BRAND, "currency: EUR", "currency: XAU", "currency", "no known minor units", "billed in"
    ),
    "two accounts of one name": Mistake(
        BRAND, SECOND_ACCOUNT,
        "  - {name: main, platform: google_ads, account_id: 777}\n" + SECOND_ACCOUNT,
        "accounts[1].name", "'main' is the name of two accounts, first on line 8", "rename",
        "account_id: 777",
    ),
    "the same account twice": Mistake(
        BRAND, SECOND_ACCOUNT,
        "  - {name: two, platform: google_ads, account_id: 444-555-6666}\n" + SECOND_ACCOUNT,
        "accounts[1].account_id", "stands in two entries, first on line 10", "remove",
        "name: two",
    ),
    "unknown platform": Mistake(
        BRAND, "    platform: google_ads\n", "    platform: google_adds\n    connector: ''\n",
        "accounts[0].platform", "no connector 'google_adds'", "did you mean google_ads?",
        "platform: google_adds",
    ),
    "unknown connector": Mistake(
        BRAND, "    platform: google_ads\n", "    platform: google_ads\n    connector: fil\n",
        "accounts[0].connector", "no connector 'fil'", "did you mean file?", "connector: fil",
    ),
    "malformed placeholder": Mistake(
        BRAND, "${ACME_URL}", "${ACME-URL}", "accounts[0].options.base_url",
        "names no variable", "${NAME}", "base_url",
    ),
    "two goals of one name": Mistake(
        BRAND, "\ntargets:\n", "\n" + GOAL + "targets:\n", "goals[1].name",
        "'grow' is the name of two goals", "rename", "baseline: 1,",
    ),
    "goal on an unknown KPI": Mistake(
        BRAND, "kpi: conversions", "kpi: conversion", "goals[0].kpi",
        "no KPI or metric 'conversion'", "did you mean conversions?",
    ),
    "goal of nobody": Mistake(
        BRAND, "owner: jane", "owner: jayne", "goals[0].owner", "no owner 'jayne'",
        "did you mean jane?",
    ),
    "target on an unknown KPI": Mistake(
        BRAND, "{kpi: cpa, target: 20}", "{kpi: cpaa, target: 20}", "targets[0].kpi",
        "no KPI or metric 'cpaa'", "did you mean cpa?",
    ),
    "two targets for one KPI": Mistake(
        BRAND, "entity_targets:\n", "  - {kpi: cpa, target: 21}\nentity_targets:\n",
        "targets[1].kpi", "'cpa' has two targets", "remove", "target: 21",
    ),
    "target for a platform without account": Mistake(
        BRAND, "{kpi: cpa, target: 20}", "{kpi: cpa, target: 20, platform: meta_ads}",
        "targets[0].platform", "no account of the platform 'meta_ads'", "valid: google_ads",
    ),
    "budget for a platform without account": Mistake(
        BRAND, "{platform: google_ads, monthly", "{platform: meta_ads, monthly",
        "budgets[0].platform", "no account of the platform 'meta_ads'", "valid: google_ads",
    ),
    "budget for nothing": Mistake(
        BRAND, "{platform: google_ads, monthly", "{monthly", "budgets[0]", "has no platform",
        "write `platform: google_ads`",
    ),
    "budget for one platform and for several": Mistake(
        BRAND, "{platform: google_ads, monthly",
        "{platform: google_ads, platforms: [google_ads], monthly", "budgets[0]",
        "has both platform and platforms", "or `platforms: [google_ads, meta_ads]`",
    ),
    "budget for several platforms that are one": Mistake(
        BRAND, "{platform: google_ads, monthly", "{platforms: [google_ads], monthly",
        "budgets[0].platforms", "google_ads is not several platforms", "two or more",
    ),
    "budget for an unknown account": Mistake(
        BRAND, "monthly: 1000", "monthly: 1000, account: maine", "budgets[0].account",
        "no account 'maine'", "did you mean main?",
    ),
    "schedule of an unknown process": Mistake(
        BRAND, '  google_ads: {cron', '  google_add: {cron', "schedules.google_add",
        "no process 'google_add'", "did you mean google_ads?",
    ),
    "override of an unknown check": Mistake(
        BRAND, "cpa_high: {", "cpa_hihg: {", "checks.cpa_hihg", "no check 'cpa_hihg'",
        "did you mean cpa_high?",
    ),
    "check switched off without a reason": Mistake(
        BRAND, "cpa_high: {minimum: {clicks: 5}}", "cpa_high: {off: true, reason: ' '}",
        "checks.cpa_high", "needs a reason", "add `reason:`",
    ),
    "override that changes nothing": Mistake(
        BRAND, "cpa_high: {minimum: {clicks: 5}}", "cpa_high: {}", "checks.cpa_high",
        "changes nothing", "remove it",
    ),
    "override with an unknown metric": Mistake(
        BRAND, "{minimum: {clicks: 5}}", "{minimum: {klicks: 5}}",
        "checks.cpa_high.minimum.klicks", "no metric 'klicks'", "did you mean clicks?",
    ),
    "override with a bad formula": Mistake(
        BRAND, "{minimum: {clicks: 5}}", "{cases: [{when: cpa > , verdict: warning}]}",
        "checks.cpa_high.cases[0].when", "column", "",
    ),
    "override with an unknown owner": Mistake(
        BRAND, "{minimum: {clicks: 5}}", "{owner: jon}", "checks.cpa_high.owner", "no owner 'jon'",
        "did you mean john?",
    ),
    "verdict for a check that has cases": Mistake(
        BRAND, "{minimum: {clicks: 5}}", "{verdict: warning}", "checks.cpa_high.verdict",
        "cpa_high has cases", "override its `cases`",
    ),
    "limits for a fact": Mistake(
        BRAND, "cpa_high: {minimum: {clicks: 5}}", "page_down: {minimum: {clicks: 5}}",
        "checks.page_down.minimum", "page_down is a fact", "override its `verdict`",
    ),
    "entity targets from nowhere": Mistake(
        BRAND, "- csv: targets.csv", "- csv: ''", "entity_targets[0]", "neither csv nor sql",
        "exactly one",
    ),
    "entity targets from two places": Mistake(
        BRAND, "- csv: targets.csv", "- {csv: targets.csv, sql: SELECT 1, url: env:ACME_TOKEN}",
        "entity_targets[0]", "both csv and sql", "exactly one",
    ),
    "entity targets from a query without a database": Mistake(
        BRAND, "- csv: targets.csv", "- sql: SELECT 1", "entity_targets[0].sql", "no url",
        "url: env:NAME",
    ),
    "formula with an unknown metric": Mistake(
        KPIS, "spend / conversions", "spend / conversion", "cpa.formula",
        "column 9: no metric 'conversion'", "did you mean conversions?",
    ),
    "formula with a function": Mistake(
        KPIS, "spend / conversions", "spend / log(conversions)", "cpa.formula", "column 9", "",
    ),
    "formula that divides by zero": Mistake(
        KPIS, "spend / conversions", "spend / (2 - 2)", "cpa.formula",
        "`spend / (2 - 2)` divides by zero", "divide by a metric",
    ),
    "formula that divides by what is always zero": Mistake(
        KPIS, "spend / conversions", "spend / (clicks - clicks)", "cpa.formula", "divides by zero",
        "divide by a metric",
    ),
    "condition with an unknown function": Mistake(
        CHECKS, "cpa > target(cpa)", "cpa > tarket(cpa)", "checks[0].cases[1].when",
        "no function 'tarket'", "did you mean target?",
    ),
    "condition with an unknown KPI": Mistake(
        CHECKS, "cpa > target(cpa)", "cps > target(cpa)", "checks[0].cases[1].when",
        "column 1: no metric or KPI 'cps'", "valid",
    ),
    "condition that is a number": Mistake(
        CHECKS, "cpa > target(cpa)", "cpa - target(cpa)", "checks[0].cases[1].when",
        "a condition compares", "",
    ),
    "condition that divides by zero": Mistake(
        CHECKS, "cpa > target(cpa)", "cpa / 0 > 1", "checks[0].cases[1].when", "divides by zero",
        "divide by a metric",
    ),
    "check on an unknown KPI": Mistake(
        CHECKS, "    kpi: cpa", "    kpi: cpo", "checks[0].kpi", "no KPI or metric 'cpo'", "cpa",
    ),
    "minimum of an unknown metric": Mistake(
        CHECKS, "{clicks: 10}", "{clicks: 10, cpa: 3}", "checks[0].minimum.cpa", "no metric 'cpa'",
        "valid",
    ),
    "sentence with an unknown field": Mistake(
        CHECKS, "{name} costs {cpa}", "{nmae} costs {cpa}", "checks[0].sentence",
        "column 1: no field 'nmae'", "did you mean name?",
    ),
    "sentence with a format": Mistake(
        CHECKS, "{name} costs {cpa}", "{name} costs {cpa:.2f}", "checks[0].sentence", "column", "",
    ),
    "sentence of a fact with a metric": Mistake(
        CHECKS, "{url} of {name}", "{spend} of {name}", "facts[0].sentence", "no field 'spend'",
        "url",
    ),
    "two checks of one name": Mistake(
        PROCESS, "- name: ctr_low", "- name: cpa_high", "checks[0].name",
        "the check cpa_high exists already, at", "rename",
    ),
    "metric weighted by an unknown one": Mistake(
        METRICS, "weight: impressions", "weight: impresions", "share.weight",
        "'impresions' is no metric that is summed", "did you mean impressions?",
    ),
    "metric weighted by itself": Mistake(
        METRICS, "weight: impressions", "weight: share", "share.weight", "no metric that is summed",
        "impressions",
    ),
    "metric from an unknown connector": Mistake(
        METRICS, "{google_ads: metrics.share}", "{google_adds: metrics.share}",
        "share.sources.google_adds", "no connector 'google_adds'", "did you mean google_ads?",
    ),
    "KPI called like a metric": Mistake(
        KPIS, "cpa: {title", "clicks: {title: C, formula: spend / 2, unit: ratio, better: lower}"
        "\ncpa: {title", "clicks", "a metric has this name too", "rename", "clicks: {",
    ),
    "KPI called like a function": Mistake(
        KPIS, "cpa: {title", "usual: {title: U, formula: clicks / 2, unit: ratio, better: lower}"
        "\ncpa: {title", "usual", "formulas or sentences already use", "", "usual:",
    ),
    "process on a platform that nobody brings": Mistake(
        PROCESS, "platforms: [google_ads]", "platforms: [gogle_ads]", "platforms[0]",
        "no connector brings the platform 'gogle_ads'", "did you mean google_ads?",
    ),
    "process with an unknown library": Mistake(
        PROCESS, "libraries: [shared]", "libraries: [shared, extra]", "libraries[1]",
        "no check library 'extra'", "valid: shared",
    ),
    "process with an unknown KPI": Mistake(
        PROCESS, "kpis: [spend, cpa]\nlibraries", "kpis: [spend, cpx]\nlibraries", "kpis[1]",
        "no KPI or metric 'cpx'", "cpa", "kpis: [spend, cpx]",
    ),
    "report with an unknown chart": Mistake(
        PROCESS, "charts: [spend]", "charts: [spent]", "report.charts[0]",
        "no KPI or metric 'spent'", "did you mean spend?",
    ),
    "the same pull twice": Mistake(
        PROCESS, "- {level: campaign}", "- {level: campaign}\n  - {breakdown: '', level: campaign}",
        "pulls[1]", "same level and breakdown as pulls[0]", "remove", "breakdown",
    ),
    "check on a level that is not pulled": Mistake(
        PROCESS, "    level: campaign\n    kpi: ctr", "    level: ad_group\n    kpi: ctr",
        "checks[0].level", "does not pull the level ad_group", "add it to `pulls`",
        "level: ad_group",
    ),
    "shared check on a level that is not pulled": Mistake(
        CHECKS, "    level: campaign", "    level: keyword", "libraries",
        "does not pull the level keyword without breakdown, which the shared check cpa_high needs",
        "add it to `pulls`", PROCESS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", [*SHAPES.values(), *MISFITS.values()], ids=[*SHAPES, *MISFITS])
def test_names_file_line_key_what_is_wrong_and_the_remedy(desk, mistake):
    desk.replace(mistake.file, mistake.old, mistake.new)
    found = [it for it in desk.problems() if it.key == mistake.key and it.severity == "error"]
    assert len(found) == 1, [str(problem) for problem in desk.problems()]
    problem = found[0]
    assert mistake.message in problem.message
    assert mistake.remedy in problem.remedy
    if mistake.at == PROCESS:
        assert (problem.file, problem.line) == (PROCESS, desk.line(PROCESS, "lib"))
        return
    assert problem.file == mistake.file
    assert problem.line == desk.line(mistake.file, mistake.at or mistake.new)


@pytest.mark.parametrize("mistake", MISFITS.values(), ids=MISFITS)
def test_one_mistake_is_one_error(desk, mistake):
    desk.replace(mistake.file, mistake.old, mistake.new)
    problems = [str(it) for it in desk.problems() if it.severity == "error"]
    consequences = {
        "google_adds": 3,  # budget and schedule have no account of their platform any more
        "gogle_ads": 2,  # so has the schedule
    }
    expected = next(
        (
            n
            for name, n in consequences.items()
            if f"platform: {name}" in mistake.new or f"platforms: [{name}]" in mistake.new
        ),
        1,
    )
    assert len(problems) == expected, problems


def test_the_right_configuration_has_no_problem(desk):
    assert desk.problems() == []


def test_all_problems_of_all_files_come_at_once(desk):
    desk.replace(BRAND, "currency: EUR", "currency: EURO")
    desk.replace(BRAND, "owner: jane", "owner: nobody")
    desk.replace(CHECKS, "window: last_7_days", "window: sometimes")
    desk.replace(KPIS, "spend / conversions", "spend / nothing")
    assert [problem.file for problem in desk.problems()] == [BRAND, BRAND, CHECKS, KPIS]


def test_a_wrong_kpi_is_one_mistake_wherever_it_is_used(desk):
    desk.replace(KPIS, "cpa: {title: CPA, formula", "cpa: {titel: CPA, formula")
    assert {problem.key for problem in desk.problems()} == {"cpa.titel", "cpa.title"}


def test_a_wrong_library_is_one_mistake_wherever_its_checks_are_used(desk):
    desk.replace(CHECKS, "window: last_7_days", "window: sometimes")
    assert desk.only().key == "checks[0].window"


def test_a_wrong_process_is_one_mistake_wherever_it_is_used(desk):
    desk.replace(PROCESS, "objective: Be found\n", "")
    assert desk.only().key == "objective"


def test_a_file_that_ends_in_yml_is_not_overlooked(desk):
    desk.write("brands/other.yml", "name: x")
    assert "rename it to other.yaml" in desk.only().remedy


def test_a_file_whose_name_is_no_name(desk):
    desk.write("brands/My Shop.yaml", desk.text(BRAND).replace("4445556666", "1"))
    problem = desk.only()
    assert problem.file.endswith("My Shop.yaml")
    assert "is none" in problem.message


def test_a_check_whose_owner_the_brand_lacks_goes_to_the_first_with_a_note(desk):
    desk.replace(CHECKS, "    level: campaign", "    level: campaign\n    owner: media_team")
    note = desk.only()
    assert note.severity == "note"
    assert (note.key, note.line) == ("owners", desk.line(BRAND, "owners:"))
    assert "jane gets what it finds" in note.remedy
    library, _ = desk.examine()
    assert {check.owner for check in library.checks_for("acme", "google_ads").checks} == {"jane"}


def test_a_goal_in_the_past_is_a_note(desk):
    desk.replace(BRAND, "by: 2027-01-01", "by: 2026-11-01")
    note = desk.only()
    assert (note.severity, note.key) == ("note", "goals[0].by")
    assert note.line == desk.line(BRAND, "by: 2026-11-01")


def test_an_account_of_two_brands_is_a_note(desk):
    desk.write("brands/other.yaml", desk.text(BRAND).replace('"4445556666"', "444-555-6666"))
    note = desk.only()
    assert (note.severity, note.key) == ("note", "accounts[0].account_id")
    assert "the brand acme has this account too" in note.message


def test_a_platform_that_a_file_brings_can_have_a_process(desk):
    desk.write("processes/display.yaml", desk.text(PROCESS).replace("google_ads", "display")
               .replace("ctr_low", "display_ctr_low"))  # fmt: skip
    desk.replace(BRAND, "goals:\n", "  - {name: own, platform: display, connector: file, "
                 "account_id: 1}\ngoals:\n")  # fmt: skip
    assert desk.problems() == []


def test_a_schedule_without_an_account_for_it(desk):
    desk.write("processes/facebook_ads.yaml", desk.text(PROCESS).replace("google_ads", "meta_ads")
               .replace("ctr_low", "meta_ctr_low"))  # fmt: skip
    desk.replace(BRAND, "schedules:\n", 'schedules:\n  facebook_ads: {cron: "0 7 * * *"}\n')
    problem = desk.only()
    assert problem.key == "schedules.facebook_ads"
    assert "meta_ads" in problem.message


def test_a_brand_file_that_stands_twice(desk, tmp_path):
    from config.library import examine

    desk.write("more/acme.yaml", desk.text(BRAND))
    desk.write("more/targets.csv", desk.text("brands/targets.csv"))
    _, problems = examine(desk.folder, desk.folder / "brands", desk.folder / "more")
    assert len(problems) == 1
    assert "a brand acme exists already" in problems[0].message
