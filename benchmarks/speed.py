"""How fast requests are answered and runs are made, by the whole service, beside its peers.

    python -m benchmarks.speed [--without-peers]

Starts the service on a data folder of its own, asks it over HTTP on the loopback, and prints a
table: median, least and 95th percentile, the ratio to ours, the target, and whether it is held.
The same goes to ``benchmarks/results/speed.json``, with the load of the machine.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import speed_entries
from benchmarks.peers import Peers
from benchmarks.service import ROOT, Client, Service, memory, running, set_up

WORKERS = 2
KNOWN_TIMES = 500
NEW_TIMES = 21
TREE_TIMES = 51
AT_ONCE = 16
SUSTAINED = 400  # runs that do nothing
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: what was measured.
        values: the measured values.
        unit: their unit.
        most: the median may be at most this; None without a target.
        least: the median must be at least this; None without one.
        beside: name of the row that the ratio is to; empty for none.
    """

    name: str
    values: list[float]
    unit: str = "ms"
    most: float | None = None
    least: float | None = None
    beside: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        """Whether the target is held; empty without one."""
        if self.most is None and self.least is None:
            return ""
        above = self.least is None or self.median >= self.least
        return "yes" if above and (self.most is None or self.median <= self.most) else "NO"

    @property
    def target(self) -> str:
        """The target in words."""
        if self.most is not None and self.most == self.least:
            return f"{self.most:g}"
        return (
            f"≤ {self.most:g}"
            if self.most is not None
            else f"≥ {self.least:g}"
            if self.least
            else ""
        )


