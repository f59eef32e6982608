"""What a person can type is bounded in the browser: no form of ours can be filled in so far that it is too large to send.

Counted are bytes as they are sent: a character of four bytes takes twelve, each as %F0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.conf import settings

from config.demo.local import REPOSITORY
from tests.house.test_matrix import company, working_request
from tests.house.working import Company
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_person
from tests.support.routes import list_routes

__all__ = ["company"]

OURS = ("accounts", "audit", "billing", "integrations", "ledger", "trust")
# Browsers bound these themselves: a number or a day that is none is not sent, and the rest is not typed.
UNTYPED = {"hidden", "checkbox", "radio", "submit", "button", "number", "date", "month"}
BYTES_A_CHARACTER = 12
# Far below what is taken: a quarter of it.
MOST_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 4
TAG = re.compile(r"<(?:input|textarea)\b[^>]*>")


@dataclass
class Filled:
    """A form of a page: what of it has no bound, and how many bytes it can come to."""

    action: str
    unbounded: list[str] = field(default_factory=list)
    size: int = 0
    fields: int = 0


class Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Filled] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Filled(given.get("action") or ""))
        elif self.found and given.get("name"):
            self._add(self.found[-1], tag, given)

    def _add(self, form: Filled, tag: str, given: dict[str, str | None]) -> None:
        name, bound = str(given["name"]), str(given.get("maxlength") or "")
        form.fields += 1
        form.size += BYTES_A_CHARACTER * (len(name) + len(given.get("value") or ""))
        if not is_typed(tag, given):
            return
        if bound.isdecimal():
            form.size += BYTES_A_CHARACTER * int(bound)
        else:
            form.unbounded.append(name)


def is_typed(tag: str, given: dict[str, str | None]) -> bool:
    return tag == "textarea" or (tag == "input" and (given.get("type") or "text") not in UNTYPED)


def too_much(here: str, page: str) -> list[str]:
    """What is wrong with the forms of a page."""
    found = Forms(page).found
    bare = [f"{here}: {name} has no bound" for form in found for name in form.unbounded]
    return bare + [f"{here}: {form.action} can come to {form.size} bytes" for form in found if form.size > MOST_BYTES]


def test_what_has_no_bound_or_too_high_a_one_would_be_found() -> None:
    def of(fields: str) -> list[str]:
        return too_much("/", f'<form action="/x/" method="post">{fields}</form>')

    assert of('<input name="q">') == ["/: q has no bound"]
    assert of('<textarea name="note"></textarea>') == ["/: note has no bound"]
    assert len(of('<input name="q" type="search" maxlength="30000">')) == 1
    assert of('<input name="q" maxlength="300"><input type="hidden" name="on" value="1"><select name="c">') == []


@pytest.mark.django_db
@pytest.mark.usefixtures("sandbox")
def test_no_form_of_a_page_can_be_filled_in_too_far(alice: Persona, company: Company) -> None:
    wrong, forms_seen = [], 0
    for route in list_routes():
        request = working_request(route, company)
        kind = route.access.kind if route.access else ""
        if kind not in {"requires", "signed_in"} or (request.data is not None and not request.also_shows):
            continue
        here = route.address(slug=alice.workspace.slug, **request.parts)
        page = alice.client.get(here)
        if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            shown = page.content.decode()
            forms_seen += len(Forms(shown).found)
            wrong += too_much(here, shown)

    assert forms_seen > 50
    assert wrong == []


@pytest.mark.django_db
def test_no_form_at_the_door_can_be_either() -> None:
    half_way, new = ScopeCheckingClient(), ScopeCheckingClient()
    half_way.post("/accounts/login/", {"login": make_person("nina").email, "password": "a long enough passphrase"})
    password = {"password1": "a long enough passphrase", "password2": "a long enough passphrase"}
    new.post("/accounts/signup/", {"email": "nora@example.test", "display_name": "Nora", **password})
    forgetful = ScopeCheckingClient()
    forgetful.post("/accounts/password/", {"email": "nora@example.test"})
    wrong, typed = [], []
    for browser, here in (
        (ScopeCheckingClient(), "/accounts/login/"),
        (ScopeCheckingClient(), "/accounts/signup/"),
        (ScopeCheckingClient(), "/accounts/password/"),
        (half_way, "/accounts/login/second-factor/"),
        (new, "/accounts/code/"),
        (forgetful, "/accounts/password/code/"),
    ):
        page = browser.get(here)
        assert page.status_code == 200, here
        typed.append("maxlength" in page.content.decode())
        wrong += too_much(here, page.content.decode())

    assert all(typed)
    assert wrong == []


def all_forms(base: type[forms.BaseForm] = forms.Form) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def test_every_text_of_a_form_has_a_bound_that_the_field_checks_too() -> None:
    list_routes()
    fields: list[tuple[str, Any]] = [
        (f"{form.__module__}.{form.__name__}.{name}", field)
        for form in all_forms()
        if form.__module__.partition(".")[0] in OURS
        for name, field in getattr(form, "base_fields", {}).items()
    ]
    texts = [(name, field) for name, field in fields if isinstance(field.widget, forms.Textarea)]

    assert len(texts) > 4
    assert [name for name, field in texts if not field.max_length] == []


def test_every_field_that_a_template_writes_itself_has_a_bound() -> None:
    written = [
        (path.name, tag)
        for path in sorted((REPOSITORY / "templates").rglob("*.html"))
        for tag in TAG.findall(path.read_text())
    ]
    typed = [(name, tag) for name, tag in written if not any(f'type="{kind}"' in tag for kind in UNTYPED)]

    assert len(written) > 20
    assert typed
    assert [(name, tag) for name, tag in typed if 'maxlength="' not in tag] == []
