"""How does a report in Markdown tell of websites and searches? Every text is escaped here."""

from collections.abc import Iterable, Sequence

from tasks.report import site_words as words
from tasks.report.escape import markdown as literal
from tasks.report.marks import section, sentence, table_of
from tasks.report.model import AlsoFound
from tasks.report.numbers import day
from tasks.report.site_model import (
    Crawled,
    Lacking,
    Movers,
    Searched,
    SiteChange,
    SiteLog,
    Speed,
)


def winners_and_losers(found: Iterable[Movers]) -> str:
    """Show what gained and lost clicks, account by account."""
    blocks = []
    for account, levels in words.by_account(found):
        blocks.append(f"**{literal(account)}**, {words.spans(levels[0])}")
        for level in levels:
            for title, one, rows in words.mover_tables(level):
                heads = [one, *words.MOVER_HEADS]
                blocks.append(f"{title}\n\n{table_of(heads, 'lrrrr', map(_searched, rows))}")
            blocks.append(words.mover_note(level))
    return section(words.MOVERS, "\n\n".join(filter(None, blocks)))


def change_log(log: SiteLog | None) -> str:
    """List what crawls saw changed."""
    if log is None:
        return ""
    several = len({entry.site for entry in log.entries}) > 1
    rows = (_change(entry, several=several) for entry in log.entries)
    table = table_of(words.LOG_HEADS, "llll", rows)
    blocks = [f"{words.log_caption(log)}." if table else words.unchanged(log), table]
    return section(words.LOG, "\n\n".join(filter(None, [*blocks, words.log_rest(log)])))


def crawl(sites: Sequence[Crawled]) -> str:
    """Tell how sites were read, indexed and how fast their important pages are."""
    blocks = [table_of(words.CRAWL_HEADS, "llrll", map(_crawl, sites))]
    for site in sites:
        heads = ["Page", *words.LAB_HEADS, *words.FIELD_HEADS]
        if table := table_of(heads, "lrrrrrrrl", map(_speed, site.speeds)):
            blocks += [f"**{literal(site.site)}**: {words.VITALS}", table]
    return section(words.CRAWL, "\n\n".join(filter(None, blocks)))


def also_found(found: Iterable[AlsoFound]) -> str:
    """List what matters too little to alert anybody."""
    rows = (
        [sentence(it.check), f"{it.count:,}", "; ".join(map(sentence, it.examples))] for it in found
    )
    table = table_of(["Check", "Found", "For example"], "lrl", rows)
    return section(words.ALSO_FOUND, f"{words.MINOR}.\n\n{table}" if table else "")


def figures_lack(found: Iterable[Lacking]) -> str:
    """List what platforms say that their figures lack."""
    rows = ([literal(it.account), sentence(it.what), words.levels(it)] for it in found)
    return section(words.LACKING, table_of(["Account", "What", "Figures of"], "lll", rows))


def _searched(row: Searched) -> Sequence[str]:
    impressions, position = (
        f"{words.count(now)} (from {words.count(before)})"
        for now, before in (row.impressions, row.position)
    )
    return [literal(row.name), words.count(row.clicks[0]), words.gained(row), impressions, position]


def _change(entry: SiteChange, *, several: bool) -> Sequence[str]:
    site = f" on {literal(entry.site)}" if several else ""
    return [
        literal(entry.page) + site,
        words.kind(entry),
        sentence(entry.how),
        day(entry.at.date()),
    ]


def _crawl(site: Crawled) -> Sequence[str]:
    return [
        literal(site.site),
        sentence(words.crawl_state(site)),
        words.pages(site),
        words.answers(site),
        words.indexed(site),
    ]


def _speed(speed: Speed) -> Sequence[str]:
    note = f" ({sentence(words.speed_note(speed))})" if words.speed_note(speed) else ""
    return [literal(speed.page) + note, *words.lab(speed), *words.field(speed)]
