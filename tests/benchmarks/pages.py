"""Real pages from the real web server, signed in: from the request's first byte to the answer's last."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from tests.benchmarks.company import Company
from tests.benchmarks.plain import ROWS
from tests.benchmarks.questions import ACCOUNT, SEALED, SEARCHES
from tests.benchmarks.timing import Task
from tests.support.people import sign_in

STATEMENT, TRANSACTIONS, HUNDRED = "Profit and loss, 36 months", "Transactions", "Transactions, 100 rows"


class PageFailed(AssertionError):
    """A page did not answer with what it is for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, words that it has to hold, and its addresses: the product's own, and its twin's over plain text."""

    title: str
    holds: str
    ways: Mapping[str, str]


class Visitor:
    """A signed-in person at a web server's address."""

    def __init__(self, user: User, site: str) -> None:
        name = settings.SESSION_COOKIE_NAME
        self.headers = {"Cookie": f"{name}={sign_in(user).cookies[name].value}"}
        self.host = urlsplit(site).netloc

    def task_of(self, path: str, holds: str) -> Task:
        """Opens a page; one that is not 200 or lacks the words `holds` raises PageFailed."""
        return lambda: self._open(path, holds)

    def _open(self, path: str, holds: str) -> float:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.connect()
            started = time.perf_counter()
            connection.request("GET", path, headers=self.headers)
            response = connection.getresponse()
            body = response.read()
            taken = time.perf_counter() - started
        finally:
            connection.close()
        if response.status != http.client.OK or holds not in body.decode():
            raise PageFailed(f"{path} answered {response.status}")
        return taken


def list_pages(company: Company) -> tuple[Page, ...]:
    """The pages, in the order they are printed."""

    def own(name: str, **query: str) -> str:
        path = reverse(f"ledger:{name}", kwargs={"slug": company.workspace.slug})
        return f"{path}?{urlencode(query)}" if query else path

    def twin(page: str, **query: str) -> str:
        path = f"/w/{company.workspace.slug}/plain/{page}/"
        return f"{path}?{urlencode(query)}" if query else path

    checking = str(company.accounts[ACCOUNT])
    statement = {SEALED: own("profit_and_loss", period="36"), ROWS: twin("profit-and-loss", period="36")}
    newest = {SEALED: own("transactions"), ROWS: twin("transactions")}
    return (
        Page("Overview", "Runway", {SEALED: own("overview")}),
        Page("Cash", "Next 13 weeks", {SEALED: own("cash")}),
        Page(STATEMENT, "Own category 30", statement),
        Page(TRANSACTIONS, f"{company.rows:,} transactions", newest),
        Page(HUNDRED, "Next 100", {SEALED: own("transactions", rows="100")}),
        Page("Transactions of an account", "The checking account", {SEALED: own("transactions", account=checking)}),
        Page("Transactions, largest first", "transactions", {SEALED: own("transactions", order="largest")}),
        *(
            Page(
                f"Transactions, search that finds {name}",
                words.split()[0].upper(),
                {SEALED: own("transactions", q=words), ROWS: twin("transactions", q=words)},
            )
            for name, words in SEARCHES.items()
        ),
    )
