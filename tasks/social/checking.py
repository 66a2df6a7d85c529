"""May this post be published as it is? The networks' limits and the brand's own rules."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from config.content import Content
from config.content_pictures import PictureFile
from config.content_rules import ContentRules, Disclaimer
from config.networks import LIMITS, Network
from tasks.report.numbers import plural
from tasks.social.composed import Composed, Shown
from tasks.social.composing import HASHTAG, hashtags
from tasks.social.lengths import ADDRESS, length, utf8_bytes


@dataclass(frozen=True, slots=True)
class ContentProblem:
    """What is wrong with a post on a network, and what to do."""

    network: Network
    severity: Literal["error", "note"]  # a note is worth reading and stops nothing
    message: str
    remedy: str
    arm: str = ""  # of the wording, where several are tested


Found = tuple[Literal["error", "note"], str, str]


def problems(
    content: Content,
    composed: Iterable[Composed],
    rules: ContentRules,
    pictures: Mapping[str, PictureFile],
) -> list[ContentProblem]:
    """Return what is wrong with a post in each of its shapes, errors first.

    `pictures` are the facts of the files that the post names. An idea has no text yet, which is a
    note; in any other state that is an error.
    """
    found = [
        ContentProblem(post.network, *it, arm=post.arm)
        for post in composed
        for it in _of_network(content, post, rules, pictures)
    ]
    return sorted(found, key=lambda it: it.severity != "error")


def _of_network(
    content: Content, post: Composed, rules: ContentRules, pictures: Mapping[str, PictureFile]
) -> Iterator[Found]:
    if not post.text:
        severity: Literal["error", "note"] = "note" if content.front.state == "idea" else "error"
        yield severity, "has no text yet", "write it below the front matter"
        return
    yield from _lengths(post)
    yield from _words(post, rules)
    yield from _pictures(post, pictures)
    if post.link_url and not post.link_url.startswith("https://"):
        yield "error", "the link is no https address", "write it as https://..."


def _lengths(post: Composed) -> Iterator[Found]:
    limits = LIMITS[post.network]
    taken, most = length(post.network, post.text), limits.longest_text
    if taken > most:
        message = f"has {taken:,} characters, and {most:,} fit"
        shorten = f"shorten it by {taken - most:,}"
        yield "error", message, f"{shorten}, or write a text of its own under `texts`"
    if limits.most_bytes and (size := utf8_bytes(post.text)) > limits.most_bytes:
        message = f"has {size:,} bytes, and {limits.most_bytes:,} fit"
        yield "error", message, "shorten it"


def _words(post: Composed, rules: ContentRules) -> Iterator[Found]:
    said = "\n".join(
        [post.text, post.link_title, post.link_description, *(it.alt for it in post.images)]
    )
    for phrase in rules.forbidden:
        if stands(phrase, said):
            yield "error", f"says {phrase!r}, which the brand never says", "say it in other words"
    for disclaimer in rules.disclaimers:
        if (word := _asked_by(disclaimer, said)) and not _has(post.text, disclaimer.text):
            remedy = f"add: {disclaimer.text}"
            yield "error", f"speaks of {word!r} without the words that belong to it", remedy
    tags = len(hashtags(post.text))
    if tags > rules.most_hashtags:
        message = f"has {plural(tags, 'hashtag')}, and the brand's rule is {rules.most_hashtags}"
        yield "error", message, f"drop {tags - rules.most_hashtags}"
    for sentence in sentences(post.text):
        words = len(sentence.split())
        if words > rules.longest_sentence:
            message = f"has a sentence of {words} words: “{_beginning(sentence)}”"
            yield "note", message, f"make two of it; more than {rules.longest_sentence} read badly"


def _pictures(post: Composed, pictures: Mapping[str, PictureFile]) -> Iterator[Found]:
    limits = LIMITS[post.network]
    if len(post.images) > limits.most_images:
        message = f"has {plural(len(post.images), 'picture')}, and {limits.most_images} fit"
        yield "error", message, f"drop {len(post.images) - limits.most_images}"
    for image in post.images:
        yield from _picture(image, post.network, pictures.get(image.file))


def _picture(image: Shown, network: Network, file: PictureFile | None) -> Iterator[Found]:
    limits, name = LIMITS[network], image.file
    if not image.alt:
        yield "error", f"{name} has no description", "say under `alt` what is to be seen"
    elif len(image.alt) > limits.longest_alt:
        message = f"the description of {name} has {len(image.alt):,} characters"
        yield "error", message, f"shorten it to {limits.longest_alt:,}"
    if file is None:
        yield "error", f"{name} could not be read", "put the picture into the content folder"
    elif file.kind not in limits.image_types:
        allowed = ", ".join(kind.removeprefix("image/") for kind in limits.image_types)
        is_a = file.kind or "no picture that we know"
        yield "error", f"{name} is {is_a}", f"save it as one of: {allowed}"
    elif file.size > limits.image_bytes:
        message = f"{name} has {file.size:,} bytes, and {limits.image_bytes:,} are taken"
        yield "error", message, "make it smaller"


def stands(phrase: str, text: str) -> bool:
    """Tell whether a word or phrase stands in a text as a whole, whatever case, white space and
    spelling of combined letters."""
    wanted = r"\s+".join(re.escape(word) for word in _plain(phrase).split())
    return bool(wanted) and re.search(rf"(?<!\w){wanted}(?!\w)", _plain(text)) is not None


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, without its addresses and lines of hashtags.

    A sentence ends at . ! ? … before white space, or with the paragraph or line.
    """
    lines = [ADDRESS.sub("", line) for line in text.splitlines()]
    spoken = [line for line in lines if HASHTAG.sub("", line).strip()]
    parts = [part for line in spoken for part in re.split(r"(?<=[.!?…])\s+|(?<=[。！？])", line)]
    return [part.strip() for part in parts if part.strip()]


def _asked_by(disclaimer: Disclaimer, text: str) -> str:
    words: Iterable[str] = disclaimer.when
    return next((word for word in words if stands(word, text)), "")


def _has(text: str, wanted: str) -> bool:
    return " ".join(_plain(wanted).split()) in " ".join(_plain(text).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _beginning(sentence: str) -> str:
    return sentence if len(sentence) <= 50 else sentence[:49].rstrip() + "…"
