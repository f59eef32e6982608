"""A small typed client for the part of Plaid's API that is used, and for nothing else of it [R82].

None of its calls moves money or changes financial data; link, remove, rotate and webhook are an item's lifecycle.
Nothing is retried here. Tokens travel as Secret and are in no error, log or repr [R83].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from config.env import is_plaid_sandbox
from config.outbound import AllowList, Bounds, Headers, OutboundFailed, OutboundRefused, Payload, Reply, Route
from integrations.providers.plaid_errors import BadAnswer, Misconfigured, PlaidProblem, ProviderDown, problem_of
from integrations.providers.plaid_link import LinkAnswer, LinkStart
from integrations.providers.plaid_messages import (
    Accounts,
    Exchange,
    Item,
    ItemAnswer,
    Message,
    NewToken,
    SampleToken,
    SyncPage,
    WebhookKey,
    WebhookKeyAnswer,
    decode_hook,
)
from integrations.providers.secret import Secret

VERSION = "2020-09-14"
MOST_DAYS = 730
PAGE_SIZE = 500
LINK_SECONDS = 1800

PATHS = (
    "/link/token/create",
    "/link/token/get",
    "/item/public_token/exchange",
    "/accounts/get",
    "/accounts/balance/get",
    "/transactions/sync",
    "/item/get",
    "/item/remove",
    "/item/access_token/invalidate",
    "/item/webhook/update",
    "/webhook_verification_key/get",
)
# What Plaid answers in its sandbox alone: elsewhere not even the attempt leaves.
SANDBOX_PATHS = ("/sandbox/public_token/create",)

# A person waits for these; a live balance makes Plaid ask the bank, which can take half a minute.
QUICK = Bounds(connect=3, read=8, total=10)
STEADY = Bounds(connect=5, read=30, total=45)
PATIENT = Bounds(connect=5, read=75, total=90)

Answer = TypeVar("Answer", bound=Message)


def days_in(months: int) -> int:
    """As many days as Plaid is asked for to have that many months, at most all that it gives."""
    return min(months * 365 // 12, MOST_DAYS)


class Session(Protocol):
    """The part of config.outbound.OutboundSession that is needed."""

    def post_json(self, url: str, body: bytes, headers: Mapping[str, str], timeout: Bounds) -> Reply: ...


@dataclass(frozen=True, slots=True)
class PlaidAccess:
    """This installation's access to Plaid. `base_url` has no trailing slash; countries are ISO 3166 alpha-2."""

    base_url: str
    client_id: str
    secret: Secret
    client_name: str = "Counterfoil"
    language: str = "en"
    country_codes: tuple[str, ...] = ("US",)


def allow_plaid(base_url: str, *, production: bool) -> AllowList:
    """The outbound allow-list for Plaid at `base_url`; a plain http address is a sandbox, refused in production."""
    parts = urlsplit(base_url)
    origin = frozenset({f"{parts.scheme}://{parts.netloc}"})
    paths = PATHS + SANDBOX_PATHS if is_plaid_sandbox(base_url) else PATHS
    routes = frozenset(Route("POST", f"{parts.path}{path}") for path in paths)
    if parts.scheme == "https":
        return AllowList(routes=routes, origins=origin, production=production)
    return AllowList(routes=routes, sandboxes=origin, production=production)


