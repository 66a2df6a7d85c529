"""How are a site's pages measured by PageSpeed Insights? The options of a brand file."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr

from connectors.addresses import Address


class Options(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of an account with `platform: pagespeed`."""

    account_id: Address
    """The site whose pages are measured: `https://www.example.com/`."""
    api_key: SecretStr
    """Of a Cloud project in which the PageSpeed Insights API is switched on."""
    runs: Annotated[int, Field(ge=1, le=9)] = 3
    """How often each page is measured; the values are the medians."""
    base_url: str = "https://pagespeedonline.googleapis.com"
