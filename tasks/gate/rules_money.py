"""May more be spent? Ceilings of daily budgets, and the plan of the month.

Only what raises spend is held back: a raised budget, and a campaign or ad group that is enabled,
which adds its budget. Where the total is above a ceiling already, cuts still pass; and so does what
ends by itself, a pause for a day above all. It was in the total all the while: what somebody else
has raised, or a day that ran away, is no reason to keep just this one from coming back. It must fit
into what is left of the month's money.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from decimal import Decimal

from connectors.actions import RefusalReason
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal, amount, percent
from tasks.gate.running import ZERO
from tasks.gate.state import AccountState, MonthlyBudget

DAYS_OF_A_MONTH = Decimal("30.4")
"""Google caps a month at this many daily budgets.
Source: https://support.google.com/google-ads/answer/1704424"""


def has_ceiling(asked: Asked, book: Book) -> Refusal | None:
    """A raise in an account for which nobody has said how much it may spend."""
    if not asked.raises or book.guardrails.daily_budget_ceiling or _budgets(asked, book):
        return None
    return Refusal(
        "no_ceiling",
        f"nothing is raised without a ceiling: give {asked.account.name} a monthly budget, or "
        "guardrails.daily_budget_ceiling",
    )


def known_budget(asked: Asked, book: Book) -> Refusal | None:
    """Something to be enabled whose budget nobody knows."""
    if not asked.enables or book.running.enabling_adds(asked.key) is not None:
        return None
    return Refusal("account_ceiling", "the daily budget that would begin to run is unknown")


def below_account_ceiling(asked: Asked, book: Book) -> Refusal | None:
    """Running daily budgets of an account, or of all accounts that share a monthly budget."""
    if not asked.raises or _planned_with(asked, book):
        return None
    if (ceiling := book.guardrails.daily_budget_ceiling) is not None:
        return _above(asked, book, "account_ceiling", [asked.key[0]], ceiling, asked.account.name)
    for budget in _budgets(asked, book):
        ceiling, keys = budget.monthly / DAYS_OF_A_MONTH, budget.accounts
        if refusal := _above(asked, book, "account_ceiling", keys, ceiling, budget.name):
            return refusal
    return None


def below_brand_ceiling(asked: Asked, book: Book) -> Refusal | None:
    """Running daily budgets of all accounts in the brand's currency.

    Without a ceiling of its own: the sum of the monthly budgets, over the accounts that have one.
    A budget of a whole platform contains those of its accounts and is counted alone.
    """
    if not asked.raises or _planned_with(asked, book):
        return None
    if (ceiling := book.guardrails.brand_daily_budget_ceiling) is not None:
        keys = [k for k, a in book.state.accounts.items() if a.currency == book.state.currency]
        return _above(asked, book, "brand_ceiling", keys, ceiling, book.state.brand)
    widest = [b for b in book.state.budgets if not _contained(b, book.state.budgets)]
    keys = sorted({key for budget in widest for key in budget.accounts})
    if asked.key[0] not in keys:
        return None
    ceiling = sum((budget.monthly for budget in widest), ZERO) / DAYS_OF_A_MONTH
    return _above(asked, book, "brand_ceiling", keys, ceiling, book.state.brand)


def within_month(asked: Asked, book: Book) -> Refusal | None:
    """What is spent of the month, plus all planned daily budgets for the days that remain.

    Of what comes back by itself its own budget alone: the others are planned with it.
    """
    if not asked.raises:
        return None
    for budget in _budgets(asked, book):
        share = Decimal(str(book.guardrails.month_percent))
        if unknown := _unknown_of_month(asked, book, budget):
            return Refusal("month_spend", unknown)
        total = _month(asked, book, budget)
        if total is None:
            return Refusal("month_spend", f"what {budget.name} has spent this month is unknown")
        if total * 100 > budget.monthly * share:
            currency = book.state.currency
            return Refusal(
                "month_spend",
                f"{budget.name} would reach {amount(total, currency)} this month, which is "
                f"{percent(total * 100 / budget.monthly)} of {amount(budget.monthly, currency)}, "
                f"of at most {percent(share)}",
            )
    return None


