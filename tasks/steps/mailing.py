"""Send what is due, end doubts, read what came back: the acts of mail to customers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from config.models import AccountEntry
from config.settings import settings
from connectors.base import Channel, RejectedError
from connectors.mail import DueMail, MailboxReader, MailSender
from connectors.people_keys import PeopleKeys, people_keys
from connectors.warehouse import Warehouse
from connectors.warehouse.mail_claims import ClaimTerms
from connectors.warehouse.mail_doubts import Settled
from connectors.warehouse.mail_events import Recorded
from tasks.mailing.pace import day_began, most_on
from tasks.run import Run
from tasks.steps.connecting import connect
from tasks.steps.handing_over import HandingOver, Render, Sent
from tasks.steps.opening import brand_library, open_warehouse, run_log

KEY_FILE = "people.key"
"""In the state folder: the key of the keyed hashes by which people are known."""


# No timeout: Prefect cannot interrupt a worker thread. Every hand-over has its own.
@task(task_run_name="send-due", cache_policy=NO_CACHE)
def send_due(
    run: Run,
    due: Sequence[DueMail],
    render: Render,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sent:
    """Send what is due for a brand; return what became of each message.

    Stops by itself at the stop switch, at a breaker, and when the server has had enough. Raises
    `ReconnectError` where the login is refused, `RejectedError` where the brand names no sender.
    """
    library = brand_library(run.brand)
    brand = library.brand(run.brand)
    with open_warehouse() as warehouse:
        sender, _, key = sending_account(warehouse, library, run)
        zone = zone_of(warehouse, run.brand, key)
        now = clock()
        terms = ClaimTerms(
            process=run.process,
            domain=brand.mail.sender.rpartition("@")[2].strip(" >"),
            keys=keys(),
            caps=brand.mail.caps,
            day_began=day_began(now, zone),
            a_day=most_on(now.astimezone(zone).date(), brand.mail.ramp),
            own_caps={
                ("sequence", name): it.caps
                for name, it in library.sequences.get(run.brand, {}).items()
            },
        )
        worker = HandingOver(
            warehouse, sender, render, account_key=key, brand=run.brand, rules=brand.mail,
            terms=terms, clock=clock,
        )  # fmt: skip
        try:
            sent = worker.send(due)
        finally:
            sender.close()
    run_log().info("mail: %s", ", ".join(f"{n:,} {what}" for what, n in sent.counts.items()))
    return sent


@task(task_run_name="settle-doubts", timeout_seconds=600, cache_policy=NO_CACHE)
def settle_doubts(run: Run) -> Settled:
    """Look into the sent folder for messages that are in doubt; return how each doubt ended.
    Without a mailbox, or where it has no such folder, all stay open."""
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        _, _, key = sending_account(warehouse, library, run)
        look = warehouse.doubts_to_look_up(run.brand, key, run.started_at)
        mailbox = _mailbox(warehouse, library, run)
        if not look.doubts or mailbox is None:
            return Settled(open=look.doubts)
        try:
            found = mailbox[0].sent(look.message_ids)
        except RejectedError as error:
            run_log().warning("nothing is known of %d messages: %s", len(look.doubts), error)
            return Settled(open=look.doubts)
        return warehouse.settle_doubts(run.brand, look, found, run.started_at)


@task(task_run_name="read-reports", timeout_seconds=1800, cache_policy=NO_CACHE)
def read_reports(run: Run) -> Recorded:
    """Read bounces, complaints and unsubscriptions from where the last run stopped, and act on
    them; return what was new. What was recorded before an error stays."""
    library = brand_library(run.brand)
    limit = library.brand(run.brand).mail.soft_bounces
    recorded = Recorded()
    with open_warehouse() as warehouse:
        found = _mailbox(warehouse, library, run)
        if found is None:
            return recorded
        mailbox, key = found
        for reports, place in mailbox.reports(warehouse.mailbox_place(key)):
            recorded.add(
                warehouse.record_reports(
                    run.brand, reports, keys(), run.started_at, soft_bounces=limit
                )
            )
            warehouse.save_mailbox_place(key, place)
    return recorded


def keys() -> PeopleKeys:
    """Return the keys of people of this installation."""
    return people_keys(settings().state_dir / KEY_FILE)


def sending_account(
    warehouse: Warehouse, library: Library, run: Run
) -> tuple[MailSender, AccountEntry, int]:
    """Return what the brand sends with, its entry and its key. Raises `RejectedError` if the brand
    names no account that can send."""
    name = library.brand(run.brand).mail.account
    if not name:
        raise RejectedError(f"{run.brand} names no account under mail.account; nothing can be sent")
    entry = library.entry(run.brand, name)
    channel = connect(warehouse, library, entry)
    if not isinstance(channel, MailSender):
        raise RejectedError(f"{name} cannot send mail; name an account of smtp under mail.account")
    return channel, entry, _key(warehouse, channel, run, entry)


def _mailbox(warehouse: Warehouse, library: Library, run: Run) -> tuple[MailboxReader, int] | None:
    """Return the brand's mailbox and its key, None if it names none."""
    name = library.brand(run.brand).mail.mailbox
    if not name:
        return None
    entry = library.entry(run.brand, name)
    channel = connect(warehouse, library, entry)
    if not isinstance(channel, MailboxReader):
        raise RejectedError(f"{name} is no mailbox; name an account of imap under mail.mailbox")
    return channel, _key(warehouse, channel, run, entry)


def _key(warehouse: Warehouse, channel: Channel, run: Run, entry: AccountEntry) -> int:
    return warehouse.save_account(run.brand, entry.name, channel.account(), run.started_at)


def zone_of(warehouse: Warehouse, brand: str, account_key: int) -> ZoneInfo:
    """Return the time zone whose days an account counts."""
    accounts = warehouse.accounts(brand).set_index("account_key")
    return ZoneInfo(str(accounts.loc[account_key, "time_zone"]))
