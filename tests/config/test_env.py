"""The environment is refused as a whole, by name, and never shown."""

from pathlib import Path

import pytest

from config.env import BadEnvironment, read_environment, variable_names

STRONG = "Jp3vYx8mQ2sT5wZ9bN4kR7hL1dF6gC0aE-uiOXyKWqrtSvMn_PAGBzjH"
ROUTING = STRONG[::-1]
PRODUCTION = {
    "SECRET_KEY": STRONG,
    "ROUTING_KEY": ROUTING,
    "KEY_DIR": "/var/lib/keys",
    "BASE_URL": "https://books.acme.test",
    "DATABASE_URL": "postgresql://counterfoil_web:long%2Fword@db.acme.test:5433/books?sslmode=verify-full",
    "SCHEDULER_DATABASE_URL": "postgresql://counterfoil_scheduler:word@db.acme.test/books?sslmode=require",
    "REDIS_URL": "rediss://:word@redis.acme.test:6379/3",
    "PLAID_BASE_URL": "https://production.plaid.com",
    "PLAID_CLIENT_ID": "5f1e",
    "PLAID_SECRET": "9c1d7b2a4e6f8091a3b5c7d9e1f20",
    "STRIPE_SECRET_KEY": "sk_live_9c1d7b2a4e6f8091a3b5c7d9",
    "STRIPE_WEBHOOK_SECRETS": "whsec_2b1d7b2a4e6f8091a3b5c7d9",
    "EMAIL_HOST": "mail.acme.test",
    "EMAIL_HOST_USER": "books",
    "EMAIL_HOST_PASSWORD": "word",
    "EMAIL_FROM": "books@acme.test",
    "SECURITY_CONTACT": "mailto:security@acme.test",
}


def problems_of(**changes: str) -> list[str]:
    with pytest.raises(BadEnvironment) as caught:
        read_environment(PRODUCTION | changes)
    return caught.value.problems


def test_a_complete_environment_is_production_by_default() -> None:
    environment = read_environment(PRODUCTION)

    assert environment.is_production
    assert environment.allowed_hosts == ("books.acme.test",)
    assert environment.database.password == "long/word"
    assert environment.database.port == 5433
    assert environment.database.options == (("sslmode", "verify-full"),)
    assert environment.cache_url == "rediss://:word@redis.acme.test:6379/4"
    assert environment.owner_database is None


READING = {"OPERATOR_DATABASE_URL": "postgresql://counterfoil_operator:word@db.acme.test/books?sslmode=require"}


# R51, C12
def test_operators_are_nobody_unless_they_are_named() -> None:
    assert read_environment(PRODUCTION).operators == frozenset()
    named = read_environment(PRODUCTION | READING | {"OPERATORS": "Ana@acme.test, ben@acme.test,"})

    assert named.operators == {"ana@acme.test", "ben@acme.test"}
    assert named.operator_database is not None


def test_operators_need_a_role_to_read_by_and_an_address_each() -> None:
    assert problems_of(OPERATORS="ana@acme.test") == ["OPERATORS is given without OPERATOR_DATABASE_URL"]
    wrong = problems_of(OPERATORS="ana@acme.test, ben", **READING)
    assert wrong == ["OPERATORS must be e-mail addresses separated by commas"]


def test_a_sample_company_is_offered_with_a_sandbox_alone() -> None:
    chosen = {"PLAID_SAMPLE_INSTITUTION": "ins_109508", "PLAID_BASE_URL": "https://sandbox.plaid.com"}

    assert read_environment(PRODUCTION | chosen).plaid.sample_institution == "ins_109508"
    assert read_environment(PRODUCTION).plaid.sample_institution == ""


ZOHO = {"ZOHO_CLIENT_ID": "1000.ABC", "ZOHO_CLIENT_SECRET": "9c1d7b2a4e6f8091a3b5c7d9e1f20aa"}
SANDBOX = {"ZOHO_ACCOUNTS_URL": "http://127.0.0.1:8001/zoho", "ZOHO_API_URL": "http://127.0.0.1:8001/zoho/books/v3"}


