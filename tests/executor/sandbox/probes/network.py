"""Reaching anybody: listeners of the host, the network, other sandboxes."""

from tests.executor.sandbox.probes.kinds import Probe

PROBES = (
    Probe(
        "loopback-listener", "connect to a listener on the host's loopback",
        "its loopback is its own",
        'say(refused(lambda: socket.create_connection(("127.0.0.1", FACTS["port"]), 2),'
        ' "ECONNREFUSED"))',
    ),
    Probe(
        "interfaces", "find an interface or a route that leads out", "there is only loopback",
        'routes = [line.split()[0] for line in open("/proc/net/route").readlines()[1:]]\n'
        'say([[name for _, name in socket.if_nameindex()], routes])', says=[["lo"], []],
    ),
    Probe(
        "abstract-socket", "connect to an abstract unix socket of the host",
        "those belong to the network namespace",
        'client = socket.socket(socket.AF_UNIX)\n'
        'say(refused(lambda: client.connect("\\0" + FACTS["abstract"]), "ECONNREFUSED"))',
    ),
    Probe(
        "path-socket", "connect to a unix socket in the host's files", "it is not there",
        'client = socket.socket(socket.AF_UNIX)\n'
        'say(refused(lambda: client.connect(FACTS["socket"]), "ENOENT"))',
    ),
    Probe(
        "raw-sockets", "send raw packets and pings", "they need a privilege that it lacks",
        'kinds = ((2, 3, 1), (2, 3, 255), (10, 3, 58), (2, 2, 1))\n'
        'say([refused(lambda: socket.socket(*kind), "EPERM", "EACCES") for kind in kinds])',
        says=["refused"] * 4,
    ),
    Probe(
        "odd-families", "open packet, crypto, XDP and Bluetooth sockets", "the filter refuses them",
        'say([refused(lambda: socket.socket(family, socket.SOCK_RAW), "EAFNOSUPPORT")'
        ' for family in (17, 38, 44, 31)])', says=["refused"] * 4,
    ),
    Probe(
        "vsock", "speak to the machine's host by vsock", "the filter refuses it",
        'say(refused(lambda: socket.socket(40, socket.SOCK_STREAM), "EAFNOSUPPORT"))',
    ),
    Probe(
        "netlink", "take its loopback down by netlink", "the kernel answers EPERM",
        """
import struct
link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
link.send(struct.pack("=IHHII", 32, 16, 5, 1, 0) + struct.pack("=BxHiII", 0, 0, 1, 0, 1))
say(errno.errorcode[-struct.unpack_from("=i", link.recv(4096), 16)[0]])""",
        says="EPERM",
    ),
    Probe(
        "interface-settings", "give its loopback an address of the world outside",
        "it may not administer the network",
        """
import fcntl
control = socket.socket()
request = b"lo".ljust(16, b"\\0") + b"\\2\\0\\0\\0" + socket.inet_aton("192.0.2.1") + bytes(16)
say(refused(lambda: fcntl.ioctl(control, 0x8916, request), "EPERM"))""",
    ),
    Probe(
        "shared-port", "bind a low port of the host", "it has its own ports, the low ones not",
        'def bind():\n    socket.socket().bind(("127.0.0.1", 80))\n'
        'say(refused(bind, "EACCES"))',
    ),
)  # fmt: skip
