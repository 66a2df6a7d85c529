"""Publish what is due on the brand's social networks: to the minute, once, or ask a person."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from config.content import Content
from config.library import Library
from config.models import AccountEntry
from config.networks import NETWORKS, Network
from config.playbooks import PublishPlaybook
from connectors.actions import Action
from connectors.base import ConnectorError
from connectors.changes import SAID_FIELDS
from connectors.records import AlertPlan
from connectors.warehouse import Decided, Warehouse
from tasks.action_messages import waiting_messages
from tasks.change_wording import ending, what
from tasks.report.escape import plain
from tasks.run import Run, RunFailedError
from tasks.social.composing import compose
from tasks.social.occurring import occurrences
from tasks.social.publishing import (
    LOOKED_BACK,
    Publication,
    Scheduled,
    Speaker,
    next_due,
    plan_publications,
)
from tasks.steps.apply import Round
from tasks.steps.connecting import connect
from tasks.steps.events import tell
from tasks.steps.links import decision_links
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.review import Review
from tasks.steps.text_tests import TextTests


@task(task_run_name="publish-due", timeout_seconds=1800, cache_policy=NO_CACHE)
def publish_due(brand: str, now: datetime) -> list[Action]:
    """Publish what is due, settle what an interrupted run has left, ask about what is late; return
    the actions that were looked after, as they are now.

    `now` is the present. An account that fails stops no other. Raises `RunFailedError` naming every
    account that failed and each post that could not be published.
    """
    library = brand_library(brand)
    with open_warehouse() as warehouse:
        publishing = Publishing(warehouse, library, brand, now)
        done = publishing.carry_on()
    for action in done:
        run_log().info(
            "%d %s: %s", action.action_id, ending(action), plain(what(action.proposal), 0)
        )
    problems = [f"{name}: {error}" for name, error in publishing.failed.items()]
    problems += [f"{one.proposal.name}: {one.explanation}" for one in done if one.state == "failed"]
    if problems:
        raise RunFailedError(f"{brand}: {plain('; '.join(problems), 0)}")
    return done


def due_next(brand: str, after: datetime, until: datetime) -> datetime | None:
    """Return when the next post of a brand is due between two moments; None if there is none."""
    library = brand_library(brand)
    zone, rules = ZoneInfo(library.brand(brand).time_zone), library.brand(brand).content
    posts = _on_the_calendar(library, brand)
    moments = (it for post in posts for it in occurrences(post, rules, zone, after, until))
    return next_due(moments, after, until)


class Publishing:
    """One moment's publishing for a brand."""

    def __init__(self, warehouse: Warehouse, library: Library, brand: str, now: datetime) -> None:
        self.warehouse, self.library, self.brand, self.now = warehouse, library, brand, now
        self.run_id = flow_run.id or str(uuid4())
        self.failed: dict[str, str] = {}
        """Account entry to what its network said."""

    def carry_on(self) -> list[Action]:
        """Bring the ledger and the networks up to this moment; return what has moved."""
        posts = self._scheduled()
        before = {one.action_id: one.version for one in self._ledger()}
        self._settle()
        self._record(posts)
        self._send()
        self._record(posts)  # what has just turned out to be too late is asked about at once
        moved = [one for one in self._ledger() if before.get(one.action_id) != one.version]
        self._ask([one for one in moved if one.state == "proposed"])
        for process in {one.proposal.process for one in moved}:
            tell(self.warehouse, self.brand, process, self.now)
        return moved

    def _scheduled(self) -> list[Scheduled]:
        """Return what is due on each account now, or was in the last weeks."""
        library, brand = self.library, self.library.brand(self.brand)
        zone, since = ZoneInfo(brand.time_zone), self.now - LOOKED_BACK
        due = [
            (post, moment)
            for post in _on_the_calendar(library, self.brand)
            for moment in occurrences(post, brand.content, zone, since, self.now)
        ]
        due.sort(key=lambda it: (it[1], it[0].name))
        wanted = {network for post, _ in due for network in post.front.networks}
        found = []
        for network, speaker in self._speakers(wanted):
            mine = [it for it in due if network in it[0].front.networks]
            tests = TextTests(
                self.warehouse, (post for post, _ in mine), speaker.account_key, network, zone
            )
            found += [
                _composed(library, self.brand, post, moment, network, speaker, tests)
                for post, moment in mine
            ]
        return [one for one in found if one is not None]

    def _speakers(self, wanted: Collection[Network]) -> Iterator[tuple[Network, Speaker]]:
        """Yield the accounts on these networks; note those that cannot be reached."""
        for process, book, entry in speaking(self.library, self.brand):
            network = next((it for it in wanted if it == entry.platform), None)
            if network is None:
                continue
            try:
                key, account_id = _known(self.warehouse, self.library, self.brand, entry, self.now)
            except ConnectorError as error:
                self.failed[entry.name] = str(error)
                continue
            mode = self.library.mode(self.brand, process, book.name)
            days = book.expires_after_days
            yield network, Speaker(key, account_id, process, book.name, mode, days)

    def _settle(self) -> None:
        """Find out what became of posts whose worker fell silent."""
        begun = [one for one in self._ledger() if one.state == "applying"]
        for process in {one.proposal.process for one in begun}:
            run = self._run(process)
            mine = [one for one in begun if one.proposal.process == process]
            review = Review(self.warehouse, self.library, run, self.now)
            review.settle(mine)
            self.failed |= review.platforms.failed

    def _record(self, posts: Sequence[Scheduled]) -> None:
        brand = self.library.brand(self.brand)
        zone = ZoneInfo(brand.time_zone)
        planned = plan_publications(
            posts, self._ledger(), brand.content, zone, self.brand, self.now
        )
        self.warehouse.record(
            [_decided(one) for one in planned],
            run_id=self.run_id,
            actor=f"run {self.run_id}",
            now=self.now,
        )

    def _send(self) -> None:
        """Send what is approved, the first due first."""
        approved = [one.action_id for one in self._ledger() if one.state == "approved"]
        if approved:
            sending = Round(self.warehouse, self.library, self.brand, self.run_id, self.now)
            sending.carry_out(approved)
            self.failed |= sending.platforms.failed

    def _ask(self, waiting: Sequence[Action]) -> None:
        """Put questions into the outbox, each once; the next run of any process delivers them."""
        owners = self.library.brand(self.brand).owners
        for process in {one.proposal.process for one in waiting}:
            run = self._run(process)
            mine = [one for one in waiting if one.proposal.process == process]
            messages = waiting_messages(run, mine, owners, decision_links(run))
            self.warehouse.apply_alerts(AlertPlan(messages=tuple(messages)), self.now)

    def _ledger(self) -> list[Action]:
        since = self.now - 2 * LOOKED_BACK
        return [
            one
            for one in self.warehouse.actions(brand=self.brand, since=since)
            if one.proposal.subject.field in SAID_FIELDS
        ]

    def _run(self, process: str) -> Run:
        zone = ZoneInfo(self.library.brand(self.brand).time_zone)
        return Run(
            run_id=self.run_id,
            brand=self.brand,
            process=process,
            as_of=self.now.astimezone(zone).date(),
            started_at=self.now,
            accounts=tuple(it.name for it in self.library.entries(self.brand, process)),
            link=flow_run.ui_url or "",
        )


