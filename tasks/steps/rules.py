"""Which rules' replays were shown? What the warehouse knows of it."""

from datetime import datetime

from config.library import Library
from connectors.warehouse import Warehouse
from tasks.replay import Replay
from tasks.rules import ActingRule, acting_rules, digests, shown, unread
from tasks.run import Run
from tasks.steps.opening import open_warehouse


def unread_rules(warehouse: Warehouse, library: Library, run: Run) -> dict[str, str]:
    """Return why each rule in mode `act` that is new or changed has to ask, by playbook."""
    replays = warehouse.rule_replays(run.brand, run.process)
    return unread(library, run.brand, run.process, replays)


def rules_told(warehouse: Warehouse, library: Library, run: Run) -> tuple[ActingRule, ...]:
    """Return the rules that may act, each with the newest replay of it that was shown."""
    replays = warehouse.rule_replays(run.brand, run.process)
    return acting_rules(library, run.brand, run.process, replays)


def record_shown(library: Library, replay: Replay, now: datetime) -> None:
    """Record of each of a replay's rules, as the files have it now, that it was shown."""
    rules = digests(library, replay.brand, replay.process)
    with open_warehouse() as warehouse:
        warehouse.save_rule_replays(shown(replay, rules, now))
