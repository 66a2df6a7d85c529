"""From an empty editor to a scheduled post: what people type, what it writes, how it ends."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from config.library import load
from config.settings import settings
from deployments import content_commands
from deployments.cli import main
from tests.config.conftest import FILES

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)  # 09:30 in Berlin
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ACCOUNTS = """\
  - {name: in, platform: linkedin, connector: file, account_id: 1}
  - {name: sky, platform: bluesky, connector: file, account_id: acme.example}
goals:
"""
RULES = """\
content:
  objectives: [trust, recruiting]
  forbidden: [cheapest]
  holidays: [2026-11-11]
"""
POST = """\
---
# Written on the train.
objective: trust   # what for
networks: [linkedin, bluesky]
owner: john
state: draft   # so far
---

We measured 400 feet.\t
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for file, text in FILES.items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    brand = tmp_path / "brands/acme.yaml"
    brand.write_text(brand.read_text().replace("goals:\n", ACCOUNTS) + RULES)
    monkeypatch.setenv("MARKETLOOP_LIBRARY_DIR", str(tmp_path))
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
    monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(content_commands, "now", lambda: NOW)
    settings.cache_clear()
    content = tmp_path / "brands/acme/content"
    content.mkdir(parents=True)
    yield content
    settings.cache_clear()


def call(command: str, *words: str, brand="acme") -> Result:
    options = ["--brand", brand] if brand else []
    return CliRunner().invoke(main, ["content", command, *words, *options], catch_exceptions=False)


def write(folder, name="launch", text=POST, **replaced):
    for old, new in replaced.items():
        text = text.replace(f"{old}: ", f"{old}: {new} #", 1)
    (folder / f"{name}.md").write_bytes(text.encode())


def ready(folder, name="launch", at="2026-11-03 09:00"):
    write(folder, name)
    assert call("approve", name, "--who", "Jane").exit_code == 0
    assert call("schedule", name, "--at", at).exit_code == 0


@pytest.mark.parametrize("name", sorted(content_commands.content.commands))
def test_every_command_explains_itself_with_an_example(name):
    answer = call(name, "--help", brand="")
    assert answer.exit_code == 0
    assert f"marketloop content {name}" in answer.output.partition("Examples:")[2]


def test_from_an_empty_editor_to_a_scheduled_post_in_three_commands(folder):
    assert call("new", "launch").exit_code == 0
    path = folder / "launch.md"
    path.write_text(path.read_text() + "We measured 400 feet.\n")
    approved = call("approve", "launch", "--who", "Jane", "--why", "legal: fine")
    assert approved.exit_code == 0
    scheduled = call("schedule", "launch", "--at", "2026-11-03 09:00")
    assert scheduled.exit_code == 0
    assert "2026-11-03 09:00 (Europe/Berlin) on linkedin, bluesky" in scheduled.output
    library = load(settings().library_dir, settings().brands_dir)
    front = library.ready_contents("acme")["launch"].front
    assert (front.state, front.publish_at) == ("scheduled", "2026-11-03 09:00")
    assert (front.approval.by, str(front.approval.on), front.approval.why) == (
        "Jane", "2026-11-02", "legal: fine",
    )  # fmt: skip


def test_a_new_file_validates_and_says_what_can_be_written(folder):
    answer = call("new", "launch", "--objective", "recruiting", "--network", "mastodon")
    assert "Next: write the text, then marketloop content check launch" in answer.output
    text = (folder / "launch.md").read_text()
    assert "objective: recruiting # one of: trust, recruiting\n" in text
    assert "networks: [mastodon]\n" in text
    assert "owner: jane\n" in text
    checked = call("check", "launch", "--json")
    assert checked.exit_code == 0
    assert [it["severity"] for it in json.loads(checked.output)] == ["note", "note"]


def test_what_is_commented_out_in_a_new_file_is_right_too(folder):
    call("new", "launch")
    path = folder / "launch.md"
    lines = path.read_text().replace("# The day", "The day").splitlines()
    path.write_text(
        "\n".join(it.removeprefix("# ") for it in lines if "The day" not in it) + "\nHi."
    )
    (folder / "picture.png").write_bytes(PNG)
    found = call("check", "launch")
    assert (found.exit_code, "error" in found.output) == (0, False)


WRONG_NEW = {
    "a name that is none": (["Winter Sale"], "use lower-case letters"),
    "a name that leads elsewhere": (["../launch"], "use lower-case letters"),
    "an unknown objective": (["x", "--objective", "trsut"], "did you mean trust?"),
    "an unknown network": (["x", "--network", "tiktok"], "'tiktok' is not one of"),
}


@pytest.mark.parametrize(("words", "said"), WRONG_NEW.values(), ids=WRONG_NEW)
def test_a_new_file_that_cannot_be_is_wrong_use_and_writes_nothing(folder, words, said):
    answer = call("new", *words)
    assert answer.exit_code == 2
    assert said in answer.output
    assert list(folder.iterdir()) == []


