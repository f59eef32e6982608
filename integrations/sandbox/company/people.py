"""The people and the customers of Cedarline Instruments. Every name is invented."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Employee:
    """`salary` is gross, in whole dollars a year."""

    name: str
    salary: int
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """`monthly` is the subscription in whole units of the currency, `pay_day` the day of the month it is paid on."""

    name: str
    monthly: int
    pay_day: int
    since: date
    until: date | None = None


EARLY = date(2023, 1, 1)

EMPLOYEES = (
    Employee("Margit Okonjo", 182_000, EARLY),
    Employee("Daniel Reyes-Holt", 176_000, EARLY),
    Employee("Priya Nathwani", 158_000, EARLY),
    Employee("Tomasz Wilk", 149_000, EARLY),
    Employee("Laura Beckstrand", 131_000, EARLY),
    Employee("Samuel Adeyinka", 127_000, EARLY),
    Employee("Hannah Whitcombe", 118_000, EARLY),
    Employee("Victor Salcedo", 112_000, EARLY, date(2025, 3, 31)),
    Employee("Emi Katsura", 109_000, EARLY),
    Employee("Jonah Pfeiffer", 98_000, EARLY),
    Employee("Rosa Delacruz-Vance", 94_000, EARLY),
    Employee("Nils Aaberg", 91_000, EARLY, date(2024, 8, 15)),
    Employee("Cora Mbeki", 86_000, EARLY),
    Employee("Andrew Tolliver", 74_000, EARLY),
    Employee("Bridget Fahey", 71_000, date(2023, 9, 1)),
    Employee("Luis Arrieta", 103_000, date(2024, 1, 15)),
    Employee("Meera Balan", 116_000, date(2024, 4, 1)),
    Employee("Otto Lindqvist", 97_000, date(2024, 7, 8)),
    Employee("Grace Nakamura", 124_000, date(2024, 9, 3)),
    Employee("Paul Vandermeer", 88_000, date(2025, 1, 6)),
    Employee("Ines Carvalho", 112_000, date(2025, 4, 14)),
    Employee("Kwame Boadi", 93_000, date(2025, 8, 18)),
    Employee("Sofia Marchetti", 105_000, date(2025, 11, 3)),
    Employee("Dylan Frost", 79_000, date(2026, 2, 2)),
    Employee("Aisha Rahmani", 121_000, date(2026, 5, 11)),
    Employee("Ben Okafor", 84_000, date(2026, 8, 3)),
    Employee("Lena Sorokina", 99_000, date(2026, 9, 21)),
)

_CUSTOMER_NAMES = (
    "Alder Creek Biologics", "Northgate Water Authority", "Pellworm Coatings", "Harrow & Finch Labs",
    "Tessera Foods", "Blue Mesa Aggregates", "Quillon Therapeutics", "Ostrander Dairy Group",
    "Kestrel Ridge Mining", "Palisade Polymers", "Union Basin Utilities", "Merrow Marine Research",
    "Vantage Point Brewing", "Sable Island Fisheries", "Corvane Steel", "Lowell Street Pharmacy Labs",
    "Ironwood Semiconductor", "Hollis Environmental", "Greywater Solutions", "Ashby Paper",
    "Summit Vale Hospital Trust", "Redfern Agronomics", "Prairie Fork Ethanol", "Delmar Ceramics",
    "Oakhurst Analytics", "Tidewell Desalination", "Brightwater Aquaculture", "Caldera Geothermal",
    "Emberly Glass", "Fairmont Soil Institute", "Galloway Distillers", "Halcyon Optics",
    "Indigo Bay Refining", "Juniper Flats Solar", "Kingsbridge Cement", "Larkspur Nutrition",
    "Monarch Textiles", "Nordhaven Shipping", "Orchard Hill Cider", "Pinnacle Test Services",
    "Quarry Lane Materials", "Rosedale Water District", "Silverton Plating", "Thornbury Chemicals",
    "Umber Valley Wines", "Verity Diagnostics", "Westmark Foundry", "Yarrow Botanicals", "Zephyr Air Quality",
    "Amberley Packaging", "Bexhill Recycling", "Copperleaf Energy", "Dunmore Cold Storage", "Elkhorn Timber",
    "Foxglove Cosmetics", "Granite Falls Power", "Heron Lake Hatcheries", "Ivybridge Clinics",
    "Jasper Ridge Mill", "Kelso Rail Works",
)  # fmt: skip

_EURO_CUSTOMERS = (
    ("Brauhaus Eilert GmbH", 3_900), ("Nordlicht Wasser AG", 5_200), ("Lumière Verre SARL", 2_700),
    ("Acquedotto Valbruna SpA", 4_400), ("Van Doorn Zuivel BV", 3_100), ("Keramik Rosthal GmbH", 2_900),
    ("Laboratorios Mirasol SL", 3_600), ("Eau Claire Ingénierie SAS", 4_800), ("Skagen Akvakultur ApS", 3_300),
    ("Papierfabrik Ostrau GmbH", 2_500),
)  # fmt: skip


def _join_day(index: int, days_apart: int) -> date:
    return date.fromordinal(date(2022, 3, 1).toordinal() + index * days_apart)


def _subscriber(index: int, name: str) -> Customer:
    since = _join_day(index, 30)
    until = date.fromordinal(since.toordinal() + 640) if index % 9 == 4 else None
    return Customer(name, 1_850 + 370 * (index * 7 % 11) + 35 * index, 2 + index * 11 % 26, since, until)


SUBSCRIBERS = tuple(_subscriber(index, name) for index, name in enumerate(_CUSTOMER_NAMES))

EURO_CUSTOMERS = tuple(
    Customer(name, monthly, 4 + index * 5 % 23, _join_day(index, 120))
    for index, (name, monthly) in enumerate(_EURO_CUSTOMERS)
)


def staff(day: date) -> tuple[Employee, ...]:
    return tuple(one for one in EMPLOYEES if one.since <= day and (one.until is None or day <= one.until))


def subscribers(day: date) -> tuple[Customer, ...]:
    return tuple(one for one in SUBSCRIBERS if one.since <= day and (one.until is None or day <= one.until))
