"""The project as an app: its commands and template tags; and the Celery app becomes the current one when Django starts."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.celery import app

        app.set_default()
