"""Run what is in this crate again and compare what it makes with what is recorded.

    python3 rerun.py                     with the recorded parameters
    python3 rerun.py --set name=value    with another value, in every step that has this parameter;
                                         may be given several times

A crate of a composed request has several steps: they are run in order, and each is fed with what
the steps before it have just made.

This file needs Python 3.9 or later and nothing else. The first time it makes an environment in
`.venv-rerun/` from each lock: with uv when that is in `wheels/` or installed, else with pip. When
the crate has a folder `wheels/` made for this kind of machine, that needs no network; else the
packages are fetched, once. Nothing outside this folder is changed, but that uv may fetch the
right Python into its own folder.

Exit status: 0 when every product is identical or its numbers agree within 1e-9; 1 when one
differs; 2 when the command line is not understood; 3 when something could not be run (the last
line says why). Published values, where the crate has them, are shown beside what was found now;
they do not change the status.
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
import platform
import re
import shutil
import subprocess
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv-rerun"
WORK = HERE / ".rerun-work"
FORMATS = ("reprise.rerun/1", "reprise.rerun/2")
RUNNERS = ("notebook_runner.py", "cwl_runner.py")
TOLERANCE = 1e-9
CHUNK = 1024 * 1024
SECONDS = 60
IDENTICAL, EQUAL, DIFFERS = "identical", "numbers equal within 1e-9", "differs"
PLAIN_NAME = re.compile(r"[^/\\\0]{1,200}")
DIFFERENT, NOT_UNDERSTOOD, NOT_RUN = 1, 2, 3
WINDOWS = os.name == "nt"
ON_WINDOWS = re.compile(r'[:*?"<>|]|[. ]$|(?i:(con|prn|aux|nul|com\d|lpt\d)(\.|$))')


class CannotRunError(Exception):
    """The notebook cannot be run; the message says why, and what to do."""

    status = NOT_RUN


class NotUnderstoodError(CannotRunError):
    """The command line names what is not there."""

    status = NOT_UNDERSTOOD


def main(arguments: list[str]) -> int:
    """Run every recorded run again; returns the exit status."""
    given = read_arguments(arguments)
    try:
        recipe = read_recipe()
        steps = steps_of(recipe)
        changes = read_changes(given.set, steps)
        check_crate(steps)
        rows, values = run_steps(recipe, steps, changes, given.python)
    except CannotRunError as problem:
        print(f"rerun.py: {plain(str(problem))}", file=sys.stderr)
        return problem.status
    except (KeyError, TypeError, AttributeError, IndexError) as problem:
        print(f"rerun.py: rerun.json is not as it was made ({problem!r}).", file=sys.stderr)
        return NOT_RUN
    print_table(rows)
    print_values(values)
    same = all(result in (IDENTICAL, EQUAL) for _name, result in rows)
    if changes and not same:
        print("\nParameters were changed, so products may differ.")
    return 0 if same else DIFFERENT


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="rerun.py", description="Run what is in this crate again and compare."
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
    except (OSError, ValueError, RecursionError) as problem:
        raise CannotRunError(
            f"rerun.json cannot be read ({problem}): unpack the crate again."
        ) from None
    if not isinstance(recipe, dict) or recipe.get("format") not in FORMATS:
        raise CannotRunError(
            f"rerun.json has not the format {' or '.join(FORMATS)}: unpack the crate again."
        )
    return recipe


def steps_of(recipe: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of the recipe, in the order to run them; a plain run is one of its own."""
    if "steps" in recipe:
        return list(recipe["steps"])
    names = ("notebook", "outputs", "python", "runner", "products")
    known = {"products": [], **{name: recipe[name] for name in names if name in recipe}}
    data = [{**item, "path": f"data/{plain_name(item['name'])}"} for item in recipe["data"]]
    fixed = {"name": "", "folder": "workflow", "lock": "requirements.lock", "links": []}
    return [
        {**known, **fixed, "data": data, "made": run["products"], "seed": run["seed"],
         "address": run["address"], "parameters": run["parameters"],
         "published": run.get("published", [])}
        for run in recipe["runs"]
    ]  # fmt: skip


