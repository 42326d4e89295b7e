"""Every setting, read from the environment once. All problems are reported together.

Names, meanings and defaults are in docs/configuration.md and `.env.example`.
"""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from generation.networks import parse_networks
from pixelprompt import environment, logs
from pixelprompt.environment import Environment, between, one_of
from pixelprompt.languages import languages
from providers.addresses import PrivateHosts
from providers.version import VERSION

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Job] and the like exist at run time

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED = CHECKOUT / "pixelprompt" / "shipped"  # made by pip, see pyproject.toml
INSTALLED = SHIPPED.is_dir()
BASE_DIR = SHIPPED if INSTALLED else CHECKOUT
# Where `.env` and data are, unless told otherwise.
START_DIR = Path.cwd() if INSTALLED else CHECKOUT
env = Environment(Path(os.environ.get("PIXELPROMPT_ENV_FILE", START_DIR / ".env")))

# --- the environment ------------------------------------------------------------------------------
HOST: str = env.str("HOST", "127.0.0.1")
PORT: int = env.int("PORT", 8000, validate=between(0, 65535))
DEBUG: bool = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("PIXELPROMPT_DATA_DIR", str(START_DIR / "data"))).absolute()
DATABASE_URL: str = env.str(
    "DATABASE_URL",
    f"sqlite:///{DATA_DIR / 'pixelprompt.sqlite3'}",
    validate=environment.database_url,
)
DATABASE_CONNECTIONS: int = env.int("DATABASE_CONNECTIONS", 20, validate=between(4, 1000))
BROKER_URL: str = env.str("BROKER_URL", "", validate=environment.broker_url)
WORKER_THREADS: int = env.int("WORKER_THREADS", 64, validate=between(1, 4096))
WEB_THREADS: int = env.int("WEB_THREADS", 16, validate=between(1, 512))
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CORS_ALLOWED_ORIGINS: list[str] = env.list(
    "CORS_ALLOWED_ORIGINS", ["*"], validate=environment.origins
)
PUBLIC_BASE_URL: str = env.str("PUBLIC_BASE_URL", "", validate=environment.http_url)
CACHE_URL: str = env.str("CACHE_URL", "", validate=environment.cache_url)
LISTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [], validate=environment.networks)
GLOBAL_LIMIT: int = env.int("GLOBAL_LIMIT", 1000, validate=between(0, 1_000_000_000))
IP_LIMIT: int = env.int("IP_LIMIT", 50, validate=between(0, 1_000_000_000))
IP_INCLUDE: list[str] = env.list("IP_INCLUDE", [], validate=environment.networks)
ALLOWED_PRIVATE_HOSTS: list[str] = env.list(
    "ALLOWED_PRIVATE_HOSTS", [], validate=environment.private_hosts
)
S3_BUCKET: str = env.str("S3_BUCKET", "")
S3_ENDPOINT_URL: str = env.str("S3_ENDPOINT_URL", "", validate=environment.http_url)
AWS_REGION: str = env.str("AWS_REGION", env.source.get("AWS_DEFAULT_REGION", ""))
CLOUDFRONT_DOMAIN: str = env.str("CLOUDFRONT_DOMAIN", "", validate=environment.host_name)
# Whether SQS is known to read which records of a batch failed; `connect_queues` sees to it.
PARTIAL_BATCHES: bool = env.bool("PARTIAL_BATCHES", False)
QUEUE_BOUND: int = env.int("QUEUE_BOUND", 2000, validate=between(1, 1_000_000))
RETENTION_DAYS: int = env.int("RETENTION_DAYS", 0, validate=between(0, 36_500))
LOG_LEVEL: str = env.str(
    "LOG_LEVEL",
    "INFO",
    validate=one_of(environment.LOG_LEVELS, "Must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
)
LOG_FORMAT: str = env.str(
    "LOG_FORMAT", "line", validate=one_of(environment.LOG_FORMATS, "Must be line or json.")
)
METRICS_TOKEN: str = env.str("METRICS_TOKEN", "", validate=environment.token)
SECRET_KEY: str = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
FIELD_ENCRYPTION_KEYS: list[str] = env.list(
    "FIELD_ENCRYPTION_KEYS", [], validate=environment.encryption_keys
)
MODEL_SLOTS = env.model_slots()
CHAT_SLOT = env.chat_slot(MODEL_SLOTS)
if DATABASE_URL and not DATABASE_URL.startswith("sqlite:"):
    for required in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS"):
        if required not in env.source:
            env.note(required, "Is required when DATABASE_URL is not SQLite.")
try:
    env.check()
except ValueError as problems:
    raise ImproperlyConfigured(str(problems)) from None

PUBLIC_BASE_URL = PUBLIC_BASE_URL.rstrip("/")
PRIVATE_HOSTS = PrivateHosts.parse(ALLOWED_PRIVATE_HOSTS)
TRUSTED_PROXIES = parse_networks(LISTED_PROXIES)
SECRET_KEY = SECRET_KEY or environment.kept_secret(DATA_DIR, "secret_key")
FIELD_ENCRYPTION_KEYS = FIELD_ENCRYPTION_KEYS or [
    environment.kept_secret(DATA_DIR, "encryption_key")
]

# --- promises (docs/architecture.md says what each one is for) ------------------------------------
JOB_DEADLINE = 300.0  # seconds from accepting a job to its last result, queueing included
LEASE = 30.0  # seconds a claim holds without a sign of life
LEASE_RENEWAL = 10.0
SWEEP_PERIOD = 5.0
BELL_PAUSE = 30.0  # before the same row is rung for again
CALL_MARGIN = 10.0  # seconds of the job's deadline kept back from a call
MAX_TRIES = 3
COPY_THREADS = 2
STOP_GRACE = 25.0  # seconds that running calls get after SIGTERM

# --- Django -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "pixelprompt.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "pixelprompt",
    "providers",
    "generation",
]
MIDDLEWARE = [
    "generation.api.middleware.CorrelationId",
    "generation.api.access.AccessLog",
    "generation.api.middleware.Cors",
    "django.middleware.security.SecurityMiddleware",
    "pixelprompt.headers.PermissionsPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pixelprompt.compression.TextGZip",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "pixelprompt.probes.HostsChecked",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "pixelprompt.urls"
WSGI_APPLICATION = "pixelprompt.wsgi.application"
APPEND_SLASH = False
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
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DATABASES = {
    "default": environment.database(
        DATABASE_URL, pool_size=min(DATABASE_CONNECTIONS, WORKER_THREADS + WEB_THREADS + 8)
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "counters": environment.counters(CACHE_URL),
}
RATELIMIT_USE_CACHE = "counters"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = languages(BASE_DIR / "locale")
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
PACKED = BASE_DIR / "packed"  # packages and images bring their static files along
STATIC_ROOT = PACKED if PACKED.is_dir() else DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": environment.picture_storage(
        S3_BUCKET, S3_ENDPOINT_URL, AWS_REGION, local=DATA_DIR / "media"
    ),
    "staticfiles": {"BACKEND": "pixelprompt.staticfiles.HashedStaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["generation.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "generation.api.parsers.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "generation.api.errors.answer_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Pixel Prompt",
    "VERSION": VERSION,
    "DESCRIPTION": "One prompt, every image model at once.",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "CAMELIZE_NAMES": True,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "SCHEMA_PATH_PREFIX": "/",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "PREPROCESSING_HOOKS": ["generation.api.document.with_deletion"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "generation.api.document.completed",
    ],
    "ENUM_SUFFIX": "",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "generation.models.job.STATUSES",
        "LimitName": "generation.gates.limits.TOLD",
        "LogLevel": "generation.api.serializers.LOG_LEVELS",
    },
}

# --- security -----------------------------------------------------------------------------------
picture_origins = environment.picture_origins(
    S3_BUCKET, S3_ENDPOINT_URL, AWS_REGION, CLOUDFRONT_DOMAIN
)
secure = PUBLIC_BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # the proxy in front redirects; behind it every request looks plain
SECURE_HSTS_SECONDS = 31_536_000 if secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = secure
SECURE_HSTS_PRELOAD = secure
SESSION_COOKIE_SECURE = secure
CSRF_COOKIE_SECURE = secure
CSRF_TRUSTED_ORIGINS = environment.origins_of(PUBLIC_BASE_URL)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "generation.views.csrf_failure"
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # SECURE_SSL_REDIRECT, see above
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *picture_origins],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = logs.configuration(LOG_LEVEL, LOG_FORMAT)
