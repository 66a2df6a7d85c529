"""Does somebody's birthday let him in, and nobody whose day is near?"""

import pytest

from tasks.run import Run
from tasks.steps.automation import Automation
from tasks.steps.opening import brand_library

from .mail_brand import BIRTHDAY, NOW, customer, opened


@pytest.mark.parametrize(
    ("days", "came"),
    [(["1984-11-02", "1990-11-03", "1990-10-29"], 1), (["1990-11-03"], 0), (["1984-11-02"], 1)],
)
def test_whose_day_it_is_comes_in(tmp_path, sqlite_template, monkeypatch, days, came):
    brand = opened(tmp_path, sqlite_template, monkeypatch)
    brand.people(*(customer(f"p{n}", fields={"birthday": day}) for n, day in enumerate(days)))
    brand.write("sequences/birthday.yaml", BIRTHDAY)
    assert brand.call("mail", "approve", "sequence", "birthday", "--yes").exit_code == 0
    run = Run("r", "acme", "marketing_automation", NOW.date(), NOW, ())
    with brand.warehouse() as warehouse:
        assert Automation(warehouse, brand_library("acme"), run, NOW).let_in() == came
