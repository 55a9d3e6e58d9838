"""Hosts that share nothing but a network: namespaces of this machine, joined by a bridge."""

import os
import subprocess
from contextlib import ExitStack

NETWORK = "10.213.7"


def call(*command: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True, capture_output=True, timeout=20)


class Host:
    """A host of its own: network, name and processes; ``address`` is where others reach it."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.space = f"rp{os.getpid()}-{name}"
        self.address = f"{NETWORK}.{number}"

    def command(self, *command: str) -> tuple[str, ...]:
        """A command as it is run in the network of this host."""
        return ("ip", "netns", "exec", self.space, *command)

    def machine(self, *command: str) -> tuple[str, ...]:
        """A command as it is run on this host, by its name and apart from all other processes.

        When the outermost process is killed, the kernel kills the rest of this machine.
        """
        apart = ("unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc")
        named = ("sh", "-c", 'hostname "$0" && exec "$@"', self.name)
        return self.command(*apart, *named, *command)


def hosts(stack: ExitStack, *names: str) -> list[Host]:
    """Make hosts, the first of which is the hub of their network; they go with the stack."""
    made = [Host(name, number) for number, name in enumerate(names, 1)]
    hub = made[0]
    for host in made:
        call("ip", "netns", "add", host.space)
        stack.callback(call, "ip", "netns", "del", host.space)
        call("ip", "-n", host.space, "link", "set", "lo", "up")
    call("ip", "-n", hub.space, "link", "add", "bridge", "type", "bridge")
    call("ip", "-n", hub.space, "addr", "add", f"{hub.address}/24", "dev", "bridge")
    call("ip", "-n", hub.space, "link", "set", "bridge", "up")
    for host in made[1:]:
        pair = ("link", "add", "eth0", "type", "veth", "peer", "name", host.name)
        call("ip", "-n", host.space, *pair, "netns", hub.space)
        call("ip", "-n", hub.space, "link", "set", host.name, "master", "bridge", "up")
        call("ip", "-n", host.space, "addr", "add", f"{host.address}/24", "dev", "eth0")
        call("ip", "-n", host.space, "link", "set", "eth0", "up")
    return made
