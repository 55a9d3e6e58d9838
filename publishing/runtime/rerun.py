"""Run the notebook of this crate again and compare what it makes with what is recorded.

    python3 rerun.py                     with the recorded parameters
    python3 rerun.py --set name=value    with another value; may be given several times

This file needs Python 3.9 or later and nothing else. The first time it makes an environment in
`.venv-rerun/` from requirements.lock, with uv when that is installed and with pip otherwise; for
that it needs the network, unless the lock is empty. Nothing outside this folder is changed.

Exit status: 0 when every product is identical or its numbers agree within 1e-9; 1 when one
differs, or when the notebook could not be run (the last line says why).
"""

# ruff: noqa: T201  # it talks to whoever runs it

import sys

if sys.version_info < (3, 9):  # noqa: UP036 -- run by whatever Python people have
    # Nothing above and no syntax below keeps Python 3.6 from coming as far as this sentence.
    sys.exit("rerun.py needs Python 3.9 or later; this is Python " + sys.version.split()[0] + ".")

import argparse
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv-rerun"
WORK = HERE / ".rerun-work"
LOCK = HERE / "requirements.lock"
RUNNERS = ("notebook_runner.py", "cwl_runner.py")
TOLERANCE = 1e-9
CHUNK = 1024 * 1024
SECONDS = 60
IDENTICAL, EQUAL, DIFFERS = "identical", "numbers equal within 1e-9", "differs"
PLAIN_NAME = re.compile(r"[^/\\\0]{1,200}")


class CannotRunError(Exception):
    """The notebook cannot be run; the message says why, and what to do."""


def main(arguments: list[str]) -> int:
    """Run every recorded run again; returns the exit status."""
    given = read_arguments(arguments)
    try:
        recipe = read_recipe()
        changes = read_changes(given.set, recipe)
        check_crate(recipe)
        python = environment(recipe, given.python)
        data = [data_file(item) for item in recipe["data"]]
        rows = [
            row for run in recipe["runs"] for row in run_again(recipe, run, changes, python, data)
        ]
    except CannotRunError as problem:
        print(f"rerun.py: {problem}", file=sys.stderr)
        return 1
    print_table(rows)
    return 0 if all(result in (IDENTICAL, EQUAL) for _name, result in rows) else 1


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="rerun.py", description="Run the notebook of this crate again and compare."
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a parameter"
    )
    parser.add_argument(
        "--python", default="", metavar="PROGRAM", help="the Python to make the environment with"
    )
    return parser.parse_args(arguments)


# --- The recipe --------------------------------------------------------------------------------


