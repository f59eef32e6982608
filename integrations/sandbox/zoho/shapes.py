"""How Zoho writes things down: money as number, whole number or text, times without a colon, blanks for nothing."""

from datetime import date, datetime

from integrations.sandbox.zoho.books.view import zone

NUMBERS = {"USD": "97", "EUR": "99", "GBP": "101"}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def number(minor: int) -> float | int:
    """Whole amounts without a fraction."""
    return minor // 100 if minor % 100 == 0 else minor / 100


def decimal(minor: int) -> float:
    return minor / 100


def text(minor: int) -> str:
    """Two decimals always."""
    sign, rest = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{rest // 100}.{rest % 100:02d}"


def day(value: date | None) -> str:
    return value.isoformat() if value is not None else ""


def moment(value: datetime, offset: str) -> str:
    """Like 2013-11-18T02:17:40-0800."""
    return value.astimezone(zone(offset)).strftime("%Y-%m-%dT%H:%M:%S%z")


def currency_id(organization_id: str, code: str) -> str:
    """The same for the same currency of the same organisation."""
    return f"{organization_id[-6:]}{NUMBERS[code]:0>13}"


def due_in(due: date, today: date) -> str:
    """What Zoho says of an open invoice."""
    days = (due - today).days
    if days == 0:
        return "Due Today"
    return f"Due in {days} day(s)" if days > 0 else f"Overdue by {-days} day(s)"
