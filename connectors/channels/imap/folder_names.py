"""How does a folder's name stand in IMAP? In modified UTF-7, quoted (RFC 3501, 5.1.3)."""

import base64
import re

_BEYOND = re.compile(r"[^\x20-\x7e]+")


def encoded(name: str) -> str:
    """Return a name as it goes into a command: `"Gesendete Entw&APw-rfe"`."""
    text = _BEYOND.sub(lambda found: f"&{_base64(found.group())}-", name.replace("&", "&-"))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
