"""From the rows of a check to its report."""

import math
from typing import Any

from config.author.entry import UNKNOWN
from config.author.report import shape
from executor.domain.states import State
from executor.models import Run
from gallery.domain.claims import claim_from_json
from gallery.domain.verdict import Verdict, worst
from gallery.models import Check, CheckedProduct, Figure
from lib.problem import ProblemError

LOG_AT_MOST = 4000
PLATFORM = ":platform:"
DATA_AWAY = "executor:platform:data-unreachable"


def figure_report(figure: Figure, refused: ProblemError | None) -> shape.Figure:
    """What a figure came to, from its newest check, its run, or why there is none."""
    figure.refresh_from_db()
    run = figure.run
    check = figure.checks.filter(run=run).first() if run else None
    items = _items(figure, check) if check else []
    problem, name = _problem(run, check, refused)
    return {
        "slug": figure.slug, "title": figure.title, "kind": figure.kind, "place": figure.place,
        "verdict": _verdict(check, items), "sentence": _sentence(check, items, problem),
        "problem": problem, "problem_id": name, "run": _ran(run), "items": items,
        "picture": "", "picture_licence": figure.picture_licence,
    }  # fmt: skip


def _problem(run: Run | None, check: Check | None, refused: ProblemError | None) -> tuple[str, str]:
    """Why a figure has no verdict, and the id of it; empty when it has one."""
    if check is not None:
        return "", ""
    if refused is not None:
        return refused.detail, refused.id
    if run is None:
        return "Its run was not asked for.", "author:platform:not-asked"
    waiting = _waiting(run)
    if waiting is not None:
        return waiting.error or "Its data are out of reach.", waiting.error_id or DATA_AWAY
    return run.error or f"Its run is {run.state}.", run.error_id or "author:platform:not-ended"


def _waiting(run: Run) -> Run | None:
    """The run itself, or one of this check that feeds it, while it waits for data."""
    if run.state == State.WAITING:
        return run
    if run.state != State.BLOCKED:
        return None
    return Run.objects.filter(state=State.WAITING).first()


def _ran(run: Run | None) -> shape.Ran | None:
    if run is None:
        return None
    newest = run.attempts.order_by("-number").first()
    log = newest.log[-LOG_AT_MOST:] if newest and run.state == State.FAILED else ""
    return {
        "address": run.address, "state": run.state, "seconds": _rounded(run.seconds),
        "error_id": run.error_id, "error": run.error, "log": log,
    }  # fmt: skip


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _items(figure: Figure, check: Check) -> list[shape.Item]:
    items = [_value(figure.slug, item) for item in check.comparisons]
    labels = {claim.output: claim.label for claim in map(claim_from_json, figure.products_json)}
    items += [_product(figure.slug, item, labels) for item in check.products.all()]
    return _with_own_ids(items)


def _with_own_ids(items: list[shape.Item]) -> list[shape.Item]:
    """Ids that are each there once: a second of the same place is numbered."""
    seen: dict[str, int] = {}
    for item in items:
        name = item["id"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            item["id"] = f"{name}#{seen[name]}"
    return items


def _value(slug: str, item: dict[str, Any]) -> shape.Item:
    published = item["published"]
    unit = published["unit"]
    todo = is_todo(published["published"])
    got = _number(item["found"], unit)
    verdict, sentence = item["verdict"], item["sentence"]
    if todo:
        verdict = Verdict.NOT_COMPARABLE.value
        sentence = f"paper.toml still says TODO; the re-run gives {got or 'nothing'}"
    return {
        "id": _value_id(slug, published), "label": published["label"],
        "output": published["output"], "kind": "value",
        "published": "TODO" if todo else _published(published), "got": got,
        "deviation": "" if todo else _deviation(item), "verdict": verdict, "sentence": sentence,
        "source": published["source"], "todo": todo,
        "numbers": {
            "published": published["published"], "found": item["found"], "unit": unit,
            "error": published["error"], "deviation": item["deviation"],
            "relative": item["relative"], "sigmas": item["sigmas"],
            "tolerance": published["tolerance"], "allowed": published["allowed"],
            "given": published["given"],
        },
    }  # fmt: skip


def is_todo(published: object) -> bool:
    """Whether a published value is still the question that ``reprise init`` left."""
    return published == UNKNOWN


def _value_id(slug: str, published: dict[str, Any]) -> str:
    row = ",".join(f"{key}={value}" for key, value in sorted(published["row"].items()))
    place = f"[{published['column']};{row}]" if published["column"] else ""
    return f"{slug}/{published['output']}{place}"


def _published(value: dict[str, Any]) -> str:
    number, places = value["published"], value["places"]
    if places is not None and _is_number(number):
        text = f"{number:.{places}f}"
    else:
        text = _number(number, "")
    error = f" ± {value['error']:g}" if value["error"] else ""
    return f"{text}{error}{_unit(value['unit'])}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any, unit: str) -> str:  # noqa: ANN401 -- any JSON value
    if value is None:
        return ""
    return f"{value:.7g}{_unit(unit)}" if _is_number(value) else str(value)


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _deviation(item: dict[str, Any]) -> str:
    if item["deviation"] is None:
        return ""
    told = f"{item['deviation']:+.3g}{_unit(item['published']['unit'])}"
    if item["sigmas"] is not None:
        return f"{told} ({item['sigmas']:+.2g} sigma)"
    relative = item["relative"]
    return told if relative is None or not math.isfinite(relative) else f"{told} ({relative:+.2%})"


def _product(slug: str, item: CheckedProduct, labels: dict[str, str]) -> shape.Item:
    content = item.outcome_json
    worst_value = content.get("worst") or {}
    values, off = content.get("values", 0), content.get("off", 0)
    return {
        "id": f"{slug}/{item.output}/product", "label": labels.get(item.output, item.output),
        "output": item.output, "kind": "product", "published": content.get("file", ""),
        "got": f"{values:,} values, {off:,} off" if values else "",
        "deviation": worst_value.get("where", ""), "verdict": item.verdict,
        "sentence": item.sentence, "source": content.get("source", ""), "todo": False,
        "numbers": {
            "values": values, "off": off, "worst": worst_value or None,
            "published": item.published_id or content.get("digest", ""),
            "found": item.found_id or "", "comparator": content.get("comparator", ""),
            "given": content.get("given", False),
        },
    }  # fmt: skip


def _verdict(check: Check | None, items: list[shape.Item]) -> str:
    if check is None or not any(item["todo"] for item in items):
        return check.verdict if check else ""
    return worst([Verdict(item["verdict"]) for item in items]).value


def _sentence(check: Check | None, items: list[shape.Item], problem: str) -> str:
    todo = [item["label"] for item in items if item["todo"]]
    if todo:
        return f"Still TODO in paper.toml: {', '.join(todo)}."
    return check.sentence if check else problem
