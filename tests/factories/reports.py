"""Reports made for tests."""

from config.author.report.shape import FORMAT


def item(**changes):
    """A value that was met."""
    made = {
        "id": "doubled/total", "label": "twice twenty", "output": "total", "kind": "value",
        "published": "40 keV", "got": "40 keV", "deviation": "+0 keV (+0.00%)", "numbers": {},
        "verdict": "identical", "sentence": "the same to every digit printed", "source": "Note G",
        "todo": False,
    }  # fmt: skip
    return made | changes


def figure(*items, **changes):
    """A figure of such values; its verdict is that of the first."""
    run = {"address": "a" * 64, "state": "finished", "seconds": 1.5, "error_id": "", "error": "",
           "log": ""}  # fmt: skip
    made = {
        "slug": "doubled", "title": "Twice twenty", "kind": "number", "place": "Note G",
        "verdict": items[0]["verdict"] if items else "", "sentence": "told in words",
        "problem": "", "problem_id": "", "run": run, "items": list(items), "picture": "",
        "picture_licence": "",
    }  # fmt: skip
    return made | changes


def finding(severity, **changes):
    """A finding of an entry."""
    made = {"severity": severity, "id": "gallery/no-source", "place": "paper.toml",
            "what": "It is not said where.", "mend": "Say it."}  # fmt: skip
    return made | changes


def report(*figures, **changes):
    """A report of such figures."""
    made = {
        "format": FORMAT, "reprise": "0.1.0", "python": "3.11.0", "source": "/somewhere/doubling",
        "workflow": "doubling", "commit": "", "title": "A doubled number", "paper": "On doubling",
        "made_at": "2026-01-02T03:04:05+00:00", "seconds": 2.0, "isolation": "by bubblewrap",
        "findings": [], "problems": [], "figures": list(figures),
    }  # fmt: skip
    return made | changes
