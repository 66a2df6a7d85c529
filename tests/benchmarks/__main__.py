"""`python -m tests.benchmarks [NAME ...]`: how fast is it, against what it could be at best?

Runs the benchmarks one after another, each in a fresh process, prints their table, and keeps it in
RESULTS.md; of some of them only their own rows.
"""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from tests.benchmarks.measure import Line, in_fresh_process

NAMES = (
    "store",
    "postgresql",
    "memory",
    "checks",
    "engine",
    "start",
    "gate",
    "loop",
    "crawl",
    "search_console",
    "sequences",
    "customers",
    "mail_sending",
)
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Benchmarks

`make bench` writes this page, `python -m tests.benchmarks NAME` the rows of one benchmark; the day
is that of the newest rows. Contestants run in turns in one process; a line is the median of the
rounds, in brackets the lowest and the highest. Seconds are medians too; CPU is that of the process
and of programs it waited for, without servers. Nothing here is a test: times are of this machine.
"""
COLUMNS = "| benchmark | what is compared | median | target | met | seconds |"


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--small", action="store_true", help="only see whether they work")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    names = chosen.names or NAMES
    rows = _rows(names, chosen.small)
    print("\n".join([COLUMNS, "|---" * 6 + "|", *rows]))
    if not chosen.small:
        keep(rows)
    return 0


def keep(rows: Sequence[str]) -> None:
    """Write rows into RESULTS.md, in the place of those of the same benchmarks."""
    there = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    mine = {_name(row) for row in rows}
    others = [line for line in there if _name(line) in {*NAMES} - mine]
    ordered = sorted([*others, *rows], key=lambda row: NAMES.index(_name(row)))
    table = "\n".join([COLUMNS, "|---" * 6 + "|", *ordered])
    RESULTS.write_text(f"{HEAD}\n{_machine()}\n\n{table}\n", encoding="utf-8")


def _name(row: str) -> str:
    """Return which benchmark a row of the table is of, '' for any other line."""
    return row.split("|")[1].strip() if row.startswith("| ") else ""


def _rows(names: Sequence[str], small: bool) -> list[str]:
    rows = []
    for name in names:
        begun = perf_counter()
        print(f"{name} ... ", end="", file=sys.stderr, flush=True)
        rows += [_row(name, line) for line in in_fresh_process(name, small=small)]
        print(f"{perf_counter() - begun:.0f} s", file=sys.stderr)
    return rows


def _row(name: str, line: Line) -> str:
    met = {None: "", True: "yes", False: "**no**"}[line.met]
    return f"| {name} | {line.compared} | {line.value} | {line.target} | {met} | {line.detail} |"


def _machine() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = pages * size / 2**30
    day = datetime.now(UTC).date()
    return (
        f"{day}: {os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    """Return the processor's name where the system tells it, else its architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
