"""Who went from where to where between two days, by stage or by segment?"""

import pandas as pd

NOWHERE = ""
"""Where somebody was, or is, who is in none of the groups."""


def movements(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return `from`, `to` and `people`, the most people first.

    `before` and `after` have `person_key` and `group` (text): a person's stage, or a row per
    segment he is in; `NOWHERE`, NaN and no row at all are one. Who is in a group on both days
    stayed there (`from` is `to`). Who left groups went from each of them to each that he came into,
    or to `NOWHERE`; so lines of stages add up to the people, and those of segments need not.
    """
    stays = _rows(before).merge(_rows(after), on=["person_key", "group"], how="outer",
                                indicator="days")  # fmt: skip
    stayed = stays.loc[stays["days"] == "both", "group"]
    gone, came = (stays[stays["days"] == day] for day in ("left_only", "right_only"))
    moved = gone.merge(came, on="person_key", how="outer", suffixes=("_from", "_to"))
    lines = pd.DataFrame(
        {
            "from": pd.concat([stayed, moved["group_from"]], ignore_index=True),
            "to": pd.concat([stayed, moved["group_to"]], ignore_index=True),
        }
    ).fillna(NOWHERE)
    counted = lines.groupby(["from", "to"]).size().rename("people").reset_index()
    return counted.sort_values(["people", "from", "to"], ascending=[False, True, True]).reset_index(
        drop=True
    )


def _rows(groups: pd.DataFrame) -> pd.DataFrame:
    """Return each membership once."""
    rows = groups[["person_key", "group"]].astype({"group": object})
    return rows[rows["group"].fillna(NOWHERE) != NOWHERE].drop_duplicates()
