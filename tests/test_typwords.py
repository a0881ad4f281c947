"""What Typst complains of is told in the reader's language, at the line that the author of the template wrote."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.typsource import links_in
from reportgen.printing.typwords import findings_of
from reportgen.telling.findings import Finding, ReportError
from reportgen.telling.messages import use
from test_pdf import HEAD, document

HOUSE = '#import "../house/house.typ": *\n#show: official\n'


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder of templates with the house, and a form with a picture and a file that is not one."""
    folder = tmp_path / "我的 项目" / "templates"
    (folder / "house").mkdir(parents=True)
    for name in ("house.typ", "report.typ", "report.docx"):
        shutil.copy(ROOT / "templates" / "house" / name, folder / "house" / name)
    (folder / "form").mkdir()
    (folder / "form" / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (folder / "form" / "p.txt").write_text("x")
    return folder


@pytest.fixture
def chinese() -> Iterator[None]:
    use("zh_CN")
    yield
    use("en")


def complaints(templates: Path, text: str, name: str = "form/x.typ") -> tuple[Finding, ...]:
    path = templates / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        PdfPrinter(templates, system_fonts=False).print_pdf(document(), path)
    return caught.value.findings


# Each line with what the Chinese reader is told of it, the whole message.
LINES = [
    ("#nonsense", "没有叫“nonsense”的变量或者函数"),
    ('#import "../house/house.typ": nix', "导入的文件里没有这个名称"),
    ('#import "../house/house.typ"\n#house.nix', "house 里没有“nix”"),
    ("#data.nonsense", "数据里没有“nonsense”"),
    ('#data.cells.at("年初预数")', "数据里没有“年初预数”"),
    ("#data.title.joined()", "数组没有“joined”这个方法"),
    ("#data.title.joined", "数组没有字段"),
    ("#str.joined", "文字 \"…\"没有“joined”这个字段"),
    ("#1.joined", "整数没有字段"),
    ("#read(", "这里打开的括号或者标记没有关上"),
    ("*粗", "这里打开的括号或者标记没有关上"),
    ('#"abc', "文字缺少后一个引号"),
    ("```", "raw text 没有关上"),
    ("#if 1 {}", "这里应当是真假值 true/false，不是整数"),
    ('#set text(size: "小四")', '这里应当是长度（如 3pt），不是文字 "…"'),
    ("#v(3)", "这里应当是长度或者百分比 或 份数（如 1fr），不是整数"),
    ("#let", "这里缺少变量名"),
    ("#let x = 1 2", "这里缺少分号 或 换行"),
    ("#text(siz: 3pt)[甲]", "没有叫“siz”的参数"),
    ("#let f(a) = a\n#f(1, 2)", "这里多了一个参数"),
    ("#(1,,2)", "这里不能有逗号"),
    ("#]", "这里不能有右方括号 ]"),
    ("#let f(a) = a\n#f()", "缺少参数“a”"),
    ("#(a: 1, a: 2)", "“a”写了两次"),
    ('#(1 + "a")', '整数与文字 "…"不能相加减、相连或者比较'),
    ('#(1 < "a")', '整数与文字 "…"不能相加减、相连或者比较'),
    ("#for x in 3 {}", "不能对整数循环"),
    ("#(1 / 0)", "除数是零"),
    ("#data.title.at(9)", "没有第 9 项：一共 1 项，从 0 数起"),
    ('#panic("栏目不全")', '模板自己中止（panic）：栏目不全'),
    ("#assert(false)", "模板自己的要求（assert）不成立"),
    ('#text(font: "Nix")[甲]', "没有字体“nix”"),
    ("#while true {}", "循环没有尽头：条件总是成立"),
    ("#let f() = f(); #f()", "它没完没了地调用自己"),
    ('#read("词.txt")', "缺少这个模板引用的文件 form/词.txt"),
    ('#read("../../词.txt")', "../../词.txt 在 templates 文件夹之外"),
    ('#let n = "@preview" + "/t:0.0.1"\n#import n: *', "不能使用网上的软件包"),
    ('#image("p.txt")', "这个文件不是能印的图片"),
    ('#image("p.svg")', "图片缺少供看不见的人听的说明文字"),
    ("@foo", "没有标签 <foo>"),
    ("= 甲\n=== 乙", "1 级标题下面直接是 3 级标题"),
    ('#counter("a").get()', "这个值在排版时才知道"),
    ("#box(pagebreak())", "框和表格里面不能另起一页"),
    ("#table(columns: 2, table.cell(colspan: 3)[甲])", "这一格跨的列多于表格的列"),
    ("#let (a, b) = (1,)", "值比名称少"),
    ('#rgb("zz")', "Typst 的原话是：“color string contains non-hexadecimal letters”"),
]  # fmt: skip


@pytest.mark.usefixtures("chinese")
def test_a_complaint_is_told_in_the_readers_language_at_its_line(templates: Path) -> None:
    """The last line is the one at fault."""
    told = [complaints(templates, HEAD + "甲\n" + line + "\n") for line, _message in LINES]
    lines = [5 + len(line.split("\n")) for line, _message in LINES]
    found = [(finding.code, finding.span.file, finding.span.line, finding.message) for (finding, *_more) in told]
    assert found == [
        ("pdf-failed", "templates/form/x.typ", at, message) for at, (_line, message) in zip(lines, LINES, strict=True)
    ]


def test_a_file_that_is_no_data_is_told_itself(templates: Path) -> None:
    (found,) = complaints(templates, HEAD + '#json("p.txt")\n')
    assert (found.span.file, found.span.line) == ("templates/form/p.txt", 1)
    assert found.message == "the file that is read here is no sound JSON"


def test_every_fault_of_a_text_is_told_at_once(templates: Path) -> None:
    found = complaints(templates, HEAD + "#]\n甲\n 乙#)\n")
    assert [(each.span.line, each.span.column) for each in found] == [(5, 2), (7, 4)]
    assert {each.message for each in found} == {"closing bracket cannot stand here", "closing paren cannot stand here"}


def test_a_fault_within_the_house_is_told_at_the_line_that_calls_it(templates: Path) -> None:
    line = '#form-table((1fr,), entry("年初预数"))'
    (found,) = complaints(templates, HOUSE + line + "\n")
    assert (found.span.file, found.span.line, found.span.text) == ("templates/form/x.typ", 3, line)
    assert line[found.span.column - 1 :].startswith("entry(")
    house = (templates / "house" / "house.typ").read_text(encoding="utf-8").split("\n")
    at = next(number for number, text in enumerate(house, 1) if text.startswith("#let entry("))
    assert f"there is no “年初预数” among the data (in templates/house/house.typ, line {at}," in found.message


def test_a_fault_of_the_house_is_told_there(templates: Path) -> None:
    house = templates / "house" / "house.typ"
    text = house.read_text(encoding="utf-8").replace("#let title-of(data) = {", "#let title-of(data) = {\n  nonsense")
    house.write_text(text, encoding="utf-8")
    (found,) = complaints(
        templates, (templates / "house" / "report.typ").read_text(encoding="utf-8"), "house/report.typ"
    )
    assert (found.span.file, found.span.text) == ("templates/house/house.typ", "  nonsense")


def test_what_stands_at_no_place_is_told_of_the_template(tmp_path: Path) -> None:
    (found,) = findings_of("strange", "error: strange\n", "templates/form/x.typ", tmp_path)
    assert (found.span.file, found.span.line, found.message) == ("templates/form/x.typ", 1, "Typst says: “strange”")
    assert len(findings_of("strange", "", "templates/form/x.typ", tmp_path)) == 1


# --- links, and the date -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ('#link("javascript:alert(1)")[甲]', "javascript:alert(1)"),
        ('甲#link( "file:///etc/passwd", [甲])', "file:///etc/passwd"),
        ('#link("tel:12348")[甲]', "tel:12348"),
        ('#link("annex.docx")[甲]', "annex.docx"),
        ('#link("java\\u{73}cript:x")[甲]', "java\\u{73}cript:x"),
        ('#link("java" + "script:(x)")[甲]', "javascript:(x)"),
        ('#let to = "data:text/html,甲"\n#link(to)[甲]', "data:text/html,甲"),
    ],
)
def test_a_link_of_another_scheme_is_refused_at_its_line(templates: Path, line: str, address: str) -> None:
    (found,) = complaints(templates, HEAD + line + "\n")
    assert (found.code, found.span.file) == ("bad-template", "templates/form/x.typ")
    assert found.message == f"a link to “{address}” cannot go into a report"
    lines = (HEAD + line).split("\n")
    assert (found.span.line, found.span.text) == (len(lines), lines[-1])


