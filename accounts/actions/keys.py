"""Deeds on the keys of people and workspaces."""

from contextlib import nullcontext, suppress
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.log import Actor, Target, record
from vault.keyring import KeyDestroyed, key_rows
from vault.lifecycle import Rotation, begin_rotation, destroy_keys, owner_scope, retire_old_versions
from vault.providers.base import KeyOwner
from vault.resealing import count_versions
from vault.tenancy import SITE_ID, enter_workspace


class OldValuesLeft(RuntimeError):
    """A version of a key cannot be put out of use while values are sealed under it."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} values are still sealed under an old version. Run the rotation again to go on.")


class SiteKeyStays(ValueError):
    """The site's own key seals the record of who came and went."""

    def __init__(self) -> None:
        super().__init__("The site's own key cannot be destroyed.")


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
