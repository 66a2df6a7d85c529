"""Who should be in a mail service's list, and what would change? A list is kept like a segment.

In the list should be the members of the segment to whom mail is welcome. A service knows people by
keys of its own (`AudienceChannel.member_key`), and so does everything here: no address is seen.

Somebody in the list whom the brand does not know stays there: nothing says that he should not, and
without his address he could not be taken out. Somebody of whom nobody says where the consent comes
from is not put in, but stays where he is already.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.playbooks import PushAudiencePlaybook
from config.words import Mode
from connectors.actions import DONE, WAITING, Action, Proposal
from connectors.audience import Contact, Member, audience_change, digest_of
from connectors.changes import Subject, Value
from tasks.report.numbers import plural

SERVICES: Mapping[str, str] = {
    "mailchimp": "Mailchimp",
    "klaviyo": "Klaviyo",
    "hubspot": "HubSpot",
}
"""Platforms with lists of people, as people call them."""

REMEMBERED = timedelta(days=7)
"""How long the same change of a list is not tried again after it failed."""

RISK = (
    "the customer list was not read completely, or the segment's rule has just been changed: "
    "then the wrong people come and go"
)


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that is kept like a segment."""

    entry: str  # the account's, of the brand file
    platform: str
    account_key: int
    account_id: str
    list_id: str  # in the service's own ids
    segment: str
    title: str  # of the segment
    owner: str  # of the segment; '' if it names none

    @property
    def subject(self) -> Subject:
        """What a change of it is about."""
        return Subject("account", self.account_id, "audience", self.list_id)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{SERVICES.get(self.platform, self.platform)} list {self.list_id}"


