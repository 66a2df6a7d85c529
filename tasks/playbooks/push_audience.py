"""Which lists of people would be changed? None here: who is in a list, no situation knows.

Lists are compared with segments where people are known: in `tasks/steps/audiences.py`.
"""

from config.playbooks import PushAudiencePlaybook
from connectors.actions import Proposal
from tasks.playbooks.situation import Place, Situation


def places(playbook: PushAudiencePlaybook, situation: Situation) -> list[Place]:
    """Return nothing: lists are read where they are compared."""
    return []


def propose(playbook: PushAudiencePlaybook, situation: Situation) -> list[Proposal]:
    """Return nothing; see `tasks/mailing/audiences.py`."""
    return []
