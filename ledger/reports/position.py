"""The cash position: balances at the end of a day, money in and out of some months, and what can be known of 13 weeks.

A balance of the past is the bank's own less the posted rows that came later. Cash is what stands in depository accounts;
cards and loans are owed (+ is owed), and whatever else there is stands apart. One currency is never added to another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ledger.currencies import find_currency
from ledger.kinds import AccountKind
from ledger.models import Account
from ledger.reports.ahead import HORIZON, Ahead, look_ahead
from ledger.reports.cash import OWED
from ledger.reports.freshness import Freshness, freshness_of
from ledger.reports.moved import Moved
from ledger.reports.movements import Movements, read_movements
from ledger.reports.names import read_accounts, read_counterparties, read_first_days
from ledger.reports.repeats import find_repeats
from ledger.reports.standing import AccountStanding, Group, Span, Standing
from ledger.reports.summaries import month_number, months_back, months_between
from ledger.sheets.codebook import base_currency
from ledger.sheets.parts import last_of_month

# What repeats monthly has happened at least three times in this month and the three before it.
REPEAT_MONTHS = 4
# A longer time is drawn by its months' ends: days would need the rows of every month.
MOST_MONTHS_BY_DAY = 3
DAY, LATELY = timedelta(days=1), timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to see: balances at the end of day `on`, movements of whole months, and of others beside them."""

    on: date
    period: Span
    against: Span | None = None

    @property
    def is_by_day(self) -> bool:
        """Whether the course of the period is drawn day by day."""
        return len(months_between(self.period.first, self.period.last)) <= MOST_MONTHS_BY_DAY


@dataclass(frozen=True, slots=True)
class DayBalance:
    day: date
    balance: int


@dataclass(frozen=True, slots=True)
class CurrencyPosition:
    """One currency. `course` is cash over the period, from the first day that every cash account is known on; `lately`
    is cash of each of the last four weeks' days. Both are empty, and `ahead` is None, where no cash balance is known."""

    currency: str
    cash: Group
    owed: Group
    apart: Group
    course: tuple[DayBalance, ...]
    lately: tuple[DayBalance, ...]
    ahead: Ahead | None


@dataclass(frozen=True, slots=True, repr=False)
class Payee:
    """Whom something that repeats is with."""

    id: UUID
    code: int
    name: str


@dataclass(frozen=True, slots=True)
class Position:
    """The base currency comes first. `known_from` is the first day's end that any balance is known at, None without one."""

    asked: Asked
    today: date
    known_from: date | None
    currencies: tuple[CurrencyPosition, ...]
    payees: tuple[Payee, ...]
    freshness: Freshness


def cash_page(asked: Asked, *, today: date) -> Position:
    """The whole page in five queries whatever the number of rows. `today` is the person's own day."""
    accounts = [account for account in read_accounts() if account.closed_at is None]
    numerics = {account.code: find_currency(account.currency).numeric for account in accounts}
    movements = read_movements(numerics, _row_months(asked, today))
    known = _known_from(accounts, today)
    base = base_currency()
    currencies = tuple(
        _Reading(currency, accounts, movements, known, asked, today).read()
        for currency in sorted({one.currency for one in accounts}, key=lambda code: (code != base, code))
    )
    return Position(
        asked=asked,
        today=today,
        known_from=min(known.values(), default=None),
        currencies=currencies,
        payees=_payees(currencies),
        freshness=freshness_of(movements.summaries.heads),
    )


def _row_months(asked: Asked, today: date) -> set[date]:
    """The months whose rows are needed: few, however many there are."""
    months = set(months_between(months_back(today, REPEAT_MONTHS - 1), today))
    if asked.is_by_day:
        months |= set(months_between(asked.period.first, asked.period.last))
    if asked.on < today:
        months.add(asked.on.replace(day=1))
    return months


def _payees(currencies: Iterable[CurrencyPosition]) -> tuple[Payee, ...]:
    codes = {repeat.counterparty for one in currencies if one.ahead for repeat in one.ahead.repeats}
    found = read_counterparties(codes).values() if codes else ()
    return tuple(Payee(one.id, one.code, one.name) for one in found)


