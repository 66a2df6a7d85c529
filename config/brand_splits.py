"""Which split of budgets holds for a brand, where several could?

A month that the brand states over several platforms is split as one. What splits one of these
platforms alone would work against that, so it is replaced: as if it were switched off.
"""

from collections.abc import Iterable, Mapping

from config.inheritance import SwitchedOff
from config.models import Brand, Budget, Process
from config.playbooks import SplitPlaybook


def platforms_of(split: SplitPlaybook, process: Process) -> tuple[str, ...]:
    """Return the platforms that a process's playbook splits budgets of."""
    return split.platforms or process.platforms


def whole_of(brand: Brand, platforms: Iterable[str]) -> Budget | None:
    """Return the amount that a brand states over exactly these platforms together, if it does."""
    wanted = {*platforms}
    return next((it for it in brand.budgets if it.platforms and {*it.platforms} == wanted), None)


def is_for(brand: Brand, process: Process) -> bool:
    """Tell whether a process has anything to do for a brand on its platforms: one that does nothing
    but split a month over several of them has, where the brand states such a month."""
    splits = [it for it in process.playbooks if isinstance(it, SplitPlaybook)]
    together = [it for it in splits if len(platforms_of(it, process)) > 1]
    if not together or len(together) < len(process.playbooks):
        return True
    return any(whole_of(brand, platforms_of(it, process)) for it in together)


def replaced(brand: Brand, processes: Mapping[str, Process]) -> dict[str, SwitchedOff]:
    """Return by name the playbooks whose platform is split together with others, and why."""
    splits = [
        (name, book, platforms_of(book, process))
        for name, process in processes.items()
        for book in process.playbooks
        if isinstance(book, SplitPlaybook)
    ]
    together = [
        (name, book, over)
        for name, book, over in splits
        if len(over) > 1 and not _is_off(brand, book) and whole_of(brand, over)
    ]
    return {
        alone.name: SwitchedOff(
            alone.name,
            f"{book.name} ({name}) splits the month of {' and '.join(over)} as one amount",
        )
        for name, book, over in together
        for _, alone, of in splits
        if alone is not book and {*of} < {*over}
    }


def _is_off(brand: Brand, book: SplitPlaybook) -> bool:
    override = brand.playbooks.get(book.name)
    return override is not None and override.off
