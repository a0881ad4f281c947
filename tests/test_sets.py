"""A set of documents is whole, says where it came from, and what a hand changed in it is never lost."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.helping.board import lines_of, table, tally
from reportgen.reading import project as disk
from reportgen.reading.project import Project
from reportgen.running.batch import build_all, standing
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome, State
from reportgen.running.roster import missing
from reportgen.running.sets import Manifest, changed_sentences, orphans, put_in_place, read_manifest
from reportgen.telling.findings import ReportError

FACTS = "数据:\n  案件: {受理: 445, 办结: 434}\n"
PROSE = "正文:\n  情况: 办结{{ 案件.办结 }}件。\n"
WORD = Options(pdf=False)
WRONG = "数据:\n  案件: {受理: 864, 民事: 577, 刑事: 268}\n"


def set_of(project: Project) -> Path:
    return project.outputs / "2023" / "centre"


def report(project: Project) -> Path:
    return set_of(project) / "plain" / "report.docx"


def built(project: Project, text: str = FACTS + PROSE, options: Options = WORD) -> Outcome:
    return build(Library(project, False), write_input(project, text), options)


def by_hand(path: Path, old: str, new: str) -> None:
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        if old in paragraph.text:
            paragraph.runs[0].text, rest = paragraph.text.replace(old, new), paragraph.runs[1:]
            for run in rest:
                run.text = ""
    document.save(str(path))


def words(path: Path) -> str:
    return "".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def codes(outcome: Outcome) -> list[str]:
    return [finding.code for finding in outcome.findings]


# --- the manifest


def test_the_manifest_says_what_was_built_and_nothing_of_the_machine(project: Project) -> None:
    assert built(project).summary.state is State.CHANGED
    manifest = read_manifest(set_of(project))
    assert manifest is not None
    assert manifest.input == "inputs/2023/centre.yaml"
    assert set(manifest.files) == {"plain/report.docx"}
    text = (set_of(project) / "manifest.json").read_text(encoding="utf-8")
    assert str(project.root) not in text
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize(
    "same",
    [
        "# 说明\n" + HEAD + FACTS + PROSE,
        HEAD + "数据:\n  案件: {办结: 434, 受理: 445}\n" + PROSE,
        HEAD + PROSE + FACTS,
        HEAD + FACTS.replace("445", '"445"') + PROSE,
    ],
)
def test_what_means_the_same_gives_the_same_bytes_and_nothing_is_written(project: Project, same: str) -> None:
    built(project)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in set_of(project).rglob("*.*")}
    (project.inputs / "2023" / "centre.yaml").write_text(same, encoding="utf-8")
    outcome = build(Library(project, False), project.inputs / "2023" / "centre.yaml", WORD)
    assert (outcome.summary.state, outcome.changed) == (State.UNCHANGED, ())
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in set_of(project).rglob("*.*")} == before


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"files": []}', '{"files": {"../../x.docx": "1"}}', '{"left": {"/etc/passwd": "1"}}', "[" * 9000],
)
def test_a_manifest_from_anybody_is_not_believed(project: Project, text: str) -> None:
    built(project)
    (set_of(project) / "manifest.json").write_text(text, encoding="utf-8")
    assert read_manifest(set_of(project)) is None
    assert codes(built(project)) == []
    assert read_manifest(set_of(project)) is not None


# --- what a hand changed


def test_a_hand_edit_stays_while_its_input_says_the_same_and_is_told(project: Project) -> None:
    built(project)
    by_hand(report(project), "434件", "435件")
    outcome = built(project)
    assert (codes(outcome), outcome.summary.state, outcome.changed) == (["edited-by-hand"], State.EDITED, ())
    assert "435件" in words(report(project))
    assert "435件" in outcome.findings[0].message
    assert "434件" in outcome.findings[0].message
    path = project.inputs / "2023/centre.yaml"
    assert check(Library(project, False), path, options=WORD).summary.state is State.EDITED


def test_a_hand_edit_is_kept_beside_the_new_document_when_its_input_changes(project: Project) -> None:
    built(project)
    for number, count in ((1, 433), (2, 432)):
        by_hand(report(project), "办结", f"第{number}次改：办结")
        outcome = built(project, FACTS.replace("434", str(count)) + PROSE)
        copy = report(project).with_name(f"report.edited-{number}.docx")
        assert codes(outcome) == ["edited-by-hand"] * number
        assert copy.name in outcome.findings[-1].message
        assert f"第{number}次改" in words(copy)
        assert f"{count}件" in words(report(project))
        assert "次改" not in words(report(project))


def test_a_changed_file_that_is_kept_is_told_as_long_as_it_lies_there(project: Project) -> None:
    built(project)
    by_hand(report(project), "434件", "435件")
    paths = [write_input(project, FACTS.replace("434", "433") + PROSE)]
    options = replace(WORD, system_fonts=False)
    told = []
    for force in (False, False, True, False):
        (outcome,) = build_all(project, paths, replace(options, force=force), jobs=1)
        told.append([(finding.code, finding.message) for finding in outcome.findings])
    assert told == [told[0]] * 4
    ((code, message),) = told[0]
    assert (code, "report.edited-1.docx" in message, "435" in message) == ("edited-by-hand", True, True)
    for asked in (options, replace(options, verify=True)):  # remembered, and looked for
        (outcome,) = standing(project, paths, asked)
        assert (codes(outcome), outcome.summary.state) == (["edited-by-hand"], State.UNCHANGED)
    report(project).with_name("report.edited-1.docx").unlink()
    for outcome in (*build_all(project, paths, options, jobs=1), *standing(project, paths, options)):
        assert (codes(outcome), outcome.summary.state) == ([], State.UNCHANGED)


def test_what_is_told_of_a_kept_file_does_not_speak_of_its_input(project: Project) -> None:
    """A draft is another document, though the input says the same."""
    built(project)
    by_hand(report(project), "434件", "435件")
    (finding,) = built(project, options=replace(WORD, draft=True)).findings
    assert "input too" not in finding.message
    assert "report.edited-1.docx" in finding.message


def test_overwrite_writes_over_a_hand_edit(project: Project) -> None:
    built(project)
    by_hand(report(project), "434件", "435件")
    outcome = built(project, options=replace(WORD, overwrite=True))
    assert (codes(outcome), outcome.summary.state) == ([], State.CHANGED)
    assert "434件" in words(report(project))


LOST = [
    None,
    "",
    "{",
    '{"files": []}',
    '<<<<<<< HEAD\n {"meaning": "1"}\n=======\n {"meaning": "2"}\n>>>>>>> theirs\n',
]  # a manifest that is gone, or that nobody can read


@pytest.mark.parametrize("left", LOST)
def test_what_no_manifest_speaks_of_is_kept_and_told(project: Project, left: str | None) -> None:
    built(project)
    by_hand(report(project), "434件", "435件")
    place = set_of(project) / "manifest.json"
    place.unlink() if left is None else place.write_text(left, encoding="utf-8")
    outcome = built(project)
    copy = report(project).with_name("report.edited-1.docx")
    assert codes(outcome) == ["manifest-unreadable", "edited-by-hand"]
    assert (outcome.findings[0].span.file, outcome.summary.state) == (
        "outputs/2023/centre/manifest.json",
        State.CHANGED,
    )
    assert ("435件" in words(copy), "434件" in words(report(project))) == (True, True)
    assert read_manifest(set_of(project)) is not None


def test_a_manifest_with_the_marks_of_a_merge_knows_the_documents_of_both(project: Project) -> None:
    built(project)
    place = set_of(project) / "manifest.json"
    theirs, text = report(project).read_bytes(), place.read_text(encoding="utf-8")
    built(project, FACTS.replace("434", "433") + PROSE)
    place.write_text(f"<<<<<<< HEAD\n{place.read_text('utf-8')}=======\n{text}>>>>>>> theirs\n", encoding="utf-8")
    report(project).write_bytes(theirs)
    outcome = built(project, FACTS.replace("434", "432") + PROSE)
    assert (codes(outcome), outcome.summary.state) == ([], State.CHANGED)
    assert "432件" in words(report(project))


def git(project: Project, *arguments: str) -> None:
    who = ("-c", "user.name=某", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(project.root), *who, *arguments], check=True, capture_output=True)


def test_a_document_that_git_knows_to_be_built_is_no_edit(project: Project) -> None:
    """Who takes their documents and our manifest out of a merge has changed nothing by hand."""
    git(project, "init", "-q")
    built(project)
    theirs = report(project).read_bytes()
    for count in (433, 432):
        git(project, "add", "-A")
        git(project, "commit", "-qm", "built")
        built(project, FACTS.replace("434", str(count)) + PROSE)
    report(project).write_bytes(theirs)
    assert codes(built(project, FACTS.replace("434", "431") + PROSE)) == []
    assert "431件" in words(report(project))
    report(project).write_bytes(theirs)
    by_hand(report(project), "434件", "435件")
    assert codes(built(project, FACTS.replace("434", "430") + PROSE)) == ["edited-by-hand"]


def test_a_document_that_cannot_be_read_is_not_written_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    built(project)
    real, before = Path.read_bytes, report(project).read_bytes()

    def held(path: Path) -> bytes:
        if path == report(project):
            raise PermissionError(13, "in use")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", held)
        outcome = built(project, FACTS.replace("434", "433") + PROSE)
    assert codes(outcome)[0] == "cannot-write"
    assert report(project).read_bytes() == before


def test_what_was_changed_in_a_word_file_is_told_in_its_words() -> None:
    def document(*texts: str) -> bytes:
        made, out = docx.Document(), io.BytesIO()
        for text in texts:
            made.add_paragraph(text)
        made.save(out)
        return out.getvalue()

    old = document("甲。", "全年受理445件。", "乙。")
    assert (
        changed_sentences(old, document("甲。", "全年受理446件。", "乙。")) == "“全年受理446件。” for “全年受理445件。”"
    )
    assert changed_sentences(old, document("甲。", "乙。")) == "“” for “全年受理445件。”"
    assert changed_sentences(old, old) == "its words are the same"
    assert changed_sentences(old, b"PK") == "it is no longer the file that was built"


# --- whole, or not at all


def test_documents_are_told_to_be_out_of_date_when_their_input_gets_an_error(project: Project) -> None:
    built(project)
    before = report(project).read_bytes()
    for wrong in (WRONG, "数据: [\n", "数据:\n  案件: {办结: 434件件}\n" + PROSE):
        outcome = built(project, wrong)
        assert codes(outcome)[-1] == "out-of-date"
        assert outcome.summary.state is State.OUT_OF_DATE
        assert report(project).read_bytes() == before


@pytest.mark.parametrize("year", ["", "年度: 2022\n", "年度: 2023年\n", "年度: 2O23\n"])
def test_a_wrong_year_leaves_an_input_its_own_documents(project: Project, year: str) -> None:
    """They are told to be out of date, and those of the year that it names are another input's."""
    head = HEAD.replace("年度: 2023\n", year)
    text = HEAD.replace("2023", "2022").replace("2024", "2023") + FACTS
    other = build(Library(project, False), write_input(project, text, year="2022"), WORD)
    assert other.summary.state is State.CHANGED
    before = (project.outputs / "2022" / "centre" / "manifest.json").read_bytes()
    built(project)
    wrong = built(project, head + FACTS)
    assert (codes(wrong)[-1], wrong.summary.state) == ("out-of-date", State.OUT_OF_DATE)
    looked = check(Library(project, False), write_input(project, head + FACTS))
    assert (looked.summary.state, looked.summary.pages) == (wrong.summary.state, wrong.summary.pages)
    draft = built(project, head + FACTS, replace(WORD, draft=True))
    assert set(draft.changed) == {"outputs/2023/centre/plain/report.docx"}
    assert (project.outputs / "2022" / "centre" / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in project.outputs.glob("*")) == ["2022", "2023"]


