from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from config.moments import name_age, name_day_and_time, name_moment

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (12, "12 min ago"), (60, "1 h ago"), (47 * 60, "47 h ago"), (72 * 60, "3 days ago")],
)
def test_ages_are_said_as_people_say_them(minutes: int, words: str) -> None:
    assert name_age(NOW - timedelta(minutes=minutes), NOW) == words


def test_a_moment_of_today_is_its_time_and_any_other_has_its_day() -> None:
    assert name_moment(NOW, NOW) == "09:30 UTC"
    assert name_moment(NOW - timedelta(days=1), NOW) == "20 Nov 09:30 UTC"
    assert name_day_and_time(NOW) == "21 Nov 2026, 09:30 UTC"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Madrid", "21 Nov 2026, 10:30 CET"),
        ("America/Los_Angeles", "21 Nov 2026, 01:30 PST"),
        ("Asia/Kathmandu", "21 Nov 2026, 15:15 UTC+05:45"),
        ("America/Sao_Paulo", "21 Nov 2026, 06:30 UTC−03:00"),
    ],
)
def test_times_are_those_of_the_person_and_name_their_zone(zone: str, words: str) -> None:
    with timezone.override(zone):
        assert name_day_and_time(NOW) == words


def test_whether_a_moment_was_today_is_asked_where_the_person_is() -> None:
    with timezone.override("Pacific/Auckland"):
        assert name_moment(NOW - timedelta(hours=12), NOW) == "10:30 NZDT"
    with timezone.override("America/Los_Angeles"):
        assert name_moment(NOW - timedelta(hours=2), NOW) == "20 Nov 23:30 PST"
