"""The data: who may read what, how often, and the pages of the lists."""

from collections.abc import Callable

from integrations.sandbox.web import Handler, Request, Response, json_response
from integrations.sandbox.zoho import documents, limits, money, people, reports
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.documents import Row
from integrations.sandbox.zoho.errors import (
    BAD_TOKEN,
    NO_ORGANIZATION,
    NO_SUCH_PAGE,
    NOT_ALLOWED,
    WRONG_METHOD,
    Refused,
    not_there,
)
from integrations.sandbox.zoho.grants import Grant, find_grant
from integrations.sandbox.zoho.lists import JOURNALS, LISTS, List, Listed
from integrations.sandbox.zoho.query import Query
from integrations.sandbox.zoho.world import ZohoWorld

ROOT = "/zoho/books/v3"
ANYTHING = "ZohoBooks.fullaccess.all"
# Set by the switch that gives an organisation another one's answer.
OTHER_ORGANIZATION = "X_SANDBOX_OTHER_ORGANIZATION"

View = Callable[[Books, Query, str], dict[str, object]]


def build_api(world: ZohoWorld) -> list[tuple[str, str, Handler]]:
    """The routes of the data, for reading; any other method is refused."""

    def bound(scope: str, view: View) -> Handler:
        return lambda request: _handle(world, request, scope, view)

    routes: list[tuple[str, str, Handler]] = [
        ("GET", f"{ROOT}/organizations", lambda request: _organizations(world, request)),
        *(("GET", f"{ROOT}{one.path}", bound(one.scope, _list(one))) for one in LISTS),
        ("GET", f"{ROOT}/invoices/(?P<id>[^/]+)", bound("invoices", _invoice)),
        ("GET", f"{ROOT}/bills/(?P<id>[^/]+)", bound("bills", _bill)),
        ("GET", f"{ROOT}/journals/(?P<id>[^/]+)", bound("accountants", _journal)),
        ("GET", f"{ROOT}/reports/trialbalance", bound("reports", reports.trial_balance)),
        ("GET", f"{ROOT}/.*", lambda _: Refused(NO_SUCH_PAGE).response()),
    ]
    wrong = [
        (method, f"{ROOT}/.*", lambda request: Refused(WRONG_METHOD, method=request.method).response())
        for method in ("POST", "PUT", "PATCH", "DELETE")
    ]
    return routes + wrong


def _handle(world: ZohoWorld, request: Request, scope: str, view: View) -> Response:
    headers: dict[str, str] = {}
    try:
        grant = _grant(world, request)
        organization_id = _organization(grant, request)
        headers = limits.count_call(world, organization_id)
        if not grant.scopes & {f"ZohoBooks.{scope}.READ", f"ZohoBooks.{scope}.ALL", ANYTHING}:
            raise Refused(NOT_ALLOWED)
        books = world.books(_other(world, organization_id) if _is_foreign(request) else organization_id)
        answer = view(books, Query(request.query), request.match.get("id", ""))
        if _is_foreign(request):
            answer = _signed(answer, books.facts.organization.id)
    except Refused as refused:
        given = refused.response()
        return Response(given.body, given.status, headers={**headers, **given.headers})
    found = json_response({"code": 0, "message": "success", **answer})
    return Response(found.body, headers=headers)


