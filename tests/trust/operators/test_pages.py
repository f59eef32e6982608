"""The operators' lists show states and times of every workspace; nothing is written there but by the few deeds."""

import re
from datetime import timedelta
from secrets import token_bytes, token_hex
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import grant_operator
from accounts.actions.recovery import request_recovery
from accounts.models import Plan, RecoveryRequest, RecoveryStep, User, UserSession
from audit.log import open_detail
from audit.models import Event, Verification
from billing.actions.checkouts import begin_checkout
from billing.actions.inbox import store_event
from billing.models import StripeEvent
from integrations.actions.syncs import request_sync
from integrations.models import Connection, ItemFacts, SyncRun, Trigger, WebhookReceipt
from integrations.providers.secret import Secret
from tests.house.test_sizes import too_much
from tests.house.working import open_alert
from tests.support.people import Persona, make_owner, sign_in
from tests.support.routes import list_routes
from tests.trust.operators.people import ALIASES, let_read, make_operator
from trust.alerts.rules import RULES
from trust.operators.site import _give_nonce
from trust.violations.actions import note_violations
from trust.violations.reading import Kind
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True, databases=ALIASES)

WORDS = "operators/words/"
LISTS = [
    route
    for route in list_routes()
    if route.path.startswith("operators/") and route.path.count("/") == 2 and route.path != WORDS
]
NOTE = "Called back on the number in the contract."


@pytest.fixture
def olive(alice: Persona, settings: Any) -> Persona:
    return make_operator(settings, alice)


def connect(owner: Persona) -> Connection:
    with workspace_scope(owner.workspace.pk):
        facts = ItemFacts("item-of-a-test", "First Harbor")
        return Connection.objects.create(facts=facts, access_token=Secret("access-of-a-test"))


def do(operator: Persona, model: str, deed: str, row: Any, **more: str) -> str:
    """The page after an action on one row of a list."""
    data = {"action": deed, "_selected_action": str(row.pk), "index": "0", **more}
    answer = operator.client.post(f"/operators/{model}/", data)
    return answer.content.decode() if answer.status_code != 302 else look(operator, answer.headers["Location"])


def look(operator: Persona, address: str) -> str:
    return operator.client.get(address).content.decode()


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_opens_with_what_there_is(route: Any, olive: Persona, mallory: Persona) -> None:
    let_read(mallory, olive)
    connection = connect(mallory)
    note_violations([Kind("accounts:home", "script-src", "evil.example")])
    with workspace_scope(SITE_ID):
        alert = open_alert(connection.pk)
    request_recovery(actor=mallory.actor, user=mallory.user)
    with workspace_scope(mallory.workspace.pk):
        Verification.objects.create(finished_at=timezone.now(), length=7)
        request_sync(actor=mallory.actor, connection_id=connection.pk, trigger=Trigger.PERSON)
        WebhookReceipt.objects.create(
            provider="plaid", code="DEFAULT_UPDATE", object_id=connection.pk, digest=token_bytes(32), body=b"{}",
            due_at=timezone.now(),
        )  # fmt: skip
        begin_checkout(actor=mallory.actor, plan=Plan.TEAM, seats=3)
        store_event(event_id=token_hex(12), kind="invoice.paid", body=b"{}")

    answer = olive.client.get(route.address())

    assert answer.status_code == 200
    page = answer.content.decode()
    shown = (
        mallory.user.email,
        mallory.workspace.slug,
        str(mallory.workspace.pk),
        "evil.example",
        RULES[alert.rule].title,
    )
    assert any(name in page for name in shown)


# The worker of other tests in this process must not follow it meanwhile.
@pytest.mark.usefixtures("queue")
def test_an_operator_has_news_from_stripe_followed_once_more_and_both_logs_say_so(
    olive: Persona, mallory: Persona
) -> None:
    with workspace_scope(mallory.workspace.pk):
        begin_checkout(actor=mallory.actor, plan=Plan.TEAM, seats=3)
        store_event(event_id=token_hex(12), kind="invoice.paid", body=b"{}")
        StripeEvent.objects.update(state="failed", attempts=20, problem="away")
        event = StripeEvent.objects.get()

    assert "followed once more" in do(olive, "news", "replay", event)

    with workspace_scope(mallory.workspace.pk):
        event = StripeEvent.objects.get()
        assert (event.state, event.attempts, event.problem) == ("received", 0, "")
        told = Event.objects.filter(action="billing.event.replayed", actor_id=olive.user.pk)
        assert told.count() == 1
    with workspace_scope(SITE_ID):
        told = Event.objects.filter(action="operators.event.replayed", actor_id=olive.user.pk)
        assert open_detail(told.get()) == {"workspace": str(mallory.workspace.pk)}


def test_a_workspace_is_shown_by_its_address_and_not_by_its_name(olive: Persona, mallory: Persona) -> None:
    connect(mallory)
    shown = "".join(olive.client.get(f"/operators/{page}/").content.decode() for page in ("workspace", "connection"))

    assert mallory.workspace.slug in shown
    with workspace_scope(mallory.workspace.pk):
        assert mallory.workspace.name not in shown
    assert "First Harbor" not in shown


