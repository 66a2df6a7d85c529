import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from config.models import Brand
from connectors.base import LEVELS, PartialChannel, RejectedError, Window
from connectors.channels.file import Connector, Options

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config" / "examples" / "display_2020.yaml"
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))
METRICS = ["spend", "impressions", "clicks", "conversions", "conversions_value"]
PLAIN = {
    "date": {"column": "Day"},
    "campaign": {"name": "Campaign"},
    "metrics": {"spend": "Cost", "clicks": "Clicks"},
}


def channel(path, form=None, **options) -> Connector:
    base = {"account_id": "1", "currency": "EUR", "time_zone": "Europe/Berlin"}
    return Connector(Options(path=str(path), format=form or PLAIN, **{**base, **options}))


def figures(connector, level="campaign", window=MAY, breakdown="") -> pd.DataFrame:
    parts = connector.covered(level, window, breakdown)
    frames = [f for part in parts for f in connector.performance(level, part, breakdown)]
    keys = ["entity_id", *(["breakdown"] if breakdown else []), "date_day"]
    return pd.concat(frames).sort_values(keys, ignore_index=True)


def entities(connector, level):
    return [entity for page in connector.entities([level]) for entity in page]


def write(folder, text, name="export.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def refused(folder, text, form=None, name="export.csv", encoding="utf-8", **options) -> str:
    path = write(folder, text, name, encoding)
    with pytest.raises(RejectedError) as caught:
        figures(channel(path, form, **options))
    return str(caught.value)


# --- the real data set -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def display():
    entry = YAML(typ="safe").load(EXAMPLE)["accounts"][0]
    path = ROOT / entry["options"].pop("path")
    assert path.is_file(), f"the real data set is missing: {path}; this test needs it"
    options = Options(account_id=entry["account_id"], path=str(path), **entry["options"])
    plain = pd.read_csv(path)
    return Connector(options), plain


def test_the_example_is_a_valid_brand():
    brand = Brand.model_validate(YAML(typ="safe").load(EXAMPLE))
    assert brand.accounts[0].connector == "file"


def test_real_totals_by_campaign_and_month_are_those_of_plain_pandas(display):
    connector, plain = display
    frame = figures(connector, window=Window(date(2020, 1, 1), date(2020, 12, 31)))
    frame["month"] = pd.to_datetime(frame.date_day).dt.month_name()
    ours = frame.groupby(["entity_id", "month"])[METRICS].sum()
    columns = ["cost", "displays", "clicks", "post_click_conversions", "revenue"]
    theirs = plain.groupby(["campaign_number", "month"])[columns].sum()
    assert list(ours.index) == list(theirs.index)
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), rel=1e-12)


def test_real_totals_agree_on_every_level_and_nothing_is_lost(display):
    connector, plain = display
    window = connector.covered("ad", Window(date(2020, 1, 1), date(2020, 12, 31)))[0]
    assert window == Window(date(2020, 4, 1), date(2020, 6, 30))
    for level in ("account", "campaign", "ad_group", "ad"):
        frame = figures(connector, level, window)
        assert frame.impressions.sum() == plain.displays.sum()
        assert frame.spend.sum() == pytest.approx(plain.cost.sum(), rel=1e-12)
    empty = plain[plain.placement.isna()]
    ads = figures(connector, "ad", window)
    nowhere = ads[ads.entity_id.str.contains("(none)", regex=False)]
    assert len(nowhere) == len(empty) == 413
    assert nowhere.impressions.sum() == empty.displays.sum()


def test_real_entities_are_nested(display):
    connector, plain = display
    ads, groups = entities(connector, "ad"), entities(connector, "ad_group")
    keys = plain[["campaign_number", "user_engagement", "banner", "placement"]].drop_duplicates()
    assert len(ads) == len(keys)
    assert {ad.parent_id for ad in ads} == {group.entity_id for group in groups}
    assert {entity.campaign_id for entity in ads} == {"camp 1", "camp 2", "camp 3"}


# --- what a file can say -----------------------------------------------------------------------


