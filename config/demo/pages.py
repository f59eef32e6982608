"""Reads web pages as far as visiting them needs: their forms, with what is already filled in, and their plain text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from config.demo.failures import DemoFailed

SILENT = {"script", "style", "head"}


class FormMissing(DemoFailed):
    """A page does not hold what a visitor needs of it."""


@dataclass(slots=True)
class Form:
    """`fields` are what it would send as it stands; `options` hold (name, value, label) of what can be picked or pressed."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    options: list[tuple[str, str, str]] = field(default_factory=list)

    def option(self, label: str) -> dict[str, str]:
        """The field and value of the choice or button whose label holds `label`. Raises FormMissing."""
        for name, value, text in self.options:
            if label in text:
                return {name: value} if name else {}
        message = f"nothing in the form for {self.action} is labelled {label}"
        raise FormMissing(message)

    def filled(self, values: dict[str, str]) -> list[tuple[str, str]]:
        """What is sent when `values` are filled in."""
        return [(name, value) for name, value in self.fields if name not in values] + list(values.items())


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    status: int
    text: str
    forms: list[Form]

    def form(self, action: str) -> Form:
        """The form whose address holds `action`. Raises FormMissing."""
        for form in self.forms:
            if action in form.action:
                return form
        message = f"{self.url} has no form for {action} (status {self.status})"
        raise FormMissing(message)


def read_page(url: str, status: int, html: str) -> Page:
    reader = _Reader(url)
    reader.feed(html)
    reader.close()
    return Page(url, status, " ".join(" ".join(reader.words).split()), reader.forms)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._url = url
        self._form: Form | None = None
        self._labelled: tuple[Form, str, str, int] | None = None
        self._select = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent += 1
        elif tag == "form":
            address = urljoin(self._url, given.get("action") or self._url)
            self._form = Form(address, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._inside_form(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag in {"label", "option", "button"} and self._labelled is not None:
            form, name, value, start = self._labelled
            form.options.append((name, value, " ".join(" ".join(self.words[start:]).split())))
            self._labelled = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    def _inside_form(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option":
            self._labelled = (form, self._select, value, len(self.words))
        elif tag == "button":
            self._labelled = (form, name, value, len(self.words))
        elif tag == "input" and kind in {"radio", "checkbox"}:
            self._labelled = (form, name, value, len(self.words))
            if "checked" in given:
                form.fields.append((name, value))
        elif tag == "input" and name:
            form.fields.append((name, value))
