"""The brand's own list of customers, in a file or a database of its own.

Every run reads the whole list. A row is a customer; of a customer that comes twice the later row
counts. `columns` maps our names to the list's: `customer_id` and `address` (e-mail), and where
there are such columns `consent`, `consent_source`, `consent_at`, `signed_up_at`, `time_zone`
(IANA), `language` (BCP 47) and `country` (ISO 3166-1 alpha-2). Every other name becomes a field
that messages may use, such as `first_name`; one with a `format` is a date, and is written as
YYYY-MM-DD.

Whether somebody agreed to mail is never guessed: `consent_words` says what the list's words mean,
or `consent` says it of everybody. A value that cannot be used is refused with its row and column,
and no error or log shows what it says. Only an unusable e-mail address stops nobody else: that
customer has none, and the row is told.

There are no figures here: no currency (XXX), and nothing is restated.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import requests
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.mail import Consent
from connectors.base import Account, Throttle
from connectors.mail import Customer, words_of_consent
from connectors.mail_addresses import usable_address
from connectors.tabular.listing import Columns, ListOptions, Part, needs, parts
from connectors.tabular.moments import MomentReader

KNOWN = ("customer_id", "address", "consent", "consent_source", "consent_at", "signed_up_at",
         "time_zone", "language", "country")  # fmt: skip
AT_ONCE = 10_000  # customers

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
COUNTRY = re.compile(r"[A-Za-z]{2}")


class Options(ListOptions):
    """What a brand file says under `options` of an account with `platform: customers`."""

    columns: Annotated[Columns, AfterValidator(needs("customer_id", "address"))]
    consent_words: Annotated[dict[str, Consent], BeforeValidator(words_of_consent)] = Field(
        default_factory=dict
    )
    """What the list's words mean, however they are capitalised: `{yes: subscribed, no: never}`; a
    word of our own means itself."""
    consent: Consent | None = None
    """Of everybody, if the list has no column that says it."""
    consent_source: str = ""
    """Of everybody, if the list has no column that says it: `newsletter form`."""

    @model_validator(mode="after")
    def _says_consent(self) -> Self:
        if ("consent" in self.columns) == (self.consent is not None):
            raise ValueError(
                "name either the column of consent, or `consent` for everybody: whether somebody "
                "agreed to mail is never guessed"
            )
        if "consent_source" in self.columns and self.consent_source:
            raise ValueError("`consent_source` is a column already")
        return self


class Connector:
    """One list of customers."""

    restatement_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        """Neither session nor throttle is used: a list is read as a whole, once."""
        self._options = options
        self.account_id = options.account_id

    def account(self) -> Account:
        """Return the list as the brand file describes it."""
        options = self._options
        name = options.name or self.account_id
        return Account("customers", self.account_id, name, "XXX", options.time_zone)

    def customers(self) -> Iterator[list[Customer]]:
        """Yield the whole list in parts.

        Raises:
            RejectedError: a value that cannot be used, with its place; what came before it stands.
            TransientError, ReconnectError: of the database.
        """
        options = self._options
        reader = _Reader(options)
        for part in parts(options, options.mapping()):
            found = reader.read(part)
            if not part.problems.found:
                for start in range(0, len(found), AT_ONCE):
                    yield found[start : start + AT_ONCE]


class _Reader:
    """Reads rows as customers."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._columns = {ours: it.column for ours, it in options.columns.items()}
        self._fields = [ours for ours in options.columns if ours not in KNOWN]
        self._words = {word: word for word in ("subscribed", "pending", "unsubscribed", "never")}
        self._words |= options.consent_words
        zone = options.time_zone
        self._moments = {n: MomentReader(it.format, zone) for n, it in options.columns.items()}
        self._dated = {ours for ours in self._fields if options.columns[ours].format}

    def read(self, part: Part) -> list[Customer]:
        """Return the customers of some rows; what cannot be used is noted in the part."""
        texts = {ours: part.texts(column) for ours, column in self._columns.items()}
        rows = range(part.first, part.first + part.batch.num_rows)
        cells = [self._column(part, ours, column, rows) for ours, column in texts.items()]
        names = [*texts]
        return [
            self._customer(dict(zip(names, row, strict=True)), number)
            for number, row in zip(rows, zip(*cells, strict=True), strict=True)
        ]

    def _customer(self, row: dict[str, Any], number: int) -> Customer:
        address, problem = usable_address(row["address"])
        return Customer(
            customer_id=row["customer_id"],
            address=address,
            consent=row.get("consent") or self._options.consent or "never",
            consent_source=row.get("consent_source", self._options.consent_source),
            consent_at=row.get("consent_at"),
            signed_up_at=row.get("signed_up_at"),
            time_zone=row.get("time_zone", ""),
            language=row.get("language", ""),
            country=row.get("country", ""),
            fields={name: row[name] for name in self._fields if row[name]},
            problem=f"row {number + 1} below the header: {problem}" if problem else "",
        )

    def _column(self, part: Part, ours: str, texts: list[str], rows: range) -> list[Any]:
        """Return a column's values, each distinct text read once."""
        if ours in ("address", "consent_source") or (
            ours in self._fields and ours not in self._dated
        ):
            return texts
        read: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for text in dict.fromkeys(texts):
            try:
                read[text] = self._value(ours, text)
            except ValueError as error:
                read[text], wrong[text] = None, str(error)
        if wrong:
            for row, text in zip(rows, texts, strict=True):
                if text in wrong:
                    part.problems.add(row, self._columns[ours], text, wrong[text])
        return [read[text] for text in texts]

    def _value(self, ours: str, text: str) -> Any:
        if ours == "customer_id":
            return _filled(text)
        if ours == "consent":
            return self._consent(text)
        if not text:
            return None if ours in ("consent_at", "signed_up_at") else ""
        if ours in ("consent_at", "signed_up_at"):
            return self._moments[ours].read(text)
        if ours in self._dated:
            return self._moments[ours].day(text).isoformat()
        return CHECKS[ours](text)

    def _consent(self, text: str) -> str:
        if (found := self._words.get(text.casefold())) is None:
            known = ", ".join(repr(word) for word in self._words)
            raise ValueError(
                f"is no word of consent; add it to `consent_words`, which has: {known}"
            )
        return found


def _filled(text: str) -> str:
    if not text:
        raise ValueError("is empty; every customer needs an id")
    return text


@lru_cache(maxsize=1024)
def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no IANA time zone such as Europe/Berlin; correct it") from None
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError("is no language as of BCP 47, such as de or pt-BR; correct it")
    return text.replace("_", "-")


def _country(text: str) -> str:
    if not COUNTRY.fullmatch(text):
        raise ValueError("is no country of two letters (ISO 3166-1) such as DE; correct it")
    return text.upper()


CHECKS: dict[str, Callable[[str], str]] = {
    "time_zone": _time_zone,
    "language": _language,
    "country": _country,
}
