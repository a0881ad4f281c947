"""The office's page and workbook: all centres of a year, whatever they are called, and true after every build."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from click.testing import CliRunner

import chromium
from conftest import write_input
from reportgen.cli import main
from reportgen.facts.figure import Figure, as_text
from reportgen.facts.known import figures_of
from reportgen.forms.diagrams import Diagram, read_diagrams
from reportgen.forms.vocabulary import Vocabulary
from reportgen.helping import office
from reportgen.helping.comparison import charts_of, short_names
from reportgen.helping.office import PAGE, WORKBOOK, overviews
from reportgen.helping.page import Drawing, page_of
from reportgen.helping.workbook import sheets_of
from reportgen.helping.year import Year, year_of
from reportgen.printing.charts import Bar, Chart, drawn
from reportgen.printing.origin import drawer
from reportgen.printing.sheets import Sheet, workbook_of
from reportgen.reading.project import Project
from reportgen.running.library import Library
from reportgen.running.outcome import Outcome, State, Summary
from reportgen.running.sets import Manifest
from reportgen.telling.findings import Finding, ReportError, Span

HOSTILE = "</script><img src=x onerror=alert(1)>"
FORMULA = "=cmd|'/c calc'!A1"
WRONG = Finding("total-mismatch", Span("inputs/2023/b.yaml", 7, 12, 3, "受理: 445"), f"错了{HOSTILE}", "改成440")


def figures(cases: str, rate: str = "") -> str:
    found = [Figure("案件.受理", "件", cases, f"{int(cases):,}")]
    return as_text([*found, Figure("案件.结案率", "%", rate, rate)] if rate else found)


def outcome(name: str, state: State, *findings: Finding, year: str = "2023", **summary: object) -> Outcome:
    held = Summary(**{"unit": f"{name}中心", "state": state, **summary})  # type: ignore[arg-type]
    return Outcome(f"inputs/{year}/{name}.yaml", findings, summary=held)


OUTCOMES = [
    outcome("甲", State.UNCHANGED, pages=7, scores=(("plain", "96.5 优"),), known=figures("14892", "97.5")),
    outcome("b", State.WITH_ERRORS, WRONG, unit=f"{HOSTILE}中心", district=FORMULA, known=figures("445", "88")),
    outcome("c", State.CHANGED, replace(WRONG, certain=False, message=FORMULA), known=figures("300", "99.25")),
    outcome("d", State.MISSING, unit=""),
    outcome("e", State.OUT_OF_DATE, WRONG),
]
BEFORE = [outcome("甲", State.UNCHANGED, year="2022", known=figures("12000")),
          outcome("b", State.UNCHANGED, year="2022", known=figures("400"))]  # fmt: skip


@pytest.fixture
def year(project: Project) -> Year:
    return year_of(project, "2023", OUTCOMES, BEFORE)


class Reader(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.tags[-1][0] not in ("style", "script"):
            self.texts.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


# --- what stands there


def test_what_cannot_be_sent_stands_first_and_a_build_that_changed_nothing_shows_the_same(
    project: Project, year: Year
) -> None:
    assert [centre.line.state for centre in year.centres] == [
        State.MISSING, State.WITH_ERRORS, State.OUT_OF_DATE, State.UNCHANGED, State.UNCHANGED,
    ]  # fmt: skip
    again = [replace(each, summary=replace(each.summary, state=State.UNCHANGED))
             if each.summary.state is State.CHANGED else each for each in OUTCOMES]  # fmt: skip
    assert page_of(year_of(project, "2023", again, BEFORE), [], WORKBOOK) == page_of(year, [], WORKBOOK)


def test_a_name_is_text_whatever_it_says(year: Year) -> None:
    page = Reader(page_of(year, [Drawing(HOSTILE, "<svg xmlns='http://www.w3.org/2000/svg'/>")], "=x.xlsx"))
    assert page.all("img") == []
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert f"{HOSTILE}中心" in page.texts
    assert f" 错了{HOSTILE}" in page.texts
    assert FORMULA in page.texts
    assert {name for _tag, attributes in page.tags for name in attributes if name.startswith("on")} == set()
    assert [attributes for _tag, attributes in page.tags if "style" in attributes] == []  # the policy forbids them


def test_the_page_asks_for_nothing_and_its_links_stay_in_the_folder_of_the_year(project: Project) -> None:
    for name in ("中 心#1", "b"):
        (project.outputs / "2023" / name / "plain").mkdir(parents=True)
        (project.outputs / "2023" / name / "plain" / "report.docx").touch()
        manifest = Manifest(
            f"inputs/2023/{name}.yaml", names={"plain/report.docx": "测试"}, files={"plain/report.docx": ""}
        )
        (project.outputs / "2023" / name / "manifest.json").write_bytes(manifest.as_bytes)
    list(overviews(project, [outcome(name, State.STALE) for name in ("中 心#1", "b")], ["2023"]))
    page = Reader((project.outputs / "2023" / PAGE).read_bytes())
    links = [str(each["href"]) for each in page.all("a")]
    assert WORKBOOK in links
    assert "%E4%B8%AD%20%E5%BF%83%231/plain/report.docx" in links
    for link in links:
        assert (project.outputs / "2023" / unquote(link)).is_file(), link
    assert [name for _tag, attributes in page.tags for name in attributes if name in ("src", "srcset", "action")] == []


def test_a_centre_that_cannot_be_read_is_called_by_what_its_file_or_last_year_s_says(project: Project) -> None:
    (project.inputs / "2023" / "b.yaml").write_text("单位: 乙中心\n数据: [\n", encoding="utf-8")
    held = [outcome("b", State.WITH_ERRORS, unit=""), outcome("甲", State.MISSING, unit="")]
    found = year_of(project, "2023", held, BEFORE).centres
    assert {centre.stem: centre.unit for centre in found} == {"b": "乙中心", "甲": "甲中心"}


# --- figures and charts


def test_figures_are_numbers_with_the_digits_that_are_printed(library: Library) -> None:
    text = "数据:\n  案件: {受理: '14,892', 办结: 14500}\n  咨询: {接待: 3000余, 热线: 15.64万人次}\n  其他: {微电影: 1部}\n"
    found = {figure.name: figure[1:] for figure in figures_of(library.facts(write_input(library.project, text)))}
    assert found == {
        "案件.受理": ("件", "14892", "14,892"),
        "案件.办结": ("件", "14500", "14500"),
        "案件.结案率": ("%", "97.4", "97.4"),  # 14500 / 14892 = 0.97368
        "咨询.接待": ("人次", "", "3000余"),
        "咨询.热线": ("人次", "156400", "15.64万"),
        "其他.微电影": ("部", "1", "1"),
    }


def test_what_is_drawn_is_what_the_centres_have_figures_for(year: Year) -> None:
    rates = Diagram("结案率", {"率": ("案件.归档率", "案件.结案率")}, mark=100.0, rising=True)
    growth = Diagram("比上年", {"本年": ("案件.受理",), "上年": ("上年.案件.受理",)})
    nobody = Diagram("没有", {"率": ("案件.归档率",)})
    one = Diagram("得分", {"得分": ("得分",)})
    [first, second] = charts_of(year, [rates, growth, nobody, one])
    name = HOSTILE
    assert first == Chart("结案率", "%", (name, "甲", "c"), ("率",), (
        Bar(name, "率", 88, "88"), Bar("甲", "率", 97.5, "97.5"), Bar("c", "率", 99.25, "99.25"),
    ), mark=100.0)  # fmt: skip
    assert [(bar.row, bar.series, bar.value) for bar in second.bars] == [
        ("甲", "本年", 14892), ("甲", "上年", 12000), (name, "本年", 445), (name, "上年", 400), ("c", "本年", 300),
    ]  # fmt: skip


def test_a_year_without_one_before_it_is_not_compared_with_it(project: Project) -> None:
    both = [outcome(name, State.UNCHANGED, known=figures("300")) for name in ("a", "b")]
    growth = Diagram("比上年", {"本年": ("案件.受理",), "上年": ("上年.案件.受理",)})
    assert list(charts_of(year_of(project, "2023", both, []), [growth])) == []


def test_of_very_many_centres_a_chart_shows_the_first_and_says_so(project: Project) -> None:
    many = [outcome(f"c{n:03}", State.UNCHANGED, known=figures(str(n + 1))) for n in range(90)]
    [chart] = charts_of(year_of(project, "2023", many, []), [Diagram("受理", {"受理": ("案件.受理",)})])
    assert (chart.title, len(chart.rows), chart.bars[0].value) == ("受理 (the first 40 of 90)", 40, 90)


def test_two_centres_of_one_name_are_two_rows(project: Project) -> None:
    both = [outcome(name, State.UNCHANGED, unit="同名中心") for name in ("a", "b")]
    names = short_names(year_of(project, "2023", both, []).centres)
    assert list(names.values()) == ["同名中心（2023/a）", "同名中心（2023/b）"]


def test_a_drawing_holds_no_character_that_xml_cannot(project: Project) -> None:
    both = [outcome(name, State.UNCHANGED, unit=f"{name}\x01\ud800") for name in ("a", "b")]
    assert list(short_names(year_of(project, "2023", both, []).centres).values()) == ["a", "b"]
    both[1] = replace(both[1], summary=replace(both[1].summary, unit="b"))
    assert list(short_names(year_of(project, "2023", both, []).centres).values()) == ["a\ufffd\ufffd", "b"]


def test_the_charts_that_come_with_reportgen_can_be_read(library: Library) -> None:
    found = read_diagrams(library.project.templates / "charts.yaml", "templates/charts.yaml", library.vocabulary)
    assert (len(found.charts) >= 5, len(found.figures)) == (True, 3)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("{名称: 甲, 取: {受理: 案件.受里}}", "undefined-name", 2),
        ("{名称: 甲, 取: {受理: 案件}}", "undefined-name", 2),  # a group is many numbers
        ("{名称: 甲, 取: {受理: 案件.受理}, 样式: 堆栈}", "bad-value", 2),
        ("{名称: 甲, 取: {受理: 案件.受理}, 基准: 一百}", "bad-value", 2),
        ("{名称: 甲}", "missing-key", 2),
    ],
)
def test_a_fault_in_the_charts_is_told_at_its_place(
    tmp_path: Path, vocabulary: Vocabulary, text: str, code: str, line: int
) -> None:
    path = tmp_path / "charts.yaml"
    path.write_text(f"图:\n  - {text}\n", encoding="utf-8")
    with pytest.raises(ReportError) as error:
        read_diagrams(path, "templates/charts.yaml", vocabulary)
    assert [(f.code, f.span.line) for f in error.value.findings] == [(code, line)]


@pytest.mark.skipif(not drawer(), reason="altair and vl-convert-python are not installed (the extra “charts”)")
def test_a_chart_is_svg_with_text_as_text_and_the_same_every_time() -> None:
    bars = (Bar(HOSTILE, "民事", 93, "93"), Bar(HOSTILE, "刑事", 352, "352"), Bar("烈山", "民事", 7, "7"))
    chart = Chart("案件", "件", (HOSTILE, "烈山"), ("民事", "刑事"), bars, stacked=True)
    svg = drawn(chart)
    assert svg == drawn(chart)
    assert set(re.findall(r"<(\w+)", svg)) <= {"svg", "g", "path", "line", "text"}
    assert ">烈山</text>" in svg
    assert ">445</text>" in svg  # 93 + 352, at the end of the stack
    assert "onerror=alert(1)&gt;" in svg or "…" in svg
    beside = drawn(replace(chart, stacked=False, mark=100.0))
    assert ">352</text>" in beside
    assert ">445</text>" not in beside


def test_a_chart_is_drawn_again_only_where_it_would_differ(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []

    def counted(chart: Chart) -> str:
        titles.append(chart.title)
        return "<svg xmlns='http://www.w3.org/2000/svg'/>"

    monkeypatch.setattr(office, "drawer", lambda: "a pen")
    monkeypatch.setattr(office, "drawn", counted)
    list(overviews(project, [*OUTCOMES, *BEFORE], ["2023"]))
    first = len(titles)
    assert first >= 2
    more = [*OUTCOMES, *BEFORE, outcome("f", State.MISSING)]
    [told] = overviews(project, more, ["2023"])
    assert (told.changed, len(titles)) == (tuple(BOTH), first)
    list(overviews(project, [*OUTCOMES, *BEFORE, outcome("f", State.UNCHANGED, known=figures("7"))], ["2023"]))
    assert titles[first:] == ["受理案件，与上年相比"]


# --- the workbook


def test_the_workbook_has_numbers_as_numbers_and_never_a_formula(year: Year) -> None:
    data = workbook_of(list(sheets_of(year, ["案件.受理", "案件.结案率"])), "t")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Overview", "Figures", "Scores", "Findings"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert FORMULA in [cell.value for cell in cells]
    assert [[cell.value for cell in row] for row in book["Figures"].iter_rows(max_row=3)] == [
        ["input", "centre", "案件.受理\n（件）", "案件.结案率\n（%）"],
        ["d", None, None, None],
        ["b", f"{HOSTILE}中心", 445, 88],
    ]
    assert [cell.value for cell in book["Scores"][2]] == ["甲", "甲中心", "测试", 96.5, "优"]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not [name for name in package.namelist() if b"<f>" in package.read(name)]


def test_the_same_tables_give_the_same_bytes_and_odd_cells_are_kept(year: Year) -> None:
    odd = ["=1+1", "+1", "-1", "@x", "http://a.b", "007", "\x01", "\ud800", "字" * 40_000]
    sheets = [*sheets_of(year, []), Sheet("odd", ["x"], [[text] for text in odd])]
    data = workbook_of(sheets, "t")
    assert data == workbook_of(sheets, "t")
    values = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data))["odd"]["A"]]
    assert values[1:7] == odd[:6]
    assert values[8:] == ["?", "字" * 32_767]


# --- when they are written


def build(project: Project, *arguments: str) -> list[str]:
    """Build in this process; return the files that it says have changed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(project.root)
        result = CliRunner().invoke(main, ["build", "--jobs", "1", *arguments])
    assert result.exit_code in (0, 1), result.output
    return [line for line in result.stdout.splitlines() if line.endswith((PAGE, WORKBOOK))]


