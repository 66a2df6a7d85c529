"""Settings: what differs between machines, from the environment or `.env`. Read at the edge."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from config.secrets import environment

HERE = Path(__file__).parent
PREFIX = "MARKETLOOP_"


class Settings(BaseModel):
    """Values from `MARKETLOOP_*` variables. Everything a business decides stands in YAML."""

    model_config = ConfigDict(frozen=True)

    warehouse_url: SecretStr = SecretStr("sqlite:///.marketloop/warehouse.db")
    """SQLAlchemy URL of the warehouse; a team sets `postgresql+psycopg://...`."""

    brands_dir: Path = HERE / "brands"
    """Where the brand files are."""

    library_dir: Path = HERE
    """Where `metrics.yaml`, `processes/` and `checks/` are."""

    state_dir: Path = Path(".marketloop")
    """Where reports and the embedded databases go."""

    prefect_ui_url: str = ""
    """Where people reach the Prefect UI, for links in messages; empty means Prefect's setting."""

    today: date | None = None
    """The day that a simulated market stands still on, for connectors; empty means today."""


@cache
def settings() -> Settings:
    """Return the settings, read once per process.

    Not by pydantic-settings: importing it takes 0.6 s, twice as long as the rest of a start.
    """
    variables = environment()
    names = {name: PREFIX + name.upper() for name in Settings.model_fields}
    return Settings.model_validate(
        {name: variables[key] for name, key in names.items() if key in variables}
    )
