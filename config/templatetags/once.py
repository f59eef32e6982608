"""{% once %} beside {% csrf_token %}: a form that is sent twice is then carried out once. `accounts.once` says how."""

from secrets import token_urlsafe

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A hidden field with a word that no other rendering of a form has."""
    return format_html('<input type="hidden" name="once" value="{}">', token_urlsafe(16))
