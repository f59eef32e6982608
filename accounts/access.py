"""Who may use a route. Each view carries exactly one of these declarations; a test walks the route table."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Literal, cast, overload
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.admission import enter_as_member
from accounts.models import Membership, User, Workspace
from accounts.operator_record import record_entry, record_operating, record_reading, write_nothing_more
from accounts.operators import Visit, find_visit, is_operator
from accounts.permissions import Permission, Role, roles_with
from accounts.refusals import record_refusal
from accounts.second_factor import proof_of
from accounts.step_up import Deed, ask_for_factor, ask_for_proof, is_proven
from accounts.team_policy import may_enter
from audit.log import Actor
from config.addresses import client_address
from config.logs import request_id
from vault.fields import open_fields
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable
from vault.tenancy import SITE_ID, as_person, enter_workspace

READING_METHODS = frozenset({"GET", "HEAD"})

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares about who may use it."""

    kind: Literal["requires", "signed_in", "operator", "webhook", "cron", "public"]
    permission: Permission | None = None
    because: str = ""
    step_up: Deed | None = None


class WorkspaceRequest(HttpRequest):
    """A request inside a workspace, as `requires` hands it to its view. An operator has no membership, but a visit."""

    user: User
    workspace: Workspace
    membership: Membership | Visit
    actor: Actor


def requires(permission: Permission, *, atomic: bool = True, step_up: Deed | None = None) -> Callable[[View], View]:
    """Members with `permission` only: strangers get 404, members without it a 403 that says who can grant it.
    Where the workspace's key was destroyed, members get a 410 that says when. Who has not proven a second factor that the
    workspace accepts is sent to do so, and reaches nothing else of it.

    The view runs in the workspace's scope, inside the request's transaction. With `atomic=False` it runs in neither and
    opens `workspace_block` for each short piece of work, so that calls to providers happen outside a transaction.

    With `step_up` a second factor must have been proven as freshly as the table in accounts.step_up says.

    An operator with a live grant of the workspace may read what its pages show, and each reading is recorded.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def within(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                with _transaction():
                    with _enter(request, slug) as inside:
                        if inside is not None:
                            open_fields(inside.workspace, "name")
                            if refusal := _refuse(inside, permission, step_up):
                                return refusal
                            if atomic:
                                return view(inside, *args, **kwargs)
                    if inside is None:
                        return _not_found(request)
                return view(inside, *args, **kwargs)
            except KeyDestroyed as gone:
                return _destroyed(request, gone)

        declared = Access("requires", permission, step_up=step_up)
        return _declare(within if atomic else transaction.non_atomic_requests(within), declared)

    return decorate


@overload
def signed_in(view: View, *, step_up: Deed | None = None) -> View: ...
@overload
def signed_in(view: None = None, *, step_up: Deed | None = None) -> Callable[[View], View]: ...
def signed_in(view: View | None = None, *, step_up: Deed | None = None) -> View | Callable[[View], View]:
    """Anybody who has signed in, about themselves only; with `step_up` only on fresh proof of a second factor."""

    def decorate(view: View) -> View:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if step_up and not is_proven(request, step_up):
                return ask_for_proof(request, step_up)
            cast(Any, request).actor = actor_of(request)
            return view(request, *args, **kwargs)

        return _declare(within, Access("signed_in", step_up=step_up))

    return decorate if view is None else decorate(view)


def operator(view: View) -> View:
    """Operators only, on proof of a strong factor: somebody who is none finds nothing. What they open is recorded."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with _transaction():
            if not is_operator(cast(User, request.user)):
                return _not_found(request, "not_an_operator")
            if not is_proven(request, Deed.OPERATE):
                return ask_for_proof(request, Deed.OPERATE)
            cast(Any, request).actor = actor_of(request)
            record_operating(actor_of(request), _route(request))
        return view(request, *args, **kwargs)

    return _declare(within, Access("operator", step_up=Deed.OPERATE))


def public(*, because: str) -> Callable[[View], View]:
    """Anybody at all; `because` says why that is right."""

    def decorate(view: View) -> View:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        return login_not_required(_declare(within, Access("public", because=because)))

    return decorate


def webhook(*, because: str) -> Callable[[View], View]:
    """A provider, proven by its signature in the view, or a browser that only tells."""
    return lambda view: _for_programs(view, Access("webhook", because=because))


def cron(*, because: str) -> Callable[[View], View]:
    """A program that knows the token of the settings [R53].
    Where no token is configured nobody is let in, and the answer is a 500.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not settings.CRON_TOKEN:
                log.error("A job was asked for, and CRON_TOKEN is not configured")
                return HttpResponse("CRON_TOKEN is not configured.", status=500, content_type="text/plain")
            expected = f"Bearer {settings.CRON_TOKEN}"
            if not constant_time_compare(request.headers.get("Authorization", ""), expected):
                return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
            return view(request, *args, **kwargs)

        return _for_programs(within, Access("cron", because=because))

    return decorate


@contextmanager
def workspace_scope(workspace_id: UUID) -> Iterator[None]:
    """A transaction in a workspace's scope: for tasks, commands and views that are not atomic as a whole."""
    with transaction.atomic(), enter_workspace(workspace_id):
        yield


@contextmanager
def workspace_block(request: WorkspaceRequest) -> Iterator[None]:
    """A short piece of a view's work, in a transaction and the request's workspace."""
    with workspace_scope(request.workspace.pk):
        yield


