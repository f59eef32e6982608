"""Real transactions of a real bank, all of them, through the whole product: nothing is lost, added or altered."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts.access import workspace_scope
from integrations.models import Connection
from ledger.kinds import Book
from ledger.models import Account
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.linked import Month, TaskQueue, assert_synced, ledger_months, link_bank
from tests.integrations.support import REPLAY, Sandbox
from tests.support.people import Persona

if TYPE_CHECKING:
    from pytest_django import Settings

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank_transactions.csv.gz"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not FILE.exists(), reason=f"needs the transactions in {FILE.name}, which is not here"),
]


@pytest.fixture
def old_bank(tmp_path: Path, settings: "Settings") -> Iterator[Sandbox]:
    from config.env import Plaid
    from tests.integrations.support import CLIENT_ID, SECRET

    sandbox = Sandbox(tmp_path, replay_file=FILE)
    settings.PLAID = Plaid(base_url=sandbox.url, link_origin=sandbox.url, client_id=CLIENT_ID, secret=SECRET)
    settings.BASE_URL = "http://testserver"
    yield sandbox
    sandbox.stop()


def read_file() -> Iterator[tuple[str, date, int]]:
    """Account, date and signed hellers of each row, straight from the file; its VYDAJ and VYBER are debits."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            whole, _, fraction = row["amount"].partition(".")
            minor = int(whole) * 100 + int(fraction.ljust(2, "0"))
            day = datetime.strptime(f"19{row['date']}", "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
            yield row["account_id"], day, minor if row["type"] == "PRIJEM" else -minor


def test_every_row_of_the_file_arrives(alice: Persona, old_bank: Sandbox, queue: TaskQueue) -> None:
    expected: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for account, day, minor in read_file():
        key = account, day.replace(day=1)
        expected[key] = (expected[key][0] + 1, expected[key][1] + minor)
    count = sum(rows for rows, _ in expected.values())
    assert count > 20_000

    connection = link_bank(alice, old_bank, queue, REPLAY)

    run = assert_synced(alice, connection)
    assert (run.rows_added, run.rows_skipped) == (count, 0)
    names = account_names(alice, connection)
    found = {
        (names[account], month): sums
        for (account, month), sums in ledger_months(alice.workspace.pk, connection).items()
    }
    assert found == dict(expected)
    balances: dict[str, int] = defaultdict(int)
    for (account, _), (_, minor) in expected.items():
        balances[account] += minor
    assert account_balances(alice, connection) == dict(balances)
    with workspace_scope(alice.workspace.pk):
        assert list_stale_months(Book.BANK) == []


def account_names(persona: Persona, connection: Connection) -> dict[str, str]:
    """The file's account by the bank's id."""
    with workspace_scope(persona.workspace.pk):
        accounts = Account.objects.filter(connection_id=connection.pk)
        return {one.provider_id: one.facts.name.removeprefix("Account ") for one in accounts}


def account_balances(persona: Persona, connection: Connection) -> dict[str, int | None]:
    with workspace_scope(persona.workspace.pk):
        accounts = Account.objects.filter(connection_id=connection.pk)
        return {one.facts.name.removeprefix("Account "): one.balances.current for one in accounts}
