"""What is written for the wire is read again as it was meant, by a reader that we did not write."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channels.smtp.composing import compose
from connectors.mail import Mail
from connectors.without_addresses import status_and_sentence, without_addresses

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

visible = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
lines = st.text(visible, min_size=1, max_size=150).map(lambda text: " ".join(text.split()))
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)


def read(content: bytes):
    return message_from_bytes(content, policy=policy.default)


def written(**changes) -> bytes:
    given = {
        "message_id": "<1@acme.example>", "sender": "news@acme.example", "reply_to": "",
        "recipient": "jane@example.com", "subject": "Hello", "text": "Hello", "html": "",
    }  # fmt: skip
    return compose(Mail(**given | changes), "", NOW).content


def same(read_text: str, meant: str) -> bool:
    """Tell whether a body is what was meant; where lines end is the wire's matter."""
    ends = re.compile(r"\r\n|\r|\n")
    return ends.sub("\n", read_text).rstrip("\n") == ends.sub("\n", meant).rstrip("\n")


@given(lines, lines)
def test_headers_are_read_as_they_were_meant(subject, header):
    raw = written(subject=subject, headers={"X-Campaign": header})
    assert (read(raw)["Subject"], read(raw)["X-Campaign"]) == (subject, header)


@settings(max_examples=50)
@given(texts, texts)
def test_parts_are_read_as_they_were_meant(text, html):
    raw = written(text=text + ".", html=html + "<p>")
    message = read(raw)
    assert same(message.get_body(("plain",)).get_content(), text + ".")
    assert same(message.get_body(("html",)).get_content(), html + "<p>")


@settings(max_examples=50)
@given(lines, texts, texts)
def test_what_goes_out_is_seven_bits_in_short_lines(subject, text, html):
    raw = written(subject=subject, text=text + ".", html=html + "<p>")
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Acme Shop <news@acme.example>", "Acme Shop"),
        ('"Acme, Inc." <news@acme.example>', "Acme, Inc."),
        ('"The \\"best\\" \\\\ shop" <news@acme.example>', 'The "best" \\ shop'),
        ("Bücher & Äpfel <news@acme.example>", "Bücher & Äpfel"),
        ("=?utf-8?q?x?= <news@acme.example>", "=?utf-8?q?x?="),
        ("😀" * 11 + " <news@acme.example>", "😀" * 11),
        ("news@acme.example", ""),
    ],
)
def test_a_senders_name_is_read_as_it_was_meant(sender, name):
    (found,) = read(written(sender=sender, reply_to=sender))["From"].addresses
    assert (found.display_name, found.addr_spec) == (name, "news@acme.example")
    assert read(written(reply_to=sender))["Reply-To"].addresses == (found,)


def test_a_long_name_of_a_sender_is_cut_between_signs():
    raw = read(written(sender="😀" * 40 + " <news@acme.example>")).get_all("From")[0]
    assert (
        raw.addresses[0].display_name.replace(" ", "") == "😀" * 40
    )  # Python's reader adds blanks


def test_the_same_mail_is_the_same_bytes():
    assert written(html="<p>x</p>") == written(html="<p>x</p>")


def test_a_long_link_to_unsubscribe_is_not_torn():
    link = "<https://mail.acme.example/u/acme/" + "1" * 300 + ">"
    raw = written(headers={"List-Unsubscribe": f"{link}, <mailto:u@acme.example>"})
    assert link.encode() in raw
    assert b"=?" not in raw


def test_beyond_ascii_in_an_address_stands_as_it_is():
    letter = compose(
        Mail("<1@a.example>", "news@a.example", "", "jürgen@b.example", "Grüße", "x", ""), "", NOW
    )
    assert letter.utf8
    assert "To: jürgen@b.example\r\n".encode() in letter.content
    assert "jürgen" not in repr(letter)


# --- servers' sentences --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "<jane.doe@example.com>: unknown",
        "jane.doe@example.com unknown",
        "user JANE.DOE unknown",
        "mailbox 'Jane.Doe@Example.com' gone",
        "SRS0=x=y=example.com=jane.doe@relay.example",
        "bounce+jane.doe=example.com@list.example",
        "jane.doe%40example.com",
        "jane.doe=40example.com",
        '"jane.doe" @example.com',
        "jane.doe at example.com does not live here",
        "RCPT TO:<jane.doe@example.com> refused; see https://x.example/?a=jane.doe@example.com",
        "jane.doe@[192.0.2.1]",
        "multi\r\nline jane.doe\x00@example.com jane.doe",
    ],
)
def test_no_address_stays_in_a_servers_sentence(said):
    for address in ("jane.doe@example.com", "jane.doe+shop@example.com"):
        kept = without_addresses(said, address)
        assert "jane" not in kept.lower()
        assert kept.isprintable()


@settings(max_examples=50)
@given(st.text(max_size=300), st.emails(), st.text(max_size=300))
def test_no_address_stays_whatever_is_around_it(before, address, after):
    kept = without_addresses(f"{before} <{address}> {after}"[:3000])
    assert address not in kept
    assert len(kept) <= 200


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (b"5.1.1 no such user", ("5.1.1", "no such user")),
        (b"4.7.0 one\n4.7.0 two", ("4.7.0", "one two")),
        (b"no status 5.1.1 here", ("", "no status 5.1.1 here")),
        (b"2.0.0", ("2.0.0", "")),
        (b"\xff\xfe", ("", "\ufffd\ufffd")),
        (b"", ("", "")),
    ],
)
def test_a_reply_has_a_status_and_a_sentence(reply, found):
    assert status_and_sentence(reply) == found
