"""From a trial to a plan, through a card that fails, and back: on our pages, Stripe's, and by Stripe's own clock. R64, R86."""

import re

import pytest
import requests
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.access import workspace_scope
from billing.models import Customer
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.people import Persona

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]

SECONDS = 60
# Last digits of the sandbox's cards.
WORKS, FAILS_LATER = "4242", "0341"


def billing_of(person: Persona) -> str:
    return f"/w/{person.workspace.slug}/settings/billing/"


def go_on_by_a_month(sandbox: str, person: Persona) -> None:
    """Stripe's test clock, by the page that a person would press."""
    with workspace_scope(person.workspace.pk):
        customer = Customer.objects.get().customer_id
    answer = requests.post(f"{sandbox}/stripe/clock/{customer}", data={"decision": "month"}, timeout=60)
    assert answer.status_code == 200


def wait_for_words(page: Page, address: str, words: str) -> None:
    """Until Stripe's news have come and were followed."""
    for _ in range(SECONDS * 2):
        page.goto(address)
        if words in " ".join(page.locator("body").inner_text().split()):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{words!r} did not appear within {SECONDS} seconds")


def choose(page: Page, person: Persona, plan: str, seats: int) -> None:
    page.goto(billing_of(person))
    page.get_by_label(f"{plan}:").check()
    page.get_by_label("Seats", exact=True).fill(str(seats))
    page.get_by_role("button", name="See what it costs").click()
    expect(page.get_by_role("heading", name=f"{plan} with {seats} seats")).to_be_visible()


def pay(page: Page, card: str) -> None:
    page.get_by_role("button", name="Pay at Stripe").click()
    page.wait_for_url("**/stripe/checkout/**")
    for label in ("Email for receipts", "Company name"):
        if page.get_by_label(label).count():
            page.get_by_label(label).fill("books@example.test" if "Email" in label else "Alder Works")
    page.locator(f"input[name=card][value='{card}']").check()
    page.get_by_role("button", name=re.compile("^Pay .* and subscribe")).click()
    page.wait_for_url("**/settings/billing/")
    expect(page.get_by_text("Paid. The plan is Team now.")).to_be_visible()


def state_of(page: Page) -> str:
    return " ".join(page.locator(".billing__plan").inner_text().split())


def test_from_a_trial_to_a_plan_and_through_a_card_that_fails(page: Page, sandbox: str, alice: Persona) -> None:
    overview = f"/w/{alice.workspace.slug}/"
    sign_in(page, alice)
    page.get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", name="Billing")).to_be_visible()
    assert state_of(page) == "Free trial Trial"

    choose(page, alice, "Team", 2)
    expect(page.get_by_role("row", name="Due now")).to_contain_text("24.00")
    assert faults_of(page) == []
    pay(page, FAILS_LATER)
    assert state_of(page) == "Team Active"
    expect(page.get_by_text("1 of 2 used")).to_be_visible()

    choose(page, alice, "Team", 3)
    expect(page.get_by_role("row", name="Due now")).to_be_visible()
    expect(page.get_by_role("row", name="Next, on")).to_contain_text("36.00")
    assert look_at(page, [page.url]) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Make the change").click()
    expect(page.get_by_text("The plan is Team with 3 seats now.")).to_be_visible()
    expect(page.get_by_text("1 of 3 used")).to_be_visible()

    go_on_by_a_month(sandbox, alice)
    wait_for_words(page, overview, "The last payment failed. Unless it goes through, syncs stop on")
    page.get_by_role("link", name="See what is open").click()
    assert state_of(page) == "Team Past due"

    page.get_by_role("button", name="Card, address and tax id at Stripe").click()
    page.wait_for_url("**/stripe/portal/**")
    page.locator(f"input[name=card][value='{WORKS}']").check()
    page.get_by_role("button", name="Use this card").click()
    if page.get_by_role("button", name="Pay what is open").count():
        page.get_by_role("button", name="Pay what is open").click()
    page.get_by_role("link", name="Return to Counterfoil").click()
    page.wait_for_url("**/settings/billing/")
    wait_for_words(page, billing_of(alice), "Team Active")
    page.goto(overview)
    expect(page.get_by_text("The last payment failed")).to_have_count(0)


def test_cancelled_kept_after_all_ended_and_taken_again(page: Page, sandbox: str, alice: Persona) -> None:
    overview = f"/w/{alice.workspace.slug}/"
    sign_in(page, alice)
    choose(page, alice, "Team", 2)
    pay(page, WORKS)
    page.get_by_role("button", name="Cancel at the end of the period").click()
    expect(page.get_by_text("The plan is cancelled. It goes on until")).to_be_visible()
    assert state_of(page) == "Team Ends soon"
    page.get_by_role("button", name="Keep the plan after all").click()
    expect(page.get_by_text("The plan goes on.")).to_be_visible()
    assert state_of(page) == "Team Active"

    page.get_by_role("button", name="Cancel at the end of the period").click()
    expect(page.get_by_text("The plan is cancelled. It goes on until")).to_be_visible()
    go_on_by_a_month(sandbox, alice)
    wait_for_words(page, overview, "so nothing new comes in from banks and books")
    page.get_by_role("link", name="Choose a plan").click()
    assert state_of(page) == "Team Cancelled"
    expect(page.get_by_role("heading", name="Choose a plan")).to_be_visible()
    choose(page, alice, "Team", 2)
    pay(page, WORKS)
    assert state_of(page) == "Team Active"
    expect(page.get_by_text("Renews on")).to_be_visible()

    with page.expect_popup() as opened:
        page.get_by_role("table", name="Latest invoices").get_by_role("link").first.click()
    invoice = opened.value
    invoice.wait_for_load_state()
    assert invoice.url.startswith(f"{sandbox}/stripe/invoice/")
    assert invoice.evaluate("window.opener") is None


def test_the_pages_of_billing_by_day_and_night_at_a_desk_and_on_a_phone(
    page: Page, sandbox: str, alice: Persona
) -> None:
    here = billing_of(alice)
    sign_in(page, alice)
    assert look_at(page, [here, f"{here}invoices/", f"{here}preview/?plan=team&seats=2"]) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    choose(page, alice, "Team", 2)
    pay(page, WORKS)
    wrong = f"{here}return/?seen=0"
    assert look_at(page, [here, f"{here}invoices/"]) == []
    page.goto(wrong)
    page.wait_for_url(f"**{here}")


def test_back_without_paying_keeps_what_was_chosen(page: Page, sandbox: str, alice: Persona) -> None:
    sign_in(page, alice)
    choose(page, alice, "Business", 4)
    page.get_by_role("button", name="Pay at Stripe").click()
    page.wait_for_url("**/stripe/checkout/**")
    page.get_by_role("link", name="Back without paying").click()
    page.wait_for_url("**/settings/billing/?**")

    expect(page.get_by_label("Business:")).to_be_checked()
    expect(page.get_by_label("Seats", exact=True)).to_have_value("4")
    assert state_of(page) == "Free trial Trial"


def test_no_page_of_billing_loads_anything_from_elsewhere(page: Page, site: str, alice: Persona) -> None:
    asked: list[str] = []
    sign_in(page, alice)
    page.on("request", lambda request: asked.append(request.url))
    for address in ("", "invoices/", "preview/?plan=team&seats=2"):
        page.goto(f"{billing_of(alice)}{address}")

    assert settings.STRIPE is not None
    assert len(asked) > 3
    assert [one for one in asked if not one.startswith(site)] == []
