"""Nobody gets a message twice, whoever dies; who gets none is told of; who withdraws gets none."""

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from connectors.mail_links import Ticket
from connectors.warehouse.mail_tables import mail_messages
from tests.faults.mail_scene import PLACES, Campaign, Fate, campaign, everybody
from tests.mail_people import address_of, states

ILLS = {"cut": 0.03, "stall": 0.01, "450": 0.04, "421": 0.02, "550": 0.02, "511": 0.02}
"""How many of the recipients something happens to."""


def ills(people: int, luck: Random) -> dict[str, str]:
    found = {}
    for number in range(people):
        at = luck.random()
        for kind, share in ILLS.items():
            if at < share:
                found[address_of(number)] = kind
                break
            at -= share
    return found


def fate(luck: Random) -> Fate:
    """Draw what happens to a worker: a kill at a place, or at a moment."""
    if luck.random() < 0.15:
        return Fate(seconds=luck.uniform(0.01, 0.25))
    place = luck.choice(PLACES)
    first = place.endswith("claim")
    return Fate(place, 1 if first else luck.randint(1, 9))


class Leavers:
    """People who withdraw while it goes on, each when the server has just taken somebody else's
    message: in the middle of a worker's batch. Who is being sent to at that moment is no leaver."""

    def __init__(self, scene: Campaign, every: int) -> None:
        self._scene, self._every = scene, every
        self._luck = Random("leavers")  # noqa: S311
        self.gone: dict[int, int] = {}  # person to how long the log was then
        scene.server.took = self._took

    def _took(self, count: int) -> None:
        if count % self._every:
            return
        with self._scene.warehouse() as warehouse:
            query = sa.select(mail_messages.c.message_key, mail_messages.c.address_key,
                              mail_messages.c.person_key).where(
                mail_messages.c.state == "claimed")  # fmt: skip
            with warehouse.reading() as connection:
                claimed = connection.execute(query).all()
            if not claimed:
                return
            row = self._luck.choice(claimed)
            # Between this reading and the withdrawal nobody is marked who was not asked again.
            ticket = Ticket("acme", row.message_key, row.address_key)
            warehouse.unsubscribe(ticket, "one click", self._scene.moment)
            if states(warehouse)[row.person_key] == "claimed":
                self.gone[row.person_key] = count


def wrongs(scene: Campaign, leavers: Leavers) -> list[str]:
    """Return what must not be."""
    people = everybody(scene.people)
    log = Counter(people[recipient] for _, recipient in scene.server.log)
    found = [f"{person} got it {count} times" for person, count in log.items() if count > 1]
    ids = Counter(message_id for message_id, _ in scene.server.log)
    found += [f"{message_id} came {count} times" for message_id, count in ids.items() if count > 1]
    with scene.warehouse() as warehouse:
        known = states(warehouse)
        doubts = {one.person_key for one in warehouse.mail_doubts("acme")}
    for person in range(scene.people):
        state, ill = known.get(person), scene.server.ills.get(address_of(person))
        if person in leavers.gone:
            if log[person]:
                found.append(f"{person} withdrew and got it ({state})")
        elif log[person] and state not in ("sent", "doubtful"):
            found.append(f"{person} got it, and it is {state}")
        elif not log[person] and state == "refused" and ill not in ("550", "511"):
            found.append(f"{person} was refused without reason")
        elif not log[person] and state not in ("refused", "doubtful"):
            found.append(f"{person} got nothing, and it is {state}")
        if state == "doubtful" and person not in doubts:
            found.append(f"{person} is in doubt and nobody is told")
    blows = scene.ends["killed"] + scene.server.lost
    if len(doubts) > blows:
        found.append(f"{len(doubts)} in doubt after {blows} kills and lost answers")
    return found


def live_through(scene: Campaign, leavers: Leavers, blows: int, luck: Random) -> None:
    """Let workers come until so many were killed or lost an answer, then calm ones to the end."""
    batch = max(20, scene.people // 20)
    while scene.ends["killed"] + scene.server.lost < blows and (left := scene.unsettled()):
        settled = sorted({*range(scene.people)} - {*left})
        persons = left[:batch] + luck.sample(settled, min(len(settled), 3))
        two = luck.random() < 0.3
        scene.work(persons, *[fate(luck) for _ in range(1 + two)])
    for _ in range(20):
        left = [person for person in scene.unsettled() if person not in leavers.gone]
        if not left:
            break
        scene.work(left, Fate(), Fate())


def prove(url: str, folder: Path, people: int, blows: int) -> None:
    luck = Random(f"{people} and {blows}")  # noqa: S311
    with campaign(url, folder, people, ills(people, luck)) as scene:
        leavers = Leavers(scene, every=max(8, people // 50))
        live_through(scene, leavers, blows, luck)
        strange = {end for end in scene.ends if end not in ("killed", "well")}
        assert not strange
        assert scene.ends["killed"] + scene.server.lost >= blows
        assert leavers.gone
        assert not (found := wrongs(scene, leavers)), found


def test_some_kills(sqlite_template, tmp_path):
    url = _copied(sqlite_template, tmp_path)
    prove(url, tmp_path, people=60, blows=12)


def test_some_kills_on_postgresql(postgresql_template, create_database, tmp_path):
    prove(create_database(postgresql_template), tmp_path, people=24, blows=4)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_500_kills_and_lost_answers_while_2000_messages_go_out(sqlite_template, tmp_path):
    url = _copied(sqlite_template, tmp_path)
    prove(url, tmp_path, people=2000, blows=500)


def _copied(template: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(template, folder / 'warehouse.db')}"
