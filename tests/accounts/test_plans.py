"""A workspace's plan: what it says, who may change it, and that losing it takes nothing but syncs. R64."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.entitlements import may_sync, name_history, notice_of
from accounts.models import Plan, PlanState, Workspace
from accounts.permissions import Role
from audit.log import open_detail
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, Persona, code_of, make_member
from tests.support.plans import change_plan, end_trial

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON, LATER, PAST = NOW + timedelta(days=3), NOW + timedelta(days=20), NOW - timedelta(days=1)


def workspace(state: PlanState, ends_at: datetime | None, plan: Plan = Plan.TEAM) -> Workspace:
    return Workspace(plan=plan, plan_state=state, plan_ends_at=ends_at)


@pytest.mark.parametrize(
    ("state", "ends_at", "syncs", "says"),
    [
        (PlanState.TRIALING, LATER, True, None),
        (PlanState.TRIALING, SOON, True, "ends on 25 Nov 2026"),
        (PlanState.TRIALING, PAST, False, "free trial ended on 21 Nov 2026"),
        (PlanState.ACTIVE, None, True, None),
        (PlanState.ACTIVE, LATER, True, "is cancelled and ends on 12 Dec 2026"),
        (PlanState.ACTIVE, PAST, False, "plan ended on 21 Nov 2026"),
        (PlanState.PAST_DUE, None, True, "payment failed"),
        (PlanState.PAST_DUE, SOON, True, "syncs stop on 25 Nov 2026"),
        (PlanState.PAST_DUE, PAST, False, "was not made up for"),
        (PlanState.UNPAID, None, False, "is unpaid"),
        (PlanState.UNPAID, LATER, False, "is unpaid"),
        (PlanState.CANCELED, LATER, True, "ends on 12 Dec 2026"),
        (PlanState.CANCELED, PAST, False, "plan ended on 21 Nov 2026"),
        (PlanState.CANCELED, None, False, "plan has ended"),
        (PlanState.PAUSED, None, False, "is paused"),
    ],
)
def test_what_each_state_means(state: PlanState, ends_at: datetime | None, syncs: bool, says: str | None) -> None:
    plan = Plan.TRIAL if state == PlanState.TRIALING else Plan.TEAM
    one = workspace(state, ends_at, plan)
    notice = notice_of(one, NOW)

    assert may_sync(one, NOW) is syncs
    assert (notice is None) == (says is None)
    assert says is None or (notice is not None and says in notice.text)
    assert syncs or (notice is not None and "stays, and can be exported" in notice.text)


def test_the_moment_itself_is_after_the_end() -> None:
    assert not may_sync(workspace(PlanState.ACTIVE, NOW), NOW)
    assert may_sync(workspace(PlanState.ACTIVE, NOW + timedelta(seconds=1)), NOW)


def test_history_in_words() -> None:
    assert [name_history(Workspace(history_months=months)) for months in (12, 18, 24)] == [
        "a year",
        "18 months",
        "two years",
    ]


@pytest.mark.django_db
def test_a_change_of_plan_is_recorded_with_what_was_before(alice: Persona) -> None:
    change_plan(alice, plan=Plan.TEAM, state=PlanState.ACTIVE, ends_at=None, seat_limit=4)
    with workspace_scope(alice.workspace.pk):
        told = open_detail(Event.objects.get(action="accounts.plan.changed"))

    before = cast(dict[str, object], told["before"])
    assert before.pop("plan_ends_at")
    assert before == {"plan": "trial", "plan_state": "trialing", "seat_limit": 10}
    assert told["after"] == {"plan": "team", "plan_state": "active", "plan_ends_at": "", "seat_limit": 4}


@pytest.mark.django_db
def test_what_is_as_it_was_is_not_recorded(alice: Persona) -> None:
    change_plan(alice)
    with workspace_scope(alice.workspace.pk):
        assert not Event.objects.filter(action="accounts.plan.changed").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.STAFF, Role.AUDITOR])
def test_every_page_says_so_and_who_can_do_something(alice: Persona, role: Role) -> None:
    person = alice if role == Role.OWNER else make_member("carol", alice.workspace, role)
    here = f"/w/{alice.workspace.slug}/settings/members/"
    assert 'aria-label="Plan"' not in person.client.get(here).content.decode()
    end_trial(alice)
    page = person.client.get(here).content.decode()

    assert "The free trial ended on" in page
    link = f'href="/w/{alice.workspace.slug}/settings/billing/"'
    banner = page.partition('aria-label="Plan"')[2].partition("</aside>")[0]
    assert (link in banner) == (role in {Role.OWNER, Role.ADMIN})
    assert ("Ask an Owner or Admin." in banner) == (role not in {Role.OWNER, Role.ADMIN})


@pytest.mark.django_db
def test_the_banner_asks_the_database_nothing(alice: Persona) -> None:
    here = f"/w/{alice.workspace.slug}/settings/members/"
    alice.client.get(here)
    with CaptureQueriesContext(connection) as without:
        alice.client.get(here)
    end_trial(alice)
    with CaptureQueriesContext(connection) as with_banner:
        assert "The free trial ended on" in alice.client.get(here).content.decode()

    assert len(with_banner) == len(without)


@pytest.mark.django_db
def test_days_are_those_of_the_person(alice: Persona) -> None:
    alice.user.time_zone = "Pacific/Auckland"
    alice.user.save(update_fields=["time_zone"])
    tomorrow = (timezone.now() + timedelta(days=1)).replace(hour=23, minute=30)
    change_plan(alice, ends_at=tomorrow)
    there = tomorrow + timedelta(hours=12)

    assert f"{there.day} {there:%b %Y}" in alice.client.get(f"/w/{alice.workspace.slug}/").content.decode()


LOST: list[dict[str, Any]] = [
    {"ends_at": datetime(2026, 1, 1, tzinfo=UTC)},
    {"plan": Plan.TEAM, "state": PlanState.UNPAID, "ends_at": None},
    {"plan": Plan.TEAM, "state": PlanState.CANCELED, "ends_at": datetime(2026, 1, 1, tzinfo=UTC)},
    {"plan": Plan.TEAM, "state": PlanState.PAUSED, "ends_at": None},
]


@pytest.mark.django_db
@pytest.mark.parametrize("terms", LOST, ids=["trial over", "unpaid", "canceled", "paused"])
def test_without_a_plan_everybody_still_signs_in(alice: Persona, terms: dict[str, Any]) -> None:
    change_plan(alice, **terms)
    client = ScopeCheckingClient()
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    client.post("/accounts/login/second-factor/", {"token": code_of(alice.user)})

    assert client.get(f"/w/{alice.workspace.slug}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("terms", LOST, ids=["trial over", "unpaid", "canceled", "paused"])
def test_without_a_plan_the_audit_log_is_there_and_can_be_exported(alice: Persona, terms: dict[str, Any]) -> None:
    change_plan(alice, **terms)
    inside = f"/w/{alice.workspace.slug}/settings/audit-log/"
    assert "changed the plan" in alice.client.get(inside).content.decode()
    today = timezone.now().date()
    asked = alice.client.post(f"{inside}exports/", {"from": f"{today}", "to": f"{today}"})

    assert asked.status_code == 302
    assert "confirm" not in asked["Location"]
    with workspace_scope(alice.workspace.pk):
        assert Event.objects.filter(action="audit.bundle.requested").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "transactions/", "reports/profit-and-loss/", "settings/members/"])
def test_without_a_plan_what_is_here_is_shown(alice: Persona, page: str) -> None:
    end_trial(alice)

    assert alice.client.get(f"/w/{alice.workspace.slug}/{page}").status_code == 200
