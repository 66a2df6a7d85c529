"""What does a Google Ads query ask for? Parses the query language; knows no fields.

Grammar: https://developers.google.com/google-ads/api/docs/query/grammar
"""

import re
from dataclasses import dataclass

OPERATORS = (
    "NOT IN", "NOT LIKE", "NOT REGEXP_MATCH", "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE",
    "IS NOT NULL", "IS NULL", "REGEXP_MATCH", "BETWEEN", "DURING", "LIKE", "IN",
    "!=", ">=", "<=", "=", ">", "<",
)  # fmt: skip

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<sign>!=|>=|<=|[=<>(),])
    )""",
    re.VERBOSE,
)


class QueryError(Exception):
    """The query is wrong. `code` is a value of Google's QueryErrorEnum."""

    def __init__(
        self, code: str, message: str, trigger: str = "", kind: str = "queryError"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.trigger = trigger
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the WHERE clause; all hold together."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    select: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...] = ()
    order_by: tuple[tuple[str, bool], ...] = ()  # field, descending
    limit: int | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that the query names."""
        conditions = tuple(condition.field for condition in self.where)
        return self.select + conditions + tuple(name for name, _ in self.order_by)


def parse(text: str) -> Query:
    """Parse a query; raise `QueryError` with Google's own code."""
    reader = _Reader(_tokens(text))
    reader.expect("SELECT", "EXPECTED_SELECT")
    select = reader.names()
    reader.expect("FROM", "EXPECTED_FROM")
    resource = reader.name()
    where: tuple[Condition, ...] = ()
    order_by: tuple[tuple[str, bool], ...] = ()
    limit = None
    if reader.skip("WHERE"):
        where = _conditions(reader)
    if reader.skip("ORDER"):
        reader.expect("BY", "EXPECTED_BY")
        order_by = _order(reader)
    if reader.skip("LIMIT"):
        limit = _limit(reader)
    if reader.skip("PARAMETERS"):
        _conditions(reader, separator=",")
    if (rest := reader.peek()) is not None:
        raise QueryError("UNEXPECTED_INPUT", f"Error in query: unexpected input {rest}.", rest)
    return Query(select, resource, where, order_by, limit)


class _Reader:
    """The tokens and how far they are read."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def peek(self) -> str | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def take(self) -> str:
        if (token := self.peek()) is None:
            raise QueryError("UNEXPECTED_END_OF_QUERY", "Error in query: unexpected end of query.")
        self._next += 1
        return token

    def skip(self, word: str) -> bool:
        token = self.peek()
        if token is None or token.upper() != word:
            return False
        self._next += 1
        return True

    def expect(self, word: str, code: str) -> None:
        if not self.skip(word):
            raise QueryError(code, f"Error in query: expected {word}.", self.peek() or "")

    def name(self) -> str:
        token = self.take()
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", token):
            raise QueryError("BAD_FIELD_NAME", f"Error in query: {token} is no field.", token)
        return token

    def names(self) -> tuple[str, ...]:
        names = [self.name()]
        while self.skip(","):
            names.append(self.name())
        return tuple(names)

    def operator(self) -> str:
        for operator in OPERATORS:
            words = operator.split()
            found = self._tokens[self._next : self._next + len(words)]
            if [token.upper() for token in found] == words:
                self._next += len(words)
                return operator
        raise QueryError("BAD_OPERATOR", "Error in query: expected an operator.", self.peek() or "")

    def value(self) -> str:
        token = self.take()
        if token[0] in "'\"":
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token in ("(", ")", ",", "=") or token in OPERATORS:
            raise QueryError("BAD_VALUE", f"Error in query: {token} is no value.", token)
        return token

    def value_list(self) -> tuple[str, ...]:
        if not self.skip("("):
            raise QueryError("EXPECTED_LIST", "Error in query: expected a list.", self.peek() or "")
        if self.skip(")"):
            raise QueryError("PROHIBITED_EMPTY_LIST_IN_CONDITION", "Error in query: empty list.")
        values = [self.value()]
        while self.skip(","):
            values.append(self.value())
        if not self.skip(")"):
            raise QueryError("UNEXPECTED_INPUT", "Error in query: expected ).", self.peek() or "")
        return tuple(values)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            rest = stripped[at:].lstrip()[:20]
            code = "STRING_NOT_TERMINATED" if rest[:1] in ("'", '"') else "BAD_SYMBOL"
            raise QueryError(code, f"Error in query: unexpected input {rest}.", rest)
        tokens.append(match.group(match.lastgroup or 0))
        at = match.end()
    return tokens


def _conditions(reader: _Reader, separator: str = "AND") -> tuple[Condition, ...]:
    conditions = [_condition(reader)]
    while reader.skip(separator):
        conditions.append(_condition(reader))
    return tuple(conditions)


def _condition(reader: _Reader) -> Condition:
    field, operator = reader.name(), reader.operator()
    if operator in ("IS NULL", "IS NOT NULL"):
        return Condition(field, operator)
    if operator == "BETWEEN":
        low = reader.value()
        reader.expect("AND", "EXPECTED_AND")
        return Condition(field, operator, (low, reader.value()))
    if operator in ("IN", "NOT IN") or operator.startswith("CONTAINS"):
        return Condition(field, operator, reader.value_list())
    return Condition(field, operator, (reader.value(),))


def _order(reader: _Reader) -> tuple[tuple[str, bool], ...]:
    order = []
    while True:
        name = reader.name()
        descending = reader.skip("DESC")
        if not descending:
            reader.skip("ASC")
        order.append((name, descending))
        if not reader.skip(","):
            return tuple(order)


def _limit(reader: _Reader) -> int:
    token = reader.take()
    if not token.isdigit():
        raise QueryError("BAD_LIMIT_VALUE", f"Error in query: {token} is no limit.", token)
    if int(token) < 1:
        raise QueryError("LIMIT_VALUE_TOO_LOW", "Error in query: limit must be above zero.", token)
    return int(token)
