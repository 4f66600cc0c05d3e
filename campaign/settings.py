"""Settings, all read from the environment (or a .env file); docs/operators.md lists them.

The defaults run on one machine with nothing else installed: SQLite, Celery's filesystem broker,
and every mail to the local mailbox of the demo. Rehearsal is the default: nothing reaches an MP.
"""

import datetime as dt
import re
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv, validate

BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv(strip_whitespace=True)  # NAME_FILE=/run/secrets/name says NAME
env.read_env(str(BASE_DIR / ".env"))

DATA_DIR: Path = env.path("PARLEY_DATA_DIR", BASE_DIR / "data")
BUILD_DIR = BASE_DIR / "build"  # fonts, front-end libraries, static files: made by `make setup`
DEBUG: bool = env.bool("DEBUG", False)


def _read_secret_keys() -> list[str]:
    """Return SECRET_KEY and those before it from the environment, else from the data directory, newest first."""
    keys = [env.str("SECRET_KEY", ""), *env.list("SECRET_KEY_FALLBACKS", [])]
    key_file = DATA_DIR / "secret_key"
    if not keys[0] and key_file.exists():
        keys = key_file.read_text().split()
    if not keys or min(map(len, keys)) < 50:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing, or a key is shorter than 50 characters. "
            "Run `make setup`, which makes one in the data directory, or set SECRET_KEY in the environment."
        )
    return keys


DEVELOPMENT_FIELD_KEY = "only-for-development-1Ff9qZr7Vw3kTt0bXcYhUe"


