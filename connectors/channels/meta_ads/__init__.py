"""Meta (Facebook, Instagram) Marketing API, Graph v26.0 (since 2026-07-29).

Insights give money in major units, budgets are in minor ones (`money.py`); nearly every number is
a string; rates are percent and become fractions. Days are those of the ad account's time zone,
reach back 37 months and may change for 28 days. An object without delivery has no row.

An action's `value` follows each ad set's own attribution setting; with `attribution_windows` it is
the sum over those instead. Action types overlap (`purchase`, `omni_purchase`,
`offsite_conversion.fb_pixel_purchase`), so one is chosen per account and they are never summed.

Insights are read synchronously; what Meta refuses as too much is asked for as an asynchronous
report, and a report that fails is split into shorter ranges of days.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import pandas as pd
import requests
from pydantic import (
    AfterValidator,
    BaseModel,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from config.models import Level, Name
from connectors.base import (
    CORE_METRICS,
    Account,
    Entity,
    RejectedError,
    Throttle,
    TransientError,
    Window,
)
from connectors.channels.meta_ads import entities, insights
from connectors.channels.meta_ads.errors import Judge, TooMuchDataError
from connectors.channels.meta_ads.token import GraphToken
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LocalThrottle

log = logging.getLogger(__name__)

VERSION = "v26.0"
PAGE = "500"
FIRST_POLL = 5.0
SLOWEST_POLL = 60.0
LONGEST_JOB = 3600.0
"""Seconds. An asynchronous report may take up to an hour."""

AccountId = Annotated[
    str,
    StringConstraints(pattern=r"^(act_)?\d{1,20}$"),
    AfterValidator(lambda text: text.removeprefix("act_")),
]
ActionType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{1,200}$")]
InsightField = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}(:[A-Za-z0-9_.]{1,200})?$")
]
AttributionWindow = Literal[
    "1d_click",
    "7d_click",
    "28d_click",
    "1d_view",
    "1d_ev",
    "dda",
    "incrementality",
    "skan_click",
    "skan_view",
    "skan_click_second_postback",
    "skan_click_third_postback",
    "skan_view_second_postback",
    "skan_view_third_postback",
]
"""The windows still served; `7d_view` and `28d_view` ended on 2026-01-12."""


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one ad account, and what counts as a conversion there."""

    account_id: AccountId
    """With or without `act_`."""
    access_token: SecretStr
    app_secret: SecretStr | None = None
    """Signs every call, which apps can be set to require."""
    conversion_action: ActionType = "offsite_conversion.fb_pixel_purchase"
    """The one action type that `conversions` counts."""
    attribution_windows: tuple[AttributionWindow, ...] = ()
    """At most one window per kind (`click`, `view`, `ev`), as wider ones contain narrower ones."""
    metrics: dict[Name, InsightField] = {}
    """Metrics beyond the core ones: a field (`reach`), or `actions:<type>` and other lists."""
    base_url: str = "https://graph.facebook.com"

    @field_validator("attribution_windows")
    @classmethod
    def _disjoint(cls, windows: tuple[str, ...]) -> tuple[str, ...]:
        kinds = [window.partition("_")[2] or window for window in windows]
        alone = {"dda", "incrementality"} | {name for name in windows if name.startswith("skan")}
        if len(set(kinds)) < len(kinds) or (len(windows) > 1 and alone & set(windows)):
            raise ValueError("these windows overlap: choose one click, one view, one ev at most")
        return windows

    @model_validator(mode="after")
    def _no_core_metric(self) -> "Options":
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self


