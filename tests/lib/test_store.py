"""Bytes are kept once under their digest, whole or not at all."""

import io
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.core.files.storage import Storage
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lib import digest, store

DATA = b"40.0"
SHA = digest.of_bytes(DATA)


@given(st.binary(max_size=2000))
@hypothesis_settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # one store for all is meant
)
def test_what_is_put_is_got(settings, data):
    assert settings.STORAGES["products"]
    name = store.put(data)
    assert (name, store.get(name), b"".join(store.chunks(name))) == (
        digest.of_bytes(data), data, data,
    )  # fmt: skip


def test_what_is_not_there_is_missing():
    other = digest.of_bytes(b"other")
    store.put(DATA)
    assert (store.has(SHA), store.has(other)) == (True, False)
    assert store.missing([SHA, other]) == (other,)
    with pytest.raises(FileNotFoundError):
        store.get(other)


def test_a_file_is_put_and_copied(tmp_path):
    source, target = tmp_path / "a.json", tmp_path / "new" / "b.json"
    source.write_bytes(DATA)
    assert store.put_file(source) == (SHA, 4)
    store.copy(SHA, target)
    assert target.read_bytes() == DATA


def test_bytes_lie_under_their_digest(settings):
    store.put(DATA)
    place = settings.DATA_DIR / "store" / "sha256" / SHA[:2] / SHA[2:4] / SHA
    assert (store.local_path(SHA), place.read_bytes()) == (place, DATA)


def files(settings) -> list[str]:
    """Every file below the folder of the store."""
    root = settings.DATA_DIR / "store"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


PLACE = f"sha256/{SHA[:2]}/{SHA[2:4]}/{SHA}"


def test_bytes_already_there_are_not_written_again():
    store.put(DATA)
    before = store.local_path(SHA).stat()
    store.put(DATA)
    after = store.local_path(SHA).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_stream_is_kept_under_the_digest_of_all_its_pieces(settings):
    assert store.put_stream(iter([b"4", b"", b"0.0"])) == (SHA, 4)
    assert (store.get(SHA), files(settings)) == (DATA, [PLACE])


def test_a_stream_of_bytes_already_there_leaves_nothing_beside_them(settings):
    store.put(DATA)
    assert store.put_stream([DATA]) == (SHA, 4)
    assert files(settings) == [PLACE]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_writer_that_stops_half_way_leaves_nothing(settings, error):
    def stops():
        yield DATA[:2]
        raise error

    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        store.put_stream(stops())
    assert (store.has(SHA), files(settings)) == (False, [])

    assert store.put(DATA) == SHA
    assert store.get(SHA) == DATA


def test_a_writer_that_is_killed_leaves_nothing_under_any_digest(settings):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:

        def endless():
            while True:
                yield DATA * 100_000
                os.write(writing, b".")

        with suppress(BaseException):
            store.put_stream(endless())
        os._exit(1)
    os.read(reading, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)

    (left,) = files(settings)
    assert left.startswith("incoming/")


def test_the_same_bytes_put_by_eight_at_once_are_one_whole_file(settings):
    data = os.urandom(1_000_000)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _number: store.put_stream([data]), range(8)))

    ((name, size),) = names
    assert (size, store.get(name)) == (1_000_000, data)
    assert files(settings) == [f"sha256/{name[:2]}/{name[2:4]}/{name}"]


def test_bytes_that_a_power_cut_shortened_are_written_again():
    store.put(DATA)
    os.truncate(store.local_path(SHA), 0)

    assert (store.has(SHA), store.size_of(SHA)) == (True, 0)
    store.put(DATA)

    assert store.get(SHA) == DATA


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_cannot_be_made_again_waits_for_the_disk(monkeypatch, durable):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)

    store.put(DATA, durable=durable)

    # The file itself and the three folders that its name lies in.
    assert len(synced) == (4 if durable else 0)


def test_a_large_file_never_lies_in_memory_as_a_whole(tmp_path):
    import tracemalloc  # noqa: PLC0415 -- only here

    source = tmp_path / "large"
    with source.open("wb") as handle:
        handle.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    try:
        name, size = store.put_file(source)
        assert sum(len(piece) for piece in store.chunks(name)) == size
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert size == 64 * 1024 * 1024
    assert most < 4 * 1024 * 1024


PARTS = [(0, None, b"40.0"), (1, None, b"0.0"), (1, 3, b"0."), (0, 1, b"4"), (2, 2, b""),
         (4, None, b""), (3, 9, b"0")]  # fmt: skip


@pytest.mark.parametrize(("start", "stop", "part"), PARTS)
def test_a_part_is_read_without_the_rest(start, stop, part):
    store.put(DATA)

    assert b"".join(store.chunks(SHA, start, stop)) == part


