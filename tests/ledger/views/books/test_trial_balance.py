from datetime import timedelta
from decimal import Decimal

import pytest

from tests.ledger.books.company import Books, posting
from tests.ledger.views.books.small import open_page
from tests.ledger.views.reading import TODAY
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def test_every_account_stands_on_its_side_and_the_sums_are_equal(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/trial-balance/")

    assert page.row("Accounts receivable")[1:] == ["500.00", "–"]
    assert page.row("Sales 4000")[1:] == ["–", "900.00"]
    assert page.row("Rent")[1:] == ["400.00", "–"]
    assert page.row("Total Balances")[1:] == ["900.00", "900.00"]


def test_a_day_before_the_first_posting_has_nothing(alice: Persona, traded: Books) -> None:
    before = TODAY.replace(day=1) - timedelta(days=1)
    page = open_page(alice, f"reports/trial-balance/?on={before.isoformat()}")

    assert "Nothing was posted by then" in page.words


def test_a_day_to_come_is_refused(alice: Persona, traded: Books) -> None:
    page = open_page(alice, f"reports/trial-balance/?on={(TODAY + timedelta(days=1)).isoformat()}")

    assert "Choose today or a day before." in page.words


def test_lines_of_another_currency_are_shown_in_it(alice: Persona, traded: Books) -> None:
    with traded.scope():
        euros = {"currency": "EUR", "date": TODAY.replace(day=1)}
        traded.postings(
            posting("5", "owed", 100_00, **euros, base_minor=int(100_00 * Decimal("1.1"))),
            posting("6", "sales", -100_00, **euros, base_minor=-int(100_00 * Decimal("1.1"))),
        )
    page = open_page(alice, "reports/trial-balance/?in=EUR")

    assert page.row("Sales 4000")[1:] == ["–", "100.00"]
    assert open_page(alice, "reports/trial-balance/").row("Sales 4000")[1:] == ["–", "1,010.00"]


def test_books_that_do_not_balance_say_by_how_much(alice: Persona, traded: Books) -> None:
    with traded.scope():
        traded.postings(posting("lonely", "rent", 5_00, date=TODAY.replace(day=1)))
    page = open_page(alice, "reports/trial-balance/")

    assert "Debits and credits differ by 5.00 USD" in page.words
    assert (
        "Either lines are missing, which the next sync reads, or lines in another currency have no rate" in page.words
    )
    assert page.row("Total")[1:] == ["905.00", "900.00"]


def test_before_anything_is_posted_it_says_so(alice: Persona, books: Books) -> None:
    assert "Nothing is posted yet" in open_page(alice, "reports/trial-balance/").words


def test_lines_without_a_rate_are_said_to_be_in_no_sum(alice: Persona, traded: Books) -> None:
    assert "no rate" not in open_page(alice, "reports/trial-balance/").words
    with traded.scope():
        euros = {"currency": "EUR", "base_minor": None, "date": TODAY.replace(day=1)}
        traded.postings(posting("5", "owed", 100_00, **euros), posting("6", "sales", -100_00, **euros))
    page = open_page(alice, "reports/trial-balance/")

    assert "Lines in EUR have no rate to USD, and no part in these sums" in page.words
    assert page.row("Total Balances")[1:] == ["900.00", "900.00"]
    assert "no rate" not in open_page(alice, "reports/trial-balance/?in=EUR").words


def test_books_that_differ_by_what_has_no_rate_do_not_say_that_lines_are_missing(alice: Persona, traded: Books) -> None:
    with traded.scope():
        traded.postings(
            posting("5", "owed", 100_00, currency="EUR", base_minor=None, date=TODAY.replace(day=1)),
            posting("6", "sales", -110_00, date=TODAY.replace(day=1)),
        )
    words = open_page(alice, "reports/trial-balance/").words

    assert "Debits and credits differ by 110.00 USD . What has no rate, above, may be all of it" in words
    assert "Either lines are missing" not in words
