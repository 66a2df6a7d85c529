"""Two rules that undo each other are found, with figures; rules that cannot meet are left alone."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.formula import TRUE, parse_condition, parse_kpi
from config.inheritance import inherited
from config.library import load
from config.models import Case, Check, Fact, Filter, Kpi, Metric
from config.playbooks import (
    AdTestPlaybook,
    BidPlaybook,
    BudgetPlaybook,
    EnablePlaybook,
    PausePlaybook,
    SplitPlaybook,
)
from config.rule_conflicts import conflicts
from config.rule_examples import Words
from config.settings import HERE

WORDS = Words(
    {
        "spend": Metric(title="Spend", unit="money"),
        "clicks": Metric(title="Clicks", unit="count"),
        "conversions": Metric(title="Conversions", unit="count"),
        "conversions_value": Metric(title="Value", unit="money"),
        "share": Metric(title="Share", unit="percent", weight="clicks"),
    },
    {
        "cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower"),
        "roas": Kpi(title="R", formula="conversions_value / spend", unit="ratio", better="higher"),
        "profit": Kpi(title="", formula="conversions_value - spend", unit="money", better="higher"),
    },
)  # fmt: skip
ENABLED, PAUSED = Filter(status=("enabled",)), Filter(status=("paused",))


def check(name, *when, window="last_7_days", level="campaign", minimum=None, only=None):
    """Return a check whose cases alternate: warning, critical, warning, ..."""
    words = ("warning", "critical")
    cases = tuple(Case(when=it, verdict=words[n % 2]) for n, it in enumerate(when))
    return Check(name=name, level=level, kpi="spend", window=window, minimum=minimum or {},
                 filter=only or Filter(), cases=cases, sentence="x")  # fmt: skip


def fact(name, kind="landing_page_down", verdict="critical"):
    return Fact(name=name, fact=kind, verdict=verdict, sentence="x")


def book(kind, name, on, **settings):
    does = {PausePlaybook: "pause", EnablePlaybook: "enable", BudgetPlaybook: "budget",
            BidPlaybook: "bid"}[kind]  # fmt: skip
    return kind(name=name, title=name, does=does, on=(on,), **settings)


def between(first, second, *checks):
    return conflicts([first, second], {it.name: it for it in checks}, WORDS)


def pause_and_enable(dear, cheap, **settings):
    """Return the conflicts of a pause above and an enable below."""
    checks = [check("dear", dear), check("cheap", cheap)]
    pause = book(PausePlaybook, "pause_dear", "dear")
    return between(pause, book(EnablePlaybook, "enable_cheap", "cheap", **settings), *checks)


def test_pause_above_50_and_enable_below_60():
    (conflict,) = pause_and_enable("cpa > 50", "cpa < 60")
    assert (conflict.first, conflict.second) == ("pause_dear", "enable_cheap")
    assert conflict.example == "cpa 55 with spend 550, conversions 10"
    assert conflict.certain
    assert conflict.remedy == "leave a gap between their conditions"


@pytest.mark.parametrize(
    ("dear", "cheap"),
    [
        ("cpa > 50", "cpa < 50"),
        ("cpa > 50", "cpa <= 50"),
        ("cpa > 1.5 * target(cpa)", "cpa < target(cpa)"),
        ("conversions == 0 and spend > 5 * target(cpa)", "cpa < 10 * target(cpa)"),
        ("spend > 100 and conversions == 0", "conversions >= 1"),
        ("spend > 5 * clicks", "spend < 4 * clicks"),
        ("spend > 2 * usual(spend) and usual(spend) > 100", "spend < 200"),
        ("spend > clicks + 10", "spend < clicks"),
        ("share > 0.5", "share < 0.4"),
        ("share > 1.2", "spend > 1"),
        ("spend > account(spend)", "spend > 1"),
        ("not cpa < 50", "not cpa > 49"),
        ("spend < 0", "spend > 1"),
        ("roas < 1", "profit > 0"),
        ("days > 7", "spend > 1"),
    ],
)
def test_rules_that_cannot_meet(dear, cheap):
    assert pause_and_enable(dear, cheap) == []


@pytest.mark.parametrize(
    ("dear", "cheap", "example"),
    [
        ("cpa >= 50", "cpa <= 50", "cpa 50 with spend 500, conversions 10"),
        (
            "cpa > 1.5 * target(cpa)",
            "cpa < 1.6 * target(cpa)",
            "cpa 77 with spend 770, conversions 10, target(cpa) 50",
        ),
        ("conversions == 0 and spend > 100", "spend < 200", "conversions 0, spend 140"),
        ("not (cpa < 50 or clicks < 9)", "cpa < 60 and clicks == 12", "clicks 12"),
        ("spend + conversions_value > 90", "spend < 40", "spend"),
        ("spend > 50 + 10 * conversions", "spend + clicks < 90 and conversions > 2", "spend"),
        ("profit > 50", "roas < 1.2 and spend < 900", "profit"),
        ("spend > 0.9 * daily_budget * days", "spend < daily_budget * days", "daily_budget 50"),
        ("account(spend) < 1.2 * spend", "spend > 10", "account(spend) 500"),
        ("share > 0.95", "share >= 0.2", "share"),
        ("cpa > 2 * usual(cpa)", "cpa < target(cpa)", "usual(cpa)"),
        ("spend > 20 != conversions", "1 < conversions < 20", "spend 500, conversions 10"),
    ],
)
def test_rules_that_can_meet_come_with_figures(dear, cheap, example):
    (conflict,) = pause_and_enable(dear, cheap)
    assert example in conflict.example


def test_the_minimum_sample_counts():
    few = check("dear", "cpa > 50 and conversions < 10")
    pause = book(PausePlaybook, "p", "dear")
    enable = book(EnablePlaybook, "e", "cheap")
    assert between(pause, enable, few, check("cheap", "cpa < 60"))
    assert not between(pause, enable, few, check("cheap", "cpa < 60", minimum={"conversions": 15}))


def test_when_counts():
    assert pause_and_enable("cpa > 50", "cpa < 60", when="clicks > 100")
    assert not pause_and_enable("cpa > 50", "cpa < 60", when="cpa < 45")


def test_a_case_counts_only_where_none_before_it_holds():
    cases = check("dear", "cpa > 60", "cpa > 50")  # critical is from 50 to 60 only
    pause = book(PausePlaybook, "p", "dear", verdicts=("critical",))
    enable = book(EnablePlaybook, "e", "cheap")
    (conflict,) = between(pause, enable, cases, check("cheap", "cpa < 90"))
    assert "cpa 55" in conflict.example
    assert not between(pause, enable, cases, check("cheap", "cpa > 61 and cpa < 90"))


def test_other_levels_other_names_and_other_fields_are_no_conflict():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    dear = check("a", "cpa > 50", only=Filter(name="*Brand*"))
    assert between(pause, enable, dear, check("b", "cpa < 60"))
    assert not between(pause, enable, dear, check("b", "cpa < 60", level="ad_group"))
    apart = check("b", "cpa < 60", only=Filter(not_name="*brand*"))
    assert not between(pause, enable, dear, apart)
    raised = book(BudgetPlaybook, "raise", "b", percent=10)
    assert not between(pause, raised, dear, check("b", "cpa < 60"))


def test_what_a_pause_does_leads_into_the_filter_of_the_enable():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    dear = check("a", "cpa > 50", only=ENABLED)
    assert between(pause, enable, dear, check("b", "cpa < 60", only=PAUSED))
    assert not between(pause, enable, dear, check("b", "cpa < 60", only=ENABLED))


def test_what_two_filters_keep_apart_is_no_conflict():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    dear = check("a", "cpa > 50", only=Filter(platform="google_ads"))
    assert not between(
        pause, enable, dear, check("b", "cpa < 60", only=Filter(platform="meta_ads"))
    )
    assert between(pause, enable, dear, check("b", "cpa < 60", only=Filter(platform="google_ads")))
    assert between(pause, enable, dear, check("b", "cpa < 60"))


def test_budgets_up_and_down():
    down, up = (
        book(BudgetPlaybook, "down", "a", percent=-20),
        book(BudgetPlaybook, "up", "b", amount=5),
    )
    dear, cheap = check("a", "cpa > 50"), check("b", "cpa < 60")
    assert between(down, up, dear, cheap)
    assert not between(down, book(BudgetPlaybook, "down_too", "b", amount=-5), dear, cheap)
    enabled, paused = check("a", "cpa > 50", only=ENABLED), check("b", "cpa < 60", only=PAUSED)
    assert not between(down, up, enabled, paused)


def test_a_budget_towards_a_target_moves_both_ways_and_never_undoes_itself():
    towards = book(BudgetPlaybook, "towards", "a", towards="cpa")
    everything = check("a", "spend > 0")
    assert conflicts([towards], {"a": everything}, WORDS) == []
    assert not between(towards, book(BudgetPlaybook, "up", "b", percent=10), everything,
                       check("b", "cpa < 1.1 * target(cpa)"))  # fmt: skip
    (conflict,) = between(towards, book(BudgetPlaybook, "up", "b", percent=10), everything,
                          check("b", "cpa < 1.2 * target(cpa)"))  # fmt: skip
    assert "cpa " in conflict.example


def test_a_budget_to_an_amount_goes_up_or_down_with_what_there_is():
    to = book(BudgetPlaybook, "to", "a", to=100)
    down = book(BudgetPlaybook, "down", "b", percent=-10)
    low, high = check("b", "daily_budget < 80"), check("b", "daily_budget > 120")
    assert between(to, down, check("a", "spend > 0"), low)
    assert not between(to, down, check("a", "spend > 0"), high)


def test_bids_towards_two_goals_can_pull_both_ways():
    cpa = book(BidPlaybook, "cpa", "a", kpi="cpa")
    roas = book(BidPlaybook, "roas", "a", kpi="roas")
    (conflict,) = between(cpa, roas, check("a", "conversions > 15"))
    assert "cpa " in conflict.example
    assert "roas " in conflict.example
    assert not between(cpa, book(BidPlaybook, "other", "a", kpi="roas", field="target_cpa"),
                       check("a", "conversions > 15"))  # fmt: skip


def test_other_days_are_other_figures():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    longer = check("b", "cpa < 40", window="last_14_days")
    (conflict,) = between(pause, enable, check("a", "cpa > 50"), longer)
    assert not conflict.certain
    assert conflict.remedy == "let both look at the same days, and leave a gap"
    assert "cpa in last_7_days 55, cpa in last_14_days 36" in conflict.example


def test_of_numbers_on_other_days_a_priority_decides():
    down = book(BudgetPlaybook, "down", "a", percent=-20, priority=60)
    dear, longer = check("a", "cpa > 50"), check("b", "cpa < 40", window="last_14_days")
    assert not between(down, book(BudgetPlaybook, "up", "b", percent=10, priority=40), dear, longer)
    assert between(down, book(BudgetPlaybook, "up", "b", percent=10, priority=60), dear, longer)


# --- what comes at whatever figures --------------------------------------------------------------


def on_a_fact(pause_settings=None, *, only=PAUSED, level="ad", kind="landing_page_down"):
    """Return the conflicts of a pause on a fact and an enable below a cost per conversion of 60."""
    pause = book(PausePlaybook, "pause_down", "page_down", **(pause_settings or {}))
    enable = book(EnablePlaybook, "enable_cheap", "cheap")
    cheap = check("cheap", "cpa < 60", level=level, window="last_28_days", only=only)
    return between(pause, enable, fact("page_down", kind), cheap)


def test_a_pause_on_a_fact_is_undone_wherever_the_enable_holds():
    (conflict,) = on_a_fact()
    assert conflict.example == "page_down at cpa 50 with spend 500, conversions 10"
    assert conflict.certain
    assert conflict.remedy == (
        "let the pause end by itself (`days: 3`), or let one of them only advise (`does: note`)"
    )


def test_a_pause_on_a_fact_that_ends_by_itself_is_left_alone():
    assert on_a_fact({"days": 1}) == []


def test_a_fact_counts_for_its_level_verdict_and_entities_only():
    assert on_a_fact({"verdicts": ("warning",)}) == []
    assert on_a_fact(level="ad_group") == []
    assert on_a_fact(only=ENABLED) == []
    # what it finds does not run, and so is never paused
    assert on_a_fact(level="campaign", kind="spend_while_inactive") == []


def test_the_condition_of_a_playbook_does_not_count_for_its_facts():
    both = book(PausePlaybook, "p", "dear", when="cpa > 90")
    both = both.model_copy(update={"on": ("dear", "page_down")})
    checks = [check("dear", "cpa > 50", level="ad"), check("cheap", "cpa < 60", level="ad")]
    enable = book(EnablePlaybook, "e", "cheap")
    assert not between(both, enable, *checks)
    (conflict,) = between(both, enable, *checks, fact("page_down"))
    assert conflict.example.startswith("page_down at cpa ")


def test_an_enable_that_never_holds_undoes_no_pause():
    never = check("never", "cpa < 60 and cpa > 70", level="ad")
    pause, enable = book(PausePlaybook, "p", "page_down"), book(EnablePlaybook, "e", "never")
    assert not between(pause, enable, fact("page_down"), never)


def test_what_always_holds_is_told_without_figures():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    always = {"level": "ad", "window": "last_7_days"}
    (conflict,) = between(pause, enable, check("a", "days > 3", **always),
                          check("b", "days > 5", **always))  # fmt: skip
    assert conflict.example == "any figures"
    (conflict,) = between(pause, enable, fact("a"), check("b", "days > 5", **always))
    assert conflict.example == "a"


def test_budgets_on_a_fact_are_told_apart_by_priority():
    spends = fact("spends", "spend_while_inactive")
    dear = check("dear", "cpa > 50")

    def conflict(priority, other=dear):
        up = book(BudgetPlaybook, "up", "spends", percent=10)
        down = book(BudgetPlaybook, "down", other.name, percent=-20, priority=priority)
        return between(up, down, spends, other)

    (found,) = conflict(50)
    assert found.example == "spends at cpa 55 with spend 550, conversions 10"
    assert not found.certain
    assert found.remedy == "let one of them only advise (`does: note`)"
    assert not conflict(60)
    assert not conflict(50, other=check("dear", "cpa > 50", only=ENABLED))
    (found,) = conflict(60, other=spends)
    assert (found.example, found.certain) == ("spends", True)


def test_an_ad_that_lost_its_test_is_enabled_again_wherever_the_enable_holds():
    losing = AdTestPlaybook(name="losing", title="x", does="losing_ads")
    enable = book(EnablePlaybook, "enable_cheap", "cheap")
    (conflict,) = between(losing, enable, check("cheap", "cpa < 60", level="ad", only=PAUSED))
    assert conflict.example == "a lost test at cpa 50 with spend 500, conversions 10"
    assert conflict.certain
    assert conflict.remedy == "let one of them only advise (`does: note`)"
    assert not between(losing, enable, check("cheap", "cpa < 60", level="ad_group", only=PAUSED))
    assert not between(losing, enable, check("cheap", "cpa < 60", level="ad", only=ENABLED))
    assert not between(
        losing, book(PausePlaybook, "p", "dear"), check("dear", "cpa > 50", level="ad")
    )


def test_a_split_of_budgets_beside_a_cut_is_ordinary():
    split = SplitPlaybook(name="split", title="x", does="split_budget")
    cut = book(BudgetPlaybook, "cut", "dear", percent=-20)
    assert not between(split, cut, check("dear", "cpa > 60"))


# --- what varies, cannot be read, or ships -------------------------------------------------------


def test_days_of_a_month_so_far_may_be_any():
    pause, enable = book(PausePlaybook, "p", "a"), book(EnablePlaybook, "e", "b")
    month = {"window": "month_to_date"}
    early, late = check("a", "days < 10", **month), check("b", "days >= 8 and spend > 1", **month)
    (conflict,) = between(pause, enable, early, late)
    assert "days" in conflict.example
    assert not between(pause, enable, early, check("b", "days >= 10", **month))
    assert not between(pause, enable, check("a", "days > 40", **month), late)


def test_what_cannot_be_read_is_no_conflict():
    assert pause_and_enable("cpa > 50 and", "cpa < 60") == []
    assert pause_and_enable("cpo > 50", "cpa < 60") == []


def test_the_same_rules_always_give_the_same_example():
    assert pause_and_enable("cpa > 50", "cpa < 60") == pause_and_enable("cpa > 50", "cpa < 60")


def test_the_shipped_playbooks_are_searched_in_no_time():
    library = load(HERE, HERE / "demo")
    words = Words(library.metrics, library.kpis)
    start = time.process_time()
    for process in library.processes.values():
        checks, facts = inherited(process, library.check_libraries)
        both = {it.name: it for it in (*checks, *facts)}
        assert conflicts(process.playbooks, both, words) == []
    assert time.process_time() - start < 0.2


# --- against brute force -------------------------------------------------------------------------

GRID = np.array((0.0, 1.0, 3.0, 7.0, 10.0, 20.0, 33.0, 50.0, 77.0, 100.0, 240.0, 500.0))

numbers = st.sampled_from((0, 1, 2, 3, 5, 8, 10, 20, 50, 60, 100, 150, 200))
factors = st.sampled_from((0.5, 0.9, 1, 1.5, 2, 4, 10))
names = st.sampled_from(("spend", "conversions", "cpa"))
terms = st.one_of(
    numbers.map(str),
    st.tuples(factors, names).map(lambda it: f"{it[0]} * {it[1]}"),
    st.tuples(numbers, factors, names).map(lambda it: f"({it[0]} + {it[1]} * {it[2]})"),
)
atoms = st.tuples(names, st.sampled_from(("<", "<=", ">", ">=", "==")), terms).map(" ".join)
rules = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
            lambda it: f"({it[0]} {it[1]} {it[2]})"
        ),
        inner.map(lambda it: f"not ({it})"),
    ),
    max_leaves=3,
)


def truth(text, figures):
    """Return a condition's value with these figures, KPIs worked out from them."""

    def look(_, name):
        if name in WORDS.kpis:
            return parse_kpi(WORDS.kpis[name].formula, WORDS.metrics).evaluate(look)
        return figures[name]

    return parse_condition(text, WORDS.metrics, WORDS.kpis).evaluate(look)


