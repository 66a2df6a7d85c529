"""Who among the customers belongs together? Segments, in `<brands>/<brand>/mail/segments.yaml`.

    segments:
      - name: best_at_risk
        title: Good customers that we are losing
        stages: [at_risk]
        when: m >= 4 and recency_days > 1.5 * usual_days
        push: {newsletter: a1b2c3}

Whoever meets all that a segment asks for is in it; one that asks for nothing has everybody.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from config.check_rules import formula_problem
from config.formula import Expression, FormulaError, parse
from config.mail import Stage
from config.models import Brand
from config.problems import Problem, choose, quoted
from config.words import COUNTRY_PATTERN, LANGUAGE_PATTERN, Model, Name
from config.yaml_source import Source, Where

FACTS: Mapping[str, str] = {
    "recency_days": "days since the last order",
    "orders": "days with an order",
    "value": "all orders, less refunds",
    "mean_value": "value per day with an order",
    "usual_days": "mean days from an order day to the next one",
    "r": "score of recency among all customers, 1 to 5; 5 is the most recent fifth",
    "f": "score of the number of orders, 1 to 5",
    "m": "score of the value, 1 to 5",
    "p_alive": "probability of still being a customer, 0 to 1",
    "expected_orders": "days with an order in the next 365 days",
    "expected_value": "value of the next 365 days",
    "days_since_first_order": "days since the first order",
    "days_since_signup": "days since the person signed up",
    "days_since_consent": "days since consent was given or changed",
}
"""What a segment's `when` may ask of a person. Unknown without an order, date or model, but for
`orders` and `value`, which are 0 for those who never ordered."""

PUSHABLE = ("mailchimp", "klaviyo", "hubspot")
"""Platforms that have lists of people."""

Country = Annotated[str, StringConstraints(pattern=COUNTRY_PATTERN)]
"""ISO 3166-1 alpha-2: `DE`."""

Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
"""BCP 47: `de` stands for `de-AT` too."""


class Segment(Model):
    """People who belong together by what is known of them."""

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=100)]
    """What people call it."""
    owner: str = ""
    """One of the brand's `owners`; empty means the first."""
    stages: tuple[Stage, ...] = ()
    """Where they are in their life with the brand; empty means anywhere."""
    countries: tuple[Country, ...] = ()
    """ISO 3166-1 alpha-2, such as DE; empty means all, unknown ones too."""
    languages: tuple[Language, ...] = ()
    """BCP 47; `de` stands for `de-AT` too. Empty means all, unknown ones too."""
    when: str = ""
    """A condition on a person's figures, such as `recency_days > 60 and m >= 4`; whoever it cannot
    be told of is not in the segment."""
    push: dict[Name, Annotated[str, Field(min_length=1)]] = {}
    """Account of a mail service to the list there that is kept like this segment."""

    @property
    def rule(self) -> dict[str, Any]:
        """What decides who is in it, as plain data: an approval may rest on it."""
        return self.model_dump(mode="json", include={"stages", "countries", "languages", "when"})


class SegmentFile(Model):
    """All segments of a brand."""

    segments: tuple[Segment, ...]


def parse_segment_condition(text: str) -> Expression:
    """Read a segment's `when`. Raise `FormulaError` for what is no condition on `FACTS`."""
    expression = parse(text)
    for reference in expression.references:
        if reference.function:
            message = f"{reference}: a segment's condition has no functions"
            raise FormulaError(f"{message}; write {reference.name}", reference.column)
        if reference.name not in FACTS:
            message = f"no figure {reference.name!r} of a person"
            raise FormulaError(f"{message}; {choose(reference.name, FACTS)}", reference.column)
    if expression.kind != "truth":
        raise FormulaError("a condition compares, such as `recency_days > 60`", 1)
    return expression


def segment_problems(source: Source, file: SegmentFile, brand: Brand) -> Iterator[Problem]:
    """Yield what is wrong with segments of the right shape."""
    first: dict[str, int] = {}
    for position, segment in enumerate(file.segments):
        path: Where = ("segments", position)
        if (before := first.setdefault(segment.name, position)) != position:
            line = source.line(("segments", before, "name"))
            message = f"a segment {segment.name} exists already, on line {line}"
            yield source.problem((*path, "name"), message, "rename or remove one of the two")
        if segment.owner and segment.owner not in brand.owners:
            message = f"no owner {quoted(segment.owner)}"
            yield source.problem((*path, "owner"), message, choose(segment.owner, brand.owners))
        if segment.when:
            try:
                parse_segment_condition(segment.when)
            except FormulaError as error:
                yield formula_problem(source, (*path, "when"), error)
        yield from _lists(source, path, segment, brand)
    yield from _shared_lists(source, file)


def _lists(source: Source, path: Where, segment: Segment, brand: Brand) -> Iterator[Problem]:
    platforms = {entry.name: entry.platform for entry in brand.accounts}
    able = [name for name, platform in platforms.items() if platform in PUSHABLE]
    for account in segment.push:
        where = (*path, "push", account)
        if account not in platforms:
            yield source.problem(where, f"no account {quoted(account)}", choose(account, able))
        elif account not in able:
            message = f"the platform {platforms[account]} of this account has no lists of people"
            yield source.problem(where, message, f"platforms that have: {', '.join(PUSHABLE)}")


def _shared_lists(source: Source, file: SegmentFile) -> Iterator[Problem]:
    """Yield lists that are to be kept like two segments at once."""
    first: dict[tuple[str, str], str] = {}
    for position, segment in enumerate(file.segments):
        for account, item in segment.push.items():
            if (other := first.setdefault((account, item), segment.name)) != segment.name:
                message = f"{account}: the list {item} is kept like the segment {other} already"
                where = ("segments", position, "push", account)
                yield source.problem(where, message, "name another list, or join the two segments")
