"""`python -m connectors.sandbox.web`: a site for other processes, until SIGTERM or SIGINT.

Prints one JSON line when it is ready, with `url`, `competitor_url`, `pages` and `today`.
"""

import argparse
import json
import signal
import sys
from datetime import date
from threading import Event

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web import SITES, Website, generated, simulated_web


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox.web", description=__doc__)
    parser.add_argument("--site", choices=(*SITES, "generated"), default="shop")
    parser.add_argument("--pages", type=int, default=10_000, help="of --site generated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=DEMO_TODAY)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    chosen = parser.parse_args(arguments)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if chosen.site == "generated":
        web = generated(chosen.pages, chosen.seed, chosen.today)
    else:
        web = simulated_web(chosen.site, chosen.seed, chosen.today)
    with Website(web, port=chosen.port) as website:
        ready = {
            "url": website.url,
            "competitor_url": website.competitor_url,
            "pages": len(web.pages),
            "today": chosen.today.isoformat(),
        }
        print(json.dumps(ready), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