def _on_the_calendar(library: Library, brand: str) -> list[Content]:
    """Return the posts that a person approved and gave a time."""
    ready = library.ready_contents(brand).values()
    return [post for post in ready if post.front.state == "scheduled"]


def _decided(publication: Publication) -> Decided:
    return Decided(publication.proposal, publication.state, "", publication.explanation)


def _composed(
    library: Library,
    brand: str,
    post: Content,
    moment: datetime,
    network: Network,
    speaker: Speaker,
    tests: TextTests,
) -> Scheduled | None:
    """Return a post as an account says it; None for one that nobody has approved."""
    front, rules = post.front, library.brand(brand).content
    if front.approval is None:
        return None
    return Scheduled(
        speaker=speaker,
        name=post.name,
        due_at=moment,
        composed=compose(
            post, network, rules, library.picture_digests(brand), tests.arm(post, moment)
        ),
        owner=front.owner or next(iter(library.brand(brand).owners)),
        approved_by=front.approval.by,
        approved_on=front.approval.on,
    )


def speaking(library: Library, brand: str) -> Iterator[tuple[str, PublishPlaybook, AccountEntry]]:
    """Yield the brand's accounts that posts are published on, with process and playbook."""
    for name, process in library.processes.items():
        if process.platform not in NETWORKS:
            continue
        books = library.playbooks_for(brand, name)
        for book in (it for it in books if isinstance(it, PublishPlaybook)):
            for entry in library.entries(brand, name):
                yield name, book, entry


def _known(
    warehouse: Warehouse, library: Library, brand: str, entry: AccountEntry, now: datetime
) -> tuple[int, str]:
    """Return an account's key and id; one that no run has met yet says what it is first."""
    accounts = warehouse.accounts(brand, entry.platform)
    mine = accounts[(accounts["entry"] == entry.name) & (accounts["status"] != "unknown")]
    if len(mine):
        return int(mine["account_key"].iloc[0]), str(mine["account_id"].iloc[0])
    channel = connect(warehouse, library, entry)
    return warehouse.save_account(brand, entry.name, channel.account(), now), channel.account_id
