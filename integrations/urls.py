"""Pages about banks, under a workspace's slug, and the addresses that providers call."""

from django.urls import path

from integrations import webhooks
from integrations.views import connections, links, onboarding, samples

app_name = "integrations"
urlpatterns = [
    path("start/", onboarding.onboarding, name="onboarding"),
    path("start/progress/", onboarding.onboarding_progress, name="onboarding_progress"),
    path("start/set-up/", onboarding.create_set_up, name="create_set_up"),
    path("connections/", connections.connections, name="connections"),
    path("connections/link/", links.create_link, name="create_link"),
    path("connections/link/<uuid:session_id>/", links.link, name="link"),
    path("connections/link/<uuid:session_id>/progress/", links.link_progress, name="link_progress"),
    path("connections/<uuid:connection_id>/progress/", connections.progress, name="progress"),
    path("connections/<uuid:connection_id>/syncs/", connections.create_sync, name="create_sync"),
    path("connections/<uuid:connection_id>/link/", links.create_repair, name="create_repair"),
    path(
        "connections/<uuid:connection_id>/disconnection/",
        connections.create_disconnection,
        name="create_disconnection",
    ),
]

# Outside every workspace: a sample company makes its own, a webhook finds its own.
sample_urlpatterns = [path("workspaces/sample/", samples.create_sample, name="create_sample")]
webhook_urlpatterns = [path("webhooks/plaid/", webhooks.plaid, name="plaid_webhook")]
