"""What is each fact about, what can its sentence say, and where are its limits?

When a fact is so, `tasks/facts.py`, `tasks/site/` and `tasks/social/` decide; they read their
limits from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.models import Fact, FactName, Filter
from config.networks import NETWORKS
from config.words import Level

_CRAWL = ("website",)
_SEARCH = ("search_console",)
_OWN_MAIL = ("smtp",)
_LISTS = ("customers",)
_ANYTHING = Filter()
_RUNNING = Filter(status=("enabled",))
_INACTIVE = Filter(status=("paused", "removed", "ended"))


@dataclass(frozen=True, slots=True)
class FactKind:
    """What there is to know of a fact before it is asked for."""

    level: Level
    """What a finding is about; an account of a website is the site as a whole."""
    fields: tuple[str, ...]
    """Of the sentence and the remedy. `name` is the entity's own, such as a page's path; `url` a
    whole address; `target` where it leads; `account` the account's or site's name; `reason` what
    came back. A count comes with its noun ("12 pages"); a day is "3 Nov 2026", or "never"."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Name to the usual value; a fact's own `limits` go before."""
    sources: tuple[str, ...] = ()
    """Platforms any of which tells it; empty: all that the process reads."""
    among: Filter = _ANYTHING
    """Of which entities of the level it can be so."""


def limits_of(fact: Fact) -> dict[str, float]:
    """Return every limit of a fact: the usual ones, and in their place those that it states."""
    return {**FACTS[fact.fact].limits, **fact.limits}


def _account(
    *fields: str, sources: tuple[str, ...] = (), limits: Mapping[str, float] | None = None
) -> FactKind:
    return FactKind("account", ("name", "reason", *fields), limits or {}, sources)


def _list(*, people: float, share: float) -> FactKind:
    limits = {"people": people, "share": share}
    return _account("people", "seen", sources=_LISTS, limits=limits)


def _page(
    *fields: str, sources: tuple[str, ...] = _CRAWL, limits: Mapping[str, float] | None = None
) -> FactKind:
    return FactKind("page", ("name", "account", "url", "reason", *fields), limits or {}, sources)


def _post(*fields: str, limits: Mapping[str, float] | None = None) -> FactKind:
    named = ("name", "account", "network", "url", "reason", *fields)
    return FactKind("post", named, limits or {}, NETWORKS)


def _presence(*fields: str, limits: Mapping[str, float] | None = None) -> FactKind:
    return _account("network", *fields, sources=NETWORKS, limits=limits)


