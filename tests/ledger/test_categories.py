import pytest

from ledger.categories import DEFAULT_CATEGORIES, HINTS, origin_of_hint
from ledger.kinds import CategoryKind


def test_every_hint_means_a_category_that_workspaces_start_with() -> None:
    origins = {one.origin for one in DEFAULT_CATEGORIES}
    assert {origin for pair in HINTS.values() for origin in pair} <= origins | {""}


def test_default_categories_have_names_of_their_own_and_every_kind() -> None:
    assert len({one.name.casefold() for one in DEFAULT_CATEGORIES}) == len(DEFAULT_CATEGORIES)
    assert {one.kind for one in DEFAULT_CATEGORIES} == set(CategoryKind)


@pytest.mark.parametrize(
    ("hint", "minor", "origin"),
    [
        ("TRAVEL_FLIGHTS", -100, "travel"),
        ("TRAVEL_FLIGHTS", 100, "travel"),  # a refund keeps its category
        ("INCOME_WAGES", 100, "sales"),
        ("INCOME_WAGES", -100, "payroll"),
        ("INCOME_SALARY", -100, "payroll"),
        ("LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", -100, "card_payment"),
        ("LOAN_DISBURSEMENTS_STUDENT", 100, "loans"),
        ("TRAVEL_SPACE_FLIGHTS", -100, "travel"),  # unknown in detail, its primary is not
        ("TRANSFER_IN_WIRE", 100, ""),
        ("SOMETHING_ELSE", 100, ""),
        ("", 100, ""),
        (None, 100, ""),
    ],
)
def test_a_hint_means_a_category_or_none(hint: str | None, minor: int, origin: str) -> None:
    assert origin_of_hint(hint, minor) == origin
