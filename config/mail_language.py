"""What may stand in a mail's template? Jinja2, less whatever is not needed to write a letter.

Names are data: nothing that a person is called is ever read as a template, and in HTML all of it is
escaped; there is no `safe` and no way to switch escaping off. A template calls nothing but its own
macros, `range` and `link`, reads no attributes but those of a loop, includes files of its own
folder only, and ends: loops and calls are counted. That guards against mistakes, and against people
who call themselves `{{ 7 * 7 }}`; whoever writes the templates is trusted as far as a mail goes.

    {{ first_name | or("there") }}      what is said if a person has none
    {% if first_name %} ... {% endif %} asks whether it is known
    {{ link("https://acme.example/") }} an address with campaign parameters, wherever it leads
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jinja2 import (
    FunctionLoader,
    Template,
    TemplateRuntimeError,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

MOST_STEPS = 10_000
"""Rounds of loops and calls of macros in one text."""
DEEPEST = 20
LARGEST_TEXT = 1_000_000
"""Characters of one text; Gmail clips a message at a tenth of it."""

FILTERS = (
    "abs", "capitalize", "default", "d", "escape", "e", "first", "float", "int", "join", "last",
    "length", "lower", "reverse", "round", "sort", "title", "trim", "truncate", "upper",
    "urlencode", "wordcount",
)  # fmt: skip
"""Of Jinja's own. `or` and `link` are ours."""

OURS = ("brand", "language", "postal_address", "preheader", "subject", "unsubscribe_url")
"""Variables that are not a person's fields."""

GLOBALS = ("link", "range")
"""What can be called."""

FIRST_STRONG, POP = "\u2068", "\u2069"
"""Around text whose direction is its own (Unicode UAX #9): what stands beside it stays there."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff"
                            "\U0001e800-\U0001efff]")  # fmt: skip


class Missing(Undefined):
    """A variable that is not known: it is false, equals nothing, and cannot be written."""

    __slots__ = ()
    __str__ = Undefined._fail_with_undefined_error  # noqa: SLF001


class TooMuchError(TemplateRuntimeError):
    """A template does not end, or becomes too long."""


@dataclass(slots=True)
class _Turn:
    """What belongs to the text that is being written."""

    link: Callable[[str, str | None], str]
    steps: int = 0
    depth: int = 0

    def count(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuchError(f"loops and macros take more than {MOST_STEPS:,} steps")


_TURN: ContextVar[_Turn] = ContextVar("turn")


class Sandbox(ImmutableSandboxedEnvironment):
    """The language. A syntax that it lacks is a `TemplateSyntaxError` with its line."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node, message in _refused(tree):
            raise TemplateSyntaxError(message, node.lineno, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(
                loop.iter, "_counted", [], [], None, None, lineno=loop.lineno
            ).set_environment(self)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow what a template needs to see: its loop, its blocks, a file's macros."""
        seen = (LoopContext, TemplateReference, TemplateModule)
        return isinstance(obj, seen) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow a template's own macros and blocks, `range` and `link`."""
        return isinstance(obj, Macro | BlockReference) or obj in (safe_range, _link)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Count a call, for macros may call themselves. A refusal does not say what was called:
        it may be a name."""
        if not __self.is_safe_callable(__obj):
            raise SecurityError("only macros, blocks, range and link can be called")
        turn = _TURN.get()
        turn.count()
        turn.depth += 1
        if turn.depth > DEEPEST:
            raise TooMuchError(f"macros call each other more than {DEEPEST} deep")
        try:
            return super().call(__context, __obj, *args, **kwargs)
        finally:
            turn.depth -= 1

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse arithmetic that makes something long of something short."""
        if operator == "**" or not (
            isinstance(left, int | float) and isinstance(right, int | float)
        ):
            raise SecurityError(f"{operator} is for two numbers" if operator != "**" else "no **")
        return super().call_binop(context, operator, left, right)


def sandbox(files: Mapping[str, str]) -> Sandbox:
    """Return the language for the files of one template; those in `.html` are escaped."""
    found = Sandbox(
        loader=FunctionLoader(lambda name: _found(files, name)),
        auto_reload=False,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=Missing,
        finalize=_with_direction,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters = {name: found.filters[name] for name in FILTERS} | {
        "or": _or, "link": _link, "_counted": _counted,
    }  # fmt: skip
    found.globals = {"range": safe_range, "link": _link}
    return found


def compile_template(source: str, file: str) -> None:
    """Raise `TemplateSyntaxError` for what is not of the language."""
    sandbox({}).compile(source, file, file)


def write(
    template: Template, variables: Mapping[str, object], link: Callable[[str, str | None], str]
) -> str:
    """Return what a template makes of the variables. Raise `jinja2.TemplateError`, or what Python
    raises when a filter gets what it cannot do with."""
    token = _TURN.set(_Turn(link))
    try:
        parts, size = [], 0
        for part in template.generate(variables):
            parts.append(part)
            size += len(part)
            if size > LARGEST_TEXT:
                raise TooMuchError(f"is longer than {LARGEST_TEXT:,} characters")
        return "".join(parts)
    finally:
        _TURN.reset(token)


def parts_of(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Yield the files that a template includes, extends or imports, each with its line."""
    kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
    for node in tree.find_all(kinds):
        named: Any = node
        if isinstance(named.template, nodes.Const) and isinstance(named.template.value, str):
            yield named.template.value, node.lineno


def _found(files: Mapping[str, str], name: str) -> tuple[str, str, None] | None:
    return (files[name], name, None) if name in files else None


def _refused(tree: nodes.Template) -> Iterator[tuple[nodes.Node, str]]:
    kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
    for node in tree.find_all((*kinds, nodes.EvalContextModifier, nodes.For)):
        named: Any = node
        if isinstance(node, nodes.EvalContextModifier):
            yield node, "escaping cannot be switched"
        elif isinstance(node, nodes.For):
            if node.recursive:
                yield node, "loops cannot be recursive"
        elif not (
            isinstance(named.template, nodes.Const) and isinstance(named.template.value, str)
        ):
            yield node, 'a file is named as it is: include "_footer.html"'


def _or(value: object, otherwise: str) -> object:
    """Return a value, or what is said where there is none."""
    return otherwise if isinstance(value, Undefined) or value in ("", None) else value


def _link(url: str, content: str | None = None) -> str:
    """Return an address with the campaign's parameters; `content` is its own utm_content."""
    return _TURN.get().link(str(url), content)


def _counted(values: Iterable[object]) -> Iterator[object]:
    turn = _TURN.get()
    for value in values:
        turn.count()
        yield value


def _with_direction(value: object) -> object:
    """Keep a name that is written from right to left from moving what stands around it."""
    if type(value) is str and not value.isascii() and _RIGHT_TO_LEFT.search(value):
        return f"{FIRST_STRONG}{value}{POP}"
    return value
