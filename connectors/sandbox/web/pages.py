"""What does a page look like to who asks for it? HTML, with what is wrong with it that day."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import orjson

from connectors.sandbox.web import texts
from connectors.sandbox.web.plan import PagePlan
from connectors.sandbox.web.state import SiteState, Wrong

if TYPE_CHECKING:
    from connectors.sandbox.web.world import SimulatedWeb

PARAGRAPHS = 3
TAG = (
    '<script async src="https://www.googletagmanager.com/gtag/js?id={0}"></script>'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){{dataLayer.push(arguments)}}"
    "gtag('js',new Date());gtag('config','{0}');</script>"
)
TYPES = {"product": "Product", "article": "Article", "home": "Organization"}
BROKEN_JSON = '{"@context":"https://schema.org","@type":"Product","name":"'


def page_html(web: "SimulatedWeb", state: SiteState, page: PagePlan) -> str:
    """Return the page as of the state's day. It is to exist and to answer with 200."""
    wrong, modified = state.wrong_with(page.path), page.modified(state.day, web.seed)
    return (
        f'<!doctype html>\n<html lang="{page.language}"><head><meta charset="utf-8">'
        f"{_head(web, state, page, wrong, modified)}</head>\n<body><header>{web.menu}</header>\n"
        f"<main>{_main(web, state, page, wrong, modified)}</main>\n"
        f"<footer>{web.footer}</footer></body></html>\n"
    )


def error_html(status: int) -> str:
    """Return the page of an error, which people are to understand."""
    said = {404: "Page not found", 410: "This page is gone"}.get(status, "Something went wrong")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{said}</title></head>'
        f'<body><h1>{said}</h1><p><a href="/">To the home page</a></p></body></html>\n'
    )


def _head(
    web: "SimulatedWeb", state: SiteState, page: PagePlan, wrong: Wrong, modified: date
) -> str:
    title, description = _title(state, page, wrong), _description(state, page, wrong)
    canonical = wrong["canonical"].target if "canonical" in wrong else page.path
    parts = [
        f"<title>{escape(title)}</title>" if title else "",
        f'<meta name="description" content="{escape(description)}">' if description else "",
        '<meta name="robots" content="noindex, follow">' if "noindex" in wrong else "",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<link rel="canonical" href="{web.url}{canonical}">',
        *(
            f'<link rel="alternate" hreflang="{language}" href="{web.url}{path}">'
            for language, path in _alternates(state, page)
        ),
        '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        if page.kind in ("home", "article")
        else "",
        TAG.format(web.plan.tag) if "tag_gone" not in wrong else "",
        _structured(web, page, wrong, modified),
    ]
    return "".join(parts)


def _title(state: SiteState, page: PagePlan, wrong: Wrong) -> str:
    if "title_duplicate" in wrong:
        return state.by_path[wrong["title_duplicate"].paths[0]].title
    return "" if "title_missing" in wrong else page.title


def _description(state: SiteState, page: PagePlan, wrong: Wrong) -> str:
    if "description_duplicate" in wrong:
        return state.by_path[wrong["description_duplicate"].paths[0]].description
    return "" if "description_missing" in wrong else page.description


def _alternates(state: SiteState, page: PagePlan) -> tuple[tuple[str, str], ...]:
    """Return its translations; none for one that its counterpart waits for in vain."""
    for _, path in page.alternates:
        if path != page.path and "hreflang" in state.wrong_with(path):
            return ()
    return page.alternates


def _structured(web: "SimulatedWeb", page: PagePlan, wrong: Wrong, modified: date) -> str:
    kind = TYPES.get(page.kind)
    if kind is None:
        return ""
    if "structured_data" in wrong:
        return f'<script type="application/ld+json">{BROKEN_JSON}</script>'
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": page.name,
        "url": f"{web.url}{page.path}",
    }
    if page.kind == "article":
        facts |= {
            "headline": page.name,
            "datePublished": page.published.isoformat(),
            "dateModified": modified.isoformat(),
        }
    if page.kind == "product":
        currency = web.plan.currency
        price = {"@type": "Offer", "price": f"{page.price:.2f}", "priceCurrency": currency}
        facts |= {"offers": price}
    return f'<script type="application/ld+json">{orjson.dumps(facts).decode()}</script>'


def menu_html(web: "SimulatedWeb") -> str:
    """Return what every page begins with."""
    return f"<nav>{_list(web, web.plan.menu)}</nav>"


def footer_html(web: "SimulatedWeb") -> str:
    """Return what every page ends with."""
    return f"<p>{escape(web.plan.name)}</p>{_list(web, web.plan.footer)}"


def _list(web: "SimulatedWeb", paths: Iterable[str]) -> str:
    items = "".join([_item(path, web.names.get(path, "")) for path in paths])
    return f"<ul>{items}</ul>" if items else ""


@lru_cache(maxsize=50_000)
def _item(path: str, name: str) -> str:
    return f'<li><a href="{path}">{escape(name or _named(path))}</a>'


def _named(path: str) -> str:
    return path.strip("/").rpartition("/")[2].replace("-", " ").capitalize()


def _main(
    web: "SimulatedWeb", state: SiteState, page: PagePlan, wrong: Wrong, modified: date
) -> str:
    tag = "h2" if "heading_missing" in wrong else "h1"
    parts = [
        f"<{tag}>{escape(page.name)}</{tag}>",
        _dated(page, modified),
        f"<p>{escape(page.name)}: {escape(page.description)}</p>",
    ]
    if "thin" not in wrong:
        pool = texts.paragraphs(web.seed, page.language)
        places = texts.chosen(web.seed, page.path, PARAGRAPHS)
        parts += [f"<p>{pool[place]}</p>" for place in places]
        parts.append(_list(web, state.links(page)))
    parts += _outbound(web, page, wrong)
    return "\n".join(parts)


def _dated(page: PagePlan, modified: date) -> str:
    said = "Aktualisiert am" if page.language == "de" else "Updated on"
    return f'<p>{said} <time datetime="{modified.isoformat()}">{modified.isoformat()}</time></p>'


def _outbound(web: "SimulatedWeb", page: PagePlan, wrong: Wrong) -> list[str]:
    paths = list(page.outbound)
    if "broken_outbound" in wrong:
        paths.append(wrong["broken_outbound"].target)
    return [f'<p>See <a href="{web.competitor_url}{p}">{_named(p)}</a>.</p>' for p in paths]
