"""A form may have a cover, a table of contents, and items beside its wording: 密级, 主送 (GB/T 9704—2012, 7.2, 7.3.2)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from conftest import ROOT, write_input
from reportgen.helping.plaintext import plain_lines
from reportgen.reading.project import Project
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome

INPUT = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
ITEMS = '{主送: "{{ 地区 }}司法局", 密级: 内部, 份号: "000001", 紧急程度: ""}'


def asking(project: Project, more: str) -> Path:
    """Let the form project-evaluation ask for more; return an input."""
    form = project.templates / "project-evaluation" / "form.yaml"
    form.write_text(f"{more}\n{form.read_text(encoding='utf-8')}", encoding="utf-8")
    return write_input(project, INPUT, "lieshan")


def built(project: Project, more: str, options: Options = Options(verify=True)) -> Path:  # noqa: B008
    outcome = build(Library(project, system_fonts=False), asking(project, more), options)
    assert errors(outcome) == []
    return project.outputs / "2023" / "lieshan" / "project-evaluation"


def errors(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(each.code, each.message, each.hint) for each in outcome.findings if each.severity == "error"]


def pages_of(path: Path) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(path.read_bytes())).pages]


def contents(path: Path) -> list[tuple[str, int]]:
    """Return the lines of the table of contents of a Word file, with their pages."""
    lines = plain_lines(path.read_bytes(), path.name)
    found = [re.fullmatch(r"(.+) (\d+)", line) for line in lines[lines.index("# 目录") + 1 :]]
    end = next(at for at, match in enumerate(found) if match is None)
    return [(match[1], int(match[2])) for match in found[:end] if match]


@pytest.mark.parametrize("name", ["report", "full"])
def test_the_contents_name_the_page_on_which_each_heading_stands(project: Project, name: str) -> None:
    folder = built(project, "封面: 是\n目录: 是")
    listed = contents(folder / f"{name}.docx")
    body = pages_of(folder / f"{name}.pdf")[2:]  # behind the cover and the contents
    assert [number for number, page in enumerate(body, 1) if f"—{number}—" in page][:6] == [1, 2, 3, 4, 5, 6]
    wording = (project.templates / "project-evaluation" / "report.md").read_text(encoding="utf-8")
    assert len(listed) == len(re.findall(r"^##? ", wording, re.MULTILINE)) + (name == "full")
    for heading, page in listed:
        assert "".join(heading.split()) in body[page - 1], heading
    annex = [heading for heading, _page in listed if heading.endswith("绩效评价指标评分表")]
    assert len(annex) == (name == "full")


def test_the_cover_has_title_unit_and_date_and_no_page_number(project: Project) -> None:
    folder = built(project, "封面: 是")
    cover, first, *_others = pages_of(folder / "report.pdf")
    title = "烈山区城乡困难群体法律援助民生实事2023年度项目绩效评价报告"
    assert cover == f"{title}烈山区法律援助中心2024年1月15日"
    assert first.replace("—1—", "").startswith(title)
    lines = plain_lines((folder / "report.docx").read_bytes(), "report.docx")
    assert lines[2:4] == ["烈山区法律援助中心", "2024年1月15日"]


def test_the_pages_behind_the_cover_count_from_one_in_word(project: Project) -> None:
    folder = built(project, "封面: 是\n目录: 是")
    for name in ("report.docx", "full.docx"):
        with zipfile.ZipFile(folder / name) as package:
            body = package.read("word/document.xml").decode()
        front, upright, *others = re.findall(r"<w:sectPr.*?</w:sectPr>", body)
        assert "footerReference" not in front
        assert '<w:pgNumType w:start="1"/>' in upright
        assert all("pgNumType" not in other for other in others)


def test_contents_without_a_cover(project: Project) -> None:
    folder = built(project, "目录: 是", Options(pdf=False))
    assert plain_lines((folder / "report.docx").read_bytes(), "report.docx")[0] == "# 目录"
    assert contents(folder / "report.docx")[0] == ("一、项目基本情况", 1)


@pytest.mark.parametrize("cover", ["", "封面: 是\n"])
def test_items_stand_above_the_title_and_the_addressee_below_it(project: Project, cover: str) -> None:
    folder = built(project, f"{cover}栏目: {ITEMS}")
    for name in ("report.docx", "report.pdf"):
        lines = [line.removeprefix("# ") for line in plain_lines((folder / name).read_bytes(), name)]
        assert lines[:2] == ["000001", "内部"]
        assert lines.count("内部") == 1
        assert lines[lines.index("安徽省淮北市烈山区司法局：") + 1] == "一、项目基本情况"


def test_an_item_that_the_house_does_not_print_is_told(project: Project) -> None:
    path = asking(project, "栏目: {密集: 内部}")
    (found,) = errors(check(Library(project), path))
    assert found == ("bad-template", "the template of the house does not print “密集”", "did you mean 密级?")


def test_a_form_with_a_template_of_its_own_may_have_any_item_if_it_prints_it(project: Project) -> None:
    for end in ("docx", "typ"):
        source = project.templates / "house" / f"report.{end}"
        data = source.read_bytes().replace(b'"house.typ"', b'"../house/house.typ"')
        (project.templates / "project-evaluation" / f"report.{end}").write_bytes(data)
    found = errors(check(Library(project), asking(project, "栏目: {编号: 〔2024〕1号}")))
    message = "nothing in the template prints the cell “编号”"
    assert [(code, told) for code, told, _hint in found] == [("text-lost", message)] * 2


def test_an_edition_leaves_an_item_out(project: Project) -> None:
    folder = built(project, f"栏目: {ITEMS}\n变体: {{public: {{名称: 公开稿, 不含: [密级]}}}}")
    assert "内部" in plain_lines((folder / "report.docx").read_bytes(), "report.docx")
    assert "内部" not in plain_lines((folder / "report-public.docx").read_bytes(), "report-public.docx")
