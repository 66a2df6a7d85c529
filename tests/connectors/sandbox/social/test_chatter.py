"""What others say in a simulated world: the same however it is asked, and as often as planned."""

from datetime import UTC, date, datetime, timedelta
from statistics import mean

from connectors.sandbox.social import SocialAccount, SocialWorld, Topic
from connectors.sandbox.social.chatter import KEPT, said_on

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BURST = date(2026, 10, 28)
TOPIC = Topic("#Trail", {"mastodon": 8.0}, {("mastodon", BURST): 6.0})


def world(at: datetime = NOW, seed: int = 1) -> SocialWorld:
    made = SocialWorld([SocialAccount("mastodon", "@a@b.example", "A")], seed, [TOPIC])
    made.now = lambda: at
    return made


def test_a_day_is_the_same_however_it_is_asked():
    whole, short = world().spoken("mastodon"), world(NOW - timedelta(days=5)).spoken("mastodon")
    both = [it for it in whole if NOW - KEPT <= it.at <= NOW - timedelta(days=5)]
    assert both == [it for it in short if it.at >= NOW - KEPT]
    assert whole == sorted(whole, key=lambda it: it.at, reverse=True)
    assert whole != world(seed=2).spoken("mastodon")
    assert world().spoken("bluesky") == []


def test_what_is_yet_to_come_and_what_is_long_ago_is_not_said():
    assert all(NOW - KEPT <= it.at <= NOW for it in world().spoken("mastodon"))


def test_days_have_about_so_many_and_a_burst_has_more():
    days = [date(2026, 8, 1) + timedelta(days=n) for n in range(80)]
    counts = [len(said_on(1, "mastodon", TOPIC, day)) for day in days]
    assert 7 <= mean(counts) <= 8.5
    assert len(said_on(1, "mastodon", TOPIC, BURST)) >= 30
    assert all("#Trail" in it.text for it in said_on(1, "mastodon", TOPIC, BURST))


def test_somebody_may_be_let_say_something():
    made = world()
    made.speak("mastodon", "Hello", NOW - timedelta(hours=1), "Ann")
    made.speak("mastodon", "Later", NOW + timedelta(hours=1))
    made.speak("bluesky", "There", NOW)
    assert [it.text for it in made.spoken("bluesky")] == ["There"]
    assert [it.author for it in made.spoken("mastodon") if "#Trail" not in it.text] == ["Ann"]
