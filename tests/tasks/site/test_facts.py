"""What holds of every fact: sentences fill, order does not matter, unknown is not ok."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.site.facts import NAMES, PAGE_FACTS, SITE_FACTS
from tests.tasks.site.building import answer, found, page, redirect, results, shipped, site, verdict

FAULTS = [
    {"title": None},
    {"title": "Same"},
    {"description": None},
    {"headings": ()},
    {"robots": ("noindex",)},
    {"words": 3},
    {"seconds": 9.0},
    {"tags": ()},
    {"insecure": ("http://acme.test/x.png",)},
    {"structured_data_errors": ("no end",)},
    {},
    {},
]
PLACES = tuple(f"/p{number}" for number in range(6))
ODD = [answer("/gone", 404), answer("/down", 500), redirect("/r", "/s", "/p0"),
       redirect("/l", "/l", final=301)]  # fmt: skip
KINDS = st.lists(st.sampled_from(FAULTS), min_size=len(PLACES), max_size=len(PLACES))


def built(faults, order=None, healthy=False):
    pages = [page("/", *PLACES, "/gone", "/down", "/r", "/l")]
    pages += [page(path, "/", **it) for path, it in zip(PLACES, faults, strict=True)]
    before = [page("/"), *(page(path, "/") for path in PLACES)]
    if healthy:
        pages[0] = replace(pages[0], links=(*pages[0].links, *page("/", "/well").links))
        pages.append(page("/well", "/"))
        before.append(page("/well", "/"))
    pages += ODD
    if order is not None:
        pages = [pages[place] for place in order]
    return site(*pages, before=before, weigh="medium", crawl={"listed": ["/", *PLACES, "/well"]})


def said(one):
    return {fact: [it.sentence for it in results(fact, one)] for fact in sorted(NAMES)}


@settings(max_examples=8)
@given(KINDS, st.permutations(range(1 + len(PLACES) + len(ODD))))
def test_the_order_in_which_pages_were_read_does_not_matter(faults, order):
    assert said(built(faults)) == said(built(faults, order))


@settings(max_examples=8)
@given(KINDS)
def test_a_healthy_page_changes_nothing_of_the_others(faults):
    without, more = built(faults), built(faults, healthy=True)
    for fact in PAGE_FACTS:
        assert found(fact, more) == found(fact, without), fact


def test_every_fact_of_websites_is_shipped():
    assert {fact.fact for fact in shipped().values()} >= NAMES


@pytest.mark.parametrize("fact", sorted(NAMES))
def test_a_healthy_site_has_no_finding(fact):
    assert found(fact, site(page("/", "/a"), page("/a", "/"), before=[page("/"), page("/a")])) == []


@pytest.mark.parametrize("fact", sorted(NAMES))
def test_a_site_that_was_never_crawled_has_no_finding_and_is_unknown(fact):
    read = site(page("/"))
    never = replace(read, pages=read.pages.iloc[:0], full=None)
    assert found(fact, never) == []
    if fact in SITE_FACTS:
        assert verdict(fact, never) == "unknown"


@pytest.mark.parametrize("fact", sorted(PAGE_FACTS))
def test_a_page_that_said_nothing_is_never_ok(fact):
    silent = site(page("/", "/a"), answer("/a", None), page("/b"))
    assert verdict(fact, silent, "/a") in ("unknown", "critical", "warning", "minor")


@pytest.mark.parametrize(
    ("weigh", "said", "todo"),
    [("high", "critical", "high"), ("medium", "warning", "medium"), ("low", "minor", None)],
)
def test_importance_gives_verdict_and_priority(weigh, said, todo):
    one = site(page("/", "/a"), answer("/a", 404), weigh=weigh)
    (result,) = results("page_gone", one)
    assert verdict("page_gone", one, "/a") == said
    assert (result.todo.priority if result.todo else None) == todo


def test_what_is_done_on_a_page_is_its_owners():
    one = site(page("/", "/a"), answer("/a", 404))
    owned = replace(one, pages=one.pages.assign(owner=["", "writer"]))
    assert [it.owner for it in results("page_gone", owned)] == ["writer"]


def test_two_sites_are_told_apart():
    one = site(page("/", "/a"), answer("/a", 404), key=1)
    two = site(page("/", "/a", "/b"), page("/a"), answer("/b", 410), key=2)
    told = results("page_gone", one, two)
    assert [(it.account_key, it.entity_key, it.name) for it in told] == [
        (1, 101, "/a"), (2, 202, "/b")
    ]  # fmt: skip
    stopped = replace(two, full=replace(two.full, state="stopped", reason="time"))
    assert [it.account_key for it in results("crawl_incomplete", one, stopped)] == [2]
    assert results("page_gone") == results("pages_compete") == results("crawl_incomplete") == []