def test_rows_of_one_key_are_summed_and_days_without_rows_are_inside(tmp_path):
    text = "Day,Campaign,Cost,Clicks\n2026-05-01,A,1.5,2\n2026-05-01,A,2.5,3\n2026-05-04,A,1.5,1\n"
    connector = channel(write(tmp_path, text))
    assert isinstance(connector, PartialChannel)
    assert connector.covered("campaign", MAY) == [Window(date(2026, 5, 1), date(2026, 5, 4))]
    frame = figures(connector)
    assert frame.to_dict("records") == [
        {"entity_id": "A", "date_day": "2026-05-01", "spend": 4.0, "clicks": 5.0},
        {"entity_id": "A", "date_day": "2026-05-04", "spend": 1.5, "clicks": 1.0},
    ]


def test_a_window_beyond_the_file_is_refused_and_never_zero(tmp_path):
    connector = channel(write(tmp_path, "Day,Campaign,Cost,Clicks\n2026-05-02,A,1,2\n"))
    with pytest.raises(RejectedError, match="covers 2026-05-02 to 2026-05-02, not all of"):
        list(connector.performance("campaign", MAY))
    assert connector.covered("campaign", Window(date(2025, 5, 1), date(2025, 5, 2))) == []


def test_levels_and_breakdowns_without_columns_are_unknown(tmp_path):
    connector = channel(write(tmp_path, "Day,Campaign,Cost,Clicks\n2026-05-02,A,1,2\n"))
    day = Window(date(2026, 5, 2), date(2026, 5, 2))
    assert connector.covered("keyword", day) == []
    assert connector.covered("campaign", day, "age") == []
    assert entities(connector, "keyword") == []
    with pytest.raises(
        RejectedError, match="no columns for level 'keyword'; it has: account, camp"
    ):
        list(connector.performance("keyword", day))
    with pytest.raises(RejectedError, match="no column for breakdown 'age'"):
        list(connector.performance("campaign", day, "age"))


def test_files_of_a_glob_leave_gaps_unknown(tmp_path):
    for number, day in enumerate((1, 2, 9)):
        write(tmp_path, f"Day,Campaign,Cost,Clicks\n2026-05-0{day},A,1,2\n", f"{number}.csv")
    assert channel(tmp_path / "*.csv").covered("campaign", MAY) == [
        Window(date(2026, 5, 1), date(2026, 5, 2)),
        Window(date(2026, 5, 9), date(2026, 5, 9)),
    ]


@pytest.mark.parametrize(("overlap", "spend"), [("add", 11), ("latest", 10)])
def test_files_that_share_a_day_need_a_rule(tmp_path, overlap, spend):
    write(tmp_path, "Day,Campaign,Cost,Clicks\n2026-05-01,A,1,2\n", "1.csv")
    write(tmp_path, "Day,Campaign,Cost,Clicks\n2026-05-01,A,10,2\n", "2.csv")
    with pytest.raises(RejectedError, match="both hold 2026-05-01"):
        figures(channel(tmp_path / "*.csv"))
    assert figures(channel(tmp_path / "*.csv", overlap=overlap)).spend.sum() == spend


def test_same_names_in_different_campaigns_stay_apart(tmp_path):
    form = {**PLAIN, "ad_group": {"name": "Group"}}
    rows = ["A,G,1,1", "B,G,2,1", "A › G,,4,1"]
    text = "Day,Campaign,Group,Cost,Clicks\n" + "".join(f"2026-05-01,{row}\n" for row in rows)
    connector = channel(write(tmp_path, text), form)
    found = {entity.entity_id: entity for entity in entities(connector, "ad_group")}
    assert set(found) == {"A › G", "B › G", "A ›› G › (none)"}
    assert found["B › G"].name == "G"
    assert found["B › G"].parent_id == "B"


