"""What is simply wrong, whatever the KPIs say: no data, a refused ad, a page that is down?

Each fact is asked of every account or entity it can concern, and a record is made of what is so.
Whoever names further subjects, such as those with an open alert, gets a record of them too: `ok`,
or `unknown` where the run could not tell.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from config.fact_words import limits_of
from config.models import Fact
from config.sentence import fill
from connectors.base import Window
from connectors.records import MINOR, Result, Verdict
from tasks.ad_facts import ad_disapproved, landing_page_down
from tasks.delivery_facts import no_data, pull_failed, spend_while_inactive
from tasks.evidence import Answers, Evidence, Story
from tasks.mailing import facts as mail
from tasks.mailing import list_facts as lists
from tasks.remedies import to_do
from tasks.site import facts as site
from tasks.social import facts as social
from tasks.verdicts import Subject


def establish(
    facts: Iterable[Fact], evidence: Evidence, also: Iterable[Subject] = ()
) -> list[Result]:
    """Return a record of everything that is so, and of those subjects of `also` that are here."""
    wanted = set(also)
    results: list[Result] = []
    for fact in facts:
        answers = _answers(fact, evidence)
        asked = {(account, entity) for check, account, entity in wanted if check == fact.name}
        rows = answers.so & answers.told
        keys = _keys(answers.subjects)
        if asked:
            rows |= np.asarray([key in asked for key in keys], dtype=np.bool_)
        names = answers.subjects["name"].tolist()
        results += [
            _result(fact, answers, row, keys[row], str(names[row]), evidence)
            for row in np.flatnonzero(rows).tolist()
        ]
    return results


def _answers(fact: Fact, evidence: Evidence) -> Answers:
    if fact.fact in site.NAMES:
        return site.ask(fact.fact, evidence.sites, limits_of(fact), evidence.as_of)
    if fact.fact in social.NAMES:
        return social.ask(fact.fact, evidence.presences, limits_of(fact), evidence.as_of)
    if fact.fact in mail.NAMES:
        return mail.ask(fact.fact, evidence.mailings, limits_of(fact))
    if fact.fact in lists.NAMES:
        return lists.ask(fact.fact, evidence.customer_lists, limits_of(fact))
    if not fact.platform:
        return _ASK[fact.fact](evidence)
    of_platform = evidence.accounts["platform"] == fact.platform
    accounts = evidence.accounts[of_platform].reset_index(drop=True)
    return _ASK[fact.fact](replace(evidence, accounts=accounts))


def _keys(subjects: pd.DataFrame) -> list[tuple[int | None, int | None]]:
    accounts: list[int | None] = subjects["account_key"].tolist()
    entities: list[int | None] = [None] * len(accounts)
    if "entity_key" in subjects:
        entities = subjects["entity_key"].tolist()
    return list(zip(accounts, entities, strict=True))


def _result(
    fact: Fact,
    answers: Answers,
    row: int,
    keys: tuple[int | None, int | None],
    name: str,
    evidence: Evidence,
) -> Result:
    account_key, entity_key = keys
    story = answers.story(row)
    fields = {"name": name, **story.fields}
    verdict: Verdict = "ok"
    reason, sentence, todo = "", f"{name} is ok", None
    if not answers.told[row]:
        verdict, reason, sentence = "unknown", "missing", f"{name}: this run could not tell"
    elif answers.so[row]:
        verdict, sentence = _verdict(fact, story), fill(fact.sentence, fields)
        reason = MINOR if verdict == "ok" else ""
        todo = to_do(fact.remedy, fields, story.importance) if verdict != "ok" else None
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
        sentence=sentence,
        reason=reason,
        numbers=dict(story.numbers),
        owner=story.owner or fact.owner,
        todo=todo,
    )


def _verdict(fact: Fact, story: Story) -> Verdict:
    if story.importance is None:
        return fact.verdict
    return fact.by_importance.get(story.importance, fact.verdict)


_ASK: Mapping[str, Callable[[Evidence], Answers]] = {
    "no_data": no_data,
    "pull_failed": pull_failed,
    "ad_disapproved": ad_disapproved,
    "spend_while_inactive": spend_while_inactive,
    "landing_page_down": landing_page_down,
}
