"""Cedarline's corporate card: purchases at many merchants, subscriptions, refunds, holds, and its monthly payment."""

from collections.abc import Iterator

from integrations.sandbox.company.calendar import is_due
from integrations.sandbox.company.merchants import CITIES, MERCHANTS, SUBSCRIPTIONS, Merchant
from integrations.sandbox.company.movement import Movement, Today
from integrations.sandbox.company.people import staff

CARD = "card"
FULL_STAFF = 27
FOREIGN_FEE = 0.03


def buy_by_card(today: Today) -> Iterator[Movement]:
    quiet = 0.28 if today.date.weekday() >= 5 else 1.0
    travel = 0.55 if today.date.month in (7, 8, 12) else 1.1
    size = len(staff(today.date)) / FULL_STAFF
    for merchant in MERCHANTS:
        factor = size * quiet * (travel if merchant.category.startswith("TRAVEL") else 1.0)
        if today.happens(merchant.per_month * factor):
            yield from _purchase(merchant, today)


def _purchase(merchant: Merchant, today: Today) -> Iterator[Movement]:
    dice = today.dice
    # The square pulls most purchases towards the low end, as tills do.
    minor = round((merchant.low + (merchant.high - merchant.low) * dice.random() ** 2) * 100)
    city, region = dice.choice(CITIES) if merchant.channel == "in store" else (None, None)
    number = f" #{dice.randrange(100, 999)}" if merchant.channel == "in store" else ""
    is_hold = merchant.category == "TRAVEL_LODGING" and dice.random() < 0.08
    yield Movement(
        CARD, -minor, f"{merchant.text}{number} {(city or '').upper()} {region or ''}".rstrip(), merchant.name,
        merchant.category, channel=merchant.channel, city=city, region=region, lag=dice.choice((1, 1, 2, 2, 3)),
        is_void=is_hold, is_vague=dice.random() < 0.05,
    )  # fmt: skip
    if merchant.foreign:
        yield Movement(
            CARD, -round(minor * FOREIGN_FEE), "FOREIGN TRANSACTION FEE", "Foreign transaction fee",
            "BANK_FEES_FOREIGN_TRANSACTION_FEES", "financial_institution", lag=2,
        )  # fmt: skip


def pay_subscriptions(today: Today) -> Iterator[Movement]:
    seats = len(staff(today.date))
    for subscription in SUBSCRIPTIONS:
        if is_due(today.date, subscription.day_of_month):
            minor = round(subscription.amount * 100) * (seats if subscription.per_seat else 1)
            text = f"{subscription.name.upper()} SUBSCR"
            yield Movement(CARD, -minor, text, subscription.name, subscription.category, channel="online", lag=1)


def get_refunds(today: Today) -> Iterator[Movement]:
    if today.happens(1.6):
        merchant = today.dice.choice([one for one in MERCHANTS if one.channel == "online"])
        minor = today.around(merchant.low * 1.4, 0.3)
        text = f"{merchant.text} REFUND"
        yield Movement(CARD, minor, text, merchant.name, merchant.category, channel="online", lag=2)


def pay_card(today: Today) -> Iterator[Movement]:
    """What is owed is paid in full on the 21st, both legs on one day."""
    owed = -today.balances[CARD]
    if owed > 0 and is_due(today.date, 21):
        for account, minor, text in (
            ("operating", -owed, "CARD PAYMENT AUTOPAY BUSINESS VISA"),
            (CARD, owed, "PAYMENT THANK YOU"),
        ):
            yield Movement(
                account, minor, text, "Card payment", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "financial_institution",
                method="ACH",
            )  # fmt: skip
