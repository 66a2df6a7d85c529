"""How is a change sent to HubSpot, and what is known of it afterwards?

Only who is in a list is written. Each call goes out once; what HubSpot answers is one of

    accepted    it took all, or says how many people it did not take
    refused     it says why not, or that a limit was met, before anything was carried out
    unknown     no answer, half of one, an HTTP 5xx, or only a part went through
"""

from collections.abc import Iterable, Sequence

from config.words import Field, Level
from connectors import audience
from connectors.audience import Member, movement, sent_in_order
from connectors.base import RejectedError, TransientError
from connectors.changes import Change, Subject, Written
from connectors.channels.hubspot import lists
from connectors.channels.hubspot.calling import Calls
from connectors.channels.hubspot.errors import LimitError
from connectors.one_by_one import not_sent

WRITABLE: frozenset[tuple[Level, Field]] = frozenset([("account", "audience")])


def refuse_unwritable(subjects: Iterable[Subject], account_id: str) -> None:
    """Raise `RejectedError` for what cannot be written, or does not name what it is about."""
    audience.refuse_unwritable("hubspot", account_id, subjects, WRITABLE, lists.path_of)


def push(calls: Calls, change: Change, add: Sequence[Member], remove: Sequence[Member]) -> Written:
    """Put people into a list and take others out, once they are those of the change."""
    item = change.subject.item
    try:
        lists.refuse_computed(calls, item)
        present = lists.people(calls, item)
        moving = movement(change, frozenset(present), add, remove, lists.member_key)
        coming, new, going = lists.moved(calls, moving, present)
        calls.throttle.wait()
    except (RejectedError, TransientError) as error:
        return not_sent(error).written
    return sent_in_order(list(lists.changes(calls, item, coming, new, going)), LimitError)
