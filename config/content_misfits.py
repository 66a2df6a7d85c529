"""Does a post fit its brand, and itself? Every misfit, with its line."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.content import READY, Content, Link
from config.content_approval import is_approved
from config.content_pictures import NoPicture, PictureFile
from config.content_tests import text_test_problems
from config.content_times import PublishTimeError, moment
from config.models import Brand
from config.problems import Problem, choose, quoted
from config.yaml_source import Source

LONGEST_URL = 2048
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)

Pictures = Mapping[str, PictureFile | NoPicture]


def content_problems(
    source: Source, content: Content, brand: Brand, pictures: Pictures
) -> Iterator[Problem]:
    """Yield what is wrong with a post of the right shape; `pictures` has each file it names."""
    front, rules = content.front, brand.content
    if front.objective not in rules.objectives:
        message = f"no objective {quoted(front.objective)}"
        yield source.problem(("objective",), message, choose(front.objective, rules.objectives))
    if front.owner and front.owner not in brand.owners:
        message = f"no owner {quoted(front.owner)}"
        yield source.problem(("owner",), message, choose(front.owner, brand.owners))
    if front.language and not _LANGUAGE.fullmatch(front.language):
        message = f"{quoted(front.language)} is no language"
        yield source.problem(("language",), message, "write it as BCP 47 has it: en, de, pt-BR")
    yield from _networks(source, content, brand)
    yield from _hashtags(source, content)
    yield from text_test_problems(source, content)
    if front.link:
        yield from _link(source, front.link)
    for position, picture in enumerate(front.images):
        found = pictures[picture.file]
        if isinstance(found, NoPicture):
            message = f"{quoted(picture.file)} {found.message}"
            yield source.problem(("images", position, "file"), message, found.remedy)
    yield from _time(source, content, brand)
    yield from _readiness(source, content, pictures)


def digests(pictures: Pictures) -> dict[str, str]:
    """Return the SHA-256 of each picture that could be read."""
    return {file: it.sha256 for file, it in pictures.items() if isinstance(it, PictureFile)}


def _networks(source: Source, content: Content, brand: Brand) -> Iterator[Problem]:
    networks = content.front.networks
    there = {entry.platform for entry in brand.accounts}
    for position, network in enumerate(networks):
        if network in networks[:position]:
            yield source.problem(("networks", position), f"{network} stands twice", "remove one")
    if missing := [network for network in dict.fromkeys(networks) if network not in there]:
        message = f"the brand has no account on {', '.join(missing)}"
        remedy = "nothing is published there until it has one under `accounts`"
        yield source.note(("networks",), message, remedy)
    for network in content.front.texts:
        if network not in networks:
            message = f"the post does not go to {network}"
            yield source.problem(("texts", network), message, "add it to `networks`, or remove it")


def _hashtags(source: Source, content: Content) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, tag in enumerate(content.front.hashtags):
        path = ("hashtags", position)
        if tag.startswith("#"):
            yield source.problem(path, f"{quoted(tag)} begins with #", "write it without")
        elif not re.fullmatch(r"\w+", tag):
            remedy = "letters, digits and _ only, without blanks: TrailRunning"
            yield source.problem(path, f"{quoted(tag)} is no hashtag", remedy)
        elif tag.isdigit():
            yield source.problem(path, f"{quoted(tag)} is no hashtag", "it needs a letter")
        elif tag.casefold() in seen:
            yield source.problem(path, f"{quoted(tag)} stands twice", "remove one of the two")
        seen.add(tag.casefold())


def _link(source: Source, link: Link) -> Iterator[Problem]:
    path = ("link", "url")
    try:
        parts = urlsplit(link.url)
        complete = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        complete = False
    if not complete or any(sign.isspace() for sign in link.url):
        yield source.problem(path, f"{quoted(link.url)} is no https address", "write https://...")
    elif len(link.url) > LONGEST_URL:
        yield source.problem(path, f"is longer than {LONGEST_URL} characters", "shorten it")
    elif any(key.startswith("utm_") for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        message = "has campaign parameters, which are added for each network anyway"
        yield source.note(path, message, "remove those that begin with utm_")


def _time(source: Source, content: Content, brand: Brand) -> Iterator[Problem]:
    front = content.front
    if not front.publish_at:
        if front.state == "scheduled":
            yield source.problem(
                ("state",), "scheduled, and no time says when", "add `publish_at:`"
            )
        return
    try:
        zone = ZoneInfo(brand.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return  # the brand file's problem
    try:
        at = moment(front.publish_at, zone)
    except PublishTimeError as error:
        yield source.problem(("publish_at",), error.message, error.remedy)
        return
    if front.due and front.due > (on := at.astimezone(zone).date()):
        yield source.note(
            ("due",), f"{front.due} is after it is published", f"on {on} at the latest"
        )


def _readiness(source: Source, content: Content, pictures: Pictures) -> Iterator[Problem]:
    front = content.front
    silent = [network for network in front.networks if not content.text_for(network)]
    if silent and (front.evergreen or front.state in READY):
        what = "comes again" if front.evergreen else f"is {front.state}"
        message = f"has no text for {' and '.join(silent)}, and {what}"
        yield source.problem(
            ("text",), message, "write it below the front matter, or under `texts`"
        )
    if front.state not in READY:
        return
    remedy = f"`marketloop content approve {content.name}` says that somebody read all of it"
    if front.approval is None:
        yield source.problem(("state",), f"{front.state}, and nobody approved it", remedy)
    elif not is_approved(content, digests(pictures)):
        message = (
            "was given for something else: words, hashtags, link or pictures were changed since"
        )
        yield source.problem(("approval", "digest"), message, remedy)
