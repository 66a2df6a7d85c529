"""What do the commands about content work on? A brand's posts, composed and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from config.content import Content
from config.content_pictures import PictureFile
from config.content_rules import ContentRules
from config.library import Library, load
from config.models import Brand
from config.problems import Problem, choose
from config.settings import settings
from tasks.social.calendar import Planned, planned, publish_moment
from tasks.social.calendar_slots import objections
from tasks.social.checking import problems
from tasks.social.composing import compositions


@dataclass(frozen=True, slots=True)
class Desk:
    """A brand's content at a moment."""

    library: Library
    name: str  # the brand's short name
    now: datetime  # aware, UTC

    @property
    def brand(self) -> Brand:
        """The brand's file."""
        return self.library.brand(self.name)

    @property
    def rules(self) -> ContentRules:
        """The brand's rules of posting."""
        return self.brand.content

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.brand.time_zone)

    @property
    def owners(self) -> tuple[str, ...]:
        """The short names of the brand's owners."""
        return tuple(self.brand.owners)

    @property
    def folder(self) -> Path:
        """Where the posts are."""
        return self.library.content_folder(self.name)

    def near(self, at: datetime) -> list[Planned]:
        """Return what is planned about a moment, as far from it as posts may have to be."""
        contents, apart = self.library.contents[self.name], timedelta(days=7)
        return planned(contents, self.rules, self.zone, self.owners[0], at - apart, at + apart)

    def names(self, wanted: Sequence[str] = ()) -> list[str]:
        """Return the names of the posts, those too whose files cannot be read, or only those
        wanted. Raise `LookupError` for one that is not there."""
        there = {*self.library.contents[self.name], *self.library.content_problems[self.name]}
        for name in wanted:
            if name not in there:
                raise LookupError(f"no post {name!r}; {choose(name, there)}")
        return sorted(set(wanted) or there)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a post before it is published."""

    brand: str
    name: str
    where: str  # a network; `file:line: key` for the file; `time`
    severity: Literal["error", "note"]
    message: str
    remedy: str


def open_desk(brand: str, now: datetime) -> Desk:
    """Read what one brand needs. Raise `ConfigurationError` and `LookupError` as `load` does."""
    return Desk(load(settings().library_dir, settings().brands_dir, brand), brand, now)


def open_desks(now: datetime) -> list[Desk]:
    """Read all brands."""
    library = load(settings().library_dir, settings().brands_dir)
    return [Desk(library, brand, now) for brand in library.brands]


def findings(desk: Desk, name: str) -> list[Finding]:
    """Return everything that is wrong with a post: its file, its words, its pictures, its time."""
    found = of_file(desk.name, name, desk.library.content_problems[desk.name].get(name, ()))
    content = desk.library.contents[desk.name].get(name)
    if content is None:
        return found
    pictures = desk.library.pictures[desk.name]
    return [*found, *of_words(desk, content, pictures), *_of_time(desk, content)]


def of_file(brand: str, name: str, wrong: Sequence[Problem]) -> list[Finding]:
    """Return what is wrong with a post's file as findings."""
    return [Finding(brand, name, _place(it), it.severity, it.message, it.remedy) for it in wrong]


def of_words(desk: Desk, content: Content, pictures: Mapping[str, PictureFile]) -> list[Finding]:
    """Return what is wrong with a post's words and pictures; what holds for all of its networks
    alike is said once."""
    digests = {file: it.sha256 for file, it in pictures.items()}
    posts = compositions(content, desk.rules, digests)
    found = problems(content, posts, desk.rules, pictures)
    places: dict[tuple[str, str, str], list[str]] = {}
    for it in found:
        place = f"{it.network} ({it.arm})" if it.arm else it.network
        places.setdefault((it.severity, it.message, it.remedy), []).append(place)
    where = {
        key: "every network" if len(set(on)) == len(posts) > 1 else ", ".join(dict.fromkeys(on))
        for key, on in places.items()
    }
    same = {(it.severity, it.message, it.remedy): it for it in found}
    return [
        Finding(desk.name, content.name, where[key], it.severity, it.message, it.remedy)
        for key, it in same.items()
    ]


def _of_time(desk: Desk, content: Content) -> list[Finding]:
    at = publish_moment(content, desk.zone)
    if content.front.state != "scheduled" or at is None or at <= desk.now:
        return []
    against = objections(
        at, content.name, content.front.networks, desk.rules, desk.zone, desk.near(at), desk.now
    )
    remedy = f"marketloop content schedule {content.name} --brand {desk.name} --at ..."
    return [Finding(desk.name, content.name, "time", "error", it, remedy) for it in against]


def _place(problem: Problem) -> str:
    file = Path(problem.file).name
    return ":".join(str(part) for part in (file, problem.line, problem.key) if part)
