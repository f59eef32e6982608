"""How each resource lies in the database: its table, the columns beside the sealed record, and the statements for both."""

from dataclasses import dataclass
from functools import cached_property

from psycopg import sql

from ledger.books_kinds import ContactKind, DocumentKind, Resource
from ledger.kinds import Book
from ledger.models import (
    BankLine,
    BooksAccount,
    BooksRow,
    CodeSequence,
    Contact,
    Document,
    Payment,
    Posting,
)

# Each id is looked up by itself, whatever the planner believes; see `ledger.actions.feed_plan`. The kind is held against
# an expression so that no index but that of provider ids fits: during a first sync the planner takes all for equally good.
KNOWN = """
    SELECT wanted, found.* FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL (
        SELECT id, deleted_at IS NOT NULL, {sealed}, {columns} FROM {table}
        WHERE connection_id = %s AND {of_kind} AND provider_id = wanted LIMIT 1
    ) AS found
"""
WRITE = """
    INSERT INTO {table} AS old (workspace_id, connection_id, sweep, deleted_because, created_at, updated_at,
        id, provider_id, {sealed}, {columns})
    SELECT %s, %s, %s, '', now(), now(), new.* FROM unnest(%s::uuid[], %s::text[], %b::bytea[], {arrays}) AS new
    ON CONFLICT (id) DO UPDATE SET {assigned}, {sealed} = EXCLUDED.{sealed}, deleted_at = NULL, deleted_because = '',
        updated_at = EXCLUDED.updated_at, sweep = greatest(old.sweep, EXCLUDED.sweep)
"""
SAW = "UPDATE {table} SET sweep = %s WHERE id = ANY(%s::uuid[]) AND sweep < %s"
UNSEEN = """
    SELECT id, {date} FROM {table}
    WHERE connection_id = %s AND {of_kind} AND deleted_at IS NULL AND sweep < %s AND {in_window} AND {of_account}
"""
RETIRE = """
    UPDATE {table} SET deleted_at = now(), deleted_because = %s, updated_at = now() WHERE id = ANY(%s::uuid[])
"""


@dataclass(frozen=True)
class Column:
    name: str
    type: str


CODE = Column("code", "int4")
KIND, CURRENCY, STATUS = Column("kind", "text"), Column("currency", "text"), Column("status", "text")
CONTACT, ACCOUNT, DATE = Column("contact_id", "uuid"), Column("account_id", "uuid"), Column("date", "date")


@dataclass(frozen=True)
class Table:
    """One resource's rows. `kind` is that of all of them, where a table holds several resources' rows; `book` is the one
    whose month sheets they are in. The plain columns are in the order in which `rows` makes their values; a `code`, given
    out of a sequence, comes before them."""

    model: type[BooksRow]
    sealed: str
    plain: tuple[Column, ...]
    codes: CodeSequence.Kind | None = None
    kind: ContactKind | DocumentKind | None = None
    book: Book | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        return (CODE, *self.plain) if self.codes else self.plain

    @property
    def has_dates(self) -> bool:
        return DATE in self.plain

    @property
    def has_accounts(self) -> bool:
        return ACCOUNT in self.plain

    @cached_property
    def known(self) -> str:
        """Parameters: provider ids, connection."""
        return self._filled(KNOWN)

    @cached_property
    def write(self) -> str:
        """Parameters: workspace, connection, sweep, ids, provider ids, sealed records, a list for each column."""
        return self._filled(WRITE)

    @cached_property
    def saw(self) -> str:
        """Parameters: sweep, ids, sweep."""
        return self._filled(SAW)

    @cached_property
    def unseen(self) -> str:
        """Parameters: connection, sweep, where rows have dates the first day and the last, where they are of an account
        that account or NULL for any."""
        return self._filled(UNSEEN)

    @cached_property
    def retire(self) -> str:
        """Parameters: reason, ids."""
        return self._filled(RETIRE)

    def _filled(self, statement: str) -> str:
        names = [sql.Identifier(column.name) for column in self.columns]
        comma = sql.SQL(", ")
        of_kind = sql.SQL("kind || '' = {}").format(sql.Literal(self.kind.value)) if self.kind else sql.SQL("true")
        return (
            sql.SQL(statement)
            .format(
                table=sql.Identifier(self.model._meta.db_table),
                sealed=sql.Identifier(self.sealed),
                columns=comma.join(names),
                arrays=comma.join(sql.SQL("%s::" + column.type + "[]") for column in self.columns),
                assigned=comma.join(sql.SQL("{0} = EXCLUDED.{0}").format(name) for name in names),
                of_kind=of_kind,
                date=sql.SQL("date" if self.has_dates else "NULL::date"),
                in_window=sql.SQL("date BETWEEN %s AND %s" if self.has_dates else "true"),
                of_account=sql.SQL("account_id = coalesce(%s, account_id)" if self.has_accounts else "true"),
            )
            .as_string()
        )


def _documents(kind: DocumentKind) -> Table:
    plain = (KIND, CONTACT, DATE, Column("due_date", "date"), STATUS, CURRENCY)
    return Table(Document, "feed", plain, kind=kind, book=kind.book)


def _payments(kind: ContactKind) -> Table:
    return Table(Payment, "feed", (KIND, CONTACT, DATE, CURRENCY), kind=kind)


IS_ACTIVE = Column("is_active", "bool")

TABLES = {
    Resource.ACCOUNTS: Table(
        BooksAccount, "facts", (KIND, Column("type", "text"), IS_ACTIVE), codes=CodeSequence.Kind.BOOKS_ACCOUNT
    ),
    Resource.CONTACTS: Table(Contact, "facts", (KIND, CURRENCY, IS_ACTIVE), codes=CodeSequence.Kind.CONTACT),
    Resource.INVOICES: _documents(DocumentKind.INVOICE),
    Resource.BILLS: _documents(DocumentKind.BILL),
    Resource.CREDIT_NOTES: _documents(DocumentKind.CREDIT_NOTE),
    Resource.EXPENSES: _documents(DocumentKind.EXPENSE),
    Resource.CUSTOMER_PAYMENTS: _payments(ContactKind.CUSTOMER),
    Resource.VENDOR_PAYMENTS: _payments(ContactKind.VENDOR),
    Resource.POSTINGS: Table(
        Posting,
        "feed",
        (
            ACCOUNT,
            CONTACT,
            DATE,
            Column("source_kind", "text"),
            Column("source_provider_id", "text"),
            CURRENCY,
        ),
        book=Book.BOOKS,
    ),
    Resource.BANK_LINES: Table(BankLine, "feed", (ACCOUNT, DATE, STATUS, KIND, CURRENCY)),
}
