"""What is a run, and how did it end?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.records import Verdict


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process for a brand, judged as of a day."""

    run_id: str
    brand: str
    process: str
    as_of: date  # the day of the run; the last complete day is the one before
    started_at: datetime  # aware, UTC; the only clock the run's records see
    accounts: tuple[str, ...]  # entries of the brand file
    link: str = ""  # the run's page in the Prefect UI


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: counts, names and sentences, short enough for a log."""

    run_id: str
    brand: str
    process: str
    as_of: date
    verdicts: Mapping[Verdict, int]  # records per verdict; `ok` ones are not kept
    new_alerts: int
    open_alerts: int
    report: str  # path of the HTML file


class WrongUseError(Exception):
    """A parameter of a run makes no sense. Says which, and what would."""


class RunFailedError(Exception):
    """Some of a run's accounts or messages failed; the rest is done. Names each of them."""


def problems_of(failed: Mapping[str, str], undelivered: tuple[str, ...]) -> list[str]:
    """Return a sentence for everything that did not work in a run."""
    return [
        *(f"account {name}: {error}" for name, error in failed.items()),
        *(f"message to {sentence}" for sentence in undelivered),
    ]
