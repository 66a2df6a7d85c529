"""Finish a run: record how it ended, and fail if any part of it failed."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.run import Outcome, Run, RunFailedError, problems_of
from tasks.steps.judge import Judgement
from tasks.steps.opening import open_warehouse, run_log


@task(task_run_name="finish", timeout_seconds=120, cache_policy=NO_CACHE)
def finish(
    run: Run,
    judgement: Judgement,
    failed: Mapping[str, str],
    undelivered: tuple[str, ...],
    report: str,
) -> Outcome:
    """Return how the run ended. Raise `RunFailedError` naming every account that failed."""
    problems = _close(run, failed, undelivered)
    verdicts = Counter(result.verdict for result in judgement.results)
    run_log().info(
        "%d critical, %d warning, %d could not be judged; %d alerts are open, %d of them new; %s",
        verdicts["critical"],
        verdicts["warning"],
        verdicts["unknown"],
        len(judgement.open_alerts),
        judgement.new_alerts,
        report,
    )
    _fail(run, problems)
    return Outcome(
        run_id=run.run_id,
        brand=run.brand,
        process=run.process,
        as_of=run.as_of,
        verdicts=verdicts,
        new_alerts=judgement.new_alerts,
        open_alerts=len(judgement.open_alerts),
        report=report,
    )


@task(task_run_name="end", timeout_seconds=120, cache_policy=NO_CACHE)
def end(run: Run, failed: Mapping[str, str], undelivered: tuple[str, ...]) -> None:
    """End a run that judged nothing. Raise `RunFailedError` naming everything that failed."""
    _fail(run, _close(run, failed, undelivered))


def _close(run: Run, failed: Mapping[str, str], undelivered: tuple[str, ...]) -> list[str]:
    """Record how a run ended; return what did not work."""
    problems = problems_of(failed, undelivered)
    with open_warehouse() as warehouse:
        warehouse.finish_run(
            run.run_id,
            "failed" if problems else "ok",
            "; ".join(problems) or None,
            datetime.now(UTC),
        )
    return problems


def _fail(run: Run, problems: list[str]) -> None:
    if problems:
        raise RunFailedError(f"{run.brand}, {run.process}: " + "; ".join(problems))
