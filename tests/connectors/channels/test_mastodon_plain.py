"""HTML of Mastodon's, and of other software's, becomes the text that somebody wrote."""

import pytest

from connectors.channels.mastodon.plain import plain

LINK = (
    '<a href="https://shop.example/sale?a=1&amp;b=2" target="_blank" rel="nofollow noopener">'
    '<span class="invisible">https://www.</span><span class="ellipsis">shop.example/sale?a=1&amp;'
    'b=2/a/lon</span><span class="invisible">g/path</span></a>'
)
MENTION = (
    '<span class="h-card" translate="no"><a href="https://people.example/@reader" '
    'class="u-url mention">@<span>reader</span></a></span>'
)
KNOWN = {"https://people.example/@reader": "reader@people.example"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("<p>One</p><p>Two<br />lines</p>", "One\n\nTwo\nlines"),
        ("<p>a<br/><br>b</p>", "a\n\nb"),
        ("<p>two  blanks</p>", "two  blanks"),
        (
            "<p>AT&amp;T &lt;b&gt; &quot;q&quot; it&#39;s &amp;amp; 1&#x2F;2</p>",
            'AT&T <b> "q" it\'s &amp; 1/2',
        ),
        (f"<p>See {LINK}.</p>", "See https://www.shop.example/sale?a=1&b=2/a/long/path."),
        (
            '<p><a href="https://s.example/tags/sale" class="mention hashtag" rel="tag">#'
            "<span>Sale</span></a> now</p>",
            "#Sale now",
        ),
        (f"<p>{MENTION} thanks</p>", "@reader@people.example thanks"),
        (f"<p>{MENTION.replace('people', 'other')} thanks</p>", "@reader thanks"),
        ("<p>&#8235;עברית 👩‍👩‍👧 &#128512;</p>", "\u202bעברית 👩‍👩‍👧 😀"),
        ('<p class="quote-inline">RE: <a href="x">x</a></p><p>So it is</p>', "So it is"),
        ("<blockquote><p>Who?</p></blockquote><p>Me</p>", "Who?\n\nMe"),
        ("<ul><li>one</li><li>two</li></ul>end", "one\ntwo\n\nend"),
        ("plain words\nof other software", "plain words of other software"),
        ("<p>left open", "left open"),
        ("<p>AT&T &amp", "AT&T &"),
    ],
)
def test_html_becomes_text(html, text):
    assert plain(html, KNOWN) == text
