from datetime import UTC, datetime

import pytest

from local.evaluate import TemplateError
from local.pumps import timetable

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)  # A Friday.


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("rate(1 minute)", "2026-11-20 12:01:30"),
        ("rate(5 minutes)", "2026-11-20 12:05:30"),
        ("rate(1 hour)", "2026-11-20 13:00:30"),
        ("rate(7 days)", "2026-11-27 12:00:30"),
        ("cron(* * * * ? *)", "2026-11-20 12:01:00"),
        ("cron(0/15 * * * ? *)", "2026-11-20 12:15:00"),
        ("cron(30 2 * * ? *)", "2026-11-21 02:30:00"),
        ("cron(0 8 ? * MON-FRI *)", "2026-11-23 08:00:00"),
        ("cron(0 8 ? * 1,7 *)", "2026-11-21 08:00:00"),
        ("cron(0 0 1 JAN,JUL ? *)", "2027-01-01 00:00:00"),
        ("cron(0 0 29 2 ? *)", "2028-02-29 00:00:00"),
        ("cron(59 23 31 12 ? 2030)", "2030-12-31 23:59:00"),
        ("cron(10-12/2,50 12 * * ? *)", "2026-11-20 12:10:00"),
    ],
)
def test_an_expression_says_when_it_first_fires(expression, first):
    times = timetable.read(expression, NOON.timestamp())
    found = datetime.fromtimestamp(times.after(NOON.timestamp()), UTC)
    assert f"{found:%Y-%m-%d %H:%M:%S}" == first


def test_each_firing_is_later_than_the_one_before():
    times = timetable.read("cron(0,30 9-10 ? * FRI *)", NOON.timestamp())
    instant, found = NOON.timestamp(), []
    for _ in range(5):
        instant = times.after(instant)
        found.append(f"{datetime.fromtimestamp(instant, UTC):%d %H:%M}")
    assert found == ["27 09:00", "27 09:30", "27 10:00", "27 10:30", "04 09:00"]


def test_a_rate_keeps_its_beat_however_late_it_is_asked():
    times = timetable.read("rate(10 minutes)", 0)
    assert [times.after(instant) for instant in (0, 599, 600, 6001)] == [600, 600, 1200, 6600]


def test_a_year_that_has_passed_never_comes_again():
    assert timetable.read("cron(0 0 1 1 ? 2020)", NOON.timestamp()).after(NOON.timestamp()) == float("inf")


@pytest.mark.parametrize(
    "expression",
    [
        "at(2026-12-01T00:00:00)",
        "rate(soon)",
        "cron(0 8 * * *)",
        "cron(0 8 * * * *)",
        "cron(0 8 ? * ? *)",
        "cron(0 8 L * ? *)",
        "cron(0 8 ? * 6#3 *)",
        "cron(60 8 * * ? *)",
        "cron(0 8 ? * XYZ *)",
        "cron(9-5 8 * * ? *)",
    ],
)
def test_an_expression_that_is_not_known_is_refused(expression):
    with pytest.raises(TemplateError):
        timetable.read(expression, 0)
