"""What does Google Ads' change history tell? The rows of `change_event`; labels are not in it."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from connectors.sandbox.edits import Edit, Edits, Kind, Value
from connectors.sandbox.google_names import resource_name
from connectors.sandbox.google_resources import RESOURCES, Resource, shown
from connectors.sandbox.google_rules import PARENT_KIND, STRATEGY_OF
from connectors.sandbox.google_values import Attribute, Customer

MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_BY_KIND: Mapping[Kind, Resource] = {
    **{resource.kind: resource for resource in RESOURCES if resource.change_type},
    "negative": next(r for r in RESOURCES if r.kind == "keyword"),
}
_AD = Resource("ads", "ad", "ad", (), {}, change_type="AD")


def change_events(edits: Edits, customer: Customer) -> list[Edit]:
    """Return the account's changes that its history tells of, the oldest first."""
    return [
        edit
        for edit in edits.accepted(customer.customer_id)
        if edit.kind in _BY_KIND and set(edit.new) != {"labels"}
    ]


def _resource(edit: Edit) -> Resource:
    """Return what the history calls the thing: an ad's texts are told of the ad by itself."""
    return _AD if edit.kind == "ad" and "other" in edit.new else _BY_KIND[edit.kind]


def moment_of(customer: Customer, edit: Edit) -> str:
    """Return when, in the account's time zone."""
    return edit.at.astimezone(ZoneInfo(customer.time_zone)).strftime(MOMENT)


def _name(customer: Customer, edit: Edit) -> str:
    resource = _resource(edit)
    key = edit.key.rpartition("~")[2] if resource is _AD else edit.key
    return resource_name(customer.path, resource, key)


def _event_name(customer: Customer, edit: Edit) -> str:
    micros = int(edit.at.astimezone(UTC).timestamp()) * 1_000_000 + edit.at.microsecond
    return f"{customer.path}/changeEvents/{micros}~{edit.number}~0"


def _changed_fields(customer: Customer, edit: Edit) -> str | None:
    if edit.operation == "remove":
        return None
    if "other" in edit.new:
        return str(edit.new["other"])
    own = _own_paths(customer, edit)
    return ",".join(path for path, name in own.items() if name in edit.new)


def _own_paths(customer: Customer, edit: Edit) -> dict[str, str]:
    """Return the paths of a thing's fields and our names; of targets only its own strategy's."""
    bidding = ""
    if edit.kind == "campaign" and customer.settings is not None:
        cell = customer.settings.cell("campaign", edit.key)
        bidding = cell.campaign.bidding if cell is not None else ""
    return {
        path: field.name
        for path, field in _resource(edit).fields.items()
        if path not in STRATEGY_OF or STRATEGY_OF[path] == bidding
    }


def _side(values: Mapping[str, Value], customer: Customer, edit: Edit) -> dict[str, Any] | None:
    """Return one of the two states of the resource, wrapped in its name."""
    if not values:
        return None
    resource = _resource(edit)
    known = dict(values)
    if edit.kind in PARENT_KIND:
        parent = _BY_KIND[PARENT_KIND[edit.kind]]
        known["parent"] = resource_name(customer.path, parent, edit.key.partition("~")[0])
    if edit.kind in ("negative", "campaign_negative"):
        known["negative"] = True
    body = shown(resource, _name(customer, edit), known)
    own = _own_paths(customer, edit)
    for path in STRATEGY_OF:
        if path not in own:
            body.pop(path.partition(".")[0], None)
    return {resource.name: body}


def _new(customer: Customer, edit: Edit) -> Any:
    return None if edit.operation == "remove" else _side(edit.new, customer, edit)


def _above(kind: Kind) -> Attribute:
    """Return the reader of the campaign or ad group that a change was in."""

    def read(customer: Customer, edit: Edit) -> str | None:
        if customer.settings is None or edit.kind in ("budget", "label"):
            return None
        if kind == "ad_group" and edit.kind in ("campaign", "campaign_negative"):
            return None
        cell = customer.settings.cell(edit.kind, edit.key)
        if cell is None:
            return None
        number = cell.campaign.campaign_id if kind == "campaign" else cell.ad_group.ad_group_id
        return resource_name(customer.path, _BY_KIND[kind], str(number))

    return read


CHANGE_EVENT: dict[str, Attribute] = {
    "resource_name": _event_name,
    "change_date_time": moment_of,
    "change_resource_type": lambda _, edit: _resource(edit).change_type,
    "change_resource_name": _name,
    "client_type": lambda _, edit: edit.tool,
    "user_email": lambda _, edit: edit.who,
    "resource_change_operation": lambda _, edit: edit.operation.upper(),
    "changed_fields": _changed_fields,
    "old_resource": lambda c, edit: _side(edit.old, c, edit),
    "new_resource": _new,
    "campaign": _above("campaign"),
    "ad_group": _above("ad_group"),
}
