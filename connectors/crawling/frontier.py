"""Which address comes next? By breadth: nothing of a level before the level above is read.

So a page's depth is the smallest number of clicks that lead there, and within a level the order is
that of the addresses: a crawl that was cut off and goes on, or one that reached a bound, reads the
same pages as any other. Pages that no link leads to come last: first those that the order names,
then those of sitemaps.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from connectors.addresses import same_site
from connectors.crawling.job import Job
from connectors.crawling.traps import Traps
from connectors.sites import FoundBy

LINKED, LISTED, ORPHANED = 0, 1, 2
"""Stages: what clicks lead to from the start, what the order names, what only sitemaps name."""

Level = tuple[int, int]
"""Stage, and steps from where the stage begins."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An address to be read."""

    url: str
    depth: int | None
    found_by: FoundBy
    level: Level
    again: bool = False  # the first try got no answer


@dataclass(slots=True)
class _Waiting:
    levels: dict[Level, list[str]] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    again: dict[Level, deque[Visit]] = field(default_factory=dict)

    def put(self, visit: Visit) -> None:
        self.visits[visit.url] = visit
        heappush(self.levels.setdefault(visit.level, []), visit.url)

    def first(self) -> Level | None:
        """Return the level that is next; what moved to a better level is forgotten on the way."""
        for level in sorted(self.levels):
            heap = self.levels[level]
            while heap and (heap[0] not in self.visits or self.visits[heap[0]].level != level):
                heappop(heap)
            if not heap:
                del self.levels[level]
                continue
            break
        return min([*self.levels, *self.again], default=None)

    def pop(self, level: Level) -> Visit:
        if heap := self.levels.get(level):
            return self.visits.pop(heappop(heap))
        tries = self.again[level]
        visit = tries.popleft()
        if not tries:
            del self.again[level]
        return visit


class Frontier:
    """What waits, what was asked, and what bounds them. `refuse` hears of traps, each once."""

    def __init__(self, job: Job, refuse: Callable[[Visit, str], None]) -> None:
        self._job = job
        self._refuse = refuse
        self._follow = job.kind == "full"
        self._traps = Traps(job.bounds.max_depth, job.bounds.max_per_path, job.exclude)
        self._waiting = _Waiting()
        self._flying: Counter[Level] = Counter()
        order = job.order
        self._listed = frozenset(order.pages) if order else frozenset[str]()
        self._done = set(order.done) if order else set[str]()
        self._asked = len(self._done)
        for url in self._done:
            self._traps.refusal(url, 0)  # counts, and what was told then is not told again

    def add(self, url: str, depth: int | None, found_by: FoundBy, level: Level) -> None:
        """Let an address wait, unless it was read, waits at a better level, or is not ours."""
        waiting = self._waiting.visits.get(url)
        if url in self._done or (waiting and waiting.level <= level):
            return
        if not same_site(url, self._job.start) or self._traps.excluded(url):
            return
        visit = Visit(url, depth, found_by, level)
        if not self._named(visit) and len(self._waiting.visits) >= 2 * self._job.bounds.max_pages:
            return  # they could not be read any more
        self._waiting.put(visit)

    def follow(self, visit: Visit, targets: Iterable[str]) -> None:
        """Let the targets of a page's links wait, one level below it."""
        if not self._follow:
            return
        depth = None if visit.depth is None else visit.depth + 1
        stage = ORPHANED if visit.depth is None else LINKED
        begun = visit.level[1] if visit.level[0] == stage else 0
        for target in targets:
            self.add(target, depth, "link", (stage, begun + 1))

    def lead(self, visit: Visit, target: str) -> None:
        """Let the end of a page's redirects wait: no click is needed to come there."""
        self.add(target, visit.depth, "link", visit.level)

    def again(self, visit: Visit) -> None:
        """Let a visit that got no answer have one more try, at the end of its level."""
        second = Visit(visit.url, visit.depth, visit.found_by, visit.level, again=True)
        self._waiting.again.setdefault(visit.level, deque()).append(second)

    def next(self) -> Visit | None:
        """Return what to ask now; None if nothing waits, or a level above is still being read."""
        while (level := self._waiting.first()) is not None:
            if any(flying < level for flying in self._flying):
                return None
            visit = self._waiting.pop(level)
            if not visit.again and not self._admitted(visit):
                continue
            self._flying[level] += 1
            return visit
        return None

    def finished(self, visit: Visit) -> None:
        """Say that a visit is over."""
        self._flying[visit.level] -= 1
        if not self._flying[visit.level]:
            del self._flying[visit.level]

    def drop(self, *, listed: bool) -> None:
        """Drop all that waits; without `listed`, all but what the order names. Follow no more."""
        rest = [v for v in self._waiting.visits.values() if self._named(v) and not listed]
        self._waiting = _Waiting()
        for visit in rest:
            self._waiting.put(visit)
        self._follow = False

    @property
    def full(self) -> bool:
        """Whether others wait than the order names, and the room that is left is for those."""
        unread = len(self._listed - self._done)
        return self._asked >= self._job.bounds.max_pages - unread and self.others_wait

    @property
    def listed_wait(self) -> bool:
        """Whether pages wait that the order names."""
        return not self._waiting.visits.keys().isdisjoint(self._listed)

    @property
    def others_wait(self) -> bool:
        """Whether pages wait that the order does not name."""
        return any(not self._named(visit) for visit in self._waiting.visits.values())

    @property
    def rest(self) -> int:
        """How many addresses wait."""
        return len(self._waiting.visits) + sum(map(len, self._waiting.again.values()))

    @property
    def flying(self) -> int:
        """How many pages are being read."""
        return self._flying.total()

    @property
    def busy(self) -> bool:
        """Whether pages are being read or wait for it."""
        return bool(self._flying or self.rest)

    def _named(self, visit: Visit) -> bool:
        return visit.url in self._listed or visit.found_by == "start"

    def _admitted(self, visit: Visit) -> bool:
        self._done.add(visit.url)
        if not self._named(visit):
            why = self._traps.refusal(visit.url, visit.level[1])
            if why is not None:
                if why:
                    self._refuse(visit, why)
                return False
        self._asked += 1
        return True