def test_zoho_is_left_out_as_a_whole_or_complete() -> None:
    assert read_environment(PRODUCTION).zoho is None
    zoho = read_environment(PRODUCTION | ZOHO).zoho
    assert zoho is not None
    assert (zoho.accounts_url, zoho.api_url) == (None, None)
    assert ZOHO["ZOHO_CLIENT_SECRET"] not in repr(zoho)
    assert problems_of(ZOHO_CLIENT_ID="1000.ABC") == ["ZOHO_CLIENT_SECRET is missing"]


def test_a_sandbox_stands_for_zoho_outside_production_alone() -> None:
    zoho = read_environment(PRODUCTION | ZOHO | SANDBOX | {"COUNTERFOIL_ENV": "demo"}).zoho
    assert zoho is not None
    assert (zoho.accounts_url, zoho.api_url) == tuple(SANDBOX.values())
    assert {problem.split()[0] for problem in problems_of(**ZOHO, **SANDBOX)} == set(SANDBOX)
    https = {name: value.replace("http:", "https:") for name, value in SANDBOX.items()}
    assert {problem.split()[0] for problem in problems_of(**ZOHO, **https)} == set(SANDBOX)


def test_half_a_sandbox_is_none() -> None:
    with pytest.raises(BadEnvironment, match="ZOHO_ACCOUNTS_URL is given without ZOHO_API_URL"):
        read_environment(
            PRODUCTION | ZOHO | {"COUNTERFOIL_ENV": "demo", "ZOHO_ACCOUNTS_URL": SANDBOX["ZOHO_ACCOUNTS_URL"]}
        )


# R103, R104
def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(BadEnvironment) as caught:
        read_environment({})

    assert {problem.split()[0] for problem in caught.value.problems} == set(PRODUCTION)


# R100
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "django-insecure-" + STRONG),
        ("ROUTING_KEY", STRONG),
        ("KEY_DIR", "keys"),
        ("BASE_URL", "http://books.acme.test"),
        ("BASE_URL", "https://localhost"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "books.acme.test,.acme.test"),
        ("DATABASE_URL", "postgresql://counterfoil_web:word@db.acme.test/books"),
        ("DATABASE_URL", "postgresql://counterfoil_web@db.acme.test/books?sslmode=require"),
        ("DATABASE_URL", "mysql://counterfoil_web:word@db.acme.test/books"),
        ("DATABASE_URL", "postgresql://counterfoil_web:word@db.acme.test:port/books"),
        ("OWNER_DATABASE_URL", "postgresql://counterfoil_owner:word@db.acme.test/books"),
        ("SECURITY_CONTACT", "security@acme.test"),
        ("SECURITY_CONTACT", "http://acme.test/security"),
        ("SECURITY_CONTACT", "mailto:security"),
        ("SECURITY_CONTACT", "mailto:security@acme.test\nContact: mailto:mallory@example.test"),
        ("REDIS_URL", "redis://redis.acme.test"),
        ("REDIS_URL", "redis://:word@redis.acme.test/one"),
        ("REDIS_URL", "redis://:word@127.0.0.1:6379/0"),  # R10
        ("REDIS_URL", "rediss://redis.acme.test"),
        ("DATABASE_URL", "postgresql://counterfoil_web:word@127.0.0.1/books"),  # R10
        ("DATABASE_URL", "postgresql://counterfoil_web:word@db.acme.test/books?sslmode=prefer"),
        ("SECRET_KEY_FALLBACKS", f"{STRONG},short"),
        ("ROUTING_KEY_FALLBACKS", "changeme" * 8),
        ("CORS_ORIGINS", "https://*.acme.test"),
        ("CORS_ORIGINS", "http://books.acme.test"),
        ("CORS_ORIGINS", "https://books.acme.test/path"),
        ("CRON_TOKEN", "short"),
        ("SENTRY_DSN", "http://key@sentry.acme.test/1"),
        ("SENTRY_DSN", "https://sentry.acme.test/1"),
        ("PLAID_BASE_URL", "http://production.plaid.com"),
        ("PLAID_BASE_URL", "https://127.0.0.1:8001"),
        ("PLAID_BASE_URL", "https://[::1]:8001"),
        ("PLAID_LINK_ORIGIN", "http://secure.plaid.com"),
        ("PLAID_LINK_ORIGIN", "https://secure.plaid.com/link"),
        ("PLAID_SAMPLE_INSTITUTION", "ins_109508"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("LOG_LEVEL", "DEBUG"),  # R93
        ("COUNTERFOIL_ENV", "staging"),
    ],
)
def test_production_refuses_a_weak_value_by_name_and_does_not_show_it(name: str, value: str) -> None:
    problems = problems_of(**{name: value})

    assert [problem.split()[0] for problem in problems] == [name]
    assert value not in "".join(problems) or name == "COUNTERFOIL_ENV"


