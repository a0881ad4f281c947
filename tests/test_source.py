"""A file is read as its writer meant it, or refused at the place where the trouble is (hazards 2.1, 2.2)."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.reading.characters import MAX_LISTED
from reportgen.reading.project import MAX_BYTES
from reportgen.reading.source import MAX_DEPTH, MAX_VALUES, Source, Value, leaves, parse_source, read_source
from reportgen.telling.catalogue import CATALOGUE
from reportgen.telling.findings import Finding, ReportError, Span, has_errors

quick = settings(max_examples=150, deadline=None)

Told = list[tuple[str, int, int]]

# Characters that any value may hold: ASCII without controls, Chinese, full-width, beyond the BMP.
PRINTABLE = "".join(map(chr, range(0x20, 0x7F))) + "一二三案件，。：；“”（）〔〕《》！？％１２、—…　×°éΩ€①㎡𠮷😀"
WORD = "".join(character for character in PRINTABLE if not character.isspace())


def source_of(text: str) -> Source:
    return parse_source(text.encode("utf-8", "surrogatepass"), "f.yaml")


def read(text: str) -> tuple[dict[str, Value] | None, tuple[Finding, ...]]:
    """Return the data (None: it was refused) and the findings."""
    try:
        source = source_of(text)
    except ReportError as error:
        return None, error.findings
    return source.data, source.findings


def told(text: str) -> Told:
    return [(finding.code, finding.span.line, finding.span.column) for finding in read(text)[1]]


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


# --- the inputs of probes/yaml -------------------------------------------------------------------------------

READ: dict[str, tuple[str, Value]] = {
    "plain": ("名称: 甲中心\n案件: 5\n", {"名称": "甲中心", "案件": "5"}),
    "percent": ("率: 85%\n", {"率": "85%"}),
    "full-width digits": ("数: １２３\n", {"数": "１２３"}),  # numbers are read by the fields that want them
    "full-width percent": ("率: 85％\n", {"率": "85％"}),
    "full-width minus": ("a: －5\nb: −5\n", {"a": "－5", "b": "−5"}),
    "hash within a word": ("甲: 1#注释\nb: 第#1号\n", {"甲": "1#注释", "b": "第#1号"}),
    "full-width hash": ("甲: 1 ＃注释\n", {"甲": "1 ＃注释"}),
    "comment": ("甲: 1 # 注释\n# 说明：\n乙: 2\n", {"甲": "1", "乙": "2"}),
    "tab at the end": ("甲: 1\t\n", {"甲": "1"}),
    "lines of Windows": ("甲: 1\r\n乙: |\r\n  行1\r\n  行2\r\n", {"甲": "1", "乙": "行1\n行2\n"}),
    "lines of old Macs": ("甲: 1\r乙: 2\r", {"甲": "1", "乙": "2"}),
    "octal": ("a: 012\nb: 018\nc: 0o12\n", {"a": "012", "b": "018", "c": "0o12"}),
    "hexadecimal": ("a: 0x1F\nb: 0b11\n", {"a": "0x1F", "b": "0b11"}),
    "underscores": ("a: 1_000\nb: 1_0.5\n", {"a": "1_000", "b": "1_0.5"}),
    "sexagesimal": ("a: 12:30\nb: 190:20:30\n", {"a": "12:30", "b": "190:20:30"}),
    "thousands": ("a: 1,234\nb: 1,234,567.89\n", {"a": "1,234", "b": "1,234,567.89"}),
    "booleans": (
        "a: NO\nb: ON\nc: yes\nd: n\ne: off\nf: Y\ng: 是\n",
        {"a": "NO", "b": "ON", "c": "yes", "d": "n", "e": "off", "f": "Y", "g": "是"},
    ),
    "boolean keys": ("on: 1\nyes: 2\n", {"on": "1", "yes": "2"}),
    "number keys": ("1.0: a\n1: b\n2023: c\n", {"1.0": "a", "1": "b", "2023": "c"}),
    "dates": (
        "a: 2024-01-02\nb: 2024-1-2\nc: 2024-02-30\nd: 2024/01/02\n",
        {"a": "2024-01-02", "b": "2024-1-2", "c": "2024-02-30", "d": "2024/01/02"},
    ),
    "times": ("a: 2024-01-02 10:00:00\nb: 2024年1月2日\n", {"a": "2024-01-02 10:00:00", "b": "2024年1月2日"}),
    "telephones": (
        "a: 010-88886666\nb: 02988886666\nc: 12348\nd: 11010519491231002X\n",
        {"a": "010-88886666", "b": "02988886666", "c": "12348", "d": "11010519491231002X"},
    ),
    "exponents": ("a: 1e3\nb: 1.0e+3\nc: 1E5\n", {"a": "1e3", "b": "1.0e+3", "c": "1E5"}),
    "no numbers": ("a: .inf\nb: .nan\nc: .5\nd: 5.\n", {"a": ".inf", "b": ".nan", "c": ".5", "d": "5."}),
    "many digits": ("a: " + "9" * 5000 + "\n", {"a": "9" * 5000}),
    "nulls": ("a:\nb: ~\nc: null\nd: Null\n", {"a": "", "b": "~", "c": "null", "d": "Null"}),
    "signs": ("a: -5\nb: -0\nc: +5\n", {"a": "-5", "b": "-0", "c": "+5"}),
    "units": ("a: 5件\nb: 3.5万元\n", {"a": "5件", "b": "3.5万元"}),
    "quoted number": ("a: '123'\nb: \"1\"\n", {"a": "123", "b": "1"}),
    "beyond the BMP": ("a: 😀𠮷\n", {"a": "😀𠮷"}),
    "braces within a value": ("a: 共{{ x }}件\n", {"a": "共{{ x }}件"}),
    "list without indentation": ("a:\n- 1\n- 2\nb: 3\n", {"a": ["1", "2"], "b": "3"}),
    "literal text": ("a: |\n  一行\n  二行\n", {"a": "一行\n二行\n"}),
    "literal text with its end": ("a: |+\n  一\n\n\nb: 1\n", {"a": "一\n\n\n", "b": "1"}),
    "equals signs": ("a: =\n=: 1\n", {"a": "=", "=": "1"}),
    "braces": ("a: {b: 1, c: [2, 3]}\n", {"a": {"b": "1", "c": ["2", "3"]}}),
}

NAMED: dict[str, tuple[str, Told]] = {
    "full-width colon": ("名称：甲中心\n", [("full-width-structure", 1, 3)]),
    "full-width colon in the middle": ("案件: 5\n名称：甲中心\n电话: 1\n", [("full-width-structure", 2, 3)]),
    "full-width colon in braces": ("a: {b：1}\n", [("full-width-structure", 1, 6)]),
    "full-width quotes": ("名称: “甲中心”\n", [("full-width-quotes", 1, 5)]),
    "full-width indentation": ("甲:\n　乙: 1\n", [("full-width-structure", 2, 1)]),
    "full-width space after the colon": ("甲:　1\n", [("full-width-structure", 1, 3)]),
    "no-break space after the colon": ("甲:\xa01\n", [("full-width-structure", 1, 3)]),
    "no space after the colon": ("甲:1\n", [("missing-space", 1, 2)]),
    "no space after the first colon": ("甲:1\n乙: 2\n", [("missing-space", 1, 2)]),
    "tab as indentation": ("甲:\n\t乙: 1\n", [("tab", 2, 1)]),
    "tab after the colon": ("甲:\t1\n", [("tab", 1, 3)]),
    "tab within a value": ("甲: 一\t二\n", [("invisible-character", 1, 4)]),
    "byte order mark": ("\ufeff甲: 1\n", [("byte-order-mark", 1, 1)]),
    "byte order mark in the middle": ("甲: 1\n\ufeff乙: 2\n", [("invisible-character", 2, 1)]),
    "next line": ("甲: 1\x85乙: 2", [("invisible-character", 1, 5)]),
    "line separator": ("甲: 1\u2028乙: 2", [("invisible-character", 1, 5)]),
    "zero-width space": ("甲: 1\u200b\n", [("invisible-character", 1, 5)]),
    "zero-width space in a key": ("甲\u200b: 1\n甲: 2\n", [("invisible-character", 1, 2)]),
    "vertical tab": ("a: x\x0by\n", [("invisible-character", 1, 5)]),
    "null": ("a: x\x00y\n", [("invisible-character", 1, 5)]),
    "delete": ("a: x\x7fy\n", [("invisible-character", 1, 5)]),
    "noncharacter": ("a: x\uffffy\n", [("invisible-character", 1, 5)]),
    "radical": ("a: x⽤\n", [("look-alike", 1, 5)]),
    "duplicate key": ("甲: 1\n甲: 2\n", [("duplicate-key", 2, 1)]),
    "duplicate key below": ("a:\n  甲: 1\n  甲: 2\n", [("duplicate-key", 3, 3)]),
    "duplicate key twice": ("甲: 1\n甲: 2\n甲: 3\n", [("duplicate-key", 2, 1), ("duplicate-key", 3, 1)]),
    "percent sign first": ("率: %85\n", [("needs-quotes", 1, 4)]),
    "colon in the value": ("a: 备注: 内容\n", [("needs-quotes", 1, 4)]),
    "colon at the end of the value": ("a: 备注:\n", [("needs-quotes", 1, 4)]),
    "star first": ("a: *注\n", [("needs-quotes", 1, 4)]),
    "ampersand first": ("a: &注 x\n", [("needs-quotes", 1, 4)]),
    "at sign first": ("a: @x\n", [("needs-quotes", 1, 4)]),
    "backtick first": ("a: `x`\n", [("needs-quotes", 1, 4)]),
    "braces first": ("a: {{ x }}\n", [("needs-quotes", 1, 4)]),
    "statement first": ("a: {% if x %}\n", [("needs-quotes", 1, 4)]),
    "text after the quotes": ('a: "甲"乙\n', [("needs-quotes", 1, 4)]),
    "apostrophe in single quotes": ("a: 'it's'\n", [("needs-quotes", 1, 4)]),
    "quotes not closed": ('a: "甲\nb: 2\n', [("yaml-syntax", 1, 4)]),
    "single quotes not closed": ("a: '甲\nb: 2\n", [("yaml-syntax", 1, 4)]),
    "backslash": ('a: "C:\\data\\new"\n', [("yaml-syntax", 1, 7)]),
    "lone surrogate as a code": ('a: "\\ud800"\n', [("yaml-syntax", 1, 7)]),
    "control characters as codes": ('a: "\\0x\\x0b"\n', [("invisible-character", 1, 4)]),
    "exclamation mark first": ("a: !x y\n", [("yaml-feature", 1, 4)]),
    "python tag": ('a: !!python/object/apply:os.system ["id"]\n', [("yaml-feature", 1, 4)]),
    "python name": ("a: !!python/name:os.system\n", [("yaml-feature", 1, 4)]),
    "binary": ("a: !!binary aGVsbG8=\n", [("yaml-feature", 1, 4)]),
    "set": ("a: !!set {x, y}\n", [("yaml-feature", 1, 4)]),
    "ordered map": ("a: !!omap [x: 1]\n", [("yaml-feature", 1, 4)]),
    "timestamp": ('a: !!timestamp "x"\n', [("yaml-feature", 1, 4)]),
    "integer": ('a: !!int "x"\n', [("yaml-feature", 1, 4)]),
    "float": ('a: !!float "1,2"\n', [("yaml-feature", 1, 4)]),
    "text tag": ("a: !!str 012\n", [("yaml-feature", 1, 4)]),
    "merge": (
        "x: &m {a: 1, b: 2}\ny:\n  <<: *m\n  b: 3\n",
        [("yaml-feature", 1, 4), ("yaml-feature", 3, 3), ("yaml-feature", 3, 7)],
    ),
    "merge of a list": ("y:\n  <<: [{a: 1}, {a: 2}]\n", [("yaml-feature", 2, 3)]),
    "merge of nothing": ("y:\n  <<: 5\n", [("yaml-feature", 2, 3)]),
    "alias of nothing": ("a: *x\n", [("yaml-feature", 1, 4)]),
    "recursion": ("&a a: *a\n", [("yaml-feature", 1, 1), ("yaml-feature", 1, 7)]),
    "recursive list": ("a: &x [*x]\n", [("yaml-feature", 1, 4), ("yaml-feature", 1, 8)]),
    "second document": ("a: 1\n---\nb: 2\n", [("yaml-feature", 2, 1)]),
    "empty file": ("", [("file-empty", 1, 1)]),
    "empty lines": ("\n\n", [("file-empty", 1, 1)]),
    "comment alone": ("# x\n", [("file-empty", 1, 1)]),
    "list alone": ("- 1\n", [("wrong-shape", 1, 1)]),
    "text alone": ("你好\n", [("wrong-shape", 1, 1)]),
    "list as a key": ("? [a,b]\n: 1\n", [("wrong-shape", 1, 3)]),
    "mapping as a key": ("{a: 1}: 2\n", [("wrong-shape", 1, 1)]),
    "indentation in between": ("a:\n  b: 1\n c: 2\n", [("yaml-syntax", 3, 2)]),
    "prose that is not indented": ("正文:\n  说明: |\n数字取自系统。\n", [("yaml-syntax", 3, 1)]),
    "a later paragraph that is not": ("正文:\n  说明: |\n    甲。\n\n  乙。\n口径说明:\n", [("yaml-syntax", 5, 1)]),
    "folded text": ("a: >\n  一行\n  二行\n", [("folded-text", 1, 4)]),
    "text over two lines": ("a: 一行\n  二行\n", [("folded-text", 1, 4)]),
    "comment cuts the value": ("a: 甲 #一号\n", [("cut-by-comment", 1, 6)]),
}


@pytest.mark.parametrize(("text", "data"), READ.values(), ids=READ)
def test_what_yaml_would_interpret_stays_text(text: str, data: Value) -> None:
    assert read(text) == (data, ())


@pytest.mark.parametrize(("text", "expected"), NAMED.values(), ids=NAMED)
def test_what_yaml_does_not_forgive_is_named_at_its_place(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", ["名称：甲中心\n案件: 5\n", "－ 甲\n－ 乙\n"])
def test_a_full_width_sign_is_told_alone(text: str) -> None:
    assert [code for code, _line, _column in told(text)] == ["full-width-structure"]


def test_nothing_is_told_twice() -> None:
    found = told("{a：")
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("text", "line"),
    [("a:\n  b: 1\n   c: 2\n", 3), ("键" * 1100 + ": 1\n", 1), ("a: [甲]乙\n", 1), ("%a: 1\n", 1)],
    ids=["mixed indentation", "long key", "text after a bracket", "percent sign in a key"],
)
def test_other_faults_are_named_in_their_line(text: str, line: int) -> None:
    data, findings = read(text)
    assert data is None
    assert [finding.span.line for finding in findings] == [line]


def test_the_duplicate_names_the_line_of_the_first() -> None:
    data, findings = read("甲: 1\n乙: 2\n甲: 3\n")
    assert data == {"甲": "1", "乙": "2"}
    assert [finding.path for finding in findings] == ["甲"]
    assert "line 1" in findings[0].message


def test_all_tabs_of_a_file_are_told_with_what_else_is_wrong() -> None:
    found = told("甲:\n\t乙: 1\n\t丙: 2\n")
    assert [entry for entry in found if entry[0] == "tab"] == [("tab", 2, 1), ("tab", 3, 1)]


def test_tabs_in_prose_are_told_once_and_not_as_indentation() -> None:
    assert told("甲: |\n  一\t二\n乙: 1\n") == [("invisible-character", 1, 4)]


def test_a_full_width_colon_is_the_line_to_blame_and_no_other() -> None:
    found = told("甲: 1\n乙：2\n丙: 3\n丁: 4\n戊: 5\n")
    assert [entry for entry in found if entry[0] != "folded-text"] == [("full-width-structure", 2, 2)]


# --- text over several lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a: 一行\n  二行\n", "一行二行"),
        ("a: >\n  一行，\n  二行\n", "一行，二行\n"),
        ('a: "一行\n  二行"\n', "一行二行"),
        ("a: 一行\n  “二行”\n", "一行“二行”"),
        ("a: 一行——\n  二行\n", "一行——二行"),
        ("a: 𠮷\n  𠮷\n", "𠮷𠮷"),
    ],
)
def test_lines_of_chinese_are_joined_without_a_space(text: str, joined: str) -> None:
    """hazards 2.1: a space inside Chinese text. “ ” and — are as common in it as ，."""
    data, findings = read(text)
    assert data == {"a": joined}
    assert [(finding.code, finding.span.line, finding.span.column) for finding in findings] == [("folded-text", 1, 4)]


@pytest.mark.parametrize("text", ["a: 共办理\n  445件\n", "a:\n  -乙\n  -丙\n", "a: 是 ABC\n  公司\n"])
def test_a_value_over_several_lines_is_never_joined_in_silence(text: str) -> None:
    """hazards 2.1: “-乙 -丙” lacks spaces after the dashes; “共办理 445件” has one too many."""
    assert told(text) != []


def test_words_of_other_languages_keep_their_space() -> None:
    data, _findings = read("a: legal\n  aid\n")
    assert data == {"a": "legal aid"}


# --- codes within "…" ----------------------------------------------------------------------------------------


def test_an_invisible_character_written_as_a_code_is_found() -> None:
    assert told('a: "甲\\u200b"\n') == [("invisible-character", 1, 4)]


@pytest.mark.parametrize("code", ["\\0", "\\u200b", "\\t", "\\x07"])
def test_an_invisible_character_written_as_a_code_in_a_key_is_found(code: str) -> None:
    assert [entry[0] for entry in told(f'"甲{code}": 1\n乙: 2\n')] == ["invisible-character"]


def test_a_carriage_return_written_as_a_code_is_found() -> None:
    assert [entry[0] for entry in told('甲: "a\\rb"\n')] == ["invisible-character"]


# --- bounds --------------------------------------------------------------------------------------------------


def test_a_file_as_large_as_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\n#".ljust(MAX_BYTES, b"x"))
    assert read_source(path).data == {"a": "1"}
    path.write_bytes(b"a: 1\n#".ljust(MAX_BYTES + 1, b"x"))
    with pytest.raises(ReportError) as error:
        read_source(path, "inputs/f.yaml")
    assert [(finding.code, finding.span) for finding in error.value.findings] == [
        ("file-too-large", Span("inputs/f.yaml"))
    ]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_cannot_be_read_is_a_finding(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError) as error:
        read_source(tmp_path / name, "inputs/f.yaml")
    assert [(finding.code, finding.span) for finding in error.value.findings] == [
        ("file-unreadable", Span("inputs/f.yaml"))
    ]


def test_a_file_without_a_name_is_called_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    assert read_source(path).file == str(path)


def test_brackets_go_as_deep_as_allowed() -> None:
    inner = MAX_DEPTH - 1  # the file itself is one level
    assert told("a: " + "[" * inner + "]" * inner) == []
    assert told("a: " + "[" * (inner + 1) + "]" * (inner + 1)) == [("too-deep", 1, 4 + inner)]


@pytest.mark.parametrize("text", ["[" * 500, "[" * 50_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_brackets_without_end_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    data, findings = read(text)
    assert time.perf_counter() - start < 5
    assert data is None
    assert has_errors(findings)


def test_values_are_as_many_as_allowed() -> None:
    items = MAX_VALUES - 2  # the file and the list are values too
    assert told("a: [" + "1," * items + "]") == []
    assert told("a: [" + "1," * (items + 1) + "]") == [("too-many", 1, 5 + 2 * items)]


def test_a_billion_laughs_are_refused() -> None:
    laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
    codes = [code for code, _line, _column in told(laughs)]
    assert len(codes) == 9
    assert set(codes) == {"yaml-feature"}


def test_many_aliases_are_refused_at_once() -> None:
    start = time.perf_counter()
    told("a: [" + "*a," * 30_000 + "]\n")
    assert time.perf_counter() - start < 5


def test_brackets_within_an_open_quotation_are_refused_at_once() -> None:
    start = time.perf_counter()
    assert told('a: "\n' + "[" * 100_000 + '\n"x\n')[0][0] == "yaml-syntax"
    assert time.perf_counter() - start < 5


# --- places --------------------------------------------------------------------------------------------------

PLACED = """\
单位: 甲中心
数据:
  案件: {受理: 445, 民事: 93}
  咨询:
    接待: "3000余"
