"""Which bytes are which text? Any encoding in, UTF-8 out, and the line where it stops being so."""

import codecs
import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from connectors.base import RejectedError

BLOCK = 1 << 20  # bytes read at once

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Utf8Stream(io.RawIOBase):
    """A file's text as UTF-8 bytes without a byte order mark, read once from start to end."""

    def __init__(self, path: Path, encoding: str = "") -> None:
        super().__init__()
        self._path = path
        self._raw = open_bytes(path)
        head = self._pull(4096)
        self._pending = head
        self._encoding = detect(head, encoding)
        self._decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        self._lines = 0
        self._foreign = False  # whether anything beyond ASCII was read well so far
        self._ended = False
        self._rest = b""  # decoded, but not asked for yet

    def readable(self) -> bool:
        """Answer that it can be read."""
        return True

    def close(self) -> None:
        """Close the file beneath."""
        self._raw.close()
        super().close()

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes of UTF-8, none at the end.

        Raises:
            RejectedError: bytes that the encoding does not have, or a cut archive.
        """
        while not self._ended and (size < 0 or len(self._rest) < size):
            self._rest += self._next()
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken

    def _next(self) -> bytes:
        chunk, self._pending = self._pending or self._pull(BLOCK), b""
        self._ended = not chunk
        before = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            raise self._undecodable(before + chunk, error) from error
        self._lines += text.count("\n")
        self._foreign = self._foreign or not text.isascii()
        return text.encode()

    def _pull(self, size: int) -> bytes:
        try:
            return self._raw.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise RejectedError(
                f"{self._path}: the archive is cut off or damaged ({error}); copy it again"
            ) from error

    def _undecodable(self, data: bytes, error: UnicodeDecodeError) -> RejectedError:
        good = data[: error.start].decode(self._encoding, errors="replace")
        line = self._lines + good.count("\n") + 1
        where = f"{self._path}: line {line}: byte 0x{error.object[error.start]:02X}"
        if self._foreign or not good.isascii():
            return RejectedError(
                f"{where} is not {self._encoding.upper()}, but text before it is: the file mixes "
                "encodings, as pasted or joined files do; export it again as UTF-8"
            )
        return RejectedError(
            f"{where} is not {self._encoding.upper()}; export it as UTF-8, or set `encoding` in "
            "the mapping (windows-1252 is what spreadsheet programs often write)"
        )


def open_bytes(path: Path) -> BinaryIO:
    """Open a file, unpacking `.gz`.

    Raises:
        RejectedError: there is no such file, or it may not be read.
    """
    try:
        if path.suffix.lower() == ".gz":
            return cast(BinaryIO, gzip.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise RejectedError(f"{path}: cannot be read: {error.strerror}") from error


def detect(head: bytes, wanted: str) -> str:
    """Name the encoding: what a byte order mark says, else what is wanted, else what it looks like.

    UTF-16 without a mark is told by its zero bytes; everything else is taken for UTF-8, never
    guessed: a wrong guess would garble names without a word.
    """
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if wanted:
        return wanted
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if len(head) >= 4 and head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    return "utf-8"
