"""The rows of the list of transactions: too many for a template's loop. They are written, and escaped, here."""

from collections.abc import Callable, Collection
from functools import cache
from html import escape
from typing import Protocol
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from config.icons import ICONS

register = template.Library()

NO_TICK = '<td role="cell" class="tick"></td>'
NOTE = f'<span class="rows__note">{ICONS["note"]}<span class="visually-hidden">has a note</span></span>'
NO_CATEGORY = "No category"

Escape = Callable[[str], str]


class Row(Protocol):
    """What is shown of a transaction; `ledger.views.shown.transactions.ShownRow` is one."""

    @property
    def id(self) -> UUID: ...
    @property
    def address(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def counterparty(self) -> str: ...
    @property
    def only(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def account_end(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def amount(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def is_removed(self) -> bool: ...
    @property
    def has_note(self) -> bool: ...


@register.simple_tag
def transaction_rows(rows: Collection[Row], may_edit: bool, ticked: Collection[UUID], currency: str) -> SafeString:
    """The rows of a table. `ticked` are the ids of those whose boxes are; `currency` is empty where amounts name theirs."""
    # What a page says it says many times: its days, accounts, categories and who was paid.
    escaped = cache(escape)
    return SafeString("".join([_write(row, may_edit, ticked, currency, escaped) for row in rows]))  # nosec B703


@register.simple_tag
def transaction_category(row: Row, may_edit: bool) -> SafeString:
    """A row's category; who may, opens a choice in its place (without script: on the row's own page)."""
    return SafeString(_write_category(row, may_edit, escape))  # nosec B703


def _write(row: Row, may_edit: bool, ticked: Collection[UUID], currency: str, escaped: Escape) -> str:
    description, day, counterparty = escape(row.description), escaped(row.date), escaped(row.counterparty)
    account = escaped(row.account)
    gone = ' class="is-removed"' if row.is_removed else ""
    tick = _write_tick(row, ticked, f"{description}, {day}") if may_edit else ""
    state = f'<span class="pill pill--quiet">{escaped(row.state)}</span>' if row.state else ""
    who = f'<a href="{escaped(row.only)}">{counterparty}</a>' if row.only else counterparty
    tone = f" amount--{escaped(row.tone)}" if row.tone else ""
    own_currency = "" if currency else f' <span class="amount__currency">{escaped(row.currency)}</span>'
    # The roles are spelt out because on a phone the rows are laid out as slips, and lose them otherwise.
    return (
        f'<tr role="row" data-row tabindex="-1"{gone}>{tick}'
        f'<td role="cell" class="rows__date nowrap">{day}</td>'
        f'<td role="cell" class="rows__what" title="{description}"><div class="rows__line">'
        f'<a data-open href="{escape(row.address)}">{description}</a>{state}{NOTE if row.has_note else ""}</div></td>'
        f'<td role="cell" class="rows__who" title="{counterparty}">{who}</td>'
        f'<td role="cell" class="rows__where quiet" title="{account}"><div class="rows__line">'
        f"<span>{account}</span><span>{escaped(row.account_end)}</span></div></td>"
        '<td role="cell" class="rows__category" data-focus="select, .choose">'
        f"{_write_category(row, may_edit, escaped)}</td>"
        f'<td role="cell" class="num rows__amount"><span class="amount{tone}">{escape(row.amount)}{own_currency}</span></td>'
        "</tr>\n"
    )


def _write_tick(row: Row, ticked: Collection[UUID], name: str) -> str:
    """`name` is escaped."""
    if row.is_removed:
        return NO_TICK
    checked = " checked" if row.id in ticked else ""
    return (
        f'<td role="cell" class="tick"><input type="checkbox" data-select name="transaction" value="{row.id}" form="bulk"'
        f'{checked} aria-label="Tick {name}"></td>'
    )


def _write_category(row: Row, may_edit: bool, escaped: Escape) -> str:
    category = escaped(row.category)
    if may_edit and not row.is_removed:
        address, none = escape(row.address), "" if category else " choose--none"
        return (
            f'<a data-categorise class="choose{none}" href="{address}#category" hx-get="{address}category/edit/"'
            f' hx-target="closest td" hx-swap="innerHTML" aria-label="Category: {category or "none"}. Change">'
            f"{category or NO_CATEGORY}</a>"
        )
    return category or f'<span class="quiet">{NO_CATEGORY}</span>'
