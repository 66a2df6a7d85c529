"""Listen to the social networks: what our posts earn, who follows, what people say to us."""

from datetime import timedelta
from itertools import chain

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.base import ConnectorError, Entity
from connectors.social import PublishedPost, SocialChannel, WatchingChannel
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.social.evidence import first_words
from tasks.steps.connecting import connect
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.watching import watch

COUNTED = timedelta(days=90)
"""So long after it was published it is read what a post has earned."""
DISCUSSED = timedelta(days=30)
"""So long after a post was published comments under it are read, and so far back mentions at
first."""
MARGIN = timedelta(days=1)
"""Networks tell of a comment late: so much of what was read before is read again."""
ANSWERED = timedelta(days=30)
"""So long after it was answered it is kept what somebody said, and who it was."""


@task(task_run_name="listen", cache_policy=NO_CACHE)
def listen(run: Run) -> dict[str, str]:
    """Read posts, followers, comments and mentions of each social account, and count how often the
    brand's watched words are used; return the error of each account that could not be read. Then
    forget what others said and nobody needs any more.

    What was stored before an error stays. Of what was read only counts are logged.
    """
    library = brand_library(run.brand)
    failed: dict[str, str] = {}
    with open_warehouse() as warehouse:
        accounts = warehouse.accounts(run.brand)
        keys = dict(zip(accounts["entry"], accounts["account_key"].tolist(), strict=True))
        for name in run.accounts:
            if name not in keys:
                continue  # its pull, which failed, says why
            try:
                channel = connect(warehouse, library, library.entry(run.brand, name))
                if isinstance(channel, SocialChannel):
                    _listen(warehouse, channel, run, keys[name])
                if isinstance(channel, WatchingChannel):
                    watch(warehouse, channel, library.brand(run.brand), run, keys[name])
            except ConnectorError as error:
                failed[name] = str(error)
        forgotten = warehouse.forget_comments(run.started_at - ANSWERED, run.started_at)
    run_log().info("%s comments forgotten", forgotten)
    return failed


def _listen(warehouse: Warehouse, channel: SocialChannel, run: Run, key: int) -> None:
    now = run.started_at
    since = now - COUNTED
    read = [*chain.from_iterable(channel.posts(since))]
    posts = warehouse.save_posts(key, read, now, since=since)
    warehouse.save_entities(key, [[_as_entity(post) for post in read]], now)
    if (followers := channel.followers()) is not None:
        warehouse.save_followers(key, followers, now)
    comments = _read_comments(warehouse, channel, run, key)
    run_log().info("%s: %s posts, %s comments", channel.account_id, posts, comments)


def _as_entity(post: PublishedPost) -> Entity:
    """Return a post as what findings and work are about."""
    return Entity("post", post.post_id, first_words(post.text), "enabled", url=post.url or None)


def _read_comments(warehouse: Warehouse, channel: SocialChannel, run: Run, key: int) -> int:
    """Store comments page by page and return how many came.

    If a page fails, those before it are stored, and the next run reads from the same moment on.
    """
    now = run.started_at
    lately = warehouse.social_posts([key], now - DISCUSSED)
    there = lately.loc[lately["gone_at"].isna(), "post_id"].tolist()
    until = warehouse.comments_until(key)
    since = now - DISCUSSED if until is None else until - MARGIN
    pages = channel.comments(there, since)
    count = sum(warehouse.save_comments(key, page, now) for page in pages)
    warehouse.comments_read(key, now)
    return count
