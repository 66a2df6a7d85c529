"""Which words do all renderings share when they speak of posts? Not yet escaped for any."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from connectors.records import Verdict
from tasks.report.model import Series
from tasks.report.numbers import change, change_text, day, difference, number, plural, short_day
from tasks.report.social import FOLLOWED_DAYS, POST_DAYS
from tasks.report.social_brought import LEAST_KNOWN
from tasks.report.social_model import (
    Brought,
    Coming,
    Compared,
    Days,
    Following,
    Gain,
    LastWeek,
    PlanAhead,
    PostRow,
    SocialAccount,
    TroubleRow,
    Waits,
)
from tasks.social.judging import BEFORE
from tasks.social.lifts import AGE, LEAST_USES
from tasks.social.preview import TITLES

POSTS = "Posts and answers"
PLAN = "What is planned"
BROUGHT = "What hashtags and hours brought"
WEEK = "Last week"

FOLLOWERS, WAITING, TROUBLES = "Followers", "Waiting for an answer", "Publications in trouble"
TESTS = "Tests of wordings"
POST_HEADS = ("Post", "Published")
COMPARED_HEAD = f"Times the usual at {AGE:.0f} h"
PLAN_HEADS = ("Day", "Posts")
WEEK_HEADS = ("", "Last week", "The week before", "Change")
GAIN_HEADS = ("Times the usual", "80 % range", "Posts")
COURSE = f"Followers, {FOLLOWED_DAYS} days"
GONE = "the network has it no more"
NOBODY = "nobody"
NOT_READ = "unknown: comments could not be read"
NO_POSTS = f"No post of the last {POST_DAYS} days is known."
USUAL = (
    f"The usual is the median of the account's posts of the {BEFORE.days} days before each one, "
    f"when they were {AGE:.0f} hours old."
)
RANGES = (
    "Hashtags and hours are told apart from each other. What was used little is drawn towards the "
    f"usual, what fewer than {LEAST_USES} posts had is left out. A range around 1 may be luck."
)

_UNKNOWN = "unknown"
_WAITING = {"complaint": "complaint", "question": "question", "other": "remark"}
_TURNS = {"above": "better", "below": "worse", "usual": ""}
_TROUBLES: Mapping[str, tuple[Verdict, str]] = {
    "failed": ("critical", "failed"),
    "missed": ("warning", "missed its time"),
}


def heading(account: SocialAccount) -> str:
    """Name an account and its network."""
    title = TITLES[account.network]
    return (
        account.name if title.casefold() in account.name.casefold() else f"{account.name}, {title}"
    )


def networks(post: Coming) -> str:
    """Name the networks that a post goes to."""
    return _listed(TITLES[network] for network in post.networks)


def followers(following: Following) -> str:
    """Write how many follow, and when they were counted."""
    if following.now is None or following.on is None:
        return _UNKNOWN
    return f"{following.now:,} on {day(following.on)}"


def growth(following: Following) -> str:
    """Write how many more they are than weeks before; '' where nobody knows how many there are."""
    now, before, since = following.now, following.before, following.since
    if now is None or following.on is None:
        return ""
    if before is None or since is None:
        return "change unknown: not counted before"
    relative = change_text(change(now, before)) if before else "new"
    days = (following.on - since).days
    over = f"in {days} days" if days == FOLLOWED_DAYS else f"since {short_day(since)}"
    return f"{difference(now - before, 'count')} ({relative}) {over}"


def course(following: Following) -> Series | None:
    """Return the followers day by day; None where there is no course to be seen."""
    if following.on is None or sum(it is not None for it in following.course) < 2:
        return None
    first = following.on.toordinal() - len(following.course) + 1
    return Series(following.on.fromordinal(first), following.course)


def waits(waiting: Waits) -> str:
    """Write how many of a kind wait, since when, and how many of them too long."""
    what = plural(waiting.count, _WAITING[waiting.kind])
    if waiting.kind == "other":
        what += " that asks for nothing" if waiting.count == 1 else " that ask for nothing"
    since = f"since {moment(waiting.since)}"
    if waiting.count == 1:
        return f"{what}, late, {since}" if waiting.late else f"{what} {since}"
    how_many = "all" if waiting.late == waiting.count else f"{waiting.late:,} of them"
    late = f", {how_many} late" if waiting.late else ""
    return f"{what}{late}, the oldest {since}"


def moment(at: datetime) -> str:
    """Write a moment in its own zone: "30 Oct 13:00"."""
    return f"{short_day(at.date())} {at:%H:%M}"


def trouble(row: TroubleRow) -> str:
    """Say what became of a publication."""
    return f"{_TROUBLES[row.kind][1]}, due {moment(row.due_at)}: {row.reason}"


def trouble_sign(row: TroubleRow) -> Verdict:
    """Say what that is like."""
    return _TROUBLES[row.kind][0]


def posts_caption(account: SocialAccount) -> str:
    """Say what the table of posts shows, and what is not known of any of them."""
    untold = f" Unknown: {_listed(account.untold)}." if account.untold else ""
    about = f"Posts of the last {POST_DAYS} days, the newest first, times in {account.zone}."
    return f"{about} Figures are those so far.{untold}"


def posts_left(account: SocialAccount) -> str:
    """Count the posts that there was no room for; '' if there was."""
    return f"Not listed: {plural(account.left, 'older post')}." if account.left else ""


def amount(value: float | None) -> str:
    """Write what a post earned."""
    return number(value, "count", none=_UNKNOWN)


def times(compared: Compared) -> str:
    """Write how many times the usual a post had."""
    if compared.times is None:
        return f"{compared.value:,.0f}, usual 0"
    return _times(compared.times)


def sample(compared: Compared) -> str:
    """Say by what a post is compared, and with how many."""
    usual = number(compared.usual, "count")
    what = f"{compared.value:,.0f} {compared.figure}, usual {usual}"
    return f"{what}; {plural(compared.sample, 'post')}"


def turn(compared: Compared) -> str:
    """Say whether a post did far "better" or "worse" than usual; '' for neither."""
    return _TURNS[compared.verdict]


def explained(accounts: Iterable[SocialAccount]) -> str:
    """Say what the usual is; '' where no post is compared with it."""
    posts = (post for account in accounts for post in account.posts)
    return USUAL if any(post.compared for post in posts) else ""


def not_compared(post: PostRow) -> str:
    """Say why it is not known how a post did."""
    return f"{_UNKNOWN}: {post.why}"


def days(spell: Days) -> str:
    """Write the days: "Mon 2 Nov", "Sat 7 to Sun 8 Nov"."""
    last = f"{spell.last:%a} {short_day(spell.last)}"
    if spell.first == spell.last:
        return last
    same = spell.first.month == spell.last.month
    first = str(spell.first.day) if same else short_day(spell.first)
    return f"{spell.first:%a} {first} to {last}"


def nothing(spell: Days) -> str:
    """Say why days are empty or whether that is too long; '' of a day with posts that fill it."""
    if spell.holiday:
        return "holiday"
    if spell.hole:
        return "a hole: nothing that fills it" if spell.posts else "a hole: nothing is planned"
    return "" if spell.posts else "nothing is planned"


def plan_caption(plan: PlanAhead) -> str:
    """Say what the plan shows."""
    return f"All posts of the brand until {day(plan.days[-1].last)}, times in {plan.zone}"


def coming(post: Coming) -> str:
    """Say where a planned post goes, how far it is, and whose it is."""
    return f"{networks(post)} · {post.state} · "


def untimed(plan: PlanAhead) -> str:
    """Name the approved posts without a time; '' for none."""
    more = f" and {plan.untimed_left:,} more" if plan.untimed_left else ""
    return f"Approved, without a time: {', '.join(plan.untimed)}{more}." if plan.untimed else ""


def missing_left(plan: PlanAhead) -> str:
    """Count what else is missing; '' for nothing."""
    return f"{plan.missing_left:,} more missing." if plan.missing_left else ""


def gain_tables(brought: Brought) -> list[tuple[str, tuple[Gain, ...]]]:
    """Return what is to be shown of hashtags and hours: what the rows are, and the rows."""
    tables = [("Hashtag", brought.hashtags), ("Hour", brought.hours)]
    return [table for table in tables if table[1]]


def brought_note(account: SocialAccount) -> str:
    """Say what was compared, or why nothing can be told."""
    brought = account.brought
    known = f"{plural(brought.posts, 'post')} known at {AGE:.0f} hours"
    if brought.posts < LEAST_KNOWN:
        return f"Nothing can be told yet: {known}, {LEAST_KNOWN} are needed."
    if not gain_tables(brought):
        return f"{known}: no hashtag and no hour was used in {LEAST_USES} of them."
    hours = f", hours in {account.zone}" if brought.hours else ""
    return f"By {brought.figure} of {known}{hours}."


def gain(row: Gain) -> str:
    """Write how many times the usual something brought."""
    return _times(row.times)


def gain_range(row: Gain) -> str:
    """Write the range of 80 %."""
    return f"{row.low:.2f} to {row.high:.2f}"


def gain_turn(row: Gain) -> str:
    """Say whether something surely brought more ("better") or less ("worse"); '' for neither."""
    return "better" if row.low > 1 else "worse" if row.high < 1 else ""


def week_caption(week: LastWeek, zone: str) -> str:
    """Say which days a week has, and what is counted in it."""
    last = week.first + timedelta(days=6)
    days = f"{day(week.first)} to Sunday {day(last)}, {zone}"
    return f"Monday {days}, beside the week before. Figures are what posts earned in those days."


def told(accounts: Iterable[SocialAccount]) -> bool:
    """Tell whether anything is said of what hashtags and hours brought."""
    return any(gain_tables(account.brought) for account in accounts)


def _times(value: float) -> str:
    return f"{value:.2f} times" if value < 9.995 else f"{value:,.0f} times"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
