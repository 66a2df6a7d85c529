"""How fast is a page, and why? From the seed, its kind, and what is wrong with it."""

from connectors.sandbox import draws
from connectors.sandbox.web.plan import PagePlan
from connectors.sandbox.web.shapes import Speeds
from connectors.sandbox.web.state import Wrong

FEW_VISITORS = 180
MANY_VISITORS = 4200
DESKTOP = 0.62
"""Desktops need less time, by this factor."""


def speeds(page: PagePlan, wrong: Wrong, form_factor: str, visitors: int, seed: int) -> Speeds:
    """Return a page's speed. Healthy ones are good by every one of the vendor's limits."""
    scale = DESKTOP if form_factor == "desktop" else 1.0
    drawn = [_drawn(seed, page.path, form_factor, name) for name in ("paint", "work", "shift")]
    if "slow" in wrong:
        return Speeds(
            largest_contentful_paint=6900 * scale,
            first_contentful_paint=4800 * scale,
            time_to_first_byte=3600.0,
            total_blocking_time=1100 * scale,
            interaction_to_next_paint=190 * scale,
            cumulative_layout_shift=0.04,
            performance=round(0.24 / scale, 2),
            visitors=FEW_VISITORS,
        )
    healthy = Speeds(
        largest_contentful_paint=round((1250 + 900 * drawn[0]) * scale, 1),
        first_contentful_paint=round((700 + 600 * drawn[0]) * scale, 1),
        time_to_first_byte=round((120 + 300 * drawn[0]) * scale, 1),
        total_blocking_time=round((30 + 110 * drawn[1]) * scale, 1),
        interaction_to_next_paint=round((70 + 90 * drawn[1]) * scale, 1),
        cumulative_layout_shift=round(0.01 + 0.05 * drawn[2], 3),
        performance=round(0.99 - 0.06 * drawn[0] - 0.03 * drawn[1], 2),
        visitors=visitors,
    )
    return _failing(healthy, scale) if "vitals" in wrong else healthy


def _failing(healthy: Speeds, scale: float) -> Speeds:
    """Return what visitors meet who have seen the page shift and hang; a lab sees less of it."""
    return Speeds(
        largest_contentful_paint=4300 * scale,
        first_contentful_paint=healthy.first_contentful_paint,
        time_to_first_byte=healthy.time_to_first_byte,
        total_blocking_time=420 * scale,
        interaction_to_next_paint=560 * scale,
        cumulative_layout_shift=0.31,
        performance=0.72,
        visitors=MANY_VISITORS,
    )


def _drawn(seed: int, *names: str) -> float:
    return int(draws.key(seed, "speed", *names)) % 1000 / 1000