def test_a_draft_of_an_input_with_errors_was_not_built_before_it_got_them(project: Project) -> None:
    built(project, WRONG, replace(WORD, draft=True))
    outcome = built(project, WRONG)
    assert (codes(outcome)[-1], outcome.summary.state) == ("out-of-date", State.OUT_OF_DATE)
    assert outcome.findings[-1].message == "1 document(s) there are drafts: they were built in spite of errors"


def test_documents_of_a_manifest_that_cannot_be_read_are_out_of_date_where_their_input_has_errors(
    project: Project,
) -> None:
    built(project)
    (set_of(project) / "manifest.json").write_text("{", encoding="utf-8")
    outcome = built(project, WRONG)
    assert (codes(outcome)[-1], outcome.summary.state) == ("manifest-unreadable", State.OUT_OF_DATE)
    assert "reportgen build" in outcome.findings[-1].hint


def test_an_input_with_errors_and_no_documents_is_not_out_of_date(project: Project) -> None:
    outcome = built(project, WRONG)
    assert (codes(outcome), outcome.summary.state) == (["total-mismatch"], State.WITH_ERRORS)


def broken(times: int, real: Callable[..., object], error: BaseException) -> Callable[..., object]:
    """Return ``real``, but the n-th call raises."""
    calls = 0

    def work(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == times:
            raise error
        return real(*args, **options)

    return work


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), PermissionError(13, "denied"), MemoryError()]
)
@pytest.mark.parametrize("step", ["_laid_beside", "_take_place"])
@pytest.mark.parametrize("call", range(1, 8))
def test_whatever_fails_at_whatever_file_the_set_is_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch, step: str, call: int, error: BaseException
) -> None:
    folder, manifest = set_of(project), Manifest("inputs/2023/centre.yaml")
    old = {folder / "plain" / name: f"old {name}".encode() for name in ("report.docx", "report.pdf", "annex.docx")}
    put_in_place(project, folder, old, replace(manifest, files={"plain/" + p.name: "?" for p in old}))
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    new = {path: data.replace(b"old", b"new") for path, data in old.items()}
    with monkeypatch.context() as patch:
        patch.setattr(disk, step, broken(call, getattr(disk, step), error))
        try:
            put_in_place(project, folder, new, replace(manifest, meaning="new"), overwrite=True)
            failed = False
        except (ReportError, MemoryError):
            failed = True
    after = {path: path.read_bytes() for path in folder.rglob("*.*")}
    if failed:
        assert after == before
    else:  # the call did not come
        assert {path: after[path] for path in new} == new
    assert list(folder.rglob(".*.tmp")) == []
    put_in_place(project, folder, new, replace(manifest, meaning="new"))
    assert {path: path.read_bytes() for path in new} == new


