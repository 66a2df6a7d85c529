"""Changes go through the sandbox's Meta and come back as they were meant."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.changes import Edit, Subject
from connectors.channels.meta_ads import Connector, Options
from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.demo import SHOP_META

from .meta_replies import CONTENT, change, permit


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(demo(), seed=1, today=DEMO_TODAY) as running:
        yield running


@pytest.fixture
def channel(sandbox) -> Connector:
    return Connector(
        Options(
            account_id=SHOP_META,
            access_token="t",
            base_url=sandbox.meta_url,
            page_id="100200300",
        )
    )


def first(channel: Connector, level: str, **wanted: bool) -> str:
    """Return an id of the level, with a daily budget of its own if that is wanted."""
    entities = [entity for page in channel.entities([level]) for entity in page]
    return next(e.entity_id for e in entities if not wanted or e.daily_budget)


@pytest.mark.parametrize("level", ["campaign", "ad_group", "ad"])
def test_a_status(channel, level):
    subject = Subject(level, first(channel, level), "status")
    before = channel.settings([subject])[subject].value
    assert before == "enabled"
    for value in ("paused", "enabled"):
        assert channel.check([change(subject, value)]) == [""]
        assert channel.write([permit(subject, value)])[0].state == "accepted"
        assert channel.settings([subject])[subject].value == value


def test_a_budget(channel):
    subject = Subject("campaign", first(channel, "campaign", budget=True), "daily_budget")
    setting = channel.settings([subject])[subject]
    assert (setting.fixed, setting.unit) == ("", Decimal("0.01"))
    wanted = setting.value + Decimal("1.05")
    assert channel.check([change(subject, wanted)]) == [""]
    assert channel.settings([subject])[subject].value == setting.value
    assert channel.write([permit(subject, wanted)])[0].state == "accepted"
    assert channel.settings([subject])[subject].value == wanted


def history(channel: Connector, sandbox: Sandbox) -> list[Edit]:
    now = sandbox.world.moment()
    pages = channel.edits(now - timedelta(days=20), now + timedelta(hours=1))
    return [edit for page in pages for edit in page]


def test_what_a_person_changes_beside_it_is_in_the_history(channel, sandbox):
    assert not [edit for edit in history(channel, sandbox) if edit.subject.field == "other"]
    group = first(channel, "ad_group")
    sandbox.edit_by_hand(SHOP_META, "ad_group", group, "other", "update_ad_set_target_spec")
    (told,) = (edit for edit in history(channel, sandbox) if edit.subject.field == "other")
    assert told.subject == Subject("ad_group", group, "other", "targeting")
    assert (told.who, told.tool) == ("person@example.com", "Ads Manager")


def test_a_label(channel):
    subject = Subject("campaign", first(channel, "campaign"), "label", "Round trip")
    assert channel.settings([subject])[subject].value == "absent"
    assert channel.write([permit(subject, "present")])[0].state == "accepted"
    assert channel.settings([subject])[subject].value == "present"


def test_a_draft(channel):
    subject = Subject("ad_group", first(channel, "ad_group"), "ad", "0f3c")
    assert channel.settings([subject])[subject].value == "absent"
    draft = permit(subject, "paused", "absent", **CONTENT)
    (written,) = channel.write([draft])
    assert written.state == "accepted"
    assert channel.settings([subject])[subject].value == "paused"
    assert channel.write([draft])[0].made == written.made
