"""Send a brand's mail of this moment, and tell its owners what they must know of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.base import ConnectorError, RejectedError
from connectors.mail import DueMail, Mail, MailClaim, Recipient
from connectors.records import AlertPlan
from tasks.letters.rendering import LetterError
from tasks.letters.writing import Writer
from tasks.mailing.telling import MailNews, mail_messages
from tasks.run import Run
from tasks.steps.automation import move_on
from tasks.steps.handing_over import Render, Sent
from tasks.steps.mailing import keys, send_due
from tasks.steps.opening import brand_library, open_warehouse

TURNS = 10
"""So often people move on and get what that brings, in one run at most."""


# No timeout: Prefect cannot interrupt a worker thread. Every hand-over has its own.
@task(task_run_name="send-what-is-due", cache_policy=NO_CACHE)
def send_what_is_due(run: Run, now: datetime) -> tuple[list[Sent], dict[str, str]]:
    """Move people on and send, until nothing more is due; return what became of the messages, and
    the error of the account that sends, if it failed. What was sent before stays sent."""
    library = brand_library(run.brand)
    render = renderer(library, run.brand)
    ahead = now - datetime.now(UTC)  # of a simulated market's day

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    done: list[Sent] = []
    for _ in range(TURNS):
        due = move_on(run, now)
        if not due:
            break
        try:
            done.append(send_due.fn(run, due, render, clock))
        except ConnectorError as error:
            return done, {library.brand(run.brand).mail.account or "mail": str(error)}
        if done[-1].rests or not done[-1].outcomes:
            break
    return done, {}


def renderer(library: Library, brand: str) -> Render:
    """Return what writes a brand's messages."""
    subjects = {
        (name, arm): it.subject
        for name, campaign in library.campaigns.get(brand, {}).items()
        if campaign.test
        for arm, it in campaign.test.arms.items()
        if it.subject
    }
    writer = Writer(library.brand(brand), library.templates.get(brand, {}), keys(), subjects)

    def render(claim: MailClaim, due: DueMail, reader: Recipient) -> Mail:
        try:
            return writer.write(claim, due, reader)
        except LetterError as error:
            raise RejectedError(str(error)) from error

    return render


@task(task_run_name="tell-of-mail", timeout_seconds=120, cache_policy=NO_CACHE)
def tell_of_mail(run: Run, sent: Sequence[Sent]) -> int:
    """Put what owners must know of sending into the outbox; return how much that is."""
    library = brand_library(run.brand)
    owners = library.brand(run.brand).owners
    news = [line for one in sent for line in _news(library, run, one)]
    messages = tuple(mail_messages(run, news, owners)) if news else ()
    if messages:
        with open_warehouse() as warehouse:
            warehouse.apply_alerts(AlertPlan(messages=messages), run.started_at)
    return len(news)


def _news(library: Library, run: Run, sent: Sent) -> list[MailNews]:
    hour = run.started_at.replace(minute=0, second=0, microsecond=0)
    found = [
        MailNews(
            f"stopped {kind} {name} {trip.sentence}",
            _owner(library, run.brand, kind, name),
            f"{kind} {name} was stopped: {trip.sentence} Look at it, then `marketloop mail resume "
            f"{kind} {name} --brand {run.brand}`.",
        )
        for (kind, name), trip in sent.trips
    ]
    found += [
        MailNews(
            f"doubt {it.message_key}",
            _owner(library, run.brand, it.kind, it.source),
            f"Message {it.message_key} of {it.kind} {it.source} may or may not have gone out: "
            f"{it.sentence}. It is not sent again unless somebody says that it did not go.",
        )
        for it in sent.doubts
    ]
    if sent.rests:
        line = f"Sending rests until {hour + timedelta(hours=1):%H:%M} UTC: {sent.rests}."
        found.append(MailNews(f"rests {hour.isoformat()}", "", line))
    found += [MailNews(f"problem {line}", "", line) for line in dict.fromkeys(sent.problems)]
    return found


def _owner(library: Library, brand: str, kind: str, name: str) -> str:
    there = library.sequences if kind == "sequence" else library.campaigns
    plan = there.get(brand, {}).get(name)
    return plan.owner if plan else ""
