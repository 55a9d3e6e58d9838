"""How often a mutated output is judged wrongly: a corpus of mutations of real outputs.

    python -m benchmarks.mutations [--examples]

Products are what the bundled entries give when they are run here, and the example files that come
with them. Each is changed in many ways; which verdicts are right follows from the declared
tolerance and is written beside the mutation, not derived from what the comparison says. Counted
are false "reproduced" (identical, within tolerance or drawn differently where it is not right) and
false "different". ``--examples`` leaves out the runs. Writes ``results/mutations.json`` and
``docs/mutations.md``.
"""

import base64
import io
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from astropy.table import Table  # noqa: TID253 -- a benchmark imports what it needs

from benchmarks.mutation import fits_images, leaves, series, tables
from benchmarks.mutation.case import REDRAWN, REPRODUCED, SAME, UNKNOWN, Case
from benchmarks.mutation.tables import Base
from gallery.domain.comparison import Outcome, Sample, compare
from gallery.domain.comparison.bounds import unzipped
from gallery.domain.verdict import Verdict
from ontology.domain.kinds import ProductKind

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = ROOT / "workflows"
RESULTS = ROOT / "benchmarks" / "results" / "mutations.json"
PAGE = ROOT / "docs" / "mutations.md"
RUNS = ("crab-stability", "coded-mask-catalogue", "coded-mask-light-curve", "coded-mask-spectrum",
        "coded-mask-power-law", "coded-mask-image")  # fmt: skip
OLD_MATPLOTLIB = (("3.8.4", "numpy<2"), ("3.10.8", "numpy>=2"))
SUMMARY = (
    "The median photon index of the Crab is 2.093 over 16 years.\nThe photon flux from 30 to 300 "
    "keV\nvaries by 6.9 % about 2.2e-08 erg / (s cm2).\n"
)


@dataclass(frozen=True, slots=True)
class Result:
    """A mutation, its outcome, and how long it took in seconds."""

    case: Case
    outcome: Outcome
    seconds: float

    @property
    def is_false_reproduced(self) -> bool:
        """Said to be reproduced and is not."""
        verdict = self.outcome.verdict
        return verdict in REPRODUCED and not self.case.right & REPRODUCED

    @property
    def is_false_different(self) -> bool:
        """Said to be different and is not."""
        different = Verdict.DIFFERENT
        return self.outcome.verdict is different and different not in self.case.right

    @property
    def is_right(self) -> bool:
        """Judged as it should be."""
        return self.outcome.verdict in self.case.right


def example_cases(*, fewer: bool = False) -> Iterator[Case]:
    """Mutations of the files that come with the bundled entries; nothing is run.

    Args:
        fewer: whether tables like others are left out, as the tests do.
    """
    power_law = WORKFLOWS / "coded-mask-power-law/example/spectrum.fits"
    spectrum = Table.read(power_law, hdu="SPECTRUM")
    base = Base("spectrum", spectrum, "fits", ("CHANNEL",), ProductKind.SPECTRUM)
    yield from tables.cases(base)
    yield from series.spectrum_cases(base)
    if not fewer:
        yield from _more_tables(power_law)
    catalogue = Table.read(
        WORKFLOWS / "coded-mask-spectrum/example/catalogue.ecsv", format="ascii.ecsv"
    )
    yield from tables.cases(Base("catalogue", catalogue, "ecsv", ("name",)))
    yield from series.catalogue_cases(Base("catalogue", catalogue, "ecsv", ("name",)))
    published = Table.read(WORKFLOWS / "crab-stability/table1.csv", format="ascii.csv", comment="#")
    yield from tables.cases(Base("table of the paper", published, "csv", (published.colnames[0],)))
    curve = series.light_curve()
    yield from series.time_cases(curve, "TIME")
    mosaic = (WORKFLOWS / "coded-mask-catalogue/example/mosaic.fits.gz").read_bytes()
    yield from fits_images.cases("mosaic", unzipped(mosaic))
    yield from _leaf_cases()


def _more_tables(power_law: Path) -> Iterator[Case]:
    """Another extension, the light curve cell by cell, and the catalogue as VOTable."""
    area = Table.read(power_law, hdu="RESPONSE")
    yield from tables.cases(Base("response", area, "fits", ("E_LO",)))
    yield from tables.cases(series.light_curve())
    example = WORKFLOWS / "coded-mask-spectrum/example/catalogue.ecsv"
    catalogue = Table.read(example, format="ascii.ecsv")
    yield from tables.cases(Base("catalogue as VOTable", catalogue, "vot", ("name",)))


