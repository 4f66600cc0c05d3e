"""One clock on every page, not Django's 4:05 p.m. beside 16:05."""

import datetime as dt

from django.utils.formats import date_format, time_format

AFTERNOON = dt.datetime(2026, 11, 28, 16, 5)  # noqa: DTZ001


def test_times_are_written_as_on_a_railway_timetable() -> None:
    assert date_format(AFTERNOON, "DATETIME_FORMAT") == "28 Nov 2026, 16:05"
    assert time_format(AFTERNOON.time(), "TIME_FORMAT") == "16:05"
