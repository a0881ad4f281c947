"""Findings as people and programs read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from reportgen.telling.catalogue import CATALOGUE, ERROR, NOTE, WARNING
from reportgen.telling.explain import explanations
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.views import View, as_github, as_json, as_sarif, as_text, summary, units, width

ADVICE = "请改; or give the reason under 口径说明: 案件.受理: …"  # as for all that a reason lets pass
LINE = "    受理: 445            # 上级口径"
FINDING = Finding(
    "total-mismatch",
    Span("inputs/2023/a.yaml", 10, 9, 3, LINE),
    "要核对",
    "请改",
    Subject.fact("案件.受理"),
    "445件",
    "440件",
)


def test_text_shows_the_place_the_line_and_what_to_type() -> None:
    assert as_text(FINDING).splitlines() == [
        "inputs/2023/a.yaml:10:9: error: 要核对 [total-mismatch]",
        f"    {LINE}",
        "    " + " " * 10 + "^^^",  # two Chinese characters take four columns
        f"    → {ADVICE}",
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
            "path": "案件.受理", "message": "要核对", "hint": ADVICE, "stated": "445件", "expected": "440件",
        }
    ]  # fmt: skip
    assert json.loads(as_json([])) == []
    several = [FINDING, replace(FINDING, message='“a”\n{b}, "c": [d]')]
    assert as_json(several) == json.dumps([each.as_data() for each in several], ensure_ascii=False, indent=2)


def test_the_summary_counts() -> None:
    assert summary([FINDING, FINDING], 3) == "3 input file(s): 2 error(s), 0 warning(s), 0 note(s)"


def test_the_summary_says_how_many_findings_are_hidden_and_how_many_of_them_are_errors() -> None:
    assert summary([], 1, [FINDING, TRUNCATED, NOWHERE]) == (
        "1 input file(s): 0 error(s), 0 warning(s), 0 note(s); "
        "3 more hidden by --severity, --select or --ignore (1 of them error(s))"
    )


NOWHERE = Finding("font-substituted", Span(""), "a font", "install it")
TRUNCATED = Finding("truncated", Span("inputs/2023/a.yaml", 3, 5, 2, "甲: 一二"), "cut")
ALL = [FINDING, TRUNCATED, NOWHERE]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (View(), ALL),
        (View(severity=NOTE), ALL),
        (View(severity=WARNING), [FINDING, TRUNCATED]),
        (View(severity=ERROR), [FINDING]),
        (View(select=frozenset({"truncated"})), [TRUNCATED]),
        (View(select=frozenset({"truncated", "font-substituted"})), [TRUNCATED, NOWHERE]),
        (View(ignore=frozenset({"total-mismatch"})), [TRUNCATED, NOWHERE]),
        (View(select=frozenset({"truncated"}), ignore=frozenset({"truncated"})), []),
        (View(severity=ERROR, select=frozenset({"truncated"})), []),
    ],
)
def test_a_view_shows_what_passes_severity_select_and_ignore(view: View, shown: list[Finding]) -> None:
    assert [finding for finding in ALL if view.shows(finding)] == shown


# The rules of SARIF 2.1.0 that bind what is written here: required properties, no others than the schema knows
# (its objects are closed), types, ranges. Sections are those of the standard.
KNOWN = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "columnKind", "results"},
    "driver": {"name", "version", "rules"},
    "rule": {"id", "shortDescription", "help", "defaultConfiguration"},
    "result": {"ruleId", "ruleIndex", "level", "message", "locations"},
    "physicalLocation": {"artifactLocation", "region", "contextRegion"},
    "region": {"startLine", "startColumn", "endColumn", "snippet"},
}
LEVELS = {"error", "warning", "note"}  # and “none”, which no finding is


def check_text(message: dict[str, Any]) -> None:
    assert set(message) == {"text"}
    assert isinstance(message["text"], str)
    assert message["text"]


def check_region(region: dict[str, Any]) -> None:
    assert region.keys() <= KNOWN["region"]
    for name in ("startLine", "startColumn", "endColumn"):  # 3.30.5-8: numbers from 1
        assert type(region.get(name, 1)) is int
        assert region.get(name, 1) >= 1
    assert region["startLine"]
    if "endColumn" in region:  # 3.30.8: on one line, not before its start
        assert region["endColumn"] >= region.get("startColumn", 1)
    if "snippet" in region:
        check_text(region["snippet"])


def check_sarif(log: dict[str, Any]) -> list[dict[str, Any]]:
    """Hold a log against the standard; return its results."""
    assert log.keys() == KNOWN["log"]
    assert log["version"] == "2.1.0"  # 3.13.2
    assert re.search(r"sarif-schema-2\.1\.0\.json$", log["$schema"])
    [run] = log["runs"]
    assert run.keys() == KNOWN["run"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")  # 3.14.27
    assert set(run["tool"]) == {"driver"}
    driver = run["tool"]["driver"]
    assert driver.keys() == KNOWN["driver"]
    assert driver["name"]  # 3.19.8
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    for rule in driver["rules"]:
        assert rule.keys() == KNOWN["rule"]
        check_text(rule["shortDescription"])
        check_text(rule["help"])
        assert set(rule["defaultConfiguration"]) == {"level"}
        assert rule["defaultConfiguration"]["level"] in LEVELS
    for result in run["results"]:
        assert result.keys() <= KNOWN["result"]
        check_text(result["message"])  # 3.27.11: required
        assert result["level"] in LEVELS
        assert rules[result["ruleIndex"]] == result["ruleId"]  # 3.27.6
        for location in result.get("locations", []):
            assert set(location) == {"physicalLocation"}
            check_location(location["physicalLocation"])
    return list(run["results"])


def check_location(physical: dict[str, Any]) -> None:
    assert physical.keys() <= KNOWN["physicalLocation"]
    assert set(physical["artifactLocation"]) == {"uri"}
    uri = physical["artifactLocation"]["uri"]
    assert re.fullmatch(r"(%[0-9A-F]{2}|[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-])+", uri)  # RFC 3986
    assert (urlsplit(uri).scheme == "file") or not uri.startswith("/")
    check_region(physical["region"])
    if "contextRegion" in physical:  # 3.29.5: more than the region, around it
        check_region(physical["contextRegion"])
        assert physical["contextRegion"]["startLine"] == physical["region"]["startLine"]
        assert len(physical["contextRegion"]["snippet"]["text"]) > len(
            physical["region"].get("snippet", {"text": ""})["text"]
        )


def sarif(*findings: Finding, folder: str = "") -> list[dict[str, Any]]:
    return check_sarif(json.loads(as_sarif(findings, "1.2.3", folder)))


def test_sarif_of_a_finding_says_what_and_where() -> None:
    [result] = sarif(FINDING)
    assert result["ruleId"] == "total-mismatch"
    assert result["level"] == "error"
    assert result["message"] == {"text": f"要核对\n→ {ADVICE}"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "inputs/2023/a.yaml"},
                "region": {"startLine": 10, "startColumn": 9, "endColumn": 12, "snippet": {"text": "445"}},
                "contextRegion": {"startLine": 10, "snippet": {"text": LINE}},
            }
        }
    ]


def test_sarif_is_one_run_that_names_the_program_and_every_kind_of_finding() -> None:
    log = json.loads(as_sarif([], "1.2.3"))
    assert check_sarif(log) == []
    driver = log["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("reportgen", "1.2.3")
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert levels == {code: kind.severity.value for code, kind in CATALOGUE.items()}
    assert {levels["total-mismatch"], levels["truncated"], levels["cannot-check"]} == LEVELS


def test_sarif_explains_each_kind_of_finding_as_the_command_explain_does() -> None:
    rules = json.loads(as_sarif([], "1"))["runs"][0]["tool"]["driver"]["rules"]
    told = explanations("en")
    assert len(rules) > 80
    assert {rule["id"]: (rule["shortDescription"]["text"], rule["help"]["text"]) for rule in rules} == {
        code: (told[code].meaning, told[code].body) for code in CATALOGUE
    }


def test_sarif_keeps_to_the_standard_for_every_code_and_odd_place(tmp_path: Path) -> None:
    spans = [
        Span(""),
        Span("inputs/2023/a.yaml"),  # a whole file
        Span("inputs/2023/a.yaml", 2, 40, 3, "短"),  # after the end of the line
        Span("inputs/2023/a.yaml", 2, 1, 400, "全行"),
        Span("inputs/2023/某 中心#1%.yaml", 1, 2, 1, "abc"),
        Span(str(tmp_path / "某中心.yaml"), 1, 1, 1, "abc"),
        Span("1:2.yaml", 1, 1, 1, "a"),
    ]
    for span in spans:
        assert len(sarif(*(Finding(code, span, "x") for code in CATALOGUE))) == len(CATALOGUE)


def test_sarif_of_a_finding_on_no_file_has_no_place() -> None:
    [result] = sarif(NOWHERE)
    assert "locations" not in result
    assert result["level"] == "note"


def test_sarif_names_files_from_the_top_of_the_repository_as_uris(tmp_path: Path) -> None:
    def uri(file: str, folder: str = "") -> str:
        [result] = sarif(replace(FINDING, span=replace(FINDING.span, file=file)), folder=folder)
        return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    assert uri("inputs/2023/a.yaml", ".") == "inputs/2023/a.yaml"
    assert uri("inputs/2023/a.yaml", "district/reports") == "district/reports/inputs/2023/a.yaml"
    odd = uri("inputs/2023/某 中心.yaml")
    assert odd.isascii()
    assert unquote(odd) == "inputs/2023/某 中心.yaml"
    assert " " not in odd
    outside = tmp_path / "a.yaml"  # an input that lies elsewhere
    assert uri(str(outside), "district") == outside.as_uri()


def test_sarif_has_no_end_of_a_line_that_is_not_known() -> None:
    [result] = sarif(Finding("file-empty", Span("inputs/2023/a.yaml"), "x"))
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "inputs/2023/a.yaml"},
        "region": {"startLine": 1, "startColumn": 1},
    }


def test_sarif_is_ascii_so_that_no_console_can_spoil_it() -> None:
    assert as_sarif([FINDING], "1").isascii()


# 𠮷 is one character, two UTF-16 units; 吉 is one of each.
@pytest.mark.parametrize(
    ("text", "column", "length", "expected"),
    [
        ("吉: 445", 4, 3, (4, 7)),
        ("𠮷: 445", 4, 3, (5, 8)),
        ("𠮷𠮷𠮷", 2, 1, (3, 5)),
        ("𠮷", 1, 9, (1, 3)),  # no further than the line
        ("", 4, 2, (4, 6)),  # the line is not known
    ],
)
def test_columns_are_counted_in_utf_16_units(text: str, column: int, length: int, expected: tuple[int, int]) -> None:
    assert units(Span("a.yaml", 1, column, length, text)) == expected


def test_sarif_says_that_columns_are_utf_16_units_and_keeps_to_it() -> None:
    log = json.loads(as_sarif([Finding("truncated", Span("a.yaml", 1, 4, 3, "𠮷: 445"), "x")], "1"))
    assert log["runs"][0]["columnKind"] == "utf16CodeUnits"
    [result] = check_sarif(log)
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"], region["snippet"]["text"]) == (5, 8, "445")


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a line as GitHub's runner does: ::name key=value,key=value::data, and its escapes undone."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match, line

    def plain(text: str, escapes: dict[str, str]) -> str:
        for escape, character in escapes.items():
            text = text.replace(escape, character)
        return text.replace("%25", "%")

    ends = {"%0D": "\r", "%0A": "\n"}
    pairs = [pair.split("=", 1) for pair in match[2].split(",")]
    return (
        match[1],
        {key: plain(value, {**ends, "%3A": ":", "%2C": ","}) for key, value in pairs},
        plain(match[3], ends),
    )


def test_a_line_for_github_says_what_and_where() -> None:
    assert as_github(FINDING) == (
        "::error file=inputs/2023/a.yaml,line=10,col=9,endColumn=12,title=reportgen (total-mismatch)::要核对%0A→ "
        + ADVICE
    )


def test_a_line_for_github_without_a_file_has_a_title_alone_and_a_note_is_a_notice() -> None:
    assert as_github(NOWHERE) == "::notice title=reportgen (font-substituted)::a font%0A→ install it"
    assert as_github(TRUNCATED).startswith("::warning file=inputs/2023/a.yaml,line=3,col=5,endColumn=6,title=")


def test_a_line_for_github_names_the_file_from_the_top_of_the_repository(tmp_path: Path) -> None:
    assert "file=district/inputs/2023/a.yaml," in as_github(FINDING, "district")
    outside = str(tmp_path / "a.yaml")  # GitHub's runner makes it relative itself
    assert f"file={outside}," in as_github(replace(FINDING, span=Span(outside)), "district")


def test_nothing_in_a_message_or_a_name_can_be_read_as_a_command_of_its_own() -> None:
    message = "100% of a::b, c\r\n::error file=x::y %0A %25"
    file = "a,line=9::b%2C:c\n::stop-commands::x.yaml"
    line = as_github(Finding("truncated", Span(file, 1, 2, 1, "abc"), message))
    assert len(line.splitlines()) == 1
    name, properties, data = read_command(line)
    assert name == "warning"
    assert data == message
    assert properties == {
        "file": file, "line": "1", "col": "2", "endColumn": "3", "title": "reportgen (truncated)"
    }  # fmt: skip
