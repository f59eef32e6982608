"""The hosted pages, as a person fills them in."""

import re

import pytest
import requests
import stripe

from tests.integrations.sandbox.stripe.support import BACK, StripeSandbox, item_of


def fill_in(url: str | None, **form: str) -> requests.Response:
    assert url is not None
    return requests.post(url, data=form, timeout=60, allow_redirects=False)


def look(url: str | None) -> str:
    assert url is not None
    return requests.get(url, timeout=60).text


def portal(pay: StripeSandbox, customer: object) -> str:
    return pay.stripe.v1.billing_portal.sessions.create({"customer": str(customer), "return_url": BACK}).url


def pages_of(pay: StripeSandbox) -> list[str]:
    session = pay.start_checkout(allow_promotion_codes=True)
    pay.complete(session.id)
    other = pay.start_checkout(allow_promotion_codes=True, customer=str(session.customer))
    (invoice,) = pay.invoices(session.customer)
    clock = f"{pay.url}/stripe/clock/{session.customer}"
    return [str(other.url), portal(pay, session.customer), str(invoice.hosted_invoice_url), clock]


def test_no_page_runs_a_script_or_loads_what_is_not_the_sandboxs(pay: StripeSandbox) -> None:
    for page in pages_of(pay):
        answer = requests.get(page, timeout=5)
        assert answer.status_code == 200
        assert "<h1>" in answer.text
        for absent in ("<script", "style=", "onclick", "http-equiv", "//js.stripe"):
            assert absent not in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; form-action")
    for style in set(re.findall(r'href="(/\w+\.css)"', answer.text)):
        assert requests.get(pay.url + style, timeout=5).headers["Content-Type"].startswith("text/css")


def test_every_field_has_a_label(pay: StripeSandbox) -> None:
    session = pay.start_checkout(
        allow_promotion_codes=True, tax_id_collection={"enabled": True}, customer_update={"name": "auto"}
    )
    text = look(session.url)
    for field in ("promotion_code", "tax_id"):
        assert f'<label for="{field}">' in text
        assert f'<input id="{field}"' in text
    assert text.count('<label class="choice"><input type="radio" name="card"') == 3


def test_paying_leads_back_with_the_sessions_id(pay: StripeSandbox) -> None:
    session = pay.start_checkout(seats=1)
    text = look(session.url)
    for words in ("Counterfoil Team, 1 seat", "$12.00 a seat", "Pay $12.00 and subscribe", "Card that is declined"):
        assert words in text
    answer = fill_in(session.url, decision="pay", card="4242")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BACK}?session={session.id}")
    assert pay.stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert "has been paid" in look(session.url)
    assert fill_in(session.url, decision="pay", card="4242").status_code == 400
    assert len(pay.stripe.v1.subscriptions.list({"customer": str(session.customer)}).data) == 1


def test_a_declined_card_is_said_on_the_page_and_another_works(pay: StripeSandbox) -> None:
    session = pay.start_checkout()
    refused = fill_in(session.url, decision="pay", card="0002")
    assert refused.status_code == 402
    assert '<p class="problem" role="alert">Your card was declined.</p>' in refused.text
    assert fill_in(session.url, decision="pay", card="9999").status_code == 400
    assert fill_in(session.url, decision="pay", card="0341").status_code == 303


def test_a_customer_that_nobody_knows_says_who_it_is(pay: StripeSandbox) -> None:
    session = pay.start_checkout(customer=pay.stripe.v1.customers.create({}).id)
    refused = fill_in(session.url, decision="pay", card="0002", email="new@b.example")
    assert 'value="new@b.example"' in refused.text
    fill_in(session.url, decision="pay", card="4242", email="new@b.example", name="Not asked")
    (invoice,) = pay.invoices(session.customer)
    assert (invoice.customer_name, invoice.customer_email) == (None, "new@b.example")


def test_a_promotion_code_is_shown_before_it_is_paid(pay: StripeSandbox) -> None:
    session = pay.start_checkout(seats=10, allow_promotion_codes=True)
    assert "not valid" in fill_in(session.url, decision="apply", promotion_code='"><b>').text
    assert fill_in(session.url, decision="apply", promotion_code="").status_code == 303
    assert "Discount" not in look(session.url)
    assert fill_in(session.url, decision="apply", promotion_code=" welcome20 ").status_code == 303
    text = look(session.url)
    assert "-$24.00" in text
    assert "Pay $96.00 and subscribe" in text
    fill_in(session.url, decision="pay", card="4242")
    assert pay.invoices(session.customer)[0].amount_paid == 9600


