"""What a brand may get wrong about its website."""

import pytest

from config.models import SiteRules

BRAND = "brands/acme.yaml"
ACCOUNT = "  - {name: site, platform: website, account_id: 'https://acme.example/'}\ngoals:\n"

RIGHT = """\
site:
  important: [/, "/products/*"]
  unimportant: ["/archive/*", "*.pdf"]
  owners: {"/blog/news/*": john, "/blog/*": jane, "*": john}
  tags: [G-ABC123DEF4, GTM-ABC123, UA-12345-1]
  dated: [/blog/*]
  thin_words: 120
"""


@pytest.fixture
def site(desk):
    desk.replace(BRAND, "goals:\n", ACCOUNT)
    desk.write(BRAND, desk.text(BRAND) + RIGHT)
    return desk


def test_a_site_as_it_should_be_is_no_problem(site):
    library, problems = site.examine()
    assert problems == []
    assert library.brand("acme").site.thin_words == 120


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "remedy"),
    [
        ('[/, "/products/*"]', '[/, "products/*"]', "site.important[1]",
         "'products/*' fits no path", "/products/*"),
        ("dated: [/blog/*]", "dated: [https://acme.example/blog]", "site.dated[0]",
         "fits no path", "without the site's address"),
        ('"*.pdf"]', "/]", "site.unimportant[1]", "'/' is important and unimportant", "remove"),
        ('"*": john', '"*": jon', "site.owners.*", "no owner 'jon'", "did you mean john?"),
        ('"/blog/news/*": john', "blog: john", "site.owners.blog", "'blog' fits no path",
         "every path"),
        ("G-ABC123DEF4", "G_ABC", "site.tags[0]", "'G_ABC' is no id of an analytics tag",
         "G-ABC123DEF4"),
        ("thin_words: 120", "thin_words: 0", "site.thin_words", "greater than or equal to 1", ""),
        ("thin_words: 120", "thin_word: 1", "site.thin_word", "unknown key",
         "did you mean thin_words?"),
    ],
)  # fmt: skip
def test_names_line_key_what_is_wrong_and_the_remedy(site, old, new, key, message, remedy):
    site.replace(BRAND, old, new)
    problem = site.only()
    assert (problem.key, problem.severity) == (key, "error")
    assert message in problem.message
    assert remedy in problem.remedy or remedy in problem.message
    assert problem.line == site.line(BRAND, new)


def test_an_owner_who_is_never_reached_is_a_note(site):
    site.replace(BRAND, '"/blog/news/*": john, "/blog/*": jane, "*": john',
                 '"/blog/*": jane, "/blog/news/*": john')  # fmt: skip
    note = site.only()
    assert (note.severity, note.key) == ("note", "site.owners./blog/news/*")
    assert note.message == "is never reached: '/blog/*' stands before it and fits as well"


def test_rules_for_a_site_that_nothing_looks_at_are_a_note(site):
    site.replace(BRAND, ACCOUNT, "goals:\n")
    note = site.only()
    assert (note.severity, note.key) == ("note", "site")
    assert "no account of the platform website" in note.message


def test_a_brand_without_rules_has_the_usual_ones(desk):
    library, problems = desk.examine()
    assert problems == []
    assert library.brand("acme").site == SiteRules()


@pytest.mark.parametrize(
    ("address", "message"),
    [("${ACME_SITE}/", "the variable ACME_SITE is not set"), ("${ACME-SITE}", "no variable")],
)
def test_an_address_may_be_a_variable_that_is_set(site, address, message):
    site.replace(BRAND, "'https://acme.example/'", f'"{address}"')
    problem = site.only()
    assert (problem.key, problem.line) == ("accounts[1].account_id", site.line(BRAND, address))
    assert message in problem.message
    site.variables["ACME_SITE"] = "https://acme.example"
    assert bool(site.problems()) == ("-" in address)