def actor_of(request: HttpRequest) -> Actor:
    """Who sends this request, for actions and the record."""
    if request.user.is_authenticated:
        return person_of(request, request.user.pk)
    agent = request.headers.get("User-Agent", "")
    return Actor.anonymous(address=client_address(request), agent=agent, request=request_id.get())


def person_of(request: HttpRequest, user_id: UUID) -> Actor:
    """A person who sends this request, also before it says so itself."""
    session_id = getattr(getattr(request, "session", None), "row_id", None)
    return Actor.person(
        user_id,
        address=client_address(request),
        agent=request.headers.get("User-Agent", ""),
        session=str(session_id or ""),
        request=request_id.get(),
    )


@dataclass(frozen=True, slots=True)
class DestroyedWorkspace:
    """A workspace of which only the address is left. `destroyed_at` is UTC."""

    slug: str
    destroyed_at: datetime


@dataclass(frozen=True, slots=True)
class Places:
    """Where a person belongs: memberships with their workspaces, whose names are opened, by name; what is gone; and the
    slugs of what is there and cannot be opened.
    """

    memberships: list[Membership]
    destroyed: list[DestroyedWorkspace]
    unopened: list[str]


def memberships_of(user: User) -> list[Membership]:
    """A person's memberships with their workspaces, whose names are opened, by name. Asked outside any scope."""
    return places_of(user).memberships


def places_of(user: User) -> Places:
    """Every workspace that a person belongs to. Asked outside any scope."""
    places = Places([], [], [])
    with transaction.atomic():
        with as_person(user.pk):
            found = list(Membership.objects.select_related("workspace").filter(user=user))
        for membership in found:
            try:
                with enter_workspace(membership.workspace_id):
                    open_fields(membership.workspace, "name")
            except KeyDestroyed as gone:
                places.destroyed.append(DestroyedWorkspace(membership.workspace.slug, gone.destroyed_at))
            except KeyUnusable as reason:
                log.error("Workspace %s cannot be opened: %s", membership.workspace_id, reason)
                places.unopened.append(membership.workspace.slug)
            else:
                places.memberships.append(membership)
    places.memberships.sort(key=lambda membership: membership.workspace.name.casefold())
    return places


def _transaction() -> AbstractContextManager[None]:
    # The request's own transaction, where there is one: a savepoint in it would only cost two round trips.
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


@contextmanager
def _enter(request: HttpRequest, slug: str) -> Iterator[WorkspaceRequest | None]:
    """In the scope of the workspace at this address, as its member or as an operator; None in no scope for anybody else."""
    inside, user = cast(WorkspaceRequest, request), cast(User, request.user)
    with enter_as_member(user.pk, slug) as membership:
        if membership is not None:
            inside.membership, inside.workspace, inside.actor = membership, membership.workspace, actor_of(request)
            yield inside
            return
    visit = find_visit(user, slug) if is_operator(user) else None
    if visit is None:
        yield None
        return
    inside.membership, inside.workspace, inside.actor = visit, visit.workspace, actor_of(request)
    record_entry(inside.actor, visit, _route(request))
    with enter_workspace(visit.workspace.pk):
        yield inside


def _refuse_operator(request: WorkspaceRequest, visit: Visit, permission: Permission) -> HttpResponse | None:
    if not is_proven(request, Deed.OPERATE):
        return ask_for_proof(request, Deed.OPERATE)
    if request.method not in READING_METHODS or not visit.may(permission):
        return _forbidden(request, permission)
    record_reading(request.actor, visit, _route(request))
    write_nothing_more()
    return None


def _refuse(request: WorkspaceRequest, permission: Permission, step_up: Deed | None) -> HttpResponse | None:
    """What a member gets instead of the page, None for the page itself."""
    if isinstance(request.membership, Visit):
        return _refuse_operator(request, request.membership, permission)
    if not may_enter(request.membership, proof_of(request)):
        return ask_for_factor(request, request.workspace)
    if not request.membership.may(permission):
        return _forbidden(request, permission)
    if step_up and not is_proven(request, step_up):
        return ask_for_proof(request, step_up)
    return None


def _not_found(request: HttpRequest, reason: str = "not_a_member") -> HttpResponse:
    with enter_workspace(SITE_ID):
        record_refusal(actor=actor_of(request), route=_route(request), reason=reason)
    return render(request, "404.html", status=404)


def _destroyed(request: HttpRequest, gone: KeyDestroyed) -> HttpResponse:
    # A person's key may be gone too, and then it is not the workspace that is.
    if gone.owner.id != getattr(request, "workspace", Workspace()).pk:
        raise gone
    answer = render(request, "410.html", {"destroyed_at": gone.destroyed_at}, status=410)
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    return answer


def _forbidden(request: WorkspaceRequest, permission: Permission) -> HttpResponse:
    record_refusal(actor=request.actor, route=_route(request), reason=permission.name.lower())
    roles = [role.label for role in roles_with(permission)]
    granted_by = "an Owner" if roles == [Role.OWNER.label] else "an Owner or Admin"
    context = {"permission_name": permission.value, "granted_by": granted_by, "roles": roles}
    return render(request, "403.html", context, status=403)


def _for_programs(view: View, access: Access) -> View:
    """No session, no CSRF token, POST only, no transaction around."""
    exempt = csrf_exempt(require_POST(transaction.non_atomic_requests(view)))
    return login_not_required(_declare(exempt, access))


def _route(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _declare(view: View, access: Access) -> View:
    declared = cast(Any, view)
    declared.access = access
    # Said anew: a view of a library may carry its own exemption.
    declared.login_required = access.kind in {"requires", "signed_in", "operator"}
    return view
