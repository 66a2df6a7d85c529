"""`python -m connectors.sandbox`: a market for other processes, until SIGTERM or SIGINT.

Prints one JSON line when it is ready, with `url`, `google_url`, `meta_url` and `today`. The demo's
brands have websites (`site_urls` and `competitor_urls` by brand, empty for other scenarios),
accounts on social networks and at mail services, and a mail server (`smtp_port`, 0 for others).
"""

import argparse
import json
import signal
import sys
from contextlib import ExitStack
from datetime import date
from threading import Event
from typing import Any

from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.mail.history import demo_mail
from connectors.sandbox.mail.post_office import PostOffice
from connectors.sandbox.mail.world import MailWorld
from connectors.sandbox.server import Sandbox
from connectors.sandbox.size import sized
from connectors.sandbox.small import KINDS, small
from connectors.sandbox.social import SocialWorld, demo_social
from connectors.sandbox.web import SimulatedWeb, demo_webs


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--scenario", choices=("demo", "size", *KINDS), default="demo")
    parser.add_argument("--campaigns", type=int, default=10_000, help="of --scenario size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=DEMO_TODAY)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    chosen = parser.parse_args(arguments)
    webs: dict[str, SimulatedWeb] = {}
    social: SocialWorld | None = None
    mail: MailWorld | None = None
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if chosen.scenario in KINDS:
        scenario = small(chosen.scenario, chosen.seed)
    elif chosen.scenario == "size":
        scenario = sized(chosen.campaigns, chosen.seed)
    else:
        scenario, webs = demo(), demo_webs(chosen.seed, chosen.today)
        social = demo_social(chosen.seed, chosen.today)
        mail = demo_mail(chosen.seed, chosen.today)
    with ExitStack() as opened:
        sandbox = opened.enter_context(
            Sandbox(scenario, chosen.seed, chosen.today, port=chosen.port, webs=webs, social=social,
                    mail=mail)
        )  # fmt: skip
        port = opened.enter_context(PostOffice()).port if mail else 0
        print(json.dumps({**ready(sandbox), "smtp_port": port}), flush=True)
        stop.wait()
    return 0


def ready(sandbox: Sandbox) -> dict[str, Any]:
    """Return where everything is."""
    return {
        "url": sandbox.url,
        "google_url": sandbox.google_url,
        "meta_url": sandbox.meta_url,
        "today": sandbox.world.clock.isoformat(),
        "site_urls": sandbox.site_urls,
        "competitor_urls": sandbox.competitor_urls,
    }


if __name__ == "__main__":
    sys.exit(main())
