"""Is what a brand says of its website possible?"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from config.models import Brand, SiteRules
from config.problems import Problem, choose, quoted
from config.yaml_source import Source, Where

TAG = re.compile(r"(G|GT|GTM|AW|DC|UA)-[A-Z0-9]+(-\d+)?")
"""The ids of analytics and tags that a crawl sees on a page."""


def site_problems(source: Source, brand: Brand) -> Iterator[Problem]:
    """Yield what is wrong with `site`: patterns, owners, tags, and rules for no site at all."""
    site = brand.site
    for key in ("important", "unimportant", "dated"):
        patterns: Sequence[str] = getattr(site, key)
        for number, pattern in enumerate(patterns):
            yield from _pattern(source, ("site", key, number), pattern)
    yield from _contradictions(source, site)
    yield from _owners(source, brand)
    for number, tag in enumerate(site.tags):
        if not TAG.fullmatch(tag):
            message = f"{quoted(tag)} is no id of an analytics tag"
            yield source.problem(("site", "tags", number), message, "write it like G-ABC123DEF4")
    if site != SiteRules() and all(entry.platform != "website" for entry in brand.accounts):
        message = "nothing looks at the site: the brand has no account of the platform website"
        yield source.note(("site",), message, "add one under `accounts`, or remove `site`")


def _pattern(source: Source, path: Where, pattern: str) -> Iterator[Problem]:
    if not pattern.startswith(("/", "*")):
        message = f"{quoted(pattern)} fits no path: every path begins with /"
        remedy = "write the path without the site's address: /products/*"
        yield source.problem(path, message, remedy)


def _contradictions(source: Source, site: SiteRules) -> Iterator[Problem]:
    for number, pattern in enumerate(site.unimportant):
        if pattern in site.important:
            message = f"{quoted(pattern)} is important and unimportant"
            path: Where = ("site", "unimportant", number)
            yield source.problem(path, message, "remove one of the two")


def _owners(source: Source, brand: Brand) -> Iterator[Problem]:
    before: list[str] = []
    for pattern, owner in brand.site.owners.items():
        path: Where = ("site", "owners", pattern)
        yield from _pattern(source, path, pattern)
        if owner not in brand.owners:
            yield source.problem(path, f"no owner {quoted(owner)}", choose(owner, brand.owners))
        # what a pattern stands for fits every pattern that it fits itself, but for [sets]
        wider = [it for it in before if "[" not in it + pattern and fnmatchcase(pattern, it)]
        if wider:
            message = f"is never reached: {quoted(wider[0])} stands before it and fits as well"
            yield source.note(path, message, "the first that fits counts: move it up")
        before.append(pattern)
