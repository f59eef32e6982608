"""What is left of a workspace or a person whose key was destroyed: words, and nothing that opens. R13, R15, C5."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.utils.formats import date_format

from accounts.access import WorkspaceRequest, memberships_of, requires, workspace_scope
from accounts.actions import SiteKeyStays, add_member, destroy_person_key, destroy_workspace_key
from accounts.models import User, Workspace
from accounts.permissions import Permission, Role
from audit.chain import link_events
from audit.log import Actor, open_personal, record
from audit.models import Event
from audit.verification import verify_chain
from ledger.tasks import rebuild_months
from tests.house.working import found_company
from tests.support.client import ScopeCheckingClient
from tests.support.people import SETUP, Persona, make_member
from tests.support.routes import Route, list_routes
from vault.keyring import KeyDestroyed, provider
from vault.providers.base import KeyOwner
from vault.tenancy import SITE_ID, NoScope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

INSIDE = [route for route in list_routes() if route.path.startswith("w/<slug:slug>/")]
SENTENCE = "workspace’s data was destroyed on"


def destroy(persona: Persona) -> None:
    assert destroy_workspace_key(actor=SETUP, workspace_id=persona.workspace.pk)


def call(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_every_page_of_a_destroyed_workspace_says_when_it_was(alice: Persona) -> None:
    found_company(alice)
    page = f"/w/{alice.workspace.slug}/transactions/"
    with workspace_scope(alice.workspace.pk):
        name = alice.workspace.name
    assert name in alice.client.get(page).content.decode()
    destroy(alice)

    def answers(route: Route) -> set[int]:
        address = route.address(slug=alice.workspace.slug)
        return {alice.client.get(address).status_code, alice.client.post(address).status_code}

    assert len(INSIDE) > 10
    assert {str(route): answers(route) for route in INSIDE} == {str(route): {410} for route in INSIDE}
    text = alice.client.get(page).content.decode()
    assert f"{SENTENCE} {date_format(timezone.localtime(), 'j F Y')}" in text
    assert name not in text


def test_a_stranger_is_told_nothing_of_it(alice: Persona, mallory: Persona) -> None:
    destroy(alice)
    assert mallory.client.get(f"/w/{alice.workspace.slug}/transactions/").status_code == 404


def test_a_key_that_is_destroyed_while_a_page_is_made_takes_back_what_the_page_wrote(alice: Persona) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)

    @requires(Permission.VIEW_TRANSACTIONS)
    def view(request: WorkspaceRequest) -> HttpResponse:
        Workspace.objects.update(base_currency="CHF")
        raise KeyDestroyed(owner, timezone.now())

    request = RequestFactory().get("/")
    request.user, request.session = alice.user, alice.client.session
    # As the handler of requests does it.
    with transaction.atomic():
        assert view(request, slug=alice.workspace.slug).status_code == 410
    with workspace_scope(alice.workspace.pk):
        assert Workspace.objects.get().base_currency == "USD"


def test_a_persons_key_that_is_gone_is_not_taken_for_the_workspaces(alice: Persona) -> None:
    @requires(Permission.VIEW_TRANSACTIONS)
    def view(request: WorkspaceRequest) -> HttpResponse:
        raise KeyDestroyed(KeyOwner("person", alice.user.pk), timezone.now())

    request = RequestFactory().get("/")
    request.user, request.session = alice.user, alice.client.session
    with pytest.raises(KeyDestroyed, match="of the person"):
        view(request, slug=alice.workspace.slug)


def test_what_has_no_scope_is_our_fault_and_worded_as_such(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets_its_scope(*args: object, **kwargs: object) -> None:
        raise NoScope("No workspace has been entered")

    monkeypatch.setattr("accounts.access.open_fields", forgets_its_scope)
    alice.client.raise_request_exception = False
    answer = alice.client.get(f"/w/{alice.workspace.slug}/transactions/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert SENTENCE not in answer.content.decode()


def test_the_start_page_leads_past_a_destroyed_workspace(alice: Persona, mallory: Persona) -> None:
    add_member(actor=SETUP, workspace=mallory.workspace, user=alice.user, role=Role.STAFF)
    assert len(memberships_of(alice.user)) == 2
    destroy(mallory)
    assert [one.workspace for one in memberships_of(alice.user)] == [alice.workspace]
    assert alice.client.get("/")["Location"].startswith(f"/w/{alice.workspace.slug}/")


def test_the_start_page_says_so_where_nothing_else_is_left(alice: Persona) -> None:
    destroy(alice)
    text = alice.client.get("/").content.decode()
    assert f"The data of <strong>{alice.workspace.slug}</strong> was destroyed on" in text
    assert "New workspace" in text


def test_it_stands_in_the_sites_record_and_last_in_the_workspaces_own(alice: Persona) -> None:
    destroy(alice)
    with workspace_scope(alice.workspace.pk):
        link_events()
        assert Event.objects.latest("occurred_at").action == "accounts.workspace_key.destroyed"
        verdict = verify_chain()
        assert (verdict.faults, verdict.waiting) == ((), 0)
    with workspace_scope(SITE_ID):
        event = Event.objects.get(action="accounts.workspace_key.destroyed", target_id=alice.workspace.pk)
        assert open_personal(event)["part"] == "tests"


def test_destroying_twice_changes_nothing(alice: Persona) -> None:
    destroy(alice)
    assert not destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(target_id=alice.workspace.pk).count() == 1


def test_the_sites_own_key_stays(db: None) -> None:
    with pytest.raises(SiteKeyStays):
        destroy_workspace_key(actor=SETUP, workspace_id=SITE_ID)


def test_commands_and_tasks_pass_over_it_without_a_fault(alice: Persona) -> None:
    found_company(alice)
    destroy(alice)
    workspace = str(alice.workspace.pk)
    rebuild_months(workspace)
    assert "1 destroyed" in call("verify_keys", "--workspace", workspace)
    with pytest.raises(CommandError, match="not finished"):
        call("rotate_keys", "--workspace", workspace)
    assert call("verify_audit", workspace)


def test_a_share_that_outlived_its_destruction_is_found(alice: Persona) -> None:
    destroy(alice)
    provider().create(KeyOwner("workspace", alice.workspace.pk), 1)
    with pytest.raises(CommandError, match="not as they should be"):
        call("verify_keys", "--workspace", alice.workspace.slug)
    assert "had been destroyed before" in call("destroy_keys", "--workspace", alice.workspace.slug, "--yes")
    assert call("verify_keys", "--workspace", alice.workspace.slug)


def test_nothing_is_destroyed_without_a_yes(alice: Persona) -> None:
    with pytest.raises(CommandError, match="cannot be undone"):
        call("destroy_keys", "--workspace", alice.workspace.slug, "--person", alice.user.email)
    assert alice.client.get(f"/w/{alice.workspace.slug}/transactions/").status_code == 200


def test_a_destroyed_person_is_out_and_nameless(alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    page = f"/w/{alice.workspace.slug}/transactions/"
    assert carol.client.get(page).status_code == 200
    assert call("destroy_keys", "--person", carol.user.email, "--yes")

    gone = User.objects.get(pk=carol.user.pk)
    assert gone.shown_name == "Deleted person"
    with pytest.raises(KeyDestroyed):
        _ = gone.display_name
    assert carol.client.get(page)["Location"].startswith("/accounts/login/")
    assert alice.client.get(page).status_code == 200
    assert not destroy_person_key(actor=SETUP, person_id=carol.user.pk)


def test_a_person_who_never_gave_a_name_is_deleted_all_the_same(alice: Persona) -> None:
    User.objects.filter(pk=alice.user.pk).update(display_name=None)
    destroy_person_key(actor=alice.actor, person_id=alice.user.pk)
    assert User.objects.get(pk=alice.user.pk).shown_name == "Deleted person"


def test_work_that_an_erased_person_began_is_still_recorded_without_where_they_were(alice: Persona) -> None:
    before = timezone.now() - timedelta(seconds=1)
    destroy_person_key(actor=SETUP, person_id=alice.user.pk)
    with workspace_scope(alice.workspace.pk):
        event = record(actor=Actor.person(alice.user.pk, address="192.0.2.7"), action="tests.thing.done")
        assert Event.objects.get(pk=event.pk).occurred_at > before
        with pytest.raises(KeyDestroyed):
            open_personal(event)


def test_an_erased_person_cannot_sign_in(alice: Persona, client: ScopeCheckingClient) -> None:
    form = {"login": alice.user.email, "password": alice.password}
    destroy_person_key(actor=SETUP, person_id=alice.user.pk)
    assert client.post("/accounts/login/", form).status_code == 200
    assert "_auth_user_id" not in client.session
