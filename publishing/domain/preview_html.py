"""Small pieces of a page, every word of a stranger escaped and every address checked."""

from collections.abc import Iterable
from html import escape

from publishing.domain.credits import web_address
from publishing.domain.formats.described import TEST_PREFIX


def text(words: str) -> str:
    """Some words on one line, as the page shows them."""
    return escape(" ".join(words.split()))


def link(address: str, words: str) -> str:
    """A link, or the words alone when the address is none."""
    known = web_address(address)
    return f'<a href="{escape(known)}">{text(words)}</a>' if known else text(words)


def doi_link(doi: str) -> str:
    """A DOI as a link."""
    if doi.startswith(TEST_PREFIX):  # no resolver knows it
        return f"DOI {text(doi)} (of the test prefix)"
    return link(f"https://doi.org/{doi}", f"https://doi.org/{doi}")


def table(head: Iterable[str], rows: str) -> str:
    """A table with these headings; it scrolls by itself where the screen is narrow."""
    names = "".join(f'<th scope="col">{name}</th>' for name in head)
    return (
        f'<div class="wide"><table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{rows}'
        "</tbody>\n</table></div>"
    )
