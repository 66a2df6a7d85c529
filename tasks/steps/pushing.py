"""Who comes into a mail service's list and who goes, at the moment at which it is written?

Addresses are read here, right before they go to the service, and are in nothing that is returned,
kept or told. Whoever belongs in the list by now must be whom the change was approved for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from config.library import Library
from connectors.actions import Action
from connectors.audience import AudienceChannel, Contact, Member, digest_of
from connectors.base import ConnectorError, RejectedError
from connectors.changes import Permit, Setting, Written
from connectors.warehouse import Warehouse
from tasks.mailing.audiences import (
    Roster,
    before_it,
    counted,
    earlier_pushes,
    movers,
    roster,
    wanted,
)


class OtherPeopleError(RejectedError):
    """The people are not, or no longer, those of the change. Says how, and names nobody."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Who comes and who goes, by the service's keys."""

    coming: Mapping[str, Member] = field(repr=False)
    going: Mapping[str, Member] = field(repr=False)


@dataclass(frozen=True)
class Pushing:
    """One account's lists. `entry` is what the brand file calls the account."""

    warehouse: Warehouse
    library: Library
    brand: str
    entry: str
    channel: AudienceChannel

    def people(self, action: Action) -> Moving:
        """Return the people of a change as they are now.

        Raises `OtherPeopleError` if they are not those whom it was approved for, another
        `ConnectorError` if the list could not be read.
        """
        proposal = action.proposal
        present = self.channel.members(proposal.subject.item)
        if digest_of(present) != proposal.before:
            raise OtherPeopleError("people have come into the list or left it since")
        should = self._should(action, present)
        if digest_of(should) != proposal.after:
            come, go = len(should - present), len(present - should)
            raise OtherPeopleError(
                "other people belong in the list by now than it was approved for: "
                f"{come:,} would come and {go:,} go; it is proposed again"
            )
        key_of = self.channel.member_key
        return Moving(
            movers(self.contacts(), should - present, key_of),
            movers(self.contacts(), present - should, key_of),
        )

    def push(self, permit: Permit, moving: Moving) -> Written:
        """Write a list, once; what could not be told is unknown."""
        add, remove = [*moving.coming.values()], [*moving.going.values()]
        try:
            return self.channel.push(permit, add, remove)
        except ConnectorError as error:
            return Written("unknown", str(error))

    def told(
        self, action: Action, moving: Moving, written: Written, setting: Setting | None
    ) -> Written:
        """Return the answer with how many have come and gone, where a part went through."""
        proposal = action.proposal
        if setting is None or setting.value in (proposal.before, proposal.after):
            return written
        try:
            there = self.channel.members(proposal.subject.item)
        except ConnectorError:  # the setting says that a part went through, not which
            return written
        counts = counted(proposal, moving.coming, moving.going, there)
        return replace(written, error=f"{counts}; {written.error}" if written.error else counts)

    def contacts(self) -> Iterator[Contact]:
        """Yield everybody with an address."""
        return contacts_of(self.warehouse, self.brand)

    def _should(self, action: Action, present: frozenset[str]) -> frozenset[str]:
        proposal, known = action.proposal, roster(self.contacts(), self.channel.member_key)
        name, item = proposal.content["segment"], proposal.subject.item
        if proposal.takes_back is not None:
            before = [
                one
                for one in self.warehouse.actions(
                    brand=self.brand, account_key=proposal.account_key
                )
                if one.action_id < proposal.takes_back
            ]
            pushes = earlier_pushes(proposal.subject, proposal.after, before)
            then = members_then(self.warehouse, self.brand, pushes, known)
            found = before_it(proposal.after, present, then, known)
            if found is None:
                raise OtherPeopleError(
                    "who was in the list before is not known any more, or may not all be put back"
                )
            return found
        segment = self.library.segments.get(self.brand, {}).get(name)
        if segment is None or segment.push.get(self.entry) != item:
            raise OtherPeopleError(
                f"the segments file no longer has list {item} of {self.entry} kept like {name}"
            )
        return wanted(present, self.warehouse.segment_members(self.brand, name), known).people


def contacts_of(warehouse: Warehouse, brand: str) -> Iterator[Contact]:
    """Yield everybody of a brand who has an address."""
    for batch in warehouse.contacts(brand):
        yield from batch


def members_then(
    warehouse: Warehouse, brand: str, pushes: list[Action], known: Roster
) -> Iterator[frozenset[str]]:
    """Yield who was in the segment of each of these changes on its day, by the service's keys."""
    for one in pushes:
        name, day = one.proposal.content["segment"], one.proposal.as_of
        yield known.keys(warehouse.segment_members(brand, name, day).tolist())
