"""An invoice to look at, and as a file."""

from html import escape

from integrations.sandbox.stripe.hosted.frame import day, fill, money, page
from integrations.sandbox.stripe.hosted.pdf import write_pdf
from integrations.sandbox.stripe.shelf import Body
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Request, Response


def show(world: StripeWorld, request: Request, invoice: Body) -> Response:
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for name, value in _rows(invoice))
    words = {"id": invoice["id"], "who": _who(invoice), "day": day(invoice["created"]), "state": invoice["status"]}
    return page(f"Invoice {invoice['number'] or 'draft'}", fill("invoice", words, rows=rows))


def download(world: StripeWorld, request: Request, invoice: Body) -> Response:
    lines = [f"Invoice {invoice['number']}", day(invoice["created"]), _who(invoice), ""]
    lines += [f"{name}: {value}" for name, value in _rows(invoice)]
    name = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    return Response(write_pdf(lines), 200, "application/pdf", {"Content-Disposition": name})


def _rows(invoice: Body) -> list[tuple[str, str]]:
    currency = invoice["currency"]
    off = sum(one["amount"] for one in invoice["total_discount_amounts"])
    return [
        *((one["description"], money(one["amount"], currency)) for one in invoice["lines"]["data"]),
        *([("Discount", money(-off, currency))] if off else []),
        ("Total", money(invoice["total"], currency)),
        ("Paid", money(invoice["amount_paid"], currency)),
        ("Still due", money(invoice["amount_remaining"], currency)),
    ]


def _who(invoice: Body) -> str:
    tax_ids = [one["value"] for one in invoice["customer_tax_ids"]]
    return ", ".join([one for one in (invoice["customer_name"], invoice["customer_email"]) if one] + tax_ids)
