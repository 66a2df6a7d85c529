"""What a brand may get wrong about modes, guardrails, envelopes and playbooks; and what holds."""

from datetime import time
from decimal import Decimal

import pytest

from config.guardrails import Guardrails, ValueLimits
from config.inheritance import SwitchedOff
from config.library import load

BRAND, PROCESS = "brands/acme.yaml", "processes/google_ads.yaml"

PLAYBOOKS = """\
playbooks:
  - {name: stop, does: pause, title: Pause it, on: [cpa_high], verdicts: [critical]}
  - {name: cut, does: budget, title: Cut it, on: [cpa_high], verdicts: [warning], percent: -15}
  - {name: split, does: split_budget, title: Split it}
  - {name: advise, does: note, title: Write, on: [ctr_low], advice: "{name}", owner: nobody}
"""
ENVELOPE = "envelope: {fields: [status], playbooks: [stop]}\n"


@pytest.fixture
def desk(desk):
    desk.write(PROCESS, desk.text(PROCESS) + PLAYBOOKS)
    return desk


def stated(desk, text):
    desk.write(BRAND, desk.text(BRAND) + text)
    return desk


MISTAKES = {
    "act without an envelope": (
        "mode: act\n", "mode", "act needs an envelope", "use propose", "error",
    ),
    "a process that acts without an envelope": (
        "mode: propose\nmodes: {google_ads: act}\n", "modes.google_ads",
        "act is more than the brand's mode", "raise `mode: propose`", "note",
    ),
    "a playbook that acts without an envelope": (
        "mode: propose\nplaybooks: {stop: {mode: act}}\n", "playbooks.stop.mode",
        "act needs an envelope", "add `envelope:", "error",
    ),
    "a playbook that acts in the envelope of another": (
        f"mode: act\n{ENVELOPE}playbooks: {{cut: {{mode: act}}}}\n", "playbooks.cut.mode",
        "act needs an envelope", "add `envelope:", "error",
    ),
    "a playbook that may do more than its brand": (
        f"mode: propose\n{ENVELOPE}playbooks: {{stop: {{mode: act}}}}\n", "playbooks.stop.mode",
        "act is more than the brand allows here", "from propose", "note",
    ),
    "mode of an unknown process": (
        "mode: propose\nmodes: {google_add: propose}\n", "modes.google_add",
        "no process 'google_add'", "did you mean google_ads?", "error",
    ),
    "unknown mode": (
        "modes: {google_ads: watch}\n", "modes.google_ads", "none of the valid words",
        "act, observe, propose", "error",
    ),
    "minimum above maximum": (
        "guardrails: {values: {daily_budget: {minimum: 50, maximum: 20}}}\n",
        "guardrails.values.daily_budget.minimum", "the minimum 50 is above the maximum 20",
        "swap", "error",
    ),
    "a step above what a week allows": (
        "guardrails: {values: {cpc_bid: {step_percent: 40}}}\n",
        "guardrails.values.cpc_bid.step_percent",
        "step_percent is 40, and percent_7_days allows 30 only", "the lesser one holds", "note",
    ),
    "a week below the usual step": (
        "guardrails: {values: {cpc_bid: {percent_7_days: 15}}}\n",
        "guardrails.values.cpc_bid.percent_7_days",
        "step_percent is 20, and percent_7_days allows 15 only", "the lesser one holds", "note",
    ),
    "no hours": (
        'guardrails: {hours: ["06:00", "06:00"]}\n', "guardrails.hours",
        "from 06:00 until 06:00 is no span of time", "whole day", "error",
    ),
    "an hour that is none": (
        'guardrails: {hours: ["06:00", "25:00"]}\n', "guardrails.hours[1]",
        "must be a time of day, not '25:00'", '"06:00", in quotes', "error",
    ),
    "no weekdays": (
        "guardrails: {weekdays: []}\n", "guardrails.weekdays", "on no day of the week",
        "name days", "note",
    ),
    "a limit on what is no number": (
        "guardrails: {values: {status: {minimum: 1}}}\n", "guardrails.values.status",
        "none of the valid words", "daily_budget", "error",
    ),
    "everything protected": (
        "guardrails: {protected: [{}]}\n", "guardrails.protected[0]",
        "names nothing, and so protects everything", "name a level", "error",
    ),
    "a field of change histories only, blocked": (
        "guardrails: {blocked: [other]}\n", "guardrails.blocked[0]",
        "none of the valid words", "daily_budget", "error",
    ),
    "a field of change histories only, in an envelope": (
        "envelope: {fields: [other]}\n", "envelope.fields[0]",
        "none of the valid words", "daily_budget", "error",
    ),
    "a blocked field that playbooks need": (
        "guardrails: {blocked: [label, daily_budget]}\n", "guardrails.blocked[1]",
        "daily_budget is blocked, and so is whatever cut, split would change", "switch", "note",
    ),
    "a step that is too small for a playbook": (
        "guardrails: {values: {daily_budget: {step_percent: 18}}}\n",
        "guardrails.values.daily_budget.step_percent",
        "18 % is less than the step of 20 % that split takes", "refused", "note",
    ),
    "an envelope without fields": (
        "envelope: {fields: []}\n", "envelope.fields", "needs at least 1 entry", "add one", "error",
    ),
    "an envelope for an unknown playbook": (
        "envelope: {fields: [status], playbooks: [stopp]}\n", "envelope.playbooks[0]",
        "no playbook 'stopp'", "did you mean stop?", "error",
    ),
    "an envelope of one playbook for another": (
        "playbooks: {stop: {envelope: {fields: [status], playbooks: [cut]}}}\n",
        "playbooks.stop.envelope.playbooks", "this envelope of stop is for other playbooks only",
        "leave", "error",
    ),
    "an unknown playbook": (
        "playbooks: {cutt: {owner: john}}\n", "playbooks.cutt", "no playbook 'cutt'",
        "did you mean cut?", "error",
    ),
    "a playbook switched off without a reason": (
        "playbooks: {cut: {off: true}}\n", "playbooks.cut", "needs a reason", "add `reason:`",
        "error",
    ),
    "an override that changes nothing": (
        "playbooks: {cut: {reason: because}}\n", "playbooks.cut", "changes nothing", "remove it",
        "error",
    ),
    "an override with an unknown owner": (
        "playbooks: {cut: {owner: jon}}\n", "playbooks.cut.owner", "no owner 'jon'",
        "did you mean john?", "error",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_names_line_key_what_is_wrong_and_the_remedy(desk, mistake):
    text, key, message, remedy, severity = mistake
    first = desk.text(BRAND).count("\n") + 1
    problems = stated(desk, text).problems()
    assert len(problems) == 1, [str(problem) for problem in problems]
    (problem,) = problems
    assert (problem.file, problem.key, problem.severity) == (BRAND, key, severity)
    assert message in problem.message
    assert remedy in problem.remedy
    section = key.split(".")[0].split("[")[0]
    lines = text.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{section}:")]
    assert problem.line == first + at


def test_splitting_a_month_without_a_budget_is_a_note_once_it_is_proposed(desk):
    desk.replace(BRAND, "budgets:\n  - {platform: google_ads, monthly: 1000}\n", "")
    assert desk.problems() == []
    note = stated(desk, "mode: propose\n").only()
    assert (note.severity, note.key) == ("note", "budgets")
    assert "split splits a monthly budget, and the brand states none" in note.message


def test_a_platform_that_the_brand_does_not_have_needs_no_budget(desk):
    desk.write("processes/facebook_ads.yaml", desk.text(PROCESS).replace("google_ads", "meta_ads")
               .replace("ctr_low", "meta_low").replace("name: stop", "name: stop_2")
               .replace("name: cut", "name: cut_2").replace("name: split", "name: split_2")
               .replace("name: advise", "name: advise_2"))  # fmt: skip
    assert stated(desk, "mode: propose\n").problems() == []


def test_act_inside_an_envelope_of_a_single_playbook_is_right(desk):
    text = "mode: act\nplaybooks: {stop: {envelope: {fields: [status]}}}\n"
    assert stated(desk, text).problems() == []


def test_unknown_playbooks_are_only_wrong_if_all_processes_could_be_read(desk):
    desk.write("processes/second.yaml", "title: [")
    problems = stated(desk, "playbooks: {elsewhere: {owner: john}}\n").problems()
    assert [problem.file for problem in problems] == ["processes/second.yaml"]


def test_another_limit_of_a_brand_can_bring_about_a_conflict(desk):
    up = "  - {name: grow, does: budget, title: Raise it, on: [ctr_low], percent: 10}\n"
    desk.replace(PROCESS, "window: yesterday", "window: last_7_days")
    desk.replace(PROCESS, "when: ctr < 0.01", "when: cpa < target(cpa)")
    desk.write(PROCESS, desk.text(PROCESS) + up)
    assert desk.problems() == []
    cases = "cases: [{when: cpa > 0.8 * target(cpa), verdict: warning}]"
    desk.replace(BRAND, "cpa_high: {minimum: {clicks: 5}}", f"cpa_high: {{{cases}}}")
    problem = desk.only()
    assert (problem.file, problem.key) == (BRAND, "checks.cpa_high")
    assert problem.message.startswith("cut and grow can both hold: cpa ")


# --- what holds ----------------------------------------------------------------------------------


def loaded(desk, text=""):
    return load(stated(desk, text).folder, desk.folder / "brands")


def test_a_brand_that_says_nothing_observes_with_strict_limits(desk):
    library = loaded(desk)
    names = [playbook.name for playbook in library.playbooks_for("acme", "google_ads")]
    assert names == ["stop", "cut", "split", "advise"]
    assert {library.mode("acme", "google_ads", name) for name in names} == {"observe"}
    assert library.envelope("acme", "stop") is None
    assert library.guardrails("acme") == Guardrails()
    assert library.guardrails("acme").hours == (time(6), time(20))


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("mode: propose\n", "propose"),
        (f"mode: act\n{ENVELOPE}", "propose"),
        (f"mode: act\n{ENVELOPE}playbooks: {{stop: {{mode: act}}}}\n", "act"),
        (f"mode: act\n{ENVELOPE}modes: {{google_ads: observe}}\n", "observe"),
        ("mode: propose\nplaybooks: {stop: {mode: observe}}\n", "observe"),
        (f"mode: propose\n{ENVELOPE}playbooks: {{stop: {{mode: act}}}}\n", "propose"),
    ],
)
def test_the_least_of_the_brands_the_processs_and_the_playbooks_mode_holds(desk, text, mode):
    assert loaded(desk, text).mode("acme", "google_ads", "stop") == mode


