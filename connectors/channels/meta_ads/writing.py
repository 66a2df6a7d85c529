"""How is a change sent to Meta, and what is known of it afterwards?

Meta takes one change a call and nothing all or nothing, so the changes go out one after the other,
each once. What it answers is one of

    accepted    it says so
    refused     it says why not, in an error that stands for "not carried out": a bad value, a
                missing right, a limit
    unknown     no answer, half of one, an HTTP 5xx, or an error of Meta's own (codes 1 and 2): it
                may have been carried out

After a limit, and after what is unknown, nothing more is sent: the rest is refused as "not sent".
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from config.words import Field
from connectors.base import RejectedError, Throttle, TransientError
from connectors.changes import ABSENT, ENABLED, PAUSED, PRESENT, Change, Permit, Written
from connectors.channels.meta_ads.account_money import AccountMoney
from connectors.channels.meta_ads.drafts import call_of
from connectors.channels.meta_ads.errors import BudgetEditsError, LimitError, TooMuchDataError
from connectors.channels.meta_ads.graph import Call, Graph
from connectors.channels.meta_ads.settings import refuse_unwritable
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once

STATUS = {ENABLED: "ACTIVE", PAUSED: "PAUSED"}
"""What is set. Nothing is ever archived or deleted but a draft: it could not be taken back."""


class Writer:
    """Writes to one ad account."""

    def __init__(self, graph: Graph, money: AccountMoney, throttle: Throttle, page_id: str) -> None:
        self._graph = graph
        self._money = money
        self._throttle = throttle
        self._page_id = page_id

    def write(self, permits: Sequence[Permit]) -> list[Written]:
        """Send the changes in order, each once; return an answer per permit.

        Raises `ReconnectError` while nothing was written, and `RejectedError` for what cannot be
        written at all, before anything is sent.
        """
        refuse_unwritable(permit.change.subject for permit in permits)
        return one_by_one(permits, self._carry_out)

    def objection(self, change: Change) -> str:
        """Return why Meta would refuse a change, '' if it would not. Nothing is written."""
        refuse_unwritable([change.subject])
        try:
            call, _ = self._call(change)
            if call is not None:
                self._graph.validate(call)
        except RejectedError as error:
            return str(error)
        return ""

    def _carry_out(self, change: Change) -> Outcome:
        try:
            call, made = self._call(change)
            self._throttle.wait()
        except (RejectedError, TransientError) as error:
            return not_sent(error)
        if call is None:
            return Outcome(Written("accepted", made=made))
        return sent_once(lambda: self._send(call), LimitError)

    def _send(self, call: Call) -> Written:
        try:
            body = self._graph.send(call)
        except TooMuchDataError as error:
            return Written("unknown", str(error))
        except BudgetEditsError as error:
            return Written("refused", str(error), retry_after=error.retry_after)
        return _read(call, body)

    def _call(self, change: Change) -> tuple[Call | None, str]:
        """Return the call that makes a change, None if it is made; and the id of what there is."""
        if change.subject.field == "ad":
            return call_of(self._graph, change, self._page_id)
        return CALLS[change.subject.field](change, self._money), ""


def _read(call: Call, body: Any) -> Written:
    """Read an answer of success: `{"success": true}`, or the id of what was made."""
    body = body if isinstance(body, Mapping) else {}
    if made := str(body.get("id", "")) if call.makes else "":
        return Written("accepted", made=made)
    if not call.makes and body.get("success") is True:
        return Written("accepted")
    return Written(
        "unknown", f"{call.method} {call.path}: neither a success nor an error came back"
    )


def _status(change: Change, _: AccountMoney) -> Call:
    if change.after not in STATUS:
        raise RejectedError(f"marketloop sets no status {change.after} at Meta: it is for good")
    return Call(change.subject.entity_id, {"status": STATUS[str(change.after)]})


def _amount(field: str) -> Callable[[Change, AccountMoney], Call]:
    def call(change: Change, money: AccountMoney) -> Call:
        if not isinstance(change.after, Decimal):
            raise RejectedError(f"{change.after!r} is no amount")
        return Call(change.subject.entity_id, {field: str(money.minor(change.after))})

    return call


def _label(change: Change, _: AccountMoney) -> Call:
    """Return the call that adds a label to those of a thing, or takes it off."""
    methods = {PRESENT: "POST", ABSENT: "DELETE"}
    if change.after not in methods:
        raise RejectedError(f"a label becomes {PRESENT} or {ABSENT}, not {change.after}")
    form = {"adlabels": orjson.dumps([{"name": change.subject.item}]).decode()}
    return Call(f"{change.subject.entity_id}/adlabels", form, methods[str(change.after)])


CALLS: Mapping[Field, Callable[[Change, AccountMoney], Call]] = {
    "status": _status,
    "daily_budget": _amount("daily_budget"),
    "cpc_bid": _amount("bid_amount"),
    "label": _label,
}
