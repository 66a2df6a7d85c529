"""A brand on social networks for reports: its accounts, posts, comments and plan, as records."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from config.content import Content
from config.content_rules import ContentRules
from connectors.social import Comment
from tasks.report.social import Networks
from tasks.social.calendar import Calendar, calendar
from tasks.social.conversation import remark_of
from tasks.social.evidence import FOLLOWERS, POSTS, Presence, Trouble, Waiting, first_words
from tasks.social.judging import FIGURES, judge
from tasks.social.testing import Declared, Standing
from tasks.social.visits import Brought, Campaigns, Joined, Visits
from tasks.social.volume import Volume
from tasks.social.watched import Watched
from tasks.social.week import WeekFigures, Weeks
from tests.tasks.report import visible

AS_OF = date(2026, 11, 10)  # a Tuesday
NOW = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
KEY = 1
URL = "https://social.example/@acme/"
SECRET = "Does Jonas Q. deliver to my flat in Elm Street?"
AUTHOR = "Jonas Q."
RULES = ContentRules(objectives=("traffic", "trust"), most_days_without=3)
OWNERS = {"ann": "Ann", "bob": "Bob"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def history(count: int = 40, every: float = 4.0, newest: float = 3.0) -> pd.DataFrame:
    """Return posts as `Warehouse.social_posts` has them, the oldest first: at 8 and at 17 o'clock
    UTC in turn, every second one with a hashtag that helps, each third with one that does not."""
    rows = []
    for number in range(count):
        at = (
            datetime.combine(
                (NOW - (newest + every * (count - 1 - number)) * DAY).date(),
                datetime.min.time(),
                UTC,
            )
            + (8 if number % 2 else 17) * HOUR
        )
        tags = " ".join(["#Outdoor"] * (number % 2) + ["#news"] * (number % 3 == 0))
        text = f"Post number {number} says something about down jackets in the rain {tags}"
        rows.append((KEY, f"p{number}", at, text, f"{URL}{number}"))
    frame = pd.DataFrame(rows, columns=["account_key", "post_id", "published_at", "text", "url"])
    amounts = 100.0 * (1 + np.arange(count) % 2) * (1 + 0.01 * (np.arange(count) % 5))
    return frame.assign(
        published_at=pd.to_datetime(frame["published_at"], utc=True),
        **dict.fromkeys(FIGURES, np.nan) | {"reactions": amounts * 1.2, "comments": 0.0},
    )


def snapshots(posts: pd.DataFrame, at_hours=(24.0, 48.0)) -> pd.DataFrame:
    """Return what each post had at some ages, as `Warehouse.engagement` has it."""
    parts = []
    for hours in at_hours:
        taken = posts["published_at"] + pd.Timedelta(hours=hours)
        part = posts[["account_key", "post_id", "published_at", *FIGURES]].assign(
            taken_at=taken, age_hours=hours, reactions=posts["reactions"] / 1.2 * hours / 48
        )
        parts.append(part[taken <= NOW])
    return pd.concat(parts, ignore_index=True)


def of_facts(posts: pd.DataFrame, gone: str = "") -> pd.DataFrame:
    """Return the same posts as a presence has them."""
    frame = posts.assign(
        entity_key=range(100, 100 + len(posts)),
        name=[first_words(text) for text in posts["text"]],
        gone=(posts["post_id"] == gone).astype(object),
    )
    return frame[[*POSTS]]


def followers(counts: dict[int, float]) -> pd.DataFrame:
    """Return counts by how many days ago they were made."""
    rows = [(AS_OF - ago * DAY, count) for ago, count in sorted(counts.items(), reverse=True)]
    return pd.DataFrame(rows, columns=[*FOLLOWERS])


def waiting(hours: float, text: str = SECRET) -> Waiting:
    comment = Comment("c", "comment", "p39", NOW - hours * HOUR, text, AUTHOR, False)
    url = "https://social.example/@jonasq/1"
    return Waiting("p39", comment.at, url, remark_of(comment, 1000, RULES))


def presence(told: pd.DataFrame | None = None, **changes) -> Presence:
    known = history() if told is None else told
    made = Presence(
        account_key=KEY,
        name="@acme@social.example",
        network="mastodon",
        at=NOW,
        zone=BERLIN,
        posts=of_facts(known),
        judgements=judge(snapshots(known)),
        followers=followers({ago: 2000.0 - 4 * ago for ago in range(1, 40)}),
    )
    return replace(made, **changes)


def content(name: str, publish_at: str, state: str = "scheduled", **front) -> Content:
    made = {"objective": "traffic", "networks": ["mastodon"], "owner": "bob"} | front
    return Content.model_validate(
        {
            "name": name,
            "front": {**made, "publish_at": publish_at, "state": state},
            "text": "Buy\nthis",
        }
    )


def planned(*posts: Content, rules: ContentRules = RULES) -> Calendar:
    contents = {post.name: post for post in posts}
    return calendar("acme", contents, rules, BERLIN, [*OWNERS], AS_OF, rules.horizon_days)


def networks(*presences: Presence, posts: pd.DataFrame | None = None, **changes) -> Networks:
    known = history() if posts is None else posts
    made = Networks(presences or (presence(known),), known, snapshots(known), planned())
    return replace(made, **changes)


def two_weeks() -> Weeks:
    last = WeekFigures(
        4, {"trust": 3, "": 1}, {"reactions": 120.0, "comments": 8.0, "shares": 5.0,
        "clicks": None, "impressions": None}, {"reactions": 2}, 12.0, 3, 4.25, 1,
    )  # fmt: skip
    earned = last.earned | {"reactions": 96.0, "comments": 0.0}
    return Weeks(
        date(2026, 11, 2),
        last,
        WeekFigures(2, {"traffic": 2}, earned, {}, None, 0, None, 0),
    )


def watched() -> list[Watched]:
    last = AS_OF - DAY
    return [
        Watched("#Outdoor", last, 44.0, Volume(44.0, 9.25, 28, 1e-9, True), ""),
        Watched("Acme Shop", last, 1.0, Volume(1.0, 0.0, 28, 0.4, False), ""),
        Watched("down jacket", last, None, None, "the server searches no texts, hashtags only"),
    ]


def full() -> Networks:
    """Return an account and a plan in which there is something of everything."""
    known = history()
    trouble = Trouble("failed", "winter_sale", NOW - 3 * DAY, "POST social.example: 503", URL)
    one = presence(
        known,
        posts=of_facts(known, gone="p38"),
        waiting=[waiting(30.0), waiting(2.0), waiting(1.0, "Broken again!!"), waiting(5, "Hm.")],
        tests=[Standing(Declared("hook", ("plain", "warm"), "reactions", 4, None), (3, 2), None)],
        weeks=two_weeks(),
        visits=Joined(
            Campaigns({"first_snow": 2, "zip_care": 1}, 3, 1),
            (
                Visits(
                    "Acme Shop",
                    "EUR",
                    date(2026, 11, 8),
                    (
                        Brought("first_snow", 2, 340.0, 12.0, 410.5),
                        Brought("zip_care", 1, 0.0, 0.0, None),
                    ),
                ),
                Visits("Acme Blog", "EUR", None, (Brought("zip_care", 1, None, None, None),)),
            ),
        ),
        watched=watched(),
        troubles=[trouble, replace(trouble, kind="missed", name="new_shop", link="")],
    )
    rules = RULES.model_copy(update={"holidays": (date(2026, 11, 13),)})
    plan = planned(
        content("first_snow", "2026-11-10 09:00", networks=["mastodon", "bluesky"]),
        content("zip_care", "2026-11-12 17:30", "draft", owner="ann"),
        content("someday", "", "approved"),
        rules=rules,
    )
    return networks(one, posts=known, calendar=plan)


def material(made: Networks):
    accounts = visible.ACCOUNTS.assign(
        account_key=[KEY, *visible.ACCOUNTS["account_key"].tolist()[1:]]
    )
    return visible.material(
        accounts=accounts.assign(name=["@acme@social.example", *accounts["name"].tolist()[1:]]),
        sites=(), site_changes={}, quality=(), items=(), results=(), freshness=(), networks=made,
    )  # fmt: skip
