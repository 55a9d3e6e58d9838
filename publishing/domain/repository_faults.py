"""What can be wrong with the tables of repositories: sentences for the operator.

Sandbox and production are told apart here, before anything is sent: a sandbox's DOI in a paper
leads nowhere, and what is published in production stays for ever.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
PREFIX = re.compile(r"10\.\d{4,9}(\.\d+)*")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
TEST_PREFIX = "10.5072"
RESERVED = "shelf"
LARGEST = 1_000_000


class Kind(StrEnum):
    """What a repository speaks."""

    INVENIORDM = "inveniordm"
    WORKFLOWHUB = "workflowhub"


EVERY: Mapping[str, type] = {
    "name": str,
    "kind": str,
    "url": str,
    "production": bool,
    "token_file": str,
    "token_env": str,
    "publisher": str,
    "per_minute": int,
    "timeout": int,
    "resolver": str,
    "prefix": str,
}
OWN: Mapping[Kind, Mapping[str, type]] = {
    Kind.INVENIORDM: {"communities": list},
    Kind.WORKFLOWHUB: {"projects": list},
}
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.INVENIORDM: ("url", "prefix"),
    Kind.WORKFLOWHUB: ("url", "projects"),
}
WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number above zero",
    bool: "true or false",
    list: "a list",
}
KNOWN_HOSTS: Mapping[str, bool] = {  # whether what is published there is for ever
    "zenodo.org": True,
    "www.zenodo.org": True,
    "sandbox.zenodo.org": False,
    "workflowhub.eu": True,
    "www.workflowhub.eu": True,
    "dev.workflowhub.eu": False,
}


def faults_of(table: object, place: str) -> Iterator[str]:
    """What is wrong with one table; ``place`` says where it is as long as it has no name."""
    if not isinstance(table, dict):
        yield f"{place} is no table: write [[repository]]."
        return
    name, kind = table.get("name"), table.get("kind")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{place} needs a name of at most 40 small letters, digits and hyphens."
    else:
        place = f"Repository {name}"
    if name == RESERVED:
        yield f"{place}: the shelf is this service itself and always there; choose another name."
    if kind not in list(Kind):
        yield f"{place}: kind is {kind!r}; write one of {', '.join(Kind)}."
        return
    typed = list(_faults_of_options(table, Kind(kind), place))
    yield from typed
    yield from _faults_of_token(table, place)
    if not typed:
        yield from _faults_of_address(table, place)
        yield from _faults_of_values(table, place)


def faults_between(tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with several tables that are each right by themselves."""
    for name in _twice(tables, "name"):
        yield f"Two repositories are named {name}."
    for url in _twice([table for table in tables if table.get("kind") == "inveniordm"], "url"):
        yield f"Two repositories are at {url}: a release would get two DOIs there."
    by_token: dict[str, set[object]] = {}
    for table in tables:
        for option in ("token_file", "token_env"):
            if isinstance(table.get(option), str):
                by_token.setdefault(table[option], set()).add(table.get("production"))
    if any(len(found) > 1 for found in by_token.values()):
        yield (
            "A sandbox and a production repository use one token: each has accounts of its own, "
            "so give each its own token."
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, which may be spoken to without encryption."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _twice(tables: Sequence[Mapping[str, Any]], option: str) -> list[str]:
    given = [table[option] for table in tables if isinstance(table.get(option), str)]
    counted = Counter(value.rstrip("/") for value in given)
    return sorted(value for value, count in counted.items() if count > 1)


def _faults_of_options(table: Mapping[str, Any], kind: Kind, place: str) -> Iterator[str]:
    known = {**EVERY, **OWN[kind]}
    for name, value in table.items():
        if name == "token":
            continue
        if name not in known:
            yield f"{place}: {kind} has no option {name}; it has {', '.join(sorted(known))}."
        elif not _fits(value, known[name]):
            shown = "" if name.startswith("token") else f" is {value!r}"
            yield f"{place}: {name}{shown or ' is wrong'}; write {WORDS[known[name]]}."
    for name in NEEDED[kind]:
        if name not in table:
            yield f"{place}: {name} is missing; {kind} needs it."
    if "production" not in table:
        yield (
            f"{place}: production is missing; write true where what is published is for ever, "
            "false for a sandbox."
        )


def _faults_of_token(table: Mapping[str, Any], place: str) -> Iterator[str]:
    """None of these sentences repeats a value: it may be the token itself."""
    if "token" in table:
        yield (
            f"{place}: the token does not belong in this file; write token_file, or token_env "
            "with the name of an environment variable."
        )
    elif ("token_file" in table) == ("token_env" in table):
        yield f"{place}: write either token_file or token_env, which say where its token is."
    variable = table.get("token_env")
    if isinstance(variable, str) and not VARIABLE.fullmatch(variable):
        yield (
            f"{place}: token_env is no name of an environment variable; write capital letters, "
            "digits and underscores, and never the token itself."
        )


def _faults_of_address(table: Mapping[str, Any], place: str) -> Iterator[str]:
    for option in ("url", "resolver"):
        if option in table:
            yield from _faults_of_url(table[option], f"{place}: {option}")
    host = _host(table["url"])
    forever = KNOWN_HOSTS.get(host, False if host.startswith("sandbox.") else None)
    if forever is None or forever is table["production"]:
        return
    if forever:
        yield (
            f"{place}: {host} publishes for ever, and production is false; write "
            "production = true, or the address of its sandbox."
        )
    else:
        yield (
            f"{place}: {host} is a sandbox, and production is true; write production = false, or "
            "the address of the repository itself."
        )


def _faults_of_url(url: str, place: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        yield f"{place} is no address."
        return
    if not host or not url.isprintable() or " " in url or "\\" in url:
        yield f"{place} is no address; write one such as https://zenodo.org."
    elif "@" in parts.netloc or parts.query or parts.fragment:
        yield f"{place} holds more than an address: no user, password, query or fragment."
    elif not _is_safe(parts, host):
        yield f"{place} must begin with https://, so that nobody reads the token on its way."
    elif parts.path.rstrip("/").endswith("/api"):
        yield f"{place} must not end with /api; write the address of the site."


def _is_safe(parts: SplitResult, host: str) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _faults_of_values(table: Mapping[str, Any], place: str) -> Iterator[str]:
    prefix = table.get("prefix")
    if prefix is not None and not PREFIX.fullmatch(prefix):
        yield f"{place}: prefix is {prefix!r}; write what its DOIs begin with, such as 10.5281."
    if prefix == TEST_PREFIX and table["production"]:
        yield f"{place}: {TEST_PREFIX} is the prefix of tests, and production is true."
    for slug in table.get("communities", ()):
        if not isinstance(slug, str) or not SLUG.fullmatch(slug):
            yield f"{place}: {slug!r} is no community; write the last part of its address."
    projects = table.get("projects", ())
    if not all(_fits(number, int) for number in projects) or projects == []:
        yield f"{place}: projects is {projects!r}; write the numbers of projects, such as [12]."


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _fits(value: object, wanted: type) -> bool:
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST
    return isinstance(value, wanted) and value != ""
