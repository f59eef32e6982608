"""Transactions made up by number: the same row for the same number, in whatever order they are asked for.

36 months to today, 60 categories of a profit and loss, four accounts in one currency. Half of the categories are what the
bank's hints mean, the other half a person's own, which one row in five is given afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ledger.categories import DEFAULT_CATEGORIES, HINTS, origin_of_hint
from ledger.feeds import FeedTransaction
from ledger.kinds import BALANCE_SHEET_KINDS, CategoryKind
from ledger.reports.summaries import months_back

CURRENCY = "USD"
MONTHS = 36
CATEGORIES = 60
ACCOUNTS = ("checking", "savings", "payroll", "card")
COUNTERPARTIES = 800
PENDING_DAYS = 2
UNCATEGORISED, TRANSFER = "", "own_transfer"
WORDS = ("Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juniper")
TRADES = ("Supplies", "Logistics", "Software", "Catering")
WAYS = ("CARD PURCHASE", "ACH DEBIT", "WIRE OUT", "DIRECT DEBIT", "CHECK")


@dataclass(frozen=True, slots=True)
class Hinted:
    """A category that a bank's hint means, with the sign of its amounts."""

    origin: str
    hint: str
    sign: int


def _hinted() -> tuple[Hinted, ...]:
    found = []
    for one in DEFAULT_CATEGORIES:
        sign = 1 if one.kind in (CategoryKind.INCOME, CategoryKind.OTHER_INCOME) else -1
        hint = next((hint for hint in HINTS if origin_of_hint(hint, sign) == one.origin), None)
        if hint and one.kind not in BALANCE_SHEET_KINDS:
            found.append(Hinted(one.origin, hint, sign))
    return tuple(found)


HINTED = _hinted()
OWN = tuple(f"Own category {number}" for number in range(1, CATEGORIES - len(HINTED) + 1))


@dataclass(frozen=True)
class Generator:
    """Rows 0 to `rows` − 1 by date; those after them are of `today`, for what comes in later."""

    rows: int
    today: date

    @cached_property
    def first_month(self) -> date:
        return months_back(self.today, MONTHS - 1)

    def day_of(self, number: int) -> date:
        days = (self.today - self.first_month).days + 1
        return self.first_month + timedelta(days=min(number, self.rows - 1) * days // self.rows)

    def is_pending(self, number: int) -> bool:
        return self.day_of(number) > self.today - timedelta(days=PENDING_DAYS)

    def category_of(self, number: int) -> str:
        """The category a row ends up in: a hint's origin, a name of one's own, or none."""
        if number % 5 == 4:
            return OWN[number // 5 % len(OWN)]
        if number % 50 in (7, 13):
            return TRANSFER if number % 50 == 7 else UNCATEGORISED
        return HINTED[_mix(number) % len(HINTED)].origin

    def numbers_of(self, own: str) -> range:
        """The rows of one of a person's own categories."""
        return range(5 * OWN.index(own) + 4, self.rows, 5 * len(OWN))

    def feed(self, number: int, day: date | None = None) -> FeedTransaction:
        """A row as a bank hands it over; `day` in place of its own."""
        mixed = _mix(number)
        hinted = HINTED[mixed % len(HINTED)]
        name = _counterparty(mixed >> 24)
        category = self.category_of(number)
        hint = {TRANSFER: "TRANSFER_OUT_ACCOUNT_TRANSFER", UNCATEGORISED: None}.get(category, hinted.hint)
        return FeedTransaction(
            provider_id=provider_id(number),
            account_provider_id=ACCOUNTS[mixed >> 16 & 3],
            date=day or self.day_of(number),
            authorized_date=None,
            amount_minor=hinted.sign * (mixed >> 32 & 0x3FFFFF) + hinted.sign,
            currency=CURRENCY,
            pending=self.is_pending(number) and day is None,
            replaces=None,
            description=f"{WAYS[mixed >> 40 & 3]} {mixed >> 48 & 0xFFFF:05} {name.upper()}",
            counterparty=name,
            memo=f"Invoice {number:07}" if number % 3 == 0 else None,
            hint=hint,
        )

    def feeds(self) -> Iterator[tuple[int, FeedTransaction]]:
        return ((number, self.feed(number)) for number in range(self.rows))

    def posted_by_category(self) -> dict[str, int]:
        """Minor units of all posted rows by category, transfers left out: what a profit and loss has to show."""
        sums: dict[str, int] = {}
        for number, feed in self.feeds():
            category = self.category_of(number)
            if not feed.pending and category != TRANSFER:
                sums[category] = sums.get(category, 0) + feed.amount_minor
        return sums


def provider_id(number: int) -> str:
    return f"txn-{number:08}-{_mix(number):016x}"


def _counterparty(mixed: int) -> str:
    number = mixed % COUNTERPARTIES
    return f"{WORDS[number % 10]} {TRADES[number // 10 % 4]} {number // 40 + 1:02}"


def _mix(number: int) -> int:
    """64 bits that look like chance (splitmix64)."""
    mask = 2**64 - 1
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & mask
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
    return mixed ^ mixed >> 31
