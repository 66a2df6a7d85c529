"""A seeded advertising market behind the platforms' real HTTP shapes.

    with Sandbox(demo(), today=DEMO_TODAY) as sandbox:
        sandbox.google_url, sandbox.meta_url      # base URLs for connectors
        sandbox.set_clock(date(2026, 11, 3))
        sandbox.faults.add("status", status=503, platform="google", count=2)
        sandbox.requests                          # what was called
        sandbox.advance(days=1)                   # what was written shows from the next day on
        sandbox.writes                            # every write that came in, and what became of it
        sandbox.edit_by_hand("4445556666", "campaign", "801", "status", "paused")
        sandbox.world.market.response(account_id, campaign_id, day)   # the true curve of a day

`market.py` says what happens, `incidents.py` what can go wrong, `demo.py` what does in the demo,
`small.py` is a market for closed loops, `edits.py` is the log of writes, `influence.py` what they
do, `google_ads.py`, `meta_ads.py` and `site.py` how it is told, `faults.py` how the telling fails.
"""

from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.edits import Edit
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.market import Market
from connectors.sandbox.response import Response
from connectors.sandbox.server import Sandbox
from connectors.sandbox.serving import Call
from connectors.sandbox.size import sized
from connectors.sandbox.small import small

__all__ = [
    "DEMO_TODAY",
    "Call",
    "Edit",
    "Fault",
    "Faults",
    "Market",
    "Response",
    "Sandbox",
    "demo",
    "sized",
    "small",
]
