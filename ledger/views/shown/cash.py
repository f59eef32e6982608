"""The cash position in words and formatted amounts, one section a currency."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.charts import LineChart, Point, draw_line
from config.moments import name_age
from ledger.currencies import find_currency
from ledger.money import format_minor
from ledger.reports.change import Change
from ledger.reports.position import CurrencyPosition, DayBalance, Position
from ledger.reports.standing import AccountStanding, Group, Standing
from ledger.sheets.parts import last_of_month
from ledger.views.shown.ahead import AheadSection, show_ahead
from ledger.views.shown.change import ShownChange, show_change
from ledger.views.shown.links import Links
from ledger.views.shown.months import name_day, name_months, name_short_day, name_span
from ledger.views.shown.overview import Card

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account, or the sum of a group (`is_sum`). `balance` is a dash where it is not known; `pending` is empty where
    nothing is."""

    name: str
    detail: str
    href: str
    balance: str
    pending: str
    pending_href: str
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class MovedRow:
    """What moved on an account, or on all of a group, between two balances."""

    name: str
    mask: str | None
    href: str
    opening: str
    money_in: str
    money_out: str
    net: str
    closing: str
    change: ShownChange | None
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The accounts of one sort under their heading."""

    title: str
    balances: tuple[BalanceRow, ...]
    moved: tuple[MovedRow, ...]


@dataclass(frozen=True, slots=True)
class CashSection:
    """One currency; `course_id` is unique on the page. `reasons` say why some changes have no percentage."""

    currency: str
    cards: tuple[Card, ...]
    course: LineChart
    course_id: str
    blocks: tuple[Block, ...]
    ahead: AheadSection | None
    reasons: tuple[str, ...]
    has_sums: bool


@dataclass(frozen=True, slots=True)
class CashPage:
    """`on` is the day of the balances, `opening` and `closing` those around the period; `against` is empty without a
    comparison. `untold` is a sentence on accounts that are in no sum."""

    on: str
    is_today: bool
    period: str
    against: str
    opening: str
    closing: str
    earliest: str
    untold: str
    sections: tuple[CashSection, ...]


def show_cash(report: Position, *, links: Links, now: datetime) -> CashPage:
    """`now` is in the person's own time zone."""
    asked, today = report.asked, report.today
    end = min(last_of_month(asked.period.last), today)
    accounts = [account for one in report.currencies for account in _accounts(one)]
    return CashPage(
        on=name_day(asked.on),
        is_today=asked.on >= today,
        period=name_span(asked.period),
        against=name_span(asked.against) if asked.against else "",
        opening=name_day(asked.period.first - timedelta(days=1)),
        closing=name_day(end),
        earliest=name_day(report.known_from) if report.known_from else "",
        untold=_untold([account.name for account in accounts if account.current is None]),
        sections=tuple(_Section(one, report, links, now).show() for one in report.currencies),
    )


def _untold(names: Sequence[str]) -> str:
    return f"The bank tells no balance for {', '.join(names)}: it is in no sum." if names else ""


def _accounts(position: CurrencyPosition) -> tuple[AccountStanding, ...]:
    return position.cash.accounts + position.owed.accounts + position.apart.accounts


