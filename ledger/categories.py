"""The categories a workspace starts with, and which of them a feed's hint means.

A hint is Plaid's personal_finance_category.detailed, of either version of the taxonomy
(https://plaid.com/documents/pfc-taxonomy-all.csv); one that is not listed falls back to its primary category, and one
whose primary is unknown to no category. Transfers by wire or app are left without one: for a company they are as likely
a customer's payment as a move between its own accounts, and a person knows which.
"""

from dataclasses import dataclass

from ledger.kinds import CategoryKind


@dataclass(frozen=True, slots=True)
class DefaultCategory:
    """`origin` is the key that hints are mapped to; it never changes, whatever a workspace calls the category."""

    origin: str
    kind: CategoryKind
    name: str


_DEFAULTS = {
    CategoryKind.INCOME: "sales=Sales",
    CategoryKind.COST_OF_SALES: (
        "materials=Materials and goods; shipping=Shipping and postage; cloud=Cloud and online services"
    ),
    CategoryKind.OPERATING_EXPENSE: (
        "payroll=Salaries and wages; rent=Rent; utilities=Utilities; telecom=Internet and telephone; "
        "professional=Accounting, legal and consulting; insurance=Insurance; training=Training; "
        "office=Office supplies; equipment=Equipment and electronics; repairs=Repairs and maintenance; "
        "vehicles=Vehicles; travel=Travel; local_transport=Taxis and public transport; meals=Meals and groceries; "
        "entertainment=Entertainment and gifts; health=Health and wellbeing; storage=Storage; "
        "bank_charges=Bank charges; government_fees=Government fees"
    ),
    CategoryKind.OTHER_INCOME: (
        "interest_received=Interest received; dividends_received=Dividends received; rental_income=Rental income; "
        "other_income=Other income"
    ),
    CategoryKind.OTHER_EXPENSE: "interest_paid=Interest paid; donations=Donations; other_expense=Other expenses",
    CategoryKind.TAX: "tax=Tax",
    CategoryKind.TRANSFER: (
        "own_transfer=Transfers between own accounts; card_payment=Card payments; "
        "cash_transfer=Cash deposits and withdrawals"
    ),
    CategoryKind.ASSET: "investments=Investments",
    CategoryKind.LIABILITY: "loans=Loans",
    CategoryKind.EQUITY: "owners=Owners' contributions and drawings",
}

