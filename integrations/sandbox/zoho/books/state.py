"""How documents stand on a day: what of them is settled, what is open, and what Zoho calls that."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.sandbox.zoho.books.amounts import split, to_base
from integrations.sandbox.zoho.books.facts import Document, Facts

# An invoice that was sent is also called by these names, by what became of it.
SENT = ("sent", "viewed", "unpaid", "sent")


@dataclass(slots=True)
class Settlement:
    """What one payment, credit or refund takes off a document: `base` at the document's own rate."""

    by: str
    date: dt.date
    minor: int
    base: int = 0


@dataclass(slots=True)
class Standing:
    """A document on a day. Drafts and void ones are not posted."""

    document: Document
    day: dt.date
    settlements: list[Settlement] = field(default_factory=list)

    @property
    def is_void(self) -> bool:
        return self.document.voided is not None and self.document.voided <= self.day

    @property
    def is_posted(self) -> bool:
        return not (self.document.is_draft or self.is_void)

    @property
    def base(self) -> int:
        return to_base(self.document.total, self.document.rate)

    @property
    def settled(self) -> int:
        return sum(one.minor for one in self.settlements)

    @property
    def is_written_off(self) -> bool:
        return self.document.written_off is not None and self.document.written_off <= self.day

    @property
    def written_off(self) -> int:
        return self.document.total - self.settled if self.is_written_off and self.is_posted else 0

    @property
    def written_off_base(self) -> int:
        return self.base - sum(one.base for one in self.settlements) if self.written_off else 0

    @property
    def balance(self) -> int:
        return self.document.total - self.settled - self.written_off if not self.is_void else 0

    @property
    def last_payment(self) -> dt.date | None:
        return max((one.date for one in self.settlements), default=None)

    @property
    def touched(self) -> dt.date:
        """The last day on which something was done to it."""
        document = self.document
        done = [document.date, *(one.date for one in self.settlements)]
        ends = [day for day in (document.voided, document.written_off) if day is not None and day <= self.day]
        return max(done + ends)

    @property
    def status(self) -> str:
        """Zoho's word for it; bills and credit notes have other words than invoices."""
        if self.is_void:
            return "void"
        if self.document.is_draft:
            return "draft"
        if self.document.kind == "creditnote":
            return "open" if self.balance else "closed"
        return self._progress() if self.balance else "paid"

    def _progress(self) -> str:
        if self.document.due < self.day:
            return "overdue"
        if self.settled:
            return "partially_paid"
        sent = SENT[sum(map(ord, self.document.number)) % len(SENT)]
        return "open" if self.document.kind == "bill" else sent


def standings(facts: Facts, day: dt.date) -> dict[str, Standing]:
    """The documents that are there at the end of `day`, by key, with everything that has settled them."""
    there = {
        one.key: Standing(one, day)
        for one in facts.documents
        if one.date <= day and (one.gone is None or one.gone > day)
    }
    for key, settlements in _settlements(facts, day).items():
        standing = there.get(key)
        if standing is not None and standing.is_posted:
            settlements.sort(key=lambda one: (one.date, one.by))
            standing.settlements = settlements
            _value(standing)
    return there


def _settlements(facts: Facts, day: dt.date) -> dict[str, list[Settlement]]:
    found: dict[str, list[Settlement]] = defaultdict(list)
    for key, one in _all_settlements(facts):
        if one.date <= day:
            found[key].append(one)
    return found


def _all_settlements(facts: Facts) -> Iterable[tuple[str, Settlement]]:
    for payment in facts.payments:
        for share in payment.shares:
            yield share.document, Settlement(payment.key, payment.date, share.minor)
    for credit in facts.credits:
        yield credit.invoice, Settlement(credit.note, credit.date, credit.minor)
        yield credit.note, Settlement(credit.invoice, credit.date, credit.minor)
    for refund in facts.refunds:
        yield refund.note, Settlement(refund.key, refund.date, refund.minor)


def _value(standing: Standing) -> None:
    """Each settlement takes its part of the document's base amount; together they take all of it."""
    parts = [one.minor for one in standing.settlements]
    rest = standing.document.total - sum(parts)
    for one, base in zip(standing.settlements, split(standing.base, [*parts, rest]), strict=False):
        one.base = base
