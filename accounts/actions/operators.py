"""Who carries the operators' flag. Run from a command: the flag is written as the owner role, which no server connects as."""

from uuid import UUID

from django.db import connections, transaction

from accounts.models import Operator
from audit.log import Actor, Target, record
from vault.tenancy import SITE_ID, enter_workspace

OWNER = "owner"


class NoOwnerAddress(RuntimeError):
    """The role that may write the flag is not at hand."""

    def __init__(self) -> None:
        super().__init__("Give OWNER_DATABASE_URL: only the owner role writes who is an operator.")


def grant_operator(*, actor: Actor, user_id: UUID) -> bool:
    """Give a person the flag; False when they carry it. Outside any scope. Raises NoOwnerAddress."""
    _require_owner()
    with transaction.atomic(), transaction.atomic(using=OWNER):
        _, is_new = Operator.objects.using(OWNER).get_or_create(user_id=user_id)
        if is_new:
            _record(actor, "granted", user_id)
    return is_new


def revoke_operator(*, actor: Actor, user_id: UUID) -> bool:
    """Take the flag away, from the next request on; False when they carry none. Outside any scope. Raises NoOwnerAddress."""
    _require_owner()
    with transaction.atomic(), transaction.atomic(using=OWNER):
        was_there, _ = Operator.objects.using(OWNER).filter(user_id=user_id).delete()
        if was_there:
            _record(actor, "revoked", user_id)
    return bool(was_there)


def _require_owner() -> None:
    if OWNER not in connections:
        raise NoOwnerAddress


def _record(actor: Actor, deed: str, user_id: UUID) -> None:
    with enter_workspace(SITE_ID):
        record(actor=actor, action=f"accounts.operator.{deed}", target=Target("user", user_id))