def _grant(world: ZohoWorld, request: Request) -> Grant:
    """Zoho knows one scheme only, and it is not Bearer."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    grant = find_grant(world, token) if scheme == "Zoho-oauthtoken" else None
    if grant is None:
        raise Refused(BAD_TOKEN)
    return grant


def _organization(grant: Grant, request: Request) -> str:
    name = request.query.get("organization_id", [""])[0]
    if name not in grant.organizations:
        raise Refused(NO_ORGANIZATION, name=name)
    return name


def _organizations(world: ZohoWorld, request: Request) -> Response:
    """The one list that needs no organisation, and counts for none."""
    try:
        grant = _grant(world, request)
        if not grant.scopes & {"ZohoBooks.settings.READ", "ZohoBooks.settings.ALL", ANYTHING}:
            raise Refused(NOT_ALLOWED)
    except Refused as refused:
        return refused.response()
    names = [_other(world, one) for one in grant.organizations] if _is_foreign(request) else grant.organizations
    found = [people.organization(world.companies[one].organization) for one in names]
    return json_response({"code": 0, "message": "success", "organizations": found})


def _is_foreign(request: Request) -> bool:
    return OTHER_ORGANIZATION.lower().replace("_", "-") in request.headers


def _other(world: ZohoWorld, organization_id: str) -> str:
    return next(one for one in world.companies if one != organization_id)


def _signed(answer: dict[str, object], organization_id: str) -> dict[str, object]:
    """The answer with each of its rows saying whose it is."""
    return {
        name: [{**row, "organization_id": organization_id} for row in rows] if isinstance(rows, list) else rows
        for name, rows in answer.items()
    }


def _list(one: List) -> View:
    def view(books: Books, query: Query, _: str) -> dict[str, object]:
        found = _filtered(one, books, query)
        start = (query.page - 1) * query.per_page
        shown = found[start : start + query.per_page]
        specified = one.specified and books.facts.organization.follows_specification
        rows: list[Row] = [one.write(books, listed.thing) for listed in shown]
        answer: dict[str, object] = {one.specified if specified else one.name: rows}
        if one.context == "absent":
            return answer
        context = _context(one, query, has_more=start + query.per_page < len(found))
        return {**answer, "page_context": [context] if one.context == "array" else context}

    return view


def _filtered(one: List, books: Books, query: Query) -> list[Listed]:
    """A filter that a list does not have is passed over without a word."""
    first, last = query.first, query.last
    after = query.modified_after if one.by_modified else None
    found = _all(one, books, query)
    if (first, last, after) == (None, None, None):
        return found
    return [
        listed
        for listed in found
        if (first is None or listed.date >= first)
        and (last is None or listed.date <= last)
        and (after is None or listed.modified > after)
    ]


def _all(one: List, books: Books, query: Query) -> list[Listed]:
    """In order, and kept for the next page."""
    names = ("account_id", "transaction_type", "filter_by")
    place = (one.path, *map(query.text, names), *query.order)
    if place not in books.kept:
        column, descending = query.order
        by_change = column == "last_modified_time"
        books.kept[place] = sorted(
            one.find(books, query),
            key=lambda listed: (listed.modified if by_change else listed.date, listed.key),
            reverse=descending,
        )
    found: list[Listed] = books.kept[place]
    return found


def _context(one: List, query: Query, *, has_more: bool) -> dict[str, object]:
    column, descending = query.order
    return {
        "page": query.page,
        "per_page": query.per_page,
        "has_more_page": has_more,
        "report_name": one.name.capitalize(),
        "applied_filter": query.text("filter_by") or "Status.All",
        "sort_column": column,
        "sort_order": "D" if descending else "A",
    }


def _invoice(books: Books, query: Query, given: str) -> dict[str, object]:
    for one in books.standing.values():
        if one.document.kind == "invoice" and books.id("invoice", one.document.key) == given:
            return {"invoice": documents.invoice_in_full(books, one)}
    raise not_there("Invoice")


def _bill(books: Books, query: Query, given: str) -> dict[str, object]:
    for one in books.standing.values():
        if one.document.kind == "bill" and books.id("bill", one.document.key) == given:
            return {"bill": documents.bill_in_full(books, one)}
    raise not_there("Bill")


def _journal(books: Books, query: Query, given: str) -> dict[str, object]:
    for one in books.facts.moves:
        if one.kind in JOURNALS and one.date <= books.day and books.id("journal", one.key) == given:
            return {"journal": money.journal_in_full(books, one)}
    raise not_there("Journal")
