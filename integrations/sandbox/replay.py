"""The bank called Replay: the rows of a semicolon separated file, whatever their dates, one account per account_id.

Columns trans_id, account_id, date (YYMMDD of the 1900s), type, operation, amount, balance, k_symbol, bank, account;
Czech crowns with two decimals. PRIJEM is a credit, VYDAJ and VYBER are debits. Accounts start at zero.
"""

import csv
import gzip
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from integrations.sandbox.bank import AccountSpec, Change, Row

CURRENCY = "CZK"
EVER = 100_000

TITLES = {
    "VKLAD": "Vklad v hotovosti",
    "VYBER": "Výběr v hotovosti",
    "VYBER KARTOU": "Výběr kartou",
    "PREVOD Z UCTU": "Převod z účtu",
    "PREVOD NA UCET": "Převod na účet",
}
PURPOSES = {
    "UROK": ("Úrok", "INCOME_INTEREST_EARNED"),
    "SLUZBY": ("Poplatek za vedení účtu", "BANK_FEES_OTHER_BANK_FEES"),
    "SANKC. UROK": ("Sankční úrok", "BANK_FEES_INTEREST_CHARGE"),
    "SIPO": ("SIPO", "RENT_AND_UTILITIES_OTHER_UTILITIES"),
    "POJISTNE": ("Pojistné", "GENERAL_SERVICES_INSURANCE"),
    "UVER": ("Splátka úvěru", "LOAN_PAYMENTS_PERSONAL_LOAN_PAYMENT"),
    "DUCHOD": ("Důchod", "INCOME_RETIREMENT_PENSION"),
}
CATEGORIES = {
    "VKLAD": "TRANSFER_IN_DEPOSIT",
    "VYBER": "TRANSFER_OUT_WITHDRAWAL",
    "VYBER KARTOU": "TRANSFER_OUT_WITHDRAWAL",
    "PREVOD Z UCTU": "TRANSFER_IN_OTHER_TRANSFER_IN",
    "PREVOD NA UCET": "TRANSFER_OUT_OTHER_TRANSFER_OUT",
}


class ReplayBank:
    """Reads the file at its first use. Nothing is ever pending and no day changes anything."""

    id = "ins_903"
    name = "Replay"
    blurb = "The rows of a file, each of its accounts"
    history_days = EVER

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[Row] | None = None
        self._lock = threading.Lock()

    @property
    def accounts(self) -> tuple[AccountSpec, ...]:
        return tuple(
            AccountSpec(
                key, f"Account {key}", f"Current account {key}", key[-4:].zfill(4), "depository", "checking", CURRENCY
            )
            for key in sorted({row.account for row in self._load()}, key=int)
        )

    def rows(self, day: date) -> Iterator[Row]:
        return (row for row in self._load() if row.date <= day)

    def changes(self, day: date) -> Iterable[Change]:
        return ()

    def balances(self, day: date) -> Mapping[str, int]:
        totals: dict[str, int] = {}
        for row in self.rows(day):
            totals[row.account] = totals.get(row.account, 0) + row.minor
        return totals

    def _load(self) -> list[Row]:
        with self._lock:
            if self._rows is None:
                self._rows = sorted(_read(self._path), key=lambda row: row.date)
            return self._rows


def _read(path: Path) -> Iterator[Row]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for record in csv.DictReader(content.decode().splitlines(), delimiter=";"):
        yield _row(record)


def _row(record: Mapping[str, str]) -> Row:
    operation, symbol = record["operation"], record["k_symbol"].strip()
    day = record["date"]
    title, category = PURPOSES.get(symbol, (TITLES.get(operation, "Pohyb"), CATEGORIES.get(operation, "OTHER_OTHER")))
    party = " ".join(part for part in (record["bank"], record["account"]) if part)
    minor = int(Decimal(record["amount"]).scaleb(2).to_integral_exact())
    text = " ".join(part for part in (record["type"], operation, symbol, party) if part)
    return Row(
        key=record["trans_id"],
        account=record["account_id"],
        minor=minor if record["type"] == "PRIJEM" else -minor,
        currency=CURRENCY,
        date=date(1900 + int(day[:2]), int(day[2:4]), int(day[4:])),
        authorized=None,
        pending=False,
        replaces=None,
        name=f"{title} {party}".rstrip(),
        text=text,
        merchant=None,
        party=party or None,
        party_type="financial_institution",
        category=category,
        confidence="HIGH",
        channel="other",
        city=None,
        region=None,
        method=None,
        reference=None,
        check_number=None,
    )
