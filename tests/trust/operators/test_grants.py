"""A workspace's data are read by an operator only under its own grant: for so long, for that reason, changing nothing. C11."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import (
    NotAllowed,
    change_role,
    deactivate_person,
    end_operator_grant,
    remove_member,
    revoke_operator,
)
from accounts.models import Membership, OperatorGrant, Workspace
from accounts.operator_record import write_nothing_more
from accounts.permissions import READING, ROLE_PERMISSIONS, Permission, Role
from accounts.second_factor import FactorKind
from audit.log import open_detail
from audit.models import Event
from tests.house.working import WORKING, Company, found_company, only_shows
from tests.support.people import SETUP, Persona, make_member, sign_in
from tests.support.routes import Route, list_routes
from tests.trust.operators.people import ALIASES, REASON, let_read, make_operator
from vault.tenancy import SITE_ID

pytestmark = [pytest.mark.django_db(transaction=True, databases=ALIASES), pytest.mark.usefixtures("sandbox")]

INSIDE = "w/<slug:slug>/"
ROUTES = [route for route in list_routes() if route.path.startswith(INSIDE)]
PAGE = "transactions/"


@pytest.fixture
def olive(alice: Persona, settings: Any) -> Persona:
    return make_operator(settings, alice)


def address(persona: Persona, page: str = PAGE) -> str:
    return f"/w/{persona.workspace.slug}/{page}"


def give(owner: Persona, **data: str) -> Any:
    return owner.client.post(address(owner, "settings/operator-access/grants/"), data)


def test_a_grant_opens_the_workspace_at_its_usual_addresses(alice: Persona, olive: Persona) -> None:
    assert olive.client.get(address(alice)).status_code == 404

    assert give(alice, email=olive.user.email.upper(), hours="3", reason=REASON).status_code == 302

    answer = olive.client.get(address(alice))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "as an operator until" in page
    assert REASON in page
    assert alice.user.email in page
    listed = alice.client.get(address(alice, "settings/operator-access/")).content.decode()
    assert olive.user.email in listed
    assert REASON in listed


def test_a_grant_is_of_one_workspace(alice: Persona, mallory: Persona, olive: Persona) -> None:
    let_read(alice, olive)

    assert olive.client.get(address(alice)).status_code == 200
    assert olive.client.get(address(mallory)).status_code == 404


def test_a_grant_is_of_one_operator(alice: Persona, olive: Persona, settings: Any) -> None:
    oscar = make_operator(settings, alice)
    let_read(alice, olive)

    assert olive.client.get(address(alice)).status_code == 200
    assert oscar.client.get(address(alice)).status_code == 404


@pytest.mark.parametrize("how", ["lower role", "removal", "locked out"])
def test_it_ends_with_the_right_of_who_gave_it(alice: Persona, olive: Persona, how: str) -> None:
    admin = make_member("adam", alice.workspace, Role.ADMIN)
    let_read(admin, olive)
    assert olive.client.get(address(alice)).status_code == 200

    with workspace_scope(alice.workspace.pk):
        membership = Membership.objects.get(user=admin.user)
        if how == "lower role":
            change_role(actor=alice.actor, membership_id=membership.pk, role=Role.MANAGER)
        elif how == "removal":
            remove_member(actor=alice.actor, membership_id=membership.pk)
    if how == "locked out":
        deactivate_person(actor=SETUP, user_id=admin.user.pk)

    assert olive.client.get(address(alice)).status_code == 404


def test_it_ends_by_itself(alice: Persona, olive: Persona) -> None:
    grant = let_read(alice, olive)
    assert olive.client.get(address(alice)).status_code == 200

    with workspace_scope(alice.workspace.pk):
        long_ago = timezone.now() - timedelta(hours=3)
        OperatorGrant.objects.filter(pk=grant.pk).update(created_at=long_ago, expires_at=long_ago + timedelta(hours=2))

    assert olive.client.get(address(alice)).status_code == 404


def test_it_is_ended_at_once(alice: Persona, olive: Persona) -> None:
    grant = let_read(alice, olive)
    assert olive.client.get(address(alice)).status_code == 200

    ending = address(alice, f"settings/operator-access/grants/{grant.pk}/ending/")
    assert alice.client.post(ending).status_code == 302

    assert olive.client.get(address(alice)).status_code == 404
    assert "ended already" in alice.client.post(ending, follow=True).content.decode()


def test_who_is_an_operator_no_more_is_let_in_by_no_grant(alice: Persona, olive: Persona) -> None:
    let_read(alice, olive)
    assert olive.client.get(address(alice)).status_code == 200

    revoke_operator(actor=SETUP, user_id=olive.user.pk)

    assert olive.client.get(address(alice)).status_code == 404


def test_without_a_strong_proof_the_grant_opens_nothing(alice: Persona, olive: Persona) -> None:
    let_read(alice, olive)

    answer = sign_in(olive.user, FactorKind.EMAIL).get(address(alice))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/settings/security/confirm/?deed=operate")


def test_every_page_that_only_shows_can_be_read_and_nothing_be_done(alice: Persona, olive: Persona) -> None:
    company = found_company(alice)
    let_read(alice, olive)
    answers = {route.path: look_and_try(route, alice, olive, company) for route in ROUTES}

    read = [path for path, (got, _) in answers.items() if got == 200]
    assert len(read) > 15
    assert f"{INSIDE}documents/<uuid:document_id>/" in read
    for route in ROUTES:
        got, tried = answers[route.path]
        permission = route.access.permission if route.access else None
        assert got in ({200, 302, 404, 405} if permission in READING else {403}), route
        assert tried == 403, route


def look_and_try(route: Route, alice: Persona, olive: Persona, company: Company) -> tuple[int, int]:
    request = WORKING.get(route.path.removeprefix(INSIDE), only_shows)(company)
    where = route.address(slug=alice.workspace.slug, **request.parts)
    return olive.client.get(where).status_code, olive.client.post(where, request.data or {}).status_code


# The second lock: where a page forgot itself and wrote, the database would refuse.
def test_what_follows_in_an_operators_request_only_reads(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        Workspace.objects.update(fiscal_year_start_month=2)
    with workspace_scope(alice.workspace.pk):
        write_nothing_more()
        assert Workspace.objects.get().fiscal_year_start_month == 2
        with pytest.raises(InternalError, match="read-only transaction"), transaction.atomic():
            Workspace.objects.update(fiscal_year_start_month=3)


def test_a_refusal_says_that_operators_only_read(alice: Persona, olive: Persona) -> None:
    let_read(alice, olive)

    answer = olive.client.post(address(alice, "settings/workspace/"), {"name": "Mine now"})

    assert answer.status_code == 403
    assert "changes nothing" in answer.content.decode()
    with workspace_scope(alice.workspace.pk):
        refused = Event.objects.get(action="accounts.access.refused", actor_id=olive.user.pk)
        assert open_detail(refused)["route"] == "accounts:workspace_settings"


def test_each_reading_is_in_the_workspaces_own_log_and_in_the_sites(alice: Persona, olive: Persona) -> None:
    grant = let_read(alice, olive)
    for page in (PAGE, PAGE, "connections/"):
        olive.client.get(address(alice, page))

    with workspace_scope(alice.workspace.pk):
        read = Event.objects.filter(action="accounts.operator_grant.read").order_by("occurred_at")
        assert [(event.actor_id, event.target_id, open_detail(event)) for event in read] == [
            (olive.user.pk, grant.pk, {"route": "ledger:transactions"}),
            (olive.user.pk, grant.pk, {"route": "integrations:connections"}),
        ]
        given = Event.objects.get(action="accounts.operator_grant.given")
        assert open_detail(given) == {"operator": str(olive.user.pk), "hours": 2, "reason": REASON}
    with workspace_scope(SITE_ID):
        entered = Event.objects.filter(action="accounts.operator.entered", actor_id=olive.user.pk)
        assert entered.count() == 2


@pytest.mark.parametrize(
    "wrong", [{"hours": "0"}, {"hours": "73"}, {"reason": ""}, {"reason": "short"}, {"email": "nobody@example.test"}]
)
def test_a_grant_says_to_whom_for_how_long_and_why(wrong: dict[str, str], alice: Persona, olive: Persona) -> None:
    answer = give(alice, **({"email": olive.user.email, "hours": "72", "reason": REASON} | wrong))

    assert answer.status_code == 422
    assert olive.client.get(address(alice)).status_code == 404
    assert give(alice, email=olive.user.email, hours="72", reason=REASON).status_code == 302


def test_a_grant_is_given_to_nobody_but_operators(alice: Persona, mallory: Persona) -> None:
    answer = give(alice, email=mallory.user.email, hours="2", reason=REASON)

    assert answer.status_code == 422
    assert "No operator has this address" in answer.content.decode()


def test_owners_and_admins_decide(alice: Persona, olive: Persona) -> None:
    for role in Role:
        assert (Permission.GRANT_OPERATOR_ACCESS in ROLE_PERMISSIONS[role]) == (role in {Role.OWNER, Role.ADMIN})
    manager = make_member("manny", alice.workspace, Role.MANAGER)
    grant = let_read(alice, olive)
    with pytest.raises(NotAllowed), workspace_scope(alice.workspace.pk):
        end_operator_grant(actor=manager.actor, grant_id=grant.pk)


def test_the_database_itself_keeps_a_grant_short(alice: Persona, olive: Persona) -> None:
    grant = let_read(alice, olive, hours=72)
    with workspace_scope(alice.workspace.pk), pytest.raises(IntegrityError), transaction.atomic():
        OperatorGrant.objects.filter(pk=grant.pk).update(expires_at=grant.created_at + timedelta(hours=73))


def test_ten_grants_ask_the_database_no_more_often_than_two(alice: Persona, olive: Persona) -> None:
    def queries(count: int) -> int:
        for number in range(count):
            let_read(make_member(f"adam{number}", alice.workspace, Role.ADMIN), olive)
        with CaptureQueriesContext(connection) as asked:
            assert alice.client.get(address(alice, "settings/operator-access/")).status_code == 200
        return len(asked)

    assert queries(2) == queries(8)


# Whatever the product believed: past its end, neither the grant nor the workspace is there for the operator.
def test_the_database_itself_ends_a_grant(alice: Persona, olive: Persona) -> None:
    grant = let_read(alice, olive)
    assert seen_by(olive) == (1, 1)
    with workspace_scope(alice.workspace.pk):
        end_operator_grant(actor=alice.actor, grant_id=grant.pk)
    assert seen_by(olive) == (0, 0)


def seen_by(operator: Persona) -> tuple[int, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, true)", [str(operator.user.pk)])
        cursor.execute(
            "SELECT (SELECT count(*) FROM accounts_operatorgrant), (SELECT count(*) FROM accounts_workspace)"
        )
        grants, workspaces = cursor.fetchone()
    return grants, workspaces
