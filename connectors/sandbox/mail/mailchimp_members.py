"""Who is in Mailchimp's audience and its static segments (tags), and how is that written?

A member's id is the MD5 of the lower-cased address. A 200 is no success: what was not taken stands
in `errors`. Somebody who has unsubscribed cannot be subscribed again by a program, and addresses
that are not in the audience are passed over by segments. Source: the reference, section 1.1; the
schema of `POST /lists/{list_id}/segments/{segment_id}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from connectors.sandbox.mail.accounts import GROUPS, Group, MailAccount, Person, PersonConsent
from connectors.sandbox.mail.mailchimp_wire import ProblemError, Row, invalid, not_found, written
from connectors.sandbox.mail.world import MailWorld

MOST_MEMBERS = 500
"""Of one call."""
FIRST_SEGMENT = 49_380
KINDS = {"static": "static", "dynamic": "saved"}
STATUS: Mapping[PersonConsent, str] = {"never": "transactional"}
"""Where Mailchimp's word differs."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The one audience of an account."""

    mail: MailWorld
    account: MailAccount
    list_id: str

    def whole(self) -> Row:
        """Return the audience. Rates of its `stats` are percent."""
        there = self.mail.people(self.account.key)
        subscribed = sum(one.consent == "subscribed" for one in there)
        return {
            "id": self.list_id,
            "web_id": 1,
            "name": "Newsletter",
            "date_created": written(self.mail.now()),
            "stats": {
                "member_count": subscribed,
                "unsubscribe_count": sum(one.consent == "unsubscribed" for one in there),
                "open_rate": 38.1,
                "click_rate": 2.4,
            },
        }

    def segments(self, kind: str) -> list[Row]:
        """Return the segments, of one type (`static`, `saved`) or of all."""
        rows = [self.segment(group) for group in GROUPS if group.kind != "list"]
        return [row for row in rows if kind in ("", row["type"])]

    def segment(self, group: Group) -> Row:
        """Return a segment."""
        return {
            "id": FIRST_SEGMENT + group.number,
            "name": group.name,
            "member_count": len(self.members(group, {})),
            "type": KINDS[group.kind],
            "created_at": written(self.mail.now()),
            "updated_at": written(self.mail.now()),
            "list_id": self.list_id,
        }

    def group(self, segment_id: str) -> Group:
        """Return what a segment's id stands for; raise the error of one that is not there."""
        for group in GROUPS:
            if group.kind != "list" and str(FIRST_SEGMENT + group.number) == segment_id:
                return group
        raise not_found()

    def members(self, group: Group, query: Mapping[str, str]) -> list[Row]:
        """Return who is in a segment, or in all of the audience; with whom, a query says.

        Segments leave out who gets no mail unless `include_unsubscribed` and `include_cleaned` say
        otherwise.
        """
        there = self.mail.members(self.account.key, group.number)
        if group.kind != "list":
            told = {"subscribed"} | {
                status
                for status in ("unsubscribed", "cleaned")
                if query.get(f"include_{status}", "").lower() == "true"
            }
            there = [one for one in there if one.consent in told]
        rows = [self.member(one) for one in there]
        return [row for row in rows if query.get("status") in (None, row["status"])]

    def member(self, person: Person) -> Row:
        """Return a member, with all that is personal."""
        return {
            "id": member_id(person.address),
            "email_address": person.address,
            "full_name": f"Reader {person.number}",
            "merge_fields": {"FNAME": f"Reader {person.number}"},
            "ip_opt": "192.0.2.1",
            "status": STATUS.get(person.consent, person.consent),
            "last_changed": written(person.since),
            "list_id": self.list_id,
        }

    def find(self, hashed: str) -> Person | None:
        """Return the member of an id, None if there is none."""
        there = self.mail.people(self.account.key)
        return next((one for one in there if member_id(one.address) == hashed), None)

    def upsert(self, hashed: str, body: Row) -> Row:
        """Put a member: somebody new gets `status_if_new`, somebody known keeps the status unless
        one is given."""
        address = str(body.get("email_address", ""))
        known = self.find(hashed)
        if known is None:
            if member_id(address) != hashed:
                raise invalid("email_address", "The email address does not match the hash.")
            return self.member(self._new(address, str(body.get("status_if_new", ""))))
        status = body.get("status")
        if status == "subscribed" and known.consent != "subscribed":
            raise ProblemError(400, "Member In Compliance State", _compliance(known))
        if status:
            self.mail.consent(self.account.key, known.address, status)
        return self.member(self.find(hashed) or known)

    def add_many(self, body: Row) -> Row:
        """Put many members into the audience; tell who was not taken."""
        asked: Sequence[Row] = body.get("members", [])
        if len(asked) > MOST_MEMBERS:
            raise invalid("members", f"You may only send up to {MOST_MEMBERS} members at once.")
        new: list[Row] = []
        errors: list[Row] = []
        for one in asked:
            address = str(one.get("email_address", ""))
            if self.mail.person(self.account.key, address) is not None:
                what = f"{address} is already a list member, do you want to update?"
                errors.append(_refused(address, "ERROR_CONTACT_EXISTS", what))
            elif not _is_address(address):
                what = "Please provide a valid email address."
                errors.append(_refused(address, "ERROR_GENERIC", what))
            else:
                new.append(self.member(self._new(address, str(one.get("status", "")))))
        return {
            "new_members": new,
            "updated_members": [],
            "errors": errors,
            "total_created": len(new),
            "total_updated": 0,
            "error_count": len(errors),
        }

    def change(self, group: Group, body: Row) -> Row:
        """Put members into a segment and take others out."""
        if group.kind != "static":
            raise invalid("", "Only static segments can be changed by hand.")
        add, remove = body.get("members_to_add", []), body.get("members_to_remove", [])
        if max(len(add), len(remove)) > MOST_MEMBERS:
            raise invalid("members_to_add", f"At most {MOST_MEMBERS} members at once.")
        key = self.account.key
        known, strange = self._known(add)
        joined = self.mail.join(key, group.number, known)
        left = self.mail.leave(key, group.number, self._known(remove)[0])
        told = "Email addresses that aren't in the audience were not added"
        return {
            "members_added": [self.member(one) for one in joined],
            "members_removed": [self.member(one) for one in left],
            "errors": [{"email_addresses": strange, "error": told}] if strange else [],
            "total_added": len(joined),
            "total_removed": len(left),
            "error_count": len(strange),
        }

    def _known(self, addresses: Sequence[str]) -> tuple[list[Person], list[str]]:
        found = {one: self.mail.person(self.account.key, one) for one in addresses}
        known = [person for person in found.values() if person is not None]
        return known, [one for one, person in found.items() if person is None]

    def _new(self, address: str, status: str) -> Person:
        allowed: tuple[PersonConsent, ...] = ("subscribed", "unsubscribed", "pending", "cleaned")
        if not _is_address(address):
            raise invalid("email_address", "This value is not a valid email address.")
        for consent in allowed:
            if consent == status:
                return self.mail.meet(self.account.key, address, consent)
        raise invalid("status", "The value you selected is not a valid choice.")


def member_id(address: str) -> str:
    """Return the id of whoever has an address."""
    return md5(address.strip().lower().encode(), usedforsecurity=False).hexdigest()


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and "." in domain)


def _refused(address: str, code: str, sentence: str) -> dict[str, Any]:
    return {"email_address": address, "error": sentence, "error_code": code, "field": ""}


def _compliance(person: Person) -> str:
    return (
        f"{person.address} is in a compliance state due to unsubscribe, bounce, or compliance "
        "review and cannot be subscribed."
    )
