"""What does a brand have planned for the next days, and what is missing?"""

from collections.abc import Mapping

from tasks.report.social import Networks
from tasks.report.social_model import Coming, Days, Missing, PlanAhead
from tasks.social.calendar import UNREADY, Day
from tasks.social.calendar_page import slots

DAYS_AHEAD = 14
MOST_POSTS_OF_DAY = 6
MOST_MISSING = 8
MOST_UNTIMED = 8


def plan_ahead(networks: Networks | None, owners: Mapping[str, str]) -> PlanAhead | None:
    """List the days of the brand's calendar, at most `DAYS_AHEAD`, those with nothing together.

    It is the whole brand's, so a report has it once, however many accounts it is about; None where
    it is about none. `owners` has the name of each.
    """
    if networks is None or not networks.presences:
        return None
    calendar = networks.calendar
    days: list[Days] = []
    for day in calendar.days[:DAYS_AHEAD]:
        one = _day(day, owners)
        if days and _alike(days[-1], one):
            one = Days(days.pop().first, one.last, one.holiday, one.hole)
        days.append(one)
    missing = [Missing(it.sentence, owners.get(it.owner, it.owner)) for it in calendar.holes]
    return PlanAhead(
        zone=networks.presences[0].zone.key,
        days=tuple(days),
        missing=tuple(missing[:MOST_MISSING]),
        missing_left=max(len(missing) - MOST_MISSING, 0),
        untimed=calendar.waiting[:MOST_UNTIMED],
        untimed_left=max(len(calendar.waiting) - MOST_UNTIMED, 0),
    )


def _day(day: Day, owners: Mapping[str, str]) -> Days:
    there = slots(day)
    posts = tuple(
        Coming(
            time=it.post.time,
            name=it.post.name,
            state=it.post.state,
            ready=it.post.state not in UNREADY,
            networks=it.networks,
            owner=owners.get(it.post.owner, it.post.owner),
        )
        for it in there[:MOST_POSTS_OF_DAY]
    )
    return Days(day.day, day.day, day.holiday, day.empty, posts, len(there) - len(posts))


def _alike(before: Days, day: Days) -> bool:
    """Tell whether nothing is planned on two days, for the same reason."""
    nothing = not before.posts and not day.posts
    return nothing and (before.holiday, before.hole) == (day.holiday, day.hole)
