"""Any printable text that a centre types reaches Word and PDF as it is; what cannot be printed stops the build.

The property is over text fields of every kind: 单位 and 项目, which are data, and 扣分原因, 评分过程, 口径说明 and
正文, which are templates that may quote data. Texts are full of what means something to YAML, Markdown, Jinja, XML or
Typst, and of what looks like it.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import BOUND, ROOT, write_input
from reportgen.facts.reasons import NO_REASON
from reportgen.printing.passages import comparable
from reportgen.printing.pdfwords import pdf_text
from reportgen.reading.project import Project, find_project
from reportgen.running.build import build, print_documents
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OPTIONS = Options(system_fonts=False)
LEFTOVERS = ("placeholder", "conversion-mark", "form-hint")  # odd texts may look like these, and print all the same

FORM = """\
名称: 测试
标题: ["题{{ 单位 }}止", "{{ 年度 }}年度报告"]
满分: 20
附件:
  名称: 表
  标题: ["表{{ 项目 }}止"]
  列:
    - {名称: 一级指标, 合并: 是, 合计: 合计}
    - {名称: 二级指标, 合并: 是}
    - {名称: 三级指标}
    - {名称: 评分标准}
    - 名称: 评分过程
      内容: "程{{ 行.评分过程 }}止，因{{ 行.扣分原因 }}止"
    - {名称: 分值, 合计: "{{ 评分.满分 }}"}
    - {名称: 得分, 合计: "{{ 评分.总分 }}"}
指标:
  - {一级指标: 决策, 二级指标: 资金, 三级指标: 甲, 分值: 10, 评分标准: "标{{ 项目 }}止"}
  - {一级指标: 决策, 二级指标: 资金, 三级指标: 乙, 分值: 10, 评分标准: 标, 评分过程: 无, 扣分原因: 无}
"""
WORDING = """\
# 目{{ 项目 }}止

引{{ 项目 }}止

| 列{{ 项目 }}止 | 乙 |
|---|---|
| 格{{ 项目 }}止 | 2 |

**粗{{ 项目 }}止**细

- 项{{ 项目 }}止

{{ 正文.引文 }}

{% for 项 in 口径说明 %}
径{{ 项.理由 }}止

{% endfor %}
"""
INPUT = """\
单位: {unit}
地区: 某市
项目: {project}
年度: 2023
日期: 2024-01-15
报告: [survival]
数据:
  案件: {{受理: 445, 民事: 93, 刑事: 347}}
评分:
  - 三级指标: 甲
    得分: 9
    评分过程: {process}
    扣分原因: {reason}
  - {{三级指标: 乙, 得分: 10}}
正文:
  引文: |
    文{{{{ 项目 }}}}止

    号{{{{ 单位 }}}}止
口径说明:
  案件.受理: {explanation}
"""


@pytest.fixture(scope="module")
def survival(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a form that prints every field in every kind of block."""
    folder = tmp_path_factory.mktemp("survival")
    shutil.copytree(ROOT / "templates", folder / "templates")
    form = folder / "templates" / "survival"
    shutil.copytree(ROOT / "templates" / "project-evaluation", form)
    (form / "form.yaml").write_text(FORM, encoding="utf-8")
    (form / "report.md").write_text(WORDING, encoding="utf-8")
    (folder / "inputs" / "2023").mkdir(parents=True)
    return find_project(folder)


@pytest.fixture(scope="module")
def shelf(survival: Project) -> Library:
    """The templates of the project, read and compiled once for all examples."""
    return Library(survival, system_fonts=False)


def typed(text: str) -> str:
    """Return how a text is typed in YAML, in quotation marks."""
    return json.dumps(text, ensure_ascii=False)


def typed_as_template(text: str) -> str:
    """Return how a text is typed where {{ }} has a meaning."""
    return typed(text.replace("{", "{{ '{' }}"))


def written(
    project: Project,
    unit: str = "某中心",
    name: str = "某项目",
    process: str = "程",
    reason: str = "因",
    explanation: str = "故",
) -> Path:
    return write_input(
        project,
        INPUT.format(
            unit=typed(unit),
            project=typed(name),
            process=typed_as_template(process),
            reason=typed_as_template(reason),
            explanation=typed_as_template(explanation),
        ),
    )


def word_paragraphs(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        tree = ElementTree.fromstring(package.read("word/document.xml"))
    return ["".join(part.text or "" for part in each.iter(f"{W}t")) for each in tree.iter(f"{W}p")]


LOOK_ALIKES = (
    "</w:t>", "</w:p></w:body>", "&amp;", "&#x4e2d;", "<![CDATA[", "]]>", "<!--", "{{ 7*7 }}", "{{", "}}",
    "{%p if x %}", "{% endif %}", "{#", "#}", "{_{", "{%tr", "{{r x }}", '#read("/etc/passwd")', "#panic()",
    "#{", "$x^2$", "**粗**", "**", "_斜_", "`码`", "# 题", "- 项", "1. 项", "---", "> 引", "| 甲 |", "\\*", "\\n",
    "\\u{1f600}", "[文](http://x.cn/?a=1&b=2)", "![图](x)", "<b>", "~~删~~", "@引", "<标>", "//", "/* */", ": ",
    " #", "'", '"', "%s", "{0}", "...", "--", "【缺：项目】",
)  # fmt: skip
PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】〔〕…—·～￥％＋－×÷≥≤≠①⑩㎡℃‰〇№→　１２ＡＢ"
PRINTABLE = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.sampled_from("&<>\"'{}%#*_$\\@[]|~^`=+-/:;!?,."),
    st.sampled_from(PUNCTUATION),
    st.sampled_from(LOOK_ALIKES),
)
TEXTS = (
    st.lists(PRINTABLE, min_size=1, max_size=12)
    .map("".join)
    .filter(lambda text: bool(text.strip(" 　。")) and len(text) <= 60)
)


