"""Every fault of a Word template is told at once, at the place where a person sees it, before anything is built."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docxtpl import DocxTemplate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import OLD_FORM, ROOT, with_own_annex, write_input
from reportgen.numbers.grammar import compile_for_word
from reportgen.printing.word import WordTemplate, _grow_grids, _guarded, _merge_cells
from reportgen.printing.wordtags import Fault, faults_of
from reportgen.reading.project import find_project
from reportgen.running.build import build, check
from reportgen.running.library import Library, stand_ins
from reportgen.running.outcome import Options
from reportgen.telling.findings import Finding
from reportgen.writing.blocks import Cell, Document, Heading, Paragraph, Table, Text

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
COLUMNS = ("一级指标", "三级指标", "得分")
TABLE = Table(COLUMNS, ((Cell("甲"), Cell("乙"), Cell("1")),), {"得分": "1"})
WORDING = (Heading(1, "甲", "一、"), Paragraph((Text("甲"),)), Table(("列",), ((Cell("格"),),)))
CELLS = {"项目名称": "甲", "主管部门": "乙"}
LIKE = Document(("题",), WORDING, "某中心", "2024年1月5日", "2024-01-05", "附件", ("表",), table=TABLE, cells=CELLS)


def paragraph(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:p><w:r><w:t xml:space="preserve">{escaped}</w:t></w:r></w:p>'


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def part(body: str, root: str = "document") -> bytes:
    inner = f"<w:body>{body}<w:sectPr/></w:body>" if root == "document" else body
    return f"<w:{root} {NAMES}>{inner}</w:{root}>".encode()


def faults(body: str, others: Mapping[str, bytes] | None = None) -> list[Fault]:
    parts = {"word/document.xml": part(body), **(others or {})}
    filled = [name for name in parts if not name.endswith(".rels")]
    return list(faults_of(parts, filled, LIKE))


def fault(body: str) -> Fault:
    found = faults(body)
    assert len(found) == 1, found
    return found[0]


# --- places --------------------------------------------------------------------------------------------------


def in_paragraph(tag: str) -> tuple[str, str]:
    return paragraph("甲") + table(row("乙")) + paragraph("") + paragraph(f"丙{tag}"), "paragraph 3"


def in_cell(tag: str) -> tuple[str, str]:
    body = table(row("甲")) + paragraph("乙") + table(row("丙", "丁"), row("戊", f"己{tag}"))
    return body, "table 2, row 2, column 2"


@pytest.mark.parametrize("where", [in_paragraph, in_cell])
@pytest.mark.parametrize(
    ("tag", "message", "hint"),
    [
        ("{{ 单位 }}", "there is nothing called “单位”", "did you mean unit?"),
        ("{{ nam }}", "there is nothing called “nam”", "did you mean name?"),
        ("{{ 项目名称 }}", "there is nothing called “项目名称”", "did you mean cells.项目名称?"),
        ("{{ cells.项目名 }}", "there is nothing called “cells.项目名”", "did you mean 项目名称?"),
        ('{{ cells["项目名"] }}', "there is nothing called “cells.项目名”", "did you mean 项目名称?"),
        ("{{ table.totl.得分 }}", "there is nothing called “table.totl”", "did you mean total?"),
        ("{{ table.total.得 }}", "there is nothing called “table.total.得”", "did you mean 得分?"),
        ("{{ row.得分.text }}", "there is nothing called “row”", "it can be: title, name, label, signed"),
        ("{{ unit.upper }}", "there is nothing called “unit.upper”", ""),
        ("{{ unit|百分比 }}", "a Word template has no filter “百分比”", "the filters are default, join, length; work"),
        ("{{ unit|upper }}", "there is no filter “upper”", "the filters are default, join, length"),
        ("{{ clock[0] + 1 }}", "a Word template does not calculate", "put the formula into facts.yaml"),
        ("{{ unit() }}", "“( )” is not available here", "use names, comparisons, if and for, and the filters default"),
        ("{{ unit（ }}", "the character “（” cannot stand in a tag", "check the braces"),
        ("{{ title }}", "“title” is a list, not a text", "type {% for x in list %} and {{ x }}"),
        ("{{ cells }}", "“cells” is a group, not a text", "it can be: 项目名称, 主管部门"),
        ("{{ unit", "the tag is opened and not closed", "type }} at its end"),
        ("{{ unit }", "the tag is opened and not closed", "type }} at its end"),
        ("{% if unit", "the tag is opened and not closed", "type %} at its end"),
        ("unit }}", "“}}” closes no tag", "type {{ before the tag, both braces together"),
        ("{ unit }}", "“}}” closes no tag", "type {{ before the tag, both braces together"),
        ("{% for x in title %}", "there is no {% endfor %} after it", "type {% endfor %} where it ends"),
        ("{% if unit %}", "there is no {% endif %} after it", "type {% endif %} where it ends"),
        ("{% endfor %}", "there is no {% for … %} before it", "type {% for … %}, or delete the tag"),
        ("{% else %}", "{% else %} stands outside {% if %} and {% endif %}", ""),
        ("{% fro x in title %}", "there is no tag {% fro %}", "did you mean for?"),
        ("{% set x = 1 %}", "“{% set %}” is not available here", "it can be: for, endfor, if"),
        (
            "{% for x in unit %}{% endfor %}",
            "“unit” is no list",
            "it can be: title, blocks, attachments, signature, clock",
        ),
        ("{% for x in titel %}{{ x.y }}{% endfor %}", "there is nothing called “titel”", "did you mean title?"),
        ("{% if darft %}x{% endif %}", "there is nothing called “darft”", "did you mean draft?"),
        ("{{ unit|join }}", "only a list can be joined", "it can be: title, blocks, attachments, signature, clock"),
        ("{{r unit }}", "“{{r” would put the text where Word does not show it", "type {{ without the letter"),
        ("{% p if unit %}", "the letters are apart from the brace", "type {%p and a space"),
        ("{% merge row.x %}", None, None),
    ],
)
def test_each_kind_of_fault_is_told_at_its_place_with_the_tag_and_what_to_type(
    tag: str, message: str | None, hint: str | None, where: Callable[[str], tuple[str, str]]
) -> None:
    if message is None:
        message = "{% merge %} stands outside a table" if where is in_paragraph else "there is nothing called “row”"
        hint = "type it in the cell that it is about" if where is in_paragraph else "it can be: title"
    body, place = where(tag)
    found = fault(body)
    assert found.place == place
    typed, told = found.message.split(": ", 1)
    assert told == message
    assert typed in tag or tag in typed
    assert found.hint.startswith(hint or "")
    assert bool(found.hint) == bool(hint)


@pytest.mark.parametrize("tag", ["｛｛ unit ｝｝", "{｛ unit }}", "{％ if unit %}x{% endif %}"])
@pytest.mark.parametrize("where", [in_paragraph, in_cell])
def test_full_width_braces_are_told_and_read_on(tag: str, where: Callable[[str], tuple[str, str]]) -> None:
    body, place = where(tag)
    found = fault(body)
    assert (found.place, found.hint) == (place, "type {{ and }} half-width")
    assert found.message == f"“{tag[:30]}”: the braces of a tag are full-width"


def test_a_tag_split_over_two_paragraphs_is_told_once_where_it_begins() -> None:
    found = fault(paragraph("甲") + paragraph("{{ na") + paragraph("me }}") + paragraph("{{ name }}"))
    assert found.place == "paragraph 2"
    assert found.message == "{{ na: the tag goes on in another paragraph"
    assert found.hint == "type it anew, within one paragraph"


def test_a_tag_split_over_two_cells_is_told_where_it_begins() -> None:
    found = fault(table(row("{{ na", "me }}")))
    assert (found.place, found.message) == ("table 1, row 1, column 1", "{{ na: the tag goes on in another paragraph")


def test_a_tag_is_not_closed_by_the_end_of_the_next_one() -> None:
    found = fault(paragraph("{{ unit 和 {{ date }}"))
    assert found.message == "{{ unit 和: the tag is opened and not closed"


@pytest.mark.parametrize("name", ["header1.xml", "footer1.xml"])
@pytest.mark.parametrize(
    ("kind", "place"), [("default", "{}"), ("first", "{} of the first page"), ("even", "{} of even pages")]
)
def test_a_header_is_called_what_word_calls_it(name: str, kind: str, place: str) -> None:
    what = name[:6]
    reference = f'<w:sectPr><w:{what}Reference w:type="{kind}" r:id="rId7"/></w:sectPr>'
    parts = {
        "word/document.xml": f"<w:document {NAMES}><w:body>{reference}</w:body></w:document>".encode(),
        "word/_rels/document.xml.rels": f'<x><y Id="rId7" Target="{name}"/></x>'.encode(),
        f"word/{name}": part(paragraph("{{ darft }}"), "hdr"),
    }
    (found,) = faults_of(parts, ["word/document.xml", f"word/{name}"], LIKE)
    assert found.place == place.format(what)
    assert found.told == f"{found.place}: {{{{ darft }}}}: there is nothing called “darft”"


def test_a_header_of_one_of_several_sections_has_its_number() -> None:
    sections = "".join(
        f'<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rId{n}"/></w:sectPr></w:pPr></w:p>'
        for n in (1, 2)
    )
    relations = "".join(f'<y Id="rId{n}" Target="header{n}.xml"/>' for n in (1, 2))
    parts = {
        "word/document.xml": f"<w:document {NAMES}><w:body>{sections}</w:body></w:document>".encode(),
        "word/_rels/document.xml.rels": f"<x>{relations}</x>".encode(),
        "word/header1.xml": part(paragraph("{{ draft }}"), "hdr"),
        "word/header2.xml": part(paragraph("甲") + table(row("", "{{ darft }}")), "hdr"),
    }
    (found,) = faults_of(parts, [name for name in parts if not name.endswith("rels")], LIKE)
    assert found.place == "section 2, header, in it table 1, row 1, column 2"


def test_a_footnote_is_counted_without_the_rules_between_texts() -> None:
    notes = '<w:footnote w:type="separator">' + paragraph("") + "</w:footnote>"
    notes += f"<w:footnote>{paragraph('甲')}</w:footnote><w:footnote>{paragraph('{{ x }}')}</w:footnote>"
    (found,) = faults("", {"word/footnotes.xml": part(notes, "footnotes")})
    assert found.place == "footnote 2"


def test_a_table_within_a_cell_is_found_by_the_cell() -> None:
    inner = f"<w:tr><w:tc>{table(row('甲', '{{ x }}'))}<w:p/></w:tc></w:tr>"
    found = fault(table(row("一"), inner) + paragraph(""))
    assert found.place == "table 1, row 2, column 1, in it table 1, row 1, column 2"


def test_a_text_box_is_found_by_its_paragraph_and_what_word_keeps_twice_is_told_once() -> None:
    box = f"<w:txbxContent>{paragraph('{{ x }}')}</w:txbxContent>"
    found = fault(paragraph("甲") + f"<w:p><w:r><w:t>乙</w:t>{box}{box}</w:r></w:p>")
    assert found.place == "paragraph 2, in it text box"


def test_content_controls_and_tracked_insertions_do_not_change_the_count() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('乙')}</w:sdtContent></w:sdt>"
    inserted = "<w:p><w:ins><w:r><w:t>{{ </w:t></w:r></w:ins><w:r><w:t>x }}</w:t></w:r></w:p>"
    rows = f"<w:sdt><w:sdtContent>{row('1')}</w:sdtContent></w:sdt>{row('', '{{ y }}')}"
    found = faults(paragraph("甲") + control + inserted + table(rows))
    assert [each.place for each in found] == ["paragraph 3", "table 1, row 2, column 2"]


def test_tags_outside_the_text_are_read_too() -> None:
    picture = '<w:p><w:r><w:drawing descr="{{ x }}"/><w:instrText>{{ y }}</w:instrText></w:r></w:p>'
    assert [each.wanted for each in faults(picture)] == ["x", "y"]


# --- names ---------------------------------------------------------------------------------------------------


LOOP = "{%tr for row in table.rows %}", "{%tr endfor %}"


def looped(*cells: str) -> str:
    return table(row("一级", "得分"), row(LOOP[0]), row(*cells), row(LOOP[1]))


@pytest.mark.parametrize(
    ("tag", "message", "hint"),
    [
        ("{{ row.得.text }}", "there is nothing called “row.得”", "did you mean 得分?"),
        ("{{ row.得分.txt }}", "there is nothing called “row.得分.txt”", "did you mean text?"),
        ("{{ row.得分 }}", "“row.得分” is a cell, not a text", "type {{ row.得分.text }}"),
        ("{{ 得分 }}", "there is nothing called “得分”", "did you mean row.得分.text?"),
        ("{{ rwo.得分.text }}", "there is nothing called “rwo”", "did you mean row?"),
        ("{{ loop.length }}", "there is nothing called “loop.length”", "it can be: index, first, last"),
        ("{% merge row.一级 %}", "there is nothing called “row.一级”", "did you mean 一级指标?"),
        (
            "{% merge row.一级指标.text %}",
            "“row.一级指标.text” is no column: cells merge by a column of the table",
            "did you mean row.一级指标?",
        ),
        (
            "{%r for b in blocks %}{% merge b %}{%r endfor %}",
            "“b” is no column: cells merge by a column of the table",
            "it can be: row.一级指标, row.三级指标, row.得分, row.stub",
        ),
        (
            "{% merge unit %}",
            "“unit” is no column: cells merge by a column of the table",
            "it can be: row.一级指标, row.三级指标, row.得分, row.stub",
        ),
        ("{{ 得分|default('') }}", None, None),
        ("{{ row.一级指标.text }}{{ loop.index }}", None, None),
        ("{% merge row.stub %}", None, None),
        ("{% merge row.一级指标 %}{{ row.一级指标.text }}", None, None),
        ("{% if row.备注 is defined %}{{ row.备注.text }}{% endif %}", None, None),
        ("{{ row.备注.text if row.备注 is defined else '' }}", None, None),
    ],
)
def test_a_row_has_the_columns_of_its_form(tag: str, message: str | None, hint: str | None) -> None:
    found = faults(looped("", tag))
    expected = [] if message is None else [("table 1, row 3, column 2", message, hint)]
    assert [(each.place, each.message.split(": ", 1)[1], each.hint) for each in found] == expected


def test_a_name_of_a_loop_ends_with_it() -> None:
    body = paragraph("{%p for line in title %}") + paragraph("{{ line }}") + paragraph("{%p endfor %}")
    assert faults(body) == []
    assert fault(body + paragraph("{{ line }}")).message == "{{ line }}: there is nothing called “line”"


def test_a_name_that_a_condition_has_asked_for_is_not_certain_after_it() -> None:
    found = fault(paragraph("{% if 甲 is defined %}{{ 甲.乙 }}{% else %}{{ 甲 }}{% endif %}"))
    assert found.wanted == "甲"


def test_a_table_of_the_wording_has_whatever_columns_it_has() -> None:
    opening = paragraph("{%p for b in blocks %}") + paragraph("{%p for row in b.rows %}")
    closing = paragraph("{%p endfor %}") * 2
    assert faults(opening + paragraph("{{ row.任意.text }}{{ row.cells[0] }}{{ b.text }}") + closing) == []
    assert fault(opening + paragraph("{{ b.txt }}") + closing).hint == "did you mean text?"


def test_several_names_of_one_tag_are_told_each() -> None:
    found = faults(paragraph("{% if 甲 == 乙 %}{{ 丙 }}{% endif %}"))
    assert [each.wanted for each in found] == ["甲", "乙", "丙"]


def test_curly_quotes_are_as_good_as_straight_ones() -> None:
    assert faults(paragraph("{% if unit == “中心” and name != ‘甲’ %}是{% endif %}")) == []


# --- where tags stand ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["tr", "tc"])
def test_a_tag_of_a_table_stands_in_one(prefix: str) -> None:
    tags = f"{{%{prefix} for x in title %}}", f"{{%{prefix} endfor %}}"
    found = faults(paragraph(tags[0]) + paragraph(tags[1]))
    assert [each.place for each in found] == ["paragraph 1", "paragraph 2"]
    assert [each.message for each in found] == [f"{tag}: “{{%{prefix}” stands outside a table" for tag in tags]


@pytest.mark.parametrize(
    ("body", "place", "lost", "hint"),
    [
        (
            paragraph("{%p if unit %}甲") + paragraph("{%p endif %}"),
            "paragraph 1",
            "the tag takes the place of its paragraph, and “甲” beside it would be lost",
            "give the tag a paragraph of its own",
        ),
        (
            table(row("{%tr for x in title %}", "甲"), row("{{ x }}"), row("{%tr endfor %}")),
            "table 1, row 1, column 1",
            "the tag takes the place of its table row, and “甲” beside it would be lost",
            "give the tag a row of its own",
        ),
        (
            table(row("{%tr for x in title %}", "{{ x }}", "{%tr endfor %}")),
            "table 1, row 1, column 1",
            "the tag takes the place of its table row, and “{{ x }}{%tr endfor %}” beside it would be lost",
            "give the tag a row of its own",
        ),
        (
            table(row("{%tc for x in title %}甲", "{{ x }}", "{%tc endfor %}")),
            "table 1, row 1, column 1",
            "the tag takes the place of its cell, and “甲” beside it would be lost",
            "give the tag a cell of its own",
        ),
    ],
)
def test_nothing_may_stand_beside_a_tag_that_takes_its_place(body: str, place: str, lost: str, hint: str) -> None:
    found = fault(body)
    assert (found.place, found.message.split(": ", 1)[1], found.hint) == (place, lost, hint)


@pytest.mark.parametrize(
    "body",
    [
        paragraph("{%p for x in title %}") + paragraph("{% endfor %}"),
        table(row("{%tr for x in title %}"), row("{{ x }}"), row("{%p endfor %}")),
        table(row("{%tr for x in title %}"), row("{{ x }}")) + paragraph("{%p endfor %}"),
        paragraph("{% if unit %}") + table(row("{% endif %}")),
        paragraph("{%p if unit %}") + paragraph("{% else %}") + paragraph("{%p endif %}"),
    ],
)
def test_what_opens_and_what_closes_stand_at_the_same_level(body: str) -> None:
    found = fault(body)
    assert "it belongs to {%" in found.message
    assert "same letters" in found.hint


@pytest.mark.parametrize(
    "body",
    [
        paragraph("{% for x in title %}甲") + paragraph("{{ x }}{% endfor %}"),
        paragraph("{%r for x in title %}{{ x }}{%r if x %}甲{%r else %}乙{%r endif %}{%r endfor %}"),
        paragraph("{%p if unit == '甲' %}") + paragraph("{%p elif unit %}") + paragraph("{%p endif %}"),
        table(row("{%tr if unit %}", ""), row("甲"), row("{%tr endif %}")),
        paragraph("{# 注 {{ x }} #}"),
        paragraph("一{甲}二 100% } {"),
        paragraph("{%- if unit -%}甲{%- endif -%}"),
        table(row("{% cellbg unit %}甲")),
    ],
)
def test_what_docxtpl_can_fill_has_no_fault(body: str) -> None:
    assert faults(body) == []


def test_an_inner_tag_that_is_not_closed_does_not_hide_that_the_outer_is() -> None:
    body = paragraph("{%p for x in title %}") + paragraph("{%p if x %}") + paragraph("{%p endfor %}")
    found = fault(body)
    assert (found.place, found.message) == ("paragraph 2", "{%p if x %}: there is no {%p endif %} after it")


def test_a_part_that_is_no_xml_is_named() -> None:
    (found,) = faults_of({"word/document.xml": b"<w:p>{{"}, ["word/document.xml"], LIKE)
    assert found.told.startswith("word/document.xml: ")


def test_all_faults_are_told_in_reading_order() -> None:
    body = paragraph("{{ nam }}") + looped("{{ row.得 }}", "{% merge row.x %}") + paragraph("{% endif %}{{ a")
    header = {"word/header1.xml": part(paragraph("{{ darft|upper }}{{ darft }}"), "hdr")}
    assert [(each.place, each.message.split(": ")[0]) for each in faults(body, header)] == [
        ("paragraph 1", "{{ nam }}"),
        ("table 1, row 3, column 1", "{{ row.得 }}"),
        ("table 1, row 3, column 2", "{% merge row.x %}"),
        ("paragraph 2", "{% endif %}"),
        ("paragraph 2", "{{ a"),
        ("header", "{{ darft|upper }}"),
        ("header", "{{ darft }}"),
    ]


# --- the templates of a project ------------------------------------------------------------------------------


def change(path: Path, old: str, new: str, part: str = "word/document.xml") -> None:
    """Put ``new`` in the place of ``old``, which must be there once, in the XML of a template."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts[part].decode()
    assert text.count(old) == 1, old
    parts[part] = text.replace(old, new).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(each.code, each.span.file, each.message) for each in findings if each.span.file.startswith("templates/")]


