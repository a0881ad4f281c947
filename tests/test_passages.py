"""Texts become passages as printed, each character with its place in the file and whether a hand typed it."""

from __future__ import annotations

from conftest import HEAD, write_input
from reportgen.checking.passages import Kind, Passage, passages_of
from reportgen.facts.reasons import read_reasons
from reportgen.facts.wording import Wording
from reportgen.reading.project import Project
from reportgen.reading.trace import Piece, Traced
from reportgen.running.library import Library
from reportgen.telling.findings import Span, Subject
from reportgen.writing.prose import Prose

DATA = "数据:\n  案件: {受理: 445, 办结: 434}\n"


def passages(project: Project, text: str) -> list[Passage]:
    facts = Library(project, system_fonts=False).facts(write_input(project, HEAD + DATA + text))
    prose = Prose(Wording(facts))
    return passages_of(facts, prose, read_reasons(facts, prose.wording))


def only(project: Project, text: str) -> Passage:
    (passage,) = passages(project, text)
    return passage


def typed(passage: Passage) -> str:
    """Return the text with a dot for each character that nobody typed."""
    return "".join(c if passage.is_typed(at, at + 1) else "·" for at, c in enumerate(passage.text))


def test_passages_have_their_subject_text_kind_and_place(project: Project) -> None:
    found = passages(project, "正文:\n  情况: |\n    一。\n\n    # 题\n\n    受理{{ 案件.受理 }}件。\n\n    - 项\n")
    assert [(p.path, p.text, p.kind, p.span(0, 1).line) for p in found] == [
        ("正文.情况", "一。", Kind.PARAGRAPH, 10),
        ("正文.情况", "题", Kind.HEADING, 12),
        ("正文.情况", "受理445件。", Kind.PARAGRAPH, 14),
        ("正文.情况", "项", Kind.ITEM, 16),
    ]
    span = found[2].span(0, 2)
    assert (span.line, span.column, span.length, span.text) == (14, 5, 2, "    受理{{ 案件.受理 }}件。")
    tag = found[2].span(2, 5)
    assert (tag.column, tag.length) == (7, len("{{ 案件.受理 }}"))


def test_what_is_typed_is_told_from_values(project: Project) -> None:
    passage = only(project, "正文:\n  情况: 受理{{ 案件.受理 }}件，宣传24场。\n")
    assert typed(passage) == "受理···件，宣传24场。"
    assert (passage.is_typed(2, 5), passage.is_typed(9, 11)) == (False, True)
    assert passage.text.sources(2, 5) == ("案件.受理",)


def test_marks_of_strong_text_are_no_characters(project: Project) -> None:
    passage = only(project, "正文:\n  情况: 突出**“畅”字**，好。\n")
    assert passage.text == "突出“畅”字，好。"
    assert (passage.span(2, 3).column, passage.span(6, 7).column) == (
        len("  情况: 突出**") + 1,
        len("  情况: 突出**“畅”字**") + 1,
    )


def test_a_sentence_over_two_lines_is_one_with_the_places_of_both(project: Project) -> None:
    passage = only(project, "正文:\n  情况: |\n    受理案件\n    444件，\n    办结。\n")
    assert passage.text == "受理案件444件，办结。"
    assert [(passage.span(at, at + 1).line, passage.span(at, at + 1).column) for at in (0, 4, 9)] == [
        (10, 5),
        (11, 5),
        (12, 5),
    ]
    assert passage.text.breaks == (4, 9)


def test_what_is_not_stated_is_read_as_it_is_printed(project: Project) -> None:
    assert only(project, "正文:\n  情况: 民事{{ 案件.民事 }}件。\n").text == "民事【缺：案件.民事】件。"


def test_reasons_rows_and_the_project_are_texts_too(project: Project) -> None:
    text = (
        "评分:\n  - {三级指标: 甲, 扣分原因: 缺件, 得分: 1, 完成值: 380件}\n口径说明: {案件.受理: 另计}\n项目: 某项目\n"
    )
    assert {(p.path, p.text, p.kind) for p in passages(project, text)} == {
        ("评分.甲.扣分原因", "缺件", Kind.CELL),
        ("评分.甲.完成值", "380件", Kind.CELL),
        ("口径说明.案件.受理", "另计", Kind.PARAGRAPH),
        ("项目", "某项目", Kind.TITLE),
    }


def test_cells_of_a_table_are_passages(project: Project) -> None:
    found = passages(project, "正文:\n  情况: |\n    | 类别 | 数量 |\n    |---|---|\n    | 刑事 | 118件 |\n")
    assert [(p.text, p.kind, p.span(0, 1).line, p.span(0, 1).column) for p in found] == [
        ("类别", Kind.CELL, 10, 7), ("数量", Kind.CELL, 10, 12), ("刑事", Kind.CELL, 12, 7), ("118件", Kind.CELL, 12, 12),
    ]  # fmt: skip


def test_sentences_end_with_their_stop() -> None:
    text = Traced([Piece("一。二；三", lambda offset, length: Span("f", 1, offset + 1, length), 0)])
    assert list(Passage(Subject.section("甲"), text).sentences()) == [(0, "一。"), (2, "二；"), (4, "三")]
