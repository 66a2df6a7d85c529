"""Whatever can be wrong with a process's playbooks: where, what, and what to do."""

from dataclasses import dataclass

import pytest

PROCESS, CHECKS = "processes/google_ads.yaml", "checks/shared.yaml"
BRAND = "brands/acme.yaml"

PLAYBOOKS = """\
playbooks:
  - name: pause_high
    does: pause
    title: Pause what is dear
    on: [cpa_high]
    verdicts: [critical]
    days: 1
  - name: cut
    does: budget
    title: Cut its budget
    on: [cpa_high]
    verdicts: [warning]
    when: conversions >= 15
    percent: -20
  - name: split
    does: split_budget
    title: Split the month
    platforms: [google_ads]
  - name: advise
    does: note
    title: Write another ad
    on: [ctr_low, page_down]
    level: campaign
    advice: "{name} needs another text"
  - name: days
    does: adjust
    title: Look at weekdays
    breakdown: weekday
"""


@pytest.fixture
def books(desk):
    desk.replace(CHECKS, "fact: landing_page_down", "fact: spend_while_inactive")
    desk.replace(CHECKS, '"{url} of {name} is down"', '"{name}: {status}"')
    desk.write(PROCESS, desk.text(PROCESS) + PLAYBOOKS)
    return desk


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new`; the problem stands on the line with `at`, or else with `new`."""

    old: str
    new: str
    key: str
    message: str
    remedy: str
    at: str = ""
    severity: str = "error"


MISTAKES = {
    "unknown kind": Mistake(
        "does: pause", "does: paus", "playbooks[0].does", "none of the valid words, not 'paus'",
        "did you mean pause?",
    ),
    "no kind": Mistake(
        "    does: pause\n", "", "playbooks[0].does", "required and missing", "add `does:`",
        "- name: pause_high",
    ),
    "key of another kind": Mistake(
        "    days: 1", "    percent: 1", "playbooks[0].percent", "unknown key", "days",
    ),
    "two ways to change a budget": Mistake(
        "percent: -20", "percent: -20\n    amount: 5", "playbooks[1]",
        "give exactly one of percent, amount, to, towards", "", "- name: cut",
    ),
    "unknown check": Mistake(
        "on: [cpa_high]\n    verdicts: [critical]", "on: [cpa_hihg]\n    verdicts: [critical]",
        "playbooks[0].on[0]", "the process runs no check 'cpa_hihg'", "did you mean cpa_high?",
        "cpa_hihg",
    ),
    "no check to answer": Mistake(
        "    on: [cpa_high]\n    verdicts: [critical]\n", "", "playbooks[0]",
        "a playbook that does `pause` answers checks, and names none", "cpa_high, ctr_low",
        "- name: pause_high",
    ),
    "verdict that no check gives": Mistake(
        "    on: [ctr_low, page_down]\n", "    on: [ctr_low]\n    verdicts: [critical]\n",
        "playbooks[3].verdicts", "never critical", "warning", "    verdicts: [critical]\n    level",
        "note",
    ),
    "condition that cannot be read": Mistake(
        "conversions >= 15", "conversion >= 15", "playbooks[1].when", "no metric or KPI",
        "did you mean conversions?",
    ),
    "condition that divides by zero": Mistake(
        "conversions >= 15", "spend / 0 >= 15", "playbooks[1].when", "divides by zero", "divide",
    ),
    "condition that is too long with its check's": Mistake(
        "conversions >= 15", "cpa > 1" + " and cpa > 100" * 35, "playbooks[1].when",
        "longer than 500 characters", "shorten it", "when: cpa > 1",
    ),
    "condition on a fact": Mistake(
        "on: [cpa_high]\n    verdicts: [warning]", "on: [page_down]\n    verdicts: [critical]",
        "playbooks[1].when", "facts have no window", "remove `when`", "when: conv",
    ),
    "two of one name": Mistake(
        "- name: cut", "- name: pause_high #2", "playbooks[1].name",
        "the playbook pause_high exists already, at processes/google_ads.yaml:", "rename",
    ),
    "pull that is needed": Mistake(
        "    does: adjust\n    title: Look at weekdays\n    breakdown: weekday",
        "    does: negative_keywords\n    title: Exclude", "playbooks[4].does",
        "needs the figures of the level search_term", "add `- {level: search_term}`",
        "does: negative_keywords",
    ),
    "breakdown that is not pulled": Mistake(
        "breakdown: weekday", 'breakdown: "age,gender"', "playbooks[4].breakdown",
        "does not pull the breakdown 'age,gender'", "valid: weekday",
    ),
    "breakdowns that are not pulled": Mistake(
        "    does: adjust\n    title: Look at weekdays\n    breakdown: weekday",
        "    does: audience_research\n    title: Who\n    breakdowns: [device]",
        "playbooks[4].breakdowns[0]", "does not pull the breakdown 'device'", "none yet",
        "breakdowns: [device]",
    ),
    "KPI that is not there": Mistake(
        "percent: -20", "towards: roas", "playbooks[1].towards", "no KPI 'roas'", "cpa, ctr",
    ),
    "KPI of a bid that is not there": Mistake(
        "    does: adjust\n    title: Look at weekdays\n    breakdown: weekday",
        "    does: bid\n    title: Bid\n    on: [cpa_high]\n    field: target_cpa\n    most: 0.1\n"
        "    kpi: roas", "playbooks[4].kpi", "no KPI 'roas'", "cpa", "kpi: roas",
    ),
    "field that the level does not have": Mistake(
        "    does: adjust\n    title: Look at weekdays\n    breakdown: weekday",
        "    does: bid\n    title: Lower its bid\n    on: [ctr_low]", "playbooks[4].on[0]",
        "looks at the level campaign, where google_ads has no cpc_bid",
        "answer a check on ad_group or keyword", "on: [ctr_low]\n",
    ),
    "level of a note that its check does not have": Mistake(
        "level: campaign\n    advice", "level: ad\n    advice", "playbooks[3].level",
        "its checks look at the level campaign only", "remove `level`", "level: ad\n",
    ),
    "field of advice that there is not": Mistake(
        '"{name} needs another text"', '"{name} at {url}"', "playbooks[3].advice",
        "no field 'url'", "name",
    ),
    "platform without budgets": Mistake(
        "    platforms: [google_ads]", "    platforms: [google_ad]", "playbooks[2].platforms[0]",
        "no budget can be changed on 'google_ad'", "did you mean google_ads?",
    ),
    "step that guardrails refuse": Mistake(
        "percent: -20", "percent: -30", "playbooks[1].percent",
        "a step of 30 % is more than the 20 % that guardrails allow", "is refused",
        severity="note",
    ),
    "share that guardrails refuse": Mistake(
        "    platforms: [google_ads]", "    most: 0.25", "playbooks[2].most", "a step of 25 %",
        "is refused", severity="note",
    ),
}  # fmt: skip


def test_what_is_right_is_taken(books):
    assert [str(problem) for problem in books.problems()] == []


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_names_line_key_what_is_wrong_and_the_remedy(books, mistake):
    books.replace(PROCESS, mistake.old, mistake.new)
    problems = books.problems()
    assert len(problems) == 1, [str(problem) for problem in problems]
    (problem,) = problems
    assert (problem.key, problem.severity) == (mistake.key, mistake.severity)
    assert mistake.message in problem.message
    assert mistake.remedy in problem.remedy
    text = books.text(PROCESS)
    at = text.index(mistake.at or mistake.new)
    assert problem.line == text.count("\n", 0, at) + 1
    assert problem.file == PROCESS


def test_keywords_have_no_place_on_meta(books):
    text = books.text(PROCESS).replace("platforms: [google_ads]\nw", "platforms: [meta_ads]\nw")
    text = text.replace("does: adjust", "does: keyword_research").replace("breakdown: weekday", "")
    text = text.replace("does: pause\n", "does: new_keywords\n").replace("    days: 1\n", "")
    books.write(PROCESS, text.replace("- {level: campaign}", "- {level: campaign}\n  - "
                                      "{level: search_term}"))  # fmt: skip
    found = {it.key: it for it in books.problems() if it.file == PROCESS}
    assert found.keys() == {"pulls[1].level", "playbooks[0].does", "playbooks[4].does"}
    first, second = found["playbooks[0].does"], found["playbooks[4].does"]
    assert first.message == "meta_ads has no keyword to change"
    assert "daily_budget" in first.remedy
    assert second.message == "meta_ads does not tell what people search for"


def test_a_platform_that_nothing_can_be_changed_on_takes_notes_only(books):
    text = books.text(PROCESS).replace("    platforms: [google_ads]", "")
    books.write(PROCESS, text.replace("platforms: [google_ads]", "platforms: [display]"))
    brand = books.text("brands/acme.yaml")
    entry = "  - {name: own, platform: display, connector: file, account_id: 1}\ngoals:\n"
    books.write("brands/acme.yaml", brand.replace("goals:\n", entry))
    found = [it for it in books.problems() if it.file == PROCESS]
    assert [it.key for it in found] == [f"playbooks[{n}].does" for n in (0, 1, 2)]
    assert {it.message for it in found} == {"nothing can be changed on display"}


def test_lists_are_pushed_where_one_of_the_platforms_has_lists(books):
    push = "\n  - {name: push, does: push_audience, title: Keep lists like segments}"
    books.replace(PROCESS, "playbooks:", f"playbooks:{push}")
    problem = books.only()
    assert (problem.key, problem.message) == (
        "playbooks[0].does", "google_ads has no audience to change",
    )  # fmt: skip
    books.replace(PROCESS, "platforms: [google_ads]\nworkflow", "platforms: [google_ads, klaviyo]\n"
                  "workflow")  # fmt: skip
    books.replace(PROCESS, "{level: campaign}", "{platform: google_ads, level: campaign}")
    assert [it for it in books.problems() if it.key == "playbooks[0].does"] == []


def test_a_name_is_unique_over_all_processes(books):
    other = books.text(PROCESS).replace("ctr_low", "ctr_other")
    books.write("processes/second.yaml", other)
    doubled = [it for it in books.problems() if "exists already, at" in it.message]
    assert [it.file for it in doubled] == ["processes/second.yaml"] * 5


def test_a_wrong_library_is_one_mistake_and_not_one_per_playbook(books):
    books.replace(CHECKS, "window: last_7_days", "window: sometimes")
    assert [it.key for it in books.problems()] == ["checks[0].window"]


def test_a_wrong_check_does_not_stop_the_search_for_conflicts(books):
    books.replace(CHECKS, "cpa > 2 * target(cpa)", "cpo > 2 * target(cpa)")
    assert [it.key for it in books.problems()] == ["checks[0].cases[0].when"]


def test_rules_that_undo_each_other_are_named_with_figures(books):
    enable = (
        "  - {name: enable_cheap, does: enable, title: Enable it, on: [ctr_low], "
        "when: cpa < 2.5 * target(cpa)}\n"
    )
    books.write(PROCESS, books.text(PROCESS) + enable)
    assert [it.severity for it in books.problems()] == ["note"]  # over other days: it may happen
    books.replace(PROCESS, "window: yesterday", "window: last_7_days")
    problem = books.only()
    assert (problem.key, problem.severity) == ("playbooks[5].name", "error")
    assert problem.line == books.line(PROCESS, "enable_cheap")
    assert problem.message.startswith("pause_high and enable_cheap can both hold: cpa ")
    assert "target(cpa) 50" in problem.message
    assert problem.remedy == "one undoes the other: leave a gap between their conditions"


UNDOING = """\
playbooks:
  - {name: pause_down, does: pause, title: Pause it, on: [page_down]}
  - {name: enable_cheap, does: enable, title: Enable it, on: [ad_cheap]}
"""


def with_cheap_ads(desk, playbooks):
    """Make `ad_cheap` a check on ads that cost less than their target."""
    desk.replace(PROCESS, "{level: campaign}", "{level: campaign}\n  - {level: ad}")
    desk.replace(PROCESS, "- name: ctr_low\n    level: campaign", "- name: ad_cheap\n    level: ad")
    desk.replace(PROCESS, "when: ctr < 0.01", "when: cpa < target(cpa)")
    desk.write(PROCESS, desk.text(PROCESS) + playbooks)


def test_a_pause_on_a_fact_that_an_enable_undoes_is_named(desk):
    with_cheap_ads(desk, UNDOING)
    problem = desk.only()
    assert (problem.key, problem.severity) == ("playbooks[1].name", "error")
    assert problem.line == desk.line(PROCESS, "enable_cheap")
    assert problem.message == (
        "pause_down and enable_cheap can both hold: "
        "page_down at cpa 45 with spend 450, conversions 10, target(cpa) 50"
    )
    assert problem.remedy == (
        "one undoes the other: let the pause end by itself (`days: 3`), "
        "or let one of them only advise (`does: note`)"
    )
    desk.replace(PROCESS, "on: [page_down]", "on: [page_down], days: 3")
    assert desk.problems() == []


def test_a_lost_test_that_an_enable_undoes_is_named(desk):
    with_cheap_ads(desk, UNDOING.replace("does: pause", "does: losing_ads"))
    problem = desk.only()
    assert (problem.key, problem.severity) == ("playbooks[1].name", "error")
    assert problem.message.startswith(
        "pause_down and enable_cheap can both hold: a lost test at cpa "
    )
    desk.replace(PROCESS, "does: enable", "does: note, advice: Enable it")
    assert desk.problems() == []


def test_a_brands_own_verdict_on_a_fact_can_bring_about_a_conflict(desk):
    with_cheap_ads(desk, UNDOING.replace("on: [page_down]", "on: [page_down], verdicts: [warning]"))
    assert [problem.severity for problem in desk.problems()] == ["note"]
    desk.replace(BRAND, "cpa_high: {minimum: {clicks: 5}}", "page_down: {verdict: warning}")
    [problem] = [one for one in desk.problems() if one.severity == "error"]
    assert (problem.file, problem.key) == (BRAND, "checks.page_down")
    assert problem.message.startswith("pause_down and enable_cheap can both hold: page_down")
