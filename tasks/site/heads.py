"""What do pages say about themselves: titles, descriptions, headings, translations, data, tags?

Only pages that may be found are asked: their own content was read, they do not ask to be left out,
and they do not name another page as the one to be found.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from connectors.addresses import path_of
from tasks.cube import Booleans
from tasks.report.numbers import plural
from tasks.site.answering import elsewhere, noindex
from tasks.site.evidence import Limits, Marks, Site, is_page

NAMED = 3


def findable(site: Site) -> Booleans:
    """Tell of each page whether its content was read and may be found."""
    return site.known & ~noindex(site.pages) & ~elsewhere(site.pages)


def title_missing(site: Site, _: Limits) -> Marks:
    """The page has no title."""
    return _missing(site, _texts(site, "title"))


def description_missing(site: Site, _: Limits) -> Marks:
    """The page has no description."""
    return _missing(site, _texts(site, "description"))


def heading_missing(site: Site, _: Limits) -> Marks:
    """The page has no heading of level 1."""
    firsts = [(said[0] if said else "").strip() for said in site.pages["headings"]]
    return _missing(site, pd.Series(firsts, index=site.pages.index))


def title_duplicate(site: Site, _: Limits) -> Marks:
    """Another page has the same title."""
    return _double(site, _texts(site, "title"))


def description_duplicate(site: Site, _: Limits) -> Marks:
    """Another page has the same description."""
    return _double(site, _texts(site, "description"))


def hreflang_unpaired(site: Site, _: Limits) -> Marks:
    """A translation that the page names does not name the page: search engines ignore both.

    Only translations on the site that were read are asked.
    """
    alternates: dict[str, Mapping[str, str]] = dict(
        zip(site.pages["url"], site.pages["alternates"], strict=True)
    )
    read = set(site.pages["url"][site.known])
    unpaired: list[list[tuple[str, str]]] = []
    for url, named in alternates.items():
        others = [(lang, to) for lang, to in named.items() if to != url and to in read]
        unpaired.append([(lang, to) for lang, to in others if url not in alternates[to].values()])
    so = np.asarray([bool(it) for it in unpaired], dtype=np.bool_) & findable(site)

    def fields(row: int) -> Mapping[str, str]:
        language, target = unpaired[row][0]
        named = sorted({path_of(to) for to in alternates[target].values() if to != target})
        reason = f"it names {', '.join(named)}" if named else "it names no translation"
        return {"target": path_of(target), "language": language, "reason": reason}

    return Marks(so, site.known, fields)


def structured_data_broken(site: Site, _: Limits) -> Marks:
    """Structured data of the page cannot be read."""
    errors: Sequence[Sequence[str]] = site.pages["structured_data_errors"].tolist()
    so = _any(errors) & site.known
    return Marks(so, site.known, lambda row: {"reason": "; ".join(errors[row][:NAMED])})


def mixed_content(site: Site, _: Limits) -> Marks:
    """A page that is asked over TLS loads something that is not."""
    insecure: Sequence[Sequence[str]] = site.pages["insecure"].tolist()
    so = _any(insecure) & site.known
    count = [len(it) for it in insecure]

    def fields(row: int) -> Mapping[str, str]:
        return {"target": insecure[row][0], "reason": plural(count[row], "address", "addresses")}

    return Marks(so, site.known, fields, lambda row: {"addresses": float(count[row])})


def analytics_gone(site: Site, _: Limits) -> Marks:
    """An analytics tag is not on the page: one of those that the brand names, or one that all but
    a few pages of the site have, or had in the full crawl before. Unknown where none is wanted."""
    tags = [frozenset(it) for it in site.pages["tags"]]
    wanted = _wanted_tags(site, tags)
    missing = [sorted(wanted - it) for it in tags]
    so = _any(missing) & site.known
    count = int(so.sum())

    def fields(row: int) -> Mapping[str, str]:
        gone = ", ".join(missing[row])
        return {"tag": gone, "pages": plural(count, "page"), "reason": f"without {gone}"}

    return Marks(so, site.known & bool(wanted), fields)


USUAL = 0.8
"""A tag that this part of the pages has belongs on all of them."""


def _wanted_tags(site: Site, tags: Sequence[frozenset[str]]) -> frozenset[str]:
    if site.rules.tags:
        return frozenset(site.rules.tags)
    now = [it for it, known in zip(tags, site.known, strict=True) if known]
    usual = _usual(now)
    if site.before is not None:
        read = is_page(site.before)
        usual |= _usual([frozenset(it) for it in site.before["tags"][read]])
    return usual


def _usual(tags: Sequence[frozenset[str]]) -> frozenset[str]:
    counts = Counter(name for it in tags for name in it)
    return frozenset(name for name, count in counts.items() if count >= USUAL * len(tags))


def _texts(site: Site, column: str) -> pd.Series:
    """Return a column without the space around its texts; '' where there is none."""
    return site.pages[column].fillna("").astype(str).str.split().str.join(" ")


def _missing(site: Site, texts: pd.Series) -> Marks:
    so = (texts == "").to_numpy(dtype=np.bool_) & findable(site)
    return Marks(so, site.known, lambda _: {"reason": "there is none"})


def _double(site: Site, texts: pd.Series) -> Marks:
    """Mark every page that shares a text with another; translations are pages like others."""
    there = findable(site) & (texts != "").to_numpy(dtype=np.bool_)
    having: dict[str, list[int]] = {}
    for row, text in zip(np.flatnonzero(there).tolist(), texts[there], strict=True):
        having.setdefault(str(text), []).append(row)
    so = np.zeros(len(texts), dtype=np.bool_)
    so[[row for rows in having.values() if len(rows) > 1 for row in rows]] = True

    def fields(row: int) -> Mapping[str, str]:
        text = str(texts.iat[row])
        first, second = having[text][:2]
        other = str(site.pages["name"].iloc[second if first == row else first])
        pages = plural(len(having[text]), "page")
        return {"text": text, "other": other, "pages": pages, "reason": f"as {other} has it"}

    return Marks(so, site.known, fields)


def _any(said: Sequence[Sequence[str]]) -> Booleans:
    return np.asarray([bool(it) for it in said], dtype=np.bool_)
