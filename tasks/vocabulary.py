"""What do the names in formulas mean: which metric or KPI, in which unit, made of what?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.formula import Expression, parse_kpi
from config.models import Kpi, Metric, Unit


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Metrics and KPIs by name, the KPIs' formulas read once."""

    metrics: Mapping[str, Metric]
    kpis: Mapping[str, Kpi]
    formulas: Mapping[str, Expression]

    def unit(self, name: str) -> Unit:
        """Return the unit of a metric or KPI."""
        return (self.kpis.get(name) or self.metrics[name]).unit

    def metrics_of(self, names: Iterable[str]) -> set[str]:
        """Return every metric that these metrics and KPIs are made of, weights included."""
        plain: set[str] = set()
        for name in names:
            plain |= self.formulas[name].names if name in self.formulas else {name}
        plain &= self.metrics.keys()
        return plain | {weight for name in plain if (weight := self.metrics[name].weight)}

    @property
    def weights(self) -> dict[str, str]:
        """Return the weight of each metric that is a weighted mean."""
        return {name: metric.weight for name, metric in self.metrics.items() if metric.weight}


def vocabulary(metrics: Mapping[str, Metric], kpis: Mapping[str, Kpi]) -> Vocabulary:
    """Read the KPIs' formulas. Raise `FormulaError` for one that cannot be used."""
    formulas = {name: parse_kpi(kpi.formula, metrics) for name, kpi in kpis.items()}
    return Vocabulary(metrics, kpis, formulas)
