"""Pages about banks, under a workspace's slug, and the addresses that providers call."""

from django.urls import path

from integrations import webhooks
from integrations.views import connections, grants, links, onboarding, samples
from integrations.zoho_access import CALLBACK

app_name = "integrations"
urlpatterns = [
    path("start/", onboarding.onboarding, name="onboarding"),
    path("start/progress/", onboarding.onboarding_progress, name="onboarding_progress"),
    path("start/set-up/", onboarding.create_set_up, name="create_set_up"),
    path("connections/", connections.connections, name="connections"),
    path("connections/link/", links.create_link, name="create_link"),
    path("connections/link/<uuid:session_id>/", links.link, name="link"),
    path("connections/link/<uuid:session_id>/progress/", links.link_progress, name="link_progress"),
    path("connections/zoho/", grants.create_grant, name="create_grant"),
    path("connections/zoho/<uuid:visit_id>/", grants.grant, name="grant"),
    path("connections/zoho/<uuid:visit_id>/progress/", grants.grant_progress, name="grant_progress"),
    path("connections/zoho/<uuid:visit_id>/organisation/", grants.create_choice, name="create_choice"),
    path("connections/<uuid:connection_id>/zoho/", grants.create_regrant, name="create_regrant"),
    path("connections/<uuid:connection_id>/progress/", connections.progress, name="progress"),
    path("connections/<uuid:connection_id>/syncs/", connections.create_sync, name="create_sync"),
    path("connections/<uuid:connection_id>/link/", links.create_repair, name="create_repair"),
    path(
        "connections/<uuid:connection_id>/disconnection/",
        connections.create_disconnection,
        name="create_disconnection",
    ),
]

# Outside every workspace: a sample company makes its own, a webhook and a way back from Zoho find theirs.
sample_urlpatterns = [path("workspaces/sample/", samples.create_sample, name="create_sample")]
return_urlpatterns = [path(CALLBACK.lstrip("/"), grants.zoho_return, name="zoho_return")]
webhook_urlpatterns = [path("webhooks/plaid/", webhooks.plaid, name="plaid_webhook")]
