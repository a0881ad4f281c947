"""The vocabulary knows every fact, and refuses what could not be held against its own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.forms.vocabulary import OTHER, RESERVED, STRUCTURE, Vocabulary, read_vocabulary
from reportgen.numbers.quantity import unit
from reportgen.telling.findings import Finding, ReportError

GROUP = """\
组:
  甲:
    含义: 甲组
    事实:
      a: {单位: 件, 含义: 一}
      b: {单位: 件, 含义: 二}
"""
OVERLAPPING = """\
组:
  总: {含义: 总, 事实: {数: {单位: 件, 含义: 总数}}}
  类:
    含义: 可以同时属于几类
    可重叠: 是
    事实:
      农民工: {单位: 件, 含义: 一}
      妇女: {单位: 件, 含义: 二}
"""


def read(folder: Path, text: str) -> Vocabulary:
    path = folder / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    return read_vocabulary(path, "templates/facts.yaml")


def faults(folder: Path, text: str) -> list[Finding]:
    with pytest.raises(ReportError) as error:
        read(folder, text)
    return list(error.value.findings)


def told(folder: Path, text: str) -> list[tuple[str, int, int]]:
    return [(finding.code, finding.span.line, finding.span.column) for finding in faults(folder, text)]


# --- what is read --------------------------------------------------------------------------------------------


def test_a_fact_is_known_by_its_full_name(tmp_path: Path) -> None:
    vocabulary = read(
        tmp_path,
        GROUP + "      c: {单位: 万元, 含义: 三, 也写作: [宗, 起], 可为负: 是, 小数位: 3, 公式: 甲.a + 甲.b}\n",
    )
    assert list(vocabulary.facts) == ["甲.a", "甲.b", "甲.c"]
    assert dict(vocabulary.groups) == {"甲": "甲组"}
    first, last = vocabulary.facts["甲.a"], vocabulary.facts["甲.c"]
    assert (first.name, first.unit, first.meaning) == ("甲.a", unit("件"), "一")
    assert (first.formula, first.places, first.synonyms, first.signed) == (None, None, (), False)
    assert (last.unit, last.synonyms, last.signed, last.places) == (unit("万元"), ("宗", "起"), True, 3)
    assert last.formula is not None
    assert set(last.formula.names) == {"甲.a", "甲.b"}


@pytest.mark.parametrize(
    ("entry", "places"),
    [
        ('{单位: "%", 含义: x}', 1),  # the file's own comment: 百分比默认 1 位
        ('{单位: "%", 含义: x, 小数位: 2}', 2),
        ('{单位: "%", 含义: x, 小数位: 0}', 0),
        ("{单位: ‰, 含义: x}", 1),
        ("{单位: 件, 含义: x}", None),
        ("{单位: 件, 含义: x, 小数位: 6}", 6),
        ("{单位: 件, 含义: x, 公式: 甲.a + 甲.b}", None),
        ("{单位: 元/件, 含义: x, 公式: 甲.a / 甲.b}", 2),
        ("{单位: 元/件, 含义: x, 公式: 甲.a / 甲.b, 小数位: 0}", 0),
    ],
)
def test_a_derived_fact_knows_how_many_digits_it_prints(tmp_path: Path, entry: str, places: int | None) -> None:
    assert read(tmp_path, GROUP + f"      c: {entry}\n").facts["甲.c"].places == places


@pytest.mark.parametrize(("word", "expected"), [("是", True), ("否", False), ('""', False)])
def test_yes_is_yes(tmp_path: Path, word: str, expected: bool) -> None:
    vocabulary = read(tmp_path, GROUP.replace("含义: 甲组", f"含义: 甲组\n    可重叠: {word}"))
    assert ("甲" in vocabulary.overlapping) is expected


def test_checks_keep_their_order_and_names(tmp_path: Path) -> None:
    checks = "检查:\n  - {名称: 二, 要求: 甲.a <= 甲.b}\n  - {名称: 一, 要求: 甲.a == 甲.b + 1}\n"
    vocabulary = read(tmp_path, GROUP + checks)
    assert [(check.name, check.relation.sign, check.relation.names) for check in vocabulary.checks] == [
        ("二", "<=", ("甲.a", "甲.b")),
        ("一", "==", ("甲.a", "甲.b")),
    ]


def test_a_formula_may_name_last_year_structure_and_other_facts(tmp_path: Path) -> None:
    text = GROUP + "      c: {单位: 件, 含义: x, 公式: 甲.a - 上年.甲.a + 其他.任意 + 年度}\n"
    formula = read(tmp_path, text).facts["甲.c"].formula
    assert formula is not None
    assert set(formula.names) == {"甲.a", "上年.甲.a", "其他.任意", "年度"}


# --- what it knows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("案件.受理", True),
        ("案件", True),
        ("上年", True),
        ("上年.案件.受理", True),
        ("上年.案件", True),
        ("上年.单位", True),
        ("其他.微电影", True),
        ("单位", True),
        ("地区", True),
        ("年度", True),
        ("日期", True),
        ("项目", True),
        ("案件.受里", False),
        ("案建", False),
        ("受理", False),
        ("上年.案件.受里", False),
        ("案件.受理.更多", False),
        ("正文.经验", False),
        ("lipsum", False),
        ("", False),
    ],
)
def test_a_name_is_known_or_not(vocabulary: Vocabulary, name: str, expected: bool) -> None:
    assert vocabulary.knows(name) is expected


@pytest.mark.parametrize("name", ["单位.全称", "年度.月", "日期.年", "上年.单位.全称"])
def test_texts_have_no_members(vocabulary: Vocabulary, name: str) -> None:
    assert not vocabulary.knows(name)


@pytest.mark.parametrize(("name", "near"), [("案件.受里", "案件.受理"), ("案建", "案件"), ("年渡", "年度")])
def test_an_unknown_name_is_likened_to_a_known_one(vocabulary: Vocabulary, name: str, near: str) -> None:
    assert near in vocabulary.near(name)


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formula",
    ["甲.a +", "甲.a ** 2", "甲.a|upper", "x()", "甲.a, 甲.b", "lipsum()", "'{{ 甲.a }}'|format", "甲.a｜round"],
)
def test_a_faulty_formula_is_named_at_its_place(tmp_path: Path, formula: str) -> None:
    found = told(tmp_path, GROUP + f'      c: {{单位: 件, 含义: x, 公式: "{formula}"}}\n')
    assert found == [("bad-template", 7, 29)]


@pytest.mark.parametrize("relation", ["甲.a", "甲.a <", "甲.a < 甲.b < 甲.a", "甲.a in 甲.b", "甲.a = 甲.b"])
def test_a_faulty_relation_is_named_at_its_place(tmp_path: Path, relation: str) -> None:
    found = told(tmp_path, GROUP + f"检查:\n  - 名称: n\n    要求: {relation}\n")
    assert found == [("bad-template", 9, 9)]


def test_a_name_that_there_is_not_is_named_with_the_nearest(tmp_path: Path) -> None:
    found = faults(
        tmp_path, GROUP + "      c: {单位: 件, 含义: x, 公式: 甲.a + 乙.a}\n检查:\n  - {名称: n, 要求: 甲.d < 甲.a}\n"
    )
    assert [(f.code, f.span.line, f.span.column, f.path) for f in found] == [
        ("undefined-name", 7, 29, "乙.a"),
        ("undefined-name", 9, 17, "甲.d"),
    ]
    assert [bool(finding.hint) for finding in found] == [True, True]


@pytest.mark.parametrize("places", ["7", "-1", "1.5", "一", "10"])
def test_the_number_of_digits_is_0_to_6(tmp_path: Path, places: str) -> None:
    assert told(tmp_path, GROUP + f"      c: {{单位: 件, 含义: x, 小数位: {places}}}\n") == [("bad-template", 7, 30)]


@pytest.mark.parametrize("name", ["a.b", "3月", "a b", "a-b", "12348热线"])
def test_a_fact_has_a_name_that_expressions_can_use(tmp_path: Path, name: str) -> None:
    assert [
        (code, line) for code, line, _column in told(tmp_path, GROUP + f"      {name}: {{单位: 件, 含义: x}}\n")
    ] == [("bad-template", 7)]


@pytest.mark.parametrize("name", [*STRUCTURE, "正文", "评分", "口径说明", "2甲", "甲-乙"])
def test_a_group_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    assert {(code, line) for code, line, _column in told(tmp_path, GROUP.replace("甲:", f"{name}:", 1))} == {
        ("bad-template", 5),
        ("bad-template", 6),
    }


def test_what_is_reserved_includes_all_names_of_the_structure() -> None:
    assert set(STRUCTURE) < set(RESERVED)
    assert OTHER not in RESERVED


@pytest.mark.parametrize("name", ["loop", "not", "true", "in", "none"])
def test_a_group_is_not_called_by_a_word_of_the_language(tmp_path: Path, name: str) -> None:
    assert {code for code, _line, _column in told(tmp_path, GROUP.replace("甲:", f'"{name}":', 1))} == {"bad-template"}


@pytest.mark.parametrize(
    "formula",
    ["类.农民工 + 类.妇女", "[类.农民工, 类.妇女]|sum", "类|sum", "总.数 + 类.妇女", "(类.农民工 + 类.妇女) / 总.数"],
)
def test_overlapping_facts_are_never_summed(tmp_path: Path, formula: str) -> None:
    """product.md: categories that may overlap are never summed to a total (seeds-audit D8)."""
    found = faults(tmp_path, OVERLAPPING + f'      计: {{单位: 件, 含义: x, 公式: "{formula}"}}\n')
    assert [(finding.code, finding.span.line) for finding in found] == [("bad-template", 9)]
    assert "类" in found[0].message


def test_overlapping_facts_are_not_summed_in_a_check(tmp_path: Path) -> None:
    checks = "检查:\n  - {名称: n, 要求: 类.农民工 + 类.妇女 <= 总.数}\n  - {名称: m, 要求: 总.数 >= 类|sum}\n"
    assert told(tmp_path, OVERLAPPING + checks) == [("bad-template", 10, 17), ("bad-template", 11, 17)]


@pytest.mark.parametrize("formula", ["类.农民工 / 总.数", "总.数 - 类.农民工", "类.农民工", "类.妇女 * 2"])
def test_overlapping_facts_are_compared_with_others(tmp_path: Path, formula: str) -> None:
    vocabulary = read(tmp_path, OVERLAPPING + f"      计: {{单位: 件, 含义: x, 公式: {formula}}}\n")
    assert "类.计" in vocabulary.facts
    assert vocabulary.overlapping == {"类"}


def test_everything_that_is_wrong_is_told_in_one_go(tmp_path: Path) -> None:
    text = (
        GROUP
        + "      c: {含义: x, 又: 1}\n      d: {单位: 件, 含义: x, 公式: 乙.a, 小数位: 9}\n检查:\n  - {名称: n, 要求: 甲.a}\n"
    )
    assert sorted(entry[0] for entry in told(tmp_path, text)) == [
        "bad-template",
        "bad-template",
        "missing-key",
        "undefined-name",
        "unknown-key",
    ]


def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, "组: []\n") == [("wrong-shape", 1, 4)]
    assert told(tmp_path, "检查: []\n") == [("missing-key", 1, 1)]
    with pytest.raises(ReportError) as error:
        read_vocabulary(tmp_path / "none.yaml", "templates/facts.yaml")
    assert [(finding.code, finding.span.file) for finding in error.value.findings] == [
        ("file-unreadable", "templates/facts.yaml")
    ]


def test_two_checks_of_one_name_are_placed_apart(tmp_path: Path) -> None:
    checks = "检查:\n  - {名称: n, 要求: 甲.d <= 甲.a}\n  - {名称: n, 要求: 甲.a >= 0}\n"
    assert told(tmp_path, GROUP + checks)[0] == ("undefined-name", 8, 17)


# --- the shipped one -----------------------------------------------------------------------------------------


def test_the_shipped_vocabulary_has_the_relations_of_the_domain(vocabulary: Vocabulary) -> None:
    """domain.md 3: 1 cases, 2 sources, 5 结案率, 6 完成率, 7 万人比, 9 满意率, 12 money, 16 growth."""
    formulas = {name: set(fact.formula.names) for name, fact in vocabulary.facts.items() if fact.formula}
    assert formulas["案件.受理"] >= {"案件.民事", "案件.刑事", "案件.行政"}
    assert formulas["案件.刑事"] == {"刑事来源"}
    assert formulas["案件.结案率"] == {"案件.办结", "案件.受理"}
    assert formulas["案件.完成率"] == {"案件.受理", "案件.任务数"}
    assert formulas["案件.万人比"] == {"案件.受理", "人口.常住"}
    assert formulas["回访.满意率"] == {"回访.满意", "回访.件数"}
    assert formulas["资金.到位率"] == {"资金.到位", "资金.上年结转", "资金.计划"}
    assert formulas["案件.同比增长"] == {"案件.受理", "上年.案件.受理"}
    assert {"对象案件", "受援人"} == set(vocabulary.overlapping)


def test_every_relation_of_the_shipped_vocabulary_names_facts(vocabulary: Vocabulary) -> None:
    expressions = [fact.formula.names for fact in vocabulary.facts.values() if fact.formula]
    expressions += [check.relation.names for check in vocabulary.checks]
    assert len(expressions) > 60
    assert [name for names in expressions for name in names if not vocabulary.knows(name)] == []


def test_no_two_checks_of_the_shipped_vocabulary_have_one_name(vocabulary: Vocabulary) -> None:
    names = [check.name for check in vocabulary.checks]
    assert len(names) == len(set(names)) > 20


def test_only_growth_may_be_negative(vocabulary: Vocabulary) -> None:
    assert [name for name, fact in vocabulary.facts.items() if fact.signed] == [
        "案件.同比增长",
        "资金.到位增长",
        "资金.支出增长",
        "部门收入.增长",
        "部门支出.增长",
        "三公.变动率",
    ]


def test_a_usual_range_goes_from_the_least_to_the_most(tmp_path: Path) -> None:
    (finding,) = faults(tmp_path, GROUP + "      c: {单位: 件, 含义: 三, 常见范围: [500, 10]}\n")
    assert (finding.span.line, finding.hint) == (7, "type [10, 5000]")
