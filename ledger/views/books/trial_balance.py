"""The trial balance at the end of a day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.forms import BalanceDayForm
from ledger.reports.books.trial_balance import read_trial_balance
from ledger.reports.books.trial_sides import sides_in, sides_in_base
from ledger.views.pages import now
from ledger.views.period import address, offer
from ledger.views.shown.books.trial_balance import show_statement
from ledger.views.shown.freshness import describe_stale, describe_time
from ledger.views.shown.months import name_day

CURRENCY = "in"


@requires(Permission.VIEW_TRIAL_BALANCE)
@require_safe
def trial_balance(request: WorkspaceRequest) -> HttpResponse:
    moment, query = now(), request.GET
    today = moment.date()
    form = BalanceDayForm(query if query.get("on") else None, today=today, initial={"on": today})
    on = form.cleaned_data["on"] if form.is_valid() else today
    report = read_trial_balance(last=on)
    posted_in = [one.currency for one in report.currencies]
    asked = query.get(CURRENCY, "")
    statements = (sides_in(report, asked),) if asked in posted_in else sides_in_base(report)
    bases = ", ".join(one.currency for one in report.bases)
    labels = {"": f"All, in {bases}"} | {code: f"{code} lines" for code in posted_in}
    kept = [(CURRENCY, asked)] if asked in posted_in else []
    context = {
        "tables": tuple(show_statement(one) for one in statements if one.sections),
        "in_own": asked if asked in posted_in else "",
        "currencies": offer(query, CURRENCY, labels) if [one.currency for one in report.bases] != posted_in else (),
        "form": form,
        "kept": kept,
        "today_href": address(dict(kept)),
        "on": name_day(on),
        "is_today": on == today,
        "stale": describe_stale(report.freshness, moment),
        "stamp": describe_time(report.freshness, moment),
    }
    return render(request, "ledger/books/trial_balance.html", context)
