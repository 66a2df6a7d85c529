"""Which files are there, and what is wrong with each? Nothing stops at the first mistake."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from os.path import relpath
from pathlib import Path
from typing import Any, Generic, TypeVar

from config.briefs import Brief
from config.check_rules import Vocabulary
from config.content import Content
from config.content_parsing import parse_content, read_text
from config.content_pictures import NoPicture, PictureFile, read_pictures
from config.entity_targets import EntityTarget, read_csv
from config.mail_segments import SegmentFile
from config.mail_sequences import Campaign
from config.mail_sequences import Sequence as MailSequence
from config.mail_templates import TemplateFolder, read_templates
from config.models import NAME_PATTERN, Brand, CheckLibrary, Kpi, Metric, Model, Process
from config.problems import Problem, choose
from config.secret_scan import looks_secret, secrets_in
from config.shapes import shape, shape_at
from config.yaml_source import Source, read

M = TypeVar("M", bound=Model)

CHANNELS = Path(__file__).parents[1] / "connectors" / "channels"


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """A file of the right shape."""

    source: Source
    model: M


@dataclass(slots=True)
class Files:
    """Everything that was found. A wrong entry is None, a wrong file is missing: see `problems`."""

    problems: list[Problem] = field(default_factory=list)
    metrics: dict[str, Metric | None] = field(default_factory=dict)
    kpis: dict[str, Kpi | None] = field(default_factory=dict)
    metrics_source: Source | None = None
    kpis_source: Source | None = None
    check_libraries: dict[str, Read[CheckLibrary]] = field(default_factory=dict)
    processes: dict[str, Read[Process]] = field(default_factory=dict)
    brands: dict[str, Read[Brand]] = field(default_factory=dict)
    csv_targets: dict[str, list[EntityTarget]] = field(default_factory=dict)
    briefs: dict[str, dict[str, Read[Brief]]] = field(default_factory=dict)
    """Brand to its briefs by name."""
    contents: dict[str, dict[str, Read[Content]]] = field(default_factory=dict)
    """Brand to its posts by name."""
    content_folders: dict[str, Path] = field(default_factory=dict)
    """Brand to the folder of its posts, there or not."""
    content_files: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The files that posts are in, each with its brand and the post's name."""
    pictures: dict[str, dict[str, PictureFile | NoPicture]] = field(default_factory=dict)
    """Brand to the picture files that its posts name."""
    segments: dict[str, Read[SegmentFile]] = field(default_factory=dict)
    """Brand to the segments of its customers, if it has any."""
    templates: dict[str, TemplateFolder] = field(default_factory=dict)
    """Brand to its templates of mail."""
    sequences: dict[str, dict[str, Read[MailSequence]]] = field(default_factory=dict)
    """Brand to its sequences of mail by name."""
    campaigns: dict[str, dict[str, Read[Campaign]]] = field(default_factory=dict)
    """Brand to its campaigns of mail by name."""
    plan_files: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """The files that sequences and campaigns are in, each with brand, `sequence` or `campaign`,
    and name."""
    library_names: tuple[str, ...] = ()
    process_names: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every process and check library could be read."""
        return len(self.processes) + len(self.check_libraries) == len(self.process_names) + len(
            self.library_names
        )

    def vocabulary(self) -> Vocabulary:
        """Return every name that the files may use."""
        platforms = {
            e.platform for it in self.brands.values() for e in it.model.accounts if e.connector
        }
        return Vocabulary(
            metrics=self.metrics,
            kpis=self.kpis,
            libraries=self.library_names,
            connectors=connectors(),
            other_platforms=tuple(sorted(platforms)),
        )


def connectors(folder: Path = CHANNELS) -> tuple[str, ...]:
    """Return the names of the connectors, without importing them."""
    modules = [path.stem for path in folder.glob("*.py")]
    packages = [path.parent.name for path in folder.glob("*/__init__.py")]
    return tuple(sorted(name for name in modules + packages if not name.startswith("_")))


def read_files(library_dir: Path, brand_dirs: Sequence[Path], brand: str | None = None) -> Files:
    """Read everything, or of the brands only one. Raise `LookupError` if that one has no file."""
    files = Files()
    files.metrics_source, files.metrics = _entries(files, library_dir / "metrics.yaml", Metric)
    files.kpis_source, files.kpis = _entries(files, library_dir / "kpis.yaml", Kpi)
    libraries, processes = (
        _yaml(files, library_dir / "checks"),
        _yaml(files, library_dir / "processes"),
    )
    files.library_names, files.process_names = tuple(libraries), tuple(processes)
    files.check_libraries = dict(_models(files, libraries, CheckLibrary))
    files.processes = dict(_models(files, processes, Process))
    paths = _brand_paths(files, brand_dirs, brand)
    files.brands = dict(_models(files, paths, Brand))
    for name, read_brand in files.brands.items():
        folder = paths[name].parent
        files.csv_targets[name] = list(_csv_targets(files, folder, read_brand))
        files.briefs[name] = dict(_models(files, _yaml(files, folder / name / "briefs"), Brief))
        _read_posts(files, name, folder / name / "content")
        _read_segments(files, name, folder / name / "mail" / "segments.yaml")
        _read_templates(files, name, folder / name / "mail" / "templates")
        mail = folder / name / "mail"
        files.sequences[name] = _plans(files, name, "sequence", mail / "sequences", MailSequence)
        files.campaigns[name] = _plans(files, name, "campaign", mail / "campaigns", Campaign)
    return files


def _read_posts(files: Files, brand: str, folder: Path) -> None:
    files.content_folders[brand] = folder
    files.contents[brand] = dict(_contents(files, brand, folder))
    posts = [read.model for read in files.contents[brand].values()]
    wanted = {picture.file for post in posts for picture in post.front.images}
    files.pictures[brand] = read_pictures(folder, wanted)


def _read_segments(files: Files, brand: str, path: Path) -> None:
    there = {brand: path} if path.exists() else {}
    files.segments |= _models(files, there, SegmentFile)


def _read_templates(files: Files, brand: str, folder: Path) -> None:
    found = files.templates[brand] = read_templates(folder, shown)
    files.problems += [problem for wrong in found.problems.values() for problem in wrong]


def _plans(files: Files, brand: str, kind: str, folder: Path, model: type[M]) -> dict[str, Read[M]]:
    paths = _yaml(files, folder)
    files.plan_files |= {shown(path): (brand, kind, name) for name, path in paths.items()}
    return dict(_models(files, paths, model))


def _contents(files: Files, brand: str, folder: Path) -> Iterator[tuple[str, Read[Content]]]:
    for path in sorted(folder.glob("*.md")):
        file, name = shown(path), path.stem
        files.content_files[file] = (brand, name)
        if not re.fullmatch(NAME_PATTERN, name):
            files.problems.append(_nameless(path))
            continue
        text = read_text(path, file)
        result = [text] if isinstance(text, Problem) else parse_content(text, file, name)
        if isinstance(result, list):
            files.problems += result
        else:
            source, post = result
            files.problems += _written_secrets(source)
            if looks_secret(post.text):
                files.problems.append(source.problem(("text",), *_SECRET))
            yield name, Read(source, post)


def _brand_paths(files: Files, folders: Sequence[Path], brand: str | None) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for folder in folders:
        for name, path in _yaml(files, folder).items():
            if name in paths:
                message = f"a brand {name} exists already, in {shown(paths[name])}"
                files.problems.append(Problem(shown(path), 0, "", message, "rename one of the two"))
            else:
                paths[name] = path
    if brand is None:
        return paths
    if brand not in paths:
        places = ", ".join(shown(folder) for folder in folders)
        raise LookupError(f"no brand {brand!r} in {places}; {choose(brand, paths)}")
    return {brand: paths[brand]}


def _yaml(files: Files, folder: Path) -> dict[str, Path]:
    """Return the YAML files of a folder by name, in order; a folder that is not there has none."""
    for path in sorted(folder.glob("*.yml")):
        remedy = f"rename it to {path.stem}.yaml"
        files.problems.append(Problem(shown(path), 0, "", "is not read: it ends in .yml", remedy))
    paths = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    for name, path in paths.items():
        if not re.fullmatch(NAME_PATTERN, name):
            files.problems.append(_nameless(path))
    return paths


def _nameless(path: Path) -> Problem:
    message = "the file's name is used as a name, and is none"
    remedy = "use lower-case letters, digits and underscores, a letter first"
    return Problem(shown(path), 0, "", message, remedy)


def _models(files: Files, paths: dict[str, Path], model: type[M]) -> Iterator[tuple[str, Read[M]]]:
    for name, path in paths.items():
        if (source := _source(files, path)) is None:
            continue
        result = shape(source, model)
        if isinstance(result, list):
            files.problems += result
        else:
            yield name, Read(source, result)


def _entries(files: Files, path: Path, model: type[M]) -> tuple[Source | None, dict[str, M | None]]:
    """Read a file whose top level is name to entry. Each wrong entry is a problem of its own."""
    if (source := _source(files, path)) is None:
        return None, {}
    if not isinstance(source.value, dict):
        files.problems.append(source.problem((), "must be a mapping", "write lines `name: {...}`"))
        return source, {}
    entries: dict[str, M | None] = {}
    for name, value in source.value.items():
        result = shape_at(source, (name,), value, model)
        entries[name] = None if isinstance(result, list) else result
        files.problems += result if isinstance(result, list) else []
        if not re.fullmatch(NAME_PATTERN, name):
            remedy = "use lower-case letters, digits and underscores, a letter first"
            files.problems.append(source.problem((name,), "is not a name", remedy))
    return source, entries


def _source(files: Files, path: Path) -> Source | None:
    source = read(path, shown(path))
    if isinstance(source, Problem):
        files.problems.append(source)
        return None
    files.problems += _written_secrets(source)
    return source


def _written_secrets(source: Source) -> Iterator[Problem]:
    for path in secrets_in(_without_references(source.value)):
        # A key that is itself a secret must not be named either.
        where = path[:-1] if looks_secret(str(path[-1])) else path
        problem = source.problem(where, *_SECRET)
        yield Problem(problem.file, source.line(path), problem.key, problem.message, problem.remedy)


_SECRET = (
    "holds a secret, or what looks like one",
    "take it out of the file (and change it, if others have seen the file), put it into .env, "
    "and write env:ITS_NAME under `secrets` or `notify`",
)


def _without_references(value: Any) -> Any:
    """Drop what the models check by themselves: mappings and lists that hold references only."""
    if not isinstance(value, dict):
        return [_without_references(inner) for inner in value] if isinstance(value, list) else value
    return {
        key: _without_references(inner)
        for key, inner in value.items()
        if key not in ("secrets", "notify") or not isinstance(inner, dict | list)
    }


def _csv_targets(files: Files, folder: Path, brand: Read[Brand]) -> Iterator[EntityTarget]:
    accounts = [entry.name for entry in brand.model.accounts]
    for table in brand.model.entity_targets:
        if table.csv and not table.sql:
            path = folder / table.csv
            figures = (*files.metrics, *files.kpis)
            targets, problems = read_csv(path, shown(path), accounts, figures)
            files.problems += problems
            yield from targets


def shown(path: Path) -> str:
    """Return a path as a message names it: relative to where the person is, if it is below."""
    absolute, here = path.resolve(), Path.cwd()
    return relpath(absolute, here) if absolute.is_relative_to(here) else str(path)
