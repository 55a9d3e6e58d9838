"""What has changed between two questions, and the same with some of it put back."""

from dataclasses import replace

import hypothesis
from hypothesis import strategies as st

from catalogue.domain.entry import DataFile
from catalogue.domain.lock import pins
from gallery.domain.diagnosis import Question, changes
from gallery.domain.diagnosis.question import blend

A, B, C = "a" * 64, "b" * 64, "c" * 64


def line(name: str, version: str, digest: str = A, marker: str = "") -> str:
    return f"{name}=={version}{marker} \\\n    --hash=sha256:{digest}\n"


def data(name: str, sha: str) -> dict[str, DataFile]:
    return {name: DataFile(name, sha, 1, f"https://data.example.org/{name}")}


ENERGY = {"type": "float", "unit": "keV", "value": 20.0}
BEFORE = Question(
    lock=line("numpy", "1.26.4") + line("scipy", "1.11.0") + line("gone", "1.0"),
    files={"fit.ipynb": A, "tools.py": A, "README.md": A, "requirements.lock": A, "data.toml": A},
    main="fit.ipynb",
    data=data("events.fits", A),
    parameters={"energy": ENERGY},
    seed=0,
    commit="1" * 40,
    environment="e1",
    python="3.11.2",
)


def texts(before: Question, after: Question) -> list[str]:
    return [f"{item.key}: {item.before} → {item.after}" for item in changes(before, after)]


def test_nothing_has_changed_between_a_question_and_itself():
    assert changes(BEFORE, BEFORE) == ()


def test_every_changed_package_is_told_the_largest_step_first():
    lock = line("numpy", "2.4.1", B) + line("scipy", "1.11.4", B) + line("new", "1.0", B)
    after = replace(BEFORE, lock=lock)

    assert texts(BEFORE, after) == [
        "environment:numpy: 1.26.4 → 2.4.1",
        "environment:scipy: 1.11.0 → 1.11.4",
        "environment:gone: 1.0 → nothing",
        "environment:new: nothing → 1.0",
    ]


def test_the_same_version_with_other_bytes_is_a_change_but_other_words_are_none():
    lock = BEFORE.lock.replace(line("numpy", "1.26.4"), line("numpy", "1.26.4", B))

    assert texts(BEFORE, replace(BEFORE, lock=lock)) == ["environment:numpy: 1.26.4 → 1.26.4"]
    assert texts(BEFORE, replace(BEFORE, lock=f"# made anew\n{BEFORE.lock}")) == []


def test_files_are_told_with_the_commits_the_notebook_first_and_prose_last():
    files = BEFORE.files | {"fit.ipynb": B, "tools.py": B, "README.md": B, "more.py": C}
    found = changes(BEFORE, replace(BEFORE, files=files, commit="2" * 40))

    assert [(item.name, item.before, item.after) for item in found] == [
        ("fit.ipynb", A[:12], B[:12]), ("more.py", "nothing", C[:12]),
        ("tools.py", A[:12], B[:12]), ("README.md", A[:12], B[:12]),
    ]  # fmt: skip
    assert {item.note for item in found} == {"commit 111111111111 → 222222222222"}


def test_files_that_say_what_the_lock_and_the_registry_say_are_not_told_twice():
    files = BEFORE.files | {"requirements.lock": B, "data.toml": B}
    after = replace(BEFORE, files=files, data=data("events.fits", B))

    assert texts(BEFORE, after) == [f"data:events.fits: {A[:12]} → {B[:12]}"]


def test_a_notebook_under_another_name_is_one_change():
    files = {path: name for path, name in BEFORE.files.items() if path != "fit.ipynb"}
    after = replace(BEFORE, files=files | {"best.ipynb": A}, main="best.ipynb")

    assert texts(BEFORE, after) == [f"code:best.ipynb: {A[:12]} as fit.ipynb → {A[:12]}"]


def test_parameters_that_both_have_and_the_seed_are_told():
    after = replace(BEFORE, parameters={"energy": ENERGY | {"value": 25.0}, "new": ENERGY}, seed=7)

    assert texts(BEFORE, after) == ["parameter:energy: 20 keV → 25 keV", "seed:seed: 0 → 7"]


def test_an_input_is_told_by_the_run_that_made_it():
    one = {"type": "product", "value": {"run": A, "output": "counts"}}
    other = {"type": "product", "value": [{"run": B, "output": "counts"}, {"digest": C}]}
    before = replace(BEFORE, parameters={"table": one}, sources={A: "counts 1"})

    assert texts(before, replace(before, parameters={"table": other})) == [
        f"parameter:table: counts of counts 1 ({A[:12]}) → 2 products"
    ]


