"""Asynchronous insights reports: how far is a job, how did it end? Polls move it on, not time."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any, Literal

from connectors.sandbox.meta_insights import Ask

FIRST_ID = 6_120_000_000_000
Outcome = Literal["Job Completed", "Job Failed", "Job Skipped"]
POLLS = 2
"""How often a job is asked about before it is done."""


@dataclass(slots=True)
class Report:
    """One job. The n-th poll moves it on; `outcome` is how it will end."""

    report_id: str
    account_id: str
    asked: Ask
    outcome: Outcome
    started: datetime
    polls: int = 0

    @property
    def done(self) -> bool:
        """Tell whether the job has ended."""
        return self.polls >= POLLS

    def poll(self) -> dict[str, Any]:
        """Move on by one poll and return the job as Meta describes it."""
        states = ("Job Not Started", "Job Running")
        status = self.outcome if self.done else states[min(self.polls, len(states) - 1)]
        body: dict[str, Any] = {
            "id": self.report_id,
            "account_id": self.account_id,
            "time_ref": int(self.started.timestamp()),
            "async_status": status,
            "async_percent_completion": 100 if self.done else 50 * self.polls,
            "date_start": self.asked.start.isoformat(),
            "date_stop": self.asked.end.isoformat(),
        }
        if self.done:
            body["time_completed"] = int(self.started.timestamp()) + 42
        if self.done and self.outcome == "Job Failed":
            body |= {
                "error_code": -2,
                "error_subcode": 2490547,
                "error_message": "Asynchronous job failed",
                "error_user_title": "The report could not be made",
                "error_user_msg": "Ask for less data.",
            }
        self.polls += 1
        return body


class Reports:
    """The jobs of a sandbox."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = count(FIRST_ID)
        self._reports: dict[str, Report] = {}

    def start(self, account_id: str, asked: Ask, started: datetime, fault_kind: str) -> Report:
        """Begin a job; the faults report_failed and report_skipped decide how it ends."""
        outcomes: dict[str, Outcome] = {
            "report_failed": "Job Failed",
            "report_skipped": "Job Skipped",
        }
        with self._lock:
            report_id = str(next(self._number))
            outcome = outcomes.get(fault_kind, "Job Completed")
            report = Report(report_id, account_id, asked, outcome, started)
            self._reports[report_id] = report
            return report

    def get(self, report_id: str) -> Report | None:
        """Return a job by its id."""
        return self._reports.get(report_id)
