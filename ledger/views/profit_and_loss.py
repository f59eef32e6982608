"""Profit and loss by month."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.reports import profit_and_loss as reports
from ledger.views.pages import links_of, now
from ledger.views.period import read_period
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.profit_and_loss import show_profit_and_loss


@requires(Permission.VIEW_REPORTS)
@require_safe
def profit_and_loss(request: WorkspaceRequest) -> HttpResponse:
    start = request.workspace.fiscal_year_start_month
    period, control = read_period(request.GET, today=now().date(), fiscal_start=start)
    report = reports.profit_and_loss(first=period.first, last=period.last)
    page = show_profit_and_loss(report, links=links_of(request))
    context = {"page": page, "control": control, "stale": describe_stale(report.freshness, now())}
    return render(request, "ledger/profit_and_loss.html", context)
