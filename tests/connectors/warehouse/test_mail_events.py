"""What comes back is kept once, suppresses whom it must, and is counted on the message's day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from connectors.base import Window
from connectors.mail import MailReport, Outcome
from connectors.mail_links import Ticket, unsubscribe_mailto
from connectors.warehouse.mail_figures import METRICS
from connectors.warehouse.mail_tables import mail_messages, orders, people
from tests.mail_people import KEYS, NOON, add_people, address_of, due, save_sender, terms

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def sender(warehouse) -> int:
    add_people(warehouse, range(1, 9))
    return save_sender(warehouse)


@pytest.fixture
def sent(warehouse, sender):
    """Send a message; return its id."""

    def run(person, now=NOON, state="sent", **changes):
        wanted = [due(person, **changes)]
        (claim,) = warehouse.claim_mail(sender, "acme", wanted, terms(now=now), "w/1", now)
        with warehouse.mail_desk("acme", "w/1", "marketing_automation") as desk:
            assert desk.next(claim, now) is None
            desk.record(claim, Outcome(state), now)
        return claim.message_id

    return run


@pytest.fixture
def record(warehouse):
    def run(*reports, **more):
        return warehouse.record_reports("acme", reports, KEYS, NOON, **more)

    return run


@pytest.fixture
def suppressed(rows):
    return lambda: [(it["address_key"], it["reason"]) for it in rows("SELECT * FROM suppressions")]


def report(kind, message_id="", address="", at=NOON, source="INBOX 1", **more):
    return MailReport(kind, at, message_id, address, source=source, **more)


def consent_of(warehouse, person):
    with warehouse.reading() as connection:
        return connection.scalar(sa.select(people.c.consent).where(people.c.person_key == person))


@pytest.mark.parametrize(("kind", "reason", "consent"), [
    ("hard_bounce", "hard_bounce", "subscribed"),
    ("complaint", "complaint", "unsubscribed"),
    ("unsubscribe", "unsubscribed", "unsubscribed"),
])  # fmt: skip
def test_what_must_suppress_does_and_is_kept_once(
    warehouse, sent, record, suppressed, rows, kind, reason, consent
):
    message = sent(1)
    first, second = record(report(kind, message)), record(report(kind, message))
    assert (first.new, first.suppressed) == ({kind: 1}, 1)
    assert (second.new, second.suppressed) == ({}, 0)
    assert suppressed() == [(KEYS.address(address_of(1)), reason)]
    assert consent_of(warehouse, 1) == consent
    assert len(rows("SELECT * FROM consents")) == (consent == "unsubscribed")


@pytest.mark.parametrize("kind", ["delayed", "reply", "auto_reply", "soft_bounce"])
def test_other_reports_suppress_nobody(sent, record, suppressed, kind):
    assert record(report(kind, sent(1))).new == {kind: 1}
    assert suppressed() == []


@pytest.mark.parametrize("kind", ["hard_bounce", "complaint"])
def test_a_report_on_no_message_of_ours_does_nothing(record, suppressed, sender, kind):
    forged = record(report(kind, "<forged@elsewhere>", address_of(1)))
    assert (forged.strangers, forged.new, suppressed()) == (1, {}, [])


def test_a_complaint_without_any_name_finds_its_person_by_its_ticket(
    warehouse, record, sent, suppressed
):
    sent(1)
    ticket = Ticket("acme", 1, KEYS.address(address_of(1)))
    token = unsubscribe_mailto(KEYS, "leave@acme.example", ticket).replace("%20", " ")
    found = record(report("complaint", "<redacted@yahoo.example>", token=token))
    assert (found.new, found.strangers, found.suppressed) == ({"complaint": 1}, 0, 1)
    assert suppressed() == [(KEYS.address(address_of(1)), "complaint")]
    assert consent_of(warehouse, 1) == "unsubscribed"
    (tally,) = warehouse.mail_tallies("acme", NOON - DAY)
    assert (tally.handed, tally.complained) == (1, 1)


def test_a_ticket_of_another_brand_or_maker_is_nobodys_complaint(record, sender, suppressed):
    address = KEYS.address(address_of(1))
    other = unsubscribe_mailto(KEYS, "leave@acme.example", Ticket("other", 1, address))
    forged = f"acme.1-{address}.{'0' * 32}"
    for token in (other.replace("%20", " "), forged):
        assert record(report("complaint", token=token)).strangers == 1
    assert suppressed() == []


def test_who_unsubscribes_by_mail_is_known_by_token_or_by_address(warehouse, record, sender):
    ticket = Ticket("acme", 17, KEYS.address(address_of(1)))
    token = unsubscribe_mailto(KEYS, "leave@acme.example", ticket).replace("%20", " ")
    record(report("unsubscribe", token=token), report("unsubscribe", address=address_of(2)))
    assert [consent_of(warehouse, person) for person in (1, 2, 3)] == [
        "unsubscribed", "unsubscribed", "subscribed",
    ]  # fmt: skip


def test_one_click_unsubscribes_once(warehouse, sender, suppressed):
    ticket = Ticket("acme", 1, KEYS.address(address_of(1)))
    assert warehouse.unsubscribe(ticket, "one click", NOON)
    assert not warehouse.unsubscribe(ticket, "one click", NOON)
    assert consent_of(warehouse, 1) == "unsubscribed"
    assert len(suppressed()) == 1


@pytest.mark.parametrize(("days", "bounced", "dead"), [
    ([0, 2, 4, 6, 7], "sssss", True),  # 5 in a row, over 7 days
    ([0, 1, 2, 3, 4], "sssss", False),  # too close to each other
    ([0, 2, 4, 8], "ssss", False),  # too few
    ([0, 2, 4, 6, 7, 9], "sss.ss", False),  # one arrived in between
    ([0, 2, 4, 6, 7, 9], "sssss.", True),  # the last one may bounce yet
])  # fmt: skip
def test_soft_bounces_in_a_row_over_a_week_suppress(sent, record, suppressed, days, bounced, dead):
    messages = [
        sent(1, NOON + day * DAY, source=f"mail{day}", not_before=NOON, not_after=NOON + 30 * DAY)
        for day in days
    ]
    for number, (message, how) in enumerate(zip(messages, bounced, strict=True)):
        if how == "s":
            record(report("soft_bounce", message, source=f"INBOX {number}"), soft_bounces=5)
    assert bool(suppressed()) == dead


def figures(warehouse, sender, level, days=1, conversion_days=5):
    window = Window(NOON.date(), NOON.date() + timedelta(days=days - 1))
    frame = warehouse.mail_figures(sender, window, conversion_days=conversion_days)[level]
    return {(row["entity_id"], row["date_day"]): row for row in frame.to_dict("records")}


def test_each_message_counts_once_on_the_day_it_was_handed(warehouse, sender, sent, record):
    one, two = sent(1), sent(2)
    sent(3, state="refused")
    sent(4, state="doubtful")
    sent(5, state="released")
    sent(6, source="summer")
    late = NOON + 3 * DAY
    record(
        report("hard_bounce", one, at=late),
        report("complaint", two, at=late),
        report("complaint", two, at=late, source="INBOX 2"),
    )
    warehouse.record_click(Ticket("acme", 2, KEYS.address(address_of(2))), "link 1", late)
    warehouse.record_click(Ticket("acme", 2, KEYS.address(address_of(2))), "link 2", late)
    spring = figures(warehouse, sender, "campaign")["campaign/spring", "2026-11-20"]
    counts = {name: spring[name] for name in METRICS}
    assert counts == {
        "sent": 4, "delivered": 2, "bounced": 2, "hard_bounced": 1, "complaints": 1,
        "unsubscribes": 0, "clicks": 1, "conversions": 0, "conversions_value": 0,
    }  # fmt: skip
    assert figures(warehouse, sender, "account")["shop.example", "2026-11-20"]["sent"] == 5
    assert figures(warehouse, sender, "segment")["everybody", "2026-11-20"]["sent"] == 5
    assert figures(warehouse, sender, "mailbox_provider")["other", "2026-11-20"]["sent"] == 5


def test_a_day_is_one_of_the_accounts_time_zone(warehouse, sender, sent):
    sent(1, datetime(2026, 11, 20, 23, 59, tzinfo=BERLIN), not_before=NOON - DAY)
    sent(2, datetime(2026, 11, 21, 0, 1, tzinfo=BERLIN))
    found = figures(warehouse, sender, "account", days=3)
    assert {day for _, day in found} == {"2026-11-20", "2026-11-21"}


def test_an_order_belongs_to_the_last_message_before_it(warehouse, sender, sent):
    sent(1, source="first")
    sent(1, NOON + DAY, source="second")
    sent(2, source="first")
    bought = [
        ("a", 1, NOON - DAY, 1.0),  # before any message
        ("b", 1, NOON + DAY / 2, 10.0),
        ("c", 1, NOON + 2 * DAY, 20.0),
        ("d", 1, NOON + 2 * DAY, -20.0),  # money that went back
        ("e", 2, NOON + 5 * DAY, 40.0),
        ("f", 2, NOON + 5 * DAY + timedelta(seconds=1), 80.0),  # too late
        ("g", 3, NOON + DAY, 160.0),  # got nothing
    ]
    with warehouse.writing() as connection:
        names = ("order_id", "person_key", "ordered_at", "value")
        rows = [{"brand": "acme", **dict(zip(names, one, strict=True))} for one in bought]
        connection.execute(sa.insert(orders), rows)
    found = figures(warehouse, sender, "campaign", days=2)
    assert [
        (name, row["conversions"], row["conversions_value"]) for (name, _), row in found.items()
    ] == [("campaign/first", 2, 50.0), ("campaign/second", 1, 20.0)]


def test_figures_go_the_way_of_a_channels(warehouse, sender, sent):
    sent(1)
    window = Window(NOON.date(), NOON.date())
    warehouse.save_entities(sender, [warehouse.mail_entities(sender)], NOON)
    for level, frame in warehouse.mail_figures(sender, window, conversion_days=5).items():
        with warehouse.pull(sender, level, window, run_id="r", now=NOON) as writer:
            writer.add(frame)
        stored = warehouse.performance([sender], level, window, ["sent", "bounced"])
        assert (stored.values["sent"].tolist(), stored.values["bounced"].tolist()) == ([1], [0])


def test_without_messages_there_are_no_rows(warehouse, sender):
    window = Window(date(2026, 1, 1), date(2026, 1, 31))
    found = warehouse.mail_figures(sender, window, conversion_days=5)
    assert all(frame.empty for frame in found.values())
    assert [one.level for one in warehouse.mail_entities(sender)] == ["account"]


def test_the_breaker_gets_its_counts(warehouse, sender, sent, record):
    record(report("hard_bounce", sent(1)), report("complaint", sent(2), source="INBOX 2"))
    sent(3)
    sent(4, NOON - 8 * DAY, not_before=NOON - 9 * DAY)
    (tally,) = warehouse.mail_tallies("acme", NOON - 7 * DAY)
    assert (tally.handed, tally.hard_bounced, tally.complained, tally.delivered) == (3, 1, 1, 2)


def test_a_stop_stays_as_it_was_first_said(warehouse, sender):
    said = {"who": "breaker", "why": "bounces", "now": NOON}
    assert warehouse.stop_mail("acme", "campaign", "spring", **said)
    assert not warehouse.stop_mail("acme", "campaign", "spring", **said | {"who": "ops"})
    (stop,) = warehouse.mail_stops("acme")
    assert stop.who == "breaker"
    with pytest.raises(LookupError, match="stopped are: campaign spring"):
        warehouse.release_mail("acme", "sequence", "spring", **said)
    warehouse.release_mail("acme", "campaign", "spring", **said)
    assert warehouse.mail_stops("acme") == []


def test_a_mailbox_is_read_on_from_its_place(warehouse, sender):
    assert warehouse.mailbox_place(sender) == ""
    warehouse.save_mailbox_place(sender, "1:7")
    warehouse.save_mailbox_place(sender, "1:9")
    assert warehouse.mailbox_place(sender) == "1:9"


def test_no_address_stands_in_what_sending_writes(warehouse, sent, record, rows):
    record(report("complaint", sent(1)))
    for table in (mail_messages.name, "mail_events", "suppressions", "consents"):
        assert "@mail" not in str(rows(f"SELECT * FROM {table}"))  # noqa: S608
