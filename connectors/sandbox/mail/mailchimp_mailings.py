"""What does Mailchimp tell of campaigns and automations, and of what came of them?

Rates are fractions of what was delivered, but `list_stats` has percent; `last_open` is empty where
nobody has opened. An automation is told of as a whole, never day by day: its e-mails have reports
whose counts grow for ever. Source: the reference, section 1.1 (schema 3.0.55).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from connectors.sandbox.mail.accounts import MailAccount, StoredCampaign, StoredFlow
from connectors.sandbox.mail.figures import Earned
from connectors.sandbox.mail.mailchimp_wire import Row, written
from connectors.sandbox.mail.world import MailWorld, made_id

HEX = "0123456789abcdef"
AUTOMATION_STATUS = {"live": "sending", "paused": "paused", "draft": "save"}


@dataclass(frozen=True, slots=True)
class Mailings:
    """What one account has sent."""

    mail: MailWorld
    account: MailAccount

    def campaign_id(self, campaign: StoredCampaign) -> str:
        """Return a campaign's id."""
        return made_id(HEX, 10, self.account.account_id, "campaign", campaign.number)

    def workflow_id(self, flow: StoredFlow) -> str:
        """Return an automation's id."""
        return made_id(HEX, 10, self.account.account_id, "flow", flow.number)

    def list_id(self) -> str:
        """Return the id of the one audience."""
        return made_id(HEX, 10, self.account.account_id, "list")

    def flow(self, workflow_id: str) -> StoredFlow | None:
        """Return an automation, None if there is none of that id."""
        found = (one for one in self.account.flows if self.workflow_id(one) == workflow_id)
        return next(found, None)

    def campaigns(self) -> list[Row]:
        """Return the campaigns, newest first."""
        return [self._campaign(one) for one in self._sent()][::-1]

    def reports(self) -> list[Row]:
        """Return the reports of campaigns and of automations' e-mails, newest first."""
        rows = [self._of_campaign(one) for one in self._sent()]
        rows += [row for flow in self.account.flows for row in self._of_flow(flow)]
        return sorted(rows, key=lambda row: (row["send_time"], row["id"]), reverse=True)

    def automations(self) -> list[Row]:
        """Return the automations."""
        return [self.automation(flow) for flow in self.account.flows]

    def automation(self, flow: StoredFlow) -> Row:
        """Return an automation."""
        began = written(datetime.combine(self.account.began, time(9), UTC))
        return {
            "id": self.workflow_id(flow),
            "create_time": began,
            "start_time": began,
            "status": AUTOMATION_STATUS[self.mail.flow_status(self.account.key, flow.number)],
            "emails_sent": sum(row["emails_sent"] for row in self._of_flow(flow)),
            "recipients": {"list_id": self.list_id(), "list_is_active": True},
            "settings": {
                "title": flow.name,
                "from_name": self.account.name,
                "reply_to": "shop@shop.example",
                "use_conversation": False,
            },
        }

    def _sent(self) -> Iterator[StoredCampaign]:
        return self.mail.campaigns(self.account.key)

    def _campaign(self, campaign: StoredCampaign) -> Row:
        return {
            "id": self.campaign_id(campaign),
            "web_id": campaign.number,
            "parent_campaign_id": "",
            "type": "regular",
            "create_time": written(campaign.sent_at - timedelta(days=2)),
            "send_time": written(campaign.sent_at),
            "status": "sent",
            "emails_sent": campaign.recipients,
            "recipients": {"list_id": self.list_id(), "list_is_active": True},
            "settings": {
                "title": campaign.name,
                "subject_line": campaign.name,
                "from_name": self.account.name,
                "reply_to": "shop@shop.example",
            },
        }

    def _of_campaign(self, campaign: StoredCampaign) -> Row:
        came = self.mail.came_of(self.account.key, campaign)
        names = (self.campaign_id(campaign), campaign.name, "regular")
        return self._report(*names, campaign.sent_at, came)

    def _of_flow(self, flow: StoredFlow) -> Iterator[Row]:
        for place, message in enumerate(flow.messages):
            email = made_id(HEX, 10, self.account.account_id, "flow", flow.number, place)
            began = datetime.combine(self.account.began, time(9), UTC)
            came = self.mail.flow_whole(self.account.key, flow, place)
            yield self._report(email, f"{flow.name}: {message}", "automation", began, came)

    def _report(self, id_: str, title: str, kind: str, at: datetime, came: Earned) -> Row:
        delivered = max(1, came.delivered)
        last = written(self.mail.now()) if came.opens else ""
        return {
            "id": id_,
            "campaign_title": title,
            "type": kind,
            "list_id": self.list_id(),
            "list_is_active": True,
            "list_name": "Newsletter",
            "subject_line": title,
            "preview_text": "",
            "emails_sent": came.recipients,
            "abuse_reports": came.complaints,
            "unsubscribed": came.unsubscribes,
            "send_time": written(at),
            "rss_last_send": "",
            "bounces": {"hard_bounces": came.hard, "soft_bounces": came.soft, "syntax_errors": 0},
            "forwards": {"forwards_count": 0, "forwards_opens": 0},
            "opens": {
                "opens_total": came.opens_total,
                "unique_opens": came.opens,
                "open_rate": came.opens / delivered,
                "last_open": last,
            },
            "clicks": {
                "clicks_total": came.clicks_total,
                "unique_clicks": came.clicks * 11 // 10,
                "unique_subscriber_clicks": came.clicks,
                "click_rate": came.clicks / delivered,
                "last_click": last if came.clicks else "",
            },
            "industry_stats": {"type": "Retail", "open_rate": 0.35, "click_rate": 0.02},
            "list_stats": {"sub_rate": 12, "unsub_rate": 3, "open_rate": 38.1, "click_rate": 2.4},
            "ecommerce": {
                "total_orders": came.orders,
                "total_spent": came.revenue,
                "total_revenue": came.revenue,
                "currency_code": self.account.currency,
            },
            "delivery_status": {"enabled": False},
        }
