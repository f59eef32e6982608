"""What /link/token/get tells of a link token's sessions."""

import json
import sqlite3

from integrations.sandbox.bank import AccountSpec
from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.ids import new_request_id
from integrations.sandbox.plaid.items import account_spec
from integrations.sandbox.plaid.link import read_link
from integrations.sandbox.plaid.wire import timestamp
from integrations.sandbox.plaid.world import World


def get_link(world: World, token: str) -> dict[str, object]:
    """Plaid's LinkTokenGetResponse, without its request_id."""
    row = world.store.one("SELECT * FROM link_token WHERE token = ?", token)
    if row is None:
        raise Fault("INVALID_LINK_TOKEN")
    link = read_link(row)
    sessions = world.store.all("SELECT * FROM link_session WHERE link_token = ? ORDER BY started_at", token)
    return {
        "link_token": token,
        "created_at": timestamp(link.created_at),
        "expiration": timestamp(link.expires_at),
        "link_sessions": [_session_dict(world, session) for session in sessions],
        "metadata": {
            "initial_products": link.request.products,
            "webhook": link.request.webhook,
            "country_codes": link.request.country_codes,
            "language": link.request.language,
            "redirect_uri": link.request.redirect_uri,
            "client_name": link.request.client_name,
        },
    }


def _session_dict(world: World, session: sqlite3.Row) -> dict[str, object]:
    found: dict[str, object] = {
        "link_session_id": session["id"],
        "started_at": timestamp(session["started_at"]),
        "finished_at": timestamp(session["finished_at"]) if session["finished_at"] else None,
        "events": json.loads(session["events"]),
        "on_success": None,
        "on_exit": None,
        "exit": {"error": None, "metadata": _exit_metadata(session)} if session["outcome"] == "exit" else None,
        "results": None,
    }
    if session["outcome"] == "success":
        added = [_added(world, session)] if session["public_token"] else []
        empty: list[object] = []
        found["results"] = {
            "item_add_results": added,
            "cra_item_add_results": empty,
            "cra_update_results": empty,
            "bank_income_results": empty,
            "payroll_income_results": empty,
            "document_income_results": None,
        }
    return found


def _exit_metadata(session: sqlite3.Row) -> dict[str, object]:
    return {"status": "requires_account_selection", "link_session_id": session["id"], "request_id": new_request_id()}


def _added(world: World, session: sqlite3.Row) -> dict[str, object]:
    rows = world.store.all("SELECT id, spec FROM account WHERE item_id = ? ORDER BY position", session["item_id"])
    item = world.store.one("SELECT institution_id FROM item WHERE id = ?", session["item_id"])
    institution_id = item["institution_id"] if item else ""
    return {
        "public_token": session["public_token"],
        "accounts": [_account_dict(row["id"], account_spec(row)) for row in rows],
        "institution": {"name": world.banks[institution_id].name, "institution_id": institution_id},
    }


def _account_dict(account_id: str, spec: AccountSpec) -> dict[str, object]:
    return {"id": account_id, "name": spec.name, "mask": spec.mask, "type": spec.type, "subtype": spec.subtype}
