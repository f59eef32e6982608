"""Tidewater Studio, a design studio of three: the bank called First Harbor."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from integrations.sandbox.bank import AccountSpec, PartyType
from integrations.sandbox.company.calendar import bank_day_before, is_bank_day, is_due, last_of_month
from integrations.sandbox.company.movement import Movement, Today, between_own_accounts
from integrations.sandbox.company.simulation import CompanyBank

START = date(2024, 1, 1)
BANK: PartyType = "financial_institution"
OTHER = "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"

ACCOUNTS = (
    AccountSpec("checking", "Business Checking", "Harbor Small Business Checking", "2217", "depository", "checking"),
    AccountSpec("savings", "Tax Savings", "Harbor Savings", "9043", "depository", "savings"),
    AccountSpec(
        "card", "Studio Card", "Harbor Business Mastercard", "6650", "credit", "credit card", limit_minor=12_000_00
    ),
)

CLIENTS = (
    "Marisol Bakery Group",
    "Fenwick Outdoor",
    "Old Pier Museum",
    "Cardamom Spice Co",
    "Lumen Yoga",
    "Havel Bicycles",
)

# party, text, category, whole dollars, day of the month, account
BILLS = (
    ("Wharf Lofts", "ACH DEBIT WHARF LOFTS RENT", "RENT_AND_UTILITIES_RENT", 2_150.0, 1, "checking"),
    ("Bayline Internet", "ACH DEBIT BAYLINE INTERNET", "RENT_AND_UTILITIES_INTERNET_AND_CABLE", 89.0, 6, "checking"),
    ("Shoreline Insurance", "ACH DEBIT SHORELINE INS", "GENERAL_SERVICES_INSURANCE", 184.5, 10, "checking"),
    ("Boardroom Design", "BOARDROOM DESIGN SUBSCR", OTHER, 90.0, 4, "card"),
    ("Typefoundry Club", "TYPEFOUNDRY CLUB SUBSCR", OTHER, 35.0, 12, "card"),
    ("Nimbus Cloud", "NIMBUS CLOUD SERVICES", OTHER, 61.2, 18, "card"),
)

SHOPS = (
    ("Third Rail Espresso", "TST* THIRD RAIL ESPRESSO", "FOOD_AND_DRINK_COFFEE", 6, 2.6),
    ("Deskwise Supply", "DESKWISESUPPLY.COM", "GENERAL_MERCHANDISE_OFFICE_SUPPLIES", 55, 0.8),
    ("Cantina Verde", "CANTINA VERDE", "FOOD_AND_DRINK_RESTAURANT", 48, 1.4),
    ("Parcelway", "PARCELWAY.COM", "GENERAL_SERVICES_POSTAGE_AND_SHIPPING", 27, 0.9),
    ("Pumpworks Fuel", "PUMPWORKS FUEL", "TRANSPORTATION_GAS", 52, 1.2),
)  # fmt: skip


def earn_fees(today: Today) -> Iterator[Movement]:
    if is_bank_day(today.date) and today.happens(3.4):
        client = today.dice.choice(CLIENTS)
        minor = today.around(6_200, 0.5)
        text = f"ACH CREDIT {client.upper()} INV-{today.dice.randrange(1_000, 9_999)}"
        yield Movement("checking", minor, text, client, "INCOME_OTHER", "income_source", method="ACH", lag=1)


def pay_people(today: Today) -> Iterator[Movement]:
    if today.date == bank_day_before(last_of_month(today.date)):
        for name, minor in (("Mara Ellison", 4_310_00), ("Theo Brandt", 3_870_00), ("June Park", 2_980_00)):
            text = f"STAFFLIGHT PAYROLL DIR DEP {name.upper()}"
            yield Movement("checking", -minor, text, name, "INCOME_SALARY", "income_source", method="ACH")
        yield Movement(
            "checking",
            -3_640_00,
            "IRS USATAXPYMT EFTPS 941",
            "IRS",
            "GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT",
            method="ACH",
        )


def pay_bills(today: Today) -> Iterator[Movement]:
    for party, text, category, units, day_of_month, account in BILLS:
        if is_due(today.date, day_of_month):
            yield Movement(account, -round(units * 100), text, party, category, channel="online", lag=1)


def buy(today: Today) -> Iterator[Movement]:
    for party, text, category, units, per_month in SHOPS:
        if today.happens(per_month * 0.7):
            lag = today.dice.choice((1, 2, 2))
            yield Movement("card", -today.around(units, 0.5), text, party, category, channel="in store", lag=lag)


def pay_card(today: Today) -> Iterator[Movement]:
    owed = -today.balances["card"]
    if owed > 0 and is_due(today.date, 22):
        category = "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT"
        yield Movement("checking", -owed, "HARBOR CARD AUTOPAY", "Card payment", category, BANK, method="ACH")
        yield Movement("card", owed, "PAYMENT THANK YOU", "Card payment", category, BANK, method="ACH")


def save(today: Today) -> Iterator[Movement]:
    if today.date == bank_day_before(last_of_month(today.date)):
        minor = round(today.balances["savings"] * 0.021 / 12)
        yield Movement("savings", minor, "INTEREST PAYMENT", "Interest", "INCOME_INTEREST_EARNED", BANK)
    if is_due(today.date, 5) and today.balances["checking"] > 45_000_00:
        yield from between_own_accounts("checking", "savings", 4_000_00, "To tax savings", "SAVINGS")
    if is_due(today.date, 15) and today.date.month in (1, 4, 6, 9) and today.balances["savings"] > 3_000_00:
        yield Movement(
            "savings",
            -2_400_00,
            "IRS USATAXPYMT ESTIMATED",
            "IRS",
            "GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT",
            method="ACH",
        )


@cache
def tidewater() -> CompanyBank:
    """One for the whole process."""
    return CompanyBank(
        bank_id="ins_902",
        name="First Harbor",
        blurb="Tidewater Studio: three accounts, two years",
        accounts=ACCOUNTS,
        opening={"checking": 38_400_00, "savings": 9_500_00, "card": 0},
        activities=(earn_fees, pay_people, pay_bills, buy, pay_card, save),
        first_day=START,
        history_days=None,
    )
