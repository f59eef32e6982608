"""A person reads reports: compares months, goes back in time, prints; with keys alone, and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import workspace_scope
from ledger.views.shown.months import name_day, name_month, shift_month
from tests.journeys.steps import sign_in
from tests.ledger.people import connect_bank, feed_account
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = timezone.localdate()


@pytest.fixture
def reader(page: Page, alice: Persona) -> Page:
    """Alice signed in; her company has three years of rent and a weekly payment to its cleaners."""
    with workspace_scope(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save(feed_account(current=5_000_000))
        months = [shift_month(TODAY, -back) for back in range(36)]
        feed.apply(*(feed.row(month, -90_000, "Rent", hint="RENT_AND_UTILITIES_RENT") for month in months))
        weeks = [TODAY - timedelta(days=7 * back) for back in range(1, 7)]
        feed.apply(*(feed.row(day, -5_000, counterparty="Cleaners") for day in weeks))
    sign_in(page, alice)
    return page


def test_a_comparison_is_chosen_with_the_keyboard_and_stays_in_the_address(reader: Page, alice: Persona) -> None:
    reader.goto(f"/w/{alice.workspace.slug}/reports/profit-and-loss/?period=3")
    reader.get_by_role("link", name="Year before").focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url("**?period=3&compare=year")
    compared = reader.get_by_role("table", name="Profit and loss compared, in USD")
    expect(compared.get_by_role("row", name="Rent")).to_contain_text("0.0%")
    reader.get_by_role("link", name="12 months").press("Enter")
    reader.wait_for_url("**?period=12&compare=year")
    expect(reader.get_by_text(f"compared with {name_month(shift_month(TODAY, -23))}")).to_be_visible()


def test_a_person_looks_at_the_cash_of_another_day(reader: Page, alice: Persona) -> None:
    reader.goto(f"/w/{alice.workspace.slug}/")
    reader.get_by_role("link", name="Cash", exact=True).first.click()
    expect(reader.get_by_role("heading", name="Next 13 weeks, expected")).to_be_visible()
    expect(reader.get_by_role("row", name="Cleaners")).to_contain_text("Every week")
    day = TODAY - timedelta(days=8)
    reader.get_by_label("Balances at the end of").fill(day.isoformat())
    reader.get_by_label("Balances at the end of").press("Enter")
    reader.wait_for_url(f"**on={day}*")
    balances = reader.get_by_role("table", name="Balances in USD")
    expect(balances.get_by_role("row", name="The checking account")).to_contain_text("50,050.00")
    reader.get_by_role("link", name="Today", exact=True).click()
    expect(reader.get_by_text(f"today, {name_day(TODAY)}")).to_be_visible()


def test_paper_shows_every_month_and_no_controls(reader: Page, alice: Persona) -> None:
    reader.goto(f"/w/{alice.workspace.slug}/reports/profit-and-loss/?period=36")
    slices = reader.locator("table.table--slice")
    expect(slices).to_have_count(3)
    expect(slices.first).to_be_hidden()
    reader.emulate_media(media="print")
    expect(reader.get_by_role("heading", name="Profit and loss")).to_be_visible()
    expect(reader.get_by_text("Figures of")).to_be_visible()
    expect(reader.get_by_role("navigation", name="Period")).to_be_hidden()
    expect(reader.get_by_role("table", name="Profit and loss in USD")).to_be_hidden()
    shown = [name for sheet in slices.all() for name in sheet.locator("thead th").all_inner_texts()[1:]]
    assert shown == [*(name_month(shift_month(TODAY, -back)) for back in range(35, -1, -1)), "Total, 36 months"]
    for sheet in slices.all():
        expect(sheet).to_be_visible()


def test_a_phone_says_that_there_are_more_months(reader: Page, alice: Persona) -> None:
    reader.set_viewport_size({"width": 360, "height": 900})
    reader.goto(f"/w/{alice.workspace.slug}/reports/profit-and-loss/?period=12")
    expect(reader.get_by_text("12 months: scroll or swipe for earlier ones")).to_be_visible()