FACTS: Mapping[FactName, FactKind] = {
    # --- of any process -----------------------------------------------------------------------
    "no_data": _account("last_day"),
    "pull_failed": _account(),
    # --- of ads -------------------------------------------------------------------------------
    "ad_disapproved": FactKind("ad", ("name", "account", "campaign", "reason"), among=_RUNNING),
    "spend_while_inactive": FactKind(
        "campaign", ("name", "account", "status", "since", "spend", "window"), among=_INACTIVE
    ),
    "landing_page_down": FactKind(
        "ad", ("name", "account", "campaign", "url", "reason", "ads"), among=_RUNNING
    ),
    # --- of a site's files and of the site as a whole -----------------------------------------
    "robots_changed": _account("url", "difference", sources=_CRAWL),
    "certificate_ends": _account("ends", "days", sources=_CRAWL, limits={"days": 14}),
    "sitemap_unreadable": _account("url", sources=_CRAWL),
    "sitemap_errors": _account("url", "errors", "warnings", sources=_SEARCH, limits={"errors": 1}),
    # a fall by this part of all inspected pages, of which there must be so many both times
    "indexed_share_fell": _account(
        "share", "previous", "pages", sources=_SEARCH, limits={"fall": 0.1, "pages": 20}
    ),
    "crawl_incomplete": _account("pages", sources=_CRAWL),
    # --- of a page: does it answer, may it be found -------------------------------------------
    "page_gone": _page("links"),
    "page_fails": _page("links"),
    "page_lost": _page(),
    "became_noindex": _page(),
    "canonical_elsewhere": _page("target"),
    "blocked_by_robots": _page(),
    # --- of a page: where it leads; `pages` is from how many pages ----------------------------
    "broken_internal_link": _page("target", "text", "pages"),
    "broken_outbound_link": _page("target", "text", "pages"),
    # so many redirects one after the other are a chain
    "redirect_chain": _page("target", "hops", "pages", limits={"hops": 2}),
    "redirect_loop": _page("target", "pages"),
    # --- of a page: what it says about itself -------------------------------------------------
    "title_missing": _page(),
    "title_duplicate": _page("text", "other", "pages"),
    "description_missing": _page(),
    "description_duplicate": _page("text", "other", "pages"),
    "heading_missing": _page(),
    "hreflang_unpaired": _page("target", "language"),
    "structured_data_broken": _page(),
    "mixed_content": _page("target"),
    "analytics_gone": _page("tag", "pages"),
    # --- of a page: how it is reached ---------------------------------------------------------
    "orphan_page": _page(),
    "sitemap_lists_wrong": _page("sitemap"),
    "sitemap_misses": _page(),
    # --- of a page: how fast it is ------------------------------------------------------------
    # seconds from our asking until the whole page was there, or Lighthouse's score of 0 to 1
    "page_slow": _page(
        "value",
        "limit",
        sources=("website", "pagespeed"),
        limits={"seconds": 3, "performance": 0.5},
    ),
    # Google's bounds of good: milliseconds, and layout shift without a unit (web.dev/vitals)
    "web_vitals_fail": _page(
        "value",
        "limit",
        "window",
        sources=("crux", "pagespeed"),
        limits={
            "largest_contentful_paint": 2500,
            "interaction_to_next_paint": 200,
            "cumulative_layout_shift": 0.1,
        },
    ),
    # a page is given so many days from when it was first seen
    "not_indexed": _page("last_crawl", sources=_SEARCH, limits={"days": 14}),
    # --- of contents --------------------------------------------------------------------------
    # the clicks of so many days fell by this part of those of the best such span of the year
    # before, which had at least so many
    "content_decays": _page(
        "clicks",
        "previous",
        "change",
        "window",
        sources=_SEARCH,
        limits={"days": 84, "fall": 0.4, "clicks": 100},
    ),
    "content_thin": _page("words", "limit"),  # the limit is the brand's: `site.thin_words`
    "content_outdated": _page("since"),  # and so is this one: `site.outdated_after_days`
    "competitor_published": _account(
        "site", "entries", "examples", "window", sources=_CRAWL, limits={"days": 7}
    ),
    # --- of searches --------------------------------------------------------------------------
    # a second page has this part of the impressions of a query that was shown so often
    "pages_compete": FactKind(
        "query",
        ("name", "account", "reason", "first", "second", "impressions", "window"),
        {"days": 28, "impressions": 300, "share": 0.25},
        _SEARCH,
    ),
    # fewer clicks than this part of what its positions usually bring
    "clicks_below_position": _page(
        "query",
        "ctr",
        "expected",
        "position",
        "impressions",
        "missed",
        "window",
        sources=_SEARCH,
        limits={"days": 28, "impressions": 1000, "share": 0.6},
    ),
    # --- of posts on social networks; `name` is a post's first words --------------------------
    # of the posts of so many days, at this age: so many times the median of the posts before, and
    # so many of their spreads away from it
    "post_below_usual": _post(
        *("published", "figure", "value", "usual", "times", "age", "sample"),
        limits={"days": 14, "hours": 48, "times": 0.5, "z": 2.5},
    ),
    "post_above_usual": _post(
        *("published", "figure", "value", "usual", "times", "age", "sample"),
        limits={"days": 14, "hours": 48, "times": 2, "z": 2.5},
    ),
    "post_gone": _post("published", limits={"days": 28}),
    # --- of what is said under them, or in mentions elsewhere, where `name` is the account's --
    # this part of the time for an answer (`content.answer_hours`, of a complaint half of them) is
    # over: with 1 it is late, with 0 everybody who waits is told of
    "unanswered_question": _post("waiting", "place", "since", "due", limits={"part": 1}),
    "unanswered_complaint": _post("waiting", "place", "since", "due", limits={"part": 1}),
    # --- of an account, and of what is planned for it -----------------------------------------
    # in so many days this part of the followers went, so many spreads more than usual
    "followers_falling": _presence(
        *("lost", "followers", "change", "window"), limits={"days": 7, "part": 0.01, "z": 2.5}
    ),
    # of the brand's watched words; what is unusual says `tasks/social/volume.py`
    "watched_volume": _presence("words", "word", "day"),
    "content_hole": _presence("holes", "day", "about"),
    "content_not_ready": _presence("holes", "day", "about"),
    "publication_failed": _presence("posts", "post", "due", "url"),
    "publication_missed": _presence("posts", "post", "due", "url"),
    # --- of a list of customers ---------------------------------------------------------------
    # so many people, and at least this part of all that it had: who went within 14 days, whose
    # address cannot be used, who told us that they want no mail and are called subscribed
    "customers_missing": _list(people=20, share=0.05),
    "customers_unusable": _list(people=5, share=0.02),
    "customers_still_subscribed": _list(people=5, share=0.005),
    # --- of an account that mail to customers is sent from ------------------------------------
    "mail_in_doubt": _account("messages", "sources", sources=_OWN_MAIL),
    "mail_halted": _account("sources", sources=_OWN_MAIL),
    # so many messages of a day were due and will never be sent
    "mail_given_up": _account("messages", "sources", sources=_OWN_MAIL, limits={"messages": 1}),
    "mail_plan_broken": _account("mistakes", sources=_OWN_MAIL),
    "sending_domain_weak": _account("domain", "problems", sources=_OWN_MAIL),
}
"""Every fact."""