BOTH = [f"outputs/2023/{PAGE}", f"outputs/2023/{WORKBOOK}"]


@pytest.fixture
def city(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Three centres, built; the second has an error."""
    monkeypatch.setattr(office, "drawer", lambda: "")  # what draws takes a second
    for name, unit, cases in (("a", "甲", "{受理: 445}"), ("b", "乙", "{受理: 864, 民事: 577, 刑事: 268}"),
                              ("c", "丙", "{受理: 300}")):  # fmt: skip
        path = write_input(project, f"数据:\n  案件: {cases}\n", name)
        path.write_text(path.read_text(encoding="utf-8").replace("测试中心", f"{unit}中心"), encoding="utf-8")
    assert build(project, "--no-pdf") == BOTH
    return project


def states(project: Project) -> list[str | None]:
    page = Reader((project.outputs / "2023" / PAGE).read_bytes())
    return [each["data-state"] for each in page.all("tbody")]


def test_a_build_writes_page_and_workbook_where_they_would_differ_and_only_then(city: Project) -> None:
    assert states(city) == ["with-errors", "unchanged", "unchanged"]
    assert build(city, "--no-pdf") == []
    written = (city.outputs / "2023" / PAGE).stat().st_mtime_ns
    (city.outputs / "2023" / WORKBOOK).unlink()
    assert build(city, "--no-pdf") == BOTH[1:]
    assert (city.outputs / "2023" / PAGE).stat().st_mtime_ns == written
    (city.inputs / "2023" / "roster.yaml").write_text("应报: [a, b, c, d]\n", encoding="utf-8")
    assert build(city, "--no-pdf") == BOTH
    assert states(city) == ["missing", "with-errors", "unchanged", "unchanged"]


def test_a_build_of_one_input_leaves_a_page_about_all(city: Project) -> None:
    path = city.inputs / "2023" / "b.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("864", "845"), encoding="utf-8")
    assert build(city, "--no-pdf", "inputs/2023/b.yaml") == BOTH
    assert states(city) == ["unchanged", "unchanged", "unchanged"]
    assert build(city, "--no-pdf", "--force", "inputs/2023/a.yaml") == []
    whole = (city.outputs / "2023" / PAGE).read_bytes()
    build(city, "--no-pdf")
    assert (city.outputs / "2023" / PAGE).read_bytes() == whole


def test_a_text_that_no_page_shows_makes_none(city: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three thousand centres it takes longer than all the rest; a figure, or a document more, is shown."""
    made: list[str] = []
    real = office._made

    def noted(project: Project, year: Year) -> tuple[tuple[Finding, ...], tuple[bytes, bytes]]:
        made.append(year.name)
        return real(project, year)

    monkeypatch.setattr(office, "_made", noted)
    path = city.inputs / "2023" / "a.yaml"
    plain = path.read_text(encoding="utf-8")
    path.write_text(plain + "正文:\n  情况: 工作有序开展，各项任务按时完成。\n", encoding="utf-8")
    assert build(city, "--no-pdf") == []
    assert made == []
    path.write_text(plain.replace("445", "446"), encoding="utf-8")
    assert build(city, "--no-pdf") == BOTH[1:]  # without charts, the page shows no figure of it
    assert made == ["2023"]
    one, two = (outcome("a", State.UNCHANGED, called=called) for called in ("附件", "附件1"))
    assert list(office._told(city, "2023", one)) != list(office._told(city, "2023", two))


def test_a_year_of_one_centre_has_no_page(project: Project) -> None:
    assert list(overviews(project, OUTCOMES[:1], ["2023"])) == []
    assert not project.outputs.exists()


def test_a_page_goes_with_its_centres(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "drawer", lambda: "")
    list(overviews(project, OUTCOMES, ["2023"]))
    assert (project.outputs / "2023" / PAGE).is_file()
    assert list(overviews(project, OUTCOMES[:1], ["2023"])) == []
    assert list(project.outputs.rglob("*.*")) == []


def test_what_cannot_be_remembered_is_made_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "drawer", lambda: "a pen")
    monkeypatch.setattr(office, "drawn", lambda chart: "<svg xmlns='http://www.w3.org/2000/svg'/>")
    project.hidden("").touch()  # no folder can be made there
    [told] = overviews(project, OUTCOMES, ["2023"])
    assert (told.findings, told.changed) == ((), tuple(BOTH))
    assert list(overviews(project, OUTCOMES, ["2023"])) == []


