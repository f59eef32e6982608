"""A request that works for every route inside a workspace, made with what alice's company holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from secrets import token_hex
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import give_operator_grant, invite, open_review
from accounts.actions.recovery import request_recovery
from accounts.models import Membership, RecoveryStep, ReviewEntry
from accounts.permissions import Role
from audit.models import Bundle, Event
from integrations.actions.links import create_link_session
from integrations.actions.visits import start_visit
from integrations.models import Connection, ItemFacts
from integrations.providers.secret import Secret
from ledger.actions import (
    annotate_transactions,
    apply_feed_page,
    create_category,
    create_saved_view,
    recategorise_transactions,
    save_accounts,
)
from ledger.actions.books import apply_books_page, save_organization
from ledger.books_feeds import BooksPage, FeedDocument
from ledger.books_kinds import DocumentKind, DocumentStatus, Resource
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.kinds import AccountKind, CategoryKind
from ledger.models import Contact, Document, Transaction
from tests.support.environment import OPERATORS
from tests.support.people import SETUP, Persona, listed_operator, make_member
from trust.alerts.actions import raise_alert
from trust.alerts.models import Alert, AlertFacts
from trust.alerts.sightings import Moment, Sighting


@dataclass(frozen=True, slots=True)
class Company:
    """One of everything that an address inside a workspace can name."""

    connection: str
    session: str
    books: str
    visit: str
    transaction: str
    category: str
    change: str
    note_change: str
    view: str
    document: str
    contact: str
    member: str
    invitation: str
    review: str
    recovery: str
    grant: str
    bundle: str
    alert: str
    event: str


@dataclass(frozen=True, slots=True)
class Working:
    """`parts` fill the address; `data` is posted, None where the route only shows."""

    parts: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] | None = None
    also_shows: bool = False


def only_shows(company: Company) -> Working:
    return Working()


# By route below w/<slug:slug>/. What is not here only shows and names nothing but the workspace.
WORKING: dict[str, Callable[[Company], Working]] = {
    "transactions/categorisations/": lambda company: Working(
        data={"transaction": company.transaction, "category": company.category}
    ),
    "transactions/categorisations/<uuid:change_id>/reversal/": lambda company: Working(
        {"change_id": company.change}, {"transaction": company.transaction}
    ),
    "transactions/annotations/": lambda company: Working(
        data={"transaction": company.transaction, "note": "Ask Bob", "where_noted": "replace"}
    ),
    "transactions/annotations/<uuid:change_id>/reversal/": lambda company: Working(
        {"change_id": company.note_change}, {"back": ""}
    ),
    "transactions/views/": lambda company: Working(data={"name": "Travel", "back": "q=flight"}),
    "transactions/views/<uuid:view_id>/name/": lambda company: Working({"view_id": company.view}, {"name": "Rents"}),
    "transactions/views/<uuid:view_id>/deletion/": lambda company: Working({"view_id": company.view}, {}),
    "transactions/<uuid:transaction_id>/": lambda company: Working({"transaction_id": company.transaction}),
    "transactions/<uuid:transaction_id>/category/": lambda company: Working({"transaction_id": company.transaction}),
    "transactions/<uuid:transaction_id>/category/edit/": lambda company: Working(
        {"transaction_id": company.transaction}
    ),
    "transactions/<uuid:transaction_id>/note/": lambda company: Working(
        {"transaction_id": company.transaction}, {"note": "Ask for the receipt", "before": "Seen"}
    ),
    "documents/<uuid:document_id>/": lambda company: Working({"document_id": company.document}),
    "contacts/<uuid:contact_id>/": lambda company: Working({"contact_id": company.contact}),
    "start/set-up/": lambda company: Working(data={"base_currency": "USD", "fiscal_year_start_month": "4"}),
    "settings/security/": lambda company: Working(
        data={"who": "privileged", "kinds": "totp", "version": "1", "save": "yes"}, also_shows=True
    ),
    "settings/recoveries/<uuid:step_id>/confirmation/": lambda company: Working(
        {"step_id": company.recovery}, {"note": "Called back on the number I know."}
    ),
    "settings/recoveries/<uuid:step_id>/refusal/": lambda company: Working({"step_id": company.recovery}, {}),
    "connections/link/": lambda company: Working(data={}),
    "connections/link/<uuid:session_id>/": lambda company: Working({"session_id": company.session}),
    "connections/link/<uuid:session_id>/progress/": lambda company: Working({"session_id": company.session}),
    "connections/<uuid:connection_id>/progress/": lambda company: Working({"connection_id": company.connection}),
    "connections/<uuid:connection_id>/syncs/": lambda company: Working({"connection_id": company.connection}, {}),
    "connections/<uuid:connection_id>/link/": lambda company: Working({"connection_id": company.connection}, {}),
    "connections/zoho/": lambda company: Working(data={}),
    "connections/zoho/<uuid:visit_id>/": lambda company: Working({"visit_id": company.visit}),
    "connections/zoho/<uuid:visit_id>/progress/": lambda company: Working({"visit_id": company.visit}),
    "connections/zoho/<uuid:visit_id>/organisation/": lambda company: Working(
        {"visit_id": company.visit}, {"organization": "1"}
    ),
    "connections/<uuid:connection_id>/zoho/": lambda company: Working({"connection_id": company.books}, {}),
    "connections/<uuid:connection_id>/disconnection/": lambda company: Working(
        {"connection_id": company.connection}, {}, also_shows=True
    ),
    "settings/workspace/": lambda company: Working(
        data={"name": "Alder", "fiscal_year_start_month": "4"}, also_shows=True
    ),
    "settings/leaving/": lambda company: Working(data={}, also_shows=True),
    "settings/members/<uuid:membership_id>/": lambda company: Working(
        {"membership_id": company.member}, {"role": "manager"}, also_shows=True
    ),
    "settings/members/<uuid:membership_id>/removal/": lambda company: Working({"membership_id": company.member}, {}),
    "settings/invitations/": lambda company: Working(
        data={"email": "ines@example.test", "role": "staff"}, also_shows=True
    ),
    "settings/invitations/<uuid:invitation_id>/mail/": lambda company: Working(
        {"invitation_id": company.invitation}, {}
    ),
    "settings/invitations/<uuid:invitation_id>/cancellation/": lambda company: Working(
        {"invitation_id": company.invitation}, {}
    ),
    "settings/ownership/": lambda company: Working(
        data={"member": company.member, "steps_down": "no"}, also_shows=True
    ),
    "settings/ownership/cancellation/": lambda company: Working(data={}),
    "settings/ownership/acceptance/": lambda company: Working(data={}),
    "settings/ownership/refusal/": lambda company: Working(data={}),
    "settings/operator-access/grants/": lambda company: Working(
        data={"email": OPERATORS[0], "hours": "2", "reason": "The sync shows an error."}
    ),
    "settings/operator-access/grants/<uuid:grant_id>/ending/": lambda company: Working({"grant_id": company.grant}, {}),
    "settings/audit-log/verifications/": lambda company: Working(data={}),
    "settings/audit-log/exports/": lambda company: Working(data={}),
    "settings/audit-log/exports/<uuid:bundle_id>/": lambda company: Working({"bundle_id": company.bundle}),
    "settings/audit-log/events/<uuid:event_id>/proof/": lambda company: Working({"event_id": company.event}),
    "settings/alerts/<uuid:alert_id>/acknowledgement/": lambda company: Working({"alert_id": company.alert}, {}),
    "settings/alerts/webhook/": lambda company: Working(
        data={"url": "https://hooks.example.com/counterfoil"}, also_shows=True
    ),
    "settings/alerts/webhook/secrets/": lambda company: Working(data={}),
    "settings/alerts/webhook/tests/": lambda company: Working(data={}),
    "settings/alerts/webhook/removal/": lambda company: Working(data={}),
    "settings/billing/changes/": lambda company: Working(
        data={"plan": "team", "seats": "9", "proration_at": "1770000000"}
    ),
    "settings/billing/cancellation/": lambda company: Working(data={}),
    "settings/billing/resumption/": lambda company: Working(data={}),
    "settings/billing/checkouts/": lambda company: Working(data={"plan": "team", "seats": "9"}),
    "settings/billing/portal/": lambda company: Working(data={}),
    "settings/access-reviews/opening/": lambda company: Working(data={}),
    "settings/access-reviews/<uuid:review_id>/": lambda company: Working({"review_id": company.review}),
    "settings/access-reviews/<uuid:review_id>/decisions/": lambda company: Working(
        {"review_id": company.review}, {f"decision-{uuid4()}": ""}
    ),
    "settings/access-reviews/<uuid:review_id>/completion/": lambda company: Working(
        {"review_id": company.review}, {"notes": "Nothing stood out."}
    ),
}


def found_company(owner: Persona) -> Company:
    """Fills the owner's workspace through the product's own actions."""
    actor = owner.actor
    member = make_member("carl", owner.workspace, Role.STAFF)
    make_member("olga", owner.workspace, Role.OWNER)
    request_recovery(actor=member.actor, user=member.user)
    listed_operator()
    with workspace_scope(owner.workspace.pk):
        connection = Connection.objects.create(
            facts=ItemFacts(f"item-{token_hex(6)}", "First Harbor"), access_token=Secret("access-of-a-test")
        )
        session = create_link_session(actor=actor, user_id=owner.user.pk)
        books = Connection.objects.create(
            provider=Connection.Provider.ZOHO, facts=ItemFacts(token_hex(6), "Alder Works")
        )
        visit = start_visit(actor=actor, user_id=owner.user.pk, session_id=uuid4())
        save_accounts(actor=actor, connection_id=connection.pk, accounts=[_account()])
        apply_feed_page(actor=actor, connection_id=connection.pk, page=FeedPage((_row(),), ()), merge=True)
        transaction = Transaction.objects.get()
        category = create_category(actor=actor, name="Tools", kind=CategoryKind.OPERATING_EXPENSE)
        change = recategorise_transactions(actor=actor, ids=[transaction.pk], category_id=category.pk)
        note_change = annotate_transactions(actor=actor, ids=[transaction.pk], note="Seen")
        view = create_saved_view(actor=actor, name="Rent", query="q=rent")
        save_organization(actor=actor, connection_id=books.pk, base_currency="USD")
        invoices = BooksPage(Resource.INVOICES, (_invoice(),))
        apply_books_page(actor=actor, connection_id=books.pk, page=invoices, sweep=1)
        document, contact = Document.objects.get(), Contact.objects.get()
        invitation = invite(actor=actor, email=f"{token_hex(6)}@example.test", role=Role.STAFF)
        grant = give_operator_grant(actor=actor, email=OPERATORS[0], hours=2, reason="The sync shows an error.")
        review, membership = open_review(actor=actor), Membership.objects.get(user=member.user)
        ReviewEntry.objects.update(decision="keep", decided_by=owner.user, decided_at=review.opened_at)
        recovery = RecoveryStep.objects.get()
        bundle = ready_bundle(owner)
        alert = open_alert(connection.pk)
        event = Event.objects.filter(actor_id=owner.user.pk).latest("occurred_at")
    made = (
        transaction,
        category,
        change,
        note_change,
        view,
        document,
        contact,
        membership,
        invitation,
        review,
        recovery,
        grant,
        bundle,
        alert,
        event,
    )
    links = (connection.pk, session.pk, books.pk, visit.visit_id)
    return Company(*map(str, (*links, *(one.pk for one in made))))


def ready_bundle(owner: Persona) -> Bundle:
    now = timezone.now()
    return Bundle.objects.create(
        state=Bundle.State.READY, asked_by_id=owner.user.pk, asked_at=now, expires_at=now + timedelta(hours=1)
    )


def open_alert(connection_id: UUID) -> Alert:
    """An alert of the workspace in scope."""
    moment = Moment(timezone.now(), uuid4())
    facts = AlertFacts("integrations.connection.created", "system", target_kind="connection", target_id=connection_id)
    alert = raise_alert(
        actor=SETUP, rule="connection_added", sighting=Sighting(moment, connection_id, facts, (moment,))
    )
    assert alert is not None
    return alert


def _account() -> FeedAccount:
    return FeedAccount(
        provider_id="checking",
        name="Checking",
        official_name=None,
        mask="1234",
        kind=AccountKind.DEPOSITORY,
        subtype="checking",
        currency="USD",
        current_minor=100_00,
        available_minor=100_00,
        limit_minor=None,
    )


def _row() -> FeedTransaction:
    return FeedTransaction(
        provider_id="row",
        account_provider_id="checking",
        date=date(2026, 3, 4),
        authorized_date=None,
        amount_minor=-42_00,
        currency="USD",
        pending=False,
        replaces=None,
        description="HARDWARE STORE",
        counterparty=None,
        memo=None,
        hint=None,
    )


def _invoice() -> FeedDocument:
    return FeedDocument(
        provider_id="invoice",
        kind=DocumentKind.INVOICE,
        contact_provider_id="contact",
        contact_name="Acme",
        number="INV-1",
        reference=None,
        date=date(2026, 3, 4),
        due_date=date(2026, 4, 3),
        status=DocumentStatus.OPEN,
        currency="USD",
        total_minor=100_00,
        balance_minor=100_00,
        written_off_minor=0,
        rate=None,
        last_payment_date=None,
    )
