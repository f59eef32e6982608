"""Counts and sums for filters on readable columns: from summaries, and from numbers only in months cut by a date."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import Book
from ledger.reports.summaries import Summaries, cut_months, join_summaries, read_summaries
from ledger.reports.transactions.collecting import added_totals, first_month, last_month, totals_of
from ledger.reports.transactions.filters import Show, TransactionFilter
from ledger.reports.transactions.matching import Codes, codes_of, match_numbers
from ledger.reports.transactions.names import Names
from ledger.reports.transactions.pages import Totals
from ledger.sheets.heads import Head
from ledger.sheets.merge import take_rows
from ledger.sheets.parts import Mask, numerics_in
from ledger.sheets.reading import Part, read_sheets


def count_readable(wanted: TransactionFilter, names: Names) -> tuple[list[Head], tuple[Totals, ...]]:
    """The heads looked at and the totals by currency, for a filter that SQL can answer; one statement."""
    cut, codes = cut_months(wanted.first, wanted.last), codes_of(wanted, names, ())
    first, last = first_month(wanted), last_month(wanted)
    if not cut:
        every = read_summaries(first, last)
        return list(every.heads), added_totals(_sum_summaries(every, _match_summaries(wanted, codes, every)))
    opened = read_sheets(Book.BANK, [Part.SUMMARY], first=first, last=last, except_in=cut, there=[Part.NUMBERS])
    whole = join_summaries([month for month in opened if month.head.month not in cut])
    totals = list(_sum_summaries(whole, _match_summaries(wanted, codes, whole)))
    for month in opened:
        if month.head.month in cut:
            matching = np.flatnonzero(match_numbers(wanted, codes, month.numbers))
            totals += totals_of(take_rows(month.numbers, matching))
    return [month.head for month in opened], added_totals(totals)


def version_of(heads: Iterable[Head]) -> str:
    """A short name for the very sheets that were read: it differs as soon as one of them is written or goes stale."""
    states = sorted((head.month, head.version, head.stale_since) for head in heads)
    return blake2b(repr(states).encode(), digest_size=12).hexdigest()


def _match_summaries(wanted: TransactionFilter, codes: Codes, summaries: Summaries) -> Mask:
    mask = np.ones(len(summaries.month), bool)
    if codes.accounts is not None:
        mask &= np.isin(summaries.account, codes.accounts)
    if codes.categories is not None:
        mask &= np.isin(summaries.category, codes.categories)
    if codes.currencies is not None:
        mask &= np.isin(summaries.currency, codes.currencies)
    if wanted.show != Show.ALL:
        mask &= summaries.is_posted == (wanted.show == Show.POSTED)
    return mask


def _sum_summaries(summaries: Summaries, mask: Mask) -> Iterable[Totals]:
    for numeric in numerics_in(summaries.currency[mask]):
        here = mask & (summaries.currency == numeric)
        yield Totals(
            currency=currency_of_numeric(numeric).code,
            count=int(summaries.count[here].sum()),
            money_in=int(summaries.money_in[here].sum()),
            money_out=int(summaries.money_out[here].sum()),
        )
