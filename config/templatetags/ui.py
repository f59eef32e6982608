"""Components that wrap other markup, as block tags; what they wrap is already rendered and escaped by the template.

`control` and `figures` write markup themselves, and escape what they write: pages have dozens of fields, and tables too many
cells for a template's loop.
"""

from html import escape
from typing import Protocol

from django import template
from django.forms import BoundField
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from config.icons import ICONS

register = template.Library()

LINKED = '<td class="num"><a href="{}">{}</a></td>'
BARE = '<td class="num">{}</td>'


class Figure(Protocol):
    """A formatted amount; `href` is empty where there is nothing to open."""

    @property
    def text(self) -> str: ...
    @property
    def href(self) -> str: ...


@register.simple_block_tag(end_name="endcard")
def card(
    content: str, *, title: str = "", href: str = "", action: str = "", note: str = "", kind: str = ""
) -> SafeString:
    """A titled sheet of paper; `href` and `action` put a link at the right of its title, `kind` names a variant."""
    context = {"content": content, "title": title, "href": href, "action": action, "note": note, "kind": kind}
    return render_to_string("components/card.html", context)


@register.simple_block_tag(end_name="endtablescroll")
def tablescroll(content: str, *, label: str) -> SafeString:
    """A table that scrolls inside its own region, reachable by keyboard; `label` names the region."""
    return render_to_string("components/table_scroll.html", {"content": content, "label": label})


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the icons; a name that does not exist raises KeyError."""
    return SafeString(ICONS[name])  # nosec B703


@register.simple_tag
def control(field: BoundField, hide_label: bool = False) -> SafeString:
    """A field where most may stay empty, so that none is marked optional; `hide_label` keeps its label for screen readers
    only. What is not escaped here, the field has escaped."""
    hidden = " visually-hidden" if hide_label else ""
    label = f'<label class="field__label{hidden}" for="{escape(field.id_for_label)}">{conditional_escape(field.label)}</label>'
    return SafeString(f'<div class="field">{label}{field}{field.errors}</div>')  # nosec B703


class FiguresNode(template.Node):
    """A large matrix has thousands of cells: a loop with an if takes ten times as long, format_html three times."""

    def __init__(self, cells: FilterExpression) -> None:
        self.cells = cells

    def render(self, context: template.Context) -> SafeString:
        row = [
            LINKED.format(escape(cell.href), escape(cell.text)) if cell.href else BARE.format(escape(cell.text))
            for cell in self.cells.resolve(context)
        ]
        return SafeString("".join(row))  # nosec B703


@register.tag
def figures(parser: Parser, token: Token) -> FiguresNode:
    """{% figures row.cells %}: the cells of a row of amounts, each a `Figure`."""
    _, cells = token.split_contents()
    return FiguresNode(parser.compile_filter(cells))
