"""How long does the command line take to start, with compiled bytecode in place?"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deployments.demo import environment
from tests.benchmarks.measure import Line, in_turns

MARKETLOOP = str(Path(sys.executable).with_name("marketloop"))
PASS = "python -c pass"
TARGETS = {"marketloop --help": 0.5, "marketloop validate": 1.5}
"""Seconds, start and work together."""


def run(*, small: bool) -> list[Line]:
    """Start each command often; `validate` checks the library and the demo's brands."""
    commands = {name: [MARKETLOOP, *name.split()[1:]] for name in TARGETS}
    commands[PASS] = [sys.executable, "-c", "pass"]
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | environment(Path(folder), "http://127.0.0.1:9")
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        starts = {name: _start(words, folder, env) for name, words in commands.items()}
        for start in starts.values():
            start()()  # compiles what is not compiled yet
        rounds = in_turns(3 if small else 15, starts)
    return [
        Line(
            f"`{name}` from start to end, in seconds; {PASS} is the floor",
            [timing.wall for timing in rounds.timings[name]],
            "s",
            at_most=target,
            detail=rounds.seconds(name, PASS),
        )
        for name, target in TARGETS.items()
    ]


def _start(
    words: list[str], folder: str, env: dict[str, str]
) -> Callable[[], Callable[[], object]]:
    call = partial(
        subprocess.run, words, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL
    )
    return lambda: call
