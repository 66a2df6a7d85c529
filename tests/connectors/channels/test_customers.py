"""Lists of customers as people export them: every value read as meant, or refused where it is."""

import gzip
import sqlite3
from datetime import UTC, datetime

import openpyxl
import pandas as pd
import pytest
from pydantic import ValidationError

from connectors.base import RejectedError
from connectors.channels.customers import Connector, Options
from connectors.mail import CustomerSource
from connectors.mail_addresses import usable_address

COLUMNS = {
    "customer_id": "Nr",
    "address": "E-Mail",
    "consent": "Newsletter",
    "consent_at": {"column": "Opt-in", "format": "%d.%m.%Y %H:%M"},
    "time_zone": "Zone",
    "language": "Sprache",
    "country": "Land",
    "first_name": "Vorname",
    "birthday": {"column": "Geburtstag", "format": "%d.%m.%Y"},
}
HEADER = "Nr;E-Mail;Newsletter;Opt-in;Zone;Sprache;Land;Vorname;Geburtstag;Notiz\n"
ANN = "17;Ann.Q@Mail.example;ja;01.07.2026 10:30;Europe/Vienna;de_AT;at;Ann;24.12.1990;egal\n"
WORDS = {"ja": "subscribed", "nein": "never", "": "never"}


def channel(path, /, **changes) -> Connector:
    given = {
        "account_id": "list", "path": str(path), "time_zone": "Europe/Berlin",
        "columns": COLUMNS, "consent_words": WORDS,
    }  # fmt: skip
    return Connector(Options(**given | changes))


def read(folder, text, **changes):
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return [it for batch in channel(file, **changes).customers() for it in batch]


def refused(folder, text, **changes) -> str:
    with pytest.raises(RejectedError) as caught:
        read(folder, text, **changes)
    return str(caught.value)


def test_a_row_is_a_customer(tmp_path):
    (ann,) = read(tmp_path, HEADER + ANN)
    assert (ann.customer_id, ann.address, ann.consent) == (
        "17", "Ann.Q@Mail.example", "subscribed",
    )  # fmt: skip
    assert ann.consent_at == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
    assert (ann.time_zone, ann.language, ann.country) == ("Europe/Vienna", "de-AT", "AT")
    assert ann.fields == {"first_name": "Ann", "birthday": "1990-12-24"}
    assert (ann.signed_up_at, ann.consent_source, ann.problem) == (None, "", "")


def test_what_is_empty_is_unknown(tmp_path):
    (bob,) = read(tmp_path, HEADER + "18;;;;;;;;;\n")
    assert (bob.address, bob.consent, bob.consent_at, bob.fields) == (None, "never", None, {})
    assert (bob.time_zone, bob.language, bob.country, bob.problem) == ("", "", "", "")


def test_an_unusable_address_stops_nobody_else(tmp_path):
    rows = HEADER + ANN + ANN.replace("17;", "18;").replace("Mail.example", "mail") + ANN
    found = read(tmp_path, rows)
    assert [it.address for it in found] == ["Ann.Q@Mail.example", None, "Ann.Q@Mail.example"]
    assert found[1].problem.startswith("row 2 below the header: no usable e-mail address")
    assert "Ann" not in found[1].problem


