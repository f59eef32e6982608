"""Settings › Billing: what it says, what it asks before it charges, and that coming back from Stripe grants nothing. R86."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Plan, PlanState
from accounts.permissions import Role
from billing.models import Checkout, CheckoutState, Invoice, InvoiceFacts
from billing.refreshing import refresh
from tests.billing.support import customer_of, now_of, opened, subscribe
from tests.integrations.sandbox.stripe.support import StripeSandbox
from tests.support.people import SETUP, Persona, make_member, sign_in
from tests.support.plans import change_plan

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(persona: Persona, name: str = "plan", **query: object) -> str:
    address = reverse(f"billing:{name}", kwargs={"slug": persona.workspace.slug})
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def read(persona: Persona, name: str = "plan", **query: object) -> str:
    return text_of(persona.client.get(page_of(persona, name, **query)))


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]).split())


def test_a_trial_is_described_with_what_is_used(alice: Persona, till: StripeSandbox) -> None:
    page = read(alice)

    assert "Free trial Trial The free trial ends on" in page
    assert "No card is needed" in page
    assert "Seats 1 of 10 used" in page
    assert "Banks and books 0 of 10 connected" in page
    assert "See what it costs" in page
    assert "Cancel" not in page


def test_the_plans_stand_side_by_side(alice: Persona, till: StripeSandbox) -> None:
    page = read(alice)

    assert "Price of a seat a month USD Free 12.00 29.00" in page
    assert "Banks and books up to 10 up to 5 up to 50" in page
    assert "Audit log kept 7 years 7 years 10 years" in page
    assert "Exports, also of the audit log Included Included Included" in page


def test_before_the_first_payment_the_page_says_what_is_charged_at_once(alice: Persona, till: StripeSandbox) -> None:
    page = read(alice, "preview", plan="team", seats=3)

    assert "Team with 3 seats" in page
    assert "Due now 36.00" in page
    assert "The first month is charged at once" in page
    assert "Pay at Stripe" in page


def test_the_way_to_stripe(alice: Persona, till: StripeSandbox) -> None:
    answer = alice.client.post(page_of(alice, "create_checkout"), {"plan": "business", "seats": "4"})

    assert answer["Location"].startswith(f"{till.url}/stripe/checkout/")
    with workspace_scope(alice.workspace.pk):
        visit = Checkout.objects.get()
        assert (visit.plan, visit.seats, visit.state) == ("business", 4, CheckoutState.OPEN)
    assert now_of(alice).plan == Plan.TRIAL


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"plan": "team", "seats": "21"}, "Team has up to 20 seats."),
        ({"plan": "team", "seats": "1"}, "2 are taken: 2 by members."),
        ({"plan": "team", "seats": "many"}, "Enter a whole number."),
        ({"plan": "gold", "seats": "3"}, "Select a valid choice."),
        ({"plan": "trial", "seats": "3"}, "Select a valid choice."),
        ({"plan": "team", "seats": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_chosen_is_said_and_what_was_typed_stays(
    alice: Persona, bob: Persona, till: StripeSandbox, typed: dict[str, str], words: str
) -> None:
    answer = alice.client.get(page_of(alice, "preview", **typed))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert f'value="{typed["seats"]}"' in answer.content.decode() or not typed["seats"]
    sent = alice.client.post(page_of(alice, "create_checkout"), typed)
    assert sent["Location"].startswith(page_of(alice, "preview"))
    with workspace_scope(alice.workspace.pk):
        assert not Checkout.objects.exists()


def test_who_must_prove_first_finds_what_they_typed(alice: Persona, till: StripeSandbox) -> None:
    client = sign_in(alice.user)
    session = client.session
    session["second_factor"] = {**session["second_factor"], "at": 0}
    session.save()
    answer = client.get(page_of(alice, "preview", plan="business", seats=7))

    assert answer["Location"].startswith("/settings/security/confirm/")
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["next"] == [page_of(alice, "preview", plan="business", seats=7)]


def test_coming_back_grants_nothing(alice: Persona, till: StripeSandbox) -> None:
    alice.client.post(page_of(alice, "create_checkout"), {"plan": "team", "seats": "2"})
    with workspace_scope(alice.workspace.pk):
        visit = Checkout.objects.get()
    for address in (
        page_of(alice, "return", checkout=visit.pk),
        page_of(alice, "return", checkout=visit.pk, session_id="cs_forged", success="true"),
    ):
        assert "Asking Stripe whether it was paid" in text_of(alice.client.get(address))
    refresh(alice.workspace.pk, actor=SETUP)

    assert now_of(alice).plan == Plan.TRIAL
    assert "Asking Stripe" in text_of(alice.client.get(page_of(alice, "return", checkout=visit.pk)))


def test_somebody_elses_visit_is_not_found(alice: Persona, mallory: Persona, till: StripeSandbox) -> None:
    alice.client.post(page_of(alice, "create_checkout"), {"plan": "team", "seats": "2"})
    with workspace_scope(alice.workspace.pk):
        visit = Checkout.objects.get()

    assert mallory.client.get(page_of(mallory, "return", checkout=visit.pk)).status_code == 404
    assert alice.client.get(page_of(alice, "return", checkout=uuid4())).status_code == 404
    assert alice.client.get(page_of(alice, "return", checkout="nothing")).status_code == 404


def test_who_has_paid_is_told_as_soon_as_stripe_says_so(alice: Persona, till: StripeSandbox) -> None:
    answer = alice.client.post(page_of(alice, "create_checkout"), {"plan": "team", "seats": "2"})
    till.complete(answer["Location"].rpartition("/")[2])
    with workspace_scope(alice.workspace.pk):
        visit = Checkout.objects.get()
    back = page_of(alice, "return", checkout=visit.pk)
    waiting = alice.client.get(back, headers={"HX-Request": "true"})
    assert "<html" not in waiting.content.decode()
    assert "every 1500ms" in waiting.content.decode()
    refresh(alice.workspace.pk, actor=SETUP)
    drawn = alice.client.get(back, headers={"HX-Request": "true"})
    assert drawn["HX-Redirect"] == page_of(alice)
    page = alice.client.get(drawn["HX-Redirect"])

    assert "Paid. The plan is Team now." in page.content.decode()
    assert "Team Active All is well." in text_of(page)
    assert "2 seats at 12.00 USD a month: 24.00 USD" in text_of(page)


def test_who_left_without_paying_is_told_that_nothing_changed(alice: Persona, till: StripeSandbox) -> None:
    alice.client.post(page_of(alice, "create_checkout"), {"plan": "team", "seats": "2"})
    with workspace_scope(alice.workspace.pk):
        visit = Checkout.objects.get()
        Checkout.objects.update(state=CheckoutState.EXPIRED, ended_at=timezone.now())
    answer = alice.client.get(page_of(alice, "return", checkout=visit.pk), follow=True)

    assert "without paying. Nothing was changed." in answer.content.decode()


def test_a_change_shows_its_price_and_then_costs_that(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    answer = alice.client.get(page_of(alice, "preview", plan="team", seats=4))
    page, html = text_of(answer), answer.content.decode()
    assert "Team with 4 seats" in page
    assert "Due now" in page
    assert "Next, on" in page
    fields = dict(re.findall(r'name="(plan|seats|proration_at)" value="([^"]+)"', html))
    done = alice.client.post(page_of(alice, "change"), fields, follow=True)

    assert "The plan is Team with 4 seats now." in done.content.decode()
    assert now_of(alice).seat_limit == 4
    with opened(alice) as subscription:
        assert subscription.seats == 4


def test_figures_that_are_out_of_date_are_shown_anew(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    typed = {"plan": "team", "seats": "4", "proration_at": "1000"}
    answer = alice.client.post(page_of(alice, "change"), typed, follow=True)

    assert answer.redirect_chain[0][0] == page_of(alice, "preview", plan="team", seats=4)
    assert "out of date" in answer.content.decode()
    assert now_of(alice).seat_limit == 2


def test_what_is_there_already_is_no_change(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    answer = alice.client.get(page_of(alice, "preview", plan="team", seats=2))

    assert answer.status_code == 422
    assert "That is the plan you have" in text_of(answer)


def test_cancelled_and_kept_after_all(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    cancelled = alice.client.post(page_of(alice, "cancel"), follow=True)
    assert "The plan is cancelled. It goes on until" in cancelled.content.decode()
    assert "Team Ends soon The plan is cancelled and ends on" in text_of(cancelled)
    assert "Nothing is charged then" in text_of(cancelled)
    elsewhere = alice.client.get(f"/w/{alice.workspace.slug}/").content.decode()
    assert "The plan is cancelled and ends on" in elsewhere
    kept = alice.client.post(page_of(alice, "resume"), follow=True)

    assert "The plan goes on." in kept.content.decode()
    assert "Renews on" in text_of(kept)


def test_the_portal_and_back(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    answer = alice.client.post(page_of(alice, "create_portal_visit"))
    assert answer["Location"].startswith(f"{till.url}/stripe/portal/")
    with workspace_scope(alice.workspace.pk):
        from billing.models import Customer

        seen = Customer.objects.get().refreshed_number
    back = page_of(alice, "return", seen=seen)
    assert "Asking Stripe what was changed" in text_of(alice.client.get(back))
    refresh(alice.workspace.pk, actor=SETUP)

    assert alice.client.get(back)["Location"] == page_of(alice)


def test_who_comes_back_without_having_been_there_waits_for_nothing(alice: Persona, till: StripeSandbox) -> None:
    assert alice.client.get(page_of(alice, "return"))["Location"] == page_of(alice)


def test_stripe_away_changes_nothing_and_keeps_what_was_typed(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    till.stop()
    shown = alice.client.get(page_of(alice, "preview", plan="business", seats=9))
    assert shown.status_code == 422
    assert "Stripe cannot be reached just now. Nothing was changed." in text_of(shown)
    assert 'value="9"' in shown.content.decode()
    sent = alice.client.post(page_of(alice, "cancel"), follow=True)

    assert "Stripe cannot be reached" in sent.content.decode()
    assert now_of(alice).plan_ends_at is None


def test_an_open_payment_is_said_with_the_day_on_which_syncs_stop(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    change_plan(alice, state=PlanState.PAST_DUE, ends_at=timezone.now() + timedelta(days=9))
    page = read(alice)

    assert "Past due The last payment failed. Unless it goes through, syncs stop on" in page
    assert "pay the open invoice on Stripe’s page" in page
    assert "Change plan or seats" not in page


def add_invoices(persona: Persona, count: int, **facts: Any) -> None:
    with workspace_scope(persona.workspace.pk):
        for number in range(count):
            given = {
                "invoice_id": f"in_{number}",
                "number": f"CF-{number:04}",
                "total_minor": 123_456,
                "currency": "USD",
            }
            Invoice.objects.create(
                digest=uuid4().bytes,
                facts=InvoiceFacts(**{**given, **facts}),
                status="paid",
                issued_at=timezone.now() - timedelta(days=number),
            )


def test_invoices_are_listed_in_pages(alice: Persona, till: StripeSandbox) -> None:
    assert "No invoices yet" in read(alice, "invoices")
    add_invoices(alice, 45)
    first, last = read(alice, "invoices"), read(alice, "invoices", page=99)

    assert "45 invoices" in first
    assert "CF-0019" in first
    assert "CF-0020" not in first
    assert "CF-0044" in last
    assert "1,234.56" in first
    assert read(alice).count("CF-00") >= 3


def test_an_invoice_of_stripe_opens_elsewhere_and_another_address_does_not(alice: Persona, till: StripeSandbox) -> None:
    add_invoices(alice, 1, hosted_url=f"{till.url}/stripe/invoice/in_1", pdf_url="https://evil.example/in_1.pdf")
    page = alice.client.get(page_of(alice, "invoices")).content.decode()

    assert f'href="{till.url}/stripe/invoice/in_1" target="_blank" rel="noopener noreferrer"' in page
    assert "evil.example" not in page


def test_without_a_key_the_page_says_so_and_nothing_else_breaks(alice: Persona, settings: Any) -> None:
    settings.STRIPE = None
    page = read(alice)
    assert "Paying is not set up here" in page
    assert "What each plan holds" in page
    assert "See what it costs" not in page
    answer = alice.client.post(page_of(alice, "create_checkout"), {"plan": "team", "seats": "2"}, follow=True)

    assert answer.status_code == 200
    assert "not set up here" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.AUDITOR])
def test_others_see_no_way_there(alice: Persona, role: Role) -> None:
    carol = make_member("carol", alice.workspace, role)

    assert "settings/billing/" not in carol.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    assert carol.client.get(page_of(alice)).status_code == 403


def test_the_page_asks_as_much_with_many_invoices_as_with_few(alice: Persona, till: StripeSandbox) -> None:
    add_invoices(alice, 3)
    alice.client.get(page_of(alice, "invoices"))
    with CaptureQueriesContext(connection) as few:
        alice.client.get(page_of(alice, "invoices"))
    add_invoices(alice, 30)
    with CaptureQueriesContext(connection) as many:
        alice.client.get(page_of(alice, "invoices"))

    assert len(many) == len(few)


def test_a_customer_of_stripe_is_never_shown(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    customer = customer_of(alice)

    assert customer.startswith("cus_")
    assert customer not in alice.client.get(page_of(alice)).content.decode()
