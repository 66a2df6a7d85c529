"""What does a simulated Mastodon server tell of itself? Its limits and the languages it knows.

Shapes and numbers: Mastodon's `rest/instance_serializer.rb`, a server's defaults.
"""

from typing import Any

from connectors.sandbox.social.mastodon_media import LARGEST, LONGEST_ALT
from connectors.sandbox.social.mastodon_text import PER_ADDRESS

LONGEST_TEXT, MOST_MEDIA = 500, 4
LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
    "zh": "Chinese", "zh-CN": "Chinese (China)", "zh-TW": "Chinese (Taiwan)",
}  # fmt: skip
"""Some of those of a real server, which knows 200."""
TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg")


def instance(server: str) -> dict[str, Any]:
    """Return what `GET /api/v2/instance` tells."""
    return {
        "domain": server,
        "title": "Mastodon",
        "version": "4.5.2",
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": {"users": {"active_month": 4}},
        "thumbnail": {"url": f"https://{server}/packs/media/images/preview.png"},
        "icon": [],
        "languages": ["en"],
        "configuration": {
            "urls": {"streaming": f"wss://{server}", "status": None},
            "vapid": {"public_key": ""},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "statuses": {
                "max_characters": LONGEST_TEXT,
                "max_media_attachments": MOST_MEDIA,
                "characters_reserved_per_url": PER_ADDRESS,
            },
            "media_attachments": {
                "description_limit": LONGEST_ALT,
                "image_matrix_limit": 33_177_600,
                "image_size_limit": LARGEST,
                "supported_mime_types": list(TYPES),
                "video_frame_rate_limit": 120,
                "video_matrix_limit": 8_294_400,
                "video_size_limit": 103_809_024,
            },
            "polls": {"max_options": 4, "max_characters_per_option": 50},
            "translation": {"enabled": False},
        },
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "api_versions": {"mastodon": 7},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def old_instance(server: str) -> dict[str, Any]:
    """Return what `GET /api/v1/instance` tells, which clients ask for the version."""
    known = instance(server)
    shared = ("title", "version", "description", "languages", "configuration", "rules")
    return {
        "uri": server,
        **{name: known[name] for name in shared},
        "short_description": "",
        "email": "",
        "urls": {"streaming_api": f"wss://{server}"},
        "stats": {"user_count": 4, "status_count": 7, "domain_count": 1},
        "thumbnail": known["thumbnail"]["url"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "contact_account": None,
    }


def languages() -> list[dict[str, str]]:
    """Return what `GET /api/v1/instance/languages` tells."""
    return [{"code": code, "name": name} for code, name in LANGUAGES.items()]
