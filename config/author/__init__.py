"""The author's loop, with no service running: ``reprise check`` and ``reprise init``.

Modules named in ``__main__`` and ``quick`` import no Django, so that an answer that is kept comes
within a second; the rest is imported once the environment is set.
"""
