"""Which number does a text mean? Never the one of two that is guessed."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.tabular.mapping import NumberFormat
from connectors.tabular.problems import LIMIT, Problems

Floats = npt.NDArray[np.float64]

NEVER_NEGATIVE = frozenset({"spend", "impressions", "clicks"})

SPACES = r"[\x{A0}\x{202F}\x{2009}]"  # hard, narrow and thin: some languages' thousands signs
DRESSING = r"^(?:[A-Z]{3}|[\s\p{Sc}])+|(?:[A-Z]{3}|[\s\p{Sc}])+$"  # currency codes and signs
GROUPS = {",": ",", ".": r"\.", "'": "['’]", " ": " "}
PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
EITHER = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"  # 1,234: a thousand or one and a bit

POINT = r"^[+-]?(?:[\d, ']*\.\d*|\d{1,3}(?:,\d{2,3})+,\d{3})$"  # proves a decimal point
COMMA = r"^[+-]?(?:[\d. ']*,\d*|\d{1,3}(?:\.\d{3}){2,})$"  # or a comma

FOUND_OUT = (
    NumberFormat(thousands=","),
    NumberFormat(decimal=",", thousands="."),
    NumberFormat(thousands=" "),
    NumberFormat(decimal=",", thousands=" "),
)
"""Formats that a number may tell by itself when none is given."""

SAY_FORMAT = "set `numbers: {decimal: ..., thousands: ...}` in the mapping"


class NumberReader:
    """Reads the figures of one source in one number format, given or found out.

    Found out means: plain numbers pass; `1,234.56` and `12,5` tell their format by themselves; what
    fits two formats passes as one with a decimal point only if other numbers prove that the source
    writes those. Two formats in one source, and a number that nothing decides, are refused.
    """

    def __init__(
        self, given: NumberFormat | None, blanks: tuple[str, ...], problems: Problems
    ) -> None:
        self._given = given
        self._blanks = pa.array(sorted({"", *(blank.strip() for blank in blanks)}))
        self._problems = problems
        self._points = False  # a number proved a decimal point
        self._commas: tuple[int, str, str] | None = None  # a number proved a decimal comma
        self._open: tuple[int, str, str] | None = None  # a number that fits both

    def read(
        self, metric: str, column: str, array: pa.Array, rows: npt.NDArray[np.int64]
    ) -> Floats:
        """Return one column as floats, NaN where there is no value; note what cannot be used.

        Args:
            metric: Our name; counts and spend may not be negative.
            column: Its name in the source, for messages.
            array: Text or float64.
            rows: The source's row of each value, for messages.
        """
        if pa.types.is_floating(array.type):
            values = array.to_numpy(zero_copy_only=False)
            known = array.is_valid().to_numpy(zero_copy_only=False)
        else:
            values, known = self._from_text(column, array, rows)
        self._note(column, array, rows, known & ~np.isfinite(values), "is not a number; correct it")
        if metric in NEVER_NEGATIVE:
            what = f"is negative, which {metric} never is; correct it"
            self._note(column, array, rows, values < 0, what)
        return np.where(known, values, np.nan)

    def finish(self) -> None:
        """Note the number that fits two formats if nothing in the source decided between them."""
        if self._open and (self._commas or not self._points):
            row, column, value = self._open
            point, comma = value.replace(",", ""), value.replace(",", ".")
            if "." in value:
                point, comma = value, value.replace(".", "")
            self._problems.add(
                row, column, value, f"fits two number formats, {point} and {comma}; {SAY_FORMAT}"
            )
        elif self._commas and self._points:
            row, column, value = self._commas
            self._problems.add(
                row, column, value, f"has a decimal comma, but other numbers a point; {SAY_FORMAT}"
            )

    def _from_text(
        self, column: str, array: pa.Array, rows: npt.NDArray[np.int64]
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        text = pc.utf8_trim_whitespace(array)
        known = pc.invert(pc.is_in(text, value_set=self._blanks)).to_numpy(zero_copy_only=False)
        known &= array.is_valid().to_numpy(zero_copy_only=False)
        fast = self._plain(column, text, known, rows)
        if fast is not None:
            return fast, known
        return self._dressed(column, text, known, rows), known

    def _plain(
        self, column: str, text: pa.Array, known: npt.NDArray[np.bool_], rows: npt.NDArray[np.int64]
    ) -> Floats | None:
        """Read a column that holds nothing but digits and points, at full speed; else None."""
        if self._given and (self._given.decimal == "," or self._given.thousands == "."):
            return None
        kept = text if known.all() else pc.if_else(pa.array(known), text, pa.scalar("0"))
        try:
            values: Floats = pc.cast(kept, pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            return None
        if not np.isfinite(values).all():  # the cast takes `nan` and `inf`
            return None
        if self._given is None:
            self._weigh(column, kept, rows)
        return values

    def _dressed(
        self, column: str, text: pa.Array, known: npt.NDArray[np.bool_], rows: npt.NDArray[np.int64]
    ) -> Floats:
        """Read a column with thousands separators, currency or percent signs, or with errors."""
        bound = _bounds(text)
        bare = pc.replace_substring_regex(text, SPACES, " ")
        bare = pc.replace_substring_regex(bare, r"^[<>]\s*", "")
        bare = pc.replace_substring_regex(bare, DRESSING, "")
        percent = pc.ends_with(bare, "%").to_numpy(zero_copy_only=False)
        bare = pc.replace_substring_regex(bare, r"\s*%$", "")
        if self._given is None:
            self._weigh(column, bare, rows)
        plain = _without_groups(bare, self._given)
        good = pc.match_substring_regex(plain, PLAIN).to_numpy(zero_copy_only=False)
        self._note(
            column, text, rows, known & ~good, f"is not a number; correct it, or {SAY_FORMAT}"
        )
        usable = good & known
        values = pc.cast(pc.if_else(pa.array(usable), plain, pa.scalar("0")), pa.float64())
        numbers: Floats = values.to_numpy(zero_copy_only=False).copy()
        numbers[percent] /= 100
        return np.asarray(numbers + bound, dtype=np.float64)

    def _weigh(self, column: str, text: pa.Array, rows: npt.NDArray[np.int64]) -> None:
        """Take what the numbers prove about the source's format."""
        either = pc.match_substring_regex(text, EITHER).to_numpy(zero_copy_only=False)
        if self._open is None and either.any():
            at = int(either.argmax())
            self._open = (int(rows[at]), column, text[at].as_py())
        if not self._points:
            points = pc.match_substring_regex(text, POINT).to_numpy(zero_copy_only=False)
            self._points = bool((points & ~either).any())
        if self._commas is None:
            commas = pc.match_substring_regex(text, COMMA).to_numpy(zero_copy_only=False)
            if (commas & ~either).any():
                at = int((commas & ~either).argmax())
                self._commas = (int(rows[at]), column, text[at].as_py())

    def _note(
        self,
        column: str,
        array: pa.Array,
        rows: npt.NDArray[np.int64],
        bad: npt.NDArray[np.bool_],
        what: str,
    ) -> None:
        if not bad.any():
            return
        for at in np.flatnonzero(bad)[:LIMIT]:
            self._problems.add(int(rows[at]), column, array[int(at)].as_py(), what)


