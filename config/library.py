"""The whole configuration, read, checked and joined: which brands, processes and checks exist?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from config.brand_playbooks import envelope_of, mode_of, playbooks_of, switched_off
from config.brand_splits import replaced
from config.briefs import Brief
from config.content import READY, Content
from config.content_pictures import PictureFile
from config.entity_targets import EntityTarget
from config.guardrails import Envelope, Guardrails
from config.inheritance import Checks, SwitchedOff, checks_of
from config.mail_segments import Segment
from config.mail_sequence_rules import MailWords
from config.mail_sequences import Campaign
from config.mail_sequences import Sequence as MailSequence
from config.mail_templates import MailTemplate
from config.misfits import mail_words, misfits
from config.models import (
    AccountEntry,
    Brand,
    Check,
    CheckLibrary,
    Fact,
    Kpi,
    Metric,
    Process,
    Schedule,
)
from config.playbooks import Playbook
from config.problems import ConfigurationError, Problem, choose, errors
from config.reading import Files, read_files
from config.words import Mode

T = TypeVar("T")
P = TypeVar("P", MailSequence, Campaign)


@dataclass(frozen=True, slots=True)
class Library:
    """What the files say, each part by its name. Made by `load`, which has checked it."""

    metrics: Mapping[str, Metric]
    kpis: Mapping[str, Kpi]
    check_libraries: Mapping[str, CheckLibrary]
    processes: Mapping[str, Process]
    brands: Mapping[str, Brand]
    csv_targets: Mapping[str, Sequence[EntityTarget]] = field(default_factory=dict)
    """Brand to the targets of its CSV files; those of its queries are read at run time."""
    briefs: Mapping[str, Mapping[str, Brief]] = field(default_factory=dict)
    """Brand to its briefs by name, approved or not."""
    contents: Mapping[str, Mapping[str, Content]] = field(default_factory=dict)
    """Brand to its posts by name, in whatever state, all that could be read."""
    content_problems: Mapping[str, Mapping[str, Sequence[Problem]]] = field(default_factory=dict)
    """Brand to what is wrong with its posts, by name, notes included: a post with an error is not
    published, and stops nothing else."""
    pictures: Mapping[str, Mapping[str, PictureFile]] = field(default_factory=dict)
    """Brand to the picture files that its posts name, by their path in the content folder."""
    segments: Mapping[str, Mapping[str, Segment]] = field(default_factory=dict)
    """Brand to the segments of its customers by name, in the order of the file."""
    templates: Mapping[str, Mapping[str, MailTemplate]] = field(default_factory=dict)
    """Brand to its templates of mail by name, all that can be used."""
    template_problems: Mapping[str, Mapping[str, Sequence[Problem]]] = field(default_factory=dict)
    """Brand to what is wrong with its templates, by name: such a one is not sent, and stops
    nothing else."""
    sequences: Mapping[str, Mapping[str, MailSequence]] = field(default_factory=dict)
    """Brand to its sequences of mail by name, in whatever state, all that could be read."""
    campaigns: Mapping[str, Mapping[str, Campaign]] = field(default_factory=dict)
    """Brand to its campaigns of mail by name, in whatever state, all that could be read."""
    plan_problems: Mapping[str, Mapping[tuple[str, str], Sequence[Problem]]] = field(
        default_factory=dict
    )
    """Brand to what is wrong with its sequences and campaigns, by (`sequence`, name), notes
    included: one with an error does not run, and stops nothing else."""
    mail_words: Mapping[str, MailWords] = field(default_factory=dict)
    """Brand to what its sequences and campaigns may name, with the digests that approvals hold."""
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Brand to the folder of its posts."""

    def brand(self, name: str) -> Brand:
        """Return a brand. Raise `LookupError` with the brands that there are."""
        return _named("brand", name, self.brands)

    def process(self, name: str) -> Process:
        """Return a process. Raise `LookupError` with the processes that there are."""
        return _named("process", name, self.processes)

    def entry(self, brand: str, account: str) -> AccountEntry:
        """Return an account entry of a brand. Raise `LookupError` with those that there are."""
        entries = {entry.name: entry for entry in self.brand(brand).accounts}
        return _named("account", account, entries)

    def entries(
        self, brand: str, process: str, names: Sequence[str] | None = None
    ) -> tuple[AccountEntry, ...]:
        """Return the accounts that a process of a brand is about, or only those named: of any of
        the process's platforms, in the order of the brand file.

        Raise `LookupError` for a name that is none of them.
        """
        platforms = self.process(process).platforms
        entries = {e.name: e for e in self.brand(brand).accounts if e.platform in platforms}
        return tuple(_named("account", name, entries) for name in (names or entries))

    def checks_for(self, brand: str, process: str) -> Checks:
        """Return the checks of a process with the brand's changes, and those it switched off."""
        return checks_of(self.brand(brand), self.process(process), self.check_libraries)

    def playbooks_for(self, brand: str, process: str) -> tuple[Playbook, ...]:
        """Return the playbooks of a process with the brand's changes, each with an owner and
        the mode that it has here by itself (see `mode` for the one that holds)."""
        checks = self.checks_for(brand, process)
        both: list[Check | Fact] = [*checks.checks, *checks.facts]
        others = replaced(self.brand(brand), self.processes)
        found = playbooks_of(self.brand(brand), self.process(process), both)
        return tuple(playbook for playbook in found if playbook.name not in others)

    def playbooks_off(self, brand: str, process: str) -> tuple[SwitchedOff, ...]:
        """Return the playbooks that the brand switched off, or that another one replaces, and
        why."""
        own, rules = self.process(process), self.brand(brand)
        off = switched_off(rules, own)
        others = replaced(rules, self.processes)
        named = {it.name for it in off}
        names = [it.name for it in own.playbooks if it.name not in named]
        return (*off, *(others[name] for name in names if name in others))

    def mode(self, brand: str, process: str, playbook: str) -> Mode:
        """Return the most that a playbook may do for a brand: the least of the brand's mode, its
        mode for the process, and the playbook's own (or the override's). Raise `LookupError` for
        a playbook that the process does not have."""
        playbooks = {it.name: it for it in self.process(process).playbooks}
        return mode_of(self.brand(brand), process, _named("playbook", playbook, playbooks))

    def modes(self, brand: str) -> dict[str, Mode]:
        """Return the most that each playbook may do for a brand, over all processes."""
        return {
            playbook.name: mode_of(self.brand(brand), name, playbook)
            for name, process in self.processes.items()
            for playbook in process.playbooks
        }

    def envelope(self, brand: str, playbook: str) -> Envelope | None:
        """Return inside which a playbook may act without being asked, None for nowhere."""
        return envelope_of(self.brand(brand), playbook)

    def guardrails(self, brand: str) -> Guardrails:
        """Return the limits that no change of a brand passes."""
        return self.brand(brand).guardrails

    def approved_briefs(self, brand: str, platform: str) -> dict[str, Brief]:
        """Return by name the briefs that ads of a platform may be made of."""
        briefs = self.briefs.get(brand, {})
        return {n: it for n, it in briefs.items() if it.approved and it.platform == platform}

    def content(self, brand: str, name: str) -> Content:
        """Return a post. Raise `LookupError` with the posts that there are, `ConfigurationError`
        for one whose file cannot be read."""
        self.brand(brand)
        posts, wrong = self.contents.get(brand, {}), self.content_problems.get(brand, {})
        if name not in posts and name in wrong:
            raise ConfigurationError(wrong[name])
        return _named("post", name, posts)

    def ready_contents(self, brand: str) -> dict[str, Content]:
        """Return by name the posts that are approved or scheduled, with nothing wrong in them."""
        found = self.content_problems.get(brand, {})
        return {
            name: post
            for name, post in self.contents.get(brand, {}).items()
            if post.front.state in READY and not errors(found.get(name, ()))
        }

    def sequence(self, brand: str, name: str) -> MailSequence:
        """Return a sequence. Raise `LookupError` with those that there are, `ConfigurationError`
        for one whose file cannot be read."""
        return self._plan(brand, "sequence", name, self.sequences.get(brand, {}))

    def campaign(self, brand: str, name: str) -> Campaign:
        """Return a campaign; raise as `sequence` does."""
        return self._plan(brand, "campaign", name, self.campaigns.get(brand, {}))

    def running_sequences(self, brand: str) -> dict[str, MailSequence]:
        """Return by name the sequences that run, with nothing wrong in them; first those of the
        highest priority."""
        found = self._running(brand, "sequence", self.sequences.get(brand, {}))
        return dict(sorted(found.items(), key=lambda it: (-it[1].priority, it[0])))

    def running_campaigns(self, brand: str) -> dict[str, Campaign]:
        """Return by name the campaigns that run, with nothing wrong in them."""
        return self._running(brand, "campaign", self.campaigns.get(brand, {}))

    def _plan(self, brand: str, kind: str, name: str, there: Mapping[str, T]) -> T:
        self.brand(brand)
        wrong = self.plan_problems.get(brand, {}).get((kind, name))
        if name not in there and wrong:
            raise ConfigurationError(wrong)
        return _named(kind, name, there)

    def _running(self, brand: str, kind: str, there: Mapping[str, P]) -> dict[str, P]:
        wrong = self.plan_problems.get(brand, {})
        return {
            name: plan
            for name, plan in there.items()
            if plan.state == "running" and not errors(wrong.get((kind, name), ()))
        }

    def template(self, brand: str, name: str) -> MailTemplate:
        """Return a template of mail. Raise `LookupError` with the templates that there are,
        `ConfigurationError` for one in which something is wrong."""
        self.brand(brand)
        templates, wrong = self.templates.get(brand, {}), self.template_problems.get(brand, {})
        if name not in templates and name in wrong:
            raise ConfigurationError(wrong[name])
        return _named("template", name, templates)

    def content_folder(self, brand: str) -> Path:
        """Return where the posts of a brand are; the folder need not be there."""
        return _named("brand", brand, self.folders)

    def picture_digests(self, brand: str) -> dict[str, str]:
        """Return the SHA-256 (hexadecimal) of each picture that the posts of a brand name."""
        return {file: it.sha256 for file, it in self.pictures.get(brand, {}).items()}

    def schedule(self, brand: str, process: str) -> Schedule | None:
        """Return when a process of a brand runs, with its time zone filled in."""
        schedule = self.brand(brand).schedules.get(process)
        zone = schedule and (schedule.time_zone or self.brand(brand).time_zone)
        return schedule.model_copy(update={"time_zone": zone}) if schedule else None


