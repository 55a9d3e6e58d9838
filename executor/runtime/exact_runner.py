"""Run one notebook in a real Jupyter kernel, and keep what it makes.

    cd <folder of the notebook>
    python -s -B .exact_runner.py .job.json

It needs nbclient and ipykernel, and `.notebook_runner.py` beside it (or `notebook_runner.py`),
whose job, manifest, events and exit status are also those of this runner. Outputs are saved by
the same code, which the kernel loads before the first cell. What IPython adds (all magics, the
shell, its own way to print values) is there; the two runners give the same products of the same
notebook, and executed notebooks that may differ in how values are printed.

The kernel talks to this process over sockets in a folder, not over the network.
"""
# ruff: noqa: ANN401  # what a notebook assigns, shows or saves may be of any type

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HERE = Path(__file__).resolve()
NAME = "_reprise_exact"  # of this file as a module of the kernel
START_SECONDS = 60


def load_runner() -> Any:
    """Load the notebook runner that lies beside this file, as a module."""
    places = [HERE.with_name(name) for name in (".notebook_runner.py", "notebook_runner.py")]
    path = next(place for place in places if place.is_file())
    spec = importlib.util.spec_from_file_location("_reprise_runner", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # the file is there
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # the file is there
    return module


runner = load_runner()
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,16}\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


# --- In the kernel -----------------------------------------------------------------------------


class Publisher:
    """Shows something as an output of the cell that is running."""

    def data(self, data: dict[str, str], _count: int | None = None) -> None:
        """Show something by its representations."""
        from IPython.display import publish_display_data  # noqa: PLC0415  # only the kernel has it

        publish_display_data(data)


class Session:
    """What the kernel keeps of the run: the plotted numbers, and the error of the last cell."""

    def __init__(self, shell: Any, told: Path, cells: list[str], seed: int) -> None:
        self.shell, self.told, self.cells = shell, told, cells
        self.namespace = shell.user_ns
        self.plots, self.recorder = runner.Plots(), Publisher()
        self.error: BaseException | None = None
        self.imports = runner.AfterImport(
            {
                "random": lambda random: random.seed(seed),
                "numpy.random": lambda random: random.seed(seed % 2**32),
                "matplotlib.figure": self.plots.wrap,
                "matplotlib.pyplot": self.take_over_show,
            }
        )
        sys.meta_path.insert(0, self.imports)
        self.imports.catch_up()
        self.prepare_shell()

    def prepare_shell(self) -> None:
        """Name the cells as the author counts them, and listen to how they end."""
        self.shell.compile.get_code_name = self.code_name
        self.shell.events.register("post_run_cell", self.after_cell)
        png = self.shell.display_formatter.formatters["image/png"]
        png.for_type_by_name("matplotlib.figure", "Figure", runner.figure_png)
        sys.path[:] = [str(runner.WORK), *(entry for entry in sys.path if entry)]
        warnings.filterwarnings("ignore", "To exit: use", UserWarning)  # after sys.exit()

    def code_name(self, _raw: str, _transformed: str, number: int) -> str:
        """Return the name of the cell that has a number in the order of execution."""
        return self.cells[number - 1] if 0 < number <= len(self.cells) else "<service>"

    def after_cell(self, result: Any) -> None:
        """Show what figures are left open, and remember the error."""
        self.imports.catch_up()
        self.show_figures()
        if result.info.store_history:
            early: BaseException | None = result.error_before_exec
            # Only IPython is in the traceback of an error that came before the cell ran.
            self.error = early.with_traceback(None) if early else result.error_in_exec

    def take_over_show(self, pyplot: Any) -> None:
        """Let `pyplot.show` show and close the open figures, as the notebook runner does."""
        runner.Run.take_over_show(self, pyplot)

    def show_figures(self) -> None:
        """Show the open figures and close them, as the notebook runner does."""
        runner.Run.show_figures(self)

    def tell(self, value: Any) -> None:
        """Hand something to the process that started the kernel."""
        runner.write_file(self.told, runner.as_json(value))

    def describe(self, number: int, filename: str) -> None:
        """Tell what went wrong in the last cell."""
        self.tell(None if self.error is None else runner.describe(self.error, number, filename))

    def save(self, folder: str, wanted: list[dict[str, str]]) -> None:
        """Save the outputs, and tell the manifest's part of it and the exit status."""
        manifest: dict[str, Any] = {"outputs": [], "plots": [], "missing": [], "error": None}
        status = runner.save_outputs(self, runner.WORK / folder, wanted, manifest)
        self.tell({"status": status, "manifest": manifest})


def begin(told: str, cells: list[str], seed: int) -> None:
    """Start the session of this kernel."""
    from IPython import get_ipython  # noqa: PLC0415  # only the kernel has it

    sys.modules[NAME].session = Session(get_ipython(), Path(told), cells, seed)  # type: ignore[attr-defined]  # found there by the next call


# --- Outside it --------------------------------------------------------------------------------


