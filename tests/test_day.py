"""A clerk's day from nothing to next year's file, as the READMEs show it: recorded by the same commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

READMES = {"en": ROOT / "README.md", "zh_CN": ROOT / "README.zh-CN.md"}
RECORDED = re.compile(r"(<!-- recorded by tests/test_day\.py -->\n\n```console\n)(.*?)(```\n)", re.DOTALL)
INPUT = "inputs/2024/qinghe.yaml"
VALUES = {
    "地区": "某省清河市", "日期": "2025-01-20", "案件.受理": "200", "案件.民事": "120", "案件.刑事": "80", "案件.办结": "190",
    "资金.到位": "50", "资金.支出": "48", "评查.件数": "100", "评查.优秀": "60", "评查.良好": "30", "评查.合格": "10",
}  # fmt: skip
DAY = [
    "init --centre 清河市法律援助中心 --form 法律援助信息公示 --year 2024 --file qinghe",
    "check qinghe",
    f"# {INPUT}",
    "check qinghe",
    "build --fonts bundled",
    "status",
    "pack",
    f"new --from {INPUT}",
    "diff 2024/qinghe 2025/qinghe",
]
MOST, FIRST, LAST = 9, 4, 2  # lines of an output that are shown, and of one that is longer


def filled(text: str) -> str:
    """Return a new input as a clerk fills it."""
    for name, value in VALUES.items():
        group, _dot, key = name.rpartition(".")
        start = text.index(f"  {group}:") if group else 0
        at = re.compile(rf"^ *{key}:", re.MULTILINE).search(text, start)
        assert at, name
        text = f"{text[: at.end()]} {value} {text[at.end() :].lstrip(' ')}"
    return text


def session(folder: Path, language: str) -> tuple[str, list[int]]:
    """Return what a terminal shows of the day, long outputs cut, and the exit codes."""
    shown, codes = [], []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": language, "PYTHONIOENCODING": "utf-8"}
    for line in DAY:
        if line.startswith("#"):
            path = folder / INPUT
            path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
            shown.append(line)
            continue
        run = subprocess.run(
            [sys.executable, "-m", "reportgen", *line.split()], cwd=folder, env=environment, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        codes.append(run.returncode)
        lines = [each.rstrip() for each in run.stdout.splitlines()]
        shown += [f"$ reportgen {line}", *(lines if len(lines) <= MOST else [*lines[:FIRST], "…", *lines[-LAST:]])]
    return "\n".join(shown) + "\n", codes


@pytest.mark.parametrize("language", READMES)
def test_the_day_that_the_readme_shows_is_the_one_that_one_has(tmp_path: Path, language: str) -> None:
    found, codes = session(tmp_path, language)
    assert codes == [0, 1, 0, 0, 0, 0, 0, 0]  # the first check says what is not filled yet
    assert (tmp_path / "outputs/2024/qinghe/public-notice/report.pdf").is_file()
    path = READMES[language]
    text = path.read_text(encoding="utf-8")
    if os.environ.get("REPORTGEN_GOLDEN"):
        path.write_text(RECORDED.sub(lambda block: block[1] + found + block[3], text), encoding="utf-8")
    recorded = RECORDED.search(path.read_text(encoding="utf-8"))
    assert recorded
    assert recorded[2] == found
