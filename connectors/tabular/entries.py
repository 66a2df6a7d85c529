"""Which distinct things do the rows speak of? Each combination of texts gets a number."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]


class Entries:
    """Distinct combinations of some columns' texts, numbered in the order of first sight."""

    def __init__(self, blanks: Collection[str] = ()) -> None:
        self._blanks = frozenset(blank.strip() for blank in blanks)  # texts that mean "none"
        self.texts: list[tuple[str, ...]] = []
        self.rows: list[int] = []
        """The row in which each was first seen, in its source."""
        self._numbers: dict[tuple[str, ...], int] = {}

    def encode(self, columns: Sequence[pa.Array], rows: npt.NDArray[np.int64]) -> Codes:
        """Return the number of each row's combination. Null is the same as empty text."""
        if not columns:
            return self._known([()], rows[:1])[np.zeros(len(rows), np.int64)]
        which, firsts = _distinct(columns)
        at = pa.array(firsts)
        texts = [self._trimmed(column.take(at)) for column in columns]
        return self._known(list(zip(*texts, strict=True)), rows[firsts])[which]

    def _trimmed(self, column: pa.Array) -> list[str]:
        trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, "")).to_pylist()
        return ["" if text in self._blanks else text for text in trimmed]

    def _known(self, combinations: list[tuple[str, ...]], rows: npt.NDArray[np.int64]) -> Codes:
        """Return the numbers of combinations, giving new ones to those not seen before."""
        known = self._numbers.get
        codes = np.array([known(texts, -1) for texts in combinations], np.int32)
        for index in np.flatnonzero(codes < 0).tolist():
            texts = combinations[index]
            codes[index] = number = self._numbers.setdefault(texts, len(self.texts))
            if number == len(self.texts):  # not the same again after trimming
                self.texts.append(texts)
                self.rows.append(int(rows[index]))
        return codes


def _distinct(columns: Sequence[pa.Array]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each row's distinct combination, and the first row of each combination."""
    combined = np.zeros(len(columns[0]), np.int64)
    size = 1
    for column in columns:
        encoded = pc.dictionary_encode(column, null_encoding="encode")
        if size * len(encoded.dictionary) >= 2**62:
            combined, values = pd.factorize(combined)
            size = len(values)
        combined = combined * len(encoded.dictionary) + encoded.indices.to_numpy(
            zero_copy_only=False
        )
        size *= max(1, len(encoded.dictionary))
    which, values = pd.factorize(combined)
    firsts = np.full(len(values), len(which), np.int64)
    np.minimum.at(firsts, which, np.arange(len(which)))
    return which.astype(np.int64), firsts
