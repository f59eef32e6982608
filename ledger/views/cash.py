"""The cash position: balances on a day, money in and out of some months, and the next 13 weeks."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.forms import BalanceDayForm
from ledger.reports.position import Asked, cash_page
from ledger.views.pages import links_of, now
from ledger.views.period import OF_PERIOD, address, read_period
from ledger.views.shown.cash import show_cash
from ledger.views.shown.freshness import describe_stale, describe_time

DEFAULT_PERIOD = "3"


@requires(Permission.VIEW_CASH)
@require_safe
def cash(request: WorkspaceRequest) -> HttpResponse:
    moment = now()
    today, start = moment.date(), request.workspace.fiscal_year_start_month
    period, control = read_period(request.GET, today=today, fiscal_start=start, default=DEFAULT_PERIOD)
    form = BalanceDayForm(request.GET if request.GET.get("on") else None, today=today, initial={"on": today})
    on = form.cleaned_data["on"] if form.is_valid() else today
    report = cash_page(Asked(on, period.months, period.against), today=today)
    kept = [(name, str(value)) for name, value in request.GET.items() if name in OF_PERIOD]
    context = {
        "page": show_cash(report, links=links_of(request), now=moment),
        "control": control,
        "form": form,
        "kept": kept,
        "today_href": address(dict(kept)),
        "stale": describe_stale(report.freshness, moment),
        "stamp": describe_time(report.freshness, moment),
    }
    return render(request, "ledger/cash.html", context)
