"""The reference of this request, which finds its lines in the log: all that an error page says of what went wrong."""

from django import template

from config.logs import NO_REQUEST, request_id

register = template.Library()


@register.simple_tag
def reference() -> str:
    """Sixteen hexadecimal digits; "" outside a request."""
    current = request_id.get()
    return "" if current == NO_REQUEST else current