def read_recipe() -> dict[str, Any]:
    """Read rerun.json."""
    try:
        recipe: dict[str, Any] = json.loads((HERE / "rerun.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CannotRunError(
            f"rerun.json cannot be read ({problem}): unpack the crate again."
        ) from None
    if recipe.get("format") != "reprise.rerun/1":
        raise CannotRunError(
            "rerun.json has not the format reprise.rerun/1: unpack the crate again."
        )
    return recipe


def read_changes(given: list[str], recipe: dict[str, Any]) -> dict[str, Any]:
    """Read `--set name=value`; a value is read as JSON where it is JSON, else as text."""
    changes: dict[str, Any] = {}
    known = sorted({name for run in recipe["runs"] for name in run["parameters"]})
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            names = ", ".join(known) or "none"
            raise CannotRunError(
                f"--set {text} names no parameter; write NAME=VALUE with one of: {names}."
            )
        sample = next(
            run["parameters"][name] for run in recipe["runs"] if name in run["parameters"]
        )
        changes[name] = value if isinstance(sample, str) else read_value(value)
    return changes


def read_value(text: str) -> Any:  # noqa: ANN401 -- a parameter may be of any type
    """Read a value as JSON, or True and False, or else as text."""
    try:
        return json.loads({"True": "true", "False": "false", "None": "null"}.get(text, text))
    except ValueError:
        return text


def runner_of(recipe: dict[str, Any]) -> str:
    """The program of this crate that runs its notebook or document."""
    name = recipe.get("runner", RUNNERS[0])
    if name not in RUNNERS:
        raise CannotRunError(f"rerun.json names the runner {name!r}, which is not known.")
    return str(name)


def check_crate(recipe: dict[str, Any]) -> None:
    """Say what is missing before anything is installed."""
    needed = [HERE / runner_of(recipe), LOCK, HERE / "workflow" / recipe["notebook"]]
    missing = [path.name for path in needed if not path.is_file()]
    if missing:
        raise CannotRunError(
            f"{', '.join(missing)} is not in this folder: unpack the whole crate again."
        )


# --- The environment ---------------------------------------------------------------------------


def environment(recipe: dict[str, Any], chosen: str) -> str:
    """Make the environment of the lock, once; returns its Python."""
    lock = LOCK.read_bytes()
    if not lock.strip():
        return chosen or sys.executable
    folder = "Scripts" if os.name == "nt" else "bin"
    python = VENV / folder / "python"
    stamp = VENV / f"made-from-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not stamp.is_file():
        shutil.rmtree(VENV, ignore_errors=True)
        print("Making the environment in .venv-rerun (once) ...", flush=True)
        make_environment(recipe["python"], python, chosen)
        stamp.write_text("")
    return str(python)


def make_environment(version: str, python: Path, chosen: str) -> None:
    """Make .venv-rerun with uv or with pip, and install the lock with its hashes."""
    uv = shutil.which("uv")
    if uv:
        call([uv, "venv", "--quiet", "--python", chosen or version or sys.executable, str(VENV)])
        install = [
            uv,
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--python",
            str(python),
            str(LOCK),
        ]
    else:
        call([find_python(version, chosen), "-m", "venv", str(VENV)])
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--require-hashes", "--no-deps", "-r", str(LOCK)]  # fmt: skip
    call(install)


def find_python(version: str, chosen: str) -> str:
    """Find a Python of the version that the packages were locked for."""
    here = ".".join(str(part) for part in sys.version_info[:2])
    if chosen:
        return chosen
    if version in ("", here):
        return sys.executable
    found = shutil.which(f"python{version}")
    if found is None:
        raise CannotRunError(
            f"The packages are locked for Python {version} and this is Python {here}: install "
            f"Python {version} or uv, or name another with --python."
        )
    return found


def call(command: list[str]) -> None:
    """Run a program of the installation."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    try:
        done = subprocess.run(  # noqa: S603 -- programs named above
            command, cwd=HERE, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as problem:
        raise CannotRunError(f"{command[0]} could not be started: {problem.strerror}.") from None
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotRunError(why_not_installed(done.stderr))


def why_not_installed(text: str) -> str:
    """A sentence from what an installer printed."""
    words = " ".join(text.split())
    if "hash" in words.lower() and "match" in words.lower():
        return f"A package does not have the checksum that requirements.lock names: {words[-600:]}"
    signs = (
        "connection",
        "resolve",
        "network",
        "dns",
        "timed out",
        "error sending request",
        "unreachable",
    )
    if any(sign in words.lower() for sign in signs):
        return (
            "The packages could not be fetched, since the network does not answer: connect and "
            f"try again. {words[-300:]}"
        )
    return f"The environment could not be made: {words[-600:]}"


# --- Data --------------------------------------------------------------------------------------


def data_file(item: dict[str, Any]) -> Path:
    """Find a data file in the crate, or fetch it; its sha256 is checked either way."""
    name = plain_name(item["name"])
    path = HERE / "data" / name
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        fetch(item["url"], path)
    if digest_of(path) != item["sha256"]:
        raise CannotRunError(
            f"data/{name} has not the recorded sha256 {item['sha256']}: remove it and try again, "
            "or put the right file there."
        )
    return path


def fetch(url: str, path: Path) -> None:
    """Fetch a file from the web."""
    if not url.lower().startswith(("http://", "https://")):
        raise CannotRunError(
            f"data/{path.name} is not in the crate and has no web address: put it there."
        )
    print(f"Fetching {url} ...", flush=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer, part.open("wb") as target:  # noqa: S310 -- checked above
            shutil.copyfileobj(answer, target, CHUNK)
    except (OSError, ValueError) as problem:
        part.unlink(missing_ok=True)
        reason = getattr(problem, "reason", problem)
        raise CannotRunError(
            f"{url} could not be fetched ({reason}): connect to the network, or put the file at "
            f"data/{path.name} yourself."
        ) from None
    part.replace(path)


def plain_name(name: str) -> str:
    """A name that stays in its folder."""
    if not PLAIN_NAME.fullmatch(name) or name in (".", ".."):
        raise CannotRunError(f"{name!r} is no plain file name: this crate is not as it was made.")
    return name


def digest_of(path: Path) -> str:
    """Sha256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as handle:
        for piece in iter(lambda: handle.read(CHUNK), b""):
            found.update(piece)
    return found.hexdigest()


# --- The run -----------------------------------------------------------------------------------


def run_again(
    recipe: dict[str, Any],
    run: dict[str, Any],
    changes: dict[str, Any],
    python: str,
    data: list[Path],
) -> list[tuple[str, str]]:
    """Run the notebook once; returns name and result of every product."""
    folder = WORK / run["address"][:12]
    lay_out(folder, data, runner_of(recipe))
    parameters = {
        **run["parameters"],
        **{name: value for name, value in changes.items() if name in run["parameters"]},
    }
    job = {
        "format": "reprise.job/1", "notebook": recipe["notebook"], "parameters": parameters,
        "products": recipe.get("products", []), "outputs": recipe["outputs"], "folder": "outputs",
        "seed": run["seed"], "events_fd": None,
    }  # fmt: skip
    (folder / ".job.json").write_text(json.dumps(job), encoding="utf-8")
    print(f"Running {recipe['notebook']} ...", flush=True)
    command = [python, "-s", "-B", f".{runner_of(recipe)}", ".job.json"]
    environ = surroundings(recipe, folder)
    status = subprocess.run(command, cwd=folder, env=environ, check=False).returncode  # noqa: S603 -- as above
    if status:
        raise CannotRunError(
            f"The notebook did not come to its end (status {status}); the lines above say why."
        )
    made = read_manifest(folder)
    return [compare(item, made, folder / "outputs") for item in run["products"]]


def lay_out(folder: Path, data: list[Path], runner: str) -> None:
    """Make the folder that the notebook runs in: the author's files and `data/`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "workflow", folder)
    (folder / ".home").mkdir(exist_ok=True)
    shutil.copyfile(HERE / runner, folder / f".{runner}")
    if data:
        (folder / "data").mkdir(exist_ok=True)
    for path in data:
        shutil.copyfile(path, folder / "data" / path.name)


def surroundings(recipe: dict[str, Any], folder: Path) -> dict[str, str]:
    """The environment variables of the notebook: what made the recorded run repeatable."""
    home = folder / ".home"
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP")
        if name in os.environ
    }
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home))
    return {**kept, **places, "MPLCONFIGDIR": str(home / "matplotlib"), **recipe["environment"]}


def read_manifest(folder: Path) -> dict[tuple[str, str], str]:
    """What the run made: (name, role) of a product → its file."""
    manifest = json.loads((folder / "outputs" / "manifest.json").read_text(encoding="utf-8"))
    made = {(item["name"], "output"): item["file"] for item in manifest["outputs"]}
    names = {item["file"]: item["name"] for item in manifest["outputs"]}
    plots = {
        (names[item["file"]], "plot"): item["data"]
        for item in manifest["plots"]
        if item["file"] in names
    }
    return {**made, **plots}


# --- The comparison ----------------------------------------------------------------------------


def compare(
    item: dict[str, Any], made: dict[tuple[str, str], str], outputs: Path
) -> tuple[str, str]:
    """Compare a product with the recorded one."""
    label = item["name"] if item["role"] == "output" else f"{item['name']} ({item['role']})"
    file = made.get((item["name"], item["role"]))
    if file is None:
        return label, "differs (not made)"
    path = outputs / plain_name(file)
    if digest_of(path) == item["sha256"]:
        return label, IDENTICAL
    recorded = HERE / item["path"]
    return label, EQUAL if both_json(path, recorded) and same_numbers(path, recorded) else DIFFERS


def both_json(one: Path, other: Path) -> bool:
    """Whether two files are there and called JSON."""
    return other.is_file() and one.suffix == other.suffix == ".json"


def same_numbers(one: Path, other: Path) -> bool:
    """Whether two JSON files hold the same, their numbers within 1e-9 of the larger one."""
    try:
        first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (one, other))
        return alike(first, second)
    except (OSError, ValueError, OverflowError, RecursionError):
        return False


def alike(first: Any, second: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Whether two JSON values are the same but for rounding."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            alike(first[name], second[name]) for name in first
        )
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(alike, first, second))
    if is_number(first) and is_number(second):
        both_nan = math.isnan(first) and math.isnan(second)
        return first == second or both_nan or math.isclose(first, second, rel_tol=TOLERANCE)
    return type(first) is type(second) and bool(first == second)


def is_number(value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Whether a JSON value is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def print_table(rows: list[tuple[str, str]]) -> None:
    """Print the name and the result of every product."""
    width = max([len(name) for name, _result in rows] + [7])
    print(f"\n{'product':<{width}}  result\n{'-' * width}  {'-' * len(EQUAL)}")
    for name, result in rows:
        print(f"{name:<{width}}  {result}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
