"""How do changes go out where a platform takes one a call? In order, each once, until one is open.

After a limit, and after what is unknown, nothing more is sent: the rest is refused as "not sent".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.changes import Change, Permit, Written


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change, and why no further one is sent if none is."""

    written: Written
    stop: str = ""


def one_by_one(permits: Sequence[Permit], carry_out: Callable[[Change], Outcome]) -> list[Written]:
    """Carry out the changes in order; return an answer per permit.

    Raises `ReconnectError` while nothing was written.
    """
    answers: list[Written] = []
    stop, wait = "", None
    for permit in permits:
        if stop:
            answers.append(Written("refused", f"not sent: {stop}", retry_after=wait))
            continue
        try:
            outcome = carry_out(permit.change)
        except ReconnectError as error:
            if not any(answer.state == "accepted" for answer in answers):
                raise
            outcome = Outcome(Written("refused", str(error)), str(error))
        answers.append(outcome.written)
        stop, wait = outcome.stop, outcome.written.retry_after
    return answers


def sent_once(
    send: Callable[[], Written],
    limit: type[TransientError],
    request_id: Callable[[], str] = lambda: "",
) -> Outcome:
    """Send a change and return what became of it: a platform whose `limit` was met has not carried
    it out, one that gave no answer may have. `request_id` is asked when the call has failed.

    `send` reads the answer of success, and answers for errors that mean something else here.
    """
    try:
        written = send()
    except limit as error:
        wait = error.retry_after
        return Outcome(Written("refused", str(error), request_id(), retry_after=wait), str(error))
    except TransientError as error:
        return Outcome(Written("unknown", str(error), request_id()), str(error))
    except RejectedError as error:
        return Outcome(Written("refused", str(error), request_id()))
    return Outcome(written, written.error if written.state == "unknown" else "")


def not_sent(error: RejectedError | TransientError) -> Outcome:
    """Return what became of a change whose preparation failed: a service that is busy now stops
    the changes after it too."""
    if isinstance(error, TransientError):
        wait = error.retry_after
        return Outcome(Written("refused", f"not sent: {error}", retry_after=wait), str(error))
    return Outcome(Written("refused", f"not sent: {error}"))
