"""For what exactly does an approval hold? For all that readers will see, and nothing else.

Owner, day, state and who it is for may change afterwards. Words (of
every wording that is tested), hashtags, address, language and the pictures' bytes may not; nor may
another network be added.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from config.content import Content
from config.networks import Network

DIGITS = 16
"""Hexadecimal signs of a digest: it guards against mistakes, not against forgers."""


def approved_digest(content: Content, pictures: Mapping[str, str]) -> str:
    """Return the digest of what readers will see; `pictures` is file to the SHA-256 of its bytes.

    The names of picture files do not count, nor does white space around a text. A picture that
    cannot be read counts as one that is empty.
    """
    front = content.front
    link = front.link
    seen = {
        "texts": {network: _wordings(content, network) for network in front.networks},
        "hashtags": front.hashtags,
        "link": [link.url, content.campaign, link.title, link.description] if link else [],
        "images": [[pictures.get(it.file, ""), it.alt] for it in front.images],
        "language": front.language,
    }
    text = json.dumps(seen, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:DIGITS]


def _wordings(content: Content, network: Network) -> str | dict[str, str]:
    """Return what a network will show, or each arm of a test with its text."""
    arms = content.arms(network)
    if arms == ("",):
        return content.text_for(network)
    return {arm: content.text_for(network, arm) for arm in arms}


def is_approved(content: Content, pictures: Mapping[str, str]) -> bool:
    """Tell whether somebody approved the post just as it is now."""
    approval = content.front.approval
    return approval is not None and approval.digest == approved_digest(content, pictures)
