"""Which conformance tests of CWL pass through the service's own path.

    python benchmarks/cwl_conformance.py conformance_tests.yaml [LABEL …]

The index and the `tests/` beside it are those of a checkout of
github.com/common-workflow-language/cwl-v1.2 (Apache-2.0), which is not part of this project. Each
test becomes an entry: its document, all files of its folder, the folder's own files as they are.
The entry is registered, its job order is asked for, the run happens in the sandbox, and what the
products hold is compared with what the test expects. Files of a job order are uploaded products.
A test that needs what is refused here counts as refused, with the reason.
"""

# ruff: noqa: ANN401 -- job orders and products hold any JSON value
import hashlib
import io
import json
import os
import posixpath
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = frozenset({"docker"})
CITATION = b"""cff-version: 1.2.0
title: A conformance test
abstract: One of the conformance tests of the Common Workflow Language.
license: Apache-2.0
authors: [{given-names: Ada, family-names: Lovelace}]
"""
BYTES_AT_MOST = 2_000_000


def tests_of(index: Path) -> list[dict[str, Any]]:
    """The tests of an index and of those that it imports, with whole paths."""
    found = []
    for item in yaml.safe_load(index.read_text()):
        if "$import" in item:
            path = index.parent / item["$import"]
            found += tests_of(path) if path.is_file() else []
            continue
        paths = {"tool": str(index.parent / item["tool"])}
        if item.get("job"):
            paths["job"] = str(index.parent / item["job"])
        found.append(item | paths | {"label": str(item.get("label") or item["id"])})
    return found


class RefusedError(Exception):
    """The service refuses the test; the message says why."""


def entry_of(tool: Path) -> tuple[dict[str, bytes], str]:
    """Every file beside a document and below, and the path of the document there."""
    folder = tool.parent
    while folder.name != "tests" and folder.parent != folder and "tests" in folder.parts:
        folder = folder.parent
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in wanted_files(folder, tool)
        if path.is_file() and path.stat().st_size < BYTES_AT_MOST
    }
    return files, str(tool.relative_to(folder))


def wanted_files(folder: Path, tool: Path) -> set[Path]:
    """What a document names, what that names in turn, and the folders named."""
    found, waiting = set(), [tool]
    names = {path.name for path in folder.rglob("*")}
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix not in {".cwl", ".yml", ".yaml", ".json"} or not path.is_file():
            continue
        for word in set(re.findall(r"[\w.:+-]+(?:/[\w.:+-]+)*", path.read_text(errors="replace"))):
            target = Path(posixpath.normpath(path.parent / word))
            if word.rsplit("/", 1)[-1] in names and folder in target.parents:
                held = [target, *target.parent.glob(f"{target.stem}.*"), *target.rglob("*")]
                waiting += [item for item in held if item.is_file() and item not in found]
    return found


def as_entry(tool: Path) -> dict[str, bytes]:
    """The files of an entry whose top-level document runs the test's."""
    files, main = entry_of(tool)
    own = {"CITATION.cff": CITATION, "LICENSE": b"Apache-2.0"}
    if "/" in main or "main.cwl" in files:
        # The service takes a document at the top: the folder of this one becomes the entry.
        prefix = posixpath.dirname(main)
        inside = {path.removeprefix(prefix + "/"): data for path, data in files.items()}
        files, main = inside, posixpath.basename(main)
        files[main] = files[main].replace(b"location: ../", b"location: ")
    others = {path: data for path, data in files.items() if path != main}
    return own | others | {"main.cwl": files[main]}


