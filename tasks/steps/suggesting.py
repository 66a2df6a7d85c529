"""What do an account's own posts say of a post's hashtags and time?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from config.content import Content
from config.library import Library
from config.networks import NETWORKS, Network
from connectors.warehouse import Warehouse
from tasks.social.calendar import planned
from tasks.social.choosing import Slot, Tag, choose_hashtags, choose_slots
from tasks.social.composing import hashtags
from tasks.social.lifts import Lifts, lifts_of, posts_at
from tasks.social.testing import sentence
from tasks.steps.social_knowledge import COMPARED
from tasks.steps.text_tests import TextTests

AHEAD = timedelta(days=14)
SLOTS = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What fits a post on one account."""

    account: str  # entry of the brand file
    network: Network
    posts: int  # of which it is known what they had earned
    tests: tuple[str, ...]  # what its own test and the account's other ones say of wordings
    hashtags: tuple[Tag, ...]
    slots: tuple[Slot, ...]


def suggest(
    warehouse: Warehouse, library: Library, brand: str, name: str, now: datetime
) -> list[Suggestion]:
    """Return what fits a post on each of its networks' accounts whose posts were read.

    The candidates are the post's own hashtags; without any, those that the account has used. The
    same post gets the same answer, whoever asks.
    """
    content, its = library.content(brand, name), library.brand(brand)
    zone, rules = ZoneInfo(its.time_zone), its.content
    seed = int.from_bytes(sha256(f"{brand}/{name}".encode()).digest()[:4], "big")
    taken = planned(
        library.contents.get(brand, {}), rules, zone, next(iter(its.owners)), now, now + AHEAD
    )
    accounts = warehouse.accounts(brand)
    found = []
    for row in accounts.to_dict("records"):
        network = next((it for it in NETWORKS if it == row["platform"]), None)
        if network is None or network not in content.front.networks:
            continue
        known = _known(warehouse, int(row["account_key"]), zone, now)
        moments = [it.at for it in taken if it.network == network and it.name != name]
        found.append(
            Suggestion(
                account=str(row["entry"]),
                network=network,
                posts=known.posts,
                tests=_told(
                    warehouse, library, brand, content, int(row["account_key"]), network, now
                ),
                hashtags=choose_hashtags(
                    known, content.front.hashtags or known.hashtags, rules.most_hashtags, seed
                ),
                slots=choose_slots(known, rules, zone, moments, now, now + AHEAD, SLOTS, seed),
            )
        )
    return found


def _told(
    warehouse: Warehouse,
    library: Library,
    brand: str,
    content: Content,
    key: int,
    network: Network,
    now: datetime,
) -> tuple[str, ...]:
    """Return what the post's own test says, and first what those that are decided say."""
    zone = ZoneInfo(library.brand(brand).time_zone)
    tests = TextTests(warehouse, library.contents.get(brand, {}).values(), key, network, zone)
    found = [it for it in tests.standings(now) if it.decision or it.test.name == content.test_name]
    return tuple(sentence(it) for it in sorted(found, key=lambda it: it.decision is None))


def _known(warehouse: Warehouse, key: int, zone: ZoneInfo, now: datetime) -> Lifts:
    """Return what an account's posts tell."""
    posts = warehouse.social_posts([key], now - COMPARED)
    said = {
        post: hashtags(text) for post, text in zip(posts["post_id"], posts["text"], strict=True)
    }
    return lifts_of(posts_at(warehouse.engagement([key], now - COMPARED), said), zone)
