"""Programs of our own that run apart from the service: they read strangers' tables, and draw.

Each is started by ``executor.adapters.apart``, takes one JSON object on its standard input and
answers with one on its standard output.
"""
