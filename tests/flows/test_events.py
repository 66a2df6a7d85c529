"""Prefect's server has an event per alert and change, once, for automations to build on."""

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from prefect import flow
from prefect.events.worker import EventsWorker

from connectors.sandbox.demo import DEMO_TODAY
from flows.decide_action import decide_action
from flows.google_ads import google_ads
from tasks.happenings import of_actions, of_alerts
from tasks.joint import Joint
from tasks.run import Run
from tasks.steps import decide, links
from tasks.steps.events import tell
from tests.market import demo_market, warehouse
from tests.tasks.gate.town import action, money

WAITS = 200
EVER = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.usefixtures("engine")
def test_what_happens_arrives_once(tmp_path):
    with demo_market(tmp_path):
        google_ads("shop", DEMO_TODAY)
        with warehouse() as store:
            alerts = {alert.fingerprint for alert in store.open_alerts("shop", "google_ads")}
            waiting = store.actions(brand="shop", states=("proposed",))
        first = arrived("shop")
        opened = [one for one in first if one.event == "marketloop.alert.opened"]
        assert {one.resource.id.removeprefix("marketloop.alert.") for one in opened} == alerts
        assert Counter(one.event for one in first) == in_the_ledger()
        roles = {labels.role for labels in opened[0].related}
        assert {"brand", "process", "flow-run", "flow"} <= roles

        ads = [one.action_id for one in waiting if one.proposal.subject.level == "ad"]
        assert decide_action(ads[0], "approve", "ana", "looks right") == "applied"
        at_once = {one.event for one in arrived("shop")} - {one.event for one in first}
        assert at_once == {"marketloop.action.approved", "marketloop.action.applied"}
        decide.decide_action.fn(ads[1], "reject", "bo", "no", "", None)  # as the command line does

        assert tell_again() == 1
        everything = arrived("shop")
        assert Counter(one.event for one in everything) == in_the_ledger()
    (rejected,) = of("rejected", everything)
    assert (rejected.payload["actor"], rejected.payload["explanation"]) == ("bo", "no")
    assert len(of("applied", everything)) == 1


@flow
def tell_again() -> int:
    """Tell what has happened since ever, as a run does with what has since the last one."""
    with warehouse() as store:
        return tell(store, "shop", "google_ads", EVER)


def in_the_ledger():
    """Return how often what happened, of all that there is in the warehouse."""
    with warehouse() as store:
        found = of_alerts(store.alert_turns("shop", "google_ads", EVER))
        found += of_actions(store.action_turns("shop", "google_ads", EVER))
    return Counter(one.event for one in found)


def of(state, events):
    return [one for one in events if one.event == f"marketloop.action.{state}"]


def arrived(brand):
    """Return the events of a brand that the server has, once it has all that happened so far."""
    from prefect.client.orchestration import get_client
    from prefect.events.filters import EventAnyResourceFilter, EventFilter

    EventsWorker.drain_all(timeout=30)
    wanted = EventFilter(any_resource=EventAnyResourceFilter(id=[f"marketloop.brand.{brand}"]))
    with get_client(sync_client=True) as client:
        for _ in range(WAITS):
            page = client.read_events(wanted, limit=50)
            if page.total >= sum(in_the_ledger().values()):
                break
            time.sleep(0.1)  # the server writes what arrives every few seconds
        found = [*page.events]
        while page.next_page:
            page = client.read_events_page(page.next_page)
            found += page.events
    return found


def test_the_link_opens_the_form_of_the_whole_decision(monkeypatch):
    monkeypatch.setattr(links, "_form", lambda run, name: f"http://ui.test/{name}")
    started = datetime(2026, 11, 12, tzinfo=UTC)
    run = Run("r1", "shop", "google_ads", started.date(), started, ())
    parts = [
        replace(action(n, money("60", "50", f"c{n}", group="g")), state="proposed") for n in (7, 8)
    ]
    whole = Joint(tuple(parts))
    (text,) = parse_qs(urlsplit(links.decision_links(run)(whole)).query)["parameters"]
    given = orjson.loads(text)
    assert given == {"action": 7, "decision": "approve", "version": whole.version}
    assert set(given) <= set(decide_action.parameters.properties)
