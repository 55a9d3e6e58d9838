"""Trial versions: a version with some of it as it was before, which nobody is told of."""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from catalogue.actions import make_trial, register_entry, registration, trial
from catalogue.actions.trial import Ingredients
from catalogue.domain.entry import DataFile, Entry
from catalogue.errors import NotAnEntryError, UnknownWorkflowError, UnreadableSourceError
from catalogue.models import Version, Workflow
from catalogue.queries import newest_versions, search, version_of
from catalogue.signals import version_registered
from lib import store
from tests.factories import entries

pytestmark = pytest.mark.django_db
LOCK = f"small==1.0 --hash=sha256:{'a' * 64}\n"


@pytest.fixture
def version() -> Version:
    return register_entry(Entry(entries.files()), slug="doubling", source="folder:x").version


def ingredients(version: Version, **changes) -> Ingredients:
    files = dict(version.files.values_list("path", "digest"))
    return replace(Ingredients(files, version.main, version.lock, version.data), **changes)


def test_the_ingredients_of_a_version_are_that_version(version):
    assert make_trial(version, ingredients(version)) == version
    assert Version.objects.count() == 1


def test_another_lock_is_a_trial_version_like_it(version):
    made = make_trial(version, ingredients(version, lock=LOCK))

    assert (made.lock, made.main, made.interface) == (LOCK, version.main, version.interface)
    assert (made.workflow.is_hidden, made.source, made.is_draft) == (True, "trial:doubling", False)
    assert dict(made.files.values_list("path", "digest")) == ingredients(version).files


def test_the_same_ingredients_are_the_same_trial_and_a_nonce_makes_another(version):
    first = make_trial(version, ingredients(version, lock=LOCK))

    assert make_trial(version, ingredients(version, lock=LOCK)) == first
    again = make_trial(version, ingredients(version, nonce="1"))
    other = make_trial(version, ingredients(version, nonce="2"))
    assert len({version.digest, first.digest, again.digest, other.digest}) == 4
    assert [item.number for item in (first, again, other)] == [1, 2, 3]


def test_a_trial_of_a_trial_is_in_the_same_hidden_workflow(version):
    first = make_trial(version, ingredients(version, lock=LOCK))

    second = make_trial(first, ingredients(first, nonce="1"))

    assert second.workflow == first.workflow


def test_other_data_than_the_registry_says_are_part_of_the_digest(version):
    file = DataFile("events.txt", "b" * 64, 1, "https://data.example.org/events.txt")

    made = make_trial(version, ingredients(version, data=(file,)))

    assert made.data == (file,)
    assert made.digest != version.digest


def test_an_earlier_notebook_brings_its_interface(version):
    text = entries.simple_notebook(parameters="energy = 5.0  # oda:Energy_keV\ntimes = 3")
    files = ingredients(version).files | {"double.ipynb": store.put(text)}

    made = make_trial(version, ingredients(version, files=files))

    assert made.interface.parameter("energy").default == 5.0


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("double.ipynb", None, "Without double.ipynb there is nothing to run."),
        ("reprise.toml", b"runtime = 7", ("It cannot be run so. runtime is neither "
                                        '"notebook" nor "exact".')),
    ],
)  # fmt: skip
def test_what_makes_no_entry_is_refused_and_nothing_is_written(version, path, text, sentence):
    files = {key: name for key, name in ingredients(version).files.items() if key != path}
    if text is not None:
        files[path] = store.put(text)

    with pytest.raises(NotAnEntryError) as refused:
        make_trial(version, ingredients(version, files=files))

    assert refused.value.detail == sentence
    assert Version.objects.count() == 1


def test_two_that_make_the_same_trial_at_once_have_one(version, monkeypatch):
    save, late = trial._save, iter([True])

    def racing(*given):
        if next(late, False):
            save(*given)
            raise IntegrityError
        return save(*given)

    monkeypatch.setattr(trial, "_save", racing)

    made = make_trial(version, ingredients(version, lock=LOCK))

    assert (made.number, Version.objects.count()) == (1, 2)


def test_a_trial_is_listed_nowhere_and_nobody_is_told(version, committed):
    told = []
    version_registered.connect(lambda version_id, **_more: told.append(version_id), weak=False)

    with committed():
        made = make_trial(version, ingredients(version, lock=LOCK))

    assert told == []
    assert list(newest_versions()) == [version]
    assert list(search("double")) == list(search()) == [version]
    assert version_of(made.workflow.slug, made.number) == made


def test_nobody_registers_into_a_hidden_workflow(version):
    hidden = make_trial(version, ingredients(version, lock=LOCK)).workflow

    done = register_entry(Entry(entries.files()), slug=hidden.slug, source="folder:x")

    assert done.version.workflow != hidden
    assert not Workflow.objects.get(slug=hidden.slug.replace("_", "-")).is_hidden
    with pytest.raises(UnreadableSourceError):
        registration._check_owner(hidden, "folder:x")


def test_a_newest_version_is_never_a_trial(version):
    make_trial(version, ingredients(version, lock=LOCK))

    assert version_of("doubling") == version
    with pytest.raises(UnknownWorkflowError):
        version_of("trial-doubling")
