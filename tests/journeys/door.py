"""Coming in as a newcomer: the form, and the code that comes by mail. Needs a worker, which sends it."""

from pathlib import Path
from secrets import token_hex

from playwright.sync_api import Page

from tests.support.mails import code_in_folder
from tests.support.people import PASSWORD


def new_address(name: str) -> str:
    return f"{name}-{token_hex(6)}@example.test"


def fill_sign_up(page: Page, address: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="Confirm your address").wait_for()


def sign_up(page: Page, mails: Path, address: str) -> None:
    """Up to the page on which a newcomer names their workspace. `mails`: where the worker writes them."""
    fill_sign_up(page, address)
    page.get_by_label("Code").fill(code_in_folder(mails, address))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/workspaces/new/")