def test_status_and_budget_are_those_of_the_latest_day_whatever_the_order(tmp_path):
    form = {
        **PLAIN,
        "campaign": {"id": "ID", "name": "Campaign", "status": "State", "daily_budget": "Budget"},
    }
    new, old = "2026-05-02,7,New name,Paused,12.50,1,1\n", "2026-05-01,7,Old,Enabled,9,1,1\n"
    for rows in (new + old, old + new):
        path = write(tmp_path, "Day,ID,Campaign,State,Budget,Cost,Clicks\n" + rows)
        (campaign,) = entities(channel(path, form), "campaign")
        assert (campaign.entity_id, campaign.name, campaign.status) == ("7", "New name", "paused")
        assert campaign.daily_budget == Decimal("12.50")


def test_breakdowns_and_weighted_metrics(tmp_path):
    form = {
        **PLAIN,
        "breakdowns": {"device": "Device"},
        "metrics": {
            "impressions": "Impr.",
            "share": {"column": "Share", "weight": "impressions"},
        },
    }
    rows = ["A,Phone,300,50%", "A,Desk,100,10%", "B,Desk,5,--"]
    text = "Day,Campaign,Device,Impr.,Share\n" + "".join(f"2026-05-01,{row}\n" for row in rows)
    connector = channel(write(tmp_path, text), form)
    by_device = figures(connector, breakdown="device").set_index(["entity_id", "breakdown"])
    assert by_device.share["A", "device=Phone"] == pytest.approx(0.5)
    total = figures(connector).set_index("entity_id")
    assert total.share["A"] == pytest.approx(0.4)
    assert pd.isna(total.share["B"])


def test_quoted_line_breaks_blank_lines_and_windows_line_ends(tmp_path):
    text = 'Day,Campaign,Cost,Clicks\r\n2026-05-01,"A\r\nB",1,2\r\n\r\n2026-05-01,C,1,-2\r\n'
    assert "line 5, column 'Clicks': '-2'" in refused(tmp_path, text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_and_utf_16_are_no_error(tmp_path, encoding):
    path = write(tmp_path, "Day,Campaign,Cost,Clicks\n2026-05-01,Ärger,1,2\n", encoding=encoding)
    assert figures(channel(path)).entity_id.tolist() == ["Ärger"]


def test_a_named_encoding_and_delimiter(tmp_path):
    form = {**PLAIN, "encoding": "windows-1252", "numbers": {"decimal": ",", "thousands": "."}}
    text = "Day;Campaign;Cost;Clicks\n01.05.2026;Ärger;1.234,50;2\n"
    frame = figures(channel(write(tmp_path, text, encoding="windows-1252"), form))
    assert frame.spend.tolist() == [1234.5]
    assert frame.entity_id.tolist() == ["Ärger"]


def test_gz_and_parquet_and_xlsx_say_the_same(tmp_path):
    plain = pd.DataFrame(
        {
            "Day": [date(2026, 5, 1), date(2026, 5, 2)],
            "Campaign": [120210000000000001, 120210000000000002],
            "Cost": [1.5, None],
            "Clicks": [3, 4],
        }
    )
    plain.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    plain.to_parquet(tmp_path / "c.parquet")
    plain.astype({"Campaign": str}).to_excel(
        tmp_path / "d.xlsx", index=False, startrow=2, startcol=1
    )
    frames = [
        figures(channel(tmp_path / name)) for name in ("a.csv", "b.csv.gz", "c.parquet", "d.xlsx")
    ]
    assert frames[0].entity_id.tolist() == ["120210000000000001", "120210000000000002"]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


# --- ready-made mappings -----------------------------------------------------------------------

GOOGLE = [
    ["Campaign report"],
    ["May 1, 2026 - May 3, 2026"],
    ["Campaign state", "Campaign", "Campaign ID", "Budget", "Budget type", "Day", "Currency code"],
    ["Enabled", "Total Care", "24126885583", '"1,050.00"', "Daily", "2026-05-01", "EUR"],
    ["Paused", "Brand, EU", "24126885584", "50.00", "Total", "2026-05-03", "EUR"],
    ["Total: Account", " --", " --", " --", " --", " --", "EUR"],
    ["Total: Search", " --", " --", " --", " --", " --", " --"],
]
GOOGLE_FIGURES = [
    [],
    [],
    ["Cost", "Impr.", "Clicks", "CTR", "Conversions", "Conv. value", "Search impr. share"],
    ['"1,204.50"', '"40,000"', "41", "0.10%", "2.00", "100.5", "< 10%"],
    ["54.20", "410", "52", "12.68%", " --", " --", " --"],
    ['"1,258.70"', '"40,410"', "93", "0.23%", "2.00", "100.5", " --"],
    ['"1,258.70"', '"40,410"', "93", "0.23%", "2.00", "100.5", " --"],
]


def google_report(delimiter):
    rows = zip(GOOGLE, GOOGLE_FIGURES, strict=True)
    lines = [delimiter.join([*left, *right]) for left, right in rows]
    lines[1] = f'"{lines[1]}"'
    if delimiter == ",":
        lines[4] = lines[4].replace("Brand, EU", '"Brand, EU"')
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), ("\t", "utf-16")])
def test_a_google_ads_report(tmp_path, delimiter, encoding):
    path = write(tmp_path, google_report(delimiter), encoding=encoding)
    connector = channel(path, "google_ads_report")
    frame = figures(connector).set_index("entity_id")
    assert frame.spend.to_dict() == {"24126885583": 1204.5, "24126885584": 54.2}
    assert frame.impressions.sum() == 40410
    assert pd.isna(frame.conversions["24126885584"])
    assert frame.search_impression_share["24126885583"] == pytest.approx(0.0999)
    care, brand = entities(connector, "campaign")
    assert (care.name, care.status, care.daily_budget) == (
        "Total Care",
        "enabled",
        Decimal("1050.00"),
    )
    assert (brand.name, brand.status, brand.daily_budget) == ("Brand, EU", "paused", None)


