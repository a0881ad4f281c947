"""Whatever is typed, there is a finding with a place, and never a traceback. (Thousands more by hand: --fuzz below.)"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from reportgen.reading.habits import find_habit, structure_lines
from reportgen.reading.project import find_project
from reportgen.running.build import check
from reportgen.running.library import Library

SAMPLES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "inputs").glob("20[12][38]/*.yaml"))]
ODD = [*"：，“”{}[]%#&*!|>-?\"'\\@`~ \t\n　０％.,0余近约万元（）$<=+", "{{", "}}", "{% if 案件.受理 %}", "{% endif %}",
       "{% for x in 案件 %}", "{{ 案件|sum }}", "{{ 1/0 }}", "{{ 正文.x }}", "- ", "\r\n", "\u200b", "😀", "数据:", "null",
       "---\n", "|\n", "**", "1. ", "# ", "| a |\n|---|\n"]  # fmt: skip

LIBRARY = Library(find_project(ROOT), system_fonts=False)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def findings_of(data: bytes, folder: Path) -> list[tuple[int, int, str]]:
    """Check the file and return the place and code of its findings, all of which must lie in it."""
    path = folder / "f.yaml"
    path.write_bytes(data)
    outcome = check(LIBRARY, path)
    lines = len(re.split(rb"\r\n|\r|\n", data))
    for finding in outcome.findings:
        assert finding.span.file.endswith("f.yaml"), finding
        assert 1 <= finding.span.line <= lines, finding
        assert finding.span.column >= 1, finding
        assert finding.message
    return [(finding.span.line, finding.span.column, finding.code) for finding in outcome.findings]


@st.composite
def mutilated(draw: Callable[..., object]) -> str:
    """Draw a sample input with a few characters put in, taken out or replaced."""
    text = str(draw(st.sampled_from(SAMPLES)))
    for _step in range(int(str(draw(st.integers(1, 4))))):
        start = int(str(draw(st.integers(0, len(text)))))
        length = int(str(draw(st.integers(0, 20))))
        text = text[:start] + str(draw(st.sampled_from(["", *ODD]))) + text[start + length :]
    return text


@quick
@given(mutilated())
def test_a_mutilated_input_gives_findings_and_no_traceback(tmp_path: Path, text: str) -> None:
    findings_of(text.encode("utf-8"), tmp_path)


@quick
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example("单位: 甲".encode("gbk"))
@example(b"[" * 5000)
@example(b"a: &a [*a]\n")
def test_arbitrary_bytes_give_findings_and_no_traceback(tmp_path: Path, data: bytes) -> None:
    assert findings_of(data, tmp_path)


@pytest.mark.parametrize("sample", SAMPLES, ids=["panlong", "lieshan", "nanjing"])
def test_a_broken_line_is_the_one_that_is_named(sample: str, tmp_path: Path) -> None:
    """Each line “key: value” in turn gets a full-width colon: the finding is on that line, and no other is blamed."""
    lines = sample.split("\n")
    tried = 0
    for index in structure_lines(tuple(lines)):
        match = re.match(r"( *(?:- )?[^\s:{]+):(?= |$)", lines[index])
        if not match:
            continue
        tried += 1
        broken = [*lines[:index], f"{match[1]}：{lines[index][match.end() :].strip()}", *lines[index + 1 :]]
        found = findings_of("\n".join(broken).encode(), tmp_path)
        assert (index + 1, len(match[1]) + 1, "full-width-structure") in found, lines[index]
        assert {line for line, _column, code in found if code == "full-width-structure"} == {index + 1}
    assert tried > 20


def test_sound_lines_have_no_habit() -> None:
    seen = 0
    for path in [*(ROOT / "inputs").rglob("*.yaml"), *(ROOT / "templates").rglob("*.yaml")]:
        lines = tuple(path.read_text(encoding="utf-8").split("\n"))
        for index in structure_lines(lines):
            seen += 1
            assert find_habit(lines[index]) is None, (path.name, lines[index])
    assert seen > 300
