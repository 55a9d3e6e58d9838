"""``reprise-client``: the client on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reprise_client.client import Client
from reprise_client.errors import RepriseError

if TYPE_CHECKING:
    from reprise_client.models import Run


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it did what was asked, 1 with a sentence when not."""
    options = _parser().parse_args(arguments)
    client = Client(options.url)
    try:
        _COMMANDS[options.command](client, options)
    except RepriseError as error:
        sys.stderr.write(f"{error.reason}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reprise-client", description=__doc__)
    parser.add_argument(
        "--url", help="address of the service; default: REPRISE_URL or this machine"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("figures", help="list the figures with their verdicts")
    commands.add_parser("workflows", help="list the workflows")
    run = commands.add_parser("run", help="ask for a run and wait for its numbers")
    run.add_argument("workflow")
    run.add_argument("parameters", nargs="*", help="name=value, with a unit if you like")
    plan = commands.add_parser("plan", help="say what a request would come to, and run nothing")
    ask = commands.add_parser("ask", help="ask for a request and wait for its numbers")
    for command in (plan, ask):
        command.add_argument("file", help="JSON of the request; - reads it from the input")
    for command in (run, ask):
        command.add_argument(
            "--save", action="append", default=[], help="name of an output to write here"
        )
        command.add_argument("--crate", help="file to write the crate to")
    upload = commands.add_parser("upload", help="give the service a file, and print its digest")
    upload.add_argument("file")
    return parser


def _figures(client: Client, _options: argparse.Namespace) -> None:
    for figure in client.figures():
        sys.stdout.write(
            f"{figure.slug}: {figure.verdict or 'not judged yet'}. {figure.sentence}\n"
        )


def _workflows(client: Client, _options: argparse.Namespace) -> None:
    for item in client.workflows():
        sys.stdout.write(f"{item['workflow']} {item['version']}: {item['title']}\n")


def _plan(client: Client, options: argparse.Namespace) -> None:
    plan = client.plan(_read(options.file))
    sys.stdout.write(f"{plan.known} of {plan.total} runs are known.\n")
    for node in plan.nodes:
        sys.stdout.write(f"{node.address[:12]} {node.workflow} {node.version}: {node.state}\n")
    for reason in plan.why:
        near = f", from {reason.nearest[:12]}" if reason.nearest else ""
        differs = "; ".join(reason.differences)
        sys.stdout.write(f"{reason.address[:12]} is not known: {differs}{near}\n")


def _ask(client: Client, options: argparse.Namespace) -> None:
    _tell(client.ask_for(_read(options.file)), options)


def _upload(client: Client, options: argparse.Namespace) -> None:
    sys.stdout.write(f"{client.upload(options.file).digest}\n")


def _read(name: str) -> dict[str, Any]:
    try:
        content = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    except OSError as error:
        raise RepriseError(f"{name} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise RepriseError(f"{name} is not JSON: {error}.") from None
    if not isinstance(content, dict):
        raise RepriseError(f"{name} holds no request: write an object with a workflow.")
    return content


def _run(client: Client, options: argparse.Namespace) -> None:
    _tell(client.ask(options.workflow, _given(options.parameters)), options)


def _tell(run: Run, options: argparse.Namespace) -> None:
    """Wait for a run, print its numbers, and save what was asked for."""
    run.wait()
    sys.stdout.write(f"{run.address}{' (known already)' if run.known else ''}\n")
    for output in run.outputs.values():
        if output.value is not None:
            sys.stdout.write(
                f"{output.name} = {output.value}{f' {output.unit}' if output.unit else ''}\n"
            )
    for name in options.save:
        sys.stdout.write(f"wrote {run.save(name)}\n")
    if options.crate:
        sys.stdout.write(f"wrote {run.save_crate(options.crate)}\n")


def _given(parameters: list[str]) -> dict[str, str]:
    for item in parameters:
        if "=" not in item:
            raise RepriseError(f"{item!r} is not name=value.")
    return dict(item.split("=", 1) for item in parameters)


_COMMANDS = {
    "figures": _figures,
    "workflows": _workflows,
    "run": _run,
    "plan": _plan,
    "ask": _ask,
    "upload": _upload,
}