def test_a_post_is_never_overwritten(folder):
    write(folder)
    answer = call("new", "launch")
    assert answer.exit_code == 2
    assert "exists already" in answer.output
    assert (folder / "launch.md").read_text() == POST


def test_an_unknown_brand_or_post_names_those_there_are(folder):
    write(folder)
    assert "did you mean acme?" in call("check", brand="acmi").output
    answer = call("preview", "lunch")
    assert (answer.exit_code, "did you mean launch?" in answer.output) == (2, True)
    assert call("check", "lunch").exit_code == 2


def test_check_ends_with_1_on_an_error_and_names_its_place(folder):
    write(folder)
    write(folder, "broken", POST.replace("trust ", "trsut "))
    write(folder, "torn", "no front matter")
    write(folder, "cheap", POST.replace("We", "The cheapest: we"))
    answer = call("check")
    assert answer.exit_code == 1
    assert "broken.md:3:objective" in answer.output
    assert "torn.md:1" in answer.output
    assert "every network" in answer.output
    assert "says 'cheapest', which the brand never says; say it in other words" in answer.output
    assert "4 posts: 3 must be mended" in answer.output
    assert call("check", "launch").exit_code == 0
    found = json.loads(call("check", "--json").output)
    assert {(it["name"], it["severity"]) for it in found} == {
        ("broken", "error"), ("torn", "error"), ("cheap", "error"),
    }  # fmt: skip


def test_check_of_all_brands_names_the_brand(folder):
    write(folder, text="no front matter")
    assert "acme" in call("check", brand="").output
    assert call("check", "launch", brand="").exit_code == 2


def test_approving_changes_these_lines_only_every_other_sign_stays(folder):
    text = "\ufeff" + POST.replace("\n", "\r\n")
    write(folder, text=text)
    assert call("approve", "launch", "--who", "Jane").exit_code == 0
    before, after = text.split("\r\n"), (folder / "launch.md").read_bytes().decode().split("\r\n")
    new = [line for line in after if line.startswith("approval: ")]
    assert [line for line in after if line not in new] == [
        line.replace("draft", "approved") for line in before
    ]
    assert len(new) == 1
    assert list(folder.iterdir()) == [folder / "launch.md"]


def test_what_has_an_error_is_not_approved_and_stays_as_it_was(folder):
    write(folder, text=POST.replace("We", "The cheapest: we"))
    answer = call("approve", "launch")
    assert answer.exit_code == 1
    assert "says 'cheapest'" in answer.output
    assert "launch is not approved" in answer.output
    assert b"cheapest" in (folder / "launch.md").read_bytes()
    assert b"approval" not in (folder / "launch.md").read_bytes()


def test_an_idea_without_a_text_is_not_approved(folder):
    call("new", "launch")
    answer = call("approve", "launch")
    assert (answer.exit_code, "has no text" in answer.output) == (1, True)


def test_an_edit_ends_the_approval_and_another_one_gives_it_back(folder):
    ready(folder)
    path = folder / "launch.md"
    path.write_text(path.read_text().replace("400", "401"))
    assert call("check").exit_code == 1
    assert "Not published as they are: launch" in call("calendar").output
    answer = call("approve", "launch", "--who", "John")
    assert "It stays scheduled at 2026-11-03 09:00 (Europe/Berlin)." in answer.output
    assert call("check").exit_code == 0
    assert path.read_text().count("approval: ") == 1


def test_words_of_people_stay_words(folder):
    write(folder)
    who = 'Jane "}, state: published\n# \x1b[31m'
    assert call("approve", "launch", "--who", who, "--why", who).exit_code == 0
    front = load(settings().library_dir, settings().brands_dir).content("acme", "launch").front
    assert front.state == "approved"
    assert front.approval.by == 'Jane "}, state: published #'


def test_a_published_post_is_not_approved_again(folder):
    write(folder, text=POST.replace("draft", "published"))
    assert call("approve", "launch").exit_code == 2


def test_what_nobody_approved_is_not_scheduled(folder):
    write(folder)
    answer = call("schedule", "launch", "--at", "2026-11-03 09:00")
    assert answer.exit_code == 2
    assert "launch is not approved as it is now (state: draft)" in answer.output
    assert (folder / "launch.md").read_text() == POST


TIMES = {
    "past": ("2026-11-02 09:00", "has passed: it is 2026-11-02 09:30"),
    "quiet hours": ("2026-11-04 22:00", "quiet hours from 21:00 to 07:00"),
    "holiday": ("2026-11-11 09:00", "11 Nov 2026 is a holiday"),
    "too near": ("2026-11-03 10:30", "90 minutes from other (2026-11-03 09:00, scheduled)"),
    "left out by the clock": (
        "2027-03-28 02:30",
        "put forward on that day in Europe/Berlin; write",
    ),
    "twice on the clock": ("2026-10-25 02:30", "comes twice"),
    "no time": ("tomorrow", "'tomorrow' is no day with a time"),
}


