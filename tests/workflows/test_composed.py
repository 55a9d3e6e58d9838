"""The requests that the documentation shows are read, fit, and give what they say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from catalogue.domain.interface import Interface
from executor.domain.asked import Asked, Link, parts_of
from executor.domain.binding import misfit
from executor.domain.request import read_request
from tests.workflows.entries import WORKFLOWS, Entries, Made, reading

CHAIN = WORKFLOWS / "coded-mask-image/README.md"
COMPOSE = WORKFLOWS.parent / "docs/how-to/compose.md"


def requests(page: Path) -> list[Any]:
    return [
        json.loads(text) for text in re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)
    ]


def interface(workflow: str, version: int | None) -> Interface:
    assert version is None
    return reading(workflow).interface


def asked(content: object) -> Asked:
    return read_request(content, interface, nodes_at_most=100)


def misfits(question: Asked) -> list[str]:
    """A sentence for each output that does not fit the parameter it feeds."""
    faults = []
    for node in question.nodes.values():
        for name, binding in node.bound.items():
            parameter = interface(node.workflow, None).parameter(name)
            for part in parts_of(binding):
                assert isinstance(part, Link)
                source = interface(question.nodes[part.node].workflow, None).output(part.output)
                assert parameter is not None
                assert source is not None
                faults.append(misfit(parameter, source))
    return [fault for fault in faults if fault]


def answer(run: Entries, question: Asked) -> Made:
    """Run the nodes one after the other, each on the products of those before it."""
    made: dict[str, Made] = {}
    for name, node in question.nodes.items():
        files: dict[str, object] = {}
        for parameter, binding in node.bound.items():
            paths = [made[part.node].path(part.output) for part in parts_of(binding)]  # type: ignore[union-attr]
            files[parameter] = paths if isinstance(binding, tuple) else paths[0]
        made[name] = run(node.workflow, **node.plain, **files)
    return made[question.want]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    entries = Entries(tmp_path_factory.mktemp("composed"))
    yield entries
    entries.close()


@pytest.mark.parametrize(("page", "nodes"), [(CHAIN, [11]), (COMPOSE, [2, 7])])
def test_every_request_that_is_shown_is_read_and_fits(page, nodes):
    questions = [asked(content) for content in requests(page)]

    assert [len(question.nodes) for question in questions] == nodes
    assert [misfits(question) for question in questions] == [[]] * len(nodes)


def test_a_spectrum_where_a_mosaic_is_wanted_does_not_fit():
    content = requests(CHAIN)[0]
    content["nodes"]["catalogue"]["parameters"]["mosaic"] = {
        "workflow": "coded-mask-spectrum",
        "output": "spectrum_file",
    }

    assert misfits(asked(content)) == ["It takes a SkyMap, and spectrum_file is a Spectrum."]


def test_the_chain_of_the_readme_gives_the_slope_that_was_put_in(run):
    law = answer(run, asked(requests(CHAIN)[0]))

    assert law.number("slope") == pytest.approx(2.1, abs=3 * law.number("slope_error"))
    assert law.number("slope_error") < 0.02
