"""One account's platform fails: the other is unharmed, and the next run mends what is missing."""

from collections import Counter

import pytest

from connectors.sandbox.demo import CLINIC_GOOGLE, SHOP_GOOGLE
from tests.faults.content import Content, differences
from tests.faults.letters import Letter, misled
from tests.faults.scene import LATER, Story

STORY = Story("agency", "google_ads", first=True)
SICK, HEALTHY = CLINIC_GOOGLE, SHOP_GOOGLE

CLASSES = {
    "status": "503",
    "token_revoked": "OAUTH_TOKEN_REVOKED",
    "permission_denied": "USER_PERMISSION_DENIED",
    "account_suspended": "CUSTOMER_NOT_ENABLED",
}
CASES = [
    pytest.param(kind, first, marks=() if (kind, first) == ("status", 8) else pytest.mark.slow)
    for kind in CLASSES
    for first in (1, 8)  # before anything is known of the account; amid its figures
]


def of_account(content: Content, account: str) -> Content:
    """Return what a warehouse says of one account."""
    return {
        table: [line for line in lines if f"agency/google_ads/{account}" in line]
        for table, lines in content.items()
    }


def without_the_fault(content: Content) -> Content:
    """Leave out that a pull failed, and the messages, which tell that too."""
    return {
        table: [line for line in lines if "'pull_failed'" not in line]
        for table, lines in content.items()
        if table != "outbox"
    }


def alerts_told(letters: list[Letter]) -> Counter[str]:
    """Return how often each alert was told to open."""
    lines = [line for letter in letters for line in letter.text.splitlines()]
    return Counter(line for line in lines if line.startswith(("CRITICAL: ", "WARNING: ")))


@pytest.mark.parametrize(("kind", "first"), CASES)
def test_one_account_fails_and_the_next_run_mends_it(scene, undisturbed, kind, first):
    wanted = undisturbed(STORY)
    stage = scene(STORY)
    stage.market.faults.add(kind, platform="google", account=SICK, first=first, count=None)
    (ended,) = stage.run(stage.attempt(STORY.brand, STORY.process))
    assert ended.error.startswith("RunFailedError: agency, google_ads: account clinic: ")
    assert CLASSES[kind] in ended.error
    assert "account shop" not in ended.error
    healthy, got = of_account(wanted.content, HEALTHY), stage.content()
    assert len(healthy["performance_daily"]) > 1000
    assert differences(healthy, of_account(got, HEALTHY)) == []
    assert any("'pull_failed'" in line and "'open'" in line for line in got["alerts"])
    stage.market.faults.clear()
    stage.run_well(stage.attempt(STORY.brand, STORY.process, after=LATER))
    mended = without_the_fault(stage.content())
    assert differences(without_the_fault(wanted.content), mended) == []
    told = alerts_told(stage.letters())
    assert {*told.values()} == {1}
    assert told.keys() - alerts_told(wanted.letters).keys() == {
        line for line in told if line.endswith("(pull_failed)")
    }
    assert alerts_told(wanted.letters).keys() <= told.keys()
    assert misled(stage.letters()) == []
