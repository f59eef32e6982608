"""The rows that a tag writes: everything in them is escaped, and who may not edit sees nothing to edit with."""

from typing import Any
from uuid import UUID

from django.template import Context, Template
from msgspec.structs import fields, replace

from ledger.views.shown.transactions import ShownRow

NASTY = "<i>\"&'"
ESCAPED = "&lt;i&gt;&quot;&amp;&#x27;"
ROW = ShownRow(
    id=UUID(int=5),
    address="/w/a/transactions/5/",
    date="3 Nov 2026",
    description="Rent",
    counterparty="Landlord",
    only="?a=1&counterparty=2",
    account="Checking",
    account_end="····1234",
    category_id=None,
    category="Rent",
    amount="−1,000.00",
    currency="USD",
    tone="",
    state="",
    is_removed=False,
    has_note=False,
)


def draw(*rows: ShownRow, may_edit: bool = True, ticked: tuple[UUID, ...] = (), currency: str = "USD") -> str:
    source = "{% load transactions %}{% transaction_rows rows may_edit ticked currency %}"
    context = {"rows": rows, "may_edit": may_edit, "ticked": ticked, "currency": currency}
    return Template(source).render(Context(context))


def test_whatever_a_row_holds_is_text() -> None:
    words: dict[str, Any] = {one.name: NASTY for one in fields(ShownRow) if isinstance(getattr(ROW, one.name), str)}
    for may_edit in (True, False):
        drawn = draw(replace(ROW, **words), may_edit=may_edit, currency="")
        assert "<i>" not in drawn
        assert drawn.count(ESCAPED) >= len(words)


def test_a_row_can_be_ticked_opened_and_categorised_by_who_may_edit() -> None:
    drawn = draw(ROW, ticked=(ROW.id,))
    for hook in (
        "data-row",
        "data-select",
        "data-open",
        "data-categorise",
        " checked",
        'hx-get="/w/a/transactions/5/category/edit/"',
    ):
        assert hook in drawn
    assert " checked" not in draw(ROW)
    for hook in ("data-select", "data-categorise", "hx-get"):
        assert hook not in draw(ROW, may_edit=False)


def test_a_removed_row_is_only_looked_at() -> None:
    drawn = draw(replace(ROW, is_removed=True, state="Removed", category=""))
    assert 'class="is-removed"' in drawn
    assert '<span class="pill pill--quiet">Removed</span>' in drawn
    assert "No category" in drawn
    assert "data-select" not in drawn
    assert "data-categorise" not in drawn


def test_the_currency_stands_beside_amounts_where_a_column_has_several() -> None:
    assert "amount__currency" not in draw(ROW)
    assert '<span class="amount__currency">USD</span>' in draw(ROW, currency="")


def test_a_note_is_told_to_who_cannot_see_its_sign() -> None:
    assert "has a note" in draw(replace(ROW, has_note=True))
    assert "has a note" not in draw(ROW)
