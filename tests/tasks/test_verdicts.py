from collections import Counter

import pytest

from tasks.targets import Targets


def daily(campaign=1, days=range(1, 61), **figures):
    return [(campaign, ago, figures) for ago in days]


def only(results):
    (result,) = results
    return result


FIRING = daily(spend=10.0, clicks=5.0, impressions=100.0, conversions=1.0)


def test_a_finding_carries_every_figure_it_is_based_on(market, check, ago):
    one = check(
        "cpa > 1.5 * target(cpa) or cpa > usual(cpa)", "spend > 1", kpi="cpa", minimum={"clicks": 5}
    )
    result = only(market(FIRING).judge(one, targets=Targets({"cpa": 6.0}, "EUR")).results())
    assert (result.check, result.level, result.entity_key, result.account_key) == (
        "a_check",
        "campaign",
        1,
        1,
    )
    assert (result.verdict, result.reason, result.owner) == ("critical", "", "ann")
    assert (result.kpi, result.unit) == ("cpa", "money")
    assert (result.value, result.target, result.previous) == (10.0, 6.0, 10.0)
    assert (result.window_start, result.window_end) == (ago(7), ago(1))
    assert result.numbers == {
        "cpa": 10.0,
        "target(cpa)": 6.0,
        "usual(cpa)": 10.0,
        "spend": 70.0,
        "conversions": 7.0,
        "usual(spend)": 70.0,
        "usual(conversions)": 7.0,
        "clicks": 35.0,
    }


def test_a_ratio_of_the_whole_account_comes_with_its_sums(market, check):
    result = only(market(FIRING).judge(check("account(cpa) > 1")).results())
    numbers = {"account(cpa)": 10.0, "account(spend)": 70.0, "account(conversions)": 7.0}
    assert result.numbers == {**numbers, "spend": 70.0}


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{name}: {value}", "Campaign 1: €70.00"),
        ("{target} {previous}", "not set €70.00"),
        ("{change} in {window}", "→ 0% in the last 7 days"),
        ("at least {minimum}", "at least 5 clicks and €1.00 spend"),
        ("{clicks} clicks, {ctr}, {cpa}", "35 clicks, 5.00%, €10.00"),
        ("{share}", "unknown"),
        ("{{name}}", "{name}"),
    ],
)
def test_the_sentence_is_filled_for_people(market, check, template, sentence):
    one = check("spend > 1", sentence=template, minimum={"clicks": 5, "spend": 1})
    assert only(market(FIRING).judge(one).results()).sentence == sentence


@pytest.mark.parametrize("name", ["{cpa}", "{0.__class__}", "{value", "}} %s"])
def test_the_name_in_a_sentence_is_data(market, check, name):
    made = market(FIRING, campaigns=[{"name": name}])
    result = only(made.judge(check("spend > 1")).results())
    assert (result.name, result.sentence) == (name, f"{name} spent €70.00")


def test_money_has_the_currency_of_its_account(market, check):
    made = market(FIRING, currencies={1: "JPY"})
    assert only(made.judge(check("spend > 1")).results()).sentence == "Campaign 1 spent ¥70"


def test_an_entity_without_a_name_is_called_by_its_id(market, check):
    made = market(FIRING, campaigns=[{"name": "", "entity_id": "801"}])
    assert only(made.judge(check("spend > 1")).results()).name == "801"


def test_what_is_ok_makes_no_record(market, check):
    assert market(FIRING).judge(check("spend > 100")).results() == []


def test_what_is_ok_makes_a_record_when_asked_for(market, check):
    judged = market(FIRING).judge(check("spend > 100"))
    result = only(judged.results([("a_check", 1, 1)]))
    assert (result.verdict, result.value, result.reason) == ("ok", 70.0, "")
    assert result.sentence == "Campaign 1 is ok: spend €70.00 (the last 7 days)"


