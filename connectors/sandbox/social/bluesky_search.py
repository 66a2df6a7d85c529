"""Which posts does a search on simulated Bluesky find? Newest first, between two moments.

Parameters as the lexicon app.bsky.feed.searchPosts has them. As the real one, which knows stems,
it finds more than the very word: what begins with it, too.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from connectors.sandbox.social.bluesky_errors import RefusedError
from connectors.sandbox.social.bluesky_lexicon import DATETIME
from connectors.sandbox.social.bluesky_network import Item, Network

METHOD = "app.bsky.feed.searchPosts"
MOST_HITS = 100


def found(network: Network, query: Mapping[str, str]) -> list[Item]:
    """Return all hits. Raise `RefusedError` for parameters that the lexicon does not know."""
    if not query.get("q"):
        raise RefusedError(f'Invalid {METHOD} params: Missing required key "q"')
    if not 1 <= int(query.get("limit", 25)) <= MOST_HITS:
        raise RefusedError(f"Invalid {METHOD} params: integer too big (maximum {MOST_HITS})")
    since, until = (_moment(query, name) for name in ("since", "until"))
    wanted = re.compile(rf"(?<!\w){re.escape(query['q'].strip(chr(34)))}", re.IGNORECASE)
    return [
        item
        for item in network.public()
        if (since is None or item.at >= since)
        and (until is None or item.at < until)
        and wanted.search(str(item.record["text"]))
    ]


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    if (text := query.get(name)) is None:
        return None
    if not DATETIME.fullmatch(text):
        raise RefusedError(f"invalid Datetime for '{name}': Datetime syntax didn't validate")
    return datetime.fromisoformat(text)
