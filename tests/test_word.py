"""A Word template is filled strictly: every text arrives as it is, and whatever would be lost or run is refused."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from conftest import OLD_FORM, ROOT
from reportgen.printing.word import WordTemplate
from reportgen.telling.findings import Finding, ReportError
from reportgen.writing.blocks import Block, Cell, Document, Heading, PageBreak, Paragraph, Table, Text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SECTION = "<w:sectPr/>"
PRINT_ALL = "<w:p><w:r><w:t>{{ name }}</w:t></w:r></w:p><w:p><w:r><w:t>{{ unit }}{{ date }}</w:t></w:r></w:p>"
HOUSE = ROOT / "templates" / "house" / "report.docx"
ANNEX = OLD_FORM / "annex.docx"

VALUES = [
    "A&B 公司",
    "满意度<90%，其他",
    "收入<支出>100 与 </w:t> 后续",
    "&nbsp;&#x4e2d;&amp;",
    "{{ 7*7 }}",
    "{% if x %}",
    "{%p for x in y %}",
    "{# 注 #}",
    "{_{ x }_}",
    "“引”'单'\"双\"",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{r unit }}",
    "]]><!-- -->",
    "　全角　空格",
]


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def template(folder: Path, body: str = PRINT_ALL, parts: Mapping[str, str] | None = None) -> WordTemplate:
    """Write a small .docx with this body and further parts of word/, each related to the document."""
    further = dict(parts or {})
    overrides = "".join(f'<Override PartName="/word/{name}" ContentType="x"/>' for name in further)
    kinds = {name: re.sub(r"[\d/].*|\..*", "", name).replace("glossary", "glossaryDocument") for name in further}
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATED}/{kinds[name]}" Target="{name}"/>'
        for n, name in enumerate(further, 10)
    )
    path = folder / "template.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="r"/><Default Extension="xml" ContentType="x"/>'
            f'<Override PartName="/word/document.xml" ContentType="d"/>{overrides}</Types>',
        )
        package.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        package.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{relations}</Relationships>",
        )
        package.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}{SECTION}</w:body></w:document>")
        for name, content in further.items():
            package.writestr(f"word/{name}", content)
    return WordTemplate(path, "templates/template.docx")


def document(*blocks: Block, unit: str = "某中心", title: str = "报告") -> Document:
    return Document((title,), blocks, unit, "2024年1月5日", "2024-01-05", source="form; input")


def tree(data: bytes, part: str = "word/document.xml") -> Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return ElementTree.fromstring(package.read(part))


def texts(data: bytes, part: str = "word/document.xml") -> list[str]:
    """The text of each paragraph; a line break is a newline."""
    found: list[str] = []
    for each in tree(data, part).iter(f"{W}p"):
        found.append(
            "".join("\n" if e.tag == f"{W}br" else e.text or "" for e in each.iter() if e.tag in (f"{W}t", f"{W}br"))
        )
    return found


def refusal(word: WordTemplate, printed: Document) -> Finding:
    with pytest.raises(ReportError) as caught:
        word.print_docx(printed)
    assert len(caught.value.findings) == 1, caught.value.findings
    finding = caught.value.findings[0]
    assert finding.span.file == word.name
    return finding


# --- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_as_it_is_in_the_body(tmp_path: Path, value: str) -> None:
    printed = template(tmp_path).print_docx(document(unit=value))
    assert texts(printed) == ["报告", f"{value}2024年1月5日"]


@pytest.mark.parametrize("part", ["header1.xml", "footer1.xml", "footnotes.xml", "endnotes.xml"])
@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_as_it_is_in_other_parts(tmp_path: Path, part: str, value: str) -> None:
    """Twice filled, as docxtpl does with footnotes, a value would be run as a template."""
    root = {"h": "hdr", "f": "ftr"}[part[0]] if part[:4] in ("head", "foot") and "note" not in part else part[:-4]
    parts = {part: f"<w:{root} {NAMES}>{paragraph('{{ unit }}')}</w:{root}>"}
    sections = paragraph("甲") + "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>" + PRINT_ALL
    printed = template(tmp_path, sections, parts).print_docx(document(unit=value))
    assert texts(printed, f"word/{part}") == [value]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_as_it_is_through_the_house_template(value: str) -> None:
    blocks = (
        Heading(2, value, "（一）"),
        Paragraph((Text(value), Text(value, strong=True)), "1."),
        Table((value, "乙"), ((Cell(value), Cell("2")),)),
    )
    printed = WordTemplate(HOUSE, "house").print_docx(document(*blocks, unit=value, title=value))
    found = texts(printed)
    for wanted in (value, f"（一）{value}", f"1.{value}{value}"):
        assert wanted in found
    ends = [text.removeprefix("\u3000" * max(0, 26 - len(value))) if len(value) > 14 else text for text in found]
    assert [text for text in ends if text == value] == [value] * 4  # title, two cells, signature


def test_a_long_value_arrives_whole(tmp_path: Path) -> None:
    value = "法律援助&" * 20_000
    assert texts(template(tmp_path).print_docx(document(unit=value)))[1].startswith(value)


def test_a_new_line_is_a_line_break(tmp_path: Path) -> None:
    printed = template(tmp_path).print_docx(document(unit="甲<\n&乙"))
    assert texts(printed) == ["报告", "甲<\n&乙2024年1月5日"]
    assert len(list(tree(printed).iter(f"{W}br"))) == 1


def test_spaces_at_the_ends_of_a_text_are_kept(tmp_path: Path) -> None:
    printed = template(tmp_path).print_docx(document(unit=" 甲  乙 "))
    (text,) = [text for text in tree(printed).iter(f"{W}t") if "甲" in (text.text or "")]
    assert text.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_word_cannot_hold_is_refused_by_its_code(tmp_path: Path, character: str) -> None:
    finding = refusal(template(tmp_path), document(unit=f"甲{character}乙"))
    assert finding.code == "bad-template"
    assert f"U+{ord(character):04X}" in finding.message


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("{{ title }}", "list"),
        ("{{ table }}", "dict"),
        ("{% for b in blocks %}{% for part in b.parts %}{{ part.strong }}{% endfor %}{% endfor %}", "bool"),
    ],
)
def test_a_tag_that_prints_no_text_is_refused(tmp_path: Path, tag: str, what: str) -> None:
    finding = refusal(template(tmp_path, PRINT_ALL + paragraph(tag)), document(Paragraph((Text("甲"),))))
    assert finding.code == "bad-template"
    assert finding.message.endswith(f"not text ({what})")


def test_a_whole_number_may_be_printed(tmp_path: Path) -> None:
    body = paragraph("{% for number in clock %}{{ number }}/{% endfor %}") + PRINT_ALL
    assert texts(template(tmp_path, body).print_docx(document()))[0] == "2024/1/5/"


def test_an_entry_is_never_a_method_of_the_same_name(tmp_path: Path) -> None:
    """docxtpl prints {{ d.items }} as <built-in method …>, whose < then swallows the text."""
    entries = Table(("items", "values"), ((Cell("甲"), Cell("乙")),))
    tags = "{% for row in table.rows %}{{ row.items.text }}{{ row.values.text }}{% endfor %}"
    body = paragraph("{{ label }}{{ name }}") + paragraph("itemsvalues") + paragraph(tags)
    printed = template(tmp_path, body).print_docx(replace(document(), blocks=(), table=entries, label="附件"))
    assert texts(printed)[2] == "甲乙"


# --- faults of a template ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["{% if nonsense %}x{% endif %}", "{% for x in nonsense %}x{% endfor %}"])
def test_an_undefined_name_is_named(tmp_path: Path, tag: str) -> None:
    finding = refusal(template(tmp_path, PRINT_ALL + paragraph(tag)), document())
    assert finding.code == "bad-template"
    assert "nonsense" in finding.message
    assert "word/document.xml" in finding.message


@pytest.mark.parametrize("tag", ["{{ nonsense }}", "{{ blocks[7].text }}", "{{ unit.upper }}"])
def test_nothing_undefined_is_printed_as_nothing(tmp_path: Path, tag: str) -> None:
    assert refusal(template(tmp_path, PRINT_ALL + paragraph(tag)), document()).code == "bad-template"


@pytest.mark.parametrize("tag", ["｛｛ unit ｝｝", "｛% if unit %｝x｛% endif %｝"])
def test_full_width_braces_are_refused(tmp_path: Path, tag: str) -> None:
    body = PRINT_ALL + paragraph("{{ unit }}") + paragraph(tag)
    finding = refusal(template(tmp_path, body), document())
    assert (finding.code, finding.hint) == ("bad-template", "type {{ and }} half-width")


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("{{ unit｜default(1) }}", "｜"),
        ("{{ unit （1） }}", "（"),
        ("{{ unit }", "}"),
        ("{% if unit %}", "{% if %}"),
        ("{% endif %}", "{% endif %}"),
        ("{% wenn unit %}", "wenn"),
        ("{{ unit() }}", "( )"),
        ("{{ unit.__class__.__mro__() }}", "( )"),
        ("{{ unit|upper }}", "upper"),
        ("{% set x = 1 %}", "{% set %}"),
        ("{% include 'x' %}", "{% include %}"),
        ("{% macro m() %}{% endmacro %}", "{% macro %}"),
        ("{{ clock[0] * 2 }}", "does not calculate"),
        ("{{ 7 + 7 }}", "does not calculate"),
        ("{{ unit ~ date }}", "~"),
        ("{{ clock[0] ** 9 }}", "**"),
    ],
)
def test_a_tag_that_cannot_be_used_is_refused_by_name(tmp_path: Path, tag: str, named: str) -> None:
    finding = refusal(template(tmp_path, PRINT_ALL + paragraph(tag)), document())
    assert finding.code == "bad-template"
    assert finding.message.startswith("word/document.xml: ")
    assert named in finding.message


@pytest.mark.parametrize("tag", ["{{ unit.__class__ }}", "{{ unit['__class__'] }}", "{{ blocks.append }}"])
def test_python_cannot_be_reached_from_a_template(tmp_path: Path, tag: str) -> None:
    assert refusal(template(tmp_path, PRINT_ALL + paragraph(tag)), document()).code == "bad-template"


@pytest.mark.parametrize("part", ["comments.xml", "settings.xml", "glossary/document.xml"])
def test_tags_in_a_part_that_is_not_filled_are_refused(tmp_path: Path, part: str) -> None:
    parts = {part: f"<w:comments {NAMES}>{paragraph('{{ unit }}')}</w:comments>"}
    finding = refusal(template(tmp_path, PRINT_ALL, parts), document())
    assert finding.code == "bad-template"
    assert f"word/{part}" in finding.message


def test_all_faults_of_a_template_are_told_without_data(tmp_path: Path) -> None:
    header = f"<w:hdr {NAMES}>{paragraph('{{ unit|upper }}')}</w:hdr>"
    word = template(tmp_path, PRINT_ALL + paragraph("{{ nonsense }}{{ unti }}"), {"header1.xml": header})
    found = word.faults(document())
    assert {(each.code, each.span.file) for each in found} == {("bad-template", word.name)}
    assert [(each.message, each.path) for each in found] == [
        ("paragraph 3: {{ nonsense }}: there is nothing called “nonsense”", "nonsense"),
        ("paragraph 3: {{ unti }}: there is nothing called “unti”", "unti"),
        ("header: {{ unit|upper }}: there is no filter “upper”", "upper"),
    ]
    assert found[1].hint == "did you mean unit?"


def test_all_parts_with_tags_that_are_not_filled_are_told(tmp_path: Path) -> None:
    parts = {name: f"<w:x {NAMES}>{paragraph('{{ unit }}')}</w:x>" for name in ("comments.xml", "settings.xml")}
    found = template(tmp_path, PRINT_ALL, parts).faults(document())
    assert [each.message for each in found] == [
        f"there are tags in word/{name}, where they are not filled" for name in parts
    ]


def test_a_template_that_cannot_be_opened_is_told_without_data(tmp_path: Path) -> None:
    (found,) = WordTemplate(tmp_path / "none.docx", "templates/none.docx").faults(document())
    assert (found.code, found.span.file) == ("bad-template", "templates/none.docx")


def test_docxtpl_is_not_needed_to_tell_the_faults(tmp_path: Path) -> None:
    """It takes a tenth of a second to import, which every check would wait for."""
    code = (
        "import sys; from pathlib import Path; from reportgen.writing.blocks import Document; "
        "from reportgen.printing.word import WordTemplate; "
        "document = Document(('题',), (), '某中心', '2024年1月5日', '2024-01-05'); "
        f"print(len(WordTemplate(Path({str(template(tmp_path, paragraph('{{ x }}')).path)!r}), 't').faults(document)), "
        "'docxtpl' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONUTF8": "1"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["1", "False"]


def test_a_part_without_tags_stays_as_it_is(tmp_path: Path) -> None:
    """Word's settings hold identifiers in single braces."""
    settings = f'<w:settings {NAMES}><w:x w:val="{{8A60D5F3}}{{#y#}}"/></w:settings>'
    printed = template(tmp_path, PRINT_ALL, {"settings.xml": settings}).print_docx(document())
    with zipfile.ZipFile(io.BytesIO(printed)) as package:
        assert package.read("word/settings.xml").decode() == settings


