"""People read on the command line who comes into a list and who goes: counts, and nobody's name."""

import pytest
from click.testing import CliRunner

from deployments.cli import main
from tests.tasks.steps.mail_lists import LETTERS, letters_list, opened


@pytest.fixture
def shop(tmp_path, sqlite_template):
    with opened(tmp_path, sqlite_template) as shop:
        shop.keeps(letters=letters_list(shop))
        shop.has(*range(40))
        shop.has(900, address=sorted(shop.inside(LETTERS))[0], consent="never")
        shop.look()
        yield shop


def call(*words):
    """Return what a command prints, on one line."""
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done.exit_code == 0
    return " ".join(done.output.split())


def test_a_change_of_a_list_reads_well(shop, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    (waiting,) = shop.actions("proposed")
    number, item = str(waiting.action_id), waiting.proposal.subject.item
    change = f"customers “buyers”: 40 added, 1 removed in Mailchimp list {item}"
    assert change in call("actions", "list", "--brand", "acme")
    shown = call("actions", "show", number)
    for part in (change, "adds 40, removes 1, the list has 37 now",
                 "36 people in the list are not among the customers, and stay",
                 "Taken back by cannot be taken back", "the wrong people come and go"):  # fmt: skip
        assert part in shown
    assert change in call("actions", "explain", number)


def test_a_limit_that_refuses_a_list_is_told_in_people(shop):
    (waiting,) = shop.actions("proposed")
    shop.has(*range(39))
    shop.brand(more="guardrails: {list_removal_percent: 2}")
    explained = call("actions", "explain", str(waiting.action_id))
    assert (
        "list_removal: it would take 1 of 37 people out of the list, 2.71 % of at most 2 %"
        in explained
    )
