"""A process about several platforms: what it pulls, shows, checks, and has people do."""

from dataclasses import dataclass

import pytest

PROCESS, CHECKS, BRAND = "processes/seo.yaml", "checks/site.yaml", "brands/acme.yaml"

SEO = """\
title: SEO
objective: Be found
platforms: [search_console, google_analytics, website]
workflow:
  - step: Look
    tasks:
      - {what: Crawl, who: this process, by: every run, done_by: flow}
      - {what: Review, who: editor, by: day 5, done_by: person, every: month, due_days: 5}
pulls:
  - {platform: search_console, level: account}
  - {platform: search_console, level: page}
  - {platform: google_analytics, level: page}
kpis: [clicks]
libraries: [site]
report:
  kpis: [clicks, ctr]
  charts: [clicks]
  level: page
  platform: search_console
  sort_by: clicks
"""

SITE = """\
checks:
  - name: page_falls
    level: page
    filter: {platform: search_console}
    kpi: clicks
    window: last_7_days
    cases:
      - {when: clicks < 0.5 * usual(clicks), verdict: warning}
    sentence: "{name}: {clicks}"
    remedy: {do: "Look at {name}", within_days: 7}
facts:
  - name: nothing_came
    fact: no_data
    platform: google_analytics
    verdict: critical
    sentence: "{name}: {reason}"
  - name: old_certificate
    fact: certificate_ends
    verdict: critical
    limits: {days: 20}
    sentence: "{name}: {ends}"
  - name: no_title
    fact: title_missing
    verdict: warning
    by_importance: {high: critical, low: ok}
    sentence: "{name} has no title"
    remedy: {do: "Give {url} a title"}
"""

ACCOUNTS = {
    "search_console": "  - {name: search, platform: search_console, account_id: 's'}\n",
    "google_analytics": "  - {name: analytics, platform: google_analytics, account_id: 'g'}\n",
    "website": "  - {name: site, platform: website, account_id: 'w'}\n",
}
SCHEDULE = 'schedules:\n  seo: {cron: "0 5 * * *"}\n'


@pytest.fixture
def seo(desk):
    desk.write(PROCESS, SEO)
    desk.write(CHECKS, SITE)
    return desk


def has(desk, *platforms):
    """Give the brand accounts of these platforms, and let it run the process."""
    lines = "".join(ACCOUNTS[platform] for platform in platforms)
    desk.replace(BRAND, "goals:\n", f"{lines}goals:\n")
    desk.replace(BRAND, "schedules:\n", SCHEDULE)
    return desk


