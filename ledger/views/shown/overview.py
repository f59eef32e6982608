"""The overview in words and formatted amounts: its cards, its charts, its accounts and what needs attention."""

from dataclasses import dataclass
from datetime import date, datetime

from config.charts import (
    BarChart,
    LineChart,
    Pair,
    Point,
    Share,
    ShareBar,
    Sparkline,
    draw_in_and_out,
    draw_line,
    draw_shares,
    draw_sparkline,
)
from config.moments import name_age
from ledger.currencies import find_currency
from ledger.kinds import AccountKind
from ledger.money import format_minor
from ledger.reports.cash import AccountBalance, CurrencyCash
from ledger.reports.overview import Overview
from ledger.views.shown.alerts import Alert, find_alerts
from ledger.views.shown.links import UNCATEGORISED, Links
from ledger.views.shown.months import name_month, name_months, shift_month

NO_BALANCE = "No balance of a cash account is known"
OWED = frozenset({AccountKind.CREDIT, AccountKind.LOAN})


@dataclass(frozen=True, slots=True)
class Card:
    """One figure that leads somewhere; `unit` is what the value counts, `lines` stand below it."""

    title: str
    value: str
    unit: str = ""
    lines: tuple[str, ...] = ()
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account and its balance; `balance` is words where the bank told none. `course` is of the report's months."""

    name: str
    mask: str | None
    kind: str
    currency: str
    balance: str
    is_told: bool
    age: str
    course: Sparkline
    href: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """`currency_note` is a sentence where the figures are not in the workspace's base currency, empty otherwise."""

    currency: str
    currency_note: str
    cards: tuple[Card, ...]
    cash: LineChart
    cash_href: str
    flows: BarChart
    top_expenses: tuple[ShareBar, ...]
    top_expenses_note: str
    accounts: tuple[AccountLine, ...]
    alerts: tuple[Alert, ...]
    has_accounts: bool
    has_transactions: bool


def show_overview(report: Overview, *, links: Links, today: date, now: datetime) -> OverviewPage:
    """`now` in UTC; `today` is the report's own day."""
    return OverviewPage(
        currency=report.currency,
        currency_note=_currency_note(report),
        cards=(
            _cash_card(report, links),
            _runway_card(report, links),
            _burn_card(report, links),
            _review_card(report, links),
        ),
        cash=_cash_chart(report),
        cash_href=links.cash or "",
        flows=_flow_chart(report),
        top_expenses=_top_expenses(report, links, today),
        top_expenses_note=_months_before(today, report.currency),
        accounts=tuple(_account_line(account, links, now) for account in report.cash.accounts),
        alerts=find_alerts(report, links),
        has_accounts=bool(report.cash.accounts),
        has_transactions=report.has_transactions,
    )


def _currency_note(report: Overview) -> str:
    if report.currency == report.base:
        return ""
    return f"These figures are in {report.currency}: no account is in {report.base}, the currency of this workspace."


def _cash_card(report: Overview, links: Links) -> Card:
    others = [each for each in report.cash.currencies if each.currency != report.currency]
    lines = [f"{format_minor(each.cash, each.currency)} {each.currency}" for each in others]
    owed = [_owed(each) for each in report.cash.currencies if each.owed]
    note = f"Owed on cards and loans: {', '.join(owed)}" if owed else ""
    href = links.cash or ""
    if report.cash_now is None:
        return Card("Cash", "–", "", (*lines, NO_BALANCE), note, href)
    return Card("Cash", format_minor(report.cash_now, report.currency), report.currency, tuple(lines), note, href)


def _owed(cash: CurrencyCash) -> str:
    return f"{format_minor(cash.owed, cash.currency)} {cash.currency}"


