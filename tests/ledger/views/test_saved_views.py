from typing import Any
from uuid import uuid4

import pytest

from tests.ledger.people import Feed
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rows")]


@pytest.fixture
def rows(bank: Feed) -> Feed:
    with bank.scope():
        bank.apply(bank.row(TODAY, -40_000, "Rent"), bank.row(TODAY, -1_250, "Kiosk"))
    return bank


def address(persona: Persona, rest: str = "") -> str:
    return f"/w/{persona.workspace.slug}/transactions/{rest}"


def save(persona: Persona, name: str, back: str, rest: str = "views/") -> Any:
    return persona.client.post(address(persona, rest), {"name": name, "back": back})


def open_list(persona: Persona, query: str = "") -> Page:
    return Page(persona.client.get(address(persona, query)))


def current(page: Page) -> str:
    """The saved view that is marked as the one shown."""
    html: str = page.html.partition('aria-label="Saved views"')[2].partition('aria-current="page">')[2]
    return html.partition("<")[0]


def view_of(page: Page) -> str:
    """The start of the addresses by which the view that is shown is changed."""
    html: str = page.html.partition("/transactions/views/")[2]
    return f"views/{html[:37]}"


def test_filters_are_kept_under_a_name_that_leads_back_to_them(alice: Persona) -> None:
    answer = save(alice, "Rent to check", "q=rent&order=largest&after=&min=")
    page = open_list(alice)

    assert answer.headers["Location"].startswith(address(alice, "?q=rent&order=largest"))
    assert current(page) == "All"
    assert page.link("Rent to check") == "?q=rent&order=largest"
    assert current(open_list(alice, page.link("Rent to check"))) == "Rent to check"
    assert open_list(alice, page.link("Rent to check")).column(2) == ["Rent"]


@pytest.mark.parametrize("query", ["?status=posted&q=rent", "?q=rent&min=&status=posted&order=newest&after=x"])
def test_the_same_filters_are_the_same_view_however_they_are_written(alice: Persona, query: str) -> None:
    save(alice, "Rent", "q=rent&status=posted")
    page = open_list(alice, query)

    assert current(page) == "Rent"
    assert "Save as a view" not in page.words
    assert "Save as a view" in open_list(alice, "?q=rent").words


def test_what_makes_no_sense_cannot_be_kept_for_everybody_to_stumble_over(alice: Persona) -> None:
    save(alice, "Poison", "from=11/05/2026")
    assert "Poison" not in open_list(alice).words
    save(alice, "Since spring", "from=2026-3-1")
    assert current(open_list(alice, open_list(alice).link("Since spring"))) == "Since spring"


def test_everybody_who_sees_transactions_sees_the_views(alice: Persona, bob: Persona) -> None:
    save(alice, "Rent", "q=rent")
    page = open_list(bob, "?q=rent")

    assert current(page) == "Rent"
    assert "Edit view" not in page.words
    assert "Save as a view" not in open_list(bob, "?q=kiosk").words
    assert save(bob, "Mine", "q=kiosk").status_code == 403


def test_a_view_is_renamed(alice: Persona) -> None:
    save(alice, "Rent", "q=rent")
    view = view_of(open_list(alice, "?q=rent"))
    answer = save(alice, "Rents", "q=rent", f"{view}name/")

    assert answer.headers["Location"] == address(alice, "?q=rent")
    assert current(open_list(alice, "?q=rent")) == "Rents"


def test_a_view_is_deleted_and_the_filters_stay(alice: Persona) -> None:
    save(alice, "Rent", "q=rent")
    view = view_of(open_list(alice, "?q=rent"))
    page = Page(alice.client.post(address(alice, f"{view}deletion/"), {"back": "q=rent"}, follow=True))

    assert "The view “Rent” was deleted. No transaction was changed." in page.words
    assert page.column(2) == ["Rent"]
    assert "Saved views" not in page.html
    assert alice.client.post(address(alice, f"{view}deletion/")).status_code == 404
    assert save(alice, "Rents", "", f"{view}name/").status_code == 404


def test_a_name_that_is_taken_stays_in_the_form(alice: Persona) -> None:
    save(alice, "Rent", "q=rent")
    answer = save(alice, "RENT", "q=kiosk")
    page = Page(answer)

    assert answer.status_code == 422
    assert "There is a view of this name already." in page.words
    assert 'value="RENT"' in page.html
    assert page.column(2) == ["Kiosk"]


def test_renaming_to_a_name_that_is_taken_is_answered(alice: Persona) -> None:
    save(alice, "Rent", "q=rent")
    save(alice, "Kiosk", "q=kiosk")
    view = view_of(open_list(alice, "?q=rent"))
    answer = save(alice, "kiosk", "q=rent", f"{view}name/")

    assert answer.status_code == 422
    assert "There is a view of this name already." in Page(answer).words
    assert current(open_list(alice, "?q=rent")) == "Rent"


@pytest.mark.parametrize(
    ("name", "back", "sentence"),
    [
        ("", "q=rent", "Give the view a name."),
        ("x" * 61, "q=rent", "at most 60 characters"),
    ],
)
def test_what_cannot_be_a_view_is_refused(alice: Persona, name: str, back: str, sentence: str) -> None:
    answer = save(alice, name, back)

    assert answer.status_code == 422
    assert sentence in Page(answer).words
    assert "Saved views" not in open_list(alice).html


@pytest.mark.parametrize("back", ["", "order=newest", "from=x"])
def test_without_filters_there_is_nothing_to_keep(alice: Persona, back: str) -> None:
    answer = alice.client.post(address(alice, "views/"), {"name": "Everything", "back": back}, follow=True)

    assert "Choose filters first" in Page(answer).words
    assert "Saved views" not in open_list(alice).html


def test_a_view_of_more_than_can_be_kept_is_refused(alice: Persona) -> None:
    back = "&".join(f"account={uuid4()}" for _ in range(100))

    assert "more filters than a view can keep" in Page(save(alice, "Many", back)).words


def test_a_name_is_words_and_never_markup(alice: Persona) -> None:
    save(alice, "<b>Rent</b>", "q=rent")

    assert "&lt;b&gt;Rent&lt;/b&gt;" in open_list(alice).html
    assert "<b>Rent" not in open_list(alice).html
