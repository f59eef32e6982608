"""The main job in a browser: sign in, connect a bank, see the numbers; and they are the bank's own."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.bank import read_bank
from tests.journeys.steps import connect_bank, sign_in, wait_for_rows
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)
LONG_HISTORY = "ins_901"


def amount(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", "").replace("−", "-"))


@pytest.mark.usefixtures("celery_worker_process")
def test_what_the_pages_show_is_what_the_bank_says(page: Page, sandbox: str, alice: Persona) -> None:
    bank = read_bank(sandbox, LONG_HISTORY)
    assert bank.rows > 8_000
    sign_in(page, alice)
    expect(page.get_by_text("No bank is connected")).to_be_visible()
    connect_bank(page, alice, "Long History")
    wait_for_rows(page, alice, bank.rows)

    page.goto(f"/w/{alice.workspace.slug}/reports/profit-and-loss/?from={bank.first:%Y-%m}&to={bank.last:%Y-%m}")
    shown = {}
    for currency in bank.profit:
        statement = page.get_by_role("table", name=f"Profit and loss in {currency}")
        shown[currency] = amount(statement.get_by_role("row", name="Net profit").locator("td").last.inner_text())
    assert shown == bank.profit

    page.goto(f"/w/{alice.workspace.slug}/")
    cash = page.locator("main").inner_text()
    for balance in bank.cash.values():
        assert f"{balance:,.2f}" in cash
