"""What is decided for a deposit, alone: a tiny repository, lost answers, kills, and any order."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from publishing.domain.depositing import Do, Facts, Previous, next_move
from publishing.domain.remote import ABSENT, Remote, RemoteFile, Stage, WantedFile
from publishing.domain.waiting import LAG, PATIENCE
from publishing.errors import (
    AlteredBytesError,
    DraftGoneError,
    ForeignDraftError,
    UnchangedError,
    WithdrawnError,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "urn:uuid:mine"
WANTED = (WantedFile("a.zip", 3, "aaa", "f" * 64), WantedFile("b.json", 2, "bbb", "e" * 64))
FRESH = Facts(KEY, NOON)
DRAFTED = replace(FRESH, remote_id="1", described=True, doi="10.1/1")
DRAFT = Remote(Stage.DRAFT, "1", key=KEY, doi="10.1/1")
FILES = tuple(RemoteFile(item.name, item.size, item.md5, complete=True) for item in WANTED)
READY = replace(DRAFTED, uploaded=True)


def did(facts=DRAFTED, seen=DRAFT, wanted=WANTED) -> tuple[Do, str]:
    move = next_move(facts, seen, wanted)
    return move.do, move.name


def stopped(facts=DRAFTED, seen=DRAFT, wanted=WANTED) -> type:
    return type(next_move(facts, seen, wanted).error)


def test_the_moves_of_a_deposit_that_nothing_happens_to():
    assert [
        did(FRESH, ABSENT, ()),
        did(replace(FRESH, remote_id="1"), replace(DRAFT, doi=""), ()),
        did(replace(DRAFTED, doi=""), replace(DRAFT, doi=""), ()),
        did(DRAFTED, DRAFT, ()),
        did(),
        did(seen=replace(DRAFT, files=FILES[:1])),
        did(seen=replace(DRAFT, files=FILES)),
        did(READY, replace(DRAFT, files=FILES)),
        did(READY, replace(DRAFT, stage=Stage.PUBLISHED)),
        did(replace(READY, published=True)),
        did(replace(READY, published=True, resolved=True)),
    ] == [
        (Do.CREATE, ""), (Do.DESCRIBE, ""), (Do.RESERVE, ""), (Do.PACK, ""), (Do.UPLOAD, "a.zip"),
        (Do.UPLOAD, "b.json"), (Do.VERIFY, ""), (Do.PUBLISH, ""), (Do.NOTE_PUBLISHED, ""),
        (Do.CHECK_RESOLVES, ""), (Do.DONE, ""),
    ]  # fmt: skip


def test_after_a_lost_answer_it_is_looked_for_until_no_index_lags_so_long():
    asked = replace(FRESH, create_sent_at=NOON)
    seen = [
        next_move(replace(asked, now=NOON + timedelta(minutes=minutes)), ABSENT)
        for minutes in (0, 1, 14, 15)
    ]

    assert [(move.do, move.seconds) for move in seen] == [
        (Do.WAIT, 5), (Do.WAIT, 60), (Do.WAIT, 60), (Do.CREATE, 0),
    ]  # fmt: skip


def test_a_draft_with_our_key_is_adopted_and_another_is_not():
    asked = replace(FRESH, create_sent_at=NOON)

    assert did(asked, DRAFT) == (Do.ADOPT, "")
    assert stopped(asked, replace(DRAFT, key="urn:uuid:other")) is ForeignDraftError


def test_a_file_is_sent_only_where_it_is_not_there_as_it_should_be():
    for wrong in (
        RemoteFile("a.zip", 3),
        RemoteFile("a.zip", 3, "xxx", complete=True),
        RemoteFile("a.zip", 4, "aaa", complete=True),
    ):
        assert did(seen=replace(DRAFT, files=(wrong, FILES[1]))) == (Do.UPLOAD, "a.zip")
    assert did(READY, replace(DRAFT, files=FILES)) == (Do.PUBLISH, "")


def test_a_file_of_somebody_else_is_taken_away_before_anything_is_published():
    other = RemoteFile("c.txt", 1, "ccc", complete=True)

    assert did(READY, replace(DRAFT, files=(*FILES, other))) == (Do.DROP, "c.txt")


def test_a_publication_in_doubt_is_waited_for():
    full = replace(DRAFT, files=FILES)
    asked = replace(READY, publish_sent_at=NOON)

    assert did(asked, full) == (Do.WAIT, "")
    assert did(replace(asked, now=NOON + PATIENCE), full) == (Do.PUBLISH, "")
    assert did(asked, replace(full, stage=Stage.PUBLISHED)) == (Do.NOTE_PUBLISHED, "")


def test_what_stops_a_deposit():
    before = Previous("9", 1, "10.1/9")

    assert stopped(replace(FRESH, previous=replace(before, is_same=True)), ABSENT) is UnchangedError
    assert stopped(replace(FRESH, previous=replace(before, is_open=True)), ABSENT) is (
        ForeignDraftError
    )
    assert stopped(DRAFTED, ABSENT) is DraftGoneError
    assert stopped(DRAFTED, Remote(Stage.DELETED, "1")) is DraftGoneError
    assert stopped(replace(FRESH, withdrawn=True), ABSENT) is WithdrawnError
    assert stopped(seen=replace(DRAFT, doi="10.1/other")) is AlteredBytesError


def test_a_next_version_that_was_asked_for_is_asked_for_again():
    before = Previous("9", 1, "10.1/9", is_open=True)

    assert did(replace(FRESH, previous=before, create_sent_at=NOON), ABSENT) == (
        Do.NEXT_VERSION, "",
    )  # fmt: skip


# A tiny repository that is asked by workers who may be killed, and whose answers may be lost.


@dataclass
class World:
    """The rows here, the records there, and the time."""

    facts: Facts = FRESH
    wanted: tuple[WantedFile, ...] = ()
    records: list[Remote] = field(default_factory=list)
    made_at: list[datetime] = field(default_factory=list)
    broken: int = 0
    steps: int = 0

    def seen(self) -> Remote:
        if self.facts.remote_id:
            return self.records[int(self.facts.remote_id)]
        if self.facts.create_sent_at is None:
            return ABSENT
        late = [item for item, at in zip(self.records, self.made_at, strict=True)
                if at + LAG <= self.facts.now]  # fmt: skip
        return late[-1] if late else ABSENT

    def here(self, **columns) -> None:
        self.facts = replace(self.facts, **columns)

    def there(self, remote: Remote, **columns) -> None:
        self.records[int(remote.id)] = replace(remote, **columns)

    def step(self, fate: str) -> Do:
        """One look and one move; the fate is that of its one request."""
        self.steps += 1
        self.here(now=self.facts.now + timedelta(seconds=1))
        seen = self.seen()
        move = next_move(self.facts, seen, self.wanted)
        if move.do is Do.WAIT:
            self.here(now=self.facts.now + timedelta(seconds=move.seconds))
        if move.do is Do.CREATE:
            self.here(create_sent_at=self.facts.now)
        if move.do is Do.PUBLISH:
            self.here(publish_sent_at=self.facts.now)
        if fate != "not sent":
            self.ask(move.do, seen, move.name)
        if fate == "well":
            self.note(move.do, seen)
        return move.do

    def ask(self, do: Do, seen: Remote, name: str) -> None:
        """What the request does there."""
        if do is Do.CREATE:
            self.records.append(Remote(Stage.DRAFT, str(len(self.records)), key=KEY))
            self.made_at.append(self.facts.now)
        elif do is Do.RESERVE:
            self.there(seen, doi=f"10.1/{seen.id}")
        elif do is Do.UPLOAD:
            there = seen.file(name)
            self.broken += there is not None and there.complete
            kept = tuple(item for item in seen.files if item.name != name)
            self.there(seen, files=(*kept, next(item for item in FILES if item.name == name)))
        elif do is Do.PUBLISH:
            self.broken += seen.stage is Stage.PUBLISHED
            self.there(seen, stage=Stage.PUBLISHED)

    def note(self, do: Do, seen: Remote) -> None:
        """What is written down when its answer came."""
        if do is Do.CREATE:
            self.here(remote_id=self.records[-1].id)
        elif do is Do.ADOPT:
            self.here(remote_id=seen.id)
        elif do is Do.DESCRIBE:
            self.here(described=True)
        elif do is Do.RESERVE:
            self.here(doi=f"10.1/{seen.id}")
        elif do is Do.PACK:
            self.wanted = WANTED
        elif do is Do.VERIFY:
            self.here(uploaded=True)
        elif do is Do.NOTE_PUBLISHED:
            self.here(published=True)
        elif do is Do.CHECK_RESOLVES:
            self.here(resolved=True)


FATES = some.sampled_from(["well", "answer lost", "not sent"])


@given(some.lists(FATES, max_size=40))
def test_whatever_is_lost_there_is_one_record_and_no_file_is_destroyed(fates):
    world = World()
    for fate in fates:
        world.step(fate)
    while world.step("well") is not Do.DONE:
        assert world.steps < len(fates) + 60, "it does not end"

    assert [item.stage for item in world.records] == [Stage.PUBLISHED]
    assert (world.facts.doi, world.broken) == (world.records[0].doi, 0)
