"""What a clerk sees in VS Code: keys with their meaning, and mistakes underlined, by the language server that it runs.

``.ci/tools`` installs yaml-language-server into .tools, or the folder that REPORTGEN_TOOLS names; without it, or
without Node.js, these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from conftest import ROOT
from languageserver import LanguageServer
from reportgen.helping.scaffold import MODELINE
from reportgen.helping.schema import refreshed
from reportgen.helping.starter import set_up
from reportgen.reading.project import find_project
from reportgen.running.library import Library

TOOLS = Path(os.environ.get("REPORTGEN_TOOLS", ROOT / ".tools"))
SERVER = TOOLS / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
NODE = shutil.which("node") or ""
pytestmark = pytest.mark.skipif(
    not (NODE and SERVER.is_file()), reason=f"no node, or no yaml-language-server in {TOOLS}: run .ci/tools"
)
HEAD = """\
单位: 某中心
地区: 某区
年度: 2024
日期: 2025-01-15
报告: [法律援助信息公示, project-evaluation]
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """A server on a project as init makes it, with the settings that init writes."""
    root = tmp_path_factory.mktemp("editor")
    list(set_up(root))
    refreshed(Library(find_project(root)))
    shutil.copytree(ROOT / "inputs", root / "inputs")
    settings = json.loads((root / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    with LanguageServer([NODE, str(SERVER), "--stdio"], root, settings) as server:
        yield server


NUMBERS = count(1)


def fresh(editor: LanguageServer) -> Path:
    """Return the path of an input that is not open yet; it need not be on the disk."""
    return editor.root / "inputs" / "2024" / f"centre-{next(NUMBERS)}.yaml"


def test_in_the_shipped_files_nothing_is_underlined(editor: LanguageServer) -> None:
    templates = sorted((editor.root / "templates").glob("**/*.yaml"))
    paths = [*sorted(editor.root.glob("inputs/*/*.yaml")), *templates, editor.root / "reportgen.yaml"]
    assert len(paths) > 20
    found = editor.underlined_in({path: path.read_text(encoding="utf-8") for path in paths})
    assert {path.name: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize("first_line", [MODELINE + "\n", ""], ids=["modeline", "settings"])
def test_mistakes_are_underlined_where_they_stand(editor: LanguageServer, first_line: str) -> None:
    text = f"{first_line}{HEAD}数据:\n  案件: {{受里: 3, 受理: 445件, 民事: 5人}}\n  其他: {{微电影: 1部}}\n正文:\n  经验: a\n甲: 乙\n"
    found = editor.underlined(fresh(editor), text)
    first = 7 + bool(first_line)
    told = {(first, "Property 受里 is not allowed."), (first + 4, "Property 甲 is not allowed.")}
    others = [(line, message) for line, message in sorted(found) if (line, message) not in told]
    assert told <= set(found)
    assert [line for line, _message in others] == [first, first + 3]
    assert others[0][1].startswith("写数，可以带单位（件、宗、起）")
    assert others[1][1].startswith("所选的表单都没有这段文字")


def test_a_roster_and_forms_are_read_by_their_own_schemas(editor: LanguageServer) -> None:
    roster = editor.root / "inputs" / "2024" / "roster.yaml"
    assert editor.underlined(roster, "应报: [qinghe]\n截至: 2025-03-31\n") == [(2, "Property 截至 is not allowed.")]
    form = editor.root / "templates" / "own" / "form.yaml"
    assert editor.underlined(form, "继承: public-notice\n名子: 甲\n") == [(2, "Property 名子 is not allowed.")]


def test_facts_are_offered_with_unit_and_meaning(editor: LanguageServer) -> None:
    offered = editor.completed(fresh(editor), f"{MODELINE}\n{HEAD}数据:\n  案件:\n    ▮\n")
    assert offered["任务数"] == "件，上级下达的年度办案任务\n\n单位也写作 宗、起"
    assert "可以不填，自动算：案件.办结 / 案件.受理" in offered["结案率"]
    assert "必填：法律援助信息公示" in offered["受理"]
    assert "案件" not in offered
    groups = editor.completed(fresh(editor), f"{MODELINE}\n{HEAD}数据:\n  ▮\n")
    assert groups["受援人"]
    assert groups["其他"].startswith("词汇表里没有的")


def test_texts_and_rows_are_those_of_the_forms_asked_for(editor: LanguageServer) -> None:
    texts = editor.completed(fresh(editor), f"{MODELINE}\n{HEAD}正文:\n  ▮\n")
    assert {"项目概况", "主要经验", "其他说明"} <= set(texts)
    assert "自评工作" not in texts
    assert "本年度计划资金" in texts["项目概况"]
    rows = editor.completed(fresh(editor), f"{MODELINE}\n{HEAD}评分:\n  - 三级指标: ▮\n")
    assert rows["立项依据充分性"] == "项目支出绩效评价报告，满分 4"
    keys = editor.completed(fresh(editor), f"{MODELINE}\n{HEAD}评分:\n  - 三级指标: 立项依据充分性\n    ▮\n")
    assert {"得分", "扣分原因", "评分过程"} <= set(keys)
    assert "年度指标值" not in keys


def test_forms_are_offered_by_folder_and_by_name(editor: LanguageServer) -> None:
    offered = editor.completed(fresh(editor), f"{MODELINE}\n报告: [▮]\n")
    assert offered["public-notice"] == "法律援助信息公示"
    assert offered["法律援助信息公示"] == "public-notice"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("数据:\n  案件: {受▮理: 445}\n", "件，本年度受理、审批并办理的案件总数"),
        ("数据:\n  案▮件: {受理: 445}\n", "本年度的法律援助案件"),
        ("正文:\n  项目▮概况: 甲\n", "标题：项目概况"),
        ("评分:\n  - {三级▮指标: 甲}\n", "行的名字"),
        ("评分:\n  - {三级指标: 甲, 扣▮分原因: 乙}\n", "扣了分的写原因"),
    ],
)
def test_a_key_says_what_it_means(editor: LanguageServer, text: str, told: str) -> None:
    assert told in editor.hovered(fresh(editor), f"{MODELINE}\n{HEAD}{text}")
