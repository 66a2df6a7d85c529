"""What does a brand want of its posts, whoever writes them?"""

from datetime import date, time
from typing import Annotated

from pydantic import Field

from config.watched import MOST_WATCHED
from config.words import Model, Name

Phrase = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]


class Disclaimer(Model):
    """Words that must stand in a post that speaks of something."""

    when: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    """One of these words in the text asks for it, whatever its case."""
    text: Phrase
    """What must be there."""


class ContentRules(Model):
    """The brand's rules of posting. Times are the brand's own time zone."""

    objectives: Annotated[tuple[Name, ...], Field(min_length=1)] = (
        "awareness",
        "traffic",
        "trust",
        "recruiting",
    )
    """What posts are for."""
    language: str = "en"
    """BCP 47, of posts that say none."""
    forbidden: tuple[Phrase, ...] = ()
    """Words and phrases that no post has."""
    disclaimers: tuple[Disclaimer, ...] = ()
    most_hashtags: Annotated[int, Field(ge=0, le=30)] = 5
    longest_sentence: Annotated[int, Field(ge=5, le=200)] = 30
    """Words; a longer one is hard to read."""
    quiet_hours: tuple[time, time] = (time(21), time(7))
    """From the first until before the second nothing is published; the same twice: never quiet."""
    holidays: tuple[date, ...] = ()
    """Days on which nothing is published."""
    spacing_minutes: Minutes = 120
    """Least time between two posts of one account."""
    tolerance_minutes: Minutes = 60
    """A post that is later than this is not sent but asked about."""
    cool_down_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long an evergreen post rests, and no text comes twice on a network."""
    horizon_days: Annotated[int, Field(ge=1, le=90)] = 14
    """How far ahead holes of the calendar are looked for."""
    most_days_without: Annotated[int, Field(ge=1, le=90)] = 4
    """More days in a row without a post than this are a hole."""
    answer_hours: Annotated[int, Field(ge=1, le=720)] = 24
    """By when somebody who asks is answered."""
    watched: Annotated[tuple[Phrase, ...], Field(max_length=MOST_WATCHED)] = ()
    """Words and #hashtags: how many posts of others have them each day is counted on networks that
    allow it."""
