"""Findings of apps above the catalogue that no longer stand."""

from catalogue.models import Version


def drop_findings(version: Version, rule: str) -> None:
    """Remove the findings of a rule, such as those of a statement that waited and was read."""
    left = [item for item in version.findings_json if item.get("id") != rule]
    if len(left) < len(version.findings_json):
        version.findings_json = left
        version.save(update_fields=["findings_json"])
