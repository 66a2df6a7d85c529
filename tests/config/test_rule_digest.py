"""A rule is another one when it would decide otherwise, and not when it is only worded anew."""

import pytest

from config.inheritance import Checks
from config.library import Library, load
from config.models import Fact
from config.playbooks import Playbook
from config.rule_digest import rule_digest
from config.settings import HERE

CUT, PROCESS = "google_cut_budget", "google_ads"


@pytest.fixture(scope="module")
def library() -> Library:
    return load(HERE, HERE / "demo", "shop")


@pytest.fixture
def cut(library) -> Playbook:
    return next(it for it in library.playbooks_for("shop", PROCESS) if it.name == CUT)


@pytest.fixture
def checks(library) -> Checks:
    return library.checks_for("shop", PROCESS)


@pytest.fixture
def digest(library, cut, checks):
    """Digest the rule with these fields of the playbook, of its check, of another check changed."""

    def make(*, check="cpa_above_target", of_check=None, kpis=library.kpis, **changes) -> str:
        changed = tuple(
            it.model_copy(update=of_check or {}) if it.name == check else it for it in checks.checks
        )
        return rule_digest(
            cut.model_copy(update=changes), Checks(changed, checks.facts, checks.off), kpis
        )

    return make


@pytest.mark.parametrize(
    "words",
    [
        {"title": "Spend less"},
        {"owner": "web"},
        {"risk": "None."},
        {"mode": "act"},
        {"of_check": {"sentence": "{name} is dear."}},
        {"of_check": {"owner": "web", "remedy": None}},
        {"check": "ctr_drop", "of_check": {"minimum": {"clicks": 1.0}}},
    ],
)
def test_other_words_or_another_check_leave_the_rule_as_it_is(digest, words):
    assert digest(**words) == digest()


@pytest.mark.parametrize(
    "change",
    [
        {"percent": -25.0},
        {"verdicts": ("warning", "critical")},
        {"when": "conversions >= 30"},
        {"priority": 61},
        {"on": ()},
        {"of_check": {"minimum": {"conversions": 10.0}}},
        {"of_check": {"cases": ()}},
        {"of_check": {"window": "last_7_days"}},
    ],
)
def test_what_decides_otherwise_is_another_rule(digest, change):
    assert digest(**change) != digest()


def test_a_kpi_that_the_rule_names_is_part_of_it(library, digest):
    other = library.kpis["cpa"].model_copy(update={"formula": "spend / clicks"})
    assert digest(kpis={**library.kpis, "cpa": other}) != digest()
    assert digest(kpis={**library.kpis, "of_nobody": other}) == digest()


def test_a_check_that_the_brand_switched_off_is_missed(library, cut, checks):
    without = tuple(it for it in checks.checks if it.name != "cpa_above_target")
    digests = {
        rule_digest(cut, it, library.kpis)
        for it in (checks, Checks(without, checks.facts, checks.off))
    }
    assert len(digests) == 2


def test_a_facts_limits_count(library, cut):
    fact = Fact(name="gone", fact="no_data", verdict="critical", sentence="{name}")
    late = fact.model_copy(update={"limits": {"days": 3.0}})
    worded = fact.model_copy(update={"sentence": "{name}: {reason}"})
    answering = cut.model_copy(update={"on": ("gone",)})
    first, second, third = (
        rule_digest(answering, Checks((), (it,), ()), library.kpis) for it in (fact, worded, late)
    )
    assert first == second != third
