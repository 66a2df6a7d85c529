"""What may be said on social networks? One Markdown file per post, written and approved by people.

The files are beside the brand's: `<brands>/<brand>/content/<name>.md`. Front matter between two
lines `---`, then the text. Pictures are files of the same folder or below it. Posts in folders
below are not read: an archive for what is over.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from config.networks import Network
from config.words import Model, Name

ContentState = Literal["idea", "draft", "review", "approved", "scheduled", "published", "retired"]
"""Where a post is on its way. `approved` is good and has no time yet, `scheduled` has one;
`published` is over by the word of a person, what was really published stands in the ledger."""

READY: tuple[ContentState, ...] = ("approved", "scheduled")

Text = Annotated[str, Field(min_length=1)]


class Link(Model):
    """Where a post leads, and the card that shows it."""

    url: str
    """`https://...`, without campaign parameters: they are added."""
    campaign: str = ""
    """utm_campaign; empty means the post's name."""
    title: str = ""
    """Of the card."""
    description: str = ""
    """Of the card."""


class Picture(Model):
    """A picture and the words for those who cannot see it."""

    file: Text
    """Relative to the content folder."""
    alt: Text
    """What is to be seen there."""


class Approval(Model):
    """Who read every word of it, and when; it holds for what was read only.

    `marketloop content approve` writes it.
    """

    by: Text
    on: date
    digest: Text
    """Of all that readers will see (`config/content_approval.py`): a later edit ends the
    approval."""
    why: str = ""


class FrontMatter(Model):
    """What stands above the text."""

    objective: Name
    """One of the brand's `content.objectives`."""
    audience: str = ""
    """Whom it is for."""
    networks: Annotated[tuple[Network, ...], Field(min_length=1)]
    texts: dict[Network, Text] = {}
    """Network to its own text, instead of the one below the front matter."""
    hashtags: tuple[str, ...] = ()
    """Without #."""
    link: Link | None = None
    images: tuple[Picture, ...] = ()
    language: str = ""
    """BCP 47; empty means the brand's `content.language`."""
    owner: str = ""
    """One of the brand's `owners`; empty means the first."""
    due: date | None = None
    """By when it has to be ready."""
    publish_at: str = ""
    """The brand's local time: `2026-12-01 09:00`."""
    state: ContentState = "idea"
    approval: Approval | None = None
    evergreen: bool = False
    """Whether it may come again after the brand's `content.cool_down_days`."""


class Content(Model):
    """One post: its name is the file's."""

    name: Name
    front: FrontMatter
    text: str
    """For all networks that have no text of their own; white space around it does not count."""

    def text_for(self, network: Network) -> str:
        """Return the network's own text or the one for all, '' if there is neither."""
        return self.front.texts.get(network, self.text).strip()

    @property
    def campaign(self) -> str:
        """Return the utm_campaign of its link."""
        return (self.front.link.campaign if self.front.link else "") or self.name
