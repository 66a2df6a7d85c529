"""From an account in a brand file to a connected channel.

A connector is a module of `connectors/channels/` with an `Options` (pydantic, unknown keys
forbidden, secrets as `SecretStr`) and a `Connector(options, session=None, *, throttle=None)`; one
that asks what time it is has a `clock` too.
"""

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

import connectors.channels
from config.models import AccountEntry, Metric
from config.secrets import interpolate
from connectors.base import Channel, RejectedError, Throttle

AVAILABLE = tuple(sorted(module.name for module in iter_modules(connectors.channels.__path__)))


def open_channel(
    entry: AccountEntry,
    *,
    resolve: Callable[[str], str],
    throttle: Throttle,
    metrics: Mapping[str, Metric],
    clock: Callable[[], datetime] | None = None,
    content_folder: Path | None = None,
) -> Channel:
    """Connect an account; nothing is sent yet.

    `resolve` turns a reference such as `env:NAME` into the secret. Of `metrics`, the connector
    gets those it has a source for. `content_folder` is where the pictures of posts are. `clock` is
    for connectors that ask what time it is; without it they ask the machine. Raises `RejectedError`
    naming the account, the option and the valid ones, and never a secret's value;
    `MissingSecretError` if a variable is not set; what `resolve` raises passes.
    """
    name = entry.connector or entry.platform
    module = _module(entry.name, name)
    given: dict[str, Any] = {
        "account_id": account_id(entry),
        "platform": entry.platform,
        "content_folder": content_folder,
        "metrics": {
            ours: metric.sources[name] for ours, metric in metrics.items() if name in metric.sources
        },
    }
    fields = module.Options.model_fields
    options = {key: value for key, value in given.items() if key in fields}
    options |= interpolate(entry.options)
    _refuse_bare_secrets(entry, module.Options)
    options |= {key: resolve(reference) for key, reference in entry.secrets.items()}
    more = {"clock": clock} if clock and _has_clock(module) else {}
    checked = _checked(entry, module.Options, options)
    channel: Channel = module.Connector(checked, throttle=throttle, **more)
    return channel


def account_id(entry: AccountEntry) -> str:
    """Return an account's id with its variables filled in."""
    return str(interpolate({"account_id": entry.account_id})["account_id"])


def restatement_days(entry: AccountEntry) -> int:
    """Return how many past days may still change at an account: the platform's own, or for files
    and databases what the entry's options say."""
    module = _module(entry.name, entry.connector or entry.platform)
    if (own := getattr(module.Connector, "restatement_days", None)) is not None:
        return int(own)
    default = module.Options.model_fields["restatement_days"].default
    return int(entry.options.get("restatement_days", default))


def _has_clock(module: ModuleType) -> bool:
    return "clock" in inspect.signature(module.Connector).parameters


def _module(account: str, connector: str) -> ModuleType:
    if connector not in AVAILABLE:
        known = ", ".join(AVAILABLE)
        raise RejectedError(f"account {account}: no connector {connector!r}; there are: {known}")
    return import_module(f"connectors.channels.{connector}")


def secret_names(options: type[BaseModel]) -> tuple[str, ...]:
    """Return the options that hold secrets."""
    fields = options.model_fields.items()
    return tuple(name for name, field in fields if "SecretStr" in repr(field.annotation))


def _refuse_bare_secrets(entry: AccountEntry, options: type[BaseModel]) -> None:
    """A secret in YAML is a secret in the repository."""
    if bare := sorted(set(entry.options) & set(secret_names(options))):
        raise RejectedError(
            f"account {entry.name}: {', '.join(bare)} is a secret: move it from options to "
            "secrets, as env:NAME or block:name"
        )


def _checked(entry: AccountEntry, model: type[BaseModel], options: dict[str, Any]) -> BaseModel:
    """Build the options; of pydantic's errors take the place and the sentence, not the input."""
    try:
        return model(**options)
    except ValidationError as error:
        wrong = "; ".join(_sentence(item) for item in error.errors(include_input=False))
        valid = ", ".join(model.model_fields)
        raise RejectedError(f"account {entry.name}: {wrong}. Valid options: {valid}") from None


def _sentence(item: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in item["loc"])
    return f"{place}: {item['msg']}" if place else str(item["msg"])