def test_several_platforms_are_no_problem(seo):
    assert has(seo, *ACCOUNTS).problems() == []


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new` in `file`; the problem stands on the line with `at`, or else `new`."""

    file: str
    old: str
    new: str
    key: str
    message: str
    remedy: str
    at: str = ""
    severity: str = "error"


PULL = "  - {platform: google_analytics, level: page}"
TITLE = "    by_importance: {high: critical, low: ok}"

MISTAKES = {
    "unknown platform": Mistake(
        PROCESS, "google_analytics, website]", "google_analytics, website, web]", "platforms[3]",
        "no connector brings the platform 'web'", "website",
    ),
    "platform that stands twice": Mistake(
        PROCESS, "google_analytics, website]", "google_analytics, website, website]",
        "platforms[3]", "'website' stands in the list twice", "remove",
    ),
    "no platform": Mistake(
        PROCESS, "platforms: [search_console, google_analytics, website]", "platforms: []",
        "platforms", "needs at least 1 entry", "add one",
    ),
    "the old spelling": Mistake(
        PROCESS, "platforms: [search_console, google_analytics, website]",
        "platform: website", "platform", "unknown key", "did you mean platforms?",
    ),
    "pull of no platform": Mistake(
        PROCESS, PULL, "  - {level: segment}", "pulls[2]", "does not say which of the process's",
        "add `platform:`; valid: google_analytics, search_console, website",
    ),
    "pull of a strange platform": Mistake(
        PROCESS, "  - {platform: search_console, level: account}\n",
        "  - {platform: search_console, level: account}\n  - {platform: crux, level: page}\n",
        "pulls[1].platform", "the process is not about the platform 'crux'",
        "valid: google_analytics", "platform: crux",
    ),
    "pull of a level that a platform does not have": Mistake(
        PROCESS, "search_console, level: account}", "search_console, level: campaign}",
        "pulls[0].level", "search_console has no figures of the level campaign",
        "valid: account, page, query, query_page, segment",
    ),
    "pull of what has no figures": Mistake(
        PROCESS, "search_console, level: account}", "website, level: account}", "pulls[0].level",
        "website has no figures of the level account", "remove it",
    ),
    "the same pull of one platform twice": Mistake(
        PROCESS, PULL, PULL + "\n  - {level: page, platform: google_analytics}", "pulls[3]",
        "the same level and breakdown as pulls[2]", "remove", "{level: page, p",
    ),
    "report about a strange platform": Mistake(
        PROCESS, "  platform: search_console\n  sort", "  platform: meta_ads\n  sort",
        "report.platform", "the process is not about the platform 'meta_ads'",
        "valid: google_analytics", "  platform: meta_ads",
    ),
    "report on a level that its platform does not pull": Mistake(
        PROCESS, "  level: page\n", "  level: query\n", "report.level",
        "does not pull the level query of search_console", "there: account, page",
        "  level: query",
    ),
    "report sorted by a KPI": Mistake(
        PROCESS, "sort_by: clicks", "sort_by: ctr", "report.sort_by", "no metric 'ctr'", "clicks",
    ),
    "work of the flow that comes again": Mistake(
        PROCESS, "by: every run, done_by: flow}", "by: x, done_by: flow, every: day}",
        "workflow[0].tasks[0].every", "opens no work item", "`done_by: person`",
    ),
    "work that is due after the next has begun": Mistake(
        PROCESS, "every: month, due_days: 5", "every: week, due_days: 8",
        "workflow[0].tasks[1].due_days", "is due 8 days after the week began", "at most 7",
    ),
    "work of every day that has no day": Mistake(
        PROCESS, "every: month, due_days: 5", "every: day", "workflow[0].tasks[1].every",
        "is due 5 days after the day began", "at most 1",
    ),
    "work that is due once": Mistake(
        PROCESS, "every: month, due_days: 5", "due_days: 5", "workflow[0].tasks[1].due_days",
        "says nothing without `every`", "add `every: week`",
    ),
    "check of an unknown platform": Mistake(
        CHECKS, "filter: {platform: search_console}", "filter: {platform: search_konsole}",
        "checks[0].filter.platform", "no connector brings the platform 'search_konsole'",
        "did you mean search_console?",
    ),
    "shared check of a platform that the process does not have": Mistake(
        CHECKS, "filter: {platform: search_console}", "filter: {platform: google_ads}",
        "libraries", "the platform 'google_ads', which the shared check page_falls needs",
        "add it to `platforms`; there: search_console, google_analytics, website", PROCESS,
    ),
    "shared check of a level that its platform does not pull": Mistake(
        CHECKS, "    level: page\n", "    level: query\n", "libraries",
        "does not pull the level query of search_console without breakdown, which the shared check"
        " page_falls needs", "there: account, page", PROCESS,
    ),
    "account of a platform that pulls no account": Mistake(
        PROCESS, "  - {platform: search_console, level: account}\n", "", "checks[0].level",
        "does not pull the level account of search_console", "there: page", "CHECK",
    ),
    "remedy with an unknown field": Mistake(
        CHECKS, "Look at {name}", "Look at {nmae}", "checks[0].remedy.do", "no field 'nmae'",
        "did you mean name?",
    ),
    "remedy of a fact with an unknown field": Mistake(
        CHECKS, "Give {url} a title", "Give {clicks} a title", "facts[2].remedy.do",
        "no field 'clicks'", "url",
    ),
    "sentence with a field of another fact": Mistake(
        CHECKS, "{name}: {ends}", "{name}: {difference}", "facts[1].sentence",
        "no field 'difference'", "ends",
    ),
    "unknown importance": Mistake(
        CHECKS, TITLE, "    by_importance: {hihg: critical}", "facts[2].by_importance.hihg",
        "is none of the valid words", "did you mean high?",
    ),
    "importance of what is no page": Mistake(
        CHECKS, "    limits: {days: 20}", "    by_importance: {high: critical}",
        "facts[1].by_importance", "about the level account, and only pages have an importance",
        "state `verdict`",
    ),
    "a fact that never fires": Mistake(
        CHECKS, TITLE, "    by_importance: {high: ok, medium: ok, low: ok}",
        "facts[2].by_importance", "is ok for every page", "for the pages that matter",
        severity="note",
    ),
    "unknown limit": Mistake(
        CHECKS, "{days: 20}", "{weeks: 3}", "facts[1].limits.weeks",
        "certificate_ends has no limit 'weeks'", "valid: days",
    ),
    "limit of a fact without any": Mistake(
        CHECKS, TITLE, "    limits: {days: 3}", "facts[2].limits.days",
        "title_missing has no limit 'days'", "there are none",
    ),
    "limit below zero": Mistake(
        CHECKS, "{days: 20}", "{days: -1}", "facts[1].limits.days", "must not be below 0",
        "usual is 14",
    ),
    "fact of a platform that is asked of pages": Mistake(
        CHECKS, TITLE, "    platform: website", "facts[2].platform",
        "title_missing is not asked by platform", "only no_data and pull_failed are",
    ),
    "fact of an unknown platform": Mistake(
        CHECKS, "    platform: google_analytics", "    platform: googel_analytics",
        "facts[0].platform", "no connector brings the platform 'googel_analytics'",
        "did you mean google_analytics?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_names_file_line_key_what_is_wrong_and_the_remedy(seo, mistake):
    file, at = mistake.file, mistake.at or mistake.new
    if mistake.at == PROCESS:
        file, at = PROCESS, "libraries: [site]"
    if mistake.at == "CHECK":  # a check of the process itself
        own = SITE[SITE.index("  - name") : SITE.index("facts:")].replace(
            "page_falls", "site_falls"
        )
        own = own.replace("level: page", "level: account")
        seo.replace(PROCESS, "report:\n", f"checks:\n{own}report:\n")
        at = "    level: account"
    seo.replace(mistake.file, mistake.old, mistake.new)
    found = [it for it in seo.problems() if it.key == mistake.key]
    assert len(found) == 1, [str(it) for it in seo.problems()]
    problem = found[0]
    assert mistake.message in problem.message
    assert mistake.remedy in problem.remedy
    assert (problem.file, problem.severity) == (file, mistake.severity)
    assert problem.line == seo.line(file, at)


def test_a_process_of_its_own_facts_needs_the_platforms_that_tell_them(seo):
    facts = SITE[SITE.index("facts:") :].replace("old_certificate", "other_certificate")
    seo.replace(CHECKS, SITE[SITE.index("facts:") :], "")
    seo.replace(PROCESS, "report:\n", f"{facts}report:\n")
    seo.replace(PROCESS, "google_analytics, website]", "google_analytics]")
    found = {it.key: it.message for it in seo.problems()}
    assert found == {
        "facts[1].fact": "the process is not about website, which certificate_ends needs",
        "facts[2].fact": "the process is not about website, which title_missing needs",
    }


def test_a_fact_of_either_platform_needs_one_of_them(seo):
    slow = "\n  - {name: slow, fact: web_vitals_fail, verdict: warning, sentence: x}\n"
    seo.write(CHECKS, SITE + slow)
    problem = seo.only()
    assert problem.message == (
        "the process is not about crux or pagespeed, which the shared check slow needs"
    )
    seo.replace(PROCESS, "google_analytics, website]", "google_analytics, website, pagespeed]")
    assert seo.problems() == []


def test_a_process_without_figures_shows_none(seo):
    seo.write(
        CHECKS,
        SITE[SITE.index("  - name: old") :].replace("  - name: old", "facts:\n  - name: old", 1),
    )
    text = (
        SEO[: SEO.index("pulls:")]
        + "pulls: []\nkpis: []\nlibraries: [site]\nreport: {kpis: [], charts: []}\n"
    )
    seo.write(PROCESS, text)
    assert seo.problems() == []


def test_a_process_of_one_platform_need_not_name_it(seo):
    text = SEO.replace("[search_console, google_analytics, website]", "[search_console]")
    text = text.replace(f"{PULL}\n", "").replace("platform: search_console, ", "")
    text = text.replace("  platform: search_console\n", "").replace("libraries: [site]\n", "")
    seo.write(PROCESS, text)
    assert seo.problems() == []
    process = seo.examine()[0].process("seo")
    assert process.platform == "search_console"
    assert [pull.level for pull in process.pulls_of("search_console")] == ["account", "page"]


# --- brands that have some of the platforms ------------------------------------------------------


def test_a_brand_without_any_of_the_platforms_cannot_run_the_process(seo):
    seo.replace(BRAND, "schedules:\n", SCHEDULE)
    problem = seo.only()
    assert (problem.key, problem.severity) == ("schedules.seo", "error")
    assert problem.line == seo.line(BRAND, "seo:")
    assert problem.message == (
        "seo is about search_console and google_analytics and website, "
        "and the brand has no such account"
    )


@pytest.mark.parametrize(
    ("platforms", "said"),
    [
        (("website",), ["nothing_came needs an account of google_analytics",
                        "page_falls needs an account of search_console"]),
        (("search_console", "google_analytics"),
         ["old_certificate, no_title need an account of website"]),
        (("search_console", "website"), ["nothing_came needs an account of google_analytics"]),
    ],
)  # fmt: skip
def test_a_brand_with_some_of_the_platforms_is_told_what_says_nothing(seo, platforms, said):
    notes = has(seo, *platforms).problems()
    assert [(it.message, it.severity, it.key) for it in notes] == [
        (message, "note", "schedules.seo") for message in said
    ]


def test_what_the_brand_switched_off_needs_no_account(seo):
    has(seo, "search_console", "website")
    off = "checks:\n  nothing_came: {off: true, reason: We have no analytics.}\n"
    seo.replace(BRAND, "checks:\n", off)
    assert seo.problems() == []


def test_a_process_that_nobody_scheduled_asks_for_nothing(seo):
    seo.replace(BRAND, "goals:\n", f"{ACCOUNTS['website']}goals:\n")
    assert seo.problems() == []


def test_entries_are_the_accounts_of_any_of_its_platforms(seo):
    has(seo, "website", "search_console")
    library, _ = seo.examine()
    assert [it.name for it in library.entries("acme", "seo")] == ["site", "search"]
    assert [it.name for it in library.entries("acme", "google_ads")] == ["main"]
    with pytest.raises(LookupError, match="no account 'main'; valid: search, site"):
        library.entries("acme", "seo", ["main"])


def test_work_of_somebody_that_the_brand_lacks_goes_to_the_first_with_a_note(seo):
    has(seo, *ACCOUNTS)
    seo.replace(PROCESS, "done_by: person, every", "done_by: person, owner: editor, every")
    note = seo.only()
    assert (note.key, note.severity, note.line) == ("owners", "note", seo.line(BRAND, "owners:"))
    assert note.message == "the task 'Review' names the owner editor, which is not here"
    assert note.remedy == "jane does it"


def test_work_of_processes_that_do_not_concern_the_brand_is_not_looked_at(seo):
    seo.replace(PROCESS, "done_by: person, every", "done_by: person, owner: editor, every")
    assert seo.problems() == []


# --- what a brand changes in a fact --------------------------------------------------------------


def facts(desk, change):
    desk.replace(BRAND, "  cpa_high: {minimum: {clicks: 5}}", f"  {change}")
    library, problems = desk.examine()
    assert [str(it) for it in problems] == []
    return {fact.name: fact for fact in library.checks_for("acme", "seo").facts}


def test_a_brands_own_limits_take_the_place_of_the_shared_ones(seo):
    from config.fact_words import limits_of

    assert limits_of(facts(seo, "old_certificate: {limits: {days: 5}}")["old_certificate"]) == {
        "days": 5
    }


def test_a_brands_verdict_holds_whatever_the_importance(seo):
    fact = facts(seo, "no_title: {verdict: critical}")["no_title"]
    assert (fact.verdict, fact.by_importance) == ("critical", {})


def test_a_brand_can_change_the_verdict_of_one_importance(seo):
    fact = facts(seo, "no_title: {by_importance: {low: warning}}")["no_title"]
    assert (fact.verdict, fact.by_importance) == ("warning", {"high": "critical", "low": "warning"})


@pytest.mark.parametrize(
    ("override", "key", "message"),
    [
        ("no_title: {limits: {days: 1}}", "checks.no_title.limits.days", "has no limit 'days'"),
        ("old_certificate: {by_importance: {low: ok}}", "checks.old_certificate.by_importance",
         "only pages have an importance"),
        ("page_falls: {limits: {days: 1}}", "checks.page_falls.limits", "has cases"),
        ("page_falls: {by_importance: {low: ok}}", "checks.page_falls.by_importance", "has cases"),
    ],
)  # fmt: skip
def test_a_brand_cannot_change_what_a_check_does_not_have(seo, override, key, message):
    seo.replace(BRAND, "  cpa_high: {minimum: {clicks: 5}}", f"  {override}")
    problem = seo.only()
    assert problem.key == key
    assert message in problem.message
    assert problem.line == seo.line(BRAND, override.split(":")[0])


# --- conflicts -----------------------------------------------------------------------------------


def test_advice_may_be_given_on_pages_and_nothing_be_changed(seo):
    books = """\
playbooks:
  - {name: advise, does: note, title: Write, on: [page_falls], level: page, advice: "{name}"}
  - {name: stop, does: pause, title: Stop, on: [page_falls]}
"""
    seo.write(PROCESS, SEO + books)
    problem = seo.only()
    assert (problem.key, problem.message) == (
        "playbooks[1].does", "nothing can be changed on search_console"
    )  # fmt: skip
