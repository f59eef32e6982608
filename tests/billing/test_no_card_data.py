"""No card data touches the product, and no page loads a script or a frame of Stripe's: PCI DSS, SAQ A. R87."""

import re

import pytest
from django.urls import reverse

from billing.actions.inbox import KNOWN_TYPES
from billing.plans import PLANS
from config.demo.local import REPOSITORY
from tests.billing.support import subscribe
from tests.integrations.sandbox.stripe.support import StripeSandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = re.compile(
    r"""<(?:script|iframe|frame|embed|object|img|link|source)\b[^>]*?(?:src|href|data)=["'](?:https?:)?//"""
)
FRAME = re.compile(r"<(?:iframe|frame|embed|object)\b")
CARD = re.compile(r"cc-number|cc-csc|cc-exp|card_?number|\bcvc\b|\bcvv\b|js\.stripe\.com|stripe\.js", re.IGNORECASE)
PAGES = ("plan", "preview", "invoices", "return")
FORBIDDEN = {"from elsewhere": ELSEWHERE, "a frame": FRAME, "a card": CARD}


def findings(page: str) -> set[str]:
    return {name for name, rule in FORBIDDEN.items() if rule.search(page)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_billing_has_no_field_for_a_card_and_no_script_of_stripes(
    alice: Persona, till: StripeSandbox, name: str
) -> None:
    subscribe(alice, till, seats=2)
    query = "?plan=team&seats=5" if name == "preview" else "?seen=999" if name == "return" else ""
    answer = alice.client.get(reverse(f"billing:{name}", kwargs={"slug": alice.workspace.slug}) + query)
    policy = answer.headers["Content-Security-Policy"]

    assert answer.status_code == 200
    assert findings(answer.content.decode()) == set()
    for directive in policy.split(";"):
        kind, _, sources = directive.strip().partition(" ")
        assert kind == "form-action" or "stripe" not in sources
        assert kind == "form-action" or till.url not in sources


def test_no_template_and_no_script_of_ours_knows_one() -> None:
    paths = [*(REPOSITORY / "templates").rglob("*.html"), *(REPOSITORY / "static" / "js").rglob("*.js")]

    assert len(paths) > 50
    assert {path.name for path in paths if CARD.search(path.read_text())} == set()


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<script src="https://js.stripe.com/v3/"></script>', {"from elsewhere", "a card"}),
        ('<iframe src="/pay"></iframe>', {"a frame"}),
        ('<input autocomplete="cc-number" name="n">', {"a card"}),
    ],
)
def test_what_must_not_be_there_would_be_found(page: str, found: set[str]) -> None:
    assert findings(page) == found


def test_the_document_names_every_event_that_is_followed_and_every_plan() -> None:
    document = (REPOSITORY / "docs" / "BILLING.md").read_text()
    named = set(re.findall(r"`((?:checkout|customer|invoice)\.[a-z_.]+)`", document))

    assert named == set(KNOWN_TYPES)
    assert all(terms.name in document for terms in PLANS.values())
    assert all(f"{terms.unit_minor / 100:.2f} USD" in document for terms in PLANS.values() if terms.unit_minor)