def test_a_fault_in_a_header_names_the_header(tmp_path: Path) -> None:
    parts = {"header1.xml": f"<w:hdr {NAMES}>{paragraph('{{ unit|upper }}')}</w:hdr>"}
    assert refusal(template(tmp_path, PRINT_ALL, parts), document()).message.startswith("word/header1.xml: ")


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    finding = refusal(WordTemplate(tmp_path / "none.docx", "templates/none.docx"), document())
    assert finding.code == "bad-template"


def test_a_template_that_is_no_word_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(b"PK\x03\x04 and no more")
    assert refusal(WordTemplate(tmp_path / "x.docx", "templates/x.docx"), document()).code == "bad-template"


def test_a_template_that_leaves_a_text_out_is_found_out(tmp_path: Path) -> None:
    finding = refusal(template(tmp_path, paragraph("{{ name }}{{ date }}")), document(unit="某中心"))
    assert (finding.code, finding.path) == ("text-lost", "某中心")


@pytest.mark.parametrize("tag", ["{{r unit }}", "{{p unit }}"])
def test_a_text_put_outside_a_run_is_found_out(tmp_path: Path, tag: str) -> None:
    """docxtpl takes rich text there; a plain one would be in the file and invisible in Word."""
    with pytest.raises(ReportError) as caught:
        template(tmp_path, PRINT_ALL + paragraph(tag)).print_docx(document(unit="某中心"))
    messages = [finding.message for finding in caught.value.findings]
    assert any("某中心” stands outside a run" in message for message in messages), messages


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def table(*rows: str, columns: int) -> str:
    grid = "<w:gridCol/>" * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl><w:p/>"


