"""Mail in both renderings: complete, safe whatever a name says, and nothing of anybody."""

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings

from connectors.mail_lists import ListCounts
from tasks.report.build import build_report
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.model import Report
from tests.tasks.report import visible
from tests.tasks.report.mailings import customers, full, material, sending
from tests.tasks.report.test_renderings import EVIL, NAMES, Document, structure

BOTH = pytest.mark.parametrize("render", [render_html, render_markdown])


@pytest.fixture(scope="module")
def report() -> Report:
    return only_mail(build_report(material(full())))


def only_mail(report: Report) -> Report:
    """Leave out what other tests render, for speed."""
    return replace(report, tables=(), trends=(), movers=(), breakdowns=(), attention=())


def renamed(report: Report, name: str) -> Report:
    """Put a name in every place that holds data."""

    def sources(rows):
        return tuple(
            replace(
                row,
                title=name,
                template=row.template and f"t{name}",
                messages=tuple(replace(it, name=name, template=f"t{name}") for it in row.messages),
            )
            for row in rows
        )

    mail = report.mail
    its, sent, domain = mail.customers, mail.sending.sent, mail.sending.domain
    listed = replace(
        its,
        no_model=f"so {name}",
        segments=tuple(replace(it, title=name) for it in its.segments),
        shared=tuple(replace(it, one=name, other=name) for it in its.shared),
    )
    told = replace(
        sent,
        sequences=sources(sent.sequences),
        campaigns=sources(sent.campaigns),
        inside=tuple(replace(it, title=name, steps=((name, 3),)) for it in sent.inside),
        troubles=tuple(replace(it, source=name, why=name, who=name) for it in sent.troubles),
        tests=tuple(
            replace(
                it,
                title=name,
                reason=it.reason and f"so {name}",
                arms=tuple(replace(arm, name=name) for arm in it.arms),
            )
            for it in sent.tests
        ),
    )
    by_itself = replace(
        mail.sending,
        sent=told,
        providers=tuple(replace(it, name=name) for it in mail.sending.providers),
        domain=replace(domain, domain=name, problems=(name,)),
    )
    return replace(report, mail=replace(mail, customers=listed, sending=by_itself))


@cache
def plain(report: Report) -> tuple[list[str], list[str]]:
    made = renamed(report, "name")
    return Document(render_html(made)).tags, structure(render_markdown(made))


@settings(deadline=None, max_examples=8)
@given(name=NAMES)
def test_no_name_changes_the_structure(report, name):
    made = renamed(report, name)
    assert (Document(render_html(made)).tags, structure(render_markdown(made))) == plain(report)


def test_html_about_mail_asks_for_nothing(report):
    document = Document(render_html(renamed(report, EVIL)))
    assert not {"script", "img", "iframe", "link", "object", "form", "a"} & set(document.tags)
    assert not [n for n, _ in document.attributes if n.startswith("on") or n in ("src", "style")]
    assert document.tags.count("caption") == document.tags.count("table")


def said(render, report) -> str:
    text = re.sub(r"\\(?=[^a-zA-Z0-9\s])", "", render(report))
    return " ".join(" ".join(Document(text).texts).replace("\u2060", "").replace("**", "").split())


@BOTH
def test_every_rendering_says_everything(report, render):
    text = said(render, report)
    for expected in (
        "Customers",
        "12,640",
        "78.1% of the people known",
        "+250",
        "389 new, 112 unsubscribed or complained, 27 bounced away",
        "2,410 of 9,530 over two years",
        "Subscribers who never ordered",
        "+22 (↑ +0.7%)",
        "€57,065",
        "€182.90 each of 312",
        "84 active → at risk",
        "It cannot know what will change",
        "Good customers that we are losing",
        "1,204",
        "402",
        "What was sent",
        "Sequence Win back",
        "is stopped since 9 Nov 06:00 by breaker",
        "13 Oct to 9 Nov 2026",
        "more · short",
        "welcome_2_long",
        "1.07% of sent",
        "23.3% of delivered",
        "€1,969 in all",
        "there is no such file any more",
        "running · newsletter",
        "hello: 9; pause: 184; more: 58",
        "96 ordered; 21 unsubscribed",
        "the others get warm: warm is best with 8.22%",
        "8.22% of sent",
        "Not decided before 10 Nov 11:00.",
        "Shares of fewer than 50 messages are not told. Opens are left out",
        "Mailbox providers",
        "GMX, WEB.DE",
        "97.5% of sent",
        "tiny_isp",
        "Sending domain",
        "works, and protects little",
        "news.bright.example has no MX record",
    ):
        assert expected in text, expected


@BOTH
def test_what_is_not_known_is_told_as_that(render):
    mail = replace(
        full(),
        customers=customers(stages=[], model=None, growth=None),
        sending=sending(known_days=0, messages=sending().messages[:0], domain=None),
    )
    text = said(render, only_mail(build_report(material(mail))))
    assert "Stages are unknown: no order is known." in text
    assert "What customers will bring is not known: no order is known." in text
    assert "nobody was known" in text
    assert "is not known: no figures have been read." in text
    assert "Unknown: nobody has looked yet." in text
    assert "Opens are left out" not in text


@BOTH
def test_a_brand_whose_services_send_is_told_of_its_customers_only(render):
    text = render(only_mail(build_report(material(replace(full(), sending=None)))))
    assert "## Customers" in text or "<h2>Customers</h2>" in text
    for heading in ("What was sent", "Mailbox providers", "Sending domain"):
        assert heading not in text


@BOTH
def test_before_any_list_was_read_nobody_is_known(render):
    nobody = customers(counts=ListCounts(0, 0, 0, 0, 0))
    text = said(render, only_mail(build_report(material(replace(full(), customers=nobody)))))
    assert "Nobody is known yet: no list of customers has been read." in text
    assert "At risk" not in text


@BOTH
def test_other_processes_say_nothing_of_mail(render):
    text = render(build_report(visible.material()))
    for heading in ("Customers", "What was sent", "Mailbox providers", "Sending domain"):
        assert heading not in text
