"""An empty folder becomes a project; a second time, what nobody changed is renewed, and what a hand changed stays."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from conftest import ROOT
from reportgen.cli import main
from reportgen.helping import starter
from reportgen.helping.schema import INPUT, schemas
from reportgen.helping.starter import Laid, State, line_of, set_up, shipped, starter_files
from reportgen.reading.project import find_project
from reportgen.running.library import Library
from reportgen.telling import messages
from reportgen.telling.catalogue import Severity
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.views import as_text, severity_word

FIRST = ["--centre", "清河区法律援助中心", "--form", "public-notice", "--year", "2024", "--file", "qinghe"]
BLANK = {"not-filled", "missing-key", "fact-required", "empty-value", "missing-fact", "missing-section"}


def run(folder: Path, *arguments: str) -> Result:
    here = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(main, arguments)
    finally:
        os.chdir(here)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that init has made; nobody writes into it."""
    folder = tmp_path_factory.mktemp("offices")
    made = run(folder, "init", "office", *FIRST)
    assert made.exit_code == 0, made.output
    return folder / "office"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_empty_folder_becomes_a_project_whose_input_is_only_to_be_filled(office: Path) -> None:
    assert set(starter_files()) < set(bytes_of(office))
    assert find_project(office).templates == office / "templates"
    found = json.loads(run(office, "check", "--format", "json").stdout)
    assert {finding["code"] for finding in found} <= BLANK
    assert {finding["file"] for finding in found} == {"inputs/2024/qinghe.yaml"}


def test_the_forms_are_those_that_come_with_the_program(office: Path) -> None:
    shipped_forms = bytes_of(ROOT / "templates")
    assert {f"templates/{name}": data for name, data in shipped_forms.items()}.items() <= bytes_of(office).items()
    library = Library(find_project(ROOT))
    forms = [library.form(name) for name in library.form_names]
    profiles = [path.stem for path in (ROOT / "templates" / "profiles").glob("*.yaml")]
    schema = schemas(library.vocabulary, forms, profiles)[INPUT]
    assert (office / ".reportgen" / "schema" / INPUT).read_bytes() == schema


def test_without_a_terminal_the_first_input_is_told_of(tmp_path: Path) -> None:
    result = run(tmp_path, "init")
    assert result.exit_code == 0
    assert "type reportgen new" in result.stderr
    assert not (tmp_path / "inputs").exists()


# --- what the files say --------------------------------------------------------------------------------------


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_editor_finds_a_schema_for_every_kind_of_file(office: Path) -> None:
    associated = read_json(office / ".vscode" / "settings.json")["yaml.schemas"]
    made = {f"./{path.relative_to(office).as_posix()}" for path in (office / ".reportgen" / "schema").iterdir()}
    assert set(associated) == made
    assert read_json(office / ".vscode" / "extensions.json")["recommendations"] == ["redhat.vscode-yaml"]


@pytest.fixture(params=["en", "zh_CN"])
def reader(request: pytest.FixtureRequest) -> Iterator[str]:
    messages.use(request.param)
    yield request.param
    messages.use("en")


@pytest.mark.parametrize("code", ["unknown-key", "not-utf8", "says-nothing", "typed-number"])
def test_the_problem_matchers_read_what_check_shows(office: Path, reader: str, code: str) -> None:
    finding = Finding(code, Span("inputs/2024/甲 乙.yaml", 15, 9, 3, "  受理: 445"), "有 [错]: 误", "改", Subject())
    lines = as_text(finding).split("\n")
    assert (severity_word(finding.severity) == finding.severity.value) is (reader == "en")
    found = [
        (matcher["severity"], *read)
        for matcher in matchers(office)
        for line in lines
        for read in matched(matcher, line)
    ]
    severity = {Severity.NOTE: "info"}.get(finding.severity, finding.severity.value)
    assert found == [(severity, "inputs/2024/甲 乙.yaml", "15", "9", "有 [错]: 误", code)]


def matchers(office: Path) -> list[dict[str, Any]]:
    tasks = {task["label"]: task for task in read_json(office / ".vscode" / "tasks.json")["tasks"]}
    assert {task["command"].split()[1] for task in tasks.values()} <= set(main.commands)
    found: list[dict[str, Any]] = tasks["核对"]["problemMatcher"]
    return found


def matched(matcher: dict[str, Any], line: str) -> Iterator[list[str]]:
    pattern = matcher["pattern"]
    if match := re.search(pattern["regexp"], line):
        yield [match[pattern[key]] for key in ("file", "line", "column", "message", "code")]


