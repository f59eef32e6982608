"""An account's end: seven days in which it can be called off, then all of it at once, and nothing by halves. C5."""

from datetime import timedelta
from secrets import token_hex
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import quarterly
from accounts.access import workspace_scope
from accounts.actions import (
    LastOwner,
    add_member,
    ask_deletion,
    complete_deletion,
    deactivate_person,
    destroy_workspace_key,
    invite,
    start_address_change,
)
from accounts.actions.deletions import THEIRS
from accounts.actions.factors import make_backup_codes
from accounts.devices import note_device
from accounts.mail import request_mail
from accounts.models import (
    AccountDeletion,
    AddressChange,
    BackupCodes,
    KnownDevice,
    Membership,
    TotpDevice,
    User,
    UserSession,
)
from accounts.permissions import Role
from accounts.queues import COMPLETE_DELETION
from accounts.tasks import complete_deletion as task
from audit.models import Event
from tests.accounts.test_departures import connect, responsible_for
from tests.accounts.test_second_factor import enrol_email
from tests.accounts.test_sign_up import sign_up
from tests.integrations.faults import Died, at_statement, dying
from tests.support.client import ScopeCheckingClient
from tests.support.mails import code_to, mails_to
from tests.support.people import PASSWORD, SETUP, Persona, make_member, make_person, sign_in
from vault.keyring import KeyDestroyed
from vault.tenancy import SITE_ID, as_person

pytestmark = pytest.mark.django_db

PAGE, ASK, CANCEL = "/settings/deletion/", "/settings/deletion/request/", "/settings/deletion/cancellation/"
PROFILE, CONFIRM = "/settings/profile/", "/settings/security/confirm/"


@pytest.fixture
def adam(alice: Persona) -> Persona:
    return make_member("adam", alice.workspace, Role.ADMIN)


def ask(person: Persona) -> AccountDeletion:
    assert person.client.post(ASK).headers["Location"] == PAGE
    return AccountDeletion.objects.get(user=person.user)


