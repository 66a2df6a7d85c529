"""One object for the whole warehouse. What it does stands in the classes it is made of."""

from typing import Self

from connectors.warehouse.action_steps import ActionSteps
from connectors.warehouse.actions import ActionStore
from connectors.warehouse.alerts import AlertStore
from connectors.warehouse.campaigns import CampaignStore
from connectors.warehouse.contacts import ContactStore
from connectors.warehouse.crawled import CrawledStore
from connectors.warehouse.customer_lists import CustomerListStore
from connectors.warehouse.customer_orders import OrderStore
from connectors.warehouse.customer_scores import ScoreStore
from connectors.warehouse.database import Database
from connectors.warehouse.edits import EditStore
from connectors.warehouse.enrolments import EnrolmentStore
from connectors.warehouse.entries import EntryStore
from connectors.warehouse.erasure import ErasureStore
from connectors.warehouse.indexing import IndexingStore
from connectors.warehouse.joint_steps import JointSteps
from connectors.warehouse.mail_claims import MailClaimStore
from connectors.warehouse.mail_desk import MailDeskStore
from connectors.warehouse.mail_doubts import MailDoubtStore
from connectors.warehouse.mail_events import MailEventStore
from connectors.warehouse.mail_figures import MailFigureStore
from connectors.warehouse.mail_lists import MailListStore
from connectors.warehouse.mail_stops import MailStopStore
from connectors.warehouse.mailbox_reads import MailboxReadStore
from connectors.warehouse.outbox import Outbox
from connectors.warehouse.page_history import PageHistory
from connectors.warehouse.people import PeopleStore
from connectors.warehouse.pruning import PruningStore
from connectors.warehouse.publications import PublicationStore
from connectors.warehouse.pull_quality import PullQualityStore
from connectors.warehouse.pulls import PullStore
from connectors.warehouse.rule_replays import RuleReplayStore
from connectors.warehouse.runs import RunStore
from connectors.warehouse.segment_members import SegmentStore
from connectors.warehouse.sending_domains import SendingDomainStore
from connectors.warehouse.site_files import SiteFileStore
from connectors.warehouse.social_comments import SocialCommentStore
from connectors.warehouse.social_posts import SocialPostStore
from connectors.warehouse.social_watched import SocialWatchedStore
from connectors.warehouse.some_people import SomePeopleStore
from connectors.warehouse.speeds import SpeedStore
from connectors.warehouse.stops import StopStore
from connectors.warehouse.suppressions import SuppressionStore
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
    RuleReplayStore,
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
    SocialWatchedStore,
    SuppressionStore,
    SegmentStore,
    PeopleStore,
    CustomerListStore,
    SomePeopleStore,
    ContactStore,
    SendingDomainStore,
    ErasureStore,
    ScoreStore,
    OrderStore,
    MailClaimStore,
    MailDeskStore,
    MailDoubtStore,
    MailEventStore,
    MailFigureStore,
    MailListStore,
    MailStopStore,
    MailboxReadStore,
    EnrolmentStore,
    EntryStore,
    CampaignStore,
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
