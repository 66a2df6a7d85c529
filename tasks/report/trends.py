"""Which courses does a report draw, day by day?"""

from collections.abc import Sequence

import numpy as np

from config.models import Process
from connectors.actions import Action
from tasks.report.changes import changed_days
from tasks.report.figures import PERIOD, daily, measure, optional, tells
from tasks.report.kpi_tables import Ground
from tasks.report.model import Trend


def charted(ground: Ground, process: Process) -> list[tuple[int, str]]:
    """Return what to draw: places in `accounts`, the largest first, each with a measure.

    Of several platforms each has its own measures; an account has charts of what it tells.
    """
    whole, shape = ground.cubes["account"], process.report
    size = ground.panel("account").figure("", shape.sort_by, PERIOD)
    platforms = ground.accounts["platform"].tolist()
    return [
        (place, name)
        for place in np.argsort(-np.nan_to_num(size, nan=-1.0), kind="stable").tolist()
        for name in shape.charts
        if len(process.platforms) == 1
        or tells(ground.vocabulary, whole, name, place, platforms[place])
    ]


def trends_of(
    ground: Ground, charts: Sequence[tuple[int, str]], actions: Sequence[Action], days: int
) -> tuple[Trend, ...]:
    """Return the course of each charted measure over so many days."""
    panel, whole = ground.panel("account"), ground.cubes["account"]
    targets = {name: panel.figure("target", name, PERIOD).tolist() for _, name in charts}
    keys = ground.accounts["account_key"].tolist()
    changed = changed_days(actions, keys)
    return tuple(
        Trend(
            account=ground.titles[keys[place]],
            currency=ground.currency(place),
            measure=measure(ground.vocabulary, name),
            series=daily(ground.vocabulary, whole, name, place, ground.as_of, days),
            target=optional(targets[name][place]),
            changed=changed[keys[place]],
        )
        for place, name in charts
    )