报告:
  - a
  - b
正文:
  经验: |
    第一行
    {{ 案件.受里 }}件

    第四行
  问题: 无{{ x }}
"""


def test_every_value_and_key_knows_its_place() -> None:
    source = source_of(PLACED)
    assert source.values[("单位",)] == Span("f.yaml", 1, 5, 3, "单位: 甲中心")
    assert source.keys[("数据", "案件", "民事")] == Span("f.yaml", 3, 17, 2, "  案件: {受理: 445, 民事: 93}")
    places = {place: (span.line, span.column, span.length) for place, span in source.values.items()}
    assert places[("数据", "案件", "受理")] == (3, 12, 3)
    assert places[("数据", "案件", "民事")] == (3, 21, 2)
    assert places[("数据", "咨询", "接待")] == (5, 9, 7)
    assert places[("报告", 0)] == (7, 5, 1)
    assert places[("报告", 1)] == (8, 5, 1)
    assert places[("正文", "经验")][:2] == (10, 7)


def test_a_place_that_there_is_not_is_the_nearest_around_it() -> None:
    source = source_of(PLACED)
    assert source.span(("数据", "案件", "刑事")) == source.values[("数据", "案件")]
    assert source.span(("没有", "的")) == source.values[()]
    assert source.key_span(("数据", "案件", "刑事")) == source.keys[("数据", "案件")]
    assert source.key_span(("没有",)) == source.keys[("正文",)]  # to be added below the last key


SIGNS = st.text(st.sampled_from("甲乙丙ab1，。、（）'\"\\\\ "), min_size=1, max_size=30).map(str.strip).filter(bool)


def quoted(text: str) -> str:
    """Write a text in double quotation marks, some signs as codes."""
    codes = {'"': '\\"', "\\": "\\\\", "丙": "\\u4e19", "1": "\\x31"}
    return '"' + "".join(codes.get(sign, sign) for sign in text) + '"'


STYLES: dict[str, Callable[[str], str]] = {
    "single": lambda text: "'" + text.replace("'", "''") + "'",
    "double": quoted,
    "double in lines": lambda text: quoted(text).replace("乙", "乙\\\n      "),
    "single in lines": lambda text: "'" + text.replace("'", "''").replace(" ", "\n      ") + "'",
    "literal": lambda text: "|\n      " + text.replace("。", "。\n      "),
    "folded": lambda text: ">\n      " + text.replace(" ", "\n      "),
    "plain in lines": lambda text: "甲" + re.sub("[^甲乙ab1，。]", "", text).replace("，", "，\n      "),
}


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=60, deadline=None)
@given(SIGNS)
def test_every_character_of_a_text_is_found_where_it_was_typed(style: str, text: str) -> None:
    source = source_of(f"正文:\n    经验: {STYLES[style](text)}\n    其他: 完\n")
    read = source.data["正文"]["经验"]  # type: ignore[call-overload,index]
    for offset, sign in enumerate(read):
        if sign.strip():
            span = source.spot(("正文", "经验"), offset)
            there = source.lines[span.line - 1][span.column - 1 :]
            assert there.startswith((sign, "\\")), (STYLES[style](text), offset, span)
            if there.startswith("\\") and sign != "\\":
                assert there.startswith({'"': '\\"', "丙": "\\u4e19", "1": "\\x31"}[sign])


def test_columns_count_characters() -> None:
    """hazards 2.2: an emoji is one column."""
    assert source_of("a: {😀: 1, 𠮷: 2}").values[("a", "𠮷")].column == 14


def test_the_digest_is_that_of_the_text_whatever_its_line_ends() -> None:
    expected = hashlib.sha256("甲: 1\n乙: 2\n".encode()).hexdigest()
    assert source_of("甲: 1\n乙: 2\n").digest == expected
    assert source_of("甲: 1\r\n乙: 2\r\n").digest == expected
    assert source_of("甲: 1\r乙: 2\r").digest == expected
    assert parse_source(b"\xef\xbb\xbf" + "甲: 1\n乙: 2\n".encode(), "other").digest == expected
    assert source_of("甲: 1\n乙: 3\n").digest != expected


def test_leaves_are_the_texts_with_their_places_in_their_order() -> None:
    assert list(leaves(source_of("a: {b: 1, c: [2, {d: 3}]}\ne: 4\nf: []\n"))) == [
        (("a", "b"), "1"),
        (("a", "c", 0), "2"),
        (("a", "c", 1, "d"), "3"),
        (("e",), "4"),
    ]


def test_thousands_in_braces_are_told_once_for_a_number() -> None:
    assert [entry[:2] for entry in told("a: {b: 14,892}")] == [("needs-quotes", 1)]
    assert [entry[:2] for entry in told("a: {b: 1,234,567}")] == [("needs-quotes", 1)]
    (finding,) = (found for found in read("a: {b: 2, c: 12,345,678元}\n")[1] if found.code == "needs-quotes")
    assert finding.hint == "type 12345678元 without the comma, or the fact on a line of its own"


def test_thousands_in_braces_are_told_where_the_number_stands() -> None:
    assert 8 <= told("a: {b: 14,892}")[0][2] < 14


@pytest.mark.parametrize("number", ["14,892件", "1,234.5"])
def test_thousands_with_a_unit_or_fraction_in_braces_are_told(number: str) -> None:
    assert [code for code, _line, _column in told(f"案件: {{受理: {number}}}")] == ["needs-quotes"]


# --- properties ----------------------------------------------------------------------------------------------

words = st.text(WORD, min_size=1, max_size=5)
values = st.recursive(
    st.text(PRINTABLE, max_size=8) | st.text(PRINTABLE + "\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)
# A file has Chinese in it: without any, a “°” could as well be GBK.
mappings = st.dictionaries(words, values, max_size=3).map(lambda data: {"单位": "甲"} | data)


def without_merges(value: Value) -> bool:
    """Tell whether no key is <<, which is refused however it is written."""
    if isinstance(value, dict):
        return "<<" not in value and all(map(without_merges, value.values()))
    return isinstance(value, str) or all(map(without_merges, value))


@quick
@given(mappings.filter(without_merges), st.sampled_from([None, 1, 4]))
@example({"单位": "{{ x }}: #%@`*&!|>"}, None)
def test_quoted_text_is_read_as_it_was_written(data: dict[str, Value], indent: int | None) -> None:
    """JSON is YAML whose scalars are all quoted."""
    source = source_of(json.dumps(data, ensure_ascii=False, indent=indent))
    assert source.data == data
    assert source.findings == ()
    for place, text in leaves(source):
        span = source.values[place]
        assert span.text[span.column - 1] == '"'
        if "\n" not in text and '"' not in text and "\\" not in text:
            assert span.text[span.column : span.column + span.length - 2] == text


def block(value: Value, indent: str) -> str:
    """Write ``value`` in lines, with single quotes."""
    if isinstance(value, str):
        return " '" + value.replace("'", "''") + "'\n"
    if isinstance(value, list):
        return "\n" + "".join(f"{indent}-{block(item, indent + '  ')}" for item in value) if value else " []\n"
    lines = (
        f"{indent}'{key.replace(chr(39), chr(39) * 2)}':{block(child, indent + '  ')}" for key, child in value.items()
    )
    return "\n" + "".join(lines) if value else " {}\n"  # fmt: skip


@quick
@given(mappings.filter(without_merges))
def test_text_in_lines_is_read_as_it_was_written(data: dict[str, Value]) -> None:
    def without_breaks(value: Value) -> Value:
        if isinstance(value, str):
            return value.replace("\n", "")
        if isinstance(value, list):
            return [without_breaks(item) for item in value]
        return {key: without_breaks(child) for key, child in value.items()}

    written = without_breaks(data)
    assert isinstance(written, dict)
    source = source_of(block(written, "").removeprefix("\n"))
    assert source.data == written
    assert source.findings == ()


def is_placed(finding: Finding, lines: list[str]) -> bool:
    """Tell whether the finding stands in the file, its line quoted as it is there."""
    span = finding.span
    inside = 1 <= span.line <= len(lines) and span.column >= 1 and span.length >= 1
    return inside and span.file == "f.yaml" and finding.code in CATALOGUE and bool(finding.message)


FRAGMENTS = ["甲", "乙: ", "：", ": ", "- ", "\n", "\n  ", "\t", "　", "{", "}", "[", "]", ", ", "，", '"', "'", " #"]
FRAGMENTS += [
    "|\n",
    ">\n",
    "&x ",
    "*x",
    "!t ",
    "<<",
    "? ",
    "%",
    "---\n",
    "...\n",
    "\\n",
    "{{ ",
    " }}",
    "\r",
    "\u200b",
    "⽤",
]


@quick
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
@example("{ ---\n：")
def test_whatever_is_typed_the_findings_are_placed_in_the_file(text: str) -> None:
    data, findings = read(text)
    lines = lines_of(text)
    assert [finding for finding in findings if not is_placed(finding, lines)] == []
    assert [finding.span for finding in findings if finding.span.text not in ("", lines[finding.span.line - 1])] == []
    assert data is not None or has_errors(findings)


@quick
@given(st.text(max_size=60))
def test_arbitrary_text_gives_data_or_findings_in_the_file(text: str) -> None:
    data, findings = read(text)
    lines = lines_of(text)
    assert [finding for finding in findings if not is_placed(finding, lines)] == []
    assert data is not None or has_errors(findings)


@quick
@given(st.binary(max_size=60))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
def test_arbitrary_bytes_give_data_or_findings_in_the_file(data: bytes) -> None:
    findings: tuple[Finding, ...] = ()
    refused = False
    try:
        findings = parse_source(data, "f.yaml").findings
    except ReportError as error:
        refused, findings = True, error.findings
    assert has_errors(findings) or not refused
    lines = lines_of(data.decode("gb18030", "replace"))
    assert [finding for finding in findings if not is_placed(finding, lines)] == []


def test_invisible_line_ends_behind_look_alikes_are_a_finding() -> None:
    _data, findings = read("⽤" * MAX_LISTED + ": 1\n" + "\u2028" * 10 + "? [a]\n: 1\n")
    assert has_errors(findings)


def test_a_full_width_colon_in_a_second_line_is_named_there() -> None:
    assert ("full-width-structure", 2, 1) in told("{ ---\n：")