class Kernel:
    """A kernel that runs cells, one after the other.

    Attributes:
        folder: what only this process and the kernel use: sockets, and what the kernel tells.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, folder / "told.json"
        self.client = make_client(folder)

    async def begin(self, cells: list[str], seed: int) -> None:
        """Load this file into the kernel."""
        load = (
            f"import importlib.util as util, sys; spec = util.spec_from_file_location({NAME!r}, "
            f"{str(HERE)!r}); module = sys.modules[{NAME!r}] = util.module_from_spec(spec); "
            f"spec.loader.exec_module(module); module.begin({str(self.told)!r}, {cells!r}, {seed})"
        )
        await self.execute(hidden(f"exec({load!r}, {{}})"), None)

    async def ask(self, call: str) -> Any:
        """Call something of the session, and return what it tells."""
        self.told.unlink(missing_ok=True)
        await self.execute(hidden(f"__import__('sys').modules[{NAME!r}].session.{call}"), None)
        return json.loads(self.told.read_bytes())

    async def execute(self, cell: Any, count: int | None) -> bool:
        """Run a cell, which gets a number unless it is hidden; whether it raised no error."""
        from nbclient.exceptions import CellExecutionError  # noqa: PLC0415  # see make_client

        self.client.start_cell(cell)
        try:
            await self.client.async_execute_cell(
                cell, 0, execution_count=count, store_history=count is not None
            )
        except CellExecutionError:
            return False
        return True


def make_client(folder: Path) -> Any:
    """Return a client of nbclient whose kernel is this Python, reached through `folder`."""
    try:
        import ipykernel  # noqa: F401, PLC0415  # so that its absence is said before anything runs
        import nbformat  # noqa: PLC0415  # the environment of the entry has it, or the sentence below is said
        from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415  # as above
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415  # as above
        from nbclient import NotebookClient  # noqa: PLC0415  # as above
    except ImportError as problem:
        raise runner.UnusableError(
            f"a real kernel needs nbclient and ipykernel in the environment ({problem})"
        ) from problem

    class Client(NotebookClient):  # type: ignore[misc]  # not installed where types are checked
        """Prints what the kernel prints, and keeps a limited part of it in the notebook."""

        def start_cell(self, cell: Any) -> None:
            """Begin a cell."""
            self.nb.cells[:] = [cell]
            self.allowance = runner.Allowance(runner.CELL_BYTES)

        def process_message(self, message: Any, cell: Any, index: int) -> Any:
            """Take a message of the kernel, after what it says was logged and cut."""
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                log(content["name"], content["text"])
                content["text"] = cut(content["text"], self.allowance)
                if not content["text"]:
                    return None
            elif kind in {"display_data", "execute_result", "update_display_data"}:
                content["data"] = shortened(content["data"], self.allowance)
            return super().process_message(message, cell, index)

    argv = [sys.executable, "-s", "-B", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    quiet = ["--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"]
    manager = AsyncKernelManager(transport="ipc", ip=str(folder / "k"))
    manager.connection_file = str(folder / "kernel.json")
    manager._kernel_spec = KernelSpec(argv=[*argv, *quiet], language="python")  # noqa: SLF001  # else it is looked for in folders of the machine
    client = Client(
        nbformat.v4.new_notebook(), km=manager, timeout=None, startup_timeout=START_SECONDS,
        record_timing=False, coalesce_streams=True, shutdown_kernel="immediate",
    )  # fmt: skip
    client.owns_km = True  # so that it ends the kernel
    return client


def hidden(source: str) -> Any:
    """Return a cell that is no part of the notebook."""
    import nbformat  # noqa: PLC0415  # see make_client

    return nbformat.v4.new_code_cell(source)


def log(name: str, text: str) -> None:
    """Print what the kernel printed."""
    stream = sys.stderr if name == "stderr" else sys.stdout
    stream.write(text)
    stream.flush()


def cut(text: str, allowance: Any) -> str:
    """Return as much of a text as may be kept of its cell."""
    if allowance.left <= 0 or not text:
        return ""
    kept = text[: allowance.left]
    allowance.left -= len(kept)
    rest = "" if allowance.left else "\n[the rest of what this cell prints is not kept]\n"
    return str(kept + rest)


def shortened(data: dict[str, Any], allowance: Any) -> dict[str, Any]:
    """Return what is shown, without addresses in memory, or a word when it is too large."""
    size = sum(len(value) if isinstance(value, str) else len(str(value)) for value in data.values())
    if not allowance.take(size):
        return {"text/plain": "[too large to be kept]"}
    return {key: without_address(key, value) for key, value in data.items()}


def without_address(media_type: str, value: Any) -> Any:
    """Blank addresses in memory: they differ from run to run and say nothing."""
    if isinstance(value, str) and media_type.startswith("text/"):
        return ADDRESS.sub("0x0", value)
    return value


async def run_cells(
    kernel: Kernel, cells: list[tuple[str, int, dict[str, Any]]], events: Any
) -> Any:
    """Run the code cells in order; return the description of the first error, or None."""
    code = [item for item in cells if item[2]["cell_type"] == "code"]
    for count, (filename, number, cell) in enumerate(code, 1):
        events.send("cell", index=count, of=len(code))
        run = hidden(runner.source_of(cell) if runner.source_of(cell).strip() else "pass")
        good = await kernel.execute(run, count)
        cell.update(execution_count=count, outputs=json.loads(json.dumps(run["outputs"])))
        if not good:
            found = await kernel.ask(f"describe({number}, {filename!r})")
            return reported(found or unexplained(cell, number), number, cell)
    return None


def unexplained(cell: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an error of which only the kernel's words are known."""
    words = [output for output in cell["outputs"] if output["output_type"] == "error"]
    said = words[-1] if words else {"ename": "Error", "evalue": "", "traceback": []}
    lines = COLOUR.sub("", "\n".join(said["traceback"]))
    return {
        "cell": number, "line": None, "type": said["ename"], "message": said["evalue"],
        "traceback": lines[-runner.TRACEBACK_CHARACTERS :],
    }  # fmt: skip


