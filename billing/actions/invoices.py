"""Our list of a workspace's invoices."""

from collections.abc import Iterable

from django.db import transaction

from audit.log import Actor, record
from billing.models import Invoice
from billing.seen import SeenInvoice


@transaction.atomic
def keep_invoices(*, actor: Actor, seen: Iterable[SeenInvoice]) -> bool:
    """Write down the invoices that were seen; whether any is new or has changed."""
    kept = {bytes(one.digest): one for one in Invoice.objects.all()}
    fresh, changed = [], 0
    for one in seen:
        known = kept.get(one.digest)
        if known is None:
            fresh.append(Invoice(digest=one.digest, facts=one.facts, status=one.status, issued_at=one.issued_at))
        elif (known.facts, known.status) != (one.facts, one.status):
            known.facts, known.status = one.facts, one.status
            known.save(update_fields=["facts", "status"])
            changed += 1
    Invoice.objects.bulk_create(fresh)
    if fresh or changed:
        record(actor=actor, action="billing.invoices.noted", detail={"new": len(fresh), "changed": changed})
    return bool(fresh or changed)