LOOP = row("{%tr for line in attachments %}"), row("{{ line }}"), row("{%tr endfor %}")


def test_a_loop_over_rows_prints_one_for_each(tmp_path: Path) -> None:
    body = paragraph("{{ name }}") + table(row("名称"), *LOOP, columns=1) + paragraph("{{ unit }}{{ date }}")
    data = template(tmp_path, body).print_docx(replace(document(), attachments=("甲", "乙")))
    assert [text for text in texts(data) if text][1:4] == ["名称", "附件：1.甲", "　　　2.乙"]


def test_a_table_that_ends_up_without_rows_is_found_out(tmp_path: Path) -> None:
    finding = refusal(template(tmp_path, PRINT_ALL + table(*LOOP, columns=1)), document())
    assert (finding.code, finding.message) == ("broken-document", "word/document.xml: a table has no rows")


def test_a_row_that_ends_up_without_cells_is_found_out(tmp_path: Path) -> None:
    cells = row("{%tc for line in attachments %}", "{{ line }}", "{%tc endfor %}")
    with pytest.raises(ReportError) as caught:
        template(tmp_path, PRINT_ALL + table(cells, columns=1)).print_docx(document())
    assert "word/document.xml: a table row has no cells" in [finding.message for finding in caught.value.findings]


def test_a_cell_that_ends_up_without_a_paragraph_is_found_out(tmp_path: Path) -> None:
    cell = f"<w:tc>{paragraph('{%p if attachments %}')}{paragraph('甲')}{paragraph('{%p endif %}')}</w:tc>"
    finding = refusal(template(tmp_path, PRINT_ALL + table(f"<w:tr>{cell}</w:tr>", columns=1)), document())
    assert finding.message == "word/document.xml: a table cell does not end with a paragraph"


