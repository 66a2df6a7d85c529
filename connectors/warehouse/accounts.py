"""Which accounts and entities are there, and how were they when we last looked?"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config.models import Level
from connectors.base import Account, Entity, RejectedError
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.schema import accounts, entities

IDS_PER_QUERY = 5_000
"""SQLite takes 32,766 values in one statement, PostgreSQL 65,535."""

ENTITY_KEY = (entities.c.account_key, entities.c.level, entities.c.entity_id)


def _entities_query() -> sa.Select[Any]:
    """Select the entities of `keys` and `level`, each with its campaign's name."""
    campaign = entities.alias("campaign")
    campaign_id = sa.case(
        (entities.c.level == "campaign", entities.c.entity_id), else_=entities.c.campaign_id
    )
    names = ("entity_key", "account_key", "level", "entity_id", "parent_id")
    return (
        sa.select(
            *(entities.c[name] for name in names),
            campaign_id.label("campaign_id"),
            campaign.c.name.label("campaign_name"),
            *(column for column in entities.c if column.name not in {*names, "campaign_id"}),
        )
        .join_from(
            entities,
            campaign,
            (campaign.c.account_key == entities.c.account_key)
            & (campaign.c.level == "campaign")
            & (campaign.c.entity_id == campaign_id),
            isouter=True,
        )
        .where(
            entities.c.account_key.in_(sa.bindparam("keys", expanding=True)),
            entities.c.level == sa.bindparam("level"),
        )
        .order_by(entities.c.entity_key)
    )


ENTITIES = _entities_query()


class AccountStore(Database):
    """Accounts and their entities."""

    def save_account(self, brand: str, entry: str, account: Account, now: datetime) -> int:
        """Store an account as its platform describes it and return its key.

        `entry` is its name in the brand file. The account is also kept as an entity of level
        `account`, so that figures of the whole account have a place.
        """
        row = {
            "brand": brand,
            "entry": entry,
            "platform": account.platform,
            "account_id": account.account_id,
            "name": account.name,
            "currency": account.currency,
            "time_zone": account.time_zone,
            "status": account.status,
            "updated_at": now,
        }
        today = _local_day(account.time_zone, now)
        with self.writing("account", brand, account.platform, account.account_id) as connection:
            key: int = connection.scalars(
                self.upsert(accounts)
                .values(row)
                .on_conflict_do_update(
                    index_elements=[accounts.c.brand, accounts.c.platform, accounts.c.account_id],
                    set_=row,
                )
                .returning(accounts.c.account_key)
            ).one()
            itself = Entity("account", account.account_id, account.name, account.status)
            self._save_page(connection, key, [itself], today)
        return key

    def save_entities(
        self,
        account_key: int,
        pages: Iterable[list[Entity]],
        now: datetime,
        *,
        complete_for: Sequence[Level] = (),
    ) -> int:
        """Store pages of entities and return how many came.

        Each page is one transaction. Once all pages are in, entities of the levels in
        `complete_for` that did not come are `removed`. `status_since` is the account's day on
        which a status was first seen to differ; it is unknown (NULL) before that.
        """
        with self.reading() as connection:
            zone = connection.scalar(
                sa.select(accounts.c.time_zone).where(accounts.c.account_key == account_key)
            )
        today = _local_day(str(zone), now)
        seen: set[int] = set()
        count = 0
        for page in pages:
            count += len(page)
            with self.writing("figures", account_key) as connection:
                seen |= self._save_page(connection, account_key, page, today)
        if complete_for:
            with self.writing("figures", account_key) as connection:
                _remove_unseen(connection, account_key, complete_for, seen, today)
        return count

    def accounts(self, brand: str, platform: str | None = None) -> pd.DataFrame:
        """Return the brand's accounts: account_key, entry, platform, account_id, name, ..."""
        names = ("account_key", "entry", "platform", "account_id", "name", "currency")
        columns = [accounts.c[name] for name in (*names, "time_zone", "status")]
        query = sa.select(*columns).where(accounts.c.brand == brand)
        if platform is not None:
            query = query.where(accounts.c.platform == platform)
        return self._frame(query.order_by(accounts.c.account_key))

    def entities(self, account_keys: Sequence[int], level: Level) -> pd.DataFrame:
        """Return the entities of a level, one row each, ordered by entity_key.

        Columns: entity_key, account_key, level, entity_id, parent_id, campaign_id,
        campaign_name, name, status, status_since (date), daily_budget (float, major units),
        approval, url, end_date (date), labels (list), details (dict).
        """
        frame = self._frame(ENTITIES, {"keys": [*account_keys], "level": level})
        frame["daily_budget"] = frame["daily_budget"].astype("float64")
        return frame

    def _frame(
        self, query: sa.Select[Any], values: Mapping[str, object] | None = None
    ) -> pd.DataFrame:
        with self.reading() as connection:
            result = connection.execute(query, values or {})
            # Bare tuples: pandas asks each row what it is, and a SQLAlchemy row takes long to say.
            rows = [tuple(row) for row in result]
            return pd.DataFrame.from_records(rows, columns=[*result.keys()])

    def _save_page(
        self, connection: Connection, account_key: int, page: Sequence[Entity], today: date
    ) -> set[int]:
        """Write the entities that are new or differ and return the keys of all."""
        rows = {(e.level, e.entity_id): _row(account_key, e) for e in page}
        stored = _stored(connection, account_key, [*rows])
        changed = []
        for name, row in rows.items():
            before = stored.get(name)
            row["status_since"] = _status_since(before, row["status"], today)
            if before is None or any(before[column] != value for column, value in row.items()):
                changed.append(row)
        if changed:
            insert = self.upsert(entities)
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=ENTITY_KEY,
                    set_={
                        column.name: column
                        for column in insert.excluded
                        if column.name in changed[0]
                    },
                ),
                changed,
            )
            stored |= _stored(
                connection, account_key, [name for name in rows if name not in stored]
            )
        return {row["entity_key"] for row in stored.values()}


