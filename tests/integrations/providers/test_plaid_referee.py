"""plaid-python, Plaid's own client, as the referee: our requests equal its, and it accepts the sandbox's answers."""

import json
from typing import Any

import plaid
import pytest
from plaid import models
from plaid.api.plaid_api import PlaidApi

from config.outbound import Bounds, Reply
from integrations.providers.plaid import PlaidAccess, PlaidClient
from integrations.providers.plaid_errors import BadAnswer
from integrations.providers.secret import Secret
from tests.integrations.support import BACK, CLIENT_ID, FIRST_HARBOR, SECRET, Sandbox

TOKEN = "access-sandbox-6f0e"
HOOK = "https://counterfoil.test/webhooks/plaid/"


class Kept:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: tuple[str, Any] = "", None
        self.headers: dict[str, str] = {}

    def post_json(self, url: str, body: bytes, headers: Any, timeout: Bounds) -> Reply:
        self.sent = url.removeprefix("https://plaid.test"), json.loads(body)
        self.headers = dict(headers)
        return Reply(200, {}, b"")


@pytest.fixture
def referee(bank: Sandbox) -> PlaidApi:
    keys = {"clientId": CLIENT_ID, "secret": SECRET, "plaidVersion": "2020-09-14"}
    return PlaidApi(plaid.ApiClient(plaid.Configuration(host=bank.url, api_key=keys)))


def ours(call: str, *args: Any, **kwargs: Any) -> tuple[str, Any]:
    kept = Kept()
    client = PlaidClient(kept, PlaidAccess("https://plaid.test", CLIENT_ID, Secret(SECRET)))
    with pytest.raises(BadAnswer):
        getattr(client, call)(*args, **kwargs)
    return kept.sent


def theirs(request: Any) -> Any:
    return json.loads(json.dumps(plaid.ApiClient.sanitize_for_serialization(request)))


def test_our_link_requests_equal_theirs() -> None:
    common = {
        "client_name": "Counterfoil",
        "language": "en",
        "country_codes": [models.CountryCode("US")],
        "user": models.LinkTokenCreateRequestUser(client_user_id="person-1"),
        "webhook": HOOK,
        "hosted_link": models.LinkTokenCreateHostedLink(completion_redirect_uri=BACK, url_lifetime_seconds=1800),
    }
    new = models.LinkTokenCreateRequest(
        **common,
        products=[models.Products("transactions")],
        transactions=models.LinkTokenTransactions(days_requested=730),
    )
    update = models.LinkTokenCreateRequest(
        **common, access_token=TOKEN, update=models.LinkTokenCreateRequestUpdate(account_selection_enabled=False)
    )
    given = {"person": "person-1", "webhook": HOOK, "completion_redirect_uri": BACK}
    assert ours("create_link", **given) == ("/link/token/create", theirs(new))
    assert ours("create_link", **given, access_token=Secret(TOKEN)) == ("/link/token/create", theirs(update))


def test_our_sync_requests_equal_theirs() -> None:
    options = models.TransactionsSyncRequestOptions(
        include_original_description=True,
        personal_finance_category_version=models.PersonalFinanceCategoryVersion("v2"),
    )
    first = models.TransactionsSyncRequest(access_token=TOKEN, count=500, options=options)
    later = models.TransactionsSyncRequest(access_token=TOKEN, count=100, cursor="abc", options=options)
    assert ours("sync_transactions", Secret(TOKEN), None) == ("/transactions/sync", theirs(first))
    assert ours("sync_transactions", Secret(TOKEN), "abc", 100) == ("/transactions/sync", theirs(later))


