"""A person comes through the door."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_owner_signs_in_with_address_and_password(page: "Page", alice: "Persona") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(alice.user.email)
    page.get_by_label("Password").fill(alice.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{alice.workspace.slug}/")
