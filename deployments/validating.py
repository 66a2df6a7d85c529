"""Check the configuration's files, and write a new brand's."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from config.init import BrandAnswers, brand_file
from config.library import examine
from config.problems import ConfigurationError, Problem, errors
from config.secrets import environment
from config.settings import settings


def validate_files(secrets: bool, as_json: bool) -> bool:
    """Print every problem of every file; return whether one of them must be mended."""
    variables = environment() if secrets else None
    today = datetime.now(UTC).date()
    library, problems = examine(
        settings().library_dir, settings().brands_dir, variables=variables, today=today
    )
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2))
    else:
        _print(problems)
        brands, processes = len(library.brands), len(library.processes)
        click.echo(f"{brands} brands, {processes} processes: {_verdict(problems)}")
        if not brands:
            click.echo(f"{settings().brands_dir} has no brand file; marketloop init writes one.")
    return bool(errors(problems))


def _print(problems: list[Problem]) -> None:
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        click.secho(f"{problem.severity:5} {problem}", fg=colour)


def _verdict(problems: list[Problem]) -> str:
    wrong = len(errors(problems))
    return f"{wrong} must be mended" if wrong else "all is well"


def write_brand(answers: BrandAnswers) -> Path:
    """Write the brand's file and return its path. Raise `ConfigurationError` if it exists."""
    folder = settings().brands_dir
    path = folder / f"{answers.brand}.yaml"
    text = brand_file(answers)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        problem = Problem(str(path), 0, "", "exists already", "choose another name or edit it")
        raise ConfigurationError([problem]) from None
    return path
