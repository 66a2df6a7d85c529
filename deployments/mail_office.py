"""What do the commands about mail work on? A brand's sequences, campaigns and templates, and the
people whom the warehouse knows."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from config.library import Library, load
from config.mail_sequences import Campaign, Sequence
from config.models import Brand
from config.settings import settings
from connectors.mail import SourceKind
from connectors.warehouse.database import Database
from connectors.warehouse.looking import LookingWarehouse
from connectors.warehouse.upgrade import is_empty
from tasks.letters.linting import Audience
from tasks.letters.rendering import cleaned
from tasks.steps.looking import open_to_look

SAMPLE = 20_000
"""People whose fields are counted. Keys are hashes: the first ones by key are a fair sample."""


@dataclass(frozen=True, slots=True)
class Office:
    """A brand's mail at a moment."""

    library: Library
    name: str  # the brand's short name
    now: datetime  # aware, UTC

    @property
    def brand(self) -> Brand:
        """The brand's file."""
        return self.library.brand(self.name)

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.brand.time_zone)

    @property
    def folder(self) -> Path:
        """Where templates, sequences and campaigns are."""
        return mail_folder(self.name)

    def plan(self, kind: SourceKind, name: str) -> Sequence | Campaign:
        """Return a sequence or campaign; raise as `Library.sequence` does."""
        if kind == "sequence":
            return self.library.sequence(self.name, name)
        return self.library.campaign(self.name, name)

    def plan_file(self, kind: SourceKind, name: str) -> Path:
        """Return where a sequence or campaign is written."""
        return self.folder / f"{kind}s" / f"{name}.yaml"


def mail_folder(brand: str) -> Path:
    """Return where the files of a brand's mail are; the folder need not be there."""
    return settings().brands_dir / brand / "mail"


def open_office(brand: str, now: datetime) -> Office:
    """Read what one brand needs. Raise `ConfigurationError` and `LookupError` as `load` does."""
    return Office(load(settings().library_dir, settings().brands_dir, brand), brand, now)


def open_offices(now: datetime) -> list[Office]:
    """Read all brands."""
    library = load(settings().library_dir, settings().brands_dir)
    return [Office(library, brand, now) for brand in library.brands]


@contextmanager
def looking() -> Iterator[LookingWarehouse | None]:
    """Open the warehouse to look at; None for one that has no tables yet, as before the first run.
    Raise `RejectedError` for one of another version."""
    with Database(settings().warehouse_url.get_secret_value()) as database:
        nothing = is_empty(database)
    if nothing:
        yield None
        return
    with open_to_look() as warehouse:
        yield warehouse


def audience_of(warehouse: LookingWarehouse | None, brand: str) -> Audience | None:
    """Return which fields the people have that may get mail, `SAMPLE` of them at most; None if
    nobody is known.

    A field that a letter could not use, such as a name that is an address, counts as missing.
    """
    if warehouse is None:
        return None
    keys = _sample(warehouse, brand)
    if not keys:
        return None
    some = warehouse.recipients(brand, keys).values()
    return Audience(len(some), Counter(name for one in some for name in cleaned(one.fields)))


def _sample(warehouse: LookingWarehouse, brand: str) -> list[int]:
    """Return whom mail is welcome to, `SAMPLE` people at most; the others are not read."""
    contacts = warehouse.contacts(brand)
    return [*islice((one.person_key for part in contacts for one in part if one.welcome), SAMPLE)]
