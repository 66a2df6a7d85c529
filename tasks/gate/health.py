"""Is something going wrong? Rates of failed writes, refusals and worse outcomes.

A rate counts from 5 on: one failure of one is no rate.
"""

from collections import defaultdict
from datetime import timedelta

from connectors.actions import DONE, Action
from tasks.gate.history import moment
from tasks.gate.places import Places
from tasks.gate.state import GateState

LEAST = 5
JUDGED_DAYS = 28
REFUSED_DAYS = 7


class Health:
    """Per key how many of how many went wrong: `(wrong, all)`."""

    def __init__(self, state: GateState, places: Places) -> None:
        self._writes: dict[int, int] = defaultdict(int)  # of today, per account
        self._errors: dict[int, int] = defaultdict(int)
        self._judged: dict[str, int] = defaultdict(int)  # per playbook
        self._worse: dict[str, int] = defaultdict(int)
        self._sent: dict[str, int] = defaultdict(int)
        self._refused: dict[str, int] = defaultdict(int)
        for action in state.actions:
            if action.proposal.subject.field != "advice":
                self._count(action, state, places)

    def errors(self, account_key: int) -> tuple[int, int]:
        """Return today's failed writes of an account, and all of them."""
        return self._errors[account_key], self._writes[account_key]

    def worse(self, playbook: str) -> tuple[int, int]:
        """Return a playbook's actions judged worse in 28 days, and all judged."""
        return self._worse[playbook], self._judged[playbook]

    def refusals(self, playbook: str) -> tuple[int, int]:
        """Return a playbook's changes that the platform refused in 7 days, and all sent to it,
        for validation too."""
        return self._refused[playbook], self._sent[playbook]

    def _count(self, action: Action, state: GateState, places: Places) -> None:
        key, playbook = action.proposal.account_key, action.proposal.playbook
        failed = action.state == "failed"
        if failed or action.state in DONE:
            today = places.day(key, moment(action)) == places.today(key)
            self._writes[key] += today
            self._errors[key] += today and failed
        own = (
            action.proposal.takes_back is None
        )  # taking a change back says nothing of its playbook
        if own and action.judged and action.updated_at > state.now - timedelta(days=JUDGED_DAYS):
            self._judged[playbook] += 1
            self._worse[playbook] += action.judged == "worse"
        refused = failed or (action.state == "refused" and action.reason == "invalid")
        recent = moment(action) > state.now - timedelta(days=REFUSED_DAYS)
        if recent and (refused or action.state in DONE):
            self._sent[playbook] += 1
            self._refused[playbook] += refused


def trips(counts: tuple[int, int], percent: float) -> bool:
    """Say whether so many wrong of so many reach a rate."""
    wrong, whole = counts
    return whole >= LEAST and 100 * wrong >= percent * whole
