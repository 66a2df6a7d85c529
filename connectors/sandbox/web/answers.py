"""What does the site answer to a path, and what its competitor's? Responses, without any server."""

from typing import TYPE_CHECKING
from zlib import crc32

from connectors.sandbox.exchange import Response
from connectors.sandbox.web import files
from connectors.sandbox.web.pages import error_html, page_html
from connectors.sandbox.web.texts import paragraphs

if TYPE_CHECKING:
    from connectors.sandbox.web.world import SimulatedWeb

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml"
RSS = "application/rss+xml"
GZIP = "application/x-gzip"
PARTNER = "/partners/"


def site_answer(web: "SimulatedWeb", path: str) -> Response:
    """Return what the site answers on its day."""
    state = web.state(web.today)
    page = state.by_path.get(path)
    if page is not None:
        status = state.status(path)
        if status != 200:
            return Response(status, error_html(status).encode(), HTML)
        modified = files.http_date(page.modified(state.day, web.seed))
        return _found(page_html(web, state, page).encode(), HTML, modified)
    if path in state.redirects:
        return Response(301, b"", HTML, {"Location": state.redirects[path]})
    if path == files.ROBOTS:
        return _found(files.robots(web, state).encode(), TEXT)
    if path == files.INDEX:
        return _found(files.sitemap_index(web).encode(), XML)
    if path == files.FEED:
        return _found(files.feed(web, state).encode(), RSS)
    if path in web.sitemaps_of(state):
        if "sitemap_broken" in state.wrong_with(path):
            return Response(500, error_html(500).encode(), HTML)
        kind = GZIP if path.endswith(".gz") else XML
        return _found(files.sitemap(web, state, path), kind)
    return Response(404, error_html(404).encode(), HTML)


def competitor_answer(web: "SimulatedWeb", path: str) -> Response:
    """Return what the competitor's site answers: its publications, a feed, a sitemap."""
    published = web.publications()
    if path == files.ROBOTS:
        text = f"User-agent: *\nDisallow:\n\nSitemap: {web.competitor_url}{files.INDEX}\n"
        return _found(text.encode(), TEXT)
    if path == files.FEED:
        return _found(files.competitor_feed(web, published).encode(), RSS)
    if path == files.INDEX:
        return _found(files.competitor_sitemap(web, published).encode(), XML)
    titles = {item.path: item.title for item in published}
    if path == "/" or path in titles or path.startswith(PARTNER):
        title = titles.get(path, "Other")
        text = paragraphs(web.seed)[len(path) % 7]
        page = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>"
        return _found(page.encode(), HTML)
    return Response(404, error_html(404).encode(), HTML)


def _found(body: bytes, content_type: str, modified: str = "") -> Response:
    headers = {"ETag": f'"{crc32(body):08x}"'}
    return Response(
        200, body, content_type, {**headers, "Last-Modified": modified} if modified else headers
    )