def _runway_card(report: Overview, links: Links) -> Card:
    href = links.profit_and_loss or ""
    if report.runway:
        ends_on = report.runway.ends_on
        lines = (f"Until {name_month(ends_on)}",) if ends_on else ("More than a century",)
        return Card("Runway", _tenths(report.runway.tenths), "months", lines, "Cash divided by net burn", href)
    if report.burn is None:
        return Card("Runway", "–", "", (), "Needs three full months of transactions", href)
    if report.burn <= 0:
        return Card("Runway", "No burn", "", (), "No more goes out than comes in", href)
    if report.cash_now is None:
        return Card("Runway", "–", "", (), NO_BALANCE, href)
    return Card("Runway", "0", "months", (), "There is no cash left to burn", href)


def _burn_card(report: Overview, links: Links) -> Card:
    note = "Median of the last three full months, transfers left out"
    href = links.profit_and_loss or ""
    if report.burn is None:
        return Card("Net burn", "–", "", (), "Needs three full months of transactions", href)
    if report.burn <= 0:
        gained = format_minor(-report.burn, report.currency)
        return Card("Net burn", "No burn", "", (f"{gained} {report.currency} a month gained",), note, href)
    return Card("Net burn", format_minor(report.burn, report.currency), f"{report.currency} a month", (), note, href)


def _review_card(report: Overview, links: Links) -> Card:
    if not report.to_review:
        return Card("To review", "0", "", (), "Every transaction has a category", links.transactions or "")
    href = links.rows({"category": UNCATEGORISED})
    word = "transaction" if report.to_review == 1 else "transactions"
    return Card("To review", f"{report.to_review:,}", word, (), "Without a category", href)


def _cash_chart(report: Overview) -> LineChart:
    shown = next((each for each in report.cash.currencies if each.currency == report.currency), None)
    labels = name_months(report.cash.month_ends)
    amounts = shown.history if shown and report.cash_now is not None else ()
    points = [
        Point(label, minor, format_minor(minor, report.currency)) for label, minor in zip(labels, amounts, strict=False)
    ]
    return draw_line(
        points,
        title=f"Cash in {report.currency}",
        description=f"Cash in {report.currency} at each month’s end, and now",
        columns=("Month's end", f"Cash, {report.currency}"),
        unit=_unit(report.currency),
    )


def _flow_chart(report: Overview) -> BarChart:
    labels = name_months([flow.month for flow in report.flows])
    pairs = [
        Pair(
            label,
            flow.money_in,
            flow.money_out,
            format_minor(flow.money_in, report.currency),
            format_minor(flow.money_out, report.currency),
            format_minor(flow.net, report.currency),
        )
        for label, flow in zip(labels, report.flows, strict=True)
    ]
    return draw_in_and_out(
        pairs,
        title=f"Money in and out in {report.currency}",
        description=f"Posted, in {report.currency}, transfers left out; the last month is not over",
        columns=("Month", "In", "Out", "Net"),
        unit=_unit(report.currency),
    )


def _top_expenses(report: Overview, links: Links, today: date) -> tuple[ShareBar, ...]:
    first, last = shift_month(today, -3), shift_month(today, -1)
    shares = [
        Share(
            expense.name,
            expense.amount,
            format_minor(expense.amount, report.currency),
            links.rows_of(expense.category_id, first, last, report.currency),
        )
        for expense in report.top_expenses
    ]
    return draw_shares(shares)


def _months_before(today: date, currency: str) -> str:
    return f"{name_month(shift_month(today, -3))} to {name_month(shift_month(today, -1))}, {currency}"


def _account_line(account: AccountBalance, links: Links, now: datetime) -> AccountLine:
    is_told = account.current is not None
    signed = None if account.current is None else -account.current if account.kind in OWED else account.current
    return AccountLine(
        account.name,
        account.mask,
        account.kind.label,
        account.currency,
        "not told" if signed is None else format_minor(signed, account.currency),
        is_told,
        name_age(account.as_of, now) if account.as_of else "",
        draw_sparkline([minor for minor in account.history if minor is not None]),
        links.rows({"account": str(account.account_id)}),
    )


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _unit(currency: str) -> int:
    return int(10 ** find_currency(currency).exponent)
