"""The address of reports; the policy names it."""

from django.urls import path

from trust.violations.views import report_violations

report_urlpatterns = [path("csp-reports/", report_violations, name="csp_reports")]
