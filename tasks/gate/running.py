"""What runs, and what may it spend per day? As it will be when all that has passed is done.

What is paused or cut for a time and comes back by itself is planned with what comes back: else
others would be raised into its place, and its return would break the ceiling. So is what a change
has cut that may not have arrived: one whose fate is open, or one that is only about to be written.

What runs on a budget of which no daily amount is known, such as one for a whole period, counts with
what it spends on a usual day.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from math import isnan

from config.words import Level
from connectors.changes import ENABLED, REMOVED, Value
from tasks.gate.history import History
from tasks.gate.journal import Journal
from tasks.gate.places import Places, ThingKey
from tasks.gate.state import GateState, Thing

PARENTS: dict[Level, Level] = {"ad_group": "campaign", "ad": "ad_group", "keyword": "ad_group"}

UNSEEN = timedelta(days=2)
"""How old an entity's status and budget may be, where nobody says when they were pulled."""

ZERO = Decimal(0)
DELIVERY_DAYS = 7
CENT = Decimal("0.01")


class Running:
    """Statuses and daily budgets of a brand: as pulled, as changed since, as read live."""

    def __init__(
        self, state: GateState, places: Places, history: History, journal: Journal
    ) -> None:
        self._state, self._places, self._journal = state, places, journal
        self._status: dict[ThingKey, str] = {}
        self._budget: dict[ThingKey, Decimal] = {}
        self._returning: dict[ThingKey, bool] = {}
        self._returning_budget: dict[ThingKey, Decimal] = {}
        self._read_moves(history)
        self._read_settings()
        self._read_returns(history)
        self._budgets_of: dict[ThingKey, tuple[ThingKey, ...]] = {}
        self._usual: dict[ThingKey, Decimal] = {}  # spent per day on budgets that nobody knows
        self._unknown: dict[int, dict[ThingKey, None]] = {}  # of which not even that is known
        self._planned: dict[int, Decimal] = {}
        self._siblings: Counter[ThingKey] = Counter()
        for key in state.accounts:
            self._read_account(key)

    def status(self, key: ThingKey) -> str:
        """Return a thing's own status."""
        if changed := self._status.get(key):
            return changed
        thing = self._places.thing(key)
        return thing.status if thing else "unknown"

    def runs(self, key: ThingKey) -> bool:
        """Say whether a thing and all above it are enabled."""
        above = self._above(key)
        return self.status(key) == ENABLED and (above is None or self.runs(above))

    def budget(self, key: ThingKey) -> Decimal | None:
        """Return the daily budget that a thing has, alone or with others; None: none is known."""
        return self._budget.get(self._holder(key))

    def planned(self, account_key: int) -> Decimal:
        """Return what all that runs, or comes back by itself, may spend per day."""
        return self._planned[account_key]

    def unknown(self, account_key: int) -> str:
        """Return the name of something that runs, or comes back by itself, of which neither the
        daily budget nor what it usually spends is known; '' if there is none."""
        for holder in self._unknown.get(account_key, ()):
            if self.budget(holder) is None and self._will_spend(holder):
                thing = self._places.thing(holder)
                return thing.name if thing else holder[2]
        return ""

    def siblings(self, thing: Thing, account_key: int) -> int:
        """Return how many of a thing's kind run in its ad group or campaign, itself included."""
        return self._siblings[(account_key, thing.level, thing.parent_id or "")]

    def enabling_adds(self, key: ThingKey) -> Decimal | None:
        """Return the daily budgets that belong to a campaign or ad group, whether they run or not.

        0 for an ad group that spends from its campaign's budget. None: a budget is not known.
        """
        if (own := self.budget(key)) is not None:
            return own
        campaign = self._campaign(key)
        if campaign is None:
            return None
        if key[1] == "ad_group":
            return None if self.budget(campaign) is None else ZERO
        below = [self.budget(holder) for holder in self._budgets_of.get(campaign, ())]
        known = [amount for amount in below if amount is not None]
        return sum(known, ZERO) if known and len(known) == len(below) else None

    def apply(self, key: ThingKey, field: str, after: Value, *, returns: bool) -> None:
        """Count a change of a status or daily budget as done.

        `returns`: what was there before comes back, or may not go at all, and is planned with.
        """
        if field == "status" and isinstance(after, str):
            campaigns = self._concerned(key)
            before = self._plan(campaigns)
            self._set_status(key, after, returns=returns)
            self._grow(key[0], self._plan(campaigns) - before)
        elif isinstance(after, Decimal):
            holder = self._holder(key)
            before = self._amount(holder)
            self._set_budget(key, holder, after, returns=returns)
            counts = holder in self._budgets_of.get(self._campaign(key) or key, ())
            if counts and self._will_spend(holder):
                self._grow(key[0], self._amount(holder) - before)

    def _grow(self, account_key: int, by: Decimal) -> None:
        """Plan to spend more, or less, per day."""
        if by:
            self._journal.put(self._planned, account_key, self._planned[account_key] + by)

    def _set_status(self, key: ThingKey, after: str, *, returns: bool) -> None:
        self._count_sibling(key, after)
        if returns and self.runs(key):
            self._journal.put(self._returning, key, True)
        self._journal.put(self._status, key, after)

    def _set_budget(
        self, key: ThingKey, holder: ThingKey, after: Decimal, *, returns: bool
    ) -> None:
        present = self.budget(key) if returns else None
        if present is not None and present > after:
            self._journal.put(self._returning_budget, holder, present)
        self._journal.put(self._budget, holder, after)

    def _count_sibling(self, key: ThingKey, after: str) -> None:
        thing = self._places.thing(key)
        if thing and _can_run(thing):
            group = (key[0], key[1], thing.parent_id or "")
            step = (after == ENABLED) - (self.status(key) == ENABLED)
            self._journal.put(self._siblings, group, self._siblings[group] + step)

    def _plan(self, campaigns: Iterable[ThingKey]) -> Decimal:
        """Return the planned spend of all budgets that these campaigns have a part in."""
        holders = {h: None for campaign in campaigns for h in self._budgets_of.get(campaign, ())}
        return sum((self._spends(holder) for holder in holders), ZERO)

    def _spends(self, holder: ThingKey) -> Decimal:
        return self._amount(holder) if self._will_spend(holder) else ZERO

    def _amount(self, holder: ThingKey) -> Decimal:
        """Return what a budget is, or will be once it has come back, if that is more."""
        known = self.budget(holder)
        present = self._usual.get(holder, ZERO) if known is None else known
        return max(present, self._returning_budget.get(holder, ZERO))

    def _will_spend(self, holder: ThingKey) -> bool:
        return any(map(self._will_run, self._places.sharing(holder)))

    def _will_run(self, key: ThingKey) -> bool:
        if self.status(key) != ENABLED and not self._returning.get(key, False):
            return False
        above = self._above(key)
        return above is None or self._will_run(above)

    def _above(self, key: ThingKey) -> ThingKey | None:
        level = PARENTS.get(key[1])
        thing = self._places.thing(key) if level else None
        if thing is None or level is None or thing.parent_id is None:
            return None
        return key[0], level, thing.parent_id

    def _holder(self, key: ThingKey) -> ThingKey:
        return self._places.sharing(key)[0]

    def _campaign(self, key: ThingKey) -> ThingKey | None:
        if key[1] == "campaign":
            return key
        thing = self._places.thing(key)
        if thing is None or thing.campaign_id is None:
            return None
        return key[0], "campaign", thing.campaign_id

    def _concerned(self, key: ThingKey) -> tuple[ThingKey, ...]:
        campaign = self._campaign(key)
        if campaign is None:
            return ()
        return self._places.sharing(campaign)

    def _read_moves(self, history: History) -> None:
        """Take over what was changed, by whomever, after the entities were pulled."""
        for (account_key, subject), past in history.pasts.items():
            account = self._state.accounts.get(account_key)
            if account is None or not past.moves:
                continue
            last = past.moves[-1]
            if last.at <= (account.read_at or self._state.now - UNSEEN):
                continue
            key = (account_key, subject.level, subject.entity_id)
            if subject.field == "status" and isinstance(last.new, str):
                self._status[key] = last.new
            elif subject.field == "daily_budget" and isinstance(last.new, Decimal):
                self._budget[self._holder(key)] = last.new

    def _read_settings(self) -> None:
        for (account_key, subject), setting in self._state.settings.items():
            key = (account_key, subject.level, subject.entity_id)
            if subject.field == "status" and isinstance(setting.value, str):
                self._status[key] = setting.value
            elif subject.field != "daily_budget" or not isinstance(setting.value, Decimal):
                continue
            elif setting.value or not setting.fixed:  # else its budget is kept elsewhere
                self._budget[self._holder(key)] = setting.value

    def _read_returns(self, history: History) -> None:
        """Take over what comes back by itself; and where the fate of a change is open, whichever
        of its two values may spend more."""
        for action in history.done:
            is_open = action.state == "applying"
            if not (is_open or history.comes_back(action)):
                continue
            proposal, subject = action.proposal, action.proposal.subject
            key = (proposal.account_key, subject.level, subject.entity_id)
            values = (proposal.before, proposal.after) if is_open else (proposal.before,)
            if subject.field == "status" and ENABLED in values:
                self._returning[key] = True
            elif subject.field == "daily_budget":
                holder = self._holder(key)
                amounts = [value for value in values if isinstance(value, Decimal)]
                most = max(amounts, default=ZERO)
                self._returning_budget[holder] = max(most, self._returning_budget.get(holder, ZERO))

    def _read_account(self, account_key: int) -> None:
        things = self._state.accounts[account_key].things
        for (level, entity_id), thing in things.items():
            if thing.daily_budget is not None:
                holder = self._holder((account_key, level, entity_id))
                self._budget.setdefault(holder, thing.daily_budget)
        for (level, entity_id), thing in things.items():
            key = (account_key, level, entity_id)
            if level in PARENTS and self.status(key) == ENABLED and _can_run(thing):
                self._siblings[(account_key, level, thing.parent_id or "")] += 1
            holder = self._holder(key)
            if holder in self._budget and (campaign := self._campaign(key)) is not None:
                self._add_holder(campaign, holder)
        self._read_unknown(account_key)
        campaigns: list[ThingKey] = [
            (account_key, level, one) for level, one in things if level == "campaign"
        ]
        self._planned[account_key] = self._plan(campaigns)

    def _add_holder(self, campaign: ThingKey, holder: ThingKey) -> None:
        if holder not in (holders := self._budgets_of.get(campaign, ())):
            self._budgets_of[campaign] = (*holders, holder)

    def _read_unknown(self, account_key: int) -> None:
        """Find the budgets of which no daily amount is known.

        A campaign without one has ad groups that have: then it is each other ad group's. Or nothing
        in it has one: then it is the campaign's, or all its ad groups', which spend what it spends.
        Where there are no ad groups at all and no spend is known, nothing is bought: a mailing.
        """
        things = self._state.accounts[account_key].things
        ad_groups: dict[ThingKey, list[ThingKey]] = {}
        for (level, entity_id), thing in things.items():
            if level == "ad_group" and thing.campaign_id is not None:
                above: ThingKey = (account_key, "campaign", thing.campaign_id)
                ad_groups.setdefault(above, []).append((account_key, level, entity_id))
        for level, entity_id in things:
            campaign: ThingKey = (account_key, level, entity_id)
            if level != "campaign" or self.budget(campaign) is not None:
                continue
            has_some = campaign in self._budgets_of
            for key in ad_groups.get(campaign, ()) if has_some else (campaign,):
                if self.budget(key) is None and self.status(key) not in (REMOVED, "ended"):
                    self._take_usual(campaign, self._holder(key), buys=bool(ad_groups))

    def _take_usual(self, campaign: ThingKey, holder: ThingKey, *, buys: bool) -> None:
        """Count an unknown budget with what all that share it spend on a usual day."""
        usual = [self._usual_day(key) for key in self._places.sharing(holder)]
        known = [amount for amount in usual if amount is not None]
        if len(known) == len(usual):
            self._usual[holder] = sum(known, ZERO)
        elif buys:
            self._unknown.setdefault(holder[0], {})[holder] = None
        else:
            return
        self._add_holder(campaign, holder)

    def _usual_day(self, key: ThingKey) -> Decimal | None:
        thing = self._places.thing(key)
        if thing is None or thing.delivery is None or isnan(thing.delivery.spend):
            return None
        return (Decimal(str(thing.delivery.spend)) / DELIVERY_DAYS).quantize(CENT)


def _can_run(thing: Thing) -> bool:
    return thing.approval != "disapproved"
