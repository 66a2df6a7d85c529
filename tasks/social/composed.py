"""What exactly will readers see of a post on a network?"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.networks import Network


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it will be shown."""

    file: str  # relative to the content folder
    sha256: str  # of the file's bytes, hexadecimal; '' if it could not be read
    alt: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A post for one network: the text with hashtags and, where no card shows it, the address."""

    network: Network
    text: str
    language: str
    link_url: str = ""  # with its campaign parameters; '' without a link
    link_title: str = ""  # of the card; '' if no card is to be made
    link_description: str = ""  # of the card
    images: tuple[Shown, ...] = ()
    test: str = ""  # of wordings; '' if none is tested here
    arm: str = ""  # which of them this is

    @property
    def has_card(self) -> bool:
        """Whether a card shows the address, which then does not stand in the text."""
        return bool(self.link_title)

    @property
    def content(self) -> Mapping[str, str]:
        """The same as `Change.content` has it (see `connectors/social.py`), nothing empty."""
        parts = {
            "text": self.text,
            "language": self.language,
            "link_url": self.link_url,
            "link_title": self.link_title,
            "link_description": self.link_description,
            "test": self.test,
            "arm": self.arm,
        }
        for number, image in enumerate(self.images, 1):
            parts |= {
                f"image_{number}_file": image.file,
                f"image_{number}_sha256": image.sha256,
                f"image_{number}_alt": image.alt,
            }
        return {key: value for key, value in parts.items() if value}
