"""Vocabularies of other people: declared with checksum, address and licence, found in mirrors."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib import digest, mirror
from ontology.domain.terms import FOLDER
from ontology.domain.vocabularies import Concept, read
from ontology.errors import UnreadableVocabularyError

DECLARED = FOLDER / "sources.toml"


@dataclass(frozen=True, slots=True)
class VocabularySource:
    """A vocabulary file of somebody else.

    Attributes:
        scheme: our short name of it, such as ``uat``.
        title: its name in words.
        file: what the file is called.
        sha256: checksum of its bytes.
        bytes: how many there are.
        url: where it was published; nothing is fetched from there.
        licence: SPDX identifier, or words when there is none.
        namespace: what the IRI of every concept begins with.
        format: how it is written, see `ontology.domain.vocabularies.read`.
        folders: where it may be found.
    """

    scheme: str
    title: str
    file: str
    sha256: str
    bytes: int
    url: str
    licence: str
    namespace: str
    format: str
    folders: tuple[Path, ...] = ()

    def concepts(self) -> tuple[Concept, ...] | None:
        """The concepts in the file, or None when no folder has it.

        Raises:
            UnreadableVocabularyError: the file is not of the declared form.
        """
        path = mirror.find(self.sha256, self.file, self.folders, size=self.bytes)
        if path is None:
            return None
        data = path.read_bytes()
        if digest.of_bytes(data) != self.sha256:  # it changed after it was found
            return None
        try:
            return read(data, self.format, self.namespace)
        except (ValueError, KeyError, SyntaxError) as error:
            raise UnreadableVocabularyError(
                f"The vocabulary {self.title} is not written as {self.format}: {error}."
                f" Correct its format or its checksum in {DECLARED.name}."
            ) from error


def declared(folders: Sequence[Path], file: Path = DECLARED) -> tuple[VocabularySource, ...]:
    """The vocabularies we know of, to be looked for in some folders."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["vocabulary"]
    return tuple(replace(VocabularySource(**row), folders=tuple(folders)) for row in rows)
