"""Access reviews: opened by the calendar, decided person by person, and kept as evidence. R60, R61."""

from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import quarterly
from accounts.access import workspace_scope
from accounts.actions import open_quarterly_review, open_review, remind_reviewers
from accounts.models import AccessReview, Membership, ReviewEntry, User, Workspace
from accounts.permissions import Role
from accounts.quarterly import quarter_of
from accounts.queues import OPEN_REVIEW, REMIND_REVIEWERS
from audit.log import open_detail
from audit.models import Event
from config.celery import app
from integrations.models import Connection, ItemFacts
from integrations.providers.secret import Secret
from tests.support.mails import mails_to
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db

JANUARY = date(2027, 1, 1)


def open_for(owner: Persona) -> AccessReview:
    with workspace_scope(owner.workspace.pk):
        return open_review(actor=owner.actor)


def page(person: Persona, review: AccessReview, deed: str = "") -> str:
    return f"/w/{person.workspace.slug}/settings/access-reviews/{review.pk}/{deed}"


def decide(person: Persona, review: AccessReview, **decisions: str) -> str:
    """The words after sending decisions by person's id, with _ for -."""
    data = {f"decision-{key.replace('_', '-')}": value for key, value in decisions.items()}
    return person.client.post(page(person, review, "decisions/"), data, follow=True).content.decode()


def keep(person: Persona) -> dict[str, str]:
    return {str(person.user.pk).replace("-", "_"): "keep"}


def entry_of(person: Persona, review: AccessReview) -> ReviewEntry:
    with workspace_scope(person.workspace.pk):
        entry = ReviewEntry.objects.get(review=review, user=person.user)
        assert entry.seen
        return entry


def role_of(person: Persona) -> str:
    with workspace_scope(person.workspace.pk):
        return Membership.objects.filter(user=person.user).values_list("role", flat=True).first() or ""


def reviews_in(workspace_id: UUID) -> list[AccessReview]:
    with workspace_scope(workspace_id):
        return list(AccessReview.objects.all())


def made_before(owner: Persona, quarter: date) -> None:
    with workspace_scope(owner.workspace.pk):
        before = datetime(quarter.year, quarter.month, 1, tzinfo=UTC) - timedelta(days=1)
        Workspace.objects.filter(pk=owner.workspace.pk).update(created_at=before)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 12, 31), date(2026, 10, 1)),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2027, 3, 31), date(2027, 1, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
        (date(2027, 7, 1), date(2027, 7, 1)),
        (date(2027, 10, 1), date(2027, 10, 1)),
    ],
)
def test_a_quarter_begins_on_the_first_of_january_april_july_and_october(day: date, quarter: date) -> None:
    assert quarter_of(day) == quarter


def test_the_calendar_opens_one_review_a_quarter_however_often_it_asks(alice: Persona) -> None:
    made_before(alice, quarter_of(timezone.now().date()))
    quarterly.open_quarters_review(alice.workspace.pk)
    quarterly.open_quarters_review(alice.workspace.pk)
    assert len(reviews_in(alice.workspace.pk)) == 1
    with workspace_scope(alice.workspace.pk):
        assert open_quarterly_review(actor=quarterly.ACTOR, quarter=JANUARY) is not None
        assert open_quarterly_review(actor=quarterly.ACTOR, quarter=JANUARY) is None

    assert len(reviews_in(alice.workspace.pk)) == 2


def test_a_workspace_that_is_younger_than_the_quarter_waits_for_the_next(alice: Persona) -> None:
    quarterly.open_quarters_review(alice.workspace.pk)

    assert reviews_in(alice.workspace.pk) == []


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_scheduler_finds_what_the_calendar_made_due(alice: Persona) -> None:
    assert (OPEN_REVIEW, (alice.workspace.pk,)) in list(quarterly.find_due())
    made_before(alice, quarter_of(timezone.now().date()))
    quarterly.open_quarters_review(alice.workspace.pk)
    (review,) = reviews_in(alice.workspace.pk)
    reminder = (REMIND_REVIEWERS, (alice.workspace.pk, review.pk))
    assert (OPEN_REVIEW, (alice.workspace.pk,)) not in (found := list(quarterly.find_due()))
    assert reminder not in found
    with workspace_scope(alice.workspace.pk):
        AccessReview.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    assert reminder in list(quarterly.find_due())


def test_the_clock_asks_each_hour() -> None:
    (entry,) = [one for one in app.conf.beat_schedule.values() if one["task"] == "accounts.find_by_calendar"]
    assert entry["schedule"] <= timedelta(hours=1)


