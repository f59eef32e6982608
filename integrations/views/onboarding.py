"""Setting up a new workspace: five steps, each of which can be left and come back to."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.forms.workspaces import SetUpForm
from accounts.permissions import Permission, name_roles_with
from accounts.second_factor import proof_of
from integrations.reports.onboarding import read_onboarding
from integrations.samples import COMPANY
from ledger.actions.set_up import CurrencyInUse, is_currency_in_use, set_up_books


@requires(Permission.FOLLOW_SET_UP)
@require_safe
def onboarding(request: WorkspaceRequest) -> HttpResponse:
    return _show(request, _form(request))


@requires(Permission.FOLLOW_SET_UP)
@require_safe
def onboarding_progress(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "integrations/parts/first_figures.html", {"page": read_onboarding(request.workspace)})


@requires(Permission.SET_UP_WORKSPACE)
@require_POST
def create_set_up(request: WorkspaceRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        set_up_books(actor=request.actor, **form.cleaned_data)
    except CurrencyInUse as refusal:
        messages.error(request, str(refusal))
    return redirect("integrations:onboarding", slug=request.workspace.slug)


def _form(request: WorkspaceRequest) -> SetUpForm:
    now = request.workspace
    chosen = {"base_currency": now.base_currency, "fiscal_year_start_month": now.fiscal_year_start_month}
    return SetUpForm(request.POST or None, initial=chosen, is_currency_fixed=is_currency_in_use())


def _show(request: WorkspaceRequest, form: SetUpForm, status: int = 200) -> HttpResponse:
    has_sample = bool(settings.PLAID.sample_institution)
    context = {
        "page": read_onboarding(request.workspace),
        "form": form,
        "has_sample": has_sample,
        "offers_books": settings.ZOHO is not None,
        "is_proven": proof_of(request) is not None,
        "is_sample": has_sample and request.workspace.name == COMPANY,
        "who_sets_up": name_roles_with(Permission.SET_UP_WORKSPACE),
        "who_connects": name_roles_with(Permission.MANAGE_CONNECTIONS),
    }
    return render(request, "integrations/onboarding.html", context, status=status)
