"""Secrets that would be recognised anywhere, and the search for them in everything written."""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from connectors.warehouse.database import Database
from connectors.warehouse.schema import metadata

CREDENTIALS = {
    name: f"planted/{name.lower().replace('_', '-')}+7Qx"
    for name in (
        "PLANTED_CLIENT_ID",
        "PLANTED_CLIENT_SECRET",
        "PLANTED_REFRESH_TOKEN",
        "PLANTED_DEVELOPER_TOKEN",
        "PLANTED_ACCESS_TOKEN",
        "PLANTED_APP_SECRET",
    )
}
INBOX_PASSWORD, INBOX_TOKEN, INBOX_KEY = "planted-pass-5Kd", "planted-path-9Wz", "planted-key-2Vb"
DATABASE_PASSWORD = "planted-database-8Hn"
PROOF = hmac.new(
    CREDENTIALS["PLANTED_APP_SECRET"].encode(),
    CREDENTIALS["PLANTED_ACCESS_TOKEN"].encode(),
    "sha256",
).hexdigest()
ISSUED = "ya29.sandbox-"
"""How every access token begins that the sandbox's Google gives out."""

SECRETS = (
    *CREDENTIALS.values(),
    INBOX_PASSWORD,
    INBOX_TOKEN,
    INBOX_KEY,
    DATABASE_PASSWORD,
    PROOF,
    ISSUED,
)


def variables(market_url: str) -> dict[str, str]:
    """Return the variables that hold the secrets."""
    host = market_url.removeprefix("http://")
    inbox = f"json://desk:{INBOX_PASSWORD}@{host}/inbox/{INBOX_TOKEN}/?+X-Key={INBOX_KEY}"
    return {**CREDENTIALS, "PLANTED_INBOX": inbox}


def leaks(texts: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return which secret stands where, as it is or in a common disguise."""
    return [
        f"{secret} as {disguise} in {place}, after {text[max(0, at - 200) : at]!r}"
        for place, text in texts
        for secret in SECRETS
        for disguise, needle in disguises(secret).items()
        if (at := text.find(needle)) >= 0
    ]


def disguises(secret: str) -> dict[str, bytes]:
    """Return how a secret can look."""
    login = f"desk:{secret}"
    return {
        "it is": secret.encode(),
        "part of a URL": quote(secret, safe="").encode(),
        "JSON": secret.replace("/", "\\/").encode(),
        "base64": b64encode(secret.encode()).rstrip(b"="),
        "a login": b64encode(login.encode()).rstrip(b"="),
        "UTF-16": secret.encode("utf-16-le"),
    }


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every file."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def dumped(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield every table of a warehouse as text."""
    with Database(url) as database, database.reading() as connection:
        for table in metadata.sorted_tables:
            yield table.name, repr(connection.execute(sa.select(table)).all()).encode()
