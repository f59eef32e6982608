"""The overview: what the company has, spends and has left."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.reports import overview as reports
from ledger.views.pages import links_of, now
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.overview import show_overview


@requires(Permission.VIEW_OVERVIEW)
@require_safe
def overview(request: WorkspaceRequest) -> HttpResponse:
    moment = now()
    report = reports.overview(today=moment.date())
    page = show_overview(report, links=links_of(request), today=moment.date(), now=moment)
    context = {"page": page, "stale": describe_stale(report.freshness, moment)}
    return render(request, "ledger/overview.html", context)
