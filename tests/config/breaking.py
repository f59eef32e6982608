"""Addresses that break, for a program of its own that reports what happens there."""

import logging

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.access import webhook
from config.urls import urlpatterns as addresses
from tests.config.canaries import CANARIES

log = logging.getLogger("counterfoil.tests")


@webhook(because="only in tests")
def break_everything(request: HttpRequest) -> HttpResponse:
    access_token = CANARIES["local variable"]
    nested = {"deep": [{"password": CANARIES["nested local"]}]}
    log.warning("Before it broke: %s", CANARIES["breadcrumb"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [CANARIES["statement"]])
    except Exception as error:
        log.error("Told of: %s", CANARIES["log argument"], extra={"refresh_token": CANARIES["extra"]})
        raise RuntimeError(f"It broke at {CANARIES['error text']}", nested, access_token) from error
    return HttpResponse()


urlpatterns = [path("break/", break_everything), *addresses]
