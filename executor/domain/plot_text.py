r"""Labels of pictures as plain text: matplotlib's `$…$` (a part of TeX) written in Unicode."""

import re

LENGTH_AT_MOST = 300
PASSES = 12
DOLLAR = re.compile(r"(?<!\\)\$")
COMMAND = re.compile(r"\\([A-Za-z]+|.)(\s*)")
SCRIPT = re.compile(r"([_^])\s*(?:\{([^{}]*)\}|([^{}\s]))")
FRACTION = re.compile(r"\x00\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
GROUP = re.compile(r"(?<![_^}])\{([^{}]*)\}")
GREEK_NAMES = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi",
    "Omega", "varepsilon", "vartheta", "varphi",
)  # fmt: skip
GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩεϑφ"
GREEK = dict(zip(GREEK_NAMES, GREEK_LETTERS, strict=True))
SIGNS = {
    "times": "×", "pm": "±", "mp": "∓", "cdot": "·", "odot": "⊙", "oplus": "⊕", "sim": "∼",  # noqa: RUF001 -- signs are meant
    "approx": "≈", "propto": "∝", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ll": "≪", "gg": "≫", "infty": "∞", "circ": "°", "degree": "°", "prime": "′", "ell": "ℓ",  # noqa: RUF001 -- signs are meant
    "hbar": "ħ", "partial": "∂", "nabla": "∇", "sum": "∑", "int": "∫", "sqrt": "√", "AA": "Å",
    "star": "⋆", "ast": "*", "langle": "⟨", "rangle": "⟩", "rightarrow": "→", "to": "→",
    "ldots": "…", "dots": "…", "frac": "\0", "dfrac": "\0", "tfrac": "\0",
}  # fmt: skip
SPACES = dict.fromkeys([",", ";", ":", " ", "quad", "qquad"], " ") | {"!": "", "\\": " "}
STYLES = dict.fromkeys(
    ["mathrm", "mathit", "mathbf", "mathsf", "mathtt", "mathcal", "mathregular", "text", "textrm",
     "rm", "it", "bf", "left", "right", "operatorname", "boldsymbol", "displaystyle"], "",
)  # fmt: skip
WRITTEN = GREEK | SIGNS | SPACES | STYLES
# Only characters that fonts commonly have; primes and degrees are raised already.
SUPER = dict(zip("0123456789+-−()ni°′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿⁱ°′", strict=True))  # noqa: RUF001 -- signs are meant
SUB = dict(zip("0123456789+-−()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ", strict=True))  # noqa: RUF001 -- signs are meant


def plain(text: str) -> str:
    r"""A label without TeX; never holds a backslash or two dollars, so nothing takes it for TeX.

    >>> plain(r"flux  [$10^{-8}$ erg cm$^{-2}$]")
    'flux [10⁻⁸ erg cm⁻²]'
    """
    parts = DOLLAR.split(text[: 4 * LENGTH_AT_MOST])
    if len(parts) % 2:  # as many dollars open as close: every second part is TeX
        parts[1::2] = [_untexed(part) for part in parts[1::2]]
        text = "".join(parts)
    text = re.sub(r"\${2,}", "$", text.replace("\\", "").replace("\0", ""))
    return " ".join(text.split())[:LENGTH_AT_MOST]


def _untexed(tex: str) -> str:
    text = COMMAND.sub(_command, tex.replace("\0", ""))
    for _ in range(PASSES):  # each pass opens the innermost braces
        before = text
        text = SCRIPT.sub(
            lambda found: _script(found[1], (found[2] or found[3] or "").strip()), text
        )
        text = FRACTION.sub(r"\1/\2", text)
        if "\0" not in text:
            text = GROUP.sub(r"\1", text)
        if text == before:
            break
    return text.replace("{", "").replace("}", "")


def _command(found: re.Match[str]) -> str:
    # TeX ends a command at the next blank, which it does not print.
    blank = "" if found[1] in GREEK else found[2]
    return WRITTEN.get(found[1], found[1]) + blank


def _script(sign: str, text: str) -> str:
    table = SUPER if sign == "^" else SUB
    if all(character in table for character in text):
        return "".join(table[character] for character in text)
    if sign == "_" and not text.isalnum():
        return f"({text})"
    return f"{sign}{text}" if text.isalnum() else f"{sign}({text})"
