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


TestFigure = Literal["clicks", "reactions", "comments", "shares"]


class TextTest(Model):
    """Two wordings of a post that are published by turns; the better one goes on.

    Fixed before the first publication: an approval holds for both texts.
    """

    name: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)] = ""
    """Posts whose tests have one name are one test; empty means the post's name."""
    arms: Annotated[dict[Name, Text], Field(min_length=2, max_length=2)]
    """What a wording is called, to its text. The first goes on if no difference is shown."""
    figure: TestFigure
    """By what they are compared: per impression where the network tells impressions, else per
    publication."""
    posts_per_arm: Annotated[int, Field(ge=4, le=100)] = 6
    """Publications of each wording on an account with which the test is decided there. Fewer than
    four do not tell how far publications of the same text differ by themselves."""
    until: date | None = None
    """Last day of the test; without it there is none."""


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
    test: TextTest | None = None
    """Instead of the text below: two of them. Networks under `texts` take no part."""
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

    def arms(self, network: Network) -> tuple[str, ...]:
        """Return what the wordings are called that a network gets: ('',) without a test there."""
        test = self.front.test
        return tuple(test.arms) if test and network not in self.front.texts else ("",)

    def text_for(self, network: Network, arm: str = "") -> str:
        """Return the network's own text or the one for all, '' if there is neither.

        Where wordings are tested it is the arm's, without one the first arm's.
        """
        test = self.front.test
        shared = test.arms[arm or next(iter(test.arms))] if test else self.text
        return self.front.texts.get(network, shared).strip()

    @property
    def test_name(self) -> str:
        """Return what its test is called, '' without one."""
        return (self.front.test.name or self.name) if self.front.test else ""

    @property
    def campaign(self) -> str:
        """Return the utm_campaign of its link."""
        return (self.front.link.campaign if self.front.link else "") or self.name
