"""Where does a person decide, or say what is done? Forms of Prefect deployments, filled in."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from connectors.work import WorkItem
from tasks.action_messages import Links
from tasks.joint import Joint
from tasks.run import Run

DECIDE, WORK = "decide-action/marketloop", "todo/marketloop"


def decision_links(run: Run) -> Links:
    """Return from a decision to its form's address; '' where no server serves the deployment."""
    root = _form(run, DECIDE)

    def link(whole: Joint) -> str:
        first = (whole.waiting or whole.parts)[0]
        version = whole.version
        return _filled(root, action=first.action_id, decision="approve", version=version)

    return link


def work_links(run: Run, items: Iterable[WorkItem]) -> dict[int, str]:
    """Return by item_id the address of the form that says it is done; none without a server."""
    root = _form(run, WORK)
    found = {it.item_id: _filled(root, item=it.item_id, said="done", version=it.version)
             for it in items if it.state == "open"}  # fmt: skip
    return found if root else {}


def _filled(root: str, **parameters: object) -> str:
    text = json.dumps(parameters, separators=(",", ":"))
    return f"{root}?parameters={quote(text)}" if root else ""


def _form(run: Run, deployment_name: str) -> str:
    base = re.split(r"/(?:flow-)?runs/", run.link)[0]
    if not base:
        return ""
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(deployment_name)
        except ObjectNotFound:
            return ""
    return f"{base}/deployments/deployment/{deployment.id}/run"