def _read_field_keys() -> list[str]:
    keys: list[str] = env.str("FIELD_KEYS", "").replace(",", " ").split()
    key_file = DATA_DIR / "field_keys"
    if not keys and key_file.exists():
        keys = key_file.read_text().split()
    if not keys and DEBUG:
        return [DEVELOPMENT_FIELD_KEY]
    weak = [key for key in keys if len(key) < 40 or len(set(key)) < 12 or key in (SECRET_KEY, DEVELOPMENT_FIELD_KEY)]
    if weak and not DEBUG:
        raise ImproperlyConfigured(
            "A key in FIELD_KEYS is shorter than 40 characters, not random, the one for development, or equal to "
            "SECRET_KEY. Make a new one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if not keys:
        raise ImproperlyConfigured(
            "FIELD_KEYS is missing. It encrypts supporters' names, addresses and words. "
            "Run `make setup`, which makes one in the data directory, or set FIELD_KEYS in the environment. "
            "If this site already has letters, only the keys it had before can decrypt them."
        )
    return keys


def _read_backup_keys() -> list[str]:
    keys: list[str] = env.str("BACKUP_KEYS", "").replace(",", " ").split()
    key_file = DATA_DIR / "backup_keys"
    if not keys and key_file.exists():
        keys = [line.strip() for line in key_file.read_text().splitlines() if line.startswith("AGE-")]
    return keys


SECRET_KEY, *SECRET_KEY_FALLBACKS = _read_secret_keys()  # the first signs, all verify (campaign/core/keyed_hash.py)
FIELD_KEYS = _read_field_keys()  # the first encrypts, all decrypt (campaign/core/encrypted.py)
BACKUP_KEYS = _read_backup_keys()  # the first encrypts, all decrypt; only backups need one (letters/backups/dump.py)
SITE_URL: str = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [_site.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [SITE_URL])

# Where the organisers' pages are, such as "desk/". No page for supporters links there.
ADMIN_PATH: str = env.str("ADMIN_PATH", "admin/")
if not re.fullmatch(r"([A-Za-z0-9_-]+/)+", ADMIN_PATH):
    raise ImproperlyConfigured('ADMIN_PATH must end with a slash and not begin with one, such as "desk/".')

INSTALLED_APPS = [
    "campaign.staff.apps.StaffAdminConfig",
    "campaign.staff",  # before auth, whose command `changepassword` it extends
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "axes",
    "django_htmx",
    "campaign.content",
    "campaign.parliament",
    "letters",
]

MIDDLEWARE = [
    "campaign.core.request_ids.RequestIdMiddleware",
    "campaign.core.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "campaign.core.request_size.SizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
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
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'parley.sqlite3'}")}
if _password := env.str("DATABASE_PASSWORD", ""):
    DATABASES["default"]["PASSWORD"] = _password
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Measured: with Django's defaults two writers meet "database is locked" within seconds; with these never.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A host that vanishes during a transaction would keep its locks for two hours; with these both sides notice within
    # a minute. DATABASE_URL overrides them.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _session = {
        "idle_in_transaction_session_timeout": "60s",
        "lock_timeout": "30s",
        "tcp_keepalives_idle": 30,
        "tcp_keepalives_interval": 10,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
    _said = " ".join(f"-c {_name}={_value}" for _name, _value in _session.items())
    _options["options"] = f"{_said} {_options.get('options', '')}".rstrip()
    for _name, _value in {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,  # milliseconds
    }.items():
        _options.setdefault(_name, _value)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Signing in to the admin (campaign/staff/) ---------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "campaign.staff.passwords.SiteWordsValidator"},
]
# Without the second factor no campaign goes live; only the demo switches it off.
ADMIN_TOTP: bool = env.bool("ADMIN_TOTP", True)
OTP_TOTP_ISSUER = f"Parley {_site.hostname}"
STAFF_SESSION_HOURS: int = env.int("STAFF_SESSION_HOURS", 8)
STAFF_IDLE_MINUTES: int = env.int("STAFF_IDLE_MINUTES", 45)
STAFF_PROOF_MINUTES = 10  # after these, what needs a recent login asks for password and code again
SESSION_KEPT_AT_LOGOUT = ["drafts", "finding"]  # a supporter's, who may be the same person
LOGIN_TRIES: int = env.int("LOGIN_TRIES", 5)
LOCKOUT_MINUTES: int = env.int("LOCKOUT_MINUTES", 30)
AXES_FAILURE_LIMIT = LOGIN_TRIES
AXES_COOLOFF_TIME = dt.timedelta(minutes=LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or the page that says when to try again would lie
AXES_CLIENT_IP_CALLABLE = "campaign.core.client_ip.get_client_ip"
AXES_LOCKOUT_CALLABLE = "campaign.staff.lockout.show_lockout"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_DISABLE_ACCESS_LOG = True  # addresses are kept only for as long as the lockout lasts
AXES_ENABLE_ADMIN = False  # campaign.staff.admin has a clearer page
AXES_VERBOSE = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
FORMAT_MODULE_PATH = "campaign.formats"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", BUILD_DIR / "vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Retention; the privacy notice gives these numbers ------------------------------------------
DRAFT_HOURS: int = env.int("DRAFT_HOURS", 24)  # a draft lives in the session alone
UNCONFIRMED_DAYS: int = env.int("UNCONFIRMED_DAYS", 7)
LETTER_DAYS: int = env.int("LETTER_DAYS", 28)  # text and address, counted from the day it was sent
IDENTITY_DAYS: int = env.int("IDENTITY_DAYS", 182)  # name and email: never longer after the campaign
SESSION_COOKIE_AGE = DRAFT_HOURS * 60 * 60
CSRF_FAILURE_VIEW = "campaign.core.error_pages.refuse_forgery"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # it goes with the browser's session: each page with a form brings another one
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie

HTTPS = SITE_URL.startswith("https://")
if HTTPS:  # browsers take these names only with Secure, path / and no domain
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# These would bind more than this site: its subdomains, and browsers for good.
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD: bool = env.bool("SECURE_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # off by the operator's choice
BEHIND_PROXY: bool = env.bool("BEHIND_PROXY", False)
# How many of the operator's proxies add to X-Forwarded-For; anybody can make up what is further left.
PROXY_COUNT: int = env.int("PROXY_COUNT", 1 if BEHIND_PROXY else 0)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"  # pages with a secret in their address say "no-referrer"
# /.well-known/security.txt: whom to tell of vulnerabilities, an address or a URL, and until when that holds.
SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", "")
SECURITY_EXPIRES: dt.date | None = env.date("SECURITY_EXPIRES", None)
if any(c.isspace() for c in SECURITY_CONTACT):
    raise ImproperlyConfigured("SECURITY_CONTACT must be one email address or one URL.")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Bootstrap's form icons are data: images in its stylesheet
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# --- Mail -------------------------------------------------------------------------------------------------
# One server for letters and notices. The default is the demo's own mailbox on this machine.
EMAIL_HOST: str = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT: int = env.int("EMAIL_PORT", 1025)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT: int = env.int("EMAIL_TIMEOUT", 60)  # seconds, for every step of the dialogue
# Per worker, with one connection each. Fewer than its threads, so that sweeps and supporters' mails need not wait.
EMAIL_SENDERS: int = env.int("EMAIL_SENDERS", 3, validate=validate.Range(min=1))


def _read_address(name: str, default: str) -> str:
    found = getaddresses([env.str(name, default)])
    if len(found) != 1 or not re.fullmatch(r"[\w.!#$%&'*+/^`{|}~-]+@[\w-]+(\.[\w-]+)*", found[0][1], re.ASCII):
        raise ImproperlyConfigured(f"{name} must be one email address, such as letters@campaign.example.")
    return found[0][1]


LETTERS_FROM: str = _read_address("LETTERS_FROM", "letters@parley.localhost")
# The mailbox that receives bounces, such as imaps://user:password@host/INBOX.
BOUNCE_IMAP_URL: str = env.str("BOUNCE_IMAP_URL", "")
# Or the provider whose webhooks report them (letters/bounces/webhooks.py). Each calls its key something else.
ANYMAIL_PROVIDER: str = env.str("ANYMAIL_PROVIDER", "").lower()
ANYMAIL = {"WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", "")}
if _webhook_key := env.str("ANYMAIL_WEBHOOK_KEY", ""):
    for _name in ("WEBHOOK_SIGNING_KEY", "WEBHOOK_KEY", "SIGNING_SECRET"):
        ANYMAIL[f"{ANYMAIL_PROVIDER.upper()}_{_name}"] = _webhook_key
# Letters go to MPs only if the operator says so here AND an organiser has taken the campaign live.
LIVE_DELIVERY: bool = env.bool("LIVE_DELIVERY", False)
REHEARSAL_ADDRESS: str = _read_address("REHEARSAL_ADDRESS", "rehearsal@parley.localhost")


def _read_rate(name: str, default: str) -> str:
    """Return a rate, checked; empty for none."""
    words: str = env.str(name, default).strip()
    try:
        too_slow = bool(words) and limits.parse(words).amount < 1
    except ValueError:
        too_slow = True
    if too_slow:
        raise ImproperlyConfigured(
            f"{name} must be a number and a length of time, such as {default}. Leave it empty for no limit."
        )
    return words


# How fast letters may go, across all workers.
PACE_PER_DOMAIN: str = _read_rate("PACE_PER_DOMAIN", "120/minute")
PACE_PER_MP: str = _read_rate("PACE_PER_MP", "30/hour")
# After so many failures of the mail server in a row the queue pauses by itself; 0: never.
BREAKER_AFTER: int = env.int("BREAKER_AFTER", 10)
# Who is told of that, and of changes to where letters go. Empty: the rehearsal address.
ORGANISERS_EMAIL: str = _read_address("ORGANISERS_EMAIL", "") if env.str("ORGANISERS_EMAIL", "") else ""
# The operator, if that is not the organisers: gets the same alerts.
OPERATOR_EMAIL: str = _read_address("OPERATOR_EMAIL", "") if env.str("OPERATOR_EMAIL", "") else ""
# A second channel for alerts, in case mail is what has failed (letters/delivery/alert_channels.py).
ALERT_WEBHOOK: str = env.str("ALERT_WEBHOOK", "")
ALERT_WEBHOOK_SHAPE: str = env.str("ALERT_WEBHOOK_SHAPE", "slack")
if ALERT_WEBHOOK_SHAPE not in ("slack", "ntfy", "matrix"):
    raise ImproperlyConfigured("ALERT_WEBHOOK_SHAPE must be slack, ntfy or matrix.")
ALERT_WEBHOOK_TOKEN: str = env.str("ALERT_WEBHOOK_TOKEN", "")
ALERT_COMMAND: str = env.str("ALERT_COMMAND", "")
# Where backups are kept, and the selector of the mail server's DKIM key, for `manage.py doctor`.
BACKUP_FOLDER: str = env.str("BACKUP_FOLDER", "")
DKIM_SELECTOR: str = env.str("DKIM_SELECTOR", "")
METRICS_TOKEN: str = env.str("METRICS_TOKEN", "")  # who shows it may read /metrics; empty: there is no such page
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN needs at least 32 characters: openssl rand -hex 32 makes one.")
# How old the list of MPs may be while letters go to them.
MEMBERS_DAYS: int = env.int("MEMBERS_DAYS", 60)
# Limits for visitors (letters/views/throttling.py), wide enough for a meeting or a household behind one address.
LIMIT_DRAFTS_PER_IP: str = _read_rate("LIMIT_DRAFTS_PER_IP", "300/hour")
LIMIT_LOOKUPS_PER_IP: str = _read_rate("LIMIT_LOOKUPS_PER_IP", "300/hour")
LIMIT_SAVES_PER_IP: str = _read_rate("LIMIT_SAVES_PER_IP", "1200/minute")
LIMIT_PDFS_PER_IP: str = _read_rate("LIMIT_PDFS_PER_IP", "300/hour")
LIMIT_LETTERS_PER_IP: str = _read_rate("LIMIT_LETTERS_PER_IP", "60/hour")
LIMIT_LETTERS_PER_EMAIL: str = _read_rate("LIMIT_LETTERS_PER_EMAIL", "8/day")
LIMIT_LETTERS_PER_IP_AND_EMAIL: str = _read_rate("LIMIT_LETTERS_PER_IP_AND_EMAIL", "6/day")
LIMIT_LETTERS_PER_POSTCODE: str = _read_rate("LIMIT_LETTERS_PER_POSTCODE", "60/day")
LIMIT_LETTERS_PER_CAMPAIGN: str = _read_rate("LIMIT_LETTERS_PER_CAMPAIGN", "3000/hour")
LIMIT_CONFIRMS_PER_IP: str = _read_rate("LIMIT_CONFIRMS_PER_IP", "120/hour")
LIMIT_LINKS_PER_EMAIL: str = _read_rate("LIMIT_LINKS_PER_EMAIL", "3/day")
LIMIT_LINKS_PER_IP_AND_EMAIL: str = _read_rate("LIMIT_LINKS_PER_IP_AND_EMAIL", "6/day")
LIMIT_LINKS_PER_IP: str = _read_rate("LIMIT_LINKS_PER_IP", "20/hour")
# Organisers' login attempts, counted before the slow password check; successful ones are given back.
LIMIT_SIGNINS_PER_IP: str = _read_rate("LIMIT_SIGNINS_PER_IP", "20/hour")
# Nobody fills in the details faster; anyone who does has to press the button again. 0: off.
SECONDS_TO_WRITE: int = env.int("SECONDS_TO_WRITE", 3)
# Forms are small; the longest letter has some 20 kB. What is larger gets a 400. Files: campaign/core/request_size.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2
# Where the demo's mail catcher keeps mails; unset, there is no mailbox page.
MAILBOX_DIR: Path | None = Path(env.str("MAILBOX_DIR")) if env.str("MAILBOX_DIR", "") else None

# --- Celery: the database row is the truth, these messages only say "wake up" -----------------------------
REDIS_URL: str = env.str("REDIS_URL", "")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Without these a page waited for more than 30 s on a hanging Redis; without the last two for 6 to 8 s, as Kombu
    # connects four times. The next sweep does what a lost message asked for.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "max_retries": 1,
        "connect_retries_timeout": 1,
    }
