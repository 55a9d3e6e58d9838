"""What the tests of the ontology app share."""

from pathlib import Path

import pytest

from ontology.actions import load_vocabularies

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def shared() -> Path:
    """The folder of reference data beside the project."""
    return REPOSITORY.parent / "shared"


@pytest.fixture
def loaded(db: None) -> None:
    """Our own terms in the database."""
    load_vocabularies()
