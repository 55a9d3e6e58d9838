"""The recipes of docs/how-to/ci.md are YAML, and the commands in them are commands of ours."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from config.author.options import parser
from config.author.report.shape import Figure, Item, Ran, Report

PAGE = (Path(__file__).parents[3] / "docs/how-to/ci.md").read_text()
RECIPES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
GITHUB, GITLAB = (yaml.load(text, Loader=yaml.BaseLoader) for text in RECIPES)  # noqa: S506 -- texts alone


def steps(key):
    return [step[key] for step in GITHUB["jobs"]["check"]["steps"] if key in step]


def commands():
    lines = [*"\n".join(steps("run")).splitlines(), *GITLAB["reprise"]["script"]]
    return [line for line in lines if line.startswith("reprise ")]


@pytest.mark.parametrize("command", commands())
def test_the_commands_are_understood(command):
    given = parser().parse_args(shlex.split(command)[1:])

    assert (str(given.cache), str(given.junit), str(given.html)) == (
        ".reprise", "reprise.xml", "reprise.html",
    )  # fmt: skip


def test_both_recipes_check_and_keep_the_cache_between_jobs():
    assert len(commands()) == 2
    assert ".reprise" in [step.get("path") for step in steps("with")]
    assert GITLAB["reprise"]["cache"]["paths"] == [".reprise"]


def test_reports_are_kept_when_the_check_fails_too():
    assert steps("if") == ["always()"]
    assert GITLAB["reprise"]["artifacts"]["when"] == "always"


@pytest.mark.parametrize("shape", [Report, Figure, Item, Ran])
def test_every_field_of_the_json_is_documented(shape):
    told = set(re.findall(r"`(?:[\w\[\].]+\.)?(\w+)`", PAGE))

    assert set(shape.__annotations__) - told == set()