def test_a_set_that_cannot_be_put_back_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, manifest = set_of(project), Manifest("inputs/2023/centre.yaml")
    old = {folder / "plain" / name: b"old" for name in ("annex.docx", "report.docx")}
    put_in_place(project, folder, old, manifest)
    real, calls = disk._take_place, 0

    def jammed(temporary: Path, path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:  # the journal and the first document are in place
            temporary.unlink()
            raise PermissionError(13, "in use")
        real(temporary, path)

    monkeypatch.setattr(disk, "_take_place", jammed)
    with pytest.raises(ReportError) as caught:
        put_in_place(project, folder, dict.fromkeys(old, b"new"), replace(manifest, meaning="new"), overwrite=True)
    (finding,) = caught.value.findings
    assert finding.code == "cannot-write"
    assert "annex.docx" in finding.message
    assert "report.docx" in finding.span.file


def test_a_build_that_was_killed_while_files_took_their_places_is_finished_by_the_next(project: Project) -> None:
    """The journal tells half of a set from a hand edit."""
    built(project)
    old = report(project).read_bytes()
    code = (
        "import os, sys; from pathlib import Path; from reportgen.reading import project as disk\n"
        "real = disk._take_place\n"
        "def take(a, b):\n    real(a, b)\n    if b.name == 'report.docx': os._exit(9)\n"
        "disk._take_place = take\n"
        "from reportgen.running.build import build; from reportgen.running.library import Library\n"
        "from reportgen.running.outcome import Options; from reportgen.reading.project import find_project\n"
        "build(Library(find_project(Path.cwd()), False), Path('inputs/2023/centre.yaml').resolve(), Options(pdf=False))"
    )
    write_input(project, FACTS.replace("434", "433") + PROSE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=project.root, env=environment, check=False).returncode == 9
    assert report(project).read_bytes() != old
    assert list(set_of(project).rglob(".*.tmp")) != []
    outcome = built(project, FACTS.replace("434", "432") + PROSE)  # and its input changed once more
    assert (codes(outcome), outcome.summary.state) == ([], State.CHANGED)
    assert list(set_of(project).rglob(".*.tmp")) == []
    assert "432件" in words(report(project))


def test_what_a_killed_run_left_half_written_is_removed_by_the_next(project: Project) -> None:
    built(project)
    code = (
        "import os; from pathlib import Path; from reportgen.reading.project import find_project, locked\n"
        "with locked(find_project(Path.cwd()), print): os._exit(9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=project.root, env=environment, check=False).returncode == 9
    left = [report(project).parent, set_of(project), set_of(project).parent, project.hidden("seen")]
    for folder in left:
        folder.mkdir(exist_ok=True)
        (folder / ".x.json.abc.tmp").write_bytes(b"")
    with disk.locked(project, lambda: None):
        assert [path for folder in left for path in folder.glob(".*.tmp")] == []
        (left[0] / ".x.json.abc.tmp").write_bytes(b"")
    with disk.locked(project, lambda: None):  # nobody was killed: nothing is looked for
        assert list(left[0].glob(".*.tmp"))
    assert report(project).is_file()


def test_files_have_the_rights_that_the_user_gives(project: Project) -> None:
    code = (
        "import os; os.umask(0o027)\n"
        "from pathlib import Path; from reportgen.reading.project import write_file\n"
        "write_file(Path('x.txt'), b'x', 'x.txt'); print(oct(Path('x.txt').stat().st_mode & 0o777))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.root, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "0o640"


# --- what belongs to nothing, and who is missing


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments], cwd=project.root, capture_output=True, text=True,
        encoding="utf-8", check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
    )  # fmt: skip


def test_a_document_that_is_no_longer_made_is_told_and_pruned(project: Project) -> None:
    built(project, options=Options(system_fonts=False))
    outcome = built(project)
    assert [(f.code, f.span.file) for f in outcome.findings] == [("left-over", "outputs/2023/centre/plain/report.pdf")]
    assert codes(built(project)) == ["left-over"]
    assert run(project, "build", "--no-pdf", "--prune").returncode == 0
    assert [path.name for path in sorted(set_of(project).rglob("*.*"))] == ["manifest.json", "report.docx"]


def test_a_document_that_a_hand_changed_is_pruned_on_demand_alone(project: Project) -> None:
    built(project)
    place = set_of(project) / "manifest.json"
    place.write_text(place.read_text("utf-8").replace("plain/report", "plain/annex"), encoding="utf-8")
    annex = report(project).rename(report(project).with_name("annex.docx"))
    by_hand(annex, "434件", "435件")
    for arguments, stays in ((("--prune",), True), (("--prune", "--overwrite"), False)):
        result = run(project, "build", "--no-pdf", *arguments)
        assert annex.is_file() is stays
        assert ("changed by hand" in result.stderr, "build --prune deletes it" in result.stderr) == (stays, False)


def test_documents_without_an_input_are_told_and_pruned_but_for_those_that_a_hand_changed(project: Project) -> None:
    built(project)
    write_input(project, FACTS + PROSE, "other").rename(project.inputs / "2023" / "second.yaml")
    (project.inputs / "2023" / "centre.yaml").unlink()
    assert list(orphans(project)) == [set_of(project)]
    told = json.loads(run(project, "build", "--no-pdf", "--format", "json").stdout)
    assert [finding["code"] for finding in told if finding["file"] == "outputs/2023/centre"] == ["orphaned"]
    by_hand(report(project), "434件", "435件")
    copy = report(project).with_name("report.edited-1.docx")
    copy.write_bytes(report(project).read_bytes())
    result = run(project, "build", "--no-pdf", "--prune", "--format", "json")
    found = [each for each in json.loads(result.stdout) if each["code"] == "left-over"]
    assert [Path(each["file"]).name for each in found] == ["report.docx", "report.edited-1.docx"]
    assert all("changed by hand" in each["message"] for each in found)
    assert all("--prune --overwrite" in each["hint"] for each in found)
    assert report(project).is_file()
    assert "--prune --overwrite" in run(project, "build", "--no-pdf").stderr
    run(project, "build", "--no-pdf", "--prune", "--overwrite")
    assert not set_of(project).exists()
    assert (project.outputs / "2023" / "second" / "plain" / "report.docx").is_file()


def test_a_centre_of_the_roster_without_input_is_told(project: Project) -> None:
    write_input(project, FACTS + PROSE)
    roster = project.inputs / "2023" / "roster.yaml"
    roster.write_text("应报: [centre, duji, ../x]\n截止: 2024-03-31\n", encoding="utf-8")
    assert project.inputs / "2023" / "roster.yaml" not in project.input_files()
    told = [(f.code, f.span.line, f.span.column) for outcome in missing(project) for f in outcome.findings]
    assert told == [("not-handed-in", 1, 14), ("bad-value", 1, 20)]
    roster.write_text("应报： [centre]\n", encoding="utf-8")
    assert [f.severity for outcome in missing(project) for f in outcome.findings] == ["error"]


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("应报: [centre]\n截止: 2024-13-31\n", "not-a-date", 2, "there is no such day in the calendar"),
        ("应报: [centre]\n截止: 三月底\n", "", 0, ""),  # no date, and printed as it is
        ("# 名单\n", "file-empty", 1, "start with 应报:"),
    ],
)
def test_what_is_wrong_with_a_roster_is_told_at_its_line(
    project: Project, text: str, code: str, line: int, hint: str
) -> None:
    write_input(project, FACTS + PROSE)
    (project.inputs / "2023" / "roster.yaml").write_text(text, encoding="utf-8")
    found = [finding for outcome in missing(project) for finding in outcome.findings]
    assert [(f.code, f.span.line, f.hint.startswith(hint)) for f in found] == ([(code, line, True)] if code else [])