@dataclass(frozen=True, slots=True)
class _Section:
    position: CurrencyPosition
    report: Position
    links: Links
    now: datetime

    def show(self) -> CashSection:
        blocks = tuple(self._blocks())
        changes = [row.change for block in blocks for row in block.moved if row.change]
        ahead = self.position.ahead
        return CashSection(
            currency=self.position.currency,
            cards=tuple(self._cards()),
            course=self._course(),
            course_id=f"course-{self.position.currency}",
            blocks=blocks,
            ahead=show_ahead(self.position, self.report, self.links) if ahead else None,
            has_sums=any(row.is_sum for block in blocks for row in block.moved),
            reasons=tuple(dict.fromkeys(change.reason for change in changes if change.reason)),
        )

    def _cards(self) -> Iterator[Card]:
        total, currency, period = self.position.cash.total, self.position.currency, name_span(self.report.asked.period)
        yield Card("Cash", self._amount(total.balance), currency, (f"At the end of {self._on()}",))
        moved = total.moved
        lines = (f"In {self._amount(moved.money_in)}", f"Out {self._amount(moved.money_out)}")
        yield Card("Net movement", self._amount(moved.net), currency, lines, period)
        if self.position.owed.accounts:
            owed = self.position.owed.total.balance
            when, note = f"At the end of {self._on()}", "On cards and loans, in no figure of cash"
            yield Card("Owed", self._amount(owed), currency, (when,), note)
        if ahead := self.position.ahead:
            day = "Today" if ahead.lowest_on == ahead.today else name_day(ahead.lowest_on)
            note = "From what the bank shows, see below" if ahead.is_known else "Nothing pending, nothing that repeats"
            yield Card(
                "Lowest in 13 weeks, expected", self._amount(ahead.lowest), currency, (day,), note, f"#ahead-{currency}"
            )

    def _on(self) -> str:
        on = self.report.asked.on
        return "today" if on >= self.report.today else name_day(on)

    def _course(self) -> LineChart:
        currency, asked = self.position.currency, self.report.asked
        how = "at the end of each day" if asked.is_by_day else "at each month’s end"
        return draw_line(
            show_points(self.position.course, currency, is_by_day=asked.is_by_day),
            title=f"Cash in {currency}",
            description=f"Cash in {currency} {how}, {name_span(asked.period)}",
            columns=("End of", f"Cash, {currency}"),
            unit=int(10 ** find_currency(currency).exponent),
        )

    def _blocks(self) -> Iterator[Block]:
        for title, total, group in (
            ("Cash", "Cash", self.position.cash),
            ("Cards and loans, owed", "Owed", self.position.owed),
            ("Other accounts, not cash", "Other accounts", self.position.apart),
        ):
            if group.accounts:
                yield Block(title, tuple(self._balances(group, total)), tuple(self._moved(group, total)))

    def _balances(self, group: Group, total: str) -> Iterator[BalanceRow]:
        for account in group.accounts:
            yield BalanceRow(
                account.name,
                self._detail(account),
                self._rows(account),
                self._amount(account.standing.balance) if account.current is not None else "not told",
                *self._pending(account.standing, account),
            )
        if len(group.told) > 1:
            text, _ = self._pending(group.total, None)
            yield BalanceRow(total, "", "", self._amount(group.total.balance), text, "", is_sum=True)

    def _detail(self, account: AccountStanding) -> str:
        words = f"{account.kind.label} ····{account.mask}" if account.mask else str(account.kind.label)
        if account.current is None or self.report.asked.on < self.report.today:
            return words
        return f"{words}, {name_age(account.as_of, self.now)}"

    def _pending(self, standing: Standing, account: AccountStanding | None) -> tuple[str, str]:
        if not standing.pending.count:
            return "", ""
        query = {"account": str(account.account_id), "status": "pending"} if account else None
        return self._amount(standing.pending.net), self.links.rows(query) if query else ""

    def _moved(self, group: Group, total: str) -> Iterator[MovedRow]:
        for account in group.accounts:
            yield self._moved_row(account.name, account.mask, self._rows(account, in_period=True), account.standing)
        if len(group.told) > 1:
            yield self._moved_row(total, None, "", group.total, is_sum=True)

    def _moved_row(
        self, name: str, mask: str | None, href: str, standing: Standing, *, is_sum: bool = False
    ) -> MovedRow:
        compared = standing.compared
        change = Change(standing.moved.net, compared.net) if compared else None
        return MovedRow(
            name,
            mask,
            href,
            self._amount(standing.opening),
            self._amount(standing.moved.money_in),
            self._amount(standing.moved.money_out),
            self._amount(standing.moved.net),
            self._amount(standing.closing),
            show_change(change, self.position.currency) if change else None,
            is_sum,
        )

    def _rows(self, account: AccountStanding, *, in_period: bool = False) -> str:
        query = {"account": str(account.account_id)}
        if in_period:
            period = self.report.asked.period
            query |= {"from": period.first.isoformat(), "to": last_of_month(period.last).isoformat()}
            query |= {"status": "posted", "currency": account.currency}
        return self.links.rows(query)

    def _amount(self, minor: int | None) -> str:
        return UNKNOWN if minor is None else format_minor(minor, self.position.currency)


def show_points(balances: Sequence[DayBalance], currency: str, *, is_by_day: bool) -> list[Point]:
    """Balances as points of a line, named by their day or by their month."""
    days: list[date] = [one.day for one in balances]
    labels = [name_short_day(day) for day in days] if is_by_day else name_months(days)
    return [
        Point(label, one.balance, format_minor(one.balance, currency))
        for label, one in zip(labels, balances, strict=True)
    ]
