"""Nothing is done alone outside of what the brand wrote down, and nothing without an envelope."""

from decimal import Decimal

import pytest

from config.guardrails import Envelope
from connectors.changes import Subject
from tasks.envelope import outside
from tests.tasks.gate.town import budget_of, proposal, status_of

ENVELOPE = Envelope(fields=("daily_budget", "status"), step_percent=10, daily_amount=Decimal(15))


def test_a_change_inside_needs_nobody():
    assert outside(proposal(budget_of(), Decimal(100), Decimal(90)), ENVELOPE, "EUR") == ""
    assert outside(proposal(status_of(), "enabled", "paused"), ENVELOPE, "EUR") == ""


def test_what_begins_to_run_is_an_amount_too():
    enabled = proposal(status_of(), "paused", "enabled")
    assert outside(enabled, ENVELOPE, "EUR", Decimal(15)) == ""
    assert "begins with 15.01" in outside(enabled, ENVELOPE, "EUR", Decimal("15.01"))
    assert "unknown" in outside(enabled, ENVELOPE, "EUR", None)
    dollars = proposal(status_of(), "paused", "enabled", currency="USD")
    assert "in EUR" in outside(dollars, ENVELOPE, "EUR", Decimal(1))
    anything = ENVELOPE.model_copy(update={"daily_amount": None})
    assert outside(enabled, anything, "EUR", None) == ""


@pytest.mark.parametrize(
    ("change", "envelope", "words"),
    [
        (proposal(budget_of(), Decimal(100), Decimal(90)), None, "no envelope"),
        (proposal(budget_of(), Decimal(100), Decimal("89.99")), ENVELOPE, "10 %"),
        (proposal(budget_of(), Decimal(200), Decimal("184.99")), ENVELOPE, "15.01"),
        (proposal(Subject("ad_group", "g1", "cpc_bid"), Decimal(1), Decimal(1)), ENVELOPE, "cpc"),
        (
            proposal(budget_of(), Decimal(100), Decimal(99), currency="USD"),
            ENVELOPE,
            "in EUR, the account's in USD",
        ),
        (
            proposal(status_of(), "enabled", "paused"),
            ENVELOPE.model_copy(update={"levels": ("ad",)}),
            "not campaign",
        ),
        (
            proposal(status_of(), "enabled", "paused"),
            ENVELOPE.model_copy(update={"playbooks": ("other",)}),
            "not for the playbook mend",
        ),
    ],
)
def test_a_change_outside_says_what_keeps_it_out(change, envelope, words):
    assert words in outside(change, envelope, "EUR")


def test_from_zero_every_step_is_too_far():
    assert "infinitely" in outside(proposal(budget_of(), Decimal(0), Decimal(1)), ENVELOPE, "EUR")