def reported(found: dict[str, Any], number: int, cell: dict[str, Any]) -> dict[str, Any]:
    """Put an error into its cell in the words of the notebook runner, and into the log."""
    lines = found["traceback"].splitlines()
    raised = {"output_type": "error", "ename": found["type"], "evalue": found["message"]}
    others = [output for output in cell["outputs"] if output["output_type"] != "error"]
    cell["outputs"] = [*others, {**raised, "traceback": lines}]
    runner.note(f"cell {number} failed\n{found['traceback']}")
    return found


async def run_job(job: dict[str, Any], events: Any, manifest: dict[str, Any], place: Path) -> int:
    """Run a job, write all but the manifest, and return the exit status."""
    notebook = runner.read_notebook(Path(job["notebook"]))
    cells = runner.numbered_cells(notebook, job["parameters"])
    kernel = Kernel(place)
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415  # see make_client

    names = [name for name, _number, cell in cells if cell["cell_type"] == "code"]
    current: list[Any] = []
    events = Watched(events, current)
    try:
        # What it writes to its descriptors comes back as messages too: once is enough.
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        async with kernel.client.async_setup_kernel(**silent):
            await kernel.begin(names, job["seed"])
            manifest["error"] = await run_cells(kernel, cells, events)
            status = runner.RAISED
            if manifest["error"] is None:
                told = await kernel.ask(f"save({job['folder']!r}, {job['outputs']!r})")
                manifest.update(told["manifest"])
                status = told["status"]
    except DeadKernelError:
        status = runner.RAISED
        manifest["error"] = died(cells, len(current))
    runner.write_file(runner.WORK / job["folder"] / "executed.ipynb", runner.as_json(notebook))
    return int(status)


class Watched:
    """Events that also say which cell was the last to begin."""

    def __init__(self, events: Any, begun: list[Any]) -> None:
        self.events, self.begun = events, begun

    def send(self, event: str, **more: Any) -> None:
        """Send one event."""
        self.begun.append(more)
        self.events.send(event, **more)


def died(cells: list[tuple[str, int, dict[str, Any]]], begun: int) -> dict[str, Any]:
    """Return the error of a kernel that ended in the midst of a cell."""
    code = [item for item in cells if item[2]["cell_type"] == "code"]
    message = "the kernel ended before the cell did: out of memory, or the code ended it"
    found: dict[str, Any] = runner.without_place("DeadKernelError", message)
    if begun:
        found["cell"] = code[begun - 1][1]
    runner.note(f"cell {found['cell']} failed: {message}")
    return found


def main(arguments: list[str]) -> int:
    """Run the job described in a file, and return the exit status."""
    if len(arguments) != 1:
        runner.note("usage: python -s -B exact_runner.py job.json")
        return int(runner.UNUSABLE)
    try:
        job = runner.read_job(Path(arguments[0]))
    except runner.UnusableError as problem:
        runner.note(str(problem))
        return int(runner.UNUSABLE)
    folder, events = runner.WORK / job["folder"], runner.Events(job["events_fd"])
    folder.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {
        "format": "reprise.manifest/1", "outputs": [], "plots": [], "missing": [], "error": None,
        "python": sys.version.split()[0], "packages": runner.packages(),
    }  # fmt: skip
    runner.prepare()
    place = Path(tempfile.mkdtemp(prefix="kernel-"))
    try:
        status = asyncio.run(run_job(job, events, manifest, place))
    except (runner.UnusableError, RuntimeError) as problem:  # the latter of a kernel at its start
        runner.note(str(problem))
        manifest["error"] = runner.without_place("UnusableError", str(problem))
        status = int(runner.UNUSABLE)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    runner.write_file(folder / "manifest.json", runner.as_json(manifest))
    events.send("end")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
