"""docs/ALERTS.md has the table of alerts in words. `python -m tests.support.alerts_page` writes that part anew."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config.demo.local import REPOSITORY

if TYPE_CHECKING:
    from trust.alerts.rules import Rule

PAGE = REPOSITORY / "docs" / "ALERTS.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEAD = "| Alert | `rule` | How serious | When | Told | Again |\n|---|---|---|---|---|---|\n"
WORDS = {timedelta(minutes=10): "10 minutes", timedelta(minutes=15): "15 minutes", timedelta(hours=1): "an hour"}


def draw_table() -> str:
    """The lines between the marks."""
    from trust.alerts.rules import RULES

    return HEAD + "".join(_line(name, rule) for name, rule in RULES.items())


def read_table(page: Path = PAGE) -> str:
    """The lines between the marks as the page has them."""
    return page.read_text().partition(BEGIN)[2].partition(END)[0]


def _line(name: str, rule: "Rule") -> str:
    when = "at the first" if rule.threshold == 1 else f"{rule.threshold} in {WORDS[rule.within]}"
    audience = " and ".join(sorted(who.value for who in rule.audience))
    hours = int(rule.window.total_seconds()) // 3600
    again = "an hour" if hours == 1 else f"{hours} hours"
    return f"| {rule.title} | `{name}` | {rule.severity} | {when} | {audience} | after {again} |\n"


if __name__ == "__main__":
    os.environ.setdefault("COUNTERFOIL_ENV", "production")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.static_settings"
    import django

    django.setup()
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + draw_table() + END + rest.partition(END)[2])
