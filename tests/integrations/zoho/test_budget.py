"""All workers share an organisation's calls of the minute and of the day, and none of them waits."""

import threading
from datetime import timedelta
from secrets import token_hex

import pytest
import redis
from django.conf import settings

from integrations import zoho_budget
from integrations.providers.zoho_errors import MustWait
from integrations.sync.zoho import pace
from integrations.zoho_budget import Left, note, pause, read_left, spend


@pytest.fixture
def organization() -> str:
    return f"1{token_hex(6)}"


def taken(organization: str, most: int = 1000) -> int:
    """How many calls are to be had now."""
    for count in range(most):
        try:
            spend(organization)
        except MustWait:
            return count
    return most


def test_a_minute_has_a_hundred_calls_less_a_tenth_for_others(organization: str) -> None:
    assert taken(organization) == 90
    with pytest.raises(MustWait) as waiting:
        spend(organization)
    assert 50 <= (waiting.value.retry_after or 0) <= 60


def test_one_organisation_does_not_spend_anothers_calls(organization: str) -> None:
    taken(organization)
    spend(f"{organization}9")


def test_workers_at_the_same_time_share_the_minute(organization: str) -> None:
    had: list[int] = []
    workers = [threading.Thread(target=lambda: had.append(taken(organization))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(had) == 90


def test_calls_are_free_again_when_their_minute_is_over(organization: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoho_budget, "WINDOW_SECONDS", 0.4)
    monkeypatch.setattr(zoho_budget, "CALLS", 4)
    assert taken(organization) == 4
    threading.Event().wait(0.5)
    assert taken(organization) == 4


def test_a_pause_holds_everybody_and_is_never_shortened(organization: str) -> None:
    pause(organization, 300)
    pause(organization, 20)
    with pytest.raises(MustWait) as waiting:
        spend(organization)
    assert 290 <= (waiting.value.retry_after or 0) <= 300
    pause(organization, 900)
    with pytest.raises(MustWait) as longer:
        spend(organization)
    assert (longer.value.retry_after or 0) > 800


@pytest.mark.parametrize(
    ("remaining", "limit", "stops"), [(101, 1000, False), (100, 1000, True), (0, 1000, True), (201, 2000, False)]
)
def test_a_tenth_of_the_day_is_left_to_others(organization: str, remaining: int, limit: int, stops: bool) -> None:
    note(organization, remaining, 7200, limit)
    if stops:
        with pytest.raises(MustWait) as waiting:
            spend(organization)
        assert 7190 <= (waiting.value.retry_after or 0) <= 7200
    else:
        spend(organization)


def test_where_no_limit_is_told_the_most_that_was_left_stands_for_it(organization: str) -> None:
    note(organization, 1000, 7200)
    note(organization, 101, 7100)
    spend(organization)
    note(organization, 100, 7100)
    with pytest.raises(MustWait):
        spend(organization)


def test_an_answer_that_says_nothing_of_the_day_changes_nothing(organization: str) -> None:
    note(organization, None, None)
    note(organization, 5, None)
    assert read_left(organization) is None
    spend(organization)


def test_nothing_in_redis_names_the_organisation(organization: str) -> None:
    spend(organization)
    note(organization, 500, 7200, 1000)
    pause(organization, 30)
    with redis.Redis.from_url(str(settings.CACHES["default"]["LOCATION"]), decode_responses=True) as client:
        keys = list(client.scan_iter("zoho:*"))
        client.set(f"zoho:probe:{organization}", 1, ex=5)
        assert any(organization in key for key in client.scan_iter("zoho:*"))
    assert len([key for key in keys if key.startswith(("zoho:minute", "zoho:day", "zoho:pause"))]) >= 3
    assert not any(organization in key for key in keys)


def test_what_is_left_of_the_day_sets_the_pace(organization: str) -> None:
    note(organization, 900, 7200, 1000)
    assert read_left(organization) == Left(800, 7200)
    assert pace.until_next(40, None) == timedelta(minutes=30)
    assert pace.until_next(40, Left(800, 3600)) == timedelta(minutes=30)
    assert pace.until_next(40, Left(80, 36000)) == timedelta(hours=5)
    assert pace.until_next(400, Left(80, 36000)) == timedelta(hours=10)
    assert pace.until_next(40, Left(0, 36000)) == timedelta(hours=10)