BAD = {
    "Newsletter": (";ja;", ";vielleicht;", "is no word of consent"),
    "Nr": ("17;", ";", "is empty; every customer needs an id"),
    "Opt-in": ("01.07.2026", "31.02.2026", "is no date of the format %d.%m.%Y %H:%M"),
    "Zone": ("Europe/Vienna", "Wien", "is no IANA time zone"),
    "Sprache": ("de_AT", "Deutsch, bitte", "is no language"),
    "Land": (";at;", ";Austria;", "is no country of two letters"),
    "Geburtstag": ("24.12.1990", "Weihnachten", "is no date of the format %d.%m.%Y"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_value_that_cannot_be_used_is_refused_with_its_place_and_not_shown(tmp_path, column):
    good, bad, what = BAD[column]
    row = ANN.replace(good, bad).replace("17;", "19;")
    assert row != ANN.replace("17;", "19;")
    said = refused(tmp_path, HEADER + ANN + row)
    assert f"line 3, column {column!r}: the value {what}" in said
    assert len(said.splitlines()) == 2
    assert bad.strip(";") not in said.replace(column, "") or not bad.strip(";")


def test_all_that_is_wrong_is_told_together(tmp_path):
    said = refused(tmp_path, HEADER + ANN.replace(";ja;", ";x;").replace(";at;", ";Austria;") * 30)
    assert "20 problems" in said


def test_consent_is_never_guessed(tmp_path):
    without = {name: it for name, it in COLUMNS.items() if name != "consent"}
    for changes in ({"columns": without}, {"consent": "subscribed"}):
        with pytest.raises(ValidationError, match="never guessed"):
            channel(tmp_path, **changes)
    everybody = {"consent": "subscribed", "consent_source": "form"}
    (ann,) = read(tmp_path, HEADER + ANN, columns=without, **everybody)
    assert (ann.consent, ann.consent_source) == ("subscribed", "form")
    assert "is no word of consent" in refused(
        tmp_path, HEADER + ANN, consent_words={"yes": "never"}
    )


def test_yamls_own_true_and_our_own_words_are_words(tmp_path):
    rows = HEADER + ANN.replace(";ja;", ";TRUE;") + ANN.replace(";ja;", ";Pending;")
    found = read(tmp_path, rows, consent_words={True: "subscribed"})
    assert [it.consent for it in found] == ["subscribed", "pending"]


def test_a_list_without_a_header_shows_nobody(tmp_path):
    said = refused(tmp_path, ANN * 3)
    assert "no column 'Nr'" in said
    assert "Mail.example" not in said
    assert "(address)" in said


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "csv.gz", "tsv"])
def test_other_kinds_of_files_read_alike(tmp_path, kind):
    columns = {**COLUMNS, "consent_at": "Opt-in", "birthday": "Geburtstag"}
    names = HEADER.strip().split(";")
    cells = ANN.strip().split(";")
    cells[3], cells[8] = "2026-07-01 10:30:00", "1990-12-24"
    file = tmp_path / f"list.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(names)
        typed = [int(cells[0]), *cells[1:3], datetime(2026, 7, 1, 10, 30), *cells[4:]]  # noqa: DTZ001
        book.active.append(typed)
        book.save(file)
    elif kind == "parquet":
        row = dict(zip(names, cells, strict=True))
        pd.DataFrame([row | {"Nr": 17, "Opt-in": pd.Timestamp(cells[3])}]).to_parquet(file)
    else:
        text = "\n".join("\t".join(row) for row in (names, cells)) + "\n"
        file.write_bytes(gzip.compress(text.encode()) if kind == "csv.gz" else text.encode())
    (ann,) = [it for batch in channel(file, columns=columns).customers() for it in batch]
    assert (ann.customer_id, ann.address) == ("17", "Ann.Q@Mail.example")
    assert ann.consent_at == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
    assert ann.fields == {"first_name": "Ann", "birthday": "1990-12-24"}


def test_a_query_reads_alike_and_its_errors_show_nobody(tmp_path):
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as shop:
        shop.execute("CREATE TABLE people (id INTEGER, mail TEXT, ok TEXT)")
        shop.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            [(2**53 + 1, "ann@mail.example", "ja"), (4, "ann@mail.example", "ann@mail.example")],
        )
    shop.close()
    columns = {"customer_id": "id", "address": "mail", "consent": "ok"}
    given = {"path": "", "url": f"sqlite:///{file}", "columns": columns}
    one = channel("", **given, query="SELECT * FROM people WHERE ok = 'ja'")
    ((ann,),) = one.customers()
    assert (ann.customer_id, ann.address) == (str(2**53 + 1), "ann@mail.example")
    with pytest.raises(RejectedError, match="row 2 of the query, column 'ok'") as caught:
        [*channel("", **given, query="SELECT * FROM people").customers()]
    assert "@" not in str(caught.value)
    wrong = channel("", **given, query="SELECT 'a@b.example' AS x FROM nowhere")
    with pytest.raises(RejectedError, match="no such table"):
        [*wrong.customers()]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"path": ""}, "name either `path`, or `url`"),
        ({"url": "sqlite:///x"}, "name either `path`, or `url`"),
        ({"path": "", "url": "sqlite:///x"}, "go together"),
        ({"query": "SELECT 1"}, "go together"),
        ({"columns": {"address": "x"}, "consent": "never"}, "name the column of customer_id"),
        ({"time_zone": "Wien"}, "no time zone"),
        ({"consent_words": {"ja": "perhaps"}}, "Input should be"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path, changes, says):
    with pytest.raises(ValidationError, match=says):
        channel(tmp_path / "x.csv", **changes)


def test_it_is_a_source_of_customers(tmp_path):
    made = channel(tmp_path / "x.csv", name="Newsletter")
    assert isinstance(made, CustomerSource)
    account = made.account()
    assert (account.platform, account.account_id, account.name) == (
        "customers",
        "list",
        "Newsletter",
    )
    assert (account.currency, account.time_zone, made.restatement_days) == (
        "XXX",
        "Europe/Berlin",
        0,
    )


GOOD = ["a@b.co", "first.last+tag@sub.mail.example", "ü@bücher.example", "o'neil@x-y.example",
        "a" * 64 + "@b.co"]  # fmt: skip
NONE = ["a", "@b.co", "a@", "a@b", "a@@b.co", "a b@c.de", "a@b..co", "a..b@c.de", ".a@c.de",
        "a.@c.de", "Ann <a@c.de>", "a@c.de, b@c.de", "a@-c.de", "a@c.de.", "a@1.2.3.4",
        "a" * 65 + "@b.co", "a@" + "b" * 64 + ".co", "a\u0000b@c.de", "a@c_d.de",
        "a@" + "b.c" * 90]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_usable_addresses_stay_as_written(text):
    assert usable_address(text) == (text, "")


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
def test_unusable_addresses_are_none(text):
    address, problem = usable_address(text)
    assert address is None
    assert problem.startswith("no usable e-mail address")
    assert text not in problem or len(text) < 3