def test_the_shipped_forms_have_no_fault() -> None:
    library = Library(find_project(ROOT))
    assert len(library.form_names) >= 5
    for name in library.form_names:
        form = library.form(name)
        assert library.word_faults(form) == ()
        assert library.typst_faults(form) == ()


def test_a_template_with_a_run_that_word_has_split_has_no_fault(library: Library) -> None:
    with_own_annex(library.project.templates)
    form = library.form("project-evaluation")
    middle = '</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr/><w:t xml:space="preserve">'
    change(form.folder / "annex.docx", "{{ row.得分.text }}", f"{{{middle}{{ row.得{middle}分.text }}{middle}}}")
    assert library.word_faults(form) == ()
    word = library.word_template(form.folder / "annex.docx")
    _report, annex, *_others = stand_ins(form)
    assert annex
    assert word.print_docx(annex)


def test_what_a_template_is_tried_with_can_be_printed_by_every_form(library: Library) -> None:
    """Else a fault of the stand-in would be told as one of the template."""
    for name in library.form_names:
        form = library.form(name)
        for number, document in enumerate(stand_ins(form)):
            template = library.look(form, "annex" if number else "report", document).with_suffix(".docx")
            assert library.word_template(template).print_docx(document)


def spoil(library: Library) -> Path:
    """Spoil the two Word templates of a form, and its two Typst templates."""
    templates = library.project.templates
    folder = with_own_annex(templates)
    change(folder / "annex.docx", "{{ row.得分.text }}", "{{ row.得份.text }}")
    change(folder / "annex.docx", "{{ label }}", "{{ lable }}")
    change(templates / "house" / "report.docx", "{{ draft }}", "{{ draft|upper }}", "word/header1.xml")
    (folder / "annex.typ").write_text('#import "../house/house.typ": *\n\n甲#nonsense\n', encoding="utf-8")
    (templates / "house" / "report.typ").write_text('#import "house.typ": *\n\n#title\n  #nothing\n', encoding="utf-8")
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    return write_input(library.project, text, "lieshan")


