"""Settings of the service: the only place that reads the environment.

Every setting has a default that needs nothing installed; ``docs/how-to/operate.md`` lists them all.
"""

import importlib.util
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from executor.domain.sites import BadSitesError, Site, read_sites
from publishing.domain.repositories import (
    BadRepositoriesError,
    RepositorySettings,
    read_repositories,
)

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    """The text of REPRISE_<name>, or the default when it is unset or empty."""
    return os.environ.get(f"REPRISE_{name}", "").strip() or default


def env_flag(name: str, *, default: bool) -> bool:
    """REPRISE_<name> as yes or no; anything else is refused with a sentence."""
    text = env_text(name, "yes" if default else "no").lower()
    if text not in {"yes", "no"}:
        raise ImproperlyConfigured(f"REPRISE_{name} is {text!r}: write yes or no.")
    return text == "yes"


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    """REPRISE_<name> as one of the choices, the first of them by default."""
    text = env_text(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(
            f"REPRISE_{name} is {text!r}: write one of {', '.join(choices)}."
        )
    return text


def env_list(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """REPRISE_<name> as known words separated by commas, all by default; ``none`` for none."""
    text = env_text(name, ",".join(known))
    words = () if text == "none" else tuple(part.strip() for part in text.split(","))
    if not set(words) <= set(known):
        raise ImproperlyConfigured(
            f"REPRISE_{name} is {text!r}: write some of {', '.join(known)}, or none."
        )
    return words


def env_number(name: str, default: int) -> int:
    """REPRISE_<name> as a whole number above zero."""
    text = env_text(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ImproperlyConfigured(f"REPRISE_{name} is {text!r}: write a whole number above zero.")
    return int(text)


def env_paths(name: str) -> tuple[Path, ...]:
    """REPRISE_<name> as folders separated by colons, made absolute."""
    return tuple(Path(part).expanduser().resolve() for part in env_text(name).split(":") if part)


def configured_sites(run_seconds: int) -> tuple[Site, ...]:
    """The sites of the file REPRISE_SITES; none when it is unset: everything runs here."""
    file = env_text("SITES")
    if not file:
        return ()
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8")
        return read_sites(text, run_seconds=run_seconds)
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"REPRISE_SITES is {file!r}, which cannot be read: {error}."
        ) from None
    except BadSitesError as error:
        raise ImproperlyConfigured(f"REPRISE_SITES is {file!r}, with faults: {error}") from None


def configured_repositories() -> tuple[RepositorySettings, ...]:
    """The repositories of the file REPRISE_REPOSITORIES; beside them there is always the shelf."""
    file = env_text("REPOSITORIES")
    if not file:
        return ()
    try:
        return read_repositories(Path(file).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"REPRISE_REPOSITORIES is {file!r}, which cannot be read: {error}."
        ) from None
    except BadRepositoriesError as error:
        raise ImproperlyConfigured(
            f"REPRISE_REPOSITORIES is {file!r}, with faults: {error}"
        ) from None


def secret_key(data: Path) -> str:
    """REPRISE_SECRET_KEY, or a key made once and kept in the data folder."""
    key = env_text("SECRET_KEY")
    file = data / "secret-key"
    if key:
        return key
    if file.is_file():
        return file.read_text().strip()
    key = secrets.token_urlsafe(50)
    data.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(key)
    return key


def bokeh_scripts() -> Path:
    """Where Bokeh's own package keeps its scripts; found without importing it, which is slow."""
    spec = importlib.util.find_spec("bokeh")
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured("Bokeh is not installed: run `make up` again.")
    return Path(spec.origin).parent / "server" / "static" / "js"


def product_storage(data: Path) -> dict[str, Any]:
    """Where all bytes are kept: the folder ``store/``, or what REPRISE_STORE_URL names."""
    url = env_text("STORE_URL")
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": data / "store"},
        }
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"REPRISE_STORE_URL is {url!r}: write s3://bucket or s3://bucket/prefix."
        )
    if importlib.util.find_spec("storages") is None:
        raise ImproperlyConfigured(
            "REPRISE_STORE_URL needs django-storages and boto3: run `make up` again."
        )
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": env_text("STORE_ENDPOINT"),
        "region_name": env_text("STORE_REGION"),
        "access_key": env_text("STORE_KEY"),
        "secret_key": env_text("STORE_SECRET"),
    }
    # What is not given here, boto3 finds in the environment, its files, or on the machine.
    given = {name: value for name, value in options.items() if value}
    return {"BACKEND": "lib.bucket.Bucket", "OPTIONS": given}


