"""Complaints are values: one table of codes, one shape, and one exception that carries them."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.telling.catalogue import CATALOGUE, ERROR, NOTE, WARNING, Severity
from reportgen.telling.findings import Finding, ReportError, Span, Subject, has_errors
from reportgen.telling.views import View, summary, width, wrapped

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "reportgen").rglob("*.py") if path.stem not in ("findings", "catalogue"))


def literals() -> Iterator[tuple[str, str]]:
    """Yield every text in the code of the product, with its module."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.stem, node.value


def codes_given() -> Iterator[tuple[str, str]]:
    """Yield the literal code of every finding that the product makes, with its module."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func).split(".")[-1]
                value = node.args[0].value
                if called in ("Finding", "_Rule") and isinstance(value, str):
                    yield path.stem, value


def finding(code: str, message: str = "wrong") -> Finding:
    return Finding(code, Span("f.yaml", 3, 5, 2, "甲: 一"), message)


def test_codes_are_words_with_hyphens() -> None:
    """They are typed on command lines and in tests."""
    odd = [code for code in CATALOGUE if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)]
    assert CATALOGUE
    assert odd == []


def test_every_code_that_is_given_is_in_the_table() -> None:
    given = list(codes_given())
    assert len(given) > 60
    assert [(module, code) for module, code in given if code not in CATALOGUE] == []


def test_every_code_in_the_table_is_given_by_some_module() -> None:
    given = {text for _module, text in literals()}
    assert [code for code in CATALOGUE if code not in given] == []


def test_the_cases_of_the_suite_expect_only_codes_of_the_table() -> None:
    expected = [
        code.strip()
        for path in sorted((ROOT / "tests" / "suite").rglob("*.yaml"))
        for codes in re.findall(
            r"#\s*expect(?:\s+next|\s+\d+)?:\s*([a-z0-9, -]+)", path.read_bytes().decode("utf-8", "replace")
        )
        for code in codes.split(",")
    ]
    assert len(expected) > 50
    assert [code for code in expected if code.removeprefix("explained ").split()[0] not in CATALOGUE] == []


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("total-mismatch", "error"),  # product.md: a wrong sum stops the build
        ("wrong-unit", "error"),  # product.md: a wrong unit is an error
        ("truncated", "warning"),  # product.md: a truncated figure is a warning that says so
        ("rounding-difference", "warning"),  # domain.md, 容差建议: W 并提示
        ("full-width-number", "warning"),  # product.md: read, with a warning
        ("cannot-check", "note"),
        ("font-substituted", "note"),
    ],
)
def test_the_severity_is_that_of_the_code(code: str, severity: str) -> None:
    assert finding(code).severity == Severity(severity)
    assert finding(code).as_data()["severity"] == severity


def test_a_finding_of_a_code_that_there_is_not_is_a_bug() -> None:
    with pytest.raises(KeyError):
        _ = finding("no-such-code").severity


def test_the_data_of_a_finding_has_the_fields_of_the_contract_in_their_order() -> None:
    """product.md: {file, line, column, code, severity, path, message, hint, stated, expected}."""
    data = Finding(
        "total-mismatch",
        Span("inputs/2023/a.yaml", 7, 12, 3, "    受理: 445"),
        "“案件.受理” is not the sum",
        "type 440件",
        Subject.fact("案件.受理"),
        "445件",
        "440件",
    ).as_data()
    assert list(data.items()) == [
        ("file", "inputs/2023/a.yaml"),
        ("line", 7),
        ("column", 12),
        ("code", "total-mismatch"),
        ("severity", "error"),
        ("path", "案件.受理"),
        ("message", "“案件.受理” is not the sum"),
        ("hint", "type 440件; or give the reason under 口径说明: 案件.受理: …"),
        ("stated", "445件"),
        ("expected", "440件"),
    ]
    assert json.loads(json.dumps(data)) == data


def test_a_span_says_only_the_file_unless_told_more() -> None:
    assert Span("f.yaml") == Span("f.yaml", 1, 1, 1, "")


def test_findings_and_spans_are_values() -> None:
    assert finding("tab") == finding("tab")
    assert len({finding("tab"), finding("tab"), finding("tab", "other")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding("tab").code = "bad-value"  # type: ignore[misc]


def test_an_error_carries_its_findings_and_reads_as_their_messages() -> None:
    found = [finding("tab", "first"), finding("file-empty", "second")]
    error = ReportError(iter(found))
    assert error.findings == tuple(found)
    assert str(error) == "first; second"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], False),
        (["empty-value"], False),
        (["truncated", "cannot-check"], False),
        (["truncated", "tab"], True),
        (["total-mismatch"], True),
    ],
)
def test_only_an_error_stops_a_build(codes: list[str], expected: bool) -> None:
    assert has_errors(finding(code) for code in codes) is expected


def test_there_are_three_severities() -> None:
    assert {severity.value for severity in Severity} == {"error", "warning", "note"}
    assert {kind.severity for kind in CATALOGUE.values()} == {ERROR, WARNING, NOTE}


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_finding_is_broken_to_fit_the_terminal(columns: int) -> None:
    text = (
        "inputs/2023/lieshan.yaml:12:3: error: “案件.刑事”是347，与合计445不符，差了2件，请核对后改正 [sum-mismatch] "
        * 2
    )
    lines = wrapped(text, columns).split("\n")
    assert len(lines) > 1
    assert max(map(width, lines)) <= columns
    assert all(line.startswith("    ") for line in lines[1:])
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line.strip()[0] in "，。、；：？！）”" for line in lines)
    assert wrapped(text, 0) == text


def test_what_the_input_explains_is_counted_in_a_build_until_notes_are_asked_for() -> None:
    explained = Finding("implausible", Span("a.yaml", 1, 1), "odd", reason="so it is")
    open_ = Finding("implausible", Span("a.yaml", 2, 1), "odd")
    folding, all_of_them = View(folds=True), View()
    assert [folding.shows(each) for each in (explained, open_)] == [False, True]
    assert [all_of_them.shows(each) for each in (explained, open_)] == [True, True]
    assert folding.is_folded(explained)
    assert not folding.is_folded(open_)
    assert "1 explained in the reports" in summary([open_], 1, (), 1)
