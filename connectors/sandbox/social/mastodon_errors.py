"""How does a Mastodon server say no? `{"error": "..."}` with a status that alone is reliable.

Real ones write the sentence in the account's language; here it is English.
Sources: Mastodon's `api/base_controller.rb`, `rack_attack.rb`; the reference, section 6.1.
"""

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.faults import Fault


class MastodonError(Exception):
    """An error to answer with. `wait`: seconds until a limit ends."""

    def __init__(self, status: int, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait

    @property
    def response(self) -> Response:
        """Return the error's response, without headers."""
        return answer({"error": str(self)}, self.status)


def invalid(sentence: str) -> MastodonError:
    """Return the error for values that are not taken."""
    return MastodonError(422, f"Validation failed: {sentence}")


def not_found() -> MastodonError:
    """Return the error for what is not there or not to be seen."""
    return MastodonError(404, "Record not found")


def too_many(wait: float) -> MastodonError:
    """Return the error for a limit that was met."""
    return MastodonError(429, "Too many requests", wait)


def injected(fault: Fault) -> MastodonError | None:
    """Return the error a fault stands for, None if the fault is of another sort."""
    if fault.kind in ("throttle", "quota"):
        return too_many(fault.seconds)
    if fault.kind == "status":
        return MastodonError(fault.status, "There was a temporary problem serving your request")
    if fault.kind == "token_expired":
        return MastodonError(401, "The access token is invalid")
    if fault.kind == "token_revoked":
        return MastodonError(401, "The access token was revoked")
    if fault.kind == "permission_denied":
        return MastodonError(403, "This action is outside the authorized scopes")
    if fault.kind == "account_suspended":
        return MastodonError(403, "Your login is currently disabled")
    return None
