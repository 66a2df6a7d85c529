"""Which posts make the month, what goes wrong with each, and what may not be said of the end?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from config.networks import NETWORKS
from connectors.actions import DONE, Action
from connectors.sandbox.faults import Fault
from connectors.social import due_of, text_digest
from tests.faults.social_scene import ACCOUNTS, PLACES, TOLERANCE, Fate, Month, Planned, utc

FIRST, DAYS = utc("2026-10-14T00:00"), 31

LOST = ("cut_after", "status_after", "cut_before", "half_page", "stall")
"""Faults of an answer: the caller cannot know what became of its request, or only thinks so."""
OTHERS = ("status", "throttle", "token_expired", "html", "permission_denied")

TEXTS = (
    "Café & Küche: 20% off {n} <today> #coffee",
    "Launch day {n} (beta) — read more at https://shop.example/?a=1&b={n} 🎉",
    "Wir haben geöffnet: {n} * Brötchen_ [frisch] @home",
)


@dataclass(frozen=True, slots=True)
class Blow:
    """What goes wrong with one worker: it is killed, or a network's answer gets lost."""

    after: timedelta  # the post's due moment
    fate: Fate
    fault: Fault | None


def posts(count: int) -> list[Planned]:
    """Return posts over a month, half of each brand's, some in the hour that a clock shows twice
    and in the days around."""
    luck = Random("the month")  # noqa: S311
    made = []
    for number in range(count):
        brand = [*ACCOUNTS][number % 2]
        day = FIRST + timedelta(days=number * DAYS / count)
        due = day.replace(hour=luck.randint(0, 23), minute=luck.randint(0, 59), second=0)
        text = TEXTS[number % len(TEXTS)].replace("{n}", str(number))
        made.append(Planned(brand, f"post_{number}", text, _written_once(due)))
    return made


def _written_once(due: datetime) -> datetime:
    """Return a moment whose local time is not one that a clock shows twice: such a time is
    refused in a post's file."""
    twice = [(utc("2026-10-25T00:00"), utc("2026-10-25T02:00")),
             (utc("2026-11-01T05:00"), utc("2026-11-01T07:00"))]  # fmt: skip
    inside = any(start <= due < end for start, end in twice)
    return due + timedelta(hours=2) if inside else due


def blows(number: int, many: int) -> list[Blow]:
    """Return what happens to the first workers of a post, 16 minutes apart."""
    luck = Random(f"blows of {number}")  # noqa: S311
    found = []
    for turn in range(many):
        killed = luck.random() < 0.6
        fate = Fate(luck.choice(PLACES), luck.randint(1, 4)) if killed else Fate()
        kind = luck.choice(LOST if luck.random() < 0.7 else OTHERS)
        writes = {"method": "POST"} if luck.random() < 0.8 else {}
        fault = Fault(
            kind, luck.choice((*NETWORKS, "")), first=luck.randint(1, 2),
            status=luck.choice((500, 502, 503)), seconds=0.05, **writes,
        )  # fmt: skip
        found.append(Blow(timedelta(minutes=16 * turn), fate, None if killed else fault))
    return found


def live_through(scene: Month, post: Planned, its: list[Blow]) -> None:
    """Let workers come: those that something happens to, and calm ones until all is settled."""
    for blow in its:
        scene.sandbox.faults.clear()
        if blow.fault:
            scene.sandbox.faults.add(blow.fault)
        scene.work(post.brand, post.due_at + blow.after, blow.fate)
    scene.sandbox.faults.clear()
    for turn in range(len(its), len(its) + 4):
        scene.work(post.brand, post.due_at + timedelta(minutes=16 * turn))
        with scene.warehouse() as warehouse:
            if not warehouse.actions(brand=post.brand, states=("approved", "applying")):
                break


def wrongs(scene: Month, post: Planned) -> list[str]:
    """Return what must not be: a post that came twice, outside its window, in other words, or that
    nobody is asked about; and a ledger that tells something else than the networks."""
    found = []
    with scene.warehouse() as warehouse:
        ledger = [
            one for one in warehouse.actions(brand=post.brand) if one.proposal.name == post.name
        ]
        accounts = warehouse.accounts(post.brand)
    keys = dict(zip(accounts["entry"], accounts["account_key"], strict=True))
    for network in NETWORKS:
        said = [one for one in scene.log(network, post.brand) if _is(one.text, post)]
        mine = [one for one in ledger if one.proposal.account_key == keys.get(network)]
        states = sorted(f"{one.state} {one.reason}".strip() for one in mine)
        where = f"{post.name} on {network}: {states}, published {[str(one.at) for one in said]}"
        if len(said) > 1:
            found.append(f"twice: {where}")
        if any(not post.due_at <= one.at <= post.due_at + TOLERANCE for one in said):
            found.append(f"outside its window: {where}")
        if any(one.state in ("approved", "applying") for one in mine):
            found.append(f"not settled: {where}")
        if bool(said) != any(one.state in DONE for one in mine) and not _doubtful(mine):
            found.append(f"the ledger tells something else: {where}")
        if not said and not any(_asked(one) or one.state == "failed" for one in mine):
            found.append(f"nobody is asked: {where}")
    return found


def _is(text: str, post: Planned) -> bool:
    return text_digest(text) == text_digest(post.text)


def _asked(action: Action) -> bool:
    return action.state == "proposed" and due_of(action.proposal.subject.item) is not None


def _doubtful(actions: list[Action]) -> bool:
    """Tell whether the ledger says itself that it does not know."""
    return any((one.state, one.reason) == ("failed", "unreadable") for one in actions)
