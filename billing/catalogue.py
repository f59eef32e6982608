"""Stripe's products and prices made from the table of plans. Found again by lookup key, so it can be run at any time."""

from billing.gateway import Gateway, open_gateway
from billing.plans import PAID, Terms
from billing.problems import Missing
from billing.seen import PLAN_MARK
from billing.stripe_shapes import Price, id_of


def sync_plans() -> list[str]:
    """Make what is missing, and a new price where an amount has changed; what was done, a line for each plan.

    Whoever has a subscription keeps the price they have. Raises StripeProblem, NotPossible.
    """
    with open_gateway() as gateway:
        return [f"{terms.name}: {_sync(gateway, terms)}" for terms in PAID]


def _sync(gateway: Gateway, terms: Terms) -> str:
    product_id = f"counterfoil_{terms.plan}"
    if not gateway.has_product(product_id):
        gateway.make_product(product_id=product_id, name=f"Counterfoil {terms.name}")
    wanted = Price(
        id="",
        currency=terms.currency.lower(),
        unit_amount=terms.unit_minor,
        lookup_key=terms.lookup_key,
        metadata={PLAN_MARK: terms.plan.value},
        product=product_id,
    )
    present = _find(gateway, terms)
    if present is not None and _facts(present) == _facts(wanted):
        return "as it should be"
    before = present.id if present else "none"
    gateway.make_price(wanted, key=f"price-{terms.lookup_key}-{terms.unit_minor}-{wanted.currency}-{before}")
    if present is None:
        return "made"
    gateway.retire_price(present.id)
    return "a new price; whoever has a subscription keeps the old one"


def _find(gateway: Gateway, terms: Terms) -> Price | None:
    try:
        return gateway.find_price(terms.lookup_key)
    except Missing:
        return None


def _facts(price: Price) -> tuple[object, ...]:
    return price.currency, price.unit_amount, id_of(price.product), price.metadata.get(PLAN_MARK)
