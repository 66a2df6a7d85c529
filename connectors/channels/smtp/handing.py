"""How far did a message come, and what did the server say?

Each step of the one mail transaction (RFC 5321, 3.3) is asked by itself, so that it is known:
until the last octet of the message has left nothing can have been taken, after it only the server's
answer says so.

    answer            to MAIL                  to RCPT       to DATA       to the whole message
    2yz, 3yz          goes on                  goes on       goes on       accepted
    4yz               deferred, all            deferred      deferred      deferred
    421, 454          deferred, all            deferred, all deferred, all deferred, all
    5yz               refused, all (size: not) refused       refused       refused
    503               refused, all             refused, all  refused, all  refused
    530               a person must reconnect  the same      the same      refused
    cut or time-out   not sent, all            not sent, all not sent, all unknown, all

"all": it concerns the server or us, not this recipient (`Handed.whole_session`).
"""

import smtplib
from typing import Literal

from connectors.base import ReconnectError
from connectors.channels.smtp.composing import Letter
from connectors.mail import Handed
from connectors.without_addresses import status_and_sentence

Step = Literal["MAIL", "RCPT", "DATA", "message"]

CLOSING, NO_LOGIN_NOW, LOGIN_FIRST, WRONG_ORDER = 421, 454, 530, 503
TOO_LARGE = 552


def begin(smtp: smtplib.SMTP, letter: Letter) -> Handed | None:
    """Say who sends; return what stopped it, or None."""
    wanted = f"MAIL FROM:<{letter.sender}>"
    if smtp.has_extn("size"):
        wanted += f" SIZE={len(letter.content)}"
    if letter.utf8:
        wanted += " BODY=8BITMIME SMTPUTF8"
    return _step(smtp, "MAIL", wanted, letter)


def hand_over(smtp: smtplib.SMTP, letter: Letter, patience: float, usual: float) -> Handed:
    """Say for whom, hand the message over, return what came of it. `patience` is how many seconds
    the answer to the whole message may take, `usual` those of any other."""
    stopped = _step(smtp, "RCPT", f"RCPT TO:<{letter.recipient}>", letter)
    stopped = stopped or _step(smtp, "DATA", "DATA", letter)
    if stopped:
        return stopped
    try:
        smtp.send(letter.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    except OSError:  # not all of it has left, so its end has not
        return _cut("not_sent")
    try:
        _wait(smtp, patience)
        code, said = smtp.getreply()
        _wait(smtp, usual)
    except OSError:
        return _cut("unknown")
    return _verdict("message", code, said, letter) or _heard("accepted", code, said, letter)


def _step(smtp: smtplib.SMTP, step: Step, command: str, letter: Letter) -> Handed | None:
    try:
        smtp.send(f"{command}\r\n".encode())
        code, said = smtp.getreply()
    except OSError:
        return _cut("not_sent")
    return _verdict(step, code, said, letter)


def _verdict(step: Step, code: int, said: bytes, letter: Letter) -> Handed | None:
    """Return what an answer means, None for going on."""
    if code == LOGIN_FIRST and step != "message":
        raise ReconnectError(
            f"the server wants a login or encryption before {step}; check user, password and "
            "security of the account, then reconnect"
        )
    if 200 <= code < 300 or (code == 354 and step == "DATA"):
        return (
            None if step != "DATA" or code == 354 else _heard("not_sent", code, said, letter, True)
        )
    if 400 <= code < 500:
        whole = step == "MAIL" or code in (CLOSING, NO_LOGIN_NOW)
        return _heard("deferred", code, said, letter, whole)
    if 500 <= code < 600:
        ours = step == "MAIL" and code != TOO_LARGE
        lost = code == WRONG_ORDER and step != "message"
        return _heard("refused", code, said, letter, ours or lost)
    return _cut("unknown" if step == "message" else "not_sent")  # no reply of this protocol


def _heard(
    state: Literal["accepted", "refused", "deferred", "not_sent"],
    code: int,
    said: bytes,
    letter: Letter,
    whole: bool = False,
) -> Handed:
    status, sentence = status_and_sentence(said, letter.recipient)
    return Handed(state, code, status, sentence, whole)


def _cut(state: Literal["unknown", "not_sent"]) -> Handed:
    said = "the connection was cut or timed out"
    if state == "unknown":
        said += " after the whole message had left; the server may have taken it"
    return Handed(state, sentence=said, whole_session=True)


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
