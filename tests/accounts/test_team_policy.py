"""Who needs a second factor in a workspace, by what, and from when. R30, R31, R32, C8; ruling 39."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import add_member
from accounts.actions.team_policy import (
    NoStrongKind,
    PolicyChanged,
    begin_team_policy,
    change_team_policy,
)
from accounts.models import EmailDevice, Mail, TotpDevice, Workspace
from accounts.permissions import Role
from accounts.reports.team_policy import list_affected
from accounts.second_factor import FactorKind
from accounts.team_policy import GRACE, accepted_kinds
from audit.log import open_detail
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_member, make_person, prove, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _named_site(settings: Any) -> None:
    settings.BASE_URL = "https://books.test"


NEEDED, FACTORS = "/settings/security/two-factor/needed/", "/settings/security/two-factor/"
EVERY_KIND = (FactorKind.PASSKEY, FactorKind.TOTP, FactorKind.EMAIL)


def page_of(person: Persona) -> str:
    return reverse("accounts:team_policy", kwargs={"slug": person.workspace.slug})


def transactions_of(workspace: Workspace) -> str:
    return reverse("ledger:transactions", kwargs={"slug": workspace.slug})


def require_all(owner: Persona, kinds: tuple[FactorKind, ...] = EVERY_KIND, days: int = 0) -> None:
    fresh = reload(owner)
    change_team_policy(
        actor=owner.actor,
        workspace=fresh,
        version=fresh.policy_version,
        required_from=timezone.now() + timedelta(days=days),
        kinds=kinds,
    )


def reload(owner: Persona) -> Workspace:
    with workspace_scope(owner.workspace.pk):
        return Workspace.objects.get(pk=owner.workspace.pk)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_need_a_factor_whatever_the_policy_says(alice: Persona, role: Role) -> None:
    person = make_member("carol", alice.workspace, role)
    client = sign_in(person.user, None)

    answer = client.get(transactions_of(alice.workspace))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(NEEDED)
    assert sign_in(person.user).get(transactions_of(alice.workspace)).status_code == 200


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.AUDITOR])
def test_the_others_need_one_once_the_policy_says_so(alice: Persona, role: Role) -> None:
    person = make_member("carol", alice.workspace, role)
    client = sign_in(person.user, None)
    assert client.get(transactions_of(alice.workspace)).status_code == 200

    require_all(alice)

    assert client.get(transactions_of(alice.workspace)).headers["Location"].startswith(NEEDED)
    prove(client, FactorKind.TOTP)
    assert client.get(transactions_of(alice.workspace)).status_code == 200


def test_a_grace_date_is_kept_to_the_moment(alice: Persona) -> None:
    person = make_member("carol", alice.workspace, Role.STAFF)
    client = sign_in(person.user, None)
    require_all(alice, days=1)
    assert client.get(transactions_of(alice.workspace)).status_code == 200

    with workspace_scope(alice.workspace.pk):
        Workspace.objects.filter(pk=alice.workspace.pk).update(factor_from=timezone.now())

    assert client.get(transactions_of(alice.workspace)).status_code == 302


# R32: locked out of everything but enrolment.
def test_who_is_locked_out_reaches_enrolment_and_their_own_settings_only(alice: Persona) -> None:
    user = make_person("carol", has_factor=False)
    add_member(actor=alice.actor, workspace=alice.workspace, user=user, role=Role.STAFF)
    require_all(alice)
    client = sign_in(user, None)
    for name in ("ledger:transactions", "accounts:members", "integrations:connections"):
        address = reverse(name, kwargs={"slug": alice.workspace.slug})
        assert client.get(address).headers["Location"].startswith(NEEDED)
        refused = client.get(address, headers={"HX-Request": "true"})
        assert refused.status_code == 403
        assert "Alder Works" not in refused.content.decode()

    led = client.get(client.get(transactions_of(alice.workspace)).headers["Location"], follow=True)

    assert led.request["PATH_INFO"] == FACTORS
    assert "asks for a second factor" in led.content.decode()
    assert transactions_of(alice.workspace) in led.content.decode()
    assert client.get("/settings/profile/").status_code == 200


def test_who_has_a_factor_and_has_not_proven_it_is_asked_for_it(alice: Persona) -> None:
    client = sign_in(alice.user, None)
    answer = client.get(transactions_of(alice.workspace), follow=True)
    assert answer.request["PATH_INFO"] == "/settings/security/confirm/"


# Ruling 39
@pytest.mark.parametrize(
    ("kinds", "proof", "status"),
    [
        ((FactorKind.TOTP,), FactorKind.TOTP, 200),
        ((FactorKind.TOTP,), FactorKind.BACKUP, 200),
        ((FactorKind.TOTP,), FactorKind.EMAIL, 302),
        ((FactorKind.PASSKEY,), FactorKind.TOTP, 302),
        ((FactorKind.PASSKEY,), FactorKind.BACKUP, 302),
        ((FactorKind.PASSKEY,), FactorKind.PASSKEY, 200),
        (EVERY_KIND, FactorKind.EMAIL, 200),
    ],
)
def test_the_workspace_opens_to_the_factors_it_accepts(
    alice: Persona, bob: Persona, kinds: tuple[FactorKind, ...], proof: FactorKind, status: int
) -> None:
    require_all(alice, kinds)
    assert sign_in(bob.user, proof).get(transactions_of(alice.workspace)).status_code == status


def test_another_workspace_is_not_concerned(alice: Persona, mallory: Persona) -> None:
    user = make_person("carol", has_factor=False)
    for owner in (alice, mallory):
        add_member(actor=owner.actor, workspace=owner.workspace, user=user, role=Role.STAFF)
    require_all(alice)
    client = sign_in(user, None)

    assert client.get(transactions_of(alice.workspace)).status_code == 302
    assert client.get(transactions_of(mallory.workspace)).status_code == 200


def test_a_stranger_learns_nothing_of_the_policy(mallory: Persona, alice: Persona) -> None:
    require_all(alice)
    assert sign_in(mallory.user, None).get(transactions_of(alice.workspace)).status_code == 404


def test_a_page_costs_no_query_more(alice: Persona) -> None:
    require_all(alice)
    with CaptureQueriesContext(connection) as found:
        alice.client.get(transactions_of(alice.workspace))
    assert not [query for query in found.captured_queries if "device" in query["sql"] or "passkey" in query["sql"]]
    assert sum('FROM "accounts_workspace"' in query["sql"] for query in found.captured_queries) <= 1


def test_the_first_connection_begins_the_policy_with_a_grace(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        begin_team_policy(actor=alice.actor)
        begun = reload(alice).factor_from
        begin_team_policy(actor=alice.actor)

    assert begun is not None
    assert abs(begun - timezone.now() - GRACE) < timedelta(minutes=1)
    assert reload(alice).factor_from == begun


def test_what_somebody_decided_stays_when_a_bank_is_connected(alice: Persona) -> None:
    fresh = reload(alice)
    change_team_policy(actor=alice.actor, workspace=fresh, version=1, required_from=None, kinds=(FactorKind.TOTP,))
    with workspace_scope(alice.workspace.pk):
        begin_team_policy(actor=alice.actor)

    assert reload(alice).factor_from is None


def test_who_is_affected_is_shown_before_it_is_saved(alice: Persona) -> None:
    user = make_person("carol", has_factor=False)
    EmailDevice.objects.create(user=user, key=b"k" * 20, confirmed=True)
    add_member(actor=alice.actor, workspace=alice.workspace, user=user, role=Role.STAFF)
    wanted = {"who": "all", "day": "", "kinds": ["totp", "passkey"], "version": "1"}

    preview = alice.client.post(page_of(alice), wanted).content.decode()

    assert "1 member has no factor that this accepts" in preview
    assert "Carol" in preview
    assert "Code by e-mail" in preview
    assert reload(alice).factor_from is None

    assert alice.client.post(page_of(alice), {**wanted, "save": "yes"}).status_code == 302
    assert reload(alice).factor_from is not None
    assert FactorKind.EMAIL not in accepted_kinds(reload(alice))
    with workspace_scope(alice.workspace.pk):
        assert [mail.user_id for mail in Mail.objects.filter(kind="team_policy")] == [user.pk]
        (event,) = Event.objects.filter(action="accounts.team_policy.changed")
        assert open_detail(event)["kinds"] == "passkey,totp"


# The race of two tabs.
def test_the_second_of_two_tabs_sees_what_the_first_did(alice: Persona) -> None:
    tabs = [alice.client, sign_in(alice.user)]
    wanted = {"kinds": ["totp"], "version": "1", "save": "yes"}
    assert tabs[0].post(page_of(alice), {**wanted, "who": "all"}).status_code == 302

    answer = tabs[1].post(page_of(alice), {**wanted, "who": "privileged"})

    assert answer.status_code == 409
    assert "changed meanwhile" in answer.content.decode()
    assert reload(alice).factor_from is not None
    with pytest.raises(PolicyChanged):
        change_team_policy(
            actor=alice.actor, workspace=alice.workspace, version=1, required_from=None, kinds=(FactorKind.TOTP,)
        )


def test_a_policy_leaves_something_to_confirm_with(alice: Persona) -> None:
    answer = alice.client.post(page_of(alice), {"who": "all", "kinds": ["email"], "version": "1", "save": "yes"})

    assert answer.status_code == 422
    assert str(NoStrongKind()) in answer.content.decode()


def test_passkeys_alone_are_asked_for_only_where_browsers_make_them(alice: Persona, settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    with pytest.raises(NoStrongKind):
        require_all(alice, (FactorKind.PASSKEY, FactorKind.EMAIL))
    require_all(alice, (FactorKind.PASSKEY, FactorKind.TOTP))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.AUDITOR])
def test_it_is_for_owners_and_admins(alice: Persona, role: Role) -> None:
    person = make_member("carol", alice.workspace, role)
    assert person.client.get(page_of(alice)).status_code == 403
    assert make_member("dave", alice.workspace, Role.ADMIN).client.get(page_of(alice)).status_code == 200


def test_an_unconfirmed_app_is_no_factor(alice: Persona) -> None:
    user = make_person("carol", has_factor=False)
    TotpDevice.objects.create(user=user, name="Phone", key=b"k" * 20)
    add_member(actor=alice.actor, workspace=alice.workspace, user=user, role=Role.STAFF)
    with workspace_scope(alice.workspace.pk):
        assert [person.user_id for person in list_affected(alice.workspace)] == [user.pk]


def test_who_makes_a_workspace_gets_a_factor_first_and_then_goes_on() -> None:
    user = make_person("carol", has_factor=False)
    client: ScopeCheckingClient = sign_in(user, None)
    answer = client.post("/workspaces/new/", {"name": "Carol Works"})
    start = answer.headers["Location"]

    led = client.get(start, follow=True)

    assert led.request["PATH_INFO"] == FACTORS
    assert start in led.content.decode()
