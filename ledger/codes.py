"""Giving out the small integer codes of a workspace, one writer at a time."""

from ledger.models import CodeSequence
from vault.blobs import fetch_binary
from vault.tenancy import current_workspace_id

TAKE = """
    INSERT INTO ledger_codesequence (id, workspace_id, kind, last) VALUES (gen_random_uuid(), %s, %s, %s)
    ON CONFLICT (workspace_id, kind) DO UPDATE SET last = ledger_codesequence.last + EXCLUDED.last
    RETURNING last
"""


def lock_codes(kind: CodeSequence.Kind) -> None:
    """Hold a kind's sequence until the transaction ends: nobody else adds one of this kind to the workspace."""
    take_codes(kind, 0)


def take_codes(kind: CodeSequence.Kind, count: int) -> range:
    """The next `count` codes of a kind, from 1. Holds the sequence until the transaction ends."""
    ((last,),) = fetch_binary(TAKE, [current_workspace_id(), kind.value, count])
    return range(last - count + 1, last + 1)
