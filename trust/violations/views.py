"""Where browsers report to."""

from django.http import HttpRequest, HttpResponse

from accounts.access import webhook
from trust.violations.actions import note_violations
from trust.violations.reading import BadReport, read_reports

MOST_BYTES = 64 * 1024


@webhook(
    because="a browser's report that a page's policy stopped something; it is counted, and believed in nothing else"
)
def report_violations(request: HttpRequest) -> HttpResponse:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        note_violations(read_reports(request.body))
    except BadReport as reason:
        return HttpResponse(str(reason), status=400, content_type="text/plain")
    return HttpResponse(status=204)
