"""Which actions does Meta report for a row, and in which attribution windows?

Action types overlap on purpose, as they do at Meta: one purchase is there under three names.
"""

from collections.abc import Sequence

from connectors.sandbox.tables import Table

ACTION_FIELDS = ("actions", "action_values", "cost_per_action_type")
TYPES = {
    "sales": ("purchase", "omni_purchase", "offsite_conversion.fb_pixel_purchase"),
    "leads": ("lead", "offsite_conversion.fb_pixel_lead"),
    "traffic": ("landing_page_view",),
}
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "dda", "incrementality")
SILENT_WINDOWS = ("7d_view", "28d_view")
"""Windows that may still be asked for and are not answered since 2026-01-12."""


def action_texts(
    field: str, table: Table, kinds: Sequence[str], windows: Sequence[str]
) -> list[str]:
    """Write an action field per row with a comma after it; empty where there was no action."""
    columns = zip(
        table.entity.tolist(),
        table.link_clicks.tolist(),
        table.conversions.tolist(),
        table.value.tolist(),
        table.cost.tolist(),
        strict=True,
    )
    texts = []
    for entity, links, conversions, cents, micros in columns:
        kind = kinds[entity]
        if field == "actions":
            parts = _counted(kind, links, conversions, windows)
        elif field == "action_values":
            parts = _valued(kind, conversions, cents, windows)
        else:
            parts = _priced(kind, links, conversions, micros)
        texts.append(f'"{field}":[{",".join(parts)}],' if parts else "")
    return texts


def _counted(kind: str, links: int, conversions: int, windows: Sequence[str]) -> list[str]:
    parts = []
    if links:
        by_click = "".join(f',"{w}":"{links}"' for w in windows if w.endswith("_click"))
        parts.append(f'{{"action_type":"link_click","value":"{links}"{by_click}}}')
    if conversions:
        rest = f'"value":"{conversions}"{_in_windows(conversions, conversions, windows)}'
        parts += [f'{{"action_type":"{name}",{rest}}}' for name in TYPES[kind]]
    return parts


def _valued(kind: str, conversions: int, cents: int, windows: Sequence[str]) -> list[str]:
    if not cents:
        return []
    rest = f'"value":"{cents / 100:.12g}"{_in_windows(conversions, cents / 100, windows)}'
    return [f'{{"action_type":"{name}",{rest}}}' for name in TYPES[kind]]


def _priced(kind: str, links: int, conversions: int, micros: int) -> list[str]:
    counts = {"link_click": links} | dict.fromkeys(TYPES[kind], conversions)
    return [
        f'{{"action_type":"{name}","value":"{micros / 1e6 / n:.6f}"}}'
        for name, n in counts.items()
        if n
    ]


def _in_windows(conversions: int, amount: float, windows: Sequence[str]) -> str:
    """Divide among windows: a tenth came by viewing, three quarters of the clicks within a day."""
    if not windows:
        return ""
    viewed = conversions // 10
    clicked = conversions - viewed
    counts = {
        "1d_click": clicked - clicked // 4,
        "7d_click": clicked,
        "28d_click": clicked,
        "1d_view": viewed,
    }
    return "".join(
        f',"{w}":"{amount * counts[w] / conversions:.12g}"' for w in windows if counts.get(w)
    )
