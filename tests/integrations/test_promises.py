"""What links, disconnections, webhooks and mails promise, the database keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import (
    Alert,
    AlertKind,
    AlertState,
    Connection,
    ItemFacts,
    LinkSession,
    LinkState,
    ReceiptState,
    WebhookReceipt,
)
from integrations.problems import State
from integrations.providers.secret import Secret
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

FACTS, TOKEN = ItemFacts("item-1", "First Harbor"), Secret("access-1")


@pytest.fixture(autouse=True)
def inside(alice: Persona) -> Iterator[None]:
    with workspace_scope(alice.workspace.pk):
        yield


@contextmanager
def refused(name: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        yield


def open_visit() -> LinkSession:
    """A person at the bank's page."""
    now = timezone.now()
    return LinkSession.objects.create(
        user_id=uuid4(), state=LinkState.OPEN, link_token=Secret("link-1"), expires_at=now, due_at=now
    )


@pytest.mark.parametrize(
    "missing", [{"due_at": None}, {"expires_at": None}, {"link_token": None}], ids=["time", "end", "token"]
)
def test_an_open_visit_is_looked_at_and_can_be(missing: dict[str, Any]) -> None:
    visit = open_visit()
    for name, value in missing.items():
        setattr(visit, name, value)
    with refused("secrets_while_open"):
        visit.save()


def test_what_a_visit_was_given_takes_the_place_of_its_link_token() -> None:
    visit = open_visit()
    visit.state, visit.link_token, visit.access_token = LinkState.FINISHING, None, TOKEN
    with refused("secrets_while_open"):
        visit.save()
    visit.facts = FACTS
    visit.save()


@pytest.mark.parametrize("left", ["link_token", "access_token", "facts", "due_at"])
def test_nothing_secret_stays_with_a_visit_that_is_over(left: str) -> None:
    visit = open_visit()
    given = {"link_token": visit.link_token, "access_token": TOKEN, "facts": FACTS, "due_at": visit.due_at}
    for name, value in given.items():
        setattr(visit, name, value if name == left else None)
    visit.state = LinkState.LINKED
    with refused("secrets_while_open"):
        visit.save()
    setattr(visit, left, None)
    visit.save()


def test_a_connection_is_disconnected_since_some_time_and_never_due() -> None:
    connection = Connection.objects.create(facts=FACTS)
    connection.state = State.DISCONNECTED
    with refused("disconnected_since"):
        connection.save()
    connection.disconnected_at = connection.due_at = timezone.now()
    with refused("disconnected_since"):
        connection.save()
    connection.due_at = None
    connection.save()
    connection.state = State.CONNECTED
    with refused("disconnected_since"):
        connection.save()


# Receipts that are handled are forgotten by when they were: one without it would stay for ever.
def test_a_webhook_was_handled_at_some_time() -> None:
    receipt = WebhookReceipt.objects.create(
        provider="plaid", code="ERROR", object_id=uuid4(), digest=b"1", body=b"{}", due_at=timezone.now()
    )
    receipt.state = ReceiptState.HANDLED
    with refused("handled_at"):
        receipt.save()
    receipt.handled_at = timezone.now() - timedelta(seconds=1)
    receipt.save()
    receipt.state = ReceiptState.RECEIVED
    with refused("handled_at"):
        receipt.save()


# Who was told less than a day ago is found by when the mail was sent.
def test_a_mail_was_sent_at_some_time() -> None:
    alert = Alert.objects.create(
        connection=Connection.objects.create(facts=FACTS),
        user_id=uuid4(),
        kind=AlertKind.NEEDED,
        due_at=timezone.now(),
    )
    alert.state, alert.due_at = AlertState.SENT, None
    with refused("sent_at"):
        alert.save()
    alert.sent_at = timezone.now()
    alert.save()
    alert.state = AlertState.DROPPED
    with refused("sent_at"):
        alert.save()
