"""Which searches and visits does a demo site have? Derived from its pages and the ads' campaigns.

Pages rank in three bands: at the top, on the first two pages with few searches, or far below; so
that the planted ones stand out. Campaigns bring what they usually buy to the pages of their ads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connectors.sandbox import draws
from connectors.sandbox.structure import Account, Campaign
from connectors.sandbox.web.plan import PageKind, PagePlan, Rank, SearchPlan, Visits
from connectors.sandbox.web.shapes import Origin

UNPAID = (
    Origin("google", "organic", "(organic)", "Organic Search"),
    Origin("(direct)", "(none)", "(direct)", "Direct"),
    Origin("bing", "organic", "(organic)", "Organic Search"),
    Origin("newsletter", "email", "Weekly letter", "Email"),
    Origin("partner.example", "referral", "(referral)", "Referral"),
)
FORMS = ("{}", "best {}", "{} online", "{} review", "{} near me", "how to choose {}")
FORMS_OF: Mapping[PageKind, int] = {
    "home": 1, "hub": 4, "product": 5, "article": 4, "landing": 6, "plain": 1,
}  # fmt: skip
"""How many of the forms people search for, for a page of that kind."""
FIRST_PAGE_DEMAND = 4.5
"""Searches a day, at most, for what ranks from 5 to 15 without being planted."""
CHANNELS = {"search": "Paid Search", "shopping": "Paid Shopping", "display": "Display"}


def page(
    path: str, name: str, kind: PageKind, brand: str, about: str, links: Iterable[str] = ()
) -> PagePlan:
    """Return a page with a title and a description that no other page has."""
    return PagePlan(
        path=path,
        name=name,
        kind=kind,
        title=f"{name} | {brand}" if kind != "home" else name,
        description=f"{name} at {brand}: {about}.",
        links=tuple(links),
    )


def linked(pages: Sequence[PagePlan], links: Mapping[str, Sequence[str]]) -> tuple[PagePlan, ...]:
    """Return the pages with more links: path to paths."""
    return tuple(replace(p, links=(*p.links, *links.get(p.path, ()))) for p in pages)


def searches_for(
    pages: Iterable[PagePlan],
    topics: Mapping[str, str],
    brand: str,
    known: Sequence[SearchPlan],
    seed: int,
) -> tuple[SearchPlan, ...]:
    """Return what people search for to find the pages. `topics`: path to words.

    `known` come first, and nothing else has their words; the other queries of their pages rank at
    the top.
    """
    made = {search.text: search for search in known}
    top = {rank.path for search in known for rank in search.ranks}
    pages = list(pages)
    paths = {each.path for each in pages}
    for each in pages:
        topic, hub = topics.get(each.path), each.path.rpartition("/")[0]
        if topic is None:
            continue
        for number in range(FORMS_OF[each.kind]):
            text = FORMS[number].format(topic)
            found = _search(text, each.path, number, each.path in top, seed)
            made.setdefault(text, _with_hub(found, hub) if hub in paths and number == 1 else found)
        if each.kind in ("product", "landing", "hub"):
            named = f"{brand} {topic}"
            place = Rank(each.path, 1.05 + _drawn(seed, named, "brand") / 5)
            made.setdefault(named, SearchPlan(named, 4.0, (place,), brand=True))
    return tuple(made.values())


def visits_to(
    pages: Sequence[PagePlan], accounts: Sequence[Account]
) -> tuple[tuple[Origin, ...], tuple[Visits, ...]]:
    """Return the origins, the search engine first, and what they bring on an average day."""
    origins, visits = list(UNPAID), list(_unpaid(pages))
    for account in accounts:
        for campaign in account.campaigns:
            paths = sorted({f"/{ad.path}" for g in campaign.ad_groups for ad in g.ads})
            origins.append(_paid(account, campaign))
            if campaign.removed or campaign.paused or campaign.end_date:
                continue
            clicks = campaign.daily_spend / campaign.cpc
            visits += [Visits(p, len(origins) - 1, clicks * 0.9 / len(paths)) for p in paths]
    return tuple(origins), tuple(visits)


def _search(text: str, path: str, number: int, top: bool, seed: int) -> SearchPlan:
    """Return a query; all of a page's rank in one band, which the page's name decides."""
    band, place, size = (
        _drawn(seed, path, "band"), _drawn(seed, text, "rank"), _drawn(seed, text, "size"),
    )  # fmt: skip
    demand = 3 + 60 * size * size / (number + 1)
    if top or band < 0.5:
        return SearchPlan(text, demand, (Rank(path, 1.5 + 2.2 * place),))
    if band < 0.7:
        return SearchPlan(text, min(demand, FIRST_PAGE_DEMAND), (Rank(path, 5 + 9 * place),))
    return SearchPlan(text, demand, (Rank(path, 22 + 18 * place),))


def _with_hub(search: SearchPlan, hub: str) -> SearchPlan:
    """Let the page's hub be shown too, far below: no rival."""
    (first,) = search.ranks
    below = Rank(hub, first.position + 24, 0.02)
    return replace(search, ranks=(replace(first, share=0.98), below))


def _unpaid(pages: Sequence[PagePlan]) -> Iterable[Visits]:
    shares = {"home": 90.0, "hub": 9.0, "product": 2.5, "article": 1.5, "landing": 3.0}
    for each in pages:
        usual = shares.get(each.kind, 0.4)
        yield Visits(each.path, 1, usual)
        yield Visits(each.path, 2, usual / 6)
        if each.kind in ("home", "hub", "article"):
            yield Visits(each.path, 3, usual / 5)
            yield Visits(each.path, 4, usual / 8)


def _paid(account: Account, campaign: Campaign) -> Origin:
    if account.platform == "google_ads":
        return Origin("google", "cpc", campaign.name, CHANNELS[campaign.kind])
    return Origin("facebook", "paid_social", campaign.name, "Paid Social")


def _drawn(seed: int, *names: str) -> float:
    return int(draws.key(seed, "plan", *names)) % 10_000 / 10_000
