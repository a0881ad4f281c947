"""Figures in a report: drawn once, the same in Word and PDF, told in words, and left out where nothing can draw."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import with_replaced, write_input
from reportgen.helping.rebuilt import rebuilds
from reportgen.printing import charts
from reportgen.printing.passages import differences
from reportgen.printing.pdftree import structure_of
from reportgen.reading.project import Project
from reportgen.running import build as building
from reportgen.running import recall
from reportgen.running.batch import build_all
from reportgen.running.build import build, make, print_edition
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Figure

WORDING = "案件如下图所示：\n\n图: 案件构成\n\n图: 资金计划、到位和支出\n\n完。\n"
TEXT = "数据:\n  案件: {受理: 445, 民事: 93, 刑事: 352}\n  资金: {计划: 41.8, 到位: 62, 支出: 620000元, 中央: 62}\n"
TOLD = ["案件构成：民事93件，刑事352件", "资金计划、到位和支出：计划41.8万元，到位62万元，支出62万元"]
OPTIONS = Options(system_fonts=False)


@pytest.fixture
def drawing(project: Project) -> Project:
    (project.templates / "plain" / "report.md").write_text(WORDING, encoding="utf-8")
    return project


def figures(project: Project, text: str = TEXT) -> list[Figure]:
    ((_form, written),) = examine(Library(project, system_fonts=False), write_input(project, text)).written
    return [block for block in written.report.blocks if isinstance(block, Figure)]


def test_a_figure_has_a_bar_for_each_fact_that_is_there_in_one_unit(drawing: Project) -> None:
    found = figures(drawing)
    assert [figure.told for figure in found] == TOLD
    assert [bar.value for bar in found[1].bars] == [41.8, 62.0, 62.0]


def test_word_and_pdf_hold_the_drawing_and_its_words(drawing: Project) -> None:
    library = Library(drawing, system_fonts=False)
    made = make(library, write_input(drawing, TEXT), OPTIONS)
    assert not made.outcome.failed, made.outcome.findings
    with zipfile.ZipFile(io.BytesIO(made.documents["plain/report.docx"])) as package:
        body = package.read("word/document.xml").decode()
        media = sorted(name for name in package.namelist() if "/media/" in name)
        assert [name[-4:] for name in media] == [".png", ".svg"] * 2
        assert package.read(media[0])[:8] == b"\x89PNG\r\n\x1a\n"
        svg = package.read(next(name for name in media if "93件" in package.read(name).decode("utf-8", "ignore")))
    assert re.findall('descr="([^"]*)"', body)[::2] == TOLD
    assert (body.count("svgBlip"), body.count("<a:blip ")) == (2, 2)
    assert "Noto Sans SC" in svg.decode()
    tree = structure_of(made.documents["plain/report.pdf"]).root
    assert all(told.replace("，", "") in tree.text.replace("，", "") for told in TOLD)
    again = make(Library(drawing, system_fonts=False), drawing.inputs / "2023" / "centre.yaml", OPTIONS)
    assert again.documents == made.documents


def test_a_figure_that_says_something_else_in_word_is_told(drawing: Project, tmp_path: Path) -> None:
    library = Library(drawing, system_fonts=False)
    ((form, written),) = examine(library, write_input(drawing, TEXT)).written
    files = {
        path.suffix: printout.data for path, printout in print_edition(library, form, written, tmp_path, "", OPTIONS)
    }
    (tmp_path / "a.docx").write_bytes(files[".docx"])
    data = with_replaced(tmp_path / "a.docx", "word/document.xml", "民事93件", "民事94件")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = ElementTree.fromstring(package.read("word/document.xml"))
    (finding,) = differences(body, structure_of(files[".pdf"]).root, "report.pdf")
    assert finding.code == "documents-differ"


def test_without_what_draws_it_is_told_and_the_rest_is_printed(
    drawing: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (charts, building):
        monkeypatch.setattr(module, "drawer", lambda: "")
    outcome = build(Library(drawing, system_fonts=False), write_input(drawing, TEXT), OPTIONS)
    assert [finding.code for finding in outcome.findings] == ["figure-undrawn"]
    assert "legal-aid-reportgen[charts]" in outcome.findings[0].hint
    assert len(outcome.files) == 2


def told_of_figures(project: Project, text: str) -> list[tuple[str, int, str]]:
    found = examine(Library(project, system_fonts=False), write_input(project, text)).findings
    return [(each.about.name, each.span.line, each.message) for each in found if each.code == "figure-short"]


def test_a_figure_that_is_not_printed_or_lacks_a_bar_says_so(drawing: Project) -> None:
    """A bar must be one number: 近60 is none, and a figure without it shows two funds as if they were all."""
    assert told_of_figures(drawing, TEXT) == []
    left_out = TEXT.replace("到位: 62,", "到位: 近62,")
    ((name, line, message),) = told_of_figures(drawing, left_out)
    assert (name, line) == ("资金.到位", 8)
    assert "资金计划、到位和支出" in message
    assert "近62万元" in message
    assert [figure.told for figure in figures(drawing, left_out)] == [
        TOLD[0],
        "资金计划、到位和支出：计划41.8万元，支出62万元",
    ]
    lacking = TEXT.replace("民事: 93, ", "")
    ((name, line, message),) = told_of_figures(drawing, lacking)
    assert (name, line) == ("案件.民事", 7)
    assert "案件构成" in message
    assert [figure.title for figure in figures(drawing, lacking)] == ["资金计划、到位和支出"]


def test_a_figure_that_charts_yaml_does_not_have_is_told(drawing: Project) -> None:
    (drawing.templates / "plain" / "report.md").write_text("# 一\n\n图: 案件构或\n", encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        Library(drawing).form("plain")
    (finding,) = caught.value.findings
    assert (finding.code, finding.span.line, finding.span.column) == ("undefined-name", 3, 4)
    assert "案件构成" in finding.hint


def test_a_worker_draws_although_its_memory_is_bounded_and_a_hand_edit_is_told_alone(drawing: Project) -> None:
    path = write_input(drawing, TEXT)
    (outcome,) = build_all(drawing, [path], OPTIONS)
    assert not outcome.failed, outcome.findings
    word = drawing.outputs / "2023" / "centre" / "plain" / "report.docx"
    ((form, written),) = examine(library := Library(drawing, system_fonts=False), path).written
    assert form.figures
    (rebuilt,) = rebuilds(library, [(form, written)])
    assert rebuilt.docx == word.read_bytes()


def test_who_installs_what_draws_builds_again(drawing: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_input(drawing, TEXT)
    keys = []
    for found in ("", "altair 6"):
        monkeypatch.setattr(recall, "drawer", lambda found=found: found)
        keys.append(recall.Memory(drawing, OPTIONS, [path]).key(path))
    assert keys[0] != keys[1]


def test_contents_count_the_room_of_figures(drawing: Project) -> None:
    """Two figures and 40 paragraphs: the heading after them lies on the page that the contents name."""
    form = drawing.templates / "plain" / "form.yaml"
    form.write_text(form.read_text(encoding="utf-8") + "目录: 是\n", encoding="utf-8")
    wording = WORDING + "".join(f"\n# 第{number}部分\n\n一段。\n" for number in range(20))
    (drawing.templates / "plain" / "report.md").write_text(wording, encoding="utf-8")
    made = make(Library(drawing, system_fonts=False), write_input(drawing, TEXT), OPTIONS)
    assert not made.outcome.failed, made.outcome.findings
