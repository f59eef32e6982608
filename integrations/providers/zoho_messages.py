"""Zoho Books' lists, as far as they are used; fields that are not named here are never read.

Zoho Books API v3. What arrives is JSON whose numbers with a fraction are Decimal. Shapes differ from list to list and from
the documentation to the wire, so all that were seen are taken: ids are numbers or text, money is a number or text, blank
text stands for null, `page_context` is an object, an array of one, or missing. What cannot be understood, or leaves out
what every row must have, is a BadAnswer for the whole page: half a page could pass for the end of a list.
Rows that say they are another organisation's are refused as WrongOrganization.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from integrations.providers.zoho_errors import BadAnswer, WrongOrganization
from ledger.feeds import is_kept

PER_PAGE = 200

LARGEST_EXPONENT = 15
SMALLEST_EXPONENT = -20
LONGEST_TEXT = 2000

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DECIMAL = re.compile(r"-?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TRUE = frozenset({"true", "yes", "1"})

T = TypeVar("T")
ReadRow = Callable[["Row"], T]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `has_more`: the next page is to be asked for."""

    rows: tuple[T, ...]
    has_more: bool


class Row:
    """One row's fields by name, read tolerantly. Nothing that is read reaches a message."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def has(self, name: str) -> bool:
        return name in self._fields

    def id(self, *names: str) -> str:
        """The first of these ids that is given. Raises BadAnswer for none."""
        found = self.id_or_none(*names)
        if found is None:
            raise BadAnswer
        return found

    def id_or_none(self, *names: str) -> str | None:
        for name in names:
            value = self._fields.get(name)
            if isinstance(value, Decimal) and value.is_finite() and 0 <= value.adjusted() < 30 and value == int(value):
                value = int(value)
            text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
            if isinstance(text, str) and (text := text.strip()):
                if not _ID.fullmatch(text):
                    raise BadAnswer
                return text
        return None

    def text(self, *names: str) -> str | None:
        """The first of these texts that is not blank; numbers count as text."""
        for name in names:
            value = self._fields.get(name)
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                value = str(value)
            if isinstance(value, str) and (text := value.replace("\x00", "").strip()):
                return text[:LONGEST_TEXT]
        return None

    def word(self, name: str) -> str:
        """A word of Zoho's own, lower case, such as a status; "" for none."""
        value = self._fields.get(name)
        return value.strip().lower()[:40] if isinstance(value, str) else ""

    def currency(self, name: str = "currency_code") -> str | None:
        """An alphabetic currency code; None where it is left out. Anything else is a BadAnswer."""
        value = self.text(name)
        if value is not None and not _CURRENCY.fullmatch(value):
            raise BadAnswer
        return value

    def money(self, name: str) -> Decimal:
        """An amount that every row of the list has. Raises BadAnswer where it is missing."""
        found = self.money_or_none(name)
        if found is None:
            raise BadAnswer
        return found

    def money_or_none(self, name: str) -> Decimal | None:
        """An amount in major units, exactly as written; None where it is missing or blank."""
        value = self._fields.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return _decimal(value)

    def day(self, *names: str) -> dt.date:
        """The first of these days that is given: what a row is kept by. Raises BadAnswer for none, or one of a year that
        nothing is kept of."""
        found = next((day for name in names if (day := self.day_or_none(name)) is not None), None)
        if found is None or not is_kept(found):
            raise BadAnswer
        return found

    def day_or_none(self, name: str) -> dt.date | None:
        value = self._fields.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str) or not _DAY.match(value.strip()):
            raise BadAnswer
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            raise BadAnswer from None

    def moment(self, name: str) -> dt.datetime | None:
        """A time, in UTC. None also for one that cannot be read: it only steers what is asked for next."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not _DAY.match(value.strip()):
            return None
        try:
            found = dt.datetime.fromisoformat(value.strip())
            return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            return None

    def is_true(self, name: str, *, default: bool) -> bool:
        value = self._fields.get(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value != 0
        if isinstance(value, str) and value.strip():
            return value.strip().lower() in _TRUE
        return default

    def whole(self, name: str) -> int | None:
        """A whole number from 0 to 9999; None for anything else."""
        value = self._fields.get(name)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:6])
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return value if is_whole and isinstance(value, int) and 0 <= value < 10_000 else None


def read_page(
    answer: object, keys: tuple[str, ...], read: ReadRow[T], *, organization_id: str | None, page: int = 1
) -> Page[T]:
    """The rows of a list's page number `page`, found under the first of `keys` that the answer has.

    `organization_id` is None only for what belongs to none. Raises BadAnswer, also for a page that is not the one asked
    for, and WrongOrganization.
    """
    envelope = _mapping(answer)
    rows = next((envelope[key] for key in keys if key in envelope), None)
    if not isinstance(rows, list):
        raise BadAnswer
    context = _context(envelope.get("page_context"))
    given = [_mapping(row) for row in rows]
    for fields in (envelope, context, *given):
        _check_organization(fields, organization_id)
    has_more = _has_more(context, len(given), page)
    return Page(tuple(read(Row(fields)) for fields in given), has_more)


def _context(value: object) -> Mapping[str, object]:
    if isinstance(value, list):
        value = value[0] if value else None
    return {} if value is None else _mapping(value)


def _has_more(context: Mapping[str, object], count: int, page: int) -> bool:
    reader = Row(context)
    told = reader.whole("page")
    if told is not None and told != page:
        raise BadAnswer
    has_more = reader.is_true("has_more_page", default=count >= (reader.whole("per_page") or PER_PAGE))
    if has_more and not count:
        raise BadAnswer
    return has_more


def _check_organization(fields: Mapping[str, object], organization_id: str | None) -> None:
    if organization_id is None or "organization_id" not in fields:
        return
    if Row(fields).id_or_none("organization_id") not in (None, organization_id):
        raise WrongOrganization


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadAnswer
    return value


def _decimal(value: object) -> Decimal:
    """Refuses what is not an amount of money: Decimal also reads "NaN", 1e400 and full-width digits."""
    try:
        if isinstance(value, str) and value.isascii() and _DECIMAL.fullmatch(value.strip()):
            value = Decimal(value.strip())
        elif isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
    except InvalidOperation:
        raise BadAnswer from None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise BadAnswer
    exponent = value.as_tuple().exponent
    if value.adjusted() > LARGEST_EXPONENT or not isinstance(exponent, int) or exponent < SMALLEST_EXPONENT:
        raise BadAnswer
    return value


def as_time(moment: dt.datetime) -> str:
    """A time as Zoho takes it in `last_modified_time`: 2026-11-20T09:30:00+0000."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
