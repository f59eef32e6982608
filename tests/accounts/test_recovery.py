"""The way back for who has lost every factor: people who know them, time, and notices. R29; ruling 39."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import add_member, destroy_workspace_key, grant_operator, revoke_operator
from accounts.actions.factors import make_backup_codes
from accounts.actions.recovery import (
    DAYS,
    DAYS_OF_SOLE_OWNER,
    PATIENCE,
    NothingToDecide,
    complete_recovery,
    confirm_recovery,
    refuse_recovery,
    request_recovery,
)
from accounts.actions.standing import NotAllowed
from accounts.models import Mail, RecoveryRequest, RecoveryStep, TotpDevice, User, Workspace
from accounts.permissions import Role
from accounts.reports.factors import backup_codes_left, list_factors
from accounts.second_factor import read_proof
from audit.log import Actor, open_detail
from audit.models import Event
from tests.accounts.test_second_factor import FACTORS, STAGE, give_password, mails_of
from tests.support.client import ScopeCheckingClient
from tests.support.people import SETUP, Persona, code_of, make_member, make_person, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

RECOVERY = f"{STAGE}recovery/"
NOTE = "Called back on the number I have had for years."
State = RecoveryRequest.State


@pytest.fixture
def carol(alice: Persona) -> Persona:
    return make_member("carol", alice.workspace, Role.MANAGER)


def ask(user: User) -> RecoveryRequest:
    return request_recovery(actor=Actor.person(user.pk), user=user)


def step_in(workspace: Workspace) -> RecoveryStep:
    with workspace_scope(workspace.pk):
        return RecoveryStep.objects.get()


def confirm(owner: Persona) -> None:
    with workspace_scope(owner.workspace.pk):
        confirm_recovery(actor=owner.actor, step_id=RecoveryStep.objects.get().pk, note=NOTE)


def let_time_pass(user: User) -> None:
    RecoveryRequest.objects.filter(user=user, state=State.WAITING).update(due_at=timezone.now())


def state_of(user: User) -> str:
    return RecoveryRequest.objects.get(user=user).state


def test_the_whole_way(alice: Persona, carol: Persona, client: ScopeCheckingClient) -> None:
    make_backup_codes(actor=carol.actor, user=carol.user)
    give_password(client, carol.user)
    assert "Lost all of them?" in client.get(STAGE).content.decode()
    client.post(RECOVERY)
    assert "Your request is under way" in client.get(RECOVERY).content.decode()
    page = reverse("accounts:recoveries", kwargs={"slug": alice.workspace.slug})
    assert carol.user.email in alice.client.get(page).content.decode()

    address = f"{page}{step_in(alice.workspace).pk}/confirmation/"
    assert alice.client.post(address, {"note": "short"}).status_code == 422
    assert alice.client.post(address, {"note": NOTE}).status_code == 302

    # The wait is kept.
    early = ScopeCheckingClient()
    assert give_password(early, carol.user).headers["Location"] == STAGE
    let_time_pass(carol.user)
    answer = give_password(client := ScopeCheckingClient(), carol.user)

    assert answer.headers["Location"] != STAGE
    assert state_of(carol.user) == State.COMPLETED
    assert list_factors(carol.user) == ()
    assert backup_codes_left(carol.user) == 0
    assert read_proof(client.session) is None
    # Sessions from before have ended, and a new factor can be set up at once.
    assert carol.client.get("/settings/profile/").status_code == 302
    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(f"{FACTORS}apps/")
    assert [kind for kind, _ in mails_of(carol.user)][:1] == ["recovery_requested"]


def test_each_step_is_told_and_recorded(alice: Persona, carol: Persona) -> None:
    ask(carol.user)
    confirm(alice)
    let_time_pass(carol.user)
    complete_recovery(actor=Actor.anonymous(), user=carol.user)

    with workspace_scope(alice.workspace.pk):
        mails = set(Mail.objects.filter(kind__startswith="recovery").values_list("kind", "user_id"))
        recorded = {
            event.action: open_detail(event) for event in Event.objects.filter(action__startswith="accounts.recovery")
        }
    assert mails == {("recovery_asked", alice.user.pk), ("recovery_confirmed", carol.user.pk)}
    assert recorded["accounts.recovery.confirmed"] == {"user": str(carol.user.pk), "note": NOTE}
    assert [kind for kind, _ in mails_of(carol.user)] == ["recovery_requested", "recovery_completed"]
    with workspace_scope(SITE_ID):
        actions = Event.objects.filter(target_kind="recovery").order_by("occurred_at").values_list("action", flat=True)
        assert [action.rpartition(".")[2] for action in actions] == ["requested", "completed"]


def test_every_workspace_must_agree(alice: Persona, mallory: Persona, carol: Persona) -> None:
    add_member(actor=mallory.actor, workspace=mallory.workspace, user=carol.user, role=Role.STAFF)
    ask(carol.user)
    confirm(alice)
    assert state_of(carol.user) == State.ASKED

    confirm(mallory)

    request = RecoveryRequest.objects.get(user=carol.user)
    assert request.state == State.WAITING
    assert request.due_at is not None
    assert abs(request.due_at - timezone.now() - timedelta(days=DAYS)) < timedelta(minutes=1)


# Ruling 39
def test_an_only_owner_takes_two_operators_and_seven_days(alice: Persona) -> None:
    request = ask(alice.user)
    step = step_in(alice.workspace)

    assert request.days_to_wait == DAYS_OF_SOLE_OWNER
    assert step.judge == RecoveryStep.Judge.OPERATORS
    admin = make_member("dave", alice.workspace, Role.ADMIN)
    for person in (alice, admin):
        with workspace_scope(alice.workspace.pk), pytest.raises(NotAllowed):
            confirm_recovery(actor=person.actor, step_id=step.pk, note=NOTE)


@pytest.mark.parametrize("operators", [0, 1, 2])
def test_the_database_itself_counts_operators(alice: Persona, operators: int) -> None:
    ask(alice.user)
    signed = dict.fromkeys(("first_by", "second_by")[:operators], alice.user)
    decided = {"state": "confirmed", "decided_at": timezone.now()}
    promise = "two_operators" if operators else "accounts_recoverystep_(decided|two_operators)"
    with workspace_scope(alice.workspace.pk), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        RecoveryStep.objects.filter(judge="operators").update(**decided, **signed)


@pytest.mark.parametrize("state", ["confirmed", "refused"])
def test_the_database_itself_keeps_a_decision_whole(alice: Persona, carol: Persona, state: str) -> None:
    ask(carol.user)
    whole = {"state": state, "first_by": alice.user, "decided_at": timezone.now()}
    for missing in ("first_by", "decided_at"):
        assert "accounts_recoverystep_decided" in refused(alice, {**whole, missing: None})
    assert "accounts_recoverystep_decided" in refused(alice, {"decided_at": timezone.now()})
    assert "accounts_recoverystep_decided" in refused(alice, {"second_by": alice.user})
    assert "accounts_recoverystep_judge" in refused(alice, {"judge": "nobody"})

    assert refused(alice, whole) == ""


def refused(owner: Persona, values: dict[str, Any]) -> str:
    """What the database says to a change of the only step in a workspace, empty where it takes it."""
    with workspace_scope(owner.workspace.pk):
        try:
            with transaction.atomic():
                RecoveryStep.objects.update(**values)
        except IntegrityError as reason:
            return str(reason)
    return ""


def test_ten_requests_ask_the_database_no_more_often_than_two(alice: Persona) -> None:
    page = reverse("accounts:recoveries", kwargs={"slug": alice.workspace.slug})

    def queries(count: int) -> int:
        for number in range(count):
            ask(make_member(f"member{number}", alice.workspace, Role.STAFF).user)
        with CaptureQueriesContext(connection) as asked:
            assert alice.client.get(page).status_code == 200
        return len(asked)

    assert queries(2) == queries(8)


def test_nobody_confirms_for_themselves_or_from_below(alice: Persona, carol: Persona) -> None:
    other = make_member("olga", alice.workspace, Role.OWNER)
    ask(other.user)
    step = step_in(alice.workspace)
    for person in (other, carol):
        with workspace_scope(alice.workspace.pk), pytest.raises(NotAllowed):
            confirm_recovery(actor=person.actor, step_id=step.pk, note=NOTE)


def test_an_owner_who_says_no_ends_it_everywhere(alice: Persona, mallory: Persona, carol: Persona) -> None:
    add_member(actor=mallory.actor, workspace=mallory.workspace, user=carol.user, role=Role.STAFF)
    ask(carol.user)
    with workspace_scope(mallory.workspace.pk):
        refuse_recovery(actor=mallory.actor, step_id=RecoveryStep.objects.get().pk)

    assert state_of(carol.user) == State.REFUSED
    with pytest.raises(NothingToDecide):
        confirm(alice)
    assert not complete_recovery(actor=Actor.anonymous(), user=carol.user)


def test_a_factor_that_works_ends_the_request(alice: Persona, carol: Persona, client: ScopeCheckingClient) -> None:
    ask(carol.user)
    confirm(alice)
    give_password(client, carol.user)
    client.post(STAGE, {"token": code_of(carol.user)})

    assert state_of(carol.user) == State.CANCELLED
    let_time_pass(carol.user)
    assert TotpDevice.objects.filter(user=carol.user).exists()


def test_asking_twice_is_asking_once_until_nobody_answers(carol: Persona) -> None:
    first = ask(carol.user)
    assert ask(carol.user).pk == first.pk
    RecoveryRequest.objects.filter(pk=first.pk).update(created_at=timezone.now() - PATIENCE)

    assert ask(carol.user).pk != first.pk
    assert RecoveryRequest.objects.get(pk=first.pk).state == State.CANCELLED


def test_time_does_not_run_before_everybody_has_agreed(carol: Persona) -> None:
    ask(carol.user)
    assert not complete_recovery(actor=Actor.anonymous(), user=carol.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryRequest.objects.filter(user=carol.user).update(state=State.WAITING, due_at=timezone.now())


def test_who_has_not_given_the_password_asks_for_nothing(client: ScopeCheckingClient, carol: Persona) -> None:
    assert client.post(RECOVERY).headers["Location"] == "/accounts/login/"
    assert not RecoveryRequest.objects.filter(user=carol.user).exists()


def test_only_owners_decide(alice: Persona, carol: Persona) -> None:
    ask(carol.user)
    page = reverse("accounts:recoveries", kwargs={"slug": alice.workspace.slug})
    admin = make_member("dave", alice.workspace, Role.ADMIN)
    assert admin.client.get(page).status_code == 403
    assert sign_in(alice.user).get(page).status_code == 200


def test_a_step_elsewhere_is_not_found(alice: Persona, mallory: Persona, carol: Persona) -> None:
    ask(carol.user)
    step: Any = step_in(alice.workspace)
    page = reverse("accounts:recoveries", kwargs={"slug": mallory.workspace.slug})
    assert mallory.client.post(f"{page}{step.pk}/confirmation/", {"note": NOTE}).status_code == 404


def test_a_factor_that_confirms_a_deed_ends_the_request_too(alice: Persona, carol: Persona) -> None:
    ask(carol.user)
    confirm(alice)
    carol.client.post("/settings/security/confirm/", {"token": code_of(carol.user)})
    assert state_of(carol.user) == State.CANCELLED


# Nobody is asked about who belongs to no workspace, and an operator has more behind their door than that.
@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_nobody_waits_their_way_to_the_rights_of_an_operator() -> None:
    user = make_person("olive")
    grant_operator(actor=SETUP, user_id=user.pk)
    ask(user)
    let_time_pass(user)
    assert not complete_recovery(actor=Actor.anonymous(), user=user)
    assert TotpDevice.objects.filter(user=user).exists()

    revoke_operator(actor=SETUP, user_id=user.pk)
    assert complete_recovery(actor=Actor.anonymous(), user=user)


def test_a_workspace_whose_data_is_gone_is_not_asked(alice: Persona, mallory: Persona, carol: Persona) -> None:
    add_member(actor=mallory.actor, workspace=mallory.workspace, user=carol.user, role=Role.STAFF)
    destroy_workspace_key(actor=SETUP, workspace_id=mallory.workspace.pk)

    assert ask(carol.user).missing == 1
    confirm(alice)
    assert state_of(carol.user) == State.WAITING
