"""Where the sample companies spend by card. Every brand is invented; amounts are whole dollars."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Merchant:
    """`per_month`: purchases a month at full staff. `text` is how the bank prints it."""

    name: str
    text: str
    category: str
    low: float
    high: float
    per_month: float
    channel: Literal["online", "in store"] = "in store"
    foreign: bool = False


def _online(name: str, category: str, low: float, high: float, per_month: float, *, foreign: bool = False) -> Merchant:
    return Merchant(name, f"{name.upper().replace(' ', '')}.COM", category, low, high, per_month, "online", foreign)


def _store(name: str, category: str, low: float, high: float, per_month: float, *, prefix: str = "") -> Merchant:
    return Merchant(name, f"{prefix}{name.upper()}", category, low, high, per_month)


MERCHANTS = (
    _online("Skylark Air", "TRAVEL_FLIGHTS", 180, 720, 5),
    _online("Meridian Airways", "TRAVEL_FLIGHTS", 240, 980, 2.5),
    _online("Transeuro Air", "TRAVEL_FLIGHTS", 310, 1_450, 0.8, foreign=True),
    _store("Harborview Hotels", "TRAVEL_LODGING", 160, 610, 4),
    _store("Lantern Inn & Suites", "TRAVEL_LODGING", 110, 290, 3.5),
    _online("Wayfarer Rentals", "TRAVEL_RENTAL_CARS", 75, 340, 2),
    _online("Hopline Rides", "TRANSPORTATION_TAXIS_AND_RIDE_SHARES", 9, 64, 11),
    _store("City Cab Co-op", "TRANSPORTATION_TAXIS_AND_RIDE_SHARES", 12, 58, 3),
    _store("ParkWell Garages", "TRANSPORTATION_PARKING", 8, 42, 4),
    _store("Northeast Rail", "TRANSPORTATION_PUBLIC_TRANSIT", 24, 190, 3),
    _store("Pumpworks Fuel", "TRANSPORTATION_GAS", 32, 88, 4),
    _store("Beltway Tolls", "TRANSPORTATION_TOLLS", 20, 40, 1),
    _store("Blue Heron Coffee", "FOOD_AND_DRINK_COFFEE", 5, 28, 6, prefix="SQ *"),
    _store("Third Rail Espresso", "FOOD_AND_DRINK_COFFEE", 4, 22, 4, prefix="TST* "),
    _store("Juniper Table", "FOOD_AND_DRINK_RESTAURANT", 48, 320, 3.5, prefix="TST* "),
    _store("Cantina Verde", "FOOD_AND_DRINK_RESTAURANT", 28, 160, 3),
    _store("Golden Lotus Kitchen", "FOOD_AND_DRINK_RESTAURANT", 22, 140, 3),
    _store("Brick & Basil Pizza", "FOOD_AND_DRINK_FAST_FOOD", 18, 95, 3.5, prefix="SQ *"),
    _online("Lunchbell", "FOOD_AND_DRINK_RESTAURANT", 60, 410, 5),
    _store("Marlow Grocers", "FOOD_AND_DRINK_GROCERIES", 22, 180, 5),
    _online("Deskwise Supply", "GENERAL_MERCHANDISE_OFFICE_SUPPLIES", 24, 340, 4),
    _online("Bazaarly Marketplace", "GENERAL_MERCHANDISE_ONLINE_MARKETPLACES", 12, 460, 8),
    _online("Voltshop Electronics", "GENERAL_MERCHANDISE_ELECTRONICS", 45, 1_900, 2.5),
    _store("Granger Hardware", "HOME_IMPROVEMENT_HARDWARE", 14, 260, 2.5),
    _online("LabDepot", "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE", 60, 1_250, 3),
    _online("Parcelway", "GENERAL_SERVICES_POSTAGE_AND_SHIPPING", 12, 240, 7),
    _online("Expo Northeast", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES", 600, 3_800, 0.4),
    _online("Adspring", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES", 900, 2_600, 3),
    _online("Clickharbor Ads", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES", 500, 1_900, 2),
    _online("Coursefield Learning", "GENERAL_SERVICES_EDUCATION", 49, 890, 1),
    _store("Corner Pharmacy", "MEDICAL_PHARMACIES_AND_SUPPLEMENTS", 8, 55, 0.8),
    _store("Fernhill Florist", "GENERAL_MERCHANDISE_GIFTS_AND_NOVELTIES", 45, 160, 0.6),
    _store("Lakeside Events Hall", "ENTERTAINMENT_OTHER_ENTERTAINMENT", 250, 1_800, 0.3),
    _online("Bench Calibration Oy", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES", 180, 940, 0.6, foreign=True),
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A monthly card charge in whole dollars; `per_seat` ones grow with the staff."""

    name: str
    amount: float
    day_of_month: int
    per_seat: bool = False
    category: str = "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"


SUBSCRIPTIONS = (
    Subscription("Threadline Chat", 12.5, 1, per_seat=True),
    Subscription("Papermill Docs", 14, 2, per_seat=True),
    Subscription("Gitforge", 21, 3, per_seat=True),
    Subscription("Ticketry Support", 49, 4, per_seat=False),
    Subscription("Pageduty Alerts", 189, 5),
    Subscription("Mailgrove", 240, 6),
    Subscription("Signwell E-sign", 75, 8),
    Subscription("CadStudio Cloud", 1_140, 9),
    Subscription("Pipeline CRM", 65, 10, per_seat=True),
    Subscription("Observa Metrics", 720, 11),
    Subscription("Passkeep", 7.99, 12, per_seat=True),
    Subscription("Meetwell Video", 15.99, 13, per_seat=True),
    Subscription("Boardroom Design", 90, 15),
    Subscription("Ledgerly Books", 110, 16, category="GENERAL_SERVICES_ACCOUNTING_AND_FINANCIAL_PLANNING"),
    Subscription("Stafflight HR", 9, 17, per_seat=True),
    Subscription("Domain Registry Co", 38, 19),
    Subscription("Fiberlane Business", 289, 20, category="RENT_AND_UTILITIES_INTERNET_AND_CABLE"),
    Subscription("Tonewave Mobile", 32, 22, per_seat=True, category="RENT_AND_UTILITIES_TELEPHONE"),
    Subscription("Stockimage Plus", 49, 23),
    Subscription("Translately", 130, 26),
)

CITIES = (("Burlington", "VT"), ("Albany", "NY"), ("Boston", "MA"), ("Hartford", "CT"), ("Portland", "ME"))
