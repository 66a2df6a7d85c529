"""How are visitors' measurements of a site looked up? The options of a brand file."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, SecretStr

from connectors.addresses import normal


def _address(text: str) -> str:
    if not (address := normal(text)):
        raise ValueError(f"{text!r} is no address such as https://www.example.com/")
    return address


Address = Annotated[str, AfterValidator(_address)]


class Options(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of an account with `platform: crux`."""

    account_id: Address
    """The site whose pages are looked up: `https://www.example.com/`."""
    api_key: SecretStr
    """Of a Cloud project in which the Chrome UX Report API is switched on."""
    base_url: str = "https://chromeuxreport.googleapis.com"
