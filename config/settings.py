"""Django's settings. Every value that differs between installations comes from `config.env`, which validates it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF, STRICT_DYNAMIC

from config.env import DatabaseAddress, read_environment
from config.errors import report_errors
from config.limits import find_limit
from config.logs import configure_logging
from integrations.providers.zoho_places import consent_origins

ENVIRONMENT = read_environment()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
BASE_URL = ENVIRONMENT.base_url
ROUTING_KEY = ENVIRONMENT.routing_key
ROUTING_KEY_FALLBACKS = ENVIRONMENT.routing_key_fallbacks
CRON_TOKEN = ENVIRONMENT.cron_token
KEY_DIR = ENVIRONMENT.key_dir
AUDIT_BACKUP_DIR = ENVIRONMENT.audit_backup_dir
PLAID = ENVIRONMENT.plaid
ZOHO = ENVIRONMENT.zoho
STRIPE = ENVIRONMENT.stripe

INSTALLED_APPS = [
    "config",
    "vault",
    "audit",
    "accounts",
    "ledger",
    "integrations",
    "billing",
    "trust.operators",
    "trust.violations",
    "trust.alerts",
    "allauth",
    "allauth.account",
    "axes",
    "django_htmx",
    "csp",
    "corsheaders",
    # Its pages are the operators' alone; nothing is found by itself.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "config.middleware.request_id.name_request",
    "config.middleware.packing.Packing",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.headers.add_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.floor.keep_floor",
    "config.middleware.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.time_zone.use_own_time_zone",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.refusals.draw_refusals",
    "config.middleware.sign_in.SignInRequired",
    "config.middleware.script_requests.ScriptRequests",
    "config.middleware.limits.Limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "integrations.context.banks",
            ],
        },
    }
]
FORM_RENDERER = "config.form_renderer.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(address: DatabaseAddress, *, atomic_requests: bool = False) -> dict[str, Any]:
    return {
        "ENGINE": "config.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        # A page's statements are the same each time: PostgreSQL plans them once a connection. (A pooler that hands
        # connections from transaction to transaction must know of prepared statements, as PgBouncer does from 1.22 on.)
        "OPTIONS": {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 5, **dict(address.options)},
        "ATOMIC_REQUESTS": atomic_requests,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": _database(ENVIRONMENT.database, atomic_requests=True),
    "scheduler": _database(ENVIRONMENT.scheduler_database),
}
if ENVIRONMENT.owner_database is not None:
    DATABASES["owner"] = _database(ENVIRONMENT.owner_database)
if ENVIRONMENT.operator_database is not None:
    DATABASES["operator"] = _database(ENVIRONMENT.operator_database)
DATABASE_ROUTERS = ["trust.operators.router.OperatorRouter"]
OPERATORS = ENVIRONMENT.operators

REDIS_URL = ENVIRONMENT.redis_url
# The cache has a database of its own: clearing it must not empty the queue.
CACHES = {
    "default": {
        "BACKEND": "config.cache.BriefCache",
        "LOCATION": ENVIRONMENT.cache_url,
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backend.PasswordBackend",
]
# Argon2id only [R17]; the tests alone put a fast one in its place.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Argon2id for backup codes, memory in KiB. With another cost no code that was made before is known any more.
BACKUP_CODE_COST = {"memory_cost": 19 * 1024, "time_cost": 2, "parallelism": 1}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.breaches.BreachedPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.people.SignUpForm"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.door.SignInForm", "signup": "accounts.forms.door.NewAccountForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
PWNED_URL = ENVIRONMENT.pwned_url
ALERT_WEBHOOK_SANDBOX = ENVIRONMENT.alert_webhook_sandbox

# How often anything may be asked for stands in config.limits. allauth's own counts are not atomic; axes counts once more
# and says when an account is locked: see accounts.lockout.
ACCOUNT_RATE_LIMITS = False
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = find_limit("password").count
AXES_COOLOFF_TIME = timedelta(seconds=find_limit("password").seconds)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "accounts.lockout.typed_address"
AXES_CLIENT_IP_CALLABLE = "config.addresses.counted_address"
AXES_CLIENT_STR_CALLABLE = "accounts.lockout.name_client"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.refuse"
AXES_WHITELIST_CALLABLE = "accounts.lockout.is_exempt"
AXES_DISABLE_ACCESS_LOG = True
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxy_count

SESSION_ENGINE = "accounts.session_store"
SESSION_IDLE = timedelta(days=ENVIRONMENT.session_idle_days)  # R38
SESSION_LIFE = timedelta(days=ENVIRONMENT.session_life_days)
# A remembered cookie; idleness is measured on the server. What is not remembered ends with the browser.
SESSION_COOKIE_AGE = int(SESSION_LIFE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SAVE_EVERY_REQUEST = False
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Cookies bound to this host where the address is https; plain names only on a loopback address.
_PREFIX = "__Host-" if ENVIRONMENT.is_https else ""
SESSION_COOKIE_NAME = f"{_PREFIX}session"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
DEVICE_COOKIE_NAME = f"{_PREFIX}device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the bank's page comes back by a redirect from another site
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = ENVIRONMENT.is_production
SECURE_HSTS_SECONDS = 63_072_000 if ENVIRONMENT.is_production else 0  # R9
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.is_production
if ENVIRONMENT.trusted_proxy_count:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Who may read the addresses that are open to everybody from a page of their own; nobody, as it comes.
CORS_ALLOWED_ORIGINS = list(ENVIRONMENT.cors_origins)
CORS_URLS_REGEX = r"^/\.well-known/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]

# A provider's own page is where a form to connect or to pay ends up, and browsers hold form-action against redirects too.
CONSENT_ORIGINS = [
    ENVIRONMENT.plaid.link_origin,
    *(consent_origins(ZOHO) if ZOHO else []),
    *(STRIPE.pages if STRIPE else []),
]
REPORTS = "/csp-reports/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE, STRICT_DYNAMIC],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *dict.fromkeys(CONSENT_ORIGINS)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        # R72: what a browser stops it reports, in whichever of the two ways it knows.
        "report-uri": [REPORTS],
        "report-to": ["policy"],
    }
}

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles" if ENVIRONMENT.is_production else None
WHITENOISE_USE_FINDERS = not ENVIRONMENT.is_production
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.is_production
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

_POST = "smtp" if ENVIRONMENT.mail.host else "filebased" if ENVIRONMENT.mail.folder else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{_POST}.EmailBackend"
EMAIL_FILE_PATH = ENVIRONMENT.mail.folder or None
EMAIL_HOST = ENVIRONMENT.mail.host
EMAIL_PORT = ENVIRONMENT.mail.port
EMAIL_HOST_USER = ENVIRONMENT.mail.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.password
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
SECURITY_CONTACT = ENVIRONMENT.security_contact
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail.sender

LOGGING_CONFIG = None
configure_logging(ENVIRONMENT.log_level, structured=ENVIRONMENT.is_production)
if ENVIRONMENT.sentry_dsn:
    report_errors(ENVIRONMENT.sentry_dsn, ENVIRONMENT.mode)
