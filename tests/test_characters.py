"""Only UTF-8 is read, and no character passes that cannot be seen or only looks like another (hazards 2.1, 3.2)."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.reading.characters import MAX_LISTED, decode, odd_characters
from reportgen.telling.findings import Finding, ReportError, has_errors

quick = settings(max_examples=300, deadline=None)

# What Chinese texts are made of: every character of GB 2312 but control characters.
GB2312 = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)]
ORDINARY = sorted({character for character in GB2312 if character} | set(map(chr, range(0x20, 0x7F))))
WORDS = ["单位", "案件", "法律援助中心", "受理", "民事", "刑事", "办结", "女", "办", "安徽省淮北市", "资金使用情况"]
NOT_SHOWN = [*map(chr, [0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x7F, 0x85, 0x9F, 0xAD, 0x200B, 0x200E, 0x2028, 0x2029]),
             *map(chr, [0x202E, 0x2060, 0x2066, 0x3164, 0xFEFF, 0xFFFF, 0xE0041])]  # fmt: skip


def refusal(data: bytes) -> Finding:
    """Return the one finding that ``data`` is refused with."""
    with pytest.raises(ReportError) as error:
        decode(data, "f.yaml")
    assert len(error.value.findings) == 1
    return error.value.findings[0]


def places(text: str) -> list[tuple[str, int, int]]:
    return [(f.code, f.span.line, f.span.column) for f in odd_characters(tuple(text.split("\n")), "f.yaml")]


# --- bytes ---------------------------------------------------------------------------------------------------


def test_utf_8_is_read_as_it_is() -> None:
    assert decode("单位: 甲\r\n𠮷😀".encode(), "f.yaml") == ("单位: 甲\r\n𠮷😀", [])


def test_nothing_is_read_as_nothing() -> None:
    assert decode(b"", "f.yaml") == ("", [])


def test_a_byte_order_mark_is_passed_over_with_a_note() -> None:
    text, findings = decode(codecs.BOM_UTF8 + "甲: 1".encode(), "f.yaml")
    assert text == "甲: 1"
    assert [(finding.code, finding.span.line, finding.span.column) for finding in findings] == [
        ("byte-order-mark", 1, 1)
    ]
    assert not has_errors(findings)


def test_only_the_first_byte_order_mark_is_passed_over() -> None:
    text, _findings = decode(codecs.BOM_UTF8 * 2 + b"a", "f.yaml")
    assert text == "\ufeffa"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_by_name(encoding: str) -> None:
    """Notepad calls it “Unicode”."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    finding = refusal(mark + "单位: 甲".encode(encoding))
    assert finding.code == "not-utf8"
    assert "UTF-16" in finding.message
    assert "UTF-8" in finding.hint


@pytest.mark.parametrize(
    ("text", "line", "column", "shown"),
    [
        ("单位: 甲\n", 1, 1, "单位: 甲"),
        ("# a\nb: 1\nc: 单位\n", 3, 4, "c: 单位"),
        ("# a\r\nb: 1\r\nc: 单位\r\nd: 2", 3, 4, "c: 单位"),
        ("a: 1 # 单位", 1, 8, "a: 1 # 单位"),
    ],
)
def test_a_gbk_file_is_refused_where_its_chinese_begins(text: str, line: int, column: int, shown: str) -> None:
    finding = refusal(text.encode("gbk"))
    assert finding.code == "not-utf8"
    assert (finding.span.line, finding.span.column, finding.span.text) == (line, column, shown)
    assert "GBK" in finding.message


def test_columns_in_a_gbk_file_count_characters() -> None:
    """丂 is 81 40 in GBK: two bytes, one column; the first byte alone is not UTF-8."""
    finding = refusal("女: 1\na: 女丂".encode("gbk"))
    assert (finding.span.line, finding.span.column, finding.span.text) == (2, 5, "a: 女丂")


def test_a_gbk_word_that_is_utf_8_by_chance_is_refused() -> None:
    """hazards 2.1: the GBK bytes of 女 are those of Ů in UTF-8 (C5 AE)."""
    assert "女".encode("gbk") == "Ů".encode()
    finding = refusal("sex: 女\n".encode("gbk"))
    assert (finding.code, finding.span.line, finding.span.column) == ("not-utf8", 1, 6)
    assert finding.span.text == "sex: 女"


def test_damage_is_told_from_gbk() -> None:
    finding = refusal("单位: 甲\n地区: ".encode() + b"\xe6\x9f\xff\n")
    assert (finding.code, finding.span.line) == ("not-utf8", 2)
    assert "GBK" not in finding.message


def test_a_file_cut_off_within_a_character_is_refused() -> None:
    finding = refusal("a: 1\n单位".encode()[:-1])
    assert (finding.code, finding.span.line) == ("not-utf8", 2)


@quick
@given(st.text(ORDINARY, max_size=40))
def test_chinese_text_survives_being_encoded(text: str) -> None:
    assert decode(("甲" + text).encode(), "f.yaml") == ("甲" + text, [])


@quick
@given(st.lists(st.sampled_from(["# a", "b: 1", ""]), max_size=5), st.lists(st.sampled_from(WORDS), min_size=1))
@example([], ["女"])
def test_chinese_in_gbk_is_always_refused(before: list[str], words: list[str]) -> None:
    finding = refusal("\n".join([*before, "x: " + "".join(words)]).encode("gbk"))
    assert finding.code == "not-utf8"
    assert finding.span.line == len(before) + 1
    assert finding.span.column >= len("x: ") + 1


