from datetime import timedelta

from tasks.report.work import LONGEST_LIST, work_of
from tests.tasks.report.visible import AS_OF, NOW, closed, item

OWNERS = {"seo": "Search team", "web": "Web team"}


def told(*items, links=None):
    return work_of(items, OWNERS, links or {}, AS_OF, NOW)


def test_what_is_due_first_comes_first_and_of_one_day_what_matters_most():
    work = told(
        item(1, due=5),
        item(2, due=2, priority="low"),
        item(3, due=2),
        item(4, due=2, priority="high"),
        item(5, due=-1),
    )
    assert [chore.number for chore in work.chores] == [5, 4, 3, 2, 1]


def test_an_item_is_late_from_the_day_after_it_was_due():
    work = told(item(1, due=0), item(2, due=-1), item(3, due=-9))
    assert [(chore.number, chore.late_days) for chore in work.chores] == [(3, 9), (2, 1), (1, 0)]
    assert [(load.open, load.late) for load in work.loads] == [(3, 2)]


def test_each_owner_is_told_what_is_open_late_and_done():
    work = told(
        item(1, due=-1, owner="web"), item(2, owner="web"), item(3), closed(4, 2), closed(5, 6.9)
    )
    loads = [(load.owner, load.open, load.late, load.done) for load in work.loads]
    assert loads == [("Web team", 2, 1, 0), ("Search team", 1, 0, 2)]


def test_only_what_was_done_lately_counts_as_done():
    work = told(closed(1, 7.1), closed(2, 1, state="dropped"), closed(3, 6.9))
    assert [load.done for load in work.loads] == [1]
    assert work.chores == ()


def test_an_owner_that_the_brand_no_longer_has_keeps_the_short_name():
    work = told(item(1, owner="agency"))
    assert (work.loads[0].owner, work.chores[0].owner) == ("agency", "agency")


def test_the_list_is_bounded_and_the_rest_is_counted():
    work = told(*(item(number) for number in range(500)))
    assert (len(work.chores), work.left) == (LONGEST_LIST, 500 - LONGEST_LIST)
    assert work.loads[0].open == 500


def test_an_item_has_its_evidence_its_remedy_and_its_form():
    (chore,) = told(item(7, due=1), links={7: "http://127.0.0.1:4200/form"}).chores
    assert chore.due_on == AS_OF + timedelta(days=1)
    assert chore.what == "Mend the links to /old-7"
    assert chore.why == "/bulbs links to a page that answers 404"
    assert chore.how.startswith("Link to the page")
    assert chore.link == "http://127.0.0.1:4200/form"


def test_the_command_lists_the_items_of_this_brand_and_process():
    assert told(item(1)).listing == "marketloop todo list --brand acme --process seo"


def test_without_items_nothing_is_said():
    work = told()
    assert (work.loads, work.chores, work.left, work.listing) == ((), (), 0, "")
