"""Magics, commands and the other things of IPython that notebooks are used to."""

import json

import pytest

from tests.executor.runtime.notebooks import Ran, Runner, notebook


def printed(ran: Ran, cell: int, name: str = "stdout") -> str:
    assert ran.status == 0, ran.err
    return "".join(o["text"] for o in ran.outputs(cell) if o.get("name") == name)


def shown(ran: Ran, cell: int) -> list[dict[str, str]]:
    assert ran.status == 0, ran.err
    return [o["data"] for o in ran.outputs(cell) if "data" in o]


def test_time_runs_the_statement_where_it_stands(run: Runner) -> None:
    ran = run("%time x = 2\ny = %time x + 1\ndef f():\n    %time z = 4\n    return z\n(x, y, f())")
    assert shown(ran, 1) == [{"text/plain": "(2, 3, 4)"}]


def test_timeit_runs_once_and_assigns_nothing(run: Runner) -> None:
    ran = run(
        "n = []\n%timeit -n 100 -r 3 n.append(1)\nt = %timeit -o n.append(2)\n"
        "%timeit left = 1\n(n, t.average >= 0, 'left' in dir())",
        "%%timeit m = 5\nn.append(m)\nother = 1",
        "(n, 'm' in dir(), 'other' in dir())",
    )
    assert shown(ran, 1) == [{"text/plain": "([1, 2], True, False)"}]
    assert shown(ran, 3) == [{"text/plain": "([1, 2, 5], False, False)"}]


def test_captured_cell_shows_nothing_until_it_is_asked_to(run: Runner) -> None:
    ran = run(
        "%%capture --no-display got\nimport sys\nprint('out')\nprint('err', file=sys.stderr)\n7",
        "print(repr(got.stdout), repr(got.stderr), len(got.outputs))",
        "got.show()",
        "%%capture\nprint('gone')",
    )
    assert ran.outputs(1) == ran.outputs(4) == []
    assert printed(ran, 2) == "'out\\n' 'err\\n' 1\n"
    assert (printed(ran, 3), shown(ran, 3)) == ("out\n", [{"text/plain": "7"}])


def test_error_in_a_captured_cell_says_its_line(run: Runner) -> None:
    ran = run("%%capture got\na = 1\n1 / 0")
    assert (ran.status, ran.error["line"], ran.error["type"]) == (3, 3, "ZeroDivisionError")


def test_cell_is_written_to_a_file_or_added_to_it(run: Runner) -> None:
    ran = run(
        "%%writefile made.py\nVALUE = '%d!'\n",
        "%%writefile -a made.py\nOTHER = 2",
        "import made\n(made.VALUE, made.OTHER)",
    )
    assert (printed(ran, 1), printed(ran, 2)) == ("Writing made.py\n", "Appending to made.py\n")
    assert shown(ran, 3) == [{"text/plain": "('%d!', 2)"}]


def test_command_prints_into_the_notebook_and_knows_names(run: Runner) -> None:
    ran = run(
        "name = 'world'\n!echo hello {name} $name $HOME_NONE {1 + 1} {no such} && exit 3\n"
        "_exit_code",
        "for i in range(2):\n    !echo line {i} \\\n        more",
    )
    assert printed(ran, 1) == "hello world world 2 {no such}\n"
    assert shown(ran, 1) == [{"text/plain": "3"}]
    assert printed(ran, 2) == "line 0 more\nline 1 more\n"


def test_command_gives_its_lines(run: Runner) -> None:
    ran = run("files = !printf 'a\\nb\\n'\n(files, files.s, files.n)", "x = %sx echo 5\nx[0]")
    assert shown(ran, 1) == [{"text/plain": "(['a', 'b'], 'a b', 'a\\nb')"}]
    assert shown(ran, 2) == [{"text/plain": "'5'"}]


def test_bash_cell_prints_and_its_failure_is_one(run: Runner) -> None:
    ran = run("%%bash\nfor i in 1 2; do echo $i; done\necho bad >&2", "%%sh\nexit 4")
    outputs = [(o["name"], o["text"]) for o in ran.outputs(1)]
    assert outputs == [("stdout", "1\n2\n"), ("stderr", "bad\n")]
    assert (ran.status, ran.error["cell"], ran.error["type"]) == (3, 2, "CalledProcessError")


def test_python_cell_runs_apart(run: Runner) -> None:
    ran = run("x = 1", "%%python\nprint('x' in dir())")
    assert printed(ran, 2) == "False\n"


def test_environment_and_folder(run: Runner) -> None:
    (run.work / "sub").mkdir()
    ran = run(
        "%env COLOUR=blue\n%set_env SIZE 3\nimport os\nv = %env COLOUR\n(v, os.environ['SIZE'])",
        "%cd sub\nhere = %pwd\nhere.endswith('sub')",
        "%cd ..\n%ls",
    )
    assert shown(ran, 1) == [{"text/plain": "('blue', '3')"}]
    assert shown(ran, 2) == [{"text/plain": "True"}]
    assert "x.ipynb" in printed(ran, 3).split()


