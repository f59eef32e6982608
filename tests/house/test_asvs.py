"""docs/ASVS.md answers for the product: what it names is there, and a few answers that no other test shows are shown here."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from config.demo.local import REPOSITORY
from tests.house.working import WORKING, found_company, only_shows
from tests.support.people import Persona
from tests.support.routes import list_routes

PAGE = (REPOSITORY / "docs" / "ASVS.md").read_text()
COLUMNS = 7
ANSWERS = {"yes", "no", "does not apply"}
# Requirements of levels 1 and 2 in ASVS 5.0, by chapter.
HOW_MANY = {"6": 35, "7": 18, "8": 7}
NAMED = re.compile(r"`([\w./]+\.(?:py|md|html)|[\w/]+/commands)(?:::(\w+))?`")
MAKES_ACCOUNTS = re.compile(r"RunPython|INSERT INTO accounts_user\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement with its answer."""

    number: str
    level: str
    answer: str
    where: str
    shown_by: str


def read_lines(page: str) -> list[Line]:
    rows = ([cell.strip() for cell in row.strip("|").split("|")] for row in page.splitlines() if row.startswith("|"))
    found = [cells for cells in rows if cells[0][:1].isdigit()]
    assert all(len(cells) == COLUMNS for cells in found)
    return [Line(cells[0], cells[1], cells[3], cells[4], cells[5]) for cells in found]


def find_missing(page: str) -> Iterator[str]:
    """What a page names and the repository does not have."""
    for path, test in NAMED.findall(page):
        file = REPOSITORY / path
        if not file.exists() or (test and not re.search(rf"^def {test}\(", file.read_text(), re.MULTILINE)):
            yield f"{path}::{test}" if test else path


def test_what_the_page_names_is_there() -> None:
    assert len(NAMED.findall(PAGE)) > 80
    assert list(find_missing(PAGE)) == []


@pytest.mark.parametrize(
    "wrong", ["docs/NOWHERE.md", "tests/nowhere/test_it.py::test_it", "tests/house/test_asvs.py::test_nothing_at_all"]
)
def test_what_is_not_there_would_be_found(wrong: str) -> None:
    assert list(find_missing(f"| `tests/house/test_asvs.py` | `{wrong}` |")) == [wrong]


def test_each_requirement_is_answered_once() -> None:
    lines = read_lines(PAGE)

    assert Counter(line.number[0] for line in lines) == HOW_MANY
    assert len({line.number for line in lines}) == len(lines)
    assert {line.answer for line in lines} == ANSWERS
    assert {line.level for line in lines} == {"1", "2"}
    assert all(line.where and line.shown_by for line in lines if line.answer == "yes")


# ASVS 6.3.2
def test_no_migration_makes_an_account() -> None:
    sources = [path.read_text() for path in (REPOSITORY / "accounts" / "migrations").glob("0*.py")]

    assert sources
    assert MAKES_ACCOUNTS.search("insert into accounts_user (id) values (1)")
    assert not [source for source in sources if MAKES_ACCOUNTS.search(source)]


# ASVS 7.4.4
@pytest.mark.django_db
@pytest.mark.usefixtures("sandbox")
def test_every_page_of_a_session_offers_the_way_out(alice: Persona) -> None:
    company, seen = found_company(alice), []
    for route in list_routes():
        if route.access is None or route.access.kind not in {"requires", "signed_in"}:
            continue
        working = WORKING.get(route.path.removeprefix("w/<slug:slug>/"), only_shows)(company)
        answer = alice.client.get(route.address(slug=alice.workspace.slug, **working.parts))
        if answer.status_code == 200 and not answer.streaming and b"</html>" in answer.content:
            seen.append(route.path)
            assert b'action="/accounts/logout/"' in answer.content, route.path
    assert len(seen) > 20
