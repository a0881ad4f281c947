"""What is said of each code: complete in both languages, in the reference too, and true of what the checks do."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from conftest import ROOT, write_input
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.catalogue import CATALOGUE
from reportgen.telling.explain import FOLDER, explanations, parse_explanations
from test_suite import CASES, expected

LANGUAGES = ("en", "zh_CN")
LABELS = {"en": ("Why: ", "Wrong:", "Right:"), "zh_CN": ("为什么：", "错：", "对：")}
WORDS = {
    "en": {"error": "error", "warning": "warning", "note": "note"},
    "zh_CN": {"error": "错误", "warning": "警告", "note": "提示"},
}

# Codes that no YAML case under tests/suite can raise: they are about whole files, templates, documents, or the machine.
RAISED_IN = (
    ("file-unreadable", "test_source.py"),
    ("file-too-large", "test_source.py"),
    ("too-many", "test_source.py"),
    ("not-read", "test_kin.py"),
    ("total-unlike-cells", "test_self_assessment.py"),
    ("year-mismatch", "test_build.py"),
    ("other-place", "test_leftovers.py"),
    ("bad-template", "test_profiles.py"),
    ("missing-glyph", "test_pdf.py"),
    ("text-lost", "test_bundle.py"),
    ("documents-differ", "test_parity.py"),
    ("edited-by-hand", "test_sets.py"),
    ("manifest-unreadable", "test_sets.py"),
    ("out-of-date", "test_sets.py"),
    ("left-over", "test_sets.py"),
    ("orphaned", "test_sets.py"),
    ("not-handed-in", "test_sets.py"),
    ("page-layout", "test_pages.py"),
    ("template-leftover", "test_intake.py"),
    ("not-filled", "test_scaffold.py"),
    ("broken-document", "test_word.py"),
    ("pdf-failed", "test_pdf.py"),
    ("figure-undrawn", "test_figures.py"),
    ("figure-short", "test_figures.py"),
    ("font-substituted", "test_cli.py"),
    ("cannot-write", "test_project.py"),
    ("worker-crashed", "test_batch.py"),
    ("worker-timeout", "test_batch.py"),
    ("out-of-memory", "test_batch.py"),
    ("internal-error", "test_boundary.py"),
    ("district-errors", "test_city.py"),
)

# Codes whose examples are no part of one input file that could be checked here; “explained” is raised by a right one.
TOLD_IN_WORDS = {
    *(code for code, _file in RAISED_IN if code not in ("year-mismatch", "other-place")),
    *(
        "fact-conflict",
        "explained",
        "text-too-long",
        "city-total",
        "jump",
        "stale-figures",
        "not-utf8",
        "byte-order-mark",
        "file-empty",
    ),
}
HEAD = {"单位": "测试中心", "地区": "某市", "项目": "某项目", "年度": "2023", "日期": "2024-01-15", "报告": "[plain]"}
# What makes an example whole, by the form it asks for: a row, a group of facts or a text that it does not have itself.
DEPARTMENT = {
    "数据": ["目标: {万人比: 10}", "人口: {常住: 100万人}", "案件: {受理: 1200}", "预算: {基本支出: 300, 项目支出: 500}",
             "资金: {支出: 800}"],
    "评分": [f"- {{三级指标: {name}, 得分: {points}}}" for name, points in (
        ("目标内容", 10), ("项目管理实施", 10), ("分配程序", 10), ("组织架构", 10), ("维护社会和谐稳定", 20))],
    "正文": [f"{name}: 已按规定开展。" for name in (
        "基本情况", "长期目标", "年度目标", "评价对象及范围", "评价方法", "评价结论", "履职成效")],
}  # fmt: skip
SELF = {
    "数据": ["案件: {任务数: 100, 受理: 100, 办结: 90}", "年初预算: {财政拨款: 50}", "全年预算: {财政拨款: 60}",
             "全年执行: {财政拨款: 60}", "回访: {件数: 50, 满意: 50}"],
    "评分": [f"- {{三级指标: {name}, 得分: {points}}}" for name, points in (
        ("办结法律援助案件数", 5), ("评查案卷合格情况", 15), ("办案各环节及时性", 10), ("为困难群众减轻诉讼负担", 5),
        ("维护困难群众合法权益", 15), ("生态效益", 5), ("健全法律援助工作机制", 5))],
    "正文": ["主管部门: 某局", "年度目标: 已按规定开展。", "目标完成情况: 已按规定开展。"],
}  # fmt: skip
TRANSFER = {
    "数据": ["案件: {任务数: 380, 受理: 445}"],
    "评分": [f"- {{三级指标: {name}, 完成值: 已完成}}" for name in (
        "接待法律咨询", "法律援助案件结案率", "案卷质量评查", "转移支付资金到位率", "支出控制在到位资金以内", "办案补贴发放",
        "维护受援人合法权益", "法律援助服务机制", "受援人回访满意率")],
}  # fmt: skip
PLAIN = {"数据": ["案件: {受理: 445}"]}
WHOLE = {"[department-overall]": DEPARTMENT, "[self-assessment]": SELF, "[transfer-payment]": TRANSFER}
NEIGHBOUR = "单位: 五华区法律援助中心\n地区: 云南省昆明市五华区\n年度: 2023\n日期: 2024-01-15\n报告: [plain]\n"


def whole(example: str) -> str:
    """Return ``example`` with what it lacks to be a file: the head, and the rest of what its form asks for."""
    lines = [
        f"{key}: {value}" for key, value in HEAD.items() if not re.search(rf"^{key} *[:：]", example, re.MULTILINE)
    ]
    form = re.search(r"^报告: (.*)$", example, re.MULTILINE)
    wanted = WHOLE.get(form[1] if form else "", PLAIN)
    for key, entries in wanted.items():
        if not re.search(rf"^{key} *[:：]", example, re.MULTILINE):
            lines += [f"{key}:", *(f"  {entry}" for entry in entries)]
        elif wanted is not PLAIN:
            missing = [entry for entry in entries if not re.search(_name(entry), example)]
            example = example.replace(f"{key}:\n", f"{key}:\n" + "".join(f"  {entry}\n" for entry in missing), 1)
    return "\n".join([*lines, example, ""])


def _name(entry: str) -> str:
    """Return what an example has that states ``entry`` itself: the row of that name, the group, the text."""
    row = re.match(r"- \{(三级指标: \w+)", entry)
    return row[1] if row else rf"(?m)^  {entry.split(':')[0]}:"


def codes_of(project: Project, example: str) -> list[str]:
    names = re.findall(r"^  (\w+):", example.partition("正文:")[2], re.MULTILINE)
    template = "".join(f'{{{{ 正文.{name}|default("") }}}}\n\n' for name in names) or "无\n"
    if "[plain]" in example or not re.search("^报告:", example, re.MULTILINE):
        (project.templates / "plain" / "report.md").write_text(template, encoding="utf-8")
    write_input(project, NEIGHBOUR + "数据: {案件: {受理: 1}}\n", "neighbour")
    path = write_input(project, whole(example))
    return [finding.code for finding in check(Library(project, system_fonts=False), path).findings]


# --- the texts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_explained_and_nothing_else(language: str) -> None:
    assert sorted(explanations(language)) == sorted(CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explanation_has_all_its_parts(language: str) -> None:
    why, wrong, right = LABELS[language]
    for code, text in explanations(language).items():
        assert text.group, code
        assert text.labels == (wrong, right), code
        assert text.why.startswith(why), code
        assert text.wrong != text.right, code
        assert len(text.meaning) <= 90, code
        assert text.meaning.endswith(".") if language == "en" else text.meaning.endswith("。"), code
        assert text.body.splitlines()[0] == text.meaning


def test_the_chinese_is_chinese_and_the_english_english() -> None:
    for code, text in explanations("zh_CN").items():
        assert re.search(r"[\u4e00-\u9fff]{3}", text.meaning), code
    for code, text in explanations("en").items():
        words = re.sub("“[^”]*”|口径说明|下辖|一是, 三是", "", text.meaning)
        assert not re.search(r"[\u4e00-\u9fff]", words), code


def test_both_languages_have_the_same_groups_and_the_same_examples() -> None:
    english, chinese = (explanations(language) for language in LANGUAGES)
    groups = [list(dict.fromkeys(text.group for text in texts.values())) for texts in (english, chinese)]
    assert len(groups[0]) == len(groups[1]) > 5
    pairs = dict(zip(*groups, strict=True))
    for code, text in english.items():
        assert chinese[code].group == pairs[text.group], code
        if code not in TOLD_IN_WORDS:
            assert (chinese[code].wrong, chinese[code].right) == (text.wrong, text.right), code


@pytest.mark.parametrize(
    "text",
    [
        "## no-why\n\nMeaning.\n\nWrong:\n\n    a\n\nRight:\n\n    b\n",
        "## no-right\n\nMeaning.\n\nWhy: so.\n\nWrong:\n\n    a\n",
        "## Not-A-Code\n\nMeaning.\n\nWhy: so.\n\nWrong:\n\n    a\n\nRight:\n\n    b\n",
        "A line of no section.\n",
        "## twice\n\nMeaning.\n\nWhy: so.\n\nWrong:\n\n    a\n\nRight:\n\n    b\n\n" * 2,
    ],
)
def test_a_text_that_is_not_of_the_agreed_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^line [0-9]+ "):
        parse_explanations(text)


def test_an_example_keeps_its_blank_lines_and_its_indentation() -> None:
    text = "# G\n\n## a-b\n\nM.\n\nWhy: so.\n\nWrong:\n\n    x:\n      y\n\n      z\n\nRight:\n\n    x\n\n## c\n"
    found = parse_explanations(text[: text.index("\n## c")])
    assert (found["a-b"].group, found["a-b"].wrong, found["a-b"].right) == ("G", "x:\n  y\n\n  z", "x")


# --- the texts are true --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(CATALOGUE.keys() - TOLD_IN_WORDS))
def test_the_wrong_example_is_found_and_the_right_one_is_not(code: str, project: Project) -> None:
    text = explanations("en")[code]
    assert code in codes_of(project, text.wrong)
    assert code not in codes_of(project, text.right)


def test_every_code_is_raised_by_a_case_of_the_suite_or_by_a_named_test() -> None:
    in_suite = {code.removeprefix("explained ") for path in CASES for _line, code in expected(path)}
    elsewhere = [code for code, _file in RAISED_IN]
    assert in_suite <= CATALOGUE.keys()
    assert [code for code in CATALOGUE if code not in in_suite and code not in elsewhere] == []
    assert [code for code in elsewhere if code in in_suite] == []
    for code, file in RAISED_IN:
        assert f'"{code}"' in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file} does not name {code}"


# --- the reference -------------------------------------------------------------------------------------------

REFERENCES = {"en": "REFERENCE.md", "zh_CN": "REFERENCE.zh-CN.md"}
HEADS = {
    "en": "# Codes\n\nEvery finding has a code. This is what `reportgen explain CODE` says of each.\n",
    "zh_CN": "# 提示代码\n\n每条提示末尾的方括号里有一个代码。这里是 `reportgen explain 代码` 对各代码的说明。\n",
}


def reference(language: str) -> str:
    """Return what the reference says: every code with its severity, by group, as explain prints it."""
    lines, group = [HEADS[language]], ""
    texts = explanations(language)
    for code, text in texts.items():
        if text.group != group:
            group = text.group
            lines.append(f"## {group}\n")
        lines.append(f"### {code}\n\n**{WORDS[language][CATALOGUE[code].severity]}**\n\n{text.body}\n")
    return "\n".join(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_says_of_every_code_what_explain_says(language: str) -> None:
    path = ROOT / REFERENCES[language]
    if os.environ.get("REPORTGEN_GOLDEN"):
        path.write_text(reference(language), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == reference(language)
    assert re.findall("^### (.+)$", reference(language), re.MULTILINE) == list(explanations(language))


# --- the command ---------------------------------------------------------------------------------------------


def run(*arguments: str, language: str = "en", encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", "explain", *arguments],
        cwd=FOLDER,  # it needs no project
        env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": language, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding="utf-8",
    )


def test_a_code_is_explained_with_its_severity_and_both_examples() -> None:
    result = run("total-mismatch")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "total-mismatch: error\n\nA total is not the sum of its parts.\n\n"
        "Why: Readers add the figures up; a sum that does not come out puts all the others in doubt.\n\n"
        "Wrong:\n\n    数据:\n      案件: {受理: 440, 民事: 93, 刑事: 352}\n\n"
        "Right:\n\n    数据:\n      案件: {受理: 445, 民事: 93, 刑事: 352}\n"
    )


def test_the_language_is_that_of_the_messages() -> None:
    result = run("total-mismatch", language="zh_CN")
    assert result.stdout.startswith("total-mismatch: 错误\n\n合计不等于各分项之和。\n\n为什么：")


@pytest.mark.parametrize("typed", ["[total-mismatch]", "Total-Mismatch"])
def test_a_code_may_be_typed_as_a_message_shows_it(typed: str) -> None:
    assert run(typed).stdout.startswith("total-mismatch: error\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_code_all_are_listed_a_line_each(language: str) -> None:
    result = run(language=language)
    assert (result.returncode, result.stderr) == (0, "")
    texts = explanations(language)
    lines = [line for line in result.stdout.splitlines() if line.startswith("  ")]
    assert [line.split(maxsplit=2) for line in lines] == [
        [code, WORDS[language][kind.severity], texts[code].meaning] for code, kind in CATALOGUE.items()
    ]
    others = [line for line in result.stdout.splitlines() if line and not line.startswith("  ")]
    assert others == list(dict.fromkeys(text.group for text in texts.values()))


def test_a_code_that_there_is_not_is_wrong_usage_and_the_nearest_is_named() -> None:
    result = run("totl-mismatch")
    assert (result.returncode, result.stdout) == (2, "")
    assert "totl-mismatch" in result.stderr
    assert "did you mean total-mismatch?" in result.stderr


def test_more_than_one_code_is_wrong_usage() -> None:
    assert run("total-mismatch", "tab").returncode == 2


def test_a_console_that_cannot_show_chinese_is_no_traceback() -> None:
    result = run("total-mismatch", language="zh_CN", encoding="ascii")
    assert result.returncode == 0
    assert result.stderr == ""
