"""``reprise``: the client on the command line."""

from __future__ import annotations

import argparse
import sys

from reprise_client.client import Client
from reprise_client.errors import RepriseError


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
    parser = argparse.ArgumentParser(prog="reprise", description=__doc__)
    parser.add_argument(
        "--url", help="address of the service; default: REPRISE_URL or this machine"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("figures", help="list the figures with their verdicts")
    commands.add_parser("workflows", help="list the workflows")
    run = commands.add_parser("run", help="ask for a run and wait for its numbers")
    run.add_argument("workflow")
    run.add_argument("parameters", nargs="*", help="name=value, with a unit if you like")
    run.add_argument("--save", action="append", default=[], help="name of an output to write here")
    run.add_argument("--crate", help="file to write the crate to")
    return parser


def _figures(client: Client, _options: argparse.Namespace) -> None:
    for figure in client.figures():
        sys.stdout.write(
            f"{figure.slug}: {figure.verdict or 'not judged yet'}. {figure.sentence}\n"
        )


def _workflows(client: Client, _options: argparse.Namespace) -> None:
    for item in client.workflows():
        sys.stdout.write(f"{item['workflow']} {item['version']}: {item['title']}\n")


def _run(client: Client, options: argparse.Namespace) -> None:
    run = client.ask(options.workflow, _given(options.parameters)).wait()
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


_COMMANDS = {"figures": _figures, "workflows": _workflows, "run": _run}
