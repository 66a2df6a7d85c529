"""The real server, once a session. `make live` runs these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.server import PersonalServer, running

FOLDER = Path(__file__).parents[2] / ".marketloop" / "live"


@pytest.fixture(scope="session")
def server() -> Iterator[PersonalServer]:
    """The server without limits; installed first if need be."""
    with running(FOLDER) as started:
        yield started


@pytest.fixture(scope="session")
def limited() -> Iterator[PersonalServer]:
    """A server of its own with the real limits."""
    with running(FOLDER, limited=True) as started:
        yield started
