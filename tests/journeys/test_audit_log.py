"""The audit log in a browser: what was done, opened and narrowed; an export that the worker makes and an auditor verifies."""

from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page

from accounts.access import workspace_scope
from accounts.actions import change_role
from accounts.models import Membership
from accounts.permissions import Role
from config.demo.local import REPOSITORY
from tests.audit.test_verifier import run
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import faults_of
from tests.support.people import Persona, make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]


def with_history(alice: Persona) -> str:
    """A workspace in which something was done; the address of its log."""
    bob = make_member("bob", alice.workspace, Role.STAFF)
    with workspace_scope(alice.workspace.pk):
        membership = Membership.objects.get(user=bob.user)
        change_role(actor=alice.actor, membership_id=membership.pk, role=Role.AUDITOR)
    return f"/w/{alice.workspace.slug}/settings/audit-log/"


def test_somebody_finds_out_who_changed_a_role(page: Page, alice: Persona) -> None:
    with_history(alice)
    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/settings/members/")
    page.get_by_role("link", name="Audit log").click()
    page.get_by_label("What").select_option("accounts.membership.role_changed")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Alice changed the role of Bob from Staff to Auditor").click()
    page.get_by_role("cell", name="Auditor").wait_for()
    page.get_by_role("link", name="All that was done to this").click()
    assert page.get_by_role("listitem").filter(has_text="made Bob a member, as Staff").count() == 1


def test_an_auditor_takes_an_export_away_and_verifies_it(page: Page, alice: Persona, tmp_path: Path) -> None:
    address = with_history(alice)
    sign_in(page, alice)
    page.goto(address)
    page.get_by_role("button", name="Export for an auditor").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    path = tmp_path / "export.zip"
    download.value.save_as(path)
    verifier = REPOSITORY / "audit" / "pages" / "bundles" / "verify.py"
    answer = run(verifier, path)
    assert (answer.status, "Everything holds" in answer.said) == (0, True)


def test_the_log_is_fit_for_everybody(page: Page, alice: Persona) -> None:
    address = with_history(alice)
    sign_in(page, alice)
    faults = []
    for scheme, width in product(("light", "dark"), (1440, 360)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of its own literals
        page.set_viewport_size({"width": width, "height": 900})
        for query in ("", "?outcome=failed&q=nobody"):
            page.goto(f"{address}{query}")
            if not query:
                page.locator("summary.event__line").first.click()
            faults += [f"{scheme} {width}: {fault}" for fault in faults_of(page)]
    assert faults == []
