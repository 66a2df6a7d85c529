"""Does a file have the shape that its model asks for? pydantic's errors in our words.

Values are checked as strictly as JSON: no text where a number belongs, no `true` for 1.
"""

import json
import re
from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from config.models import NAME_PATTERN, SECRET_PATTERN, WINDOW_PATTERN
from config.problems import Problem, choose
from config.secret_scan import looks_secret
from config.words import COUNTRY_PATTERN, LANGUAGE_PATTERN
from config.yaml_source import Source, Where

M = TypeVar("M", bound=BaseModel)

LONGEST_ECHO = 60
"""A wrong value is repeated in the message up to this many characters."""

_PATTERNS = {
    NAME_PATTERN: (
        "is not a name",
        "use lower-case letters, digits and underscores, a letter first: acme_shop",
    ),
    SECRET_PATTERN: (
        "must say where the secret is, never the secret itself",
        "put the secret into .env and write env:ITS_NAME here, or block:its-name for a Prefect "
        "Secret block",
    ),
    COUNTRY_PATTERN: ("is no country", "write its two letters (ISO 3166-1), such as DE"),
    LANGUAGE_PATTERN: ("is no language", "write it as in BCP 47, such as de or pt-BR"),
    WINDOW_PATTERN: (
        "is not a window",
        "valid: yesterday, last_7_days (any number of days up to 999), week_to_date, month_to_date",
    ),
}

_EXPECTED = {
    "string_type": ("must be text", "put it in quotes"),
    "int_type": ("must be a whole number", "write it without quotes"),
    "int_from_float": ("must be a whole number", ""),
    "float_type": ("must be a number", "write it without quotes, with a point for decimals"),
    "finite_number": ("must be a finite number", ""),
    "decimal_type": ("must be a number", "write it without quotes, with a point for decimals"),
    "decimal_parsing": ("must be a number", "write it without quotes, with a point for decimals"),
    "bool_type": ("must be true or false", "YAML 1.2 takes yes, no, on and off as text"),
    "tuple_type": ("must be a list", "write it as [a, b] or as lines that begin with `- `"),
    "dict_type": ("must be a mapping", "write it as lines `name: value`, indented"),
    "model_type": ("must be a mapping", "write it as lines `name: value`, indented"),
    "model_attributes_type": ("must be a mapping", "write it as lines `name: value`, indented"),
    "date_type": ("must be a date", "write it as 2026-11-30"),
    "date_parsing": ("must be a date", "write it as 2026-11-30"),
    "date_from_datetime_parsing": ("must be a date", "write it as 2026-11-30"),
    "date_from_datetime_inexact": ("must be a date without a time", "write it as 2026-11-30"),
    "time_type": ("must be a time of day", 'write it as "06:00", in quotes'),
    "time_parsing": ("must be a time of day", 'write it as "06:00", in quotes'),
    "missing": ("is required and missing", "add it"),
}


def shape(source: Source, model: type[M]) -> M | list[Problem]:
    """Return the file as `model`, or every way in which it does not have that shape."""
    if source.value is None:
        return [source.problem((), "the file is empty", f"it needs: {_required(model)}")]
    return shape_at(source, (), source.value, model)


def shape_at(source: Source, path: Where, value: Any, model: type[M]) -> M | list[Problem]:
    """Return the part of a file that stands at `path` as `model`, or what is wrong with it."""
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [_problem(source, path, it, model) for it in details if not _only_follows(it)]


def _only_follows(detail: Any) -> bool:
    """Say whether a list is called too short only because its items are wrong."""
    if detail["type"] != "too_short":
        return False
    return len(detail["input"]) >= int(detail["ctx"]["min_length"])


def _problem(source: Source, path: Where, detail: Any, model: type[BaseModel]) -> Problem:
    loc: Where = tuple(part for part in detail["loc"] if part != "[key]")
    inner = _place(model, loc)
    if str(detail["type"]).startswith("union_tag"):
        inner = (*inner, str(detail["ctx"]["discriminator"]).strip("'"))
    message, remedy = _words(detail, inner, _keys_at(model, loc[:-1]))
    return source.problem((*path, *inner), message, remedy)


