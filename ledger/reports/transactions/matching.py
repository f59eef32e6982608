"""Which rows of opened sheets a filter matches: masks over columns, a month at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from ledger.currencies import currency_of_numeric, find_currency
from ledger.money import MAX_MINOR
from ledger.reports.transactions.filters import Direction, Show, TransactionFilter
from ledger.reports.transactions.names import Names
from ledger.sheets.parts import Flag, Mask, Numbers, day_number, numerics_in
from ledger.sheets.rows import fold

MAX_TERMS = 10


@dataclass(frozen=True, slots=True, repr=False)
class Codes:
    """A filter's ids as the sheets' codes; None does not narrow. Category 0 is what has none."""

    accounts: tuple[int, ...] | None
    categories: tuple[int, ...] | None
    counterparties: tuple[int, ...] | None
    currencies: tuple[int, ...] | None


def codes_of(wanted: TransactionFilter, names: Names, counterparties: Collection[int]) -> Codes:
    """The codes of a filter. Ids that the workspace does not have match nothing. Raises UnknownCurrency."""
    accounts = tuple(names.accounts[one].code for one in wanted.accounts if one in names.accounts)
    categories = [names.categories[one].code for one in wanted.categories if one in names.categories]
    if wanted.uncategorised:
        categories.append(0)
    return Codes(
        accounts=accounts if wanted.accounts else None,
        categories=tuple(categories) if wanted.categories or wanted.uncategorised else None,
        counterparties=tuple(counterparties) if wanted.counterparties else None,
        currencies=tuple(find_currency(one).numeric for one in wanted.currencies) if wanted.currencies else None,
    )


def match_numbers(wanted: TransactionFilter, codes: Codes, numbers: Numbers) -> Mask:
    """The rows that match in everything but the text."""
    mask = _match_status(wanted.show, numbers)
    if wanted.first:
        mask &= numbers.day >= day_number(wanted.first)
    if wanted.last:
        mask &= numbers.day <= day_number(wanted.last)
    for column, chosen in (
        (numbers.account, codes.accounts),
        (numbers.category, codes.categories),
        (numbers.counterparty, codes.counterparties),
        (numbers.currency, codes.currencies),
    ):
        if chosen is not None:
            mask &= np.isin(column, chosen)
    if wanted.direction:
        mask &= numbers.minor >= 0 if wanted.direction == Direction.IN else numbers.minor < 0
    if wanted.amount_from is not None or wanted.amount_to is not None:
        mask &= _match_amounts(wanted, numbers)
    return mask


def terms_of(text: str) -> tuple[bytes, ...]:
    """The words of a search as they stand in folded text."""
    return tuple(word.encode() for word in list(dict.fromkeys(fold(text).split()))[:MAX_TERMS])


def _match_status(show: Show, numbers: Numbers) -> Mask:
    stands: Mask = (numbers.flags & Flag.REMOVED) == 0
    if show == Show.ALL:
        return stands
    pending: Mask = (numbers.flags & Flag.PENDING) != 0
    match show:
        case Show.REMOVED:
            return ~stands
        case Show.PENDING:
            return pending & stands
        case Show.POSTED:
            return ~pending & stands


def _match_amounts(wanted: TransactionFilter, numbers: Numbers) -> Mask:
    size, mask = np.abs(numbers.minor), np.zeros(len(numbers), bool)
    for numeric in numerics_in(numbers.currency):
        exponent = currency_of_numeric(numeric).exponent
        here = numbers.currency == numeric
        if wanted.amount_from is not None:
            here &= size >= _bound(wanted.amount_from, exponent, ROUND_CEILING)
        if wanted.amount_to is not None:
            here &= size <= _bound(wanted.amount_to, exponent, ROUND_FLOOR)
        mask |= here
    return mask


def _bound(amount: Decimal, exponent: int, rounding: str) -> int:
    # Beyond what the ledger holds every bound is alike, and has to fit the column.
    held = min(abs(amount), Decimal(2 * MAX_MINOR))
    return min(int(held.scaleb(exponent).to_integral_value(rounding)), 2 * MAX_MINOR)
