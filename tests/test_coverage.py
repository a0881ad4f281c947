"""What a form's own template never prints is told by ``check``, before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, with_own_annex, write_input
from reportgen.reading.project import Project
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from test_wordtags import change

ANNEX = "templates/project-evaluation/annex"


@pytest.fixture
def folder(project: Project) -> Path:
    """A form with an annex of its own."""
    return with_own_annex(project.templates)


def told(project: Project) -> list[tuple[str, str, str, str]]:
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    found = check(Library(project), write_input(project, text, "lieshan")).findings
    return [(each.code, each.span.file, each.message, each.hint) for each in found if each.code == "text-lost"]


def test_a_template_that_prints_all_is_sound(project: Project, folder: Path) -> None:
    assert told(project) == []


@pytest.mark.parametrize(
    ("tag", "other", "what", "hint"),
    [
        ("{{ row.得分.text }}", "", "the column “得分”", "{{ row.得分.text }}"),
        ("{{ table.total.得分 }}", "", "the total of “得分”", "{{ table.total.得分 }}"),
        ("{{ line }}", "题", "the title", "{{ name }}"),
        ("{{ label }}", "附", "the label 附件", "{{ label }}"),
        ("{{ row.得分.text }}", "{% if row.得分.text %}是{% endif %}", "the column “得分”", "{{ row.得分.text }}"),
    ],
)
def test_what_no_tag_of_a_word_template_prints_is_one_finding(
    project: Project, folder: Path, tag: str, other: str, what: str, hint: str
) -> None:
    change(folder / "annex.docx", tag, other)
    message = f"nothing in the template prints {what}"
    assert told(project) == [("text-lost", f"{ANNEX}.docx", message, f"type {hint} where it belongs")]


def test_several_parts_are_one_finding_of_their_template(project: Project, folder: Path) -> None:
    for tag in ("{{ row.得分.text }}", "{{ row.分值.text }}", "{{ label }}"):
        change(folder / "annex.docx", tag, "")
    [(_code, _file, message, hint)] = told(project)
    assert message == "nothing in the template prints the label 附件、the column “分值”、the column “得分”"
    assert hint == "type {{ label }} where it belongs"


@pytest.mark.parametrize(
    "loop",
    [
        "{% for name in table.columns %}{{ row[name].text }}{% endfor %}",
        "{% for text in row.cells %}{{ text }}{% endfor %}",
        "{{ row.cells|join }}",
        "{{ row.得分.text if row.得分.text else '—' }}",
        "{{ row.得分.text|default('—') }}",
    ],
)
def test_a_column_may_be_printed_in_any_way(project: Project, folder: Path, loop: str) -> None:
    change(folder / "annex.docx", "{{ row.得分.text }}", loop.replace("'", "&apos;"))
    assert told(project) == []


def test_a_title_without_tags_may_be_typed_into_the_template(project: Project, folder: Path) -> None:
    form = folder / "form.yaml"
    text = form.read_text(encoding="utf-8")
    _before, rest = text.split("附件:", 1)
    title = next(line for line in rest.splitlines() if line.strip().startswith("标题:"))
    form.write_text(text.replace(title, f"{title.split('标题')[0]}标题: [评分表]", 1), encoding="utf-8")
    change(folder / "annex.docx", "{{ line }}", "评分表")
    assert [message for *_rest, message, _hint in told(project)] == []


def test_what_a_typst_template_does_not_print_is_one_finding(project: Project, folder: Path) -> None:
    template = folder / "annex.typ"
    template.write_text('#import "../house/house.typ": *\n#show: official\n#title\n', encoding="utf-8")
    [(_code, file, message, _hint)] = told(project)
    assert file == f"{ANNEX}.typ"
    columns = "、".join(
        f"the column “{name}”" for name in ["一级指标", "二级指标", "三级指标", "评分标准", "评分过程", "分值", "得分"]
    )
    totals = "、".join(f"the total of “{name}”" for name in ("一级指标", "分值", "得分"))
    assert message == f"nothing in the template prints the label 附件、{columns}、{totals}"


def test_an_emptied_typst_template_is_one_finding_and_nothing_is_built(project: Project, folder: Path) -> None:
    (folder / "annex.typ").write_text('#set document(title: "甲")\n#set text(lang: "zh")\n', encoding="utf-8")
    path = write_input(project, (ROOT / "inputs/2023/lieshan.yaml").read_text(encoding="utf-8"), "lieshan")
    outcome = build(Library(project), path, Options())
    assert [(each.code, each.span.file) for each in outcome.findings if each.severity == "error"] == [
        ("text-lost", f"{ANNEX}.typ")
    ]
    assert outcome.files == ()
