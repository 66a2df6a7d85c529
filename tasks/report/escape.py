"""How is a name written so that it stays a name?

Campaign names, account names and error texts are data from outside. Each destination has its own
way to take text for markup, so each has one function here; HTML has Jinja's autoescape after
`plain`. All of them first remove what cannot be seen and could deceive (control characters, ANSI
sequences, bidirectional overrides, zero-width characters) and fold white space, line ends
included, to single spaces.

Backslashes do not suffice everywhere. One of Prefect's two UIs looks for links in the text *after*
Markdown has been parsed, the other renders every cell of a table artifact as Markdown while the
first shows it as it is, and chat services read their own markup in plain text. There an invisible
word joiner (U+2060) cuts what would be recognised.
"""

import re

JOINER = "\N{WORD JOINER}"
NAMELESS = "(no name)"
NAME_LENGTH = 80
"""Longer names end in an ellipsis."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_SPACE = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # hyphens, fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"  # zero width, bidi, annotations
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PUNCTUATION = re.compile(r"([!#$&()*+\-.:<=>@\[\\\]^_`{|}~])")
_LINKS = re.compile(r"(?i)(www(?=\.)|:(?=//)|(?:mailto|xmpp|tel):|@)")
_DOMAIN_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_])")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_BLOCK_MARK = re.compile(r"[#+=-]|\d+[.)]")
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "<": "‹", ">": "›", "|": "∣", "\\": "∖"})
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(text: str, limit: int = NAME_LENGTH) -> str:
    """Clean text for terminals, log lines and as the first step of everything else.

    `limit` is in characters; 0 means as long as it is. Text of which nothing is left becomes
    `NAMELESS`.
    """
    visible = _INVISIBLE.sub("", _SPACE.sub(" ", _ANSI.sub("", text)))
    folded = _SPACE.sub(" ", visible).strip() or NAMELESS
    return folded if not limit or len(folded) <= limit else folded[: limit - 1].rstrip() + "…"


def markdown(text: str, limit: int = NAME_LENGTH) -> str:
    """Write text as literal, inline GitHub-flavoured Markdown, in and outside of tables."""
    return _PUNCTUATION.sub(r"\\\1", _LINKS.sub(rf"\1{JOINER}", plain(text, limit)))


def cell(text: str, limit: int = 0) -> str:
    """Write text for a cell of a CSV or XLSX file: no spreadsheet takes it for a formula.

    A leading apostrophe is what spreadsheets themselves use to say "this is text".
    """
    cleaned = plain(text, limit)
    return f"'{cleaned}" if cleaned.startswith(_FORMULA) else cleaned


def table_cell(text: str, limit: int = NAME_LENGTH) -> str:
    """Write text for a cell of a Prefect table artifact, which one UI reads as Markdown.

    The other UI shows the cell as it is, so there are no backslashes: characters that mark up are
    replaced by lookalikes, the rest is cut by word joiners. Block marks (`# `, `1. `) mean nothing
    after the joiner in front.
    """
    guarded = cell(text, limit)
    return _defused(guarded)


def message_text(text: str, limit: int = 0) -> str:
    """Write text for a notification: chat services, text messages, mail.

    Nothing is left that Slack, Teams, Discord, Telegram or a mail program would make a mention, a
    link or formatting. The result has no angle brackets; in an HTML body `&` still wants escaping,
    which Apprise does when it turns text into HTML.
    """
    return _defused(plain(text, limit))


def _defused(text: str) -> str:
    """Replace what marks up by lookalikes, and cut the rest with joiners; see above."""
    cut = _DOMAIN_DOT.sub(f".{JOINER}", _LINKS.sub(rf"\1{JOINER}", text))
    cut = _EDGE_UNDERSCORE.sub(f"{JOINER}_{JOINER}", cut.translate(_LOOKALIKES))
    cut = cut.replace("&", f"&{JOINER}").replace("]", f"]{JOINER}")
    return JOINER + cut if _BLOCK_MARK.match(cut) else cut