def test_a_tax_id_is_on_the_invoice(pay: StripeSandbox) -> None:
    session = pay.start_checkout(tax_id_collection={"enabled": True}, customer_update={"name": "auto"})
    fill_in(session.url, decision="pay", card="4242", tax_id="DE123456789", name="Cedarline GmbH", email="x@b.example")
    (invoice,) = pay.invoices(session.customer)
    assert invoice.customer_tax_ids is not None
    assert [(one.type, one.value) for one in invoice.customer_tax_ids] == [("eu_vat", "DE123456789")]
    assert "DE123456789" in look(invoice.hosted_invoice_url)
    # The name may be set, as the session says; the email is there already.
    assert (invoice.customer_name, invoice.customer_email) == ("Cedarline GmbH", "a@b.example")


def test_a_trial_costs_nothing_today_and_says_what_it_will(pay: StripeSandbox) -> None:
    session = pay.start_checkout(subscription_data={"trial_period_days": 30})
    text = look(session.url)
    assert "Start trial" in text
    assert re.search(r"Due today</th><td>\$0.00<", text)
    fill_in(session.url, decision="pay", card="4242")
    shown = pay.stripe.v1.checkout.sessions.retrieve(session.id)
    assert shown.payment_status == "no_payment_required"


def test_an_invoice_comes_as_a_file_too(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    (invoice,) = pay.invoices(subscription.customer)
    assert "$36.00" in look(invoice.hosted_invoice_url)
    answer = requests.get(str(invoice.invoice_pdf), timeout=5)
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert str(invoice.number).encode() in answer.content
    table = int(answer.content.split(b"startxref\n")[1].split(b"\n")[0])
    assert answer.content[table:].startswith(b"xref\n")


def test_on_the_portal_a_plan_is_canceled_and_kept(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    page = portal(pay, subscription.customer)
    assert "Renews on" in look(page)
    assert fill_in(page, decision="cancel").status_code == 303
    assert pay.subscription(subscription.id).cancel_at_period_end
    assert "Ends on" in look(page)
    fill_in(page, decision="resume")
    assert not pay.subscription(subscription.id).cancel_at_period_end
    assert fill_in(page, decision="dance").status_code == 400
    assert f'<a href="{BACK}">' in look(page)


def test_on_the_portal_a_new_card_pays_what_is_open(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(card="fails_at_renewal")
    pay.go_on(subscription.customer, days=31)
    page = portal(pay, subscription.customer)
    assert "Payment overdue" in look(page)
    assert fill_in(page, decision="pay").status_code == 402
    assert fill_in(page, decision="card", card="0002").status_code == 402
    assert fill_in(page, decision="card", card="4242").status_code == 303
    assert fill_in(page, decision="pay").status_code == 303
    assert pay.subscription(subscription.id).status == "active"
    assert "Pay what is open" not in look(page)


def test_the_portal_closes_after_an_hour_whatever_the_clock_of_the_customer_shows(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    page = portal(pay, subscription.customer)
    pay.go_on(subscription.customer, days=2)
    assert "Renews on" in look(page)
    pay.clock.ahead = 3601
    assert "has expired" in look(page)
    fill_in(page, decision="cancel")
    assert not pay.subscription(subscription.id).cancel_at_period_end


@pytest.mark.parametrize(("decision", "invoices"), [("day", 1), ("week", 1), ("month", 2), ("dance", 1)])
def test_the_clocks_page_moves_time_on(decision: str, invoices: int, pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    page = f"{pay.url}/stripe/clock/{subscription.customer}"
    assert fill_in(page, decision=decision).headers["Location"] == page.removeprefix(pay.url)
    assert len(pay.invoices(subscription.customer)) == invoices
    assert "checkout.session.completed" in look(page)


def test_what_somebody_calls_a_company_cannot_add_markup(pay: StripeSandbox) -> None:
    session = pay.start_checkout(customer=pay.add_customer(name="<b>Bold</b>"))
    pay.complete(session.id)
    (invoice,) = pay.invoices(session.customer)
    for page in (str(invoice.hosted_invoice_url), f"{pay.url}/stripe/clock/{session.customer}"):
        assert "&lt;b&gt;Bold&lt;/b&gt;" in look(page)
        assert "<b>Bold" not in look(page)


def test_what_is_not_there_is_not_found(pay: StripeSandbox) -> None:
    session = pay.start_checkout()
    for path in ("checkout/cs_none", f"portal/{session.id}", f"invoice/{session.customer}", "clock/cus_none"):
        assert requests.get(f"{pay.url}/stripe/{path}", timeout=5).status_code == 404


def test_a_checkout_that_has_expired_says_so(pay: StripeSandbox) -> None:
    session = pay.start_checkout()
    pay.stripe.v1.checkout.sessions.expire(session.id)
    assert "has expired" in look(session.url)
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        pay.stripe.v1.checkout.sessions.expire(session.id)
    assert item_of(pay.subscribe(customer=str(session.customer))).quantity == 3
