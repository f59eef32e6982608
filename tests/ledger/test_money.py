from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.currencies import CURRENCIES, UnknownCurrency, currency_of_numeric, find_currency
from ledger.money import MAX_MINOR, InexactAmount, format_all, format_minor, to_decimal, to_minor

CODES = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "USD", 1234),
        ("-0.01", "USD", -1),
        ("12.340", "USD", 1234),
        ("5", "JPY", 5),
        ("1e3", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("0.0001", "CLF", 1),
        ("-0", "EUR", 0),
    ],
)
def test_amounts_become_minor_units_exactly(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("12.345", "USD"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("NaN", "USD"),
        ("sNaN", "USD"),
        ("Infinity", "USD"),
        ("1e500", "USD"),
        ("1e-1000000", "USD"),
        ("1e15", "USD"),
        ("9" * 70, "USD"),
    ],
)
def test_what_a_currency_cannot_hold_is_refused_and_not_told(amount: str, currency: str) -> None:
    with pytest.raises(InexactAmount) as refusal:
        to_minor(Decimal(amount), currency)
    assert amount[:6] not in str(refusal.value)


@given(minor=st.integers(-MAX_MINOR, MAX_MINOR), currency=CODES)
def test_minor_units_survive_the_way_to_decimal_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor


@given(minor=st.integers(-MAX_MINOR, MAX_MINOR), currency=CODES)
def test_what_is_shown_says_the_amount(minor: int, currency: str) -> None:
    shown = format_minor(minor, currency).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert Decimal(shown) == to_decimal(minor, currency)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123_456_789, "USD", "1,234,567.89"),
        (-5, "USD", "−0.05"),
        (-1_234, "JPY", "−1,234"),
        (1_234, "KWD", "1.234"),
        (0, "EUR", "0.00"),
    ],
)
def test_amounts_are_shown_with_separators_and_a_real_minus(minor: int, currency: str, shown: str) -> None:
    assert format_minor(minor, currency) == shown


def test_a_grid_is_shown_at_once_and_zero_as_one_likes() -> None:
    assert format_all([100, 0, -250], "USD") == ["1.00", "0.00", "−2.50"]
    assert format_all([100, 0, -250], "USD", zero="–") == ["1.00", "–", "−2.50"]


def test_exponents_are_those_of_iso_4217() -> None:
    assert [find_currency(code).exponent for code in ("JPY", "USD", "KWD", "CLF")] == [0, 2, 3, 4]
    assert currency_of_numeric(978).code == "EUR"
    assert len({one.numeric for one in CURRENCIES.values()}) == len(CURRENCIES)


@pytest.mark.parametrize("code", ["BTC", "usd", "", "XAU"])
def test_other_codes_are_unknown(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        find_currency(code)


def test_an_unknown_number_is_unknown() -> None:
    with pytest.raises(UnknownCurrency):
        currency_of_numeric(1)