def let_it_be_due(deletion: AccountDeletion) -> None:
    AccountDeletion.objects.filter(pk=deletion.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def delete(person: Persona) -> None:
    deletion = ask(person)
    let_it_be_due(deletion)
    task(str(deletion.pk))


def now(person: Persona) -> User:
    return User.objects.get(pk=person.user.pk)


def places(person: Persona) -> set[UUID]:
    with transaction.atomic(), as_person(person.user.pk):
        return set(Membership.objects.filter(user=person.user).values_list("workspace_id", flat=True))


def deeds(person: Persona) -> list[str]:
    """What the site's log says of somebody's deletion, oldest first."""
    wanted = [f"accounts.user.{one}" for one in ("deletion_asked", "deletion_cancelled", "deletion_put_off", "deleted")]
    with workspace_scope(SITE_ID):
        events = Event.objects.filter(action__in=wanted, target_id=person.user.pk).order_by("occurred_at")
        return [event.action.rpartition(".")[2] for event in events]


def subjects(address: str) -> list[str]:
    return [str(message.subject) for message in mails_to(address)]


def test_who_asks_is_told_at_once_and_can_sign_in_for_seven_days(adam: Persona) -> None:
    assert PAGE in adam.client.get(PROFILE).content.decode()
    assert ASK in adam.client.get(PAGE).content.decode()
    deletion = ask(adam)

    assert timedelta(days=6, hours=23) < deletion.due_at - timezone.now() <= timedelta(days=7)
    assert subjects(adam.user.email) == ["Your account will be deleted"]
    for page in (PROFILE, PAGE):
        assert "Your account is deleted on" in adam.client.get(page).content.decode()
    assert sign_in(adam.user).get(f"/w/{adam.workspace.slug}/").status_code == 200
    task(str(deletion.pk))
    assert now(adam).is_active
    assert deeds(adam) == ["deletion_asked"]


def test_asking_twice_is_asking_once(adam: Persona) -> None:
    assert ask(adam) == ask(adam)
    assert len(subjects(adam.user.email)) == 1
    assert deeds(adam) == ["deletion_asked"]


def test_when_it_is_due_everything_of_the_persons_is_gone(alice: Persona, adam: Persona, mallory: Persona) -> None:
    add_member(actor=SETUP, workspace=mallory.workspace, user=adam.user, role=Role.STAFF)
    connection, address = connect(adam, alice), adam.user.email
    make_backup_codes(actor=adam.actor, user=adam.user)
    enrol_email(adam.user)
    note_device(adam.user, address="192.0.2.7", agent="")
    start_address_change(actor=adam.actor, user=adam.user, email=f"{token_hex(6)}@example.test")
    theirs = (TotpDevice, BackupCodes, KnownDevice, AddressChange, EmailAddress, UserSession)
    assert all(model.objects.filter(user=adam.user).exists() for model in theirs)
    assert places(adam) == {alice.workspace.pk, mallory.workspace.pk}
    delete(adam)

    assert not any(model.objects.filter(user=adam.user).exists() for model in (*THEIRS, UserSession))
    assert places(adam) == set()
    assert responsible_for(connection) == alice.user.pk
    gone = now(adam)
    assert (gone.email, gone.is_active) == (f"{adam.user.pk}@deleted.invalid", False)
    with pytest.raises(KeyDestroyed):
        _ = gone.display_name
    assert subjects(address)[-1] == "Your account was deleted"
    assert deeds(adam) == ["deletion_asked", "deleted"]
    assert not AccountDeletion.objects.filter(user=adam.user).exists()


def test_nobody_is_written_to_who_is_gone(adam: Persona) -> None:
    delete(adam)
    request_mail(kind="password_changed", user_id=adam.user.pk)

    assert mails_to(now(adam).email) == []


def test_the_old_cookie_opens_nothing_on_the_next_request(adam: Persona) -> None:
    assert adam.client.get(PROFILE).status_code == 200
    delete(adam)

    for page in (PROFILE, f"/w/{adam.workspace.slug}/"):
        assert adam.client.get(page).headers["Location"].startswith("/accounts/login/")


def test_the_address_can_sign_up_anew(adam: Persona, client: ScopeCheckingClient) -> None:
    address = adam.user.email
    delete(adam)
    assert client.post("/accounts/login/", {"login": address, "password": PASSWORD}).status_code == 200
    sign_up(client, address)
    client.post("/accounts/code/", {"code": code_to(address)})

    assert client.get(PROFILE).status_code == 200
    assert User.objects.get(email=address).pk != adam.user.pk


def test_the_company_sees_a_deleted_person_where_they_were(alice: Persona, adam: Persona) -> None:
    members = f"/w/{alice.workspace.slug}/settings/members/"
    with workspace_scope(alice.workspace.pk):
        invite(actor=adam.actor, email=f"{token_hex(6)}@example.test", role=Role.STAFF)
    before = alice.client.get(members).content.decode()
    assert "Adam" in before
    assert "Deleted person" not in before
    address = adam.user.email
    delete(adam)

    after = alice.client.get(members).content.decode()
    assert "Deleted person" in after
    assert "Adam" not in after
    assert address not in after
    assert "deleted.invalid" not in after


def test_it_can_be_called_off(adam: Persona) -> None:
    deletion = ask(adam)
    assert adam.client.post(CANCEL).headers["Location"] == PROFILE
    task(str(deletion.pk))

    assert now(adam).email == adam.user.email
    assert "Your account is deleted on" not in adam.client.get(PROFILE).content.decode()
    assert adam.client.post(CANCEL).status_code == 302
    assert deeds(adam) == ["deletion_asked", "deletion_cancelled"]


def test_the_only_owner_is_told_where_to_make_another_and_cannot_ask(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        name = alice.workspace.name
    page = alice.client.get(PAGE).content.decode()
    assert f'href="/w/{alice.workspace.slug}/settings/ownership/">Ownership of {name}</a>' in page
    assert ASK not in page
    alice.client.post(ASK)
    assert not AccountDeletion.objects.filter(user=alice.user).exists()
    with pytest.raises(LastOwner):
        ask_deletion(actor=alice.actor, user=alice.user)

    # The positive control: with a second Owner they can.
    make_member("olga", alice.workspace, Role.OWNER)
    assert ASK in alice.client.get(PAGE).content.decode()
    delete(alice)
    assert places(alice) == set()


def test_another_owner_who_cannot_sign_in_is_none(alice: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    deactivate_person(actor=SETUP, user_id=olga.user.pk)

    assert ASK not in alice.client.get(PAGE).content.decode()


def test_a_workspace_whose_data_was_destroyed_keeps_nobody(alice: Persona) -> None:
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    delete(alice)

    assert places(alice) == set()
    assert deeds(alice) == ["deletion_asked", "deleted"]


def test_who_became_the_only_owner_meanwhile_stays_whole_and_is_told(alice: Persona, mallory: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    add_member(actor=SETUP, workspace=mallory.workspace, user=olga.user, role=Role.STAFF)
    deletion = ask(olga)
    delete(alice)
    let_it_be_due(deletion)
    task(str(deletion.pk))

    assert places(olga) == {alice.workspace.pk, mallory.workspace.pk}
    assert now(olga).shown_name == "Olga"
    assert olga.client.get(PROFILE).status_code == 200
    assert TotpDevice.objects.filter(user=olga.user).exists()
    assert AccountDeletion.objects.get(pk=deletion.pk).due_at > timezone.now() + timedelta(days=6)
    assert subjects(olga.user.email) == ["Your account will be deleted", "Your account could not be deleted yet"]

    # Once somebody else answers for it, the next time does it.
    make_member("peter", alice.workspace, Role.OWNER)
    let_it_be_due(deletion)
    task(str(deletion.pk))
    assert places(olga) == set()
    assert deeds(olga) == ["deletion_asked", "deletion_put_off", "deleted"]


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_and_run_again_it_ends_well(adam: Persona) -> None:
    address, deletion, number = adam.user.email, ask(adam), 1
    let_it_be_due(deletion)
    assert subjects(address) == ["Your account will be deleted"]
    while is_killed_at(number, deletion):
        assert places(adam) == {adam.workspace.pk}
        assert (now(adam).email, now(adam).shown_name) == (address, "Adam")
        assert UserSession.objects.filter(user=adam.user).exists()
        assert TotpDevice.objects.filter(user=adam.user).exists()
        number += 3

    assert number > 60
    task(str(deletion.pk))
    assert places(adam) == set()
    assert now(adam).shown_name == "Deleted person"
    assert subjects(address) == ["Your account will be deleted", "Your account was deleted"]
    assert deeds(adam) == ["deletion_asked", "deleted"]


def is_killed_at(number: int, deletion: AccountDeletion) -> bool:
    """Whether the worker had not finished at the statement of this number, at which it dies."""
    try:
        with dying(at_statement(number)):
            task(str(deletion.pk))
    except Died:
        return True
    return False


@pytest.mark.django_db(databases=["default", "scheduler"])
def test_the_clock_finds_what_is_due_and_nothing_else(adam: Persona) -> None:
    deletion = ask(adam)
    wanted = (COMPLETE_DELETION, (deletion.pk,))
    assert wanted not in list(quarterly.find_due())
    let_it_be_due(deletion)
    assert wanted in list(quarterly.find_due())
    assert complete_deletion(actor=SETUP, deletion_id=deletion.pk)
    assert wanted not in list(quarterly.find_due())


# R33
def test_without_a_fresh_proof_nothing_is_asked(adam: Persona) -> None:
    client = sign_in(adam.user, None)
    assert client.post(ASK).headers["Location"].startswith(f"{CONFIRM}?deed=deletion")
    client.post(CONFIRM, {"password": adam.password})

    assert client.post(ASK).headers["Location"].startswith(CONFIRM)
    assert not AccountDeletion.objects.filter(user=adam.user).exists()


def test_who_has_no_strong_factor_confirms_by_password() -> None:
    user = make_person("carol", has_factor=False)
    client = sign_in(user, None)
    confirm = client.post(ASK, headers={"Referer": f"http://testserver{PAGE}"}).headers["Location"]
    assert 'name="password"' in client.get(confirm).content.decode()
    assert client.post(CONFIRM, {"password": "not the password", "next": PAGE}).status_code == 422
    client.post(ASK)
    assert not AccountDeletion.objects.filter(user=user).exists()
    assert client.post(CONFIRM, {"password": PASSWORD, "next": PAGE}).headers["Location"] == PAGE
    client.post(ASK)

    assert AccountDeletion.objects.filter(user=user).exists()
