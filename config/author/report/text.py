"""The report as a table for a terminal or a log."""

from collections.abc import Iterator

from config.author.report.shape import Figure, Report

HEAD = ("what", "published", "got", "deviation", "verdict", "time")
CELL_AT_MOST = 44
OUTCOMES = {
    0: "All reproduced.",
    1: "Something is different or has failed.",
    2: "It could not be judged.",
    3: "The platform failed; that says nothing about the science.",
}
Row = tuple[str, ...]


def plain(text: str) -> str:
    """A stranger's text on one line, without what would steer a terminal."""
    joined = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in joined)


def lines(report: Report, code: int, width: int = 160) -> Iterator[str]:
    """The findings, the table and what it comes to, line by line."""
    yield from _findings(report)
    for problem in report["problems"]:
        yield plain(problem["sentence"])
    if report["figures"]:
        yield ""
        yield from _table(_rows(report), width)
        yield ""
        yield from _told(report)
    yield f"{OUTCOMES.get(code, '')} {_counts(report)}".strip()


def _findings(report: Report) -> Iterator[str]:
    for item in report["findings"]:
        mend = f" {item['mend']}" if item.get("mend") else ""
        yield f"{item['severity']:6} {plain(item['place'])}: {plain(item['what'] + mend)}"


def _rows(report: Report) -> list[Row]:
    rows: list[Row] = []
    for figure in report["figures"]:
        rows.extend(_rows_of(figure))
    return rows


def _rows_of(figure: Figure) -> Iterator[Row]:
    took = seconds_text(figure)
    if not figure["items"]:
        verdict = figure["verdict"] or "not judged"
        yield (plain(figure["slug"]), "", "", "", verdict, took)
    for number, item in enumerate(figure["items"]):
        what = f"{figure['slug']}: {item['label']}"
        told = (what, item["published"], item["got"], item["deviation"], item["verdict"])
        yield (*map(plain, told), took if not number else "")


def seconds_text(figure: Figure) -> str:
    """How long the run of a figure took; empty without one."""
    run = figure["run"]
    return f"{run['seconds']:.1f} s" if run and run["seconds"] is not None else ""


def _table(rows: list[Row], width: int) -> Iterator[str]:
    most = max(CELL_AT_MOST, width // 3)
    cut = [tuple(_cut(cell, most) for cell in row) for row in (HEAD, *rows)]
    widths = [max(len(row[column]) for row in cut) for column in range(len(HEAD))]
    for number, row in enumerate(cut):
        yield "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
        if number == 0:
            yield "  ".join("-" * size for size in widths)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _told(report: Report) -> Iterator[str]:
    """A sentence for each figure that is not simply reproduced."""
    for figure in report["figures"]:
        if figure["verdict"] not in {"identical", "within tolerance"}:
            yield plain(f"{figure['slug']}: {figure['sentence']}")


def _counts(report: Report) -> str:
    verdicts = [item["verdict"] for figure in report["figures"] for item in figure["items"]]
    named = list(dict.fromkeys(verdicts))
    counts = ", ".join(f"{verdicts.count(name)} {name}" for name in named)
    given = sum(
        bool(item["numbers"].get("given"))
        for figure in report["figures"]
        for item in figure["items"]
    )
    note = f"; {given} of them read in by the workflow, not computed" if given else ""
    return f"{counts}{note}; {report['seconds']:.1f} s." if counts else ""
