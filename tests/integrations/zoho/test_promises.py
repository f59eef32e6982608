"""What grants, visits and removals promise, the database keeps."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import GrantVisit, ItemRemoval, Offers, OrganizationFacts, VisitState, ZohoGrant
from integrations.providers.secret import Secret
from tests.integrations.linked import TaskQueue
from tests.integrations.sandbox.zoho_reader import BULK, EUROPE
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import Company
from tests.integrations.zoho.visits import start_visit
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def refused(name: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        yield


def test_offers_are_there_while_a_person_chooses_and_at_no_other_time(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    visit = start_visit(alice, EUROPE, BULK)
    offers = Offers((OrganizationFacts(EUROPE, "Cedarline", "EUR"),))
    with workspace_scope(alice.workspace.pk):
        found = GrantVisit.objects.get(pk=visit.pk)
        found.offers = offers
        with refused("offers_while_choosing"):
            found.save()
    queue.work(1)
    with workspace_scope(alice.workspace.pk):
        found = GrantVisit.objects.get(pk=visit.pk)
        assert found.state == VisitState.CHOOSING
        assert found.offers is not None
        found.offers = offers
        found.save()
        found.offers = None
        with refused("offers_while_choosing"):
            found.save()


def test_an_access_token_has_its_time_and_the_grant_that_it_was_made_of(company: Company) -> None:
    with company.inside() as connection:
        grant = ZohoGrant.objects.get(connection=connection)
        grant.access_token, grant.access_expires_at = Secret("access-1"), None
        with refused("tokens_together"):
            grant.save()
        grant.access_expires_at = timezone.now()
        grant.save()
        grant.refresh_token = None
        with refused("tokens_together"):
            grant.save()
        grant.access_token = grant.access_expires_at = None
        grant.save()


@pytest.mark.parametrize(
    ("provider", "location", "is_kept"),
    [("plaid", "", True), ("zoho", "eu", True), ("plaid", "eu", False), ("zoho", "", False), ("other", "eu", False)],
)
def test_what_is_to_be_ended_says_where(alice: Persona, provider: str, location: str, is_kept: bool) -> None:
    removal = ItemRemoval(provider=provider, location=location, access_token=Secret("t"), due_at=timezone.now())
    with workspace_scope(alice.workspace.pk):
        if is_kept:
            removal.save()
        else:
            with refused("itemremoval_place"):
                removal.save()
