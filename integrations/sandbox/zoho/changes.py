"""What is done to an organisation's books from outside, on top of what it does by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from integrations.sandbox.zoho.books.amounts import to_base
from integrations.sandbox.zoho.books.facts import Document, Facts, Item, Payment, Share

ADDED = ("invoice", "bill")
OF_DOCUMENTS = ("void", "write_off", "pay", "amend")
KINDS = (*ADDED, *OF_DOCUMENTS, "delete", "rename", "deactivate")


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`key` is what it is done to; a new invoice or bill is `key` itself, for `contact`. `minor` is its total, what is
    paid, or the amended total; `rate` goes with what is paid or added in another currency than the base currency.
    """

    kind: Literal["invoice", "bill", "void", "write_off", "pay", "amend", "delete", "rename", "deactivate"]
    key: str
    minor: int = 0
    rate: str = "1"
    name: str = ""
    contact: str = ""
    account: str = ""
    on: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A deed with its day, and the moment from which it counts as modified."""

    deed: Deed
    day: date
    at: datetime


def decode_change(body: str, day: str, at: str) -> Change:
    return Change(msgspec.json.decode(body, type=Deed), date.fromisoformat(day), datetime.fromisoformat(at))


def apply_changes(facts: Facts, changes: Sequence[Change]) -> tuple[Facts, dict[str, datetime]]:
    """The facts after the changes, and when each thing that they touched was modified last."""
    touched: dict[str, datetime] = {}
    for number, change in enumerate(changes):
        facts = _DEEDS[change.deed.kind](facts, change, number)
        touched[change.deed.key] = change.at
    return facts, touched


def _add(facts: Facts, change: Change, number: int) -> Facts:
    deed = change.deed
    contact = next(one for one in facts.contacts if one.key == deed.contact)
    day = deed.on or change.day
    document = Document(
        kind="invoice" if deed.kind == "invoice" else "bill",
        key=deed.key,
        contact=contact.key,
        number=deed.name or deed.key,
        date=day,
        due=deed.due or day,
        currency=contact.currency,
        rate=Decimal(deed.rate),
        items=(Item(deed.account, "Added from outside", deed.minor),),
    )
    return replace(facts, documents=(*facts.documents, document))


def _pay(facts: Facts, change: Change, number: int) -> Facts:
    deed, rate = change.deed, Decimal(change.deed.rate)
    document = next(one for one in facts.documents if one.key == deed.key)
    payment = Payment(
        side="vendor" if document.kind == "bill" else "customer",
        key=f"paid-from-outside-{number}",
        contact=document.contact,
        number=f"9{number:05d}",
        date=deed.on or change.day,
        account=deed.account,
        currency=document.currency,
        minor=deed.minor,
        base=to_base(deed.minor, rate),
        rate=rate,
        shares=(Share(document.key, deed.minor),),
    )
    return replace(facts, payments=(*facts.payments, payment))


def _change_document(change: Callable[[Document, Change], Document]) -> Callable[[Facts, Change, int], Facts]:
    def changed(facts: Facts, given: Change, number: int) -> Facts:
        documents = (change(one, given) if one.key == given.deed.key else one for one in facts.documents)
        return replace(facts, documents=tuple(documents))

    return changed


def _amend(document: Document, change: Change) -> Document:
    day = change.deed.on or document.date
    return replace(document, date=day, items=(replace(document.items[0], minor=change.deed.minor),))


def _delete(facts: Facts, change: Change, number: int) -> Facts:
    key = change.deed.key
    return replace(
        facts,
        contacts=tuple(one for one in facts.contacts if one.key != key),
        documents=tuple(one for one in facts.documents if one.key != key),
        payments=tuple(one for one in facts.payments if one.key != key),
        expenses=tuple(one for one in facts.expenses if one.key != key),
        moves=tuple(one for one in facts.moves if one.key != key),
    )


def _rename(facts: Facts, change: Change, number: int) -> Facts:
    key, name = change.deed.key, change.deed.name
    return replace(
        facts,
        contacts=tuple(replace(one, name=name) if one.key == key else one for one in facts.contacts),
        accounts=tuple(replace(one, name=name) if one.key == key else one for one in facts.accounts),
    )


def _deactivate(facts: Facts, change: Change, number: int) -> Facts:
    key = change.deed.key
    return replace(
        facts,
        contacts=tuple(replace(one, is_active=False) if one.key == key else one for one in facts.contacts),
        accounts=tuple(replace(one, is_active=False) if one.key == key else one for one in facts.accounts),
    )


_DEEDS: dict[str, Callable[[Facts, Change, int], Facts]] = {
    "invoice": _add,
    "bill": _add,
    "pay": _pay,
    "void": _change_document(lambda one, given: replace(one, voided=given.day)),
    "write_off": _change_document(lambda one, given: replace(one, written_off=given.day)),
    "amend": _change_document(_amend),
    "delete": _delete,
    "rename": _rename,
    "deactivate": _deactivate,
}
