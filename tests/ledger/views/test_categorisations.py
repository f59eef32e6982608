from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.ledger.people import Feed, category
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(bank: Feed) -> Feed:
    with bank.scope():
        bank.apply(*(bank.row(TODAY - timedelta(days=n), -100, f"Row {n}") for n in range(60)))
    return bank


def address(persona: Persona, rest: str = "") -> str:
    return f"/w/{persona.workspace.slug}/transactions/{rest}"


def post(persona: Persona, *, fragment: bool = False, **data: Any) -> Any:
    headers = {"HX-Request": "true", "X-Requested-With": "XMLHttpRequest"} if fragment else {}
    return persona.client.post(address(persona, "categorisations/"), data, headers=headers)


def ids(rows: Feed, *numbers: int) -> list[UUID]:
    with rows.scope():
        return [rows.transaction(f"row-{number + 1}").id for number in numbers]


def origins(rows: Feed, *numbers: int) -> list[str | None]:
    with rows.scope():
        found = [rows.transaction(f"row-{number + 1}").category for number in numbers]
        return [one.origin if one else None for one in found]


def id_of(rows: Feed, origin: str) -> UUID:
    with rows.scope():
        return category(origin).id


def test_ticked_rows_get_one_category_and_the_list_comes_back_as_it_was(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0, 1), category=id_of(rows, "rent"), back="q=Row&order=largest")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(address(alice, "?q=Row&order=largest&changed="))
    assert origins(rows, 0, 1, 2) == ["rent", "rent", None]


def test_the_list_offers_to_take_the_change_back(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0), category=id_of(rows, "rent"), back="")
    changed = answer.headers["Location"].rpartition("changed=")[2]
    page = Page(alice.client.get(answer.headers["Location"]))
    undone = alice.client.post(address(alice, f"categorisations/{changed}/reversal/"), {"back": "q=Row"})

    assert f"categorisations/{changed}/reversal/" in page.html
    assert undone.headers["Location"] == address(alice, "?q=Row")
    assert origins(rows, 0) == [None]


def test_who_may_only_read_is_offered_no_undo(alice: Persona, bob: Persona, rows: Feed) -> None:
    (row,) = ids(rows, 3)
    done = post(alice, transaction=[row], category=id_of(rows, "travel"), back="")["Location"]
    for place in (done, done.replace("/transactions/?", f"/transactions/{row}/?")):
        assert "is now in Travel. Undo" in Page(alice.client.get(place)).words
        assert "Undo" not in Page(bob.client.get(place)).words


def test_the_list_says_how_many_rows_were_changed_and_how_many_came_back(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, *range(12)), category=id_of(rows, "travel"), back="")
    place = answer.headers["Location"]
    reversal = address(alice, f"categorisations/{place.rpartition('changed=')[2]}/reversal/")

    assert "12 transactions are now in Travel. Undo" in Page(alice.client.get(place)).words

    post(alice, transaction=ids(rows, 0), category=id_of(rows, "rent"), back="")
    undone = alice.client.post(reversal, {"back": ""}, follow=True)

    assert "11 transactions have their former category back." in Page(undone).words
    assert "Undo" not in Page(alice.client.get(place)).words


def test_nothing_that_comes_back_is_said_too(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0), category=id_of(rows, "travel"), back="")
    reversal = address(alice, f"categorisations/{answer.headers['Location'].rpartition('changed=')[2]}/reversal/")
    post(alice, transaction=ids(rows, 0), category=id_of(rows, "rent"), back="")

    assert "Nothing was taken back" in Page(alice.client.post(reversal, {"back": ""}, follow=True)).words


def test_a_change_is_taken_back_once(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0), category=id_of(rows, "rent"), back="")
    reversal = address(alice, f"categorisations/{answer.headers['Location'].rpartition('changed=')[2]}/reversal/")
    alice.client.post(reversal, {"back": ""})
    again = alice.client.post(reversal, {"back": ""}, follow=True)

    assert "This change has been taken back already." in Page(again).words
    assert alice.client.post(address(alice, f"categorisations/{uuid4()}/reversal/")).status_code == 404


