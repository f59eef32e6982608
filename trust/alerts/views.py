"""Settings › Alerts: what somebody should look at, and where it is sent besides mails."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.once import once
from accounts.permissions import Permission, name_roles_with
from accounts.step_up import Deed
from config.middleware.packing import unpacked
from integrations.providers.secret import Secret
from trust.alerts.actions import (
    AcknowledgedAlready,
    NoEndpoint,
    acknowledge_alert,
    remove_endpoint,
    request_test,
    rotate_secret,
    set_endpoint,
)
from trust.alerts.forms import EndpointForm
from trust.alerts.models import Alert
from trust.alerts.reading import count_open, read_alerts, read_endpoint


class AlertFilter(forms.Form):
    """`show` is open or all; `after` and `before` are ids of alerts."""

    show = forms.ChoiceField(choices=[("open", "Open"), ("all", "All")], required=False)
    after = forms.UUIDField(required=False)
    before = forms.UUIDField(required=False)


@requires(Permission.VIEW_AUDIT_LOG)
@require_safe
def alerts(request: WorkspaceRequest) -> HttpResponse:
    form = AlertFilter(request.GET)
    is_valid = form.is_valid()
    given = form.cleaned_data if is_valid else {}
    shows_all = given.get("show") == "all"
    context = {
        "page": read_alerts(only_open=not shows_all, after=given.get("after"), before=given.get("before")),
        "shows_all": shows_all,
        "is_valid": is_valid,
        "open": count_open(),
        "endpoint": read_endpoint() if request.membership.may(Permission.ROUTE_ALERTS) else None,
        "who_acknowledges": name_roles_with(Permission.ACKNOWLEDGE_ALERTS),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "alerts/alerts.html", context, status=200 if is_valid else 422)


@requires(Permission.ACKNOWLEDGE_ALERTS)
@require_POST
def create_acknowledgement(request: WorkspaceRequest, alert_id: UUID) -> HttpResponse:
    try:
        acknowledge_alert(actor=request.actor, alert_id=alert_id)
    except Alert.DoesNotExist:
        raise Http404 from None
    except AcknowledgedAlready as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, "Acknowledged. What happens from now on is a new alert.")
    return redirect("alerts:alerts", slug=request.workspace.slug)


@requires(Permission.ROUTE_ALERTS, step_up=Deed.POLICY)
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: WorkspaceRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request, EndpointForm())
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    return _show_secret(request, set_endpoint(actor=request.actor, url=form.cleaned_data["url"]))


@requires(Permission.ROUTE_ALERTS, step_up=Deed.POLICY)
@require_POST
def create_secret(request: WorkspaceRequest) -> HttpResponse:
    try:
        secret = rotate_secret(actor=request.actor)
    except NoEndpoint as refusal:
        return _back(request, refusal)
    return _show_secret(request, secret, is_second=True)


@requires(Permission.ROUTE_ALERTS, step_up=Deed.POLICY)
@once
@require_POST
def create_test(request: WorkspaceRequest) -> HttpResponse:
    try:
        request_test(actor=request.actor)
    except NoEndpoint as refusal:
        return _back(request, refusal)
    messages.success(request, "A test is on its way. What became of it appears here in a few seconds: look again.")
    return _back(request)


@requires(Permission.ROUTE_ALERTS, step_up=Deed.POLICY)
@require_POST
def create_removal(request: WorkspaceRequest) -> HttpResponse:
    try:
        remove_endpoint(actor=request.actor)
    except NoEndpoint as refusal:
        return _back(request, refusal)
    messages.success(request, "Nothing is sent there any more. Mails go on.")
    return _back(request)


def _show(request: WorkspaceRequest, form: EndpointForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "endpoint": read_endpoint(), "now": timezone.now()}
    return render(request, "alerts/webhook.html", context, status=status)


def _show_secret(request: WorkspaceRequest, secret: Secret, *, is_second: bool = False) -> HttpResponse:
    context = {"secret": secret.reveal(), "is_second": is_second}
    answer = render(request, "alerts/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return unpacked(answer)


def _back(request: WorkspaceRequest, refusal: NoEndpoint | None = None) -> HttpResponse:
    if refusal is not None:
        messages.info(request, str(refusal))
    return redirect("alerts:webhook", slug=request.workspace.slug)
