"""Whatever happens to rows, merged sheets equal sheets rebuilt from the rows, and the reports equal plain sums."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.actions import (
    AllAnnotated,
    annotate_transactions,
    create_category_reversal,
    create_note_reversal,
    list_stale_months,
    rebuild_month,
    recategorise_transactions,
    write_note,
)
from ledger.kinds import BALANCE_SHEET_KINDS, Book, CategoryKind
from ledger.models import Category, CategoryChange, NoteChange, Transaction
from ledger.reports.profit_and_loss import profit_and_loss
from ledger.sheets.verify import months_to_verify, verify_month
from tests.ledger.people import SYNC, Feed, feed_account

pytestmark = pytest.mark.django_db

DAYS = st.sampled_from([date(2026, 4, 30), date(2026, 5, 1), date(2026, 6, 2)])
IDS = st.sampled_from([f"p{number}" for number in range(4)])
HINTS = st.sampled_from(["TRAVEL_FLIGHTS", "INCOME_WAGES", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", None])
ROWS = st.fixed_dictionaries(
    {
        "provider_id": IDS,
        "day": DAYS,
        "minor": st.integers(-10_000, 10_000),
        "description": st.sampled_from(["Straße 5", "wire\tin", "ﬁnal", ""]),
        "currency": st.sampled_from(["USD", "JPY"]),
        "pending": st.booleans(),
        "replaces": st.none() | IDS,
        "counterparty": st.sampled_from([None, "Acme", "ACME ", "Umbrella"]),
        "hint": HINTS,
    }
)
PAGES = st.tuples(
    st.just("page"), st.lists(ROWS, max_size=4), st.lists(IDS, max_size=1), st.sampled_from([True, True, True, False])
)
CHOICES = st.tuples(
    st.just("categorise"), st.lists(IDS, min_size=1, max_size=3), st.sampled_from(["rent", "own_transfer", None])
)
NOTES = st.tuples(st.just("note"), IDS, st.sampled_from(["", "Ask Bob", "ÄRGER"]))
NOTES_ON_MANY = st.tuples(
    st.just("annotate"),
    st.lists(IDS, min_size=1, max_size=3),
    st.sampled_from(["Ask Bob", "tab\tin", "ÄRGER"]),
    st.booleans(),
)
TAKEN_BACK = st.tuples(st.just("take back"))
REBUILDS = st.tuples(st.just("rebuild"))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(PAGES | CHOICES | NOTES | NOTES_ON_MANY | TAKEN_BACK | REBUILDS, min_size=3, max_size=10))
def test_merged_sheets_equal_sheets_rebuilt_from_rows(feed: Feed, deeds: Sequence[Any]) -> None:
    with transaction.atomic():
        feed.save(feed_account("checking"), feed_account("yen", currency="JPY"))
        for deed in deeds:
            act(feed, deed)
            assert differences() == []
        rebuild_stale()
        assert differences() == []
        assert list_stale_months(Book.BANK) == []
        assert reported_sums() == plain_sums()
        transaction.set_rollback(True)


def act(feed: Feed, deed: Sequence[Any]) -> None:
    match deed:
        case ("page", rows, gone, merge):
            feeds = [feed.row(account="yen" if row["currency"] == "JPY" else "checking", **row) for row in rows]
            feed.apply(*feeds, gone=tuple(gone), merge=merge)
        case ("categorise", provider_ids, origin):
            if ids := living(provider_ids):
                recategorise_transactions(actor=SYNC, ids=ids, category_id=id_of(origin))
        case ("note", provider_id, note):
            if found := Transaction.objects.filter(provider_id=provider_id).first():
                write_note(actor=SYNC, transaction_id=found.id, note=note)
        case ("annotate", provider_ids, note, replace):
            if ids := living(provider_ids):
                with suppress(AllAnnotated):
                    annotate_transactions(actor=SYNC, ids=ids, note=note, replace=replace)
        case ("take back",):
            take_back()
        case _:
            rebuild_stale()


def take_back() -> None:
    for change in CategoryChange.objects.filter(reversed_at=None)[:1]:
        create_category_reversal(actor=SYNC, change_id=change.id)
    for noted in NoteChange.objects.filter(reversed_at=None)[:1]:
        create_note_reversal(actor=SYNC, change_id=noted.id)


def living(provider_ids: Sequence[str]) -> list[UUID]:
    found = Transaction.objects.filter(provider_id__in=provider_ids, deleted_at=None)
    return list(found.values_list("id", flat=True))


def id_of(origin: str | None) -> UUID | None:
    return Category.objects.get(origin=origin).id if origin else None


def rebuild_stale() -> None:
    for month in list_stale_months(Book.BANK):
        rebuild_month(book=Book.BANK, month=month)


def differences() -> list[str]:
    months = months_to_verify(Book.BANK)
    return [difference for month in months for difference in verify_month(Book.BANK, month).differences]


def reported_sums() -> dict[tuple[str, date], int]:
    report = profit_and_loss(first=date(2026, 4, 1), last=date(2026, 6, 1))
    return {
        (statement.currency, month): amount
        for statement in report.statements
        for month, amount in zip(report.months, statement.net.by_month, strict=True)
        if amount
    }


def plain_sums() -> dict[tuple[str, date], int]:
    kinds = {one.id: CategoryKind(one.kind) for one in Category.objects.all()}
    sums: dict[tuple[str, date], int] = {}
    for row in Transaction.objects.filter(deleted_at=None, status="posted"):
        if row.category_id and kinds[row.category_id] in BALANCE_SHEET_KINDS:
            continue
        key = (row.currency, row.date.replace(day=1))
        sums[key] = sums.get(key, 0) + row.feed.minor
    return {key: amount for key, amount in sums.items() if amount}
