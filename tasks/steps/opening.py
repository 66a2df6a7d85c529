"""What every step opens first: the configuration, the warehouse, a secret."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from prefect import get_run_logger
from prefect.blocks.system import Secret
from prefect.exceptions import MissingContextError

from config import secrets
from config.library import Library, load
from config.settings import settings
from connectors.warehouse import Warehouse

Stamps = tuple[tuple[Path, int, int], ...]


def whole_library() -> Library:
    """Read and check all files. Raise `ConfigurationError` with every problem."""
    return load(settings().library_dir, settings().brands_dir)


def brand_library(brand: str) -> Library:
    """Read what one brand needs; another brand's mistake does not stop it.

    Every step of a run asks for it, so what was read is kept for as long as no file changes.
    """
    library_dir, brands_dir = settings().library_dir, settings().brands_dir
    return _read(library_dir, brands_dir, brand, _stamps(library_dir, brands_dir))


@lru_cache(maxsize=8)
def _read(library_dir: Path, brands_dir: Path, brand: str, stamps: Stamps) -> Library:
    del stamps  # only there to tell a changed file
    return load(library_dir, brands_dir, brand)


def _stamps(*folders: Path) -> Stamps:
    """Return name, size and moment of change of every file below these folders."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return tuple((path, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files)


def open_warehouse() -> Warehouse:
    """Open the warehouse that the settings name."""
    return Warehouse(settings().warehouse_url.get_secret_value())


def resolve_secret(reference: str) -> str:
    """Return the secret that `env:NAME` or `block:name` stands for."""
    return secrets.resolve(reference, block=_read_block)


def run_log() -> logging.Logger | logging.LoggerAdapter[Any]:
    """Return the log that people read in the run's page; without Prefect an ordinary one."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("tasks")


def _read_block(name: str) -> str:
    try:
        block = Secret.load(name, _sync=True)  # type: ignore[call-arg]
    except ValueError as error:
        raise secrets.MissingSecretError(
            f"no Prefect Secret block {name!r}; create it in the UI under Blocks"
        ) from error
    return str(cast(Secret[Any], block).get())
