"""Reading takes time that grows with the text, whatever the text: every rule over long runs and many clauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import write_input
from reportgen.helping.repair import repaired
from reportgen.reading.project import Project, glance
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.running.strays import strays
from reportgen.telling.catalogue import Severity

CHARACTERS = "7，。一是件人其中占% 　*#-|（）“《〔[{}\\_.:；、?的共约xX元万年区甲A"
CLAUSES = (
    "共10件，其中民事3件、刑事5件；", "办理案件10件，占20%，", "一是甲乙；", "2022年度办理，", "建立3项制度，即甲、乙、丙；",
    "全部回访，", "（包括情况）", "张**与李**，", "{{ 案件.受理 }}件，", "第1条", "[待补]", "2023年1月1日，", "《法律援助法》，",
    "| a | b |\n    ", "- 甲乙\n    ", "1. 甲乙\n    ", "# 甲\n\n    ", "比上年增加3件，增长5%，", "某市某区，", "盘龙区盘龙区，",
)  # fmt: skip
SECONDS = 4.0  # of processor time; one or two where nothing else runs, and what is quadratic takes ten and more


def took(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def check_text(library: Library, project: Project, text: str) -> Callable[[], object]:
    path = write_input(project, f"数据:\n  案件: {{受理: 445}}\n正文:\n  情况: |\n    始{text}终\n")
    return lambda: check(library, path)


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_run_of_one_character(library: Library, project: Project, character: str) -> None:
    assert took(check_text(library, project, character * 20_000)) < SECONDS


@pytest.mark.parametrize("character", "7a，.")
def test_looking_for_files_that_nobody_reads(project: Project, character: str) -> None:
    """Inputs are searched for the names of their CSV files."""
    write_input(project, f"正文:\n  情况: {character * 200_000}\n")
    assert took(lambda: list(strays(project))) < SECONDS


@pytest.mark.parametrize("clause", CLAUSES)
def test_many_clauses(library: Library, project: Project, clause: str) -> None:
    assert took(check_text(library, project, clause * 2_000)) < SECONDS


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f"别处{n}: 1\n" for n in range(20_000)),
        "数据:\n  案件:\n" + "".join(f"    别处{n}: 1\n" for n in range(20_000)),
        "数据:\n  其他:\n" + "".join(f"    别处{n}: 1件\n" for n in range(20_000)),
        "评分:\n" + "".join(f"  - {{三级指标: 别处{n}, 得分: 1}}\n" for n in range(10_000)),
        "口径说明:\n" + "".join(f"  别处{n}: 甲\n" for n in range(10_000)),
        "下辖: [" + "centre, " * 5_000 + "centre]\n",
        "正文:\n  情况: |\n"
        + "".join(f"    - 第{n}项工作按计划完成，各项要求得到落实，群众反映良好\n" for n in range(5_000)),
    ],
    ids=["keys", "facts", "others", "rows", "reasons", "centres", "items"],
)
def test_many_lines(library: Library, project: Project, lines: str) -> None:
    path = write_input(project, lines if lines.startswith("数据") else "数据:\n  案件: {受理: 445}\n" + lines)
    assert took(lambda: check(library, path)) < SECONDS


def test_the_number_of_districts_does_not_matter(project: Project) -> None:
    """Counted, not timed: no rule looks at the districts one by one."""
    looked = 0

    class Districts(dict[str, frozenset[str]]):
        def __contains__(self, key: object) -> bool:
            nonlocal looked
            looked += 1
            return super().__contains__(key)

        def __iter__(self):  # type: ignore[no-untyped-def]
            raise AssertionError("the districts are gone through")

    text = "数据:\n  案件: {受理: 445}\n正文:\n  情况: 本区与甲县、乙市合作，丙区的做法可以借鉴。\n"
    counts = []
    for many in (40, 4000):
        library = Library(project, system_fonts=False)
        library.__dict__["places"] = Districts({f"第{n}区": frozenset([f"某省某市第{n}区"]) for n in range(many)})
        looked = 0
        assert check(library, write_input(project, text)).findings == ()
        counts.append(looked)
    assert counts[0] == counts[1] > 0


def test_notes_and_warnings_of_a_kind_are_counted_from_the_two_hundredth(library: Library, project: Project) -> None:
    path = write_input(project, "正文:\n  情况: |\n" + "    增加3件。\n\n" * 1_000)
    outcome = check(library, path)
    found = [finding for finding in outcome.findings if finding.code == "unbound-number"]
    assert len(found) == 200
    assert found[-1].message.endswith("(and 800 more of this kind in this file)")
    path = write_input(project, "".join(f"别处{n}: 1\n" for n in range(300)))
    errors = [finding for finding in check(library, path).findings if finding.code == "unknown-key"]
    assert len(errors) == 300, "errors are never left out"
    assert sum("can be" in finding.hint or "did you mean" in finding.hint for finding in errors) == 20
    assert all(finding.severity is Severity.ERROR for finding in errors)


def test_mending_many_lines(tmp_path: Path) -> None:
    text = "数据:\n  其他:\n" + "".join(f"    键{n:04}：1件\n" for n in range(300))
    assert took(lambda: repaired(text)) < 4 * SECONDS


@pytest.mark.parametrize("text", ["甲乙 .csv", "甲.csv，", "甲", " .cs"])
def test_a_glance_at_what_may_be_names_of_lists(project: Project, text: str) -> None:
    path = write_input(project, "正文: 见 a.csv" + text * (1_000_000 // len(text.encode())))
    assert took(lambda: glance(path)) < SECONDS
