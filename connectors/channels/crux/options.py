"""How are visitors' measurements of a site looked up? The options of a brand file."""

from pydantic import BaseModel, SecretStr

from connectors.addresses import Address


class Options(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of an account with `platform: crux`."""

    account_id: Address
    """The site whose pages are looked up: `https://www.example.com/`."""
    api_key: SecretStr
    """Of a Cloud project in which the Chrome UX Report API is switched on."""
    base_url: str = "https://chromeuxreport.googleapis.com"
