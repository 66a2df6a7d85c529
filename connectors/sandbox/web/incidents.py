"""What goes wrong with a site, where and when. Data; `state.py`, `searches.py` say what it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

SiteIncidentKind = Literal[
    # seen in what the site answers
    "robots",
    "gone",
    "fails",
    "lost",
    "noindex",
    "canonical",
    "broken_outbound",
    "redirect_chain",
    "redirect_loop",
    "title_missing",
    "title_duplicate",
    "description_missing",
    "description_duplicate",
    "heading_missing",
    "hreflang",
    "structured_data",
    "tag_gone",
    "orphan",
    "sitemap_extra",
    "sitemap_missing",
    "sitemap_broken",
    "thin",
    "competitor",
    # seen in what others tell of it
    "slow",
    "vitals",
    "not_indexed",
    "decays",
    "competes",
    "low_click_rate",
    "section_falls",
    "query_lost",
    "opportunity",
]

FACTS: Mapping[SiteIncidentKind, str] = {
    "gone": "page_gone",
    "fails": "page_fails",
    "lost": "page_lost",
    "noindex": "became_noindex",
    "canonical": "canonical_elsewhere",
    "robots": "blocked_by_robots",
    "broken_outbound": "broken_outbound_link",
    "redirect_chain": "redirect_chain",
    "redirect_loop": "redirect_loop",
    "title_missing": "title_missing",
    "title_duplicate": "title_duplicate",
    "description_missing": "description_missing",
    "description_duplicate": "description_duplicate",
    "heading_missing": "heading_missing",
    "hreflang": "hreflang_unpaired",
    "structured_data": "structured_data_broken",
    "tag_gone": "analytics_gone",
    "orphan": "orphan_page",
    "sitemap_extra": "sitemap_lists_wrong",
    "sitemap_missing": "sitemap_misses",
    "sitemap_broken": "sitemap_unreadable",
    "thin": "content_thin",
    "competitor": "competitor_published",
    "slow": "page_slow",
    "vitals": "web_vitals_fail",
    "competes": "pages_compete",
    "low_click_rate": "clicks_below_position",
}
"""Kinds whose paths are a fact from the first day to the last; `planted.py` has the others."""

MOVEMENTS: frozenset[SiteIncidentKind] = frozenset({"section_falls", "query_lost", "opportunity"})
"""Kinds that no fact tells of: checks of visibility find them."""


@dataclass(frozen=True, slots=True)
class SiteIncident:
    """One thing that is wrong with `paths` from `start` to `end` (included; None: it goes on).

    kind               what happens
    robots             robots.txt forbids `target`, which `paths` begin with; sitemaps drop them
    gone               answers 404, still linked; sitemaps drop it
    fails              answers 500, still linked; sitemaps, made of what renders, drop it
    lost               taken down: answers 410, no longer linked, in no sitemap
    noindex            the page asks to be left out; sitemaps drop it
    canonical          names `target` as its canonical page; sitemaps drop it
    broken_outbound    links to a page of another site that is not there, `target` on that site
    redirect_chain     an old address, still linked, leads through `target` to its page
    redirect_loop      an old address, still linked, leads to `target` and back
    title_missing, description_missing, heading_missing                      there is none
    title_duplicate, description_duplicate                                   all have the first's
    hreflang           the page that it names as its translation does not name it
    structured_data    its JSON-LD does not parse
    tag_gone           no analytics tag: no sessions
    orphan             no page links to it; its sitemap does
    sitemap_extra      a sitemap lists the address of a redirect
    sitemap_missing    a page that matters is in no sitemap
    sitemap_broken     the sitemap answers 500
    thin               hardly a sentence is left
    competitor         another site publishes `paths`; `target` is the title
    slow               takes seconds to answer and to show, with too few visitors for field data
    vitals             shifts and hangs; enough visitors for field data
    not_indexed        the engine has read it and leaves it out; with many pages the share falls
    decays             searches fall to `factor` of the usual over `ramp_days`
    competes           two pages share the places for `query`; planned so for all time
    low_click_rate     what is shown for `query` gets `factor` of its usual clicks
    section_falls      what is shown of `paths` falls to `factor`, and its positions with it
    query_lost         the site is no longer found by `query`
    opportunity        many see the page for `query`, at position 8; planned so for all time
    """

    kind: SiteIncidentKind
    paths: tuple[str, ...]
    start: date
    end: date | None = None
    target: str = ""
    query: str = ""
    factor: float = 1.0
    ramp_days: int = 1

    def active(self, day: date) -> bool:
        """Tell whether it is going on that day."""
        return self.start <= day and (self.end is None or day <= self.end)

    def progress(self, day: date) -> float:
        """Return how far it has got, 0 to 1, over its `ramp_days`."""
        if not self.active(day):
            return 0.0
        return min(1.0, ((day - self.start).days + 1) / self.ramp_days)
