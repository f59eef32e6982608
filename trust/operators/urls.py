"""Where the operators' site stands, with its lists on it."""

from django.urls import path

from trust.operators import pages
from trust.operators.site import site

__all__ = ["pages", "urlpatterns"]

urlpatterns = [path("operators/", site.urls)]