def _bounds(text: pa.Array) -> Floats:
    """Return what to add to a bounded share, so that it reads as Google's API reports it.

    A report says `< 10%` where the API has 0.0999, and `> 90%` where it has 0.9001.
    """
    below = pc.starts_with(text, "<").to_numpy(zero_copy_only=False)
    above = pc.starts_with(text, ">").to_numpy(zero_copy_only=False)
    return np.asarray(0.0001 * above - 0.0001 * below, dtype=np.float64)


def _without_groups(text: pa.Array, given: NumberFormat | None) -> pa.Array:
    """Rewrite numbers with a decimal point and without thousands separators, where well-formed."""
    formats = [given] if given else FOUND_OUT
    rewritten = text
    for number_format in formats:
        rewritten = _rewrite(rewritten, number_format, proved=given is None)
    return rewritten


def _rewrite(text: pa.Array, number_format: NumberFormat, *, proved: bool) -> pa.Array:
    decimal = r"\." if number_format.decimal == "." else ","
    sign = GROUPS.get(number_format.thousands, "")
    groups = rf"\d{{1,3}}(?:{sign}\d{{2,3}})*{sign}\d{{3}}" if sign else r"\d+"
    whole = rf"(?:{groups}|\d+)"
    well_formed = pc.match_substring_regex(
        text, rf"^[+-]?{whole}(?:{decimal}\d*)?(?:[eE][+-]?\d+)?$"
    )
    if proved:
        well_formed = pc.and_(well_formed, pc.invert(pc.match_substring_regex(text, PLAIN)))
    if proved and number_format.decimal == ",":  # 1,234 is first taken for a thousand
        well_formed = pc.and_(well_formed, pc.invert(pc.match_substring_regex(text, EITHER)))
    bare = pc.replace_substring_regex(text, sign, "") if sign else text
    bare = pc.replace_substring(bare, ",", ".") if number_format.decimal == "," else bare
    # with a decimal comma, a point is no decimal sign: what is not well-formed must not pass
    other = pa.scalar("?") if number_format.decimal == "," and not proved else text
    return pc.if_else(well_formed, bare, other)