# --- tags ----------------------------------------------------------------------------------------------------


def test_a_tag_that_word_has_split_over_runs_is_whole(tmp_path: Path) -> None:
    runs = ["{", "{ un", "it }}"]
    split = "<w:p>" + "<w:proofErr/>".join(f"<w:r><w:rPr/><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"
    assert texts(template(tmp_path, PRINT_ALL + split).print_docx(document()))[-1] == "某中心"


def test_paragraph_tags_leave_no_empty_paragraph(tmp_path: Path) -> None:
    body = (
        paragraph("{{ name }}")
        + paragraph("{%p for b in blocks %}")
        + paragraph("{{ b.text }}")
        + paragraph("{%p endfor %}")
        + paragraph("{{ unit }}{{ date }}")
    )
    printed = template(tmp_path, body).print_docx(document(Heading(1, "甲", "一、"), Heading(1, "乙", "二、")))
    assert texts(printed) == ["报告", "一、甲", "二、乙", "某中心2024年1月5日"]


@pytest.mark.parametrize(("unit", "text"), [("中心", "是"), ("A<B", "小"), ("别的", "否")])
def test_a_text_may_be_compared_in_a_tag(tmp_path: Path, unit: str, text: str) -> None:
    tag = '{% if unit == "中心" %}是{% elif unit == "A&lt;B" %}小{% else %}否{% endif %}'
    assert texts(template(tmp_path, PRINT_ALL + paragraph(tag)).print_docx(document(unit=unit)))[-1] == text


GROUPS = Table(
    ("一级", "二级", "名"),
    (
        (Cell("决策", 3), Cell("资金", 2), Cell("甲")),
        (Cell("", 0), Cell("", 0), Cell("乙")),
        (Cell("", 0), Cell("目标"), Cell("丙")),
        (Cell("过程"), Cell("资金"), Cell("丁")),
    ),
)


def merged_cells(data: bytes) -> list[list[str]]:
    """Of each cell of the table: what its w:vMerge says, "" where there is none."""
    found: list[list[str]] = []
    for line in tree(data).iter(f"{W}tr"):
        merges = [cell.find(f"{W}tcPr/{W}vMerge") for cell in line.findall(f"{W}tc")]
        found.append(["" if merge is None else merge.get(f"{W}val", "continue") for merge in merges])
    return found


@pytest.mark.parametrize(
    "properties",
    ["", "<w:tcPr></w:tcPr>", '<w:tcPr><w:tcW w:w="900" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'],
)
def test_cells_merge_as_the_data_says_groups_within_groups(tmp_path: Path, properties: str) -> None:
    cells = "".join(
        f"<w:tc>{properties}{paragraph(f'{{% merge row.{name} %}}{{{{ row.{name}.text }}}}')}</w:tc>"
        for name in ("一级", "二级")
    )
    cells += f"<w:tc>{paragraph('{{ row.名.text }}')}</w:tc>"
    loop = row("{%tr for row in table.rows %}", "", ""), f"<w:tr>{cells}</w:tr>", row("{%tr endfor %}", "", "")
    body = paragraph("{{ label }}{{ name }}") + table(row("一级", "二级", "名"), *loop, columns=3)
    printed = template(tmp_path, body).print_docx(replace(document(), blocks=(), table=GROUPS, label="附件"))
    assert merged_cells(printed) == [
        ["", "", ""],
        ["restart", "restart", ""],
        ["continue", "continue", ""],
        ["continue", "", ""],
        ["", "", ""],
    ]
    for each in tree(printed).iter(f"{W}tc"):
        assert [child.tag for child in each].count(f"{W}tcPr") <= 1
    for cell in tree(printed).iter(f"{W}tcPr"):  # the order of ISO/IEC 29500-1, CT_TcPr
        order = [child.tag.removeprefix(W) for child in cell]
        assert order == [name for name in ("tcW", "gridSpan", "vMerge", "vAlign") if name in order]


def test_a_merge_tag_outside_a_cell_is_refused(tmp_path: Path) -> None:
    finding = refusal(template(tmp_path, PRINT_ALL + paragraph("{% merge row.x %}")), document())
    assert "merge" in finding.message


def test_a_table_whose_columns_are_a_loop_has_a_grid_of_as_many(tmp_path: Path) -> None:
    columns = tuple("甲乙丙丁戊")
    block = Table(columns, (tuple(Cell(name * 2) for name in columns),))
    printed = WordTemplate(HOUSE, "house").print_docx(document(block))
    (found,) = tree(printed).iter(f"{W}tbl")
    assert len(found.findall(f"{W}tblGrid/{W}gridCol")) == 5
    assert [len(line.findall(f"{W}tc")) for line in found.findall(f"{W}tr")] == [5, 5]


def test_two_tables_have_each_their_own_grid(tmp_path: Path) -> None:
    blocks = [Table(tuple("甲乙丙"[:n]), ((Cell("一"),) * n,)) for n in (3, 1)]
    printed = WordTemplate(HOUSE, "house").print_docx(document(*blocks))
    assert [len(found.findall(f"{W}tblGrid/{W}gridCol")) for found in tree(printed).iter(f"{W}tbl")] == [3, 1]


def test_the_house_template_prints_every_kind_of_block() -> None:
    blocks = (
        Heading(1, "甲", "一、"),
        Heading(2, "乙", "（一）"),
        Heading(3, "丙", "1."),
        Heading(4, "丁", "（1）"),
        Paragraph((Text("文"), Text("重", strong=True)), "1."),
        PageBreak(),
        Table(("列",), ((Cell("格"),),)),
    )
    printed = WordTemplate(HOUSE, "house").print_docx(replace(document(*blocks), attachments=("表",)))
    styles: dict[str, str | None] = {}
    for each in tree(printed).iter(f"{W}p"):
        style = each.find(f"{W}pPr/{W}pStyle")
        text = "".join(e.text or "" for e in each.iter(f"{W}t"))
        styles[text] = style.get(f"{W}val") if style is not None else None
    assert {text: styles[text] for text in ("一、甲", "（一）乙", "1.丙", "（1）丁", "1.文重")} == {
        "一、甲": "GongwenHeading1",
        "（一）乙": "GongwenHeading2",
        "1.丙": "GongwenHeading3",
        "（1）丁": "GongwenHeading4",
        "1.文重": None,
    }
    strong = [e for e in tree(printed).iter(f"{W}r") if e.find(f"{W}rPr/{W}rStyle") is not None]
    assert ["".join(t.text or "" for t in run.iter(f"{W}t")) for run in strong] == ["重"]
    assert [e.get(f"{W}type") for e in tree(printed).iter(f"{W}br")] == ["page"]


@pytest.mark.parametrize(("draft", "header"), [(False, ""), (True, "草稿")])
def test_a_draft_is_marked_on_every_page(draft: bool, header: str) -> None:
    printed = WordTemplate(HOUSE, "house").print_docx(replace(document(), draft=draft))
    assert [texts(printed, f"word/header{n}.xml") for n in (1, 2)] == [[header], [header]]


# --- the file ------------------------------------------------------------------------------------------------


def test_the_same_document_is_the_same_bytes(tmp_path: Path) -> None:
    word = template(tmp_path)
    first = word.print_docx(document(unit="A&B"))
    assert word.print_docx(document(unit="A&B")) == first
    assert WordTemplate(word.path, "again").print_docx(document(unit="A&B")) == first
    assert word.print_docx(document(unit="A&C")) != first


PRINT_ELSEWHERE = """\
import hashlib, sys
from pathlib import Path
from reportgen.writing.blocks import Document, Heading
from reportgen.printing.word import WordTemplate
blocks = (Heading(1, "甲", "一、"),)
document = Document(("报告",), blocks, "某中心", "2024年1月5日", "2024-01-05", source="form; input")
print(hashlib.sha256(WordTemplate(Path(sys.argv[1]), "t").print_docx(document)).hexdigest())
"""


def test_another_process_place_time_zone_and_language_give_the_same_bytes(tmp_path: Path) -> None:
    here = WordTemplate(HOUSE, "t").print_docx(document(Heading(1, "甲", "一、")))
    for zone, language, seed in (("Asia/Shanghai", "zh_CN.UTF-8", "1"), ("America/New_York", "C", "2")):
        environment = {
            **os.environ,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
            "PYTHONUTF8": "1",
        }
        command = [sys.executable, "-c", PRINT_ELSEWHERE, str(HOUSE)]
        there = subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True)
        assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_the_package_has_the_reports_clock_and_no_system_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(template(tmp_path).print_docx(document()))) as package:
        entries = package.infolist()
    assert [entry.filename for entry in entries][:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert {entry.date_time for entry in entries} == {(2024, 1, 5, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {0}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}


def test_a_date_before_zip_had_dates_is_the_first_it_has(tmp_path: Path) -> None:
    old = replace(document(), date="1949-10-01")
    with zipfile.ZipFile(io.BytesIO(template(tmp_path).print_docx(old))) as package:
        assert {entry.date_time[:3] for entry in package.infolist()} == {(1980, 10, 1)}


def test_the_properties_say_title_author_origin_and_time(tmp_path: Path) -> None:
    printed = template(tmp_path).print_docx(document(unit='A&B "引" <1>', title="题 & 目"))
    core = {child.tag.rsplit("}", 1)[-1]: child.text for child in tree(printed, "docProps/core.xml")}
    assert core == {
        "title": "题 & 目",
        "creator": 'A&B "引" <1>',
        "description": "form; input",
        "language": "zh-CN",
        "created": "2024-01-05T00:00:00Z",
        "modified": "2024-01-05T00:00:00Z",
    }


@pytest.mark.parametrize("path", [HOUSE, ANNEX], ids=["report", "annex"])
def test_nothing_of_a_template_is_left_in_a_document(path: Path) -> None:
    cells = tuple(Cell(name) for name in "甲乙丙丁戊己庚")
    columns = ("一级指标", "二级指标", "三级指标", "评分标准", "评分过程", "分值", "得分")
    label, total = ("附件", {"一级指标": "合计", "分值": "1", "得分": "1"}) if path == ANNEX else ("", {})
    table = Table(columns, (cells,), total)
    given = replace(document(), table=table, label=label) if path == ANNEX else document(table)
    printed = WordTemplate(path, "t").print_docx(given)
    with zipfile.ZipFile(io.BytesIO(printed)) as package:
        for name in package.namelist():
            assert b"{{" not in package.read(name)
            assert b"{%" not in package.read(name)