def _words(detail: Any, path: Where, keys: Sequence[str]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", choose(str(path[-1]), keys)
    if kind == "union_tag_invalid":
        choices = re.findall(r"'([^']*)'", context["expected_tags"])
        tag = context["tag"]
        echo = _echo({"input": tag}, path)
        return f"is none of the valid words{echo}", choose(tag, choices)
    if kind == "union_tag_not_found":
        return _EXPECTED["missing"][0], f"add `{path[-1]}:`"
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "string_pattern_mismatch":
        message, remedy = _PATTERNS.get(context["pattern"], ("has the wrong form", ""))
        return message + _echo(detail, path), remedy
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return "is none of the valid words" + _echo(detail, path), choose(
            str(detail["input"]), choices
        )
    if kind == "missing" and path and isinstance(detail.get("input"), dict):
        return _EXPECTED[kind][0], f"add `{path[-1]}:`"
    if kind in _EXPECTED:
        message, remedy = _EXPECTED[kind]
        return message + _echo(detail, path), remedy
    if kind == "too_short":
        entries = "entry" if context["min_length"] == 1 else "entries"
        return f"needs at least {context['min_length']} {entries}", "add one"
    # What pydantic says of limits (greater than 0) is plain enough.
    text = str(detail["msg"])
    return text[:1].lower() + text[1:] + _echo(detail, path), ""


def _echo(detail: Any, path: Where) -> str:
    """Return the wrong value for the message, unless it is long or could be a secret."""
    value = detail.get("input")
    if not isinstance(value, str | int | float) or {"secrets", "notify", "options"} & set(path):
        return ""
    text = str(value)
    return "" if len(text) > LONGEST_ECHO or looks_secret(text) else f", not {text!r}"


def _required(model: type[BaseModel]) -> str:
    return ", ".join(name for name, info in model.model_fields.items() if info.is_required())


def _place(model: type[BaseModel], loc: Where) -> Where:
    """Return where in the file a detail stands.

    pydantic names which of several models an item was read as, `("playbooks", 0, "pause",
    "days")`; the file has no such key.
    """
    kind: Any = model
    path: list[str | int] = []
    for part in loc:
        if not _several(kind):
            path.append(part)
        kind = _inside(kind, part)
    return tuple(path)


def _keys_at(model: type[BaseModel], loc: Where) -> list[str]:
    """Return the keys that the model at `loc` inside `model` has."""
    kind: Any = model
    for part in loc:
        kind = _inside(kind, part)
    kind = _bare(kind)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _inside(kind: Any, part: str | int) -> Any:
    """Return the type of a part of a value of this type; None if it has no such part."""
    kind = _bare(kind)
    if members := _several(kind):
        return next((one for one in members if part in _tags(one)), None)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = kind.model_fields.get(str(part))
        return info.annotation if info else None
    arguments = get_args(kind)  # tuple[Thing, ...] or dict[str, Thing]
    if not arguments:
        return None
    return arguments[0] if isinstance(part, int) else arguments[-1]


def _several(kind: Any) -> list[type[BaseModel]]:
    """Return the models of which a value may be any one."""
    kind = _bare(kind)
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    return [one for one in members if isinstance(one, type) and issubclass(one, BaseModel)]


def _tags(model: type[BaseModel]) -> set[Any]:
    """Return the words by which a model says that it is the one."""
    kinds = (info.annotation for info in model.model_fields.values() if info.is_required())
    return {tag for kind in kinds if get_origin(kind) is Literal for tag in get_args(kind)}


def _bare(kind: Any) -> Any:
    """Strip `Annotated` and `| None` from a type."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        members = [one for one in get_args(kind) if one is not type(None)]
        return _bare(members[0]) if len(members) == 1 else kind
    return kind
