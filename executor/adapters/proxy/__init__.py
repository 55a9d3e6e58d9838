"""The only way out of a sandbox: a proxy that asks the hosts that a run may ask, and no others.

The sandbox has no network. A unix socket of :class:`Proxy` is bound into it, and
``forwarder.py``, started before the command, offers it on the sandbox's own loopback as a usual
HTTP proxy, which ``HTTP_PROXY`` and ``HTTPS_PROXY`` name. The proxy itself runs in the service.
"""

from .server import Proxy, connected

__all__ = ["Proxy", "connected"]
