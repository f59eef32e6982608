"""The hosted link page: choose a bank, choose accounts, agree or leave, and back to where the link came from.

Form fields: `institution_id` (bank), `account_ids` (account keys, or "all"), `decision` (allow or leave).
No credentials are asked for, and the page runs no script.
"""

from collections.abc import Callable
from pathlib import Path

from integrations.sandbox.bank import AccountSpec, Bank
from integrations.sandbox.paper import fill, html, redirect
from integrations.sandbox.plaid.items import load_item, shared_accounts
from integrations.sandbox.plaid.link import Link, find_link, finish_session, is_spent, leave_session, open_session
from integrations.sandbox.plaid.world import World
from integrations.sandbox.web import Handler, Request, Response

PAGES = Path(__file__).parent / "pages"
MANY_ACCOUNTS = 20


def build_pages(world: World) -> list[tuple[str, str, Handler]]:
    """The routes of the hosted pages."""

    def bound(view: Callable[[World, Request, Link], Response]) -> Handler:
        return lambda request: _open(world, request, view)

    page = r"/hl/(?P<page>[A-Za-z0-9_-]+)"
    return [
        (
            "GET",
            r"/hl\.css",
            lambda _: Response((PAGES / "hl.css").read_bytes(), content_type="text/css; charset=utf-8"),
        ),
        ("GET", page, bound(show_start)),
        ("GET", f"{page}/accounts", bound(show_accounts)),
        ("POST", f"{page}/consent", bound(create_consent)),
    ]


def show_start(world: World, request: Request, link: Link) -> Response:
    open_session(world, link)
    if link.item_id is not None:
        return _show_update(world, link, link.item_id)
    choices = "".join(
        _choice("radio", "institution_id", bank.id, bank.name, bank.blurb, is_chosen=number == 0)
        for number, bank in enumerate(world.banks.values())
    )
    return _page(link, "Connect your bank", "institutions", choices=choices)


def show_accounts(world: World, request: Request, link: Link) -> Response:
    bank = world.banks.get(request.query.get("institution_id", [""])[0])
    if bank is None or link.item_id is not None:
        return redirect(f"/hl/{link.page}")
    open_session(world, link)
    choices = "".join(_account_choice(spec) for spec in bank.accounts)
    if len(bank.accounts) > MANY_ACCOUNTS:
        label, detail = f"All {len(bank.accounts)} accounts", bank.blurb
        choices = _choice("checkbox", "account_ids", "all", label, detail, is_chosen=True)
    return _page(link, bank.name, "accounts", choices=choices, institution=bank.id)


def _show_update(world: World, link: Link, item_id: str) -> Response:
    bank = world.banks[load_item(world, item_id).institution_id]
    offered = []
    if link.request.update.account_selection_enabled:
        shared = shared_accounts(world, item_id)
        offered = [_account_choice(spec) for spec in bank.accounts if spec.key not in shared]
    choices = _fill("more_accounts", {}, choices="".join(offered)) if offered else ""
    return _page(link, f"{bank.name} needs you", "update", bank=bank.name, choices=choices)


def create_consent(world: World, request: Request, link: Link) -> Response:
    form = request.form()
    if form.get("decision") != ["allow"]:
        leave_session(world, link)
        return _leave(link)
    if link.item_id is not None:
        finish_session(world, link, institution_id="", account_keys=form.get("account_ids", []))
        return _leave(link)
    bank = world.banks.get(form.get("institution_id", [""])[0])
    keys = _chosen_keys(bank, form.get("account_ids", [])) if bank else []
    if bank is None or not keys:
        return redirect(f"/hl/{link.page}")
    finish_session(world, link, institution_id=bank.id, account_keys=keys)
    return _leave(link)


def _open(world: World, request: Request, view: Callable[[World, Request, Link], Response]) -> Response:
    link = find_link(world, page=request.match["page"])
    if link is None:
        return _closed(None, "This link has expired or never existed. Go back and start again.")
    if is_spent(world, link):
        return _closed(link, "This link has been used. You can close this page.")
    return view(world, request, link)


def _chosen_keys(bank: Bank, given: list[str]) -> list[str]:
    return [spec.key for spec in bank.accounts if "all" in given or spec.key in given]


def _account_choice(spec: AccountSpec) -> str:
    label, detail = f"{spec.name} ····{spec.mask}", f"{spec.official_name}, {spec.currency}"
    return _choice("checkbox", "account_ids", spec.key, label, detail, is_chosen=True)


def _choice(kind: str, name: str, value: str, label: str, detail: str, *, is_chosen: bool) -> str:
    state = " checked" if is_chosen else ""
    return _fill("choice", {"kind": kind, "name": name, "value": value, "label": label, "detail": detail}, state=state)


def _page(link: Link, title: str, template: str, *, choices: str = "", **values: str) -> Response:
    given = {"client": link.request.client_name, "page": link.page, **values}
    return _html(link, title, _fill(template, given, choices=choices))


def _closed(link: Link | None, message: str) -> Response:
    return _html(link, "Nothing to do here", _fill("closed", {"message": message}), 404 if link is None else 200)


def _html(link: Link | None, title: str, content: str, status: int = 200) -> Response:
    back = _completion_uri(link) if link else None
    return html(_fill("frame", {"title": title}, content=content), status, back=back)


def _fill(template: str, values: dict[str, str], **markup: str) -> str:
    return fill(PAGES, template, values, **markup)


def _completion_uri(link: Link) -> str | None:
    return link.request.hosted_link.completion_redirect_uri if link.request.hosted_link else None


def _leave(link: Link) -> Response:
    return redirect(_completion_uri(link) or f"/hl/{link.page}")
