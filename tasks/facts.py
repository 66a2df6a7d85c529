"""What is simply wrong, whatever the KPIs say: no data, a refused ad, a page that is down?

Each fact is asked of every account or entity it can concern, and a record is made of what is so.
Whoever names further subjects, such as those with an open alert, gets a record of them too: `ok`,
or `unknown` where the run could not tell.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from config.models import Fact
from config.sentence import fill
from connectors.base import Window
from connectors.records import Result, Verdict
from tasks.ad_facts import ad_disapproved, landing_page_down
from tasks.delivery_facts import no_data, pull_failed, spend_while_inactive
from tasks.evidence import Answers, Evidence
from tasks.verdicts import Subject


def establish(
    facts: Iterable[Fact], evidence: Evidence, also: Iterable[Subject] = ()
) -> list[Result]:
    """Return a record of everything that is so, and of those subjects of `also` that are here."""
    wanted = set(also)
    results: list[Result] = []
    for fact in facts:
        answers = _ASK[fact.fact](evidence)
        asked = {(account, entity) for check, account, entity in wanted if check == fact.name}
        rows = answers.so & answers.told
        if asked:
            rows |= np.asarray([key in asked for key in _keys(answers.subjects)], dtype=np.bool_)
        results += [_result(fact, answers, int(row), evidence) for row in np.flatnonzero(rows)]
    return results


def _keys(subjects: pd.DataFrame) -> list[tuple[int | None, int | None]]:
    accounts: list[int | None] = subjects["account_key"].tolist()
    entities: list[int | None] = [None] * len(accounts)
    if "entity_key" in subjects:
        entities = subjects["entity_key"].tolist()
    return list(zip(accounts, entities, strict=True))


def _result(fact: Fact, answers: Answers, row: int, evidence: Evidence) -> Result:
    verdict: Verdict = "ok"
    if not answers.told[row]:
        verdict = "unknown"
    elif answers.so[row]:
        verdict = fact.verdict
    account_key, entity_key = _keys(answers.subjects.iloc[[row]])[0]
    name, story = str(answers.subjects["name"].iloc[row]), answers.story(row)
    sentences = {"ok": f"{name} is ok", "unknown": f"{name}: this run could not tell"}
    last = evidence.as_of - timedelta(days=1)
    window = Window(story.since or last, last)
    return Result(
        check=fact.name,
        level=answers.level,
        entity_key=entity_key,
        account_key=account_key,
        name=name,
        verdict=verdict,
        kpi="spend" if "spend" in story.numbers else "",
        unit="money" if "spend" in story.numbers else "",
        value=story.numbers.get("spend"),
        target=None,
        previous=None,
        window_start=window.start,
        window_end=window.end,
        sentence=sentences.get(verdict) or fill(fact.sentence, {"name": name, **story.fields}),
        reason="missing" if verdict == "unknown" else "",
        numbers=dict(story.numbers),
        owner=fact.owner,
    )


_ASK: Mapping[str, Callable[[Evidence], Answers]] = {
    "no_data": no_data,
    "pull_failed": pull_failed,
    "ad_disapproved": ad_disapproved,
    "spend_while_inactive": spend_while_inactive,
    "landing_page_down": landing_page_down,
}