WORD = [
    ("bad-template", "templates/house/report.docx", "section 1, header: {{ draft|upper }}: there is no filter “upper”"),
    (
        "bad-template",
        "templates/project-evaluation/annex.docx",
        "paragraph 1: {{ lable }}: there is nothing called “lable”",
    ),
    (
        "bad-template",
        "templates/project-evaluation/annex.docx",
        "table 1, row 3, column 7: {{ row.得份.text }}: there is nothing called “row.得份”",
    ),
]


def test_a_check_tells_all_faults_of_all_templates(library: Library) -> None:
    found = check(library, spoil(library)).findings
    assert [each for each in told(found) if each[1].endswith(".docx")] == WORD
    typst = {(each.code, each.span.file, each.span.line, each.span.column) for each in found}
    assert ("pdf-failed", "templates/house/report.typ", 4, 4) in typst
    assert ("pdf-failed", "templates/project-evaluation/annex.typ", 3, 3) in typst


@pytest.mark.parametrize("draft", [False, True])
def test_nothing_is_built_with_a_template_that_has_a_fault(library: Library, draft: bool) -> None:
    outcome = build(library, spoil(library), Options(draft=draft))
    assert [each for each in told(outcome.findings) if each[1].endswith(".docx")] == WORD
    assert {each[1] for each in told(outcome.findings) if each[1].endswith(".typ")} == {
        "templates/house/report.typ",
        "templates/project-evaluation/annex.typ",
    }
    assert outcome.files == outcome.changed == ()
    assert not library.project.outputs.exists()


