"""Which split of budgets holds: each platform's own, or one over several?"""

import pytest

from config.brand_splits import is_for
from config.inheritance import SwitchedOff
from config.library import load

BRAND = "brands/acme.yaml"
PROCESS = "processes/google_ads.yaml"
ALONE = "  - {platform: google_ads, monthly: 1000}\n"
TOGETHER = "  - {platforms: [google_ads, meta_ads], monthly: 1000}\n"
SCHEDULED = 'schedules:\n  media: {cron: "0 8 * * *"}\n'
META = """\
  - {name: social, platform: meta_ads, account_id: "1", secrets: {access_token: env:ACME_TOKEN}}
"""
MEDIA = """\
playbooks:
  - {name: wide, does: split_budget, title: Split both, platforms: [google_ads, meta_ads]}
"""


@pytest.fixture
def desk(desk):
    """A brand on two platforms, a process of one of them and one of both, each with a split."""
    text = desk.text(PROCESS)
    desk.write(PROCESS, text + "playbooks: [{name: own, does: split_budget, title: Split it}]\n")
    text = text.replace("platforms: [google_ads]", "platforms: [google_ads, meta_ads]")
    head, _, rest = text.partition("pulls:")
    pulls = (
        "pulls: [{platform: google_ads, level: campaign}, {platform: meta_ads, level: campaign}]"
    )
    report = rest[rest.index("report:") :]
    desk.write("processes/media.yaml", f"{head}{pulls}\nkpis: [spend]\n{report}{MEDIA}")
    desk.replace(BRAND, "goals:\n", f"{META}goals:\n")
    desk.replace(BRAND, "schedules:\n", SCHEDULED)
    desk.write(BRAND, desk.text(BRAND) + "mode: propose\n")
    return desk


def names(desk, process):
    library = load(desk.folder, desk.folder / "brands")
    return [it.name for it in library.playbooks_for("acme", process)]


def test_one_amount_over_both_replaces_what_splits_one_of_them(desk):
    desk.replace(BRAND, ALONE, TOGETHER)
    assert desk.problems() == []
    assert (names(desk, "google_ads"), names(desk, "media")) == ([], ["wide"])
    library = load(desk.folder, desk.folder / "brands")
    assert library.playbooks_off("acme", "google_ads") == (
        SwitchedOff(
            "own", "wide (media) splits the month of google_ads and meta_ads as one amount"
        ),
    )


def test_a_process_that_only_splits_both_is_for_brands_that_state_one_amount(desk):
    library = load(desk.folder, desk.folder / "brands")
    brand, processes = library.brand("acme"), library.processes
    assert (is_for(brand, processes["google_ads"]), is_for(brand, processes["media"])) == (
        True, False,
    )  # fmt: skip
    desk.replace(BRAND, ALONE, TOGETHER)
    library = load(desk.folder, desk.folder / "brands")
    assert is_for(library.brand("acme"), library.process("media"))


def test_where_it_is_switched_off_each_platform_is_split_by_itself(desk):
    desk.replace(BRAND, ALONE, TOGETHER)
    desk.write(BRAND, desk.text(BRAND) + "playbooks: {wide: {off: true, reason: Two teams.}}\n")
    assert desk.problems() == []
    assert (names(desk, "google_ads"), names(desk, "media")) == (["own"], [])


def test_without_such_an_amount_both_are_there_and_it_is_said_that_one_has_nothing(desk):
    note = desk.only()
    assert (note.severity, note.key) == ("note", "budgets")
    assert note.message == (
        "wide splits one amount over google_ads and meta_ads, and there is none"
    )
    assert "platforms: [google_ads, meta_ads], monthly" in note.remedy
    assert names(desk, "google_ads") == ["own"]


def test_nobody_who_did_not_ask_for_it_hears_of_it(desk):
    desk.replace(BRAND, SCHEDULED, "schedules:\n")
    assert desk.problems() == []


def test_an_amount_that_nothing_scheduled_splits_is_a_note(desk):
    desk.replace(BRAND, ALONE, TOGETHER)
    desk.replace(BRAND, SCHEDULED, "schedules:\n")
    note = desk.only()
    assert (note.severity, note.key) == ("note", "budgets[0].platforms")
    assert note.message == "it is for wide to split, in media, which is not scheduled"


def test_a_platform_may_cost_no_more_than_all_together(desk):
    own = ALONE.replace("1000", "1000.01")
    desk.replace(BRAND, ALONE, TOGETHER + own)
    problem = desk.only()
    assert (problem.severity, problem.key) == ("error", "budgets[1].monthly")
    assert problem.message == (
        "google_ads may cost 1000.01 a month, and all of google_ads and meta_ads 1000"
    )
    desk.replace(BRAND, own, ALONE)
    assert desk.problems() == []


def test_several_platforms_have_no_account_in_common(desk):
    desk.replace(BRAND, ALONE, TOGETHER.replace("monthly", "account: main, monthly"))
    assert desk.only().key == "budgets[0].account"


def test_a_split_over_a_platform_that_the_process_does_not_see_is_wrong(desk):
    desk.replace(PROCESS, "title: Split it", "title: Split it, platforms: [google_ads, meta_ads]")
    found = [it for it in desk.problems() if it.severity == "error"]
    assert [it.key for it in found] == ["playbooks[0].platforms[1]"]
    assert "the process is not about meta_ads" in found[0].message
