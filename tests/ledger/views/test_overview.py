from datetime import timedelta

import pytest

from accounts.permissions import Role
from ledger.kinds import AccountKind
from ledger.views.shown.months import shift_month
from tests.ledger.people import Feed, connect_bank, feed_account
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona, make_member, make_owner
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db


def open_overview(persona: Persona) -> Page:
    answer = persona.client.get(f"/w/{persona.workspace.slug}/")
    assert answer.status_code == 200
    return Page(answer)


def burn_for_months(bank: Feed) -> None:
    """Six full months in which 2,500.00 more goes out than comes in."""
    months = [shift_month(TODAY, -back) for back in range(1, 7)]
    with bank.scope():
        bank.save(feed_account(current=1_000_000))
        bank.apply(*(bank.row(month, -250_000, "Rent", hint="RENT_AND_UTILITIES_RENT") for month in months))


def test_without_a_bank_the_owner_is_led_to_connect_one(alice: Persona) -> None:
    page = open_overview(alice)

    assert "No bank is connected yet" in page.words
    assert page.link("Get started").startswith(f"/w/{alice.workspace.slug}/")


def test_without_a_bank_an_auditor_is_told_who_can_connect_one(bob: Persona) -> None:
    page = open_overview(bob)

    assert "An Owner or Admin of this workspace can connect one." in page.words
    assert "Connect a bank" not in [words for words, _ in page.links]


def test_accounts_without_transactions_say_that_they_follow(alice: Persona, bank: Feed) -> None:
    page = open_overview(alice)

    assert "1,000.00 USD" in page.words
    assert "Transactions are on their way" in page.words
    assert "Needs three full months of transactions" in page.words


def test_cards_name_cash_burn_and_runway(alice: Persona, bank: Feed) -> None:
    burn_for_months(bank)
    page = open_overview(alice)

    assert "Cash 10,000.00 USD" in page.words
    assert "Runway 4.0 months" in page.words
    assert "Net burn 2,500.00 USD a month" in page.words
    assert "At the present burn, cash lasts 4.0 months." in page.words


def test_without_an_account_in_the_base_currency_the_figures_are_in_that_of_the_cash() -> None:
    euros = make_owner("erika", "Erika", base_currency="EUR")
    with enter_workspace(euros.workspace.pk):
        bank = connect_bank(euros.workspace)
        bank.save(feed_account("yen card", kind=AccountKind.CREDIT, currency="JPY"))
    burn_for_months(bank)
    page = open_overview(euros)

    assert "These figures are in USD: no account is in EUR, the currency of this workspace." in page.words
    assert "Cash 10,000.00 USD" in page.words
    assert "Runway 4.0 months" in page.words
    assert "Net burn 2,500.00 USD a month" in page.words
    assert "0.00 EUR" not in page.words


def test_with_an_account_in_the_base_currency_no_other_is_spoken_of(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.save(feed_account(), feed_account("euros", currency="EUR"), feed_account("more euros", currency="EUR"))

    assert "These figures are in" not in open_overview(alice).words


def test_a_company_that_earns_has_no_burn_and_no_runway(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.apply(*(bank.row(shift_month(TODAY, -back), 700) for back in range(1, 7)))
    page = open_overview(alice)

    assert "Runway No burn" in page.words
    assert "Net burn No burn 7.00 USD a month gained" in page.words
    assert "None" not in page.words


def test_debts_alone_have_neither_cash_nor_runway() -> None:
    alone = make_owner("carl", "Carl")
    with enter_workspace(alone.workspace.pk):
        bank = connect_bank(alone.workspace)
        bank.save(feed_account("card", kind=AccountKind.CREDIT))
        bank.apply(*(bank.row(shift_month(TODAY, -back), -700, account="card") for back in range(1, 7)))
    page = open_overview(alone)

    assert "Cash – No balance of a cash account is known Owed on cards and loans: 1,000.00 USD" in page.words
    assert "Runway – No balance of a cash account is known" in page.words


def test_cards_lead_to_the_pages_they_sum(alice: Persona, bank: Feed) -> None:
    burn_for_months(bank)
    with bank.scope():
        bank.apply(bank.row(TODAY, -100, "Who knows"))
    page = open_overview(alice)

    assert "To review 1 transaction" in page.words
    assert "Who knows" in Page(alice.client.get(page.link("To review"))).words
    assert alice.client.get(page.link("Runway")).status_code == 200


def test_a_top_expense_opens_the_rows_of_its_months_and_currency(alice: Persona, bank: Feed) -> None:
    burn_for_months(bank)
    with bank.scope():
        bank.save(feed_account(), feed_account("euros", currency="EUR"))
        last_month = shift_month(TODAY, -1)
        bank.apply(bank.row(last_month, -5, account="euros", currency="EUR", hint="RENT_AND_UTILITIES_RENT"))
    rows = Page(alice.client.get(open_overview(alice).link("Rent")))

    assert "7,500.00" in open_overview(alice).words
    assert "−7,500.00" in rows.words
    assert "EUR" not in rows.row("Tick")[-1]


def test_charts_have_a_table_each(alice: Persona, bank: Feed) -> None:
    burn_for_months(bank)
    page = open_overview(alice)

    assert page.html.count("Show as table") == 2
    assert ["0.00", "−2,500.00", "−2,500.00"] in [row[1:] for row in page.rows]


def test_an_account_without_a_balance_is_in_no_sum_and_says_so(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.save(feed_account(), feed_account("savings", current=None))
    page = open_overview(alice)

    assert "Cash 1,000.00 USD" in page.words
    assert "The bank tells no balance for The savings account" in page.words


def test_figures_that_wait_to_be_computed_are_named(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.apply(bank.row(TODAY - timedelta(days=1), -100), merge=False)
    page = open_overview(alice)

    assert "still being computed" in page.words


def test_nobody_is_shown_the_way_to_a_page_they_may_not_open(alice: Persona) -> None:
    staff = make_member("sam", alice.workspace, Role.STAFF)
    listing = Page(staff.client.get(f"/w/{alice.workspace.slug}/transactions/"))

    assert "Profit and loss" not in [words for words, _ in listing.links]
    assert staff.client.get(f"/w/{alice.workspace.slug}/").status_code == 403
