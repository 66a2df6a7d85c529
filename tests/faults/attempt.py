"""What one attempt to run a process does, in a process of its own that may be killed any time."""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, contextmanager
from datetime import date, datetime
from functools import partial
from importlib import import_module
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any
from unittest import mock

import stamina
from apprise import Apprise

import flows.paid_ads
import tasks.steps.finish
from config.library import load
from config.settings import HERE, PREFIX, settings
from connectors.channels import meta_ads
from connectors.notifiers import outbox
from connectors.registry import AVAILABLE
from flows.facebook_ads import facebook_ads
from flows.google_ads import google_ads
from tasks.report import html
from tests.faults.orders import Attempt, Place
from tests.faults.places import Places

FLOWS: dict[str, Any] = {flow.fn.__name__: flow for flow in (google_ads, facebook_ads)}


def get_ready() -> None:
    """Import and read now what every run would otherwise import and read anew."""
    for connector in AVAILABLE:
        import_module(f"connectors.channels.{connector}")
    Apprise().add("json://localhost")
    html._environment.get_template("report.html")  # noqa: SLF001  compiling it takes 0.2 s
    with chdir(gettempdir()):  # a file's name, and so what is kept of it, depends on where we are
        load(HERE, HERE / "demo")


def perform(attempt: Attempt, tell: Callable[[dict[str, Any]], None]) -> None:
    """Run plainly, telling of each place that is reached and at last of the error, if any."""
    _enter(attempt)
    acts: dict[Place, Callable[[], None]] = {}
    if attempt.die_at:
        acts[attempt.die_at] = partial(os.kill, os.getpid(), signal.SIGKILL)
    if attempt.meanwhile:
        acts[attempt.meanwhile] = partial(_run_plainly, attempt, attempt.others)
    places = Places(lambda place: tell({"place": place}), acts)
    with surroundings(attempt), places.marked():
        try:
            _run_plainly(attempt, [(attempt.brand, attempt.process)])
        except Exception as error:
            traceback.print_exc()
            tell({"error": f"{type(error).__name__}: {error}"})


def _run_plainly(attempt: Attempt, runs: Iterable[tuple[str, str]]) -> None:
    for brand, process in runs:
        FLOWS[process].fn(brand, date.fromisoformat(attempt.as_of), None)


def _enter(attempt: Attempt) -> None:
    """Take on the attempt's surroundings."""
    os.chdir(attempt.folder)
    said = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ.update(attempt.variables)
    settings.cache_clear()
    stamina.set_testing(True, attempts=3, cap=True)
    if attempt.debug:
        say_everything()


def say_everything() -> None:
    """Let every logger, those of libraries too, write all it has to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    for logger in [logging.root, *map(logging.getLogger, logging.root.manager.loggerDict)]:
        logger.setLevel(logging.DEBUG)
        logger.disabled = False
        if logger is logging.root or not logger.propagate:
            logger.addHandler(handler)


@contextmanager
def surroundings(attempt: Attempt) -> Iterator[None]:
    """Let it be the attempt's moment wherever a run asks for the time. Meta's reports take none."""
    now = datetime.fromisoformat(attempt.moment)
    clock = SimpleNamespace(now=now.astimezone)
    with (
        mock.patch.object(meta_ads, "FIRST_POLL", 0.01),
        mock.patch.object(flows.paid_ads, "datetime", clock),
        mock.patch.object(tasks.steps.finish, "datetime", clock),
        mock.patch.object(outbox, "deliver", partial(outbox.deliver, clock=lambda: now)),
    ):
        yield