def test_a_district_that_was_never_handed_in_is_missing_in_the_table(project: Project) -> None:
    """Once, though the roster has it too; and a roster is no district."""
    write_input(project, HEAD.replace("测试中心", "东区中心") + FACTS + PROSE, "east")
    write_input(project, f"{HEAD}下辖: [east, eest, absent]\n数据:\n  案件: {{受理: 445}}\n", "city")
    write_input(project, f"{HEAD.replace('测试', '全市')}下辖: [e*, roster*, '*']\n数据: {{}}\n", "all", "2022")
    (project.inputs / "2023" / "roster.yaml").write_text("应报: [east, absent]\n", encoding="utf-8")
    shutil.copy(project.inputs / "2023" / "roster.yaml", project.inputs / "2022")
    result = run(project, "build", "--no-pdf")
    rows = [line.split() for line in result.stderr.splitlines() if line.startswith("2023/")]
    assert [row[0] for row in rows if row[-1] == "yet"] == ["2023/absent", "2023/eest"]
    assert result.stderr.splitlines()[-1].endswith("4 missing")  # of 2022: east, absent
    assert run(project, "status").stdout.splitlines()[-1].endswith("4 missing")
    hints = [line for line in result.stderr.splitlines() if "take it off 下辖" in line]
    assert [line.strip() for line in hints] == ["→ ask the centre for it, or take it off 下辖"] * 2  # east is listed
    assert "no file beside this one is called roster*.yaml" in result.stderr


