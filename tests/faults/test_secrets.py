"""No secret reaches anything that is written, whatever goes wrong and whoever logs everything."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import count

import orjson
import pytest

from connectors.sandbox import Fault
from connectors.sandbox.faults import KINDS
from tests.faults.orders import Ended
from tests.faults.planted import DATABASE_PASSWORD, SECRETS, disguises, dumped, files, leaks
from tests.faults.scene import Scene

PLATFORMS = {"google": "google_ads", "meta": "facebook_ads"}
PLACES = {"google": "googleAds", "meta": "act_"}
"""What stands in the path of every ordinary call."""
OF_ITS_OWN = {"google": ["token_revoked"], "meta": ["report_failed", "report_skipped"]}
"""What calls of another sort can meet: for a token, for a report."""
ALONE = {"google": ["quota", "page_token_expired"], "meta": ["throttle", "nearly_throttled"]}
LAST = "account_suspended"
"""After it a Meta account is left alone for an hour."""
RUNS = 10
"""Each meets at least one of the faults that are left."""


def ordinary(platform: str) -> list[str]:
    """Return the kinds of faults that any call to a platform can meet, but for the last."""
    (other,) = PLATFORMS.keys() - {platform}
    strange = {*ALONE[other], *OF_ITS_OWN["meta"], LAST}
    return [kind for kind in KINDS if kind not in strange]


class Runs:
    """The runs of one platform's process, a day apart, so that what is to be sent again is due."""

    def __init__(self, stage: Scene, platform: str) -> None:
        self._stage = stage
        self._platform = platform
        self._days = count()
        self.ended: list[Ended] = []

    def once(self) -> None:
        """Run, however that ends."""
        later = timedelta(days=next(self._days))
        run = self._stage.attempt("planted", PLATFORMS[self._platform], after=later, debug=True)
        self.ended += self._stage.run(run)

    def meet(self, kinds: Sequence[str], path: str) -> None:
        """Run until a call after the other has met all these faults."""
        market = self._stage.market
        market.forget_requests()
        fault = partial(Fault, platform=self._platform, seconds=0.1, code=17, percent=75)
        for number, kind in enumerate(kinds, start=1):
            market.faults.add(fault(kind, path=path, first=number))
        for _ in range(RUNS):
            if {call.fault for call in market.requests} >= {*kinds}:
                break
            self.once()
        assert {call.fault for call in market.requests} >= {*kinds}
        market.faults.clear()

    def through_everything(self) -> list[Ended]:
        """Meet every fault, run well once, then meet the last one."""
        own = "/token" if self._platform == "google" else ""
        self.meet(OF_ITS_OWN[self._platform], own)
        self.meet(ordinary(self._platform), PLACES[self._platform])
        self.once()
        assert not self.ended[-1].error, self._stage.said()[-2000:]
        self.meet([LAST], PLACES[self._platform])
        return self.ended


@pytest.mark.parametrize(
    ("platform", "backend"),
    [
        ("google", "sqlite"),
        pytest.param("meta", "sqlite", marks=pytest.mark.slow),
        pytest.param("google", "postgresql", marks=pytest.mark.slow),
        pytest.param("meta", "postgresql", marks=pytest.mark.slow),
    ],
)
def test_no_secret_is_written_anywhere(planted_scene, platform, backend):
    stage = planted_scene(backend)
    ended = Runs(stage, platform).through_everything()
    unreachable = stage.attempt("planted", PLATFORMS[platform], debug=True)
    unreachable.variables["MARKETLOOP_WAREHOUSE_URL"] = (
        f"postgresql://marketloop:{DATABASE_PASSWORD}@127.0.0.1:1/warehouse"
    )
    ended += stage.run(unreachable)
    errors = [one.error for one in ended if one.error]
    assert len(errors) > len(PLATFORMS)
    said = stage.said()
    for library in ("urllib3.connectionpool", "sqlalchemy.engine.Engine", "stamina"):
        assert f":{library}:" in said
    assert stage.letters()
    assert [*stage.folder.glob("reports/planted/*.html")]
    told = orjson.dumps([errors, stage.market.inbox.messages])
    assert leaks([("errors and inbox", told), *dumped(stage.url), *files(stage.folder)]) == []


@pytest.mark.parametrize("secret", SECRETS)
def test_the_search_finds_a_secret_in_every_disguise(secret):
    for needle in disguises(secret).values():
        assert leaks([("somewhere", b"before " + needle + b" after")])
