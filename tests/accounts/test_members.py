"""Settings, Members: who belongs here, and the matrix of roles. R45."""

import re
from secrets import token_hex

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_member, destroy_person_key
from accounts.models import Membership, User
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from accounts.reports.members import PAGE, describe_role
from tests.support.people import SETUP, Persona, make_member
from vault.keyring import _opened, provider
from vault.providers.base import KeyOwner
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db


def page_of(person: Persona, query: str = "") -> str:
    answer = person.client.get(f"/w/{person.workspace.slug}/settings/members/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows_of(page: str) -> list[str]:
    body = page.partition('<table class="table members"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", body, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def add_many(owner: Persona, count: int) -> None:
    """Members without keys and names of their own: the list shows their addresses."""
    users = [User(email=f"member-{number:03}-{token_hex(4)}@example.test") for number in range(count)]
    User.objects.bulk_create(users)
    with enter_workspace(owner.workspace.pk):
        Membership.objects.bulk_create(
            Membership(workspace=owner.workspace, user=user, role=Role.STAFF) for user in users
        )


def test_each_member_is_shown_with_name_address_role_and_what_it_allows(alice: Persona, bob: Persona) -> None:
    first, second = rows_of(page_of(bob))

    assert first.startswith(f"Alice {alice.user.email} Owner Everything Since")
    assert second.startswith(f"Bob (you) {bob.user.email} Auditor {describe_role(Role.AUDITOR)} Since")


def test_whoever_never_signed_in_is_not_said_to_have_been_there(alice: Persona) -> None:
    user = User.objects.create(email=f"new-{token_hex(6)}@example.test")
    add_member(actor=SETUP, workspace=alice.workspace, user=user, role=Role.STAFF)
    signed_in, never = rows_of(page_of(alice))

    assert "Not yet" not in signed_in
    assert "Last sign-in Not yet" in never
    assert user.email in never


def test_a_person_whose_key_was_destroyed_has_neither_name_nor_address(alice: Persona, bob: Persona) -> None:
    destroy_person_key(actor=SETUP, person_id=bob.user.pk)
    page = page_of(alice)

    assert rows_of(page)[1].startswith("Deleted person Auditor")
    assert bob.user.email not in page
    assert "Nobody matches" in page_of(alice, f"?q={bob.user.email}")


def test_a_person_whose_key_cannot_be_had_is_shown_by_their_address(alice: Persona, bob: Persona) -> None:
    bob.user.display_name = "Robert"
    bob.user.save()
    assert "Robert" in page_of(alice)
    provider().destroy(KeyOwner("person", bob.user.pk), 1)
    _opened.clear()
    page = page_of(alice)
    assert "Robert" not in page
    assert bob.user.email in page


@pytest.mark.parametrize("role", Role)
def test_every_role_may_see_who_belongs_here(alice: Persona, role: Role) -> None:
    person = make_member("carol", alice.workspace, role)
    assert f"{role.label} (you)" in " ".join(re.sub(r"<[^>]+>", "", page_of(person)).split())


def test_nobody_from_another_workspace_is_in_the_list(alice: Persona, mallory: Persona) -> None:
    add_member(actor=SETUP, workspace=mallory.workspace, user=alice.user, role=Role.STAFF)

    assert mallory.user.email in page_of(mallory)
    assert mallory.user.email not in page_of(alice)
    assert len(rows_of(page_of(alice))) == 1


def test_the_matrix_is_the_table_that_decides(alice: Persona) -> None:
    body = page_of(alice).partition('<table class="table table--roles"')[2].partition("</table>")[0]
    shown = {
        re.sub(r"<[^>]+>", "", name).lower(): [">Yes<" in cell for cell in cells.split("</td>")[:-1]]
        for name, cells in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', body, re.DOTALL)
    }

    assert shown == {
        permission.value.lower(): [permission in ROLE_PERMISSIONS[role] for role in Role] for permission in Permission
    }


def test_a_search_finds_sealed_names_and_addresses(alice: Persona, bob: Persona) -> None:
    add_many(alice, 10)

    assert [row.split()[0] for row in rows_of(page_of(alice, "?q=BOB"))] == ["Bob"]
    assert len(rows_of(page_of(alice, "?q=member-00"))) == 10
    assert "Nobody matches" in page_of(alice, "?q=zzz")


def test_a_search_is_offered_only_where_there_are_many(alice: Persona) -> None:
    assert 'role="search"' not in page_of(alice)
    add_many(alice, 10)
    assert 'role="search"' in page_of(alice)


def test_many_members_are_paged_and_the_search_stays(alice: Persona) -> None:
    add_many(alice, PAGE + 5)

    assert len(rows_of(page_of(alice))) == PAGE
    assert len(rows_of(page_of(alice, "?page=2"))) == 6
    assert len(rows_of(page_of(alice, "?page=99"))) == 6
    assert len(rows_of(page_of(alice, "?page=no-number"))) == PAGE
    assert "q=member&amp;page=2" in page_of(alice, "?q=member")


def test_fifty_members_ask_the_database_no_more_often_than_five(alice: Persona) -> None:
    add_many(alice, 5)
    with CaptureQueriesContext(connection) as few:
        page_of(alice)
    add_many(alice, 50)
    with CaptureQueriesContext(connection) as many:
        page_of(alice)

    assert len(many) == len(few)


def test_a_role_is_described_by_what_it_holds() -> None:
    assert describe_role(Role.OWNER) == "Everything"
    assert describe_role(Role.STAFF) == "See transactions and members; categorise and annotate transactions"
