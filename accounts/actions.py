"""Deeds on people, workspaces and memberships."""

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from accounts.slugs import random_slug
from audit.log import Actor, Target, record
from vault.keyring import create_person_key, create_workspace_key
from vault.tenancy import SITE_ID, enter_workspace


class AddressTaken(ValueError):
    """Somebody has this address already."""


class AlreadyMember(ValueError):
    """The person belongs to the workspace already."""


@transaction.atomic
def create_user(*, actor: Actor, email: str, password: str, display_name: str = "") -> User:
    """A person who may sign in. Raises ValidationError for a weak password and AddressTaken."""
    user = User(email=email)
    validate_password(password, user)
    user.set_password(password)
    create_person_key(user.pk)
    if display_name:
        user.display_name = display_name
    if User.objects.filter(email=email.lower()).exists():
        raise AddressTaken("There is an account with this address already.")
    user.save(force_insert=True)
    with enter_workspace(SITE_ID):
        record(actor=actor, action="accounts.user.created", target=Target("user", user.pk))
    return user


@transaction.atomic
def create_workspace(*, actor: Actor, owner: User, name: str, base_currency: str) -> Workspace:
    """A new workspace with its data key and its first Owner."""
    workspace = Workspace(name=name, base_currency=base_currency)
    with enter_workspace(workspace.pk):
        create_workspace_key()
        _save_with_free_slug(workspace)
        Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        record(
            actor=actor,
            action="accounts.workspace.created",
            target=Target("workspace", workspace.pk),
            detail={"name": name, "base_currency": base_currency, "owner": str(owner.pk)},
        )
    return workspace


@transaction.atomic
def add_member(*, actor: Actor, workspace: Workspace, user: User, role: Role) -> Membership:
    """Give a person a place in a workspace. Raises AlreadyMember."""
    with enter_workspace(workspace.pk):
        membership, created = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        if not created:
            raise AlreadyMember("This person belongs to the workspace already.")
        record(
            actor=actor,
            action="accounts.membership.created",
            target=Target("membership", membership.pk),
            detail={"user": str(user.pk), "role": role.value},
        )
    return membership


def _save_with_free_slug(workspace: Workspace) -> None:
    # Whether a word is taken cannot be asked: other workspaces are not visible. The unique constraint answers.
    for _ in range(20):
        workspace.slug = random_slug()
        try:
            with transaction.atomic():
                workspace.save(force_insert=True)
                return
        except IntegrityError:
            continue
    raise RuntimeError("No free address was found for a workspace")
