"""What has not changed is not built again, and tells the same; whatever an outcome follows from counts as a change."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import HEAD, write_input
from reportgen.helping.chosen import chosen
from reportgen.reading.project import Project
from reportgen.running import batch, limits, stamps
from reportgen.running.batch import build_all, check_all, standing
from reportgen.running.crew import Crew, Death, Hands
from reportgen.running.outcome import Options, Outcome, State, Trial, Trials
from reportgen.running.recall import Memory
from reportgen.running.sets import digest_of
from reportgen.running.stamps import Stamps
from reportgen.telling.findings import Finding, Span

TEXT = "数据:\n  案件: {受理: 445, 办结: 434}\n正文:\n  情况: 办结434件，旁听30件。\n"
WORD = Options(pdf=False, system_fonts=False)


@pytest.fixture
def inputs(project: Project) -> list[Path]:
    paths = [write_input(project, TEXT, name) for name in ("a", "b")]
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").replace("测试中心", f"{path.stem}中心"), encoding="utf-8")
    return paths


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many inputs each run gave to workers."""
    counts: list[int] = []
    real = batch.outcomes_of

    def counted(crew: Hands, tasks: Iterable[tuple[int, object]], charged: Callable[[int, Death], Outcome]) -> object:
        counts.append(0)

        def each() -> Iterator[tuple[int, object]]:
            for task in tasks:
                counts[-1] += 1
                yield task

        return real(crew, each(), charged)

    monkeypatch.setattr(batch, "outcomes_of", counted)
    return counts


def built(project: Project, paths: list[Path], options: Options = WORD) -> list[Outcome]:
    return list(build_all(project, paths, options, jobs=1))


def test_a_run_with_nothing_to_do_tells_the_same_and_hires_nobody(
    project: Project, inputs: list[Path], hired: list[int]
) -> None:
    first = built(project, inputs)
    second = built(project, inputs)
    assert hired == [2]
    assert [outcome.findings for outcome in second] == [outcome.findings for outcome in first]
    assert {finding.code for outcome in first for finding in outcome.findings} == {"typed-number", "unbound-number"}
    assert [(outcome.summary.state, outcome.changed) for outcome in second] == [(State.UNCHANGED, ())] * 2
    assert [outcome.files for outcome in second] == [outcome.files for outcome in first]


def test_one_changed_input_is_built_alone(project: Project, inputs: list[Path], hired: list[int]) -> None:
    built(project, inputs)
    inputs[1].write_text(inputs[1].read_text(encoding="utf-8").replace("434", "433"), encoding="utf-8")
    outcomes = built(project, inputs)
    assert hired == [2, 1]
    assert [outcome.summary.state for outcome in outcomes] == [State.UNCHANGED, State.CHANGED]


