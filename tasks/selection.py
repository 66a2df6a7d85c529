"""Which entities does a check look at?"""

import re
from collections.abc import Callable, Iterable
from fnmatch import translate

import numpy as np
import pandas as pd

from config.models import Filter
from tasks.cube import Booleans


def selected(wanted: Filter, entities: pd.DataFrame) -> Booleans:
    """Return which entities fulfil every condition of a filter.

    Name patterns are the shell's (`*`, `?`, `[abc]`) and fit the whole name, upper and lower case
    alike. A column that the entities do not have fulfils no condition.
    """
    result = np.ones(len(entities), dtype=np.bool_)
    if wanted.status:
        result &= _each(entities, "status", lambda status: status in wanted.status)
    if wanted.name:
        result &= _each(entities, "name", _pattern(wanted.name))
    if wanted.not_name:
        result &= ~_each(entities, "name", _pattern(wanted.not_name))
    if wanted.platform:
        result &= _each(entities, "platform", lambda platform: platform == wanted.platform)
    if wanted.label:
        result &= _each(entities, "labels", lambda labels: wanted.label in labels)
    return result


def _pattern(pattern: str) -> Callable[[str], bool]:
    fits = re.compile(translate(pattern), re.IGNORECASE).match
    return lambda name: fits(name) is not None


def _each(entities: pd.DataFrame, column: str, holds: Callable[..., bool]) -> Booleans:
    if column not in entities:
        return np.zeros(len(entities), dtype=np.bool_)
    values: Iterable[object] = entities[column].tolist()
    return np.fromiter((holds(value) for value in values), dtype=np.bool_, count=len(entities))
