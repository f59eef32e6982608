"""The product's addresses, and below them the same pages over plain text: same view, same template, another report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as product
from ledger.views import profit_and_loss, transactions
from tests.benchmarks import plain_reports


class NotAsked(AssertionError):
    """A page was drawn without the plain report: it must have another name in its view now."""


def plain_profit_and_loss(request: HttpRequest, slug: str) -> HttpResponse:
    with _asking(profit_and_loss, "report_of", plain_reports.profit_and_loss):
        return profit_and_loss.profit_and_loss(request, slug=slug)


def plain_transactions(request: HttpRequest, slug: str) -> HttpResponse:
    with _asking(transactions, "list_transactions", plain_reports.list_transactions):
        return transactions.transactions(request, slug=slug)


@contextmanager
def _asking(view: ModuleType, name: str, report: Callable[..., Any]) -> Iterator[None]:
    with mock.patch.object(view, name, wraps=report) as asked:
        yield
    if not asked.called:
        raise NotAsked


urlpatterns = [
    path("w/<slug:slug>/plain/profit-and-loss/", plain_profit_and_loss, name="plain_profit_and_loss"),
    path("w/<slug:slug>/plain/transactions/", plain_transactions, name="plain_transactions"),
    *product,
]