def test_a_google_ads_report_without_days_says_what_to_do(tmp_path):
    text = google_report(",").replace(",Day,", ",Week,")
    message = refused(tmp_path, text, "google_ads_report")
    assert "no column 'Day'" in message
    assert "Row 3 has: Campaign state, Campaign, " in message
    assert "add Day" in message


def test_a_report_in_another_currency_is_refused(tmp_path):
    message = refused(tmp_path, google_report(","), "google_ads_report", currency="USD")
    assert "line 4, column 'Currency code': 'EUR' is not the account's currency USD" in message


META = (
    "Reporting starts,Reporting ends,Campaign name,Ad set name,Campaign delivery,Results,"
    "Amount spent (EUR),Impressions,Link clicks,Purchases conversion value\n"
    "2026-05-01,2026-05-01,Launch,Cold,active,3,12.30,900,30,99.9\n"
    "2026-05-02,2026-05-02,Launch,Warm,active,,0.70,100,,\n"
    "2026-05-01,2026-05-02,,,,3,13.00,1000,30,99.9\n"
)


def test_a_meta_export_as_csv(tmp_path):
    connector = channel(write(tmp_path, META, encoding="utf-8-sig"), "meta_ads_manager")
    frame = figures(connector, "ad_group")
    assert frame.entity_id.tolist() == ["Launch › Cold", "Launch › Warm"]
    assert frame.spend.sum() == pytest.approx(13.0)
    assert frame.impressions.sum() == 1000
    assert entities(connector, "campaign")[0].status == "enabled"


def test_a_meta_export_as_xlsx_with_its_two_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Formatted Report"
    book.active["A1"] = "Campaign name"
    raw = book.create_sheet("Raw Data Report")
    for line in META.splitlines():
        cells = line.split(",")
        raw.append([float(c) if c.replace(".", "").isdigit() else c or None for c in cells])
    book.save(tmp_path / "export.xlsx")
    frame = figures(channel(tmp_path / "export.xlsx", "meta_ads_manager"))
    assert frame.spend.tolist() == [12.3, 0.7]
    assert frame.conversions.tolist()[0] == 3


