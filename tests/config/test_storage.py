"""Where products are kept: a folder, or the bucket that an address names."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import product_storage

HIDDEN = {"secret": "s"}
NAMES = ("URL", "ENDPOINT", "REGION", "KEY", "SECRET")


@pytest.fixture
def storage(monkeypatch, tmp_path):
    def named(**given: str):
        for name in NAMES:
            monkeypatch.setenv(f"REPRISE_STORE_{name}", given.get(name.lower(), ""))
        return product_storage(tmp_path)

    return named


def test_without_an_address_it_is_a_folder(storage, tmp_path):
    assert storage() == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "store"},
    }


def test_a_bucket_takes_its_credentials_from_the_environment_when_none_are_given(storage):
    assert storage(url="s3://products/ours/") == {
        "BACKEND": "lib.bucket.Bucket",
        "OPTIONS": {"bucket_name": "products", "location": "ours"},
    }


def test_a_bucket_may_be_at_any_service(storage):
    found = storage(
        url="s3://products", endpoint="https://s3.example.org", region="eu", key="k", **HIDDEN
    )

    assert found["OPTIONS"] == {
        "bucket_name": "products", "endpoint_url": "https://s3.example.org",
        "region_name": "eu", "access_key": "k", "secret_key": HIDDEN["secret"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["products", "https://host/products", "s3://", "s3:///x", "s3://b?x=1", "s3://b#x"]
)
def test_an_address_that_is_none_is_refused_with_what_to_write(storage, url):
    with pytest.raises(ImproperlyConfigured, match="write s3://bucket or s3://bucket/prefix"):
        storage(url=url)
