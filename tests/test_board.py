"""Findings as people and programs read them."""

from __future__ import annotations

import json

from reportgen.board import as_json, as_text, summary, width
from reportgen.findings import Finding, Span

LINE = "    受理: 445            # 上级口径"
FINDING = Finding(
    "total-mismatch", Span("inputs/2023/a.yaml", 10, 9, 3, LINE), "要核对", "请改", "案件.受理", "445件", "440件"
)


def test_text_shows_the_place_the_line_and_what_to_type() -> None:
    assert as_text(FINDING).splitlines() == [
        "inputs/2023/a.yaml:10:9: error: 要核对 [total-mismatch]",
        f"    {LINE}",
        "    " + " " * 10 + "^^^",  # two Chinese characters take four columns
        "    → 请改",
    ]


def test_a_finding_on_no_file_has_no_place() -> None:
    assert as_text(Finding("font-substituted", Span(""), "x")) == "note: x [font-substituted]"


def test_colour_is_for_the_severity_alone() -> None:
    assert as_text(FINDING, colour=True).splitlines()[0] == (
        "inputs/2023/a.yaml:10:9: \033[31;1merror\033[0m: 要核对 [total-mismatch]"
    )


def test_a_long_line_is_shown_around_the_place() -> None:
    text = "字" * 500 + "错" + "字" * 500
    shown = as_text(Finding("yaml-syntax", Span("a.yaml", 1, 501, 1, text), "x")).splitlines()
    assert len(shown[1]) < 110
    assert shown[1].strip()[(len(shown[2]) - 5) // 2] == "错"


def test_chinese_characters_take_two_columns() -> None:
    assert [width("a"), width("中"), width("，"), width("“a”")] == [1, 2, 2, 3]


def test_json_is_one_array_with_the_agreed_keys() -> None:
    data = json.loads(as_json([FINDING]))
    assert data == [
        {
            "file": "inputs/2023/a.yaml", "line": 10, "column": 9, "code": "total-mismatch", "severity": "error",
            "path": "案件.受理", "message": "要核对", "hint": "请改", "stated": "445件", "expected": "440件",
        }
    ]  # fmt: skip
    assert json.loads(as_json([])) == []


def test_the_summary_counts() -> None:
    assert summary([FINDING, FINDING], 3) == "3 input file(s): 2 error(s), 0 warning(s), 0 note(s)"
