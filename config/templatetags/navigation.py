"""The navigation of a workspace's pages."""

from django import template
from django.template import RequestContext

from accounts.access import WorkspaceRequest
from config.navigation import Section, sections_for
from config.places import address_of, site_address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def sections(context: RequestContext) -> tuple[Section, ...]:
    """The sections of the navigation for the page's reader. Needs request, and what integrations.context tells every page."""
    request: WorkspaceRequest = context["request"]
    match = request.resolver_match
    return tuple(
        sections_for(
            request.membership,
            request.workspace.slug,
            here=match.view_name if match else "",
            space=match.namespace if match else "",
            is_starting=bool(context["onboarding"]),
            has_books=bool(context["has_books"]),
        )
    )


@register.simple_tag(takes_context=True)
def address(context: RequestContext, route: str) -> str:
    """The address of a page of the workspace that is open."""
    return address_of(route, context["request"].workspace.slug)


@register.simple_tag
def site_address(route: str) -> str:
    """The address of a page that is of no workspace."""
    return site_address_of(route)
