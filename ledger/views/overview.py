"""The overview: what the company has, spends and has left."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.reports import overview as reports
from ledger.reports.books.overview import read_books_overview
from ledger.reports.books.presence import has_books
from ledger.views.books.pages import books_links_of
from ledger.views.pages import links_of, now
from ledger.views.shown.books.overview import show_books
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.overview import show_overview


@requires(Permission.VIEW_OVERVIEW)
@require_safe
def overview(request: WorkspaceRequest) -> HttpResponse:
    moment = now()
    report = reports.overview(today=moment.date())
    books, books_stale = None, ""
    if request.membership.may(Permission.VIEW_AGEING) and has_books():
        owed = read_books_overview(today=moment.date())
        books, books_stale = show_books(owed, links=books_links_of(request)), describe_stale(owed.freshness, moment)
    page = show_overview(report, links=links_of(request), today=moment.date(), now=moment)
    stale = describe_stale(report.freshness, moment)
    context = {"page": page, "books": books, "stale": stale, "books_stale": books_stale}
    return render(request, "ledger/overview.html", context)
