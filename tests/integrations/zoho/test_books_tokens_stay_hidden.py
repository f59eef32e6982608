"""What Zoho gives goes into sealed columns and from there to Zoho, and shows up nowhere else. R83, R80."""

import logging
import traceback
from urllib.parse import parse_qs, urlsplit

import pytest
from celery import current_app
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.gateway import zoho_for
from integrations.models import GrantVisit, ZohoGrant
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import ZohoProblem
from integrations.zoho_tokens import access_token, forget_access_token
from tests.integrations.linked import TaskQueue, opened, page_of
from tests.integrations.support import ZOHO_SECRET, Sandbox
from tests.integrations.test_tokens_stay_hidden import everything_in_redis, everything_stored
from tests.integrations.zoho.visits import come_back, connections_of, grant_of, leave_for_zoho, visit_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (
    "integrations_connection",
    "integrations_zohogrant",
    "integrations_grantvisit",
    "integrations_itemremoval",
    "integrations_syncrun",
    "integrations_resourcestate",
    "integrations_callcount",
    "audit_event",
    "vault_routingentry",
)


def test_no_token_code_or_state_is_logged_queued_cached_stored_or_shown(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # The person's own browser, which the product is not.
    caplog.set_level(logging.INFO, logger="urllib3")
    seen: list[str] = []
    consent_page = leave_for_zoho(alice)
    with workspace_scope(alice.workspace.pk):
        verifier = GrantVisit.objects.get().verifier
    assert verifier is not None
    way_back = come_back(consent_page)
    query = parse_qs(urlsplit(way_back).query)
    answer = alice.client.get(way_back)
    seen += [answer.content.decode(), answer["Location"], everything_in_redis()]
    with workspace_scope(alice.workspace.pk):
        seen.append(everything_stored(TABLES))
    queue.work(1)
    seen.append(everything_in_redis())
    (connection,) = connections_of(alice)
    grant = grant_of(alice, connection)
    assert grant.refresh_token is not None
    first = access_token(alice.workspace.pk, connection.pk)
    forget_access_token(alice.workspace.pk, connection.pk, first)
    second = access_token(alice.workspace.pk, connection.pk)
    tokens = {
        "state": query["state"][0],
        "code": query["code"][0],
        "verifier": verifier.reveal(),
        "refresh token": grant.refresh_token.reveal(),
        "access token": first.reveal(),
        "renewed access token": second.reveal(),
        "client secret": ZOHO_SECRET,
    }

    # Trouble of every kind, at both of Zoho's servers.
    for kind in ("html", "truncated", "server_error", "rate_44"):
        zoho.switch(kind, "/zoho/books/v3/contacts")
        with zoho_for(alice.workspace.pk, connection.pk) as caller, pytest.raises(ZohoProblem) as caught:
            caller.get("/contacts")
        seen += [repr(caught.value), "".join(traceback.format_exception(caught.value))]
    for kind in ("html", "truncated", "server_error", "denied"):
        zoho.switch(kind, "/zoho/oauth/v2/token")
        with workspace_scope(alice.workspace.pk):
            ZohoGrant.objects.update(access_expires_at=timezone.now(), refreshing_until=None)
        with pytest.raises(ZohoProblem) as caught:
            access_token(alice.workspace.pk, connection.pk)
        seen += [repr(caught.value), "".join(traceback.format_exception(caught.value))]
    seen.append(alice.client.get(page_of(alice, "connections")).content.decode())
    alice.client.post(page_of(alice, "create_disconnection", connection_id=connection.pk))
    seen.append(everything_in_redis())
    with opened(alice, connection):
        seen.append(everything_stored(TABLES))
        seen.append(repr([*GrantVisit.objects.all(), *ZohoGrant.objects.all(), grant, grant.__dict__]))
    seen += [caplog.text, str(queue.done)]

    haystack = "\n".join(seen)
    assert [name for name, token in tokens.items() if token in haystack] == []
    # What was searched is what it should be: ids, words of the page, lines of the log, kinds of trouble.
    for present in (
        str(connection.pk),
        "What we asked of Zoho",
        "was not renewed",
        "integrations.finish_grant",
        "Throttled",
    ):
        assert present in haystack, present


def test_a_librarys_careless_lines_would_be_found(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("some_library").debug("Obtained token %s.", "1000.planted")
    assert "1000.planted" in caplog.text
    logging.getLogger("requests_oauthlib.oauth2_session").debug("Obtained token %s.", "1000.hidden")
    logging.getLogger("oauthlib.oauth2").debug("Obtained token %s.", "1000.hidden")
    assert "1000.hidden" not in caplog.text


def test_a_token_cannot_be_put_in_a_tasks_arguments(alice: Persona) -> None:
    with pytest.raises(Exception, match=r"Secret|serializ|JSON|pickle"):
        current_app.send_task("integrations.finish_grant", [str(alice.workspace.pk), Secret("1000.x")])


def test_what_a_visit_held_is_erased_with_it(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> None:
    alice.client.get(come_back(leave_for_zoho(alice)))
    with workspace_scope(alice.workspace.pk):
        before = GrantVisit.objects.get()
        assert before.code is not None
        assert before.verifier is not None
    queue.work(1)
    with workspace_scope(alice.workspace.pk):
        now = GrantVisit.objects.get(pk=visit_of(alice).pk)
        assert (now.code, now.verifier, now.refresh_token, now.access_token) == (None, None, None, None)
