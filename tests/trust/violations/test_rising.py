"""Many reports of one route and directive in an hour are an event of the site, once a day, and alert operators. R72, R121."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.violations.actions import note_violations
from trust.violations.models import Violation
from trust.violations.reading import Kind
from trust.violations.rising import MOST_IN_AN_HOUR
from vault.tenancy import SITE_ID

# The worker of other tests in this process must not send what is counted here.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.fixture
def route() -> str:
    return f"r-{uuid4()}"


def report(route: str, times: int, directive: str = "script-src-elem", blocked: str = "inline") -> None:
    note_violations([Kind(route, directive, blocked)] * times)


def told(route: str) -> list[dict[str, object]]:
    with workspace_scope(SITE_ID):
        details = [open_detail(event) for event in Event.objects.filter(action="trust.policy.violated")]
    return [detail for detail in details if detail.get("route") == route]


def test_as_many_as_may_be_are_none_and_one_more_is_told_once(route: str) -> None:
    report(route, MOST_IN_AN_HOUR)
    assert told(route) == []
    report(route, 1)
    report(route, 50)
    # Route and directive, and nothing that whoever sent it has chosen.
    assert told(route) == [{"route": route, "directive": "script-src-elem"}]


def test_whatever_was_blocked_counts_together_and_another_directive_apart(route: str) -> None:
    report(route, MOST_IN_AN_HOUR - 10, blocked="one.example")
    report(route, 10, directive="img-src")
    assert told(route) == []
    report(route, 11, blocked="another.example")
    assert [detail["directive"] for detail in told(route)] == ["script-src-elem"]


def test_after_an_hour_and_a_day_it_is_told_again(route: str) -> None:
    report(route, MOST_IN_AN_HOUR + 1)
    # As if an hour had passed: the count is another one, and what was told holds for the day.
    cache.delete(f"violations:{route}:script-src-elem")
    report(route, MOST_IN_AN_HOUR + 1)
    assert len(told(route)) == 1
    cache.delete(f"violations-told:{route}:script-src-elem")
    report(route, 1)
    assert len(told(route)) == 2


def test_operators_are_alerted(route: str) -> None:
    catch_up()
    before = timezone.now()
    report(route, MOST_IN_AN_HOUR + 1)
    follow()
    assert any(alert.last_at > before for alert in alerts_in(SITE_ID, "violations_rising"))


def test_what_browsers_send_is_counted(route: str) -> None:
    body = {"documentURL": "http://testserver/accounts/login/", "effectiveDirective": "font-src", "blockedURL": "data"}
    cache.delete("violations:account_login:font-src")
    cache.delete("violations-told:account_login:font-src")
    before = len(told("account_login"))
    for _ in range(MOST_IN_AN_HOUR // 20 + 1):
        reports: Any = [{"type": "csp-violation", "body": body}] * 20
        assert Client().post("/csp-reports/", reports, content_type="application/json").status_code == 204
    assert len(told("account_login")) == before + 1


def test_without_the_cache_reports_are_kept_and_nothing_rises(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RedisError

    monkeypatch.setattr(cache, "add", refuse)
    report(route, MOST_IN_AN_HOUR + 1)
    assert told(route) == []
    assert Violation.objects.get(route=route).count == MOST_IN_AN_HOUR + 1
