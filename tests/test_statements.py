"""Numbers in sentences are held against facts and against one another; tests/suite/statements holds the cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import HEAD, write_input
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.findings import Finding

DATA = """\
数据:
  案件: {受理: 445, 民事: 93, 刑事: 352, 办结: 434, 旁听: 22起}
  咨询: {接待: 3000余, 录入: 993}
  资金: {支出: 62, 到位: 62}
  回访: {件数: 198, 满意: 190}
  其他: {全部: 10件, 甲: 4件, 乙: 5件, 丙: 1件, 钱: 10.01万元, 钱一: 5万元, 钱二: 5万元}
"""

Told = Callable[[str], list[Finding]]


@pytest.fixture
def told(project: Project) -> Told:
    library = Library(project, system_fonts=False)

    def of(text: str) -> list[Finding]:
        path = write_input(project, HEAD + DATA + f"正文:\n  情况: |\n    {text}\n")
        return list(check(library, path).findings)

    return of


@pytest.mark.parametrize(
    ("text", "name", "reference"),
    [
        ("全年办理案件445件。", "案件.受理", "{{ 案件.受理 }}件"),
        ("办理刑事案件352件。", "案件.刑事", "{{ 案件.刑事 }}件"),
        ("派员旁听庭审22起。", "案件.旁听", "{{ 案件.旁听 }}件"),
        ("结案率97.5%。", "案件.结案率", "{{ 案件.结案率 }}"),  # 434 / 445 is 97.528…%: so at the digits typed
        ("支出经费62万元。", "资金.支出", "{{ 资金.支出 }}万元"),
        ("支出经费620,000元。", "资金.支出", "{{ 资金.支出 }}万元"),
    ],
)
def test_a_typed_number_that_is_a_fact_names_its_reference(told: Told, text: str, name: str, reference: str) -> None:
    findings = [finding for finding in told(text) if finding.code == "typed-number"]
    assert [finding.expected for finding in findings] in ([name], ["资金.到位"])
    assert reference.split("}}")[1] in findings[0].hint


@pytest.mark.parametrize("text", ["刑事案件347件。", "其中刑事案件共347件。", "刑事347件。", "办结案件400件。"])
def test_a_typed_number_that_contradicts_the_fact_before_it_is_an_error(told: Told, text: str) -> None:
    (finding,) = told(text)
    assert (finding.code, finding.severity) == ("number-contradicts", "error")


@pytest.mark.parametrize(
    ("text", "contradicts"),
    [
        ("民事案件受理93件，办结88件。", False),  # of the civil cases
        ("刑事案件352件，办结346件。", False),
        ("农民工案件186件，已办结180件。", False),
        ("全年受理案件445件，办结400件。", True),
        ("涉及受援人30人，办结400件。", True),
        ("民事案件93件，刑事案件347件。", True),  # the next of a list
    ],
)
def test_a_bare_name_goes_on_about_the_kind_before_it(told: Told, text: str, contradicts: bool) -> None:
    assert ("number-contradicts" in [finding.code for finding in told(text)]) is contradicts


@pytest.mark.parametrize(
    "text",
    [
        *("6月办结案件30件。", "去年刑事案件300件。", "平均每人办结案件20件。", "上半年受理200件。"),
        *("农民工案件受理186件。", "民事案件结案88件。", "中央资金到位30万元。"),  # of a kind that the fact is not
    ],
)
def test_a_number_of_another_time_or_measure_contradicts_nothing(told: Told, text: str) -> None:
    assert [finding.code for finding in told(text)] == ["unbound-number"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("办理{{ 其他.全部 }}件，其中甲{{ 其他.甲 }}件、乙{{ 其他.乙 }}件、丙{{ 其他.丙 }}件。", []),
        ("办理{{ 其他.全部 }}件，其中甲{{ 其他.甲 }}件、乙{{ 其他.乙 }}件。", ["parts-mismatch"]),
        ("办理{{ 其他.全部 }}件，其中甲{{ 其他.甲 }}件、乙{{ 其他.乙 }}件等。", []),
        ("办理{{ 其他.全部 }}件，其中甲{{ 其他.甲 }}件。", []),
        ("办理{{ 其他.甲 }}件，其中乙{{ 其他.乙 }}件、丙{{ 其他.丙 }}件等。", ["parts-mismatch"]),
        (
            "投入{{ 其他.钱 }}万元，其中一{{ 其他.钱一 }}万元、二{{ 其他.钱二 }}万元。",
            ["parts-mismatch"],
        ),  # 5 and 5 have no decimals that could have been rounded
        ("接待{{ 咨询.接待 }}人次，其中甲{{ 其他.甲 }}件、乙{{ 其他.乙 }}件。", []),
    ],
)
def test_what_a_sentence_lists_sums_to_what_it_says(told: Told, text: str, codes: list[str]) -> None:
    assert [finding.code for finding in told(text)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("设三个窗口，分别是甲窗、乙窗和丙窗。", []),
        ("设三个窗口，分别是甲窗、乙窗。", ["list-count"]),
        ("设3项制度，包括回访、评查。", ["list-count"]),
        ("设3项制度，包括回访、评查等。", []),
        ("设两个组：刑事组、民事和行政组。", []),
    ],
)
def test_a_list_has_as_many_items_as_it_announces(told: Told, text: str, codes: list[str]) -> None:
    assert [finding.code for finding in told(text)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("对办结案件全部回访。", ["claims-all"]),
        ("回访率达到100%。", ["number-contradicts"]),
        ("案件全部是诉讼案件，办结及时。", []),
        ("办结率和回访率稳步提高。", []),
    ],
)
def test_words_for_all_need_a_rate_of_one(told: Told, text: str, codes: list[str]) -> None:
    assert [finding.code for finding in told(text)] == codes


def test_facts_that_do_not_sum_are_told_at_their_place_alone(project: Project) -> None:
    """刑事 347 beside its sources, which sum to 352: the sentence that refers to them says nothing new."""
    data = "数据:\n  案件: {刑事: 347}\n  刑事来源: {法院通知: 108, 检察院通知: 244}\n"
    text = "刑事{{ 案件.刑事 }}件，其中法院{{ 刑事来源.法院通知 }}件、检察院{{ 刑事来源.检察院通知 }}件。"
    path = write_input(project, HEAD + data + f"正文:\n  情况: {text}\n")
    findings = check(Library(project, system_fonts=False), path).findings
    assert [(finding.code, finding.path) for finding in findings] == [("total-mismatch", "案件.刑事")]
