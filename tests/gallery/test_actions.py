"""Verbs of the gallery: statements become figures, ended runs become checks, each once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from executor.actions import plan_run
from executor.models import Run
from executor.signals import run_ended
from gallery import tasks
from gallery.actions import add_paper, check_figure, judge_ended_runs, judge_run, welcome_version
from gallery.errors import BadStatementError
from gallery.models import Check, Figure, Paper
from tests.factories import entries, rows

pytestmark = pytest.mark.django_db
PAPER = entries.PAPER
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def refusal(version) -> str:
    with pytest.raises(BadStatementError) as refused:
        add_paper(version)
    assert (refused.value.id, refused.value.status) == ("gallery:user:bad-statement", 422)
    return refused.value.detail


# Statements


def test_a_statement_becomes_a_paper_and_its_figures(stated):
    version = stated()

    (figure,) = add_paper(version)

    paper = Paper.objects.get()
    assert (paper.slug, paper.doi, paper.year, paper.authors_json) == (
        "lovelace-1843", "10.1000/doubling", 1843, ["Lovelace, A."],
    )  # fmt: skip
    assert (figure.paper, figure.version, figure.run) == (paper, version, None)
    assert (figure.slug, figure.kind, figure.order) == ("doubled", "number", 0)
    (value,) = figure.values
    assert (value.output, value.published, value.allowed, value.unit) == ("total", 40.0, 0.5, "keV")


def test_a_version_without_statement_has_no_figures(db):
    assert add_paper(rows.VersionFactory()) == []


def test_a_draft_has_no_figures(stated):
    assert add_paper(stated(is_draft=True)) == []


def test_adding_again_brings_up_to_date(stated):
    version = stated()
    add_paper(version)
    newer = stated(PAPER.replace("Twice twenty", "Two twenties"), workflow=version.workflow)

    add_paper(newer)

    figure = Figure.objects.get()
    assert (figure.title, figure.version) == ("Two twenties", newer)
    assert Paper.objects.count() == 1


def test_a_figure_that_moves_to_a_new_version_has_no_run_and_keeps_its_history(stated, run_of):
    version = stated()
    (figure,) = add_paper(version)
    judge_run(run_of(figure).pk)

    (moved,) = add_paper(stated(PAPER + "\n# newer\n", workflow=version.workflow))

    assert (moved.pk, moved.run) == (figure.pk, None)
    assert moved.checks.count() == 1


def test_a_figure_that_stays_with_its_version_keeps_its_run(stated, run_of):
    version = stated()
    (figure,) = add_paper(version)
    run = run_of(figure)

    (again,) = add_paper(version)

    assert again.run == run


def test_a_figure_of_another_workflow_is_not_taken_over(stated):
    owner = stated()
    add_paper(owner)
    thief = stated(PAPER.replace("Twice twenty", "Mine"))

    assert refusal(thief) == "The figure doubled belongs to another workflow: rename yours."
    figure = Figure.objects.get()
    assert (figure.title, figure.version) == ("Twice twenty", owner)


def test_a_paper_of_another_workflow_is_not_renamed(stated):
    add_paper(stated())
    other = PAPER.replace('"doubled"', '"other"').replace("On doubling", "Nonsense")

    add_paper(stated(other))

    assert Paper.objects.get().title == "On doubling"
    assert set(Figure.objects.values_list("slug", flat=True)) == {"doubled", "other"}


def test_the_name_of_a_paper_is_not_given_to_another_paper(stated):
    add_paper(stated())
    other = PAPER.replace('"doubled"', '"other"').replace("10.1000/doubling", "10.1000/nonsense")

    assert (
        refusal(stated(other)) == "The name lovelace-1843 belongs to another paper: rename yours."
    )
    assert Paper.objects.get().doi == "10.1000/doubling"
    assert Figure.objects.count() == 1


def test_a_statement_with_one_figure_of_somebody_else_adds_none_of_them(stated):
    add_paper(stated())
    own = PAPER.replace("lovelace-1843", "mine-2000").replace('"doubled"', '"own"')
    both = own + PAPER[PAPER.index("[[figure]]") :]

    assert refusal(stated(both)) == "The figure doubled belongs to another workflow: rename yours."
    assert set(Figure.objects.values_list("slug", flat=True)) == {"doubled"}
    assert set(Paper.objects.values_list("slug", flat=True)) == {"lovelace-1843"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'output = "total"',
            'output = "sum"',
            "Figure doubled compares 'sum', which is no output of the notebook.",
        ),
        (
            'kind = "number"',
            'picture = "evolution"',
            "Figure doubled compares 'evolution', which is no output of the notebook.",
        ),
        (
            'kind = "number"',
            "parameters = { energy = 900 }",
            "Figure doubled: energy: 900 keV is too large: write at most 500 keV.",
        ),
        (
            'kind = "number"',
            "parameters = { speed = 1 }",
            "Figure doubled: speed: There is no parameter 'speed'; the parameters are: energy.",
        ),
        ('doi = "10.1000/doubling"', "", "There is no doi in [paper] of paper.toml."),
    ],
)
def test_a_statement_that_its_notebook_does_not_bear_out_is_refused(stated, old, new, sentence):
    assert refusal(stated(PAPER.replace(old, new, 1))) == sentence
    assert (Paper.objects.count(), Figure.objects.count()) == (0, 0)


@pytest.mark.parametrize("parameters", ["{ energy = 2003-01-01 }", "{ energy = nan }"])
def test_parameters_that_no_run_takes_are_refused(stated, parameters):
    text = PAPER.replace('kind = "number"', f"parameters = {parameters}")

    assert refusal(stated(text)).startswith("Figure doubled: energy: ")


def test_a_new_version_has_its_figures_checked(stated, sent, committed):
    with committed():
        (figure,) = welcome_version(stated().pk)

    assert sent == [("gallery.check_figure", figure.pk)]


def test_a_statement_that_cannot_be_read_becomes_a_finding(stated, sent, committed):
    version = stated(PAPER.replace('output = "total"', 'output = "sum"'))

    with committed():
        assert welcome_version(version.pk) == []
        assert welcome_version(version.pk) == []

    version.refresh_from_db()
    assert version.findings_json == [
        {
            "severity": "should",
            "id": "gallery:user:bad-statement",
            "where": {"file": "paper.toml", "cell": None, "line": None},
            "place": "paper.toml",
            "what": "Figure doubled compares 'sum', which is no output of the notebook.",
            "mend": "docs/how-to/author.md shows how a statement is written.",
        }
    ]
    assert sent == []


# Asking for the run


def test_checking_a_figure_asks_for_its_run(figure, sent, committed):
    with committed():
        run = check_figure(figure)

    figure.refresh_from_db()
    assert (figure.run, run.state) == (run, "queued")
    assert run.address == plan_run(figure.version, {}).address
    assert sent == [("executor.work",)]
    assert Check.objects.count() == 0


def test_checking_a_figure_whose_answer_is_known_judges_it_at_once(figure):
    address = plan_run(figure.version, {}).address
    rows.finished_run(value=40.0, version=figure.version, address=address)

    check_figure(figure)
    check_figure(figure)

    (check,) = figure.checks.all()
    assert check.verdict == "identical"


def test_the_parameters_of_the_figure_are_asked_for(stated, sent):
    text = PAPER.replace('kind = "number"', 'parameters = { energy = "0.025 MeV" }')
    (figure,) = add_paper(stated(text))

    assert check_figure(figure).values_json == {"energy": 25.0}


# Judging


@pytest.mark.parametrize(
    ("value", "verdict", "sentence"),
    [
        (
            40.0,
            "identical",
            "twice twenty: published 40 keV, found 40 keV: the same to every digit printed.",
        ),
        (
            40.5,
            "within tolerance",
            "twice twenty: published 40 keV, found 40.5 keV; allowed ± 0.5 keV.",
        ),
        (41.0, "different", "twice twenty: published 40 keV, found 41 keV; allowed ± 0.5 keV."),
        ("NaN", "different", "twice twenty: published 40 keV, found nan."),
        ([40.0], "not comparable", "twice twenty: The output total is no single value."),
        (None, "different", "twice twenty: published 40.0, found None."),
    ],
)
def test_a_finished_run_is_judged(figure, run_of, value, verdict, sentence):
    (check,) = judge_run(run_of(figure, value).pk)

    assert (check.verdict, check.sentence) == (verdict, sentence)


def test_a_run_whose_output_is_no_json_is_not_comparable(figure, run_of):
    run = run_of(figure)
    run.outputs.update(product=rows.ProductFactory(data=b"[" * 100_000))

    (check,) = judge_run(run.pk)

    assert (check.verdict, check.sentence) == (
        "not comparable", "twice twenty: The output total cannot be read as a number.",
    )  # fmt: skip


def test_a_run_without_the_output_is_not_comparable(figure, run_of):
    run = run_of(figure)
    run.outputs.all().delete()

    (check,) = judge_run(run.pk)

    assert check.sentence == "twice twenty: The re-run gave no total."


def test_a_run_that_failed_by_its_own_code_is_a_failed_figure(figure, run_of):
    run = run_of(
        figure, state="failed", error_id="executor:user:raised", error="Cell 2 raised E: no"
    )

    (check,) = judge_run(run.pk)

    assert (check.verdict, check.sentence, check.comparisons) == (
        "failed", "The re-run failed. Cell 2 raised E: no", [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [
        {"state": "failed", "error_id": "executor:platform:worker-lost", "error": "lost"},
        {"state": "waiting for data", "error_id": "executor:platform:data-unreachable"},
        {"state": "queued"},
        {"state": "running"},
        {"state": "cancelled"},
    ],
)
def test_what_says_nothing_about_the_science_is_not_judged(figure, run_of, how):
    run = run_of(figure, **how)

    assert judge_run(run.pk) == []
    assert judge_ended_runs() == []
    assert Check.objects.count() == 0


def test_a_run_is_judged_once(figure, run_of):
    run = run_of(figure)

    assert (len(judge_run(run.pk)), judge_run(run.pk), judge_ended_runs()) == (1, [], [])
    assert Check.objects.count() == 1


def test_a_failed_run_that_finishes_when_asked_again_is_judged_anew(figure, run_of, time_machine):
    time_machine.move_to(MOMENT, tick=False)
    run = run_of(figure, state="failed", error_id="executor:user:too-long", ended_at=MOMENT)
    judge_run(run.pk)

    time_machine.shift(timedelta(minutes=1))
    rows.OutputFactory(run=run)
    Run.objects.update(state="finished", error_id="", ended_at=MOMENT + timedelta(minutes=1))
    judge_run(run.pk)

    (check,) = figure.checks.all()
    assert (check.verdict, check.checked_at) == ("identical", MOMENT + timedelta(minutes=1))


def test_one_run_is_judged_for_every_figure_that_asked_for_it(stated, run_of):
    second = PAPER[PAPER.index("[[figure]]") :].replace('"doubled"', '"again"')
    figures = add_paper(stated(PAPER + second.replace("= 40.0", "= 90.0")))
    run = run_of(figures[0])
    figures[1].run = run
    figures[1].save()

    assert {check.figure.slug: check.verdict for check in judge_run(run.pk)} == {
        "doubled": "identical", "again": "different",
    }  # fmt: skip


def test_the_moment_a_run_ends_it_is_judged(figure, run_of):
    run = run_of(figure)

    run_ended.send(Run, run_id=run.pk)

    assert figure.checks.get().verdict == "identical"


def test_what_a_lost_signal_missed_is_found(figure, run_of):
    run_of(figure)

    tasks.judge_ended_runs()

    assert figure.checks.get().verdict == "identical"


def test_the_tasks_do_what_their_names_say(figure, sent, committed, stated):
    with committed():
        tasks.check_figure(figure.pk)
        tasks.on_version_registered(stated(PAPER.replace("output", "out")).pk)

    figure.refresh_from_db()
    assert figure.run.state == "queued"


def test_two_figures_that_differ_are_compared_by_rows_of_a_table(stated):
    table = b"year,flux\n2003,1.50\n2004,2.50\n"
    text = PAPER.replace(
        'output = "total"', 'output = "rows"\ncolumn = "flux"\nrow = { year = 2004 }'
    )
    interface = rows.INTERFACE | {"outputs": [{"name": "rows", "kind": "table"}]}
    (figure,) = add_paper(stated(text.replace("= 40.0", "= 2.5"), interface_json=interface))
    run = rows.RunFactory(state="finished", version=figure.version)
    product = rows.ProductFactory(data=table, media_type="text/csv")
    rows.OutputFactory(run=run, name="rows", file="rows.csv", product=product)
    figure.run = run
    figure.save()

    (check,) = judge_run(run.pk)

    assert check.sentence == (
        "twice twenty: published 2.5 keV, found 2.5 keV: the same to every digit printed."
    )


# Commands


def test_check_figures_asks_for_what_has_no_verdict(figure, sent, capsys):
    rows.CheckFactory(figure=rows.FigureFactory(slug="old"))

    call_command("check_figures")

    assert sorted(capsys.readouterr().out.splitlines()) == ["doubled: queued", "old: queued"]


def test_check_figures_leaves_a_verdict_alone_and_names_a_refusal(figure, run_of, capsys, settings):
    judge_run(run_of(figure).pk)
    rows.FigureFactory(slug="new")
    rows.RunFactory()
    settings.QUEUE_AT_MOST = 1

    call_command("check_figures")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "new: 1 of at most 1 runs wait already: ask again later.\n"


def test_register_bundled_registers_every_folder_once(tmp_path, settings, capsys, sent):
    settings.WORKFLOWS_DIR = tmp_path
    for name in ("doubling", ".hidden", "broken"):
        (tmp_path / name).mkdir()
    for path, data in entries.files().items():
        (tmp_path / "doubling" / path).write_bytes(data)

    call_command("register_bundled")
    call_command("register_bundled")

    captured = capsys.readouterr()
    assert captured.out == "doubling: version 1\n"
    assert captured.err.startswith("broken: It holds no notebook")
