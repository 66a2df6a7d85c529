"""How does a crawl run beside us, and what if one of the two processes dies?

The child gets its job as the first line of standard input and lives as long as that pipe is open:
when we die, it ends. It writes one record per line to standard output; when nobody reads, it stops
asking. It gets no environment but what it needs to be Python, so no secret of ours.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from connectors.base import TransientError
from connectors.crawling.job import Job, packed
from connectors.crawling.wire import news
from connectors.sites import CrawlEnd, CrawlNews

ROOT = Path(__file__).parents[2]
PASSED_ON = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT", "TMPDIR")
LONGEST_REASON = 300


def run(job: Job) -> Iterator[CrawlNews]:
    """Yield what a crawling process finds, `CrawlEnd` last. Closing the iterator ends the process.

    Raises:
        TransientError: the process ended before it was done; names its last words.
    """
    ended = False
    with tempfile.TemporaryFile() as said, _started(said) as child:
        try:
            pipe = cast(IO[bytes], child.stdin)
            _hand(pipe, job)
            for line in cast(IO[bytes], child.stdout):
                found = _read(line, job)
                yield found
                if ended := isinstance(found, CrawlEnd):
                    break
        finally:
            child.kill()
            code = child.wait()
        if not ended:
            raise TransientError(
                f"crawl of {job.start}: the crawling process ended before it was done "
                f"(code {code}): {_last_line(said)}; run it again, it goes on where it was"
            )


def _started(said: IO[bytes]) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(  # our own program, no shell
        [sys.executable, "-P", "-m", "connectors.crawling"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )


def _hand(pipe: IO[bytes], job: Job) -> None:
    try:
        pipe.write(packed(job) + b"\n")
        pipe.flush()
    except BrokenPipeError:
        return  # it died at once; its output is empty, and its last words are told


def _read(line: bytes, job: Job) -> CrawlNews:
    try:
        return news(line)
    except ValueError as error:
        raise TransientError(f"crawl of {job.start}: the process wrote {error}") from error


def _last_line(said: IO[bytes]) -> str:
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - 4096))
    lines = said.read().decode("utf-8", "replace").split("\n")
    written = [line.strip() for line in lines if line.strip()]
    return written[-1][:LONGEST_REASON] if written else "it said nothing"