def test_a_meta_export_without_days_or_in_another_currency(tmp_path):
    weekly = META.replace("2026-05-01,2026-05-01", "2026-05-01,2026-05-07")
    message = refused(tmp_path, weekly, "meta_ads_manager")
    assert "line 2" in message
    assert "7 days" in message
    message = refused(tmp_path, META, "meta_ads_manager", currency="USD")
    assert "no column 'Amount spent (USD)' (nearest: 'Amount spent (EUR)')" in message


def test_a_ready_made_mapping_can_be_changed(tmp_path):
    text = META.replace("Purchases conversion value", "Purchases")
    form = {"like": "meta_ads_manager", "metrics": {"conversions": "Purchases"}}
    assert figures(channel(write(tmp_path, text), form)).conversions.sum() == pytest.approx(99.9)


def test_a_metric_of_the_business_may_be_missing(tmp_path):
    text = "Day,Campaign,Cost,Clicks,Views\n2026-05-01,A,1,2,9\n"
    connector = channel(write(tmp_path, text), metrics={"views": "Views", "reach": "Reach"})
    frame = figures(connector)
    assert frame.views.tolist() == [9.0]
    assert frame.reach.isna().all()


# --- bad input ---------------------------------------------------------------------------------

HEAD = "Day,Campaign,Cost,Clicks\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["is empty"]),
        ("\n\n", ["is empty"]),
        (HEAD, ["has a header but no rows"]),
        ("Day,Campain,Cost\n1,A,1\n", ["'Campaign' (nearest: 'Campain'), 'Clicks'. Row 1 has: "]),
        ("Day,Campaign,Cost,Clicks,Cost\n", ["names 'Cost' more than once"]),
        (HEAD + "2026-05-01,A,1,-2\n", ["line 2, column 'Clicks': '-2'", "negative"]),
        (HEAD + "2026-05-01,A,NaN,2\n", ["line 2, column 'Cost': 'NaN'", "is not a number"]),
        (HEAD + "2026-05-01,A,inf,2\n", ["column 'Cost': 'inf'"]),
        (HEAD + "1.5.2026,A,x,2\n1.5.2026,A,1,y\n", ["line 2, column 'Cost'", "line 3, column"]),
        (HEAD + '2026-05-01,A,"1,234",2\n', ["fits two number formats, 1234 and 1.234"]),
        (HEAD + "03/04/2026,A,1,2\n", ["line 2, column 'Day'", "2026-03-04 and 2026-04-03"]),
        (HEAD + "2026-05-01,A,1,2\nsoon,A,1,2\n", ["line 3, column 'Day': 'soon'"]),
        (HEAD + "1,A,1,2\n1,A,1\n1,A,1,2,3\n", ["line 3: 3 cells", "line 4: 5 cells"]),
        (HEAD + '1,A,1,2\n1,"A,1,2\n' + "1,A,1,2\n" * 20000, ["line 3: ", "quote there is not"]),
        ("PK\x03\x04 whatever", ["rename it to .xlsx"]),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_place_and_remedy(tmp_path, text, parts):
    message = refused(tmp_path, text)
    assert "export.csv" in message
    for part in parts:
        assert part in message


def test_problems_are_collected_up_to_a_limit(tmp_path):
    message = refused(tmp_path, HEAD + "2026-05-01,A,1,-1\n" * 50)
    assert message.count("column 'Clicks'") == 20


def test_mixed_encodings_are_refused_with_the_line(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(
        (HEAD + "2026-05-01,Ä,1,2\n").encode() + "2026-05-01,Ö,1,2\n".encode("latin-1")
    )
    with pytest.raises(
        RejectedError, match=r"line 3: byte 0xD6 is not UTF-8, but .* mixes encodings"
    ):
        figures(channel(path))


def test_another_encoding_is_not_guessed(tmp_path):
    message = refused(tmp_path, HEAD + "2026-05-01,Ö,1,2\n", encoding="latin-1")
    assert "line 2: byte 0xD6" in message
    assert "set `encoding`" in message


def test_a_cut_archive(tmp_path):
    data = gzip.compress((HEAD + "2026-05-01,A,1,2\n" * 9999).encode())
    (tmp_path / "a.csv.gz").write_bytes(data[: len(data) // 2])
    with pytest.raises(RejectedError, match="cut off or damaged"):
        figures(channel(tmp_path / "a.csv.gz"))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"<html><table></table></html>", "is an HTML page"),
        (b"Day,Campaign\n", "rename it to .csv"),
        (b"", "is empty"),
        (b"PK\x03\x04broken", "cannot be opened as a workbook"),
    ],
)
def test_what_only_is_called_a_workbook(tmp_path, content, part):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(RejectedError, match=part):
        figures(channel(tmp_path / "a.xlsx"))


