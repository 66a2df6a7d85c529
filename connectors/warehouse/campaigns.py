"""Who has not got a campaign yet, what came of its test, and how did that end?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa

from connectors.enrolments import NEVER, Keys, People, Skip
from connectors.warehouse.database import Database
from connectors.warehouse.enrolment_rows import coded, standing, write_skips
from connectors.warehouse.mail_tables import (
    campaign_decisions,
    mail_events,
    mail_messages,
    mail_skips,
    orders,
    people,
    segment_members,
    suppressions,
)

OVER = ("claimed", "sending", "sent", "doubtful", "refused")
WENT = ("sent", "doubtful")


class CampaignStore(Database):
    """Campaigns on their way."""

    def audience(
        self, brand: str, campaign: str, segment: str, exclude: Sequence[str], now: datetime
    ) -> tuple[Keys, People]:
        """Return who is in the segment and in none of those excluded, and has neither got the
        campaign nor been given up; without those whose message the server put off until later."""
        its = segment_members.c
        other = segment_members.alias()
        excluded = sa.exists().where(
            other.c.brand == brand,
            other.c.segment.in_([*exclude]),
            other.c.person_key == its.person_key,
            other.c.left_on.is_(None),
        )
        got, skip = mail_messages.c, mail_skips.c
        over = sa.exists().where(
            got.brand == brand, got.kind == "campaign", got.source == campaign, got.step == "",
            got.round == 0, got.person_key == its.person_key,
            got.state.in_(OVER) | ((got.state == "deferred") & (got.retry_at > now)),
        )  # fmt: skip
        given_up = sa.exists().where(
            skip.brand == brand, skip.kind == "campaign", skip.source == campaign,
            skip.step == "", skip.round == 0, skip.person_key == its.person_key,
        )  # fmt: skip
        held = sa.exists().where(
            suppressions.c.brand == brand, suppressions.c.address_key == people.c.address_key
        )
        query = (
            sa.select(its.person_key, people.c.time_zone, people.c.consent, held.label("held"))
            .join(people, people.c.person_key == its.person_key)
            .where(its.brand == brand, its.segment == segment, its.left_on.is_(None))
            .where(~excluded, ~over, ~given_up)
            .order_by(its.person_key)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        zone, zones = coded([row[1] for row in rows])
        reach = standing([row[2] for row in rows], [row[3] for row in rows])
        keys = np.fromiter((row[0] for row in rows), np.int64)
        return keys, People(zones, zone, reach, np.full(len(rows), NEVER))

    def write_skips(self, brand: str, skips: Sequence[Skip], now: datetime) -> None:
        """Note what is given up of a brand's campaigns."""
        with self.writing("enrolments", brand) as connection:
            write_skips(connection, skips, now)

    def test_results(
        self, brand: str, campaign: str, conversion: bool, until: datetime
    ) -> Mapping[str, tuple[int, int]]:
        """Return by arm how many messages went out until a moment, and how many of those succeeded
        until then: with a click, or as `conversion` with an order after the message."""
        got = mail_messages.c
        if conversion:
            success = sa.exists().where(
                orders.c.brand == brand, orders.c.person_key == got.person_key,
                orders.c.value >= 0, orders.c.ordered_at > got.handed_at,
                orders.c.ordered_at <= until,
            )  # fmt: skip
        else:
            success = sa.exists().where(
                mail_events.c.message_key == got.message_key, mail_events.c.kind == "click",
                mail_events.c.at <= until,
            )  # fmt: skip
        query = (
            sa.select(got.arm, sa.func.count(), sa.func.sum(sa.case((success, 1), else_=0)))
            .where(got.brand == brand, got.kind == "campaign", got.source == campaign)
            .where(got.state.in_(WENT), got.handed_at <= until)
            .group_by(got.arm)
        )
        with self.reading() as connection:
            return {arm: (int(sent), int(won)) for arm, sent, won in connection.execute(query)}

    def decide_campaign(
        self,
        brand: str,
        campaign: str,
        arm: str,
        reason: str,
        numbers: Mapping[str, float],
        now: datetime,
    ) -> tuple[str, datetime]:
        """Keep how a test ended, once: return the arm and the moment that hold from now on, which
        are the earlier ones if it had ended before."""
        values = {
            "brand": brand, "campaign": campaign, "arm": arm, "decided_at": now,
            "reason": reason, "numbers": dict(numbers),
        }  # fmt: skip
        insert = self.upsert(campaign_decisions).values(values).on_conflict_do_nothing()
        with self.writing("campaign", brand, campaign) as connection:
            connection.execute(insert)
        decided = self.campaign_decision(brand, campaign)
        if decided is None:
            raise LookupError(f"the decision on campaign {campaign} is gone again")
        return decided

    def campaign_decision(self, brand: str, campaign: str) -> tuple[str, datetime] | None:
        """Return the arm that ended a test, and when; None while it has not ended."""
        its = campaign_decisions.c
        query = sa.select(its.arm, its.decided_at).where(
            its.brand == brand, its.campaign == campaign
        )
        with self.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row[0], row[1])
