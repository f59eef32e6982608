"""Connecting books through the pages: to Zoho's consent page and back, and what comes of it. R11, R49, R78, R79."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.access import workspace_scope
from accounts.permissions import Role
from audit.models import Event
from integrations.models import Connection, GrantVisit, ItemRemoval, SyncRun
from integrations.queues import END_ITEM, FINISH_GRANT, RUN_SYNC
from integrations.zoho_scopes import SCOPES
from tests.integrations.linked import TaskQueue, opened, page_of
from tests.integrations.sandbox.zoho_reader import BULK, EUROPE
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import watching
from tests.integrations.zoho.visits import (
    actions_of,
    come_back,
    connections_of,
    grant_books,
    grant_of,
    leave_for_zoho,
    start_visit,
    visit_of,
)
from tests.support.connections import make_connection
from tests.support.people import Persona, make_member
from tests.support.plans import change_plan

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

TOO_WIDE = " ".join([*SCOPES, "ZohoBooks.invoices.CREATE"])


def shown(persona: Persona, visit: GrantVisit) -> str:
    return persona.client.get(page_of(persona, "grant", visit_id=visit.pk), follow=True).content.decode()


def test_a_person_connects_books_and_sees_them(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    assert "Asking Zoho what you allowed" in shown(alice, visit)
    queue.work(1)
    page = shown(alice, visit)
    assert "Cedarline Europe GmbH is connected. Its books come in by themselves." in page
    (connection,) = connections_of(alice)
    with opened(alice, connection) as now:
        assert (now.provider, now.state, now.access_token) == ("zoho", "connected", None)
        assert (now.facts.item_id, now.facts.institution) == (EUROPE, "Cedarline Europe GmbH")
    grant = grant_of(alice, connection)
    assert grant.organization.base_currency == "EUR"
    assert set(grant.scopes.split()) == set(SCOPES)
    assert grant.refresh_token is not None
    assert grant.access_expires_at is not None
    assert grant.access_expires_at - timezone.now() <= timedelta(minutes=55)
    assert queue.work(1) == [RUN_SYNC]
    cards = alice.client.get(page_of(alice, "connections")).content.decode()
    for words in ("Cedarline Europe GmbH", "Zoho Books", "May be read, and never written", "Invoices", "Base currency"):
        assert words in cards, words
    assert "What we asked of Zoho" in cards
    assert "<strong>0</strong> of them could change anything in the books" in cards
    assert "/oauth/v2/token" in cards


def test_what_is_asked_for_is_reading_with_a_proof_that_only_we_can_give(alice: Persona, zoho: Sandbox) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave_for_zoho(alice)).query).items()}
    assert all(scope.endswith(".READ") for scope in asked["scope"].split(","))
    assert set(asked["scope"].split(",")) == set(SCOPES)
    assert (asked["access_type"], asked["prompt"], asked["code_challenge_method"]) == ("offline", "consent", "S256")
    assert asked["redirect_uri"] == "http://testserver/oauth/zoho/"
    assert len(asked["state"]) >= 43
    # Without the verifier, which stays here, the code is worth nothing.
    assert len(asked["code_challenge"]) == 43


def test_granting_is_on_record_under_the_person(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    connection = grant_books(alice, queue)
    steps = ["requested", "received", "exchanged"]
    assert [f"integrations.grant.{step}" for step in steps] == [
        action for action in actions_of(alice) if action.startswith("integrations.grant.")
    ]
    with workspace_scope(alice.workspace.pk):
        event = Event.objects.get(action="integrations.connection.created")
        assert (event.actor_id, event.target_id) == (alice.user.pk, connection.pk)


def test_where_there_are_several_organisations_one_is_chosen(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice, EUROPE, BULK)
    queue.work()
    assert connections_of(alice) == []
    page = shown(alice, visit)
    assert "Which organisation?" in page
    assert page.count('name="organization"') == 2
    choice = page_of(alice, "create_choice", visit_id=visit.pk)
    wrong = alice.client.post(choice, {"organization": "999"}, follow=True).content.decode()
    assert "cannot be chosen any more" in wrong
    assert connections_of(alice) == []
    done = alice.client.post(choice, {"organization": BULK}, follow=True).content.decode()
    assert "Bulk Books" in done
    (connection,) = connections_of(alice)
    assert grant_of(alice, connection).organization.organization_id == BULK
    # A second click, or a second tab, changes nothing and is no trouble.
    again = alice.client.post(choice, {"organization": EUROPE}, follow=True).content.decode()
    assert len(connections_of(alice)) == 1
    assert "Bulk Books" in again
    assert "cannot be chosen any more" not in again
    with workspace_scope(alice.workspace.pk):
        now = GrantVisit.objects.get(pk=visit.pk)
        assert (now.state, now.offers, now.refresh_token, now.access_token) == ("connected", None, None, None)


def test_a_choice_that_is_not_made_in_time_gives_everything_back(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    visit = start_visit(alice, EUROPE, BULK)
    queue.work()
    with workspace_scope(alice.workspace.pk):
        past = timezone.now() - timedelta(seconds=1)
        GrantVisit.objects.filter(pk=visit.pk).update(expires_at=past, due_at=past)
    choice = page_of(alice, "create_choice", visit_id=visit.pk)
    alice.client.post(choice, {"organization": BULK})
    assert queue.sweep(alice) == [FINISH_GRANT]
    assert "open for more than ten minutes" in shown(alice, visit)
    with watching(zoho) as seen:
        assert queue.work() == [END_ITEM]
    assert seen.paths("POST") == ["/zoho/oauth/v2/token/revoke"]
    assert connections_of(alice) == []


# The scopes on the consent page were widened, as a person can by editing the address.
def test_a_grant_that_is_too_wide_is_refused_revoked_and_explained(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    visit = start_visit(alice, scopes=TOO_WIDE)
    with watching(zoho) as seen:
        assert queue.work() == [FINISH_GRANT, END_ITEM]
    assert seen.paths("POST") == ["/zoho/oauth/v2/token", "/zoho/oauth/v2/token/revoke"]
    assert seen.data() == []
    assert "gave more than the right to read, so it was given back" in shown(alice, visit)
    assert connections_of(alice) == []
    with workspace_scope(alice.workspace.pk):
        now = GrantVisit.objects.get(pk=visit.pk)
        assert (now.state, now.refresh_token, now.access_token) == ("refused", None, None)
        assert ItemRemoval.objects.get().state == "done"
        event = Event.objects.get(action="integrations.grant.refused")
        assert (event.outcome, event.actor_id) == ("refused", alice.user.pk)
    grants = zoho.world.store.all("SELECT revoked_at FROM zoho_grant")
    assert [row["revoked_at"] is not None for row in grants] == [True]


def test_a_grant_of_less_is_kept_and_said(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    less = " ".join(scope for scope in SCOPES if "bills" not in scope)
    grant_books(alice, queue, scopes=less)
    queue.discard()
    page = alice.client.get(page_of(alice, "connections")).content.decode()
    assert "Not allowed, so not read: Bills." in page


def test_lists_that_zoho_refuses_are_named_with_what_helps(
    alice: Persona, bob: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    connection = grant_books(alice, queue)
    for path in ("/invoices", "/chartofaccounts/transactions"):
        zoho.switch("scope_missing", f"/zoho/books/v3{path}", times=0)
    refused = "Zoho does not let us read what was allowed: Invoices, General ledger."
    assert refused not in alice.client.get(page_of(alice, "connections")).content.decode()
    queue.work()
    page = alice.client.get(page_of(alice, "connections")).content.decode()
    assert refused in page
    assert "have somebody who may see it allow access again" in page
    again = page_of(alice, "create_regrant", connection_id=connection.pk)
    assert f'action="{again}"' in page
    # Who may not manage connections reads it, and has no button.
    others = bob.client.get(page_of(alice, "connections")).content.decode()
    assert refused in others
    assert f'action="{again}"' not in others
    zoho.clear_switches()
    alice.client.get(come_back(leave_for_zoho(alice, connection)))
    queue.work(1)
    assert refused not in alice.client.get(page_of(alice, "connections")).content.decode()
    queue.work()
    assert "does not let us read" not in alice.client.get(page_of(alice, "connections")).content.decode()


def test_without_the_right_to_see_organisations_nothing_is_connected(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    visit = start_visit(alice, scopes="ZohoBooks.invoices.READ")
    assert queue.work() == [FINISH_GRANT, END_ITEM]
    assert "does not let us see the organisations" in shown(alice, visit)
    assert connections_of(alice) == []


def test_a_person_who_rejects_has_changed_nothing(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    way_back = come_back(leave_for_zoho(alice), decision="reject")
    page = alice.client.get(way_back, follow=True).content.decode()
    assert "You came back without allowing anything" in page
    assert queue.work() == []
    assert visit_of(alice).state == "left"


def test_a_visit_that_never_comes_back_expires(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    leave_for_zoho(alice)
    visit = visit_of(alice)
    with workspace_scope(alice.workspace.pk):
        past = timezone.now() - timedelta(seconds=1)
        GrantVisit.objects.filter(pk=visit.pk).update(expires_at=past, due_at=past)
    assert queue.sweep(alice) == [FINISH_GRANT]
    now = visit_of(alice)
    assert (now.state, now.verifier) == ("expired", None)


def test_zoho_away_for_a_moment_costs_a_moment(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    zoho.switch("server_error", "/zoho/oauth/v2/token")
    zoho.switch("html", "/zoho/books/v3/organizations")
    for _ in range(3):
        with workspace_scope(alice.workspace.pk):
            GrantVisit.objects.filter(pk=visit.pk, state="received").update(due_at=timezone.now())
        queue.run(FINISH_GRANT, str(alice.workspace.pk), str(visit.pk))
    assert visit_of(alice).state == "connected"
    assert zoho.served() == 2


def test_zoho_away_for_longer_than_a_code_lives_ends_the_visit(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    zoho.switch("server_error", "/zoho/oauth/v2/token", times=0)
    with workspace_scope(alice.workspace.pk):
        GrantVisit.objects.filter(pk=visit.pk).update(received_at=timezone.now() - timedelta(seconds=61))
    queue.work(1)
    assert "could not be reached in time" in shown(alice, visit)


def test_a_code_that_is_too_old_is_said(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    zoho.clock.ahead = 61
    queue.work()
    assert "good for a minute, and that was over" in shown(alice, visit)


def test_finishing_twice_connects_once(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    with watching(zoho) as seen:
        for _ in range(2):
            queue.run(FINISH_GRANT, str(alice.workspace.pk), str(visit.pk))
    assert seen.paths("POST") == ["/zoho/oauth/v2/token"]
    assert len(connections_of(alice)) == 1


def test_the_same_organisation_takes_its_old_place_and_the_former_token_is_revoked(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    first = grant_books(alice, queue)
    former = grant_of(alice, first).refresh_token
    queue.discard()
    second = grant_books(alice, queue)
    assert first.pk == second.pk
    assert grant_of(alice, second).refresh_token != former
    with workspace_scope(alice.workspace.pk):
        assert SyncRun.objects.filter(connection=first).count() == 1
    with watching(zoho) as seen:
        assert END_ITEM in queue.work()
    assert seen.paths("POST").count("/zoho/oauth/v2/token/revoke") == 1
    rows = zoho.world.store.all("SELECT refresh_token, revoked_at FROM zoho_grant ORDER BY id")
    assert former is not None
    assert [(row["refresh_token"] == former.reveal(), row["revoked_at"] is not None) for row in rows] == [
        (True, True),
        (False, False),
    ]


def test_two_organisations_are_two_connections(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    grant_books(alice, queue)
    queue.discard()
    grant_books(alice, queue, BULK)
    assert len(connections_of(alice)) == 2


def test_granting_again_for_another_organisation_is_refused_and_given_back(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    connection = grant_books(alice, queue)
    queue.discard()
    alice.client.get(come_back(leave_for_zoho(alice, connection), BULK))
    visit = visit_of(alice)
    assert queue.work() == [FINISH_GRANT, END_ITEM]
    assert "does not reach this organisation" in shown(alice, visit)
    assert len(connections_of(alice)) == 1
    assert grant_of(alice, connection).organization.organization_id == EUROPE


def test_granting_again_among_several_needs_no_choice(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    connection = grant_books(alice, queue)
    queue.discard()
    alice.client.get(come_back(leave_for_zoho(alice, connection), BULK, EUROPE))
    visit = visit_of(alice)
    queue.work(1)
    assert "is connected again. What was missed is on its way." in shown(alice, visit)
    assert [one.pk for one in connections_of(alice)] == [connection.pk]


def test_a_bank_cannot_be_granted_at_zoho(alice: Persona, zoho: Sandbox) -> None:
    from integrations.models import ItemFacts

    with workspace_scope(alice.workspace.pk):
        bank = Connection.objects.create(facts=ItemFacts("item", "First Harbor"))
    assert alice.client.post(page_of(alice, "create_regrant", connection_id=bank.pk)).status_code == 404


def test_a_visit_is_its_persons_alone(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    visit = start_visit(alice)
    admin = make_member("ada", alice.workspace, Role.ADMIN)
    for name in ("grant", "grant_progress"):
        assert admin.client.get(page_of(alice, name, visit_id=visit.pk)).status_code == 404
        assert alice.client.get(page_of(alice, name, visit_id=visit.pk)).status_code == 200


def test_without_an_access_to_zoho_it_is_not_offered(alice: Persona, zoho: Sandbox, settings: Settings) -> None:
    pages = [page_of(alice, "connections"), page_of(alice, "onboarding")]
    assert all(b"Connect Zoho Books" in alice.client.get(page).content for page in pages)
    settings.ZOHO = None
    assert not any(b"Connect Zoho Books" in alice.client.get(page).content for page in pages)
    assert alice.client.post(page_of(alice, "create_grant")).status_code == 404


def test_the_page_asks_again_until_it_is_over(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    leave_for_zoho(alice)
    fragment = page_of(alice, "grant_progress", visit_id=visit_of(alice).pk)
    assert b"Waiting for you to come back" in alice.client.get(fragment).content
    visit = start_visit(alice)
    fragment = page_of(alice, "grant_progress", visit_id=visit.pk)
    assert b"Asking Zoho" in alice.client.get(fragment).content
    queue.work(1)
    assert alice.client.get(fragment)["HX-Redirect"] == page_of(alice, "onboarding")


def test_without_a_connection_left_the_grant_is_given_back_and_the_way_out_is_said(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    visit = start_visit(alice)
    make_connection(alice.workspace)
    change_plan(alice, connection_limit=1)
    queue.work(1)

    assert "The plan has no connection left, so what you allowed was given back." in shown(alice, visit)
    assert len(connections_of(alice)) == 1
    answer = alice.client.post(page_of(alice, "create_grant"), follow=True)
    assert "Settings › Billing" in answer.content.decode()
