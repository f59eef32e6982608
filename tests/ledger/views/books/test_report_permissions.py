"""Each report asks for a permission of its own; without it neither the report nor a link to it is there. R44, R45."""

import pytest

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.ledger.books.company import Books
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

REPORTS = {
    Permission.VIEW_CASH: "reports/cash/",
    Permission.VIEW_PROFIT_AND_LOSS: "reports/profit-and-loss/",
    Permission.VIEW_AGEING: "reports/receivables/",
    Permission.VIEW_TRIAL_BALANCE: "reports/trial-balance/",
}


@pytest.mark.parametrize("permission", REPORTS)
def test_a_report_is_there_for_who_may_see_it_and_for_nobody_else(
    alice: Persona, books: Books, monkeypatch: pytest.MonkeyPatch, permission: Permission
) -> None:
    inside = f"/w/{alice.workspace.slug}/"
    assert {alice.client.get(inside + place).status_code for place in REPORTS.values()} == {200}
    assert f'href="{inside}{REPORTS[permission]}"' in alice.client.get(f"{inside}transactions/").content.decode()

    monkeypatch.setitem(ROLE_PERMISSIONS, Role.OWNER, frozenset(Permission) - {permission})
    answers = {one: alice.client.get(inside + place).status_code for one, place in REPORTS.items()}
    assert answers == {one: 403 if one == permission else 200 for one in REPORTS}
    assert f'href="{inside}{REPORTS[permission]}"' not in alice.client.get(f"{inside}transactions/").content.decode()