# hint=origin, or hint=origin of money in/origin of money out. The first of each group is the primary category.
_HINTS = """
INCOME=other_income
  INCOME_CHILD_SUPPORT=other_income INCOME_CONTRACTOR=sales INCOME_DIVIDENDS=dividends_received
  INCOME_GIG_ECONOMY=sales INCOME_INTEREST_EARNED=interest_received INCOME_LONG_TERM_DISABILITY=other_income
  INCOME_MILITARY=other_income INCOME_OTHER=sales INCOME_OTHER_INCOME=sales INCOME_RENTAL=rental_income
  INCOME_RETIREMENT_PENSION=other_income INCOME_SALARY=sales/payroll INCOME_TAX_REFUND=tax
  INCOME_UNEMPLOYMENT=other_income INCOME_WAGES=sales/payroll
LOAN_DISBURSEMENTS=loans
  LOAN_DISBURSEMENTS_AUTO=loans LOAN_DISBURSEMENTS_BNPL=loans LOAN_DISBURSEMENTS_CASH_ADVANCES=loans
  LOAN_DISBURSEMENTS_EWA=loans LOAN_DISBURSEMENTS_MORTGAGE=loans LOAN_DISBURSEMENTS_OTHER_DISBURSEMENT=loans
  LOAN_DISBURSEMENTS_PERSONAL=loans LOAN_DISBURSEMENTS_STUDENT=loans
LOAN_PAYMENTS=loans
  LOAN_PAYMENTS_BNPL=loans LOAN_PAYMENTS_CAR_PAYMENT=loans LOAN_PAYMENTS_CASH_ADVANCES=loans
  LOAN_PAYMENTS_CREDIT_CARD_PAYMENT=card_payment LOAN_PAYMENTS_EWA=loans LOAN_PAYMENTS_MORTGAGE_PAYMENT=loans
  LOAN_PAYMENTS_OTHER_PAYMENT=loans LOAN_PAYMENTS_PERSONAL_LOAN_PAYMENT=loans
  LOAN_PAYMENTS_STUDENT_LOAN_PAYMENT=loans
TRANSFER_IN=
  TRANSFER_IN_ACCOUNT_TRANSFER=own_transfer TRANSFER_IN_CASH_ADVANCES_AND_LOANS=loans
  TRANSFER_IN_DEPOSIT=cash_transfer TRANSFER_IN_INVESTMENT_AND_RETIREMENT_FUNDS=investments
  TRANSFER_IN_OTHER_TRANSFER_IN= TRANSFER_IN_SAVINGS=own_transfer TRANSFER_IN_TRANSFER_IN_FROM_APPS=
  TRANSFER_IN_WIRE=
TRANSFER_OUT=
  TRANSFER_OUT_ACCOUNT_TRANSFER=own_transfer TRANSFER_OUT_CRYPTO=investments
  TRANSFER_OUT_INVESTMENT_AND_RETIREMENT_FUNDS=investments TRANSFER_OUT_OTHER_TRANSFER_OUT=
  TRANSFER_OUT_SAVINGS=own_transfer TRANSFER_OUT_TRANSFER_OUT_FROM_APPS= TRANSFER_OUT_WIRE=
  TRANSFER_OUT_WITHDRAWAL=cash_transfer
BANK_FEES=bank_charges
  BANK_FEES_ATM_FEES=bank_charges BANK_FEES_CASH_ADVANCE=bank_charges
  BANK_FEES_FOREIGN_TRANSACTION_FEES=bank_charges BANK_FEES_INSUFFICIENT_FUNDS=bank_charges
  BANK_FEES_INTEREST_CHARGE=interest_paid BANK_FEES_LATE_FEES=bank_charges BANK_FEES_OTHER_BANK_FEES=bank_charges
  BANK_FEES_OVERDRAFT_FEES=bank_charges
ENTERTAINMENT=entertainment
  ENTERTAINMENT_CASINOS_AND_GAMBLING=entertainment ENTERTAINMENT_MUSIC_AND_AUDIO=entertainment
  ENTERTAINMENT_OTHER_ENTERTAINMENT=entertainment
  ENTERTAINMENT_SPORTING_EVENTS_AMUSEMENT_PARKS_AND_MUSEUMS=entertainment ENTERTAINMENT_TV_AND_MOVIES=entertainment
  ENTERTAINMENT_VIDEO_GAMES=entertainment
FOOD_AND_DRINK=meals
  FOOD_AND_DRINK_BEER_WINE_AND_LIQUOR=meals FOOD_AND_DRINK_COFFEE=meals FOOD_AND_DRINK_FAST_FOOD=meals
  FOOD_AND_DRINK_GROCERIES=meals FOOD_AND_DRINK_OTHER_FOOD_AND_DRINK=meals FOOD_AND_DRINK_RESTAURANT=meals
  FOOD_AND_DRINK_VENDING_MACHINES=meals
GENERAL_MERCHANDISE=materials
  GENERAL_MERCHANDISE_BOOKSTORES_AND_NEWSSTANDS=office GENERAL_MERCHANDISE_CLOTHING_AND_ACCESSORIES=materials
  GENERAL_MERCHANDISE_CONVENIENCE_STORES=materials GENERAL_MERCHANDISE_DEPARTMENT_STORES=materials
  GENERAL_MERCHANDISE_DISCOUNT_STORES=materials GENERAL_MERCHANDISE_ELECTRONICS=equipment
  GENERAL_MERCHANDISE_GIFTS_AND_NOVELTIES=entertainment GENERAL_MERCHANDISE_OFFICE_SUPPLIES=office
  GENERAL_MERCHANDISE_ONLINE_MARKETPLACES=materials GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE=materials
  GENERAL_MERCHANDISE_PET_SUPPLIES=materials GENERAL_MERCHANDISE_SPORTING_GOODS=materials
  GENERAL_MERCHANDISE_SUPERSTORES=materials GENERAL_MERCHANDISE_TOBACCO_AND_VAPE=materials
HOME_IMPROVEMENT=repairs
  HOME_IMPROVEMENT_FURNITURE=equipment HOME_IMPROVEMENT_HARDWARE=repairs
  HOME_IMPROVEMENT_OTHER_HOME_IMPROVEMENT=repairs HOME_IMPROVEMENT_REPAIR_AND_MAINTENANCE=repairs
  HOME_IMPROVEMENT_SECURITY=repairs
MEDICAL=health
  MEDICAL_DENTAL_CARE=health MEDICAL_EYE_CARE=health MEDICAL_NURSING_CARE=health MEDICAL_OTHER_MEDICAL=health
  MEDICAL_PHARMACIES_AND_SUPPLEMENTS=health MEDICAL_PRIMARY_CARE=health MEDICAL_VETERINARY_SERVICES=health
PERSONAL_CARE=health
  PERSONAL_CARE_GYMS_AND_FITNESS_CENTERS=health PERSONAL_CARE_HAIR_AND_BEAUTY=health
  PERSONAL_CARE_LAUNDRY_AND_DRY_CLEANING=health PERSONAL_CARE_OTHER_PERSONAL_CARE=health
GENERAL_SERVICES=cloud
  GENERAL_SERVICES_ACCOUNTING_AND_FINANCIAL_PLANNING=professional GENERAL_SERVICES_AUTOMOTIVE=vehicles
  GENERAL_SERVICES_CHILDCARE=health GENERAL_SERVICES_CONSULTING_AND_LEGAL=professional
  GENERAL_SERVICES_EDUCATION=training GENERAL_SERVICES_INSURANCE=insurance
  GENERAL_SERVICES_OTHER_GENERAL_SERVICES=cloud GENERAL_SERVICES_POSTAGE_AND_SHIPPING=shipping
  GENERAL_SERVICES_STORAGE=storage
GOVERNMENT_AND_NON_PROFIT=government_fees
  GOVERNMENT_AND_NON_PROFIT_DONATIONS=donations
  GOVERNMENT_AND_NON_PROFIT_GOVERNMENT_DEPARTMENTS_AND_AGENCIES=government_fees
  GOVERNMENT_AND_NON_PROFIT_OTHER_GOVERNMENT_AND_NON_PROFIT=government_fees
  GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT=tax
TRANSPORTATION=local_transport
  TRANSPORTATION_BIKES_AND_SCOOTERS=local_transport TRANSPORTATION_GAS=vehicles
  TRANSPORTATION_OTHER_TRANSPORTATION=local_transport TRANSPORTATION_PARKING=vehicles
  TRANSPORTATION_PUBLIC_TRANSIT=local_transport TRANSPORTATION_TAXIS_AND_RIDE_SHARES=local_transport
  TRANSPORTATION_TOLLS=vehicles
TRAVEL=travel
  TRAVEL_FLIGHTS=travel TRAVEL_LODGING=travel TRAVEL_OTHER_TRAVEL=travel TRAVEL_RENTAL_CARS=travel
RENT_AND_UTILITIES=utilities
  RENT_AND_UTILITIES_GAS_AND_ELECTRICITY=utilities RENT_AND_UTILITIES_INTERNET_AND_CABLE=telecom
  RENT_AND_UTILITIES_OTHER_UTILITIES=utilities RENT_AND_UTILITIES_RENT=rent
  RENT_AND_UTILITIES_SEWAGE_AND_WASTE_MANAGEMENT=utilities RENT_AND_UTILITIES_TELEPHONE=telecom
  RENT_AND_UTILITIES_WATER=utilities
OTHER= OTHER_OTHER=
"""


def _read_defaults() -> tuple[DefaultCategory, ...]:
    pairs = ((kind, entry.split("=")) for kind, entries in _DEFAULTS.items() for entry in entries.split("; "))
    return tuple(DefaultCategory(origin, kind, name) for kind, (origin, name) in pairs)


def _read_hints() -> dict[str, tuple[str, str]]:
    hints = {}
    for entry in _HINTS.split():
        hint, _, origins = entry.partition("=")
        money_in, _, money_out = origins.partition("/")
        hints[hint] = (money_in, money_out or money_in)
    return hints


DEFAULT_CATEGORIES = _read_defaults()
HINTS = _read_hints()


def origin_of_hint(hint: str | None, minor: int) -> str:
    """The origin a transaction's hint means, "" for none. `minor` tells money in (≥ 0) from money out."""
    words = (hint or "").split("_")
    for length in range(len(words), 0, -1):
        if origins := HINTS.get("_".join(words[:length])):
            return origins[minor < 0]
    return ""
