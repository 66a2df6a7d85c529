"""Which function answers which fact about social networks?"""

from collections.abc import Mapping, Sequence
from datetime import date

from config.fact_words import FACTS
from config.models import FactName
from tasks.evidence import Answers
from tasks.social.awaiting import (
    content_hole,
    content_not_ready,
    post_gone,
    publication_failed,
    publication_missed,
    unanswered_complaint,
    unanswered_question,
)
from tasks.social.evidence import Limits, Presence, SocialFact, answers
from tasks.social.overheard import watched_volume
from tasks.social.performing import followers_falling, post_above_usual, post_below_usual

SOCIAL_FACTS: Mapping[FactName, SocialFact] = {
    "post_below_usual": post_below_usual,
    "post_above_usual": post_above_usual,
    "post_gone": post_gone,
    "unanswered_question": unanswered_question,
    "unanswered_complaint": unanswered_complaint,
    "followers_falling": followers_falling,
    "watched_volume": watched_volume,
    "content_hole": content_hole,
    "content_not_ready": content_not_ready,
    "publication_failed": publication_failed,
    "publication_missed": publication_missed,
}

NAMES: frozenset[FactName] = frozenset(SOCIAL_FACTS)


def ask(name: FactName, presences: Sequence[Presence], limits: Limits, as_of: date) -> Answers:
    """Ask a fact of every post or account that it can concern."""
    return answers(SOCIAL_FACTS[name], FACTS[name].level, presences, limits, as_of)
