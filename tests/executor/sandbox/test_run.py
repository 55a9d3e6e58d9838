"""Running a job: how it ends, what comes out of it, and which limits hold."""

import itertools
import os
import sys
from pathlib import Path

import pytest

from executor.adapters.sandbox import SandboxError
from executor.domain.job import MEBIBYTE, Cause
from tests.executor.sandbox.trials import Result, Sandbox


def outcome(result: Result) -> tuple[Cause, int | None]:
    return result.ending.cause, result.ending.code


@pytest.mark.parametrize("code", [0, 3])
def test_exit_status_is_the_commands(any_sandbox: Sandbox, code: int) -> None:
    assert outcome(any_sandbox.command("/bin/sh", "-c", f"exit {code}")) == (Cause.EXITED, code)


@pytest.mark.parametrize("number", [9, 11])
def test_signal_is_the_one_that_ended_the_command(any_sandbox: Sandbox, number: int) -> None:
    result = any_sandbox.command("/bin/sh", "-c", f"kill -{number} $$")
    assert outcome(result) == (Cause.SIGNALLED, number)


def test_log_holds_output_and_errors_as_they_came(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command("/bin/sh", "-c", "echo one; echo two >&2; echo three")
    assert result.log == "one\ntwo\nthree\n"


def test_log_passes_through_the_named_files_of_the_streams(any_sandbox: Sandbox) -> None:
    assert any_sandbox.command("/bin/sh", "-c", "echo one > /dev/stdout").log == "one\n"


def test_events_are_the_lines_written_to_descriptor_three(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command("/bin/sh", "-c", "echo one >&3; printf 'two\\nunfinished' >&3")
    assert result.events == [b"one", b"two"]


def test_event_of_more_than_64_kib_is_dropped_and_the_next_is_not(any_sandbox: Sandbox) -> None:
    probe = "import os; os.write(3, b'x' * 70_000 + b'\\nnext\\n')"
    assert any_sandbox.python(probe).events == [b"next"]


def test_events_past_four_mebibytes_are_dropped(any_sandbox: Sandbox) -> None:
    probe = "import os; [os.write(3, b'x' * 1023 + b'\\n') for _ in range(5000)]"
    result = any_sandbox.python(probe)
    assert (outcome(result), len(result.events)) == ((Cause.EXITED, 0), 4096)


def test_standard_input_is_empty(any_sandbox: Sandbox) -> None:
    assert any_sandbox.command("/bin/sh", "-c", "cat; echo end").log == "end\n"


def test_environment_is_the_jobs_and_the_current_folder(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPRISE_SECRET_KEY", "the service's secret")
    any_sandbox.environ = {"COLOUR": "blue"}
    probe = "import json, os; print(json.dumps(dict(os.environ)))"
    assert any_sandbox.python(probe).said == {
        "COLOUR": "blue",
        "LC_ALL": "C.UTF-8",
        "PWD": str(any_sandbox.folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def test_descriptors_are_the_three_streams_and_events(any_sandbox: Sandbox) -> None:
    with Path(os.devnull).open() as held:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003 - takes no keyword
        probe = """
import json, os
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
print(json.dumps([number for number in range(200) if is_open(number)]))
"""
        assert any_sandbox.python(probe).said == [0, 1, 2, 3]


def test_current_folder_is_the_work_folder_and_what_is_written_stays(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command("/bin/sh", "-c", "pwd; mkdir sub; echo kept > sub/file")
    kept = any_sandbox.folder / "sub" / "file"
    assert (result.log, kept.read_text()) == (f"{any_sandbox.folder}\n", "kept\n")


def test_files_of_the_folder_can_be_changed_and_replaced(any_sandbox: Sandbox) -> None:
    given = any_sandbox.folder / "given"
    given.mkdir(mode=0o700)
    (given / "file").write_text("old")
    any_sandbox.command("/bin/sh", "-c", "echo new > given/file; mv given taken")
    assert (any_sandbox.folder / "taken" / "file").read_text() == "new\n"


def test_command_that_is_missing_is_a_fault_of_the_platform(any_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="did not start"):
        any_sandbox.command("/usr/bin/no-such-command")


@pytest.mark.parametrize("path", ["relative", "/", "/proc", "/usr/../etc", "/no/such/path"])
def test_path_that_cannot_be_shown_is_refused(any_sandbox: Sandbox, path: str) -> None:
    any_sandbox.readable = [Path(path)] if ".." not in path else [Path("/usr") / ".." / "etc"]
    with pytest.raises(SandboxError, match="cannot be shown"):
        any_sandbox.command("/bin/true")


def test_printing_too_much_ends_the_job_and_the_log_is_cut_at_the_limit(
    any_sandbox: Sandbox,
) -> None:
    result = any_sandbox.command("/usr/bin/yes", log_bytes=10_000)
    assert (outcome(result), len(result.log)) == ((Cause.TOO_MUCH_PRINTED, None), 10_000)


def test_printing_exactly_the_limit_is_allowed(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command("/bin/sh", "-c", "printf 12345", log_bytes=5)
    assert (outcome(result), result.log) == ((Cause.EXITED, 0), "12345")


def test_wall_clock_ends_the_job_and_keeps_what_it_printed(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command("/bin/sh", "-c", "echo begun; sleep 60", wall_seconds=0.3)
    assert (outcome(result), result.log) == ((Cause.TIMED_OUT, None), "begun\n")
    assert 0.3 <= result.ending.wall_seconds < 2


def test_job_is_stopped_when_asked(any_sandbox: Sandbox) -> None:
    answers = itertools.chain([False], itertools.repeat(True))  # noqa: FBT003 - takes no keyword
    any_sandbox.stop = lambda: next(answers)
    assert outcome(any_sandbox.command("/bin/sleep", "60")) == (Cause.STOPPED, None)


def test_error_of_the_one_who_listens_ends_the_job_and_is_raised(any_sandbox: Sandbox) -> None:
    def fail() -> bool:
        raise LookupError("the run is gone")

    any_sandbox.stop = fail
    with pytest.raises(LookupError, match="the run is gone"):
        any_sandbox.command("/bin/sleep", "60")


def test_writing_too_much_ends_the_job(any_sandbox: Sandbox) -> None:
    script = "while :; do head -c 200000 /dev/zero >> file$((i=i+1)); sleep 0.01; done"
    result = any_sandbox.command("/bin/sh", "-c", script, folder_bytes=MEBIBYTE)
    assert outcome(result) == (Cause.TOO_MUCH_WRITTEN, None)


def test_writing_too_much_is_noticed_after_a_short_job_too(any_sandbox: Sandbox) -> None:
    result = any_sandbox.command(
        "/bin/sh", "-c", "head -c 2000000 /dev/zero > f", folder_bytes=MEBIBYTE
    )
    assert outcome(result) == (Cause.TOO_MUCH_WRITTEN, None)


def test_empty_files_count(any_sandbox: Sandbox) -> None:
    probe = "[open(str(i), 'w').close() for i in range(1100)]"
    result = any_sandbox.python(probe, folder_bytes=MEBIBYTE)
    assert outcome(result) == (Cause.TOO_MUCH_WRITTEN, None)


def test_link_in_the_folder_is_not_followed_by_the_count(any_sandbox: Sandbox) -> None:
    script = "ln -s / root; ln -s . self; ln -s /usr/bin/env file"
    result = any_sandbox.command("/bin/sh", "-c", script, folder_bytes=MEBIBYTE)
    assert outcome(result) == (Cause.EXITED, 0)


def test_memory_is_bounded(any_sandbox: Sandbox) -> None:
    probe = "try: bytearray(10**9)\nexcept MemoryError: print('refused')"
    assert any_sandbox.python(probe).log == "refused\n"


def test_job_is_ended_before_the_service_when_memory_runs_out(any_sandbox: Sandbox) -> None:
    assert int(any_sandbox.command("/bin/cat", "/proc/self/oom_score_adj").log) >= 500


def test_file_size_is_bounded(any_sandbox: Sandbox) -> None:
    probe = "try: open('f', 'wb', 0).write(bytes(3 * 2**20))\nexcept OSError as e: print(e.errno)"
    any_sandbox.python(probe, file_bytes=MEBIBYTE)
    assert (any_sandbox.folder / "f").stat().st_size == MEBIBYTE


def test_processor_time_is_bounded(sandbox: Sandbox) -> None:
    cause, code = outcome(sandbox.python("while True: pass", cpu_seconds=1))
    assert (cause, code) in {(Cause.SIGNALLED, 24), (Cause.SIGNALLED, 9)}  # SIGXCPU or SIGKILL


def test_open_files_are_bounded(any_sandbox: Sandbox) -> None:
    probe = (
        "try:\n  held = [open('/dev/null') for _ in range(99)]\nexcept OSError: print('refused')"
    )
    assert any_sandbox.python(probe, open_files=40).log == "refused\n"


def test_read_only_data_may_lie_within_the_work_folder(sandbox: Sandbox) -> None:
    data = sandbox.folder / "data"
    data.mkdir()
    (data / "file").write_text("given")
    sandbox.readable = [data]
    result = sandbox.command("/bin/sh", "-c", "cat data/file; echo x > data/file || echo refused")
    assert result.log.startswith("given")
    assert (result.log.endswith("refused\n"), (data / "file").read_text()) == (True, "given")


def test_readable_path_behind_a_link_of_the_work_folder_is_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (sandbox.folder / "data").symlink_to(tmp_path / "secret")
    sandbox.readable = [sandbox.folder / "data"]
    with pytest.raises(SandboxError, match="behind a symbolic link"):
        sandbox.command("/bin/true")


def test_readable_file_is_shown_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "shown").write_text("shown")
    sandbox.readable = [tmp_path / "shown"]
    script = f"cat {tmp_path}/shown; ls {tmp_path}"
    assert sandbox.command("/bin/sh", "-c", script).log == "shownshown\nwork\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the folder to another user")
def test_file_with_a_second_name_is_not_handed_over(sandbox: Sandbox, tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.write_text("in the store")
    stored.chmod(0o644)
    os.link(stored, sandbox.folder / "input")
    result = sandbox.command("/bin/sh", "-c", "cat input; echo worse > input")
    assert (result.log[:12], stored.read_text(), stored.stat().st_uid) == (
        "in the store",
        "in the store",
        0,
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is no other user")
def test_files_do_not_come_back_as_roots(sandbox: Sandbox) -> None:
    sandbox.command("/bin/sh", "-c", "echo x > made")
    assert (sandbox.folder / "made").stat().st_uid == 65534


def test_interpreter_of_the_tests_is_the_one_inside(sandbox: Sandbox) -> None:
    assert sandbox.python("import sys; print(sys.executable)").log == f"{sys.executable}\n"
