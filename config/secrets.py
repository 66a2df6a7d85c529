"""Where secrets and machine-dependent values come from: the environment, `.env`, Prefect blocks.

Brand files hold references only (`env:NAME`, `block:name`), and their `options` may hold
`${NAME}`. Both are looked up here, at the edge, when a connector is opened.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from config.yaml_source import Where

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
DOTENV = Path(".env")


class MissingSecretError(LookupError):
    """A variable or block that the configuration refers to does not exist or is empty."""


def environment(file: Path = DOTENV) -> dict[str, str]:
    """Return the variables of `.env` and of the environment, which wins. Empty ones are unset."""
    from dotenv import dotenv_values  # slow to import, and `--help` does not need it

    both = {**dotenv_values(file, interpolate=False), **os.environ}
    return {name: value for name, value in both.items() if value}


def resolve(
    reference: str,
    block: Callable[[str], str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Return the secret that `env:NAME` or `block:name` stands for.

    `block` reads a Prefect Secret block; only a caller that knows Prefect can pass it.
    Raise `MissingSecretError` with the name, never with a value.
    """
    source, _, name = reference.partition(":")
    if source == "block":
        if block is None:
            raise MissingSecretError(
                f"{reference}: Prefect blocks cannot be read here; use env:NAME"
            )
        return block(name)
    if source != "env":
        raise MissingSecretError("a secret is written as env:NAME or block:name")
    return _variable(name, environment() if variables is None else variables)


def interpolate(
    options: Mapping[str, Any], variables: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a connector's options with each `${NAME}` replaced by that variable.

    Raise `MissingSecretError` for a variable that is not set.
    """
    if not any(True for _ in placeholders(options)):
        return dict(options)
    known = environment() if variables is None else variables

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: _variable(found[1], known), value)
        if isinstance(value, Mapping):
            return {key: filled(inner) for key, inner in value.items()}
        return [filled(inner) for inner in value] if isinstance(value, list) else value

    return {key: filled(value) for key, value in options.items()}


def placeholders(value: Any, path: Where = ()) -> Iterator[tuple[Where, str]]:
    """Yield the path and variable of every `${NAME}` inside a value."""
    if isinstance(value, str):
        yield from ((path, name) for name in PLACEHOLDER.findall(value))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from placeholders(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from placeholders(inner, (*path, position))


def _variable(name: str, variables: Mapping[str, str]) -> str:
    if value := variables.get(name):
        return value
    raise MissingSecretError(f"the variable {name} is not set; export it or add {name}=... to .env")
