"""How is PageSpeed Insights called? With a key in the query, which nobody else may ever see."""

from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.pagespeed.errors import Clock, judge_at
from connectors.channels.pagespeed.options import Options
from connectors.google_key import GoogleKey
from connectors.http import Http
from connectors.sites import FormFactor

TIMEOUT = 120.0
"""Seconds without a byte: nothing comes until Lighthouse is done, which takes 10 to 60."""
STRATEGIES: dict[FormFactor, str] = {"phone": "MOBILE", "desktop": "DESKTOP"}


class Calls:
    """The calls with one key, over one pooled session. Safe to use from several threads."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        clock: Clock,
    ) -> None:
        self.url = f"{options.base_url.rstrip('/')}/pagespeedonline/v5/runPagespeed"
        key = GoogleKey(options.api_key)
        self._http = Http(session, auth=key, judge=judge_at(clock), throttle=throttle)

    def measure(self, url: str, form_factor: FormFactor) -> Any:
        """Return what one run says; `UnmeasuredError` if Lighthouse could not measure the page."""
        asked = {
            "url": url,
            "strategy": STRATEGIES[form_factor],
            "category": "PERFORMANCE",
            "locale": "en",
        }
        return self._http.read("GET", self.url, params=asked, read_timeout=TIMEOUT)
