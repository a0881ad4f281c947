"""What changed from one input to another, worked out by hand beside each case; and in what it is shown."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from conftest import HEAD, write_input
from reportgen.cli import main
from reportgen.helping.difference import (
    FactChange,
    Version,
    between,
    difference,
    document_of,
    markdown_lines,
    text_lines,
    value_sheets,
    version_of,
)
from reportgen.helping.plaintext import plain_lines
from reportgen.helping.wordwise import Part, marked, parts_of, shortened
from reportgen.printing.sheets import Sheet, Value, workbook_of
from reportgen.reading.project import HOUSE, Project
from reportgen.running.library import Library

OLD = """\
数据:
  案件: {受理: "14,892", 民事: 93, 办结: 434, 结案率: 97.5%}
  咨询: {接待: 3000余}
  资金: {到位: 62}
  其他: {微电影: 1部}
正文:
  情况: |
    全年受理案件{{ 案件.受理 }}件，群众满意。
  旧事: 一段。
"""
NEW = """\
数据:
  案件: {受理: 14892, 民事: 120, 办结: 434, 结案率: 98.7%}
  咨询: {接待: 3200余}
  资金: {到位: 620000元, 支出: 60}
  其他: {微电影: 2集}
正文:
  情况: |
    全年受理案件{{ 案件.受理 }}件，群众很满意。
  新事: 一段。
口径说明:
  案件.受理: 口径不同
