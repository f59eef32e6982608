"""Stripe's API for subscriptions, its hosted pages and its events, as far as the product needs them.

It is there where SANDBOX_STRIPE_SECRET_KEY, SANDBOX_STRIPE_WEBHOOK_SECRET and SANDBOX_STRIPE_WEBHOOK_URL are set;
SANDBOX_STRIPE_FORMER_WEBHOOK_SECRET signs as well under the switch `two_signatures`.

The API is at /v1/… of the sandbox's address: customers, products, prices (lookup keys), coupons, promotion_codes
(WELCOME20 is there from the start: 20 % off for three months), checkout/sessions, billing_portal/sessions,
subscriptions, invoices (create_preview, pay), events, test_helpers/test_clocks. A `Stripe-Version` before 2025-03-31 is
answered in the shapes of that time.

The pages, which run no script: /stripe/checkout/<session>, /stripe/portal/<session>, /stripe/invoice/<invoice> and
its .pdf, and /stripe/clock/<customer>, on which a person moves a customer's time.

Every customer has a clock of its own, which is the sandbox's until somebody moves it ahead. Renewals are charged by
the card's last digits: 4242 works, 0002 is declined, 0341 works but for renewals. A payment that failed is tried again
after 3, 5 and 7 days; then the subscription is unpaid (or what `choices` says). Checkouts expire after 24 hours.

The control, with the sandbox's credentials as at /control/faults; bodies are JSON:

POST /control/stripe/checkouts {session, card, promotion_code, tax_id}  completes it; card: works, declined,
    fails_at_renewal. Answers the session
POST /control/stripe/clock {customer, to | days, months}   moves time on and lets happen what was to happen;
    GET ?customer= tells it
POST /control/stripe/cards {customer, card}                changes the card
POST /control/stripe/choices {after_retries}               unpaid, canceled or past_due
POST /control/stripe/subscriptions {subscription, status}  puts it into any status (paused, unpaid, …)
POST /control/stripe/events {event}                        sends an event once more
GET  /control/stripe/requests                              every call: method, path, query, body, idempotency_key,
    version, status; DELETE forgets them
GET  /control/stripe/deliveries                            every event: state due, done, dropped or given_up; POST sends
    all that is due before it answers

Switches at /control/faults: of an API call, with its path: rate_limited, lock_timeout, server_error, html, oversized,
truncated, cut, stalled. Of a delivery, with the path "stripe": duplicated, reordered (seconds), skewed (seconds),
dropped, old_shape, two_signatures, shuffled (what is due is sent in the opposite order).
"""
