"""The base of the tests keeps its own promises."""

import socket

import pytest
import requests
from django.db import transaction
from django.test import TransactionTestCase

from tests.support.client import ScopeLeft
from tests.support.network import NetworkIsClosed
from tests.support.people import Persona
from vault.tenancy import enter_workspace


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(NetworkIsClosed):
        requests.get("https://plaid.com/", timeout=1)
    with socket.socket() as opened, pytest.raises(NetworkIsClosed):
        opened.connect(("192.0.2.1", 443))


def test_this_machine_is_reached(sandbox: str) -> None:
    assert requests.get(f"{sandbox}/healthz", timeout=5).status_code == 200


@pytest.mark.django_db
def test_a_request_does_not_start_inside_a_scope_that_was_left_behind(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk), pytest.raises(ScopeLeft):
        alice.client.get("/healthz")
    assert alice.client.get("/healthz").status_code == 200


# Ruling 35: the web role could not truncate, and must not be able to.
@pytest.mark.django_db(transaction=True)
def test_nothing_is_flushed(alice: Persona) -> None:
    teardown = getattr(TransactionTestCase, "_fixture_teardown")  # noqa: B009 - not in its published types
    teardown(TransactionTestCase())

    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        alice.workspace.refresh_from_db()
