"""The document tree: numbers of headings and lists, merged cells, and the two forms in which printers receive it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.writing.blocks import (
    Block,
    Cell,
    Document,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Table,
    Text,
    attachment_lines,
    chinese,
    circled,
    merged,
    numbered,
    ordinal,
)

TABLE = Table(
    ("一级", "二级"), ((Cell("决策", 2), Cell("立项")), (Cell("", 0), Cell("目标"))), {"一级": "合计", "二级": "20"}
)
DOCUMENT = Document(
    title=("某中心", "2023年度报告"),
    blocks=(
        Heading(1, "情况", "一、"),
        Paragraph((Text("全年"), Text("受理", strong=True), Text("445件。")), "1."),
        PageBreak(),
    ),
    unit="某中心",
    printed_date="2024年1月15日",
    date="2024-01-15",
    attachments=("评分表",),
    source="form; input",
)
ANNEX = replace(DOCUMENT, title=("评分表",), blocks=(), table=TABLE, label="附件", attachments=())


def headings(*levels: int) -> list[Block]:
    return [Heading(level, "题") for level in levels]


def numbers(blocks: tuple[Block, ...]) -> list[str]:
    return [block.number for block in blocks if isinstance(block, Heading | Paragraph)]


# --- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "二十一"), (90, "九十"),
     (99, "九十九")],
)  # fmt: skip
def test_numbers_below_a_hundred_are_written_in_chinese(number: int, text: str) -> None:
    assert chinese(number) == text


def test_no_two_chinese_numbers_are_the_same() -> None:
    assert len({chinese(number) for number in range(1, 100)}) == 99


@pytest.mark.parametrize("number", [100, 101, 250])
def test_a_number_beyond_99_is_written_in_digits_rather_than_wrongly(number: int) -> None:
    assert chinese(number) == str(number)


def test_ordinals_follow_the_standard() -> None:
    """GB/T 9704—2012, 7.3.3: 一、 （一） 1. （1）."""
    assert [ordinal(level, 3) for level in (1, 2, 3, 4)] == ["三、", "（三）", "3.", "（3）"]


def test_headings_of_each_level_are_counted_and_start_anew_below_a_higher_one() -> None:
    given_levels = headings(1, 2, 2, 3, 3, 4, 3, 4, 2, 3, 1, 2)
    assert numbers(numbered(given_levels)) == [
        "一、", "（一）", "（二）", "1.", "2.", "（1）", "3.", "（1）", "（三）", "1.", "二、", "（一）",
    ]  # fmt: skip


def test_a_heading_keeps_its_level_and_text() -> None:
    assert numbered([Heading(2, "项目概况")]) == (Heading(2, "项目概况", "（一）"),)


def test_items_of_a_list_become_paragraphs_with_literal_numbers() -> None:
    items = [Item((Text("甲"),), True, 1), Item((Text("乙"),), True, 2), Item((Text("丙"),), False, 1)]
    assert numbered(items) == (Paragraph((Text("甲"),), "1."), Paragraph((Text("乙"),), "2."), Paragraph((Text("丙"),)))


def test_items_below_a_third_level_heading_take_the_next_kind_of_number() -> None:
    blocks = [*headings(1, 2, 3), Item((Text("甲"),), True, 1), Item((Text("乙"),), True, 2)]
    assert numbers(numbered(blocks))[3:] == ["（1）", "（2）"]


def test_items_below_a_second_level_heading_are_numbered_with_digits() -> None:
    blocks = [*headings(1, 2), Item((Text("甲"),), True, 7)]
    assert numbers(numbered(blocks))[2:] == ["7."]


def test_items_within_items_are_numbered_one_level_lower_each() -> None:
    """1. （1） ①; below a heading “1.”, from （1）. There is no lower number: the writer is told."""
    items = [Item((Text("甲"),), True, 1, depth) for depth in range(4)]
    assert numbers(numbered(items)) == ["1.", "（1）", "①", "①"]
    assert numbers(numbered([Heading(3, "情况"), *items]))[1:] == ["（1）", "①", "①", "①"]
    assert [circled(number) for number in (1, 20, 21, 35, 36, 50, 51)] == ["①", "⑳", "㉑", "㉟", "㊱", "㊿", "51）"]


def test_blocks_without_numbers_stay_as_and_where_they_are() -> None:
    blocks: list[Block] = [Paragraph((Text("文"),)), PageBreak(), TABLE, Heading(1, "题"), Paragraph((Text("末"),))]
    result = numbered(blocks)
    assert result == (*blocks[:3], Heading(1, "题", "一、"), blocks[4])


# --- merged cells --------------------------------------------------------------------------------------------


def test_equal_texts_below_one_another_merge() -> None:
    rows = merged([["决策", "甲"], ["决策", "乙"], ["过程", "丙"]], [0])
    assert rows == ((Cell("决策", 2), Cell("甲")), (Cell("", 0), Cell("乙")), (Cell("过程"), Cell("丙")))


def test_a_group_merges_only_within_the_group_before_it() -> None:
    """资金 stands under 决策 and under 过程: two cells, not one."""
    rows = merged([["决策", "资金"], ["决策", "资金"], ["过程", "资金"]], [0, 1])
    assert [[cell.rows for cell in row] for row in rows] == [[2, 2], [0, 0], [1, 1]]
    assert [row[1].text for row in rows] == ["资金", "", "资金"]


def test_three_levels_of_groups_merge() -> None:
    rows = merged([["甲", "子", "x"], ["甲", "子", "x"], ["甲", "丑", "x"], ["乙", "丑", "x"]], [0, 1, 2])
    assert [[cell.rows for cell in row] for row in rows] == [[3, 2, 2], [0, 0, 0], [0, 1, 1], [1, 1, 1]]


def test_a_column_that_is_not_named_never_merges() -> None:
    rows = merged([["10", "甲"], ["10", "甲"]], [1])
    assert [row[0] for row in rows] == [Cell("10"), Cell("10")]


def test_no_rows_stay_no_rows() -> None:
    assert merged([], [0, 1]) == ()


@given(st.lists(st.lists(st.sampled_from(["甲", "乙", ""]), min_size=3, max_size=3), max_size=12))
def test_merged_cells_cover_every_row_once_and_lose_nothing(rows: list[list[str]]) -> None:
    cells = merged(rows, [0, 2])
    assert len(cells) == len(rows)
    for column in range(3):
        assert sum(row[column].rows for row in cells) == len(rows)
        unmerged: list[str] = []
        for row in cells:
            unmerged += [row[column].text] * row[column].rows
        assert unmerged == [row[column] for row in rows]


@given(st.lists(st.lists(st.sampled_from(["甲", "乙"]), min_size=2, max_size=2), max_size=12))
def test_a_merged_cell_never_reaches_past_the_cell_to_its_left(rows: list[list[str]]) -> None:
    cells = merged(rows, [0, 1])
    for index, row in enumerate(cells):
        if row[0].rows:
            assert row[1].rows, "a new group on the left starts a new group on the right"
        assert all(other[0].rows == 0 for other in cells[index + 1 : index + row[1].rows])


# --- what printers receive -----------------------------------------------------------------------------------


def test_one_attachment_has_no_number_and_several_have() -> None:
    """GB/T 9704—2012, 7.3.4: 附件：1.…, the names one below the other, nothing behind the name."""
    assert attachment_lines(()) == []
    assert attachment_lines(("评分表",)) == ["附件：评分表"]
    assert attachment_lines(("评分表", "佐证")) == ["附件：1.评分表", "　　　2.佐证"]


def test_a_document_is_sent_as_data() -> None:
    data = DOCUMENT.as_data()
    assert data == {
        "title": ["某中心", "2023年度报告"],
        "name": "某中心2023年度报告",
        "label": "",
        "signed": True,
        "landscape": False,
        "blocks": [
            {"kind": "heading1", "text": "一、情况"},
            {
                "kind": "paragraph",
                "number": "1.",
                "parts": [
                    {"text": "全年", "strong": False, "note": []},
                    {"text": "受理", "strong": True, "note": []},
                    {"text": "445件。", "strong": False, "note": []},
                ],
                "keep": False,
                "last": False,
            },
            {"kind": "pagebreak"},
        ],
        "table": {},
        "attachments": ["附件：评分表"],
        "unit": "某中心",
        "long": False,
        # 28 - 2 - 3 = 23 characters before the name: its middle is 24.5. The date is 3 characters and 7 digits of half
        # a one wide, 6.5: 21.25 before it, in halves 21.5.
        "signature": ["　" * 23 + "某中心", "　" * 21 + "\u2002" + "2024年1月15日"],
        "date": "2024年1月15日",
        "draft": "",
        "clock": [2024, 1, 15],
        "source": "form; input",
        "cells": {},
        "above": [],
        "cover": False,
        "listed": False,
        "contents": [],
    }
    assert json.loads(json.dumps(data)) == data


def test_the_table_of_an_annex_is_sent_by_column_name_and_as_cells() -> None:
    data = ANNEX.as_data()
    assert data["label"] == "附件"
    assert data["table"] == {
        "columns": ["一级", "二级"],
        "rows": [
            {
                "一级": {"text": "决策", "rows": 2},
                "二级": {"text": "立项", "rows": 1},
                "cells": ["决策", "立项"],
                "stub": {"text": "", "rows": 2},
            },
            {
                "一级": {"text": "", "rows": 0},
                "二级": {"text": "目标", "rows": 1},
                "cells": ["", "目标"],
                "stub": {"text": "", "rows": 0},
            },
        ],
        "total": {"一级": "合计", "二级": "20"},
    }
    assert data["blocks"] == []


def test_a_draft_is_marked() -> None:
    assert replace(DOCUMENT, draft=True).as_data()["draft"] == "草稿"


def test_the_words_of_a_report_come_in_reading_order() -> None:
    texts = [text for group in DOCUMENT.strings() for text in group if text]
    assert texts == [
        "某中心",
        "2023年度报告",
        "一、情况",
        "1.全年受理445件。",
        "附件：评分表",
        "某中心",
        "2024年1月15日",
    ]


def test_the_words_of_an_annex_end_with_its_table() -> None:
    texts = [text for group in ANNEX.strings() for text in group if text]
    assert texts == ["附件", "评分表", "一级", "二级", "决策", "立项", "目标", "合计", "20"]
    assert [group for group in ANNEX.strings() if len(group) > 1] == [
        ("一级", "二级", "决策", "立项", "目标", "合计", "20")
    ]
