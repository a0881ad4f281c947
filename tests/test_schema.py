"""What does not fit a frame is named at its place and left out; what is required and missing is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.reading.frames import FormFile, Frame, InputFile, VocabularyFile, read_frame
from reportgen.reading.source import parse_source
from reportgen.telling.catalogue import CATALOGUE
from reportgen.telling.findings import About, Finding
from reportgen.telling.nearest import did_you_mean

quick = settings(max_examples=100, deadline=None)

COMPLETE = """\
单位: 甲中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [a, b]
数据:
  案件: {受理: 445}
  资金:
    到位: 62
"""

Told = list[tuple[str, int, int, str]]


def read(text: str) -> tuple[InputFile, list[Finding]]:
    return read_frame(parse_source(text.encode(), "f.yaml"), InputFile)


def told(text: str, frame: type[Frame] = InputFile) -> Told:
    _value, findings = read_frame(parse_source(text.encode(), "f.yaml"), frame)
    return [(finding.code, finding.span.line, finding.span.column, finding.path) for finding in findings]


def without(key: str) -> str:
    """Return the complete file without ``key`` and what is below it."""
    lines: list[str] = []
    kept = True
    for line in COMPLETE.splitlines(keepends=True):
        kept = not line.startswith(key) if not line.startswith(" ") else kept
        lines += [line] if kept else []
    return "".join(lines)


# --- what fits -----------------------------------------------------------------------------------------------


def test_a_complete_file_is_read_as_text() -> None:
    entry, findings = read(COMPLETE)
    assert findings == []
    assert (entry.unit, entry.district, entry.year, entry.date) == ("甲中心", "某市", "2023", "2024-01-15")
    assert entry.reports == ["a", "b"]
    assert entry.facts == {"案件": {"受理": "445"}, "资金": {"到位": "62"}}
    assert (entry.scores, entry.prose, entry.reasons, entry.project) == ([], {}, {}, "")


def test_the_optional_parts_are_read() -> None:
    entry, findings = read(
        COMPLETE
        + "项目: 法律援助\n评分:\n  - {三级指标: 甲, 得分: 9}\n"
        + "正文:\n  经验: |\n    好。\n口径说明:\n  案件.受理: 转交\n"
    )
    assert findings == []
    assert entry.project == "法律援助"
    assert entry.scores == [{"三级指标": "甲", "得分": "9"}]
    assert entry.prose == {"经验": "好。\n"}
    assert entry.reasons == {"案件.受理": "转交"}


def test_what_was_read_is_not_changed_by_reading_it() -> None:
    source = parse_source((COMPLETE + "又: {x: 1}\n").encode(), "f.yaml")
    before = str(source.data)
    read_frame(source, InputFile)
    assert str(source.data) == before


def test_frames_of_templates_nest() -> None:
    text = "组:\n  案件:\n    含义: 案\n    事实:\n      受理: {单位: 件, 含义: 收, 也写作: [宗, 起]}\n"
    text += "检查:\n  - {名称: a, 要求: 1 < 2}\n"
    value, findings = read_frame(parse_source(text.encode(), "f.yaml"), VocabularyFile)
    assert findings == []
    fact = value.groups["案件"].facts["受理"]
    assert (fact.unit, fact.meaning, fact.synonyms, fact.formula) == ("件", "收", ["宗", "起"], "")
    assert [(check.name, check.relation) for check in value.checks] == [("a", "1 < 2")]


# --- what is missing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["单位", "地区", "年度", "日期", "报告", "数据"])
def test_a_required_key_that_is_missing_is_asked_for(key: str) -> None:
    _entry, findings = read(without(key))
    assert [(f.code, f.span.line, f.span.column, f.path) for f in findings] == [("missing-key", 1, 1, key)]
    assert key in findings[0].message
    assert key in findings[0].hint


@pytest.mark.parametrize("key", ["单位", "地区", "年度", "日期"])
def test_a_required_key_that_is_empty_is_asked_for_where_it_stands(key: str) -> None:
    lines = [f"{key}:\n" if line.startswith(key) else line for line in COMPLETE.splitlines(keepends=True)]
    assert told("".join(lines)) == [("missing-key", lines.index(f"{key}:\n") + 1, 1, key)]


def test_everything_that_is_missing_is_told_in_one_go() -> None:
    assert [entry[3] for entry in told("项目: x\n")] == ["单位", "地区", "年度", "日期", "报告", "数据"]


def test_what_is_missing_deep_in_a_template_is_asked_for_at_the_nearest_key() -> None:
    text = "组:\n  案件:\n    含义: 案\n    事实:\n      受理: {单位: 件}\n      民事: {含义: 民}\n  资金: {含义: 钱}\n"
    assert told(text, VocabularyFile) == [
        ("missing-key", 5, 7, "组.案件.事实.受理.含义"),
        ("missing-key", 6, 7, "组.案件.事实.民事.单位"),
        ("missing-key", 7, 3, "组.资金.事实"),
    ]


def test_what_is_missing_in_a_list_is_asked_for() -> None:
    text = "组:\n  a:\n    含义: b\n    事实:\n      c: {单位: 件, 含义: d}\n检查:\n  - {要求: 1 < 2}\n  - {名称: a}\n"
    assert [(code, path) for code, _line, _column, path in told(text, VocabularyFile)] == [
        ("missing-key", "检查.0.名称")
    ]


def test_an_annex_is_optional_but_whole() -> None:
    form = "名称: a\n标题: [b]\n"
    assert told(form, FormFile) == []
    assert [entry[3] for entry in told(form + "附件: {名称: c}\n", FormFile)] == [
        "附件.标题"
    ]  # 列 or 布局: told by the form


# --- what does not fit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "path", "near"),
    [
        ("评份: []\n", "评份", "评分"),
        ("正方: {}\n", "正方", "正文"),
        ("报告表: [a]\n", "报告表", "报告"),
        ("ABC: 1\n", "ABC", "单位"),
    ],
)
def test_an_unknown_key_is_named_with_what_it_could_be(line: str, path: str, near: str) -> None:
    _entry, findings = read(COMPLETE + line)
    assert [(f.code, f.span.line, f.span.column, f.path) for f in findings] == [("unknown-key", 10, 1, path)]
    assert near in findings[0].hint


@pytest.mark.parametrize("key", ["unit", "date", "facts", "reports"])
def test_the_keys_are_chinese_and_no_others(key: str) -> None:
    """product.md: structure keys are fixed."""
    assert [entry[0] for entry in told(COMPLETE + f"{key}: x\n")] == ["unknown-key"]
    chinese = {"unit": "单位", "date": "日期", "facts": "数据", "reports": "报告"}[key]
    value = {"facts": "{}", "reports": "[a]"}.get(key, "x")
    codes = {entry[0] for entry in told(without(chinese) + f"{key}: {value}\n")}
    assert codes == {"unknown-key", "missing-key"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (without("单位") + "单位: [甲]\n", ("wrong-shape", 9, 5, "单位")),
        (without("单位") + "单位: {甲: 1}\n", ("wrong-shape", 9, 5, "单位")),
        (without("报告") + "报告: {a: b}\n", ("wrong-shape", 9, 5, "报告")),
        (without("数据") + "数据: 无\n", ("wrong-shape", 6, 5, "数据")),
        (without("数据") + "数据: [a]\n", ("wrong-shape", 6, 5, "数据")),
        (COMPLETE + "  咨询: 5\n", ("wrong-shape", 10, 7, "咨询")),
        (COMPLETE + "  咨询: [5]\n", ("wrong-shape", 10, 7, "咨询")),
        (COMPLETE + "  咨询: {接待: {a: {b: 1}}}\n", ("wrong-shape", 10, 12, "咨询.接待")),
        (COMPLETE + "  咨询: {接待: [1, 2]}\n", ("wrong-shape", 10, 12, "咨询.接待")),
        (COMPLETE + "评分: 无\n", ("wrong-shape", 10, 5, "评分")),
        (COMPLETE + "评分: [无]\n", ("wrong-shape", 10, 6, "评分.0")),
        (COMPLETE + "评分:\n  - {a: b}\n  - 无\n", ("wrong-shape", 12, 5, "评分.1")),
        (COMPLETE + "评分:\n  - {a: [b]}\n", ("wrong-shape", 11, 9, "评分.0.a")),
        (COMPLETE + "正文: 无\n", ("wrong-shape", 10, 5, "正文")),
        (COMPLETE + "正文: {经验: [一]}\n", ("wrong-shape", 10, 10, "正文.经验")),
        (COMPLETE + "口径说明: 无\n", ("wrong-shape", 10, 7, "口径说明")),
    ],
)
def test_a_wrong_shape_is_named_at_the_value_and_once(text: str, expected: tuple[str, int, int, str]) -> None:
    assert told(text) == [expected]


def test_what_does_not_fit_is_left_out_and_the_rest_is_read() -> None:
    entry, findings = read(COMPLETE + "  咨询: {接待: [1], 来访: 5}\n评分:\n  - 无\n  - {a: b}\n又: 1\n")
    assert [(f.code, f.path) for f in findings] == [
        ("wrong-shape", "咨询.接待"),
        ("wrong-shape", "评分.0"),
        ("unknown-key", "又"),
    ]
    assert entry.facts["咨询"] == {"来访": "5"}
    assert entry.facts["案件"] == {"受理": "445"}
    assert entry.scores == [{}, {"a": "b"}]  # the places behind it stay what they are


def test_a_wrong_shape_is_not_told_as_missing_besides() -> None:
    assert told(without("数据") + "数据: 无\n") == [("wrong-shape", 6, 5, "数据")]


def test_findings_come_in_the_order_of_the_lines() -> None:
    lines = [entry[1] for entry in told("又: 1\n年度: [1]\n单位: 甲\n再: 2\n报告: a\n数据: b\n")]
    assert lines == sorted(lines)
    assert len(lines) >= 6


def test_a_habit_in_what_should_be_a_list_is_the_finding() -> None:
    """hazards 2.1: “-乙” newline “-丙” is one string to YAML."""
    found = told(without("报告") + "报告:\n  -plain\n")
    assert [(code, line) for code, line, _column, _path in found] == [("missing-space", 10)]


@pytest.mark.parametrize("text", ["评分: [[1]]\n", "评分:\n  - - a\n"])
def test_a_list_in_place_of_a_row_is_told_once(text: str) -> None:
    assert [entry[0] for entry in told(COMPLETE + text)] == ["wrong-shape"]


def test_a_mapping_in_a_list_of_texts_is_left_out() -> None:
    entry, findings = read(without("报告") + "报告: [{a: [1]}, b]\n")
    assert [finding.path for finding in findings] == ["报告.0"]
    assert "" not in entry.reports


@pytest.mark.parametrize(
    ("text", "frame", "near"),
    [
        ("组:\n  a:\n    含义: b\n    事实:\n      c: {单位: 件, 含义: d, 公试: 1}\n", VocabularyFile, "公式"),
        ("组:\n  a: {含义: b, 可重迭: 是, 事实: {c: {单位: 件, 含义: d}}}\n", VocabularyFile, "可重叠"),
        ("名称: a\n标题: [b]\n附件: {名称: c, 标题: [d], 列: [{名称: e, 内荣: f}]}\n", FormFile, "内容"),
    ],
)
def test_an_unknown_key_within_a_group_is_named_with_what_it_could_be(text: str, frame: type[Frame], near: str) -> None:
    _value, findings = read_frame(parse_source(text.encode(), "f.yaml"), frame)
    assert [finding.code for finding in findings] == ["unknown-key"]
    assert near in findings[0].hint


def test_an_unknown_key_of_a_frame_in_a_frame_is_named_with_what_it_could_be() -> None:
    text = "名称: a\n标题: [b]\n附件: {名称: c, 标题: [d], 列: [{名称: e}], 名程: f}\n"
    _value, findings = read_frame(parse_source(text.encode(), "f.yaml"), FormFile)
    assert [(finding.code, finding.path) for finding in findings] == [("unknown-key", "附件.名程")]
    assert "名称" in findings[0].hint


# --- hints ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("受里", ["受理", "民事"], "did you mean 受理?"),
        ("project-evalution", ["project-evaluation", "plain"], "did you mean project-evaluation?"),
        ("完全不同", ["受理", "民事"], "it can be: 受理, 民事"),
        ("受里", [], ""),
        ("回放", ["挽回", "回访"], "did you mean 回访?"),
    ],
)
def test_a_word_is_likened_to_the_nearest_known_one(word: str, known: list[str], expected: str) -> None:
    assert did_you_mean(word, iter(known)) == expected


def test_not_all_of_many_words_are_listed() -> None:
    hint = did_you_mean("x", [f"词{n}" for n in range(500)])
    assert "词0" in hint
    assert len(hint) < 200


# --- any shape -----------------------------------------------------------------------------------------------

texts = st.text("甲乙丙1, -：", max_size=4)
shapes = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("甲乙"), inner, max_size=2),
    max_leaves=4,
)
KEYS = ["单位", "地区", "年度", "日期", "报告", "数据", "评分", "正文", "口径说明", "又"]


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {flow(child)}' for key, child in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else f'"{value}"'


@quick
@given(st.dictionaries(st.sampled_from(KEYS), shapes, min_size=1))
def test_whatever_the_shape_it_is_read_or_told_at_its_place(data: dict[str, Any]) -> None:
    text = "\n".join(f"{key}: {flow(value)}" for key, value in data.items())
    entry, findings = read(text)
    assert isinstance(entry, InputFile)
    places = {key: number for number, key in enumerate(data, 1)}
    assert [finding for finding in findings if finding.code not in CATALOGUE or finding.span.column < 1] == []
    for finding in findings:
        key = finding.path.split(".")[0]  # a fact is called by its group
        assert finding.span.line == places.get(key, places.get("数据", 1) if finding.about.kind is About.FACT else 1)
    if "又" in data:
        assert "又" in [finding.path for finding in findings if finding.code == "unknown-key"]
