"""Markdown becomes blocks, strong text pairs beside Chinese punctuation, and nothing else is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.writing.blocks import Block, Cell, Heading, Item, PageBreak, Paragraph, Table, Text, block_strings
from reportgen.writing.markup import HIDDEN, SURNAMES, parse_lines, pieces_of, unaccounted

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)


def parse_markdown(text: str) -> list[Block]:
    return [block for _line, block in parse_lines(text)]


def plain(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def item(text: str, ordered: bool, index: int) -> Item:
    return Item((Text(text),), ordered, index)


def words(blocks: list[Block]) -> str:
    texts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                texts.append(text)
            case Paragraph(parts) | Item(parts):
                texts += [part.text for part in parts]
            case Table(columns, rows):
                texts += [*columns, *(cell.text for row in rows for cell in row)]
    return "".join(texts)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5, 6])
def test_a_heading_has_the_level_of_its_marks(level: int) -> None:
    assert parse_markdown("#" * level + " 项目概况") == [Heading(level, "项目概况")]


def test_marks_without_a_space_are_no_heading() -> None:
    assert parse_markdown("#项目") == [plain("#项目")]
    assert parse_markdown("####### 七级") == [plain("####### 七级")]


def test_paragraphs_are_separated_by_empty_lines() -> None:
    assert parse_markdown("一段。\n\n二段。\n\n\n三段。") == [plain("一段。"), plain("二段。"), plain("三段。")]


def test_lines_of_a_chinese_paragraph_join_without_a_space() -> None:
    assert parse_markdown("全年受理\n案件，\n445件\n“优秀”") == [plain("全年受理案件，445件“优秀”")]


def test_a_line_that_ends_in_a_number_joins_the_chinese_line_below_without_a_space() -> None:
    assert parse_markdown("共445\n件") == [plain("共445件")]


def test_lines_of_latin_words_join_with_a_space() -> None:
    assert parse_markdown("legal\naid") == [plain("legal aid")]


def test_spaces_at_the_end_of_a_line_change_nothing() -> None:
    assert parse_markdown("全年  \n受理　\n案件") == [plain("全年受理案件")]


def test_a_full_width_indent_is_left_to_the_layout() -> None:
    assert parse_markdown("　　全年受理") == [plain("全年受理")]
    assert parse_markdown("    全年受理") == [plain("全年受理")]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("**突出“畅”字。**服务", [("突出“畅”字。", True), ("服务", False)]),
        ("一是**“畅”**，二是", [("一是", False), ("“畅”", True), ("，二是", False)]),
        ("**一、**二**三、**", [("一、", True), ("二", False), ("三、", True)]),
        ("前**粗\n体**后", [("前", False), ("粗体", True), ("后", False)]),
        ("前\n**粗**\n后", [("前", False), ("粗", True), ("后", False)]),
        ("5*甲**粗**", [("5*甲", False), ("粗", True)]),
        ("[甲]_乙_**粗**", [("[甲]_乙_", False), ("粗", True)]),
    ],
)
def test_strong_text_pairs_wherever_it_stands(text: str, runs: list[tuple[str, bool]]) -> None:
    assert parse_markdown(text) == [Paragraph(tuple(Text(*run) for run in runs))]


@pytest.mark.parametrize("text", ["**未闭合", "只有一个**", "*一个*", "5**", "_下划线_"])
def test_marks_without_a_partner_stay_text(text: str) -> None:
    assert parse_markdown(text) == [plain(text)]


def test_a_backslash_takes_the_meaning_from_a_mark() -> None:
    assert parse_markdown(r"\*\*不是粗体\*\*") == [plain("**不是粗体**")]
    assert parse_markdown(r"\# 不是标题") == [plain("# 不是标题")]
    assert parse_markdown(r"1\. 不是列表") == [plain("1. 不是列表")]


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "</w:t>",
        "<!-- 注 -->",
        "&lt;90%",
        "A&B",
        "`代码`",
        "[文字](http://x.cn)",
        "![图](x.png)",
        "~~删~~",
        "> 引用",
        "$x^2$",
        '#read("/etc/passwd")',
        "@注",
        "http://x.cn/a_b_c*d",
        "C:\\文件",
        "一、标题",
        "（一）标题",
        "-5度",
        "3.5万元",
        "——破折号",
        "a | b",
    ],
)
def test_anything_else_stays_the_text_it_is(text: str) -> None:
    assert parse_markdown(text) == [plain(text)]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "　　", "\n　\n"])
def test_white_space_is_no_paragraph(text: str) -> None:
    assert parse_markdown(text) == []


def test_lists_keep_the_numbers_they_start_with() -> None:
    assert parse_markdown("1. 甲\n2. 乙") == [item("甲", True, 1), item("乙", True, 2)]
    assert parse_markdown("3. 丙\n4. 丁") == [item("丙", True, 3), item("丁", True, 4)]
    assert parse_markdown("- 甲\n- 乙") == [item("甲", False, 1), item("乙", False, 2)]


def test_two_lists_are_counted_apart() -> None:
    assert parse_markdown("1. 甲\n\n段落\n\n1. 乙") == [item("甲", True, 1), plain("段落"), item("乙", True, 1)]


def test_a_list_within_a_list_does_not_disturb_the_outer_count() -> None:
    blocks = parse_markdown("1. 甲\n   - 子\n   - 丑\n2. 乙")
    assert blocks == [
        item("甲", True, 1),
        Item((Text("子"),), False, 1, depth=1),
        Item((Text("丑"),), False, 2, depth=1),
        item("乙", True, 2),
    ]


def test_only_the_first_paragraph_of_an_item_has_its_number() -> None:
    assert parse_markdown("1. 甲\n\n   接着说\n2. 乙") == [item("甲", True, 1), plain("接着说"), item("乙", True, 2)]


def test_strong_text_in_an_item() -> None:
    assert parse_markdown("- **甲**乙") == [Item((Text("甲", True), Text("乙")), False, 1)]


@pytest.mark.parametrize("rule", ["---", "***", "- - -"])
def test_a_rule_is_a_page_break(rule: str) -> None:
    assert parse_markdown(f"前\n\n{rule}\n\n后") == [plain("前"), PageBreak(), plain("后")]


def test_a_table_has_columns_and_rows() -> None:
    text = "| 项目 | 数量 |\n|---|---:|\n| 受理 | 445 |\n| **办结** | a\\|b |"
    assert parse_markdown(text) == [Table(("项目", "数量"), ((Cell("受理"), Cell("445")), (Cell("办结"), Cell("a|b"))))]


def test_a_short_row_of_a_table_is_filled_with_empty_cells() -> None:
    text = "| 甲 | 乙 |\n|---|---|\n| 1 |"
    assert parse_markdown(text) == [Table(("甲", "乙"), ((Cell("1"), Cell("")),))]


def test_a_cell_too_many_stays_in_the_last_one() -> None:
    """Markdown itself drops it."""
    text = "| 甲 | 乙 |\n|---|---|\n| 1 | 2 | 3 | a\\|b |"
    (table,) = parse_markdown(text)
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0]] == ["1", "2 | 3 | a\\|b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("-", "-"), ("2023.", "2023."), ("#", "#"), ("- 甲\n-\n- 乙", "甲-乙"), ("1. 甲\n2.\n3. 乙", "甲2.乙")],
)
def test_nothing_typed_is_lost_where_an_item_or_heading_is_empty(text: str, words: str) -> None:
    blocks = [block for block in parse_markdown(text) if isinstance(block, Paragraph | Item)]
    assert "".join(part.text for block in blocks for part in block.parts) == words


def test_two_tables_are_two_blocks() -> None:
    table = "| 甲 |\n|---|\n| {} |"
    blocks = parse_markdown(table.format("1") + "\n\n" + table.format("2"))
    assert blocks == [Table(("甲",), ((Cell("1"),),)), Table(("甲",), ((Cell("2"),),))]


@given(HAN)
def test_chinese_text_is_one_paragraph_of_the_same_text(text: str) -> None:
    assert parse_markdown(text) == [plain(text)]


@given(st.lists(HAN, min_size=1, max_size=6))
def test_every_paragraph_arrives_in_order(texts: list[str]) -> None:
    assert parse_markdown("\n\n".join(texts)) == [plain(text) for text in texts]


@given(HAN, HAN, HAN)
def test_strong_text_stands_anywhere_in_a_sentence(before: str, strong: str, after: str) -> None:
    assume(not HIDDEN.match(strong) and not (before[-1] in SURNAMES and strong[-1] in SURNAMES))
    assert parse_markdown(f"{before}**{strong}**{after}") == [
        Paragraph((Text(before), Text(strong, True), Text(after)))
    ]


@given(st.text(st.sampled_from("甲乙1a，。<>&\"'`[]!~^$@%{}=/ "), min_size=1, max_size=30))
def test_a_line_without_marks_of_ours_loses_no_character(text: str) -> None:
    assert "".join(words(parse_markdown(text)).split()) == "".join(text.split())


# --- what is no markup ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["当事人张**与李**达成调解。", "支出**元、完成**次。", "张**李**到庭。", "2023. 1. 15召开会议。", "100. 号文件"],
)
def test_what_hides_something_or_begins_with_a_year_is_printed_as_typed(text: str) -> None:
    assert parse_markdown(text) == [plain(text)]


def test_an_item_within_the_first_line_of_an_item_is_text() -> None:
    assert parse_markdown("3. 1. 15召开") == [item("1. 15召开", True, 3)]


# --- places --------------------------------------------------------------------------------------------------

MARKED = st.lists(
    st.sampled_from(["# 题", "甲乙", "**粗**", "\n\n", "\n", "1. ", "- ", "| a | b |\n|---|---|\n| 1 | 2 |\n", "\\*",
                     " ", "　", "。", "x y", "---\n", "   - 丙\n", "张**与**"]),
    max_size=12,
).map("".join)  # fmt: skip


@given(MARKED)
def test_every_character_knows_its_place_and_nothing_is_dropped(text: str) -> None:
    blocks = parse_markdown(text)
    for block in blocks:
        for piece in pieces_of(block):
            there = text[piece.offset : piece.offset + len(piece.text)]
            assert piece.text == there or (piece.text == " " and there in "\n| "), text
    assert list(unaccounted(text, blocks)) == []


def test_what_a_block_does_not_print_and_markdown_has_no_use_for_is_told() -> None:
    text = "甲。\n\n乙丙。\n\n# 丁\n"
    blocks = parse_markdown(text)
    assert list(unaccounted(text, blocks)) == []
    assert list(unaccounted(text, [blocks[0], blocks[2]])) == [(4, "乙丙。")]


# --- footnotes


def noted(text: str, note: str) -> Text:
    return Text(text, note=(Text(note),))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("甲[^1]，乙。\n\n[^1]: 丙。", [Paragraph((noted("甲", "丙。"), Text("，乙。")))]),
        ("甲[^1]\n[^1]: 丙\n丁。", [Paragraph((noted("甲", "丙丁。"),))]),
        ("[^a]: 丙\n[^b]：丁\n\n甲[^a]乙[^b]", [Paragraph((noted("甲", "丙"), noted("乙", "丁")))]),
        ("**甲[^1]**乙\n\n[^1]: 丙", [Paragraph((Text("甲", True, (Text("丙"),)), Text("乙")))]),
        ("[^1]甲\n\n[^1]: **丙**丁", [Paragraph((Text("", note=(Text("丙", True), Text("丁"))), Text("甲")))]),
        ("- 甲[^1]\n\n[^1]: 丙", [Item((noted("甲", "丙"),), False, 1)]),
    ],
)
def test_a_mark_and_its_text_are_a_footnote(text: str, blocks: list[Block]) -> None:
    assert parse_markdown(text) == blocks
    assert list(unaccounted(text, [block for _line, block in parse_lines(text)])) == []


@pytest.mark.parametrize(
    "text",
    [
        "甲[^1]。",
        "[^1]: 丙。",
        "甲[^1]乙[^1]\n\n[^1]: 丙",
        "甲[^1]\n\n[^1]: 丙\n\n[^1]: 丁",
        "# 甲[^1]\n\n[^1]: 丙",
        "|甲[^1]|\n|-|\n|乙|\n\n[^1]: 丙",
        "甲[^1]\n\n[^1]:\n",
        "[^1]: 丙[^2]\n\n[^2]: 丁[^1]",
    ],
)
def test_a_mark_without_its_text_stays_text(text: str) -> None:
    blocks = [block for _line, block in parse_lines(text)]
    printed = "".join(string for block in blocks for string in strings_of(block))
    assert printed.count("[^") == text.count("[^")


def strings_of(block: Block) -> Iterator[str]:
    if isinstance(block, Item):
        yield from (part.text for part in block.parts)
    else:
        yield from block_strings(block)


def test_each_character_of_a_footnote_knows_its_place() -> None:
    text = "受理[^受理]。\n\n[^受理]: 受理以**收到**申请为准。"
    ((_line, block),) = parse_lines(text)
    assert isinstance(block, Paragraph)
    pieces = [piece for part in block.parts[0].note for piece in pieces_of(Paragraph((part,)))]
    assert [(piece.text, text[piece.offset :][: len(piece.text)]) for piece in pieces] == [
        (part, part) for part in ("受理以", "收到", "申请为准。")
    ]
    assert text.index("受理以") == pieces[0].offset


@pytest.mark.parametrize(
    "text", ["见<https://www.example.gov.cn/a?b=1_2>，甲。", "**<http://a.cn>**乙", "1. 丙<https://a.cn>"]
)
def test_the_brackets_around_an_address_are_not_printed(text: str) -> None:
    """CommonMark, 6.5: <https://…> is the address; they are no mark around anything else."""
    ((_line, block),) = parse_lines(text)
    printed = "".join(strings_of(block))
    assert printed == text.removeprefix("1. ").replace("**", "").replace("<", "").replace(">", "")
    assert list(unaccounted(text, [block])) == []


def test_brackets_around_anything_else_are_text() -> None:
    text = "甲<br>乙 < 丙 <https://> >"
    ((_line, block),) = parse_lines(text)
    assert "".join(strings_of(block)) == text