def read_changes(given: list[str], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Read `--set name=value`; a value is read as JSON where it is JSON, else as text."""
    changes: dict[str, Any] = {}
    known = sorted({name for run in steps for name in run["parameters"]})
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            names = ", ".join(known) or "none"
            raise NotUnderstoodError(
                f"--set {text} names no parameter; write NAME=VALUE with one of: {names}."
            )
        sample = next(run["parameters"][name] for run in steps if name in run["parameters"])
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


def check_crate(steps: list[dict[str, Any]]) -> None:
    """Say what is missing before anything is installed."""
    needed = [
        path
        for step in steps
        for path in (
            HERE / runner_of(step),
            inside(step["lock"]),
            inside(step["folder"]) / step["notebook"],
        )
    ]
    missing = list(dict.fromkeys(path.name for path in needed if not path.is_file()))
    if missing:
        raise CannotRunError(
            f"{', '.join(missing)} is not in this folder: unpack the whole crate again."
        )


# --- The environment ---------------------------------------------------------------------------


def environment(recipe: dict[str, Any], step: dict[str, Any], chosen: str) -> str:
    """Make the environment of a lock, once; returns its Python."""
    lock = inside(step["lock"])
    text = lock.read_bytes()
    if not text.strip():
        return chosen or sys.executable
    name = hashlib.sha256(text).hexdigest()[:16]
    venv = VENV / name  # a crate of steps may have several, one for each lock
    python = venv / ("Scripts/python.exe" if WINDOWS else "bin/python")
    stamp = venv / "made"
    if not stamp.is_file():
        shutil.rmtree(venv, ignore_errors=True)
        wheels = usable_wheels(recipe, chosen)
        where = "from wheels/" if wheels else "with packages from the network"
        print(f"Making the environment in .venv-rerun/ {where} (once) ...", flush=True)
        version = wheels["python"] if wheels else step.get("python", "")
        try:
            make_environment(version, venv, lock, wheels, chosen)
        except CannotRunError:
            shutil.rmtree(venv, ignore_errors=True)
            raise
        stamp.write_text("")
    return str(python)


def usable_wheels(recipe: dict[str, Any], chosen: str) -> dict[str, Any]:
    """What the recipe says of `wheels/`, each file checked; empty when they are not for us."""
    wheels: dict[str, Any] = recipe.get("wheels", {})
    if not wheels:
        return {}
    here = f"{platform.system()} {platform.machine()}"
    if wheels["system"] != here:
        print(f"The packages in wheels/ are for {wheels['system']}, and this is {here}.")
        return {}
    if chosen and version_of(chosen) != wheels["python"]:
        print(f"The packages in wheels/ are for Python {wheels['python']}, and {chosen} is not.")
        return {}
    for name, sha256 in wheels["files"].items():
        path = inside(f"{wheels['folder']}/{name}")
        shown = path.relative_to(HERE).as_posix()
        if not path.is_file():
            raise CannotRunError(f"{shown} is not in this folder: unpack the whole crate again.")
        if digest_of(path) != sha256:
            raise CannotRunError(
                f"{shown} has not the recorded sha256 {sha256}: unpack the crate again."
            )
    return wheels


def version_of(python: str) -> str:
    """The version of a Python, such as 3.11; empty when it cannot be started."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(  # noqa: S603 -- the Python that the person named
            [python, "-c", code], stdout=subprocess.PIPE, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()


def make_environment(
    version: str, venv: Path, lock: Path, wheels: dict[str, Any], chosen: str
) -> None:
    """Make an environment with uv or with pip, and install the lock with its hashes."""
    python = venv / ("Scripts/python.exe" if WINDOWS else "bin/python")
    here = ".".join(str(part) for part in sys.version_info[:2])
    options = wheel_options(wheels)
    uv = own_uv(wheels) or shutil.which("uv")
    if uv:
        wanted = chosen or (sys.executable if version in ("", here) else version)
        call([uv, "venv", "--quiet", "--python", wanted, str(venv)])
        install = [uv, "pip", "sync", "--quiet", "--require-hashes", *options,
                   "--python", str(python), str(lock)]  # fmt: skip
        if "--no-index" in options:
            install.append("--offline")
    else:
        call([find_python(version, chosen), "-m", "venv", str(venv)])
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--no-cache-dir", "--require-hashes", "--no-deps", *options,
                   "-r", str(lock)]  # fmt: skip
    call(install)


