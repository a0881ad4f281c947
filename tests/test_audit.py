"""A sound package has no faults; each deliberately broken one has the fault named (hazards: no validator sees all)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from reportgen.printing.integrity import audit_docx, lost_strings

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

DOCUMENT = "word/document.xml"
STYLES = "word/styles.xml"
TYPES = "[Content_Types].xml"
RELS = "word/_rels/document.xml.rels"

Parts = dict[str, bytes]
Breaking = Callable[[Parts], None]

DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="{id}" name="图{id}"/>'
    '<a:blip r:embed="rId3"/></wp:inline></w:drawing></w:r></w:p>'
)
TABLE = (
    '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>'
    '<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>'
    '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr>'
    "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
)
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
BODY = (
    '<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr><w:r><w:rPr><w:rStyle w:val="Strong"/></w:rPr>'
    "<w:t>第一段</w:t></w:r></w:p>"
    '<w:p><w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkEnd w:id="1"/>'
    '<w:r><w:t xml:space="preserve">第 二段</w:t></w:r></w:p>'
    + DRAWING.format(id=1)
    + DRAWING.format(id=2)
    + TABLE
    + FIELD
    + "<w:p><w:r><w:t>末段</w:t></w:r></w:p>"
    + '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/></w:sectPr>'
)
STRINGS = [("第一段",), ("第二段",), ("甲", "乙"), ("",), ("末段",)]


def part(root: str, content: str) -> bytes:
    names = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:wp="{WP}" xmlns:a="{A}"'
    return f"<w:{root} {names}>{content}</w:{root}>".encode()


def style(kind: str, name: str) -> str:
    return f'<w:style w:type="{kind}" w:styleId="{name}"/>'


def sound() -> Parts:
    return {
        TYPES: (
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="r"/>'
            '<Default Extension="PNG" ContentType="image/png"/>'
            '<Override PartName="/word/document.xml" ContentType="d"/>'
            '<Override PartName="/word/styles.xml" ContentType="s"/>'
            '<Override PartName="/word/header1.xml" ContentType="h"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{RELATIONSHIPS}">'
            '<Relationship Id="rId1" Target="word/document.xml"/></Relationships>'
        ).encode(),
        DOCUMENT: part("document", f"<w:body>{BODY}</w:body>"),
        RELS: (
            f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" Target="styles.xml"/>'
            '<Relationship Id="rId2" Target="header1.xml"/><Relationship Id="rId3" Target="/word/media/image1.png"/>'
            '<Relationship Id="rId4" Target="http://x.cn/" TargetMode="External"/></Relationships>'
        ).encode(),
        STYLES: part("styles", style("paragraph", "Body") + style("character", "Strong") + style("table", "Grid")),
        "word/header1.xml": part("hdr", '<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr><w:r><w:t>页眉</w:t></w:r></w:p>'),
        "word/media/image1.png": b"\x89PNG",
    }


def changed(pattern: str, replacement: str, name: str = DOCUMENT) -> Breaking:
    def breaking(parts: Parts) -> None:
        text = parts[name].decode()
        result = re.sub(pattern, replacement, text, count=1, flags=re.DOTALL)
        assert result != text, f"nothing to break: {pattern}"
        parts[name] = result.encode()

    return breaking


def without(name: str) -> Breaking:
    def breaking(parts: Parts) -> None:
        del parts[name]

    return breaking


def test_a_sound_package_has_no_faults() -> None:
    assert audit_docx(sound(), STRINGS) == []


FIRST = "<w:t>第一段</w:t></w:r></w:p>"
STRAY = "the text “游离文字” stands outside a run"
BROKEN: dict[str, tuple[Breaking, str]] = {
    "cell without a paragraph": (
        changed(r"(<w:gridSpan w:val=\"2\"/></w:tcPr>)<w:p>.*?</w:p>", r"\1"),
        "a table cell does not end with a paragraph",
    ),
    "cell without anything": (changed(r"<w:tc><w:p/></w:tc>", "<w:tc/>"), "a table cell does not end with a paragraph"),
    "cell that ends in a table": (
        changed(r"<w:tc><w:p/></w:tc>", f"<w:tc><w:p/>{TABLE}</w:tc>"),
        "a table cell does not end with a paragraph",
    ),
    "row without cells": (changed(r"(</w:tblGrid>)", r"\1<w:tr><w:trPr/></w:tr>"), "a table row has no cells"),
    "table without rows": (changed(r"<w:tr>.*</w:tr>", ""), "a table has no rows"),
    "text in a paragraph": (changed(FIRST, FIRST + "<w:p>游离文字</w:p>"), STRAY),
    "text in the body": (changed("<w:body>", "<w:body>游离文字"), STRAY),
    "text between runs": (changed(r"</w:r></w:p>", "</w:r>游离文字</w:p>"), STRAY),
    "text in a cell": (changed(r"<w:tc><w:p/>", "<w:tc>游离文字<w:p/>"), STRAY),
    "text in a header": (changed("<w:p>", "<w:p>游离文字", "word/header1.xml"), STRAY),
    "element in text": (changed("第一段", "第一段<w:r/>"), "an element stands inside text"),
    "page set-up not last": (
        changed(r"(<w:sectPr>.*</w:sectPr>)", r"\1<w:p/>"),
        "the document does not end with its page set-up",
    ),
    "no page set-up": (
        changed(r"<w:sectPr>.*</w:sectPr>", ""),
        "the document does not end with its page set-up",
    ),
    "cut off": (changed(r"<w:body>.*</w:body>", "<w:body/>"), "the document does not end with its page set-up"),
    "image that is not related": (changed(r'r:embed="rId3"', 'r:embed="rId999"'), "relationship rId999 is missing"),
    "header that is not related": (changed(r'r:id="rId2"', 'r:id="rId998"'), "relationship rId998 is missing"),
    "related image missing": (without("word/media/image1.png"), "/word/media/image1.png is missing"),
    "related header missing": (without("word/header1.xml"), "header1.xml is missing"),
    "content type missing": (
        changed(r'<Default Extension="PNG" ContentType="image/png"/>', "", TYPES),
        "word/media/image1.png: no content type",
    ),
    "content types missing": (without(TYPES), "[Content_Types].xml: missing"),
    "document missing": (without(DOCUMENT), "word/document.xml: missing"),
    "paragraph style undefined": (changed('w:pStyle w:val="Body"', 'w:pStyle w:val="None"'), "style None is used, but not defined"),
    "character style undefined": (changed('w:rStyle w:val="Strong"', 'w:rStyle w:val="None"'), "style None is used, but not defined"),
    "table style undefined": (changed('w:tblStyle w:val="Grid"', 'w:tblStyle w:val="None"'), "style None is used, but not defined"),
    "style of a header undefined": (
        changed('w:val="Body"', 'w:val="None"', "word/header1.xml"),
        "word/header1.xml: style None is used, but not defined",
    ),
    "styles missing": (without(STYLES), "styles.xml is missing"),
    "bookmark twice": (
        changed(r"(<w:bookmarkStart[^>]*/><w:bookmarkEnd[^>]*/>)", r"\1\1"),
        "bookmarks are not paired",
    ),
    "bookmark not closed": (changed(r"<w:bookmarkEnd[^>]*/>", ""), "bookmarks are not paired"),
    "bookmark not opened": (changed(r"<w:bookmarkStart[^>]*/>", ""), "bookmarks are not paired"),
    "field not closed": (
        changed(r'<w:r><w:fldChar w:fldCharType="end"/></w:r>', ""),
        "a field is opened and not closed",
    ),
    "drawings with one number": (changed('id="2" name', 'id="1" name'), "two drawings have one number"),
    "grid narrower than its rows": (changed(r"<w:gridCol/>", ""), "a row is 3 columns wide, its table 2"),
    "row narrower than its grid": (changed(r"<w:tc><w:p/></w:tc>", ""), "a row is 2 columns wide, its table 3"),
    "merge without a start": (
        changed(r'<w:vMerge w:val="restart"/>', ""),
        "a merged cell has no cell above it to merge with",
    ),
    "merge in the first row": (
        changed(r'<w:vMerge w:val="restart"/>', "<w:vMerge/>"),
        "a merged cell has no cell above it to merge with",
    ),
    "control character": (changed("第一段", "第\x0b一段"), "word/document.xml: not well-formed"),
    "ampersand": (changed("第一段", "第&一段"), "word/document.xml: not well-formed"),
    "unknown prefix": (changed("<w:body>", "<w:body><foo:x/>"), "word/document.xml: not well-formed"),
    "header not well-formed": (changed("<w:p>", "<w:p><w:p>", "word/header1.xml"), "word/header1.xml: not well-formed"),
    "relationships not well-formed": (changed("/>", ">", RELS), f"{RELS}: not well-formed"),
    "character replaced": (changed("第一段", "第\ufffd一段"), "a character was replaced by U+FFFD"),
    "text lost": (changed("末段", "末"), "the file lacks the text “末段”"),
    "text of a cell lost": (changed("<w:t>乙</w:t>", "<w:t>丙</w:t>"), "the file lacks the text “乙”"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_named(name: str) -> None:
    breaking, message = BROKEN[name]
    parts = sound()
    breaking(parts)
    messages = [found for code, found, _about in audit_docx(parts, STRINGS) if code in ("broken-document", "text-lost")]
    assert any(message in found for found in messages), messages


def test_each_fault_has_a_code_and_says_which_part() -> None:
    parts = sound()
    BROKEN["text in a header"][0](parts)
    assert audit_docx(parts, STRINGS) == [
        ("broken-document", "word/header1.xml: the text “游离文字” stands outside a run", "word/header1.xml")
    ]


def test_of_a_part_that_cannot_be_read_nothing_else_is_told() -> None:
    parts = sound()
    BROKEN["relationships not well-formed"][0](parts)
    ((code, message, about),) = audit_docx(parts, STRINGS)
    assert (code, about) == ("broken-document", RELS)
    assert message.startswith(f"{RELS}: not well-formed (")


def test_all_faults_are_told_at_once() -> None:
    parts = sound()
    for name in ("row without cells", "bookmark not closed", "text lost"):
        BROKEN[name][0](parts)
    codes = [code for code, _message, _about in audit_docx(parts, STRINGS)]
    assert codes.count("text-lost") == 1
    assert codes.count("broken-document") >= 2


# --- text ----------------------------------------------------------------------------------------------------


def test_every_text_must_follow_the_one_before() -> None:
    assert list(lost_strings(["甲", "乙", "甲"], "甲乙甲")) == []
    assert [about for _code, _message, about in lost_strings(["乙", "甲"], "甲乙")] == ["甲"]


def test_a_text_that_is_wanted_twice_must_be_there_twice() -> None:
    assert [about for _code, _message, about in lost_strings(["10", "10"], "得分10")] == ["10"]


def test_white_space_is_not_compared() -> None:
    """Word prints a line break where the text has one; a PDF has more."""
    assert list(lost_strings(["一 二\n三"], "一二三")) == []


def test_after_a_lost_text_the_next_is_looked_for_where_the_last_was_found() -> None:
    assert [about for _code, _message, about in lost_strings(["甲", "丁", "乙"], "甲乙")] == ["丁"]


def test_a_long_text_is_cut_in_the_message_and_whole_beside_it() -> None:
    text = "很长" * 100
    ((code, message, about),) = lost_strings([text], "无")
    assert (code, about) == ("text-lost", text)
    assert message == f"the file lacks the text “{text[:60]}”"
