"""Which Google Ads v26 metrics does the sandbox know, for which resources, and what are they?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.sandbox.layout import Grouping, Mask
from connectors.sandbox.tables import Table

Column = NDArray[Any]

LEVEL_OF = {
    "customer": "account",
    "campaign": "campaign",
    "ad_group": "ad_group",
    "ad_group_ad": "ad",
    "keyword_view": "keyword",
    "search_term_view": "search_term",
}
"""Resources that can be asked for metrics, and the level of the market they stand for."""

_SHARES = ("customer", "campaign", "ad_group", "keyword_view")
_BUDGETS = ("customer", "campaign")  # lost budget is the campaign's: finer levels are refused


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its column, where it applies, which resources may be asked for it."""

    whole: bool  # int64, text in JSON
    column: Callable[[Table, Grouping], Column]
    applies: Callable[[Table, Grouping], Mask] | None = None  # None: always; else absent elsewhere
    resources: tuple[str, ...] = tuple(LEVEL_OF)
    conversion: bool = False  # may stand beside `segments.conversion_action`


def _ratio(top: Column, bottom: Column) -> Column:
    result: Column = top / np.maximum(bottom, 1)
    return result


def _clamped(share: Column) -> Column:
    """Below ten percent Google says 0.0999."""
    result: Column = np.where(share < 0.1, 0.0999, np.round(share, 4))
    return result


def _lost(share: Column) -> Column:
    """Above ninety percent Google says 0.9001."""
    result: Column = np.where(share > 0.9, 0.9001, np.round(np.maximum(share, 0.0), 4))
    return result


def _clicked(table: Table, _: Grouping) -> Mask:
    return table.clicks > 0


def _shown(table: Table, _: Grouping) -> Mask:
    return table.impressions > 0


def _converted(table: Table, _: Grouping) -> Mask:
    return table.conversions > 0


def _on_search(table: Table, grouping: Grouping) -> Mask:
    """Impression share exists where there are auctions on search: not for display."""
    search = np.array([cell.campaign.kind != "display" for cell in grouping.cells], dtype=np.bool_)
    return search[table.entity] & (table.impressions > 0)


def _quality(table: Table, grouping: Grouping) -> Column:
    scores = [cell.keyword.quality_score if cell.keyword else 0 for cell in grouping.cells]
    result: Column = np.array(scores, dtype=np.int64)[table.entity]
    return result


METRICS: dict[str, Metric] = {
    "impressions": Metric(True, lambda t, _: t.impressions),
    "clicks": Metric(True, lambda t, _: t.clicks),
    "interactions": Metric(True, lambda t, _: t.clicks),
    "cost_micros": Metric(True, lambda t, _: t.cost),
    "conversions": Metric(False, lambda t, _: t.conversions.astype(float), conversion=True),
    "conversions_value": Metric(False, lambda t, _: t.value / 100, conversion=True),
    "all_conversions": Metric(
        False, lambda t, _: t.conversions + t.link_clicks / 20, conversion=True
    ),
    "all_conversions_value": Metric(False, lambda t, _: t.value / 100, conversion=True),
    "view_through_conversions": Metric(
        True,
        lambda t, _: t.conversions // 12,
        resources=tuple(name for name in LEVEL_OF if name != "search_term_view"),
    ),
    "ctr": Metric(False, lambda t, _: _ratio(t.clicks, t.impressions), _shown),
    "average_cpc": Metric(False, lambda t, _: _ratio(t.cost, t.clicks), _clicked),
    "average_cpm": Metric(False, lambda t, _: _ratio(1000 * t.cost, t.impressions), _shown),
    "cost_per_conversion": Metric(False, lambda t, _: _ratio(t.cost, t.conversions), _converted),
    "value_per_conversion": Metric(
        False, lambda t, _: _ratio(t.value / 100, t.conversions), _converted
    ),
    "conversions_from_interactions_rate": Metric(
        False, lambda t, _: _ratio(t.conversions, t.clicks), _clicked
    ),
    "search_impression_share": Metric(False, lambda t, _: _clamped(t.share), _on_search, _SHARES),
    "search_budget_lost_impression_share": Metric(
        False, lambda t, _: _lost(t.lost_to_budget), _on_search, _BUDGETS
    ),
    "search_rank_lost_impression_share": Metric(
        False, lambda t, _: _lost(1 - t.share - t.lost_to_budget), _on_search, _SHARES
    ),
    "historical_quality_score": Metric(True, _quality, _shown, ("keyword_view",)),
}
