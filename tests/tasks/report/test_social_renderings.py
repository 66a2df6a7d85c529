"""Posts in both renderings: complete, safe whatever a text says, and nothing of other people."""

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.report.build import build_report
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.model import Report
from tests.tasks.report import visible
from tests.tasks.report.networks import full, history, material, networks, presence
from tests.tasks.report.test_renderings import EVIL, NAMES, Document, structure


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(material(full()))


def only_posts(report: Report) -> Report:
    """Leave out what other tests render, for speed."""
    return replace(report, tables=(), trends=(), movers=(), breakdowns=(), attention=())


def renamed(report: Report, name: str) -> Report:
    """Put a name in every place that holds data."""

    def gains(rows):
        return tuple(replace(row, what=name) for row in rows)

    def account(old):
        return replace(
            old,
            name=f"{name} Mastodon",
            posts=tuple(replace(it, name=name, why=it.why and "why") for it in old.posts),
            troubles=tuple(replace(it, name=name, reason=name) for it in old.troubles),
            tests=tuple(name for _ in old.tests),
            visits=tuple(
                replace(it, account=name, rows=tuple(replace(r, campaign=name) for r in it.rows))
                for it in old.visits
            ),
            watched=replace(
                old.watched,
                rows=tuple(replace(it, term=name, why=it.why and name) for it in old.watched.rows),
            ),
            week=replace(
                old.week,
                rows=tuple(replace(it, what=name) for it in old.week.rows),
                lacking=name,
            ),
            brought=replace(
                old.brought,
                hashtags=gains(old.brought.hashtags),
                hours=gains(old.brought.hours),
            ),
        )

    plan = report.plan_ahead
    return replace(
        only_posts(report),
        brand="name",
        social=tuple(map(account, report.social)),
        plan_ahead=replace(
            plan,
            days=tuple(
                replace(it, posts=tuple(replace(post, name=name, owner=name) for post in it.posts))
                for it in plan.days
            ),
            missing=tuple(replace(it, sentence=name, owner=name) for it in plan.missing),
            untimed=(name,),
        ),
    )


@cache
def plain(report: Report) -> tuple[list[str], list[str]]:
    made = renamed(report, "name")
    return Document(render_html(made)).tags, structure(render_markdown(made))


@settings(deadline=None, max_examples=15)
@given(name=NAMES)
def test_nothing_of_a_post_changes_the_structure(report, name):
    made = renamed(report, name)
    assert (Document(render_html(made)).tags, structure(render_markdown(made))) == plain(report)


@settings(deadline=None, max_examples=15)
@given(path=st.text("ab/?=&;%#<>\"'()[]|\\*_~$@:.-!`", max_size=40))
def test_no_address_leaves_its_link(report, path):
    account = report.social[0]
    url = f"https://social.example/{path}"
    posts = tuple(replace(post, url=url) for post in account.posts)
    made = only_posts(replace(report, social=(replace(account, posts=posts),)))
    document = Document(render_html(made))
    assert document.tags == Document(render_html(only_posts(report))).tags
    assert document.attributes.count(("href", url)) == len(posts)
    tokens = structure(render_markdown(made))
    assert sum(it.startswith("link_open") for it in tokens) == len(posts) + 1


def test_html_about_posts_asks_for_nothing(report):
    document = Document(render_html(renamed(report, EVIL)))
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(document.tags)
    assert not [n for n, _ in document.attributes if n.startswith("on") or n in ("src", "style")]
    links = {value for name, value in document.attributes if name == "href"}
    assert links == {it.url for it in report.social[0].posts} | {"https://social.example/@acme/"}
    assert document.tags.count("caption") == document.tags.count("table")
    assert document.tags.count("svg") == document.attributes.count(("role", "img"))


