"""What pages say about themselves."""

import pytest

from config.models import SiteRules
from tests.tasks.site.building import answer, found, page, results, site, url, verdict


@pytest.mark.parametrize(
    ("fact", "given"),
    [
        ("title_missing", {"title": None}),
        ("title_missing", {"title": "  "}),
        ("description_missing", {"description": None}),
        ("heading_missing", {"headings": ()}),
        ("heading_missing", {"headings": ("",)}),
    ],
)
def test_what_is_missing_is_told_of_pages_that_may_be_found(fact, given):
    assert found(fact, site(page("/", "/a"), page("/a", **given))) == ["/a"]
    for hidden in ({"robots": ("noindex",)}, {"canonical": url("/")}):
        assert found(fact, site(page("/", "/a"), page("/a", **given, **hidden))) == []
    assert verdict(fact, site(page("/"), answer("/a", 500)), "/a") == "unknown"
    assert verdict(fact, site(page("/"), lost=[page("/a", **given)]), "/a") == "unknown"


@pytest.mark.parametrize("field", ["title", "description"])
def test_every_page_with_a_shared_text_is_told_with_another(field):
    same = {field: "Shoes  for all"}
    pages = [page("/"), page("/a", **same), page("/b", **{field: "Shoes for all"}), page("/c")]
    told = results(f"{field}_duplicate", site(*pages, weigh="high"))
    assert [(it.name, it.verdict) for it in told] == [("/a", "warning"), ("/b", "warning")]
    assert told[0].sentence == (
        f'/a has the same {field} as /b ("Shoes for all"); it stands on 2 pages.'
    )
    assert " as /a " in told[1].sentence


def test_missing_texts_and_copies_that_say_so_are_no_duplicates():
    none, copy = {"title": None}, page("/c", title="Title of /", canonical=url("/"))
    assert found("title_duplicate", site(page("/"), page("/a", **none), page("/b", **none))) == []
    assert found("title_duplicate", site(page("/"), copy)) == []


DE = {"de": url("/de")}
EN = {"en": url("/en")}


def test_a_translation_that_does_not_answer_is_told_of_the_page_that_names_it():
    one = site(page("/"), page("/en", alternates=DE), page("/de"), weigh="high")
    (told,) = results("hreflang_unpaired", one)
    assert told.sentence.startswith("/en names /de as its version in de")
    assert "it names no translation" in told.sentence
    other = site(page("/"), page("/en", alternates=DE), page("/de", alternates={"en": url("/")}))
    said = {it.name: it.sentence for it in results("hreflang_unpaired", other)}
    assert "it names /." in said["/en"]


@pytest.mark.parametrize(
    "pages",
    [
        [page("/en", alternates=DE), page("/de", alternates=EN)],
        [page("/en", alternates={**EN, **DE}), page("/de", alternates={**EN, **DE})],
        [page("/en", alternates={"de": "https://acme.example/"})],
        [page("/en", alternates=DE), answer("/de", 500)],
        [page("/en", alternates=DE, robots=("noindex",)), page("/de")],
        [page("/en", alternates=EN)],
    ],
)
def test_pairs_itself_other_sites_and_what_was_not_read_are_no_finding(pages):
    assert found("hreflang_unpaired", site(page("/"), *pages)) == []


def test_broken_data_and_insecure_addresses_are_told_with_what_they_are():
    broken = page("/a", structured_data_errors=("line 1: no end",))
    assert (
        "line 1: no end" in results("structured_data_broken", site(page("/"), broken))[0].sentence
    )
    mixed = page("/a", insecure=("http://acme.test/x.png", "http://acme.test/y.png"))
    (told,) = results("mixed_content", site(page("/"), mixed))
    assert told.sentence.startswith("/a loads http://acme.test/x.png without encryption")
    assert told.numbers == {"addresses": 2.0}


def many(count, **given):
    return [page(f"/p{n}", **given) for n in range(count)]


def test_a_tag_that_nearly_all_pages_have_is_wanted_on_all():
    one = site(page("/"), *many(8), page("/a", tags=()), weigh="high")
    (told,) = results("analytics_gone", one)
    assert told.sentence.startswith("/a no longer carries the analytics tag G-ACME")
    assert told.sentence.endswith("It is missing on 1 page.")
    assert told.verdict == "critical"


def test_a_tag_of_a_few_pages_is_wanted_nowhere():
    assert found("analytics_gone", site(*many(7), page("/a", tags=("G-ACME", "AW-1")))) == []
    assert found("analytics_gone", site(*many(5), *[page(f"/{n}", tags=()) for n in "abc"])) == []


def test_a_tag_that_the_whole_site_lost_is_told_against_the_crawl_before():
    assert len(found("analytics_gone", site(*many(5, tags=()), before=many(5)))) == 5


def test_the_brands_own_tags_go_before_what_is_usual():
    rules = SiteRules(tags=("G-OTHER",))
    assert len(found("analytics_gone", site(*many(3), rules=rules))) == 3


def test_a_site_that_has_no_tags_cannot_lose_one():
    assert verdict("analytics_gone", site(*many(3, tags=())), "/p1") == "unknown"
    assert verdict("analytics_gone", site(page("/"), answer("/a", 500)), "/a") == "unknown"