def test_script_and_notebook_are_run_into_the_names(run: Runner) -> None:
    (run.work / "script.py").write_text(
        "import sys\nif __name__ == '__main__':\n    made = sys.argv[1:]\n"
    )
    (run.work / "other.ipynb").write_text(json.dumps(notebook("%time part = 2", "part += 1")))
    ran = run("%run script.py one two\n%run other.ipynb\n(made, part)")
    assert shown(ran, 1) == [{"text/plain": "(['one', 'two'], 3)"}]


@pytest.mark.parametrize(
    "line",
    ["%pip install x", "!pip install 'x", "!python -m pip install x", "%conda install x",
     "!{sys.executable} -m pip install x"],
)  # fmt: skip
def test_installation_is_left_out_with_a_note(run: Runner, line: str) -> None:
    ran = run(f"{line}\n1")
    assert (ran.status, shown(ran, 1)) == (0, [{"text/plain": "1"}])
    assert ran.err.startswith("[runner] cell 1, line 1:")
    assert "left out" in ran.err


@pytest.mark.parametrize("line", ["len?", "?len", "len??", "x.y?;", "%time?"])
def test_question_is_passed_over(run: Runner, line: str) -> None:
    ran = run(f"{line}\n1")
    assert shown(ran, 1) == [{"text/plain": "1"}]


def test_results_have_their_names(run: Runner) -> None:
    ran = run("1", "2", "(_, __, _1, _2, Out, In[1])", "_ = 5\n7", "(_, Out[4])")
    assert shown(ran, 3) == [{"text/plain": "(2, 1, 1, 2, {1: 1, 2: 2}, '1')"}]
    assert shown(ran, 5) == [{"text/plain": "(5, 7)"}]


def test_names_of_results_may_be_taken(run: Runner) -> None:
    ran = run("In = 1\nOut = 2\n_ = 3\n__ = 4", "9", "(In, Out, _, __)")
    assert shown(ran, 3) == [{"text/plain": "(1, 2, 3, 4)"}]


def test_shell_does_what_notebooks_ask_of_it(run: Runner) -> None:
    ran = run(
        "ip = get_ipython()\nip.run_line_magic('matplotlib', 'inline')\nip.magic('env A=1')\n"
        "ip.system('echo from the shell')\nip.run_cell('z = 3')\n"
        "ip.run_cell_magic('bash', '', 'echo bash')\nip.events.register('post_run_cell', print)\n"
        "ip.config.InlineBackend.figure_format = 'svg'\n(z, ip.ev('z + 1'), ip.user_ns['z'])",
    )
    assert printed(ran, 1) == "env: A=1\nfrom the shell\nbash\n"
    assert shown(ran, 1) == [{"text/plain": "(3, 4, 3)"}]


def test_imported_shell_is_for_cells_and_not_for_packages(run: Runner) -> None:
    (run.work / "package.py").write_text("from IPython import get_ipython\nSEEN = get_ipython()\n")
    ran = run(
        "from IPython import get_ipython\nimport package\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n(package.SEEN, get_ipython())"
    )
    assert shown(ran, 1) == [{"text/plain": "(None, <the shell of this notebook>)"}]


def test_unknown_magic_by_the_shell_is_refused(run: Runner) -> None:
    ran = run("get_ipython().run_line_magic('store', 'x')")
    assert (ran.status, ran.error["type"]) == (3, "UnsupportedMagic")


def test_display_is_updated_in_its_cell_and_later(run: Runner) -> None:
    ran = run(
        "h = display('old', display_id=True)\nd = display('a', display_id='named')\n"
        "h.update('new')",
        "from IPython.display import update_display\nupdate_display('b', display_id='named')\n"
        "h.display('again')",
    )
    assert shown(ran, 1) == [{"text/plain": "'new'"}, {"text/plain": "'b'"}]
    assert shown(ran, 2) == [{"text/plain": "'again'"}]


def test_outputs_are_cleared_at_once_or_with_the_next(run: Runner) -> None:
    ran = run(
        "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
        "print('c')\nclear_output(wait=True)\nprint('d')",
        "print('e')\nclear_output(wait=True)",
    )
    assert [printed(ran, cell) for cell in (1, 2, 3)] == ["b\n", "d\n", "e\n"]


def test_texts_are_shown_as_what_they_are(run: Runner) -> None:
    ran = run("%%html\n<b>x</b>", "%%markdown\n*x*", "%%latex\n$x$")
    assert [shown(ran, cell) for cell in (1, 2, 3)] == [
        [{"text/html": "<b>x</b>"}],
        [{"text/markdown": "*x*"}],
        [{"text/latex": "$x$"}],
    ]


def test_python_that_looks_like_a_magic_is_python(run: Runner) -> None:
    ran = run("a = 7\nb = (a\n%4)\nt = '''\n%time\n!ls\nx?\n'''\n(b, t)")
    assert shown(ran, 1) == [{"text/plain": "(3, '\\n%time\\n!ls\\nx?\\n')"}]
