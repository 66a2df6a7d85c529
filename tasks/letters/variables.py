"""Which of a person's fields does a template use, where, and does it mind if one is missing?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes

from config.mail_language import GLOBALS, OURS, sandbox
from config.mail_templates import MailTemplate

_FALLBACKS = ("or", "default", "d")


@dataclass(frozen=True, slots=True)
class Use:
    """One place at which a field is used."""

    name: str
    file: str
    line: int
    minds: bool  # whether nothing can be written for somebody who has none


def uses(template: MailTemplate) -> list[Use]:
    """Return every use of a person's fields, in the order of files and lines; a field with a
    fall-back in the front matter is never minded."""
    found: list[Use] = []
    language = sandbox({})
    for file, source in template.files().items():
        tree = language.parse(source)
        others = {*OURS, *GLOBALS, *_declared(tree)}
        for name, line, minds in _walk(tree, frozenset()):
            if name not in others:
                minded = minds and name not in template.front.fallbacks
                found.append(Use(name, file, line, minded))
    return found


def _declared(tree: nodes.Template) -> Iterator[str]:
    """Yield the names that a file gives to things itself."""
    yield from ("loop", "self", "super", "caller", "varargs", "kwargs")
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Name):
            if node.ctx != "load":
                yield node.name
        elif isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.FromImport):
            yield from (it if isinstance(it, str) else it[1] for it in node.names)


def _walk(node: nodes.Node, known: frozenset[str]) -> Iterator[tuple[str, int, bool]]:
    """Yield the names that are read below a node; `known` are those that were asked for above."""
    if isinstance(node, nodes.Name):
        if node.ctx == "load":
            yield node.name, node.lineno, node.name not in known
    elif isinstance(node, nodes.If | nodes.CondExpr):
        yield from _asked(node.test, known)
        yes, no = known | _sure(node.test, True), known | _sure(node.test, False)
        for body, here in _branches(node, yes, no):
            for child in body:
                yield from _walk(child, here)
    elif isinstance(node, nodes.Filter) and node.name in _FALLBACKS and node.node:
        yield from _asked(node.node, known)
        for child in (*node.args, *node.kwargs):
            yield from _walk(child, known)
    else:
        for child in node.iter_child_nodes():
            yield from _walk(child, known)


def _branches(
    node: nodes.If | nodes.CondExpr, yes: frozenset[str], no: frozenset[str]
) -> Iterator[tuple[Sequence[nodes.Node], frozenset[str]]]:
    if isinstance(node, nodes.If):
        yield from ((node.body, yes), (node.elif_, no), (node.else_, no))
    else:
        yield from (([node.expr1], yes), ([node.expr2] if node.expr2 else [], no))


def _asked(node: nodes.Node, known: frozenset[str]) -> Iterator[tuple[str, int, bool]]:
    """Yield the names of a condition: a field itself may be missing there, what is made of it by a
    filter may not."""
    if isinstance(node, nodes.Name):
        yield node.name, node.lineno, False
    elif isinstance(node, nodes.And):
        yield from _asked(node.left, known)
        yield from _asked(node.right, known | _sure(node.left, True))
    elif isinstance(node, nodes.Or | nodes.Not | nodes.Test | nodes.Compare | nodes.Operand):
        for child in node.iter_child_nodes():
            yield from _asked(child, known)
    else:
        yield from _walk(node, known)


def _sure(test: nodes.Node, answer: bool) -> frozenset[str]:
    """Return the names that are known where a condition has this answer."""
    if isinstance(test, nodes.Not):
        return _sure(test.node, not answer)
    if isinstance(test, nodes.And if answer else nodes.Or):
        both: nodes.BinExpr = test
        return _sure(both.left, answer) | _sure(both.right, answer)
    if answer and isinstance(test, nodes.Name):
        return frozenset({test.name})
    if isinstance(test, nodes.Test) and isinstance(test.node, nodes.Name):
        wanted = "defined" if answer else "undefined"
        return frozenset({test.node.name}) if test.name == wanted else frozenset()
    if answer and isinstance(test, nodes.Compare) and isinstance(test.expr, nodes.Name):
        equal = [it.op for it in test.ops] == ["eq"]
        return frozenset({test.expr.name}) if equal else frozenset()
    return frozenset()
