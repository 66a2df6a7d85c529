"""What would Bluesky refuse of a post or a reply? Sentences, before anything is sent.

Source: the lexicons app.bsky.feed.post and app.bsky.embed.images, and what @atproto/pds 0.5.35
answered to each of these. Files are read; the network is not asked.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.networks import LIMITS
from connectors.base import RejectedError
from connectors.channels.bluesky import pictures
from connectors.channels.bluesky.richtext import graphemes

LIMIT = LIMITS["bluesky"]
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
ADDRESS = re.compile(r"https?://[^\s/][^\s]*")


def objections(content: Mapping[str, str], folder: Path | None) -> list[str]:
    """Return what speaks against a change's content; nothing if it can be sent."""
    return [*_text(content), *_card(content), *_pictures(content, folder)]


def _text(content: Mapping[str, str]) -> Iterator[str]:
    text, language = content.get("text", ""), content.get("language", "")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        yield "the text has half of a sign (a lone surrogate), which cannot be sent"
        return
    if not text.strip() and not pictures.named(content) and not has_card(content):
        yield "there is neither a text nor a picture nor a link"
    if (length := graphemes(text)) > LIMIT.longest_text:
        yield f"the text has {length:,} signs, Bluesky takes {LIMIT.longest_text}"
    if LIMIT.most_bytes is not None and size > LIMIT.most_bytes:
        yield f"the text has {size:,} bytes, Bluesky takes {LIMIT.most_bytes:,}"
    if language and not LANGUAGE.fullmatch(language):
        yield f"the language {language!r} is none such as en or de-AT"


def has_card(content: Mapping[str, str]) -> bool:
    """Tell whether a card shows the link, which then needs not stand in the text."""
    return bool(content.get("link_title") and content.get("link_url"))


def _card(content: Mapping[str, str]) -> Iterator[str]:
    url = content.get("link_url", "")
    if has_card(content) and not ADDRESS.fullmatch(url):
        yield f"the link {url!r} is no address such as https://www.example.com/"
    if has_card(content) and pictures.named(content):
        yield "a post on Bluesky has pictures or a card; leave the card's title out"
    if url and not has_card(content) and url not in content.get("text", ""):
        yield "the link is neither in the text nor on a card"


def _pictures(content: Mapping[str, str], folder: Path | None) -> Iterator[str]:
    named = pictures.named(content)
    if len(named) > LIMIT.most_images:
        yield f"there are {len(named)} pictures, Bluesky takes {LIMIT.most_images}"
    for picture in named:
        try:
            pictures.read(folder, picture)
        except RejectedError as error:
            yield str(error)
