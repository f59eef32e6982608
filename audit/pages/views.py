"""Settings › Audit log: what was done here, that it holds, and taking it away for an auditor."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import WorkspaceRequest, public, requires, workspace_block, workspace_scope
from accounts.once import name_made, once
from accounts.permissions import Permission
from accounts.step_up import Deed
from audit.checkpoints import published_keys
from audit.models import Event
from audit.pages.bundles.actions import (
    ExportGone,
    ExportUnderWay,
    note_download,
    note_proof,
    request_bundle,
    request_verification,
)
from audit.pages.bundles.contents import write_proof
from audit.pages.bundles.parts import read_part
from audit.pages.forms import LogFilter, list_people
from audit.pages.reading import MOST_OPENED, read_page
from audit.pages.standing import list_exports, read_standing
from audit.pages.telling import Line, tell_events
from audit.proofs import NoSuchEvent, NotProvable, prove_event


@dataclass(frozen=True, slots=True)
class LogPage:
    """The lines that were found. `newest` and `oldest` are the ids that the pages beside this one go on from."""

    lines: tuple[Line, ...]
    newest: UUID | None
    oldest: UUID | None
    is_cut: bool


@requires(Permission.VIEW_AUDIT_LOG)
@require_safe
def audit_log(request: WorkspaceRequest) -> HttpResponse:
    form = LogFilter(request.GET, people=list_people())
    is_valid, may_export = form.is_valid(), request.membership.may(Permission.EXPORT_AUDIT_LOG)
    context = {
        "form": form,
        "page": _read(form) if is_valid else None,
        "is_narrow": is_valid and form.search().is_narrow,
        "standing": read_standing(),
        "may_export": may_export,
        "exports": list_exports() if may_export else (),
        "zone": timezone.get_current_timezone_name(),
        "most_opened": MOST_OPENED,
    }
    return render(request, "audit/log.html", context, status=200 if is_valid else 422)


@requires(Permission.VIEW_AUDIT_LOG)
@once
@require_POST
def create_verification(request: WorkspaceRequest) -> HttpResponse:
    request_verification(actor=request.actor)
    messages.success(request, "The log is being verified. What is found appears here.")
    return _back(request)


@requires(Permission.EXPORT_AUDIT_LOG, step_up=Deed.EXPORT)
@once
@require_POST
def create_bundle(request: WorkspaceRequest) -> HttpResponse:
    try:
        bundle = request_bundle(actor=request.actor)
    except ExportUnderWay as reason:
        messages.info(request, str(reason))
        return _back(request)
    messages.success(request, "The export is being made. It appears here as soon as it is ready.")
    return name_made(_back(request), bundle.pk)


@requires(Permission.EXPORT_AUDIT_LOG)
@require_safe
def exports(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "audit/parts/exports.html", {"exports": list_exports()})


@requires(Permission.EXPORT_AUDIT_LOG, atomic=False, step_up=Deed.EXPORT)
@require_GET
def bundle_file(request: WorkspaceRequest, bundle_id: UUID) -> HttpResponse:
    try:
        with workspace_block(request):
            bundle = note_download(actor=request.actor, bundle_id=bundle_id)
    except ExportGone:
        raise Http404 from None
    name = f"audit-log-{request.workspace.slug}-{bundle.asked_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(bundle.size),
        "Cache-Control": "no-store",
    }
    parts = _parts(request.workspace.pk, bundle_id)
    # One of Django's answers like any other, though not by its class.
    return cast(HttpResponse, StreamingHttpResponse(parts, content_type="application/zip", headers=headers))


@requires(Permission.EXPORT_AUDIT_LOG, step_up=Deed.EXPORT)
@require_GET
def event_proof(request: WorkspaceRequest, event_id: UUID) -> HttpResponse:
    try:
        proof = prove_event(event_id)
    except NoSuchEvent:
        raise Http404 from None
    except NotProvable as reason:
        messages.info(request, str(reason))
        return _back(request)
    note_proof(actor=request.actor, event_id=event_id)
    name = f"audit-log-{request.workspace.slug}-event-{proof.link.sequence}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(write_proof(proof), content_type="application/json", headers=headers)


@public(because="Whoever verifies an export compares its keys with these; they are public keys.")
@require_safe
def signing_keys(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"keys": published_keys()})


def _read(form: LogFilter) -> LogPage:
    found = read_page(form.search())
    lines = tell_events(found.events)
    newest, oldest = _edge(found.events, 0), _edge(found.events, -1)
    return LogPage(
        lines,
        newest=newest if found.has_newer else None,
        oldest=oldest if found.has_older else None,
        is_cut=found.is_cut,
    )


def _edge(events: tuple[Event, ...], index: int) -> UUID | None:
    return events[index].pk if events else None


def _parts(workspace_id: UUID, bundle_id: UUID) -> Iterator[bytes]:
    """The file, part by part. What is sent runs outside the request's transaction, so each part has a short one."""
    number = 0
    while True:
        with workspace_scope(workspace_id):
            part = read_part(bundle_id, number)
        if part is None:
            return
        yield part
        number += 1


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("audit:log", slug=request.workspace.slug)
