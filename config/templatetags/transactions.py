"""The rows of the list of transactions: too many for a template's loop. They are written, and escaped, here."""

from collections.abc import Collection
from html import escape
from typing import Protocol
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from config.icons import ICONS

register = template.Library()

# The roles are spelt out because on a phone the rows are laid out as slips, and lose them otherwise.
ROW = (
    '<tr role="row" data-row tabindex="-1"{gone}>{tick}'
    '<td role="cell" class="rows__date nowrap">{date}</td>'
    '<td role="cell" class="rows__what" title="{description}"><div class="rows__line">'
    '<a data-open href="{address}">{description}</a>{state}{note}</div></td>'
    '<td role="cell" class="rows__who" title="{counterparty}">{who}</td>'
    '<td role="cell" class="rows__where quiet" title="{account}"><div class="rows__line">'
    "<span>{account}</span><span>{account_end}</span></div></td>"
    '<td role="cell" class="rows__category" data-focus="select, .choose">{category}</td>'
    '<td role="cell" class="num rows__amount"><span class="amount{tone}">{amount}{currency}</span></td></tr>\n'
)
TICK = (
    '<td role="cell" class="tick"><input type="checkbox" data-select name="transaction" value="{}" form="bulk"{}'
    ' aria-label="Tick {}, {}"></td>'
)
NO_TICK = '<td role="cell" class="tick"></td>'
STATE = '<span class="pill pill--quiet">{}</span>'
NOTE = f'<span class="rows__note">{ICONS["note"]}<span class="visually-hidden">has a note</span></span>'
CHOICE = (
    '<a data-categorise class="choose{}" href="{address}#category" hx-get="{address}category/edit/" hx-target="closest td"'
    ' hx-swap="innerHTML" aria-label="Category: {}. Change">{}</a>'
)
NO_CATEGORY = "No category"


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
    return SafeString("".join(_write(row, may_edit, ticked, currency) for row in rows))  # nosec B703


@register.simple_tag
def transaction_category(row: Row, may_edit: bool) -> SafeString:
    """A row's category; who may, opens a choice in its place (without script: on the row's own page)."""
    return SafeString(_write_category(row, may_edit))  # nosec B703


def _write(row: Row, may_edit: bool, ticked: Collection[UUID], currency: str) -> str:
    description, day, counterparty = escape(row.description), escape(row.date), escape(row.counterparty)
    tick = TICK.format(row.id, " checked" if row.id in ticked else "", description, day)
    return ROW.format(
        gone=' class="is-removed"' if row.is_removed else "",
        tick="" if not may_edit else NO_TICK if row.is_removed else tick,
        date=day,
        description=description,
        address=escape(row.address),
        state=STATE.format(escape(row.state)) if row.state else "",
        note=NOTE if row.has_note else "",
        counterparty=counterparty,
        who=f'<a href="{escape(row.only)}">{counterparty}</a>' if row.only else counterparty,
        account=escape(row.account),
        account_end=escape(row.account_end),
        category=_write_category(row, may_edit),
        tone=f" amount--{escape(row.tone)}" if row.tone else "",
        amount=escape(row.amount),
        currency="" if currency else f' <span class="amount__currency">{escape(row.currency)}</span>',
    )


def _write_category(row: Row, may_edit: bool) -> str:
    category = escape(row.category)
    if may_edit and not row.is_removed:
        none = "" if category else " choose--none"
        return CHOICE.format(none, category or "none", category or NO_CATEGORY, address=escape(row.address))
    return category or f'<span class="quiet">{NO_CATEGORY}</span>'
