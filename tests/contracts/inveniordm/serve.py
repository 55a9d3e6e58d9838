"""Real InvenioRDM on loopback, for the tests that say what it answers.

    python serve.py --database URL --redis URL --folder FOLDER

Run by the Python of an environment of its own (`make contract`). Prints one line of JSON, address
and token, when it is ready. Search is the stand-in beside this file; DataCite is one that notes
what it is told, and resolves it under ``/doi/``.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import search
from vocabularies import VOCABULARIES

PREFIX = "10.5072"
REGISTERED: dict[str, str] = {}


class DataCiteApi:
    """Stands for the client of DataCite's REST API; every other verb does nothing."""

    prefix = PREFIX

    def public_doi(
        self, *_given: Any, url: str = "", doi: str = "", **_more: Any
    ) -> dict[str, str]:
        """Register a DOI, or say anew where it leads."""
        REGISTERED[doi] = url
        return {"doi": doi}

    update_doi = public_doi

    def __getattr__(self, _name: str) -> Any:
        return lambda *_given, **_more: {}


def make_app(options: argparse.Namespace) -> Any:
    """The application, with its own small world for what it wants around it."""
    os.environ["INVENIO_INSTANCE_PATH"] = options.folder
    from invenio_app.factory import create_api  # noqa: PLC0415 -- reads the variable above
    from invenio_rdm_records import config  # noqa: PLC0415 -- as above

    providers = {
        name: _with_stand_in(getattr(config, name))
        for name in (
            "RDM_PERSISTENT_IDENTIFIER_PROVIDERS",
            "RDM_PARENT_PERSISTENT_IDENTIFIER_PROVIDERS",
        )
    }
    app = create_api(**settings(options), **providers)
    _forgive_unknown_pages(app)
    return app


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Settings of Invenio: its services by address, nothing that needs a web site for people."""
    redis = options.redis
    return {
        "SQLALCHEMY_DATABASE_URI": options.database,
        "CACHE_TYPE": "flask_caching.backends.SimpleCache",
        "CACHE_REDIS_URL": f"{redis}/0",
        "ACCOUNTS_SESSION_REDIS_URL": f"{redis}/1",
        "CELERY_BROKER_URL": f"{redis}/2",
        "BROKER_URL": f"{redis}/2",
        "CELERY_RESULT_BACKEND": f"{redis}/3",
        "COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": f"{redis}/4",
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_TASK_EAGER_PROPAGATES": True,
        "SEARCH_HOSTS": [{"host": "127.0.0.1", "port": search.begin()}],
        "JSONSCHEMAS_HOST": "not-used",
        "RECORDS_REFRESOLVER_CLS": "invenio_records.resolver.InvenioRefResolver",
        "RECORDS_REFRESOLVER_STORE": "invenio_jsonschemas.proxies.current_refresolver_store",
        "RECORDS_REST_ENDPOINTS": {},  # an older way to the same addresses
        "SECRET_KEY": "only for tests",
        "SITE_UI_URL": f"http://127.0.0.1:{options.port}",
        "SITE_API_URL": f"http://127.0.0.1:{options.port}/api",
        "SITE_HOSTNAME": "127.0.0.1",
        "TRUSTED_HOSTS": None,
        "APP_ALLOWED_HOSTS": None,
        "APP_DEFAULT_SECURE_HEADERS": HEADERS,
        "REST_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "DATACITE_ENABLED": True,
        "DATACITE_USERNAME": "nobody",
        "DATACITE_PASSWORD": "none",
        "DATACITE_PREFIX": PREFIX,
        "DATACITE_TEST_MODE": True,
    }


HEADERS: dict[str, Any] = {
    "force_https": False,
    "session_cookie_secure": False,
    "content_security_policy": {"default-src": []},
    "content_security_policy_report_only": False,
    "content_security_policy_report_uri": None,
    "force_file_save": False,
    "force_https_permanent": False,
    "frame_options": "sameorigin",
    "frame_options_allow_from": None,
    "strict_transport_security": False,
    "strict_transport_security_include_subdomains": False,
    "strict_transport_security_max_age": 0,
    "strict_transport_security_preload": False,
}


def _with_stand_in(providers: Any) -> Any:
    from invenio_rdm_records.services.pids.providers.datacite import (  # noqa: PLC0415 -- as above
        DataCiteClient,
    )

    class Client(DataCiteClient):  # type: ignore[misc]  # the package has no types
        api = DataCiteApi()

    for provider in providers:
        if provider.name == "datacite":
            provider.client = Client("datacite", config_prefix="DATACITE")
    return providers


def _forgive_unknown_pages(app: Any) -> None:
    """Let links to pages for people be written, though the package that has them is not here."""
    from werkzeug.routing import BuildError  # noqa: PLC0415 -- only in Invenio's environment

    build = app._urls_builder.build

    def lenient(endpoint: str, values: dict[str, Any], *given: Any, **more: Any) -> str:
        try:
            return str(build(endpoint, values, *given, **more))
        except BuildError:
            words = "/".join(str(value) for value in values.values())
            return f"{app.config['SITE_UI_URL']}/{endpoint}/{words}"

    app._urls_builder.build = lenient


def fill(app: Any, folder: Path) -> str:
    """Make tables, indices and vocabularies, and a person; returns her token."""
    from invenio_access.permissions import system_identity  # noqa: PLC0415 -- as above
    from invenio_db import db  # noqa: PLC0415 -- as above
    from invenio_files_rest.models import Location  # noqa: PLC0415 -- as above
    from invenio_search import current_search  # noqa: PLC0415 -- as above
    from invenio_vocabularies.proxies import current_service  # noqa: PLC0415 -- as above

    (folder / "files").mkdir(parents=True, exist_ok=True)
    with app.app_context():
        db.create_all()
        list(current_search.create(ignore=[400]))
        db.session.add(Location(name="here", uri=str(folder / "files"), default=True))
        db.session.commit()
        for name, (short, rows) in VOCABULARIES.items():
            current_service.create_type(system_identity, name, short)
            for row in rows:
                current_service.create(system_identity, row | {"type": name})
        return _token(db)


def _token(db: Any) -> str:
    from flask_security.utils import hash_password  # noqa: PLC0415 -- as above
    from invenio_accounts.proxies import current_datastore  # noqa: PLC0415 -- as above
    from invenio_oauth2server.models import Token  # noqa: PLC0415 -- as above

    person = current_datastore.create_user(
        email="ada@example.org",
        password=hash_password("not used anywhere"),
        active=True,
        confirmed_at="2026-01-01T00:00:00",
    )
    db.session.commit()
    token = Token.create_personal("contract", person.id, scopes=["user:email"], is_internal=False)
    db.session.commit()
    return str(token.access_token)


def resolver(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Lead from a DOI that DataCite was told to its record, as a resolver does."""
    address = REGISTERED.get(environ["PATH_INFO"].lstrip("/"))
    if address is None:
        start_response("404 Not Found", [("Content-Length", "0")])
    else:
        # To the pages for people, which are elsewhere.
        there = address.replace("127.0.0.1", "records.example.org")
        start_response("302 Found", [("Location", there), ("Content-Length", "0")])
    return []


def main() -> None:
    """Make everything, say where, and serve until the end."""
    parser = argparse.ArgumentParser()
    for name in ("database", "redis", "folder", "port"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    app = make_app(options)
    token = fill(app, Path(options.folder))
    from werkzeug.exceptions import NotFound  # noqa: PLC0415 -- as above
    from werkzeug.middleware.dispatcher import DispatcherMiddleware  # noqa: PLC0415 -- as above
    from werkzeug.serving import make_server  # noqa: PLC0415 -- as above

    whole = DispatcherMiddleware(NotFound(), {"/api": app, "/doi": resolver})
    server = make_server("127.0.0.1", int(options.port), whole, threaded=True)
    ready = {"url": f"http://127.0.0.1:{options.port}", "token": token}
    sys.stdout.write(f"{json.dumps(ready)}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
