"""Crates against the profiles that say what they must hold, judged by roc-validator, offline.

The validator asks the web for JSON-LD contexts. Its cache is filled beforehand with the copies
in the reference data beside the project, so that no test needs the network.
"""

import io
import json
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate_validator import models, services
from urllib3 import HTTPResponse

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ROOT.parent / "shared" / "contracts" / "rocrate-contexts"
FILES = {
    "https://w3id.org/ro/crate/1.0/context": "ro-crate-1.0-context.jsonld",
    "https://w3id.org/ro/crate/1.1/context": "ro-crate-1.1-context.jsonld",
    "https://w3id.org/ro/crate/1.2/context": "ro-crate-1.2-context.jsonld",
    "https://w3id.org/ro/crate/1.3/context": "ro-crate-1.3-context.jsonld",
    "https://w3id.org/ro/terms/workflow-run": "ro-terms-workflow-run-context.jsonld",
    "https://w3id.org/ro/terms/workflow-run/context": "ro-terms-workflow-run-context.jsonld",
    "https://w3id.org/ro/terms/test": "ro-terms-test-context.jsonld",
    "https://w3id.org/ro/terms/test/context": "ro-terms-test-context.jsonld",
}
PROFILE = "workflow-run-crate-0.5"
CLASSES = ("http://schema.org/SoftwareSourceCode", "https://bioschemas.org/ComputationalWorkflow")
CONTRADICTION = [
    f"process-run-crate-0.5_5.1: The SoftwareApplication id SHOULD be an absolute URI ({item})"
    for item in CLASSES
]
"""What a crate breaks while it is read from a disk, and not as a document of the web.

A rule of Process Run Crate asks for a web address as the name of every workflow, and one of
Workflow RO-Crate that MUST be kept asks for the main workflow's file in the crate. Its name there
is relative, so what it stands for begins with where the crate is read: ``file:`` or ``http:``.
"""


def assert_valid(path: Path, profile: str = PROFILE) -> None:
    """Fail with every REQUIRED rule of the profile that the crate (folder or zip) breaks."""
    assert issues(path, profile) == []


def issues(path: Path, profile: str = PROFILE, *, level: str = "REQUIRED") -> list[str]:
    """What the crate breaks, as ``check: message``; level REQUIRED or RECOMMENDED."""
    return _found(profile, level, rocrate_uri=models.URI(path))


def issues_on_the_web(path: Path, profile: str = PROFILE) -> list[str]:
    """What the metadata of a crate breaks as a document of the web, at level RECOMMENDED.

    The validator then takes relative names to begin with an address, and asks for no file.
    """
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read("ro-crate-metadata.json"))
    return _found(profile, "RECOMMENDED", metadata_dict=metadata, metadata_only=True)


def _found(profile: str, level: str, **options: Any) -> list[str]:
    wanted = services.ValidationSettings(
        profile_identifier=profile,
        requirement_severity=models.Severity[level],
        cache_path=primed_cache(),
        offline=True,
        skip_availability_check=True,
        **options,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own libraries deprecate themselves
        result = services.validate(wanted)
    return sorted(
        f"{item.check.identifier}: {item.message} ({item.violatingEntity or '-'})"
        for item in result.get_issues()
    )


@cache
def primed_cache() -> Path:
    """A cache of the validator that holds every context; made once a process."""
    path = Path(tempfile.mkdtemp(prefix="reprise-contexts-")) / "cache"
    with CachedSession(str(path), backend="sqlite") as session:
        session.mount("https://", _Copies())
        for address in FILES:
            session.get(address, headers={"Accept": "application/ld+json, application/json"})
    return path


class _Copies(HTTPAdapter):
    """Answers with the copy of a context instead of asking the web."""

    def send(self, request: PreparedRequest, *_given: object, **_options: object) -> Response:
        body = (CONTEXTS / FILES[str(request.url)]).read_bytes()
        answer = HTTPResponse(
            io.BytesIO(body), status=200, headers={"Content-Type": "application/ld+json"},
            preload_content=False, request_url=request.url,
        )  # fmt: skip
        return self.build_response(request, answer)
