"""A sample company comes from the provider's sandbox over HTTP, in a workspace of its own, and only where there is a sandbox."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.conf import settings as current
from django.db import connections

from accounts.access import memberships_of, workspace_scope
from accounts.models import Workspace
from integrations.models import CallCount, Connection, LinkSession, LinkState
from integrations.samples import open_sample
from ledger.models import Transaction
from tests.integrations.faults import Answer, error, interpose
from tests.integrations.linked import TaskQueue, page_of
from tests.integrations.support import FIRST_HARBOR, Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

OFFER = "Try with a sample company</button>"
ADDRESS = "/workspaces/sample/"


@pytest.fixture
def bank(harbor: Sandbox, settings: "object") -> Sandbox:
    """The sandbox, one of whose banks is the sample."""
    setattr(settings, "PLAID", replace(current.PLAID, sample_institution=FIRST_HARBOR))  # noqa: B010 - not in its type
    return harbor


def samples_of(persona: Persona) -> list[Workspace]:
    return [one.workspace for one in memberships_of(persona.user) if one.workspace.name == "Sample company"]


def test_it_fills_a_workspace_of_its_own_over_http(alice: Persona, bank: Sandbox, queue: TaskQueue) -> None:
    with interpose(bank) as log:
        answer = alice.client.post(ADDRESS)
    assert log.paths() == ["/sandbox/public_token/create", "/item/public_token/exchange", "/accounts/get"]
    (sample,) = samples_of(alice)
    assert answer["Location"] == f"/w/{sample.slug}/start/"
    queue.work()
    with workspace_scope(sample.pk):
        (connection,) = Connection.objects.all()
        assert connection.facts.institution == "Sample bank"
        assert LinkSession.objects.get().state == LinkState.LINKED
        assert Transaction.objects.count() > 500
        assert not CallCount.objects.filter(writes__gt=0).exists()
    with workspace_scope(alice.workspace.pk):
        assert not Connection.objects.exists()
    page = alice.client.get(answer["Location"]).content.decode()
    assert "its figures are invented" in page
    assert OFFER not in page


def test_two_posts_at_the_same_moment_make_one(alice: Persona, bank: Sandbox, queue: TaskQueue) -> None:
    def post(_: int) -> None:
        try:
            open_sample(actor=alice.actor, owner=alice.user)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(post, range(2)))
    (sample,) = samples_of(alice)
    queue.work()
    with workspace_scope(sample.pk):
        assert Connection.objects.count() == 1


def test_a_second_time_leads_to_the_same_one(alice: Persona, bank: Sandbox, queue: TaskQueue) -> None:
    first = alice.client.post(ADDRESS)["Location"]
    with interpose(bank) as log:
        assert alice.client.post(ADDRESS)["Location"] == first
    assert log.requests == []
    assert len(samples_of(alice)) == 1


def test_each_person_has_their_own(alice: Persona, mallory: Persona, bank: Sandbox, queue: TaskQueue) -> None:
    assert alice.client.post(ADDRESS)["Location"] != mallory.client.post(ADDRESS)["Location"]


@pytest.mark.parametrize("path", ["sandbox__public_token__create", "item__public_token__exchange"])
def test_a_provider_that_is_away_is_said_and_the_next_attempt_goes_on(
    path: str, alice: Persona, bank: Sandbox, queue: TaskQueue
) -> None:
    away: list[Answer | None] = [error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]
    with interpose(bank, **{path: away}):
        answer = alice.client.post(ADDRESS, follow=True)
    assert b"could not be opened. The bank cannot be reached at the moment. Try again" in answer.content
    (sample,) = samples_of(alice)
    with workspace_scope(sample.pk):
        assert LinkSession.objects.get().state == LinkState.FAILED
    alice.client.post(ADDRESS)
    assert samples_of(alice) == [sample]
    with workspace_scope(sample.pk):
        assert Connection.objects.exists()


def test_access_that_was_given_is_not_lost_when_the_next_call_fails(
    alice: Persona, bank: Sandbox, queue: TaskQueue
) -> None:
    with interpose(bank, accounts__get=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        answer = alice.client.post(ADDRESS)
    (sample,) = samples_of(alice)
    assert answer["Location"] == f"/w/{sample.slug}/start/"
    with workspace_scope(sample.pk):
        assert LinkSession.objects.get().is_open


# Ruling 41: where banks are real ones there is no such thing, nor a way to it.
def test_it_is_offered_with_a_sandbox_alone(alice: Persona, bank: Sandbox, settings: "object") -> None:
    pages = [page_of(alice, "onboarding"), "/workspaces/new/"]
    assert all(OFFER in alice.client.get(page).content.decode() for page in pages)
    setattr(settings, "PLAID", replace(current.PLAID, sample_institution=""))  # noqa: B010
    assert not any(OFFER in alice.client.get(page).content.decode() for page in pages)
    with interpose(bank) as log:
        assert alice.client.post(ADDRESS).status_code == 404
    assert log.requests == []
    assert samples_of(alice) == []


def test_it_is_a_deed_and_not_a_page(alice: Persona) -> None:
    assert alice.client.get(ADDRESS).status_code == 405
