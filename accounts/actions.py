"""Deeds on people, workspaces, memberships, and the keys of people and workspaces."""

from contextlib import nullcontext, suppress
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from accounts.slugs import random_slug
from accounts.time_zones import time_zones
from audit.log import Actor, Target, record
from vault.keyring import KeyDestroyed, create_person_key, create_workspace_key, key_rows
from vault.lifecycle import Rotation, begin_rotation, destroy_keys, owner_scope, retire_old_versions
from vault.providers.base import KeyOwner
from vault.resealing import count_versions
from vault.tenancy import SITE_ID, enter_workspace


class AddressTaken(ValueError):
    """Somebody has this address already."""


class UnknownTimeZone(ValueError):
    """No time zone has this name."""


class AlreadyMember(ValueError):
    """The person belongs to the workspace already."""


class OldValuesLeft(RuntimeError):
    """A version of a key cannot be put out of use while values are sealed under it."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} values are still sealed under an old version. Run the rotation again to go on.")


class SiteKeyStays(ValueError):
    """The site's own key seals the record of who came and went."""

    def __init__(self) -> None:
        super().__init__("The site's own key cannot be destroyed.")


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
def update_profile(*, actor: Actor, user: User, display_name: str, time_zone: str) -> None:
    """How a person is shown to those they work with, and by which clock their pages go. Raises UnknownTimeZone."""
    if time_zone not in time_zones():
        raise UnknownTimeZone("There is no time zone of this name.")
    wanted = {"display_name": display_name or None, "time_zone": time_zone}
    changed = [name for name, value in wanted.items() if (getattr(user, name) or None) != value]
    if not changed:
        return
    for name in changed:
        setattr(user, name, wanted[name])
    user.save(update_fields=changed)
    # The name itself is the person's and is in no log.
    with enter_workspace(SITE_ID):
        record(
            actor=actor,
            action="accounts.user.changed",
            target=Target("user", user.pk),
            detail={"fields": changed},
        )


@transaction.atomic
def create_workspace(*, actor: Actor, owner: User, name: str, base_currency: str = "USD") -> Workspace:
    """A new workspace with its data key and its first Owner. Its currency is a guess until `set_up_workspace`."""
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
def set_up_workspace(*, actor: Actor, workspace: Workspace, base_currency: str, fiscal_year_start_month: int) -> None:
    """Choose the currency that reports lead with and the month (1 to 12) in which a fiscal year begins.

    That nothing is kept in another currency yet is for the ledger to say, which asks for this.
    """
    with enter_workspace(workspace.pk):
        workspace.base_currency, workspace.fiscal_year_start_month = base_currency, fiscal_year_start_month
        workspace.set_up_at = workspace.set_up_at or timezone.now()
        workspace.save(update_fields=["base_currency", "fiscal_year_start_month", "set_up_at"])
        record(
            actor=actor,
            action="accounts.workspace.set_up",
            target=Target("workspace", workspace.pk),
            detail={"base_currency": base_currency, "fiscal_year_start_month": fiscal_year_start_month},
        )


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


@transaction.atomic
def begin_key_rotation(*, actor: Actor, owner: KeyOwner) -> Rotation:
    """Make a newer version of a key, or go on with a rotation that was not finished. Raises KeyDestroyed, KeyMissing."""
    with owner_scope(owner):
        rotation = begin_rotation(owner)
        if rotation.is_new:
            _record_key(actor, owner, "rotation_started", {"version": rotation.version})
    return rotation


@transaction.atomic
def finish_key_rotation(*, actor: Actor, owner: KeyOwner) -> list[int]:
    """Put the older versions of a key out of use; which were in it. Raises OldValuesLeft, KeyDestroyed, KeyMissing."""
    with owner_scope(owner):
        retired = retire_old_versions(owner)
        newest = key_rows(owner)[-1].version
        if left := sum(column.old(newest) for column in count_versions(owner) if not column.is_hashed):
            raise OldValuesLeft(left)
        _record_key(actor, owner, "rotated", {"version": newest, "retired": retired})
    return retired


@transaction.atomic
def destroy_workspace_key(*, actor: Actor, workspace_id: UUID) -> bool:
    """Destroy what a workspace's data can be read with, for good; False when it was done before.

    It is the last event of the workspace's own record, and stands in the site's, which can still be read whole.
    Raises SiteKeyStays, KeyMissing.
    """
    if workspace_id == SITE_ID:
        raise SiteKeyStays
    owner = KeyOwner("workspace", workspace_id)
    with enter_workspace(workspace_id):
        with suppress(KeyDestroyed):
            _record_key(actor, owner, "destroyed", {})
        is_new = destroy_keys(owner)
    if is_new:
        with enter_workspace(SITE_ID):
            _record_key(actor, owner, "destroyed", {})
    return is_new


@transaction.atomic
def destroy_person_key(*, actor: Actor, person_id: UUID) -> bool:
    """Destroy what is known of a person, for good, and let them in no more; False when it was done before.

    Raises User.DoesNotExist, KeyMissing.
    """
    owner = KeyOwner("person", person_id)
    user = User.objects.select_for_update().get(pk=person_id)
    if all(row.destroyed_at is None for row in key_rows(owner)):
        user.is_active = False
        user.set_unusable_password()
        # Sealed also where there was no name, so that whoever asks for it is told that it is gone.
        user.display_name = ""
        user.save()
    is_new = destroy_keys(owner)
    if is_new:
        _record_key(actor, owner, "destroyed", {})
    return is_new


def _record_key(actor: Actor, owner: KeyOwner, deed: str, detail: dict[str, object]) -> None:
    # What happens to a person's key is nobody's business but theirs and the site's.
    is_person = owner.kind == "person"
    with enter_workspace(SITE_ID) if is_person else nullcontext():
        target = Target("user" if is_person else "workspace", owner.id)
        record(actor=actor, action=f"accounts.{owner.kind}_key.{deed}", target=target, detail=detail)


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
