"""The demo shop's social accounts, with what they have said in the last months, and the others.

Two hashtags and the hours of a post make a difference that is known here, so that what is learned
of them can be compared with the truth.
"""

from datetime import UTC, date, datetime, time, timedelta

from config.networks import Network
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.social.audience import Audience
from connectors.sandbox.social.chatter import Topic
from connectors.sandbox.social.world import SocialAccount, SocialWorld

SECRET = "demo"  # noqa: S105  every credential of the demo
ACCOUNTS: dict[Network, tuple[str, Audience]] = {
    "linkedin": (
        "2414183",
        Audience(
            followers=4_200,
            growth_per_day=4.0,
            comments=0.0008,
            hashtags={"trailrunning": 1.5, "sale": 0.7},
            hours={8: 1.25, 17: 1.1, 19: 0.75},
        ),
    ),
    "bluesky": (
        "acme-shop.example",
        Audience(
            followers=1_300, growth_per_day=2.0, comments=0.002, hashtags={"trailrunning": 1.4}
        ),
    ),
    "mastodon": (
        "@acme@social.example",
        Audience(followers=900, growth_per_day=1.0, comments=0.002, hashtags={"trailrunning": 1.3}),
    ),
}

TEXTS = (
    "Before the first snow: how to wash a down jacket without losing the down. #Outdoor",
    "Four routes that start at a railway station and end at a bakery. #TrailRunning",
    "Why we stopped selling the cheap poles: three of ten came back bent. #Hiking",
    "Our winter jackets are in, and the old ones are 20 % off. While stocks last. #Sale",
    "How we test grip: wet granite, 30 degrees, and a patient colleague. #TrailRunning #Testing",
    "What is in your pack on a day when the forecast is wrong? #Hiking",
    "The zip that fails first is the one nobody cleans. One minute, with pictures. #Repair",
)
HOURS = (8, 12, 17, 8, 19, 12)
"""Of the day, UTC."""
EVERY_DAYS, PAST_DAYS = 3, 150
BURST = 8.0
"""So many times as many spoke of trail running on Mastodon on the day before the demo's."""


def demo_social(seed: int = 1, today: date = DEMO_TODAY) -> SocialWorld:
    """Return the networks with the demo shop's accounts, and posts up to the day before `today`."""
    accounts = [
        SocialAccount(network, account_id, "Acme Shop", audience, SECRET)
        for network, (account_id, audience) in ACCOUNTS.items()
    ]
    topics = (
        Topic(
            "#TrailRunning",
            {"bluesky": 14.0, "mastodon": 9.0},
            {("mastodon", today - timedelta(days=1)): BURST},
        ),
        Topic("Acme Shop", {"bluesky": 0.9, "mastodon": 0.5}),
    )
    world = SocialWorld(accounts, seed, topics)
    for number, day in enumerate(range(PAST_DAYS, 0, -EVERY_DAYS)):
        at = datetime.combine(today - timedelta(days=day), time(HOURS[number % len(HOURS)]), UTC)
        text = f"{TEXTS[number % len(TEXTS)]} ({number + 1})"
        for place, account in enumerate(accounts):
            post_id = f"{73 * 10**17 + 10 * number + place}"
            world.publish((account.network, account.account_id), post_id, text, at=at)
    return world
