"""Word templates from others: what may not go into a report is refused, each with one finding that says where."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import OLD_FORM, ROOT
from reportgen.printing.intake import MAX_PARTS, faults_in, parts_of
from reportgen.printing.word import WordTemplate
from reportgen.telling.findings import Finding
from reportgen.writing.blocks import Cell, Document, Table

Parts = dict[str, bytes]
Spoil = Callable[[Parts], None]
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEMPLATES = [*sorted((ROOT / "templates").rglob("*.docx")), OLD_FORM / "annex.docx"]
TEXT = ("甲",) * 7
DOCUMENT = Document(
    ("某表",), (), "某中心", "2024年1月5日", "2024-01-05", "附件",
    table=Table(
        ("一级指标", "二级指标", "三级指标", "评分标准", "评分过程", "分值", "得分"),
        (tuple(Cell(text) for text in TEXT),), {"一级指标": "合计", "分值": "1", "得分": "1"},
    ),
)  # fmt: skip


def parts() -> Parts:
    with zipfile.ZipFile(OLD_FORM / "annex.docx") as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(content: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return buffer.getvalue()


def swap(part: str, old: str, new: str) -> Spoil:
    def spoil(content: Parts) -> None:
        assert old.encode() in content[part], (part, old)
        content[part] = content[part].replace(old.encode(), new.encode(), 1)

    return spoil


def related(kind: str, target: str, external: bool = True, owner: str = "document") -> Spoil:
    mode = ' TargetMode="External"' if external else ""

    def spoil(content: Parts) -> None:
        name = f"word/_rels/{owner}.xml.rels"
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        entry = f'<Relationship Id="rId99" Type="{RELATED}/{kind}" Target="{target}"{mode}/></Relationships>'
        content[name] = content.get(name, empty).replace(b"</Relationships>", entry.encode())
        if not external:
            content[f"word/{target}"] = b"x"

    return spoil


def field(code: str) -> Spoil:
    run = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    text = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return swap("word/document.xml", "<w:body>", f"<w:body><w:p>{run.format('begin')}{text}{run.format('end')}</w:p>")


def in_body(xml: str) -> Spoil:
    return swap("word/document.xml", "<w:body>", f"<w:body>{xml}")


MAIN = "wordprocessingml.document.main+xml"
TYPES = "[Content_Types].xml"
HOSTILE: dict[str, tuple[Spoil, str]] = {
    "attached template": (
        related("attachedTemplate", "http://example.com/a.dotm", owner="settings"),
        "attachedTemplate",
    ),
    "attached file": (related("attachedTemplate", "file:///c:/a.dotm", owner="settings"), "attachedTemplate"),
    "ole object": (related("oleObject", "embeddings/o.bin", external=False), "oleObject"),
    "package": (related("package", "embeddings/o.xlsx", external=False), "package"),
    "included part": (related("aFChunk", "part.html", external=False), "aFChunk"),
    "sub-document": (related("subDocument", "http://example.com/a.docx"), "subDocument"),
    "picture from the network": (related("image", "http://example.com/a.png"), "points to another place"),
    "picture from a share": (related("image", "file://server/a.png"), "points to another place"),
    "link to a script": (related("hyperlink", "javascript:alert(1)"), "points to another place"),
    "link to a file": (related("hyperlink", "file:///c:/a.exe"), "points to another place"),
    "macros": (related("vbaProject", "vbaProject.bin", external=False), "macros"),
    "macro type": (swap(TYPES, MAIN, "wordprocessingml.document.macroEnabled.main+xml"), "macros"),
    "template type": (swap(TYPES, MAIN, "wordprocessingml.template.main+xml"), ".dotx"),
    "other type": (swap(TYPES, MAIN, "spreadsheetml.sheet.main+xml"), "no Word document"),
    "DDE": (field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k"'), "paragraph 1: the field DDEAUTO"),
    "included text": (field('INCLUDETEXT "c:\\\\secret.txt"'), "paragraph 1: the field INCLUDETEXT"),
    "included text by tag": (field("INCLUDETEXT {{ unit }}"), "paragraph 1: there is a tag in the field"),
    "included picture": (field("INCLUDEPICTURE http://example.com/a"), "paragraph 1: the field INCLUDEPICTURE"),
    "macro button": (field("MACROBUTTON Run x"), "paragraph 1: the field MACROBUTTON"),
    "today": (field("DATE"), "paragraph 1: the field DATE"),
    "file name": (field("FILENAME \\p"), "paragraph 1: the field FILENAME"),
    "link field": (field('HYPERLINK "javascript:alert(1)"'), "paragraph 1: the link leads to"),
    "entities": (
        swap("word/document.xml", "<w:document", '<!DOCTYPE x [<!ENTITY a "b">]><w:document'),
        "document type",
    ),
    "other document": (in_body('<w:altChunk r:id="rId10"/>'), "includes another document"),
}


def findings(tmp_path: Path, data: bytes) -> list[Finding]:
    path = tmp_path / "annex.docx"
    path.write_bytes(data)
    return list(WordTemplate(path, "templates/own/annex.docx").faults(DOCUMENT))


@pytest.mark.parametrize("spoil", HOSTILE, ids=list(HOSTILE))
def test_a_hostile_template_is_one_finding(tmp_path: Path, spoil: str) -> None:
    content = parts()
    change, told = HOSTILE[spoil]
    change(content)
    (found,) = findings(tmp_path, packed(content))
    assert (found.code, found.span.file) == ("bad-template", "templates/own/annex.docx")
    assert told in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a .doc file, or one that is locked by a password"),
        (b"", "damaged, or no .docx file"),
        (b"PK\x03\x04" + b"x" * 100, "damaged, or no .docx file"),
        (packed({f"{n}.bin": b"" for n in range(MAX_PARTS + 1)}), "more than 400 parts"),
        (packed({"word/document.xml": b"\0" * (41 * 1024 * 1024)}), "larger than 40 MB"),
    ],
    ids=["doc", "empty", "cut", "many", "bomb"],
)
def test_what_is_no_docx_is_called_by_its_name(tmp_path: Path, data: bytes, told: str) -> None:
    """41 MB of zeros are 40 KB packed: the size is known before anything is unpacked."""
    (found,) = findings(tmp_path, data)
    assert told in found.message


def test_strict_open_xml_is_named(tmp_path: Path) -> None:
    content = parts()
    old, new = (
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    content["word/document.xml"] = content["word/document.xml"].replace(old, new)
    assert "Strict Open XML" in findings(tmp_path, packed(content))[0].message


RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (
            f'<w:p><w:ins w:id="1" w:author="王某">{RUN.format("新")}</w:ins></w:p>',
            "paragraph 1: there are tracked changes",
        ),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>数字待核</w:t></w:r></w:p>", "paragraph 1: there is hidden text"),
        (f"<w:p>{RUN.format('2023年度')}</w:p>", "paragraph 1: “2023年” is typed in the template"),
        (f"<w:p>{RUN.format('XX中心')}</w:p>", "paragraph 1: “XX” is typed in the template"),
    ],
    ids=["tracked", "hidden", "year", "placeholder"],
)
def test_what_an_author_left_behind_is_a_warning(tmp_path: Path, xml: str, told: str) -> None:
    content = parts()
    in_body(xml)(content)
    (found,) = findings(tmp_path, packed(content))
    assert (found.code, found.severity) == ("template-leftover", "warning")
    assert told in found.message


def test_comments_are_told(tmp_path: Path) -> None:
    content = parts()
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    content["word/comments.xml"] = f'<w:comments {names}><w:comment w:id="0"/></w:comments>'.encode()
    related("comments", "comments.xml", external=False)(content)
    content["word/comments.xml"] = f'<w:comments {names}><w:comment w:id="0"/></w:comments>'.encode()
    (found,) = findings(tmp_path, packed(content))
    assert "comments" in found.message


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.parent.name + "-" + path.stem)
def test_sound_templates_are_let_in(path: Path) -> None:
    content, faults = parts_of(path.read_bytes())
    assert [*faults, *faults_in(content)] == []


@pytest.mark.parametrize(
    "code", ["PAGE", "NUMPAGES", "SEQ 表", 'TOC \\o "1-3"', "= 1 + 1", 'HYPERLINK "https://example.com"']
)
def test_fields_that_reports_need_are_let_in(tmp_path: Path, code: str) -> None:
    content = parts()
    field(code)(content)
    related("hyperlink", "mailto:a@example.com")(content)
    assert findings(tmp_path, packed(content)) == []