@given(unit=TEXTS, name=TEXTS, process=TEXTS, reason=TEXTS, explanation=TEXTS)
@example(*["A&B <90%> \"引\" '引' {{ 7*7 }} {% if x %} #_*$\\@[]|~^`"] * 5)
@example(*LOOK_ALIKES[:5])
@example("- 项", "# 题", "| 甲 |", "1. 项", "---")
@example("**粗**", "</w:t>", '#read("/etc/passwd")', "{{ 7*7 }}", "{# 注 #}")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_printable_text_reaches_both_word_and_pdf(
    survival: Project, shelf: Library, unit: str, name: str, process: str, reason: str, explanation: str
) -> None:
    if NO_REASON.fullmatch(explanation.strip()):  # --- lets nothing pass
        explanation = f"因{explanation}"
    path = written(survival, unit, name, process, reason, explanation)
    case = examine(shelf, path)
    errors = [finding for finding in case.findings if finding.severity == "error" and finding.code not in LEFTOVERS]
    assert errors == []
    files = {file.name: data for file, (data, _name, _pages) in print_documents(shelf, path, case, OPTIONS)}
    assert sorted(files) == BOUND
    kinds = ("引", "列", "格", "文")
    wanted = {
        "report": [f"题{unit}止", f"一、目{name}止"]
        + [f"{kind}{name}止" for kind in kinds]
        + [f"粗{name}止细", f"项{name}止", f"号{unit}止", f"径{explanation.strip().rstrip('。')}止", unit],
        "annex": [f"表{name}止", f"标{name}止", f"程{process.strip()}止，因{reason.strip()}止"],
    }
    for document, texts in wanted.items():
        paragraphs = word_paragraphs(files[f"{document}.docx"])
        paragraphs += [text.removeprefix("\u3000" * max(0, 26 - len(unit))) for text in paragraphs]  # of a long name
        words = pdf_text(files[f"{document}.pdf"])
        for text in texts:
            assert text in paragraphs or (text[0] in "题表" and text in "".join(paragraphs))  # titles may be parted
            assert comparable(text) in words


# --- what cannot be printed ----------------------------------------------------------------------------------

FIELDS = ("unit", "name", "process", "reason", "explanation")


def written_with(project: Project, field: str, text: str) -> Path:
    texts = dict.fromkeys(FIELDS, "文") | {field: text}
    return written(project, **texts)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("character", ["😀", "𠮷", "꩜"])
def test_a_character_that_no_font_has_is_named_in_the_file_and_nothing_is_written(
    survival: Project, shelf: Library, field: str, character: str
) -> None:
    path = written_with(survival, field, f"前{character}后")
    outcome = build(shelf, path, OPTIONS)
    (finding,) = [finding for finding in outcome.findings if finding.severity == "error"]
    assert finding.code == "missing-glyph"
    assert f"U+{ord(character):04X}" in finding.message
    lines = path.read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if character in line]
    assert (finding.span.file, finding.span.line) == ("inputs/2023/centre.yaml", number)
    assert finding.span.column == lines[number - 1].index(character) + 1
    assert (outcome.files, outcome.changed) == ((), ())
    assert not survival.outputs.exists()


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("character", "code"),
    [("\u200b", "invisible-character"), ("\u202e", "invisible-character"), ("\ufeff", "invisible-character"),
     ("\x0b", "invisible-character"), ("\u2ec5", "look-alike"), ("\uf90a", "look-alike")],
)  # fmt: skip
def test_a_character_that_cannot_be_seen_or_is_another_is_named_and_nothing_is_written(
    survival: Project, shelf: Library, field: str, character: str, code: str
) -> None:
    path = written_with(survival, field, f"前{character}后")
    path.write_text(path.read_text(encoding="utf-8").replace("\\u000b", "\x0b"), encoding="utf-8")
    outcome = build(shelf, path, OPTIONS)
    (finding,) = [finding for finding in outcome.findings if finding.severity == "error"]
    assert finding.code == code
    lines = path.read_text(encoding="utf-8").split("\n")
    (number,) = [number for number, line in enumerate(lines, 1) if character in line]
    assert (finding.span.line, finding.span.column) == (number, lines[number - 1].index(character) + 1)
    assert not survival.outputs.exists()


@pytest.mark.parametrize("escape", ["\\u200b", "\\x0b", "\\uFEFF", "\\ud800", "\\e"])
def test_an_invisible_character_cannot_be_smuggled_in_by_an_escape(
    survival: Project, shelf: Library, escape: str
) -> None:
    path = written(survival)
    path.write_text(path.read_text(encoding="utf-8").replace('"某项目"', f'"前{escape}后"'), encoding="utf-8")
    outcome = build(shelf, path, OPTIONS)
    assert outcome.failed
    (finding,) = [finding for finding in outcome.findings if finding.severity == "error"]
    assert finding.code in ("invisible-character", "yaml-syntax")
    assert finding.span.line == 3
    assert not survival.outputs.exists()