def _planned_with(asked: Asked, book: Book) -> bool:
    """Say whether this ends what was to end by itself, so that it raises no planned total."""
    return asked.taken_back is not None and book.history.comes_back(asked.taken_back)


def _unknown_of_month(asked: Asked, book: Book, budget: MonthlyBudget) -> str:
    """Return why the month of several accounts cannot be reckoned, '' if it can.

    An account in whose zone the next month has begun tells only what that month has cost so far.
    """
    first = asked.today.replace(day=1)
    for key in sorted(budget.accounts & book.state.accounts.keys()):
        if book.places.today(key).replace(day=1) > first:
            return (
                f"in {book.state.accounts[key].name} the next month has begun: what {budget.name} "
                "has spent in this one is unknown"
            )
        if not _planned_with(asked, book) and (name := _unknown_with(asked, book, key)):
            return _of_unknown(name)
    return ""


def _month(asked: Asked, book: Book, budget: MonthlyBudget) -> Decimal | None:
    a_day = _own if _planned_with(asked, book) else _planned
    total = ZERO
    for key in budget.accounts:
        account = book.state.accounts.get(key)
        if account is None or account.currency != book.state.currency:
            return None
        if account.month_spend is None or account.spend_through is None:
            return None
        spent, days = _rest_of_month(asked, account, account.month_spend)
        total += spent + days * a_day(asked, book, key)
    return total


def _rest_of_month(asked: Asked, account: AccountState, spent: Decimal) -> tuple[Decimal, int]:
    """Return what is spent of today's month, and how many of its days are not in it yet."""
    first, through = asked.today.replace(day=1), account.spend_through
    length = monthrange(first.year, first.month)[1]
    if through is None or through < first:
        return ZERO, length
    return spent, length - min(through, asked.today).day


def _planned(asked: Asked, book: Book, account_key: int) -> Decimal:
    """Return an account's planned daily spend with this change."""
    planned = book.running.planned(account_key)
    if account_key != asked.key[0]:
        return planned
    proposal = asked.proposal
    with book.journal.trying():
        book.running.apply(asked.key, proposal.subject.field, proposal.after, returns=False)
        return book.running.planned(account_key)


def _unknown_with(asked: Asked, book: Book, account_key: int) -> str:
    """Return the name of something that runs with this change on a budget that nobody knows."""
    proposal = asked.proposal
    with book.journal.trying():
        book.running.apply(asked.key, proposal.subject.field, proposal.after, returns=False)
        return book.running.unknown(account_key)


def _of_unknown(name: str) -> str:
    return f"the daily budget of {name} is unknown, and so is what it usually spends"


def _own(asked: Asked, book: Book, account_key: int) -> Decimal:
    """Return what this change alone lets its account spend per day."""
    if account_key != asked.key[0]:
        return ZERO
    after = asked.proposal.after
    return after if isinstance(after, Decimal) else book.running.enabling_adds(asked.key) or ZERO


def _above(
    asked: Asked,
    book: Book,
    reason: RefusalReason,
    keys: Iterable[int],
    ceiling: Decimal,
    whose: str,
) -> Refusal | None:
    total = ZERO
    for key in keys:
        account = book.state.accounts.get(key)
        if account is None or account.currency != book.state.currency:
            what = account.name if account else "an account"
            return Refusal(reason, f"{what} of {whose} is not known in {book.state.currency}")
        if name := _unknown_with(asked, book, key):
            return Refusal(reason, _of_unknown(name))
        total += _planned(asked, book, key)
    if total <= ceiling:
        return None
    currency = book.state.currency
    return Refusal(
        reason,
        f"the daily budgets of {whose} would add up to {amount(total, currency)}, of at most "
        f"{amount(ceiling, currency)}",
    )


def _budgets(asked: Asked, book: Book) -> list[MonthlyBudget]:
    return [budget for budget in book.state.budgets if asked.key[0] in budget.accounts]


def _contained(budget: MonthlyBudget, budgets: Sequence[MonthlyBudget]) -> bool:
    """Say whether another budget has all these accounts, or the same ones and less money."""
    return any(
        budget.accounts < other.accounts
        or (budget.accounts == other.accounts and other.monthly < budget.monthly)
        for other in budgets
    )
