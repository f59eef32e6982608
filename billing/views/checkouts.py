"""The ways to Stripe's pages and back. Coming back proves nothing and grants nothing: the worker asks Stripe what is so."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import WorkspaceRequest, requires, workspace_block
from accounts.models import Plan
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.seats import count_seats
from accounts.step_up import Deed
from billing.actions import ask_for_refresh
from billing.forms import ChoiceForm, Return
from billing.models import Checkout, CheckoutState, Customer
from billing.paying import NotPossible, StripeProblem, open_portal, start_checkout
from billing.plans import PLANS
from config.noting import note_after_commit, was_noted

ASK_AGAIN_SECONDS = 4


@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@once
@require_POST
def create_checkout(request: WorkspaceRequest) -> HttpResponse:
    with workspace_block(request):
        form = ChoiceForm(request.POST, taken=count_seats())
        is_valid = form.is_valid()
    typed = urlencode({name: request.POST.get(name, "") for name in ("plan", "seats")})
    if not is_valid:
        return redirect(f"{_address(request, 'preview')}?{typed}")
    try:
        page = start_checkout(
            actor=request.actor,
            workspace_id=request.workspace.pk,
            plan=form.cleaned_data["plan"],
            seats=form.cleaned_data["seats"],
            return_url=settings.BASE_URL + _address(request, "return"),
            cancel_url=f"{settings.BASE_URL}{_address(request, 'plan')}?{typed}",
        )
    except (StripeProblem, NotPossible) as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{_address(request, 'plan')}?{typed}")
    return redirect(page)


@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@once
@require_POST
def create_portal_visit(request: WorkspaceRequest) -> HttpResponse:
    with workspace_block(request):
        seen = _refreshed_number()
    try:
        page = open_portal(
            actor=request.actor,
            workspace_id=request.workspace.pk,
            return_url=f"{settings.BASE_URL}{_address(request, 'return')}?seen={seen}",
        )
    except (StripeProblem, NotPossible) as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(request, "plan"))
    return redirect(page)


@requires(Permission.MANAGE_BILLING)
@require_safe
def come_back(request: WorkspaceRequest) -> HttpResponse:
    form = Return(request.GET)
    if not form.is_valid():
        raise Http404
    checkout = _find_checkout(form)
    if checkout is not None and checkout.state != CheckoutState.OPEN:
        return _tell(request, checkout)
    if checkout is None and (not _is_customer() or _refreshed_number() > (form.cleaned_data["seen"] or 0)):
        return _go_on(request)
    _ask(request)
    is_drawn_again = request.headers.get("HX-Request") == "true"
    template = "billing/parts/return_progress.html" if is_drawn_again else "billing/return.html"
    return render(request, template, {"here": request.get_full_path(), "checkout": checkout})


def _find_checkout(form: Return) -> Checkout | None:
    checkout_id = form.cleaned_data["checkout"]
    if checkout_id is None:
        return None
    found = Checkout.objects.filter(pk=checkout_id).first()
    if found is None:
        raise Http404
    return found


def _tell(request: WorkspaceRequest, checkout: Checkout) -> HttpResponse:
    if checkout.state == CheckoutState.COMPLETE:
        messages.success(request, f"Paid. The plan is {PLANS[Plan(checkout.plan)].name} now.")
    else:
        messages.info(request, "You came back from Stripe’s page without paying. Nothing was changed.")
    return _go_on(request)


def _go_on(request: WorkspaceRequest) -> HttpResponse:
    address = _address(request, "plan")
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)


def _ask(request: WorkspaceRequest) -> None:
    # A page that waits asks every second or two; Stripe is asked for it more rarely, and no heap of it waits for a worker.
    key = f"billing.asked:{request.workspace.pk}"
    if not was_noted(key):
        ask_for_refresh(workspace_id=request.workspace.pk)
        note_after_commit(key, ASK_AGAIN_SECONDS)


def _is_customer() -> bool:
    return Customer.objects.exists()


def _refreshed_number() -> int:
    return Customer.objects.values_list("refreshed_number", flat=True).first() or 0


def _address(request: WorkspaceRequest, page: str) -> str:
    return reverse(f"billing:{page}", kwargs={"slug": request.workspace.slug})