def test_status_tells_of_a_roster_that_cannot_be_read(project: Project) -> None:
    built(project)
    assert (run(project, "status").returncode, run(project, "status").stderr) == (0, "")
    (project.inputs / "2023" / "roster.yaml").write_text("应报：[centre]\n", encoding="utf-8")
    result = run(project, "status")
    assert (result.returncode, "inputs/2023/roster.yaml:1:" in result.stderr) == (1, True)
    (found,) = [line for line in result.stderr.splitlines() if "error: " in line]
    assert found in run(project, "build", "--no-pdf").stderr.splitlines()


def test_a_centre_that_is_due_and_has_documents_but_no_input_counts_once(project: Project) -> None:
    built(project)
    write_input(project, FACTS + PROSE).rename(project.inputs / "2023" / "second.yaml")
    (project.inputs / "2023" / "roster.yaml").write_text("应报: [centre, second]\n", encoding="utf-8")
    last = []
    for told in (run(project, "build", "--no-pdf").stderr, run(project, "status").stdout):
        assert [line.split()[0] for line in told.splitlines() if line.startswith("2023/")] == [
            "2023/centre",
            "2023/second",
        ]
        last.append(told.splitlines()[-1])
    assert all(line.startswith("1 input(s): ") and line.endswith("; 1 missing") for line in last)
    assert "[orphaned]" in run(project, "status").stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a device that is always full")
