"""One transaction, opened."""

from uuid import UUID

from ledger.models import Transaction
from ledger.reports.transactions.names import open_rows, read_names
from ledger.reports.transactions.pages import TransactionDetail


def transaction_detail(transaction_id: UUID) -> TransactionDetail | None:
    """Everything about a transaction of the workspace in scope, None when it has none of this id."""
    found = Transaction.objects.filter(id=transaction_id).first()
    if found is None:
        return None
    (row,) = open_rows([found], read_names())
    return TransactionDetail(
        row=row,
        authorized_date=found.feed.authorized_date,
        memo=found.feed.memo,
        hint=found.feed.hint,
        note=found.own.note if found.own else "",
        provider_id=found.provider_id,
        connection_id=found.connection_id,
        created_at=found.created_at,
        updated_at=found.updated_at,
        removed_at=found.deleted_at,
        removed_because=found.get_deleted_because_display() if found.is_removed else None,
        changes=tuple(one for one in (found.category_change_id, found.own.change if found.own else None) if one),
    )
