"""What a page says of itself: every field, and what stands in its place when it is odd."""

from datetime import date

import pytest
from scrapy.http import HtmlResponse

from connectors.crawling.extraction import read_page
from connectors.sites import SiteLink

URL = "https://example.com/shop/page"
WHOLE = """<!doctype html><html lang="de-AT"><head>
<base href="/base/">
<title> The
  title </title><title>Another</title>
<meta name="Description" content="What it is about">
<meta name="robots" content="NOINDEX, max-snippet: 20"><meta name="googlebot" content="nofollow">
<meta property="article:modified_time" content="2026-03-04T05:06:07Z">
<link rel="canonical" href="../canonical?utm_source=x">
<link rel="alternate" hreflang="en" href="/en"><link rel="alternate" hreflang="x-default" href="/">
<link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="stylesheet" href="http://cdn.example.com/a.css">
<script src="https://www.googletagmanager.com/gtag/js?id=G-ABCDEF1234"></script>
<script>gtag('config', 'G-ABCDEF1234'); ga('create', 'UA-12345-6'); w('GTM-ABC123')</script>
<script type="application/ld+json">{"@graph": [{"@type": ["Product", "Thing"]},
 {"@type": "Offer", "dateModified": "2026-01-02"}]}</script>
<script type="application/ld+json">{"@type": "Broken",}</script>
</head><body><header>Navigation of words</header><nav>More of it</nav>
<h1>First <b>heading</b></h1><h1></h1><h1>Second</h1>
<p>Four words of text</p><script>not text</script>
<a href="relative">A link</a><a href="/root#part" rel="nofollow sponsored">Root</a>
<a href="/root" rel="nofollow">again</a><a href="https://other.org/?gclid=1"><img alt="Image"></a>
<a href="#top">Top</a><a href="mailto:a@b.c">Mail</a><a>No href</a><area href="/area">
<img src="HTTP://cdn.example.com/b.png"><img src="//cdn.example.com/c.png">
<iframe src="http://frames.example.com/"></iframe><footer>At the end</footer></body></html>"""


def read(body: str | bytes, url: str = URL, **headers: str):
    raw = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_page(HtmlResponse(url, body=raw, headers=named), url)


def test_every_field_of_a_page_is_read():
    told = read(WHOLE)
    links = told.pop("links")
    words = told.pop("words")
    assert len(told.pop("text_hash")) == 32
    assert len(told.pop("structured_data_errors")) == 1
    assert told == {
        "title": "The title",
        "description": "What it is about",
        "headings": ("First heading", "Second"),
        "canonical": "https://example.com/canonical",
        "robots": ("max-snippet:20", "nofollow", "noindex"),
        "language": "de-AT",
        "alternates": {"en": "https://example.com/en", "x-default": "https://example.com/"},
        "structured_data": ("Product", "Thing", "Offer"),
        "insecure": (
            "http://cdn.example.com/b.png",
            "http://frames.example.com/",
            "http://cdn.example.com/a.css",
        ),
        "tags": ("G-ABCDEF1234", "UA-12345-6", "GTM-ABC123"),
        "modified": date(2026, 1, 2),
    }
    assert links == (
        SiteLink("https://example.com/base/relative", "A link"),
        SiteLink("https://example.com/root", "Root", nofollow=True),
        SiteLink("https://other.org/", "Image"),
        SiteLink("https://example.com/area", ""),
    )
    assert words == 15  # from "First heading" to "No href"


def test_headers_say_the_same_things():
    told = read(
        "<p>x",
        Link='<https://example.com/c>; rel="canonical", </fr>; rel=alternate; hreflang="fr"',
        X_Robots_Tag="googlebot: noindex",
        Last_Modified="Wed, 04 Mar 2026 05:06:07 GMT",
        Content_Language="fr",
    )
    assert told["canonical"] == "https://example.com/c"
    assert told["alternates"] == {"fr": "https://example.com/fr"}
    assert (told["robots"], told["modified"]) == (("noindex",), date(2026, 3, 4))
    assert told["language"] == "fr"


@pytest.mark.parametrize(
    ("value", "directives"),
    [
        ("otherbot: noindex", ()),
        ("noindex, NoFollow", ("nofollow", "noindex")),
        (
            "unavailable_after: 25 Jun 2010 15:00:00 PST",
            ("unavailable_after: 25 jun 2010 15:00:00 pst",),
        ),
        ("max-snippet: 5", ("max-snippet:5",)),
        ("", ()),
    ],
)
def test_robots_directives_of_headers_are_those_for_us(value, directives):
    assert read("<p>x", X_Robots_Tag=value)["robots"] == directives


@pytest.mark.parametrize("body", ["", "   ", "\x00\x00", "<!-- -->", "<html>"])
def test_a_page_with_nothing_says_nothing(body):
    told = read(body)
    assert (told["title"], told["words"], told["text_hash"], told["links"]) == (None, 0, "", ())


def test_the_main_text_is_that_of_main_and_a_change_around_it_changes_nothing():
    def page(around: str, text: str) -> str:
        return f"<body><p>{around}</p><main><nav>Menu {around}</nav><p>{text}</p></main>"

    one, two, three = read(page("a", "Text")), read(page("b", "Text")), read(page("a", "Other"))
    assert one["words"] == 1
    assert one["text_hash"] == two["text_hash"] != three["text_hash"]


def test_text_in_any_charset_is_read():
    latin = "<meta charset=iso-8859-1><title>Grüße</title>".encode("latin-1")
    assert read(latin)["title"] == "Grüße"
    declared = HtmlResponse(URL, body="<title>Привет</title>".encode("koi8-r"))
    declared.headers["Content-Type"] = "text/html; charset=koi8-r"
    assert read_page(declared, URL)["title"] == "Привет"


def test_a_page_that_is_not_secure_loads_nothing_insecure():
    assert read('<img src="http://a.example/b.png">', "http://example.com/")["insecure"] == ()


def test_long_things_are_cut_and_many_counted_out():
    links = "".join(f"<a href=/{n}>{'x' * 500}</a>" for n in range(3_500))
    told = read(f"<title>{'t' * 5_000}</title>{links}")
    assert (len(told["title"]), len(told["links"]), len(told["links"][0].text)) == (
        2_000,
        3_000,
        200,
    )
