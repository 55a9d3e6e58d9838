"""The crate of a release: of a run, of several runs of a version, or of composed runs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.conf import settings

from executor.models import Run
from executor.queries import runs
from publishing.adapters import crate_zip
from publishing.domain.chain_facts import ChainFacts
from publishing.domain.facts import NEWER, OLDER, CrateFacts, Stated
from publishing.domain.formats import metadata_files
from publishing.domain.formats.described import Described
from publishing.domain.profiles import Crate
from publishing.domain.wheels import NO_WHEELS, Wheels
from publishing.models import Release
from publishing.queries.describing import code_of
from publishing.queries.packing import (
    chain_facts,
    described,
    described_chain,
    requests,
    run_facts,
    tools,
    version_facts,
)
from publishing.queries.wheels import wheels_of


def release_crate(release: Release, doi: str, concept: str = "") -> Iterator[bytes]:
    """The crate of a frozen release as a zip, piece by piece, with its DOI inside.

    Args:
        release: the same release and DOIs give the same bytes.
        doi: the DOI that it was given.
        concept: the DOI of all its versions; empty when none is known.

    Raises:
        UnsafeNameError: a file has a name that has no place in a crate.
        LostBytesError: the store lacks bytes of it.
        NoWheelsError: the wheels that it is to hold are not to be had.
    """
    crate = released(release, doi, concept)
    moment = release.frozen_at or release.created_at
    return crate_zip.stream(crate, moment.replace(microsecond=0))


def released(release: Release, doi: str, concept: str = "") -> Crate:
    """The same crate described; raises as :func:`release_crate`."""
    chosen = list(runs().filter(releases=release).prefetch_related("inputs").order_by("address"))
    stated = stated_of(release, doi, concept, chosen)
    if any(run.inputs.all() for run in chosen):
        return described_chain(_chain(release, doi, stated, chosen))
    return described(_plain(release, doi, stated, chosen))


def stated_of(release: Release, doi: str, concept: str, chosen: Sequence[Run]) -> Stated:
    """What a release says, as its crate and all its formats of metadata have it."""
    options: Mapping[str, object] = release.options_json
    moment = release.frozen_at or release.created_at
    told = Described(
        record=release.record,
        key=f"reprise_{release.pk}",
        page=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
        service="Reprise",
        service_url=settings.PUBLIC_URL,
        frozen=moment.date(),
        doi=doi,
        concept_doi=concept,
        version=release.number,
        code=code_of(chosen[0]),
    )
    return Stated(
        record=release.record,
        number=release.number,
        concept=concept,
        source=f"{settings.PUBLIC_URL}/releases/concept/{release.concept_id}",
        figures=release.shown,
        files=metadata_files(told),
        ro_crate=NEWER if options.get("ro_crate") == NEWER else OLDER,
        is_bag=options.get("bagit") is True,
        operator=settings.OPERATOR,
        operator_ror=settings.OPERATOR_ROR,
    )


def _plain(release: Release, doi: str, stated: Stated, chosen: Sequence[Run]) -> CrateFacts:
    version = chosen[0].version
    return CrateFacts(
        service=settings.PUBLIC_URL,
        landing=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
        title=release.title,
        description=release.description,
        licence=release.licence,
        people=release.people,
        keywords=release.record.keywords or version.about.keywords,
        references=version.about.references,
        published=(release.frozen_at or release.created_at).replace(microsecond=0),
        doi=doi,
        version=version_facts(version),
        runs=tuple(run_facts(run) for run in chosen),
        tools=tools(version.main),
        stated=stated,
        wheels=_wheels(release, [version.lock]),
    )


def _chain(release: Release, doi: str, stated: Stated, chosen: Sequence[Run]) -> ChainFacts:
    facts = chain_facts(*chosen)
    others = {
        f"requests/{address[:16]}.json": _text(request)
        for address, request in requests(chosen, facts).items()
    }
    return replace(
        facts,
        landing=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
        keywords=release.record.keywords or facts.keywords,
        published=(release.frozen_at or release.created_at).replace(microsecond=0),
        doi=doi,
        stated=replace(stated, files={**stated.files, **others}),
        wheels=_wheels(release, [step.version.lock for step in facts.versions]),
    )


def _text(content: object) -> bytes:
    return f"{json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()


def _wheels(release: Release, locks: list[str]) -> Wheels:
    return wheels_of(locks) if release.options_json.get("wheels") is True else NO_WHEELS
