"""The plan: how it stands, what the others hold, what a choice would cost; and the list of invoices."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires, workspace_block
from accounts.models import Plan
from accounts.permissions import Permission
from accounts.reports.seats import count_seats
from accounts.step_up import Deed
from billing.costs import describe_first, describe_preview
from billing.forms import ChoiceForm, InvoicePage
from billing.paying import NotPossible, Preview, StripeProblem, preview_change
from billing.plans import PLANS
from billing.reports.invoices import latest_invoices, list_invoices
from billing.reports.offers import list_offers
from billing.reports.standing import read_standing, read_subscription

REFUSED = 422


@requires(Permission.MANAGE_BILLING)
@require_safe
def plan(request: WorkspaceRequest) -> HttpResponse:
    return show_plan(request, _choice(request, is_bound=False))


# Its own step-up: whoever comes back from proving finds here what they typed, as it is in the address.
@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@require_safe
def preview(request: WorkspaceRequest) -> HttpResponse:
    if not request.GET:
        return redirect("billing:plan", slug=request.workspace.slug)
    with workspace_block(request):
        form = _choice(request, is_bound=True)
        if not form.is_valid():
            return show_plan(request, form, status=REFUSED)
        subscription = read_subscription()
        is_live = subscription is not None and subscription.is_live
    chosen, seats = form.cleaned_data["plan"], form.cleaned_data["seats"]
    try:
        found = preview_change(workspace_id=request.workspace.pk, plan=chosen, seats=seats) if is_live else None
    except (StripeProblem, NotPossible) as refusal:
        form.add_error(None, str(refusal))
        with workspace_block(request):
            return show_plan(request, form, status=REFUSED)
    with workspace_block(request):
        return _show_preview(request, form, found)


@requires(Permission.MANAGE_BILLING)
@require_safe
def invoices(request: WorkspaceRequest) -> HttpResponse:
    form = InvoicePage(request.GET)
    form.full_clean()
    found = list_invoices(form.cleaned_data.get("page") or 1)
    context = {"found": found, "zone": timezone.get_current_timezone_name()}
    return render(request, "billing/invoices.html", context)


def show_plan(request: WorkspaceRequest, form: ChoiceForm, status: int = 200) -> HttpResponse:
    """The page, in the workspace's scope, with what was typed."""
    context = {
        "form": form,
        "standing": read_standing(request.workspace, read_subscription(), timezone.now()),
        "offers": list_offers(request.workspace),
        "seats": form.taken,
        "invoices": latest_invoices(),
        "is_set_up": settings.STRIPE is not None,
    }
    return render(request, "billing/plan.html", context, status=status)


def _choice(request: WorkspaceRequest, *, is_bound: bool) -> ChoiceForm:
    taken, workspace = count_seats(), request.workspace
    if is_bound:
        return ChoiceForm(request.GET, taken=taken)
    subscription = read_subscription()
    own = subscription.seats if subscription is not None and subscription.is_live else taken.taken
    initial = {
        "plan": Plan.TEAM if workspace.plan == Plan.TRIAL else workspace.plan,
        "seats": max(own, taken.taken),
    }
    # Whoever turned round on Stripe's page finds what they had chosen.
    typed = {name: request.GET[name] for name in initial if name in request.GET}
    return ChoiceForm(initial={**initial, **typed}, taken=taken)


def _show_preview(request: WorkspaceRequest, form: ChoiceForm, found: Preview | None) -> HttpResponse:
    chosen, seats = form.cleaned_data["plan"], form.cleaned_data["seats"]
    terms = PLANS[chosen]
    cost = describe_preview(found) if found else describe_first(terms, seats)
    context = {"terms": terms, "seats": seats, "preview": found, "cost": cost, "is_set_up": settings.STRIPE is not None}
    return render(request, "billing/preview.html", context)
