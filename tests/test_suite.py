"""Cases in tests/suite: each finding is expected on the line that causes it, and nothing else is found.

``# expect: code, code`` stands on the offending line, ``# expect next: code`` above it, ``# expect 3: code`` anywhere.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.reading.project import glance
from reportgen.running.build import check
from reportgen.running.kin import twins_of
from reportgen.running.library import Library

SUITE = ROOT / "tests" / "suite"
CASES = sorted(SUITE.rglob("*.yaml"))
CODE = r"(?:explained )?[a-z0-9-]+"
WITHOUT = {"fact-conflict", "not-utf8", "negative", "missing-actual", "fact-required"}
EXPECT = re.compile(rf"#\s*expect(?P<where>\s+next|\s+\d+)?:\s*(?P<codes>{CODE}(?:,\s*{CODE})*)")


def expected(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
        for match in EXPECT.finditer(line):
            where = (match["where"] or "").strip()
            line_number = number + 1 if where == "next" else int(where) if where else number
            found += [(line_number, code.strip()) for code in match["codes"].split(",")]
    return sorted(found)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(SUITE).as_posix())
def test_case(path: Path, shared: Library) -> None:
    files = sorted(path.parent.glob("*.yaml")) if path.parent.name == "published" else [path]
    twins = twins_of({file: glance(file) for file in files})
    outcome = check(shared, path, twins.get(path, []))
    found = sorted((f.span.line, f"explained {f.code}" if f.reason else f.code) for f in outcome.findings)
    assert found == expected(path), "\n".join(f"{f.span.line}: {f.code}: {f.message}" for f in outcome.findings)


HINT = re.compile(r"^# hint ([a-z0-9-]+): (.*?)\r?$", re.MULTILINE)


def hints(path: Path) -> list[tuple[str, str]]:
    """Return the advice that is pinned at the end of a case: ``# hint code: …``."""
    return HINT.findall(path.read_bytes().decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "path", [path for path in CASES if hints(path)], ids=lambda path: path.relative_to(SUITE).as_posix()
)
def test_what_to_type_is_what_was_agreed(path: Path, shared: Library) -> None:
    advice = {(finding.code, finding.advice) for finding in check(shared, path).findings}
    assert set(hints(path)) <= advice


def test_every_advice_of_the_suite_is_pinned_once() -> None:
    """A code whose advice nobody has read is none that helps; the others are about bytes, or need other files."""
    told = {code.removeprefix("explained ") for path in CASES for _line, code in expected(path)}
    pinned = [code for path in CASES for code, _text in hints(path)]
    assert len(pinned) == len(set(pinned))
    assert told - set(pinned) == WITHOUT


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


def test_lines_of_the_audit_that_hold_are_not_complained_of(shared: Library) -> None:
    """seeds-audit.md calls A1 A2 A7 A8 A9 A14 A18 A19, B1 B2 B3 B5 and D1 D2 D3 D4 true."""
    published = {path.stem: check(shared, path) for path in (SUITE / "published").glob("*.yaml")}
    holding = {"案件.结案率", "案件.民事占比", "案件.完成率", "咨询.录入", "抽查.件数", "资金.支出", "资金.使用率",
               "资金.省拨", "资金.到位", "资金.到位率", "预算.全年", "机构.领导职数", "案件.旁听", "宣传.信息"}  # fmt: skip
    findings = [finding for outcome in published.values() for finding in outcome.findings]
    complaints = {finding.path for finding in findings if finding.code != "fact-required"}  # C and D state no spending
    assert complaints
    assert not complaints & holding
