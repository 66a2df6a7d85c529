"""Which function answers which fact about websites?"""

from collections.abc import Mapping, Sequence
from datetime import date

from config.models import FactName
from tasks.evidence import Answers
from tasks.site.answering import (
    became_noindex,
    blocked_by_robots,
    canonical_elsewhere,
    page_fails,
    page_gone,
    page_lost,
)
from tasks.site.contents import content_decays, content_outdated, content_thin
from tasks.site.evidence import Limits, PageFact, Site, SiteFact, of_pages, of_sites
from tasks.site.files import (
    certificate_ends,
    competitor_published,
    crawl_incomplete,
    indexed_share_fell,
    robots_changed,
    sitemap_errors,
    sitemap_unreadable,
)
from tasks.site.heads import (
    analytics_gone,
    description_duplicate,
    description_missing,
    heading_missing,
    hreflang_unpaired,
    mixed_content,
    structured_data_broken,
    title_duplicate,
    title_missing,
)
from tasks.site.indexing import not_indexed
from tasks.site.leading import (
    broken_internal_link,
    broken_outbound_link,
    redirect_chain,
    redirect_loop,
)
from tasks.site.reaching import orphan_page, sitemap_lists_wrong, sitemap_misses
from tasks.site.searches import clicks_below_position, pages_compete
from tasks.site.speeds import page_slow, web_vitals_fail

PAGE_FACTS: Mapping[FactName, PageFact] = {
    "page_gone": page_gone,
    "page_fails": page_fails,
    "page_lost": page_lost,
    "became_noindex": became_noindex,
    "canonical_elsewhere": canonical_elsewhere,
    "blocked_by_robots": blocked_by_robots,
    "broken_internal_link": broken_internal_link,
    "broken_outbound_link": broken_outbound_link,
    "redirect_chain": redirect_chain,
    "redirect_loop": redirect_loop,
    "title_missing": title_missing,
    "title_duplicate": title_duplicate,
    "description_missing": description_missing,
    "description_duplicate": description_duplicate,
    "heading_missing": heading_missing,
    "hreflang_unpaired": hreflang_unpaired,
    "structured_data_broken": structured_data_broken,
    "mixed_content": mixed_content,
    "analytics_gone": analytics_gone,
    "orphan_page": orphan_page,
    "sitemap_lists_wrong": sitemap_lists_wrong,
    "sitemap_misses": sitemap_misses,
    "page_slow": page_slow,
    "web_vitals_fail": web_vitals_fail,
    "not_indexed": not_indexed,
    "content_decays": content_decays,
    "content_thin": content_thin,
    "content_outdated": content_outdated,
    "clicks_below_position": clicks_below_position,
}

SITE_FACTS: Mapping[FactName, SiteFact] = {
    "robots_changed": robots_changed,
    "certificate_ends": certificate_ends,
    "sitemap_unreadable": sitemap_unreadable,
    "sitemap_errors": sitemap_errors,
    "indexed_share_fell": indexed_share_fell,
    "crawl_incomplete": crawl_incomplete,
    "competitor_published": competitor_published,
}

NAMES: frozenset[FactName] = frozenset({*PAGE_FACTS, *SITE_FACTS, "pages_compete"})


def ask(name: FactName, sites: Sequence[Site], limits: Limits, as_of: date) -> Answers:
    """Ask a fact of every page, query or site that it can concern."""
    if name in PAGE_FACTS:
        return of_pages(PAGE_FACTS[name], sites, limits)
    if name in SITE_FACTS:
        return of_sites(SITE_FACTS[name], sites, limits, as_of)
    return pages_compete(sites, limits)
