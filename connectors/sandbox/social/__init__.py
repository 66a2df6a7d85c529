"""Simulated social networks: what a brand posted, what it earns, who answers.

`world.py` holds the posts of all networks and says what each has earned at a moment; `audience.py`
is the truth behind it. Each network's module answers in that network's shapes and keeps there only
what is its own (sessions, media). `history.py` makes a past to learn from,
`chatter.py` what others say in public.
"""

from connectors.sandbox.social.audience import Audience
from connectors.sandbox.social.chatter import Topic
from connectors.sandbox.social.history import demo_social
from connectors.sandbox.social.world import SocialAccount, SocialWorld, StoredComment, StoredPost

__all__ = [
    "Audience",
    "SocialAccount",
    "SocialWorld",
    "StoredComment",
    "StoredPost",
    "Topic",
    "demo_social",
]
