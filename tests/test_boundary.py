"""Whatever is wrong with one file is a finding of that file, with its own clear message; the others go on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import HEAD, OLD_FORM, ROOT, write_input
from reportgen.reading.project import Project
from reportgen.running.batch import build_all, check_all
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options

GOOD = "数据:\n  案件: {受理: 445}\n"
ASKING = HEAD.replace("plain", "own") + GOOD


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the project's folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "reportgen", *arguments]
    return subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )


def check_both(project: Project, name: str = "bad.yaml") -> list[dict[str, Any]]:
    """Check all files; return the findings of the bad one, after making sure that the good one was checked too."""
    write_input(project, GOOD.replace("445", "44５"), "good")  # a full-width digit is told
    result = run(project, "check", "--format", "json")
    found = json.loads(result.stdout)
    assert "Traceback" not in result.stderr
    assert [each["code"] for each in found if each["file"].endswith("good.yaml")] == ["full-width-number"]
    return [each for each in found if each["file"].endswith(name) or each["file"].startswith("templates/")]


# --- inputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "code", "told"),
    [
        ('正文:\n  情况: "{% autoescape true %}甲{% endautoescape %}"\n', 9, "template-syntax", "{% autoescape %}"),
        (f"正文:\n  情况: 甲{{{{ 0x{'f' * 4000} }}}}乙\n", 9, "template-syntax", "more than 18 digits"),
        (f"正文:\n  情况: 甲{{{{ {'9' * 5000} }}}}乙\n", 9, "template-syntax", "too long"),
        (f"下辖: [{'a' * 300}]\n", 8, "bad-value", "cannot name a file"),
        ('下辖: ["a\\0b"]\n', 8, "bad-value", "cannot name a file"),
        ("下辖: [../2022/east]\n", 8, "bad-value", "cannot name a file"),
    ],
    ids=["autoescape", "hexadecimal", "digits", "long-name", "null", "path"],
)
def test_an_odd_input_is_told_in_its_own_words(project: Project, text: str, line: int, code: str, told: str) -> None:
    write_input(project, GOOD + text, "bad")
    found = [each for each in check_both(project) if each["severity"] == "error" and each["code"] == code]
    assert [(each["line"], told in each["message"]) for each in found] == [(line, True)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_no_input(project: Project) -> None:
    os.mkfifo(project.inputs / "2023" / "bad.yaml")
    (found,) = check_both(project)
    assert (found["code"], found["message"]) == ("file-unreadable", "this is not an ordinary file")


def test_a_fault_of_the_program_is_a_finding_and_its_traceback_is_kept_in_a_file(
    project: Project, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("甲")

    monkeypatch.setattr("reportgen.running.examine.findings_of", broken)
    path = write_input(project, GOOD)
    for outcome in (check(library, path), build(library, path, Options())):
        (finding,) = outcome.findings
        assert (finding.code, finding.span.file) == ("internal-error", "inputs/2023/centre.yaml")
        assert "KeyError" in finding.message
        assert "in broken" in outcome.traceback


def test_the_traceback_goes_to_a_file_and_with_debug_to_the_screen(project: Project) -> None:
    write_input(project, GOOD)
    patch = project.root / "sitecustomize.py"
    patch.write_text(
        "import reportgen.running.examine as e\ndef findings_of(*a): raise KeyError('甲')\ne.findings_of = findings_of\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{project.root}{os.pathsep}{ROOT}", "REPORTGEN_LANG": "en"}
    for arguments, shown in (([], False), (["--debug"], True)):
        command = [sys.executable, "-m", "reportgen", "check", *arguments]
        result = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, encoding="utf-8")
        assert result.returncode == 1
        assert ("Traceback" in result.stderr) is shown
        assert "internal-error" in result.stderr
        assert ".reportgen/internal-errors.txt" in result.stderr
        assert "KeyError" in (project.root / ".reportgen" / "internal-errors.txt").read_text(encoding="utf-8")


# --- templates -----------------------------------------------------------------------------------------------


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def nested(folder: Path) -> None:
    """A Word template with 3,000 content controls within one another."""
    path = folder / "own" / "report.docx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    opened = b"<w:sdt><w:sdtContent>" * 3000
    closed = b"</w:sdtContent></w:sdt>" * 3000
    body = parts["word/document.xml"]
    parts["word/document.xml"] = re.sub(rb"(<w:body>)", lambda match: match[1] + opened + closed, body, count=1)
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def damaged(folder: Path) -> None:
    """A Word template in whose packed text some bytes are wrong."""
    path = folder / "own" / "report.docx"
    with zipfile.ZipFile(path) as package:
        start = package.getinfo("word/document.xml").header_offset + 60
    data = bytearray(path.read_bytes())
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("spoil", "file", "told"),
    [
        (
            without("house/house.typ"),
            "templates/own/report.typ",
            "house/house.typ, which this template reads, is missing",
        ),
        (without("own/report.typ"), "templates/own/report.typ", "the Typst template is missing"),
        (without("own/annex.typ"), "templates/own/annex.typ", "the Typst template is missing"),
        (without("own/annex.docx"), "templates/own/annex.docx", "the Word template is missing"),
        (nested, "templates/own/report.docx", "nests more than 200 levels deep"),
        (damaged, "templates/own/report.docx", "damaged"),
    ],
    ids=["house", "report", "annex", "word", "nested", "damaged"],
)
def test_a_template_that_cannot_be_used_is_named(
    project: Project, spoil: Callable[[Path], None], file: str, told: str
) -> None:
    own = project.templates / "own"
    shutil.copytree(OLD_FORM, own)
    for suffix in ("docx", "typ"):
        shutil.copy(project.templates / "house" / f"report.{suffix}", own / f"report.{suffix}")
    typst = own / "report.typ"
    typst.write_text(typst.read_text(encoding="utf-8").replace('"house.typ"', '"../house/house.typ"'), encoding="utf-8")
    spoil(project.templates)
    write_input(project, ASKING, "bad")
    found = [each for each in check_both(project) if each["file"] == file]
    assert [each["severity"] for each in found] == ["error"]
    assert told in found[0]["message"]
    assert str(project.root) not in found[0]["message"]


# --- limits --------------------------------------------------------------------------------------------------


ENDLESS = "#for i in range(100000) { for j in range(100000) {} }\n"
GREEDY = "#let many = range(30000000).map(i => (i, str(i)))\n#many.len()\n"


def test_an_endless_template_is_tried_once_and_told_as_such(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.running.batch.SERVE", "ready:hurried")
    (project.templates / "house" / "report.typ").write_text(ENDLESS, encoding="utf-8")
    paths = [write_input(project, GOOD, f"c{n}") for n in range(4)]
    start = time.monotonic()
    for outcomes in (list(check_all(project, paths)), list(build_all(project, paths, Options()))):
        found = {finding for outcome in outcomes for finding in outcome.findings}
        assert {(finding.code, finding.span.file) for finding in found} == {
            ("worker-timeout", "templates/house/report.typ")
        }
        assert all(outcome.failed for outcome in outcomes)
    assert time.monotonic() - start < 18  # two runs of three seconds, not eight


def test_a_template_that_takes_all_memory_is_told_as_such(project: Project) -> None:
    (project.templates / "house" / "report.typ").write_text(GREEDY, encoding="utf-8")
    (outcome,) = check_all(project, [write_input(project, GOOD)])
    assert [(finding.code, finding.span.file) for finding in outcome.findings] == [
        ("out-of-memory", "templates/house/report.typ")
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_workers_die_with_their_parent(project: Project) -> None:
    (project.templates / "house" / "report.typ").write_text(ENDLESS, encoding="utf-8")
    write_input(project, GOOD)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-m", "reportgen", "check"], cwd=project.root, env=environment)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    deadline = time.monotonic() + 20
    while not (pids := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    parent.kill()
    parent.wait()
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pids
    assert [pid for pid in pids if alive(pid)] == []


def alive(pid: str) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
