"""Linking a bank end to end, through the pages, the hosted page and the queue. R49, R81, R95; rulings 4, 28."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from integrations.linking import finish_link
from integrations.models import Connection, LinkSession, LinkState
from integrations.queues import FINISH_LINK
from tests.integrations.faults import Answer, error, interpose
from tests.integrations.linked import TaskQueue, assert_synced, consent, link_bank, linked_page, page_of
from tests.integrations.support import FIRST_HARBOR, LONG_HISTORY, Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


def session_of(persona: Persona) -> LinkSession:
    with workspace_scope(persona.workspace.pk):
        return LinkSession.objects.latest("created_at")


def connections_of(persona: Persona) -> list[Connection]:
    with workspace_scope(persona.workspace.pk):
        return list(Connection.objects.all())


def test_a_person_links_a_bank_and_sees_it(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    back = linked_page(alice, harbor)
    waiting = alice.client.get(back)
    assert b"Asking Plaid what you allowed" in waiting.content
    queue.work()
    done = alice.client.get(back, follow=True)
    assert done.redirect_chain == [(page_of(alice, "onboarding"), 302)]
    assert b"First Harbor is connected." in done.content
    (connection,) = connections_of(alice)
    assert_synced(alice, connection)
    shown = alice.client.get(page_of(alice, "connections")).content.decode()
    assert "Connected" in shown
    with workspace_scope(alice.workspace.pk):
        assert connection.facts.institution in shown


# R95: bank linking is on record, under the person who did it.
def test_linking_is_on_record(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        event = Event.objects.get(action="integrations.connection.created")
        assert (event.actor_id, event.target_id) == (alice.user.pk, connection.pk)
        assert open_detail(event)["provider"] == "plaid"


def test_what_the_product_asks_of_the_hosted_page(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    with interpose(harbor) as log:
        alice.client.post(page_of(alice, "create_link"))
    ((path, body),) = log.requests
    assert path == "/link/token/create"
    assert body["products"] == ["transactions"]
    assert body["transactions"] == {"days_requested": 730}
    assert body["webhook"] == "http://testserver/webhooks/plaid/"
    back = body["hosted_link"]["completion_redirect_uri"]
    assert back == "http://testserver" + page_of(alice, "link", session_id=session_of(alice).pk)
    assert alice.user.email not in str(body)


def test_coming_back_proves_nothing(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    start = alice.client.post(page_of(alice, "create_link"))
    back = page_of(alice, "link", session_id=session_of(alice).pk)
    assert alice.client.get(back).status_code == 200
    assert queue.work() == [FINISH_LINK]
    assert connections_of(alice) == []
    assert session_of(alice).state == LinkState.OPEN
    # The very same page later, when the bank has been allowed, does lead to a connection.
    consent(start["Location"], FIRST_HARBOR)
    alice.client.get(back)
    queue.work()
    assert len(connections_of(alice)) == 1


def test_polling_asks_the_provider_no_more_than_every_few_seconds(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    alice.client.post(page_of(alice, "create_link"))
    fragment = page_of(alice, "link_progress", session_id=session_of(alice).pk)
    for _ in range(5):
        assert alice.client.get(fragment).status_code == 200
    assert queue.work() == [FINISH_LINK]


def test_a_person_who_leaves_has_changed_nothing(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    back = linked_page(alice, harbor, decision="leave")
    alice.client.get(back)
    queue.work()
    assert session_of(alice).state == LinkState.LEFT
    assert b"without connecting a bank" in alice.client.get(back).content
    assert connections_of(alice) == []


def test_a_visit_that_is_never_finished_expires(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    alice.client.post(page_of(alice, "create_link"))
    session = session_of(alice)
    with workspace_scope(alice.workspace.pk):
        past = timezone.now() - timedelta(hours=1)
        LinkSession.objects.filter(pk=session.pk).update(expires_at=past, due_at=past)
    assert queue.sweep(alice) == [FINISH_LINK]
    assert session_of(alice).state == LinkState.EXPIRED
    assert session_of(alice).link_token is None


def test_finishing_twice_links_once(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    alice.client.get(linked_page(alice, harbor))
    session = session_of(alice)
    finish_link(alice.workspace.pk, session.pk)
    with interpose(harbor) as log:
        finish_link(alice.workspace.pk, session.pk)
    assert log.requests == []
    assert len(connections_of(alice)) == 1


def test_a_visit_survives_a_provider_that_is_away(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.discard()
    session = session_of(alice)
    with interpose(harbor, link__token__get=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        finish_link(alice.workspace.pk, session.pk)
    assert session_of(alice).state == LinkState.OPEN
    finish_link(alice.workspace.pk, session.pk)
    assert session_of(alice).state == LinkState.LINKED


def test_a_public_token_that_was_used_up_ends_the_visit(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    back = linked_page(alice, harbor)
    session = session_of(alice)
    used = error("INVALID_PUBLIC_TOKEN", "INVALID_INPUT")
    with interpose(harbor, item__public_token__exchange=[used]):
        finish_link(alice.workspace.pk, session.pk)
    assert session_of(alice).state == LinkState.FAILED
    assert b"could not be connected" in alice.client.get(back).content


def test_a_provider_that_is_away_is_said_and_nobody_is_sent_anywhere(alice: Persona, harbor: Sandbox) -> None:
    with interpose(harbor, link__token__create=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        answer = alice.client.post(page_of(alice, "create_link"), follow=True)
    assert answer.redirect_chain == [(page_of(alice, "onboarding"), 302)]
    assert b"cannot be reached" in answer.content
    assert session_of(alice).state == LinkState.FAILED


def test_nobody_is_sent_to_a_page_that_is_not_the_providers(alice: Persona, harbor: Sandbox) -> None:
    facts = {"link_token": "link-1", "expiration": "2026-12-01T00:00:00Z", "request_id": "r"}
    for elsewhere in ("https://evil.test/hl/1", f"{harbor.url}.evil.test/hl/1", f"{harbor.url}@evil.test/"):
        with interpose(harbor, link__token__create=[Answer({**facts, "hosted_link_url": elsewhere})]):
            answer = alice.client.post(page_of(alice, "create_link"))
        assert answer["Location"] == page_of(alice, "onboarding")


def test_who_has_finished_the_set_up_comes_back_to_the_connections(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    link_bank(alice, harbor, queue)
    alice.client.post(page_of(alice, "create_set_up"), {"base_currency": "USD", "fiscal_year_start_month": "1"})
    back = linked_page(alice, harbor, LONG_HISTORY)
    alice.client.get(back)
    queue.work()
    assert alice.client.get(back)["Location"] == page_of(alice, "connections")
    fragment = page_of(alice, "link_progress", session_id=session_of(alice).pk)
    assert alice.client.get(fragment)["HX-Redirect"] == page_of(alice, "connections")


def test_a_bank_that_is_connected_already_is_said_to_be(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    link_bank(alice, harbor, queue)
    back = linked_page(alice, harbor)
    alice.client.get(back)
    queue.work()
    assert b"First Harbor is connected already, so nothing was changed." in alice.client.get(back, follow=True).content
    assert len(connections_of(alice)) == 1
