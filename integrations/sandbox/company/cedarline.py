"""Cedarline Instruments, maker of water and air sensors with about 25 people: the bank called Long History."""

from functools import cache

from integrations.sandbox.bank import AccountSpec
from integrations.sandbox.company import bills, payroll, revenue, spend, treasury
from integrations.sandbox.company.simulation import CompanyBank

ACCOUNTS = (
    AccountSpec("operating", "Operating Checking", "Business Premier Checking", "4102", "depository", "checking"),
    AccountSpec("payroll", "Payroll", "Business Payroll Checking", "4119", "depository", "checking"),
    AccountSpec("savings", "Reserve Savings", "Business Money Market", "7730", "depository", "money market"),
    AccountSpec(
        "card", "Corporate Card", "Business Visa Signature", "0884", "credit", "credit card", limit_minor=90_000_00
    ),
    AccountSpec("euro", "Euro Account", "Multi-Currency Account EUR", "5561", "depository", "checking", currency="EUR"),
)

OPENING = {"operating": 402_318_55, "payroll": 12_500_00, "savings": 3_350_000_00, "card": 0, "euro": 46_207_40}


@cache
def cedarline() -> CompanyBank:
    """One for the whole process, as running the company takes most of a second."""
    return CompanyBank(
        bank_id="ins_901",
        name="Long History",
        blurb="Cedarline Instruments: five accounts, 36 months",
        accounts=ACCOUNTS,
        opening=OPENING,
        activities=(
            treasury.keep_operating_in_bounds,
            treasury.exchange_euro,
            payroll.fund_payroll,
            payroll.pay_staff,
            payroll.pay_payroll_taxes,
            payroll.pay_benefits,
            revenue.receive_subscriptions,
            revenue.receive_orders,
            revenue.receive_card_payouts,
            revenue.receive_euro,
            revenue.refund_customers,
            bills.pay_bills,
            bills.pay_suppliers,
            bills.pay_taxes,
            spend.buy_by_card,
            spend.pay_subscriptions,
            spend.get_refunds,
            spend.pay_card,
            treasury.earn_interest,
            treasury.pay_bank_fees,
        ),
        first_day=revenue.START,
        history_days=1096,
    )
