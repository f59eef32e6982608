"""The next 13 weeks in words: what is expected and why, so that a person can check each line against the bank's rows."""

from dataclasses import dataclass
from datetime import timedelta

from config.charts import LineChart, Point, draw_line
from ledger.currencies import find_currency
from ledger.money import format_minor
from ledger.reports.ahead import Ahead, Week
from ledger.reports.position import CurrencyPosition, Payee, Position
from ledger.reports.repeats import Repeat
from ledger.reports.standing import AccountStanding
from ledger.views.shown.links import Links
from ledger.views.shown.months import name_day, name_short_day

# A longer list is folded up at first.
MOST_SHOWN = 12
RULE = (
    "The same counterparty on the same account, in the same direction, at amounts within a twentieth of each other, in "
    "this month and the three before: every month at least three times; every week, every two weeks or twice a month at "
    "least four times. The amount expected is that of the last time. Left out are moves between own bank accounts, cards "
    "and loans themselves, counterparties with more than 24 rows in that time, and what has not come for a week (three "
    "days where it comes weekly or fortnightly). Weekends and holidays may move a day; invoices, bills and plans are not "
    "known here."
)


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """Something that repeats. `words`: account, how often, how often so far, the last day, the next one; `figures`: the
    amount expected, how many times, and all of them together."""

    name: str
    href: str
    words: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    name: str
    money_in: str
    money_out: str
    balance: str
    is_lowest: bool


@dataclass(frozen=True, slots=True)
class AheadSection:
    """`name` is unique on the page, `repeating` says how many repeat. `summary` is a sentence: without anything to expect
    it says so, and there are neither weeks nor a chart."""

    name: str
    summary: str
    chart: LineChart | None
    weeks: tuple[WeekRow, ...]
    expected: tuple[ExpectedRow, ...]
    repeating: str
    is_short: bool
    pending: str
    pending_href: str
    rule: str = RULE


def show_ahead(position: CurrencyPosition, report: Position, links: Links) -> AheadSection | None:
    """One currency's weeks ahead; None where no balance is known to start from."""
    if position.ahead is None:
        return None
    return _Weeks(position, position.ahead, report.payees, links).show()


@dataclass(frozen=True, slots=True)
class _Weeks:
    position: CurrencyPosition
    ahead: Ahead
    payees: tuple[Payee, ...]
    links: Links

    def show(self) -> AheadSection:
        ahead, pending, name = self.ahead, self.ahead.pending, f"weeks-{self.position.currency}"
        if not ahead.is_known:
            nothing = "Nothing is pending, and nothing in the last months repeats regularly enough to be expected."
            return AheadSection(name, nothing, None, (), (), "", True, "", "")
        accounts = {one.code: one for one in self.position.cash.accounts}
        payees = {one.code: one for one in self.payees}
        href = self.links.rows({"status": "pending", "currency": self.position.currency})
        words = f"{self._rows(pending.count)} pending, {self._amount(pending.net)}" if pending.count else ""
        return AheadSection(
            name=name,
            summary=self._summary(),
            chart=self._chart(),
            weeks=tuple(self._week(week) for week in ahead.weeks),
            expected=tuple(
                self._expected(one, accounts[one.account], payees.get(one.counterparty)) for one in ahead.repeats
            ),
            repeating=self._repeating(),
            is_short=len(ahead.repeats) <= MOST_SHOWN,
            pending=words,
            pending_href=href if words else "",
        )

    def _summary(self) -> str:
        ahead, currency = self.ahead, self.position.currency
        end, lowest = ahead.weeks[-1], self._amount(ahead.lowest)
        when = "today" if ahead.lowest_on == ahead.today else f"on {name_day(ahead.lowest_on)}"
        return (
            f"From {self._amount(ahead.balances[0])} {currency} today to {self._amount(end.balance)} {currency} on "
            f"{name_day(end.last)}, if nothing happens but what is listed here. Lowest: {lowest} {currency} {when}."
        )

    def _chart(self) -> LineChart:
        ahead, currency = self.ahead, self.position.currency
        past = [
            Point(name_short_day(one.day), one.balance, format_minor(one.balance, currency))
            for one in self.position.lately
        ]
        expected = [
            Point(name_short_day(day), minor, f"{format_minor(minor, currency)} expected")
            for number, minor in enumerate(ahead.balances[1:], start=1)
            for day in [ahead.today + timedelta(days=number)]
        ]
        return draw_line(
            [*past, *expected],
            title=f"Cash in {currency}, the last four weeks and the next 13",
            description=f"Cash in {currency}: four weeks at the bank, then 13 weeks expected",
            columns=("End of", f"Cash, {currency}"),
            unit=int(10 ** find_currency(currency).exponent),
            ahead=len(expected),
            rows=tuple((name_day(week.last), f"{self._amount(week.balance)} expected") for week in ahead.weeks),
        )

    def _week(self, week: Week) -> WeekRow:
        return WeekRow(
            name_short_day(week.first),
            self._amount(week.moved.money_in),
            self._amount(week.moved.money_out),
            self._amount(week.balance),
            week.first <= self.ahead.lowest_on <= week.last,
        )

    def _expected(self, repeat: Repeat, account: AccountStanding, payee: Payee | None) -> ExpectedRow:
        query = {"account": str(account.account_id), "from": repeat.days[0].isoformat()}
        first = repeat.expected[0]
        return ExpectedRow(
            name=payee.name if payee else "Unknown",
            href=self.links.rows({"counterparty": str(payee.id)} | query) if payee else "",
            words=(
                f"{account.name} ····{account.mask}" if account.mask else account.name,
                repeat.rhythm.value.capitalize(),
                f"{len(repeat.days)} times since {name_short_day(repeat.days[0])}",
                name_day(repeat.days[-1]),
                f"{name_day(first)}, not come yet" if first <= self.ahead.today else name_day(first),
            ),
            figures=(self._amount(repeat.amount), str(len(repeat.expected)), self._amount(repeat.total)),
        )

    def _repeating(self) -> str:
        count = len(self.ahead.repeats)
        return "What repeats: one item" if count == 1 else f"What repeats: {count:,} items, the next ones first"

    def _rows(self, count: int) -> str:
        return "One row is" if count == 1 else f"{count:,} rows are"

    def _amount(self, minor: int) -> str:
        return format_minor(minor, self.position.currency)
