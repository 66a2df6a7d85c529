"""Where everything we know is kept: accounts, figures, verdicts, alerts, messages to send."""

from connectors.warehouse.figures import Figures
from connectors.warehouse.throttles import SqlThrottle
from connectors.warehouse.warehouse import Warehouse

__all__ = ["Figures", "SqlThrottle", "Warehouse"]
