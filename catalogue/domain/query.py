"""Values as a form and a query string write them."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from catalogue.domain.interface import Value


def spelled(value: Value) -> str:
    """A value as it stands in a field: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def query(values: Mapping[str, Value]) -> str:
    """The query string that fills the form of a workflow with these values."""
    return urlencode({name: spelled(value) for name, value in values.items()})
