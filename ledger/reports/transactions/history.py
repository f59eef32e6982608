"""What people did with one transaction, from the record of what they did."""

from accounts.models import User
from audit.log import open_detail
from audit.models import Event
from ledger.reports.transactions.pages import Deed, DeedKind, TransactionDetail
from vault.keyring import prepare_person_keys

MOST = 20
KINDS = {
    "ledger.transactions.recategorised": DeedKind.CATEGORISED,
    "ledger.transactions.annotated": DeedKind.NOTED,
    "ledger.note.written": DeedKind.NOTED,
    "ledger.note.removed": DeedKind.NOTE_REMOVED,
}


def history_of(detail: TransactionDetail) -> tuple[Deed, ...]:
    """Newest first: who chose the category it has now, and who wrote and removed notes on it alone, or the note that it
    has together with others. What was done to many and is no longer seen on it is in the record only."""
    targets = [detail.row.id, *detail.changes]
    events = list(Event.objects.filter(target_id__in=targets, action__in=KINDS).order_by("-occurred_at", "-id")[:MOST])
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    prepare_person_keys(people)
    return tuple(
        Deed(
            kind=KINDS[event.action],
            who=people[event.actor_id].shown_name if event.actor_id in people else "Counterfoil",
            at=event.occurred_at,
            others=_count_of(event) - 1,
        )
        for event in events
    )


def _count_of(event: Event) -> int:
    count = open_detail(event).get("count", 1)
    return count if isinstance(count, int) else 1
