"""A shop that writes to its customers, for reports: counts, figures and plans, as records."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pandas as pd

from config.mail_sequences import Campaign
from config.mail_sequences import Sequence as MailSequence
from connectors.base import Window
from connectors.mail_lists import EndedTest, ListAges, ListCounts, ListGrowth, Turnover
from connectors.sending_domain.facts import SendingDomain
from tasks.customers.maximum import NoFit
from tasks.customers.value_model import ValueModel
from tasks.mailing.evidence import Halted
from tasks.report.mail import MailMaterial
from tasks.report.mail_customers import ListMaterial
from tasks.report.mail_sent import METRICS, RunningTest, SendingMaterial
from tests.tasks.report import visible

AS_OF = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK_AGO = AS_OF - 7 * DAY
ASKED_SINCE = NOW - 28 * DAY
OLD = date(2026, 3, 1)

STAGES = {
    "subscriber": (2410, 2365, 61, 16),
    "new": (418, 377, 96, 55),
    "active": (3120, 3098, 118, 96),
    "at_risk": (1290, 1344, 87, 141),
    "lapsed": (4873, 4831, 64, 22),
    "won_back": (64, 55, 14, 5),
}
EXPECTED = {"new": 61.4, "active": 182.9, "at_risk": 74.2, "lapsed": 6.3, "won_back": 96.0}
SEGMENTS = {
    "best_at_risk": "Good customers that we are losing",
    "vip": "Best customers",
    "german": "Customers in Germany",
    "birthday": "Birthday is known",
}
FITTED = ValueModel(SimpleNamespace(), SimpleNamespace())
"""A model that says nothing of itself: reports only ask whether there is one."""


def facts() -> pd.DataFrame:
    """Return some hundred people in their stages, one of a hundred as many as there are."""
    rows = []
    for stage, (count, *_) in STAGES.items():
        value = EXPECTED.get(stage, float("nan"))
        rows += [(stage, value)] * (count // 10)
    return pd.DataFrame(rows, columns=["stage", "expected_value"])


def customers(**changes) -> ListMaterial:
    made = ListMaterial(
        counts=ListCounts(12_640, 12_175, 9_872, 431, 9_502),
        ages=ListAges(1_204, 2_911, 3_005, 2_410, 342),
        growth=ListGrowth(ASKED_SINCE, 389, 112, 27),
        asked_since=ASKED_SINCE,
        stages=[Turnover(name, OLD, *numbers) for name, numbers in STAGES.items()],
        moves=pd.DataFrame(
            [
                ("active", "at_risk", 84), ("new", "active", 51), ("at_risk", "active", 47),
                ("at_risk", "lapsed", 61), ("subscriber", "new", 16), ("lapsed", "won_back", 14),
            ],
            columns=["left", "entered", "people"],
        ).sort_values("people", ascending=False),
        facts=facts(),
        model=FITTED,
        titles=SEGMENTS,
        segments=[
            Turnover("best_at_risk", OLD, 212, 240, 18, 46),
            Turnover("vip", OLD, 608, 601, 12, 5),
            Turnover("german", AS_OF - 2 * DAY, 7_113, 0, 7_113, 0),
        ],
        unknown={"best_at_risk": 0, "vip": 3, "german": 1_204, "birthday": 9_000},
        shared=pd.DataFrame(
            [("best_at_risk", "vip", 71), ("german", "vip", 402), ("birthday", "vip", 0)],
            columns=["segment", "other", "people"],
        ),
        week_ago=WEEK_AGO,
    )  # fmt: skip
    return replace(made, **changes)


def sums(**rows: tuple[float, ...]) -> pd.DataFrame:
    """Return entities and their figures in the order of `METRICS`."""
    frame = pd.DataFrame([*rows.values()], columns=[*METRICS], dtype=float)
    return frame.assign(entity_id=[name.replace("__", "/") for name in rows])


def messages() -> pd.DataFrame:
    return sums(
        sequence__welcome__hello=(412, 405, 7, 0, 3, 118, 21, 1_311.5),
        sequence__welcome__more__short=(171, 170, 1, 0, 1, 31, 6, 402.0),
        sequence__welcome__more__long=(166, 166, 0, 1, 2, 24, 4, 255.8),
        sequence__win_back__miss_you=(46, 43, 3, 1, 2, 3, 1, 38.9),
        sequence__gone__old=(61, 61, 0, 0, 0, 0, 0, 0),
        campaign__november=(5_904, 5_857, 47, 5, 31, 421, 66, 4_822.4),
        campaign__frost__warm=(742, 737, 5, 0, 4, 61, 8, 611.0),
        campaign__frost__plain=(740, 735, 5, 1, 3, 38, 6, 420.0),
        campaign__silent=(0, 0, 0, 0, 0, 0, 0, 0),
    )


def providers() -> pd.DataFrame:
    return sums(
        gmail=(4_013, 3_998, 15, 1, 18, 391, 61, 4_110.0),
        gmx_web_de=(2_350, 2_291, 59, 6, 17, 166, 30, 2_201.5),
        other=(1_846, 1_824, 22, 1, 11, 135, 21, 1_550.1),
        tiny_isp=(33, 33, 0, 0, 0, 4, 0, 0),
    )


def sequence(title: str, *steps: dict, state: str = "running") -> MailSequence:
    given = {"title": title, "objective": "loyalty", "state": state, "steps": [*steps]}
    return MailSequence.model_validate({**given, "enters": {"event": "signup"}})


def campaign(title: str, **changes) -> Campaign:
    given = {"title": title, "objective": "sales", "segment": "vip", "template": "newsletter"}
    return Campaign.model_validate(
        {**given, "state": "running", "send_at": "2026-11-05 09:00", **changes}
    )


TESTED = {
    "arms": {"warm": {"subject": "Warm feet"}, "plain": {"template": "plain_news"}},
    "fallback": "plain",
}


def sending(**changes) -> SendingMaterial:
    made = SendingMaterial(
        window=Window(AS_OF - 28 * DAY, AS_OF - DAY),
        known_days=28,
        messages=messages(),
        providers=providers(),
        sequences={
            "welcome": sequence(
                "Welcome",
                {"id": "hello", "message": "welcome_1"},
                {"id": "pause", "wait": {"days": 3}},
                {"id": "half", "split": {"short": 0.5, "long": 0.5}},
                {"id": "more", "messages": {"short": "welcome_2", "long": "welcome_2_long"}},
            ),
            "win_back": sequence("Win back", {"id": "miss_you", "message": "win_back"}),
        },
        campaigns={
            "november": campaign("November news"),
            "frost": campaign("First frost", test=TESTED),
            "snow": campaign("First snow", test={**TESTED, "metric": "conversion"}),
        },
        enrolments=pd.DataFrame(
            [
                ("welcome", "active", "more", "", 58), ("welcome", "active", "hello", "", 9),
                ("welcome", "active", "pause", "", 184), ("welcome", "finished", "", "", 2_204),
                ("welcome", "left", "pause", "unsubscribed", 17),
                ("welcome", "left", "more", "unsubscribed", 4),
                ("welcome", "left", "pause", "order", 96),
                ("win_back", "active", "miss_you", "", 31),
            ],
            columns=["sequence", "state", "step", "reason", "people"],
        ),
        skips=pd.DataFrame(
            [
                ("sequence", "welcome", "more", "cap", 12),
                ("sequence", "welcome", "hello", "cap", 2),
                ("campaign", "november", "", "late", 3),
            ],
            columns=["kind", "source", "step", "reason", "messages"],
        ),
        doubts=[
            ("sequence", "welcome", NOW - 2 * DAY), ("sequence", "welcome", NOW - 3 * DAY),
            ("campaign", "november", NOW - 5 * DAY),
        ],
        halted=[
            Halted("sequence", "win_back", NOW - DAY, "breaker",
                   "3 of 46 messages bounced for good: too many for so few"),
        ],
        tests=[
            RunningTest(
                "frost", NOW - 4 * DAY,
                EndedTest("warm", NOW - 4 * DAY, "warm is best with 8.22% (p = 0.0098)",
                          {"sent_warm": 742.0, "successes_warm": 61.0, "sent_plain": 740.0,
                           "successes_plain": 38.0}),
                {},
            ),
            RunningTest("snow", NOW + 5 * timedelta(hours=1), None, {"warm": (41, 2)}),
        ],
        domain=(
            SendingDomain(
                "news.bright.example", "ok", "ok", "weak", "missing",
                ("DMARC of news.bright.example says p=none: receivers let forged mail through; "
                 "raise it to p=quarantine once the reports are clean",
                 "news.bright.example has no MX record: bounces cannot come back"),
            ),
            NOW - timedelta(hours=1),
        ),
        domain_old=False,
        domain_asked=True,
    )  # fmt: skip
    return replace(made, **changes)


def full() -> MailMaterial:
    """Return mail in which there is something of everything."""
    return MailMaterial(customers(), sending())


def no_model() -> ValueModel:
    few = NoFit("7 customers ordered again, and 10 are needed")
    return ValueModel(few, few)


def material(made: MailMaterial | None):
    return visible.material(
        sites=(), site_changes={}, quality=(), items=(), results=(), freshness=(), mail=made
    )
