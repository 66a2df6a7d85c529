"""The query language."""

import pytest

from connectors.sandbox.gaql import Condition, QueryError, parse


def test_a_whole_query_is_taken_apart():
    query = parse(
        "SELECT campaign.id, metrics.clicks FROM campaign WHERE "
        "segments.date BETWEEN '2026-10-01' AND '2026-10-31' "
        "AND campaign.status != 'REMOVED' AND campaign.id IN (1, 2) "
        "AND campaign.end_date_time IS NULL "
        "ORDER BY metrics.clicks DESC, campaign.id LIMIT 10 PARAMETERS include_drafts=true"
    )
    assert query.select == ("campaign.id", "metrics.clicks")
    assert query.where == (
        Condition("segments.date", "BETWEEN", ("2026-10-01", "2026-10-31")),
        Condition("campaign.status", "!=", ("REMOVED",)),
        Condition("campaign.id", "IN", ("1", "2")),
        Condition("campaign.end_date_time", "IS NULL"),
    )
    assert query.order_by == (("metrics.clicks", True), ("campaign.id", False))
    assert query.limit == 10


def test_quotes_are_escaped_with_a_backslash():
    query = parse(r"SELECT campaign.id FROM campaign WHERE campaign.name = 'Mother\'s day'")
    assert query.where[0].values == ("Mother's day",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id ~ 1", "BAD_SYMBOL"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id 1", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN 1", "EXPECTED_LIST"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'x", "STRING_NOT_TERMINATED"),
        ("SELECT campaign.id FROM campaign ORDER campaign.id", "EXPECTED_BY"),
        ("SELECT campaign.id FROM campaign LIMIT x", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
        ("SELECT campaign.id FROM campaign nonsense", "UNEXPECTED_INPUT"),
    ],
)
def test_a_wrong_query_has_googles_own_code(text, code):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.code.startswith(code)
