"""The store in a bucket: the same as in a folder, against a server that speaks S3 on loopback."""

import logging
import warnings

import boto3
import pytest

from lib import digest, store

pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore::ResourceWarning")]
DATA = b"40.0"
SHA = digest.of_bytes(DATA)
NAMES = {"aws_access_key_id": "reader", "aws_secret_access_key": "invented"}


@pytest.fixture(scope="module")
def endpoint():
    """The address of a server of our own, on loopback alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer  # noqa: PLC0415 -- slow, and it warns

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, settings):
    """An empty bucket that is the store; gives its objects."""
    made = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1", **NAMES)
    found = made.create_bucket(Bucket="products")
    found.objects.all().delete()
    settings.STORE_CACHE_GB = 1
    settings.STORAGES = settings.STORAGES | {
        "products": {
            "BACKEND": "lib.bucket.Bucket",
            "OPTIONS": {
                "bucket_name": "products", "location": "ours", "endpoint_url": endpoint,
                "region_name": "us-east-1", "access_key": "reader", "secret_key": "invented",
            },
        }
    }  # fmt: skip
    return found.objects


PLACE = f"ours/sha256/{SHA[:2]}/{SHA[2:4]}/{SHA}"


def keys(bucket) -> list[str]:
    return sorted(item.key for item in bucket.all())


def test_what_is_put_is_got_and_kept_once(bucket):
    assert (store.put(DATA), store.put_stream([b"40", b".0"])) == (SHA, (SHA, 4))
    assert (store.get(SHA), store.size_of(SHA), keys(bucket)) == (DATA, 4, [PLACE])
    assert store.local_path(SHA) is None


def test_what_is_not_there_is_missing(bucket):
    assert (store.has(SHA), store.size_of(SHA), store.is_fresh(SHA)) == (False, None, False)
    assert store.missing([SHA]) == (SHA,)
    for read in (store.get, store.local_copy, lambda name: list(store.chunks(name))):
        with pytest.raises(FileNotFoundError):
            read(SHA)
    store.remove(SHA)
    store.set_aside(SHA)


@pytest.mark.parametrize(
    ("start", "stop", "part"),
    [(0, None, b"40.0"), (1, None, b"0.0"), (1, 3, b"0."), (0, 1, b"4"), (2, 2, b""),
     (4, None, b""), (3, 9, b"0")],
)  # fmt: skip
def test_a_part_is_asked_for_as_a_part(bucket, start, stop, part):
    store.put(DATA)

    assert b"".join(store.chunks(SHA, start, stop)) == part


def test_a_file_of_many_parts_is_uploaded_whole(bucket, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(bytes(range(256)) * 80_000)  # 20 MB, above the size of one part

    name, size = store.put_file(source)

    assert (size, digest.of_chunks(store.chunks(name))) == (20_480_000, (name, size))


def test_a_copy_is_at_hand_after_writing_and_fetched_after_it_was_lost(bucket, settings):
    store.put(DATA)
    first = store.local_copy(SHA)
    first.unlink()
    again = store.local_copy(SHA)

    assert (first, again.read_bytes()) == (again, DATA)
    assert again.is_relative_to(settings.DATA_DIR / "copies")


def test_removed_and_set_aside_bytes_are_not_in_their_place(bucket):
    other = store.put(b"other")
    store.put(DATA)
    store.set_aside(SHA)
    store.remove(other)

    assert keys(bucket) == [f"ours/quarantine/{SHA}"]
    assert (store.has(SHA), store.has(other)) == (False, False)


def test_what_was_put_a_moment_ago_is_fresh(bucket):
    store.put(DATA)

    assert store.is_fresh(SHA) is True


def test_what_was_put_long_ago_is_sent_again_so_that_it_is_not_cleared_away(bucket, monkeypatch):
    store.put(DATA)
    (before,) = [item.last_modified for item in bucket.all()]
    monkeypatch.setattr(store, "FRESH_SECONDS", 0)
    saved = []
    save = type(store._storage()).save
    monkeypatch.setattr(
        "lib.bucket.Bucket.save", lambda *given: saved.append(given[1]) or save(*given)
    )

    store.put(DATA)

    assert saved == [PLACE.removeprefix("ours/")]
    assert [item.last_modified >= before for item in bucket.all()] == [True]