def said(render, report) -> str:
    text = re.sub(r"\\(?=[^a-zA-Z0-9\s])", "", render(report))
    return " ".join(" ".join(Document(text).texts).replace("\u2060", "").split())


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_every_rendering_says_everything(report, render):
    text = said(render, report)
    for expected in (
        "Posts and answers",
        "@acme@social.example, Mastodon",
        "1,996 on 9 Nov 2026",
        "+112 (↑ +5.9%) in 28 days",
        "Followers, 28 days",
        "1 complaint since 10 Nov 05:00",
        "2 questions, 1 of them late, the oldest since 9 Nov 00:00",
        "1 remark that asks for nothing",
        "winter_sale",
        "failed, due 7 Nov 06:00: POST social.example: 503",
        "missed its time",
        "Posts of the last 30 days, the newest first, times in Europe/Berlin.",
        "Unknown: impressions, shares, clicks.",
        "Post number 39 says something about down…",
        "7 Nov 09:00",
        "the network has it no more",
        "Times the usual at 48 h",
        "1.37 times",
        "208 reactions, usual 152; 22 posts",
        "The usual is the median",
        "What is planned",
        "Tue 10 Nov",
        "first_snow",
        "Bluesky, Mastodon · scheduled · bob",
        "Mastodon · draft · ann",
        "holiday",
        "Sat 14 to Mon 23 Nov",
        "a hole: nothing is planned",
        "zip_care has to be approved by 12 Nov 2026 and is a draft.",
        "No post for trust is planned until 23 Nov 2026.",
        "Approved, without a time: someday.",
        "What hashtags and hours brought",
        "By reactions and comments of 40 posts known at 48 hours, hours in Europe/Berlin.",
        "#Outdoor",
        "1.33 to 2.00",
        "better",
        "19:00",
        "A range around 1 may be luck.",
        "Tests of wordings",
        "hook: plain against warm by reactions. Of 3 and 2 publications it is known",
        "What posts brought to the website",
        "Sessions of the 28 days to 8 Nov 2026, as Acme Shop counts them",
        "340",
        "€410.50",
        "Acme Blog was never asked about campaigns",
        "Posts that cannot be joined with visits: 3 without an address and 1 not published from",
        "Watched words",
        "Posts of others with the word on 9 Nov 2026; the usual is a day",
        "4.76",
        "far more than usual",
        "unknown: the server searches no texts, hashtags only",
        "Last week",
        "Monday 2 Nov 2026 to Sunday 8 Nov 2026, Europe/Berlin, beside the week before.",
        "of these for trust",
        "3 (75%)",
        "of these posts without a file here",
        "↑ +25%",
        "Followers gained",
        "+12",
        "Hours to an answer, median",
        "4.2",
        "no answer",
        "Answers given late",
        "Not in the figures, as nobody read them when a week began or ended: 2 posts of the last",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_a_network_that_tells_of_no_word_is_named_once(render):
    one, two = (presence(network="linkedin", name=name, watched=None) for name in ("A", "B"))
    words = said(render, build_report(material(networks(one, two))))
    assert words.count("LinkedIn tells nobody how often a word is used.") == 1
    nothing = said(render, build_report(material(networks(presence(watched=())))))
    assert "Watched words" not in nothing


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_campaigns_that_analytics_was_never_asked_about_have_no_table(render, report):
    text = said(render, report)
    place = text.index("Acme Blog was never asked")
    assert text.rindex("Key events", 0, place) < text.rindex("zip_care", 0, place)
    assert "zip_care" not in text[place : text.index("Posts that cannot be joined")]


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_nothing_of_what_others_wrote_is_told(report, render):
    text = said(render, report)
    for secret in ("Jonas", "jonasq", "Elm Street", "Broken", "Hm."):
        assert secret not in text


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_what_is_not_known_is_told_as_that(render):
    known = history()
    known.loc[known["post_id"] == "p39", "reactions"] = float("nan")
    one = presence(known[:2], followers=known[:0].assign(day=[], followers=[]), waiting=None)
    lonely = said(render, build_report(material(networks(one, posts=known[:2]))))
    assert "unknown: comments could not be read" in lonely
    assert "No post of the last 30 days is known." in lonely
    assert "Nothing can be told yet: 2 posts known at 48 hours, 12 are needed." in lonely
    assert "Followers, 28 days" not in lonely
    assert "A range around 1" not in lonely
    other = said(render, build_report(material(networks(presence(known), posts=known))))
    assert "unknown" in other[other.index("Post number 39") : other.index("Post number 38")]
    assert "nobody" in other


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_what_is_acted_upon_comes_before_what_is_looked_up(report, render):
    text = render(report)
    headings = (
        "Needs attention",
        "Posts and answers",
        "What is planned",
        "Trends",
        "What hashtags",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_other_processes_say_nothing_of_posts(render):
    text = render(build_report(visible.material()))
    for heading in ("Posts and answers", "What is planned", "What hashtags"):
        assert heading not in text


def test_markdown_pictures_are_data(report):
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", render_markdown(only_posts(report)))
    assert [title for title, _ in pictures] == ["Followers, 28 days"]
    assert pictures[0][1].startswith("data:image/svg+xml;base64,")