@pytest.mark.parametrize("arguments", [("status",), ("status", "--format", "json"), ("build", "--no-pdf"), ("forms",)])
def test_a_full_disk_behind_stdout_is_told_in_a_line(project: Project, arguments: tuple[str, ...]) -> None:
    write_input(project, FACTS + PROSE)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "reportgen", *arguments], cwd=project.root, stdout=full, stderr=subprocess.PIPE,
            text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
        )  # fmt: skip
    assert done.returncode == 1
    assert "what the command says cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_the_table_shows_what_cannot_be_sent_first(project: Project) -> None:
    for name in ("good", "bad", "edited"):
        write_input(project, FACTS + PROSE, name).write_text(
            HEAD.replace("测试中心", f"{name}中心") + FACTS + PROSE, encoding="utf-8"
        )
    run(project, "build")
    by_hand(project.outputs / "2023/edited/plain/report.docx", "434件", "435件")
    bad = project.inputs / "2023" / "bad.yaml"
    bad.write_text(
        bad.read_text(encoding="utf-8").replace("受理: 445", "受理: 445, 民事: 1, 刑事: 1"), encoding="utf-8"
    )
    (project.inputs / "2023" / "roster.yaml").write_text("应报: [good, absent]\n", encoding="utf-8")
    result = run(project, "build", "--severity", "error")
    assert result.stdout.splitlines() == ["outputs/2023/index.html", "outputs/2023/summary.xlsx"]
    rows = [line.split("  ") for line in result.stderr.splitlines() if line.startswith("2023/")]
    assert [(row[0].strip(), row[-1].strip()) for row in rows] == [
        ("2023/absent", "no input yet"),
        ("2023/bad", "out of date"),
        ("2023/edited", "edited by hand"),
        ("2023/good", "unchanged"),
    ]
    last = "3 input(s): 2 built (0 changed); 1 with errors; 1 out of date; 1 edited by hand; 1 missing"
    assert result.stderr.splitlines()[-1] == last
    status = run(project, "status")
    assert status.stdout.splitlines()[-1] == last
    data = json.loads(run(project, "status", "--format", "json").stdout)
    assert [(line["name"], line["state"]) for line in data][:2] == [
        ("2023/absent", "missing"),
        ("2023/bad", "out-of-date"),
    ]


