"""Receivables and payables by age."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.reports.books.ageing import Side, read_ageing
from ledger.views.books.pages import books_links_of
from ledger.views.pages import now
from ledger.views.period import offer
from ledger.views.shown.books.ageing import show_ageing
from ledger.views.shown.freshness import describe_stale, describe_time

CURRENCY = "in"


@requires(Permission.VIEW_AGEING)
@require_safe
def receivables(request: WorkspaceRequest) -> HttpResponse:
    return _render(request, Side.RECEIVABLE)


@requires(Permission.VIEW_AGEING)
@require_safe
def payables(request: WorkspaceRequest) -> HttpResponse:
    return _render(request, Side.PAYABLE)


def _render(request: WorkspaceRequest, side: Side) -> HttpResponse:
    moment = now()
    report = read_ageing(side, today=moment.date())
    owed_in = [one.currency for one in report.currencies]
    asked = request.GET.get(CURRENCY, "")
    page = show_ageing(report, links=books_links_of(request), currency=asked if asked in owed_in else "")
    bases = ", ".join(one.currency for one in report.bases)
    choices = offer(request.GET, CURRENCY, {"": f"All, in {bases}"} | {code: f"{code} only" for code in owed_in})
    context = {
        "page": page,
        "currencies": choices if [one.currency for one in report.bases] != owed_in else (),
        "stale": describe_stale(report.freshness, moment),
        "stamp": describe_time(report.freshness, moment),
    }
    return render(request, "ledger/books/ageing.html", context)
