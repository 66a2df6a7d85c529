"""Tell automations what happened: Prefect events about alerts and actions, each of them once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.events.filters import EventFilter, EventIDFilter

from connectors.warehouse import Warehouse
from tasks.happenings import MOST, TOLD, Happening, most_important, of_actions, of_alerts
from tasks.steps.opening import run_log

PAGE = 50
"""The server answers with at most so many events at once."""


def tell(warehouse: Warehouse, brand: str, process: str, since: datetime) -> int:
    """Emit what happened to a process's alerts and actions since a moment; return how many events.

    What the server has already is left out. Without a flow run nothing is emitted: there may be no
    server, and Prefect would start one.
    """
    if not FlowRunContext.get():
        return 0
    found = of_alerts(warehouse.alert_turns(brand, process, since))
    turns = warehouse.action_turns(brand, process, since, states=TOLD, most=MOST + 1)
    found += of_actions(turns)
    chosen = most_important(found)
    if len(chosen) < len(found):
        run_log().info("More happened than %d events tell; the ledger has it all", MOST)
    told = _told(chosen)
    fresh = [one for one in chosen if one.id not in told]
    for one in fresh:
        emit_event(
            event=one.event,
            resource=dict(one.resource),
            occurred=one.at,
            related=[dict(labels) for labels in one.related],
            payload=dict(one.payload),
            id=one.id,
        )
    return len(fresh)


def _told(happenings: Sequence[Happening]) -> set[UUID]:
    """Return the ids of those that the server has."""
    known: set[UUID] = set()
    if not happenings:
        return known
    with get_client(sync_client=True) as client:
        for start in range(0, len(happenings), PAGE):
            ids = [one.id for one in happenings[start : start + PAGE]]
            page = client.read_events(EventFilter(id=EventIDFilter(id=ids)), limit=PAGE)
            known |= {event.id for event in page.events}
    return known