def test_a_playbooks_own_envelope_goes_before_the_brands(desk):
    own = "playbooks: {cut: {mode: act, envelope: {fields: [daily_budget], step_percent: 5}}}\n"
    library = loaded(desk, f"mode: act\n{ENVELOPE}{own}")
    assert library.envelope("acme", "cut").step_percent == 5
    assert library.envelope("acme", "stop").fields == ("status",)
    assert library.envelope("acme", "split") is None  # the brand's is for `stop` only


def test_who_decides_is_the_overrides_owner_the_playbooks_the_checks_or_the_first(desk):
    desk.replace(BRAND, "cpa_high: {minimum: {clicks: 5}}", "cpa_high: {owner: john}")
    desk.replace(PROCESS, "title: Split it", "title: Split it, owner: john")
    library = loaded(desk, "playbooks: {stop: {owner: jane}}\n")
    owners = {it.name: it.owner for it in library.playbooks_for("acme", "google_ads")}
    assert owners == {"stop": "jane", "cut": "john", "split": "john", "advise": "jane"}


def test_a_playbook_that_is_off_is_listed_with_its_reason(desk):
    library = loaded(desk, "playbooks: {cut: {off: true, reason: planned by hand}}\n")
    assert "cut" not in [it.name for it in library.playbooks_for("acme", "google_ads")]
    assert library.playbooks_off("acme", "google_ads") == (SwitchedOff("cut", "planned by hand"),)


def test_an_overrides_mode_is_the_playbooks(desk):
    library = loaded(desk, "mode: propose\nplaybooks: {cut: {mode: observe}}\n")
    modes = {it.name: it.mode for it in library.playbooks_for("acme", "google_ads")}
    assert modes == {"stop": "propose", "cut": "observe", "split": "propose", "advise": "propose"}


def test_a_playbook_of_another_process_has_no_mode(desk):
    with pytest.raises(LookupError, match="no playbook 'stopp'; did you mean stop"):
        loaded(desk).mode("acme", "google_ads", "stopp")


def test_a_limit_that_is_stated_leaves_the_others_strict():
    stated = Guardrails(values={"target_cpa": ValueLimits(minimum=Decimal(5))})
    limits = stated.limits("target_cpa")
    assert (limits.minimum, limits.step_percent, limits.percent_7_days) == (Decimal(5), 10, 15)
    assert stated.limits("daily_budget").step_percent == 20
