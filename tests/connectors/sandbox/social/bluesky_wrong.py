"""Posts that Bluesky refuses, and the sentence that it says to each.

@atproto/pds 0.5.35 said them; `tests/live` asks it again, the sandbox has to say the same.
"""

from typing import Any

from connectors.sandbox.social.bluesky_ids import blob_cid

PNG = b"\x89PNG\r\n\x1a\n...."
NEVER_UPLOADED = b"what nobody has uploaded"


def post(**more: Any) -> dict[str, Any]:
    """Return a post; a field that is `...` is left out."""
    made = {"$type": "app.bsky.feed.post", "text": "x", "createdAt": "2026-12-01T09:00:00.000Z"}
    return {key: value for key, value in {**made, **more}.items() if value is not ...}


def facet(start: Any = 0, end: Any = 1, **feature: Any) -> list[dict[str, Any]]:
    """Return the facets of a post: one link unless told otherwise."""
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": "https://x.example", **feature}
    feature = {key: value for key, value in feature.items() if value is not ...}
    return [{"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}]


def images(count: int = 1, **more: Any) -> dict[str, Any]:
    """Return an embed with the same picture several times."""
    link = {"$link": blob_cid(PNG)}
    blob = {"$type": "blob", "ref": link, "mimeType": "image/png", "size": len(PNG)}
    image = {"alt": "", "image": {**blob, **more.pop("blob", {})}, **more}
    image = {key: value for key, value in image.items() if value is not ...}
    return {"$type": "app.bsky.embed.images", "images": [image] * count}


REPLY = {"uri": f"at://did:plc:{'a' * 24}/app.bsky.feed.post/3mabcabcabc2b", "cid": "zz"}
TAG = "app.bsky.richtext.facet#tag"
WRONG = [
    (post(text=...), 'Missing required key "text" at $.record'),
    (post(text=5), "Expected string value type (got 5) at $.record.text"),
    (post(text=None), "Expected string value type (got null) at $.record.text"),
    (post(text="a" * 301), "grapheme too big (maximum 300, got 301) at $.record.text"),
    (post(text="é" * 1501), "string too big (maximum 3000, got 3002) at $.record.text"),
    (post(createdAt=...), 'Missing required key "createdAt" at $.record'),
    (post(createdAt="yesterday"), 'Invalid datetime (got "yesterday") at $.record.createdAt'),
    (
        post(createdAt="2026-12-01T09:00:00"),
        'Invalid datetime (got "2026-12-01T09:00:00") at $.record.createdAt',
    ),
    (post(langs="en"), 'Expected array value type (got "en") at $.record.langs'),
    (post(langs=["notalanguage"]), 'Invalid language (got "notalanguage") at $.record.langs[0]'),
    (post(langs=["en"] * 4), "array too big (maximum 3, got 4) at $.record.langs"),
    (post(facets={}), "Expected array value type (got {}) at $.record.facets"),
    (post(facets=[None]), "Expected object value type (got null) at $.record.facets[0]"),
    (post(facets=[{"features": []}]), 'Missing required key "index" at $.record.facets[0]'),
    (
        post(facets=facet(start="0")),
        'Expected integer value type (got "0") at $.record.facets[0].index.byteStart',
    ),
    (
        post(facets=facet(start=-1)),
        "integer too small (minimum 0, got -1) at $.record.facets[0].index.byteStart",
    ),
    (
        post(facets=facet(uri="not a uri")),
        'Invalid uri (got "not a uri") at $.record.facets[0].features[0].uri',
    ),
    (post(facets=facet(uri=...)), 'Missing required key "uri" at $.record.facets[0].features[0]'),
    (
        post(facets=facet(**{"$type": TAG, "tag": "x" * 65})),
        "grapheme too big (maximum 64, got 65) at $.record.facets[0].features[0].tag",
    ),
    (
        post(facets=facet(**{"$type": "app.bsky.richtext.facet#mention", "did": "x"})),
        'Invalid DID (got "x") at $.record.facets[0].features[0].did',
    ),
    (
        post(facets=facet(**{"$type": ..., "uri": 1})),
        'Expected an object which includes the "$type" property value type (got {"uri": ...}) '
        "at $.record.facets[0].features[0]",
    ),
    (post(reply={"root": REPLY}), 'Invalid CID string (got "zz") at $.record.reply.root.cid'),
    (
        post(reply={"root": {"uri": REPLY["uri"]}, "parent": {}}),
        'Missing required key "cid" at $.record.reply.root',
    ),
    (
        post(reply={"root": {"uri": "at://x", "cid": "y"}}),
        'Invalid at-uri (got "at://x") at $.record.reply.root.uri',
    ),
    (post(embed=images(5)), "array too big (maximum 4, got 5) at $.record.embed.images"),
    (post(embed=images(alt=...)), 'Missing required key "alt" at $.record.embed.images[0]'),
    (
        post(embed=images(image="x")),
        'Expected blob value type (got "x") at $.record.embed.images[0].image',
    ),
    (
        post(embed=images(blob={"mimeType": "text/plain"})),
        'Expected "image/*" (got "text/plain") at $.record.embed.images[0].image.mimeType',
    ),
    (
        post(embed=images(blob={"size": 2_100_070})),
        "blob too big (maximum 2000000, got 2100070) at $.record.embed.images[0].image",
    ),
    (
        post(embed=images(aspectRatio={"width": 0, "height": 1})),
        "integer too small (minimum 1, got 0) at $.record.embed.images[0].aspectRatio.width",
    ),
    (
        post(embed={"$type": "app.bsky.embed.external", "external": {"uri": "https://a.test"}}),
        'Missing required key "title" at $.record.embed.external',
    ),
    (
        post(embed={"x": 1}),
        'Expected an object which includes the "$type" property value type (got {"x": ...}) '
        "at $.record.embed",
    ),
]
"""A record, and what is said of it after "Invalid app.bsky.feed.post record: "."""

WRONG_CALLS = [
    (
        {"rkey": "zzz"},
        (
            400,
            "InvalidRequest",
            'Invalid record key for app.bsky.feed.post: Invalid TID string (got "zzz") at $',
        ),
    ),
    ({"repo": f"did:plc:{'a' * 24}"}, (403, "AccountNotFound", "Account not found")),
    (
        {"record": post(embed=images(blob={"ref": {"$link": blob_cid(NEVER_UPLOADED)}}))},
        (400, "BlobNotFound", f"Could not find blob: {blob_cid(NEVER_UPLOADED)}"),
    ),
    (
        {"record": {"$type": "a.b.c"}},
        (400, "InvalidRequest", "Invalid $type: expected app.bsky.feed.post, got a.b.c"),
    ),
    ({"record": ...}, (400, "InvalidRequest", 'Missing required key "record" at $')),
]
"""What is changed of a good call of `putRecord`; status, name and sentence of the answer."""