@dataclass(frozen=True, slots=True)
class Roster:
    """A brand's people, as one service knows them."""

    known: frozenset[str]  # everybody with an address
    welcome: Mapping[int, str]  # person to key, of those to whom mail is welcome
    proven: frozenset[str]  # of whom somebody says where the consent comes from

    def keys(self, people: Iterable[int]) -> frozenset[str]:
        """Return the keys of those of these people to whom mail is welcome."""
        found = (self.welcome.get(int(person)) for person in people)
        return frozenset(key for key in found if key is not None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who should be in a list."""

    people: frozenset[str]  # keys, those who stay because nobody knows them among them
    strangers: int  # so many of them are not among the customers
    unproven: int  # left out: nobody says where their consent comes from


@dataclass(frozen=True, slots=True)
class Proposing:
    """By whom, when and how it is proposed."""

    brand: str
    process: str
    playbook: PushAudiencePlaybook
    mode: Mode
    as_of: date
    now: datetime


def roster(contacts: Iterable[Contact], key_of: Callable[[str], str]) -> Roster:
    """Return people by their keys at a service; who has the address of somebody else is the same
    person there."""
    known: set[str] = set()
    welcome: dict[int, str] = {}
    proven: set[str] = set()
    for one in contacts:
        key = key_of(one.address)
        known.add(key)
        if one.welcome:
            welcome[one.person_key] = key
            if one.consent_source:
                proven.add(key)
    return Roster(frozenset(known), welcome, frozenset(proven))


def wanted(present: frozenset[str], people: Iterable[int], known: Roster) -> Wanted:
    """Return who should be in a list that has `present`, by who is in its segment."""
    belong = known.keys(people)
    unproven = belong - known.proven - present
    strangers = present - known.known
    return Wanted((belong - unproven) | strangers, len(strangers), len(unproven))


def before_it(
    before: Value, present: frozenset[str], then: Iterable[frozenset[str]], known: Roster
) -> frozenset[str] | None:
    """Return who was in a list when its value was `before`; None if nobody can tell.

    `present` is who is in it now, or was at any moment since. `then` are guesses at who of the
    brand's people was in it; only the one that gives this very value is right.
    """
    strangers = present - known.known
    for guess in (frozenset[str](), *then):
        if digest_of(strangers | guess) == before:
            return strangers | guess
    return None


def earlier_pushes(subject: Subject, before: Value, actions: Iterable[Action]) -> list[Action]:
    """Return the changes of ours that made a list what it was, newest first."""
    found = [
        one
        for one in actions
        if one.proposal.subject == subject
        and one.proposal.after == before
        and one.proposal.takes_back is None
        and one.state in DONE
    ]
    return sorted(found, key=lambda one: one.action_id, reverse=True)


def movers(
    contacts: Iterable[Contact], keys: frozenset[str], key_of: Callable[[str], str]
) -> dict[str, Member]:
    """Return the people behind keys, each once; the one whose consent is proven goes before."""
    found: dict[str, Member] = {}
    for one in contacts:
        key = key_of(one.address)
        if key in keys and (key not in found or (one.welcome and one.consent_source)):
            found[key] = one.member
    return found


def proposal_for(
    kept: KeptList,
    present: frozenset[str],
    should: Wanted,
    how: Proposing,
    *,
    can_go_back: bool,
) -> Proposal | None:
    """Return the change that makes a list what it should be; None if it is so."""
    change = audience_change(kept.account_id, kept.list_id, present, should.people, kept.segment)
    if change.before == change.after:
        return None
    book, first = how.playbook, "the same people are taken out again, and the others put back"
    return Proposal(
        brand=how.brand,
        process=how.process,
        playbook=book.name,
        check="",
        as_of=how.as_of,
        account_key=kept.account_key,
        entity_key=None,
        subject=change.subject,
        name=kept.name,
        campaign_id=None,
        before=change.before,
        after=change.after,
        unit="",
        currency="XXX",
        verdict="ok",
        sentence=_sentence(kept, change.content),
        numbers={},
        window_end=how.as_of - timedelta(days=1),
        metrics=(),
        expected=None,
        risk=book.risk or RISK,
        undo=first if can_go_back else "",
        priority=book.priority,
        owner=kept.owner or book.owner,
        mode=how.mode,
        expires_at=how.now + timedelta(days=book.expires_after_days),
        judge_after_days=book.judge_after_days,
        content=change.content,
        evidence=_evidence(change.content, len(present), should),
    )


def outdated(
    proposals: Iterable[Proposal], looked_at: Iterable[tuple[int, Subject]], open_: Iterable[Action]
) -> list[tuple[Action, str]]:
    """Return the open changes of lists that would be others by now, each with what has happened.

    `looked_at` are all lists of which is known what they should be, those without a proposal too.
    What takes something back, or is being carried out, is left alone.
    """
    now = {(one.account_key, one.subject): one for one in proposals}
    places = {*looked_at}
    found = []
    for action in open_:
        old = action.proposal
        place = (old.account_key, old.subject)
        if old.takes_back is not None or place not in places:
            continue
        if action.state not in ("proposed", "approved"):
            continue
        new = now.get(place)
        if new is None:
            found.append((action, "the list is as it should be by now"))
        elif (new.before, new.after) != (old.before, old.after):
            counts = f"{new.content['added']} added, {new.content['removed']} removed"
            found.append((action, f"people have come and gone since: it would be {counts} now"))
    return found


def not_known_yet(
    proposals: Iterable[Proposal], actions: Iterable[Action], now: datetime
) -> list[Proposal]:
    """Return the proposals without those that wait just so already, and those that have lately
    failed just so: whom a service does not take today, it does not take tomorrow."""
    known = {
        _change(one.proposal)
        for one in actions
        if one.state in WAITING or (one.state == "failed" and now - one.updated_at < REMEMBERED)
    }
    return [one for one in proposals if _change(one) not in known]


def _change(proposal: Proposal) -> tuple[int, Subject, Value, Value]:
    return proposal.account_key, proposal.subject, proposal.before, proposal.after


def counted(
    change: Proposal, coming: Iterable[str], going: Iterable[str], there: frozenset[str]
) -> str:
    """Say how much of a change has been carried out, by who is in the list now."""
    ins, outs = {*coming}, {*going}
    return (
        f"{len(ins & there):,} of {change.content['added']} came into the list and "
        f"{len(outs - there):,} of {change.content['removed']} left it"
    )


def _sentence(kept: KeptList, content: Mapping[str, str]) -> str:
    added, removed = int(content["added"]), int(content["removed"])
    missing = f"{_people(added)} of the segment “{kept.title}” {_are(added)} missing"
    surplus = f"{_people(removed)} in it {_are(removed)} not to be there"
    if not removed:
        return f"{missing} in {kept.name}."
    if not added:
        return f"{kept.name} is to have the segment “{kept.title}”; {surplus}."
    return f"{missing} in {kept.name}, and {surplus}."


def _evidence(content: Mapping[str, str], present: int, should: Wanted) -> tuple[str, ...]:
    found = [
        f"adds {int(content['added']):,}, removes {int(content['removed']):,}, "
        f"the list has {present:,} now"
    ]
    if count := should.strangers:
        stays = "stays" if count == 1 else "stay"
        who = f"{_people(count)} in the list {_are(count)}"
        found.append(f"{who} not among the customers, and {stays}")
    if count := should.unproven:
        who = f"{_people(count)} {_are(count)} left out"
        found.append(f"{who}: nobody says where the consent comes from")
    return tuple(found)


def _people(count: int) -> str:
    return plural(count, "person", "people")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
