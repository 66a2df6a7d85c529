"""What does one switch hold back?"""

from pathlib import Path

import pytest

import config
from config.library import load
from config.networks import NETWORKS
from config.stop_scopes import SCOPES, covers

HERE = Path(config.__file__).parent


def test_posts_are_the_processes_of_all_networks() -> None:
    library = load(HERE, HERE / "demo")
    of_networks = {name for name, it in library.processes.items() if it.platform in NETWORKS}
    assert set(SCOPES["posts"]) == of_networks
    assert not SCOPES.keys() & library.processes.keys()


@pytest.mark.parametrize(
    ("stopped", "process", "held"),
    [
        ("", "google_ads", True),
        ("google_ads", "google_ads", True),
        ("google_ads", "seo", False),
        ("posts", "bluesky_post", True),
        ("posts", "google_ads", False),
        ("mail", "marketing_automation", True),
    ],
)
def test_a_stop_holds_back_its_scope_only(stopped: str, process: str, held: bool) -> None:
    assert covers(stopped, process) is held
