"""The launcher: starts one command in isolation and leaves nothing of it behind.

It is a program of its own because what has to happen between fork and exec (limits, user,
namespaces, mounts) is not safe to do in a service with threads. The service never imports it:
:mod:`..child` starts it. It knows the standard library only, and avoids the slow parts of that
(pathlib, json, typing), so that a start costs milliseconds.
"""
