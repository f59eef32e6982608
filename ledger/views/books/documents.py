"""Invoices, bills, credit notes and expenses: a list of each, and the page of one document."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.books_forms import DocumentsForm
from ledger.books_kinds import DocumentKind
from ledger.reports.books.document_detail import read_document
from ledger.reports.books.documents import list_documents
from ledger.reports.books.names import read_contacts_by_id
from ledger.reports.books.reading import read_documents
from ledger.reports.books.tabs import document_tabs
from ledger.views.books.pages import books_links_of, kind_choices, kinds_beside
from ledger.views.filtering import read_id
from ledger.views.pages import now
from ledger.views.shown.books.document import show_document
from ledger.views.shown.books.documents import (
    AFTER,
    BEFORE,
    is_narrowed,
    say_without_rate,
    show_documents,
    show_tabs,
    title_of,
)
from ledger.views.shown.freshness import describe_stale


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def invoices(request: WorkspaceRequest) -> HttpResponse:
    return _render_list(request, DocumentKind.INVOICE)


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def bills(request: WorkspaceRequest) -> HttpResponse:
    return _render_list(request, DocumentKind.BILL)


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def credit_notes(request: WorkspaceRequest) -> HttpResponse:
    return _render_list(request, DocumentKind.CREDIT_NOTE)


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def expenses(request: WorkspaceRequest) -> HttpResponse:
    return _render_list(request, DocumentKind.EXPENSE)


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    detail = read_document(document_id, today=now().date())
    if detail is None:
        raise Http404
    links = books_links_of(request)
    context = {"page": show_document(detail, links=links), "list_href": links.list_of(detail.line.kind)}
    return render(request, "ledger/books/document.html", context)


def _render_list(request: WorkspaceRequest, kind: DocumentKind) -> HttpResponse:
    moment, links, query = now(), books_links_of(request), request.GET.copy()
    read = read_documents(kind.book)
    tabs = document_tabs(kind, read, today=moment.date())
    form = DocumentsForm(query, currencies=[one.currency for one in tabs.all.currencies])
    is_valid = form.is_valid()
    context = {
        "title": title_of(kind),
        "nothing": f"No {kind.label.lower()} yet",
        "here": links.list_of(kind),
        "kinds": kind_choices(kind, links),
        "is_invoices": kind in kinds_beside(DocumentKind.INVOICE),
        "form": form,
        "tabs": show_tabs(tabs, query=query) if is_valid else (),
        "has_any": bool(tabs.all.count),
        "stale": describe_stale(tabs.freshness, moment),
    }
    if not is_valid:
        return render(request, "ledger/books/documents.html", context, status=422)
    after, before = read_id(query.get(AFTER, "")), read_id(query.get(BEFORE, ""))
    found = list_documents(kind, form.wanted, today=moment.date(), cursor=after, before=before, read=read)
    names = {str(one): name.name for one, name in read_contacts_by_id(form.wanted.contacts).items()}
    # What stands above the list are sums of every document, unless it is narrowed.
    context["without_rate"] = say_without_rate(found.without_rate if is_narrowed(query) else tabs.without_rate, kind)
    context["page"] = show_documents(found, kind=kind, query=query, wanted=form.wanted, links=links, names=names)
    return render(request, "ledger/books/documents.html", context)
