"""Who is signed in? Tokens as @atproto/pds 0.5.35 gives them out.

An access token lives two hours, a refresh token 90 days. A refresh token that is used again within
two hours of its first use gives the same new session, afterwards none.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import orjson

from connectors.sandbox.social.bluesky_errors import RefusedError

ACCESS_LIFE, REFRESH_LIFE = timedelta(hours=2), timedelta(days=90)
GRACE = timedelta(hours=2)
"""How long a used refresh token is still good."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token that was given out."""

    did: str
    kind: str  # access or refresh
    until: datetime
    next_id: str = ""  # of a refresh token that was used: its successor's


class Sessions:
    """The tokens that were given out."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._numbers = count(1)

    def open(self, did: str, now: datetime, refresh_id: str = "") -> dict[str, str]:
        """Return two new tokens; the refresh token has the id that is given."""
        access = self._issue(did, "access", now, now + ACCESS_LIFE)
        refresh = self._issue(did, "refresh", now, now + REFRESH_LIFE, refresh_id)
        return {"accessJwt": access, "refreshJwt": refresh}

    def rotate(self, token: str, now: datetime) -> tuple[str, dict[str, str]]:
        """Return whose refresh token it is, and two new tokens."""
        did = self.signed_in(token, now, "refresh")
        known = self._tokens[token]
        next_id = known.next_id or f"rotated-{next(self._numbers)}"
        until = min(known.until, now + GRACE)
        self._tokens[token] = Token(did, "refresh", until, next_id)
        return did, self.open(did, now, next_id)

    def owner(self, token: str) -> str:
        """Return whose token it is or was, '' if nobody's."""
        known = self._tokens.get(token)
        return known.did if known else ""

    def signed_in(self, token: str, now: datetime, kind: str = "access") -> str:
        """Return who shows a token; raise `RefusedError` if it is not good."""
        if not token:
            raise RefusedError("Authentication Required", "AuthMissing", 401)
        known = self._tokens.get(token)
        if known is None or known.kind != kind:
            raise RefusedError("Token could not be verified", "InvalidToken")
        if known.until <= now:
            said = "Token has expired" if not known.next_id else "Token has been revoked"
            raise RefusedError(said, "ExpiredToken")
        return known.did

    def expire(self, did: str, now: datetime, *, refresh: bool = False) -> None:
        """Let an account's access tokens be too old now, and its refresh tokens too if asked."""
        for text, token in self._tokens.items():
            if token.did == did and (refresh or token.kind == "access"):
                self._tokens[text] = Token(did, token.kind, min(token.until, now), token.next_id)

    def _issue(self, did: str, kind: str, now: datetime, until: datetime, name: str = "") -> str:
        """Return a token in the form of a JWT: clients look into it for when it ends."""
        head = {"typ": "at+jwt" if kind == "access" else "refresh+jwt", "alg": "HS256"}
        body = {
            "scope": "com.atproto.appPass" if kind == "access" else "com.atproto.refresh",
            "aud": "did:web:sandbox",
            "sub": did,
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "jti": name or f"{kind}-{next(self._numbers)}",
        }
        parts = (orjson.dumps(head), orjson.dumps(body), b"signed by the sandbox")
        token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        self._tokens[token] = Token(did, kind, until)
        return token
