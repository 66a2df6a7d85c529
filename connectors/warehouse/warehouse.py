"""One object for the whole warehouse. What it does stands in the classes it is made of."""

from typing import Self

from connectors.warehouse.action_steps import ActionSteps
from connectors.warehouse.actions import ActionStore
from connectors.warehouse.alerts import AlertStore
from connectors.warehouse.crawled import CrawledStore
from connectors.warehouse.database import Database
from connectors.warehouse.edits import EditStore
from connectors.warehouse.indexing import IndexingStore
from connectors.warehouse.joint_steps import JointSteps
from connectors.warehouse.outbox import Outbox
from connectors.warehouse.page_history import PageHistory
from connectors.warehouse.pruning import PruningStore
from connectors.warehouse.publications import PublicationStore
from connectors.warehouse.pull_quality import PullQualityStore
from connectors.warehouse.pulls import PullStore
from connectors.warehouse.runs import RunStore
from connectors.warehouse.site_files import SiteFileStore
from connectors.warehouse.social_comments import SocialCommentStore
from connectors.warehouse.social_posts import SocialPostStore
from connectors.warehouse.speeds import SpeedStore
from connectors.warehouse.stops import StopStore
from connectors.warehouse.turns import TurnStore
from connectors.warehouse.upgrade import check_revision, is_empty, upgrade
from connectors.warehouse.work import WorkStore
from connectors.warehouse.work_steps import WorkSteps


class Warehouse(
    PullStore,
    RunStore,
    AlertStore,
    Outbox,
    ActionStore,
    ActionSteps,
    JointSteps,
    StopStore,
    EditStore,
    TurnStore,
    PullQualityStore,
    CrawledStore,
    SiteFileStore,
    PageHistory,
    PruningStore,
    SpeedStore,
    IndexingStore,
    PublicationStore,
    WorkStore,
    WorkSteps,
    SocialPostStore,
    SocialCommentStore,
):
    """An open warehouse whose schema is the one this code needs. Threads may share it."""

    def __init__(self, url: str) -> None:
        """Open without migrating. Raises `RejectedError` if the schema is older or newer."""
        super().__init__(url)
        check_revision(self)

    @classmethod
    def prepare(cls, url: str) -> Self:
        """Open, and make the tables first if there are none. An older schema is not touched."""
        with Database(url) as database:
            if is_empty(database):
                upgrade(database)
        return cls(url)

    @classmethod
    def create(cls, url: str) -> Self:
        """Create the database or migrate it, then open it."""
        with Database(url) as database:
            upgrade(database)
        return cls(url)
