"""What pages show, asked of the plain tables: the reports' own shapes, filled by SQL."""

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from ledger.currencies import find_currency
from ledger.kinds import Status
from ledger.reports.freshness import freshness_of
from ledger.reports.names import read_categories
from ledger.reports.profit_and_loss import ProfitAndLoss, profit_and_loss_from
from ledger.reports.summaries import Summaries, month_number, months_between
from ledger.reports.transactions import Totals, TransactionFilter, TransactionPage, TransactionRow
from ledger.reports.transactions.listing import PAGE
from ledger.reports.transactions.names import Names, read_names
from ledger.sheets.codebook import base_currency
from tests.benchmarks.plain import FIRST_50, LIKE, ROWS, SUMS, TOTALS
from vault.blobs import fetch_binary


def profit_and_loss(*, first: date, last: date) -> ProfitAndLoss:
    """Every figure from SUM over the rows."""
    months = months_between(first, last)
    categories, base = read_categories(), base_currency()
    codes = {one.id: one.code for one in categories.values()}
    sums = fetch_binary(SUMS[ROWS], [months[0], last])
    return profit_and_loss_from(_summaries(sums, codes), categories, months, base=base)


def list_transactions(
    wanted: TransactionFilter,
    *,
    cursor: UUID | None = None,
    before: UUID | None = None,
    names: Names | None = None,
    size: int = PAGE,
) -> TransactionPage:
    """The newest rows, or those whose text holds all of what is looked for, with totals. Other filters are not asked here."""
    names = names or read_names()
    where, parameters = (LIKE, [f"%{wanted.text}%"] * 3) if wanted.text else ("true", [])
    rows = fetch_binary(FIRST_50.format(where=where, order="date"), parameters)
    totals = tuple(
        Totals(currency, count, int(money_in), int(money_out))
        for currency, count, money_in, money_out in fetch_binary(TOTALS.format(where=where), parameters)
    )
    return TransactionPage(
        rows=tuple(_row(row, names) for row in rows[:PAGE]),
        next_cursor=rows[PAGE - 1][0] if len(rows) > PAGE else None,
        previous_cursor=None,
        count=sum(one.count for one in totals),
        totals=totals,
        sheet_version="",
        freshness=freshness_of([]),
    )


def _summaries(sums: list[tuple[Any, ...]], codes: dict[UUID, int]) -> Summaries:
    months, categories, currencies, states, minors, counts = zip(*sums, strict=True)
    net = np.array([int(minor) for minor in minors], np.int64)
    return Summaries(
        heads=(),
        month=np.array([month_number(month) for month in months], np.int64),
        account=np.zeros(len(sums), np.int32),
        category=np.array([codes.get(category, 0) for category in categories], np.int32),
        currency=np.array([find_currency(code).numeric for code in currencies], np.int16),
        pending=np.array([state == Status.PENDING for state in states], np.uint8),
        money_in=np.maximum(net, 0),
        money_out=np.minimum(net, 0),
        count=np.array(counts, np.int64),
    )


def _row(row: tuple[Any, ...], names: Names) -> TransactionRow:
    row_id, _, account_id, category_id, day, status, currency, minor, description, counterparty, _ = row
    facts = names.accounts[account_id].facts
    return TransactionRow(
        id=row_id,
        date=day,
        account_id=account_id,
        account_name=facts.name,
        account_mask=facts.mask,
        description=description,
        counterparty=counterparty,
        counterparty_id=None,
        category_id=category_id,
        category_name=names.categories[category_id].name if category_id else None,
        category_by="feed",
        currency=currency,
        minor=minor,
        is_pending=status == Status.PENDING,
        is_removed=False,
        has_note=False,
    )
