"""Where the alerts of a workspace stand."""

from django.urls import path

from trust.alerts import views

app_name = "alerts"
urlpatterns = [
    path("settings/alerts/", views.alerts, name="alerts"),
    path("settings/alerts/<uuid:alert_id>/acknowledgement/", views.create_acknowledgement, name="acknowledge"),
    path("settings/alerts/webhook/", views.webhook, name="webhook"),
    path("settings/alerts/webhook/secrets/", views.create_secret, name="create_secret"),
    path("settings/alerts/webhook/tests/", views.create_test, name="create_test"),
    path("settings/alerts/webhook/removal/", views.create_removal, name="remove_webhook"),
]
