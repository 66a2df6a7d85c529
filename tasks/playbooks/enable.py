"""Enable what a check found paused.

Only what this program paused itself, and nobody changed since, is enabled. A pause of somebody
else has reasons that no figure tells, so a person gets advice instead and decides. A pause that
ends by itself on a later day is left alone, and so is one that was judged in this very run: whether
somebody changed it since is said anew by the next one.
"""

from collections.abc import Mapping

from config.playbooks import EnablePlaybook
from config.words import Level
from connectors.actions import DONE, Action, ActionState, Proposal
from connectors.changes import ENABLED, PAUSED
from tasks.playbooks.expected import resumed
from tasks.playbooks.figures import Figures
from tasks.playbooks.proposing import Answered, Terms, answered, by_hand, proposal
from tasks.playbooks.situation import Place, Situation

LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "ad", "keyword")
HOLDS: tuple[ActionState, ...] = ("applied", "verified", "judged")
"""The states in which the platform still has what the action set, as far as we know."""
RISK = "What it was paused for may still be so"


def places(playbook: EnablePlaybook, situation: Situation) -> list[Place]:
    """Return the status of everything the checks found."""
    found = answered(playbook, situation, LEVELS)
    return [(about.entity.account_key, about.entity.subject("status")) for about in found]


def propose(playbook: EnablePlaybook, situation: Situation) -> list[Proposal]:
    """Return a proposal for each of them that we paused, and advice for the others paused."""
    figures, last = Figures(situation), _last_of_status(situation)
    return [
        made
        for about in answered(playbook, situation, LEVELS)
        if (made := _enable(playbook, situation, figures, about, last))
    ]


def _enable(
    playbook: EnablePlaybook,
    situation: Situation,
    figures: Figures,
    about: Answered,
    last: Mapping[Place, Action],
) -> Proposal | None:
    entity = about.entity
    subject = entity.subject("status")
    place = (entity.account_key, subject)
    setting = situation.settings.get(place)
    if setting is None or setting.value != PAUSED or setting.parent_paused:
        return None
    newest = last.get(place)
    if newest and newest.state == "judged" and newest.updated_at >= situation.now:
        return None
    ours = _pause_of_ours(newest)
    if ours and (back := ours.proposal.restore_on) and back > situation.as_of:
        return None
    terms = Terms(undo="Pause it again", risk=RISK)
    if ours:
        paused_on = ours.proposal.as_of
        outlook = resumed(figures, entity, playbook.judge_after_days, paused_on)
        said = f"Action {ours.action_id} paused it on {paused_on}: {ours.proposal.sentence}"
        terms = Terms(outlook.effect, (said, *outlook.evidence), "Pause it again", RISK)
    values = (PAUSED, ENABLED)
    made = proposal(playbook, situation, entity, about.grounds, subject, values, terms)
    if setting.fixed:
        return by_hand(made, f"Enable it by hand: {setting.fixed}")
    return made if ours else by_hand(made, "Consider enabling it: somebody else paused it")


def _pause_of_ours(action: Action | None) -> Action | None:
    """Return the action if it is a pause that still holds."""
    if action is None or action.state not in HOLDS or action.proposal.after != PAUSED:
        return None
    return action


def _last_of_status(situation: Situation) -> dict[Place, Action]:
    """Return the last change of status per place; the actions come newest first."""
    last: dict[Place, Action] = {}
    for action in situation.actions:
        subject = action.proposal.subject
        if subject.field == "status" and action.state in DONE:
            last.setdefault((action.proposal.account_key, subject), action)
    return last
