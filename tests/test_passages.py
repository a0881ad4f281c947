"""Texts become paragraphs as printed, each character with its line in the file and whether a hand typed it."""

from __future__ import annotations

from conftest import HEAD, write_input
from reportgen.checking.passages import Passage, passages_of
from reportgen.facts.wording import Wording
from reportgen.reading.project import Project
from reportgen.running.build import Library, facts_of

DATA = "数据:\n  案件: {受理: 445, 办结: 434}\n"


def passages(project: Project, text: str) -> list[Passage]:
    facts = facts_of(Library(project, system_fonts=False), write_input(project, HEAD + DATA + text))
    return passages_of(facts, Wording(facts))


def test_paragraphs_have_their_path_text_and_lines(project: Project) -> None:
    found = passages(project, "正文:\n  情况: |\n    一。\n\n    # 题\n\n    受理{{ 案件.受理 }}件。\n")
    assert [(p.path, p.text, p.heading, p.lines[0]) for p in found] == [
        ("正文.情况", "一。", False, 1),
        ("正文.情况", "# 题", True, 3),
        ("正文.情况", "受理445件。", False, 5),
    ]
    span = found[2].span(0, 2)
    assert (span.line, span.column, span.text) == (14, 5, "    受理{{ 案件.受理 }}件。")


def test_what_is_typed_is_told_from_values(project: Project) -> None:
    (passage,) = passages(project, "正文:\n  情况: 受理{{ 案件.受理 }}件，宣传24场。\n")
    typed = "".join(c if known else "·" for c, known in zip(passage.text, passage.typed, strict=True))
    assert typed == "受理···件，宣传24场。"
    assert (passage.is_typed(2, 5), passage.is_typed(9, 11)) == (False, True)


def test_marks_of_strong_text_are_no_characters(project: Project) -> None:
    (passage,) = passages(project, "正文:\n  情况: 突出**“畅”字**，好。\n")
    assert passage.text == "突出“畅”字，好。"
    assert len(passage.typed) == len(passage.lines) == len(passage.text)


def test_what_is_not_stated_leaves_a_mark_that_no_rule_takes_for_a_number(project: Project) -> None:
    (passage,) = passages(project, "正文:\n  情况: 民事{{ 案件.民事 }}件。\n")
    assert passage.text == "民事〇件。"


def test_reasons_and_rows_are_texts_too(project: Project) -> None:
    text = "评分:\n  - {三级指标: 甲, 扣分原因: 缺件, 得分: 1}\n口径说明: {案件.受理: 另计}\n"
    assert {(p.path, p.text) for p in passages(project, text)} == {
        ("评分.甲.扣分原因", "缺件"),
        ("口径说明.案件.受理", "另计"),
    }


def test_sentences_end_with_their_stop() -> None:
    passage = Passage("p", "一。二；三", (True,) * 5, (1,) * 5, lambda line, wanted: None)  # type: ignore[arg-type,return-value]
    assert list(passage.sentences()) == [(0, "一。"), (2, "二；"), (4, "三")]