class PlaidClient:
    """Each method is one call and raises a PlaidProblem (plaid_errors) when it does not succeed."""

    def __init__(self, session: Session, access: PlaidAccess) -> None:
        self._session = session
        self._access = access

    def create_link(
        self,
        *,
        person: str,
        webhook: str,
        completion_redirect_uri: str,
        access_token: Secret | None = None,
        account_selection: bool = False,
        days_requested: int = MOST_DAYS,
    ) -> LinkStart:
        """Starts Hosted Link for transactions of so many days. `person` is an opaque id, nothing personal.

        With `access_token` it is update mode: the person signs in to that bank again, and nothing is exchanged.
        """
        request: dict[str, Any] = {
            "client_name": self._access.client_name,
            "language": self._access.language,
            "country_codes": self._access.country_codes,
            "user": {"client_user_id": person},
            "webhook": webhook,
            "hosted_link": {
                "completion_redirect_uri": completion_redirect_uri,
                "url_lifetime_seconds": LINK_SECONDS,
            },
        }
        if access_token is None:
            request |= {"products": ["transactions"], "transactions": {"days_requested": days_requested}}
        else:
            request |= {"access_token": access_token, "update": {"account_selection_enabled": account_selection}}
        return self._call("/link/token/create", request, LinkStart, QUICK)

    def get_link(self, link_token: Secret) -> LinkAnswer:
        """What came of the sessions of a link token, the public tokens among it."""
        return self._call("/link/token/get", {"link_token": link_token}, LinkAnswer, QUICK)

    def create_sample(self, institution_id: str, webhook: str) -> Secret:
        """A public token of a bank of the sandbox, as if a person had chosen it on the hosted page."""
        request: dict[str, Any] = {"institution_id": institution_id, "initial_products": ["transactions"]}
        request["options"] = {"webhook": webhook}
        return self._call("/sandbox/public_token/create", request, SampleToken, QUICK).public_token

    def exchange(self, public_token: Secret) -> Exchange:
        """Trades a public token (valid 30 minutes, once) for the item's access token, which does not expire."""
        return self._call("/item/public_token/exchange", {"public_token": public_token}, Exchange, QUICK)

    def get_accounts(self, access_token: Secret) -> Accounts:
        """The item's accounts with balances as Plaid last saw them."""
        return self._call("/accounts/get", {"access_token": access_token}, Accounts, STEADY)

    def get_balances(self, access_token: Secret) -> Accounts:
        """The same with balances fetched from the bank now: up to 90 s, never while a person waits."""
        return self._call("/accounts/balance/get", {"access_token": access_token}, Accounts, PATIENT)

    def sync_transactions(self, access_token: Secret, cursor: str | None, count: int = PAGE_SIZE) -> SyncPage:
        """One page of changes after `cursor` (None: from the beginning), at most `count` (1 to 500) of them.

        When any page of a run fails, start again at the cursor of the run's first page.
        """
        request: dict[str, Any] = {"access_token": access_token, "count": count}
        if cursor is not None:
            request["cursor"] = cursor
        request["options"] = {"include_original_description": True, "personal_finance_category_version": "v2"}
        return self._call("/transactions/sync", request, SyncPage, STEADY)

    def get_item(self, access_token: Secret) -> ItemAnswer:
        """The item's state: its `error`, the end of the consent, the last successful update."""
        return self._call("/item/get", {"access_token": access_token}, ItemAnswer, STEADY)

    def remove_item(self, access_token: Secret) -> None:
        """Ends the item and its billing; its token is dead afterwards. ItemGone means that it was so already."""
        self._call("/item/remove", {"access_token": access_token}, Message, QUICK)

    def rotate_token(self, access_token: Secret) -> Secret:
        """A new access token; the old one is dead at once, so store the new one before anything else."""
        answer = self._call("/item/access_token/invalidate", {"access_token": access_token}, NewToken, QUICK)
        return answer.new_access_token

    def update_webhook(self, access_token: Secret, webhook: str) -> Item:
        """Sends the item's webhooks to another address."""
        request = {"access_token": access_token, "webhook": webhook}
        return self._call("/item/webhook/update", request, ItemAnswer, QUICK).item

    def get_webhook_key(self, key_id: str) -> WebhookKey:
        """The public key that signed a webhook. RequestRejected for an id that Plaid does not know."""
        return self._call("/webhook_verification_key/get", {"key_id": key_id}, WebhookKeyAnswer, QUICK).key

    def _call(self, path: str, request: dict[str, Any], answer: type[Answer], bounds: Bounds) -> Answer:
        reply = self._post(path, Payload(msgspec.json.encode(request, enc_hook=_reveal)), bounds)
        if isinstance(reply, PlaidProblem):
            raise reply
        if reply.status != 200:
            raise problem_of(reply.status, reply.headers, reply.body)
        decoded = _decode(reply.body, answer)
        if decoded is None:
            raise BadAnswer(request_id=_request_id(reply.body))
        return decoded

    def _post(self, path: str, body: Payload, bounds: Bounds) -> Reply | PlaidProblem:
        headers = Headers(
            {
                "PLAID-CLIENT-ID": self._access.client_id,
                "PLAID-SECRET": self._access.secret.reveal(),
                "Plaid-Version": VERSION,
            }
        )
        try:
            return self._session.post_json(self._access.base_url + path, body, headers, bounds)
        except OutboundRefused:
            return Misconfigured("outbound_refused")
        except OutboundFailed as failure:
            kind = ProviderDown if failure.kind in ("timeout", "connection") else BadAnswer
            return kind(f"outbound_{failure.kind}")


_decoders: dict[type[Message], msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind, dec_hook=decode_hook)
    for kind in (
        LinkStart,
        LinkAnswer,
        Exchange,
        Accounts,
        SyncPage,
        ItemAnswer,
        Message,
        NewToken,
        SampleToken,
        WebhookKeyAnswer,
    )
}


def _decode(body: bytes, answer: type[Answer]) -> Answer | None:
    """None for what does not fit: the decoder's message could quote the answer, so it goes no further."""
    try:
        decoded: Answer = _decoders[answer].decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return decoded


def _request_id(body: bytes) -> str:
    answer = _decode(body, Message)
    return answer.request_id if answer else ""


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError("not a token")
