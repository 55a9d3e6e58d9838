"""Code cells in colour, by Pygments on the server: classes only, no styles, no scripts."""

import html
import io
from collections.abc import Iterable
from typing import Any

from pygments import formatters, lexers  # type: ignore[import-untyped]

from executor.domain.notebook_page.clean import SafeHtml

COLOURED_AT_MOST = 40_000  # characters: longer ones are shown plain
LEXERS = {"python": "python", "ipython": "python", "r": "r", "julia": "julia"}


def coloured(source: str, language: str) -> SafeHtml:
    """Code as spans with the classes of Pygments inside nothing; text that is escaped."""
    name = LEXERS.get(language.lower())
    if name is None or len(source) > COLOURED_AT_MOST:
        return SafeHtml(html.escape(source))
    tokens = lexers.get_lexer_by_name(name, stripnl=False, ensurenl=False).get_tokens(source)
    return SafeHtml(_joined(tokens))


def _joined(tokens: Iterable[Any]) -> str:
    file = io.StringIO()
    formatters.HtmlFormatter(nowrap=True, classprefix="hl-").format(tokens, file)
    return file.getvalue()
