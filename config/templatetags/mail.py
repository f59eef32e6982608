"""Where mail goes, for pages that tell somebody to look for one."""

from pathlib import Path

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_folder() -> str:
    """The folder that mails are written to where none is sent, as seen from the project's own; empty where they are sent."""
    if not settings.EMAIL_FILE_PATH or settings.EMAIL_HOST:
        return ""
    folder = Path(settings.EMAIL_FILE_PATH)
    return str(folder.relative_to(settings.BASE_DIR)) if folder.is_relative_to(settings.BASE_DIR) else folder.name
