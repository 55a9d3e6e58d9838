"""The sources that the bundled entries are about: known with no network at all."""

import re
from types import MappingProxyType

from gallery.domain.names.found import Found

OWN = "the list that comes with Reprise"
SPACES = re.compile(r"[\s_]+")
DIGITS = re.compile(r"(?<=[A-Z])\s+(?=\d)")  # "M 1" and "M1" are one name

SOURCES = (
    (Found("Crab", 83.63308, 22.0145, OWN, "supernova remnant and pulsar"),
     ("Crab Nebula", "Crab pulsar", "M 1", "Messier 1", "NGC 1952", "Tau X-1", "PSR B0531+21",
      "PSR J0534+2200", "SNR G184.6-05.8", "3C 144")),
    (Found("HAT-P-7", 292.24724, 47.96951, OWN, "star with a transiting planet"),
     ("HAT-P-7 b", "Kepler-2", "Kepler-2 b", "KIC 10666592", "GSC 03547-01402")),
    (Found("GRS 1716-249", 259.9035, -25.0174, OWN, "X-ray binary"),
     ("GRO J1719-24", "Nova Oph 1993", "V2293 Oph")),
    (Found("GX 1+4", 263.0128, -24.7456, OWN, "X-ray binary"), ("V2116 Oph", "4U 1728-24")),
    (Found("1E 1740.7-2942", 265.9785, -29.7452, OWN, "X-ray binary"), ("Great Annihilator",)),
    (Found("Sgr A*", 266.41684, -29.00781, OWN, "centre of the Galaxy"),
     ("Sagittarius A*", "Galactic Centre", "Galactic Center")),
    (Found("GRB 080916C", 119.8472, -56.6383, OWN, "gamma-ray burst",
           time="2008-09-16T00:12:45.6"), ("GRB080916C", "bn080916009")),
    (Found("GW150914", None, None, OWN, "merger of two black holes",
           time="2015-09-14T09:50:45.4",
           note="The detectors place it within some hundred square degrees: it has no position."),
     ("GW 150914",)),
)  # fmt: skip


def plain_name(text: str) -> str:
    """A name as names are compared: capitals, one blank between words, signs as ASCII has them."""
    spaced = SPACES.sub(" ", text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-"))
    return DIGITS.sub("", spaced.strip().upper().removeprefix("NAME "))


KNOWN = MappingProxyType(
    {plain_name(name): found for found, others in SOURCES for name in (found.name, *others)}
)


def bundled(name: str) -> Found | None:
    """A source of the bundled entries by any of its names; None when it is none of them."""
    return KNOWN.get(plain_name(name))
