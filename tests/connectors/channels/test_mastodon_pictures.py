"""Pictures are the approved ones, are described, and are waited for before anything is posted."""

from hashlib import sha256
from pathlib import Path

import pytest

from connectors.base import TransientError
from connectors.channels.mastodon.pictures import PAUSES

from ..conftest import Answer
from .mastodon_replies import INSTANCE, LANGUAGES, connector, permit, post, status

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
GIF = b"GIF89a" + bytes(100)
KNOWN = [Answer(INSTANCE), Answer(LANGUAGES)]
READY = Answer({"id": "71", "url": "https://files.example/71"})
WAITING = Answer({"id": "71", "url": None}, 206)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "shoe.png").write_bytes(PNG)
    (tmp_path / "content" / "turn.gif").write_bytes(GIF)
    (tmp_path / "secret.png").write_bytes(PNG)
    return tmp_path / "content"


def with_pictures(*pictures: tuple[str, bytes, str]):
    content = {}
    for number, (file, data, alt) in enumerate(pictures, 1):
        content |= {
            f"image_{number}_file": file,
            f"image_{number}_sha256": sha256(data).hexdigest(),
            f"image_{number}_alt": alt,
        }
    return post("Sale", **content)


def test_a_picture_is_sent_with_its_description_before_the_post(server, folder):
    server.script(*KNOWN, READY, status("99", "Sale"))
    change = with_pictures(("shoe.png", PNG, "Ein Schuh, grün"))
    [answer] = connector(server, content_folder=folder).write([permit(change)])
    assert answer.state == "accepted"
    upload, sent = server.seen[-2:]
    assert (upload.method, upload.path) == ("POST", "/api/v2/media")
    assert upload.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert PNG in upload.body
    assert "Ein Schuh, grün".encode() in upload.body
    assert b"shoe" not in upload.body  # the name of a file is nobody's business
    assert sent.json()["media_ids"] == ["71"]


def test_a_picture_is_waited_for(server, folder, time_):
    accepted = Answer({"id": "71", "url": None}, 202)
    server.script(*KNOWN, accepted, WAITING, WAITING, READY, status("99", "Sale"))
    change = with_pictures(("turn.gif", GIF, "A shoe turning"))
    [answer] = connector(server, time_, content_folder=folder).write([permit(change)])
    assert answer.state == "accepted"
    assert [seen.path for seen in server.seen[3:6]] == ["/api/v1/media/71"] * 3
    assert time_.slept == [1, 2, 4]


def test_a_picture_is_not_waited_for_for_ever(server, folder, time_):
    server.script(*KNOWN, WAITING)
    change = with_pictures(("turn.gif", GIF, "A shoe turning"))
    [answer] = connector(server, time_, content_folder=folder).write([permit(change)])
    assert answer.state == "refused"
    assert "not ready after 120 s" in answer.error
    assert sum(time_.slept) == sum(PAUSES) == 120
    assert "/api/v1/statuses" not in {seen.path for seen in server.seen}


def test_an_upload_is_tried_again_and_the_post_is_not(server, folder):
    server.script(*KNOWN, Answer(status=503), READY, Answer(status=503))
    change = with_pictures(("shoe.png", PNG, "A shoe"))
    [answer] = connector(server, content_folder=folder).write([permit(change)])
    assert answer.state == "unknown"
    assert [seen.path for seen in server.seen].count("/api/v1/statuses") == 1


def test_a_picture_that_the_server_cannot_use_stops_the_post(server, folder):
    server.script(*KNOWN, Answer({"id": "71", "url": None}, 202), Answer({"error": "x"}, 422))
    change = with_pictures(("turn.gif", GIF, "A shoe turning"))
    [answer] = connector(server, content_folder=folder).write([permit(change)])
    assert (answer.state, "422" in answer.error) == ("refused", True)


@pytest.mark.parametrize(
    ("pictures", "sentence"),
    [
        ([("shoe.png", GIF, "")], "shoe.png is not the picture that was approved"),
        ([("none.png", PNG, "")], "none.png cannot be read from the content folder"),
        ([("../secret.png", PNG, "")], "outside the content folder"),
        ([("shoe.png", PNG, "x" * 1501)], "has 1501 characters of at most 1500"),
        ([("shoe.png", PNG, "")] * 5, "5 pictures, but the server takes 4"),
    ],
)
def test_what_the_server_would_refuse_is_said_before(server, folder, pictures, sentence):
    server.script(*KNOWN)
    channel = connector(server, content_folder=folder)
    assert sentence in channel.check([with_pictures(*pictures)])[0]
    assert channel.write([permit(with_pictures(*pictures))])[0].state == "refused"
    assert {seen.method for seen in server.seen} == {"GET"}


def test_size_and_type_are_those_that_the_server_takes(server, folder):
    (folder / "big.png").write_bytes(big := PNG + bytes(16_777_216))
    (folder / "text.png").write_bytes(text := b"no picture at all")
    (folder / "new.webp").write_bytes(webp := b"RIFF1234WEBP")
    server.script(*KNOWN)
    files = [("big.png", big, ""), ("text.png", text, ""), ("new.webp", webp, "")]
    channel = connector(server, content_folder=folder)
    said = channel.check([with_pictures(one) for one in files])
    assert "big.png has 16,777,480 bytes of at most 16,777,216" in said[0]
    assert "text.png is of a type that the server does not take (unknown)" in said[1]
    assert "new.webp is of a type that the server does not take (image/webp)" in said[2]


def test_without_a_folder_there_are_no_pictures(server):
    server.script(*KNOWN)
    said = connector(server).check([with_pictures(("shoe.png", PNG, ""))])
    assert "no content_folder" in said[0]


def test_a_server_that_is_down_is_no_objection_to_a_picture(server, folder):
    server.script(Answer(status=503))
    with pytest.raises(TransientError):
        connector(server, content_folder=folder).check([with_pictures(("shoe.png", PNG, ""))])