def test_an_input_that_became_a_link_out_of_the_project_is_told(
    project: Project, inputs: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a check tells it, though the bytes are the same."""
    built(project, inputs)
    inputs[0].rename(elsewhere := tmp_path_factory.mktemp("elsewhere") / "a.yaml")
    inputs[0].symlink_to(elsewhere)
    for outcome in (built(project, inputs)[0], next(check_all(project, inputs))):
        finding = outcome.findings[0]
        assert (finding.code, finding.span.file) == ("file-unreadable", outcome.input)
        assert outcome.input == f"inputs/2023/{inputs[0].name}"
    assert chosen(project, [inputs[0], inputs[0].parent]) == inputs


def change_form(project: Project) -> None:
    form = project.templates / "plain" / "form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("测试报告", "报告"), encoding="utf-8")


def change_vocabulary(project: Project) -> None:
    facts = project.templates / "facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8") + "# x\n", encoding="utf-8")


def change_house(project: Project) -> None:
    house = project.templates / "house" / "house.typ"
    house.write_text(house.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def edit_document(project: Project) -> None:
    path = project.outputs / "2023" / "a" / "plain" / "report.docx"
    path.write_bytes(path.read_bytes() + b"\0")


def delete_document(project: Project) -> None:
    (project.outputs / "2023" / "a" / "plain" / "report.docx").unlink()


def delete_manifest(project: Project) -> None:
    (project.outputs / "2023" / "a" / "manifest.json").unlink()


def add_last_year(project: Project) -> None:
    write_input(project, TEXT, "a", year="2022")


@pytest.mark.parametrize(
    "change",
    [
        change_form, change_vocabulary, change_house, edit_document, delete_document, delete_manifest, add_last_year,
    ],
)  # fmt: skip
def test_whatever_a_document_follows_from_counts(
    project: Project, inputs: list[Path], hired: list[int], change: Callable[[Project], None]
) -> None:
    built(project, inputs[:1])
    change(project)
    built(project, inputs[:1])
    assert hired == [1, 1]


@pytest.mark.parametrize(
    "options", [replace(WORD, force=True), replace(WORD, overwrite=True), replace(WORD, draft=True)]
)
def test_who_asks_for_a_build_gets_one(
    project: Project, inputs: list[Path], hired: list[int], options: Options
) -> None:
    for _time in range(2):
        built(project, inputs, options)
    assert hired == [2, 2]


@pytest.mark.parametrize("options", [replace(WORD, force=True), replace(WORD, overwrite=True)])
def test_what_was_asked_for_once_is_known_afterwards(
    project: Project, inputs: list[Path], hired: list[int], options: Options
) -> None:
    built(project, inputs, options)
    built(project, inputs)
    assert hired == [2]


def test_the_reader_s_language_counts(
    project: Project, inputs: list[Path], hired: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(project, inputs)
    monkeypatch.setenv("REPORTGEN_LANG", "zh_CN")
    built(project, inputs)
    assert len(hired) == 2


def test_an_input_with_an_error_is_told_again_without_being_read_again(
    project: Project, inputs: list[Path], hired: list[int]
) -> None:
    inputs[0].write_text(HEAD + "数据: [\n", encoding="utf-8")
    first, second = built(project, inputs), built(project, inputs)
    assert hired == [2]
    assert [outcome.findings for outcome in second] == [outcome.findings for outcome in first]
    assert second[0].summary.state is State.WITH_ERRORS


def test_a_check_is_remembered_and_tells_the_state_as_it_is_now(
    project: Project, inputs: list[Path], hired: list[int]
) -> None:
    assert [outcome.summary.state for outcome in check_all(project, inputs, jobs=1, options=WORD)] == [State.STALE] * 2
    built(project, inputs)
    assert [outcome.summary.state for outcome in check_all(project, inputs, jobs=1, options=WORD)] == [
        State.UNCHANGED
    ] * 2
    edit_document(project)
    assert next(outcome.summary.state for outcome in check_all(project, inputs, jobs=1, options=WORD)) is State.EDITED
    assert hired == [2, 2]


@pytest.mark.parametrize("change", [change_form, change_vocabulary, change_house, add_last_year])
def test_what_a_build_would_make_anew_is_to_be_built(
    project: Project, inputs: list[Path], change: Callable[[Project], None]
) -> None:
    """Whoever asks how things stand, asks what a build asks: the input may mean the same."""
    built(project, inputs)
    assert states(project, inputs) == [State.UNCHANGED] * 2
    change(project)
    assert states(project, inputs)[0] is State.STALE
    edit_document(project)
    assert states(project, inputs)[0] is State.STALE
    built(project, inputs)
    assert State.STALE not in states(project, inputs)


def states(project: Project, paths: list[Path], options: Options = WORD) -> list[State | None]:
    return [outcome.summary.state for outcome in standing(project, paths, options)]


def test_a_district_that_changed_makes_its_city_one_to_be_built(project: Project, inputs: list[Path]) -> None:
    city = write_input(project, TEXT, "city")
    city.write_text(HEAD.replace("测试中心", "某市中心") + "下辖: [a]\n" + TEXT, encoding="utf-8")
    built(project, [*inputs, city])
    inputs[0].write_text(inputs[0].read_text(encoding="utf-8").replace("a中心", "甲中心"), encoding="utf-8")
    assert states(project, [*inputs, city]) == [State.STALE, State.UNCHANGED, State.STALE]


def test_how_it_was_asked_for_makes_nothing_to_be_built(
    project: Project, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(project, inputs, replace(WORD, verify=True))
    monkeypatch.setenv("REPORTGEN_LANG", "zh_CN")
    assert states(project, inputs) == [State.UNCHANGED] * 2
    assert states(project, inputs, replace(WORD, pdf=True)) == [State.STALE] * 2


def test_documents_of_another_machine_are_to_be_built_unless_their_manifest_is_believed(
    project: Project, inputs: list[Path]
) -> None:
    built(project, inputs)
    for path in project.hidden("seen").glob("*.json*"):
        path.unlink()
    assert states(project, inputs) == [State.STALE] * 2
    believed = standing(project, inputs, WORD, believing=True)
    assert [outcome.summary.state for outcome in believed] == [State.UNCHANGED] * 2


def test_a_hand_edit_is_told_again_without_a_build(project: Project, inputs: list[Path], hired: list[int]) -> None:
    built(project, inputs)
    edit_document(project)
    first = built(project, inputs)
    second = built(project, inputs)
    assert hired == [2, 1]
    assert [outcome.findings for outcome in second] == [outcome.findings for outcome in first]
    assert [outcome.summary.state for outcome in second] == [State.EDITED, State.UNCHANGED]
    edit_document(project)
    built(project, inputs)
    assert hired == [2, 1, 1]


def told(outcomes: Iterable[Outcome]) -> list[list[str]]:
    return [sorted(finding.code for finding in outcome.findings) for outcome in outcomes]


def test_a_build_with_nothing_to_do_and_who_asks_how_things_stand_tell_the_same(
    project: Project, inputs: list[Path], hired: list[int]
) -> None:
    paths = [*inputs, write_input(project, TEXT, "c")]
    built(project, paths, replace(WORD, pdf=True))
    edit_document(project)
    paths[1].write_text(HEAD + "数据: [\n", encoding="utf-8")
    first = told(built(project, paths))  # PDF files of before are left over
    assert [("edited-by-hand" in codes, "out-of-date" in codes, "left-over" in codes) for codes in first] == [
        (True, False, True),
        (False, True, False),
        (False, False, True),
    ]
    assert told(built(project, paths)) == first
    assert told(standing(project, paths, WORD)) == first
    assert told(standing(project, paths, replace(WORD, bound=True, verify=True))) == first  # nobody remembers these
    assert hired[-1] == 3


@pytest.mark.parametrize("name", ["a/plain/report.pdf", "b/manifest.json"])
def test_what_was_told_of_what_is_gone_is_told_no_more(
    project: Project, inputs: list[Path], hired: list[int], name: str
) -> None:
    built(project, inputs, replace(WORD, pdf=True))
    inputs[1].write_text(HEAD + "数据: [\n", encoding="utf-8")
    for _time in range(2):
        built(project, inputs)
    assert hired == [2, 2]
    (project.outputs / "2023" / name).unlink()
    after = built(project, inputs)["ab".index(name[0])]
    assert hired == [2, 2, 1]
    assert not {"left-over", "out-of-date"} & {finding.code for finding in after.findings}


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"key": 1, "outcome": {}}', "\0"])
def test_a_memory_that_cannot_be_read_is_none(
    project: Project, inputs: list[Path], text: str, hired: list[int]
) -> None:
    built(project, inputs)
    for path in project.hidden("seen").iterdir():
        path.write_text(text, encoding="utf-8")
    assert [outcome.failed for outcome in built(project, inputs)] == [False, False]
    assert hired == [2, 2]


def test_another_folder_for_the_outputs_is_another_build(
    project: Project, inputs: list[Path], hired: list[int], tmp_path: Path
) -> None:
    built(replace(project, outputs=tmp_path / "elsewhere"), inputs)
    built(project, inputs)
    assert hired == [2, 2]
    assert (project.outputs / "2023" / "a" / "plain" / "report.docx").is_file()


def test_a_long_line_is_remembered_once_however_many_findings_stand_in_it(project: Project, inputs: list[Path]) -> None:
    text = inputs[0].read_text(encoding="utf-8").replace("办结434件", "；".join(["宣传24场"] * 400))
    inputs[0].write_text(text, encoding="utf-8")
    (first,) = built(project, inputs[:1])
    assert len(first.findings) >= 190
    (record,) = project.hidden("seen").glob("build-*")
    assert record.stat().st_size < 200_000
    (second,) = built(project, inputs[:1])
    assert second.findings == first.findings


# --- what is not read again


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all files whose bytes are hashed."""
    names: list[str] = []
    real = digest_of

    def counted(path: Path) -> str:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(stamps, "digest_of", counted)
    return names


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been written long ago."""
    monkeypatch.setattr(stamps, "SETTLED", -(10**18))


@pytest.mark.usefixtures("settled")
def test_what_has_its_size_and_times_is_not_read_again(project: Project, inputs: list[Path], read: list[str]) -> None:
    first = built(project, inputs)
    assert {"a.yaml", "report.docx", "facts.yaml", "recall.py", "manifest.json"} <= set(read)
    read.clear()
    second = built(project, inputs)
    assert read == []
    assert [outcome.findings for outcome in second] == [outcome.findings for outcome in first]


@pytest.mark.usefixtures("settled")
def test_other_times_with_the_same_bytes_are_no_change(
    project: Project, inputs: list[Path], read: list[str], hired: list[int]
) -> None:
    built(project, inputs)
    read.clear()
    document = project.outputs / "2023" / "a" / "plain" / "report.docx"
    for path in (inputs[0], document):
        os.utime(path, (1, 1))
    built(project, inputs)
    assert (sorted(read), hired) == (["a.yaml", "report.docx"], [2])


@pytest.mark.usefixtures("settled")
@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of the last change of anything")
def test_another_figure_with_the_old_size_and_time_is_a_change(
    project: Project, inputs: list[Path], hired: list[int]
) -> None:
    built(project, inputs)
    before = inputs[0].stat()
    inputs[0].write_bytes(inputs[0].read_bytes().replace("受理: 445".encode(), "受理: 446".encode()))
    os.utime(inputs[0], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (inputs[0].stat().st_size, inputs[0].stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    built(project, inputs)
    assert hired == [2, 1]


def test_what_has_just_been_written_is_read_again(tmp_path: Path, read: list[str]) -> None:
    """Within a tick of the clock it may change once more and keep its times."""
    fresh, old = tmp_path / "fresh", tmp_path / "old"
    for path in (fresh, old):
        path.write_bytes(b"1")
    later = time.time_ns() + 10 * stamps.SETTLED
    for now in (time.time_ns(), later, later):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "time_ns", lambda: now)  # noqa: B023
            held = Stamps(tmp_path / "files.json")
            assert held.digest(str(fresh)) == hashlib.sha256(b"1").hexdigest()
            held.save()
    assert read == ["fresh", "fresh"]


def test_a_line_that_was_cut_off_spoils_no_other(project: Project, inputs: list[Path], hired: list[int]) -> None:
    built(project, inputs)
    (place,) = project.hidden("seen").glob("build-*")
    place.write_bytes(place.read_bytes()[:-20])
    for _time in range(2):
        built(project, inputs)
    assert hired == [2, 1]


def test_lines_that_later_ones_stand_for_are_left_out(project: Project, inputs: list[Path]) -> None:
    for figure in range(5):
        text = TEXT.replace("434", f"43{figure}")
        inputs[0].write_text(HEAD + text, encoding="utf-8")
        built(project, inputs[:1])
    (place,) = project.hidden("seen").glob("build-*")
    assert place.read_bytes().count(b"\n") == 2  # four were one too many, and left one; the fifth came after it


@pytest.mark.parametrize("name", ["list.csv", "2023 list.csv", "清单.CSV"])
def test_a_list_beside_an_input_that_names_it_counts(
    project: Project, inputs: list[Path], hired: list[int], name: str
) -> None:
    text = inputs[0].read_text(encoding="utf-8").replace("正文:", f"明细: {{补贴明细: {name}}}\n正文:")
    inputs[0].write_text(text, encoding="utf-8")
    built(project, inputs)
    (inputs[0].parent / "another.csv").write_text("类别\n", encoding="utf-8")
    (inputs[0].parent / name).write_text("类别,件数,标准,金额\n民事,50,1200,60000\n", encoding="utf-8")
    built(project, inputs)
    assert hired == [2, 1]


def test_a_list_of_a_centre_counts_for_its_city(project: Project, inputs: list[Path], hired: list[int]) -> None:
    """A list that is at fault is one of the centre's, of which its city tells that it cannot be judged."""
    text = inputs[0].read_text(encoding="utf-8").replace("正文:", "明细: {补贴明细: list.csv}\n正文:")
    inputs[0].write_text(text, encoding="utf-8")
    city = write_input(project, HEAD.replace("测试中心", "某市中心") + "下辖: [a]\n" + TEXT, "city")
    places = [*inputs, city]
    built(project, places)
    (inputs[0].parent / "list.csv").write_text("类别,件数,标准,金额\n民事,50,1200,60000\n", encoding="utf-8")
    outcomes = built(project, places)
    assert hired == [3, 2]
    assert "cannot-check" not in {finding.code for finding in outcomes[2].findings}


def test_a_run_with_nothing_to_do_loads_no_printer_and_no_reader(project: Project) -> None:
    code = "import sys; from reportgen import cli; print(*{'pydantic', 'docx', 'docxtpl', 'yaml', 'jinja2'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_a_sound_template_is_tried_once_and_one_with_a_fault_at_each_run(project: Project) -> None:
    def remembered() -> Memory:
        return Memory(project, WORD, [])

    fault = Finding("template-empty", Span("report.docx"), "empty")
    first = remembered()
    first.remember_trials({"templates/house/report": Trial(), "templates/plain/annex": Trial(word=(fault,))})
    first.close()
    assert remembered().trials == {"templates/house/report": Trial()}
    (project.templates / "plain" / "report.md").write_text("# 另一标题\n", encoding="utf-8")
    assert remembered().trials == {}


def test_what_was_tried_is_known_to_the_next_run(
    project: Project, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[Trials] = []
    real = batch.try_templates

    def seen(crew: Hands, forms: tuple[str, ...], trials: Trials, fonts: str | None) -> Trials:
        known.append(trials)
        return real(crew, forms, trials, fonts)

    monkeypatch.setattr(batch, "try_templates", seen)
    built(project, inputs)
    write_input(project, TEXT.replace("434", "435"), "c")
    built(project, [*inputs, project.inputs / "2023" / "c.yaml"])
    sound = {"templates/house/report": Trial(), "templates/plain/form.yaml": Trial()}
    assert known == [{}, sound]
    nobody = Crew("reportgen.running.worker:nobody", (), 0, project.root, 1.0)
    assert real(nobody, ("plain",), sound) is sound


def test_no_more_workers_than_cores_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system knows no affinity")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {3})
    assert limits.usable_cores() == 1
