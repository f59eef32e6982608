"""The ledger's pages, below /w/<slug>/."""

from django.urls import path

from ledger.views.annotations import create_annotation, create_annotation_reversal
from ledger.views.books.ageing import payables, receivables
from ledger.views.books.contacts import contact, contacts
from ledger.views.books.documents import bills, credit_notes, document, expenses, invoices
from ledger.views.books.trial_balance import trial_balance
from ledger.views.cash import cash
from ledger.views.categorisations import create_categorisation, create_categorisation_reversal
from ledger.views.overview import overview
from ledger.views.profit_and_loss import profit_and_loss
from ledger.views.saved_views import create_view, create_view_deletion, create_view_name
from ledger.views.transaction import create_note, edit_category, show_category, transaction
from ledger.views.transactions import transactions

app_name = "ledger"
urlpatterns = [
    path("", overview, name="overview"),
    path("reports/cash/", cash, name="cash"),
    path("reports/profit-and-loss/", profit_and_loss, name="profit_and_loss"),
    path("reports/receivables/", receivables, name="receivables"),
    path("reports/payables/", payables, name="payables"),
    path("reports/trial-balance/", trial_balance, name="trial_balance"),
    path("invoices/", invoices, name="invoices"),
    path("bills/", bills, name="bills"),
    path("credit-notes/", credit_notes, name="credit_notes"),
    path("expenses/", expenses, name="expenses"),
    path("documents/<uuid:document_id>/", document, name="document"),
    path("contacts/", contacts, name="contacts"),
    path("contacts/<uuid:contact_id>/", contact, name="contact"),
    path("transactions/", transactions, name="transactions"),
    path("transactions/categorisations/", create_categorisation, name="create_categorisation"),
    path(
        "transactions/categorisations/<uuid:change_id>/reversal/",
        create_categorisation_reversal,
        name="create_categorisation_reversal",
    ),
    path("transactions/annotations/", create_annotation, name="create_annotation"),
    path(
        "transactions/annotations/<uuid:change_id>/reversal/",
        create_annotation_reversal,
        name="create_annotation_reversal",
    ),
    path("transactions/views/", create_view, name="create_view"),
    path("transactions/views/<uuid:view_id>/name/", create_view_name, name="create_view_name"),
    path("transactions/views/<uuid:view_id>/deletion/", create_view_deletion, name="create_view_deletion"),
    path("transactions/<uuid:transaction_id>/", transaction, name="transaction"),
    path("transactions/<uuid:transaction_id>/category/", show_category, name="show_category"),
    path("transactions/<uuid:transaction_id>/category/edit/", edit_category, name="edit_category"),
    path("transactions/<uuid:transaction_id>/note/", create_note, name="create_note"),
]
