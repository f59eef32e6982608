"""Each rule over events that the product's own actions and pages record. R121."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import add_member, change_role, destroy_person_key
from accounts.actions.deletions import ask_deletion
from accounts.actions.ownership import accept_ownership, offer_ownership
from accounts.actions.team_policy import change_team_policy
from accounts.models import Membership, Workspace
from accounts.permissions import Role
from accounts.second_factor import FactorKind
from audit.log import Actor, Target, record
from audit.models import Event
from audit.pages.bundles.actions import request_bundle
from audit.vocabulary import ACTIONS, SUBJECTS
from integrations.models import Connection, ItemFacts
from tests.support.people import PASSWORD, SETUP, Persona, make_member, make_person
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.alerts.actions import disable_endpoint, set_endpoint
from trust.alerts.rules import RULES, Audience, Record
from vault.tenancy import SITE_ID, enter_workspace

# The worker of other tests in this process must not send what is counted here.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.fixture(autouse=True)
def _caught_up(db: None) -> None:
    catch_up()


@pytest.fixture
def owner(alice: Persona) -> Persona:
    catch_up(alice.workspace.pk)
    return alice


def raised(owner: Persona) -> list[str]:
    follow(owner.workspace.pk)
    return [alert.rule for alert in alerts_in(owner.workspace.pk)]


def on_site(action: str, actor: Actor, target: Target | None = None, times: int = 1, **detail: object) -> None:
    with transaction.atomic(), enter_workspace(SITE_ID):
        for _ in range(times):
            record(actor=actor, action=action, target=target, detail=detail, outcome=Event.Outcome.FAILED)


def set_policy(owner: Persona, kinds: tuple[FactorKind, ...], days: int | None = None) -> None:
    with workspace_scope(owner.workspace.pk):
        version = Workspace.objects.get().policy_version
    change_team_policy(
        actor=owner.actor,
        workspace=owner.workspace,
        version=version,
        required_from=None if days is None else timezone.now() + timedelta(days=days),
        kinds=kinds,
    )


def membership_of(persona: Persona) -> Any:
    with workspace_scope(persona.workspace.pk):
        return Membership.objects.get(user=persona.user).pk


def test_the_rules_look_at_actions_that_are_recorded_in_the_record_they_name() -> None:
    only_of_the_site = {action for subject in SUBJECTS.values() if subject.is_site for action in subject.words}

    for rule in RULES.values():
        assert set(rule.actions) <= set(ACTIONS)
        assert rule.record == Record.SITE or not only_of_the_site.intersection(rule.actions)
        assert rule.record == Record.SITE or rule.audience == {Audience.ADMINS}
        # Mail lines are not escaped for HTML in a reader's sight, so nothing in them may need it.
        assert not set("<>&'\"") & set(rule.title + rule.meaning + rule.to_do)


# R121: failed-login spikes
def test_wrong_passwords_for_one_account_alert_from_ten_on(owner: Persona) -> None:
    target = Target("user", owner.user.pk)
    on_site("accounts.session.refused", Actor.anonymous(address="192.0.2.7"), target, times=9)
    assert raised(owner) == []

    on_site("accounts.session.refused", Actor.anonymous(address="198.51.100.7"), target, times=3)

    assert raised(owner) == ["failed_sign_ins"]
    (alert,) = alerts_in(owner.workspace.pk)
    assert (alert.count, alert.subject_id) == (12, owner.user.pk)


def test_a_failed_sign_in_at_the_door_names_the_account_and_no_address_that_is_none(owner: Persona) -> None:
    for email in (owner.user.email, "nobody-at-all@example.test"):
        Client().post("/accounts/login/", {"login": email, "password": "not the passphrase"})

    with workspace_scope(SITE_ID):
        newest = Event.objects.filter(action="accounts.session.refused").order_by("-occurred_at")[:2]
        assert [event.target_id for event in newest] == [None, owner.user.pk]


def test_wrong_factors_after_a_right_password_alert_from_five_on(owner: Persona) -> None:
    on_site("accounts.factor.refused", owner.actor, times=4, user=str(owner.user.pk), kind="totp")
    assert raised(owner) == []

    on_site("accounts.factor.refused", owner.actor, user=str(owner.user.pk), kind="totp")

    assert raised(owner) == ["failed_factors"]


def test_many_failures_across_the_site_alert_operators_alone(owner: Persona) -> None:
    before = timezone.now()
    on_site("accounts.session.refused", Actor.anonymous(address="192.0.2.7"), times=50)

    assert raised(owner) == []
    assert any(alert.last_at > before for alert in alerts_in(SITE_ID, "failed_sign_ins_everywhere"))


def test_a_lock_out_at_the_door_alerts(owner: Persona, settings: Any) -> None:
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        client.post("/accounts/login/", {"login": owner.user.email, "password": "not the passphrase"})

    assert raised(owner) == ["account_locked_out"]


def test_a_sign_in_from_a_new_device_alerts_and_the_first_of_all_does_not(owner: Persona) -> None:
    carl = make_person("carl", has_factor=False)
    add_member(actor=SETUP, workspace=owner.workspace, user=carl, role=Role.STAFF)
    typed = {"login": carl.email, "password": PASSWORD}

    assert Client(REMOTE_ADDR="192.0.2.9").post("/accounts/login/", typed).status_code == 302
    assert raised(owner) == []
    for _ in range(2):
        assert Client(REMOTE_ADDR="198.51.100.9").post("/accounts/login/", typed).status_code == 302

    assert raised(owner) == ["new_device"]
    (alert,) = alerts_in(owner.workspace.pk)
    assert (alert.count, alert.subject_id) == (1, carl.pk)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person does in a workspace, and the rules that it meets."""

    name: str
    do: Callable[[Persona], None]
    rules: list[str]


