"""What is an answer to a comment, as the ledger has it?"""

from datetime import date, datetime, timedelta

from config.playbooks import ReplyPlaybook
from config.words import Mode
from connectors.actions import Proposal
from connectors.changes import ABSENT, PRESENT, Subject
from connectors.social import Comment, reply_item

WAITS = timedelta(days=1)
"""A reply that could not be sent for so long is not sent any more."""

PRIORITY = 60


def reply_to(
    comment: Comment,
    text: str,
    *,
    brand: str,
    process: str,
    playbook: ReplyPlaybook,
    mode: Mode,
    account_key: int,
    language: str,
    now: datetime,
    today: date,
) -> Proposal:
    """Return the change that answers a comment. What others wrote does not stand in it: the ledger
    keeps its entries, their words are forgotten."""
    where = comment.post_id or comment.comment_id  # a mention elsewhere stands for itself
    return Proposal(
        brand=brand,
        process=process,
        playbook=playbook.name,
        check="",
        as_of=today,
        account_key=account_key,
        entity_key=None,
        subject=Subject("post", where, "reply", reply_item(comment.comment_id, text)),
        name=f"{comment.kind} {comment.comment_id}",
        campaign_id=None,
        before=ABSENT,
        after=PRESENT,
        unit="",
        currency="XXX",
        verdict="ok",
        sentence=f"An answer to the {comment.kind} of {comment.at:%Y-%m-%d %H:%M} UTC.",
        numbers={},
        window_end=today - timedelta(days=1),
        metrics=(),
        expected=None,
        risk="what was said meanwhile may make it the wrong answer",
        undo="delete the answer; who has seen it has seen it",
        priority=PRIORITY,
        owner=playbook.owner,
        mode=mode,
        expires_at=now + WAITS,
        judge_after_days=playbook.judge_after_days,
        content={"text": text, "language": language},
    )
