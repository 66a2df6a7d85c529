"""What does Klaviyo have of an account: campaigns, flows, metrics, lists, segments, profiles?

Ids depend on the account and the thing alone. From revision 2026-10-15 on a campaign says little of
itself: when it is sent, and whether it was, its messages say. Source: the schemas of klaviyo-api
25.0.0.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from connectors.sandbox.mail.accounts import (
    GROUPS,
    Group,
    MailAccount,
    Person,
    StoredCampaign,
    StoredFlow,
)
from connectors.sandbox.mail.klaviyo_wire import Row, not_found, resource
from connectors.sandbox.mail.world import MailWorld, made_id

ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
FLOW_STATUS = {"live": "live", "paused": "draft", "draft": "draft"}
METRICS = ("Opened Email", "Placed Order", "Clicked Email")
ORDERS = "Placed Order"
"""The one metric here that reports can count as a conversion."""


@dataclass(frozen=True, slots=True)
class Things:
    """One account's."""

    mail: MailWorld
    account: MailAccount
    url: str  # of `/api`

    def account_row(self) -> Row:
        """Return the account."""
        attributes = {
            "test_account": False,
            "contact_information": {
                "default_sender_name": self.account.name,
                "default_sender_email": "owner@shop.example",
                "website_url": "https://shop.example",
                "organization_name": self.account.name,
                "street_address": {"city": "Berlin", "country": "DE"},
            },
            "industry": "Ecommerce, Apparel",
            "timezone": self.account.time_zone,
            "preferred_currency": self.account.currency,
            "public_api_key": self.account.account_id,
            "locale": "en-US",
        }
        return self._row("account", self.account.account_id, attributes)

    def campaign_id(self, campaign: StoredCampaign) -> str:
        """Return a campaign's id."""
        return self._long("campaign", campaign.number)

    def message_id(self, campaign: StoredCampaign) -> str:
        """Return the id of a campaign's one message."""
        return self._long("message", campaign.number)

    def flow_id(self, flow: StoredFlow) -> str:
        """Return a flow's id."""
        return self._short("flow", flow.number)

    def flow_message_id(self, flow: StoredFlow, place: int) -> str:
        """Return the id of a flow's message, counted from 0."""
        return self._short("flow message", flow.number, place)

    def metric_id(self, name: str) -> str:
        """Return a metric's id."""
        return self._short("metric", name)

    def list_id(self, group: Group) -> str:
        """Return the id of a list or segment."""
        return self._short("list", group.number)

    def profile_id(self, person: Person) -> str:
        """Return a profile's id."""
        return self._long("profile", person.number)

    def campaigns(self) -> list[Row]:
        """Return the campaigns, newest first."""
        return [self._campaign(one) for one in self.mail.campaigns(self.account.key)][::-1]

    def messages(self) -> list[Row]:
        """Return the campaigns' messages, newest first."""
        return [self._message(one) for one in self.mail.campaigns(self.account.key)][::-1]

    def flows(self) -> list[Row]:
        """Return the flows."""
        return [self.flow_row(flow) for flow in self.account.flows]

    def flow(self, flow_id: str) -> StoredFlow:
        """Return the flow of an id; raise the error of one that is not there."""
        for flow in self.account.flows:
            if self.flow_id(flow) == flow_id:
                return flow
        raise not_found("flow", flow_id)

    def flow_row(self, flow: StoredFlow) -> Row:
        """Return a flow."""
        began = _written(datetime.combine(self.account.began, time(), UTC))
        attributes = {
            "name": flow.name,
            "status": FLOW_STATUS[self.mail.flow_status(self.account.key, flow.number)],
            "archived": False,
            "created": began,
            "updated": began,
            "trigger_type": "Metric",
        }
        return self._row("flow", self.flow_id(flow), attributes)

    def metrics(self) -> list[Row]:
        """Return the metrics."""
        return [self._metric(name) for name in METRICS]

    def groups(self, *, lists: bool) -> list[Row]:
        """Return the lists, or the segments, which Klaviyo computes."""
        return [self.group_row(it) for it in GROUPS if (it.kind != "dynamic") == lists]

    def group(self, id_: str, *, lists: bool) -> Group:
        """Return the list or segment of an id; raise the error of one that is not there."""
        for group in GROUPS:
            if self.list_id(group) == id_ and (group.kind != "dynamic") == lists:
                return group
        raise not_found("list" if lists else "segment", id_)

    def group_row(self, group: Group) -> Row:
        """Return a list or segment."""
        began = _written(datetime.combine(self.account.began, time(), UTC))
        attributes: Row = {"name": group.name, "created": began, "updated": began}
        if group.kind == "dynamic":
            own = {"is_active": True, "is_processing": False, "is_starred": False}
            return self._row("segment", self.list_id(group), {**attributes, **own})
        attributes["opt_in_process"] = "double_opt_in"
        return self._row("list", self.list_id(group), attributes)

    def profile(self, person: Person) -> Row:
        """Return a profile, with all that is personal."""
        attributes = {
            "email": person.address,
            "phone_number": None,
            "first_name": f"Reader {person.number}",
            "created": _written(person.since),
            "location": {"city": "Berlin", "ip": "192.0.2.1"},
        }
        return self._row("profile", self.profile_id(person), attributes)

    def _campaign(self, campaign: StoredCampaign) -> Row:
        made = _written(campaign.sent_at - timedelta(days=2))
        attributes = {
            "created_at": made,
            "updated_at": _written(campaign.sent_at),
            "definition": {"name": campaign.name, "builder": "wizard", "archived": False},
        }
        return self._row("campaign", self.campaign_id(campaign), attributes)

    def _message(self, campaign: StoredCampaign) -> Row:
        at = _written(campaign.sent_at)
        attributes = {
            "created": _written(campaign.sent_at - timedelta(days=2)),
            "updated": at,
            "definition": {
                "name": f"{campaign.name}: e-mail",
                "status": "sent",
                "send_options": {"send_time": at, "send_strategy": "static"},
            },
        }
        parent = {"type": "campaign", "id": self.campaign_id(campaign)}
        url = f"{self.url}/campaign-messages/{self.message_id(campaign)}"
        id_ = self.message_id(campaign)
        return resource(url, "campaign-message", id_, attributes, campaign=parent)

    def _metric(self, name: str) -> Row:
        made = "2024-01-01T00:00:00+00:00"
        integration = {"object": "integration", "id": "0eMvjm", "name": "API", "category": "API"}
        attributes = {"name": name, "created": made, "updated": made, "integration": integration}
        return self._row("metric", self.metric_id(name), attributes)

    def _row(self, kind: str, id_: str, attributes: Row) -> Row:
        return resource(f"{self.url}/{kind}s/{id_}", kind, id_, attributes)

    def _short(self, *names: object) -> str:
        return made_id(SHORT, 6, self.account.account_id, *names)

    def _long(self, *names: object) -> str:
        return "01" + made_id(ULID, 24, self.account.account_id, *names)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
