"""How is a week on a social network written down, beside the one before?"""

from collections.abc import Iterator

from tasks.report.numbers import change, change_text, difference, number, plural
from tasks.report.social_model import LastWeek, WeekRow
from tasks.social.judging import FIGURES
from tasks.social.week import WeekFigures, Weeks

UNKNOWN = "unknown"
NO_FILE = "posts without a file here"


def last_week(weeks: Weeks | None) -> LastWeek | None:
    """Return a week's rows; None where nobody asked for it."""
    if weeks is None:
        return None
    return LastWeek(weeks.first, tuple(_rows(weeks.last, weeks.before)), _lacking(weeks))


def _rows(now: WeekFigures, before: WeekFigures) -> Iterator[WeekRow]:
    yield _row("Posts", now.posts, before.posts)
    names = dict.fromkeys([*now.objectives, *before.objectives])
    for name in sorted(names, key=lambda it: (not it, it)):
        what = f"of these for {name}" if name else f"of these {NO_FILE}"
        yield WeekRow(what, _share(now, name), _share(before, name))
    for name in FIGURES:
        yield _row(name.capitalize(), now.earned[name], before.earned[name])
    yield WeekRow("Followers gained", _gained(now), _gained(before))
    yield _row("Answers given", now.answers, before.answers)
    yield WeekRow("Hours to an answer, median", _hours(now), _hours(before))
    yield _row("Answers given late", now.late, before.late)


def _row(what: str, now: float | None, before: float | None) -> WeekRow:
    relative = change(now, before)
    written = change_text(relative) if relative is not None else ""
    return WeekRow(what, _count(now), _count(before), written)


def _count(value: float | None) -> str:
    return number(value, "count", none=UNKNOWN)


def _share(week: WeekFigures, objective: str) -> str:
    count = week.objectives.get(objective, 0)
    return f"{count:,} ({count / week.posts:.0%})" if week.posts else "0"


def _gained(week: WeekFigures) -> str:
    return UNKNOWN if week.followers is None else difference(week.followers, "count")


def _hours(week: WeekFigures) -> str:
    if week.answers == 0:
        return "no answer"
    return _count(week.answer_hours)


def _lacking(weeks: Weeks) -> str:
    """Say of how many posts a week's figures are not known, while they are of others."""
    most = [max(it.lacking.values(), default=0) for it in (weeks.last, weeks.before)]
    said = [
        f"{plural(count, 'post')} of {name}"
        for count, name in zip(most, ("the last week", "the week before"), strict=True)
        if count
    ]
    if not said:
        return ""
    return f"Not in the figures, as nobody read them when a week began or ended: {', '.join(said)}."
