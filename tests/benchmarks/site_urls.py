"""The product's addresses, and below them the same pages over plain text: same view, same template, another report."""

from unittest import mock

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as product
from ledger.reports import profit_and_loss as statements
from ledger.views import profit_and_loss, transactions
from tests.benchmarks import plain_reports


def plain_profit_and_loss(request: HttpRequest, slug: str) -> HttpResponse:
    with mock.patch.object(statements, "profit_and_loss", plain_reports.profit_and_loss):
        return profit_and_loss.profit_and_loss(request, slug=slug)


def plain_transactions(request: HttpRequest, slug: str) -> HttpResponse:
    with mock.patch.object(transactions, "list_transactions", plain_reports.list_transactions):
        return transactions.transactions(request, slug=slug)


urlpatterns = [
    path("w/<slug:slug>/plain/profit-and-loss/", plain_profit_and_loss, name="plain_profit_and_loss"),
    path("w/<slug:slug>/plain/transactions/", plain_transactions, name="plain_transactions"),
    *product,
]
