"""What must a brand file say of an account that no platform describes?"""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field

from connectors.base import Account
from connectors.tabular.mapping import Format, Mapping, MetricColumn


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"no time zone {name!r}; take an IANA name such as Europe/Berlin"
        ) from error
    return name


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"{code!r} is no ISO 4217 code such as EUR")
    return code


Currency = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_zone)]


class TableOptions(BaseModel, extra="forbid"):
    """Options of both connectors that read tables."""

    account_id: str
    account_name: str = ""
    """Empty: the id."""
    platform: str = "file"
    """Whose figures these are: `google_ads`."""
    currency: Currency
    """Of every amount in the table."""
    time_zone: TimeZone
    """Whose days the table's days are."""
    format: Format
    """A ready-made mapping's name, or a mapping written out."""
    metrics: dict[str, MetricColumn | str] = {}
    """Further metrics: our name to the column. A table may lack them."""
    restatement_days: Annotated[int, Field(ge=1)] = 30
    """How many past days each run reads again."""

    def mapping(self) -> Mapping:
        """Return the mapping, with further metrics and the currency filled in."""
        extra = {
            name: MetricColumn(column=source) if isinstance(source, str) else source
            for name, source in self.metrics.items()
        }
        return self.format.with_metrics(extra).for_currency(self.currency)

    def account(self) -> Account:
        """Return the account as it is described here."""
        name = self.account_name or self.account_id
        return Account(self.platform, self.account_id, name, self.currency, self.time_zone)
