"""docs/RATE_LIMITS.md has the table of limits in words. `python -m tests.support.limits_page` writes that part anew."""

from pathlib import Path

from config.demo.local import REPOSITORY
from config.limits import DAY, FLOOR_COUNT, HOUR, MINUTE, TABLE, Counts, Limit

PAGE = REPOSITORY / "docs" / "RATE_LIMITS.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEAD = "| Limit | Counted are | for each | At most | While Redis is away |\n|---|---|---|---|---|\n"


def draw_table() -> str:
    """The lines between the marks."""
    floor = f"| `floor` | changes of any kind | address | {FLOOR_COUNT} in a minute | let through, and logged |\n"
    return HEAD + "".join(_line(limit) for limit in TABLE) + floor


def read_table(page: Path = PAGE) -> str:
    """The lines between the marks as the page has them."""
    return page.read_text().partition(BEGIN)[2].partition(END)[0]


def _line(limit: Limit) -> str:
    what = limit.what + (", GET requests too" if limit.counts is Counts.ALL else "")
    scope = f"{limit.scope}, {limit.apart.removesuffix('_id')} apart" if limit.apart else str(limit.scope)
    return f"| `{limit.name}` | {what} | {scope} | {limit.count} in {_window(limit.seconds)} | {limit.away} |\n"


def _window(seconds: int) -> str:
    named = {MINUTE: "a minute", HOUR: "an hour", DAY: "a day"}
    return named.get(seconds, f"{seconds // MINUTE} minutes")


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + draw_table() + END + rest.partition(END)[2])
