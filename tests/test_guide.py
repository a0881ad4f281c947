"""The template author's guide in README.zh-CN.md, followed step by step: a form, a profile and a column, no Python."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import BOUND, ROOT
from reportgen.cli import main
from reportgen.printing.pdfwords import pdf_text

GUIDE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8").split("## 新建一个表单")[1].split("\n## ")[0]
FORM = "templates/duty-lawyer"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the guide has been followed."""
    folder = tmp_path_factory.mktemp("guide")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "inputs" / "2024").mkdir(parents=True)
    copies = re.findall(r"^    cp (-r )?(\S+) (\S+)$", GUIDE, re.MULTILINE)
    assert len(copies) == 2
    for whole, source, target in copies:
        (shutil.copytree if whole else shutil.copy)(folder / source, folder / target)
    blocks = re.findall(r"`((?:templates|inputs)/[^`]+)`(.*?)：\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    assert [path for path, _between, _text in blocks] == [
        "templates/profiles/anhui.yaml", f"{FORM}/form.yaml", f"{FORM}/report.md", f"{FORM}/annex.md",
        "inputs/2024/example.yaml",
    ]  # fmt: skip
    for path, between, text in blocks:
        if "一行改为" in between:
            key = text.split(":")[0]
            old = (folder / path).read_text(encoding="utf-8")
            new, count = re.subn(rf"^{key}:.*\n", text, old, flags=re.MULTILINE)
            assert count == 1
            (folder / path).write_text(new, encoding="utf-8")
        else:
            (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_the_guide_makes_a_form_a_profile_and_a_column(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, ["build", "--fonts", "bundled", "--verify"])
    assert result.exit_code == 0, result.output
    made = folder / "outputs" / "2024" / "example" / "duty-lawyer"
    assert sorted(file.name for file in made.iterdir()) == BOUND
    report, annex = (pdf_text((made / f"{name}.pdf").read_bytes()) for name in ("report", "annex"))
    assert "自评得分87.33分,等级为“良”" in report  # 60 × 74 / 90 = 49.333…, and 38
    assert "一、基本情况" in report
    assert "≥90次" in annex
    assert "完成74次,49.33=60×74次÷90次。下半年值班点减少" in annex


def test_what_the_guide_says_of_the_scores_is_so() -> None:
    assert "得分是 87.33 分：值班班次 49.33 分（60 × 74 ÷ 90），为当事人提供帮助 38 分" in GUIDE


def test_a_fault_in_the_new_form_is_placed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    form = folder / FORM / "form.yaml"
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace("分值: 60", "分值: 50"), encoding="utf-8")
    result = CliRunner().invoke(main, ["check"])
    form.write_text(text, encoding="utf-8")
    assert result.exit_code == 1
    assert f"{FORM}/form.yaml" in result.output
    assert "the points of “产出” sum to 50, not 60" in result.output