DATA_DIR = Path(env_text("DATA", str(BASE_DIR / "var"))).expanduser().resolve()
HOST = env_text("HOST", "127.0.0.1")
PORT = env_number("PORT", 8000)
PUBLIC_URL = env_text("URL", f"http://{HOST}:{PORT}").rstrip("/")
DEBUG = env_flag("DEBUG", default=False)
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = env_text("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}").split(",")

# What runs, where, and within which limits
WORKFLOWS_DIR = BASE_DIR / "workflows"
MIRRORS = env_paths("MIRRORS")
SANDBOX = env_choice("SANDBOX", ("auto", "bubblewrap", "direct", "off"))
# Who can only be reached from this machine may take entries from anybody who reaches it.
LOOPBACK = HOST in {"127.0.0.1", "localhost", "::1"}
REGISTRATION = env_choice("REGISTRATION", ("open", "closed") if LOOPBACK else ("closed", "open"))
PRIVATE_HOSTS = tuple(part for part in env_text("PRIVATE_HOSTS").split(",") if part)
# Hosts that the code of a Version may ask, when the Version declares them too.
NETWORK_HOSTS = tuple(part for part in env_text("NETWORK").lower().split(",") if part)
# Name services that are asked, in this order, when somebody looks a source up.
NAMES = env_list("NAMES", ("sesame", "simbad", "ned"))
WORKERS = env_number("WORKERS", 2)
RUN_SECONDS = env_number("RUN_SECONDS", 300)
RUN_MEMORY_MB = env_number("RUN_MEMORY_MB", 4096)
RUN_FOLDER_MB = env_number("RUN_FOLDER_MB", 1024)
RUN_LOG_KB = env_number("RUN_LOG_KB", 1024)
SITES = configured_sites(RUN_SECONDS)
WARM = env_flag("WARM", default=True)
LEASE_SECONDS = env_number("LEASE_SECONDS", 20)
ATTEMPTS = env_number("ATTEMPTS", 4)
QUEUE_AT_MOST = env_number("QUEUE", 20_000)
NODES_AT_MOST = env_number("NODES", 5_000)
# What somebody without an account may use; the operator and accounts have their own.
ANONYMOUS_RUNS = env_number("ANONYMOUS_RUNS", 4)
ANONYMOUS_CPU_MINUTES = env_number("ANONYMOUS_CPU_MINUTES", 240)
ANONYMOUS_STORAGE_MB = env_number("ANONYMOUS_STORAGE_MB", 5_000)
ANONYMOUS_LIST = env_number("ANONYMOUS_LIST", 50)
ANONYMOUS_PENDING = env_number("ANONYMOUS_PENDING", 2_000)
BEHIND_PROXY = env_flag("BEHIND_PROXY", default=False)
UPLOAD_MB = env_number("UPLOAD_MB", 32)
STORE_GB = env_number("STORE_GB", 50)
STORE_CACHE_GB = env_number("STORE_CACHE_GB", 10)
ENVIRONMENT_DAYS = env_number("ENVIRONMENT_DAYS", 30)
ENVIRONMENT_GB = env_number("ENVIRONMENT_GB", 20)
DOI_PREFIX = env_text("DOI_PREFIX", "10.5072")
OPERATOR = env_text("OPERATOR")
OPERATOR_ROR = env_text("OPERATOR_ROR")
REPOSITORIES = configured_repositories()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "ontology",
    "catalogue",
    "executor",
    "publishing",
    "gallery",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "config.middleware.OwnPagesOnly",
    "config.middleware.ProblemPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000  # a draft with 500 people, 200 awards and 200 works

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "config.context.site",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        env_text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'reprise.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction starts: two writers queue, none deadlocks.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "config" / "static", ("bokeh", bokeh_scripts())]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "products": product_storage(DATA_DIR),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

BROKER_DIR = DATA_DIR / "queue"
FOLDER_BROKER = "filesystem://localhost"
CELERY_BROKER_URL = env_text("BROKER_URL", FOLDER_BROKER)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {
    "executor.work": {"queue": "runs"},
    "publishing.carry_on": {"queue": "deposits"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = env_flag("EAGER", default=False)
CELERY_TASK_EAGER_PROPAGATES = True
if CELERY_BROKER_URL == FOLDER_BROKER:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "config.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.problem",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reprise",
    "DESCRIPTION": "Published astronomy figures, re-run and judged.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
