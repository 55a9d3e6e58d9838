"""Every setting, route, command, rule and dependency is documented, and every link leads on."""

import re
import tomllib
from pathlib import Path

import pytest
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "client/README.md"])


def read(path: str) -> str:
    return (ROOT / path).read_text()


def test_every_setting_is_documented():
    used = set(re.findall(r'env_\w+\(\s*"(\w+)"', read("config/settings.py")))
    told = set(re.findall(r"`REPRISE_(\w+)`", read("docs/how-to/operate.md")))

    assert used - told == set()
    assert told - used == set()


def test_every_route_of_the_api_is_documented():
    told = set(re.findall(r"(/api/[^` ?]*)", read("docs/api.md")))
    routes = {re.sub(r"<\w+:(\w+)>", "<>", f"/{route}") for route in api_routes()}

    assert routes - {re.sub(r"<\w+>", "<>", route) for route in told} == set()


def test_every_page_is_documented():
    told = {
        re.sub(r"<\w+>", "<>", route) for route in re.findall(r"(/[^` ]*)`", read("docs/pages.md"))
    }
    routes = {re.sub(r"<\w+:\w+>", "<>", f"/{route}") for route in page_routes()}

    assert routes - told == set()


def page_routes():
    routes = (str(pattern.pattern) for pattern in get_resolver().url_patterns)
    return [route for route in routes if not route.startswith("api/")]


def test_every_rule_is_documented():
    told = set(re.findall(r"`(\w+/[a-z-]+)`", read("docs/findings.md")))
    shapes = "".join(path.read_text() for path in ROOT.glob("ontology/shapes/**/*.ttl"))
    code = "".join(path.read_text() for path in ROOT.glob("[co]*/**/*.py"))
    used = set(re.findall(r'"(workflow/[a-z-]+)"', shapes))
    used |= set(re.findall(r'"((?:catalogue|ontology)/[a-z]+-[a-z-]+)"', code))

    assert used - told == set()


def api_routes():
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from (route + str(inner.pattern) for inner in pattern.url_patterns)
        elif route.startswith("api/"):
            yield route


def test_every_command_is_documented():
    commands = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    told = set(re.findall(r"`manage.py (\w+)", read("docs/how-to/operate.md")))

    assert commands == told


def test_every_dependency_has_a_reason():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    names = {re.split(r"[<>=\[~]", item)[0] for item in project["dependencies"]}
    table = read("docs/decisions/0002-dependencies.md")
    told = set(re.findall(r"^\| ([a-z0-9-]+)", table, re.MULTILINE))

    assert names - told == set()
    assert told - names - {"package"} == set()


def test_every_tool_of_development_has_a_reason():
    groups = tomllib.loads(read("pyproject.toml"))["dependency-groups"]
    told = read("docs/decisions/0002-dependencies.md")

    assert [name for name in groups["dev"] if name not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_decision_is_listed():
    pages = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}

    assert pages == set(re.findall(r"\((0[^)]+)\)", read("docs/decisions/README.md")))
