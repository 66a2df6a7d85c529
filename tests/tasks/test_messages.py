"""A message says what, how much, since when and where to look; names in it stay names."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from connectors.records import Verdict
from tasks.messages import LISTED, News, compose, reference, safe_link, worst_verdict
from tasks.run import Run

AS_OF = date(2026, 11, 3)
ID = "0123456789abcdef0123456789abcdef"
HOSTILE = [
    "@channel @everyone <!here> <@U123>",
    "[click](https://evil.example/x) <https://evil.example|bank>",
    "https://evil.example www.evil.example evil.example mailto:a@evil.example",
    "*bold* _italic_ `code` ~gone~ ||spoiler|| # head",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;",
    "Bcc: everyone@evil.example\r\nSubject: other\r\n\r\nbody\x00\x1b[31m",
    "\u202egnp.exe\u2066 zero\u200bwidth",
    "=HYPERLINK(1)",
]


def run(link: str = "https://ui.example/runs/1") -> Run:
    at = datetime(2026, 11, 3, 6, tzinfo=UTC)
    return Run("run-1", "acme", "google_ads", AS_OF, at, ("main",), link)


def news(name: str = "Brand Search", verdict: Verdict = "critical", **changes: object) -> News:
    fields = {
        "fingerprint": f"acme/cpa_high/campaign/1/{name}",
        "kind": "new",
        "verdict": verdict,
        "check": "cpa_high",
        "name": name,
        "sentence": f"CPA of {name} is €42.00",
        "owner": "ana",
        "since": date(2026, 11, 1),
        "unit": "money",
        "currency": "EUR",
        "value": 42.0,
        "target": 30.0,
        "previous": 31.5,
    }
    return News(**(fields | changes))


class Tags(HTMLParser):
    """Collects what a browser would see as elements, and where links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def test_it_says_what_how_much_and_where_to_look():
    letter = compose(run(), [news()], ID)
    assert letter.subject == "[acme] google ads: 1 critical – Brand Search"
    assert letter.text == (
        "acme, google ads, as of 3 Nov 2026: 1 critical\n\n"
        "CRITICAL: Brand Search (cpa_high)\n"
        "CPA of Brand Search is €42.00\n"
        "€42.00 · target €30.00 · ↑ +33% against the period before\n\n"
        "Report and run: https://ui.example/runs/1\n"
        "Message 0123456789"
    )


def test_what_is_not_known_is_left_out():
    text = compose(run(link=""), [news(value=None, target=float("nan"), previous=0.0)], ID).text
    assert text.splitlines()[2:] == [
        "CRITICAL: Brand Search (cpa_high)",
        "CPA of Brand Search is €42.00",
        "",
        "Message 0123456789",
    ]


def test_the_worst_comes_first_and_the_resolved_last():
    letter = compose(
        run(),
        [news("c", "ok", kind="resolved"), news("b", "warning"), news("a", "critical")],
        ID,
    )
    assert letter.subject == "[acme] google ads: 1 critical, 1 warning, 1 resolved – a"
    for body in (letter.text, letter.html):
        assert body.index("CRITICAL: a") < body.index("WARNING: b") < body.index("Resolved: c")
    assert worst_verdict([news(verdict="warning"), news()]) == "critical"


@pytest.mark.parametrize(
    ("kind", "line"),
    [("new", "and 37 more alerts, see the report"), ("resolved", "more resolved alerts, see the")],
)
def test_many_alerts_are_counted_not_listed(kind, line):
    many = [news(f"n{i}", sentence="x", kind=kind) for i in range(LISTED + 37)]
    letter = compose(run(), many, ID)
    for body in (letter.text, letter.html):
        assert line in body
        assert body.count("cpa_high") <= LISTED


def test_one_very_long_alert_is_told_in_part_and_the_rest_counted():
    letter = compose(run(), [news("<" * 5000, sentence="&" * 5000), *map(news, "abcdefghij")], ID)
    assert "CRITICAL: ‹‹‹" in letter.text or "CRITICAL: a" in letter.text
    assert "more alert" in letter.text
    assert len(letter.text) < 3000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_inert_in_chat_text(name):
    letter = compose(run(), [news(name), news(name, "ok", kind="resolved")], ID)
    body = letter.text.replace(run().link, "")
    for mark in ("@channel", "@everyone", "<", ">", "](", "://", "`", "*", "~~", "||", "\x1b"):
        assert mark not in body
    assert not any(part in body for part in ("www.evil", "evil.example", "mailto:a"))
    assert letter.text.count("\n\n") == 3  # no name makes a paragraph


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_inert_in_html(name):
    letter = compose(run(), [news(name), news(name, "ok", kind="resolved")], ID)
    seen = Tags(letter.html)
    assert seen.tags == {"p", "b", "br", "a"}
    assert seen.links == [run().link]
    assert "evil.example" not in letter.html  # mail programs make links of bare domains


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 500, "\u0130\u2028\u2029\x85"])
def test_a_subject_is_one_bounded_line_that_opens_no_header(name):
    subject = compose(run(), [news(name)], ID).subject
    assert len(subject) <= 120
    assert subject.splitlines() == [subject]


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://ui.example/runs/1?a=b#c", "https://ui.example/runs/1?a=b#c"),
        ("javascript:alert(1)", ""),
        ("https://ui.example/a b|c><d\r\ne", "https://ui.example/a%20b%7Cc%3E%3Cd%0D%0Ae"),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(link, safe):
    assert safe_link(link) == safe


def test_the_reference_is_the_start_of_the_id():
    assert reference(ID) in compose(run(), [news()], ID).html
    assert ID.startswith(reference(ID))


def test_what_a_person_does_about_it_stands_below_the_figures():
    text = compose(run(), [news(todo="To do by 16 Nov 2026: Pause *it*")], ID).text
    assert text.splitlines()[5] == "To do by 16 Nov 2026: Pause ∗it∗"