def timed(ask: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call, after some that do not count."""
    taken = []
    for number in range(times + 5):
        begun = time.perf_counter()
        ask()
        if number >= 5:  # noqa: PLR2004 -- those that do not count
            taken.append((time.perf_counter() - begun) * 1000)
    return taken


def known_answers(client: Client) -> list[Row]:
    """A question whose answer is known: asked by POST, and the run and a product by GET."""
    body = {"workflow": "nothing", "parameters": {"x": 7}}
    address = client.ask(body)["address"]
    run = client.ended(address)
    assert client.ask(body)["known"] is True  # noqa: S101 -- else something else is measured
    product = run["outputs"][0]["url"]
    data = json.dumps(body).encode()
    return [
        Row("an empty view", timed(lambda: client.send("GET", "/healthz"), KNOWN_TIMES)),
        Row("known answer, POST /api/runs/", timed(
            lambda: client.send("POST", "/api/runs/", data), KNOWN_TIMES), most=5),
        Row("known run, GET", timed(
            lambda: client.send("GET", f"/api/runs/{address}/"), KNOWN_TIMES)),
        Row("product, GET", timed(lambda: client.send("GET", product), KNOWN_TIMES)),
    ]  # fmt: skip


def new_runs(client: Client) -> list[Row]:
    """A small notebook with new parameters: from the request to the bytes of its products."""

    def run(workflow: str, parameters: dict[str, object]) -> None:
        told = client.ask({"workflow": workflow, "parameters": parameters})
        ended = client.ended(told["address"])
        for output in ended["outputs"]:
            client.send("GET", output["url"])

    begun = time.perf_counter()
    run("figure", {"number": 0})
    first = (time.perf_counter() - begun) * 1000
    numbers = iter(range(1, 10_000))
    figures = timed(lambda: run("figure", {"number": next(numbers)}), NEW_TIMES)
    run("nothing", {"x": -1})
    nothing = timed(lambda: run("nothing", {"x": -100 - next(numbers)}), NEW_TIMES)
    return [
        Row("new run: figure and FITS, first, with its environment", [first]),
        Row("new run: figure and FITS", figures, most=500),
        Row("new run: does nothing", nothing),
    ]


def at_once(service: Service) -> list[Row]:
    """Sixteen people ask the same new question at the same moment."""
    from executor.models import Attempt  # noqa: PLC0415 -- needs the settings

    barrier, addresses = threading.Barrier(AT_ONCE), list[str]()

    def ask() -> None:
        client = service.client()
        client.send("GET", "/healthz")
        barrier.wait(30)
        addresses.append(client.ask({"workflow": "nothing", "parameters": {"x": 16}})["address"])

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (address,) = set(addresses)
    service.client().ended(address)
    made = Attempt.objects.filter(run__address=address).count()
    name = f"{len(addresses)} identical requests at once: executions"
    return [Row(name, [float(made)], "", most=1, least=1)]


def sustained(service: Service) -> list[Row]:
    """Runs a second of notebooks that do nothing, asked for one by one, as fast as it goes."""
    from executor.models import Run  # noqa: PLC0415 -- needs the settings

    client = service.client()
    used, begun = service.processor_seconds(), time.perf_counter()
    asked = [
        client.ask({"workflow": "nothing", "parameters": {"x": 1_000_000 + n}})["address"]
        for n in range(SUSTAINED)
    ]
    posted = time.perf_counter() - begun
    mine = Run.objects.filter(version__workflow__slug="nothing", address__in=asked)
    while (left := mine.exclude(state="finished").count()) and time.perf_counter() < begun + 300:
        time.sleep(0.2)
    seconds = time.perf_counter() - begun
    if left:
        raise SystemExit(f"{left} runs have not finished")
    used = (service.processor_seconds() - used) * 1000 / SUSTAINED
    notes = {"posted within, s": round(posted, 1)}
    name = f"{SUSTAINED} runs that do nothing"
    return [
        Row(name, [SUSTAINED / seconds], "/s", least=20, notes=notes),
        Row("processor time of each, web and worker and its sandbox", [used]),
    ]


def trees(service: Service) -> list[Row]:
    """A request of a thousand nodes: made, then known as a whole, then known node by node."""
    client = service.client()
    body = speed_entries.tree()
    data = json.dumps(body).encode()
    begun = time.perf_counter()
    told = client.ask(body)
    asked = (time.perf_counter() - begun) * 1000
    client.ended(told["address"], pause=0.5)
    seconds = time.perf_counter() - begun
    assert client.ask(body)["known"] is True  # noqa: S101 -- else something else is measured

    whole = timed(lambda: client.send("POST", "/api/runs/", data), TREE_TIMES)
    apart = [_without_delete(client, data) for _ in range(TREE_TIMES)]
    return [
        Row("1,000 new nodes, planned and queued", [asked]),
        Row("1,000 new nodes, run", [1000 / seconds], "/s"),
        Row("1,000 known nodes, the request is known", whole, most=20),
        Row("1,000 known nodes, planned node by node", apart),
    ]


def _without_delete(client: Client, data: bytes) -> float:
    """Milliseconds of a request whose whole is forgotten, the forgetting not counted."""
    from executor.models import KnownRequest  # noqa: PLC0415 -- needs the settings

    KnownRequest.objects.all().delete()
    begun = time.perf_counter()
    client.send("POST", "/api/runs/", data)
    return (time.perf_counter() - begun) * 1000


def memories(service: Service) -> list[Row]:
    """What the web server's processes hold, and what a warm interpreter shares with its runs."""
    web = [found for pid in service.below("web") if (found := memory(pid))]
    client = service.client()
    addresses = [
        client.ask({"workflow": "figure", "parameters": {"number": n, "pause": 4}})["address"]
        for n in (1, 2)
    ]
    while any(client.get(f"/api/runs/{name}/")["state"] == "queued" for name in addresses):
        time.sleep(0.1)
    time.sleep(1.5)  # both are in their pause
    below = service.below("worker") - {service.parts["worker"].pid}
    held = sorted((m for pid in below if (m := memory(pid))), key=lambda m: -m["resident"])
    for address in addresses:
        client.ended(address)
    notes = {"below the worker": held[:8]}
    return [
        Row(
            "web: largest process, resident",
            [max(item["resident"] for item in web)],
            "MB",
            most=300,
        ),
        Row("web: all processes, shared pages once", [sum(item["share"] for item in web)], "MB"),
        Row(
            "warm interpreter or its run, largest resident",
            [held[0]["resident"]],
            "MB",
            notes=notes,
        ),
        Row("of it, pages of its own alone: median", [m["own"] for m in held[:3]], "MB"),
    ]


def with_peers(rows: list[Row], scratch: Path) -> list[Row]:
    """The rows of the peers, each beside ours."""
    peers = Peers(scratch)
    new = peers.new_runs()
    known = peers.known_trees()
    milliseconds = 1000.0
    return [
        *rows,
        *(Row(f"figure and FITS by {name}", [s * milliseconds for s in taken],
              beside="new run: figure and FITS") for name, taken in new.items()),
        *(Row(f"1,000 known nodes by {name}", [s * milliseconds for s in taken],
              beside="1,000 known nodes, planned node by node") for name, taken in known.items()),
    ]  # fmt: skip


def measure(service: Service) -> list[Row]:
    """All rows of ours; each part is shown as it ends."""
    client = service.client()
    parts: tuple[Callable[[], list[Row]], ...] = (
        lambda: new_runs(client),
        lambda: known_answers(client),
        lambda: at_once(service),
        lambda: memories(service),
        lambda: sustained(service),
        lambda: trees(service),
    )
    rows: list[Row] = []
    for part in parts:
        found = part()
        show(found)
        rows += found
    return rows


def show(rows: list[Row]) -> None:
    """Print the table."""
    medians = {row.name: row.median for row in rows}
    print(f"{'':54} {'median':>9} {'least':>9} {'p95':>9} {'ratio':>7}  target   held")
    for row in rows:
        ordered = sorted(row.values)
        last = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        ratio = f"{row.median / medians[row.beside]:6.1f}x" if row.beside in medians else ""
        print(
            f"{row.name:54} {row.median:9.1f} {ordered[0]:9.1f} {last:9.1f} {ratio:>7}  "
            f"{row.target:8} {row.verdict:4} {row.unit}"
        )


def main(arguments: list[str]) -> None:
    """Measure, print, and write."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        port = set_up(data, WORKERS)
        from django.core.management import call_command  # noqa: PLC0415 -- needs the settings

        call_command("migrate", verbosity=0)
        speed_entries.register()
        with running(data, port, WORKERS) as service:
            rows = measure(service)
        if "--without-peers" not in arguments:
            rows = with_peers(rows, Path(scratch) / "peers")
    show(rows)
    print("load of the machine before and after:", load[0], os.getloadavg()[0])
    RESULTS.mkdir(exist_ok=True)
    told = {"load": [load[0], os.getloadavg()[0]], "cores": os.cpu_count(),
            "rows": [asdict(row) for row in rows]}  # fmt: skip
    (RESULTS / "speed.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
