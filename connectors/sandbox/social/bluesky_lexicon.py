"""Is a record a post as the lexicons want it? And what of its text can readers click on?

Sources: lexicons app.bsky.feed.post, app.bsky.richtext.facet, app.bsky.embed.images and .external;
sentences as @atproto/pds 0.5.35 says them. The real server takes facets that lie outside of the
text, or begin in the middle of a sign; apps leave those out, and so does `marked`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import regex

from connectors.sandbox.social.bluesky_errors import RefusedError, told
from connectors.sandbox.social.bluesky_ids import POST

MOST_BYTES, MOST_GRAPHEMES, MOST_LANGUAGES, MOST_IMAGES = 3000, 300, 3, 4
LARGEST_IMAGE = 2_000_000
LONGEST_TAG = 64
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"(i|[a-z]{2,3})(-[a-zA-Z0-9]+)*", re.IGNORECASE)
URI = re.compile(r"\w+:(//)?[^\s/][^\s]*")
DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
AT_URI = re.compile(rf"at://{DID.pattern}/[a-zA-Z0-9.-]+/[a-zA-Z0-9_~.:-]{{1,512}}")
CID = re.compile(r"b[a-z2-7]{58}")

Marked = tuple[str, str, str]
"""What kind of facet, the text under it, and where it leads: a URI, a tag, a DID."""
_GRAPHEME = regex.compile(r"\X")


def check_post(record: Mapping[str, Any]) -> None:
    """Raise `RefusedError` with the first thing that is wrong."""
    _text(_required(record, "text", "$.record"), "$.record.text", MOST_BYTES, MOST_GRAPHEMES)
    created = "$.record.createdAt"
    _format("datetime", _is_datetime, _required(record, "createdAt", "$.record"), created)
    if "langs" in record:
        for number, language in _array(record["langs"], "$.record.langs", MOST_LANGUAGES):
            _format("language", LANGUAGE.fullmatch, language, f"$.record.langs[{number}]")
    if "facets" in record:
        for number, facet in _array(record["facets"], "$.record.facets"):
            _facet(facet, f"$.record.facets[{number}]")
    if "reply" in record:
        _reply(_object(record["reply"], "$.record.reply"))
    if "embed" in record:
        _embed(_typed(record["embed"], "$.record.embed"), "$.record.embed")


def images_of(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the images of a post that was checked."""
    embed = record.get("embed", {})
    images: Sequence[Mapping[str, Any]] = embed.get("images", [])
    return images if embed.get("$type") == "app.bsky.embed.images" else []


def marked(record: Mapping[str, Any]) -> tuple[Marked, ...]:
    """Return what readers can click on in the text of a post that was checked, in order."""
    content = record["text"].encode()
    found = []
    for facet in sorted(record.get("facets", []), key=lambda one: one["index"]["byteStart"]):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        try:
            text = content[start:end].decode()
        except UnicodeDecodeError:
            continue
        if start < end <= len(content):
            for feature in facet["features"]:
                value = next((feature[key] for key in ("uri", "tag", "did") if key in feature), "")
                found.append((feature["$type"].partition("#")[2], text, value))
    return tuple(found)


def _facet(facet: Any, place: str) -> None:
    index = _object(_required(_object(facet, place), "index", place), f"{place}.index")
    for key in ("byteStart", "byteEnd"):
        _integer(_required(index, key, f"{place}.index"), f"{place}.index.{key}")
    for number, one in _array(_required(facet, "features", place), f"{place}.features"):
        where = f"{place}.features[{number}]"
        feature = _typed(one, where)
        kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
        if kind == "link":
            _format("uri", URI.fullmatch, _required(feature, "uri", where), f"{where}.uri")
        elif kind == "mention":
            _format("DID", DID.fullmatch, _required(feature, "did", where), f"{where}.did")
        elif kind == "tag":
            _text(_required(feature, "tag", where), f"{where}.tag", 10 * LONGEST_TAG, LONGEST_TAG)


