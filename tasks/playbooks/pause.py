"""Pause what a check found, for some days, until a date, or until somebody enables it.

Nothing is proposed for what does not run anyway: paused, removed, or below something paused.
"""

from config.playbooks import PausePlaybook
from config.words import Level
from connectors.actions import Proposal
from connectors.changes import ENABLED, PAUSED
from tasks.playbooks.expected import stopped
from tasks.playbooks.figures import Figures
from tasks.playbooks.proposing import Answered, Terms, answered, by_hand, proposal
from tasks.playbooks.situation import Place, Situation

LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "ad", "keyword")
RISK = "What it brings only shows later, or elsewhere, and is lost with it"


def places(playbook: PausePlaybook, situation: Situation) -> list[Place]:
    """Return the status of everything the checks found."""
    found = answered(playbook, situation, LEVELS)
    return [(about.entity.account_key, about.entity.subject("status")) for about in found]


def propose(playbook: PausePlaybook, situation: Situation) -> list[Proposal]:
    """Return a proposal for each of them that runs now; advice where it cannot be written."""
    figures = Figures(situation)
    return [
        made
        for about in answered(playbook, situation, LEVELS)
        if (made := _pause(playbook, situation, figures, about))
    ]


def _pause(
    playbook: PausePlaybook, situation: Situation, figures: Figures, about: Answered
) -> Proposal | None:
    entity = about.entity
    subject = entity.subject("status")
    setting = situation.settings.get((entity.account_key, subject))
    if setting is None or setting.value != ENABLED or setting.parent_paused:
        return None
    back = playbook.back_on(situation.as_of)
    if back is not None and back <= situation.as_of:
        return None
    days = (back - situation.as_of).days if back else playbook.judge_after_days
    outlook = stopped(figures, entity, min(days, playbook.judge_after_days))
    terms = Terms(outlook.effect, outlook.evidence, "Enable it again", RISK, back)
    values = (ENABLED, PAUSED)
    made = proposal(playbook, situation, entity, about.grounds, subject, values, terms)
    return by_hand(made, f"Pause it by hand: {setting.fixed}") if setting.fixed else made