else:
    _queue_dir = DATA_DIR / "queue"
    CELERY_BROKER_URL = "wholefiles://"  # campaign.core.broker: Celery's filesystem broker, made safe
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue_dir),
        "data_folder_out": str(_queue_dir),
        "control_folder": str(_queue_dir / "control"),
        "polling_interval": 0.05,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {  # nothing expires: a worker whose clock is ahead would silently do nothing
    "sweep": {"task": "letters.tasks.sweep", "schedule": 15.0},
    "tally": {"task": "letters.tasks.tally", "schedule": 15.0},
    "tidy": {"task": "letters.tasks.tidy", "schedule": 60 * 60.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Logs name letters by reference only; no personal data.
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO").upper()
_chatter = "INFO" if LOG_LEVEL == "DEBUG" else "WARNING"  # two lines for every task, thousands a day from the sweeps
LOG_FORMAT: str = env.str("LOG_FORMAT", "line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("LOG_FORMAT must be line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "campaign.core.logs.Lines", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "campaign.core.logs.JsonLines"},
    },
    "filters": {
        "add_request_id": {"()": "campaign.core.request_ids.AddRequestId"},
        "hide_secret_paths": {"()": "campaign.core.logs.HideSecretPaths"},
        "refusals_in_one_line": {"()": "campaign.core.logs.RefusalsInOneLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["add_request_id", "hide_secret_paths", "refusals_in_one_line"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "celery.app.trace": {"level": _chatter},
        "celery.beat": {"level": _chatter},
        "celery.worker.strategy": {"level": _chatter},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "flufl.bounce": {"level": "CRITICAL"},  # it names each detector, and its tracebacks might quote a mail
        "axes": {"level": "ERROR"},  # it would name accounts and addresses
        "mail.log": {"level": "WARNING"},  # the demo's mail catcher would name every address
    },
}
