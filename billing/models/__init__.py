"""What is known of a workspace's payments: its customer and subscription at Stripe, visits to Checkout, invoices, news."""

from billing.models.checkouts import Checkout, CheckoutState
from billing.models.customers import Customer
from billing.models.events import EventState, StripeEvent
from billing.models.invoices import Invoice, InvoiceFacts, InvoiceStatus
from billing.models.subscriptions import Subscription, SubscriptionFacts

__all__ = [
    "Checkout",
    "CheckoutState",
    "Customer",
    "EventState",
    "Invoice",
    "InvoiceFacts",
    "InvoiceStatus",
    "StripeEvent",
    "Subscription",
    "SubscriptionFacts",
]
