"""A seeded advertising market behind the platforms' real HTTP shapes.

    with Sandbox(demo(), today=DEMO_TODAY) as sandbox:
        sandbox.google_url, sandbox.meta_url      # base URLs for connectors
        sandbox.set_clock(date(2026, 11, 3))
        sandbox.faults.add("status", status=503, platform="google", count=2)
        sandbox.requests                          # what was called

`market.py` says what happens, `incidents.py` what can go wrong, `demo.py` what does in the demo,
`google_ads.py`, `meta_ads.py` and `site.py` how it is told, `faults.py` how the telling fails.
"""

from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.server import Call, Sandbox
from connectors.sandbox.size import sized

__all__ = ["DEMO_TODAY", "Call", "Fault", "Faults", "Sandbox", "demo", "sized"]