def test_status_tells_what_is_to_be_built(project: Project) -> None:
    path = write_input(project, FACTS + PROSE)
    assert check(Library(project, False), path).summary.state is State.STALE
    built(project)
    assert check(Library(project, False), path, options=WORD).summary.state is State.UNCHANGED
    assert check(Library(project, False), path).summary.state is State.STALE  # a build would make PDF files, too
    write_input(project, FACTS.replace("434", "433") + PROSE)
    outcome = check(Library(project, False), path)
    assert outcome.summary.state is State.STALE
    assert tally(lines_of([outcome])) == "1 input(s): 0 built (0 changed); 1 to be built"
    assert table(lines_of([outcome]))[1].split() == ["2023/centre", "测试中心", "—", "—", "—", "—", "to", "be", "built"]


def test_a_draft_is_never_unchanged(project: Project) -> None:
    outcomes = [built(project, options=replace(WORD, draft=True)) for _time in range(2)]
    assert [outcome.summary.state for outcome in outcomes] == [State.DRAFT, State.DRAFT]


def test_two_builds_at_once_take_turns(project: Project) -> None:
    write_input(project, FACTS + PROSE)
    messages: list[str] = []
    with disk.locked(project, lambda: messages.append("waited")):
        other = subprocess.Popen(
            [sys.executable, "-m", "reportgen", "build", "--no-pdf"], cwd=project.root, stderr=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
        )  # fmt: skip
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(2)
        assert not report(project).exists()
    _out, told = other.communicate(timeout=60)
    assert "another build of this folder is running" in told
    assert (other.returncode, report(project).exists(), messages) == (0, True, [])


def test_a_folder_that_cannot_be_written_is_built_elsewhere(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock can lie there, and none is needed."""
    real = Path.mkdir

    def mkdir(path: Path, *args: object, **options: object) -> None:
        if path.name == ".reportgen":
            raise PermissionError(13, "Permission denied")
        real(path, *args, **options)  # type: ignore[arg-type]

    shutil.rmtree(project.hidden(""))
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with disk.locked(project, lambda: None):
        assert not project.hidden("").exists()
