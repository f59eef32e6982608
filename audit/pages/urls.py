"""Where the record's pages stand, and the published keys."""

from django.urls import path

from audit.pages import views

app_name = "audit"
urlpatterns = [
    path("settings/audit-log/", views.audit_log, name="log"),
    path("settings/audit-log/verifications/", views.create_verification, name="verify"),
    path("settings/audit-log/exports/", views.create_bundle, name="create_bundle"),
    path("settings/audit-log/exports/progress/", views.exports, name="exports"),
    path("settings/audit-log/events/<uuid:event_id>/proof/", views.event_proof, name="proof"),
    path("settings/audit-log/exports/<uuid:bundle_id>/", views.bundle_file, name="bundle"),
]

# Outside the namespace and any workspace.
public_urlpatterns = [path(".well-known/counterfoil-audit-keys.json", views.signing_keys, name="audit_keys")]
