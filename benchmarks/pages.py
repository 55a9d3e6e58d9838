"""How soon the first words of a page stand there, and what it weighs, in a real browser.

    python -m benchmarks.pages http://127.0.0.1:8000 [times]

asks a service that runs already, in the headless Chromium of the tests. Every visit has a cache of
its own, so nothing is remembered; the median of several visits is told. Weight is what went over
the wire when the page was opened, and when a reader had scrolled to its end. First contentful
paint as in https://www.w3.org/TR/paint-timing/, milliseconds after the visit began.
"""

import json
import os
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path

from tests.pages.chromium import Browser

TIMES = 5
SCREEN = {"width": 1280, "height": 900}
PAINTED = """new Promise((done) => {
  const look = () => {
    const found = performance.getEntriesByName('first-contentful-paint')[0];
    if (found) done(found.startTime); else setTimeout(look, 10);
  };
  look();
})"""
TO_THE_END = """new Promise((done) => {
  const seen = () => [...document.images].every((image) => image.complete);
  const step = () => {
    const before = scrollY;
    scrollBy(0, innerHeight / 2);
    if (scrollY === before && seen()) done(true); else setTimeout(step, 20);
  };
  step();
})"""


def pages(site: str) -> dict[str, str]:
    """What is looked at: the pages a reader begins with, a figure with a picture and its paper."""
    with urllib.request.urlopen(f"{site}/api/figures/") as answer:  # noqa: S310 -- our own service
        told = json.load(answer)
    figures = told["results"] if isinstance(told, dict) else told
    if not figures:
        raise SystemExit(f"{site} has no figure: register some entries first.")
    figure = next((item for item in figures if item["kind"] == "figure"), figures[0])
    return {
        "home": "/", "gallery": "/figures/", "figure": f"/figures/{figure['slug']}",
        "paper": f"/papers/{figure['paper']}", "papers": "/papers/", "sky": "/sky",
        "funnel": "/funnel",
    }  # fmt: skip


def visited(browser: Browser, site: str, path: str) -> tuple[float, int, int]:
    """First contentful paint in milliseconds, weight when opened and at the end, in bytes."""
    with browser.tab(site, **SCREEN) as tab:  # type: ignore[arg-type]
        tab.open(path)
        painted = float(tab.run(PAINTED))
        opened = tab.weight
        tab.run(TO_THE_END)
        return painted, opened, tab.weight


def main() -> None:
    """Visit every page and print a table."""
    site = (sys.argv[1:2] or ["http://127.0.0.1:8000"])[0].rstrip("/")
    times = int(sys.argv[2]) if sys.argv[2:] else TIMES
    before = os.getloadavg()[0]
    print("| page | first contentful paint, median (most) | opened | scrolled to the end |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(Path(profile))
        try:
            for name, path in pages(site).items():
                seen = [visited(browser, site, path) for _time in range(times)]
                painted = [one[0] for one in seen]
                opened, whole = (round(max(one[at] for one in seen) / 1000) for at in (1, 2))
                print(f"| {name} | {statistics.median(painted):.0f} ms ({max(painted):.0f} ms) "
                      f"| {opened} kB | {whole} kB |", flush=True)  # fmt: skip
        finally:
            browser.close()
    print(f"\n{times} visits each; load {before:.1f} before and {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()
