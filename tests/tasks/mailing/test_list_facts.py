"""A list of customers that is cut off, has unusable addresses, or knows nothing of who left."""

import pytest

from config.fact_words import FACTS
from tasks.mailing.evidence import CustomerList
from tasks.mailing.list_facts import ask


def a_list(seen=1000, missing=0, before=0, unusable=0, still=0, *, fresh=True):
    return CustomerList(
        account_key=7, name="shop", fresh=fresh, seen=seen, missing=missing, missing_before=before,
        unusable=unusable, still_unsubscribed=still,
    )  # fmt: skip


def asked(name, *lists):
    return ask(name, lists, FACTS[name].limits)


@pytest.mark.parametrize(
    ("one", "so"),
    [
        (a_list(seen=950, missing=50), True),
        (a_list(seen=951, missing=49), False),  # less than a twentieth
        (a_list(seen=950, missing=450, before=400), True),
        (a_list(seen=950, missing=450, before=450), False),  # they went long ago
        (a_list(seen=100, missing=19), False),  # a few
        (a_list(seen=0, missing=1000), True),
        (a_list(seen=1000, missing=3, before=10), False),  # some came back
    ],
)
def test_people_who_went_lately_are_missing_if_they_are_many(one, so):
    answers = asked("customers_missing", one)
    assert answers.so.tolist() == [so]
    assert answers.told.tolist() == [True]


def test_what_is_said_counts_people_and_names_nobody():
    answers = asked("customers_missing", a_list(seen=950, missing=450, before=400))
    assert answers.story(0).fields == {"reason": "", "people": "50 people", "seen": "1,000 people"}
    assert answers.subjects.to_dict("records") == [{"account_key": 7, "name": "shop"}]


def test_of_several_lists_and_of_old_readings_nothing_is_known():
    lists = a_list(missing=None, before=None), a_list(seen=0, missing=1000, fresh=False)
    answers = asked("customers_missing", *lists)
    assert (answers.so.tolist(), answers.told.tolist()) == ([False, False], [False, False])
    assert asked("customers_unusable", lists[0]).told.tolist() == [True]


@pytest.mark.parametrize(
    ("name", "few", "many"),
    [
        ("customers_unusable", a_list(unusable=19), a_list(unusable=20)),
        ("customers_unusable", a_list(seen=10, unusable=4), a_list(seen=10, unusable=5)),
        ("customers_still_subscribed", a_list(still=4), a_list(still=5)),
        ("customers_still_subscribed", a_list(9000, still=44), a_list(9000, still=45)),
    ],
)
def test_limits_are_of_people_and_of_their_share(name, few, many):
    assert asked(name, few, many).so.tolist() == [False, True]


def test_no_list_is_no_answer():
    assert len(asked("customers_missing").so) == 0