def load(library_dir: Path, brands_dir: Path, brand: str | None = None) -> Library:
    """Return the configuration, or only one brand's.

    Raise `ConfigurationError` with every problem of every file, `LookupError` for a brand without
    a file. Another brand's mistake does not matter when one brand is asked for, and a mistake in a
    post matters to that post alone: see `Library.content_problems`. Secrets are not looked up.
    """
    library, problems = examine(library_dir, brands_dir, brand=brand)
    of_posts = {
        problem
        for posts in (*library.content_problems.values(), *library.template_problems.values())
        for wrong in posts.values()
        for problem in wrong
    } | {
        problem
        for plans in library.plan_problems.values()
        for wrong in plans.values()
        for problem in wrong
    }
    if wrong := [problem for problem in errors(problems) if problem not in of_posts]:
        raise ConfigurationError(wrong)
    return library


def examine(
    library_dir: Path,
    *brand_dirs: Path,
    brand: str | None = None,
    variables: Mapping[str, str] | None = None,
    today: date | None = None,
) -> tuple[Library, list[Problem]]:
    """Return what could be read, and all problems and notes in the order of files and lines.

    With `variables` (see `config.secrets.environment`) secrets that cannot be found are problems.
    """
    files = read_files(library_dir, brand_dirs, brand)
    problems = sorted({*files.problems, *misfits(files, variables, today)})
    return _joined(files, problems), problems


