"""How does a content file become a post of one network?

The network's own text or the one for all, hashtags on a line of their own below it, and the address
with its campaign parameters: on a card where we make one, else at the end of the text. LinkedIn's
Posts API takes an article or pictures, Bluesky's records one embed of either kind, so a post with
pictures has no card there; a Mastodon server makes its cards itself, of an address in the text.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from config.content import Content
from config.content_rules import ContentRules
from config.networks import Network
from tasks.social.composed import Composed, Shown

CARDS: frozenset[Network] = frozenset({"linkedin", "bluesky"})
"""Networks where we make the card of a link."""

HASHTAG = re.compile(r"(?<![\w&/#])#(?=\w*[^\W\d])(\w+)")
"""A hashtag as all three networks read it: letters, digits and _, not digits alone."""


def compose(
    content: Content, network: Network, rules: ContentRules, read: Mapping[str, str], arm: str = ""
) -> Composed:
    """Return what readers of a network will see of a post.

    `read` is picture file to the SHA-256 of its bytes, `arm` one of `content.arms(network)`, the
    first without one. A post without any text yet gets an empty one, with nothing added to it.
    """
    front = content.front
    arm = arm or content.arms(network)[0]
    text = content.text_for(network, arm)
    images = tuple(Shown(it.file, read.get(it.file, ""), it.alt.strip()) for it in front.images)
    link = front.link
    url = campaign_url(link.url.strip(), network, content.campaign, arm) if link else ""
    card = link if link and link.title.strip() and network in CARDS and not images else None
    if text:
        text = "\n\n".join(
            part
            for part in (text, _missing_hashtags(text, front.hashtags), "" if card else url)
            if part
        )
    return Composed(
        network,
        text,
        front.language or rules.language,
        url,
        card.title.strip() if card else "",
        card.description.strip() if card else "",
        images,
        content.test_name if arm else "",
        arm,
    )


def compositions(content: Content, rules: ContentRules, read: Mapping[str, str]) -> list[Composed]:
    """Return a post as each of its networks will have it, in every wording that is tested."""
    return [
        compose(content, network, rules, read, arm)
        for network in content.front.networks
        for arm in content.arms(network)
    ]


def campaign_url(url: str, network: Network, campaign: str, arm: str = "") -> str:
    """Return an address with the parameters by which analytics knows where a visitor is from.

    A tested wording is its utm_content. The address's other parameters, their spelling and its
    fragment stay.
    """
    ours = {"utm_source": network, "utm_medium": "social", "utm_campaign": campaign}
    if arm:
        ours["utm_content"] = arm
    parts = urlsplit(url)
    kept = [it for it in parts.query.split("&") if it and it.partition("=")[0] not in ours]
    return urlunsplit(parts._replace(query="&".join([*kept, urlencode(ours)])))


def hashtags(text: str) -> list[str]:
    """Return the hashtags of a text, without #, in their order."""
    return [match[1] for match in HASHTAG.finditer(text)]


def _missing_hashtags(text: str, wanted: tuple[str, ...]) -> str:
    there = {tag.casefold() for tag in hashtags(text)}
    return " ".join(f"#{tag}" for tag in wanted if tag.casefold() not in there)