def test_an_authors_own_file_is_told_as_a_file():
    one = {"type": "product", "value": {"file": "a.csv"}}
    before = replace(BEFORE, parameters={"table": one})
    after = replace(before, parameters={"table": one | {"value": {"file": "b.csv"}}})

    assert texts(before, after) == []


def test_python_and_the_machine_are_told_but_cannot_be_put_back():
    (python,) = changes(BEFORE, replace(BEFORE, python="3.12.1", environment="e2"))
    (machine,) = changes(BEFORE, replace(BEFORE, environment="e2"))

    assert (python.text, python.can_be_put_back) == ("Python 3.11.2 → 3.12.1", False)
    assert (machine.name, machine.can_be_put_back) == ("machine", False)


def test_a_strangers_text_is_shown_plainly_and_not_at_length():
    form = {"type": "string", "value": "\0\n" + "x" * 500}
    before = replace(BEFORE, parameters={"name": {"type": "string", "value": "a"}})
    (found,) = changes(before, replace(before, parameters={"name": form}))

    assert found.after == "??" + "x" * 78


# Putting back


AFTER = replace(
    BEFORE,
    lock=line("numpy", "2.4.1", B) + line("scipy", "1.11.4", B) + line("new", "1.0", B),
    files={"best.ipynb": B, "tools.py": B, "README.md": A, "requirements.lock": B, "data.toml": B},
    main="best.ipynb",
    data=data("events.fits", B) | data("more.fits", C),
    parameters={"energy": ENERGY | {"value": 25.0}},
    seed=7,
)


def test_a_package_is_put_back_with_its_own_hashes_and_the_others_stay():
    found = blend(BEFORE, AFTER, {"environment:numpy", "environment:gone"}, every=False)

    assert {(pin.name, pin.version, *pin.hashes) for pin in pins(found.lock)} == {
        ("numpy", "1.26.4", A), ("gone", "1.0", A), ("scipy", "1.11.4", B), ("new", "1.0", B),
    }  # fmt: skip
    assert replace(found, lock="") == replace(AFTER, lock="")


def test_all_packages_put_back_are_the_very_lock_there_was():
    keys = {f"environment:{name}" for name in ("numpy", "scipy", "gone", "new")}

    assert blend(BEFORE, AFTER, keys, every=False).lock == BEFORE.lock


def test_a_package_that_is_new_is_left_out():
    found = blend(BEFORE, AFTER, {"environment:new"}, every=False)

    assert [pin.name for pin in pins(found.lock)] == ["numpy", "scipy"]


def test_a_file_is_put_back_alone_and_the_notebook_under_its_earlier_name():
    tools = blend(BEFORE, AFTER, {"code:tools.py"}, every=False)
    main = blend(BEFORE, AFTER, {"code:best.ipynb"}, every=False)

    assert (tools.files, tools.main) == (AFTER.files | {"tools.py": A}, "best.ipynb")
    assert main.main == "fit.ipynb"
    assert main.code == {"fit.ipynb": A, "tools.py": B, "README.md": A}


def test_data_is_put_back_in_part_or_with_its_registry():
    part = blend(BEFORE, AFTER, {"data:events.fits"}, every=False)
    whole = blend(BEFORE, AFTER, {"data:events.fits", "data:more.fits"}, every=False)

    assert {name: file.sha256 for name, file in part.data.items()} == {
        "events.fits": A, "more.fits": C,
    }  # fmt: skip
    assert (part.files["data.toml"], whole.files["data.toml"]) == (B, A)
    assert whole.data == BEFORE.data


def test_parameters_and_the_seed_are_put_back():
    found = blend(BEFORE, AFTER, {"parameter:energy", "seed:seed"}, every=False)

    assert (found.parameters, found.seed) == (BEFORE.parameters, 0)


@hypothesis.given(st.sets(st.sampled_from([item.key for item in changes(BEFORE, AFTER)])))
def test_what_is_put_back_is_no_change_any_more_and_the_rest_still_is(keys):
    found = blend(BEFORE, AFTER, keys, every=False)

    every = {item.key for item in changes(BEFORE, AFTER)}
    left = {item.key.replace("fit.ipynb", "best.ipynb") for item in changes(BEFORE, found)}
    assert left == every - keys
    assert blend(BEFORE, AFTER, keys, every=True) == BEFORE
