"""The funnel: of all that is here, how much is declared, installed, ran, was compared, reproduced.

The stages are those of a study of the notebooks of biomedical papers (Samuel & Mietchen 2024,
doi 10.1093/gigascience/giad113), so that the numbers may stand side by side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from gallery.domain.verdict import Verdict


class Stage(IntEnum):
    """How far an entry or a figure has come; each stage includes those before."""

    LISTED = 0
    DECLARED = 1
    INSTALLED = 2
    RAN = 3
    COMPARED = 4
    REPRODUCED = 5

    @property
    def word(self) -> str:
        """What people call it."""
        return self.name.lower()


STAGES = (Stage.DECLARED, Stage.INSTALLED, Stage.RAN, Stage.COMPARED, Stage.REPRODUCED)
MEANINGS = {
    Stage.DECLARED: "It has a version that is no draft: everything it needs is named, and its "
    "packages are pinned by their hashes.",
    Stage.INSTALLED: "Its environment was built from that lock, and its code was started in it.",
    Stage.RAN: "A run came to its end without an error.",
    Stage.COMPARED: "A result was set beside what the paper published, and could be compared.",
    Stage.REPRODUCED: "At the newest check every result that could be compared was identical, "
    "within its tolerance, or the same data drawn differently.",
}  # fmt: skip
"""Stage → what it means, of an entry and of a figure alike."""
GOOD = frozenset({Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE, Verdict.DRAWN_DIFFERENTLY})
JUDGED = GOOD | {Verdict.DIFFERENT}
DAYS_AT_MOST = 92  # longer than this, a line has a point a month


@dataclass(frozen=True, slots=True)
class Judged:
    """A check of a figure: when, and what it came to."""

    figure: int
    at: datetime
    verdict: str


@dataclass(frozen=True, slots=True)
class Track:
    """How an entry or a figure came along: the moments at which its stage changed, in order."""

    steps: tuple[tuple[datetime, Stage], ...] = ()

    def stage(self, at: datetime | None = None) -> Stage:
        """The stage at a moment; the last without one."""
        past = [stage for when, stage in self.steps if at is None or when <= at]
        return past[-1] if past else Stage.LISTED


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a population reached each stage.

    Attributes:
        name: what is counted.
        total: how many there are.
        stages: stage → how many came so far or farther.
    """

    name: str
    total: int
    stages: Mapping[Stage, int]

    def share(self, stage: Stage) -> float:
        """The per cent of all that came so far; 0 of nothing."""
        return 100 * self.stages[stage] / self.total if self.total else 0.0


STUDY = Counted(
    "notebooks of biomedical papers",
    27_271,
    {
        Stage.DECLARED: 15_817, Stage.INSTALLED: 10_388, Stage.RAN: 1_203, Stage.COMPARED: 1_203,
        Stage.REPRODUCED: 879,
    },
)  # fmt: skip
"""Samuel & Mietchen 2024: of those that ran, 879 gave identical results and 324 others."""
STUDY_DOI = "10.1093/gigascience/giad113"
STUDY_YEAR = 2024


def track(
    declared: datetime | None,
    installed: datetime | None = None,
    ran: datetime | None = None,
    checks: Iterable[Judged] = (),
) -> Track:
    """How something came along.

    Args:
        declared: when its first version that is no draft was registered.
        installed: when its code was first started.
        ran: when a run of it first came to its end.
        checks: the checks of its figures, in any order.

    A later stage proves the earlier ones, whatever was kept of them.
    """
    done = sorted(checks, key=lambda check: check.at)
    judged = [(check.at, stage) for check, stage in zip(done, _stages(done), strict=True) if stage]
    known = [(declared, Stage.DECLARED), (installed, Stage.INSTALLED), (ran, Stage.RAN), *judged]
    steps = sorted((when, stage) for when, stage in known if when is not None)
    reached, kept = Stage.LISTED, list[tuple[datetime, Stage]]()
    for when, stage in steps:
        # Only what was compared can fall back, and no farther than to having been compared.
        next_one = stage if stage >= Stage.COMPARED else max(stage, reached)
        if next_one != reached:
            kept.append((when, next_one))
        reached = next_one
    return Track(tuple(kept))


def counted(name: str, tracks: Sequence[Track], at: datetime | None = None) -> Counted:
    """How many came how far, now or at a moment; then the total is of those that were there."""
    stages = [item.stage(at) for item in tracks]
    there = [stage for stage in stages if at is None or stage > Stage.LISTED]
    return Counted(
        name, len(there), {stage: sum(one >= stage for one in there) for stage in STAGES}
    )


def moments(tracks: Iterable[Track], now: datetime) -> list[datetime]:
    """Ends of the days, or of the months when there are many, from the first step until now."""
    first = min((item.steps[0][0] for item in tracks if item.steps), default=None)
    if first is None:
        return []
    days = (now.date() - first.date()).days
    ends = _months(first.date(), now.date()) if days > DAYS_AT_MOST else _days(first.date(), days)
    return [datetime.combine(end, datetime.min.time(), tzinfo=now.tzinfo) for end in ends]


def over_time(name: str, tracks: Sequence[Track], now: datetime) -> list[tuple[str, Counted]]:
    """The counts at the end of each day or month, by the date that is the first not included."""
    return [(end.date().isoformat(), counted(name, tracks, end)) for end in moments(tracks, now)]


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number + 1) for number in range(count + 1)]


def _months(first: date, last: date) -> list[date]:
    number, ends = 12 * first.year + first.month, list[date]()
    while number <= 12 * last.year + last.month:
        ends.append(date(number // 12, number % 12 + 1, 1))
        number += 1
    return ends


def _stages(checks: list[Judged]) -> list[Stage | None]:
    """After each check, what all figures together came to; None while nothing was compared."""
    compared, unlike = set[int](), set[int]()
    found: list[Stage | None] = []
    for check in checks:
        if check.verdict in JUDGED:
            compared.add(check.figure)
        if check.figure in compared:
            (unlike.discard if check.verdict in GOOD else unlike.add)(check.figure)
        found.append((Stage.COMPARED if unlike else Stage.REPRODUCED) if compared else None)
    return found
