"""Which entries of a platform's change history did not come from us?

Our own writes stand in the history too. An entry is ours if one of our actions gave the same
subject the same value at about that time: from when the action was made (it may have been written
by a run that died before it could say so) until some minutes after it was confirmed. Platforms'
clocks and histories lag by some minutes.

A person who sets the very value of an action within that time is taken for us. That hides nothing:
to set it again somebody must have set another value in between, and that entry is foreign.

A keyword or an ad that we made or took away stands in Google's history under its own id too
(`ad group~id`), with every field that it was made with. It is ours if its first or last status is
the one that we gave to one of that ad group at that time.

We never write `other` settings, but a platform may tell of some beside what we wrote, as part of
the same operation. Such an entry is ours if one that is ours by its value stands next to it: of the
same entity, by the same author with the same tool, in the same moment. Nothing less will do: there
is no value to know a person's by.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from connectors.actions import Action
from connectors.changes import REMOVED, Edit, Subject, Value, same

TOLERANCE = timedelta(minutes=10)
MOMENT = timedelta(seconds=30)
"""How far apart the entries of one operation may be: both bear the platform's own clock."""


def _itself(subject: Subject) -> Subject:
    return subject


def foreign_edits(
    edits: Iterable[Edit],
    own_actions: Iterable[Action],
    tolerance: timedelta = TOLERANCE,
    *,
    canonical: Callable[[Subject], Subject] = _itself,
) -> list[Edit]:
    """Return the edits that people and other tools made, in their order.

    Both are of one account. Actions that were never sent explain nothing. An edit whose new value
    the platform does not tell is ours if subject and time fit. `canonical` says under which one
    subject several are the same thing: a shared budget is told of each of its campaigns.
    """
    sent: dict[Subject | _Items | None, list[Action]] = {}
    for action in own_actions:
        if action.attempts or action.applied_at or action.state == "applying":
            sent.setdefault(canonical(action.proposal.subject), []).append(action)
            if items := _some(action.proposal.subject):
                sent.setdefault(items, []).append(action)
    written: dict[_Author, list[datetime]] = {}
    foreign: list[Edit] = []
    for edit in edits:
        about = canonical(edit.subject)
        if _ours(edit, [*sent.get(about, ()), *sent.get(_item(edit), ())], tolerance):
            written.setdefault(_author(edit), []).append(edit.at)
        else:
            foreign.append(edit)
    return [edit for edit in foreign if not _beside(edit, written.get(_author(edit), ()))]


_Author = tuple[str, str, str, str]
"""A level, an entity's id, and who changed it with which tool."""


def _author(edit: Edit) -> _Author:
    return edit.subject.level, edit.subject.entity_id, edit.who, edit.tool


_Items = tuple[str, str]
"""An ad group's id, and `keyword` or `ad`: any of its items, whose text or digest is not told."""


def _some(subject: Subject) -> _Items | None:
    """Return which items an action's subject is one of; None if of none."""
    made = subject.level == "ad_group" and subject.field in ("keyword", "ad")
    return (subject.entity_id, subject.field) if made else None


def _item(edit: Edit) -> _Items | None:
    """Return of which items an entry tells that one was made or taken away; None if of none."""
    subject = edit.subject
    group, apart, _ = subject.entity_id.partition("~")
    begins_or_ends = edit.new is not None and (edit.old is None or edit.new == REMOVED)
    if apart and subject.field == "status" and begins_or_ends:
        return group, subject.level
    return None


def _ours(edit: Edit, sent: Sequence[Action], tolerance: timedelta) -> bool:
    return any(
        _same(edit.new, action.proposal.after)
        and action.created_at - tolerance <= edit.at
        and edit.at <= (action.applied_at or action.updated_at) + tolerance
        for action in sent
    )


def _same(new: Value | None, after: Value) -> bool:
    return new is None or same(new, after)


def _beside(edit: Edit, written: Iterable[datetime]) -> bool:
    """Tell whether an entry only came with what its author wrote at these moments, as ours: another
    setting, or the first value of one that a thing was made with."""
    came_with = edit.subject.field == "other" or (
        edit.old is None and "~" in edit.subject.entity_id
    )
    return came_with and any(abs(edit.at - at) <= MOMENT for at in written)
