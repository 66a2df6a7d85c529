"""From a due message to the mail that goes out: addresses, headers, links; none says who it is."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote

import pytest

from config.models import Brand
from connectors.mail import DueMail, MailClaim, Recipient
from connectors.mail_links import leaving, leaving_by_mail
from connectors.people_keys import PeopleKeys
from tasks.letters.previews import sample_surroundings
from tasks.letters.rendering import LetterError
from tasks.letters.writing import Writer
from tests.tasks.letters.writing import template

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEYS = PeopleKeys(b"k" * 32)
ADDRESS = "jane.roe@acme.example"
DUE = DueMail(
    "acme_shop", "sequence", "welcome", "second", 1, "short", "new", "boots", 5, NOW, NOW, NOW, 0
)
CLAIM = MailClaim(17, 5, "<1@acme.example>", NOW)
READER = Recipient(
    5, ADDRESS, KEYS.address(ADDRESS), "subscribed", "", "de", "DE", {"first_name": "Zoë"}
)


def brand(**mail):
    mail = {
        "sender": "Acme <news@acme.example>",
        "reply_to": "help@acme.example",
        "postal_address": "Hillside 1",
        "unsubscribe_url": "https://mail.acme.example/x/",
        "unsubscribe_mailto": "leave@acme.example",
    } | mail
    owners = {"jane": {"name": "Jane", "notify": ["env:X"]}}
    account = {"name": "a", "platform": "website", "account_id": "https://acme.example/"}
    return Brand.model_validate(
        {"name": "Acme", "currency": "EUR", "time_zone": "UTC", "owners": owners,
         "accounts": [account], "mail": mail}
    )  # fmt: skip


def write(reader=READER, due=DUE, subjects=None, front=None, **mail):
    writer = Writer(brand(**mail), {"boots": template(**front or {})}, KEYS, subjects or {})
    return writer.write(CLAIM, due, reader)


def test_a_mail_is_whole():
    mail = write()
    assert (mail.message_id, mail.recipient) == ("<1@acme.example>", ADDRESS)
    assert (mail.sender, mail.reply_to) == ("Acme <news@acme.example>", "help@acme.example")
    assert mail.subject == "Boots are here"
    assert "Hello Zoë" in mail.html
    assert "utm_campaign=welcome&utm_content=second.short" in mail.text


def test_its_headers_let_people_leave_and_say_nothing_of_them():
    headers = write().headers
    link, mailto = headers["List-Unsubscribe"].strip("<>").split(">, <")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("https://mail.acme.example/x/u/acme_shop/17-")
    assert link.endswith("?l=en")
    assert leaving(KEYS, *link.partition("?")[0].split("/")[-3:]).message_key == 17
    assert mailto.startswith("mailto:leave@acme.example?subject=unsubscribe%20")
    assert leaving_by_mail(KEYS, unquote(mailto)).address_key == READER.address_key
    assert headers["Feedback-ID"] == "welcome.second.short:acme_shop:sequence:acmeshop"
    assert headers["List-Id"] == "<acme-shop.acme.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    said = str(headers) + write().text + write().html
    assert "jane" not in said
    assert "roe@" not in said


def test_headers_survive_the_wire():
    message = EmailMessage(policy=SMTP)
    for name, value in write().headers.items():
        message[name] = value
    wire = message.as_bytes()
    assert max(len(line) for line in wire.splitlines()) < 998
    assert wire.decode("ascii")


def test_without_a_receiver_there_is_no_one_click():
    with pytest.raises(LetterError, match="unsubscribe_url is not known"):
        write(unsubscribe_url="")
    assert "List-Unsubscribe-Post" not in write(unsubscribe_url="http://localhost").headers


def test_links_of_the_html_part_are_counted_unless_the_brand_does_not_want_it():
    counted = write()
    assert 'href="https://mail.acme.example/x/c/acme_shop/17-' in counted.html
    assert "/c/acme_shop" not in counted.text
    assert "/c/acme_shop" not in write(track_clicks=False).html


def test_a_test_may_give_a_subject_and_the_page_speaks_as_the_letter():
    mail = write(
        subjects={("welcome", "short"): "{{ first_name }}, look"}, front={"language": "fr"}
    )
    assert mail.subject == "Zoë, look"
    assert "?l=fr>" in mail.headers["List-Unsubscribe"]


def test_nobody_is_written_to_without_address_or_template():
    nobody = Recipient(5, None, None, "subscribed", "", "", "", {})
    with pytest.raises(LetterError, match="no address is known"):
        write(nobody)
    with pytest.raises(LetterError, match="no template boots that"):
        Writer(brand(), {}, KEYS).write(CLAIM, DUE, READER)


def test_a_preview_shows_links_that_lead_to_nobody():
    around = sample_surroundings("acme_shop", brand())
    assert around.links.click is None
    assert "/u/acme_shop/0-0/" in around.links.unsubscribe
    assert around.hosts == {"acme.example"}
