"""Into a workspace by its address, in one statement: who enters as what, the workspace, and the state of its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from accounts.instances import columns_of, instance_of
from accounts.models import Membership, Workspace
from vault.keyring import confirm_keys
from vault.tenancy import require_no_scope, stay_entered

# The function is in migration 0017: it looks as the person, and sets the workspace's scope where they are a member.
ENTER = f"""
    SELECT {columns_of(Membership, "(entered.membership)")}, {columns_of(Workspace, "(entered.workspace)")},
        entered.epoch, entered.commitments
    FROM accounts_enter_workspace(%s, %s) AS entered
"""  # noqa: S608 - names of ours alone
WIDTH = len(Membership._meta.concrete_fields)


@contextmanager
def enter_as_member(person_id: UUID, slug: str) -> Iterator[Membership | None]:
    """In the scope of the workspace at this address, with its member and, at them, the workspace; None, and in no scope,
    for anybody else. Raises ScopeConflict and OutsideTransaction as `enter_workspace`."""
    require_no_scope()
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [person_id, slug])
        found = cursor.fetchone()
    if found is None:
        yield None
        return
    *columns, epoch, commitments = found
    membership = instance_of(Membership, columns[:WIDTH])
    membership.workspace = instance_of(Workspace, columns[WIDTH:])
    with stay_entered(membership.workspace_id):
        confirm_keys(epoch, commitments or ())
        yield membership
