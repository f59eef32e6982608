"""The table of limits: every row counts what it says, and every route that a stranger may change something by has one.

R62-R66.
"""

from secrets import token_hex

import pytest
from django.urls import resolve

from accounts.limits import ACCOUNTS
from config.counting import give_back, take
from config.limits import TABLE, Counts, Limit, Scope, by_route, find_limit
from tests.support.limits import let_pass, redis_client
from tests.support.limits_page import draw_table, read_table
from tests.support.routes import Route, list_routes

BY_ACCOUNT = (Scope.ACCOUNT, Scope.ACCOUNT_AND_ADDRESS)
# What strangers may ask for without a limit of its own: it shows something, or ends their own session.
ONLY_THE_FLOOR = {
    "accounts:home",
    "accounts:invitation",
    "account_inactive",
    "account_logout",
    "account_password_reset_completed",
    "audit_keys",
    "healthz",
    "readyz",
    "security_txt",
}


def counted(limit: Limit, times: int, subject: str) -> list[bool]:
    """Whether each of so many requests is let through."""
    counts = [take(limit, subject) for _ in range(times)]
    return [count is not None and not count.is_refused for count in counts]


@pytest.mark.parametrize("limit", TABLE, ids=lambda limit: limit.name)
def test_one_more_than_the_count_is_refused_and_the_window_slides(limit: Limit) -> None:
    somebody, somebody_else = token_hex(6), token_hex(6)
    half = limit.count // 2

    assert all(counted(limit, half, somebody))
    let_pass(limit.seconds * 0.6)
    assert counted(limit, limit.count - half + 1, somebody) == [True] * (limit.count - half) + [False]
    assert counted(limit, 1, somebody_else) == [True]
    # Of a window that slides only the first half is over now; one that is fixed would let all through again.
    let_pass(limit.seconds * 0.5)
    assert counted(limit, half + 1, somebody) == [True] * half + [False]


def test_it_is_said_how_many_are_left_and_when_there_is_one_more() -> None:
    limit = find_limit("sign_up")
    first, second = take(limit, "somebody"), take(limit, "somebody")
    assert first is not None
    assert second is not None
    assert (first.remaining, second.remaining) == (4, 3)

    let_pass(600)
    for _ in range(3):
        take(limit, "somebody")
    refused = take(limit, "somebody")
    assert refused is not None
    assert refused.is_refused
    assert refused.remaining == 0
    # The first was taken ten minutes ago, and fifteen are the window.
    assert 0 < refused.seconds_to_wait <= 300


def test_what_is_given_back_did_not_count() -> None:
    limit = find_limit("password")
    for _ in range(20):
        count = take(limit, "somebody")
        assert count is not None
        assert not count.is_refused
        assert give_back(count).remaining == limit.count


def test_a_refusal_does_not_prolong_the_wait() -> None:
    limit = find_limit("password")
    counted(limit, 5, "somebody")
    let_pass(limit.seconds - 10)
    assert counted(limit, 30, "somebody") == [False] * 30
    let_pass(11)
    assert counted(limit, 5, "somebody") == [True] * 5


def test_redis_holds_no_account_and_no_address() -> None:
    for limit in TABLE:
        take(limit, "ines@example.test\x00198.51.100.7")
    keys = [key.decode() for key in redis_client().keys("*")]

    assert len(keys) == len(TABLE)
    assert not [key for key in keys if "ines" in key or "198.51" in key]


def test_names_are_said_once_and_say_which_is_meant() -> None:
    names = [limit.name for limit in TABLE]
    assert len(names) == len(set(names))


def test_each_route_of_the_table_is_there() -> None:
    there = {name_of(route) for route in list_routes()}
    named = {name for limit in TABLE for name in limit.routes}

    assert {name for name in named if not name.endswith("*")} <= there
    for family in (name for name in named if name.endswith(":*")):
        assert any(name.startswith(family.removesuffix("*")) for name in there)


def test_each_route_that_counts_by_account_knows_whose() -> None:
    counting = {name for limit in TABLE if limit.scope in BY_ACCOUNT for name in limit.routes}
    assert counting == set(ACCOUNTS)


# R62: at least eight; R65: five in fifteen minutes, or twenty in an hour.
def test_addresses_are_held_to_limits_on_more_than_eight_routes() -> None:
    limits = [limit for limit in TABLE if limit.scope is Scope.ADDRESS]
    assert len({name for limit in limits for name in limit.routes}) >= 8
    programs = {"webhook", "stripe_webhook", "csp_reports", "cron"}
    at_the_door = [limit for limit in limits if limit.name not in programs]
    assert {(limit.count, limit.seconds) for limit in at_the_door} == {(20, 3600)}


def test_every_route_that_is_open_to_strangers_has_a_limit_or_changes_nothing() -> None:
    limited = set(by_route(TABLE))
    found = {name_of(route) for route in list_routes() if is_open(route)}

    assert "account_login" in found
    assert found - limited == ONLY_THE_FLOOR


def test_what_only_fails_is_counted_where_a_secret_is_guessed() -> None:
    guessed = {name for limit in TABLE if limit.counts is Counts.FAILURES for name in limit.routes}
    assert {"account_login", "account_second_factor", "accounts:confirm"} <= guessed


def name_of(route: Route) -> str:
    return resolve(route.address()).view_name


def is_open(route: Route) -> bool:
    return route.access is not None and route.access.kind in {"public", "webhook"}


def test_the_page_about_limits_says_what_the_table_says() -> None:
    assert read_table() == draw_table()
