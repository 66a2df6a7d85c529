"""A process without Prefect: the same steps, called plainly.

For tests that start a run hundreds of times, and for the benchmark that asks what Prefect costs.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from unittest import mock

from prefect import Task, unmapped

import flows.paid_ads

seo = import_module("flows.seo")  # not its flow of the same name
social = import_module("flows.social")
email_marketing = import_module("flows.email_marketing")
marketing_automation = import_module("flows.marketing_automation")


@dataclass(frozen=True)
class _State:
    failure: BaseException | None

    def is_completed(self) -> bool:
        return self.failure is None

    def result(self, *, raise_on_failure: bool) -> BaseException | None:
        assert not raise_on_failure
        return self.failure


@dataclass(frozen=True)
class _Plain:
    """Stands where a task stood, and calls its function."""

    name: str
    fn: Callable[..., Any]
    around: Callable[[str, Callable[[], Any]], Any]

    def __call__(self, *args: Any) -> Any:
        return self.around(self.name, lambda: self.fn(*args))

    def map(self, run: unmapped[Any], names: Sequence[str], *, return_state: bool) -> list[_State]:
        assert return_state
        with ThreadPoolExecutor(len(names)) as pool:
            calls = [pool.submit(self, run.value, name) for name in names]
        return [_State(call.exception()) for call in calls]


@contextmanager
def plain_steps(
    around: Callable[[str, Callable[[], Any]], Any] = lambda name, call: call(),
) -> Iterator[None]:
    """Within the block every step of a process is its plain function, called through `around`."""
    with ExitStack() as patched:
        for flow in (flows.paid_ads, seo, social, email_marketing, marketing_automation):
            steps = {name: step for name, step in vars(flow).items() if isinstance(step, Task)}
            plain = {name: _Plain(name, step.fn, around) for name, step in steps.items()}
            patched.enter_context(mock.patch.multiple(flow, **plain))
        yield
