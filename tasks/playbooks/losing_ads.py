"""Which ads are paused because they lost a test against the best of their ad group?

What the test is and when it is decided stands in `ad_tests.py`, which losers may go in
`lost_tests.py`. One that may not is told once and looked at again as conversions come in. When its
test has had its longest time, a note on the ad group ends it, and the next test begins.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from config.playbooks import AdTestPlaybook
from connectors.actions import Effect, Proposal
from connectors.changes import ENABLED, PAUSED
from tasks.playbooks.ad_test_words import brought, declared, missing, rates, tested, why_it_stays
from tasks.playbooks.ad_tests import RATES, Decision, Test, decide, tests
from tasks.playbooks.lost_tests import Lost, hardly_best, lost
from tasks.playbooks.most_conversions import MostConversions
from tasks.playbooks.proposing import Grounds, Terms, by_hand, concerned, proposal
from tasks.playbooks.situation import Place, Situation
from tasks.report.numbers import number
from tasks.statistics.normal import two_sided

_STAYS = (
    "Leave it on: it may bring more conversions than the ads that won. It is looked at again as "
    "they come in"
)
_UNMEASURED = (
    "Pause it if clicks are what you pay for. No conversions of this account are known, so nobody "
    "can say whether its fewer clicks bring less; with conversion tracking it would be decided here"
)


def places(playbook: AdTestPlaybook, situation: Situation) -> list[Place]:
    """Return the status of every ad of the ad groups that have a loser."""
    return [
        (ad.account_key, ad.subject("status"))
        for test in tests(playbook, situation)
        if (decision := decide(playbook, test)) and decision.losers
        for ad in test.ads
    ]


def propose(playbook: AdTestPlaybook, situation: Situation) -> list[Proposal]:
    """Return a pause per loser that may go, advice on those that stay, and a note per test that
    came to no end.

    An ad is paused only while another one of its ad group that did not lose is known to run. Where
    no conversions are measured a person decides: losers are advised on, never paused.
    """
    made: list[Proposal] = []
    paying = MostConversions(situation)
    for test in tests(playbook, situation):
        decision = decide(playbook, test)
        if decision is not None:
            if found := lost(situation, decision, paying):
                made += _answers(playbook, situation, found)
        elif _is_over(playbook, test):
            made += _undecided(playbook, situation, test, [missing(playbook, test)])
    return made


def _is_over(playbook: AdTestPlaybook, test: Test) -> bool:
    return (test.last - test.first).days + 1 >= playbook.longest_days


def _answers(playbook: AdTestPlaybook, situation: Situation, found: Lost) -> Iterable[Proposal]:
    """Return a pause per loser that may go; where none may, advice on each, once."""
    go = hardly_best(found, playbook.chance_to_be_best)
    stay = [place for place in found.losers if place not in go]
    said = [why_it_stays(found, place) for place in stay]
    if go:
        return [_pause(playbook, situation, found, place, said) for place in go]
    if _is_over(playbook, found.decision.test):
        return _undecided(playbook, situation, found.decision.test, said)
    advice = _STAYS if found.standing else _UNMEASURED
    return [
        by_hand(_change(playbook, situation, found, place, sentence, (), Terms()), advice)
        for place, sentence in zip(stay, said, strict=True)
        if not _is_told(playbook, situation, found, place)
    ]


def _is_told(playbook: AdTestPlaybook, situation: Situation, found: Lost, place: int) -> bool:
    subject = found.ad(place).subject("advice", playbook.name)
    return any(
        action.proposal.subject == subject
        and action.proposal.account_key == found.ad(place).account_key
        and action.proposal.window_end == found.decision.ended
        for action in situation.actions
    )


def _pause(
    playbook: AdTestPlaybook, situation: Situation, found: Lost, place: int, said: Sequence[str]
) -> Proposal:
    """Return the pause of a loser; `said` is why others stay."""
    terms = Terms(
        expected=_expected(playbook, found.decision, place),
        undo="Enable the ad again",
        risk="The ad may do better for other searches or people than those of the test",
    )
    sentence = f"{found.ad(place).name} lost its test: {rates(playbook, found.decision, place)}"
    return _change(playbook, situation, found, place, sentence, said, terms)


def _change(
    playbook: AdTestPlaybook,
    situation: Situation,
    found: Lost,
    place: int,
    sentence: str,
    said: Sequence[str],
    terms: Terms,
) -> Proposal:
    decision, ad = found.decision, found.ad(place)
    test, shown = decision.test, decision.successes / decision.trials
    numbers = {
        playbook.rate: float(shown[place]),
        f"best({playbook.rate})": float(shown[decision.best]),
        "p": float(decision.p[place]),
        "p_limit": decision.limit,
        "sample": float(test.sample or 0),
        "base": test.base or 0.0,
    }
    if found.standing:
        numbers |= {
            "chance_to_be_best": found.chance(place),
            "chance_limit": playbook.chance_to_be_best,
        }
    grounds = Grounds(
        check="",
        verdict="ok",
        sentence=sentence,
        numbers=numbers,
        metrics=RATES[playbook.rate],
        window_end=decision.ended,
        evidence=(*tested(playbook, decision, place), *brought(found), *said),
    )
    values = (ENABLED, PAUSED)
    return proposal(playbook, situation, ad, grounds, ad.subject("status"), values, terms)


def _expected(playbook: AdTestPlaybook, decision: Decision, place: int) -> Effect:
    """Return what the loser's trials would bring at the best one's rate, and the 80 % range."""
    success, _ = RATES[playbook.rate]
    best, days = decision.best, playbook.judge_after_days
    length = (decision.ended - decision.test.first).days + 1
    rates = decision.successes / decision.trials
    variance = rates * (1 - rates) / decision.trials
    per_day = decision.trials[place] / length
    scale = float(per_day * days)
    more = float(rates[best] - rates[place])
    half = two_sided() * float(np.sqrt(variance[best] + variance[place]))
    return Effect(
        success, "count", more * scale, (more - half) * scale, (more + half) * scale, days
    )


def _undecided(
    playbook: AdTestPlaybook, situation: Situation, test: Test, why: Sequence[str]
) -> Iterable[Proposal]:
    """Return a note on the ad group that its ads cannot be told apart in reasonable time."""
    frame = situation.entities.get("ad_group")
    if frame is None:
        return []
    of_account = frame["account_key"] == test.ads[0].account_key
    keys = frame.loc[of_account & (frame["entity_id"] == test.group_id), "entity_key"].tolist()
    tried = np.nansum(test.trials, axis=1)
    _, trial = RATES[playbook.rate]
    grounds = Grounds(
        check="",
        verdict="ok",
        sentence=(
            f"The test of {len(test.ads)} ads is undecided after {playbook.longest_days} days: "
            + "; ".join(why)
        ),
        numbers={"sample": float(test.sample), "base": test.base or 0.0} if test.sample else {},
        metrics=RATES[playbook.rate],
        window_end=test.last,
        evidence=(
            declared(playbook, test),
            *(
                f"{ad.name}: {number(float(count), 'count')} {trial}"
                for ad, count in zip(test.ads, tried.tolist(), strict=True)
            ),
        ),
    )
    advice = (
        "Test fewer or more different ads, or let the platform show them evenly; of these none is "
        "known to pay less"
    )
    return [
        proposal(
            playbook, situation, group, grounds, group.subject("advice", playbook.name),
            ("", advice), Terms(),
        )
        for group in concerned(situation, "ad_group", keys).values()
    ]  # fmt: skip
