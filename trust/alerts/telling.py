"""Telling people: a mail to each, in the transaction of what it tells of. The words are the rule's own, and name nobody."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.access import workspace_scope
from accounts.actions.standing import slug_in_scope
from accounts.mail import request_mail
from accounts.models import Membership, Operator, User
from accounts.permissions import Permission, roles_with
from trust.alerts.rules import Rule
from vault.tenancy import SITE_ID, current_workspace_id

MAIL = "alert"


def page_in_scope() -> str:
    """The path of the page that an alert of the scope entered stands on."""
    if current_workspace_id() == SITE_ID:
        return reverse("operators:operators_alert_changelist")
    return reverse("alerts:alerts", kwargs={"slug": slug_in_scope()})


def tell_people(rule: Rule) -> None:
    """Mail the admins of the workspace in scope; where that is the site, the operators."""
    people = _operators() if current_workspace_id() == SITE_ID else _admins()
    _mail(people, rule, page_in_scope())


def tell_of_destruction(workspace_id: UUID, rule: Rule) -> None:
    """Mail the admins of a workspace that can seal nothing any more, from the site. Outside any scope."""
    with workspace_scope(workspace_id):
        people, page = _admins(), page_in_scope()
    with workspace_scope(SITE_ID):
        _mail(people, rule, page)


def _mail(people: list[UUID], rule: Rule, page: str) -> None:
    words = {"title": rule.title, "meaning": rule.meaning, "to_do": rule.to_do, "page": page}
    for user_id in people:
        request_mail(kind=MAIL, user_id=user_id, detail=words)


def _admins() -> list[UUID]:
    roles = roles_with(Permission.ACKNOWLEDGE_ALERTS)
    members = Membership.objects.filter(role__in=roles, user__is_active=True)
    return list(members.order_by("user_id").values_list("user_id", flat=True))


def _operators() -> list[UUID]:
    flagged = Operator.objects.values_list("user_id", flat=True)
    listed = User.objects.filter(email__in=settings.OPERATORS, is_active=True, pk__in=flagged)
    return list(listed.order_by("pk").values_list("pk", flat=True))
