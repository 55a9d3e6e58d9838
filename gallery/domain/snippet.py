"""What authors paste beside a figure or into a README: a link and the mark, in their own format."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from gallery.domain.citing import latex as tex

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>&~])")
RST = re.compile(r"([\\`*_|])")
PLAIN = "/:.-"


@dataclass(frozen=True, slots=True)
class Marked:
    """What is marked: its page, its badge, and both in words.

    Attributes:
        page: address of the page that runs it again.
        badge: address of its badge.
        words: what the badge says.
        title: of the figure.
    """

    page: str
    badge: str
    words: str
    title: str


def markdown(marked: Marked) -> str:
    """A badge that leads to the page, for Markdown."""
    alt = MARKDOWN.sub(r"\\\1", _alt(marked))
    return f"[![{alt}]({_address(marked.badge)})]({_address(marked.page)})"


def html(marked: Marked) -> str:
    """The same for HTML."""
    page, badge = escape(_address(marked.page)), escape(_address(marked.badge))
    return f'<a href="{page}"><img src="{badge}" alt="{escape(_alt(marked))}"></a>'


def rst(marked: Marked) -> str:
    """The same for reStructuredText."""
    alt = RST.sub(r"\\\1", _bare(_alt(marked)))
    return (
        f".. image:: {_address(marked.badge)}\n"
        f"   :target: {_address(marked.page)}\n"
        f"   :alt: {alt}\n"
    )


def latex(marked: Marked) -> str:
    r"""The link and mark for LaTeX with hyperref: beside a figure, and in the margin of text.

    ``\marginpar`` may not stand inside a float, hence two commands. Several figures of one paper
    each paste theirs: what was defined before is taken over or replaced, and is no error.
    """
    page, title = _tex_address(marked.page), _bare(_line(marked.title))
    return (
        f"% {title}: run it again with Reprise.\n"
        "% In the preamble: \\usepackage{hyperref}\n"
        f"\\def\\reprisemark{{\\href{{{page}}}{{%\n"
        "  \\rule[-0.3ex]{1.6pt}{2ex}\\kern1pt\\rule[-0.3ex]{0.5pt}{2ex}\\kern1.5pt"
        "\\textsf{:\\,reprise}}}\n"
        f"\\def\\reprisewords{{{tex(_line(marked.words))}}}\n"
        "% Beside a figure, inside its float:\n"
        "%   \\includegraphics[width=0.8\\linewidth]{figure}\\hfill\\reprisebeside\n"
        "\\providecommand{\\reprisebeside}{\\parbox[b]{0.17\\linewidth}{\\raggedright\\scriptsize%\n"
        "  \\reprisemark\\\\\\reprisewords}}\n"
        "% In the margin of running text:\n"
        "%   \\reprisemargin\n"
        "\\providecommand{\\reprisemargin}{\\marginpar{\\raggedright\\scriptsize%\n"
        "  \\reprisemark\\\\\\reprisewords}}\n"
    )


def _alt(marked: Marked) -> str:
    return f"{_line(marked.title)}: {_line(marked.words)}"


def _bare(text: str) -> str:
    """A text that is no element, should somebody paste it into a page of the web."""
    return text.replace("<", "").replace(">", "")


def _address(text: str) -> str:
    """An address that ends no bracket, quote or line of the text around it."""
    return quote(_line(text).replace(" ", "%20"), safe="/:?=&%#.-~,")


def _tex_address(text: str) -> str:
    """An address that TeX reads as it stands, also inside another command's argument."""
    return (
        quote(_line(text), safe=PLAIN).replace("_", "%5F").replace("~", "%7E").replace("%", "\\%")
    )


def _line(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