def test_all_typst_templates_are_told_at_once_where_word_is_sound(library: Library) -> None:
    path = spoil(library)
    (library.project.templates / "house" / "report.docx").write_bytes(
        (ROOT / "templates" / "house" / "report.docx").read_bytes()
    )
    (library.project.templates / "project-evaluation" / "annex.docx").write_bytes(
        (OLD_FORM / "annex.docx").read_bytes()
    )
    outcome = build(library, path, Options())
    files = [each.span.file for each in outcome.findings if each.code == "pdf-failed"]
    assert sorted(set(files)) == ["templates/house/report.typ", "templates/project-evaluation/annex.typ"]
    assert len(set(outcome.findings)) == len(outcome.findings)
    assert not library.project.outputs.exists()


def test_without_pdf_a_typst_template_does_not_matter(library: Library) -> None:
    path = spoil(library)
    outcome = build(library, path, Options(pdf=False))
    assert told(outcome.findings) == WORD


def test_templates_are_read_once_a_run(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    paths = [write_input(library.project, text, name) for name in ("one", "two")]
    read: list[str] = []
    faults = WordTemplate.faults

    def counted(self: WordTemplate, document: Document) -> tuple[Finding, ...]:
        read.append(self.name)
        return faults(self, document)

    monkeypatch.setattr(WordTemplate, "faults", counted)
    first = [check(library, path) for path in paths[:1]]
    once = list(read)
    assert once
    assert [check(library, path).findings for path in paths[:1]] == [outcome.findings for outcome in first]
    check(library, paths[1])
    assert read == once


# --- what has no fault can be filled -------------------------------------------------------------------------


TAGS = [
    "甲", "", "{{ name }}", "{{ row.得分.text }}", "{{ row.得分 }}", "{{ cells.项目名称 }}", "{{ x }}", "{{ x.text }}",
    "{% for x in title %}", "{% for row in table.rows %}", "{% for x in attachments %}", "{% endfor %}", "{% if draft %}",
    "{% if x is defined %}", "{% else %}", "{% elif unit %}", "{% endif %}", "{%p for x in title %}", "{%p endfor %}",
    "{%p if unit %}", "{%p else %}", "{%p endif %}", "{%tr for row in table.rows %}", "{%tr endfor %}",
    "{%tc for x in table.columns %}", "{%tc endfor %}", "{% merge row.得分 %}", "{% merge x %}", "{{", "}}",
    "{%r if unit %}", "{%r endif %}", "{{ table.total.得分 }}", "{{ loop.index }}", "{{ title|join }}", "{{ unit|length }}",
]  # fmt: skip
texts = st.lists(st.sampled_from(TAGS), min_size=1, max_size=3).map("".join) | st.sampled_from(TAGS)
bodies = st.lists(
    texts.map(paragraph) | st.lists(st.lists(texts, min_size=1, max_size=2), min_size=1, max_size=3).map(
        lambda rows: table(*(row(*cells) for cells in rows))
    ),
    min_size=1,
    max_size=4,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(bodies)
@example(
    table(row("{%tr for row in table.rows %}"), row("{% merge row.得分 %}{{ row.得分.text }}"), row("{%tr endfor %}"))
)
@example(paragraph("{%p for x in title %}") + paragraph("{{ x }}") + paragraph("{%p endfor %}"))
def test_what_has_no_fault_can_be_filled(body: str) -> None:
    data = part(body)
    if faults(body):
        return
    xml = DocxTemplate("unused").patch_xml(data.decode())
    fill = compile_for_word(_grow_grids(_merge_cells(xml)), _guarded)
    ElementTree.fromstring(fill(LIKE.as_data()))
