"""The owner is told what waits, why, and where to decide; names from outside stay names."""

from dataclasses import replace
from datetime import date

from config.models import Owner
from connectors.actions import Effect
from tasks.action_messages import LISTED, PARTS, waiting_messages
from tasks.change_wording import ending, what
from tasks.run import Run
from tests.tasks.gate.town import NOW, action, money, pause

RUN = Run("r1", "shop", "google_ads", date(2026, 11, 12), NOW, ("google",))
OWNERS = {
    "search": Owner(name="Search", notify=("env:SEARCH",)),
    "web": Owner(name="Web", notify=("env:WEB", "env:CHAT")),
}


def waiting(number, proposal):
    return replace(action(number, proposal), state="proposed", version=1, applied_at=None)


def told(*actions, links=lambda it: f"https://ui.test/run?parameters={it.parts[0].action_id}"):
    return list(waiting_messages(RUN, actions, OWNERS, links))


def test_a_message_says_what_why_and_where_to_decide():
    effect = Effect("spend", "money", -120.0, -180.0, -60.0, 7)
    cut = money("100", "80", unit="money", owner="search", expected=effect, risk="A short sale")
    (message,) = told(waiting(12, cut))
    text = message.body_text
    assert "1 change of shop waiting for your decision" in text
    assert "12: daily budget of campaign the campaign c1: €100.00 → €80.00 (↓ −20%)" in text
    assert "It costs too much." in text
    assert "Expected: spend −€120.00 in 7 days (−€180.00 to −€60.00)" in text
    assert "Wrong if: A short sale" in text
    assert "Decide: https://ui.test/run?parameters=12" in text
    assert message.destination == "env:SEARCH"


def test_without_a_server_the_command_stands_there():
    (message,) = told(waiting(12, pause(owner="search")), links=lambda _: "")
    assert "Decide: marketloop actions approve 12" in message.body_text


def test_each_owner_and_way_gets_one_message_and_strangers_go_to_the_first():
    some = [waiting(1, pause(owner="web")), waiting(2, pause(owner="gone"))]
    assert [m.destination for m in told(*some)] == ["env:SEARCH", "env:WEB", "env:CHAT"]


def test_the_same_actions_make_the_same_message_and_a_new_version_another_one():
    one = waiting(1, pause(owner="web"))
    again = replace(one, version=2)
    assert [m.message_id for m in told(one)] == [m.message_id for m in told(one)]
    assert {m.message_id for m in told(one)}.isdisjoint(m.message_id for m in told(again))


def test_a_message_is_bounded_and_says_what_is_left():
    many = [waiting(n, pause(owner="web")) for n in range(1, LISTED + 6)]
    text = told(*many)[0].body_text
    assert "and 5 more: marketloop actions list --brand shop" in text
    assert len(text) < 8000


def test_parts_of_one_decision_stand_together_under_one_link():
    group = {"group": "g", "owner": "search", "risk": "A season", "evidence": ("1 moves", "2 gain")}
    cut = waiting(12, money("60", "50", "c1", unit="money", **group))
    more = waiting(13, money("40", "50", "c2", unit="money", **group))
    (message,) = told(more, cut, waiting(14, pause(owner="search")))
    text = message.body_text
    assert "3 changes of shop waiting for your decision" in text
    assert "This is one decision of 2 changes; their daily budgets together: €100.00" in text
    assert text.index("12: daily budget") < text.index("13: daily budget") < text.index("1 moves")
    assert "Decide on all 2 at once: https://ui.test/run?parameters=12" in text
    assert text.count("https://") == 2
    assert text.count("Wrong if: A season") == 1


def test_a_decision_of_which_one_part_was_edited_is_told_again_as_a_whole():
    parts = [waiting(n, money("60", "50", f"c{n}", group="g", owner="search")) for n in (1, 2)]
    (before,) = told(*parts)
    (after,) = told(parts[0], replace(parts[1], version=2))
    assert before.message_id != after.message_id
    assert "2 changes of shop" in after.body_text


def test_a_large_decision_is_bounded():
    parts = [waiting(n, money("60", "50", f"c{n}", group="g")) for n in range(1, PARTS + 4)]
    text = told(*parts)[0].body_text
    assert "and 3 more: marketloop actions explain 1" in text
    assert f"Decide on all {PARTS + 3} at once" in text
    assert len(text) < 8000


def test_names_are_no_markup_no_link_and_no_mention():
    evil = pause(
        owner="web", name="<!channel> [x](http://evil.test) @all\n*b*\u202e", sentence="<b>"
    )
    message = told(waiting(1, evil))[0]
    assert "<!channel>" not in message.body_text
    assert "http://evil" not in message.body_text
    assert "\u202e" not in message.body_text
    assert "<b>" not in message.body_html.replace("<p><b>", "")


def test_words_of_a_change():
    assert what(pause()) == "status of campaign the campaign c1: enabled → paused"
    assert ending(action(1, pause(), explanation="by hand")) == "judged: by hand"
