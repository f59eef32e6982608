"""Settings › Audit log: plain sentences, filters, pages, and what opening costs. R96, R97."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change_role, destroy_person_key
from accounts.models import Membership
from accounts.permissions import Role
from audit.log import Actor, Original, Target, record
from audit.models import Event, Verification
from audit.pages import reading
from audit.pages.reading import PAGE
from tests.support.people import SETUP, Persona, make_member
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def address_of(person: Persona) -> str:
    return f"/w/{person.workspace.slug}/settings/audit-log/"


def read(person: Persona, **query: object) -> Any:
    return person.client.get(address_of(person), {name: str(value) for name, value in query.items()})


def lines(person: Persona, **query: object) -> list[str]:
    answer = read(person, **query)
    assert answer.status_code == 200
    return [line.sentence for line in answer.context["page"].lines]


def tell(
    person: Persona,
    *,
    actor: Actor | None = None,
    action: str = "ledger.category.created",
    at: datetime = NOON,
    outcome: Event.Outcome = Event.Outcome.SUCCEEDED,
    target: Target | None = None,
    **detail: object,
) -> Event:
    with enter_workspace(person.workspace.pk):
        return record(
            actor=actor or person.actor,
            action=action,
            target=target,
            detail=detail or {"name": "Travel"},
            outcome=outcome,
            original=Original(uuid4(), at),
        )


def name_of(person: Persona) -> str:
    with enter_workspace(person.workspace.pk):
        return person.workspace.name


def named(person: Persona, name: str) -> None:
    person.user.display_name = name
    person.user.save()


def test_a_changed_role_is_a_sentence_with_names(alice: Persona) -> None:
    named(alice, "Alice Moreau")
    bob = make_member("bob", alice.workspace, Role.STAFF)
    named(bob, "Bob")
    with enter_workspace(alice.workspace.pk):
        membership = Membership.objects.get(user=bob.user)
        change_role(actor=alice.actor, membership_id=membership.pk, role=Role.AUDITOR)
    assert lines(alice, action="accounts.membership.role_changed") == [
        "Alice Moreau changed the role of Bob from Staff to Auditor"
    ]
    page = read(alice, action="accounts.membership.role_changed").content.decode()
    assert re.search(r"<th scope=\"row\">Role</th><td>Staff</td><td>Auditor</td>", page)


def test_newest_first_and_every_page_follows_the_one_before(alice: Persona) -> None:
    for number in range(2 * PAGE + 10):
        tell(alice, at=NOON + timedelta(seconds=number // 3), name=str(number))
    seen, query = [], {"action": "ledger.category.created"}
    for expected in (PAGE, PAGE, 10):
        page = read(alice, **query).context["page"]
        assert len(page.lines) == expected
        seen += page.lines
        query = {"action": "ledger.category.created", "after": page.oldest}
    assert page.oldest is None
    assert len({line.id for line in seen}) == 2 * PAGE + 10
    assert [line.at for line in seen] == sorted((line.at for line in seen), reverse=True)
    back = read(alice, action="ledger.category.created", before=page.newest).context["page"]
    assert [line.id for line in back.lines] == [line.id for line in seen[PAGE : 2 * PAGE]]


def test_a_group_of_actions_is_one_list(alice: Persona) -> None:
    for number in range(PAGE + 5):
        action = ("ledger.category.created", "ledger.saved_view.created", "accounts.session.created")[number % 3]
        tell(alice, action=action, at=NOON + timedelta(seconds=number), name=str(number))
    first = read(alice, action="all:ledger").context["page"]
    assert len(first.lines) == (PAGE + 5) * 2 // 3 + 1
    assert [line.at for line in first.lines] == sorted((line.at for line in first.lines), reverse=True)
    last = first.lines[10]
    assert read(alice, action="all:ledger", after=last.id).context["page"].lines == first.lines[11:]
    assert read(alice, action="all:ledger", before=last.id).context["page"].lines == first.lines[:10]


def test_the_way_to_older_pages_keeps_the_filters(alice: Persona) -> None:
    for number in range(PAGE + 1):
        tell(alice, name=str(number))
    page = read(alice, action="ledger.category.created", outcome="succeeded")
    oldest = page.context["page"].oldest
    assert f"?action=ledger.category.created&amp;outcome=succeeded&amp;after={oldest}" in page.content.decode()


def test_who_what_to_what_and_how_it_ended_are_asked_of_the_database(alice: Persona) -> None:
    bob, thing = make_member("bob", alice.workspace, Role.STAFF), Target("category", uuid4())
    tell(alice, name="by alice")
    tell(alice, actor=bob.actor, name="by bob")
    tell(alice, actor=Actor.system("sync"), name="by itself")
    tell(alice, target=thing, name="to a thing")
    tell(alice, outcome=Event.Outcome.FAILED, name="failed")
    category = {"action": "ledger.category.created"}

    def found(**query: object) -> set[str]:
        return {line.rpartition("category ")[2] for line in lines(alice, **category, **query)}

    assert found() == {"by alice", "by bob", "by itself", "to a thing", "failed"}
    assert found(actor=bob.user.pk) == {"by bob"}
    assert found(actor="system") == {"by itself"}
    assert found(actor="person") >= {"by bob"}
    assert "by itself" not in found(actor="person")
    assert found(target=thing.id) == {"to a thing"}
    assert found(outcome="failed") == {"failed"}
    assert lines(alice, action="all:workspace") == [f"Counterfoil created the workspace {name_of(alice)}"]


def test_days_are_those_of_the_person_who_looks(alice: Persona) -> None:
    alice.user.time_zone = "America/New_York"
    alice.user.save()
    # Eleven in the evening of the third in New York.
    tell(alice, at=datetime(2026, 3, 4, 4, tzinfo=UTC), name="late")
    assert lines(alice, since="2026-03-03", until="2026-03-03") == ["Alice created the category late"]
    assert lines(alice, since="2026-03-04") != lines(alice, since="2026-03-03")
    assert "late" not in " ".join(lines(alice, since="2026-03-04"))
    assert "3 Mar 2026, 23:00:00" in read(alice, until="2026-03-03").content.decode()


def test_an_address_and_a_name_are_found_though_they_are_sealed(alice: Persona) -> None:
    bob = make_member("robert", alice.workspace, Role.STAFF)
    named(bob, "Bob Byrne")
    tell(alice, actor=Actor.person(alice.user.pk, address="192.0.2.77"), name="from there")
    tell(alice, actor=bob.actor, name="by bob")
    assert lines(alice, q="192.0.2.7") == ["Alice created the category from there"]
    assert "Bob Byrne created the category by bob" in lines(alice, q="byrne")
    assert lines(alice, q="nobody like this") == []


def test_a_search_for_words_is_paged_too(alice: Persona) -> None:
    person = Actor.person(alice.user.pk, address="192.0.2.77")
    for number in range(PAGE + 3):
        tell(alice, actor=person, at=NOON + timedelta(seconds=number), name=str(number))
    first = read(alice, q="192.0.2.77").context["page"]
    second = read(alice, q="192.0.2.77", after=first.oldest).context["page"]
    again = read(alice, q="192.0.2.77", before=second.newest).context["page"]
    assert (len(first.lines), len(second.lines), second.oldest) == (PAGE, 3, None)
    assert again.lines == first.lines


def test_a_search_for_words_opens_so_many_and_says_so(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(alice, actor=Actor.person(alice.user.pk, address="192.0.2.77"), name="old")
    for number in range(5):
        tell(alice, at=NOON + timedelta(days=1), name=str(number))
    monkeypatch.setattr(reading, "MOST_OPENED", 5)
    cut = read(alice, q="192.0.2.77", until="2026-03-05", action="ledger.category.created")
    assert cut.context["page"].lines == ()
    assert "the newest 10,000 at most" in cut.content.decode()
    whole = read(alice, q="192.0.2.77", until="2026-03-04", action="ledger.category.created")
    assert [line.sentence for line in whole.context["page"].lines] == ["Alice created the category old"]
    assert "10,000" not in whole.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"actor": "me"},
        {"action": "no.such.thing"},
        {"outcome": "perhaps"},
        {"since": "yesterday"},
        {"since": "2026-03-05", "until": "2026-03-04"},
        {"target": "it"},
        {"after": "x"},
        {"q": "x" * 201},
        {"q": "\0"},
    ],
)
def test_a_filter_that_makes_no_sense_is_answered_and_shows_nothing(alice: Persona, query: dict[str, str]) -> None:
    answer = read(alice, **query)
    assert answer.status_code == 422
    assert answer.context["page"] is None
    assert "cannot be applied" in answer.content.decode()


def test_a_cursor_of_another_workspace_leads_to_the_first_page(alice: Persona, mallory: Persona) -> None:
    theirs = tell(mallory)
    assert lines(alice, after=theirs.pk) == lines(alice)


def test_nothing_matching_and_nothing_at_all_are_different(alice: Persona) -> None:
    assert "Nothing matches" in read(alice, target=uuid4()).content.decode()


def statements(person: Persona, **query: object) -> int:
    read(person, **query)
    with CaptureQueriesContext(connection) as queries:
        read(person, **query)
    return len(queries)


def test_what_a_page_asks_does_not_depend_on_its_rows(alice: Persona) -> None:
    tell(alice)
    few = statements(alice, action="ledger.category.created")
    people = [make_member(f"member{number}", alice.workspace, Role.STAFF) for number in range(6)]
    for number in range(PAGE):
        actor = people[number % 6].actor
        tell(alice, actor=actor, target=Target("user", people[number % 5].user.pk), name=str(number))
    assert statements(alice, action="ledger.category.created") == few


def test_an_erased_person_is_still_told_of(alice: Persona) -> None:
    bob = make_member("bob", alice.workspace, Role.STAFF)
    named(bob, "Bob Byrne")
    tell(alice, actor=Actor.person(bob.user.pk, address="192.0.2.5"), name="Rent")
    assert "Bob Byrne created the category Rent" in lines(alice)
    destroy_person_key(actor=SETUP, person_id=bob.user.pk)
    answer = read(alice)
    assert "A person who was erased created the category Rent" in lines(alice)
    assert "Byrne" not in answer.content.decode()
    assert "192.0.2.5" not in answer.content.decode()
    assert "erased with the person" in answer.content.decode()


def test_where_and_how_somebody_came_stands_in_the_details(alice: Persona) -> None:
    before = name_of(alice)
    answer = alice.client.post(
        f"/w/{alice.workspace.slug}/settings/workspace/",
        {"name": "Alder & Sons", "fiscal_year_start_month": "4"},
        REMOTE_ADDR="192.0.2.9",
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"},
    )
    assert answer.status_code == 302
    (line,) = read(alice, action="accounts.workspace.changed").context["page"].lines
    facts = dict(line.facts)
    session: Any = alice.client.session
    assert facts["Address"] == "192.0.2.9"
    assert facts["Browser"] == "Firefox on Windows"
    assert UUID(facts["Session"]) == session.row_id
    assert session.session_key not in str(line.facts)
    assert facts["Request"] == answer["X-Request-ID"]
    assert facts["When"].endswith("UTC")
    assert [(one.field, one.before, one.after) for one in line.changes] == [
        ("Name", before, "Alder & Sons"),
        ("Fiscal year start month", "1", "4"),
    ]


def test_what_was_altered_says_so_and_stops_nothing(alice: Persona) -> None:
    event = tell(alice)
    with enter_workspace(alice.workspace.pk):
        broken = bytes(event.sealed_detail)[:-1] + bytes([bytes(event.sealed_detail)[-1] ^ 1])
    event.pk, event.sealed_detail = uuid4(), broken
    with enter_workspace(alice.workspace.pk):
        event.save(force_insert=True)
    assert "Alice what it held does not open any more" in lines(alice)


def test_the_page_says_whether_the_log_holds(alice: Persona) -> None:
    assert "was not verified yet" in read(alice).content.decode()
    with enter_workspace(alice.workspace.pk):
        row = Verification.objects.create(finished_at=timezone.now(), length=12, checkpoints=3)
    assert "All 12 events up to then were verified just now" in read(alice).content.decode()
    row.finished_at = timezone.now() - timedelta(days=3)
    with enter_workspace(alice.workspace.pk):
        row.save()
    assert "longer ago than a night" in read(alice).content.decode()
    row.fault_count, row.faults = 21, ["link 3 is missing"]
    with enter_workspace(alice.workspace.pk):
        row.save()
    page = read(alice).content.decode()
    assert "This log does not hold: verification found 21 faults" in page
    assert "link 3 is missing" in page
    assert "and 20 more" in page


def test_events_not_yet_linked_are_counted_and_marked(alice: Persona) -> None:
    tell(alice)
    page = read(alice).content.decode()
    assert re.search(r"\d+ events are not linked into the chain yet", page)
    assert "Not yet linked" in page


def test_asking_for_a_verification_is_an_event(alice: Persona) -> None:
    answer = alice.client.post(f"{address_of(alice)}verifications/")
    assert answer.status_code == 302
    assert "Alice asked for the audit log to be verified" in lines(alice)


def test_the_log_stands_in_the_settings_for_those_who_may_see_it(alice: Persona, bob: Persona) -> None:
    staff = make_member("stan", alice.workspace, Role.STAFF)
    link = f'href="{address_of(alice)}"'
    assert link in alice.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    assert link in bob.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    assert link not in staff.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    assert staff.client.get(address_of(alice)).status_code == 403


def test_a_copy_of_an_event_is_written_once(alice: Persona) -> None:
    original = Original(uuid4(), NOON)
    with enter_workspace(alice.workspace.pk):
        for _ in range(2):
            record(actor=alice.actor, action="accounts.session.created", original=original)
    assert lines(alice, action="accounts.session.created") == ["Alice signed in"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_day_of_no_year_that_is_kept_is_said_to_be_none(alice: Persona, name: str, day: str) -> None:
    answer = read(alice, **{name: day})
    assert answer.status_code == 422
    assert "Choose a year from 1970 to 2099." in answer.content.decode()
