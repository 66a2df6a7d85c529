"""What is to be said of a split over several platforms, beside what is said of every split?"""

from collections.abc import Sequence
from decimal import Decimal

from tasks.playbooks.budget_units import Budgeted
from tasks.playbooks.situation import Situation
from tasks.playbooks.split_scope import Scope
from tasks.report.numbers import money


def told_of_platforms(
    situation: Situation, scope: Scope, free: Sequence[Budgeted], budgets: Sequence[Decimal]
) -> tuple[str, ...]:
    """Return the amount, what goes from platform to platform, who counts, and what is left out;
    nothing of a split of one platform. `budgets` are what `free` are set to."""
    if not scope.platforms:
        return ()
    platform_of = dict(
        zip(*(situation.accounts[name].tolist() for name in ("account_key", "platform")),
            strict=True)
    )  # fmt: skip
    moves = []
    for platform in scope.platforms:
        mine = [
            (unit.budget, after)
            for unit, after in zip(free, budgets, strict=True)
            if platform_of[unit.entity.account_key] == platform
        ]
        before, after = (
            money(float(sum(side, Decimal(0))), situation.currency)
            for side in (zip(*mine, strict=True) if mine else ((), ()))
        )
        moves.append(f"{platform} {before} → {after}")
    names = " and ".join(scope.platforms)
    return (
        f"One amount of {money(scope.whole.monthly, situation.currency)} a month over {names}; "
        f"budgets a day of what may be moved: {', '.join(moves)}",
        "Each platform counts its own conversions, by its own rules: both may count the same sale, "
        "and one that counts more generously draws money from the other",
        *(f"Left out: {account}" for account in scope.left_out),
    )