def with_output(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same with an output added to a document that has none, which no entry may be."""
    document = yaml.safe_load(files["main.cwl"])
    if document.get("outputs") or "$graph" in document:
        return files
    if document["class"] == "Workflow":
        name, row = next(iter(document["inputs"].items()))
        type_ = row.get("type", row) if isinstance(row, dict) else row
        added: Any = {"added": {"type": type_, "outputSource": name}}
    else:
        added = {"added": {"type": "stdout"}}
    return files | {"main.cwl": yaml.safe_dump(document | {"outputs": added}).encode()}


def parameters_of(
    version: Any, job: dict[str, Any], base: Path, files: dict[str, bytes]
) -> dict[str, Any]:
    """The job order as the service is asked: files uploaded, plain values as they are."""
    given = {}
    if "cwl:requirements" in job:
        raise RefusedError("the service takes no requirements with the values of a run")
    for name, value in job.items():
        parameter = version.interface.parameter(name)
        if parameter is None:
            continue  # CWL passes over what the document does not take
        if parameter.kind.value == "product":
            given[name] = product_of(value, base)
        else:
            given[name] = with_files(value, base, files)
    return given


def product_of(value: Any, base: Path) -> Any:
    """A file as an uploaded product, by its digest."""
    from executor.models import Product  # noqa: PLC0415 -- needs the settings
    from lib import store  # noqa: PLC0415 -- needs the settings

    if value is None:
        return None
    if isinstance(value, list):
        return [product_of(item, base) for item in value]
    if value.get("secondaryFiles") or "basename" in value:
        raise RefusedError("a product has one file, and no name of its own")
    name = value.get("location", value.get("path"))
    data = value["contents"].encode() if name is None else (base / name).read_bytes()
    digest = store.put(data)
    Product.objects.get_or_create(
        digest=digest,
        defaults={"size": len(data), "media_type": "application/octet-stream", "file": name or ""},
    )
    return digest


def with_files(value: Any, base: Path, files: dict[str, bytes]) -> Any:
    """A structure whose files and folders are put into the entry."""
    if isinstance(value, list):
        return [with_files(item, base, files) for item in value]
    if not isinstance(value, dict):
        return value
    name = value.get("location", value.get("path"))
    if value.get("class") in {"File", "Directory"} and isinstance(name, str):
        path = base / name
        beside = path.parent.glob(f"{path.stem}.*") if path.is_file() else path.rglob("*")
        held = [path] * path.is_file() + [item for item in beside if item.is_file()]
        for item in held:
            files.setdefault(posixpath.normpath(str(item.relative_to(base))), item.read_bytes())
    return {key: with_files(item, base, files) for key, item in value.items()}


def run_test(test: dict[str, Any], number: int) -> tuple[str, str]:
    """Run one test; returns ``passed``, ``failed`` or ``refused``, and why."""
    from catalogue.actions import register_entry  # noqa: PLC0415 -- needs the settings
    from catalogue.domain.entry import Entry  # noqa: PLC0415 -- needs the settings
    from lib.problem import ProblemError  # noqa: PLC0415 -- needs the settings

    tool, _hash, fragment = test["tool"].partition("#")
    if fragment not in {"", "main"}:
        return "refused", "another process than main is asked for"
    job = yaml.safe_load(Path(test["job"]).read_text()) if test.get("job") else {}
    base = Path(test["job"]).parent if test.get("job") else Path(tool).parent
    files = with_output(as_entry(Path(tool)))
    with_files([value for value in (job or {}).values() if not _is_product(value)], base, files)
    try:
        version = register_entry(
            Entry(files), slug=f"conformance-{number}", source="folder:conformance"
        ).version
        musts = [item["what"] for item in version.findings_json if item["severity"] == "must"]
        if musts:
            return _refusal(test, musts[0])
        rest = {name: value for name, value in (job or {}).items() if not _is_product(value)}
        try:
            given = parameters_of(version, job or {}, base, files)
            how, why = compare(test, ask(version, given))
        except RefusedError as error:
            how, why = "failed", str(error)
            given = parameters_of(version, rest, base, files)
        if how == "failed" and any(map(_is_product, (job or {}).values())):
            # A product has no name of its own; a file of the entry keeps the author's.
            own = as_defaults(files, job, base, number)
            rest = {name: value for name, value in given.items() if not _is_product(job[name])}
            how, why = compare(test, ask(own, rest))
            why = why or "with the files of its job order as the entry's own"
    except (ProblemError, RefusedError) as error:
        return _refusal(test, getattr(error, "detail", "") or str(error))
    return how, why


def as_defaults(files: dict[str, bytes], job: dict[str, Any], base: Path, number: int) -> Any:
    """The same entry whose document has the files of the job order as its defaults."""
    from catalogue.actions import register_entry  # noqa: PLC0415 -- needs the settings
    from catalogue.domain.entry import Entry  # noqa: PLC0415 -- needs the settings

    document = yaml.safe_load(files["main.cwl"])
    inputs = document["inputs"]
    if isinstance(inputs, list):
        inputs = {str(item.pop("id")).lstrip("#"): item for item in inputs}
    for name, value in job.items():
        if name in inputs and _is_product(value):
            row = inputs[name] if isinstance(inputs[name], dict) else {"type": inputs[name]}
            inputs[name] = row | {"default": value}
            with_files([value], base, files)
    changed = files | {"main.cwl": yaml.safe_dump(document | {"inputs": inputs}).encode()}
    return register_entry(
        Entry(changed), slug=f"conformance-{number}-own", source="folder:conformance"
    ).version


def _is_product(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(isinstance(i, dict) and i.get("class") == "File" for i in items)


def _refusal(test: dict[str, Any], why: str) -> tuple[str, str]:
    return "refused", f"as it should{': ' + why}" if test.get("should_fail") else why


def ask(version: Any, given: dict[str, Any]) -> Any:
    """Ask for the run and have it run here."""
    from executor.actions import request_run, start_run  # noqa: PLC0415 -- needs the settings

    run = request_run(version, given).run
    start_run(run.pk)
    run.refresh_from_db()
    return run


def compare(test: dict[str, Any], run: Any) -> tuple[str, str]:
    """Whether the products of a run are what a test expects."""
    if test.get("should_fail"):
        return ("passed", "") if run.state == "failed" else ("failed", "it did not fail")
    if run.state != "finished":
        return "failed", run.error[:300]
    made = {item.name: read_product(item) for item in run.outputs.filter(role="output")}
    wanted = test.get("output") or {}
    wrong = [name for name, value in wanted.items() if not agrees(value, made.get(name))]
    if wrong:
        shown = {name: made.get(name) for name in wrong}
        return "failed", f"{wrong[0]}: {json.dumps(shown, default=str)[:300]}"
    return "passed", ""


def read_product(item: Any) -> Any:
    """A product as a CWL value: plain, a file with its bytes, or what a zip names."""
    data = item.product.read()
    if item.file.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return opened(json.loads(archive.read("output.json")), archive)
    try:
        return Both(data)
    except ValueError:
        return data


class Both(bytes):
    """The bytes of a file, or of a text: which one, the test knows."""


def opened(value: Any, archive: zipfile.ZipFile) -> Any:
    """A value of a zip with the bytes of its files."""
    if isinstance(value, list):
        return [opened(item, archive) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: opened(item, archive) for key, item in value.items()}
    if value.get("class") == "File":
        found["data"] = archive.read(value["path"])
    return found


def agrees(wanted: Any, made: Any) -> bool:
    """Whether a value is what is expected, by the rules of cwltest."""
    class_ = wanted.get("class") if isinstance(wanted, dict) else None
    if wanted == "Any":
        right = True
    elif class_ == "File":
        data = made if isinstance(made, bytes) else (made or {}).get("data")
        right = data is not None and _same_file(wanted, data, made)
    elif class_ == "Directory":
        right = _same_folder(wanted, made)
    elif isinstance(made, Both):
        plain = _plain(made)
        right = made.decode(errors="replace") == wanted or agrees(wanted, plain)
    elif isinstance(wanted, dict) and isinstance(made, dict):
        right = all(agrees(value, made.get(key)) for key, value in wanted.items())
    elif isinstance(wanted, list) and isinstance(made, list):
        right = len(wanted) == len(made) and all(map(agrees, wanted, made))
    else:
        right = bool(wanted == made)
    return right


def _plain(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _same_file(wanted: dict[str, Any], data: bytes, made: Any) -> bool:
    checksum = wanted.get("checksum")
    found = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    right = checksum in {None, "Any", f"sha1${found}"}
    right = right and wanted.get("size", len(data)) in {"Any", len(data)}
    if isinstance(made, dict) and "secondaryFiles" in wanted:
        right = right and agrees(wanted["secondaryFiles"], made.get("secondaryFiles"))
    return right


def _same_folder(wanted: dict[str, Any], made: Any) -> bool:
    if not isinstance(made, dict) or made.get("class") != "Directory":
        return False
    listing = wanted.get("listing")
    held = {item["basename"]: item for item in made.get("listing", ())}
    names = [item.get("basename") or posixpath.basename(item["location"]) for item in listing or ()]
    return listing is None or (
        sorted(names) == sorted(held)
        and all(agrees(item, held[name]) for item, name in zip(listing, names, strict=True))
    )


def main(index: Path, labels: list[str]) -> None:
    """Run the tests of an index that are there, and print a line each and the counts."""
    from django.core.management import call_command  # noqa: PLC0415 -- needs the settings

    import config.celery  # noqa: F401, PLC0415 -- the queue

    call_command("migrate", verbosity=0)
    counts: Counter[str] = Counter()
    for number, test in enumerate(tests_of(index)):
        tool = Path(test["tool"].partition("#")[0])
        if labels and test["label"] not in labels:
            continue
        if not tool.is_file() or (test.get("job") and not Path(test["job"]).is_file()):
            counts["not here"] += 1
            continue
        begun = time.perf_counter()
        try:
            how, why = run_test(test, number)
        except Exception as error:  # noqa: BLE001 -- the table shall show it
            how, why = "failed", f"{type(error).__name__}: {error}"
        counts[how] += 1
        tags = ",".join(test.get("tags", ()))
        taken = time.perf_counter() - begun
        print(f"{how:8} {test['label']:50} {taken:5.1f} s  [{tags}] {why}", flush=True)
    print(dict(counts))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(
            REPRISE_DATA=os.environ.get("CONFORMANCE_DATA", scratch),
            REPRISE_EAGER="yes",
            DJANGO_SETTINGS_MODULE="config.settings",
        )
        import django

        django.setup()
        main(Path(sys.argv[1]).resolve(), sys.argv[2:])
