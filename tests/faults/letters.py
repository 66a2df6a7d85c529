"""What arrived at the receiving end, and how often?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.notifiers.apprise import REPEAT
from tests.faults.content import without_reference


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that came. Its id is its sender's."""

    message_id: str
    title: str
    text: str
    repeat: bool  # it says that it may be a repeat


def letter(arrived: Mapping[str, str]) -> Letter:
    """Return a message of the sandbox's inbox."""
    text = arrived["message"]
    repeat = text.startswith(REPEAT)
    text = text.removeprefix(REPEAT).strip() if repeat else text.strip()
    return Letter(arrived["message_id"], arrived["title"], without_reference(text), repeat)


def told(letters: Sequence[Letter]) -> list[tuple[str, str]]:
    """Return what was told, each message once however often it came."""
    once = {letter.message_id: (letter.title, letter.text) for letter in letters}
    return sorted(once.values())


def misled(letters: Sequence[Letter], half_sent: Mapping[str, int] | None = None) -> list[str]:
    """Return what a receiver was told too often, or without a warning that it may be a repeat.

    `half_sent`: messages whose sender died between taking them and reporting, and how often each
    had come by then. They come once more, and say so; every other message comes once.
    """
    half_sent = half_sent or {}
    times = Counter(letter.message_id for letter in letters)
    wrong = [
        f"message {message_id} came {came} times"
        for message_id, came in times.items()
        if came != 1 + half_sent.get(message_id, 0)
    ]
    last = {letter.message_id: letter for letter in letters}
    marked = {letter.message_id for letter in letters if letter.repeat}
    wrong += [f"message {name} came again unmarked" for name in half_sent if not last[name].repeat]
    wrong += [f"message {name} is marked as a repeat" for name in marked - half_sent.keys()]
    return wrong
