"""Links of messages: only we make them, they hold no address, and they lead nowhere else."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from connectors.mail_links import (
    Ticket,
    click_link,
    clicking,
    leaving,
    leaving_by_mail,
    unsubscribe_link,
    unsubscribe_mailto,
)
from connectors.people_keys import PeopleKeys

KEYS, OTHERS = PeopleKeys(b"k" * 32), PeopleKeys(b"o" * 32)
TICKET = Ticket("acme_shop", 17, KEYS.address("jane@acme.example"))
BASE = "https://mail.acme.example/"


def parts(link):
    return urlsplit(link).path.split("/")[2:]


def test_a_link_says_whose_it_is_and_no_address():
    link = unsubscribe_link(KEYS, BASE, TICKET)
    assert re.fullmatch(r"https://mail\.acme\.example/u/acme_shop/17-\d+/[0-9a-f]{32}", link)
    assert leaving(KEYS, *parts(link)) == TICKET


@pytest.mark.parametrize(
    "change",
    [
        lambda brand, id_, token: ("acme", id_, token),
        lambda brand, id_, token: (brand, id_.replace("17-", "18-"), token),
        lambda brand, id_, token: (brand, id_ + "1", token),
        lambda brand, id_, token: (brand, id_.replace("17-", "017-"), token),
        lambda brand, id_, token: (brand, id_, token[:-1]),
        lambda brand, id_, token: (brand, id_, token.upper()),
        lambda brand, id_, token: (brand, id_, "\udc80é"),
        lambda brand, id_, token: (brand, "٣-٣", token),
    ],
)
def test_a_link_that_was_changed_is_nobodys(change):
    assert leaving(KEYS, *change(*parts(unsubscribe_link(KEYS, BASE, TICKET)))) is None
    assert leaving(OTHERS, *parts(unsubscribe_link(KEYS, BASE, TICKET))) is None


def test_by_mail_the_subject_says_it_whatever_stands_around():
    link = unsubscribe_mailto(KEYS, "leave@acme.example", TICKET)
    assert link.startswith("mailto:leave@acme.example?subject=unsubscribe%20acme_shop.17-")
    subject = unquote(link.partition("subject=")[2])
    assert leaving_by_mail(KEYS, f"Re: {subject} (sent by a telephone)") == TICKET
    assert leaving_by_mail(KEYS, subject.upper()) == TICKET
    assert leaving_by_mail(OTHERS, subject) is None
    assert leaving_by_mail(KEYS, "unsubscribe") is None


def test_a_click_leads_where_it_was_signed_for_and_nowhere_else():
    target = "https://acme.example/a?b=c&d=é#e"
    link = click_link(KEYS, BASE, TICKET, 2, target)
    assert parse_qs(urlsplit(link).query) == {"n": ["2"], "to": [target]}
    assert clicking(KEYS, *parts(link), 2, target) == TICKET
    assert clicking(KEYS, *parts(link), 3, target) is None
    assert clicking(KEYS, *parts(link), 2, "https://evil.example/") is None
    assert leaving(KEYS, *parts(link)) is None
