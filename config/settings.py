"""Settings: what differs between machines, from the environment or `.env`. Read at the edge."""

from functools import cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).parent


class Settings(BaseSettings):
    """Values from `MARKETLOOP_*` variables. Everything a business decides stands in YAML."""

    model_config = SettingsConfigDict(env_prefix="MARKETLOOP_", env_file=".env", extra="ignore")

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


@cache
def settings() -> Settings:
    """Return the settings, read once per process."""
    return Settings()