def test_owners_and_admins_are_asked_and_reminded_until_it_is_completed(alice: Persona, bob: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    review = open_for(alice)
    with workspace_scope(alice.workspace.pk):
        assert not remind_reviewers(actor=quarterly.ACTOR, review_id=review.pk)
        AccessReview.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert remind_reviewers(actor=quarterly.ACTOR, review_id=review.pk)
    decide(alice, review, **keep(alice), **keep(bob), **keep(adam))
    alice.client.post(page(alice, review, "completion/"), {"notes": ""})
    with workspace_scope(alice.workspace.pk):
        assert not remind_reviewers(actor=quarterly.ACTOR, review_id=review.pk)

    assert [len(mails_to(one.user.email, alice.workspace.pk)) for one in (alice, adam, bob)] == [2, 2, 0]


def test_each_member_is_shown_with_role_factor_last_seen_sessions_and_connections(alice: Persona, bob: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        facts, token = ItemFacts(f"item-{token_hex(6)}", "First Harbor"), Secret("access-of-a-test")
        Connection.objects.create(facts=facts, access_token=token, responsible_id=alice.user.pk)
    review = open_for(alice)
    seen = entry_of(alice, review).seen

    assert (seen.name, seen.role, seen.factors, seen.sessions) == ("Alice", "Owner", ("Authenticator app",), 1)
    assert seen.responsible_for == ("First Harbor",)
    assert datetime.fromisoformat(seen.last_seen) > timezone.now() - timedelta(minutes=5)
    for person in (alice, bob):
        shown = person.client.get(page(person, review)).content.decode()
        assert all(words in shown for words in ("First Harbor", "Authenticator app", bob.user.email))


def test_what_was_seen_is_sealed(alice: Persona) -> None:
    review = open_for(alice)
    with workspace_scope(alice.workspace.pk):
        stored = bytes(vars(ReviewEntry.objects.get(review=review))["seen"].data)

    assert b"Alice" not in stored
    assert alice.user.email.encode() not in stored


def test_decisions_are_in_effect_at_once(alice: Persona) -> None:
    keeps, changes, goes = [make_member(name, alice.workspace, Role.MANAGER) for name in ("kim", "cho", "gil")]
    review = open_for(alice)
    chosen = {str(one.user.pk).replace("-", "_"): value for one, value in ((changes, "staff"), (goes, "revoke"))}
    assert "3 decisions are in effect" in decide(alice, review, **keep(keeps), **chosen)

    assert [role_of(one) for one in (keeps, changes, goes)] == ["manager", "staff", ""]
    assert goes.client.get(f"/w/{alice.workspace.slug}/").status_code == 404
    shown = alice.client.get(page(alice, review)).content.decode()
    assert all(words in shown for words in ("Kept", "Changed to Staff", "Revoked", "not a member any more"))


def test_a_review_is_completed_when_everybody_was_decided_about(alice: Persona, bob: Persona) -> None:
    review = open_for(alice)
    early = alice.client.post(page(alice, review, "completion/"), {"notes": "Too soon"}, follow=True)
    assert early.status_code == 422
    assert "2 members are not decided about yet" in early.content.decode()
    assert "Too soon</textarea>" in early.content.decode()
    decide(alice, review, **keep(alice), **keep(bob))
    alice.client.post(page(alice, review, "completion/"), {"notes": "Bob stays until the audit is over."})
    evidence = bob.client.get(page(bob, review)).content.decode()

    assert "Completed by Alice" in evidence
    assert "Bob stays until the audit is over." in evidence
    assert "<select" not in evidence
    with workspace_scope(alice.workspace.pk):
        completed = Event.objects.get(action="accounts.access_review.completed")
        assert open_detail(completed) == {"notes": "Bob stays until the audit is over."}


def test_notes_that_are_too_long_stay_in_the_form(alice: Persona) -> None:
    review = open_for(alice)
    decide(alice, review, **keep(alice))
    answer = alice.client.post(page(alice, review, "completion/"), {"notes": "Long. " * 700 + "The end."})

    assert answer.status_code == 422
    assert "The end.</textarea>" in answer.content.decode()
    assert reviews_in(alice.workspace.pk)[0].completed_at is None


def test_a_page_on_which_nothing_was_chosen_is_not_called_done(alice: Persona) -> None:
    review = open_for(alice)

    for shown in (decide(alice, review), decide(alice, review, **{str(alice.user.pk).replace("-", "_"): ""})):
        assert "Nothing was changed. Choose a decision" in shown
        assert "in effect" not in shown


@pytest.mark.parametrize(
    ("wrong", "promise"),
    [
        ({"decided_by": None}, "decided"),
        ({"decided_at": None}, "decided"),
        ({"decision": ""}, "decided"),
        ({"decided_role": "staff"}, "role"),
        ({"decision": "change"}, "role"),
        ({"decision": "change", "decided_role": "king"}, "role"),
    ],
)
def test_the_database_itself_keeps_a_decision_whole(alice: Persona, wrong: dict[str, Any], promise: str) -> None:
    open_for(alice)
    whole = {"decision": "keep", "decided_by": alice.user, "decided_at": timezone.now()}
    with workspace_scope(alice.workspace.pk):
        with pytest.raises(IntegrityError, match=f"accounts_reviewentry_{promise}"), transaction.atomic():
            ReviewEntry.objects.update(**{**whole, **wrong})
        assert ReviewEntry.objects.update(**whole) == 1
        assert ReviewEntry.objects.update(decision="change", decided_role="staff") == 1


def test_what_was_completed_stays_as_it_is(alice: Persona, bob: Persona) -> None:
    review = open_for(alice)
    decide(alice, review, **keep(alice), **keep(bob))
    alice.client.post(page(alice, review, "completion/"), {"notes": ""})
    revoke = {str(bob.user.pk).replace("-", "_"): "revoke"}

    assert "cannot be changed any more" in decide(alice, review, **revoke)
    assert role_of(bob) == "auditor"
    again = alice.client.post(page(alice, review, "completion/"), {"notes": "Other words"}, follow=True)
    assert "cannot be changed any more" in again.content.decode()


def test_all_decisions_of_a_page_or_none(alice: Persona) -> None:
    adam, carol = make_member("adam", alice.workspace, Role.ADMIN), make_member("carol", alice.workspace, Role.STAFF)
    review = open_for(alice)
    chosen = {str(one.user.pk).replace("-", "_"): "revoke" for one in (carol, alice)}

    assert "Nothing was changed. Only an Owner" in decide(adam, review, **chosen)
    assert [role_of(one) for one in (carol, alice)] == ["staff", "owner"]


@pytest.mark.parametrize("value", ["staff", "revoke", "owner"])
def test_nobody_decides_more_about_themselves_than_that_it_stays(alice: Persona, value: str) -> None:
    review = open_for(alice)
    decide(alice, review, **{str(alice.user.pk).replace("-", "_"): value})

    assert role_of(alice) == "owner"
    assert entry_of(alice, review).decision == ""


def test_a_member_who_is_not_in_the_review_is_not_found(alice: Persona, mallory: Persona) -> None:
    review = open_for(alice)
    late = make_member("late", alice.workspace, Role.STAFF)
    for user_id in (late.user.pk, mallory.user.pk, uuid4()):
        answer = alice.client.post(page(alice, review, "decisions/"), {f"decision-{user_id}": "revoke"})
        assert answer.status_code == 404
    assert role_of(late) == "staff"


def test_who_has_gone_by_themselves_holds_nothing_up(alice: Persona, bob: Persona) -> None:
    review = open_for(alice)
    bob.client.post(f"/w/{alice.workspace.slug}/settings/leaving/")
    decide(alice, review, **keep(alice))
    alice.client.post(page(alice, review, "completion/"), {"notes": ""})

    assert reviews_in(alice.workspace.pk)[0].completed_at is not None


def test_a_person_opens_one_at_a_time(alice: Persona) -> None:
    opening = f"/w/{alice.workspace.slug}/settings/access-reviews/opening/"
    alice.client.post(opening)
    assert "is open already" in alice.client.post(opening, follow=True).content.decode()

    assert len(reviews_in(alice.workspace.pk)) == 1


def test_fifty_members_ask_the_database_no_more_often_than_five(alice: Persona) -> None:
    def add(count: int) -> None:
        users = [User(email=f"member-{token_hex(6)}@example.test") for _ in range(count)]
        User.objects.bulk_create(users)
        with workspace_scope(alice.workspace.pk):
            Membership.objects.bulk_create(
                Membership(workspace=alice.workspace, user=user, role=Role.STAFF) for user in users
            )

    def queries() -> int:
        with workspace_scope(alice.workspace.pk):
            AccessReview.objects.filter(completed_at=None).update(
                completed_at=timezone.now(), completed_by=alice.user, due_at=None
            )
        review = open_for(alice)
        with CaptureQueriesContext(connection) as asked:
            assert alice.client.get(page(alice, review)).status_code == 200
        return len(asked)

    add(5)
    few = queries()
    add(50)

    assert queries() == few
