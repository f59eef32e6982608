"""Profit and loss by month, and beside that of other months: of the bank, or on accrual basis of the books."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.reports.books.presence import has_books
from ledger.reports.books.profit_and_loss import accrual_profit_and_loss, compare_accrual_profit_and_loss
from ledger.reports.comparison import compare_profit_and_loss
from ledger.reports.profit_and_loss import profit_and_loss as report_of
from ledger.views.pages import links_of, now
from ledger.views.period import offer, read_period
from ledger.views.shown.comparison import ComparedTable, show_comparison
from ledger.views.shown.freshness import describe_stale, describe_time
from ledger.views.shown.links import NO_LINKS
from ledger.views.shown.profit_and_loss import show_profit_and_loss

OF_INCOME = "income"
FIGURES = {"": "Amounts", OF_INCOME: "% of income"}
ACCRUAL = "accrual"
BASES = {"": "Cash", ACCRUAL: "Accrual"}


@requires(Permission.VIEW_PROFIT_AND_LOSS)
@require_safe
def profit_and_loss(request: WorkspaceRequest) -> HttpResponse:
    moment, has_accrual = now(), has_books()
    is_accrual = has_accrual and request.GET.get("basis") == ACCRUAL
    # Behind a figure of the books there are postings, and no list of transactions to open.
    links = NO_LINKS if is_accrual else links_of(request)
    start, of_income = request.workspace.fiscal_year_start_month, request.GET.get("figures") == OF_INCOME
    period, control = read_period(request.GET, today=moment.date(), fiscal_start=start)
    months, against = period.months, period.against
    compared: tuple[ComparedTable, ...] = ()
    if against:
        compare = compare_accrual_profit_and_loss if is_accrual else compare_profit_and_loss
        comparison = compare(now=months, before=against)
        compared = show_comparison(comparison, now=months, before=against, links=links, of_income=of_income)
        report, freshness = comparison.now, comparison.freshness
    else:
        report = (accrual_profit_and_loss if is_accrual else report_of)(first=months.first, last=months.last)
        freshness = report.freshness
    context = {
        "page": show_profit_and_loss(report, links=links, of_income=of_income),
        "compared": compared,
        "control": control,
        "figures": offer(request.GET, "figures", FIGURES),
        "bases": offer(request.GET, "basis", BASES) if has_accrual else (),
        "is_accrual": is_accrual,
        "of_income": of_income,
        "is_running": months.last == moment.date().replace(day=1),
        "stale": describe_stale(freshness, moment),
        "stamp": describe_time(freshness, moment),
    }
    return render(request, "ledger/profit_and_loss.html", context)