def _reply(reply: Mapping[str, Any]) -> None:
    for key in ("root", "parent"):
        place = f"$.record.reply.{key}"
        ref = _object(_required(reply, key, "$.record.reply"), place)
        _format("at-uri", AT_URI.fullmatch, _required(ref, "uri", place), f"{place}.uri")
        _format("CID string", CID.fullmatch, _required(ref, "cid", place), f"{place}.cid")


def _embed(embed: Mapping[str, Any], place: str) -> None:
    if embed["$type"] == "app.bsky.embed.external":
        where = f"{place}.external"
        external = _object(_required(embed, "external", place), where)
        _format("uri", URI.fullmatch, _required(external, "uri", where), f"{where}.uri")
        for key in ("title", "description"):
            _string(_required(external, key, where), f"{where}.{key}")
    if embed["$type"] == "app.bsky.embed.images":
        images = _array(_required(embed, "images", place), f"{place}.images", MOST_IMAGES)
        for number, image in images:
            _image(_object(image, f"{place}.images[{number}]"), f"{place}.images[{number}]")


def _image(image: Mapping[str, Any], place: str) -> None:
    blob, where = _required(image, "image", place), f"{place}.image"
    if not isinstance(blob, dict) or blob.get("$type") != "blob":
        raise _wrong(f"Expected blob value type (got {told(blob)})", where)
    if not str(blob.get("mimeType")).startswith("image/"):
        raise _wrong(f'Expected "image/*" (got {told(blob.get("mimeType"))})', f"{where}.mimeType")
    if blob.get("size", 0) > LARGEST_IMAGE:
        raise _wrong(f"blob too big (maximum {LARGEST_IMAGE}, got {blob['size']})", where)
    _string(_required(image, "alt", place), f"{place}.alt")
    if "aspectRatio" in image:
        ratio = _object(image["aspectRatio"], f"{place}.aspectRatio")
        for key in ("width", "height"):
            _integer(_required(ratio, key, f"{place}.aspectRatio"), f"{place}.aspectRatio.{key}", 1)


def _wrong(sentence: str, place: str) -> RefusedError:
    return RefusedError(f"Invalid {POST} record: {sentence} at {place}")


def _required(value: Mapping[str, Any], key: str, place: str) -> Any:
    if key not in value:
        raise _wrong(f'Missing required key "{key}"', place)
    return value[key]


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"Expected object value type (got {told(value)})", place)
    return value


def _typed(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("$type"), str):
        kind = 'an object which includes the "$type" property'
        raise _wrong(f"Expected {kind} value type (got {told(value)})", place)
    return value


def _array(value: Any, place: str, most: int | None = None) -> list[tuple[int, Any]]:
    if not isinstance(value, list):
        raise _wrong(f"Expected array value type (got {told(value)})", place)
    if most is not None and len(value) > most:
        raise _wrong(f"array too big (maximum {most}, got {len(value)})", place)
    return list(enumerate(value))


def _string(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(f"Expected string value type (got {told(value)})", place)
    return value


def _text(value: Any, place: str, most_bytes: int, most_graphemes: int) -> None:
    text = _string(value, place)
    if (size := len(text.encode())) > most_bytes:
        raise _wrong(f"string too big (maximum {most_bytes}, got {size})", place)
    if (length := sum(1 for _ in _GRAPHEME.finditer(text))) > most_graphemes:
        raise _wrong(f"grapheme too big (maximum {most_graphemes}, got {length})", place)


def _integer(value: Any, place: str, least: int = 0) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(f"Expected integer value type (got {told(value)})", place)
    if value < least:
        raise _wrong(f"integer too small (minimum {least}, got {value})", place)


def _format(what: str, fits: Callable[[str], object], value: Any, place: str) -> None:
    if not fits(_string(value, place)):
        raise _wrong(f"Invalid {what} (got {told(value)})", place)


def _is_datetime(text: str) -> bool:
    if not DATETIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
