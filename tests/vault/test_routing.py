"""Finding a tenant by what a webhook carries."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from tests.support.people import Persona
from vault.models import RoutingEntry
from vault.routing import Route, add_route, find_route, remove_route
from vault.tenancy import enter_workspace


def test_a_known_key_leads_to_its_workspace_and_object(alice: Persona) -> None:
    target, item = uuid4(), f"item-{uuid4()}"
    with enter_workspace(alice.workspace.pk):
        add_route(kind="plaid_item", key=item, object_id=target)
    assert find_route(kind="plaid_item", key=item) == Route(alice.workspace.pk, target)
    assert find_route(kind="plaid_item", key=item + "x") is None
    assert find_route(kind="zoho", key=item) is None


def test_a_removed_key_leads_nowhere(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        add_route(kind="plaid_item", key="item-removed", object_id=uuid4())
        remove_route(kind="plaid_item", key="item-removed")
    assert find_route(kind="plaid_item", key="item-removed") is None


def test_a_key_that_another_workspace_has_cannot_be_taken_over(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        add_route(kind="plaid_item", key="item-taken", object_id=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic(), enter_workspace(mallory.workspace.pk):
        add_route(kind="plaid_item", key="item-taken", object_id=uuid4())


def test_the_table_shows_no_row_to_who_knows_no_key_and_holds_no_key(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        add_route(kind="plaid_item", key="item-plain", object_id=uuid4())
        digest = bytes(RoutingEntry.objects.get().digest)
    assert b"item-plain" not in digest
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vault_routingentry")
        assert cursor.fetchone() == (0,)


# R105
def test_a_new_routing_key_finds_what_was_routed_under_the_one_before(
    alice: Persona, mallory: Persona, settings: Settings
) -> None:
    before, target = settings.ROUTING_KEY, uuid4()
    with enter_workspace(alice.workspace.pk):
        add_route(kind="plaid_item", key="item-of-before", object_id=target)
    settings.ROUTING_KEY = "another-routing-key-" * 3
    assert find_route(kind="plaid_item", key="item-of-before") is None

    settings.ROUTING_KEY_FALLBACKS = (before,)
    assert find_route(kind="plaid_item", key="item-of-before") == Route(alice.workspace.pk, target)
    with enter_workspace(mallory.workspace.pk):
        add_route(kind="plaid_item", key="item-of-before", object_id=uuid4())
    assert find_route(kind="plaid_item", key="item-of-before") == Route(alice.workspace.pk, target)
    with enter_workspace(alice.workspace.pk):
        remove_route(kind="plaid_item", key="item-of-before")
    settings.ROUTING_KEY_FALLBACKS = ()
    assert find_route(kind="plaid_item", key="item-of-before") != Route(alice.workspace.pk, target)
