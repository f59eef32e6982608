"""The pages in a browser: what script adds works, and nothing on them shuts anybody out."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import workspace_scope
from tests.journeys.test_main_job import sign_in
from tests.ledger.people import connect_bank
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "",
    "transactions/",
    "transactions/?q=payment&status=posted",
    "reports/profit-and-loss/?period=24",
    "connections/",
)


@pytest.fixture
def company(alice: Persona) -> Persona:
    """Alice's company with two years of rent, and a payment that has no category."""
    today = timezone.now().date()
    with workspace_scope(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save()
        rents = [
            feed.row(today - timedelta(days=30 * n), -90_000, "Rent", hint="RENT_AND_UTILITIES_RENT") for n in range(24)
        ]
        feed.apply(*rents, feed.row(today, -1_250, "A payment", counterparty="Kiosk"))
    return alice


def home(person: Persona) -> str:
    return f"/w/{person.workspace.slug}/"


def test_a_category_is_chosen_in_its_place_and_taken_back(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"{home(company)}transactions/?q=payment")
    row = page.get_by_role("row").filter(has_text="A payment")
    row.get_by_role("link", name="Category: none. Change").click()
    row.get_by_label("Category of A payment").select_option(label="Travel")
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Travel")
    row.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("No category")


def test_one_box_ticks_the_page_and_many_rows_are_categorised(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"{home(company)}transactions/")
    page.locator("[data-check-all]").check()
    expect(page.get_by_text("25 selected")).to_be_visible()
    page.get_by_label("Category for the selected rows").select_option(label="Training")
    page.get_by_role("button", name="Categorise selected").click()
    expect(page.get_by_text("The category was changed.")).to_be_visible()
    expect(page.get_by_role("link", name="Category: Training. Change")).to_have_count(25)


def test_a_chart_reads_out_the_month_under_the_pointer(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.locator("[data-readout]").last.hover()
    expect(page.locator("[data-readout-place]").last).to_contain_text("net −")


def test_without_script_filters_and_categories_work_all_the_same(page: Page, company: Persona) -> None:
    sign_in(page, company)
    plain = page.context.browser.new_context(  # type: ignore[union-attr] # a page of ours has a browser
        java_script_enabled=False, storage_state=page.context.storage_state(), base_url=page.url
    ).new_page()
    plain.goto(f"{home(company)}transactions/?q=payment")
    plain.get_by_role("link", name="Category: none. Change").click()
    plain.get_by_label("Category").select_option(label="Travel")
    plain.get_by_role("button", name="Save category").click()
    expect(plain.get_by_text("The category was changed.")).to_be_visible()
    plain.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_pages_are_open_to_everybody_and_fit_the_screen(
    page: Page, company: Persona, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, company)
    for path in PAGES:
        page.goto(home(company) + path)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_axe_would_find_a_picture_without_words(page: Page) -> None:
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    assert "image-alt" in [one["id"] for one in Axe().run(page).response["violations"]]
