"""A test of two wordings on the demo's shop: from the post's file to the ledger to the report."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from config.content_approval import approved_digest
from config.library import load
from config.settings import HERE, settings
from connectors.sandbox.social.audience import Audience
from tasks.run import Run
from tasks.steps.listening import listen
from tasks.steps.publishing import publish_due
from tasks.steps.suggesting import suggest
from tests.flows.test_social import KEY, at, go, look, said, shop, world  # noqa: F401  a fixture
from tests.market import warehouse

FIRST = datetime(2026, 11, 9, 8, tzinfo=UTC)  # nine in Berlin
EVERY = timedelta(days=2)
TEXTS = {"plain": "We measured 400 feet.", "warm": "Cold feet? #Warm"}
POST = """\
---
objective: trust
networks: [linkedin, mastodon]
test:
  figure: reactions
  posts_per_arm: 4
  arms: {plain: We measured 400 feet., warm: "Cold feet? #Warm"}
evergreen: true
state: scheduled
publish_at: "2026-11-09 09:00"
approval: {by: the owner, on: 2026-11-01, digest: "DIGEST"}
---
"""


@pytest.fixture
def tested(shop):  # noqa: F811  the fixture
    """The shop, with a post whose second wording is liked three times as often on Mastodon."""
    for network, liked in (("linkedin", 1.0), ("mastodon", 3.0)):
        loud = Audience(followers=20_000, noise=0.1, comments=0.0, hashtags={"warm": liked})
        account = world(shop).accounts[KEY[network]]
        world(shop).accounts[KEY[network]] = replace(account, audience=loud)
        for past in world(shop).posts(KEY[network]):
            world(shop).delete(KEY[network], past.post_id)
    world(shop).log.clear()
    brand = settings().brands_dir / "shop.yaml"
    rules = "content:\n  cool_down_days: 2\n  holidays: []\n"
    text = brand.read_text().replace("  holidays: [2026-11-13", "  # [2026-11-13")
    brand.write_text(text.replace("content:\n", rules, 1))
    folder = settings().brands_dir / "shop/content"
    (folder / "new_warehouse.md").unlink()
    (folder / "feet.md").write_text(POST)
    digest = approved_digest(load(HERE, settings().brands_dir, "shop").content("shop", "feet"), {})
    (folder / "feet.md").write_text(POST.replace("DIGEST", digest))
    return shop


def hear(sandbox, moment):
    """Read what posts have earned by a moment."""
    go(sandbox, moment)
    for network in ("linkedin", "mastodon"):
        run = Run("a run", "shop", f"{network}_post", moment.date(), moment, (network,), "")
        assert listen.fn(run) == {}


def reports(sandbox, moment):
    """Look after the networks at a moment; return the report of each."""
    go(sandbox, moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("flows.social"), "datetime", at(moment))
        looked = {it: look(it) for it in ("linkedin", "mastodon")}
    return {it: Path(outcome.report).read_text() for it, outcome in looked.items()}


def test_a_test_from_its_file_to_its_end(tested):
    for number in range(10):  # eight decide, and one is out before they are old enough
        due = FIRST + number * EVERY
        go(tested, due)
        assert {it.state for it in publish_due.fn("shop", due)} == {"applied"}
        hear(tested, due + timedelta(hours=1))
        if number == 3:
            assert publish_due.fn("shop", due + timedelta(hours=2)) == []  # nobody's turn changes
            before = reports(tested, due + timedelta(hours=2))
    after = reports(tested, FIRST + 9 * EVERY + timedelta(hours=2))
    for network in ("linkedin", "mastodon"):
        texts = [one.text for one in said(tested, network)]
        assert [texts[:8].count(text) for text in TEXTS.values()] == [4, 4]
        assert texts[9] == TEXTS["plain" if network == "linkedin" else "warm"]
    assert "nothing is said before it is 4 of each" in before["mastodon"]
    assert "feet is decided: warm is better" in after["mastodon"]
    assert "feet is decided: no difference was shown" in after["linkedin"]
    assert "reactions per impression" in after["linkedin"]
    assert "plain goes on" in after["linkedin"]
    assert "Last week" in after["mastodon"]
    assert "of these for trust" in after["mastodon"]
    library = load(HERE, settings().brands_dir, "shop")
    with warehouse() as store:
        ledger = store.actions(brand="shop")
        found = suggest(store, library, "shop", "feet", FIRST + 10 * EVERY)
    contents = [one.proposal.content for one in ledger]
    assert len(contents) == 20
    assert {(it["test"], TEXTS[it["arm"]] == it["text"]) for it in contents} == {("feet", True)}
    told = {one.network: one.tests for one in found}
    assert [it.startswith("feet is decided: warm") for it in told["mastodon"]] == [True]


def test_what_an_owner_turned_down_is_not_asked_again_in_the_other_wording(tested):
    from tasks.steps.decide import decide_action

    late = FIRST + timedelta(hours=3)
    go(tested, late)
    asked = publish_due.fn("shop", late)
    assert {it.state for it in asked} == {"proposed"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("tasks.steps.decide"), "datetime", at(late))
        for one in asked:
            decide_action.fn(one.action_id, "reject", "the owner", "too late", "", one.version)
    for minutes in (5, 60):
        assert publish_due.fn("shop", late + timedelta(minutes=minutes)) == []
    assert world(tested).log == []
