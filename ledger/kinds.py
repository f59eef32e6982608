"""The closed lists of the ledger: kinds of account and category, books, and the states of a transaction."""

from django.db.models import TextChoices


class Book(TextChoices):
    """Where figures come from. Providers never share a book, and so never a month sheet."""

    BANK = "bank", "Bank"
    BOOKS = "books", "Books"
    INVOICES = "invoices", "Invoices"
    BILLS = "bills", "Bills"


class AccountKind(TextChoices):
    DEPOSITORY = "depository", "Bank account"
    CREDIT = "credit", "Card"
    LOAN = "loan", "Loan"
    INVESTMENT = "investment", "Investment"
    OTHER = "other", "Other"


class CategoryKind(TextChoices):
    INCOME = "income", "Income"
    COST_OF_SALES = "cost_of_sales", "Cost of sales"
    OPERATING_EXPENSE = "operating_expense", "Operating expenses"
    OTHER_INCOME = "other_income", "Other income"
    OTHER_EXPENSE = "other_expense", "Other expenses"
    TAX = "tax", "Tax"
    TRANSFER = "transfer", "Transfers"
    ASSET = "asset", "Assets"
    LIABILITY = "liability", "Liabilities"
    EQUITY = "equity", "Equity"


# Moves money between the balance sheet's own parts: in no line of profit and loss.
BALANCE_SHEET_KINDS = frozenset(
    {CategoryKind.TRANSFER, CategoryKind.ASSET, CategoryKind.LIABILITY, CategoryKind.EQUITY}
)


class Status(TextChoices):
    PENDING = "pending", "Pending"
    POSTED = "posted", "Posted"


class CategoryBy(TextChoices):
    """Who chose a transaction's category. A feed may change only what a feed chose."""

    FEED = "feed", "Bank"
    RULE = "rule", "Rule"
    PERSON = "person", "Person"


class RemovedBecause(TextChoices):
    """Why a transaction no longer counts. Its row stays."""

    PROVIDER = "provider", "Withdrawn by the bank"
