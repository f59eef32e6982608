"""The page on which a person accepts or rejects what a client asks for, and the way back.

Form fields: `organization_ids` (of those the person has, several times), `decision` (accept or reject), and for trials
`person` (who agrees), `scopes` (what is granted instead of what was asked), `location` (of the way back; none: without).
"""

import secrets
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from integrations.sandbox.paper import fill, html
from integrations.sandbox.web import Handler, Request, Response
from integrations.sandbox.zoho.companies import Company
from integrations.sandbox.zoho.grants import create_code
from integrations.sandbox.zoho.world import ZohoWorld

PAGES = Path(__file__).parent / "pages"
VISIT_SECONDS = 3600
PERSON = "margit.okonjo@cedarline.example"
LOCATION = "us"

READS = {
    "settings": "Organisation, users, currencies and taxes",
    "contacts": "Customers and vendors",
    "invoices": "Invoices",
    "customerpayments": "Payments by customers",
    "creditnotes": "Credit notes",
    "expenses": "Expenses",
    "bills": "Bills",
    "debitnotes": "Vendor credits",
    "vendorpayments": "Payments to vendors",
    "banking": "Bank accounts and their transactions",
    "accountants": "Chart of accounts and journals",
    "reports": "Reports",
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for. An unknown name among the scopes is dropped without a word."""

    client_id: str
    redirect_uri: str
    scope: str = ""
    state: str | None = None
    access_type: str = "online"
    prompt: str = ""
    code_challenge: str | None = None
    code_challenge_method: str | None = None

    @property
    def scopes(self) -> list[str]:
        return [name for name in self.scope.replace(" ", ",").split(",") if is_known(name)]


def is_known(scope: str) -> bool:
    product, _, rest = scope.partition(".")
    area, _, deed = rest.partition(".")
    return product == "ZohoBooks" and (
        scope == "ZohoBooks.fullaccess.all" or (area in READS and deed in {"READ", "CREATE", "UPDATE", "DELETE", "ALL"})
    )


def build_pages(world: ZohoWorld) -> list[tuple[str, str, Handler]]:
    """The routes of the page."""
    return [
        ("GET", "/zoho/oauth/v2/auth", lambda request: show_consent(world, request)),
        ("POST", "/zoho/oauth/v2/auth", lambda request: create_consent(world, request)),
    ]


def show_consent(world: ZohoWorld, request: Request) -> Response:
    given = {name: values[0] for name, values in request.query.items()}
    try:
        asked = msgspec.convert({name: given[name] for name in Asked.__struct_fields__ if name in given}, Asked)
    except msgspec.ValidationError:
        return _problem("This address is not complete.")
    if given.get("response_type") != "code" or asked.client_id != world.zoho.client_id:
        return _problem("Invalid client: nobody of that name is registered here.")
    if not asked.redirect_uri.startswith(("https://", "http://")):
        return _problem("Invalid redirect address.")
    if not asked.scopes:
        return _problem("Invalid scope: none of the names is known.")
    visit = secrets.token_urlsafe(24)
    world.store.run(
        "INSERT INTO zoho_visit VALUES (?, ?, ?, NULL)", visit, msgspec.json.encode(asked).decode(), world.now()
    )
    choices = "".join(_choice(one, number == 0) for number, one in enumerate(world.companies.values()))
    scopes = "".join(f"<li>{escape(_say(scope))}</li>" for scope in asked.scopes)
    words = {"client": asked.client_id, "visit": visit, "person": PERSON, "location": LOCATION}
    return _html("Allow access?", _fill("ask", words, choices=choices, scopes=scopes), asked.redirect_uri)


def create_consent(world: ZohoWorld, request: Request) -> Response:
    form = request.form()
    row = world.store.one("SELECT * FROM zoho_visit WHERE id = ?", form.get("visit", [""])[0])
    if row is None or row["used_at"] is not None or row["created_at"] + VISIT_SECONDS < world.now():
        return _problem("This page was used or is too old. Go back and start again.")
    asked = msgspec.json.decode(row["request"], type=Asked)
    location = form.get("location", [LOCATION])[0]
    if form.get("decision") != ["accept"]:
        world.store.run("UPDATE zoho_visit SET used_at = ? WHERE id = ?", world.now(), row["id"])
        return _leave(world, asked, {"error": "access_denied"}, "")
    chosen = [one for one in form.get("organization_ids", []) if one in world.companies]
    if not chosen:
        return _problem("No organisation was chosen. Go back and choose one.")
    world.store.run("UPDATE zoho_visit SET used_at = ? WHERE id = ?", world.now(), row["id"])
    scopes = form["scopes"][0].replace(",", " ").split() if form.get("scopes") else asked.scopes
    person = form.get("person", [PERSON])[0]
    code = create_code(world, row["request"], person=person, scopes=scopes, organizations=chosen)
    return _leave(world, asked, {"code": code}, location)


def _leave(world: ZohoWorld, asked: Asked, result: dict[str, str], location: str) -> Response:
    """Back to the client, with Zoho's stray ampersand at the end."""
    values = {} if asked.state is None else {"state": asked.state}
    values |= result
    if location and location != "none":
        values |= {"location": location, "accounts-server": world.root}
    query = "".join(f"{name}={quote(value, safe='')}&" for name, value in values.items())
    mark = "&" if urlsplit(asked.redirect_uri).query else "?"
    headers = {"Location": f"{asked.redirect_uri}{mark}{query}", "Referrer-Policy": "no-referrer"}
    return Response(b"", 302, "text/plain; charset=utf-8", headers)


def _say(scope: str) -> str:
    _, area, deed = scope.split(".")
    return f"{READS[area]} ({deed.lower()})" if area in READS else "Everything, with all rights"


def _choice(company: Company, is_chosen: bool) -> str:
    words = {"id": company.organization.id, "name": company.organization.name, "detail": company.blurb}
    return _fill("organization", words, state=" checked" if is_chosen else "")


def _problem(message: str) -> Response:
    return _html("Nothing to do here", _fill("problem", {"message": message}), None, 400)


def _html(title: str, content: str, back: str | None, status: int = 200) -> Response:
    return html(_fill("frame", {"title": title}, content=content), status, back=back)


def _fill(template: str, values: dict[str, str], **markup: str) -> str:
    return fill(PAGES, template, values, **markup)
