"""Which start of which machine is this, and which worker on it?

A process that dies leaves what it wrote to the database; a machine that loses its power may lose
the last transactions of a SQLite file (`synchronous=NORMAL`). Whoever judges what a dead worker did
has to tell the two apart.
"""

from functools import lru_cache
from pathlib import Path
from uuid import uuid4

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@lru_cache(maxsize=1)
def boot() -> str:
    """Return the id of the machine's present start. Where the system does not tell (it is Linux
    that does), it is one of this process alone: nothing is then taken for the same start."""
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else uuid4().hex


def worker_name() -> str:
    """Return a name that no other worker has, with the start of the machine in it."""
    return f"{boot()}/{uuid4().hex}"


def same_boot(worker: str) -> bool:
    """Tell whether the machine has not been restarted since a worker got its name."""
    return worker.partition("/")[0] == boot()
