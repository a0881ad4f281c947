"""A new input has a place for everything that its forms ask for, and check says in few lines that it is to be filled."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from conftest import ROOT
from reportgen.cli import main
from reportgen.helping.scaffold import Scaffold, beside
from reportgen.reading.project import Project, find_project
from reportgen.running.build import check
from reportgen.running.library import Library
from test_day import filled

SHIPPED = Library(find_project(ROOT), system_fonts=False)
FORMS = SHIPPED.form_names


@pytest.fixture
def city(tmp_path: Path) -> Project:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "inputs" / "2024").mkdir(parents=True)
    return find_project(tmp_path)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8",
        check=False, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_new_file_of_every_form_is_only_not_filled(city: Project, form: str) -> None:
    text = Scaffold("清河区法律援助中心", 2024, [SHIPPED.form(form)], SHIPPED.vocabulary).text
    path = city.inputs / "2024" / "qinghe.yaml"
    path.write_text(text, encoding="utf-8")
    found = check(Library(city, False), path).findings
    blank = {
        "not-filled",
        "empty-value",
        "missing-key",
        "fact-required",
        "missing-fact",
        "missing-section",
        "missing-score",
        "missing-actual",
    }
    assert {finding.code for finding in found} <= blank, [f.message for f in found if f.code not in blank]
    assert len(found) <= 12, [finding.message for finding in found]
    assert all(finding.span.line > 1 or finding.code == "missing-key" for finding in found)


@pytest.mark.parametrize("form", FORMS)
def test_a_new_file_has_every_section_and_every_fact_that_the_form_needs(form: str) -> None:
    made = SHIPPED.form(form)
    data = yaml.safe_load(Scaffold("甲中心", 2024, [made], SHIPPED.vocabulary).text)
    assert list(data.get("正文", {})) == list(made.sections)
    facts = {f"{group}.{key}" for group, keys in data.get("数据", {}).items() for key in keys}
    assert set(made.needed) <= facts


def test_a_sample_keeps_its_place_for_every_fact_and_shows_last_year_s_value() -> None:
    last = SHIPPED.other_facts(ROOT / "inputs" / "2023" / "lieshan.yaml")
    assert last is not None
    forms = [SHIPPED.form(name) for name in ("project-evaluation", "transfer-payment", "self-assessment")]
    text = Scaffold(last.entry.unit, 2024, forms, SHIPPED.vocabulary, last).text
    data = yaml.safe_load(text)
    facts = {f"{group}.{key}" for group, keys in data["数据"].items() for key in keys}
    assert {name for name in last.stated if name in SHIPPED.vocabulary.facts} <= facts
    assert re.search(r"^    任务数: +# .*；上年 380件$", text, re.MULTILINE)
    assert data["地区"] == "安徽省淮北市烈山区"
    assert data["报告"] == ["project-evaluation", "transfer-payment", "self-assessment"]


def test_a_text_shows_the_heading_and_the_sentences_that_the_form_has_already() -> None:
    heading, sentence = beside(SHIPPED.form("project-evaluation"), "项目概况")
    assert heading == "标题：项目概况"
    assert sentence.startswith("表单已有：本年度计划资金…万元，实际到位…万元")


@pytest.mark.parametrize("name", FORMS)
def test_no_tag_and_no_directive_of_a_form_stands_among_its_sentences(name: str) -> None:
    form = SHIPPED.form(name)
    lines = [line for section in form.sections for line in beside(form, section)]
    assert [line for line in lines if re.search(r"\{|：(?:表|图):|：无。", line)] == []


def test_new_writes_a_file_that_is_filled_checked_and_built(city: Project) -> None:
    """From nothing to a built report: one round of check that says what is missing, one that says nothing."""
    made = run(
        city.root, "new", "清河市法律援助中心", "--form", "法律援助信息公示", "--year", "2024", "--file", "qinghe"
    )
    assert made.stdout == "inputs/2024/qinghe.yaml\n", made.stderr
    path = city.inputs / "2024" / "qinghe.yaml"
    first = run(city.root, "check")
    assert "unknown" not in first.stderr
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    second = run(city.root, "check", "--severity", "warning")
    assert second.returncode == 0, second.stderr
    built = run(city.root, "build", "--fonts", "bundled")
    assert "outputs/2024/qinghe/public-notice/report.pdf" in built.stdout, built.stderr
    again = run(city.root, "new", "--from", "inputs/2024/qinghe.yaml")
    assert again.stdout == "inputs/2025/qinghe.yaml\n", again.stderr
    assert "；上年 200件" in (city.inputs / "2025" / "qinghe.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "type the name of the centre"),
        (["甲中心"], "add --year 2024"),
        (["甲中心", "--year", "2024"], "add --form"),
        (["甲中心", "--year", "2024", "--form", "public-notice"], "a name in Latin letters, digits and -"),
        (["甲中心", "--year", "2024", "--form", "public-notise", "--file", "a"], "public-notice"),
        (["甲中心", "--year", "2024", "--form", "public-notice", "--file", "甲"], "cannot name a file"),
        (["甲中心", "--year", "2024", "--form", "public-notice", "--file", "roster"], "cannot name a file"),
        (["甲中心", "--year", "2024", "--form", "public-notice", "--file", "old"], "is there already"),
    ],
)
def test_what_is_lacking_is_told_and_nothing_is_written(city: Project, arguments: list[str], told: str) -> None:
    old = city.inputs / "2024" / "old.yaml"
    old.write_text("单位: 乙\n", encoding="utf-8")
    result = run(city.root, "new", *arguments)
    assert result.returncode == 2
    assert told in result.stderr
    assert [path.name for path in city.inputs.rglob("*.yaml")] == ["old.yaml"]
    assert old.read_text(encoding="utf-8") == "单位: 乙\n"


def test_few_blanks_are_told_one_by_one(city: Project) -> None:
    path = city.inputs / "2024" / "a.yaml"
    text = Scaffold("甲中心", 2024, [SHIPPED.form("public-notice")], SHIPPED.vocabulary).text
    head = text.split("\n数据:")[0].replace("地区:", "地区: 某市 ").replace("日期:", "日期: 2025-01-15 ")
    path.write_text(head + "\n数据:\n  案件: {受理: , 民事: 3}\n  资金: {支出: }\n", encoding="utf-8")
    codes = [finding.code for finding in check(Library(city, False), path).findings]
    assert codes.count("missing-fact") == 3
    assert "not-filled" not in codes


def test_a_past_year_can_be_figures_alone_and_the_next_compares_with_it(city: Project) -> None:
    made = run(
        city.root, "new", "清河中心", "--form", "public-notice", "--year", "2022", "--file", "qinghe", "--facts-only"
    )
    assert made.stdout == "inputs/2022/qinghe.yaml\n", made.stderr
    path = city.inputs / "2022" / "qinghe.yaml"
    text = path.read_text(encoding="utf-8")
    assert not re.search("^(评分|正文|口径说明):", text, re.MULTILINE)
    assert "必填" not in text.split("数据:")[1]
    for key, value in {"地区": "某省清河市", "日期": "2023-01-10", "    受理": "300"}.items():
        text = re.sub(rf"^{key}:.*", f"{key}: {value}", text, count=1, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    checked = run(city.root, "check", "--severity", "warning")
    assert checked.returncode == 0, checked.stderr
    next_year = run(city.root, "new", "--form", "public-notice", "--from", "inputs/2022/qinghe.yaml")
    assert next_year.stdout == "inputs/2023/qinghe.yaml\n", next_year.stderr
    assert "；上年 300件" in (city.inputs / "2023" / "qinghe.yaml").read_text(encoding="utf-8")


def test_an_answer_that_is_no_year_is_asked_again(city: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(city.root)
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    arguments = ["new", "某中心", "--form", "public-notice", "--file", "mou"]
    result = CliRunner().invoke(main, arguments, input="二〇二四\n1924\n2024\n")
    assert (result.exit_code, result.exception) == (0, None)
    assert (city.inputs / "2024" / "mou.yaml").is_file()


def test_last_year_s_file_may_be_called_by_its_name(city: Project) -> None:
    assert "qinghe" in run(city.root, "new", "--from", "qinghe").stderr  # there is none
    run(city.root, "new", "某中心", "--form", "public-notice", "--year", "2024", "--file", "qinghe")
    assert run(city.root, "new", "--from", "qinghe").stdout.strip() == "inputs/2025/qinghe.yaml"


def test_rows_that_follow_from_facts_are_told_as_these(city: Project) -> None:
    """A person scores seven rows; the other four follow from facts, which the file has lines for."""
    path = city.inputs / "2024" / "a.yaml"
    text = Scaffold("甲中心", 2024, [SHIPPED.form("self-assessment")], SHIPPED.vocabulary).text
    path.write_text(text, encoding="utf-8")
    assert re.search("^    满意率: +# 计分；可算；%", text, re.MULTILINE)
    found = [finding for finding in check(Library(city, False), path).findings if finding.code == "not-filled"]
    facts, rows = [finding.message for finding in found]
    assert facts.startswith("数据: 6 not yet filled: 案件.任务数、案件.受理、回访.满意率、年初预算.总额")
    assert rows.startswith("评分: 7 not yet filled: 办结法律援助案件数、")


def test_all_facts_that_a_score_wants_are_named_at_once(city: Project) -> None:
    path = city.inputs / "2024" / "a.yaml"
    head = "单位: 甲中心\n地区: 某市\n项目: 某项目\n年度: 2024\n日期: 2025-01-15\n报告: [self-assessment]\n"
    path.write_text(f"{head}数据:\n  年初预算: {{总额: 3}}\n", encoding="utf-8")
    told = [each for each in check(Library(city, False), path).findings if each.code == "missing-score"]
    row = next(each for each in told if each.about.name == "办理法律援助案件数")
    assert "支出不超过全年预算" not in {each.about.name for each in told}  # its facts are asked for by the form itself
    assert "案件.受理、案件.任务数 is not stated" in row.message
    assert row.hint == (
        "type under 数据: 案件: {受理: …, 任务数: …}; "
        "or add under 评分: - {三级指标: 办理法律援助案件数, 得分: …} (at most 10)"
    )
