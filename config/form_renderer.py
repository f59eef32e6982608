"""Forms are drawn by templates; what pages have many of, options and plain inputs, is written, and escaped, here.

A template spends some microseconds on each variable: a choice of sixty categories, drawn twice, took longer than all the
rest of a page. What is written is what the templates would draw.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
Group = tuple[str | None, list[Widget], int]


class Renderer(TemplatesSetting):
    """`FORM_RENDERER` of the settings."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """A widget, a field or the errors of one, as HTML."""
        if template_name in ERRORS and not context["errors"]:
            return ""
        write = WIDGETS.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def write_input(widget: Widget) -> str:
    """A field that is one element."""
    value = widget["value"]
    shown = "" if value is None else f' value="{_escaped(value)}"'
    bound = f' maxlength="{MOST_TYPED}"' if widget["type"] in TYPED and "maxlength" not in widget["attrs"] else ""
    attributes = _attributes(widget["attrs"])
    return f'<input type="{widget["type"]}" name="{_escaped(widget["name"])}"{shown}{bound}{attributes}>'


def write_inputs(widget: Widget) -> str:
    """A field of several elements, such as one hidden element for each value."""
    return "".join(map(write_input, widget["subwidgets"]))


def write_area(widget: Widget) -> str:
    """A field of several lines. Browsers leave out the first line feed, so there is one that they may."""
    value = "" if widget["value"] is None else _escaped(widget["value"])
    return f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def write_select(widget: Widget) -> str:
    """A list of options, some of them under headings."""
    body = "".join(map(_write_group, widget["optgroups"]))
    return f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>{body}</select>'


def write_boxes(widget: Widget) -> str:
    """A box for each option, some of them under headings."""
    kept = {name: widget["attrs"][name] for name in ("id", "class") if widget["attrs"].get(name)}
    name = _escaped(widget["name"])
    body = "".join(_write_group_of_boxes(group, name) for group in widget["optgroups"])
    return f"<div{_attributes(kept)}>{body}</div>"


def _write_group(group: Group) -> str:
    heading, options, _ = group
    body = "".join(
        f'\n<option value="{_escaped(option["value"])}"{" selected" if option["selected"] else ""}>'
        f"{_escaped(option['label'])}</option>"
        for option in options
    )
    return f'\n<optgroup label="{_escaped(heading)}">{body}</optgroup>' if heading else body


def _write_group_of_boxes(group: Group, name: str) -> str:
    heading, options, _ = group
    body = "".join(_write_box(option, name) for option in options)
    return f"\n<div><label>{_escaped(heading)}</label>{body}</div>" if heading else body


def _write_box(option: Widget, name: str) -> str:
    """`name` is that of all boxes, escaped."""
    attributes = option["attrs"]
    label, own, rest = "", "", ""
    if own_id := attributes.get("id"):
        escaped = _escaped(own_id)
        label, own = f' for="{escaped}"', f' id="{escaped}"'
    if len(attributes) > bool(own_id):
        rest = _attributes({other: value for other, value in attributes.items() if other != "id"})
    return (
        f'\n<div><label{label}><input type="{option["type"]}" name="{name}"'
        f' value="{_escaped(option["value"])}"{own}{rest}> {_escaped(option["label"])}</label></div>'
    )


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(_written(attributes))


def _written(attributes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in attributes.items():
        if value is True:
            yield f" {name}"
        elif value is not False:
            yield f' {name}="{_escaped(value)}"'


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


ERRORS = ("django/forms/errors/list/default.html", "django/forms/errors/list/ul.html")
TYPED = ("text", "email", "password")
# In characters, where a field has no bound of its own: passwords and codes. Nobody can type more than is taken in all.
MOST_TYPED = 1024
INPUTS = ("text", "number", "date", "hidden", "email", "password", "checkbox")
WIDGETS: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{kind}.html": write_input for kind in INPUTS},
    "django/forms/widgets/multiple_hidden.html": write_inputs,
    "django/forms/widgets/textarea.html": write_area,
    "django/forms/widgets/select.html": write_select,
    "django/forms/widgets/checkbox_select.html": write_boxes,
    "django/forms/widgets/radio.html": write_boxes,
}
