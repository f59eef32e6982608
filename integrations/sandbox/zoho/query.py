"""What may be said in the address of a list: page, order, days and the moment after which a thing was modified."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from integrations.sandbox.zoho.errors import bad_value

LARGEST_PAGE = 200
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}")


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a call. Each reader raises Refused for what cannot be understood."""

    values: Mapping[str, list[str]]

    def text(self, name: str) -> str:
        return self.values.get(name, [""])[0]

    def number(self, name: str, usual: int) -> int:
        given = self.text(name) or str(usual)
        if not given.isdecimal() or int(given) < 1:
            raise bad_value(name)
        return int(given)

    @property
    def page(self) -> int:
        return self.number("page", 1)

    @property
    def per_page(self) -> int:
        """At most 200, whatever is asked for."""
        return min(self.number("per_page", LARGEST_PAGE), LARGEST_PAGE)

    @property
    def first(self) -> date | None:
        """The first day that counts."""
        after = self._day("date_after", "date.after")
        return self._day("date_start", "date.start", "from_date") or (after + timedelta(days=1) if after else None)

    @property
    def last(self) -> date | None:
        before = self._day("date_before", "date.before")
        return self._day("date_end", "date.end", "to_date") or (before - timedelta(days=1) if before else None)

    @property
    def modified_after(self) -> datetime | None:
        given = self.text("last_modified_time")
        if not given:
            return None
        if not MOMENT.fullmatch(given):
            # A plus that was not sent as %2B arrives as a blank.
            raise bad_value("last_modified_time")
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%S%z")

    @property
    def order(self) -> tuple[str, bool]:
        """The column and whether the largest comes first; what was created last comes first where nothing is said."""
        column = self.text("sort_column") or "created_time"
        direction = self.text("sort_order")
        descending = direction.upper().startswith("D") if direction else not self.text("sort_column")
        return column, descending

    def _day(self, *names: str) -> date | None:
        for name in names:
            if given := self.text(name):
                try:
                    return date.fromisoformat(given)
                except ValueError:
                    raise bad_value(name) from None
        return None
