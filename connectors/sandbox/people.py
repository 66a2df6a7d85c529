"""What does a person change by hand, beside whatever writes through the API? For tests to plant.

The words are those of `config/words.py`: levels, fields, `exact:running shoes`. The value of
`other` is the platform's own word of what changed, which moves no figure here: a field of Google's
as `changedFields` has it (`networkSettings.targetSearchNetwork`), or Meta's type of event
(`update_ad_set_target_spec`). No rule of the platform is checked, but the thing must be there.
"""

from decimal import Decimal

from connectors.sandbox.edits import ENABLED, PAUSED, REMOVED, Kind, Value
from connectors.sandbox.layout import key_of
from connectors.sandbox.settings import Settings
from connectors.sandbox.world import World
from connectors.sandbox.writes import Author, Draft

TOOLS = {"google_ads": "GOOGLE_ADS_WEB_CLIENT", "meta_ads": "Ads Manager"}
KINDS: dict[str, Kind] = {
    "campaign": "campaign",
    "ad_group": "ad_group",
    "ad": "ad",
    "keyword": "keyword",
}
NUMBERS = ("daily_budget", "cpc_bid", "target_cpa", "target_roas")


def edit_by_hand(
    world: World,
    account_id: str,
    level: str,
    entity_id: str,
    field: str,
    value: str,
    *,
    item: str = "",
    who: str = "person@example.com",
    tool: str = "",
) -> None:
    """Change one field of one thing. Raise `ValueError` for what is not there or not known."""
    edits = world.market.edits
    with edits.lock:
        account = world.market.layout(account_id).account
        author = Author(account.platform[:-4], who, tool or TOOLS[account.platform])
        draft = world.draft(account_id, author)
        settings = world.settings(account_id)
        if level not in KINDS:
            raise ValueError(f"no level {level!r}; there are: {', '.join(KINDS)}")
        if field == "negative_keyword":
            _negative(settings, draft, level, entity_id, item, value)
        elif field == "label":
            _label(settings, draft, KINDS[level], entity_id, item, value)
        else:
            _field(settings, draft, KINDS[level], entity_id, field, value)
        draft.keep()


def _field(
    settings: Settings, draft: Draft, kind: Kind, entity_id: str, field: str, text: str
) -> None:
    key, name = _place(settings, kind, entity_id, field)
    value: Value = Decimal(text) if field in NUMBERS else text
    if field == "status" and text not in (ENABLED, PAUSED, REMOVED):
        raise ValueError(f"no status {text!r}")
    if field not in (*NUMBERS, "status", "name", "other"):
        raise ValueError(f"no field {field!r} that a person changes here")
    if name == "amount":
        kind = "budget"
    old = {name: settings.get(kind, key, name)}
    draft.write(kind, key, "remove" if value == REMOVED else "update", {name: value}, old)


def _place(settings: Settings, kind: Kind, entity_id: str, field: str) -> tuple[str, str]:
    """Return the key of a thing and the field as `edits.py` has it."""
    meta = settings.layout.account.platform == "meta_ads"
    key = entity_id
    if kind == "ad" and meta:
        cells = settings.layout.groupings["ad"].cells
        key = next((key_of("ad", c) for c in cells if str(c.ad.ad_id) == entity_id), "")
    if not settings.exists(kind, key):
        raise ValueError(f"account {settings.layout.account.account_id} has no {kind} {entity_id}")
    if meta:
        return key, "bid_amount" if field == "cpc_bid" else field
    if field == "daily_budget":
        cell = settings.cell("campaign", key)
        assert cell is not None  # noqa: S101 - the campaign is there
        return settings.budget_of(cell.campaign), "amount"
    return key, field


def _negative(
    settings: Settings, draft: Draft, level: str, entity_id: str, item: str, value: str
) -> None:
    kind: Kind = "campaign_negative" if level == "campaign" else "negative"
    match, _, text = item.partition(":")
    if match not in ("exact", "phrase", "broad") or not text:
        raise ValueError(f"{item!r} is no keyword such as exact:running shoes")
    if value == "present":
        new: dict[str, Value] = {"text": text, "match": match, "status": ENABLED}
        draft.write(kind, draft.new_key(entity_id), "create", new, {})
        return
    for key in settings.source.made.get(kind, ()):
        same = (settings.get(kind, key, "match"), settings.get(kind, key, "text")) == (match, text)
        if same and key.startswith(f"{entity_id}~") and settings.status(kind, key) != REMOVED:
            old = {"text": text, "match": match, "status": ENABLED}
            draft.write(kind, key, "remove", {"status": REMOVED}, old)
            return
    raise ValueError(f"{level} {entity_id} has no negative keyword {item}")


def _label(
    settings: Settings, draft: Draft, kind: Kind, entity_id: str, name: str, value: str
) -> None:
    key, _ = _place(settings, kind, entity_id, "label")
    cell = settings.cell(kind, key)
    planned = cell.campaign.labels if cell is not None and kind == "campaign" else ()
    old = settings.labels_of(kind, key, planned)
    new = tuple(other for other in old if other != name)
    if value == "present":
        if settings.label_key(name) is None:
            made: dict[str, Value] = {"name": name, "status": ENABLED}
            draft.write("label", draft.new_key(), "create", made, {})
        new = (*new, name)
    draft.write(kind, key, "update", {"labels": new}, {"labels": old})
