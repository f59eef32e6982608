"""Access reviews: the list, one review with its decisions, and its completion."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.actions import (
    LastOwner,
    NotAllowed,
    ReviewDone,
    ReviewOpen,
    Undecided,
    complete_review,
    decide,
    open_review,
)
from accounts.forms.reviews import CompletionForm, read_decisions
from accounts.models import AccessReview, ReviewEntry
from accounts.once import once
from accounts.permissions import Permission, Role, name_roles_with
from accounts.reports.reviews import list_reviews, read_review
from accounts.step_up import Deed, ask_for_proof, is_proven


@requires(Permission.VIEW_ACCESS_REVIEWS)
@require_safe
def reviews(request: WorkspaceRequest) -> HttpResponse:
    found = list_reviews()
    context = {
        "reviews": found,
        "is_open": any(one.completed_at is None for one in found),
        "who_reviews": name_roles_with(Permission.REVIEW_ACCESS),
    }
    return render(request, "accounts/reviews.html", context)


@requires(Permission.REVIEW_ACCESS, step_up=Deed.REVIEW)
@once
@require_POST
def create_review(request: WorkspaceRequest) -> HttpResponse:
    try:
        review = open_review(actor=request.actor)
    except ReviewOpen as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:reviews", slug=request.workspace.slug)
    return _to(request, review.pk)


@requires(Permission.VIEW_ACCESS_REVIEWS)
@require_safe
def review(request: WorkspaceRequest, review_id: UUID) -> HttpResponse:
    found = AccessReview.objects.filter(pk=review_id).first()
    if found is None:
        raise Http404
    # Asked for before decisions and notes are made, as sending them without a proof would lose them.
    decides = found.completed_at is None and request.membership.may(Permission.REVIEW_ACCESS)
    if decides and not is_proven(request, Deed.REVIEW):
        return ask_for_proof(request, Deed.REVIEW)
    return _show(request, review_id, CompletionForm())


@requires(Permission.REVIEW_ACCESS, step_up=Deed.REVIEW)
@once
@require_POST
def create_decisions(request: WorkspaceRequest, review_id: UUID) -> HttpResponse:
    decisions = read_decisions(request.POST)
    if not AccessReview.objects.filter(pk=review_id).exists():
        raise Http404
    if not decisions:
        messages.error(request, "Nothing was changed. Choose a decision for at least one member.")
        return _to(request, review_id)
    try:
        # All of the page or nothing of it.
        with transaction.atomic():
            for one in decisions:
                decide(
                    actor=request.actor, review_id=review_id, user_id=one.user_id, decision=one.decision, role=one.role
                )
    except ReviewEntry.DoesNotExist:
        raise Http404 from None
    except (LastOwner, NotAllowed, ReviewDone) as refusal:
        messages.error(request, f"Nothing was changed. {refusal}")
    else:
        count = len(decisions)
        messages.success(request, f"{count} {'decision is' if count == 1 else 'decisions are'} in effect.")
    return _to(request, review_id)


@requires(Permission.REVIEW_ACCESS, step_up=Deed.REVIEW)
@require_POST
def create_completion(request: WorkspaceRequest, review_id: UUID) -> HttpResponse:
    form = CompletionForm(request.POST)
    if not form.is_valid():
        return _show(request, review_id, form, status=422)
    try:
        complete_review(actor=request.actor, review_id=review_id, notes=form.cleaned_data["notes"])
    except AccessReview.DoesNotExist:
        raise Http404 from None
    except Undecided as refusal:
        form.add_error(None, str(refusal))
        return _show(request, review_id, form, status=422)
    except ReviewDone as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The review is completed. This page is the evidence, and can be printed.")
    return _to(request, review_id)


def _show(request: WorkspaceRequest, review_id: UUID, form: CompletionForm, status: int = 200) -> HttpResponse:
    may_review = request.membership.may(Permission.REVIEW_ACCESS)
    role = Role(request.membership.role) if may_review else None
    try:
        found = read_review(review_id, viewer=request.user.pk, viewer_role=role)
    except AccessReview.DoesNotExist:
        raise Http404 from None
    context = {"review": found, "may_review": may_review, "form": form}
    return render(request, "accounts/review.html", context, status=status)


def _to(request: WorkspaceRequest, review_id: UUID) -> HttpResponse:
    return redirect("accounts:review", slug=request.workspace.slug, review_id=review_id)