@pytest.mark.parametrize(
    "subject",
    [
        ("another", 1, 1),
        ("a_check", 1, 99),
        ("a_check", 1, None),
        ("a_check", 1, 2),  # left out by the filter
    ],
)
def test_what_was_not_looked_at_makes_no_record(market, check, subject):
    made = market(FIRING, campaigns=[{}, {"status": "paused"}])
    judged = made.judge(check("spend > 100", filter={"status": ["enabled"]}))
    assert judged.results([subject]) == []
    assert judged.verdict_of(*subject) is None


def test_what_fires_is_not_recorded_twice(market, check):
    assert len(market(FIRING).judge(check("spend > 1")).results([("a_check", 1, 1)])) == 1


def test_what_could_not_be_judged_is_one_record_per_account_and_reason(market, check):
    made = market(
        daily(1, clicks=9.0, spend=1.0, conversions=1.0),
        campaigns=[{}, {}, {}, {}, {}, {"account_key": 2}, {"account_key": 2}],
        accounts=(1, 2),
    )
    many, few = made.judge(check("cpa > 1", minimum={"clicks": 5})).results()
    assert (many.entity_key, many.account_key, many.name) == (None, 1, "Account 1")
    assert (many.verdict, many.reason) == ("unknown", "too_little_data")
    assert many.numbers == {"entities": 4.0}
    assert many.sentence == (
        "4 campaigns cannot be judged: less than 5 clicks (the last 7 days) "
        "(Campaign 2, Campaign 3, Campaign 4 and 1 more)"
    )
    assert (few.account_key, few.numbers) == (2, {"entities": 2.0})
    assert few.sentence.endswith("(Campaign 6, Campaign 7)")


def test_a_single_entity_that_could_not_be_judged_is_named(market, check):
    result = only(market(daily(spend=1.0)).judge(check("cpa > 1")).results())
    assert (result.entity_key, result.verdict, result.reason) == (1, "unknown", "undefined")
    assert result.numbers == {"spend": 7.0, "conversions": 0.0}
    assert result.sentence == (
        "Campaign 1 cannot be judged: cpa has no value (nothing to divide by, or not set)"
    )


def test_who_is_asked_for_by_name_is_not_in_the_group(market, check):
    judged = market(campaigns=[{}, {}, {}]).judge(check("cpa > 1"))
    one, group = judged.results([("a_check", 1, 2)])
    assert (one.entity_key, one.verdict) == (2, "unknown")
    assert group.numbers == {"entities": 2.0}


@pytest.mark.parametrize(
    ("reason", "options", "words"),
    [
        ("stale", {"not_pulled": [(1, 1)]}, "too old"),
        ("missing", {"not_pulled": [(1, 2)]}, "never pulled completely"),
        ("no_target", {}, "no target is set"),
    ],
)
def test_the_sentence_says_why_it_is_not_judged(market, check, reason, options, words):
    result = only(market(FIRING, **options).judge(check("spend > target(spend)")).results())
    assert (result.reason, words in result.sentence) == (reason, True)


def test_the_sentence_on_the_first_of_a_month_says_so(market, check, as_of):
    judged = market(FIRING).judge(
        check("spend > 1", window="month_to_date"), as_of=as_of.replace(day=1)
    )
    result = only(judged.results())
    assert result.sentence == "Campaign 1 cannot be judged: its window has no complete day yet"
    assert result.window_start == result.window_end


def test_verdicts_are_counted_per_check(market, check):
    made = market(FIRING, campaigns=[{}, {}, {"status": "paused"}])
    judged = made.judge(
        check("spend > 1", filter={"status": ["enabled"]}),
        check("cpa > 1 and spend >= 0", name="another"),
    )
    assert judged.counts() == {
        "a_check": Counter(critical=1, ok=1),
        "another": Counter(critical=1, unknown=2),
    }


def test_an_account_is_its_own_subject(market, check):
    judged = market(FIRING).judge(check("spend > 100", level="account"))
    result = only(judged.results([("a_check", 1, None)]))
    assert (result.entity_key, result.name, result.verdict) == (None, "Account 1", "ok")