def test_a_fault_in_the_charts_costs_no_report_and_is_told_until_it_is_mended(project: Project) -> None:
    (project.templates / "charts.yaml").write_text("图: [{名称: 甲, 取: {受理: 案件.受里}}]\n", encoding="utf-8")
    for _time in range(2):
        found = list(overviews(project, OUTCOMES, ["2023"]))
        assert [finding.code for each in found for finding in each.findings] == ["undefined-name"]
        assert len(states(project)) == 5


def test_a_fault_of_the_program_s_own_costs_no_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> bytes:
        raise RuntimeError("no")

    monkeypatch.setattr("reportgen.helping.page.page_of", broken)
    [told] = overviews(project, OUTCOMES, ["2023"])
    assert [finding.code for finding in told.findings] == ["internal-error"]
    assert "RuntimeError" in told.traceback


# --- in a browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    executable = chromium.program()
    if executable is None:
        pytest.skip("Chromium is not installed")
    started = chromium.Chromium(executable, tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.fixture
def address(tmp_path: Path, year: Year) -> str:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0,0h9' fill='#24507a'/></svg>"
    (tmp_path / PAGE).write_bytes(page_of(year, [Drawing("图", svg)], WORKBOOK))
    return (tmp_path / PAGE).as_uri()


SHOWN = "[...document.querySelectorAll('tbody')].filter(b => b.getClientRects().length).map(b => b.dataset.state)"
ALL = ["missing", "with-errors", "out-of-date", "unchanged", "unchanged"]


def test_a_click_on_a_filter_hides_the_other_centres(browser: chromium.Chromium, address: str) -> None:
    browser.visit(address)
    assert browser.value(SHOWN) == ALL
    browser.click("button[data-state=unchanged]")
    assert browser.value(SHOWN) == ["unchanged", "unchanged"]
    assert browser.value("document.querySelector('.shown').textContent") == "2 / 5"
    browser.click("button[data-state='']")
    assert browser.value(SHOWN) == ALL
    browser.click("input[type=search]")
    browser.type("错了 改成")
    assert browser.value(SHOWN) == ["with-errors", "out-of-date"]
    assert browser.complaints == []
    assert browser.fetched == [address]


def test_a_view_can_be_kept_as_a_link(browser: chromium.Chromium, address: str) -> None:
    browser.visit(f"{address}#state=missing")
    assert browser.value(SHOWN) == ["missing"]
    assert browser.value("document.querySelector('[aria-pressed=true]').dataset.state") == "missing"


def test_without_scripts_everything_is_there_but_the_filters(browser: chromium.Chromium, address: str) -> None:
    browser.visit(f"{address}#state=missing", scripts=False)
    assert browser.value(SHOWN) == ALL
    assert browser.value("document.querySelector('.filters').getClientRects().length") == 0
    browser.click("details:not([open]) summary")
    assert browser.value("document.querySelectorAll('details:not([open])').length") == 0
    assert browser.value("document.querySelectorAll('.charts svg path').length") == 1
    assert browser.fetched == [address]


def test_the_page_s_own_style_and_script_are_let_in_and_no_others(browser: chromium.Chromium, address: str) -> None:
    browser.visit(address)
    assert browser.value("getComputedStyle(document.querySelector('.number')).textAlign") == "right"
    browser.value("document.body.append(Object.assign(document.createElement('script'), {text: 'window.got = 1'}))")
    assert browser.value("window.got") is None
    assert any("Content Security Policy" in text for text in browser.complaints)