def test_links_to_pages_mail_and_places_within_are_let_in(templates: Path) -> None:
    path = templates / "form" / "x.typ"
    text = '= 甲 <a>\n#link("https://www.moj.gov.cn/?a=(1)")[甲]#link("mailto:a@b.cn")[乙]#link("HTTP://x.cn")[丙]#link(<a>)[丁]\n'
    path.write_text(HEAD + '// link("javascript:x"), datetime.today()\n' + text, encoding="utf-8")
    printed = PdfPrinter(templates, system_fonts=False).print_pdf(document(), path)
    assert list(links_in(printed)) == ["https://www.moj.gov.cn/?a=(1)", "mailto:a@b.cn", "HTTP://x.cn"]


def test_a_link_in_the_house_is_told_there(templates: Path) -> None:
    house = templates / "house" / "house.typ"
    house.write_text(house.read_text(encoding="utf-8") + '#let us = link("ftp://x")[甲]\n', encoding="utf-8")
    (found,) = complaints(templates, HOUSE)
    assert (found.code, found.span.file) == ("bad-template", "templates/house/house.typ")
    assert found.span.text == '#let us = link("ftp://x")[甲]'


def test_today_is_refused_at_its_line_beside_other_faults(templates: Path) -> None:
    found = complaints(templates, HEAD + "#datetime.today().display()\n#nonsense\n")
    assert [(each.code, each.span.line, each.span.column) for each in found] == [
        ("bad-template", 5, 2), ("pdf-failed", 6, 2),
    ]  # fmt: skip
    assert re.search(r"data\.date", found[0].hint)
