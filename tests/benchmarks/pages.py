"""Real pages from the real web server, signed in: from the request's first byte to the answer's last."""

import http.client
import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from tests.benchmarks.company import Company
from tests.benchmarks.questions import ACCOUNT, SEARCHES
from tests.benchmarks.timing import Task
from tests.support.people import sign_in


class PageFailed(AssertionError):
    """A page did not answer with what it is for."""


class Visitor:
    """A signed-in person at a web server's address."""

    def __init__(self, user: User, site: str) -> None:
        name = settings.SESSION_COOKIE_NAME
        self._headers = {"Cookie": f"{name}={sign_in(user).cookies[name].value}"}
        self._host = urlsplit(site).netloc

    def task_of(self, path: str, holds: str) -> Task:
        """Opens a page; one that is not 200 or lacks the words `holds` raises PageFailed."""
        return lambda: self._open(path, holds)

    def _open(self, path: str, holds: str) -> float:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            connection.connect()
            started = time.perf_counter()
            connection.request("GET", path, headers=self._headers)
            response = connection.getresponse()
            body = response.read()
            taken = time.perf_counter() - started
        finally:
            connection.close()
        if response.status != http.client.OK or holds not in body.decode():
            raise PageFailed(f"{path} answered {response.status}")
        return taken


def list_pages(company: Company) -> dict[str, tuple[str, str]]:
    """By title, the address of each page and words that it has to hold."""

    def address(name: str, **query: str) -> str:
        path = reverse(f"ledger:{name}", kwargs={"slug": company.workspace.slug})
        return f"{path}?{urlencode(query)}" if query else path

    checking = str(company.accounts[ACCOUNT])
    pages = {
        "Overview": (address("overview"), "Runway"),
        "Profit and loss, 36 months": (address("profit_and_loss", period="36"), "Own category 30"),
        "Transactions": (address("transactions"), f"{company.rows:,} transactions"),
        "Transactions of an account": (address("transactions", account=checking), "The checking account"),
    }
    searches = {
        f"Transactions, search that finds {name}": (address("transactions", q=words), words.split()[0].upper())
        for name, words in SEARCHES.items()
    }
    return pages | searches
