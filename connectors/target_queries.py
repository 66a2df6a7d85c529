"""Which targets of single entities does a query give? For teams that keep them in a database."""

from collections.abc import Collection

from pydantic import SecretStr

from config.entity_targets import EntityTarget, RowError, entity_target
from connectors.base import RejectedError
from connectors.tabular.database import Database

TIMEOUT_SECONDS = 60


def read_targets(
    url: SecretStr, query: str, accounts: Collection[str], kpis: Collection[str]
) -> list[EntityTarget]:
    """Return a query's rows as targets; columns account, level, entity_id, kpi and target.

    Raises `RejectedError` naming the row and column that cannot be used, and what the database
    raises.
    """
    database = Database(url, TIMEOUT_SECONDS)
    targets = []
    for number, row in enumerate(database.records(query), start=1):
        try:
            targets.append(entity_target(row, accounts, kpis))
        except RowError as error:
            raise RejectedError(f"{database.name}: row {number} of the targets: {error}") from None
    return targets
