"""Cedarline's bills from its bank accounts: rent, utilities, cloud, insurance, components, advisers, taxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from integrations.sandbox.company.calendar import is_bank_day, is_due
from integrations.sandbox.company.movement import Movement, Today
from integrations.sandbox.company.revenue import SEASON, growth

OTHER = "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"
TAX = "GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT"
SUPPLIES = "GENERAL_MERCHANDISE_ELECTRONICS"


@dataclass(frozen=True, slots=True)
class Bill:
    """A monthly bill around `units`; `grows` ones follow the business, `winter` ones double in the cold."""

    party: str
    text: str
    category: str
    units: float
    day_of_month: int
    spread: float = 0.0
    kind: Literal["flat", "grows", "winter"] = "flat"
    account: str = "operating"


BILLS = (
    Bill("Millrace Properties", "MILLRACE PROPERTIES RENT", "RENT_AND_UTILITIES_RENT", 14_800, 1),
    Bill(
        "Champlain Electric",
        "CHAMPLAIN ELECTRIC UTIL",
        "RENT_AND_UTILITIES_GAS_AND_ELECTRICITY",
        1_150,
        12,
        0.1,
        "winter",
    ),
    Bill("Burlington Water Dept", "BURLINGTON WATER", "RENT_AND_UTILITIES_WATER", 210, 17, 0.12),
    Bill("Greenloop Waste", "GREENLOOP WASTE SVC", "RENT_AND_UTILITIES_SEWAGE_AND_WASTE_MANAGEMENT", 165, 24, 0.05),
    Bill("Nimbus Cloud", "NIMBUS CLOUD SERVICES", OTHER, 6_800, 3, 0.06, "grows"),
    Bill("Vaultic Backup", "VAULTIC BACKUP STORAGE", OTHER, 620, 5, 0.03, "grows"),
    Bill("Sentinel Mutual", "SENTINEL MUTUAL BUS INS", "GENERAL_SERVICES_INSURANCE", 2_240, 8),
    Bill("Kettering & Shaw LLP", "KETTERING SHAW LLP", "GENERAL_SERVICES_CONSULTING_AND_LEGAL", 3_100, 20, 0.5),
    Bill("Dunlevy Accountants", "DUNLEVY CPAS", "GENERAL_SERVICES_ACCOUNTING_AND_FINANCIAL_PLANNING", 1_450, 25, 0.2),
    Bill("Brightside Cleaning", "BRIGHTSIDE CLEANING", "HOME_IMPROVEMENT_REPAIR_AND_MAINTENANCE", 780, 28),
    Bill("Sensorwerk Rhein GmbH", "SEPA SENSORWERK RHEIN", SUPPLIES, 9_400, 15, 0.3, "grows", "euro"),
    Bill("Büro Isar Coworking", "SEPA BUERO ISAR", "RENT_AND_UTILITIES_RENT", 1_350, 2, 0.0, "flat", "euro"),
    Bill(
        "Anselm Fischer",
        "SEPA ANSELM FISCHER HONORAR",
        "GENERAL_SERVICES_CONSULTING_AND_LEGAL",
        5_200,
        27,
        0.1,
        "flat",
        "euro",
    ),
)

SUPPLIERS = (
    ("Castellan Circuits", SUPPLIES, 4_100),
    ("Haverford Machining", SUPPLIES, 3_200),
    ("Opaline Optics", SUPPLIES, 2_600),
    ("Drumlin Enclosures", SUPPLIES, 1_700),
    ("Packwell Cartons", "GENERAL_MERCHANDISE_OFFICE_SUPPLIES", 540),
    ("Overland Freight", "GENERAL_SERVICES_POSTAGE_AND_SHIPPING", 1_150),
)


def pay_bills(today: Today) -> Iterator[Movement]:
    for bill in BILLS:
        if is_due(today.date, bill.day_of_month):
            minor = today.around(bill.units * _factor(bill, today.date), bill.spread)
            method = "SEPA" if bill.account == "euro" else "ACH"
            reference = f"{today.dice.randrange(10**6, 10**7)}"
            text = f"{method} DEBIT {bill.text} {reference}"
            yield Movement(
                bill.account, -minor, text, bill.party, bill.category, method=method, reference=reference,
                lag=0 if method == "SEPA" else today.dice.choice((0, 1)),
            )  # fmt: skip


def pay_suppliers(today: Today) -> Iterator[Movement]:
    """Components are bought as instruments are ordered; one in eight is still paid by cheque."""
    if not is_bank_day(today.date):
        return
    for name, category, units in SUPPLIERS:
        if not today.happens(1.15 * SEASON[today.date.month - 1]):
            continue
        minor = today.around(units * growth(today.date) ** 0.7, 0.35)
        if today.dice.random() < 0.12:
            cheque = str(2_000 + (today.date - date(2023, 1, 1)).days)
            yield Movement("operating", -minor, f"CHECK {cheque}", name, category, check_number=cheque, lag=2)
        else:
            yield Movement("operating", -minor, f"ACH DEBIT {name.upper()}", name, category, method="ACH", lag=1)


def pay_taxes(today: Today) -> Iterator[Movement]:
    """Sales tax each month; estimated income tax in April, June, September and December; a refund in August."""
    if is_due(today.date, 23):
        minor = today.around(2_300 * growth(today.date), 0.15)
        yield Movement(
            "operating", -minor, "VT DEPT OF TAXES SALES TAX", "Vermont Department of Taxes", TAX, method="ACH"
        )
    if today.date.month in (4, 6, 9, 12) and is_due(today.date, 15):
        minor = today.around(5_400, 0.1)
        yield Movement("operating", -minor, "IRS USATAXPYMT EFTPS 1120", "IRS", TAX, method="ACH")
    if today.date.month == 8 and is_due(today.date, 10):
        minor = today.around(18_600, 0.4)
        yield Movement(
            "operating",
            minor,
            "IRS TREAS 310 TAX REF R&D CREDIT",
            "IRS",
            "INCOME_TAX_REFUND",
            "income_source",
            method="ACH",
        )


def _factor(bill: Bill, day: date) -> float:
    if bill.kind == "grows":
        return growth(day)
    if bill.kind == "winter":
        return 1.9 if day.month in (12, 1, 2, 3) else 1.0
    return 1.03 ** max(day.year - 2023, 0) if bill.category == "RENT_AND_UTILITIES_RENT" else 1.0
