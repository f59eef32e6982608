"""Going to Zoho's consent page and back, as a person does, through the product's own pages."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from integrations.models import Connection, GrantVisit, ZohoGrant
from tests.integrations.linked import TaskQueue, page_of
from tests.integrations.sandbox.zoho_reader import EUROPE, consent
from tests.support.people import Persona
from vault.tenancy import SITE_ID

BACK = "/oauth/zoho/"


def leave_for_zoho(persona: Persona, connection: Connection | None = None) -> str:
    """The address of the consent page."""
    if connection is None:
        start = persona.client.post(page_of(persona, "create_grant"))
    else:
        start = persona.client.post(page_of(persona, "create_regrant", connection_id=connection.pk))
    assert start.status_code == 302, start.content
    return str(start["Location"])


def come_back(page: str, *organizations: str, **form: str) -> str:
    """What the person does there; the path and query of the way back."""
    location = consent(page, *(organizations or (EUROPE,)), **form)
    assert location.startswith("http://testserver" + BACK)
    return location.removeprefix("http://testserver")


def changed(way_back: str, **parts: str) -> str:
    """The same way back with other words in it; an empty one is left out."""
    query = dict(parse_qsl(urlsplit(way_back).query)) | {name.replace("_", "-"): value for name, value in parts.items()}
    return f"{BACK}?{urlencode({name: value for name, value in query.items() if value})}"


def grant_books(persona: Persona, queue: TaskQueue, *organizations: str, **form: str) -> Connection:
    """Books that are connected, their first sync not asked for yet."""
    visit = start_visit(persona, *organizations, **form)
    assert queue.work(1) == ["integrations.finish_grant"]
    with workspace_scope(persona.workspace.pk):
        visit = GrantVisit.objects.get(pk=visit.pk)
        assert visit.state == "connected", (visit.state, visit.end)
        assert visit.connection_id is not None
        return Connection.objects.get(pk=visit.connection_id)


def start_visit(persona: Persona, *organizations: str, **form: str) -> GrantVisit:
    """A person who is back, before the worker has done anything."""
    way_back = come_back(leave_for_zoho(persona), *organizations, **form)
    answer = persona.client.get(way_back)
    assert answer.status_code == 302, answer.content
    visit = visit_of(persona)
    assert answer["Location"] == page_of(persona, "grant", visit_id=visit.pk)
    return visit


def visit_of(persona: Persona) -> GrantVisit:
    with workspace_scope(persona.workspace.pk):
        return GrantVisit.objects.latest("created_at")


def grant_of(persona: Persona, connection: Connection) -> ZohoGrant:
    with workspace_scope(persona.workspace.pk):
        grant = ZohoGrant.objects.get(connection=connection)
        # Opened now, so that they can be looked at outside the scope.
        _ = grant.refresh_token, grant.access_token, grant.organization
        return grant


def connections_of(persona: Persona) -> list[Connection]:
    with workspace_scope(persona.workspace.pk):
        return list(Connection.objects.all())


def refusals_of(persona: Persona, *, at_site: bool = False) -> list[str]:
    """The reasons of what this person was refused, as they stand in the workspace's record or in the site's."""
    with workspace_scope(SITE_ID if at_site else persona.workspace.pk):
        events = Event.objects.filter(action="accounts.access.refused", actor_id=persona.user.pk)
        return [str(open_detail(event)["reason"]) for event in events.order_by("occurred_at")]


def actions_of(persona: Persona) -> list[str]:
    with workspace_scope(persona.workspace.pk):
        return list(Event.objects.order_by("occurred_at").values_list("action", flat=True))
