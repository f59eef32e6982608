import re
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from accounts.models import Membership
from accounts.permissions import Role
from config.templatetags.access import may

ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "413.html", "429.html", "500.html"]


# No database fixture here: an error page that asked for one would fail.
@pytest.mark.parametrize("template", ERRORS)
def test_an_error_page_needs_no_context_and_no_database(template: str) -> None:
    page = render_to_string(template)

    assert "<h1>" in page
    assert 'href="/static/css/counterfoil' in page
    assert "<script" not in page


def test_a_refusal_names_the_permission_the_role_and_who_can_grant_it() -> None:
    request = SimpleNamespace(membership=Membership(role=Role.AUDITOR))
    context = {"permission_name": "start a sync", "granted_by": "an Owner or Admin", "request": request}
    words = " ".join(render_to_string("403.html", context).split())

    assert "You need the permission to start a sync" in words
    assert "Your role here is Auditor, which does not include it. An Owner or Admin of the workspace" in words


def test_a_limit_says_when_to_try_again() -> None:
    assert "You can try again in 4 minutes." in render_to_string("429.html", {"retry_after": "in 4 minutes"})


def test_a_permission_is_asked_by_its_name_in_code() -> None:
    assert may(Membership(role=Role.OWNER), "EDIT_TRANSACTIONS")
    assert not may(Membership(role=Role.AUDITOR), "EDIT_TRANSACTIONS")
    assert not may(None, "EDIT_TRANSACTIONS")
    with pytest.raises(KeyError):
        may(Membership(role=Role.OWNER), "EDIT_TRANSACTION")


def test_wrappers_keep_what_stands_in_them_and_escape_their_words() -> None:
    template = "{% load ui %}{% card title=words href='/x/' action='All' %}<p>{{ words }}</p>{% endcard %}"
    drawn = Template(template).render(Context({"words": "Cash & <cards>"}))

    assert "<h2>Cash &amp; &lt;cards&gt;</h2>" in drawn
    assert "<p>Cash &amp; &lt;cards&gt;</p>" in drawn
    assert '<a class="card__link" href="/x/">All</a>' in drawn


def test_a_table_that_scrolls_is_a_named_region_that_the_keyboard_reaches() -> None:
    template = "{% load ui %}{% tablescroll label='Rows' %}<table></table>{% endtablescroll %}"

    assert re.search(
        r'role="region" aria-label="Rows" tabindex="0"><table></table>', Template(template).render(Context())
    )
