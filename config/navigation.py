"""What stands in the navigation of a workspace, in its order: one table, from which each page draws what its reader may open."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Membership
from accounts.operators import Visit
from accounts.permissions import Permission
from config.places import address_of

BOOKS = "Books"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page for who has `permission`; `below` are the pages that are reached from it, and those of the namespace `space`
    that have no entry of their own."""

    label: str
    icon: str
    route: str
    permission: Permission
    below: frozenset[str] = frozenset()
    space: str = ""

    def current(self, here: str, space: str) -> str:
        """What `aria-current` says on the page `here`, which is of `space`: "" for nothing."""
        if here == self.route:
            return "page"
        is_below = here in self.below or (space == self.space != "" and here not in ROUTES)
        return "true" if is_below else ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is drawn."""

    label: str
    icon: str
    href: str
    current: str


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a title, the first ones under none."""

    title: str
    links: tuple[Link, ...]


START = "integrations:onboarding"
SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("Get started", "start", START, Permission.FOLLOW_SET_UP),
            Entry("Overview", "overview", "ledger:overview", Permission.VIEW_OVERVIEW),
            Entry("Cash", "cash", "ledger:cash", Permission.VIEW_CASH),
            Entry(
                "Transactions",
                "transactions",
                "ledger:transactions",
                Permission.VIEW_TRANSACTIONS,
                frozenset({"ledger:transaction"}),
            ),
            Entry("Profit and loss", "profit_and_loss", "ledger:profit_and_loss", Permission.VIEW_PROFIT_AND_LOSS),
            Entry(
                "Connections",
                "connections",
                "integrations:connections",
                Permission.VIEW_CONNECTIONS,
                space="integrations",
            ),
        ),
    ),
    (
        BOOKS,
        (
            Entry("Receivables", "receivables", "ledger:receivables", Permission.VIEW_AGEING),
            Entry("Payables", "payables", "ledger:payables", Permission.VIEW_AGEING),
            Entry(
                "Invoices",
                "invoices",
                "ledger:invoices",
                Permission.VIEW_DOCUMENTS,
                frozenset({"ledger:credit_notes"}),
            ),
            Entry("Bills", "bills", "ledger:bills", Permission.VIEW_DOCUMENTS, frozenset({"ledger:expenses"})),
            Entry("Contacts", "contacts", "ledger:contacts", Permission.VIEW_DOCUMENTS, frozenset({"ledger:contact"})),
            Entry("Trial balance", "trial_balance", "ledger:trial_balance", Permission.VIEW_TRIAL_BALANCE),
        ),
    ),
    (
        "Settings",
        (
            Entry(
                "Members",
                "members",
                "accounts:members",
                Permission.VIEW_MEMBERS,
                frozenset({"accounts:member", "accounts:invite", "accounts:ownership", "accounts:leave"}),
            ),
            Entry(
                "Access reviews",
                "review",
                "accounts:reviews",
                Permission.VIEW_ACCESS_REVIEWS,
                frozenset({"accounts:review"}),
            ),
            Entry("Audit log", "log", "audit:log", Permission.VIEW_AUDIT_LOG),
            Entry("Alerts", "alert", "alerts:alerts", Permission.VIEW_AUDIT_LOG, space="alerts"),
            Entry("Team policy", "shield", "accounts:team_policy", Permission.CHANGE_TEAM_POLICY),
            Entry(
                "Operator access",
                "shield",
                "accounts:operator_access",
                Permission.GRANT_OPERATOR_ACCESS,
                frozenset({"accounts:create_operator_grant"}),
            ),
            Entry("Billing", "invoices", "billing:plan", Permission.MANAGE_BILLING, space="billing"),
            Entry("Workspace", "workspace", "accounts:workspace_settings", Permission.CHANGE_SETTINGS),
        ),
    ),
)
ROUTES = frozenset(entry.route for _, entries in SECTIONS for entry in entries)


def sections_for(
    membership: Membership | Visit, slug: str, *, here: str, space: str, is_starting: bool, has_books: bool
) -> Iterator[Section]:
    """The sections of which something may be opened. `here` is the page's own route, of the namespace `space`."""
    for title, entries in SECTIONS:
        if title == BOOKS and not has_books:
            continue
        links = tuple(
            Link(one.label, one.icon, address_of(one.route, slug), one.current(here, space))
            for one in entries
            if membership.may(one.permission) and (is_starting or one.route != START)
        )
        if links:
            yield Section(title, links)
