"""What else can one switch stop than a process? All that is said in public, and all mail.

On a bad day in the news nothing goes out, whatever the network.
"""

from collections.abc import Mapping

SCOPES: Mapping[str, tuple[str, ...]] = {
    "posts": ("linkedin_post", "bluesky_post", "mastodon_post"),
    "mail": ("email_marketing", "marketing_automation"),
}
"""Name of a scope to the processes in it; no process has such a name."""


WITH: Mapping[str, tuple[str, ...]] = {
    "google_ads": ("media_budget",),
    "facebook_ads": ("media_budget",),
}
"""Process to those that change the same accounts: whoever stops it means these too."""


def covers(stopped: str, process: str) -> bool:
    """Tell whether a stop of `stopped` (a process, a scope, or '' for all) holds back a process."""
    held = (*SCOPES.get(stopped, ()), *WITH.get(stopped, ()))
    return stopped in ("", process) or process in held
