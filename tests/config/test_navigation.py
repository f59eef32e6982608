"""The navigation of a workspace: it leads where its reader may go, and nowhere else. R41."""

import re

import pytest
from django.urls import get_resolver, resolve, reverse

from accounts.access import Access
from accounts.permissions import ROLE_PERMISSIONS, Role
from config.navigation import BOOKS, ROUTES, SECTIONS, START, Entry
from config.places import address_of
from tests.support.people import Persona, make_member

ENTRIES = [entry for _, entries in SECTIONS for entry in entries]
LINK = re.compile(r'<li><a href="([^"]+)"(?: aria-current="(\w+)")?>')


def links_on(persona: Persona, path: str) -> dict[str, str]:
    """By address, what the navigation of a page says is current."""
    page = persona.client.get(path).content.decode()
    return dict(LINK.findall(page[page.index('<ul class="stub__list">') : page.index("</nav>")]))


def known_in(namespace: str) -> set[str]:
    """The names of a namespace's routes."""
    _, resolver = get_resolver().namespace_dict[namespace]
    return {name for name in resolver.reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.route)
def test_each_entry_asks_for_what_its_page_asks_for(entry: Entry) -> None:
    declared = getattr(resolve(address_of(entry.route, "acme")).func, "access", None)
    assert isinstance(declared, Access)
    assert declared.permission == entry.permission


def test_what_is_below_an_entry_is_there_and_has_no_entry_of_its_own() -> None:
    for entry in ENTRIES:
        assert not entry.below & ROUTES
        for route in entry.below:
            namespace, _, name = route.partition(":")
            assert name in known_in(namespace), route


@pytest.mark.parametrize("role", Role)
def test_a_role_is_offered_what_it_may_open_and_all_of_it_opens(alice: Persona, role: Role) -> None:
    member = make_member("bob", alice.workspace, role)
    slug = alice.workspace.slug
    links = links_on(member, reverse("accounts:members", kwargs={"slug": slug}))
    expected = [
        address_of(entry.route, slug)
        for title, entries in SECTIONS
        for entry in entries
        if title != BOOKS and entry.permission in ROLE_PERMISSIONS[role]
    ]
    assert list(links) == expected
    assert {address: member.client.get(address).status_code for address in links} == dict.fromkeys(links, 200)


def test_the_open_page_is_marked_and_so_is_the_entry_above_it(alice: Persona) -> None:
    slug = alice.workspace.slug
    members = address_of("accounts:members", slug)
    assert links_on(alice, members)[members] == "page"
    invite = reverse("accounts:invite", kwargs={"slug": slug})
    assert links_on(alice, invite)[members] == "true"
    assert invite not in links_on(alice, invite)


def test_the_set_up_is_not_below_the_connections(alice: Persona) -> None:
    start, connections = (address_of(route, alice.workspace.slug) for route in (START, "integrations:connections"))
    assert links_on(alice, start)[start] == "page"
    assert links_on(alice, start)[connections] == ""
    assert links_on(alice, connections)[connections] == "page"
