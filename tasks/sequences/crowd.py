"""How do people move when nothing is sent and no database is asked? Everybody in memory.

What the warehouse does with enrolments and the ledger with messages, for simulations: a message
that is wanted counts as sent at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from connectors.enrolments import (
    FREE,
    HANDED,
    NEVER,
    Codes,
    Enrolled,
    Entries,
    Inside,
    Keys,
    Moves,
    People,
    Sent,
)
from tasks.sequences.allotting import none_sent

NUMBERS = ("person", "round", "entered_at", "planned_at", "due_at", "ledger", "ledger_at")
TEXTS = ("sequence", "version", "step", "arms", "state", "entry")


@dataclass(slots=True)
class Crowd:
    """A brand's people, and where each is in which sequence. `people` stands beside `person_key`,
    which ascends; `rows` has a column per name, with one place per enrolment."""

    brand: str
    person_key: Keys
    people: People
    numbers: dict[str, Codes] = field(
        default_factory=lambda: {name: np.array([], np.int64) for name in NUMBERS}
    )
    texts: dict[str, npt.NDArray[np.object_]] = field(
        default_factory=lambda: {name: np.array([], dtype=object) for name in TEXTS}
    )
    sent: Sent = field(default_factory=none_sent)

    def enrol(self, entries: Entries) -> None:
        """Let people in, anew if they were in before."""
        own = self._rows_of(entries.sequence)
        places = {key: row for row, key in zip(own.tolist(), self._keys(own), strict=True)}
        rows = np.array([places.get(key, -1) for key in entries.person_key.tolist()], np.int64)
        new = np.flatnonzero(rows < 0)
        rows[new] = np.arange(len(new)) + self._grow(len(new))
        at = np.full(len(rows), entries.at)
        person = np.searchsorted(self.person_key, entries.person_key)
        columns: dict[str, Codes] = {
            "person": person, "round": entries.round, "entered_at": at, "planned_at": at,
            "due_at": at, "ledger": np.full(len(rows), FREE), "ledger_at": at,
        }  # fmt: skip
        texts = {
            "sequence": entries.sequence, "version": entries.version, "step": entries.step,
            "arms": "{}", "state": "active",
        }  # fmt: skip
        for name, values in columns.items():
            self.numbers[name][rows] = values
        for name, text in texts.items():
            self.texts[name][rows] = text
        self.texts["entry"][rows] = np.array(entries.entry, dtype=object)

    def next_due(self) -> int | None:
        """Return when somebody is due next, None if nobody is inside."""
        due = self.numbers["due_at"]
        waiting = due[due != NEVER]
        return int(waiting.min()) if len(waiting) else None

    def due(self, now: int) -> tuple[Codes, Enrolled, People]:
        """Return who is due: rows, enrolments, and people beside them."""
        due_at = self.numbers["due_at"]
        rows = np.flatnonzero((due_at <= now) & (due_at != NEVER))
        number = {name: column[rows] for name, column in self.numbers.items()}
        sequence, sequences = _coded(self.texts["sequence"][rows])
        version, versions = _coded(self.texts["version"][rows])
        step, steps = _coded(self.texts["step"][rows])
        arms, arm_texts = _coded(self.texts["arms"][rows])
        came = Enrolled(
            self.brand, sequences, sequence, self.person_key[number["person"]], number["round"],
            number["entered_at"], versions, version, steps, step, arm_texts, arms,
            number["planned_at"], number["due_at"], number["ledger"], number["ledger_at"],
        )  # fmt: skip
        return rows, came, people_at(self.people, number["person"])

    def move(self, rows: Codes, came: Enrolled, moves: Moves, now: int) -> None:
        """Move those who were due, and take the messages as sent."""
        changes = moves.changes
        here = rows[changes.row]
        for name in ("round", "planned_at", "due_at"):
            self.numbers[name][here] = getattr(changes, name)
        for name in ("version", "step", "arms", "state"):
            self.texts[name][here] = np.array(getattr(changes, name), dtype=object)
        self.numbers["ledger"][here] = FREE
        places = {
            (came.sequences[code], key): row
            for row, code, key in zip(
                rows.tolist(), came.sequence.tolist(), came.person_key.tolist(), strict=True
            )
        }
        sent = [places[it.source, it.person_key] for it in moves.messages if it.kind == "sequence"]
        self.numbers["ledger"][sent] = HANDED
        self.numbers["ledger_at"][sent] = now
        self.sent = Sent(
            np.append(self.sent.person_key, _integers([it.person_key for it in moves.messages])),
            np.append(self.sent.at, np.full(len(moves.messages), now)),
            np.append(
                self.sent.source,
                np.array([f"{it.kind}:{it.source}" for it in moves.messages], dtype=object),
            ),
        )

    def inside(self, sequence: str) -> Inside:
        """Return how people stand to a sequence."""
        rows = self._rows_of(sequence)
        return Inside(
            self.person_key[self.numbers["person"][rows]],
            self.numbers["round"][rows],
            self.numbers["entered_at"][rows],
            tuple(self.texts["entry"][rows].tolist()),
            self.texts["state"][rows] == "active",
        )

    def sent_since(self, person_keys: Keys, at: int) -> Sent:
        """Return what these people got after a moment; forget what everybody got before it."""
        kept = self.sent.at > at
        self.sent = Sent(self.sent.person_key[kept], self.sent.at[kept], self.sent.source[kept])
        theirs = np.isin(self.sent.person_key, person_keys)
        return Sent(self.sent.person_key[theirs], self.sent.at[theirs], self.sent.source[theirs])

    def _rows_of(self, sequence: str) -> Codes:
        return np.flatnonzero(self.texts["sequence"] == sequence)

    def _keys(self, rows: Codes) -> list[int]:
        keys: list[int] = self.person_key[self.numbers["person"][rows]].tolist()
        return keys

    def _grow(self, count: int) -> int:
        """Make room for more rows and return where it begins."""
        before = len(self.numbers["person"])
        for name, column in self.numbers.items():
            self.numbers[name] = np.append(column, np.zeros(count, np.int64))
        for name, texts in self.texts.items():
            self.texts[name] = np.append(texts, np.full(count, "", dtype=object))
        return before


def people_at(people: People, rows: Codes) -> People:
    """Return some of these people, in this order."""
    return People(
        people.zones,
        people.zone[rows],
        people.standing[rows],
        people.last_order[rows],
        {name: inside[rows] for name, inside in people.segments.items()},
        {name: figures[rows] for name, figures in people.figures.items()},
    )


def crowd_of(came: Enrolled, people: People, entry: Sequence[str] = ()) -> Crowd:
    """Return a crowd of enrolments that were read, with the people beside them."""
    keys, first, person = np.unique(came.person_key, return_index=True, return_inverse=True)
    texts: Mapping[str, tuple[Codes, tuple[str, ...]]] = {
        "sequence": (came.sequence, came.sequences),
        "version": (came.version, came.versions),
        "step": (came.step, came.steps),
        "arms": (came.arms, came.arm_texts),
    }
    count = len(came)
    return Crowd(
        came.brand,
        keys,
        people_at(people, first),
        {
            "person": person, "round": came.round.copy(), "entered_at": came.entered_at.copy(),
            "planned_at": came.planned_at.copy(), "due_at": came.due_at.copy(),
            "ledger": came.ledger.copy(), "ledger_at": came.ledger_at.copy(),
        },
        {
            **{n: np.array(names, dtype=object)[codes] for n, (codes, names) in texts.items()},
            "state": np.full(count, "active", dtype=object),
            "entry": np.array([*entry] or [""] * count, dtype=object),
        },
    )  # fmt: skip


def _coded(texts: npt.NDArray[np.object_]) -> tuple[Codes, tuple[str, ...]]:
    codes, different = pd.factorize(texts)
    return codes.astype(np.int64), tuple(map(str, different))


def _integers(values: Sequence[int]) -> Codes:
    return np.array(values, np.int64)