def wheel_options(wheels: dict[str, Any]) -> list[str]:
    """What tells uv and pip to look into `wheels/`, and, when all is there, nowhere else."""
    if not wheels:
        return []
    links = ["--find-links", str(HERE / plain_name(wheels["folder"]))]
    return links if wheels.get("left_out") else ["--no-index", *links]


def own_uv(wheels: dict[str, Any]) -> str:
    """The uv of this crate, unpacked from its wheel; empty when it has none that works here."""
    name = next((name for name in wheels.get("files", {}) if name.startswith("uv-")), "")
    if not name:
        return ""
    program = VENV / ("uv.exe" if WINDOWS else "uv")
    if not program.is_file():
        VENV.mkdir(exist_ok=True)
        with zipfile.ZipFile(inside(f"{wheels['folder']}/{name}")) as archive:
            found = [item for item in archive.namelist()
                     if item.endswith((".data/scripts/uv", ".data/scripts/uv.exe"))]  # fmt: skip
            if not found:
                return ""
            part = program.with_name("uv.part")
            with archive.open(found[0]) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
        part.chmod(0o755)
        part.replace(program)
    try:
        works = subprocess.run(  # noqa: S603 -- its wheel was checked
            [str(program), "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return "" if works.returncode else str(program)


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
    left_out = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environ = {name: value for name, value in os.environ.items() if name not in left_out}
    environ.setdefault("UV_CACHE_DIR", str(VENV / "cache"))  # so that nothing else is written
    try:
        done = subprocess.run(  # noqa: S603 -- programs named above
            command, cwd=HERE, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as problem:
        raise CannotRunError(f"{command[0]} could not be started: {problem.strerror}.") from None
    if done.returncode:
        raise CannotRunError(why_not_installed(done.stderr))


def why_not_installed(text: str) -> str:
    """A sentence from what an installer printed."""
    words = " ".join(text.split())
    if "hash" in words.lower() and "match" in words.lower():
        return f"A package does not have the checksum that its lock names: {words[-600:]}"
    if "ensurepip" in words:
        return (
            "This Python cannot make environments, since its ensurepip is not installed: install "
            "uv, or your system's package for venv."
        )
    if "no interpreter found" in words.lower():
        return (
            f"The right Python is not on this machine and could not be fetched: {words[-300:]} "
            "Install it, connect to the network, or name one with --python."
        )
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
    """Find a file in the crate, or fetch it; its sha256 is checked either way."""
    path = inside(item["path"])
    shown = path.relative_to(HERE).as_posix()
    if not path.is_file():
        path.parent.mkdir(exist_ok=True, parents=True)
        fetch(item["url"], path, shown)
    if digest_of(path) != item["sha256"]:
        raise CannotRunError(
            f"{shown} has not the recorded sha256 {item['sha256']}: remove it and try again, "
            "or put the right file there."
        )
    return path


def fetch(url: str, path: Path, shown: str) -> None:
    """Fetch a file from the web."""
    if not url.lower().startswith(("http://", "https://")):
        raise CannotRunError(f"{shown} is not in the crate and has no web address: put it there.")
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
            f"{shown} yourself."
        ) from None
    part.replace(path)


def plain_name(name: str) -> str:
    """A name that stays in its folder."""
    if not PLAIN_NAME.fullmatch(name) or name in (".", ".."):
        raise CannotRunError(f"{name!r} is no plain file name: this crate is not as it was made.")
    if WINDOWS and ON_WINDOWS.search(name):
        raise CannotRunError(f"{name!r} cannot be a file's name on Windows: use another system.")
    return name


def inside(path: str) -> Path:
    """A path that stays in this crate; only its last part may be a link, such as to large data."""
    parts = [plain_name(part) for part in path.split("/")]
    found = HERE.joinpath(*parts)
    above = found.parent.resolve()
    if above != HERE and HERE not in above.parents:
        raise CannotRunError(f"{path!r} leads out of this folder: unpack the crate again.")
    return found


def digest_of(path: Path) -> str:
    """Sha256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as handle:
        for piece in iter(lambda: handle.read(CHUNK), b""):
            found.update(piece)
    return found.hexdigest()


# --- The run -----------------------------------------------------------------------------------


def run_steps(
    recipe: dict[str, Any], steps: list[dict[str, Any]], changes: dict[str, Any], chosen: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str, str, str]]]:
    """Run all steps in order; returns every product's result, and every published value's."""
    pythons: dict[str, str] = {}
    for step in steps:
        if step["lock"] not in pythons:
            pythons[step["lock"]] = environment(recipe, step, chosen)
    found = {item["path"]: data_file(item) for step in steps for item in step["data"]}
    rows: list[tuple[str, str]] = []
    values: list[tuple[str, str, str, str]] = []
    made: dict[tuple[str, str], Path] = {}
    for step in steps:
        folder = WORK / step["address"][:16]
        lay_out(folder, step, [found[item["path"]] for item in step["data"]])
        fed = feed(folder, step, made)
        run_step(recipe, step, {**parameters_of(step, changes), **fed}, pythons[step["lock"]])
        files = read_manifest(folder)
        outputs = folder / "outputs"
        made.update({
            (step["address"], name): outputs / plain_name(file)
            for (name, role), file in files.items()
            if role == "output"
        })  # fmt: skip
        rows += [compare(step, item, files, outputs) for item in step["made"]]
        values += [
            held_against(item, files.get((item["output"], "output"), ""), outputs)
            for item in step.get("published", ())
        ]
    return rows, values


def parameters_of(step: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The recorded values of a step, but for those that were changed."""
    wanted = {name: value for name, value in changes.items() if name in step["parameters"]}
    return {**step["parameters"], **wanted}


def run_step(
    recipe: dict[str, Any], step: dict[str, Any], parameters: dict[str, Any], python: str
) -> None:
    """Run a step once, in its folder."""
    folder = WORK / step["address"][:16]
    job = {
        "format": "reprise.job/1", "notebook": step["notebook"], "parameters": parameters,
        "products": step["products"], "outputs": step["outputs"], "folder": "outputs",
        "seed": step["seed"], "events_fd": None,
    }  # fmt: skip
    (folder / ".job.json").write_text(json.dumps(job), encoding="utf-8")
    what = f"{step['notebook']} ({step['name']})" if step["name"] else step["notebook"]
    print(f"Running {what} ...", flush=True)
    command = [python, "-s", "-B", f".{runner_of(step)}", ".job.json"]
    environ = surroundings(recipe, folder)
    status = subprocess.run(command, cwd=folder, env=environ, check=False).returncode  # noqa: S603 -- as above
    if status:
        which = f" of {step['name']}" if step["name"] else ""
        raise CannotRunError(
            f"The notebook{which} did not come to its end (status {status}); the lines above say "
            "why."
        )


def lay_out(folder: Path, step: dict[str, Any], data: list[Path]) -> None:
    """Make the folder that a step runs in: the author's files and `data/`."""
    runner = runner_of(step)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(inside(step["folder"]), folder)
    (folder / ".home").mkdir(exist_ok=True)
    shutil.copyfile(HERE / runner, folder / f".{runner}")
    if data:
        (folder / "data").mkdir(exist_ok=True)
    for path in data:
        shutil.copyfile(path, folder / "data" / path.name)


def feed(folder: Path, step: dict[str, Any], made: dict[tuple[str, str], Path]) -> dict[str, Any]:
    """Give a step what it takes from those before it; returns its parameters of that kind."""
    fed: dict[str, Any] = {}
    for link in step["links"]:
        source = made[(link["source"], link["output"])] if link["source"] else data_file(link)
        if "taken" in link:
            fed[link["name"]] = value_for(step, link, source)
            continue
        target = folder.joinpath(*[plain_name(part) for part in link["to"].split("/")])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if link["many"]:
            fed.setdefault(link["name"], []).append(link["to"])
        else:
            fed[link["name"]] = link["to"]
    return fed


def value_for(step: dict[str, Any], link: dict[str, Any], source: Path) -> Any:  # noqa: ANN401 -- any value
    """The number or text that another step gave, in the unit that this one wants."""
    text = source.read_text(encoding="utf-8")
    given = text if source.suffix == ".txt" else json.loads(text)
    if alike(given, link["taken"]):
        return link["value"]
    if alike(link["taken"], link["value"]):
        return given  # the unit is the same
    raise CannotRunError(
        f"{link['name']} of {step['name']} is taken from a step that gave {link['taken']} and now "
        f"gives {given}; its unit is another, and nothing here converts units."
    )


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
    step: dict[str, Any], item: dict[str, Any], made: dict[tuple[str, str], str], outputs: Path
) -> tuple[str, str]:
    """Compare a product with the recorded one."""
    label = item["name"] if item["role"] == "output" else f"{item['name']} ({item['role']})"
    label = f"{step['name']}: {label}" if step["name"] else label
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


def held_against(
    item: dict[str, Any],
    file: str,
    outputs: Path,
) -> tuple[str, str, str, str]:
    """A published value beside what was found now: label, published, found, what that means."""
    unit = f" {item['unit']}" if item.get("unit") else ""
    published = item["published"]
    try:
        found = json.loads((outputs / plain_name(file)).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, CannotRunError):
        found = None
    if not is_number(found) or not math.isfinite(found):
        return str(item["label"]), f"{published}{unit}", "-", "not a number"
    rounded = round(found, item["places"]) if "places" in item else found
    # Adding and multiplying doubles costs a little at the edge.
    agrees = abs(rounded - published) <= allowed(item) * (1 + TOLERANCE)
    result = "within tolerance" if agrees else "outside tolerance"
    return str(item["label"]), f"{published}{unit}", f"{found:.8g}{unit}", result


def allowed(item: dict[str, Any]) -> float:
    """How far a found value may be from the published one, in its unit."""
    if "relative" in item:
        return float(item["relative"] * abs(item["published"]))
    if "sigma" in item:
        return float(item["sigma"] * item.get("error", 0.0))
    return float(item.get("absolute", 0.0))


def print_values(values: list[tuple[str, str, str, str]]) -> None:
    """Print the published values beside those found now, if there are any."""
    if not values:
        return
    rows = [("published value", "published", "found now", "result"), *values]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths)) for row in rows]  # noqa: B905 -- strict is of 3.10
    lines.insert(1, "  ".join("-" * width for width in widths))
    print("\n" + "\n".join(plain(line).rstrip() for line in lines))
    good = sum(row[3] == "within tolerance" for row in values)
    print(f"\n{good} of {len(values)} published values within tolerance.")


def print_table(rows: list[tuple[str, str]]) -> None:
    """Print the name and the result of every product."""
    width = max([len(name) for name, _result in rows] + [7])
    print(f"\n{'product':<{width}}  result\n{'-' * width}  {'-' * len(EQUAL)}")
    for name, result in rows:
        print(plain(f"{name:<{width}}  {result}"))


def plain(text: str) -> str:
    """A stranger's words as one line that cannot steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
