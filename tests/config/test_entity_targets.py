import pytest

from config.entity_targets import MOST_PROBLEMS, EntityTarget, RowError, entity_target

BRAND, TABLE = "brands/acme.yaml", "brands/targets.csv"
HEADER = "account,level,entity_id,kpi,target\n"


def test_a_table_gives_targets(desk):
    desk.write(TABLE, HEADER + "main,campaign,801,cpa,12.5\nmain,campaign,802,clicks,300\n")
    library, problems = desk.examine()
    assert problems == []
    assert library.csv_targets["acme"] == [
        EntityTarget("main", "campaign", "801", "cpa", 12.5),
        EntityTarget("main", "campaign", "802", "clicks", 300),
    ]


def test_semicolons_other_columns_their_order_and_a_byte_order_mark_do_not_matter(desk):
    text = '\ufeffTarget;note;KPI;entity_id;level;account\n9.5;"a;\nb";cpa;801;campaign;main\n'
    desk.write(TABLE, text)
    library, problems = desk.examine()
    assert problems == []
    assert library.csv_targets["acme"] == [EntityTarget("main", "campaign", "801", "cpa", 9.5)]


@pytest.mark.parametrize(
    ("row", "column", "message", "remedy"),
    [
        ("maine,campaign,1,cpa,2", "account", "no account 'maine'", "did you mean main?"),
        ("main,campain,1,cpa,2", "level", "no level 'campain'", "did you mean campaign?"),
        ("main,campaign,1,cpo,2", "kpi", "no kpi 'cpo'", "cpa"),
        ("main,campaign,,cpa,2", "entity_id", "is empty", "platform's id"),
        ("main,campaign,1,cpa,", "target", "is empty", "with a point"),
        ('main,campaign,1,cpa,"1,5"', "target", "'1,5' is no number", "with a point"),
        ("main,campaign,1,cpa,nan", "target", "'nan' is no number", "with a point"),
        ("main,campaign,1,cpa,inf", "target", "'inf' is no number", "with a point"),
        ("main,campaign", "kpi", "is empty", "valid"),
    ],
)
def test_a_bad_row_is_named_by_its_line(desk, row, column, message, remedy):
    desk.write(TABLE, f"{HEADER}main,campaign,801,cpa,12.5\n{row}\n")
    problem = desk.only()
    assert (problem.file, problem.line, problem.key) == (TABLE, 3, column)
    assert message in problem.message
    assert remedy in problem.remedy


def test_the_same_entity_twice(desk):
    desk.write(
        TABLE, HEADER + "main,campaign,8,cpa,1\nmain,campaign,9,cpa,1\nmain,campaign,8,cpa,2\n"
    )
    problem = desk.only()
    assert problem.line == 4
    assert "as line 2" in problem.message


def test_a_missing_column_is_named(desk):
    desk.write(TABLE, "account,level,entity,kpi,target\n")
    problem = desk.only()
    assert (problem.file, problem.line) == (TABLE, 1)
    assert "no column entity_id" in problem.message


def test_a_missing_table_is_a_problem(desk):
    desk.replace(BRAND, "targets.csv", "gone.csv")
    problem = desk.only()
    assert problem.file == "brands/gone.csv"
    assert "relative to the brand file" in problem.remedy


def test_a_table_that_is_not_utf_8(desk):
    (desk.folder / TABLE).write_bytes(HEADER.encode() + b"main,campaign,\xff,cpa,1\n")
    assert "UTF-8" in desk.only().message


def test_many_bad_rows_are_not_all_listed(desk):
    desk.write(TABLE, HEADER + "x,campaign,1,cpa,1\n" * 500)
    problems = desk.problems()
    assert len(problems) == MOST_PROBLEMS + 1
    assert any("480 more lines are wrong" in problem.message for problem in problems)


def test_a_row_of_a_query_is_checked_alike():
    row = {"account": "main", "level": "campaign", "entity_id": 801, "kpi": "cpa", "target": 12.5}
    assert entity_target(row, ["main"], ["cpa"]).entity_id == "801"
    with pytest.raises(RowError, match="target: is empty"):
        entity_target({**row, "target": None}, ["main"], ["cpa"])
