"""Links: campaign parameters for what is the brand's, clicks counted, nothing else touched."""

from dataclasses import replace

import pytest

from config.models import Brand
from tasks.letters.links import (
    Campaign,
    MessageLinks,
    campaign_of,
    html_with_links,
    is_own,
    own_hosts,
    text_with_links,
    with_campaign,
)
from tests.tasks.letters.writing import AROUND, UNSUBSCRIBE, written

OURS = "utm_source=email&utm_medium=email&utm_campaign=welcome&utm_content=hello"
LINKS = AROUND.links


def changed(html, links=LINKS):
    return html_with_links(html, AROUND.campaign, AROUND.hosts, links)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acme.example/", f"https://acme.example/?{OURS}"),
        ("https://acme.example/a?b=%20c#d", f"https://acme.example/a?b=%20c&{OURS}#d"),
        (
            "https://acme.example/?utm_source=x&utm_content=",
            "https://acme.example/?utm_source=x&utm_content=&utm_medium=email&utm_campaign=welcome",
        ),
        ("mailto:a@b", "mailto:a@b"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_parameters_are_added_and_the_rest_keeps_its_spelling(url, expected):
    assert with_campaign(url, AROUND.campaign) == expected


def test_a_message_is_named_by_step_and_arm():
    assert campaign_of("welcome", "second", "short") == Campaign("welcome", "second.short")
    assert campaign_of("sale", "", "") == Campaign("sale", "")


def test_only_links_to_own_hosts_get_parameters_by_themselves():
    html = "<a href=\"https://acme.example/a\">x</a><A class=b HREF='https://else.example/'>y</A>"
    assert changed(html) == html.replace('/a"', "/a?" + OURS.replace("&", "&amp;") + '"')
    assert is_own("https://shop.acme.example/", AROUND.hosts)
    assert not is_own("https://notacme.example/", AROUND.hosts)


def test_with_link_any_address_gets_them_once():
    found = written("""<a href="{{ link("https://else.example/") }}">x</a>""")
    assert found.html.count("utm_campaign") == 1
    own = written("""<a href="{{ 'https://acme.example/' | link }}">x</a>""")
    assert own.html.count("utm_campaign") == 1
    named = written("""{{ link("https://else.example/", "hero") }}""")
    assert named.html.endswith("utm_content=hero")


def test_nothing_but_links_is_touched():
    html = (
        '<link href="https://acme.example/style.css"><img src="https://acme.example/a.png">'
        '<p title="href=\'https://acme.example\'">https://acme.example/</p><a href="#top">x</a>'
    )
    assert changed(html) == html


def test_the_unsubscribe_link_stays_as_it_is():
    links = MessageLinks(UNSUBSCRIBE, click=lambda number, target: "https://never")
    html = f'<a href="{UNSUBSCRIBE}">x</a>'
    assert changed(html, links) == html
    assert text_with_links(f"<{UNSUBSCRIBE}>.", AROUND.campaign, AROUND.hosts, LINKS) == (
        f"<{UNSUBSCRIBE}>."
    )


def test_clicks_are_counted_by_the_number_of_the_link():
    seen = []

    def click(number, target):
        seen.append((number, target))
        return f"https://c.example/?n={number}&to"

    html = '<a href="https://acme.example/a?b&amp;c">x</a><a href="tel:1">t</a><a href="https://e/">y</a>'
    found = written(html, around=replace(AROUND, links=MessageLinks(UNSUBSCRIBE, click=click))).html
    assert seen == [(1, f"https://acme.example/a?b&c&{OURS}"), (2, "https://e/")]
    assert 'href="https://c.example/?n=1&amp;to"' in found
    assert 'href="tel:1"' in found


def test_an_address_in_a_text_ends_before_the_sentence_does():
    text = "(see https://acme.example/a), or https://else.example."
    expected = f"(see https://acme.example/a?{OURS}), or https://else.example."
    assert text_with_links(text, AROUND.campaign, AROUND.hosts, LINKS) == expected


def test_a_brands_hosts_are_its_websites_and_its_senders():
    accounts = [
        {"name": "a", "platform": "website", "account_id": "https://www.acme.example/"},
        {"name": "b", "platform": "search_console", "account_id": "sc-domain:acme.shop"},
        {"name": "c", "platform": "google_ads", "account_id": "1"},
    ]
    brand = Brand.model_validate(
        {
            "name": "Acme", "currency": "EUR", "time_zone": "UTC", "accounts": accounts,
            "owners": {"jane": {"name": "Jane", "notify": ["env:X"]}},
            "mail": {"sender": "Acme <news@Mail.example>"},
        }
    )  # fmt: skip
    assert own_hosts(brand) == {"acme.example", "acme.shop", "mail.example"}
