"""Trying the product with a sample company. A person's own deed, outside every workspace: it makes one."""

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import actor_of, signed_in
from accounts.models import User
from accounts.once import once
from integrations.providers.plaid_errors import PlaidProblem
from integrations.samples import NoSample, open_sample


@signed_in
@transaction.non_atomic_requests
@once
@require_POST
def create_sample(request: HttpRequest) -> HttpResponse:
    try:
        workspace = open_sample(actor=actor_of(request), owner=cast(User, request.user))
    except NoSample:
        raise Http404 from None
    except PlaidProblem as problem:
        messages.error(request, f"The sample company could not be opened. {problem}")
        return redirect("accounts:home")
    return redirect("integrations:onboarding", slug=workspace.slug)