def test_the_demonstration_may_use_this_machine() -> None:
    here = {
        "COUNTERFOIL_ENV": "demo",
        "BASE_URL": "http://127.0.0.1:8000",
        "PLAID_BASE_URL": "http://127.0.0.1:8001",
        "REDIS_URL": "redis://:word@127.0.0.1:6379",
        "LOG_LEVEL": "DEBUG",
    }

    environment = read_environment(PRODUCTION | here)

    assert not environment.is_production
    assert environment.cache_url == "redis://:word@127.0.0.1:6379/1"


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(STRONG + "\n")
    without = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}

    assert read_environment(without | {"SECRET_KEY_FILE": str(secret)}).secret_key == STRONG
    assert problems_of(SECRET_KEY_FILE=str(secret)) == ["SECRET_KEY is given twice, also as SECRET_KEY_FILE"]
    with pytest.raises(BadEnvironment, match="cannot be read from the path in SECRET_KEY_FILE"):
        read_environment(without | {"SECRET_KEY_FILE": str(tmp_path / "none")})


def test_showing_an_environment_shows_no_secret() -> None:
    shown = repr(read_environment(PRODUCTION))

    assert "books.acme.test" in shown
    for secret in (STRONG, ROUTING, "long/word", ":word@", "9c1d7b2a"):
        assert secret not in shown


def test_names_are_listed_without_reading_values() -> None:
    assert "COUNTERFOIL_ENV" in variable_names()
    assert set(PRODUCTION) < set(variable_names())


def test_production_needs_stripe_and_elsewhere_it_may_be_left_out_as_a_whole() -> None:
    stripe = read_environment(PRODUCTION).stripe
    assert stripe is not None
    assert stripe.pages == ("https://checkout.stripe.com", "https://billing.stripe.com")
    assert PRODUCTION["STRIPE_SECRET_KEY"] not in repr(stripe)
    assert PRODUCTION["STRIPE_WEBHOOK_SECRETS"] not in repr(stripe)

    without = {"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRETS": ""}
    named = {problem.split()[0] for problem in problems_of(**without)}
    assert named == set(without)
    assert read_environment(PRODUCTION | without | {"COUNTERFOIL_ENV": "demo"}).stripe is None


def test_a_sandbox_stands_for_stripe_and_its_pages_outside_production_only() -> None:
    sandbox = {"STRIPE_BASE_URL": "http://127.0.0.1:8001"}

    stripe = read_environment(PRODUCTION | sandbox | {"COUNTERFOIL_ENV": "demo"}).stripe

    assert stripe is not None
    assert (stripe.base_url, stripe.pages) == ("http://127.0.0.1:8001", ("http://127.0.0.1:8001",))
    assert {problem.split()[0] for problem in problems_of(**sandbox)} == {"STRIPE_BASE_URL"}


def test_a_webhook_secret_is_replaced_without_a_gap() -> None:
    both = "whsec_5d1d7b2a4e6f8091a3b5c7d9,whsec_2b1d7b2a4e6f8091a3b5c7d9"

    stripe = read_environment(PRODUCTION | {"STRIPE_WEBHOOK_SECRETS": both}).stripe

    assert stripe is not None
    assert stripe.webhook_secrets == tuple(both.split(","))


def test_a_place_to_tell_of_weaknesses_may_be_a_page_and_is_left_out_outside_production_only() -> None:
    page = "https://acme.test/security?from=books"

    assert read_environment(PRODUCTION | {"SECURITY_CONTACT": page}).security_contact == page
    assert read_environment(PRODUCTION | {"COUNTERFOIL_ENV": "demo", "SECURITY_CONTACT": ""}).security_contact == ""
