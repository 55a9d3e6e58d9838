"""Judging an entry once Django is set up: registered, run, compared, and written down."""

from config.author.assemble import figure_report
from config.author.entry import Entered, enter
from config.author.options import Checking
from config.author.pictures import pictures
from config.author.report.shape import Report
from config.author.runs import Work
from config.author.source import Source
from config.author.terminal import Terminal
from executor.queries import isolation_line
from gallery.models import Figure


def judge(report: Report, source: Source, options: Checking, terminal: Terminal) -> dict[str, str]:
    """Fill the report of an entry; its pictures by name."""
    terminal.progress(f"Reading {source.name}: its environment is locked where it has no lock …")
    entered = enter(source, options.beside)
    figures = _chosen(entered, options.figure)
    work = Work(figures, terminal.progress)
    report["isolation"] = isolation_line()
    work.carry_out()
    terminal.clear()
    report["figures"] = [figure_report(figure, work.refused.get(figure.slug)) for figure in figures]
    report["problems"] = entered.problems
    _describe(report, entered)
    return _with_pictures(report, figures)


def _chosen(entered: Entered, slug: str) -> list[Figure]:
    if not slug or not entered.figures:
        return entered.figures
    chosen = [figure for figure in entered.figures if figure.slug == slug]
    if not chosen:
        names = ", ".join(figure.slug for figure in entered.figures[:20])
        entered.refuse(
            "author:user:unknown-figure", f"There is no figure {slug[:80]!r} in it, but {names}."
        )
    return chosen


def _describe(report: Report, entered: Entered) -> None:
    version = entered.version
    if version is None:
        return
    version.refresh_from_db()
    report["workflow"], report["title"] = version.workflow.slug, version.title
    order = ("must", "should", "may")
    report["findings"] = sorted(
        version.findings_json, key=lambda item: order.index(item["severity"])
    )
    papers = {figure.paper.title for figure in entered.figures}
    report["paper"] = ", ".join(sorted(papers))


def _with_pictures(report: Report, figures: list[Figure]) -> dict[str, str]:
    made = pictures(figures)
    for item in report["figures"]:
        sides = [side for side in ("published", "got") if f"{item['slug']}/{side}" in made]
        item["picture"] = " ".join(sides)
    return made