def _joined(files: Files, problems: Sequence[Problem]) -> Library:
    return Library(
        metrics={name: metric for name, metric in files.metrics.items() if metric},
        kpis={name: kpi for name, kpi in files.kpis.items() if kpi},
        check_libraries={name: read.model for name, read in files.check_libraries.items()},
        processes={name: read.model for name, read in files.processes.items()},
        brands={name: read.model for name, read in files.brands.items()},
        csv_targets=files.csv_targets,
        briefs={
            brand: {name: read.model for name, read in briefs.items()}
            for brand, briefs in files.briefs.items()
        },
        contents={
            brand: {name: read.model for name, read in posts.items()}
            for brand, posts in files.contents.items()
        },
        content_problems=_of_posts(files, problems),
        pictures={
            brand: {file: it for file, it in found.items() if isinstance(it, PictureFile)}
            for brand, found in files.pictures.items()
        },
        segments={
            brand: {segment.name: segment for segment in read.model.segments}
            for brand, read in files.segments.items()
        },
        templates={brand: found.templates for brand, found in files.templates.items()},
        template_problems={brand: found.problems for brand, found in files.templates.items()},
        sequences={
            brand: {name: read.model for name, read in found.items()}
            for brand, found in files.sequences.items()
        },
        campaigns={
            brand: {name: read.model for name, read in found.items()}
            for brand, found in files.campaigns.items()
        },
        plan_problems=_of_plans(files, problems),
        mail_words={brand: mail_words(files, brand) for brand in files.brands},
        folders=files.content_folders,
    )


def _of_posts(files: Files, problems: Sequence[Problem]) -> dict[str, dict[str, list[Problem]]]:
    found: dict[str, dict[str, list[Problem]]] = {brand: {} for brand in files.brands}
    for problem in problems:
        if problem.file in files.content_files:
            brand, name = files.content_files[problem.file]
            found[brand].setdefault(name, []).append(problem)
    return found


def _of_plans(
    files: Files, problems: Sequence[Problem]
) -> dict[str, dict[tuple[str, str], list[Problem]]]:
    found: dict[str, dict[tuple[str, str], list[Problem]]] = {brand: {} for brand in files.brands}
    for problem in problems:
        if problem.file in files.plan_files:
            brand, kind, name = files.plan_files[problem.file]
            found[brand].setdefault((kind, name), []).append(problem)
    return found


def _named(what: str, name: str, there: Mapping[str, T]) -> T:
    if name not in there:
        raise LookupError(f"no {what} {name!r}; {choose(name, there)}")
    return there[name]