def test_what_was_put_a_moment_ago_is_fresh_and_becomes_so_when_it_is_put_again():
    store.put(DATA)
    path, old = store.local_path(SHA), time.time() - store.FRESH_SECONDS - 1
    fresh = store.is_fresh(SHA)
    os.utime(path, (old, old))
    stale = store.is_fresh(SHA)
    store.put(DATA)

    assert (fresh, stale, store.is_fresh(SHA)) == (True, False, True)
    assert store.is_fresh(digest.of_bytes(b"other")) is False


def test_removed_bytes_are_gone_and_removing_them_twice_is_as_good():
    store.put(DATA)
    store.remove(SHA)
    store.remove(SHA)

    assert (store.has(SHA), store.size_of(SHA)) == (False, None)


def test_damaged_bytes_are_set_aside_and_not_lost(settings):
    store.put(DATA)
    store.set_aside(SHA)
    store.set_aside(SHA)

    assert (store.has(SHA), files(settings)) == (False, [f"quarantine/{SHA}"])


def test_what_a_killed_writer_left_is_swept_after_a_day(settings):
    store.put(DATA)
    incoming = settings.DATA_DIR / "store" / "incoming"
    (incoming / "new").write_bytes(b"4")
    (incoming / "old").write_bytes(b"4")
    old = time.time() - store.LEFT_SECONDS - 1
    os.utime(incoming / "old", (old, old))

    assert (store.sweep_incoming(), files(settings)) == (1, ["incoming/new", PLACE])


def test_the_local_copy_of_a_folder_is_its_own_file():
    store.put(DATA)

    assert store.local_copy(SHA) == store.local_path(SHA)
    with pytest.raises(FileNotFoundError):
        store.local_copy(digest.of_bytes(b"other"))


class Bucket(Storage):
    """A storage with no folder on this machine, as S3 has none."""

    def __init__(self):
        self.kept = {}

    def exists(self, name):
        return name in self.kept

    def size(self, name):
        return len(self.kept[name])

    def _save(self, name, content):
        self.kept[name] = content.read()
        return name

    def _open(self, name, _mode):
        if name not in self.kept:
            raise FileNotFoundError(name)
        return io.BytesIO(self.kept[name])

    def delete(self, name):
        del self.kept[name]


@pytest.fixture
def elsewhere(monkeypatch):
    storage = Bucket()
    monkeypatch.setattr(store, "storages", {"products": storage})
    return storage


def test_a_storage_elsewhere_holds_the_same(elsewhere, tmp_path):
    assert store.put(DATA) == SHA
    assert store.put(DATA) == SHA
    store.copy(SHA, tmp_path / "x")
    assert ((tmp_path / "x").read_bytes(), store.local_path(SHA)) == (DATA, None)
    assert elsewhere.kept == {PLACE: DATA}


def test_bytes_put_by_two_at_once_are_kept_once(elsewhere, monkeypatch):
    store.put(DATA)
    answers = iter([False])  # the other one comes after we looked
    exists = elsewhere.exists
    monkeypatch.setattr(
        elsewhere, "exists", lambda name: next(answers, None) is None and exists(name)
    )
    assert store.put(DATA) == SHA
    assert elsewhere.kept == {PLACE: DATA}


@pytest.mark.parametrize(("start", "stop", "part"), PARTS)
def test_a_part_is_read_from_elsewhere_too(elsewhere, start, stop, part):
    store.put(DATA)

    assert b"".join(store.chunks(SHA, start, stop)) == part


def test_damaged_bytes_elsewhere_are_set_aside_there(elsewhere):
    store.put(DATA)
    store.set_aside(SHA)
    store.set_aside(SHA)

    assert elsewhere.kept == {f"quarantine/{SHA}": DATA}


def test_a_local_copy_of_what_is_elsewhere_is_fetched_once(elsewhere, settings):
    store.put(DATA)
    store.remove(SHA)
    elsewhere.kept[PLACE] = DATA  # another machine put it

    first = store.local_copy(SHA)
    elsewhere.kept.clear()
    again = store.local_copy(SHA)

    assert (first, first.read_bytes(), first.stat().st_mode & 0o777) == (again, DATA, 0o444)
    assert first.is_relative_to(settings.DATA_DIR)


def test_other_bytes_than_the_digest_says_never_become_a_copy(elsewhere, settings):
    elsewhere.kept[PLACE] = b"41.0"

    with pytest.raises(store.DamagedBytesError):
        store.local_copy(SHA)

    assert [path for path in (settings.DATA_DIR / "copies").rglob("*") if path.is_file()] == []


def test_there_is_no_local_copy_of_what_is_nowhere(elsewhere):
    with pytest.raises(FileNotFoundError):
        store.local_copy(SHA)
