"""What does one switch hold back?"""

from pathlib import Path

import pytest

import config
from config.library import load
from config.networks import NETWORKS
from config.stop_scopes import SCOPES, WITH, covers

HERE = Path(config.__file__).parent
ADS = ("google_ads", "meta_ads")


def test_posts_are_the_processes_of_all_networks() -> None:
    library = load(HERE, HERE / "demo")
    of_networks = {name for name, it in library.processes.items() if it.platform in NETWORKS}
    assert set(SCOPES["posts"]) == of_networks
    assert not SCOPES.keys() & library.processes.keys()


def test_whoever_stops_a_platform_means_all_that_changes_it() -> None:
    processes = load(HERE, HERE / "demo").processes
    acting = {name: {*it.platforms} for name, it in processes.items() if it.platform in ADS}
    for name, others in WITH.items():
        assert {it for it in acting if it != name and acting[it] > acting[name]} == {*others}


@pytest.mark.parametrize(
    ("stopped", "process", "held"),
    [
        ("", "google_ads", True),
        ("google_ads", "google_ads", True),
        ("google_ads", "seo", False),
        ("posts", "bluesky_post", True),
        ("posts", "google_ads", False),
        ("mail", "marketing_automation", True),
        ("google_ads", "media_budget", True),
        ("facebook_ads", "media_budget", True),
        ("media_budget", "google_ads", False),
    ],
)
def test_a_stop_holds_back_its_scope_only(stopped: str, process: str, held: bool) -> None:
    assert covers(stopped, process) is held
