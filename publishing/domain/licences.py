"""Licences of a whole and of its parts: which go together, and which suit what they are given to.

A whole may promise no more than each of its parts allows. The order used here: dedication to the
public; attribution; share-alike and copyleft of a file; copyleft of a whole work; and beside
them what limits use (NonCommercial, NoDerivatives). Sources: GNU, "Various Licenses and Comments
about Them" (GPL with BSD, MIT, Apache-2.0); Creative Commons, "Compatible Licenses" (BY-SA 4.0
into GPL-3.0 alone) and its FAQ (no CC licence but CC0 for software; adapting NC and ND);
SPDX License List. It is a table for common licences, no advice of a lawyer: what it does not
know it does not judge.
"""

from enum import IntEnum

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

LICENCE_AT_MOST = 200


class Freedom(IntEnum):
    """What a licence asks of those who pass a work on; more asks more."""

    PUBLIC = 0
    ATTRIBUTION = 1
    SHARE_ALIKE = 2
    COPYLEFT = 3
    LIMITED = 4


KNOWN = {
    Freedom.PUBLIC: ("CC0-1.0", "PDDL-1.0", "Unlicense", "0BSD", "CC-PDDC", "MIT-0"),
    Freedom.ATTRIBUTION: (
        "MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "Zlib", "BSL-1.0",
        "PSF-2.0", "CC-BY-3.0", "CC-BY-4.0", "ODC-By-1.0", "etalab-2.0", "CC-BY-3.0-IGO",
    ),
    Freedom.SHARE_ALIKE: (
        "CC-BY-SA-3.0", "CC-BY-SA-4.0", "ODbL-1.0", "MPL-2.0", "LGPL-2.1-only",
        "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "EPL-2.0", "CDDL-1.0",
    ),
    Freedom.COPYLEFT: (
        "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "GPL-2.0",
        "GPL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "AGPL-3.0", "EUPL-1.2", "CECILL-2.1",
    ),
}  # fmt: skip
FREEDOM = {name: freedom for freedom, names in KNOWN.items() for name in names}
# GNU's list: the whole cannot be passed on under the first when the part is under the second.
APART = frozenset(
    (whole, part)
    for wholes, parts in (
        (("GPL-2.0-only", "GPL-2.0"), ("Apache-2.0", "GPL-3.0-only", "GPL-3.0-or-later",
          "AGPL-3.0-only", "AGPL-3.0-or-later", "CC-BY-SA-4.0", "LGPL-3.0-only",
          "LGPL-3.0-or-later")),
        (("GPL-2.0-or-later",), ("GPL-3.0-only", "GPL-3.0-or-later", "AGPL-3.0-only",
          "AGPL-3.0-or-later", "CC-BY-SA-4.0", "Apache-2.0")),
        (("GPL-3.0-only", "GPL-3.0-or-later"), ("GPL-2.0-only", "AGPL-3.0-only",
          "AGPL-3.0-or-later", "CDDL-1.0", "CC-BY-SA-3.0", "EPL-2.0")),
        (("AGPL-3.0-only", "AGPL-3.0-or-later"), ("GPL-2.0-only", "CDDL-1.0")),
        (("CC-BY-SA-4.0",), ("ODbL-1.0", "MPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later",
          "LGPL-2.1-only", "LGPL-2.1-or-later")),
        (("ODbL-1.0",), ("CC-BY-SA-4.0", "CC-BY-SA-3.0")),
    )
    for whole in wholes
    for part in parts
)  # fmt: skip


def licence_spelled(text: str) -> str:
    """An SPDX licence expression as SPDX spells it; empty when it is none."""
    if len(text) > LICENCE_AT_MOST or not text.isascii():
        return ""
    try:
        return str(canonicalize_license_expression(text))
    except (InvalidLicenseExpression, ValueError, RecursionError):
        return ""


def is_simple(licence: str) -> bool:
    """Whether it is one licence of the list, which repositories ask for."""
    return " " not in licence and not licence.startswith("LicenseRef-")


def freedom_of(licence: str) -> Freedom | None:
    """What a licence asks; None when the table does not know it."""
    if licence.startswith(("CC-BY-NC", "CC-BY-ND")):
        return Freedom.LIMITED
    return FREEDOM.get(licence)


def conflict(whole: str, part: str) -> str:
    """Why a part under one licence cannot stand in a whole under another; empty when it can.

    Args:
        whole: SPDX identifier of the whole.
        part: SPDX identifier of the part.
    """
    promised, given = freedom_of(whole), freedom_of(part)
    if whole == part or promised is None or given is None:
        return ""
    if given is Freedom.LIMITED and promised is not Freedom.LIMITED:
        return f"{part} limits what others may do, and {whole} of the whole promises no limits"
    if promised is Freedom.LIMITED:
        adds = given in {Freedom.SHARE_ALIKE, Freedom.COPYLEFT}
        return f"{part} forbids further limits, and {whole} of the whole adds some" if adds else ""
    if given > promised:
        return f"{part} asks to be passed on under {part} alone, and {whole} of the whole does not"
    if (whole, part) in APART:
        return f"{part} and {whole} cannot both be kept in one work"
    return ""


def suits_code(licence: str) -> bool:
    """Whether a licence is one for code: those of Creative Commons but CC0 are not."""
    return not licence.startswith(("CC-BY", "ODC-By", "ODbL", "PDDL"))


def suits_data(licence: str) -> bool:
    """Whether a licence speaks of data and texts, not of software alone."""
    known = FREEDOM.get(licence)
    return known is None or licence.startswith(("CC", "ODC", "ODbL", "PDDL", "etalab"))
