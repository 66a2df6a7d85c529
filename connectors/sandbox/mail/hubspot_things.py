"""What does HubSpot have of an account: contacts, deals, lists? All values are strings or null.

A contact's id says nothing of when it came: HubSpot has given out short and long ones. Source: the
reference, section 2; models of hubspot-api-client 12.0.0.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from connectors.sandbox.mail.accounts import GROUPS, Group, MailAccount, Person
from connectors.sandbox.mail.deals import StoredDeal, deals
from connectors.sandbox.mail.hubspot_wire import Row, invalid, not_found, written
from connectors.sandbox.mail.world import MailWorld

SHORT_ID, LONG_ID, DEAL_ID = 7_000, 719_869_600_000, 51_000_000_000
LIST_ID = 20
SUBSCRIPTION = 9001
KINDS = {"list": "DYNAMIC", "static": "MANUAL", "dynamic": "DYNAMIC"}
CONTACTS = "0-1"
STAGES = ("subscriber", "lead", "opportunity", "customer")
CONTACT_DEFAULTS = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate")
DEAL_DEFAULTS = ("amount", "closedate", "createdate", "dealname", "dealstage",
                 "hs_lastmodifieddate", "hs_object_id", "pipeline")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Things:
    """One account's."""

    mail: MailWorld
    account: MailAccount

    def details(self) -> Row:
        """Return the account."""
        zone = ZoneInfo(self.account.time_zone)
        offset = self.mail.now().astimezone(zone).utcoffset()
        seconds = int(offset.total_seconds()) if offset else 0
        return {
            "portalId": int(self.account.account_id),
            "accountType": "STANDARD",
            "timeZone": self.account.time_zone,
            "companyCurrency": self.account.currency,
            "additionalCurrencies": ["USD"],
            "utcOffset": f"{seconds // 3600:+03d}:{seconds % 3600 // 60:02d}",
            "utcOffsetMilliseconds": seconds * 1000,
            "uiDomain": "app-eu1.hubspot.com",
            "dataHostingLocation": "eu1",
        }

    def objects(self, kind: str) -> list[tuple[int, Row]]:
        """Return the ids and properties of all contacts or deals, by their ids."""
        if kind == "contacts":
            found = [self.contact(person) for person in self.mail.people(self.account.key)]
        elif kind == "deals":
            found = [self.deal(one) for one in deals(self.mail, self.account.key)]
        else:
            raise invalid(f"Unable to infer object type from: {kind}")
        return sorted(((int(one["hs_object_id"]), one) for one in found), key=lambda it: it[0])

    def contact(self, person: Person) -> Row:
        """Return a contact's properties, with all that is personal."""
        since = written(person.since)
        return {
            "hs_object_id": str(contact_id(person)),
            "email": person.address,
            "firstname": f"Reader {person.number}",
            "lifecyclestage": STAGES[person.number % len(STAGES)],
            "hs_email_optout": "true" if person.consent == "unsubscribed" else None,
            "hs_analytics_source": "EMAIL_MARKETING" if person.number % 3 else "ORGANIC_SEARCH",
            "createdate": since,
            "lastmodifieddate": since,
            "hs_language": "de-at" if person.number % 2 else None,
            "hs_timezone": "europe_slash_vienna" if person.number % 2 else None,
            "hs_country_region_code": "AT" if person.number % 2 else None,
            "newsletter": {"subscribed": "true", "pending": None}.get(person.consent, "false"),
        }

    def status(self, person: Person) -> Row:
        """Return whether somebody is subscribed to the one type of mail that there is."""
        known = {"subscribed": "SUBSCRIBED", "unsubscribed": "UNSUBSCRIBED"}
        status = known.get(person.consent, "NOT_SPECIFIED")
        told = {
            "subscriberIdString": person.address,
            "subscriptionId": SUBSCRIPTION,
            "subscriptionName": "Newsletter",
            "channel": "EMAIL",
            "status": status,
            "source": "",
            "timestamp": written(person.since),
        }
        basis = {"legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "the form says why"}
        return {**told, **(basis if status == "SUBSCRIBED" else {})}

    def deal_contacts(self) -> Row:
        """Return the associations of each deal, by its id."""
        there = {person.number: person for person in self.mail.people(self.account.key)}
        return {
            str(DEAL_ID + deal.number): {
                "contacts": {
                    "results": [
                        {"id": str(contact_id(there[deal.person])), "type": "deal_to_contact"}
                    ]
                }
            }
            for deal in deals(self.mail, self.account.key)
            if deal.person in there
        }

    def deal(self, deal: StoredDeal) -> Row:
        """Return a deal's properties."""
        stage = "closedwon" if deal.won else "closedlost" if deal.decided_at else "presentation"
        value = None if deal.value is None else f"{deal.value:.2f}"
        return {
            "hs_object_id": str(DEAL_ID + deal.number),
            "dealname": f"Deal {deal.number}",
            "amount": value,
            "amount_in_home_currency": None if deal.currency else value,
            "deal_currency_code": deal.currency or self.account.currency,
            "dealstage": stage,
            "pipeline": "default",
            "hs_is_closed_won": str(deal.won).lower(),
            "closedate": written(deal.decided_at) if deal.decided_at else None,
            "createdate": written(deal.opened_at),
            "hs_lastmodifieddate": written(deal.changed_at),
        }

    def group(self, list_id: str) -> Group:
        """Return the list of an id; raise the error of one that is not there."""
        for group in GROUPS:
            if str(LIST_ID + group.number) == list_id:
                return group
        raise not_found(f"List {list_id}")

    def list_row(self, group: Group) -> Row:
        """Return a list; how many are in it."""
        began = written(datetime.combine(self.account.began, time(), UTC))
        return {
            "listId": str(LIST_ID + group.number),
            "listVersion": 1,
            "name": group.name,
            "objectTypeId": CONTACTS,
            "processingType": KINDS[group.kind],
            "processingStatus": "COMPLETE",
            "createdAt": began,
            "updatedAt": began,
            "size": len(self.mail.members(self.account.key, group.number)),
        }

    def people(self, ids: list[str]) -> tuple[list[Person], list[str]]:
        """Return the contacts of ids, and the ids that are nobody's."""
        there = {str(contact_id(one)): one for one in self.mail.people(self.account.key)}
        known = [there[id_] for id_ in ids if id_ in there]
        return known, [id_ for id_ in ids if id_ not in there]


def contact_id(person: Person) -> int:
    """Return a contact's id."""
    return person.number + (SHORT_ID if person.number % 2 else LONG_ID)


def shown(properties: Row, wanted: list[str], defaults: tuple[str, ...]) -> Row:
    """Return an object with the properties that were asked for, and those that always come."""
    names = dict.fromkeys([*(wanted or defaults), "hs_object_id", "createdate"])
    changed = properties.get("lastmodifieddate") or properties.get("hs_lastmodifieddate")
    return {
        "id": properties["hs_object_id"],
        "properties": {name: properties.get(name) for name in names if name},
        "createdAt": properties["createdate"],
        "updatedAt": changed,
        "archived": False,
    }
