"""The lists that operators see, and the few deeds that stand on them. Nothing is added, changed or deleted here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, action, display
from django.contrib.admin.helpers import ActionForm
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import NotAllowed, PersonGone, deactivate_person, reactivate_person
from accounts.actions.recovery import NothingToDecide
from accounts.actions.recovery_by_operators import approve_recovery
from accounts.once_keys import new_key
from audit.copies import is_configured
from audit.log import Actor
from integrations.actions.allowance import SyncsPaused
from integrations.actions.syncs import AskedToWait, NotConnected
from trust.alerts.actions import AcknowledgedAlready, acknowledge_alert
from trust.alerts.rules import RULES
from trust.operators import models
from trust.operators.actions import ask_for_sync, replay_news
from trust.operators.site import site
from vault.tenancy import SITE_ID

if TYPE_CHECKING:
    Lists = ModelAdmin[Any]
else:
    Lists = ModelAdmin

LEAST_NOTE = 10


class NoteMissing(ValueError):
    """A deed that must say how it was decided does not."""

    def __init__(self) -> None:
        super().__init__(f"Say in at least {LEAST_NOTE} characters how you made sure who asks.")


REFUSALS = (
    NotAllowed,
    PersonGone,
    NothingToDecide,
    NotConnected,
    AskedToWait,
    SyncsPaused,
    NoteMissing,
    AcknowledgedAlready,
)


class DeedForm(ActionForm):
    """The choice of a deed, with the key under which it is done once."""

    once = forms.CharField(required=False, widget=forms.HiddenInput, label="", initial=new_key)


class NotedDeedForm(DeedForm):
    """The same, with a line that some deeds need."""

    note = forms.CharField(max_length=400, required=False, label="How you made sure")


class ReadOnly(Lists):
    """A list of states and times, newest first, that leads nowhere and changes nothing."""

    action_form = DeedForm
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def do(self, request: HttpRequest, chosen: QuerySet[Any], deed: Callable[[Actor, Any], str]) -> None:
        """Do a deed to each row that was chosen; `deed` returns what became of it, and a refusal is told.

        Where some were done, what is sent again must not do them again: only a refusal of all is told as an error.
        """
        if request.POST.get("select_across") == "1":
            messages.error(request, "Nothing was done: choose rows by sight, not all that there are.")
            return
        refused, was_any_done = [], False
        for row in chosen:
            try:
                messages.success(request, f"{row}: {deed(cast(Any, request).actor, row)}.")
                was_any_done = True
            except REFUSALS as refusal:
                refused.append(f"{row}: {refusal}")
        for words in refused:
            messages.add_message(request, messages.WARNING if was_any_done else messages.ERROR, words)


class People(ReadOnly):
    list_display = ("email", "is_active", "date_joined", "last_login", "sessions")
    list_filter = ("is_active",)
    search_fields = ("email",)
    ordering = ("-date_joined", "pk")
    actions = ("lock_out", "let_in")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        living = models.Session.objects.filter(user=OuterRef("pk"), expires_at__gt=timezone.now())
        own = living.order_by().values("user").annotate(n=Count("pk"))
        counted = Coalesce(Subquery(own.values("n")), 0, output_field=IntegerField())
        people: QuerySet[Any] = super().get_queryset(request).annotate(session_count=counted)
        return people

    def sessions(self, person: Any) -> int:
        return int(person.session_count)

    @action(description="Lock out: end every session, and let them sign in no more")
    def lock_out(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        def deed(actor: Actor, person: Any) -> str:
            if person.pk == actor.user_id:
                raise NotAllowed("Nobody locks themselves out.")
            return "locked out" if deactivate_person(actor=actor, user_id=person.pk) else "was locked out before"

        self.do(request, chosen, deed)

    @action(description="Let in again")
    def let_in(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        def deed(actor: Actor, person: Any) -> str:
            return "let in again" if reactivate_person(actor=actor, user_id=person.pk) else "was not locked out"

        self.do(request, chosen, deed)


class Workspaces(ReadOnly):
    list_display = ("slug", "id", "created_at")
    search_fields = ("slug",)
    ordering = ("-created_at", "pk")


class OfWorkspace(ReadOnly):
    """A list with a workspace in each row."""

    list_select_related: ClassVar[tuple[str, ...]] = ("workspace",)
    search_fields: ClassVar[tuple[str, ...]] = ("workspace__slug",)
    ordering: ClassVar[tuple[str, ...]] = ("-created_at", "pk")


class Memberships(OfWorkspace):
    list_display = ("workspace", "user", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__slug", "user__email")


class Sessions(ReadOnly):
    list_display = ("user", "signed_in_at", "last_seen_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-last_seen_at", "pk")


class Grants(OfWorkspace):
    list_display = ("workspace", "operator", "created_at", "expires_at", "ended_at")
    list_select_related = ("workspace", "operator")
    search_fields = ("workspace__slug", "operator__email")


class RecoveryDecisions(OfWorkspace):
    list_display = ("person", "workspace", "judge", "state", "asked", "created_at", "approvals", "let_in_from")
    list_filter = ("state", "judge")
    list_select_related = ("workspace", "request__user")
    search_fields = ("workspace__slug", "request__user__email")
    action_form = NotedDeedForm
    actions = ("approve",)

    def person(self, decision: Any) -> str:
        return str(decision.request.user)

    def asked(self, decision: Any) -> str:
        return str(decision.request.get_state_display())

    def approvals(self, decision: Any) -> int:
        return sum(by is not None for by in (decision.first_by_id, decision.second_by_id))

    def let_in_from(self, decision: Any) -> Any:
        return decision.request.due_at

    @action(description="Approve: I have made sure who asks")
    def approve(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        note = request.POST.get("note", "").strip()

        def deed(actor: Actor, decision: Any) -> str:
            if len(note) < LEAST_NOTE:
                raise NoteMissing
            is_second = approve_recovery(
                actor=actor, workspace_id=decision.workspace_id, step_id=decision.pk, note=note
            )
            return "approved by both; the wait has begun" if is_second else "approved; it takes another operator"

        self.do(request, chosen, deed)


class Connections(OfWorkspace):
    list_display = ("id", "workspace", "provider", "state", "problem", "failures", "synced_at", "due_at", "created_at")
    list_filter = ("provider", "state", "problem")
    actions = ("ask_again",)

    @action(description="Ask for a sync")
    def ask_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        def deed(actor: Actor, connection: Any) -> str:
            ask_for_sync(actor=actor, workspace_id=connection.workspace_id, connection_id=connection.pk)
            return "a sync is asked for"

        self.do(request, chosen, deed)


class Runs(OfWorkspace):
    list_display = (
        "workspace", "connection_id", "trigger", "state", "problem", "problem_code", "attempts", "created_at", "due_at",
        "started_at", "finished_at",
    )  # fmt: skip
    list_filter = ("state", "trigger", "problem")


class Webhooks(OfWorkspace):
    list_display = ("workspace", "provider", "code", "state", "received_at", "handled_at")
    list_filter = ("provider", "state", "code")
    ordering = ("-received_at", "pk")


class Payers(OfWorkspace):
    list_display = ("workspace", "refreshed_at", "reconciled_at", "differences", "differed_at", "created_at")


class NewsFromStripe(OfWorkspace):
    list_display = ("workspace", "type", "state", "attempts", "problem", "received_at", "due_at", "handled_at")
    list_filter = ("state", "problem", "type")
    ordering = ("-received_at", "pk")
    actions = ("replay",)

    @action(description="Follow once more")
    def replay(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        def deed(actor: Actor, news: Any) -> str:
            replay_news(actor=actor, workspace_id=news.workspace_id, event_id=news.pk)
            return "followed once more"

        self.do(request, chosen, deed)


class Keys(ReadOnly):
    list_display = ("workspace_id", "version", "created_at", "retired_at", "destroyed_at")
    ordering = ("-created_at", "pk")


class Chains(ReadOnly):
    list_display = (
        "workspace_id",
        "state",
        "length",
        "checkpoints",
        "waiting",
        "fault_count",
        "finished_at",
        "began_at",
    )
    ordering = ("-fault_count", "finished_at", "pk")

    @display(description="holds")
    def state(self, chain: Any) -> str:
        if chain.finished_at is None:
            return "not verified yet"
        return "does not hold" if chain.fault_count else "holds"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        copies = (
            "copied to a second place" if is_configured() else "with no copy in a second place: set AUDIT_BACKUP_DIR"
        )
        return super().changelist_view(request, {**(extra_context or {}), "title": f"Audit logs, {copies}"})


class Violations(ReadOnly):
    list_display = ("route", "directive", "blocked", "count", "first_at", "last_at")
    list_filter = ("directive",)
    ordering = ("-last_at", "pk")


class Alerts(ReadOnly):
    list_display = ("title", "severity", "state", "count", "first_at", "last_at", "what_to_do", "acknowledged_at")
    list_filter = ("state",)
    ordering = ("-last_at", "pk")
    actions = ("acknowledge",)

    def title(self, alert: Any) -> str:
        return RULES[alert.rule].title

    def severity(self, alert: Any) -> str:
        return RULES[alert.rule].severity.capitalize()

    def what_to_do(self, alert: Any) -> str:
        return RULES[alert.rule].to_do

    @action(description="Acknowledge: I am looking at it")
    def acknowledge(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        def deed(actor: Actor, alert: Any) -> str:
            with workspace_scope(SITE_ID):
                acknowledge_alert(actor=actor, alert_id=alert.pk)
            return "acknowledged"

        self.do(request, chosen, deed)


site.register(models.Alert, Alerts)
site.register(models.Chain, Chains)
site.register(models.Person, People)
site.register(models.Workspace, Workspaces)
site.register(models.Membership, Memberships)
site.register(models.Session, Sessions)
site.register(models.Grant, Grants)
site.register(models.RecoveryDecision, RecoveryDecisions)
site.register(models.Connection, Connections)
site.register(models.Run, Runs)
site.register(models.Webhook, Webhooks)
site.register(models.Payer, Payers)
site.register(models.News, NewsFromStripe)
site.register(models.WorkspaceKey, Keys)
site.register(models.Violation, Violations)
