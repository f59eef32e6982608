"""The whole public file through the sandbox's API, against sums computed straight from the file."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.providers.plaid_errors import ProviderDown
from tests.integrations.support import REPLAY, Mirror, Sandbox

FILE = Path(__file__).parents[4] / "shared" / "data" / "bank_transactions.csv.gz"

needs_file = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not beside the repository")

SMALL = """\
"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"
7;12;930105;"PRIJEM";"VKLAD";900.05;900.05;"";;
8;12;930218;"VYDAJ";"PREVOD NA UCET";100.00;800.05;"SIPO";"AB";"5512"
9;305;930301;"VYBER";"VYBER KARTOU";0.10;-0.10;" ";;
"""


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Sandbox]:
    one = Sandbox(tmp_path, replay_file=FILE)
    yield one
    one.stop()


@needs_file
def test_every_row_of_the_file_arrives_with_its_amount(replay: Sandbox) -> None:
    token = replay.link(REPLAY)
    counts: Counter[tuple[str, str]] = Counter()
    sums: Counter[tuple[str, str]] = Counter()
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for record in csv.DictReader(lines, delimiter=";"):
            place = record["account_id"], record["date"][:4]
            sign = -1 if record["type"] == "PRIJEM" else 1
            counts[place] += 1
            sums[place] += sign * int(record["amount"].replace(".", ""))
    rows = Mirror().follow(replay, token).rows.values()
    accounts = {one.account_id: one for one in replay.client.get_accounts(token).accounts}
    names = {key: one.name.removeprefix("Account ") for key, one in accounts.items()}
    arrived = [((names[row.account_id], f"{row.date:%y%m}"), row.amount * 100) for row in rows]
    assert len(rows) == 23_932
    assert Counter(place for place, _ in arrived) == counts
    found: Counter[tuple[str, str]] = Counter()
    for place, minor in arrived:
        assert minor == minor.to_integral_value()
        found[place] += int(minor)
    assert {place: found[place] for place in sums} == dict(sums)
    assert {row.currency for row in rows} == {"CZK"}
    for one in accounts.values():
        total = -sum(minor for (account, _), minor in sums.items() if account == names[one.account_id])
        assert one.balances.current == Decimal(total) / 100


def test_signs_and_names_follow_from_the_columns(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(SMALL)
    sandbox = Sandbox(tmp_path, replay_file=file)
    token = sandbox.link(REPLAY)
    rows = sorted(Mirror().follow(sandbox, token).rows.values(), key=lambda row: row.date)
    assert [(str(row.amount), row.name) for row in rows] == [
        ("-900.05", "Vklad v hotovosti"),
        ("100.0", "SIPO AB 5512"),
        ("0.1", "Výběr kartou"),
    ]
    assert [one.mask for one in sandbox.client.get_accounts(token).accounts] == ["0012", "0305"]
    sandbox.stop()


def test_an_item_whose_file_is_gone_says_so_and_disturbs_no_other(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(SMALL)
    sandbox = Sandbox(tmp_path, replay_file=file)
    token = sandbox.link(REPLAY)
    sandbox.stop()
    without = Sandbox(tmp_path)
    with pytest.raises(ProviderDown):
        without.client.sync_transactions(token, None)
    without.deliver()
    assert without.client.sync_transactions(without.link(), None).added
    without.stop()


def test_without_a_file_there_is_no_such_bank(bank: Sandbox) -> None:
    assert REPLAY not in bank.world.banks
    answer = bank.post("/sandbox/public_token/create", institution_id=REPLAY, initial_products=["transactions"])
    assert answer.json()["error_code"] == "INVALID_INSTITUTION"