def test_one_row_is_changed_in_its_place(alice: Persona, rows: Feed) -> None:
    (row,) = ids(rows, 3)
    form = alice.client.get(address(alice, f"{row}/category/edit/"), headers={"HX-Request": "true"})
    answer = post(alice, fragment=True, transaction=row, category=id_of(rows, "travel"))
    page = Page(answer)

    assert "<select" in form.content.decode()
    assert "<html" not in answer.content.decode()
    assert "Travel" in page.words
    assert "Undo" in page.words
    assert origins(rows, 3) == ["travel"]


def test_cancelling_puts_the_category_back_in_its_place(alice: Persona, rows: Feed) -> None:
    answer = alice.client.get(address(alice, f"{ids(rows, 3)[0]}/category/"), headers={"HX-Request": "true"})

    assert Page(answer).words == "No category"


@pytest.mark.parametrize("piece", ["category/", "category/edit/"])
def test_without_script_the_place_is_the_rows_own_page(alice: Persona, rows: Feed, piece: str) -> None:
    (row,) = ids(rows, 3)

    assert alice.client.get(address(alice, f"{row}/{piece}")).headers["Location"] == address(alice, f"{row}/")


def test_a_row_changed_on_its_own_page_comes_back_to_it(alice: Persona, rows: Feed) -> None:
    (row,) = ids(rows, 3)
    answer = post(alice, transaction=row, category="none")

    assert answer.headers["Location"].startswith(address(alice, f"{row}/?changed="))
    assert "1 transaction now has no category." in Page(alice.client.get(answer.headers["Location"])).words


def test_a_choice_that_is_missing_keeps_the_ticks_and_the_filter(alice: Persona, rows: Feed) -> None:
    row, other = ids(rows, 0, 1)
    answer = post(alice, transaction=[row], category="", back="q=Row")
    page = Page(answer)

    assert answer.status_code == 422
    assert "Choose a category." in page.words
    assert f'value="{row}" form="bulk" checked' in page.html
    assert f'value="{other}" form="bulk" checked' not in page.html
    assert f'value="{other}" form="bulk"' in page.html
    assert 'name="q" value="Row"' in page.html


@pytest.mark.parametrize("back", ["", "from=x"])
def test_ticking_nothing_is_answered_with_a_sentence(alice: Persona, rows: Feed, back: str) -> None:
    answer = post(alice, category=id_of(rows, "rent"), back=back)

    assert answer.status_code == 422
    assert ("Tick the transactions to categorise first." in Page(answer).words) == (back == "")


def test_ids_and_categories_that_are_none_change_nothing(alice: Persona, rows: Feed) -> None:
    known, rent = ids(rows, 0), id_of(rows, "rent")

    assert post(alice, transaction="x", category=rent, back="").status_code == 422
    assert post(alice, transaction=known, category=uuid4(), back="").status_code == 422
    assert post(alice, transaction=uuid4(), category=rent, back="").status_code == 422
    assert origins(rows, 0) == [None]


def test_everything_that_matches_is_changed_by_its_filter(alice: Persona, rows: Feed) -> None:
    page = alice.client.get(address(alice, "?status=posted"))
    version = page.context["page"].sheet_version
    answer = post(alice, everything=version, category=id_of(rows, "rent"), back="status=posted")

    assert "All 60 that match" in Page(page).words
    assert "This changes 60 transactions, also those on other pages." in Page(page).words
    assert answer.status_code == 302
    assert set(origins(rows, *range(60))) == {"rent"}


def test_everything_is_asked_again_when_the_rows_have_changed(alice: Persona, rows: Feed) -> None:
    version = alice.client.get(address(alice, "?status=posted")).context["page"].sheet_version
    with rows.scope():
        rows.apply(rows.row(TODAY, -1, "A new one"))
    answer = post(alice, everything=version, category=id_of(rows, "rent"), back="status=posted")

    assert answer.status_code == 422
    assert "These transactions have changed since the page was shown." in Page(answer).words
    assert set(origins(rows, *range(60))) == {None}


def test_where_to_go_back_to_is_never_another_site(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0), category="none", back="//evil.test/?q=1")

    assert answer.headers["Location"].startswith(address(alice, "?"))


def test_a_removed_row_offers_no_choice(alice: Persona, rows: Feed) -> None:
    (row,) = ids(rows, 0)
    with rows.scope():
        rows.apply(gone=("row-1",))

    assert "Save category" not in Page(alice.client.get(address(alice, f"{row}/"))).words
    assert f'value="{row}"' not in Page(alice.client.get(address(alice, "?status=removed"))).html
