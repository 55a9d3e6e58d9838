"""Finding out which isolation works here."""

import pytest

from executor.adapters.sandbox import isolation, probe, waiting

NONE = "No isolation works on this machine:"
STATUS = "CapEff:\t{caps}\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"


def unremembered(preference: str) -> tuple[str, str]:
    found = isolation.__wrapped__(preference)
    return found.name, found.reason


def without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)


def test_off_is_what_was_asked_for() -> None:
    assert unremembered("off") == ("off", "The operator switched isolation off.")


def test_unknown_preference_is_refused() -> None:
    with pytest.raises(ValueError, match="No isolation 'docker': choose one of auto, bubblewrap"):
        isolation("docker")


def test_direct_needs_nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    without_bubblewrap(monkeypatch)
    name, reason = unremembered("auto")
    assert (name, reason.partition(" (")[0]) == (
        "direct",
        "A trial run in namespaces of our own was isolated",
    )


def test_missing_bubblewrap_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    without_bubblewrap(monkeypatch)
    what = "bubblewrap is not installed: install it or choose another isolation"
    assert unremembered("bubblewrap") == ("off", f"{NONE} bubblewrap: {what}.")


def test_trial_that_fails_is_not_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PROGRAM", "raise SystemExit(1)")
    what = "The sandbox did not start: its launcher died"
    assert unremembered("direct") == ("off", f"{NONE} direct: {what}.")


@pytest.mark.parametrize(
    ("caps", "failure"),
    [
        ("0000000000000000", ""),
        ("000001ffffffffff", "the trial was not isolated (CapEff)"),
    ],
)
def test_trial_with_privileges_is_not_isolation(caps: str, failure: str) -> None:
    assert probe.judged(STATUS.format(caps=caps), succeeded=True) == failure