@pytest.mark.parametrize(("at", "said"), TIMES.values(), ids=TIMES)
def test_what_is_in_the_way_of_a_time_is_said_and_nothing_is_written(folder, at, said):
    ready(folder, "other")
    write(folder)
    call("approve", "launch")
    before = (folder / "launch.md").read_bytes()
    answer = call("schedule", "launch", "--at", at)
    assert answer.exit_code == 2
    assert said in answer.output
    assert (folder / "launch.md").read_bytes() == before


def test_a_post_is_moved_by_scheduling_it_again(folder):
    ready(folder)
    assert call("schedule", "launch", "--at", "2026-11-03 10:00").exit_code == 0
    text = (folder / "launch.md").read_text()
    assert text.count("publish_at") == 1
    assert 'publish_at: "2026-11-03 10:00"' in text


def test_a_time_written_by_hand_is_held_to_the_same_rules(folder):
    ready(folder)
    path = folder / "launch.md"
    path.write_text(path.read_text().replace("2026-11-03 09:00", "2026-11-11 22:00"))
    found = json.loads(call("check", "--json").output)
    assert [(it["where"], it["severity"]) for it in found] == [("time", "error")] * 2


def test_the_preview_embeds_its_pictures(folder, tmp_path):
    images = "images: [{file: a.png, alt: A shoe.}, {file: lost.png, alt: Lost.}]\nstate: draft"
    write(folder, text=POST.replace("state: draft", images))
    (folder / "a.png").write_bytes(PNG)
    answer = call("preview", "launch")
    page = (tmp_path / "state/previews/acme_launch.html").read_text()
    assert "acme_launch.html" in answer.output
    assert page.count('src="data:image/png;base64,iVBORw0KGgo') == 2
    assert "lost.png could not be read" in page
    assert "lost.png&#39; is no file of the content folder" in page
    assert "21 of 300 characters" in page
    other = tmp_path / "elsewhere/page.html"
    assert call("preview", "launch", "--out", str(other)).exit_code == 0
    assert other.read_text() == page


def test_the_calendar_shows_plan_and_holes_and_writes_both_files(folder, tmp_path):
    ready(folder)
    write(folder, "poster", POST.replace("state:", "due: 2026-11-04\nstate:"))
    html, ics = tmp_path / "plan.html", tmp_path / "plan.ics"
    answer = call("calendar", "--html", str(html), "--ics", str(ics))
    lines = [" ".join(line.split()) for line in answer.output.splitlines()]
    assert "Tue 2026-11-03 09:00 launch scheduled bluesky, linkedin trust john" in lines
    assert "Wed 2026-11-11 holiday" in lines
    assert "3 holes" in lines
    assert "poster has to be approved by 4 Nov 2026 and is a draft. Owner: john" in lines
    assert "No post for recruiting is planned until 15 Nov 2026. Owner: jane" in lines
    assert "DTSTART:20261103T080000Z\r\n" in ics.read_bytes().decode()
    assert "No post for recruiting" in html.read_text()
    facts = json.loads(call("calendar", "--days", "3", "--json").output)
    assert [len(day["posts"]) for day in facts["days"]] == [0, 2, 0]
    assert [hole["kind"] for hole in facts["holes"]] == ["days", "not_ready", "objective"]


def test_the_present_moment_is_on_the_day_of_a_simulated_market(monkeypatch):
    monkeypatch.setenv("MARKETLOOP_TODAY", "2026-11-02")
    settings.cache_clear()
    found = content_commands.now()
    settings.cache_clear()
    assert (f"{found.date()}", found.tzinfo) == ("2026-11-02", UTC)


TESTED = """\
---
objective: trust
networks: [linkedin, bluesky]
test:
  figure: reactions
  posts_per_arm: 4
  arms:
    plain: We measured 400 feet.   # the old way
    warm: The cheapest socks?
owner: john
state: draft
---
"""


def test_every_wording_that_is_tested_is_checked_shown_and_approved(folder):
    write(folder, text=TESTED)
    checked = call("check", "launch", "--json")
    (found,) = json.loads(checked.output)
    assert (checked.exit_code, found["where"]) == (1, "linkedin (warm), bluesky (warm)")
    assert call("approve", "launch", "--who", "Jane").exit_code == 1
    write(folder, text=TESTED.replace("The cheapest socks?", "Cold feet?"))
    assert call("preview", "launch").exit_code == 0
    page = next(settings().state_dir.glob("previews/*launch.html")).read_text()
    for words in ("We measured 400 feet.", "Cold feet?", "plain against warm, by reactions"):
        assert words in page
    assert page.count("<article") == 4
    assert call("approve", "launch", "--who", "Jane").exit_code == 0
    assert "# the old way" in (folder / "launch.md").read_text()
    assert call("schedule", "launch", "--at", "2026-11-03 09:00").exit_code == 0
    write(folder, text=(folder / "launch.md").read_text().replace("Cold feet?", "Cold toes?"))
    assert call("check", "launch").exit_code == 1
