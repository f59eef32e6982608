"""What alerts wait for is recorded where it happens: forged webhooks, and the self-test of redaction. R121."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from config import redaction_check
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.alerts import selftest
from vault.tenancy import SITE_ID

# The worker of other tests in this process must not send what is counted here.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.usefixtures("queue"),
]
FORGED = "integrations.webhook.refused"
# {"alg":"ES256","kid":"nobody-knows-it"}, {}, and no signature of anybody's.
TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vYm9keS1rbm93cy1pdCIsInR5cCI6IkpXVCJ9.e30.AAAA"


def count(action: str) -> int:
    with workspace_scope(SITE_ID):
        return Event.objects.filter(action=action).count()


def post(token: str) -> int:
    headers = {"Plaid-Verification": token} if token else {}
    return int(Client(headers=headers).post("/webhooks/plaid/", b"{}", content_type="application/json").status_code)


def test_a_forged_webhook_is_told_apart_from_one_without_a_token() -> None:
    forged, refused = count(FORGED), count("accounts.access.refused")

    assert post("") == 400
    assert (count(FORGED), count("accounts.access.refused")) == (forged, refused + 1)
    assert post(TOKEN) == 401
    assert (count(FORGED), count("accounts.access.refused")) == (forged + 1, refused + 1)


def test_a_stranger_fills_no_log_with_forged_webhooks() -> None:
    forged = count(FORGED)
    for _ in range(5):
        post(TOKEN)
    assert count(FORGED) == forged + 1

    # As if a minute had passed.
    cache.clear()
    post(TOKEN)
    assert count(FORGED) == forged + 2


@contextmanager
def own_handlers_alone() -> Iterator[None]:
    """Without those of pytest, which keep what is written as it is."""
    root = logging.getLogger()
    foreign = [handler for handler in root.handlers if type(handler).__module__.startswith("_pytest")]
    for handler in foreign:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in foreign:
            root.addHandler(handler)


def test_a_self_test_that_finds_nothing_records_nothing() -> None:
    before = count("trust.redaction.failed")
    with own_handlers_alone():
        selftest.check_redaction()
    assert count("trust.redaction.failed") == before


def test_a_redaction_that_lets_something_through_is_an_event_and_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    catch_up()
    monkeypatch.setattr(redaction_check, "clean_event", lambda event, _: event)
    with own_handlers_alone():
        selftest.check_redaction()
    follow()

    with workspace_scope(SITE_ID):
        event = Event.objects.filter(action="trust.redaction.failed").order_by("-occurred_at").first()
        assert event is not None
        detail: dict[str, Any] = open_detail(event)
    assert detail["leaks"] > 0
    assert str(detail["first"]).endswith("in a report to Sentry")
    assert any(alert.last_event_id == event.pk for alert in alerts_in(SITE_ID, "redaction_failed"))
