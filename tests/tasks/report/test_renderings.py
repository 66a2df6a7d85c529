"""The same report three ways: complete, self-contained, and unmoved by what names contain."""

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tasks.report.build import build_report
from tasks.report.change_model import Changes, Entry
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.model import Freshness, Report, SwitchedOff
from tasks.report.table import action_rows, finding_rows, kpi_rows, work_rows
from tests.tasks.report import ledger, visible

EVIL = "<img src=x onerror=alert(1)>\"'|`[x](http://evil.example) www.evil.example @here\n# h &lt;"
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class Document(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def report(make_market, failures) -> Report:
    actions = [*[ledger.action() for _ in range(8)], *ledger.morning()]
    material = replace(
        make_market().material(),
        actions=actions,
        action_links={action.action_id: address(action.action_id) for action in actions},
        stops=[ledger.stop()],
        failed=failures,
    )
    return build_report(material)


@pytest.fixture(scope="module")
def seo() -> Report:
    stopped = replace(visible.site().full, state="stopped", reason="10,000 pages were read")
    return build_report(
        visible.material(
            sites=[visible.site(full=stopped)],
            item_links={20: address(20)},
            freshness=[Freshness("bright.example", None, None)],
        )
    )


def address(number: int) -> str:
    return f"http://127.0.0.1:4200/deployments/deployment/1/run?parameters=%7B{number}%7D"


def renamed_entry(entry: Entry, name: str) -> Entry:
    return replace(
        entry,
        what=name,
        why=name,
        evidence=(name,) * len(entry.evidence),
        expected=name,
        risk=name,
        undo=name,
        owner=name,
        approvals=(name,) * len(entry.approvals),
        account=name,
        playbook=name,
        explanation=name,
        measured=name,
    )


def renamed_changes(changes: Changes, name: str) -> Changes:
    def entries(old):
        return tuple(renamed_entry(entry, name) for entry in old)

    def listed(old):
        return replace(old, entries=entries(old.entries))

    return replace(
        changes,
        stopped=tuple(replace(stop, scope=name, who=name, why=name) for stop in changes.stopped),
        waiting=tuple(replace(item, parts=entries(item.parts)) for item in changes.waiting),
        further=listed(changes.further),
        tasks=listed(changes.tasks),
        recent=listed(changes.recent),
        observed=listed(changes.observed),
        outcomes=listed(changes.outcomes),
        refused=tuple(
            replace(group, reason=name, examples=entries(group.examples))
            for group in changes.refused
        ),
        records=tuple(replace(record, playbook=name) for record in changes.records),
        ledger=entries(changes.ledger),
    )


def renamed(report: Report, name: str) -> Report:
    """Put a name in every place that holds data from outside."""

    def row(old):
        return replace(old, name=name)

    return replace(
        report,
        brand=name,
        objective=name,
        changes=renamed_changes(report.changes, name or "name"),
        attention=tuple(
            replace(
                item, name=name, account=name + "!", sentence=name, owner=name, beside=name or "x"
            )
            for item in report.attention
        ),
        failed=tuple(replace(item, account=name, error=name) for item in report.failed),
        plans=tuple(replace(item, scope=name) for item in report.plans),
        tables=tuple(
            replace(
                t, account=name, rows=tuple(map(row, t.rows)), rest=row(t.rest) if t.rest else None
            )
            for t in report.tables
        ),
        trends=tuple(replace(item, account=name) for item in report.trends),
        breakdowns=tuple(
            replace(t, account=name, rows=tuple(map(row, t.rows))) for t in report.breakdowns
        ),
        unjudged=tuple(replace(item, examples=(name,)) for item in report.unjudged),
        freshness=tuple(replace(item, account=name, error=name) for item in report.freshness),
        switched_off=(SwitchedOff("A check", name),),
        also_found=tuple(
            replace(item, examples=(name,) * len(item.examples)) for item in report.also_found
        ),
        lacking=tuple(replace(item, account=name, what=name) for item in report.lacking),
        **renamed_sites(report, name or "name"),
    )


def renamed_sites(report: Report, name: str) -> dict[str, object]:
    def searched(rows):
        return tuple(replace(row, name=name) for row in rows)

    def unmeasured(speed):
        return speed and replace(speed, reason=name if speed.reason else "")

    log = report.site_log
    return {
        "work": replace(
            report.work,
            loads=tuple(replace(load, owner=name) for load in report.work.loads),
            chores=tuple(
                replace(chore, what=name, why=name, how=name, owner=name)
                for chore in report.work.chores
            ),
        ),
        "movers": tuple(
            replace(
                found,
                account=name,
                gained=searched(found.gained),
                lost=searched(found.lost),
                parts=searched(found.parts),
            )
            for found in report.movers
        ),
        "site_log": log
        and replace(
            log,
            entries=tuple(replace(it, site=name, page=name, how=name) for it in log.entries),
        ),
        "crawled": tuple(
            replace(
                site,
                site=name,
                reason=name,
                speeds=tuple(
                    replace(row, page=name, lab=unmeasured(row.lab), field=unmeasured(row.field))
                    for row in site.speeds
                ),
            )
            for site in report.crawled
        ),
    }


@cache
def plain_tags(report: Report) -> list[str]:
    return Document(render_html(renamed(report, "name"))).tags


@cache
def plain_tokens(report: Report) -> list[str]:
    return structure(render_markdown(renamed(report, "name")))


def structure(text: str) -> list[str]:
    """Return every Markdown token but the texts, links and images with their address."""
    found = []
    for token in PARSER.parse(text):
        for part in [token, *(token.children or [])]:
            if part.type in ("link_open", "html_block", "html_inline"):
                found.append(f"{part.type} {part.attrs} {part.content}")
            elif part.type not in ("text", "text_special"):
                found.append(part.type)
    return found


NAMES = st.one_of(st.just(EVIL), st.text(min_size=1, max_size=60), st.text("|`*_[]<>#-=\n\\&@:/.w"))


@settings(deadline=None, max_examples=15)
@given(name=NAMES)
def test_no_name_changes_the_structure(report, name):
    small = replace(report, trends=report.trends[:1], tables=report.tables[:1])
    changed = renamed(small, name)
    assert Document(render_html(changed)).tags == plain_tags(small)
    assert structure(render_markdown(changed)) == plain_tokens(small)


@settings(deadline=None, max_examples=10)
@given(name=NAMES)
def test_nothing_of_a_site_changes_the_structure(seo, name):
    changed = renamed(seo, name)
    assert Document(render_html(changed)).tags == plain_tags(seo)
    assert structure(render_markdown(changed)) == plain_tokens(seo)


def test_html_about_a_site_asks_for_nothing(seo):
    document = Document(render_html(renamed(seo, EVIL)))
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(document.tags)
    assert not [n for n, _ in document.attributes if n.startswith("on") or n in ("src", "style")]
    assert [v for n, v in document.attributes if n == "href"] == ["#to-do", address(20)]
    assert document.tags.count("caption") == document.tags.count("table")


def test_html_asks_for_nothing(report):
    document = Document(render_html(renamed(report, EVIL)))
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(document.tags)
    assert not [n for n, _ in document.attributes if n.startswith("on") or n in ("src", "style")]
    changes = report.changes
    deciding = [part.link for choice in changes.waiting for part in choice.parts]
    others = (*changes.further.entries, *changes.tasks.entries)
    addresses = [*deciding, *(entry.link for entry in others)]
    assert all(addresses)
    assert [v for n, v in document.attributes if n == "href"] == [
        "#waiting", *addresses, *(link.url for link in report.links)
    ]  # fmt: skip
    policy = next(v for n, v in document.attributes if "default-src" in v)
    assert policy.startswith("default-src 'none'")


def test_html_tables_can_be_read_aloud(report):
    document = Document(render_html(report))
    assert document.tags.count("caption") == document.tags.count("table")
    assert set(document.tags) >= {"main", "h1", "h2", "thead", "tbody", "bdi"}
    assert {v for n, v in document.attributes if n == "scope"} == {"row", "col"}
    assert document.tags.count("svg") == document.attributes.count(("role", "img"))


def test_a_shortened_name_is_whole_in_its_title(report):
    name = "long " * 120
    document = Document(render_html(renamed(report, name)))
    assert ("title", name.strip()) in document.attributes
    assert name.strip() not in document.texts


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_every_rendering_says_everything(report, render):
    said = re.sub(r"\\(?=[^\w\s])", "", render(report))
    text = " ".join(Document(said).texts).replace("\u2060", "").replace("\xa0", " ")
    for expected in (
        "Bright Lamps: Google Ads",
        "10 Nov 2026",
        "3 to 9 Nov 2026 against 27 Oct to 2 Nov 2026",
        "CPA above target",
        "Search | Brand | Exact pays €58.13 per conversion",
        "open since 7 Nov 2026",
        "Search team",
        "target €38.00",
        "€180,000",
        "simple extrapolation",
        "spent in another currency",
        "25-34, m",
        "no target is set",
        "2 days behind",
        "503 UNAVAILABLE",
        "Display campaigns distort it",
        "400; reconnect",
        "not judged",
        "worse",
        "nothing is written to any platform",
        "marketloop resume --brand lamps",
        "Waiting for a decision",
        "€200.00 → €160.00",
        "Spend −€280.00 in 7 days (−€350.00 to −€210.00)",
        "It may be the campaign that makes the brand known",
        "Enable it again; ends by itself on 11 Nov 2026",
        "until 13 Nov 2026 05:00 UTC",
        "approved by Marketing lead, needs another person",
        "the next euro brings most: 5 changes; one decision: all or none",
        "headline 1: Desk lamps that last",
        "Tasks for a person",
        "bid 20% less for 18 to 24 years",
        "Changes since 9 Nov 2026",
        "changed again since",
        "it is 48 now, by an account manager",
        "BIDS: see the strategy",
        "The season starts on Friday",
        "How earlier changes turned out",
        "67% (45% to 83%)",
        "CPA +€6.20 in 7 days (+€1.40 to +€11.90)",
        "Too few figures in the windows",
        "Would be proposed in mode propose",
        "Refused since 9 Nov 2026",
        "somebody else changed it lately",
        "Triangles on the axis",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_every_rendering_says_everything_of_a_site(seo, render):
    said = re.sub(r"\\(?=[^\w\s])", "", render(seo))
    text = " ".join(" ".join(Document(said).texts).split())
    text = text.replace("\u2060", "").replace("\xa0", " ")
    for expected in (
        "27 to do",
        "1 late",
        "Web team",
        "late by 4 days",
        "Mend the links to /old-7",
        "high priority",
        "/bulbs links to a page that answers 404",
        "Link to the page that took its place",
        "marketloop todo done ITEM --why",
        "marketloop todo list --brand acme --process seo",
        "further items",
        "The site's change log",
        "What crawls saw changed since 3 Nov 2026",
        "-Allow: /; +Disallow: /sale",
        "200 → 404",
        "none → noindex,nofollow",
        "410 → 12 addresses",
        "Not listed: 55 changed texts.",
        "pages by clicks, 31 Oct to 6 Nov 2026 (3 days behind)",
        "Winners and losers in searches",
        "28 days to 6 Nov 2026 against the 28 days before, from 12 Sep 2026 on",
        "Pages that gained",
        "Queries that lost",
        "brand queries",
        "+1,260 (↑ +50%)",
        "−224 (↓ −40%)",
        "from 25,760",
        "stopped (10,000 pages were read), 9 Nov 2026 05:00 UTC",
        "380 answered (2xx)",
        "83.3%: 5 of 6 pages inspected",
        "Lab score",
        "Visitors' paint",
        "240 ms",
        "phone, 11 Oct to 7 Nov",
        "visitors: too little traffic",
        "Also found",
        "Description missing",
        "/desk-lamps has no description",
        "no data yet",
        "the rest is one row",
        "account, page",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_what_a_reader_acts_on_comes_before_what_they_look_up(seo, render):
    text = render(seo)
    headings = ("Needs attention", "To do", "change log", "Winners and losers", "Trends",
                "Crawl, index", "Also found", "How fresh", "figures lack")  # fmt: skip
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_a_quiet_week_is_told_as_one(render):
    quiet = visible.material(
        items=[visible.closed(1, 2)], sites=[visible.site(file_changes=())], site_changes={}
    )
    text = render(build_report(quiet))
    assert "Nothing is open." in text
    assert "No crawl saw a change in the last 7 days." in text.replace("\\", "")


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_days_that_are_not_known_are_not_compared(render):
    unknown = replace(build_report(visible.material()).movers[1], known=False, gained=(), lost=())
    text = render(replace(build_report(visible.material()), movers=(unknown,)))
    assert "Pages: not all days of the two spans are known, nothing is compared." in text.replace(
        "\\", ""
    )


def test_a_way_to_do_several_things_is_explained_once_in_markdown(seo):
    text = render_markdown(seo)
    assert text.count("How: Link to the page that took its place") == 1


def test_a_site_of_many_long_names_fits_into_a_page():
    long = "a very long name of a page " * 40
    paths = [f"/{place}/{long}" for place in range(600)]
    cubes = visible.cubes()
    for level, first in (("page", 10_000), ("query", 20_000)):
        things = visible.entities(paths, visible.SEARCH, first)
        cubes[level] = visible.cube(things, visible.searches(len(paths)))
    speeds = {
        visible.address(path): [visible.speed(visible.address(path), "lab", reason=long)]
        for path in paths
    }
    report = build_report(
        visible.material(
            cubes=cubes,
            items=[visible.item(n, title=long, evidence=long, remedy=long) for n in range(600)],
            sites=[visible.site(speeds=speeds, pages=visible.pages(paths))],
            site_changes={
                visible.SITE: visible.changed(*[(it, "title", long, long) for it in paths])
            },
            results=[replace(visible.minor("a", it), sentence=long) for it in paths],
        )
    )
    small = build_report(visible.material())
    assert len(render_html(report)) - len(render_html(small)) < 120_000
    assert len(render_markdown(report)) - len(render_markdown(small)) < 80_000


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_the_worst_comes_first(report, render):
    text = render(report)
    places = [
        text.index(heading)
        for heading in (
            "Changes are stopped",
            "Accounts without",
            "Waiting for a decision",
            "Needs attention",
            "Tasks for a person",
            "Changes since",
            "Spend against plan",
            "Trends",
            "How earlier changes",
            "Would be proposed",
            "Refused since",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_an_empty_report_is_still_a_report(make_market, render):
    made = make_market(names=[], spending=False).material()
    empty = replace(build_report(made), tables=(), trends=(), plans=(), breakdowns=(), unjudged=())
    text = render(replace(empty, attention=(), freshness=(), switched_off=(), links=()))
    assert "Needs attention" in text
    assert "KPIs" not in text
    for heading in ("decision", "Tasks", "Changes", "Would be", "Refused", "earlier", "Triangles"):
        assert heading not in text


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_without_a_server_the_command_stands_there(make_market, render):
    action = ledger.action()
    text = render(build_report(replace(make_market().material(), actions=[action])))
    assert f"marketloop actions approve {action.action_id}" in text
    assert "deployments/deployment" not in text


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_what_a_list_has_no_room_for_is_counted(make_market, render):
    actions = [ledger.action() for _ in range(50)]
    actions += [ledger.action(made=ledger.advice("look")) for _ in range(14)]
    actions += [ledger.action("failed") for _ in range(21)]
    actions += [ledger.judged("worse") for _ in range(13)]
    text = render(build_report(replace(make_market().material(), actions=actions)))
    for count in ("14 further changes", "2 further tasks", "1 further change", "1 further judged"):
        assert count in text
    assert "50" in text, "all that wait"


def test_thousands_of_actions_with_long_texts_fit_into_a_page(make_market):
    long = "a long text of somebody " * 40
    made = ledger.proposal(name=long, sentence=long, risk=long, undo=long, evidence=(long,) * 9)
    states = ("proposed", "failed", "refused", "approved")
    actions = [ledger.action(state, made, explanation=long) for state in states * 2_000]
    actions += [ledger.judged("worse", proposal=made) for _ in range(500)]
    report = build_report(replace(make_market().material(), actions=actions))
    assert len(render_html(report)) < 600_000
    assert len(render_markdown(report)) < 400_000
    assert len(json.dumps(action_rows(report))) < 600_000
    empty = build_report(make_market().material())
    assert len(render_html(report)) - len(render_html(empty)) < 250_000


def test_unknown_is_never_zero(make_market):
    unknown = build_report(make_market(unknown_days=tuple(range(1, 100))).material())
    table = unknown.tables[0]
    text = render_markdown(replace(unknown, tables=(table,), plans=(), breakdowns=()))
    section = text[text.index(table.account) :].split("\n\n")[1]
    cells = [line.split("|")[2].strip() for line in section.splitlines()[2:]]
    assert set(cells) == {"–"}


def test_ten_thousand_campaigns_fit_into_a_page(make_market):
    made = make_market(names=[f"Campaign {i}" for i in range(10_000)], scale=20.0, rows=20)
    report = build_report(made.material())
    assert len(render_html(report)) < 400_000
    assert len(render_markdown(report)) < 200_000


def test_markdown_pictures_are_data_and_have_words(report):
    text = render_markdown(report)
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)
    assert len(pictures) == len(report.attention) + len(report.plans) + len(report.trends)
    assert all(
        alt and address.startswith("data:image/svg+xml;base64,") for alt, address in pictures
    )


def test_table_rows_keep_numbers_as_numbers(report):
    rows = kpi_rows(report)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert rows[0]["Campaign"] == "Whole account"
    assert rows[0]["Spend"] == pytest.approx(report.tables[0].total.figures[0].now, rel=1e-6)
    assert len(rows) == sum(1 + len(t.rows) + bool(t.rest) for t in report.tables)
    assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"


def test_finding_rows_have_what_the_report_lists(report):
    rows = finding_rows(report)
    assert [row["Verdict"] for row in rows] == [item.verdict for item in report.attention]
    assert rows[0]["Open since"] == "2026-11-07"
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_action_rows_have_what_waits_first_and_the_same_columns(report):
    rows = action_rows(report)
    assert len(rows) == 8 + len(ledger.morning())
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"
    states = [row["State"] for row in rows]
    assert set(states[: states.count("waits for a decision")]) == {"waits for a decision"}
    worse = next(row for row in rows if row["Turned out"] == "worse")
    assert worse["Measured change"] == "CPA +€6.20 in 7 days (+€1.40 to +€11.90)"
    assert (worse["Until"], worse["Carried out"]) == ("", "2026-10-20T05:00+00:00")


def test_work_rows_have_what_the_report_lists(seo):
    rows = work_rows(seo)
    assert [row["Item"] for row in rows] == [chore.number for chore in seo.work.chores]
    assert (rows[0]["Due"], rows[0]["Days late"], rows[0]["Owner"]) == ("2026-11-06", 4, "Web team")
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_table_rows_hold_no_formula(report, seo):
    evil, site = renamed(report, "=1+1"), renamed(seo, "=1+1")
    rows = (*kpi_rows(evil), *finding_rows(evil), *action_rows(evil), *work_rows(site))
    for row in rows:
        assert not [v for v in row.values() if isinstance(v, str) and v.startswith("=")]


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_charts_left_out_are_counted(report, render):
    assert "3 charts" in render(replace(report, trends_left_out=3))
    assert "left out" not in render(report)