# R72
@pytest.mark.parametrize("page", ["", "in/operators/", "person/", "session/"])
def test_a_page_runs_no_script_but_what_it_names_itself(page: str, olive: Persona) -> None:
    answer = olive.client.get(f"/operators/{page}")
    policy = answer.headers["Content-Security-Policy"].split("; ")
    (rule,) = (one for one in policy if one.startswith("script-src "))
    nonce = re.fullmatch(r"script-src 'nonce-([^']+)' 'strict-dynamic'", rule)
    scripts = re.findall(r"<script[^>]*>", answer.content.decode())

    assert nonce
    assert len(scripts) > 1
    assert all(f' nonce="{nonce[1]}"' in script for script in scripts)


def test_a_script_from_elsewhere_is_given_no_nonce(rf: RequestFactory) -> None:
    request = rf.get("/operators/")
    request.csp_nonce = "of-this-page"  # type: ignore[attr-defined]
    page = '<script src="/operators/words/"></script><script src="/evil.js"></script><script>1</script>'
    response = HttpResponse(page)
    _give_nonce(request, response)

    assert response.content.decode() == page.replace("<script", '<script nonce="of-this-page"', 1)


def test_no_address_adds_changes_or_deletes(olive: Persona, mallory: Persona) -> None:
    paths = {route.path.removeprefix("operators/") for route in list_routes() if route.path.startswith("operators/")}

    assert "person/" in paths
    assert not [path for path in paths if "<" in path and path != "in/<str:app_label>/"]
    for deed in ("add", "change", "delete", "history"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:operators_person_{deed}", args=[] if deed == "add" else [mallory.user.pk])
        for address in (f"person/{deed}/", f"person/{mallory.user.pk}/{deed}/", f"person/{mallory.user.pk}/"):
            assert olive.client.get(f"/operators/{address}").status_code == 404
            assert olive.client.post(f"/operators/{address}", {"email": "x@example.test"}).status_code == 404


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_offers_no_deletion_and_takes_no_edit(route: Any, olive: Persona, mallory: Persona) -> None:
    mallory_id = str(mallory.user.pk)
    for data in (
        {"action": "delete_selected", "_selected_action": mallory_id, "index": "0", "post": "yes"},
        {"_save": "Save", "form-TOTAL_FORMS": "1", "form-0-id": mallory_id, "form-0-is_active": ""},
    ):
        answer = olive.client.post(route.address(), data)
        assert "delete_selected" not in answer.content.decode()

    assert User.objects.get(pk=mallory_id).is_active


def test_a_person_is_locked_out_and_let_in_again(olive: Persona, mallory: Persona) -> None:
    assert UserSession.objects.filter(user=mallory.user).exists()
    assert "locked out" in do(olive, "person", "lock_out", mallory.user)
    assert not UserSession.objects.filter(user=mallory.user).exists()
    assert not User.objects.get(pk=mallory.user.pk).is_active
    assert mallory.client.get("/settings/profile/").status_code == 302

    assert "let in again" in do(olive, "person", "let_in", mallory.user)

    assert User.objects.get(pk=mallory.user.pk).is_active
    with workspace_scope(SITE_ID):
        recorded = Event.objects.filter(target_id=mallory.user.pk, actor_id=olive.user.pk).order_by("occurred_at")
        assert [event.action for event in recorded][-2:] == ["accounts.user.deactivated", "accounts.user.reactivated"]


def test_sessions_that_have_run_out_are_not_counted(olive: Persona, mallory: Persona) -> None:
    sign_in(mallory.user)
    assert sessions_shown(olive, mallory) == 2
    newest = UserSession.objects.filter(user=mallory.user).order_by("-last_seen_at").values("pk")[:1]
    UserSession.objects.filter(pk__in=newest).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert sessions_shown(olive, mallory) == 1


def sessions_shown(operator: Persona, person: Persona) -> int:
    page = operator.client.get(f"/operators/person/?q={person.user.email}").content.decode()
    (found,) = re.findall(r'<td class="field-sessions">(\d+)</td>', page)
    return int(found)


def test_a_deed_is_done_to_rows_that_were_seen(olive: Persona, mallory: Persona) -> None:
    assert "choose rows by sight" in do(olive, "person", "lock_out", mallory.user, select_across="1")
    assert User.objects.get(pk=mallory.user.pk).is_active


def test_nobody_locks_themselves_out(olive: Persona) -> None:
    assert "Nobody locks themselves out" in do(olive, "person", "lock_out", olive.user)
    assert User.objects.get(pk=olive.user.pk).is_active


def test_a_sync_is_asked_for_again(olive: Persona, mallory: Persona) -> None:
    connection = connect(mallory)

    assert "a sync is asked for" in do(olive, "connection", "ask_again", connection)

    with workspace_scope(mallory.workspace.pk):
        assert SyncRun.objects.filter(connection=connection).count() == 1
        assert Event.objects.filter(action="integrations.sync.requested", actor_id=olive.user.pk).count() == 1
    with workspace_scope(SITE_ID):
        asked = Event.objects.get(action="operators.sync.requested", target_id=connection.pk)
        assert open_detail(asked) == {"workspace": str(mallory.workspace.pk)}


# Ruling 39
def test_an_only_owner_is_let_back_in_by_two_operators(olive: Persona, mallory: Persona, settings: Any) -> None:
    oscar = make_operator(settings, mallory)
    request = request_recovery(actor=mallory.actor, user=mallory.user)
    with workspace_scope(mallory.workspace.pk):
        step = RecoveryStep.objects.get()

    assert "Say in at least" in do(olive, "recoverydecision", "approve", step, note="short")
    assert "it takes another operator" in do(olive, "recoverydecision", "approve", step, note=NOTE)
    assert "You have approved this already" in do(olive, "recoverydecision", "approve", step, note=NOTE)
    assert RecoveryRequest.objects.get(pk=request.pk).state == "asked"
    assert "the wait has begun" in do(oscar, "recoverydecision", "approve", step, note=NOTE)
    assert "decided already" in do(oscar, "recoverydecision", "approve", step, note=NOTE)

    request.refresh_from_db()
    assert request.state == "waiting"
    assert request.due_at is not None
    assert (request.due_at - request.created_at).days == 7
    with workspace_scope(mallory.workspace.pk):
        step.refresh_from_db()
        assert {step.first_by_id, step.second_by_id} == {olive.user.pk, oscar.user.pk}
        told = Event.objects.filter(action__in=["accounts.recovery.approved", "accounts.recovery.confirmed"])
        assert [open_detail(event)["note"] for event in told] == [NOTE, NOTE]


def test_an_operator_does_not_approve_their_own_request(olive: Persona, settings: Any) -> None:
    owner = make_owner("oscar", "Operator's own")
    settings.OPERATORS = settings.OPERATORS | {owner.user.email}
    grant_operator(actor=owner.actor, user_id=owner.user.pk)
    request_recovery(actor=owner.actor, user=owner.user)
    with workspace_scope(owner.workspace.pk):
        step = RecoveryStep.objects.get()

    assert "Nobody approves their own request" in do(owner, "recoverydecision", "approve", step, note=NOTE)
    assert "it takes another operator" in do(olive, "recoverydecision", "approve", step, note=NOTE)


def test_what_operators_open_is_in_the_sites_log(olive: Persona) -> None:
    for _ in range(3):
        olive.client.get("/operators/person/")

    with workspace_scope(SITE_ID):
        looked = Event.objects.filter(action="accounts.operator.looked", actor_id=olive.user.pk)
        assert [open_detail(event) for event in looked] == [{"route": "operators:operators_person_changelist"}]


# The worker of other tests in this process must not follow it meanwhile.
@pytest.mark.usefixtures("queue")
def test_a_deed_that_is_sent_twice_is_done_once(olive: Persona, mallory: Persona) -> None:
    with workspace_scope(mallory.workspace.pk):
        begin_checkout(actor=mallory.actor, plan=Plan.TEAM, seats=3)
        store_event(event_id=token_hex(12), kind="invoice.paid", body=b"{}")
        event = StripeEvent.objects.get()
    page = olive.client.get("/operators/news/").content.decode()
    (key,) = re.findall(r'<input type="hidden" name="once" value="([^"]{20,})"', page)
    told = [do(olive, "news", "replay", event, once=key) for _ in range(2)]

    assert ["followed once more" in words for words in told] == [True, False]
    assert "This was sent twice, and counted once." in told[1]
    assert count_replays(olive) == 1
    assert "followed once more" in do(olive, "news", "replay", event, once=f"{key}-another")
    assert count_replays(olive) == 2


def count_replays(operator: Persona) -> int:
    with workspace_scope(SITE_ID):
        return Event.objects.filter(action="operators.event.replayed", actor_id=operator.user.pk).count()


def test_a_deed_that_was_refused_leaves_its_key_free(olive: Persona, mallory: Persona) -> None:
    assert "Nobody locks themselves out" in do(olive, "person", "lock_out", olive.user, once="a-key")
    assert "Nobody locks themselves out" in do(olive, "person", "lock_out", olive.user, once="a-key")
    assert "locked out." in do(olive, "person", "lock_out", mallory.user, once="a-key")


def test_where_some_rows_were_refused_the_others_are_not_done_again(olive: Persona, mallory: Persona) -> None:
    both = {"_selected_action": [str(mallory.user.pk), str(olive.user.pk)], "action": "lock_out", "index": "0"}
    told = []
    for _ in range(2):
        olive.client.post("/operators/person/", {**both, "once": "a-key"})
        told.append(look(olive, "/operators/person/"))

    assert "Nobody locks themselves out" in told[0]
    assert "This was sent twice, and counted once." in told[1]
    with workspace_scope(SITE_ID):
        recorded = Event.objects.filter(action="accounts.user.deactivated", target_id=mallory.user.pk)
        assert recorded.count() == 1


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_what_is_typed_into_a_list_is_bounded(route: Any, olive: Persona) -> None:
    page = look(olive, route.address())

    assert 'id="searchbar"' not in page or 'maxlength="200"' in page
    assert too_much(route.path, page) == []
