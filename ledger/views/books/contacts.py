"""Customers and vendors, and the page of one of them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.books_forms import ContactsForm
from ledger.books_kinds import ContactKind
from ledger.reports.books.contact import read_contact
from ledger.reports.books.contacts import list_contacts
from ledger.views.books.pages import books_links_of
from ledger.views.filtering import read_id
from ledger.views.pages import now
from ledger.views.period import Choice
from ledger.views.shown.books.contacts import PLURALS, show_contact, show_contacts
from ledger.views.shown.books.documents import AFTER, BEFORE
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.freshness import describe_stale


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def contacts(request: WorkspaceRequest) -> HttpResponse:
    moment, links, query = now(), books_links_of(request), request.GET
    kind = ContactKind.VENDOR if query.get("kind") == ContactKind.VENDOR else ContactKind.CUSTOMER
    form = ContactsForm(query)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = list_contacts(
        kind,
        today=moment.date(),
        text=text,
        cursor=read_id(query.get(AFTER, "")),
        before=read_id(query.get(BEFORE, "")),
    )
    kept = (("kind", kind.value),) if kind == ContactKind.VENDOR else ()
    context = {
        "page": show_contacts(found, kind=kind, query=query, links=links),
        "title": PLURALS[kind],
        "nothing": f"No {kind.label.lower()} yet",
        "here": links.contacts_of(kind),
        "kept": kept,
        "kinds": _kinds(kind, links),
        "form": form,
        "text": text,
        "stale": describe_stale(found.freshness, moment),
    }
    return render(request, "ledger/books/contacts.html", context, status=200 if form.is_valid() else 422)


@requires(Permission.VIEW_DOCUMENTS)
@require_safe
def contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    moment, links = now(), books_links_of(request)
    detail = read_contact(contact_id, today=moment.date(), cursor=read_id(request.GET.get(AFTER, "")))
    if detail is None:
        raise Http404
    context = {
        "page": show_contact(detail, links=links, query=request.GET),
        "stale": describe_stale(detail.freshness, moment),
    }
    return render(request, "ledger/books/contact.html", context)


def _kinds(kind: ContactKind, links: BooksLinks) -> tuple[Choice, ...]:
    return tuple(Choice(PLURALS[one], links.contacts_of(one), one == kind) for one in ContactKind)