def test_a_broken_parquet_file(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(RejectedError, match="cannot be read as Parquet"):
        figures(channel(tmp_path / "a.parquet"))


def test_no_file_matches(tmp_path):
    with pytest.raises(RejectedError, match="no file matches"):
        figures(channel(tmp_path / "*.csv"))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"format": "bing"}, "no mapping 'bing'; there are: google_ads_report, meta_ads_manager"),
        ({"format": {**PLAIN, "metrics": {}}}, "`metrics` is empty"),
        ({"format": {**PLAIN, "date": []}}, "`date` is missing"),
        ({"format": {**PLAIN, "ad": {"name": "Ad"}}}, "`ad` needs `ad_group`"),
        ({"format": {**PLAIN, "colour": "red"}}, "colour"),
        ({"format": {**PLAIN, "encoding": "klingon"}}, "no encoding 'klingon'"),
        ({"currency": "euro"}, "ISO 4217"),
        ({"time_zone": "Berlin"}, "no time zone 'Berlin'"),
    ],
)
def test_wrong_options_are_refused(change, part):
    values = {
        "path": "a",
        "account_id": "1",
        "currency": "EUR",
        "time_zone": "UTC",
        "format": PLAIN,
    }
    with pytest.raises(ValidationError) as caught:
        Options(**{**values, **change})
    assert part in str(caught.value)


# --- laws --------------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.integers(1, 28),
        st.sampled_from(["A", "B", "Ä, quoted", "", "x › y"]),
        st.integers(0, 10**6).map(lambda cents: cents / 100),
        st.integers(0, 1000),
    ),
    min_size=2,
    max_size=30,
)
QUIET = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LAWFUL = {**PLAIN, "numbers": {"decimal": "."}}


def save(path, rows):
    dated = [(date(2026, 5, day), *others) for day, *others in rows]
    frame = pd.DataFrame(dated, columns=["Day", "Campaign", "Cost", "Clicks"])
    frame.to_csv(path, index=False)


@QUIET
@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(tmp_path, rows, random):
    save(tmp_path / "a.csv", rows)
    before = figures(channel(tmp_path / "a.csv", LAWFUL))
    random.shuffle(rows)
    save(tmp_path / "a.csv", rows)
    pd.testing.assert_frame_equal(figures(channel(tmp_path / "a.csv", LAWFUL)), before)


@QUIET
@given(ROWS, st.data())
def test_a_file_in_two_parts_says_the_same(tmp_path, rows, data):
    cut = data.draw(st.integers(1, len(rows) - 1))
    save(tmp_path / "whole.csv", rows)
    save(tmp_path / "part1.csv", rows[:cut])
    save(tmp_path / "part2.csv", rows[cut:])
    whole = figures(channel(tmp_path / "whole.csv", LAWFUL))
    parts = figures(channel(tmp_path / "part*.csv", LAWFUL, overlap="add"))
    pd.testing.assert_frame_equal(parts, whole)


@QUIET
@given(ROWS)
def test_every_level_has_the_same_total(tmp_path, rows):
    save(tmp_path / "a.csv", rows)
    connector = channel(tmp_path / "a.csv", LAWFUL)
    levels = [level for level in LEVELS if connector.covered(level, MAY)]
    assert levels == ["account", "campaign"]
    for level in levels:
        assert figures(connector, level).clicks.sum() == sum(row[3] for row in rows)
