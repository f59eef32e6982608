"""A company to try the product with: a workspace of its own with a bank of the provider's sandbox.

It is linked as any bank is, but that nobody has to choose it on a page. Where the provider is not a sandbox there is none.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.access import memberships_of, workspace_scope
from accounts.actions import create_workspace
from accounts.models import User, Workspace
from accounts.permissions import Role
from audit.log import Actor
from integrations.actions.links import create_link_session, end_link_session
from integrations.gateway import plaid_for
from integrations.linking import exchange_and_keep
from integrations.models import Connection, LinkSession, LinkState
from integrations.providers.plaid_errors import PlaidProblem
from integrations.providers.plaid_link import LinkedBank, LinkedInstitution
from ledger.actions.set_up import set_up_books

COMPANY, BANK = "Sample company", "Sample bank"
CURRENCY = "USD"


class NoSample(RuntimeError):
    """This installation's banks are real ones."""

    def __init__(self) -> None:
        super().__init__("There is no sample company here.")


def open_sample(*, actor: Actor, owner: User) -> Workspace:
    """The person's own sample company, made and connected unless it is there already.

    Raises NoSample; PlaidProblem, after which the next attempt goes on where this one ended.
    """
    if not settings.PLAID.sample_institution:
        raise NoSample
    with transaction.atomic():
        # Two posts at the same moment must not make two.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        workspace = _find(owner) or _create(actor, owner)
    with workspace_scope(workspace.pk):
        is_connected = Connection.objects.exists()
    if not is_connected:
        _connect(actor, workspace.pk, owner.pk)
    return workspace


def _find(owner: User) -> Workspace | None:
    own = (one.workspace for one in memberships_of(owner) if one.role == Role.OWNER)
    return next((workspace for workspace in own if workspace.name == COMPANY), None)


def _create(actor: Actor, owner: User) -> Workspace:
    workspace = create_workspace(actor=actor, owner=owner, name=COMPANY)
    with workspace_scope(workspace.pk):
        set_up_books(actor=actor, base_currency=CURRENCY, fiscal_year_start_month=1)
    return workspace


def _connect(actor: Actor, workspace_id: UUID, user_id: UUID) -> None:
    institution_id = settings.PLAID.sample_institution
    with workspace_scope(workspace_id):
        session_id = create_link_session(actor=actor, user_id=user_id).pk
    try:
        with plaid_for(workspace_id) as client:
            public_token = client.create_sample(institution_id, settings.BASE_URL + reverse("plaid_webhook"))
            bank = LinkedBank(
                public_token=public_token, institution=LinkedInstitution(name=BANK, institution_id=institution_id)
            )
            exchange_and_keep(actor=actor, workspace_id=workspace_id, session_id=session_id, client=client, bank=bank)
    except PlaidProblem:
        with workspace_scope(workspace_id):
            is_empty_handed = LinkSession.objects.filter(pk=session_id, state=LinkState.STARTING).exists()
            if is_empty_handed:
                end_link_session(actor=actor, session_id=session_id, state=LinkState.FAILED)
        # Access that was given before that is written down, and the worker goes on with it.
        if is_empty_handed:
            raise
