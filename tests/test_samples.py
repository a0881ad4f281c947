"""The two sample centres: the seeds' figures, every number in prose a reference, and the text of their documents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.reading.project import find_project
from reportgen.reading.source import leaves, read_source
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.writing.blocks import Heading

INPUTS = sorted((ROOT / "inputs").glob("20[12][38]/*.yaml"))  # made from published reports
EVERY = sorted((ROOT / "inputs").rglob("*.yaml"))
GOLDEN = ROOT / "tests" / "golden"
HOTLINES = re.compile(r"12348|12345")  # names, not numbers

# Figures of seeds-audit.md that its sums support, and the published ones where nothing decides.
FIGURES = {
    "lieshan": {
        "案件.任务数": "380", "案件.受理": "445", "案件.民事": "93", "案件.刑事": "352", "案件.办结": "434",
        "案件.结案率": "97.5%", "案件.完成率": "117%", "刑事来源.法院通知": "108", "刑事来源.检察院通知": "214",
        "刑事来源.公安机关通知": "28", "刑事来源.直接申请": "2", "咨询.录入": "993", "咨询.中心录入": "290",
        "咨询.工作站录入": "703", "咨询.接待": "3000余", "资金.到位": "62", "资金.计划": "41.8", "资金.省拨": "35",
        "资金.中央": "30", "资金.以奖代补": "5", "资金.区级配套": "27", "资金.到位率": "148%", "用途.补贴": "61.8",
        "用途.宣传": "0.2", "宣传.采用省级以上": "33", "回访.件数": "198", "法律帮助.人数": "279", "值班.班次": "74",
    },
    "panlong": {
        "案件.受理": "864", "案件.民事": "577", "案件.刑事": "268", "咨询.接待": "4818", "代书.文书": "70",
        "宣传.场次": "24", "宣传.材料": "19000余", "宣传.信息": "46", "宣传.采用省级以上": "18", "值班.律师": "180",
        "目标.应援尽援率": "100%",
    },
    "nanjing": {
        "案件.受理": "14,892", "案件.万人比": "14.5", "法律帮助.件数": "9139", "咨询.热线": "15.64万",
        "预算.全年": "878.50", "预算.基本支出": "354.17", "预算.项目支出": "524.33", "对象案件.农民工": "7290",
        "对象案件.妇女儿童": "5453", "对象案件.老年人": "915", "对象案件.残疾人": "241", "机构.编制": "15",
        "机构.在编": "14", "机构.领导职数": "3", "调解.件数": "500余", "调解.成功": "近20",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(find_project(ROOT), system_fonts=False)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_the_figures_are_those_of_the_published_report(path: Path, library: Library) -> None:
    facts = examine(library, path).facts
    assert {name: str(facts.value(name)) for name in FIGURES[path.stem]} == FIGURES[path.stem]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_there_is_no_finding_but_those_that_a_reason_explains(path: Path, library: Library) -> None:
    findings = examine(library, path).findings
    assert findings
    assert all(finding.reason for finding in findings)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_number_in_the_prose_is_a_reference(path: Path) -> None:
    typed, references = [], 0
    for place, text in leaves(read_source(path)):
        if place[0] in ("正文", "口径说明") or (
            place[0] == "评分" and place[-1] in ("评分过程", "扣分原因", "偏差原因")
        ):
            references += text.count("{{")
            plain = HOTLINES.sub("", re.sub(r"\{\{.*?\}\}", "", text))
            typed += [(place, number) for number in re.findall(r"[0-9０-９]+", plain)]
    assert typed == []
    assert references > 20


def text_of(path: Path, library: Library) -> Iterator[str]:
    for form, written in examine(library, path).written:
        for document in (written.report, *written.annexes):
            if document:
                yield f"=== {form.id}: {document.label or '报告'}"
                yield from (" | ".join(text for text in group if text) for group in document.strings() if any(group))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_no_sample_has_a_finding_that_nobody_explains(path: Path, library: Library) -> None:
    assert [finding for finding in examine(library, path).findings if finding.severity != "note"] == []


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_the_text_of_the_documents_is_kept(path: Path, library: Library) -> None:
    """The golden file was read by a person; REPORTGEN_GOLDEN=1 writes it anew, to be read again."""
    golden = GOLDEN / f"{path.stem}.txt"
    text = "\n".join(text_of(path, library)) + "\n"
    if os.environ.get("REPORTGEN_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_headings_are_numbered_without_a_gap(path: Path, library: Library) -> None:
    headings = 0
    for _form, written in examine(library, path).written:
        above = [0, 0, 0, 0, 0]
        for block in written.report.blocks:
            if isinstance(block, Heading):
                headings += 1
                above[block.level] += 1
                above[block.level + 1 :] = [0] * (4 - block.level)
                number = above[block.level]
                numerals = "一二三四五六七八九十"
                expected = [f"{numerals[number - 1]}、", f"（{numerals[number - 1]}）", f"{number}.", f"（{number}）"]
                assert block.number == expected[block.level - 1], block
    assert headings > 15
