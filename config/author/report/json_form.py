"""The report as JSON."""

import json
from collections.abc import Mapping

from config.author.exits import exit_code
from config.author.report.shape import Report


def written(report: Report, _pictures: Mapping[str, str], *, strict: bool) -> str:
    """The report, with the exit code it comes to, as a JSON text."""
    content = {**report, "strict": strict, "exit_code": exit_code(report, strict=strict)}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
