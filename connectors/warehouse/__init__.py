"""Where everything we know is kept: accounts, figures, verdicts, alerts, actions, sites, work."""

from connectors.warehouse.action_steps import ChangedMeanwhileError
from connectors.warehouse.arrivals import Arrivals
from connectors.warehouse.crawls import Crawl
from connectors.warehouse.figures import Figures
from connectors.warehouse.recording import Decided
from connectors.warehouse.throttles import SqlThrottle
from connectors.warehouse.warehouse import Warehouse
from connectors.warehouse.work_rows import ItemEvent
from connectors.warehouse.work_steps import ItemChangedError

__all__ = [
    "Arrivals",
    "ChangedMeanwhileError",
    "Crawl",
    "Decided",
    "Figures",
    "ItemChangedError",
    "ItemEvent",
    "SqlThrottle",
    "Warehouse",
]
