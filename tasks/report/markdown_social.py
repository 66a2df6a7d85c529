"""How does a report in Markdown tell of posts on social networks? Every text is escaped here."""

from collections.abc import Iterable, Sequence

from tasks.report import charts
from tasks.report import social_visit_words as visit_words
from tasks.report import social_watched as watched_words
from tasks.report import social_words as words
from tasks.report.escape import markdown as literal
from tasks.report.marks import MARKS, image, link, section, sentence, table_of
from tasks.report.social_model import (
    Coming,
    Days,
    Gain,
    PlanAhead,
    PostRow,
    SocialAccount,
    TroubleRow,
    Waits,
    WatchedRow,
)


def posts_and_answers(accounts: Sequence[SocialAccount]) -> str:
    """Tell of each account: followers, who waits, what went wrong, its posts."""
    blocks = [block for account in accounts for block in _account(account)]
    blocks.append(words.explained(accounts))
    return section(words.POSTS, "\n\n".join(filter(None, blocks)))


def planned_posts(ahead: PlanAhead | None) -> str:
    """List the days to come, and what is missing."""
    if ahead is None:
        return ""
    table = table_of(words.PLAN_HEADS, "ll", map(_days, ahead.days))
    missing = [
        f"- {MARKS['warning']} {sentence(it.sentence)} {literal(it.owner)}" for it in ahead.missing
    ]
    if left := words.missing_left(ahead):
        missing.append(f"- {left}")
    untimed = words.untimed(ahead)
    blocks = [
        f"{words.plan_caption(ahead)}.",
        table,
        "\n".join(missing),
        sentence(untimed) if untimed else "",
    ]
    return section(words.PLAN, "\n\n".join(filter(None, blocks)))


def brought(accounts: Sequence[SocialAccount]) -> str:
    """Tell what hashtags and hours brought."""
    blocks = []
    for account in accounts:
        blocks += [f"**{literal(words.heading(account))}**", words.brought_note(account)]
        for one, rows in words.gain_tables(account.brought):
            blocks.append(table_of([one, *words.GAIN_HEADS], "lrrr", map(_gain, rows)))
    if words.told(accounts):
        blocks.append(words.RANGES)
    return section(words.BROUGHT, "\n\n".join(blocks))


def visits(accounts: Sequence[SocialAccount]) -> str:
    """Tell what posts brought to the website."""
    blocks = []
    for account in accounts:
        if account.visits:
            blocks.append(f"**{literal(words.heading(account))}**")
        for one in account.visits:
            rows = ([literal(it.campaign), *visit_words.cells(it, one)] for it in one.rows)
            table = table_of(visit_words.HEADS, "lrrrr", rows)
            blocks += [sentence(visit_words.caption(one)), table if one.until else ""]
        blocks.append(account.unjoined)
    return section(visit_words.VISITS, "\n\n".join(filter(None, blocks)))


def watched(accounts: Sequence[SocialAccount]) -> str:
    """Tell how often watched words were used, and on which networks nobody can tell."""
    blocks = []
    for account in accounts:
        if (found := account.watched) is None:
            continue
        blocks += [f"**{literal(words.heading(account))}**", watched_words.caption(found)]
        blocks.append(table_of(watched_words.HEADS, "lrrrl", map(_watched, found.rows)))
    blocks.append(watched_words.untellable(accounts))
    return section(watched_words.WATCHED, "\n\n".join(filter(None, blocks)))


def last_week(accounts: Sequence[SocialAccount]) -> str:
    """Lay each account's last week beside the one before."""
    blocks = []
    for account in accounts:
        if (week := account.week) is None:
            continue
        rows = [[literal(it.what), it.now, it.before, it.change] for it in week.rows]
        blocks += [f"**{literal(words.heading(account))}**", words.week_caption(week, account.zone)]
        blocks += [table_of(words.WEEK_HEADS, "lrrr", rows), sentence(week.lacking)]
    return section(words.WEEK, "\n\n".join(filter(None, blocks)))


def _account(account: SocialAccount) -> Iterable[str]:
    following = account.following
    growth = words.growth(following)
    yield f"**{literal(words.heading(account))}**"
    yield f"{words.FOLLOWERS}: **{words.followers(following)}**{f', {growth}' if growth else ''}"
    if (course := words.course(following)) is not None:
        title = words.COURSE
        yield image(title, charts.sparkline(course, title, 340, 44))
    yield f"{words.WAITING}: {_waiting(account.waiting)}"
    lines = [_trouble(row) for row in account.troubles]
    if account.troubles_left:
        lines.append(f"- and {account.troubles_left:,} more")
    if lines:
        yield f"{words.TROUBLES}:\n\n" + "\n".join(lines)
    if account.tests:
        yield f"{words.TESTS}:\n\n" + "\n".join(f"- {sentence(it)}" for it in account.tests)
    heads = [*words.POST_HEADS, *map(str.capitalize, account.figures), words.COMPARED_HEAD]
    table = table_of(heads, f"ll{'r' * len(account.figures)}l", map(_post, account.posts))
    yield f"{words.posts_caption(account)}\n\n{table}" if table else words.NO_POSTS
    if left := words.posts_left(account):
        yield left


def _waiting(waiting: Sequence[Waits] | None) -> str:
    if waiting is None:
        return words.NOT_READ
    marked = (f"{MARKS['warning']} " * bool(it.late) + words.waits(it) for it in waiting)
    return "; ".join(marked) or words.NOBODY


def _trouble(row: TroubleRow) -> str:
    name = link(row.name, row.url) if row.url else literal(row.name)
    return f"- {MARKS[words.trouble_sign(row)]} {name} {sentence(words.trouble(row))}"


def _post(post: PostRow) -> Sequence[str]:
    name = link(post.name, post.url) if post.url else literal(post.name)
    gone = f" {MARKS['warning']} {words.GONE}" if post.gone else ""
    return [name + gone, words.moment(post.at), *map(words.amount, post.figures), _compared(post)]


def _compared(post: PostRow) -> str:
    if post.compared is None:
        return words.not_compared(post)
    turn = words.turn(post.compared)
    times = f"**{words.times(post.compared)}**{f', {turn}' if turn else ''}"
    return f"{times} ({words.sample(post.compared)})"


def _days(spell: Days) -> Sequence[str]:
    posts = [_coming(post) for post in spell.posts]
    if spell.left:
        posts.append(f"and {spell.left:,} more")
    if nothing := words.nothing(spell):
        posts.append(f"{MARKS['warning']} {nothing}" if spell.hole else nothing)
    return [words.days(spell), "; ".join(posts)]


def _coming(post: Coming) -> str:
    mark = "" if post.ready else f"{MARKS['warning']} "
    return f"{mark}{post.time} **{literal(post.name)}** {words.coming(post)}{literal(post.owner)}"


def _watched(row: WatchedRow) -> Sequence[str]:
    mark = f"{MARKS['warning']} " if row.verdict == "more" else ""
    return [
        literal(row.term),
        *watched_words.cells(row),
        mark + sentence(watched_words.verdict(row)),
    ]


def _gain(row: Gain) -> Sequence[str]:
    turn = words.gain_turn(row)
    times = f"{words.gain(row)}{f', {turn}' if turn else ''}"
    return [literal(row.what), times, words.gain_range(row), f"{row.posts:,}"]
