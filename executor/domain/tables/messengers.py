"""What carried the news that a table holds, told by its workflow's terms or its header."""

from collections.abc import Iterable

from executor.domain.tables.column import Keys

TERMS = {
    "GravitationalWave": "gravitational waves", "Neutrino": "neutrinos",
    "CosmicRay": "cosmic rays", "GammaRay": "gamma rays", "XRay": "X-rays",
    "Ultraviolet": "ultraviolet light", "Optical": "visible light", "Infrared": "infrared light",
    "Millimetre": "millimetre waves", "Radio": "radio waves", "Photon": "light",
}  # fmt: skip
INSTRUMENTS = {
    "LIGO": "gravitational waves", "VIRGO": "gravitational waves", "KAGRA": "gravitational waves",
    "ICECUBE": "neutrinos", "KM3NET": "neutrinos", "ANTARES": "neutrinos",
    "GLAST": "gamma rays", "FERMI": "gamma rays", "HESS": "gamma rays", "H.E.S.S.": "gamma rays",
    "MAGIC": "gamma rays", "VERITAS": "gamma rays", "FACT": "gamma rays", "CTA": "gamma rays",
    "INTEGRAL": "X-rays", "SWIFT": "X-rays", "XMM": "X-rays", "CHANDRA": "X-rays",
    "NUSTAR": "X-rays", "NICER": "X-rays", "KEPLER": "visible light", "TESS": "visible light",
    "HST": "visible light", "GAIA": "visible light", "ZTF": "visible light",
    "JWST": "infrared light",
    "ALMA": "millimetre waves", "VLA": "radio waves", "MEERKAT": "radio waves",
    "LOFAR": "radio waves",
}  # fmt: skip


def messenger(keys: Keys, terms: Iterable[str] = ()) -> str:
    """The messenger in words; empty where nothing tells it.

    Args:
        keys: header words of the table; ``MESSENGER`` is believed first.
        terms: names of the ontology's terms that the workflow speaks of.
    """
    told = keys.get("MESSENGER")
    if isinstance(told, str) and told:
        return told[:40]
    named = [TERMS[term] for term in TERMS if term in set(terms)]
    if named:
        return named[0]
    seen = f"{keys.get('TELESCOP', '')} {keys.get('INSTRUME', '')}".upper()
    return next((word for name, word in INSTRUMENTS.items() if name in seen), "")
