"""What a report says of rules that act without asking, and of what such a rule asks after all."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.records import RuleReplay
from tasks.report.build import build_report
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.rules import ActingRule
from tests.tasks.report import ledger

SHOWN = RuleReplay(
    brand="lamps",
    process="google_ads",
    playbook="cut",
    digest="ab12",
    at=datetime(2026, 11, 3, 8, tzinfo=UTC),
    first=date(2026, 8, 6),
    last=date(2026, 11, 3),
    known_days=48,
    as_if_known=False,
    days_fired=12,
    waits=2,
    done=1234,
    refused={"cool_down": 30, "protected": 4},
)
CURRENT = ActingRule("cut", "Turn down <b>bids", SHOWN, "")
NEW = ActingRule("raise", "Turn up bids", None, "the rule is new: read what it would have done")


@pytest.fixture(scope="module")
def report(make_market):
    why = "the rule has changed since its replay of 2026-11-03"
    asks = ledger.action(made=ledger.proposal(mode="act"), explanation=why)
    waits = ledger.action(made=ledger.proposal(playbook="x"), explanation="the mode is propose")
    material = make_market().material()
    return build_report(replace(material, rules=[CURRENT, NEW], actions=[waits, asks]))


def unescaped(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_rules_that_act_stand_with_their_replays_and_new_ones_first(report, render):
    text = unescaped(render(report))
    assert text.index("Turn up bids") < text.index("Turn down")
    assert "sks: the rule is new" in text
    for part in ("6 Aug 2026 to 3 Nov 2026 shown on 3 Nov 2026: 48 days known then", "1,234", "34"):
        assert part in text
    assert "<b>bids" not in render(report)


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_a_change_that_its_playbook_may_make_says_why_it_asks(report, render):
    text = unescaped(render(report))
    assert text.count("Asks because") == text.count("since its replay of 2026-11-03") == 1
    assert "the mode is propose" not in text


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_without_rules_that_act_nothing_is_said_of_them(make_market, render):
    assert "Rules that act" not in render(build_report(make_market().material()))
