"""{% once %} beside {% csrf_token %}: a form that is sent twice is then carried out once. `accounts.once` says how."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.once_keys import new_key

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A hidden field with a word that no other rendering of a form has."""
    return format_html('<input type="hidden" name="once" value="{}">', new_key())
