"""The general ledger: each fact as a balanced entry, in its own currency and in the base currency."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integrations.sandbox.zoho.books.amounts import split, to_base
from integrations.sandbox.zoho.books.facts import (
    BAD_DEBT,
    EXCHANGE,
    PAYABLE,
    RECEIVABLE,
    Expense,
    Facts,
    Line,
    Move,
    Payment,
    Refund,
)
from integrations.sandbox.zoho.books.state import Standing


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction as it is posted. `source` is the key of the fact it comes from; two entries can share one."""

    source: str
    kind: str
    date: dt.date
    currency: str
    lines: tuple[Line, ...]
    number: str = ""
    reference: str = ""
    payee: str = ""
    text: str = ""


def entries(facts: Facts, standing: Mapping[str, Standing], day: dt.date) -> Iterator[Entry]:
    """Everything that is posted by the end of `day`, by kind and not by date."""
    names = {contact.key: contact.name for contact in facts.contacts}
    posted = [one for one in standing.values() if one.is_posted]
    yield from (_document(one, names) for one in posted)
    yield from (_write_off(one, names) for one in posted if one.written_off)
    yield from (_payment(one, standing, names) for one in facts.payments if one.date <= day)
    yield from (_refund(one, standing, names) for one in facts.refunds if one.date <= day)
    yield from (_expense(one) for one in facts.expenses if one.booked <= day)
    yield from (_move(one) for one in facts.moves if one.date <= day)


def _document(standing: Standing, names: Mapping[str, str]) -> Entry:
    document = standing.document
    # An invoice is a debit of the receivables and a credit of each item's account; the others the other way round.
    sign = 1 if document.kind == "invoice" else -1
    control = PAYABLE if document.kind == "bill" else RECEIVABLE
    bases = split(standing.base, [item.minor for item in document.items])
    lines = [Line(control, sign * document.total, sign * standing.base, document.contact)]
    for item, base in zip(document.items, bases, strict=True):
        lines.append(Line(item.account, -sign * item.minor, -sign * base, document.contact))
    return Entry(
        document.key,
        document.kind,
        document.date,
        document.currency,
        tuple(lines),
        number=document.number,
        reference=document.reference,
        payee=names[document.contact],
        text=document.items[0].name,
    )


def _write_off(standing: Standing, names: Mapping[str, str]) -> Entry:
    document = standing.document
    minor, base = standing.written_off, standing.written_off_base
    lines = (
        Line(BAD_DEBT, minor, base, document.contact),
        Line(RECEIVABLE, -minor, -base, document.contact),
    )
    given = (document.key, "invoice_write_off", document.written_off or document.date, document.currency, lines)
    return Entry(*given, number=document.number, payee=names[document.contact], text="Written off")


def _payment(payment: Payment, standing: Mapping[str, Standing], names: Mapping[str, str]) -> Entry:
    """What the documents stood at and what came in can differ in the base currency: the difference is realised."""
    settled = _settled(payment, standing)
    is_customer = payment.side == "customer"
    sign, control = (1, RECEIVABLE) if is_customer else (-1, PAYABLE)
    lines = (
        Line(payment.account, sign * payment.minor, sign * payment.base, payment.contact),
        Line(control, -sign * payment.minor, -sign * settled, payment.contact),
        *_difference(sign * (settled - payment.base), payment.contact),
    )
    kind = "customer_payment" if is_customer else "vendor_payment"
    given = (payment.key, kind, payment.date, payment.currency, lines)
    return Entry(*given, number=payment.number, reference=payment.reference, payee=names[payment.contact])


def _settled(payment: Payment, standing: Mapping[str, Standing]) -> int:
    """Base units at the documents' rates; what settles nothing counts at the payment's own."""
    base, left = 0, payment.minor
    for share in payment.shares:
        document = standing.get(share.document)
        if document is None:
            continue
        for one in document.settlements:
            if one.by == payment.key:
                base += one.base
                left -= one.minor
    return base + (payment.base if left == payment.minor else to_base(left, payment.rate))


def _refund(refund: Refund, standing: Mapping[str, Standing], names: Mapping[str, str]) -> Entry:
    note = standing.get(refund.note)
    settled = sum(one.base for one in note.settlements if one.by == refund.key) if note else refund.base
    lines = (
        Line(RECEIVABLE, refund.minor, settled, refund.contact),
        Line(refund.account, -refund.minor, -refund.base, refund.contact),
        *_difference(refund.base - settled, refund.contact),
    )
    given = (refund.key, "creditnote_refund", refund.date, refund.currency, lines)
    return Entry(*given, reference=refund.reference, payee=names[refund.contact])


def _difference(base: int, contact: str) -> tuple[Line, ...]:
    """A gain is a credit, a loss a debit; nothing in the document's currency."""
    return (Line(EXCHANGE, 0, base, contact),) if base else ()


def _expense(expense: Expense) -> Entry:
    lines = (
        Line(expense.account, expense.minor, expense.base),
        Line(expense.paid_through, -expense.minor, -expense.base),
    )
    kind = "expense" if expense.minor >= 0 else "expense_refund"
    given = (expense.key, kind, expense.date, expense.currency, lines)
    return Entry(*given, reference=expense.reference, payee=expense.payee, text=expense.text)


def _move(move: Move) -> Entry:
    given = (move.key, move.kind, move.date, move.currency, move.lines)
    return Entry(*given, number=move.number, reference=move.reference, payee=move.payee, text=move.text)