def entity_keys(
    connection: Connection,
    account_key: int,
    level: Level,
    ids: Iterable[str],
    describe: Callable[[str], Entity] | None = None,
) -> dict[str, int]:
    """Return the key of each entity id. Ids that we have never seen become entities: those that
    `describe` returns, else of unknown status.

    That happens when figures arrive of something that the platform does not list (any more).
    """
    query = sa.select(entities.c.entity_id, entities.c.entity_key).where(
        entities.c.account_key == account_key, entities.c.level == level
    )
    keys = _pairs(connection, query)
    described = describe or (lambda name: Entity(level, name, name, "unknown"))
    new = [_row(account_key, described(name)) for name in ids if name not in keys]
    if new:
        names = [*new[0]]
        for row in new:
            row |= {"labels": json.dumps(row["labels"]), "details": json.dumps(row["details"])}
        insert_rows(connection, entities, names, [tuple(row.values()) for row in new])
        keys = _pairs(connection, query)
    return keys


def _pairs(connection: Connection, query: sa.Select[tuple[str, int]]) -> dict[str, int]:
    return {row.entity_id: row.entity_key for row in connection.execute(query)}


def _row(account_key: int, entity: Entity) -> dict[str, Any]:
    return {
        "account_key": account_key,
        "level": entity.level,
        "entity_id": entity.entity_id,
        "parent_id": entity.parent_id,
        "campaign_id": entity.campaign_id,
        "name": entity.name,
        "status": entity.status,
        "status_since": None,
        "daily_budget": None if entity.daily_budget is None else float(entity.daily_budget),
        "approval": entity.approval,
        "url": entity.url,
        "end_date": entity.end_date,
        "labels": [*entity.labels],
        "details": {**entity.details},
    }


def _stored(
    connection: Connection, account_key: int, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what is stored of the entities with these (level, entity_id)."""
    found = {}
    by_level: dict[str, list[str]] = {}
    for level, entity_id in names:
        by_level.setdefault(level, []).append(entity_id)
    for level, ids in by_level.items():
        for start in range(0, len(ids), IDS_PER_QUERY):
            query = sa.select(entities).where(
                entities.c.account_key == account_key,
                entities.c.level == level,
                entities.c.entity_id.in_(ids[start : start + IDS_PER_QUERY]),
            )
            for row in connection.execute(query).mappings():
                found[level, row["entity_id"]] = dict(row)
    return found


def _status_since(before: dict[str, Any] | None, status: str, today: date) -> date | None:
    """Return since when the status holds; unknown if it was so at first sight."""
    if before is None or before["status"] == "unknown":
        return None
    since: date | None = before["status_since"] if before["status"] == status else today
    return since


def _remove_unseen(
    connection: Connection, account_key: int, levels: Sequence[str], seen: set[int], today: date
) -> None:
    query = sa.select(entities.c.entity_key, entities.c.status).where(
        entities.c.account_key == account_key,
        entities.c.level.in_([*levels]),
        entities.c.status != "removed",
    )
    rows = [
        {"key": key, "since": None if status == "unknown" else today}
        for key, status in connection.execute(query)
        if key not in seen
    ]
    if rows:
        connection.execute(
            sa.update(entities)
            .where(entities.c.entity_key == sa.bindparam("key"))
            .values(status="removed", status_since=sa.bindparam("since")),
            rows,
        )


def _local_day(time_zone: str, now: datetime) -> date:
    try:
        return now.astimezone(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        raise RejectedError(
            f"time zone {time_zone!r} is unknown; use an IANA name such as Europe/Berlin"
        ) from None
