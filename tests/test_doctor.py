"""What is wrong with a machine or a folder is a line with what to do, and nothing private stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath

import pytest
from click.testing import CliRunner

from conftest import write_input
from reportgen.cli import main
from reportgen.helping import doctor
from reportgen.helping.doctor import Health, Look, Patient, block, looks
from reportgen.reading.project import Project, find_project, is_locked, locked, write_fault

WELL = (doctor._folder, doctor._lock, doctor._templates, doctor._language)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fonts and programs, which take a second and differ from machine to machine."""
    monkeypatch.setattr(doctor, "LOOKS", WELL)


def seen(project: Project, encoding: str = "utf-8", *taken: Callable[[Patient], Iterator[Look]]) -> dict[str, Look]:
    """Return the looks by their names, or those alone that are to be taken."""
    doctor.LOOKS = taken or doctor.LOOKS  # put back by the fixture
    return {look.name: look for look in looks(Patient(project, encoding, Path("/home/zhang")))}


def faults(found: dict[str, Look]) -> list[str]:
    return [name for name, look in found.items() if look.health is Health.FAULT]


def test_a_project_that_is_well_has_no_fault(project: Project) -> None:
    write_input(project, "数据: {}\n")
    found = seen(project)
    assert [name for name, look in found.items() if look.health is not Health.WELL] == []
    assert found["folder"].seen == f"{project.root}, 1 input file(s)"
    assert not any(project.root.rglob("*.tmp"))
    assert not project.outputs.exists()


def test_outside_of_a_project_it_works_and_says_where_to_go(tmp_path: Path) -> None:
    found = seen(find_project(tmp_path))
    assert faults(found) == []
    assert (found["folder"].health, found["folder"].remedy[:27]) == (Health.NOTE, "go into the folder that hol")
    assert found["templates"].seen.startswith("those that come with reportgen")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("facts.yaml", "案件: [", "templates/facts.yaml:"),
        ("plain/form.yaml", "名称: [", "of this folder; with a fault: plain"),
    ],
)
def test_broken_templates_are_a_line_like_others(project: Project, file: str, text: str, told: str) -> None:
    (project.templates / file).write_text(text, encoding="utf-8")
    found = seen(project)
    assert faults(found) == ["templates"]
    assert found["templates"].seen.startswith(told)
    assert "check --forms" in found["templates"].remedy


def test_a_folder_that_cannot_be_written_says_why(project: Project) -> None:
    """A file stands where the folder would be; rights alone do not stop who runs the tests as root."""
    project.outputs.write_bytes(b"")
    assert write_fault(project.outputs / "2023") != ""
    assert faults(seen(project, "utf-8", doctor._folder)) == ["outputs/"]


def test_the_lock_of_another_run_is_told(project: Project) -> None:
    assert not is_locked(project)
    with locked(project, lambda: None):
        assert is_locked(project)
        assert seen(project, "utf-8", doctor._lock)["lock"].health is Health.NOTE
    assert not is_locked(project)


@pytest.mark.parametrize(
    ("encoding", "well"), [("utf-8", True), ("gb18030", True), ("cp437", False), ("nothing", False)]
)
def test_a_console_without_chinese_is_a_fault(project: Project, encoding: str, well: bool) -> None:
    assert (faults(seen(project, encoding, doctor._language)) == []) is well


def test_a_look_that_fails_is_a_fault_and_the_others_are_taken(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(patient: Patient) -> None:
        raise OSError("no such device")

    monkeypatch.setattr(doctor, "LOOKS", (breaks, doctor._lock))
    found = looks(Patient(project, "utf-8", Path.home()))
    assert [(look.name, look.health) for look in found] == [("breaks", Health.FAULT), ("lock", Health.WELL)]
    assert "no such device" in found[0].seen


def test_the_block_is_aligned_and_names_no_home(project: Project) -> None:
    found = [
        Look("甲", Health.WELL, "/home/zhang/法援 and /home/zhangsan/x"),
        Look("system", Health.FAULT, "x", "look into /home/zhang"),
    ]
    assert block(found, Patient(project, "utf-8", Path("/home/zhang"))) == [
        "ok     甲      ~/法援 and /home/zhangsan/x",
        "FAULT  system  x",
        "               → look into ~",
    ]


def test_a_windows_home_is_named_by_neither_kind_of_slash() -> None:
    line = r"C:\Users\张三\法援 C:/Users/张三/x C:\Users\张三丰\y"
    assert doctor._without_home(line, PureWindowsPath(r"C:\Users\张三")) == r"~\法援 ~/x C:\Users\张三丰\y"


def test_every_look_is_taken_on_this_machine(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(project.root)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0, result.output
    for word in ("Python", "packages", "docxtpl", "font", "git", "LibreOffice"):
        assert word in result.output
