"""Reading a page as a person does: its words, its links and its rows."""

from html.parser import HTMLParser
from typing import Any

from django.utils import timezone

TODAY = timezone.localdate()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self._href: str | None = None
        self._link: list[str] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href, self._link = dict(attrs).get("href") or "", []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.links.append((" ".join(self._link), self._href))
            self._href = None
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if not (said := " ".join(data.split())):
            return
        self.words.append(said)
        if self._href is not None:
            self._link.append(said)
        if self._in_cell:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {said}".strip()


class Page:
    """An answer's HTML, read."""

    def __init__(self, answer: Any) -> None:
        self.html = answer.content.decode()
        reader = _Reader()
        reader.feed(self.html)
        self.words, self.links, self.rows = " ".join(reader.words), reader.links, reader.rows

    def link(self, words: str) -> str:
        """Where the first link of these words leads."""
        return next(href for text, href in self.links if text == words)

    def row(self, first: str) -> list[str]:
        """The first table row whose first cell says this."""
        return next(row for row in self.rows if row and row[0] == first)

    def column(self, index: int) -> list[str]:
        """The cells of the list of transactions in one column."""
        return [row[index] for row in self.rows[1:] if len(row) > index]