@pytest.mark.parametrize(
    ("call", "path", "request_type", "field"),
    [
        ("get_link", "/link/token/get", "LinkTokenGetRequest", "link_token"),
        ("exchange", "/item/public_token/exchange", "ItemPublicTokenExchangeRequest", "public_token"),
        ("get_accounts", "/accounts/get", "AccountsGetRequest", "access_token"),
        ("get_balances", "/accounts/balance/get", "AccountsBalanceGetRequest", "access_token"),
        ("get_item", "/item/get", "ItemGetRequest", "access_token"),
        ("remove_item", "/item/remove", "ItemRemoveRequest", "access_token"),
        ("rotate_token", "/item/access_token/invalidate", "ItemAccessTokenInvalidateRequest", "access_token"),
    ],
)
def test_our_simple_requests_equal_theirs(call: str, path: str, request_type: str, field: str) -> None:
    assert ours(call, Secret(TOKEN)) == (path, theirs(getattr(models, request_type)(**{field: TOKEN})))


def test_our_webhook_requests_equal_theirs() -> None:
    update = models.ItemWebhookUpdateRequest(access_token=TOKEN, webhook=HOOK)
    assert ours("update_webhook", Secret(TOKEN), HOOK) == ("/item/webhook/update", theirs(update))
    key = models.WebhookVerificationKeyGetRequest(key_id="k1")
    assert ours("get_webhook_key", "k1") == ("/webhook_verification_key/get", theirs(key))


def test_our_request_for_a_sample_equals_theirs() -> None:
    request = models.SandboxPublicTokenCreateRequest(
        institution_id=FIRST_HARBOR,
        initial_products=[models.Products("transactions")],
        options=models.SandboxPublicTokenCreateRequestOptions(webhook=HOOK),
    )
    assert ours("create_sample", FIRST_HARBOR, HOOK) == ("/sandbox/public_token/create", theirs(request))


def test_it_links_and_reads_a_bank_of_the_sandbox(bank: Sandbox, referee: PlaidApi) -> None:
    made = referee.sandbox_public_token_create(
        models.SandboxPublicTokenCreateRequest(
            institution_id=FIRST_HARBOR, initial_products=[models.Products("transactions")]
        )
    )
    exchanged = referee.item_public_token_exchange(
        models.ItemPublicTokenExchangeRequest(public_token=made.public_token)
    )
    token = exchanged.access_token
    accounts = referee.accounts_get(models.AccountsGetRequest(access_token=token)).accounts
    assert [one.name for one in accounts] == ["Business Checking", "Tax Savings", "Studio Card"]
    assert [str(one.type) for one in accounts] == ["depository", "depository", "credit"]
    page = referee.transactions_sync(models.TransactionsSyncRequest(access_token=token, count=20))
    own = bank.client.sync_transactions(Secret(token), None, 20)
    assert [row.transaction_id for row in page.added] == [row.transaction_id for row in own.added]
    assert [row.amount for row in page.added] == [float(row.amount) for row in own.added]
    assert page.next_cursor == own.next_cursor
    assert referee.item_get(models.ItemGetRequest(access_token=token)).item.item_id == exchanged.item_id
    assert referee.accounts_balance_get(models.AccountsBalanceGetRequest(access_token=token)).accounts
    renewed = referee.item_access_token_invalidate(models.ItemAccessTokenInvalidateRequest(access_token=token))
    referee.item_remove(models.ItemRemoveRequest(access_token=renewed.new_access_token))


def test_it_follows_a_hosted_link(bank: Sandbox, referee: PlaidApi) -> None:
    start = bank.start_link()
    bank.choose(start, FIRST_HARBOR)
    answer = referee.link_token_get(models.LinkTokenGetRequest(link_token=start.link_token.reveal()))
    (added,) = answer.link_sessions[0].results.item_add_results
    assert added.public_token == bank.banks(start)[0].public_token.reveal()


def test_it_reads_the_sandboxs_errors_as_errors(referee: PlaidApi) -> None:
    with pytest.raises(plaid.ApiException) as caught:
        referee.accounts_get(models.AccountsGetRequest(access_token="access-sandbox-none"))
    assert json.loads(caught.value.body)["error_code"] == "INVALID_ACCESS_TOKEN"