@quick
@given(st.binary(max_size=80))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf\xff")
@example(b"a\n\x80")
def test_arbitrary_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    text: str | None = None
    findings: list[Finding] = []
    try:
        text, findings = decode(data, "f.yaml")
    except ReportError as error:
        findings = list(error.findings)
    if text is None:
        assert [finding.code for finding in findings] == ["not-utf8"]
    else:
        assert text.encode() == data.removeprefix(codecs.BOM_UTF8)
    for finding in findings:
        assert 1 <= finding.span.line <= data.count(b"\n") + 1
        assert finding.span.column >= 1


# --- characters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", NOT_SHOWN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_that_is_not_shown_is_named_by_its_number(character: str) -> None:
    found = odd_characters(("甲: 1", f"乙: 二{character}三"), "f.yaml")
    assert [(f.code, f.span.line, f.span.column) for f in found] == [("invisible-character", 2, 5)]
    assert f"U+{ord(character):04X}" in found[0].message


def test_every_control_character_separator_surrogate_and_noncharacter_is_found() -> None:
    """All that Unicode calls Cc, Zl, Zp or Cs, and U+FDD0–FDEF, FFFE, FFFF; tabs and line ends have their own rules."""
    wanted = [
        character
        for character in map(chr, range(0x10000))
        if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")
        or 0xFDD0 <= ord(character) <= 0xFDEF
        or ord(character) >= 0xFFFE
    ]
    wanted = [character for character in wanted if character not in "\t\n\r"]
    assert len(wanted) == 62 + 2 + 2048 + 34  # Cc: 65 less 3; Zl, Zp; Cs; noncharacters of the BMP
    assert [f"U+{ord(c):04X}" for c in wanted if places(c) != [("invisible-character", 1, 1)]] == []


def test_no_character_of_ordinary_chinese_text_is_odd() -> None:
    """GB 2312 has 7445 characters, 6763 of them ideographs."""
    assert len(ORDINARY) == 7445 + 95
    assert [character for character in ORDINARY if odd_characters((character,), "f.yaml")] == []


@pytest.mark.parametrize("text", ["𠮷😀", "㎡℃‰①Ⅳ〔2023〕", "“畅”字——……", "〇", "é", "\t", "甲\u3000乙", "甲\xa0乙"])
def test_what_can_be_seen_or_has_its_own_rule_passes(text: str) -> None:
    assert places(text) == []


@pytest.mark.parametrize(
    ("odd", "usual"), [("⽤", "用"), ("\uf90a", "金"), ("⼀", "一"), ("⾦", "金"), ("\U0002f800", "丽")]
)
def test_a_radical_or_compatibility_character_is_named_with_the_usual_one(odd: str, usual: str) -> None:
    """hazards 3.2; CJK Compatibility Ideographs Supplement: U+2F800 is 丽."""
    found = odd_characters((f"甲: 见{odd}",), "f.yaml")
    assert [(f.code, f.span.line, f.span.column) for f in found] == [("look-alike", 1, 5)]
    assert usual in found[0].message
    assert usual in found[0].hint


@pytest.mark.parametrize(("odd", "usual"), [("⻅", "见"), ("⻋", "车"), ("⻔", "门"), ("⻚", "页")])
def test_a_radical_of_the_supplement_is_named_with_the_usual_character(odd: str, usual: str) -> None:
    """hazards 3.2 names ⻅, whose NFKC is itself."""
    found = odd_characters((odd,), "f.yaml")
    assert [finding.code for finding in found] == ["look-alike"]
    assert usual in found[0].hint


def test_a_unified_ideograph_in_the_compatibility_block_is_itself() -> None:
    """Unicode: FA0E FA0F FA11 FA13 FA14 FA1F FA21 FA23 FA24 FA27 FA28 FA29 duplicate no other character."""
    assert places("﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩") == []


def test_all_odd_characters_are_told_line_by_line() -> None:
    assert places("甲\u200b\u200b\n\n乙⽤\x7f") == [
        ("invisible-character", 1, 2),
        ("invisible-character", 1, 3),
        ("invisible-character", 3, 3),
        ("look-alike", 3, 2),
    ]


def test_a_file_full_of_odd_characters_is_not_listed_without_end() -> None:
    assert len(places("\x7f" * 10 * MAX_LISTED)) == MAX_LISTED


def test_one_kind_does_not_crowd_out_the_other() -> None:
    """MAX_LISTED are the findings of one kind; parse_source relies on being told of invisible characters."""
    codes = {code for code, _line, _column in places("⽤" * MAX_LISTED + "\n\u2028")}
    assert codes == {"look-alike", "invisible-character"}


@quick
@given(st.text(ORDINARY, max_size=20), st.sampled_from(NOT_SHOWN), st.text(ORDINARY, max_size=20))
def test_an_invisible_character_is_found_wherever_it_hides(before: str, character: str, after: str) -> None:
    assert places(before + character + after) == [("invisible-character", 1, len(before) + 1)]


@quick
@given(st.lists(st.text(ORDINARY, max_size=8), min_size=1, max_size=4))
def test_the_line_of_a_finding_is_the_line_it_stands_in(lines: list[str]) -> None:
    found = odd_characters((*lines, "\u200b"), "f.yaml")
    assert [(f.span.file, f.span.line, f.span.column, f.span.text) for f in found] == [
        ("f.yaml", len(lines) + 1, 1, "\u200b")
    ]
