"""Exit codes: what a report comes to for the program that asked."""

from config.author.report.shape import BAD, GOOD, NOT_COMPARABLE, Figure, Report

REPRODUCED = 0
DIFFERENT = 1
NOT_JUDGED = 2
OUR_FAULT = 3
INTERRUPTED = 130
PLATFORM = ":platform:"
DATA = "executor:platform:data-unreachable"


def exit_code(report: Report, *, strict: bool = False) -> int:
    """0 reproduced, 1 different or failed, 2 cannot be judged, 3 the platform failed.

    The first of 1, 3, 2 that applies to any figure counts. ``strict`` makes what is not
    comparable, and findings that an entry should mend, a 1.
    """
    codes = {_of_figure(figure, strict=strict) for figure in report["figures"]}
    codes |= {_of_problem(problem["id"]) for problem in report["problems"]}
    if strict and any(finding["severity"] == "should" for finding in report["findings"]):
        codes.add(DIFFERENT)
    if not report["figures"] and not codes:
        codes.add(NOT_JUDGED)
    return next((code for code in (DIFFERENT, OUR_FAULT, NOT_JUDGED) if code in codes), REPRODUCED)


def _of_problem(name: str) -> int:
    return OUR_FAULT if PLATFORM in name and name != DATA else NOT_JUDGED


def _of_figure(figure: Figure, *, strict: bool) -> int:
    verdicts = {item["verdict"] for item in figure["items"]} | {figure["verdict"]}
    if verdicts & BAD:
        return DIFFERENT
    if figure["problem_id"]:
        return _of_problem(figure["problem_id"])
    if strict and NOT_COMPARABLE in verdicts:
        return DIFFERENT
    some = any(item["verdict"] in GOOD for item in figure["items"])
    asked = any(item["todo"] for item in figure["items"])
    return REPRODUCED if some and not asked else NOT_JUDGED
