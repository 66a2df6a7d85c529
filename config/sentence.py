"""What may stand in the sentence of a check or fact?

Text with fields in braces, `{name} costs {cpa} per conversion`. A field is a name and nothing else:
no attribute, index, conversion or format, so a template cannot reach into anything, and what is
put in for a field is never read as a template again. `{{` and `}}` are braces.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from config.formula import FormulaError
from config.problems import choose

CHECK_FIELDS = ("name", "value", "target", "previous", "change", "window", "minimum")
"""Fields of every check's sentence, beside the metrics and KPIs by their names."""

_PIECE = re.compile(r"\{\{|\}\}|\{[a-z][a-z0-9_]*\}|[^{}]+|.", re.DOTALL)


def check_template(
    text: str, names: Collection[str], fields: Collection[str] = CHECK_FIELDS
) -> None:
    """Raise `FormulaError` for a field that is neither in `fields` nor one of `names`."""
    valid = {*names, *fields}
    for piece in _pieces(text):
        if piece.field and piece.field not in valid:
            message = f"no field {piece.field!r}; {choose(piece.field, valid)}"
            raise FormulaError(message, piece.column)


def template_fields(text: str) -> list[str]:
    """Return the fields of a template, each once, in their order."""
    return list(dict.fromkeys(piece.field for piece in _pieces(text) if piece.field))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the sentence with every field replaced by its value; `values` must have them all."""
    return "".join(values[piece.field] if piece.field else piece.literal for piece in _pieces(text))


class _Piece(NamedTuple):
    literal: str
    field: str  # empty for a literal
    column: int  # counts from 1


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[_Piece, ...]:
    pieces = []
    for found in _PIECE.finditer(text):
        raw, column = found.group(), found.start() + 1
        if raw in ("{", "}"):
            raise FormulaError("a brace is no field; {name} is one, and {{ is a brace", column)
        is_field = raw[0] == "{" and raw != "{{"
        literal = raw[0] if raw in ("{{", "}}") else raw
        pieces.append(_Piece(literal, raw[1:-1] if is_field else "", column))
    return tuple(pieces)