def _leaf_cases() -> Iterator[Case]:
    content: dict[str, Any] = {
        "median_index": 2.093, "years": 16, "source": "Crab",
        "fluxes": [2.066, 2.262, 2.084, 2.28, 2.286], "fit": {"chi2": 14.25, "converged": True},
    }  # fmt: skip
    yield from leaves.json_cases("summary", content)
    yield from leaves.number_cases()
    yield from leaves.text_cases("text", SUMMARY)
    data = (WORKFLOWS / "coded-mask-mosaic/example/sky-1.fits.gz").read_bytes()[:5000]
    yield from leaves.binary_cases("binary", data[10:])


def picture_cases(plots: dict[str, bytes]) -> Iterator[Case]:
    """Mutations of pictures, from plotted arrays that runs kept."""
    from benchmarks.mutation import plots as pictures  # noqa: PLC0415 -- loads matplotlib

    for name, data in plots.items():
        yield from filter(_is_mutation, pictures.cases(name, pictures.real(data)))


def old_cases(plots: dict[str, bytes]) -> Iterator[Case]:
    """Pictures drawn again by older versions of matplotlib; none where uv cannot install them."""
    from benchmarks.mutation import plots as pictures  # noqa: PLC0415 -- loads matplotlib

    for version, numpy in OLD_MATPLOTLIB:
        for name, data in plots.items():
            numbers = pictures.real(data)
            found = _drawn_by(version, numpy, numbers)
            if found is None:
                print(f"matplotlib {version} is not to be had: left out")
                return
            published = pictures.draw(numbers)
            kind = f"redrawn by matplotlib {version}"
            yield Case(kind, name, published, found, SAME | REDRAWN)
            bare = replace(published, plot=None)
            yield Case(f"{kind}, no plotted arrays", name, bare, found, SAME | UNKNOWN)


