"""What is so of each account, as a fact's answers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tasks.evidence import Answers, Story
from tasks.mailing.evidence import CustomerList, Mailing

Said = tuple[bool, Mapping[str, str], Mapping[str, float]]
"""Whether it is so, the fields of its sentence, its numbers."""


def answers(
    accounts: Sequence[Mailing] | Sequence[CustomerList],
    said: Sequence[Said],
    known: Sequence[bool],
) -> Answers:
    """Return an answer per account; `said` counts only where it is `known`."""
    subjects = pd.DataFrame(
        {
            "account_key": [it.account_key for it in accounts],
            "name": [it.name for it in accounts],
        }
    )

    def story(row: int) -> Story:
        _, fields, numbers = said[row]
        return Story({"reason": "", **fields}, numbers)

    told = np.array(known, np.bool_)
    return Answers(
        "account", subjects, np.array([it for it, _, _ in said], np.bool_) & told, told, story
    )