def overlap(first, second):
    """Return the points of a grid at which, and a little around which, both rules hold."""
    spend, conversions = (it.ravel() for it in np.meshgrid(GRID, GRID))
    hold = np.ones(len(spend), dtype=np.bool_)
    for s, c in ((0, 0), (0.01, 0), (0, 0.01), (-0.01, 0), (0, -0.01), (0.01, -0.01)):
        near = {"spend": spend * (1 + s), "conversions": conversions * (1 + c)}
        hold &= (truth(first, near) == TRUE) & (truth(second, near) == TRUE)
    return list(zip(spend[hold].tolist(), conversions[hold].tolist(), strict=True))


@settings(max_examples=100, deadline=None)
@given(rules, rules)
def test_whatever_brute_force_finds_the_search_finds(first, second):
    conflict = pause_and_enable(first, second)
    if not conflict:
        assert overlap(first, second) == []


@settings(max_examples=100, deadline=None)
@given(rules, rules)
def test_an_example_holds_as_it_reads(first, second):
    for conflict in pause_and_enable(first, second):
        _, _, plain = conflict.example.rpartition(" with ")
        figures = {name: float(value) for name, value in (it.split() for it in plain.split(", "))}
        missing = {"spend": 500.0, "conversions": 10.0}
        nearly = [
            {name: value * (1 + shift) for name, value in {**missing, **figures}.items()}
            for shift in (0, 1e-5, -1e-5)  # an example is written with six digits
        ]
        assert any(truth(first, it) == TRUE == truth(second, it) for it in nearly)
