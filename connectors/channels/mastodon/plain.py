"""What did somebody write whose post comes as HTML? Back to the plain text that was sent.

A server makes of a text: `<p>` for what blank lines part, `<br />` for a new line, links whose
beginning and end are in spans of the class `invisible`, hashtags, mentions without their server,
and entities. So the text inside a link is the whole address, however little of it is shown. A
mention is `@name` or `@name@server` as the list of mentions beside the HTML has it. What is lost: a
third new line in a row, white space at both ends, and a carriage return, which becomes a new line.
Other software sends HTML of its own; the `quote-inline` line, a stand-in for a quoted post, is left
out.
Sources: Mastodon's `text_formatter.rb` and Rails' `simple_format`.
"""

from collections.abc import Mapping
from html.parser import HTMLParser

PARAGRAPHS = frozenset({"p", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
LINES = frozenset({"li", "div"})


def plain(html: str, mentions: Mapping[str, str]) -> str:
    """Return a status' text. `mentions`: a profile's address to its `name` or `name@server`."""
    reader = _Reader(mentions)
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mentions = mentions
        self._gap = ""  # what comes between this and the next sign
        self._hidden = ""  # the element whose text is left out, until it ends

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a paragraph begins; write a new line or a mention."""
        if self._hidden:
            return
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        self._break(tag)
        if tag == "br":
            self._write("\n")
        elif "quote-inline" in classes:
            self._hidden = tag
        elif tag == "a" and "mention" in classes and given.get("href") in self._mentions:
            self._write(f"@{self._mentions[given['href']]}")
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        """Note where a paragraph ends."""
        if self._hidden == tag:
            self._hidden = ""
        if not self._hidden:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Write a text. A new line in HTML is a blank."""
        if not self._hidden:
            self._write(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._gap = "\n\n"
        elif tag in LINES:
            self._gap = self._gap or "\n"

    def _write(self, text: str) -> None:
        if self._gap and self.parts:
            self.parts.append(self._gap)
        self._gap = ""
        self.parts.append(text)
