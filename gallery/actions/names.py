"""Finding where a source is: by what is known here first, then by services."""

from dataclasses import replace

from django.conf import settings
from django.core.cache import cache

from gallery.adapters.names import SERVICES, NoAnswerError, ask
from gallery.domain.names.coordinates import named_position, typed_position
from gallery.domain.names.found import Found, UnreadableNameError
from gallery.domain.names.sources import bundled
from gallery.errors import BadNameError, NamesAwayError, UnknownNameError
from gallery.models import Figure
from lib import digest

LONGEST = 100
KEPT_SECONDS = 24 * 3600


def resolve_name(name: str) -> Found:
    """The position of a source; the answer says who resolved it.

    Asked in turn: coordinates as typed, the list that comes with us, the figures of the gallery,
    the services of ``REPRISE_NAMES``, and at last what coordinates stand in the name itself.

    Raises:
        BadNameError: it is no name, or a position that is nowhere.
        UnknownNameError: nobody knows it.
        NamesAwayError: nobody here knows it, and no service answered.
    """
    text = " ".join(name.split())
    if not text or len(text) > LONGEST or not text.isprintable():
        raise BadNameError(f"A name has 1 to {LONGEST} letters, digits and signs.")
    try:
        here = typed_position(text) or bundled(text) or _of_figures(text)
        if here:
            return here
        elsewhere, silent = _elsewhere(text)
        found = elsewhere or named_position(text)
    except UnreadableNameError as error:
        raise BadNameError(str(error)) from None
    if found:
        return found
    if silent:
        raise NamesAwayError(f"Nothing here knows {text!r}, and {'; '.join(silent)}.")
    raise UnknownNameError(f"Nobody who was asked knows {text!r}: write its coordinates instead.")


def _of_figures(name: str) -> Found | None:
    """The position that a figure of the gallery states for a source of this name."""
    stated = Figure.objects.exclude(ra=None).exclude(dec=None).filter(source__iexact=name)
    figure = stated.order_by("pk").first()
    if figure is None:
        return None
    by = f"the figure {figure.slug} of this gallery"
    return Found(figure.source, figure.ra, figure.dec, by)


def _elsewhere(name: str) -> tuple[Found | None, list[str]]:
    """What the services say, and why those that were silent were."""
    key = f"name:{digest.of_value(name)}"
    known: Found | None = cache.get(key)
    if known:
        return known, []
    silent: list[str] = []
    for service in (SERVICES[word] for word in settings.NAMES):
        try:
            found = ask(service, name)
        except NoAnswerError as error:
            silent.append(str(error))
            continue
        if found:
            named = replace(found, name=found.name or name)
            cache.set(key, named, KEPT_SECONDS)
            return named, []
    return None, silent
