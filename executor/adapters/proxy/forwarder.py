"""Inside the sandbox: offers the proxy's unix socket on loopback, and becomes the command.

It is a program of its own, of the standard library only: ``forwarder.py SOCKET COMMAND...``. The
forwarding process belongs to nobody, so that a command which waits for its children does not wait
for this one; it ends with the sandbox.
"""

import asyncio
import os
import socket
import sys

CHUNK = 64 * 1024
NAMES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
DIRECT = {"no_proxy": "localhost,127.0.0.1,::1", "NO_PROXY": "localhost,127.0.0.1,::1"}


def main() -> None:
    """Start the forwarding process, then become the command."""
    path, *command = sys.argv[1:]
    server = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            forward(server, path)
        os._exit(0)
    os.waitpid(child, 0)
    server.close()
    environ = {**os.environ, **dict.fromkeys(NAMES, address), **DIRECT}
    os.execve(command[0], command, environ)  # noqa: S606 - the job


def forward(server: socket.socket, path: str) -> None:
    """Pass on every connection until the end of the sandbox, holding nothing of the command's."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(4):
        os.dup2(null, number)
    asyncio.run(serve(server, path))


async def serve(server: socket.socket, path: str) -> None:
    """Connect each client to the proxy."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(path)
        await asyncio.gather(copy(reader, ours), copy(theirs, writer), return_exceptions=True)
        writer.close()
        ours.close()

    async with await asyncio.start_server(handle, sock=server) as served:
        await served.serve_forever()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on one way, and their end."""
    while piece := await reader.read(CHUNK):
        writer.write(piece)
        await writer.drain()
    writer.write_eof()


if __name__ == "__main__":
    main()