def connect(owner: Persona) -> None:
    with workspace_scope(owner.workspace.pk):
        connection = Connection.objects.create(facts=ItemFacts("item", "First Harbor"))
        target = Target("connection", connection.pk)
        record(actor=owner.actor, action="integrations.connection.created", target=target)


def weaken(owner: Persona) -> None:
    set_policy(owner, (FactorKind.TOTP, FactorKind.EMAIL), days=None)


def ask_later(owner: Persona) -> None:
    set_policy(owner, (FactorKind.TOTP,), days=1)
    set_policy(owner, (FactorKind.TOTP,), days=9)


def strengthen(owner: Persona) -> None:
    set_policy(owner, (FactorKind.TOTP,), days=0)


def export(owner: Persona) -> None:
    with workspace_scope(owner.workspace.pk):
        request_bundle(actor=owner.actor)


def change(owner: Persona, before: Role, after: Role) -> None:
    member = make_member("carl", owner.workspace, before)
    with workspace_scope(owner.workspace.pk):
        change_role(actor=owner.actor, membership_id=membership_of(member), role=after)


def raise_role(owner: Persona) -> None:
    change(owner, Role.STAFF, Role.MANAGER)


def lower_role(owner: Persona) -> None:
    change(owner, Role.MANAGER, Role.STAFF)


def add_admin(owner: Persona) -> None:
    add_member(actor=owner.actor, workspace=owner.workspace, user=make_person("adam"), role=Role.ADMIN)


def add_staff(owner: Persona) -> None:
    add_member(actor=owner.actor, workspace=owner.workspace, user=make_person("adam"), role=Role.STAFF)


def make_owner(owner: Persona) -> None:
    member = make_member("carl", owner.workspace, Role.STAFF)
    with workspace_scope(owner.workspace.pk):
        offer_ownership(actor=owner.actor, membership_id=membership_of(member), steps_down=False)
        accept_ownership(actor=member.actor)


def ask_for_deletion(owner: Persona) -> None:
    member = make_member("carl", owner.workspace, Role.STAFF)
    ask_deletion(actor=member.actor, user=member.user)


def break_chain(owner: Persona) -> None:
    on_site("audit.chain.broken", SETUP, Target("workspace", owner.workspace.pk), faults=1, first="link 1 is missing")


def take_nothing(owner: Persona) -> None:
    with workspace_scope(owner.workspace.pk):
        set_endpoint(actor=owner.actor, url="https://hooks.example.com/")
        disable_endpoint(actor=SETUP)


DEEDS = [
    Deed("a connection is made", connect, ["connection_added"]),
    Deed("a weaker factor is allowed", weaken, ["policy_weakened"]),
    Deed("a factor is asked for later", ask_later, ["policy_weakened"]),
    Deed("more is asked for", strengthen, []),
    Deed("the log is exported", export, ["log_exported"]),
    Deed("a role is raised", raise_role, ["role_raised"]),
    Deed("a role is lowered", lower_role, []),
    Deed("an Admin comes in", add_admin, ["admin_joined"]),
    Deed("a member comes in", add_staff, []),
    Deed("an Owner is made", make_owner, ["owner_made"]),
    Deed("a member asks for deletion", ask_for_deletion, ["deletion_asked"]),
    Deed("a chain is broken", break_chain, ["chain_broken"]),
    Deed("a receiver takes nothing", take_nothing, ["webhook_disabled"]),
]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_a_deed_raises_what_its_rule_says(deed: Deed, owner: Persona) -> None:
    set_policy(owner, (FactorKind.TOTP,), days=None)
    catch_up(owner.workspace.pk)

    deed.do(owner)

    assert raised(owner) == deed.rules


@pytest.mark.parametrize(
    ("rule", "action", "times"),
    [
        ("address_held_back", "accounts.address.locked_out", 1),
        ("webhooks_refused", "integrations.webhook.refused", 3),
        ("webhooks_refused", "billing.webhook.refused", 3),
        ("redaction_failed", "trust.redaction.failed", 1),
        ("copy_failed", "audit.copy.failed", 1),
        ("signing_failed", "audit.checkpoint.failed", 1),
        ("signing_failed", "audit.verification.failed", 1),
        ("violations_rising", "trust.policy.violated", 1),
    ],
)
def test_what_is_the_sites_alone_is_told_to_operators(rule: str, action: str, times: int, owner: Persona) -> None:
    before = timezone.now()

    on_site(action, SETUP, times=times)

    assert raised(owner) == []
    assert any(alert.last_at > before for alert in alerts_in(SITE_ID, rule))


def test_the_end_of_a_persons_key_is_told_to_operators(owner: Persona) -> None:
    carl = make_member("carl", owner.workspace, Role.STAFF)

    destroy_person_key(actor=SETUP, person_id=carl.user.pk)

    follow()
    assert [alert.rule for alert in alerts_in(SITE_ID) if alert.subject_id == carl.user.pk] == ["person_key_destroyed"]


def test_another_workspace_learns_nothing(owner: Persona, mallory: Persona) -> None:
    connect(owner)
    break_chain(owner)
    follow(owner.workspace.pk, mallory.workspace.pk)

    assert alerts_in(owner.workspace.pk)
    assert alerts_in(mallory.workspace.pk) == []