class Connector:
    """One Meta ad account."""

    restatement_days = 28

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        throttle = throttle or LocalThrottle()
        self._options = options
        self.account_id = options.account_id
        self._sleep = sleep
        self._url = f"{options.base_url.rstrip('/')}/{VERSION}"
        self._act = f"{self._url}/act_{options.account_id}"
        self._http = Http(
            session,
            auth=GraphToken(options.access_token, options.app_secret),
            judge=Judge(throttle),
            throttle=throttle,
        )

    def account(self) -> Account:
        """Return the ad account."""
        body = self._http.read("GET", self._act, params={"fields": entities.ACCOUNT_FIELDS})
        with expected_shape(self._act):
            return entities.to_account(body)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities, level after level; Meta leaves archived and deleted ones out.

        Raises `RejectedError` for an account in a currency whose minor unit is unknown.
        """
        account = self.account()
        for level in levels:
            if level == "account":
                yield [Entity("account", account.account_id, account.name, account.status)]
                continue
            url = f"{self._act}/{_edge(level)}"
            for rows in self._pages(url, {"fields": entities.FIELDS[level]}):
                with expected_shape(url):
                    page = [entities.BUILD[level](row, account.currency) for row in rows]
                yield page

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield one frame per page. `breakdown` is Meta's own, such as `age,gender`."""
        columns = insights.Columns(
            level=level,
            breakdowns=insights.breakdowns(breakdown),
            conversion_action=self._options.conversion_action,
            windows=self._options.attribution_windows,
            metrics=self._options.metrics,
        )
        for rows in self._insights(columns, window):
            with expected_shape(self._act):
                page = columns.frame(rows)
            yield page

    def _insights(self, columns: insights.Columns, window: Window) -> Iterator[list[Any]]:
        """Yield pages of insights. Rows may come twice when a read goes over to a report."""
        url, params = f"{self._act}/insights", columns.params(window)
        try:
            yield from self._pages(url, params)
        except TooMuchDataError as error:
            log.info("Meta %s to %s: %s", window.start, window.end, error)
        else:
            return
        try:
            report = self._report(url, params)
        except TooMuchDataError as error:
            if window.days == 1:
                raise RejectedError(
                    f"{error}, even for {window.start} alone; use a higher level or no breakdown"
                ) from None
            for half in window.split((window.days + 1) // 2):
                yield from self._insights(columns, half)
        else:
            yield from self._pages(f"{self._url}/{report}/insights", {})

    def _report(self, url: str, params: Mapping[str, str]) -> str:
        """Have a report made and return its id; raise `TooMuchDataError` if Meta gives up."""
        job = self._http.read("POST", url, form=params)
        with expected_shape(url):
            report = str(int(job["report_run_id"]))
        waited, pause = 0.0, FIRST_POLL
        while waited < LONGEST_JOB:
            self._sleep(pause)
            waited, pause = waited + pause, min(SLOWEST_POLL, pause * 1.5)
            job = self._http.read("GET", f"{self._url}/{report}")
            with expected_shape(url):
                state, done = job["async_status"], int(job.get("async_percent_completion", 0))
            if state in ("Job Failed", "Job Skipped"):
                raise TooMuchDataError(
                    f"Meta report {report}: {state}, code {job.get('error_code', 'unknown')}"
                )
            if state == "Job Completed" and done == 100:
                return report
        raise TransientError(f"Meta report {report}: not ready after {waited:.0f} s; run again")

    def _pages(self, url: str, params: Mapping[str, str]) -> Iterator[list[Any]]:
        """Yield pages. `paging.next` holds the token, so only its presence is looked at."""
        turn = PageTurn(url)
        asked = {**params, "limit": PAGE}
        while True:
            body = self._http.read("GET", url, params=asked)
            with expected_shape(url):
                rows, paging = body["data"], body.get("paging") or {}
                after = paging["cursors"]["after"] if paging.get("next") else ""
            if rows:
                yield rows
            if not after:
                return
            asked["after"] = turn.to(after)


def _edge(level: Level) -> str:
    if level not in entities.EDGES:
        raise RejectedError(f"meta_ads has no level {level}; it has {', '.join(entities.EDGES)}")
    return entities.EDGES[level]
