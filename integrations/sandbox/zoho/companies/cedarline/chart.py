"""Cedarline's chart of accounts, and which account a row of the bank's belongs to."""

from integrations.sandbox.bank import Row
from integrations.sandbox.zoho.books.facts import Account
from integrations.sandbox.zoho.companies.chart import plain_accounts, system_accounts

BANK_ACCOUNTS = (
    Account("operating", "Operating Checking", "1010", "bank", "USD"),
    Account("payroll", "Payroll", "1020", "bank", "USD"),
    Account("savings", "Reserve Savings", "1030", "bank", "USD"),
    Account("euro", "Euro Account", "1040", "bank", "EUR"),
    Account("card", "Corporate Card", "2100", "credit_card", "USD"),
)

CHART = """
1500 equipment           fixed_asset             - Laboratory Equipment
1590 depreciated         fixed_asset             equipment Accumulated Depreciation
1900 petty_cash          cash                    - Petty Cash
2200 sales_tax           other_current_liability - Sales Tax Payable
2300 payroll_liabilities other_current_liability - Payroll Liabilities
2310 wages_payable       other_current_liability - Wages Payable
3000 equity              equity                  - Retained Earnings
4000 subscriptions       income                  - Sensor Network Subscriptions
4100 instruments         income                  - Instrument Sales
4200 calibration         income                  - Calibration Services
4300 card_sales          income                  - Web Shop Sales
4900 interest            other_income            - Interest Income
4910 tax_credits         other_income            - Tax Credits
5000 components          cost_of_goods_sold      - Components
5100 freight             cost_of_goods_sold      - Freight and Packaging
5200 hosting             cost_of_goods_sold      - Cloud Hosting
6000 salaries            expense                 - Salaries and Wages
6010 payroll_taxes       expense                 salaries Payroll Taxes
6020 benefits            expense                 salaries Employee Benefits
6100 rent                expense                 - Rent
6200 utilities           expense                 - Utilities
6210 power               expense                 utilities Electricity
6220 water               expense                 utilities Water and Waste
6300 software            expense                 - Software Subscriptions
6310 equipment_small     expense                 - IT and Small Equipment
6320 communications      expense                 - Telephone and Internet
6400 insurance           expense                 - Insurance
6500 legal               expense                 - Legal and Consulting
6510 accounting          expense                 - Accounting Fees
6600 travel              expense                 - Travel
6610 local_travel        expense                 travel Local Transport
6620 meals               expense                 - Meals and Entertainment
6700 marketing           expense                 - Advertising and Events
6710 office              expense                 - Office Supplies
6720 lab                 expense                 - Laboratory Supplies
6730 postage             expense                 - Postage
6740 repairs             expense                 - Cleaning and Repairs
6750 training            expense                 - Training
6800 bank_charges        expense                 - Bank Fees and Charges
6900 depreciation        expense                 - Depreciation Expense
7000 income_tax          other_expense           - Income Tax Expense
"""

CLOSED = "petty_cash"


def _accounts() -> tuple[Account, ...]:
    found = (*BANK_ACCOUNTS, *system_accounts("USD"), *plain_accounts("USD", CHART))
    return tuple(
        Account(one.key, one.name, one.code, one.type, one.currency, is_active=False) if one.key == CLOSED else one
        for one in found
    )


ACCOUNTS = _accounts()

# The first that the bank's category begins with.
BY_CATEGORY = (
    ("TRAVEL_", "travel"),
    ("TRANSPORTATION_", "local_travel"),
    ("FOOD_AND_DRINK_", "meals"),
    ("ENTERTAINMENT_", "meals"),
    ("GENERAL_MERCHANDISE_ELECTRONICS", "equipment_small"),
    ("GENERAL_MERCHANDISE_OTHER", "lab"),
    ("GENERAL_MERCHANDISE_GIFTS", "marketing"),
    ("GENERAL_MERCHANDISE_", "office"),
    ("HOME_IMPROVEMENT_", "repairs"),
    ("GENERAL_SERVICES_POSTAGE", "postage"),
    ("GENERAL_SERVICES_EDUCATION", "training"),
    ("GENERAL_SERVICES_ACCOUNTING", "accounting"),
    ("GENERAL_SERVICES_INSURANCE", "benefits"),
    ("GENERAL_SERVICES_OTHER", "software"),
    ("RENT_AND_UTILITIES_", "communications"),
    ("BANK_FEES_", "bank_charges"),
    ("INCOME_SALARY", "benefits"),
    ("MEDICAL_", "office"),
)
BY_PARTY = {"Adspring": "marketing", "Clickharbor Ads": "marketing", "Expo Northeast": "marketing"} | {
    "Bench Calibration Oy": "lab"
}
BY_TEXT = (
    ("SALES TAX", "sales_tax"),
    ("EFTPS 941", "payroll_liabilities"),
    ("WITHHOLDING", "payroll_liabilities"),
    ("EFTPS 1120", "income_tax"),
)

BILLED = {
    "Millrace Properties": "rent",
    "Champlain Electric": "power",
    "Burlington Water Dept": "water",
    "Greenloop Waste": "water",
    "Nimbus Cloud": "hosting",
    "Vaultic Backup": "hosting",
    "Sentinel Mutual": "insurance",
    "Kettering & Shaw LLP": "legal",
    "Dunlevy Accountants": "accounting",
    "Brightside Cleaning": "repairs",
    "Sensorwerk Rhein GmbH": "components",
    "Büro Isar Coworking": "rent",
    "Anselm Fischer": "legal",
    "Castellan Circuits": "components",
    "Haverford Machining": "components",
    "Opaline Optics": "components",
    "Drumlin Enclosures": "components",
    "Packwell Cartons": "freight",
    "Overland Freight": "freight",
}


def account_of(row: Row) -> str:
    """The account of a row that has no document. Raises LookupError for one that nobody foresaw."""
    for part, key in BY_TEXT:
        if part in row.text:
            return key
    if row.party in BY_PARTY:
        return BY_PARTY[row.party]
    for beginning, key in BY_CATEGORY:
        if row.category.startswith(beginning):
            return key
    raise LookupError(row.category)