def _known_from(accounts: Sequence[Account], today: date) -> dict[int, date]:
    """By account, the first day at whose end its balance is known: a bank gives all accounts of a connection alike, so it
    is the day before the first row that any of them has."""
    first = read_first_days()
    by_connection: dict[object, date] = {}
    for account in accounts:
        if day := first.get(account.code):
            known = min(day - DAY, today)
            by_connection[account.connection_id] = min(by_connection.get(account.connection_id, known), known)
    return {account.code: by_connection.get(account.connection_id, today) for account in accounts}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One currency's part of the page."""

    currency: str
    accounts: Sequence[Account]
    movements: Movements
    known: dict[int, date]
    asked: Asked
    today: date

    def read(self) -> CurrencyPosition:
        standings = [self._standing(one) for one in self.accounts if one.currency == self.currency]
        cash = Group.of(one for one in standings if one.kind == AccountKind.DEPOSITORY)
        told = [one.code for one in cash.accounts if one.current is not None]
        now = sum(one.current or 0 for one in cash.accounts)
        course_days = set(self._course_days())
        lately_days = {self.today - DAY * back for back in range(LATELY.days + 1)}
        course = self._course(told, now, sorted(course_days | lately_days))
        return CurrencyPosition(
            currency=self.currency,
            cash=cash,
            owed=Group.of(one for one in standings if one.kind in OWED),
            apart=Group.of(one for one in standings if one.kind not in (*OWED, AccountKind.DEPOSITORY)),
            course=tuple(one for one in course if one.day in course_days),
            lately=tuple(one for one in course if one.day in lately_days),
            ahead=self._ahead(told, now, cash.total.pending) if told else None,
        )

    def _standing(self, account: Account) -> AccountStanding:
        kind, told, period = AccountKind(account.kind), account.balances, self.asked.period
        ends = [self.asked.on, period.first - DAY, last_of_month(period.last)]
        balances = [self._balance(account, kind, day) for day in ends]
        return AccountStanding(
            account_id=account.id,
            code=account.code,
            name=account.facts.name,
            mask=account.facts.mask,
            kind=kind,
            currency=account.currency,
            current=told.current,
            as_of=told.as_of,
            standing=Standing(
                balance=balances[0],
                opening=balances[1],
                closing=balances[2],
                moved=self._moved(account.code, period),
                compared=self._moved(account.code, self.asked.against) if self.asked.against else None,
                pending=self._moved(account.code, None),
            ),
        )

    def _balance(self, account: Account, kind: AccountKind, day: date) -> int | None:
        current: int | None = account.balances.current
        if current is None or day < self.known[account.code]:
            return None
        if day >= self.today:
            return current
        later = self.movements.posted_after([account.code], [day])[0]
        # What was spent later was not owed yet: for debts money in and out count the other way.
        return current + later if kind in OWED else current - later

    def _moved(self, account: int, span: Span | None) -> Moved:
        """Posted movements of an account in some months; without months, all its pending ones."""
        entries = self.movements.summaries
        mine = (entries.account == account) & (entries.is_posted if span else ~entries.is_posted)
        if span:
            mine &= (entries.month >= month_number(span.first)) & (entries.month <= month_number(span.last))
        return Moved(
            int(entries.money_in[mine].sum()), int(entries.money_out[mine].sum()), int(entries.count[mine].sum())
        )

    def _course_days(self) -> Iterator[date]:
        before = self.asked.period.first - DAY
        end = min(last_of_month(self.asked.period.last), self.today)
        if self.asked.is_by_day:
            yield from (before + DAY * number for number in range((end - before).days + 1))
        else:
            yield before
            yield from (min(last_of_month(month), end) for month in months_between(self.asked.period.first, end))

    def _course(self, accounts: Sequence[int], now: int, days: Sequence[date]) -> tuple[DayBalance, ...]:
        if not accounts:
            return ()
        start = max(self.known[code] for code in accounts)
        known = [day for day in days if day >= start]
        past = [day for day in known if day < self.today]
        later = self.movements.posted_after(accounts, past)
        balances = [now - moved for moved in later] + [now] * (len(known) - len(past))
        return tuple(DayBalance(day, balance) for day, balance in zip(known, balances, strict=True))

    def _ahead(self, accounts: Sequence[int], now: int, pending: Moved) -> Ahead:
        rows, until = self.movements.rows, self.today + HORIZON
        repeats = find_repeats(rows, accounts, today=self.today, until=until)
        return look_ahead(now, pending, repeats, today=self.today)
