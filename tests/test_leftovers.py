"""What was left in a text is named at its place; tests/suite/texts and tests/suite/clean hold the cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, write_input
from reportgen.forms.words import Word, read_words
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.library import Library

HEAD = "单位: {unit}\n地区: {place}\n年度: 2023\n日期: 2024-01-15\n报告: [plain]\n数据: {{案件: {{受理: 445}}}}\n"


def told(
    project: Project, text: str, unit: str = "东区中心", place: str = "某省某市东区"
) -> list[tuple[str, int, int, str]]:
    path = write_input(project, HEAD.format(unit=unit, place=place) + f"正文:\n  情况: |\n    {text}\n")
    findings = check(Library(project, system_fonts=False), path).findings
    return [(f.code, f.span.line, f.span.column, f.stated) for f in findings]


def test_the_finding_is_on_the_words(project: Project) -> None:
    assert told(project, "与XX律师事务所签订协议。") == [("placeholder", 9, 6, "XX")]
    assert told(project, "依照东区东区中心的制度办理。") == [("doubled-words", 9, 7, "东区东区")]


def test_a_value_is_no_leftover(project: Project) -> None:
    """Only what a hand typed is looked at: a name given in 单位 may be what it likes."""
    assert told(project, "由{{ 单位 }}办理，一切顺利。", unit="XX中心中心") == []


def test_a_reference_that_would_be_printed_is_told_how_to_type_it(project: Project) -> None:
    path = write_input(
        project, HEAD.format(unit="中心", place="某市") + "正文:\n  情况: |\n    受理【案件．受理】件。\n"
    )
    found = [f for f in check(Library(project, system_fonts=False), path).findings if f.code == "template-syntax"]
    assert [(f.message, f.hint) for f in found] == [
        (
            "“【案件．受理】” would be printed as it stands",
            "type {{ 案件.受理 }}, with two half-width braces on each side",
        )
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("与西山区法律援助中心联合举办。", ["other-place"]),
        ("与东区人民法院联合举办讲座。", []),
        ("与南山区法律援助中心联合举办。", []),  # no input file is of that district
    ],
)
def test_another_centre_s_district_is_named(project: Project, text: str, codes: list[str]) -> None:
    write_input(project, HEAD.format(unit="西山中心", place="某省某市西山区"), "west")
    assert [entry[0] for entry in told(project, text)] == codes


def test_a_city_may_name_its_districts(project: Project) -> None:
    write_input(project, HEAD.format(unit="西山中心", place="某省某市西山区"), "west")
    assert told(project, "指导西山区法律援助中心开展工作。", unit="某市中心", place="某省某市") == []


def test_words_are_data(project: Project) -> None:
    words = project.templates / "words.yaml"
    words.write_text("词:\n  - {写作: 帮组, 应为: 帮助, 除非: 帮组织}\n", encoding="utf-8")
    assert [entry[0] for entry in told(project, "提供法律帮组，帮组织者联络。")] == ["wording"]
    words.unlink()
    assert told(project, "提供法律帮组。") == []


def test_the_list_of_words_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    assert read_words(path, "words.yaml") == ((), ())
    path.write_text("词:\n  - {写作: 甲, 应为: 乙}\n", encoding="utf-8")
    assert read_words(path, "words.yaml") == ((Word("甲", "乙", ""),), ())
    path.write_text("词:\n  - {写作: 甲, 应为: 乙}\n  - {写作: 丙}\n", encoding="utf-8")
    words, findings = read_words(path, "words.yaml")
    assert words == (Word("甲", "乙", ""),)
    assert [(finding.code, finding.span.line) for finding in findings] == [("missing-key", 3)]


def test_a_bad_word_of_the_list_hides_no_finding(project: Project) -> None:
    (project.templates / "words.yaml").write_text("词:\n  - {写作: 甲}\n", encoding="utf-8")
    path = write_input(project, "数据:\n  案件: {受理: 44５}\n正文:\n  情况: 全年改造站点XX个，年底前启用。\n")
    codes = [finding.code for finding in check(Library(project, system_fonts=False), path).findings]
    assert codes == ["full-width-number", "placeholder", "missing-key"]


def test_no_word_of_the_list_corrects_another() -> None:
    words, findings = read_words(ROOT / "templates" / "words.yaml", "templates/words.yaml")
    assert findings == ()
    assert len(words) >= 10
    for word in words:
        assert not any(other.written in word.right and other.unless not in word.right for other in words)


WORDS = read_words(ROOT / "templates" / "words.yaml", "words.yaml")[0]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.written)
def test_every_word_of_the_list_is_told_in_a_sentence(project: Project, word: Word) -> None:
    found = told(project, f"中心{word.written}各项工作。")
    assert [entry[3] for entry in found if entry[1] == 9] == [word.written]
    if word.unless:
        assert told(project, f"中心{word.unless}各项工作。") == []


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        ("总体情况（100字以内）。", "form-hint", "（100字以内）"),
        ("总体情况（请简要说明工作）。", "form-hint", "（请简要说明工作）"),
        ("与XX所签订协议。", "placeholder", "XX"),
        ("支出**万元用于办案。", "placeholder", "**"),
        ("满意率待核实，以后补报。", "placeholder", "待核实"),
        ("由[待补充]承办。", "placeholder", "[待补充]"),
        ("由【待填】承办。", "placeholder", "【待填】"),
        ("办理□□件。", "placeholder", "□□"),
        ("办理X件，均已办结。", "placeholder", "X"),
        ("于　年　月　日印发。", "placeholder", "年　月　日"),
        ("情况属实？？以后再报。", "placeholder", "？？"),
        ("依据[^1]办理。", "raw-markup", "[^1]"),
        ("见[公告](a.html)。", "raw-markup", "[公告](a.html)"),
        ("＃ 站点建设", "raw-markup", "＃ "),
        ("｜ 站点 ｜ 状态 ｜", "raw-markup", "｜"),
        ("评价较好^[按记录整理]。", "raw-markup", "^["),
        ("（包括项目背景、主要内容等情况等。）本项目已完成。", "form-hint", "（包括项目背景、主要内容等情况等。）"),
        ("按&nbsp;规定办理。", "conversion-mark", "&nbsp;"),
        ("见[bookmark: a]所列。", "conversion-mark", "[bookmark: a]"),
        ("认真开展开展普法宣传。", "doubled-words", "开展开展"),
        ("中心办理案件,回访受援人。", "half-width-punctuation", ","),
        ("中心 办理案件，回访受援人。", "stray-space", " "),
    ],
)
def test_every_kind_of_leftover_is_told_in_a_sentence(project: Project, text: str, code: str, what: str) -> None:
    """Each alternative of the patterns once; the sentences that hold lie in tests/suite/clean."""
    found = [(entry[0], entry[3]) for entry in told(project, text) if entry[1] == 9]
    assert [each for each in found if each[0] != "stray-space" or code == "stray-space"] == [(code, what)]


@pytest.mark.parametrize("length", [10_000, 100_000])
def test_a_long_text_is_looked_through(project: Project, length: int) -> None:
    text = "中心依法受理申请，指派律师，回访受援人。" * (length // 20)
    assert [entry[0] for entry in told(project, text)] == []
