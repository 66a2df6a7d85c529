"""What did a run's checks say, and what of it is worth a record?

Verdicts stay in arrays: twenty checks of 100,000 campaigns are two million, and nearly all are ok.
Records are made of what fires, of what could not be judged (together, per account and reason), and
of what somebody asks for by name, such as the entities that have an open alert.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from connectors.records import Result, Verdict
from tasks.findings import results_of, unjudged
from tasks.judged import CRITICAL, LEFT_OUT, VERDICTS, WARNING, Judged

Subject = tuple[str, int | None, int | None]
"""Check, account_key and entity_key (None: the account itself)."""


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of all checks on all entities that a run has looked at."""

    judged: tuple[Judged, ...]

    def results(self, also: Iterable[Subject] = ()) -> list[Result]:
        """Return the records of a run: firing, not judged, and those of `also` whatever they are.

        Give the subjects of the open alerts as `also`: an alert whose entity has no record here is
        then one that the check no longer looks at, and not merely one that is ok again.
        """
        wanted: dict[str, list[int]] = {}
        for subject in also:
            if (found := self._find(subject)) is not None:
                wanted.setdefault(subject[0], []).append(found)
        results: list[Result] = []
        for judged in self.judged:
            told = np.isin(judged.verdicts, (WARNING, CRITICAL))
            told[wanted.get(judged.check.name, [])] = True
            told &= judged.verdicts != LEFT_OUT
            results += results_of(judged, np.flatnonzero(told))
            results += unjudged(judged, ~told)
        return results

    def verdict_of(
        self, check: str, account_key: int | None, entity_key: int | None
    ) -> Verdict | None:
        """Return a check's verdict on an entity; None if it was not looked at."""
        row = self._find((check, account_key, entity_key))
        if row is None:
            return None
        code = self._by_name[check].verdicts[row]
        return None if code == LEFT_OUT else VERDICTS[code]

    def counts(self) -> dict[str, Counter[Verdict]]:
        """Return how many entities have each verdict, per check."""
        return {
            judged.check.name: Counter(
                {word: int((judged.verdicts == code).sum()) for code, word in enumerate(VERDICTS)}
            )
            for judged in self.judged
        }

    @cached_property
    def _by_name(self) -> dict[str, Judged]:
        return {judged.check.name: judged for judged in self.judged}

    def _find(self, subject: Subject) -> int | None:
        check, account_key, entity_key = subject
        if (judged := self._by_name.get(check)) is None:
            return None
        entities = judged.panel.cube.entities
        if "entity_key" in entities and entity_key is not None:
            rows = np.flatnonzero(entities["entity_key"].to_numpy() == entity_key)
        elif judged.check.level == "account":
            rows = np.flatnonzero(entities["account_key"].to_numpy() == account_key)
        else:
            return None
        return int(rows[0]) if len(rows) else None