"""


def version(library: Library, text: str, name: str) -> Version:
    return version_of(library, write_input(library.project, text, name))


@pytest.fixture
def sides(library: Library) -> tuple[Version, Version]:
    return version(library, OLD, "old"), version(library, NEW, "new")


def told(change: FactChange) -> tuple[str, Decimal | None, Decimal | None]:
    return change.name, change.difference, change.per_cent


def test_a_fact_changed_where_its_value_did_and_by_how_much(sides: tuple[Version, Version]) -> None:
    """14,892 and 14892, 62万元 and 620000元 are the same. 27 ÷ 93 = 29.03 %; a percentage changes by points."""
    found = difference(*sides)
    assert [told(each) for each in found.facts] == [
        ("案件.民事", Decimal(27), Decimal("29.0")),
        ("案件.结案率", Decimal("1.2"), None),
        ("案件.民事占比", Decimal("0.2"), None),  # 93 ÷ 14892 = 0.6 %, 120 ÷ 14892 = 0.8 %
        ("咨询.接待", None, None),  # not one number
        ("资金.支出", None, None),
        ("资金.结余", None, None),
        ("资金.使用率", None, None),
        ("其他.微电影", None, None),  # 部 and 集 measure different things
    ]
    assert [each.name for each in found.facts if each.derived] == ["案件.民事占比", "资金.结余", "资金.使用率"]


def test_texts_are_added_removed_and_rewritten_word_by_word(sides: tuple[Version, Version]) -> None:
    found = difference(*sides)
    assert [(each.name, each.kind) for each in found.texts] == [
        ("正文.情况", "rewritten"),
        ("正文.新事", "added"),
        ("口径说明.案件.受理", "added"),
        ("正文.旧事", "removed"),
    ]
    assert marked(found.texts[0].parts) == "全年受理案件{{ 案件.受理 }}件，群众{+很+}满意。"


def test_the_same_input_has_no_difference(sides: tuple[Version, Version]) -> None:
    found = difference(sides[0], sides[0])
    assert not found
    assert list(text_lines(found)) == ["nothing changed"]


def test_scores_are_told_by_row_and_as_a_total(library: Library) -> None:
    head = HEAD.replace("plain", "self-assessment")
    texts = [f"{head}评分:\n  - {{三级指标: 生态效益, 得分: {score}}}\n" for score in (5, 3)]
    found = difference(version(library, texts[0], "a"), version(library, texts[1], "b"))
    assert [(each.name, each.old, each.new) for each in found.scores] == [("生态效益", Decimal(5), Decimal(3))]


def test_lists_are_compared_row_by_row(library: Library) -> None:
    name = next(iter(library.vocabulary.lists))
    columns = list(library.vocabulary.lists[name].columns)
    texts = [f"{HEAD}明细:\n  {name}:\n    - {{{columns[0]}: {value}}}\n" for value in ("甲", "乙")]
    found = difference(version(library, texts[0], "a"), version(library, texts[1], "b"))
    assert [(each.name, each.old, each.new) for each in found.rows] == [
        (f"明细.{name}", "甲", ""),
        (f"明细.{name}", "", "乙"),
    ]


def test_the_table_of_a_terminal_is_aligned(sides: tuple[Version, Version]) -> None:
    """A Chinese character is two cells wide; numbers stand to the right, and a change has its sign."""
    lines = list(text_lines(difference(*sides)))
    assert lines[:5] == [
        "facts:",
        "  fact           unit  2023/old    2023/new    difference  change in %  remarks",
        "  案件.民事      件            93         120         +27          +29",
        "  案件.结案率    %           97.5        98.7        +1.2               percentage points",
        "  案件.民事占比  %            0.6         0.8        +0.2               derived，percentage points",
    ]
    assert lines[-1] == "8 fact(s), 0 score(s) and 4 text(s) changed; 3 fact(s) are the same"


def test_no_sign_of_a_text_is_markup_in_markdown(library: Library) -> None:
    old, new = (version(library, f"数据: {{}}\n正文:\n  情况: {text}\n", name) for name, text in
                (("a", "甲"), ("b", '"<b>*甲*|乙"')))  # fmt: skip
    text = "\n".join(markdown_lines(difference(old, new)))
    assert r"\<b\>\*甲\*\|乙" in text.replace("<ins>", "").replace("</ins>", "").replace("<del>甲</del>", "")


@given(st.text("甲乙丙 ab12{}%，\n", max_size=30), st.text("甲乙丙 ab12{}%，\n", max_size=30))
def test_the_parts_make_up_both_texts(old: str, new: str) -> None:
    parts = parts_of(old, new)
    assert "".join(text for sign, text in parts if sign != "+") == old
    assert "".join(text for sign, text in parts if sign != "-") == new


def test_a_tag_and_a_number_are_words_and_islands_are_not() -> None:
    assert parts_of("受理{{ 案件.受理 }}件", "受理{{ 案件.办结 }}件") == [
        Part("=", "受理"), Part("-", "{{ 案件.受理 }}"), Part("+", "{{ 案件.办结 }}"), Part("=", "件")
    ]  # fmt: skip
    assert parts_of("共1,234件", "共1,235件")[1:3] == [Part("-", "1,234"), Part("+", "1,235")]
    assert marked(parts_of("甲乙丙丁戊", "子乙丑丁戊")) == "[-甲乙丙-]{+子乙丑+}丁戊"
    long = "一" * 40
    assert (
        marked(shortened(parts_of(long + "甲" + long, long + "乙" + long))) == f"…{'一' * 12}[-甲-]{{+乙+}}{'一' * 12}…"
    )


def test_two_long_texts_without_a_common_word_are_told_at_once() -> None:
    old, new = "甲" * 100_000, "乙" * 100_000
    assert parts_of(old, new) == [Part("-", old), Part("+", new)]


def sheet_xml(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_a_workbook_holds_numbers_and_no_formula_from_data() -> None:
    rows: list[tuple[Value, ...]] = [
        ("=1+1", Decimal("0.1"), 3),
        ("@SUM(A1)", None, -2),
        ("http://x.y", "007", Decimal("14892")),
    ]
    sheets = [Sheet("数据/甲", ("=A", "b", "c"), rows, signed=(2,)), Sheet("数据:甲", ("x",), [("字" * 40_000,)])]
    data = workbook_of(sheets, "变化")
    xml = sheet_xml(data)
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert re.findall(r'<c r="(\w+)"[^>]*><v>(?=\d)([\d.]+)</v>', xml.replace(' t="s"', "><!--s--"))[:3] == [
        ("B2", "0.1"), ("C2", "3"), ("C4", "14892")
    ]  # fmt: skip
    assert data == workbook_of(sheets, "变化")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "数据_甲" in (names := book.read("xl/workbook.xml").decode())
        assert "数据_甲 2" in names
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


def test_a_document_of_the_house_has_every_change(sides: tuple[Version, Version], library: Library) -> None:
    found = difference(*sides)
    document = document_of(found, sides[1].facts)
    template = library.word_template(library.project.templates / HOUSE / "report.docx")
    printed = template.print_unproven(document)
    lines = plain_lines(printed.docx, "d.docx")
    assert printed.lost == ()
    assert "案件.民事 | 件 | 93 | 120 | +27 | +29" in lines
    assert "正文.新事 | added |  | 一段。" in lines
    assert len(value_sheets(found)) == 1


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_the_command_writes_both_kinds_of_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    write_input(project, OLD, "old")
    write_input(project, NEW, "new")
    assert invoke("diff", "old", "new", "--output", "d.xlsx") == (0, "d.xlsx\n")
    assert "<v>27</v>" in sheet_xml(Path("d.xlsx").read_bytes())
    assert invoke("diff", "old", "new", "--output", "d.docx") == (0, "d.docx\n")
    assert invoke("diff", "old", "new", "--format", "markdown")[1].startswith("# 2023/old and 2023/new: what changed")


@pytest.mark.parametrize(
    ("old", "new", "labels"),
    [
        ("2023", "2024", ["2023", "2024"]),
        ("测试中心", "另一中心", ["测试中心", "另一中心"]),
        ("某市", "他市", ["2023/a", "2023/b"]),
    ],
)
def test_two_inputs_are_called_by_what_tells_them_apart(
    project: Project, old: str, new: str, labels: list[str]
) -> None:
    paths = [write_input(project, HEAD.replace(old, name) + OLD, stem) for name, stem in ((old, "a"), (new, "b"))]
    assert [version.label for version in between(project, *paths)] == labels


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old"], "name two inputs, or one and --rev"),
        (["old", "old", "--rev", "HEAD"], "name two inputs, or one and --rev"),
        (["old", "none"], "there is no file none"),
        (["old", "old", "--output", "d.txt"], "ends in .xlsx or .docx"),
        (["old", "--rev=--output=x"], "names no two revisions"),
        (["old", "--rev", "HEAD"], "git says"),
    ],
)
def test_what_cannot_be_compared_says_what_to_type(
    project: Project, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    write_input(project, OLD, "old")
    code, output = invoke("diff", *arguments)
    assert (code, message in output) == (2, True), output


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_one_file_is_compared_at_two_revisions(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what lies beside it as it was: last year's file gives a derived fact its old value."""

    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=project.root, check=True, capture_output=True)

    monkeypatch.chdir(project.root)
    path = write_input(project, OLD)
    git("init", "-q")
    git("add", "inputs")
    git("commit", "-qm", "a")
    path.write_text(path.read_text("utf-8").replace("民事: 93", "民事: 120"), encoding="utf-8")
    git("commit", "-qam", "b")
    path.write_text(path.read_text("utf-8").replace("民事: 120", "民事: 130"), encoding="utf-8")
    lines = invoke("diff", "centre", "--rev", "HEAD~1..HEAD")[1].splitlines()
    assert lines[1].split() == ["fact", "unit", "HEAD~1", "HEAD", "difference", "change", "in", "%", "remarks"]
    assert lines[2].split() == ["案件.民事", "件", "93", "120", "+27", "+29"]
    lines = invoke("diff", "centre", "--rev", "HEAD")[1].splitlines()
    assert lines[2].split() == ["案件.民事", "件", "120", "130", "+10", "+8.3"]  # 10 ÷ 120
    code, output = invoke("diff", "centre", "--rev", "HEAD~2")
    assert (code, "git knows no revision “HEAD~2”" in output) == (2, True)


def test_a_rate_that_prints_as_it_did_has_not_changed(project: Project) -> None:
    texts = [f"{HEAD}数据:\n  案件: {{受理: 1000, 办结: {closed}}}\n  回访: {{件数: 320}}\n" for closed in (985, 984)]
    paths = [write_input(project, text, name) for text, name in zip(texts, ("old", "new"), strict=True)]
    library = Library(project, system_fonts=False)
    found = difference(*(version_of(library, path) for path in paths))
    # 320 of 985 are 32.49 %, of 984 32.52 %: both print 32.5 %; the others differ as they print.
    assert [change.name for change in found.facts] == ["案件.办结", "案件.结案率"]
