"""What a crate says of an entry beside the entry's own files."""

from dataclasses import dataclass, fields, replace

from catalogue.domain.entry import About
from ontology.domain.findings import Finding

NO_ABOUT = About()


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an entry.

    Attributes:
        lock: its lock; None when it is to be found out from the files.
        main: path of the file to run; empty when it is to be found out.
        number: the least number that its version gets; 0 for the next.
        about: title, licence and people, used where CITATION.cff does not give them.
        findings: what is to be said of the crate.
    """

    lock: str | None = None
    main: str = ""
    number: int = 0
    about: About = NO_ABOUT
    findings: tuple[Finding, ...] = ()

    def completed(self, about: About) -> About:
        """What CITATION.cff says, with what it leaves unsaid as the crate has it."""
        missing = {
            item.name: getattr(self.about, item.name)
            for item in fields(about)
            if not getattr(about, item.name)
        }
        return replace(about, **missing)


NOTHING = Told()
