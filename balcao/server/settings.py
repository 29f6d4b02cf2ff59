"""Django's settings, all from the environment (see environment.py and docs/settings.md)."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from balcao.lib.clients import Network, parse_networks
from balcao.server.environment import Environment, SettingError

ENV = Environment(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent
DATA = ENV.path("BALCAO_DATA")


def _secret_key() -> str:
    key = ENV.text("BALCAO_SECRET_KEY")
    if key:
        if len(key) < 32:
            raise SettingError("BALCAO_SECRET_KEY must have at least 32 characters.")
        return key
    file = DATA / "secret.key"
    try:
        DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
        if not file.exists():
            made = DATA / f"secret.key.{os.getpid()}"
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48), encoding="ascii")
            # A link never overwrites: of two processes starting together, one key wins.
            try:
                os.link(made, file)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise SettingError(
            f"The data folder (BALCAO_DATA) cannot be written: {error.strerror or error};"
            " free space there or choose another folder."
        ) from None


def _database() -> dict[str, Any]:
    url = ENV.text("BALCAO_DATABASE_URL")
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        # sqlite:///relative.db and sqlite:////absolute.db, as everybody writes them.
        name = parts.path[1:] if url else str(DATA / "balcao.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    " PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
                ),
            },
            "CONN_MAX_AGE": None,
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {
                # A page asks the same few statements again: PostgreSQL keeps their plans.
                "server_side_binding": ENV.flag("BALCAO_DATABASE_PREPARE"),
                "prepare_threshold": 5 if ENV.flag("BALCAO_DATABASE_PREPARE") else None,
                "pool": {
                    "min_size": 1,
                    "max_size": max(2, ENV.number("BALCAO_DATABASE_POOL")),
                    "timeout": 10,
                },
            },
            "CONN_MAX_AGE": 0,
        }
    raise SettingError("BALCAO_DATABASE_URL must start with postgresql:// or sqlite:///.")


def _hosts(base_url: str) -> list[str]:
    host = urlsplit(base_url).hostname
    if not host:
        raise SettingError("BALCAO_BASE_URL must look like https://portal.example.com.")
    return [host, "127.0.0.1", "localhost", "[::1]"]


def _proxies() -> tuple[Network, ...]:
    try:
        return parse_networks(ENV.text("BALCAO_TRUSTED_PROXIES"))
    except ValueError as error:
        raise SettingError(f"BALCAO_TRUSTED_PROXIES: {error}.") from None


DEBUG = ENV.flag("BALCAO_DEBUG")
DEMO = ENV.flag("BALCAO_DEMO")
SECRET_KEY = _secret_key()
BASE_URL = ENV.text("BALCAO_BASE_URL").rstrip("/") or (
    f"http://{ENV.text('BALCAO_HOST')}:{ENV.text('BALCAO_PORT')}"
)
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = _hosts(BASE_URL)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
MAX_UPLOAD = ENV.number("BALCAO_MAX_UPLOAD_MB") * 1024 * 1024
CLAMD = ENV.text("BALCAO_CLAMD")
PIX_SECRET = ENV.text("BALCAO_PIX_SECRET")
TICKET_QUOTA = ENV.number("BALCAO_TICKET_QUOTA_MB") * 1_000_000
PERSON_QUOTA = ENV.number("BALCAO_PERSON_QUOTA_MB") * 1_000_000

TRUSTED_PROXIES = _proxies()
UNDO = timedelta(seconds=ENV.number("BALCAO_UNDO_SECONDS"))
REQUIRE_MFA = ENV.flag("BALCAO_REQUIRE_MFA")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "balcao.web",
    "balcao.events",
    "balcao.files",
    "balcao.search",
    "balcao.rulebook",
    "balcao.people",
    "balcao.entitlements",
    "balcao.knowledge",
    "balcao.tickets",
    "balcao.appointments",
    "balcao.sales",
    "balcao.channels",
    "balcao.notifications",
    "balcao.reports",
    "balcao.portal",
    "balcao.desk",
    "balcao.server",
]

MIDDLEWARE = [
    "balcao.web.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "balcao.web.middleware.actor",
    "allauth.account.middleware.AccountMiddleware",
    "balcao.web.middleware.language",
    "balcao.web.middleware.Answers",
]

ROOT_URLCONF = "balcao.server.urls"
WSGI_APPLICATION = None
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            PACKAGE / "web" / "templates",
            PACKAGE / "portal" / "templates",
            PACKAGE / "desk" / "templates",
            PACKAGE / "notifications" / "templates",
            PACKAGE / "channels" / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "balcao.web.jinja.environment",
            "context_processors": ["balcao.server.context.page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    },
]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["balcao.people.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
# allauth keeps second factors, half-finished sign-ins and the list of sessions, behind our own
# pages; none of its own has an address. Its mail and its limits are not used: ours are jobs and
# exact under parallel use.
ACCOUNT_ADAPTER = "balcao.people.backends.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "code"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 600
MFA_ADAPTER = "balcao.people.backends.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
# How the web room, which may not import the rooms above it, learns who asks and what holds.
ACTOR_LOADER = "balcao.people.queries.actor_for"
POLICY_LOADER = "balcao.rulebook.queries.current"
SESSION_NOTER = "balcao.people.backends.note_session"

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", _("Portuguese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "balcao_language"
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 86400

FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20

SESSION_ENGINE = "balcao.server.sessions"
SESSION_COOKIE_NAME = "balcao_session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "balcao_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "balcao.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # web.middleware.headers sends HSTS: behind a proxy Django sees no https
    "security.W002",  # framing is refused by our own Content-Security-Policy and X-Frame-Options
    "security.W008",  # redirecting http is the reverse proxy's work; HSTS is ours
]

LOGGING_CONFIG = None
