"""Each day's reading of a list is kept, the last one of the day."""

from dataclasses import replace
from datetime import date

from connectors.warehouse.customer_lists import ListReading
from tests.mail_people import save_sender

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def test_the_last_reading_of_a_day_counts(warehouse):
    key = save_sender(warehouse)
    first = ListReading(key, FRIDAY, 100, 0, 2, 1)
    later = replace(first, seen=90, missing=10)
    saturday = replace(first, date_day=SATURDAY, missing=None)
    for reading in (first, saturday, later):
        warehouse.save_list_reading(reading)
    assert warehouse.list_readings([key], FRIDAY) == [later, saturday]
    assert warehouse.list_readings([key], SATURDAY) == [saturday]
    assert warehouse.list_readings([key + 1], FRIDAY) == []