def test_the_batch_files_are_those_of_windows(office: Path) -> None:
    for name, command in (("核对.bat", "check"), ("生成.bat", "build"), ("安装.bat", "doctor")):
        data = (office / name).read_bytes()
        lines = data.decode().split("\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        assert lines[:2] == ["@echo off", "chcp 65001 >nul"]  # what follows may be Chinese
        assert f"reportgen {command}" in lines
        assert lines[-2:] == ["pause", ""]


def test_pre_commit_checks_inputs_and_no_roster(office: Path) -> None:
    (repository,) = yaml.safe_load((office / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (hook,) = repository["hooks"]
    for path, is_checked in (
        ("inputs/2024/qinghe.yaml", True),
        ("inputs/2024/roster.yaml", False),
        ("templates/facts.yaml", False),
    ):
        assert bool(re.search(hook["files"], path) and not re.search(hook["exclude"], path)) is is_checked


def test_commands_that_its_readme_names_are_there(office: Path) -> None:
    text = (office / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`reportgen ([a-z]+)", text))
    assert {"new", "check", "build", "init"} <= named <= set(main.commands)


# --- a second time -------------------------------------------------------------------------------------------


@pytest.fixture
def own(office: Path, tmp_path: Path) -> Path:
    """A project of the test's own, to change."""
    shutil.copytree(office, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_second_time_nothing_changes_and_nothing_is_said(own: Path) -> None:
    before = bytes_of(own)
    again = run(own, "init", *FIRST)
    assert (again.exit_code, again.output) == (0, "")
    assert bytes_of(own) == before


def test_what_a_hand_changed_stays_with_the_new_version_beside_it(own: Path) -> None:
    changed = own / "templates" / "facts.yaml"
    theirs = changed.read_bytes().replace("每个事实只填报一次".encode(), "每项只填一次".encode())
    changed.write_bytes(theirs)
    written = own / "inputs" / "2024" / "qinghe.yaml"
    written.write_text("单位: 甲\n", encoding="utf-8")
    again = run(own, "init")
    assert again.stdout == "templates/facts.yaml.new\n"
    assert "1 file(s) were changed by hand" in again.stderr
    assert changed.read_bytes() == theirs
    assert changed.with_name("facts.yaml.new").read_bytes() == (ROOT / "templates" / "facts.yaml").read_bytes()
    assert written.read_text(encoding="utf-8") == "单位: 甲\n"


def test_a_version_that_was_looked_at_and_deleted_is_not_laid_again(own: Path) -> None:
    (own / "README.md").write_text("# 我们的说明\n", encoding="utf-8")
    assert run(own, "init").stdout == "README.md.new\n"
    (own / "README.md.new").unlink()
    again = run(own, "init")
    assert (again.exit_code, again.output) == (0, "")
    assert not (own / "README.md.new").exists()


def test_nothing_of_a_centre_s_own_is_among_the_files() -> None:
    assert not [name for name in starter_files() if name.startswith(("inputs", "outputs"))]


def test_a_version_that_was_shipped_once_is_renewed(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = b"# as an earlier version laid it\r\n"
    known = shipped() | {line_of("templates/words.yaml", b"# as an earlier version laid it\n")}
    monkeypatch.setattr(starter, "shipped", lambda: known)
    for name in ("words.yaml", "facts.yaml"):  # of another file it is a change by hand
        (own / "templates" / name).write_bytes(old)
    laid = [each for each in set_up(own) if each.state is not State.SAME]
    assert laid == [Laid("templates/facts.yaml.new", State.KEPT), Laid("templates/words.yaml", State.RENEWED)]
    assert (own / "templates" / "words.yaml").read_bytes() == (ROOT / "templates" / "words.yaml").read_bytes()


def test_line_ends_are_no_change_but_in_a_word_file_they_are(own: Path) -> None:
    for name in ("templates/words.yaml", "核对.bat"):
        path = own / name
        lines = path.read_bytes().replace(b"\r\n", b"\n")
        path.write_bytes(lines if name.endswith(".bat") else lines.replace(b"\n", b"\r\n"))
    docx = own / "templates" / "house" / "report.docx"
    docx.write_bytes(docx.read_bytes() + b"\r\n")
    laid = [each for each in set_up(own) if each.state is not State.SAME]
    assert laid == [Laid("templates/house/report.docx.new", State.KEPT)]


def newer(monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes]) -> bytes:
    """Let the program lay a later version of templates/words.yaml; return it."""
    files = starter_files()
    files["templates/words.yaml"] = change(files["templates/words.yaml"])
    monkeypatch.setattr(starter, "starter_files", lambda: files)
    return files["templates/words.yaml"]


NEW_LINE = b"# as a later version ends\n"
OWN_LINE = "# 本省自己的说明\n".encode()


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_what_is_new_comes_into_a_text_that_a_hand_changed(
    own: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    path = own / "templates" / "words.yaml"
    shipped_text = path.read_bytes()
    path.write_bytes((OWN_LINE + shipped_text).replace(b"\n", end))
    later = newer(monkeypatch, lambda text: text + NEW_LINE)
    again = run(own, "init")
    assert again.stdout == "templates/words.yaml\n"
    assert "1 file(s) were changed by hand and have what is new besides" in again.stderr
    assert path.read_bytes() == (OWN_LINE + later).replace(b"\n", end)
    assert run(own, "init").output == ""


def test_where_both_changed_a_line_the_new_version_lies_beside(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = own / "templates" / "words.yaml"
    theirs = OWN_LINE + path.read_bytes().split(b"\n", 1)[1]
    path.write_bytes(theirs)
    later = newer(monkeypatch, lambda text: NEW_LINE + text.split(b"\n", 1)[1])
    assert run(own, "init").stdout == "templates/words.yaml.new\n"
    assert path.read_bytes() == theirs
    assert path.with_name("words.yaml.new").read_bytes() == later


@pytest.mark.parametrize("lacking", ["git", "text"])
def test_without_git_or_the_earlier_text_the_new_version_lies_beside(
    own: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    path = own / "templates" / "words.yaml"
    path.write_bytes(OWN_LINE + path.read_bytes())
    newer(monkeypatch, lambda text: text + NEW_LINE)
    if lacking == "git":
        monkeypatch.setenv("PATH", str(own))
    else:
        (own / ".reportgen" / "laid" / "templates" / "words.yaml").unlink()
    assert run(own, "init").stdout == "templates/words.yaml.new\n"


def test_a_template_stays_with_what_it_reads(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report.typ of this version cannot be printed with a house.typ of an earlier one that a hand changed."""
    earlier = b'#import "house.typ": *\n// as an earlier version laid it\n'
    known = shipped() | {line_of("templates/house/report.typ", earlier)}
    monkeypatch.setattr(starter, "shipped", lambda: known)
    house, report = own / "templates" / "house" / "house.typ", own / "templates" / "house" / "report.typ"
    report.write_bytes(earlier)
    shutil.rmtree(own / ".reportgen", ignore_errors=True)
    house.write_bytes("// 本省自己的版面\n".encode())
    laid = [each for each in set_up(own) if each.state is not State.SAME]
    assert laid == [Laid(f"templates/house/{name}.typ.new", State.KEPT) for name in ("house", "report")]
    assert report.read_bytes() == earlier
    house.write_bytes((ROOT / "templates" / "house" / "house.typ").read_bytes())
    laid = [each for each in set_up(own) if each.state is not State.SAME]
    assert laid == [Laid("templates/house/report.typ", State.RENEWED)]


def test_what_was_deleted_comes_back(own: Path) -> None:
    (own / "核对.bat").unlink()
    assert run(own, "init").stdout == "核对.bat\n"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".vscode").write_text("a file, not a folder", encoding="utf-8")
    result = run(tmp_path, "init", ".")
    assert result.exit_code == 1
    assert "[cannot-write]" in result.stderr


def test_every_version_that_is_laid_is_in_the_list() -> None:
    """REPORTGEN_GOLDEN=1 adds the versions of now; lines of earlier ones stay, or their files would not be renewed."""
    now = {line_of(name, data) for name, data in starter_files().items()}
    if os.environ.get("REPORTGEN_GOLDEN"):
        lines = sorted(shipped() | now, key=lambda line: line.partition("  ")[::-1])
        starter.SHIPPED.write_text("\n".join(lines) + "\n", encoding="utf-8")
        shipped.cache_clear()
    assert now - shipped() == set()


def test_a_form_that_there_is_not_is_told_before_anything_is_laid(tmp_path: Path) -> None:
    told = run(tmp_path, "init", "--centre", "某中心", "--form", "project-evalution", "--year", "2024", "--file", "a")
    assert told.exit_code == 2
    assert "project-evaluation" in told.stderr
    assert list(tmp_path.iterdir()) == []
