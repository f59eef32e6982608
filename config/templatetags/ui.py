"""Components that wrap other markup, as block tags; what they wrap is already rendered and escaped by the template."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


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
