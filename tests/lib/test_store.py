"""Bytes are kept once under their digest, whole or not at all."""

import io

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


def test_bytes_already_there_are_not_written_again():
    store.put(DATA)
    before = store.local_path(SHA).stat()
    store.put(DATA)
    after = store.local_path(SHA).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_writer_that_stops_half_way_leaves_nothing(settings, monkeypatch):
    def stops(_content, _size=None):
        yield DATA[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(store.ContentFile, "chunks", stops)
    with pytest.raises(KeyboardInterrupt):
        store.put(DATA)
    kept = [path for path in (settings.DATA_DIR / "store").rglob("*") if path.is_file()]
    assert (store.has(SHA), kept) == (False, [])

    monkeypatch.undo()
    assert store.put(DATA) == SHA
    assert store.get(SHA) == DATA


class Bucket(Storage):
    """A storage with no folder on this machine, as S3 has none."""

    def __init__(self):
        self.kept = {}

    def exists(self, name):
        return name in self.kept

    def _save(self, name, content):
        self.kept[name] = content.read()
        return name

    def _open(self, name, _mode):
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
    assert elsewhere.kept == {f"sha256/{SHA[:2]}/{SHA[2:4]}/{SHA}": DATA}


def test_bytes_put_by_two_at_once_are_kept_once(elsewhere, monkeypatch):
    store.put(DATA)
    answers = iter([False])  # the other one comes after we looked
    exists = elsewhere.exists
    monkeypatch.setattr(
        elsewhere, "exists", lambda name: next(answers, None) is None and exists(name)
    )
    assert store.put(DATA) == SHA
    assert elsewhere.kept == {f"sha256/{SHA[:2]}/{SHA[2:4]}/{SHA}": DATA}
