"""A small company's books, dated from today, and its pages."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, Resource
from tests.ledger.books.company import Books, account, connect_books, contact, document, payment, posting
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

CREDIT = DocumentKind.CREDIT_NOTE
BILL = DocumentKind.BILL
VENDOR = ContactKind.VENDOR


def ago(days: int) -> dict[str, object]:
    """A document that has been due for so many days, and was written a month before."""
    return {"date": TODAY - timedelta(days=days + 30), "due_date": TODAY - timedelta(days=days)}


def found_books(persona: Persona) -> Books:
    with workspace_scope(persona.workspace.pk):
        books = connect_books(persona.workspace)
        synced = {"provider": Connection.Provider.ZOHO, "synced_at": timezone.now()}
        Connection.objects.filter(pk=books.connection_id).update(**synced)
    return books


def trade(books: Books) -> None:
    """In the scope: customers Acme (dollars) and Berlin (euros at 1.10) owe 1,300.00 USD and 500.00 EUR, vendor Cobalt waits
    for 250.00 USD; a sale of 900.00 and a rent of 400.00 are posted this month."""
    books.apply(
        Resource.CONTACTS,
        contact("acme", email="pay@acme.example"),
        contact("berlin", currency="EUR"),
        contact("cobalt", kind=VENDOR),
        contact("quiet"),
    )
    acme, berlin, cobalt = ({"contact_provider_id": name} for name in ("acme", "berlin", "cobalt"))
    euros = {"currency": "EUR", "rate": Decimal("1.10"), "total_minor": 500_00}
    books.documents(
        document("inv-1", **acme, **ago(-10), total_minor=1000_00),
        document(
            "inv-2", **acme, **ago(45), total_minor=800_00, balance_minor=400_00, status=DocumentStatus.PARTLY_PAID
        ),
        document("inv-3", **berlin, **ago(5), **euros, reference="PO 77"),
        document("inv-4", **acme, **ago(100), balance_minor=0, status=DocumentStatus.PAID),
        document("inv-5", **acme, **ago(1), status=DocumentStatus.VOID),
        document("cn-1", **acme, kind=CREDIT, date=TODAY, due_date=None, balance_minor=100_00),
        document("bill-1", **cobalt, **ago(-20), kind=BILL, total_minor=250_00),
        document("bill-2", **cobalt, **ago(-50), kind=BILL, total_minor=70_00),
    )
    books.apply(Resource.CUSTOMER_PAYMENTS, payment("paid", **acme, date=TODAY, amount_minor=400_00))
    books.apply(
        Resource.ACCOUNTS,
        account("sales", "income", name="Sales", number="4000"),
        account("rent", "expense", name="Rent"),
        account("owed", "accounts_receivable", name="Accounts receivable"),
    )
    first = TODAY.replace(day=1)
    books.postings(
        posting("1", "owed", 900_00, date=first),
        posting("2", "sales", -900_00, date=first),
        posting("3", "rent", 400_00, date=first),
        posting("4", "owed", -400_00, date=first),
    )


def open_page(persona: Persona, address: str, status: int = 200) -> Page:
    answer = persona.client.get(f"/w/{persona.workspace.slug}/{address}")
    assert answer.status_code == status, answer.status_code
    return Page(answer)