def _drawn_by(version: str, numpy: str, numbers: list[dict[str, Any]]) -> Sample | None:
    command = [
        str(Path(sys.executable).with_name("uv")), "run", "--no-project", "--python", "3.11",
        "--with", f"matplotlib=={version}", "--with", numpy,
        "python", "-W", "ignore", "-m", "benchmarks.mutation.redraw",
    ]  # fmt: skip
    done = subprocess.run(
        command, input=json.dumps(numbers), capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        print(done.stderr[-500:])
        return None
    made = json.loads(done.stdout)
    data, plot = base64.b64decode(made["data"]), made["plot"].encode()
    return Sample(data, "plot.png", "image/png", ProductKind.PICTURE, plot=plot)


def _is_mutation(case: Case) -> bool:
    """Whether anything was changed: thicker lines change nothing where there are none."""
    published, found = case.published, case.found
    arrays = published.plot and found.plot and published.plot != found.plot
    return published.data != found.data or bool(arrays)


def run_cases(folder: Path) -> Iterator[Case]:
    """Mutations of what the bundled entries give when they are run here."""
    files = outputs_of_runs(folder)
    for path in files:
        name = f"{path.parent.parent.name.split('-', 1)[1]}: {path.name}"
        if path.suffix == ".ecsv":
            table = Table.read(path, format="ascii.ecsv")
            key = table.colnames[0]
            yield from tables.cases(Base(name, table, "ecsv", (key,) if _names(table, key) else ()))
            yield from tables.cases(
                Base(f"{name} as FITS", table, "fits", (key,) if _names(table, key) else ())
            )
        elif path.name == "light_curve_file.fits":
            curve = Table.read(path, hdu=1)
            yield from tables.cases(Base(name, curve, "fits", kind=ProductKind.LIGHT_CURVE))
            yield from series.time_cases(
                Base(name, curve, "fits", kind=ProductKind.LIGHT_CURVE), "TIME"
            )
        elif path.name == "spectrum_file.fits":
            made = Base(name, Table.read(path, hdu=1), "fits", ("CHANNEL",), ProductKind.SPECTRUM)
            yield from series.spectrum_cases(made)
        elif path.name == "image_file.fits":
            yield from fits_images.cases(name, path.read_bytes())
    plots = {f"{path.parent.parent.name.split('-', 1)[1]}: {path.name}": path.read_bytes()
             for path in files if path.name.endswith(".plot.json")}  # fmt: skip
    yield from picture_cases(plots)
    yield from old_cases(plots)


def _names(table: Table, key: str) -> bool:
    return len({str(item) for item in table[key]}) == len(table)


def outputs_of_runs(folder: Path) -> list[Path]:
    """Run the bundled entries with their own defaults and examples; the files that they gave."""
    # The tests run entries already; only this part of the benchmark needs them.
    entries = import_module("tests.workflows.entries").Entries(folder)
    try:
        made = [entries(slug) for slug in RUNS]
    finally:
        entries.close()
    return sorted(path for item in made for path in (item.folder / "outputs").iterdir())


def judged(cases: Iterable[Case]) -> Iterator[Result]:
    """Every case with its outcome."""
    for case in cases:
        started = time.perf_counter()
        outcome = compare(case.published, case.found, case.tolerances)
        yield Result(case, outcome, time.perf_counter() - started)


def summary(results: list[Result]) -> dict[str, Any]:
    """The counts of all, and of each kind of mutation."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.case.kind.split(" (")[0]].append(result)
    return {
        **_counts(results),
        "seconds": {
            "median": sorted(item.seconds for item in results)[len(results) // 2],
            "most": max(item.seconds for item in results),
        },
        "kinds": {kind: _counts(items) for kind, items in sorted(kinds.items())},
        "wrong": [_told(item) for item in results if not item.is_right],
    }


def _counts(results: list[Result]) -> dict[str, Any]:
    verdicts = {verdict.value: sum(item.outcome.verdict is verdict for item in results)
                for verdict in Verdict}  # fmt: skip
    return {
        "mutations": len(results),
        "false reproduced": sum(item.is_false_reproduced for item in results),
        "false different": sum(item.is_false_different for item in results),
        "otherwise wrong": sum(not item.is_right for item in results)
        - sum(item.is_false_reproduced or item.is_false_different for item in results),
        "verdicts": {name: number for name, number in verdicts.items() if number},
    }


def _told(result: Result) -> dict[str, str]:
    case = result.case
    return {
        "mutation": case.kind, "base": case.base, "verdict": result.outcome.verdict.value,
        "right": ", ".join(sorted(verdict.value for verdict in case.right)),
        "sentence": result.outcome.sentence[:300],
    }  # fmt: skip


def page(found: dict[str, Any], *, with_runs: bool) -> str:
    """The table as the page of the documentation."""
    buffer = io.StringIO()
    total = found["mutations"]
    which = "runs of the bundled entries and their example files" if with_runs else "example files"
    buffer.write(
        "# Mutations of real outputs\n\n"
        "Real outputs are changed in many ways, and the comparison judges each beside the\n"
        "original. Which verdicts are right follows from the tolerance that is declared (a\n"
        "relative millionth unless the line says otherwise) and is written beside each\n"
        "mutation in `benchmarks/mutation/`. *Reproduced* is identical, within tolerance, or\n"
        "same data drawn differently. Made by `python -m benchmarks.mutations`; a smaller\n"
        "corpus is a test.\n\n"
        f"**{total} mutations** of {which}: **{found['false reproduced']} false reproduced, "
        f"{found['false different']} false different**\n"
        f"({found['false different'] / total:.2%}), {found['otherwise wrong']} otherwise not as "
        f"expected. A comparison took {found['seconds']['median'] * 1000:.0f} ms in the middle and "
        f"{found['seconds']['most']:.2f} s at most.\n\n"
        "| mutation | cases | false reproduced | false different | verdicts |\n"
        "|---|---|---|---|---|\n"
    )
    for kind, counts in found["kinds"].items():
        verdicts = ", ".join(f"{number} {name}" for name, number in counts["verdicts"].items())
        buffer.write(
            f"| {kind} | {counts['mutations']} | {counts['false reproduced']} | "
            f"{counts['false different']} | {verdicts} |\n"
        )
    return buffer.getvalue()


def main() -> None:
    """Judge the corpus, print what is wrong, and write the results."""
    with_runs = "--examples" not in sys.argv
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        results = list(judged(example_cases()))
        results += list(judged(run_cases(Path(folder)))) if with_runs else []
    found = summary(results)
    for item in found["wrong"]:
        print(json.dumps(item, indent=1))
    counts = {key: value for key, value in found.items() if key not in ("kinds", "wrong")}
    print(json.dumps(counts, indent=1))
    if with_runs:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        PAGE.write_text(page(found, with_runs=with_runs))


if __name__ == "__main__":
    main()
