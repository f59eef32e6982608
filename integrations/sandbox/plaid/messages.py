"""Plaid's requests. A field that is not named here is an error, as it is at Plaid."""

from datetime import date

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Credentials come in headers or in the body."""

    client_id: str | None = None
    secret: str | None = None


class OfItem(Body, frozen=True, kw_only=True):
    access_token: str


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    client_user_id: str


class HostedLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    completion_redirect_uri: str | None = None
    url_lifetime_seconds: int = 1800


class LinkTransactions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days_requested: int = 90


class Update(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account_selection_enabled: bool = False


class LinkTokenCreate(Body, frozen=True, kw_only=True):
    client_name: str
    language: str
    country_codes: list[str]
    user: User
    products: list[str] = []
    webhook: str | None = None
    redirect_uri: str | None = None
    access_token: str | None = None
    transactions: LinkTransactions = LinkTransactions()
    update: Update = Update()
    hosted_link: HostedLink | None = None


class LinkTokenGet(Body, frozen=True, kw_only=True):
    link_token: str


class PublicTokenExchange(Body, frozen=True, kw_only=True):
    public_token: str


class AccountsOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account_ids: list[str] | None = None
    min_last_updated_datetime: str | None = None


class AccountsGet(OfItem, frozen=True, kw_only=True):
    options: AccountsOptions = AccountsOptions()


class SyncOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    include_original_description: bool | None = False
    personal_finance_category_version: str = "v2"
    days_requested: int = 90


class TransactionsSync(OfItem, frozen=True, kw_only=True):
    cursor: str = ""
    count: int = 100
    options: SyncOptions = SyncOptions()


class ItemRemove(OfItem, frozen=True, kw_only=True):
    reason_code: str | None = None
    reason_note: str | None = None


class WebhookUpdate(OfItem, frozen=True, kw_only=True):
    webhook: str | None = None


class KeyGet(Body, frozen=True, kw_only=True):
    key_id: str


class PublicTokenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    webhook: str | None = None
    override_username: str | None = None
    override_password: str | None = None


class SandboxPublicTokenCreate(Body, frozen=True, kw_only=True):
    institution_id: str
    initial_products: list[str]
    options: PublicTokenOptions = PublicTokenOptions()


class FireWebhook(OfItem, frozen=True, kw_only=True):
    webhook_code: str
    webhook_type: str | None = None


class CustomTransaction(msgspec.Struct, frozen=True):
    date_transacted: date
    date_posted: date
    amount: float
    description: str
    iso_currency_code: str | None = None


class TransactionsCreate(OfItem, frozen=True, kw_only=True):
    transactions: list[CustomTransaction]
