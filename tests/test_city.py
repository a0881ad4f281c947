"""A city whose figures are those of its districts together (汇总: 是)."""

from __future__ import annotations

import pytest

from conftest import HEAD, write_input
from reportgen.numbers.quantity import Quantity
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.findings import Finding

CITY = HEAD + "下辖: [east, west]\n汇总: 是\n"


def city(project: Project, own: str, east: str, west: str | None) -> tuple[Library, list[Finding]]:
    for name, data in (("east", east), ("west", west)):
        if data is not None:
            text = HEAD.replace("测试中心", name).replace("某市", f"某市{name}区")
            write_input(project, f"{text}数据: {data}\n", name)
    library = Library(project, system_fonts=False)
    path = write_input(project, CITY + f"数据: {own}\n", "city")
    return library, list(check(library, path).findings)


def value(library: Library, name: str) -> str:
    found = library.facts(library.project.inputs / "2023" / "city.yaml").value(name)
    return str(found) if isinstance(found, Quantity) else "missing"


def test_what_the_city_does_not_state_is_the_sum_and_ratios_are_worked_out_anew(project: Project) -> None:
    library, findings = city(
        project,
        "{}",
        "{案件: {受理: 100, 民事: 40, 刑事: 60, 办结: 90}}",
        "{案件: {受理: 50, 民事: 30, 刑事: 20, 办结: 30}}",
    )
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert value(library, "案件.受理") == "150"
    assert value(library, "案件.民事") == "70"
    assert value(library, "案件.结案率") == "80.0%"  # 120 of 150: neither 90 % nor 60 %, nor their mean


def test_what_the_city_states_is_held_against_the_sum(project: Project) -> None:
    _library, findings = city(project, "{案件: {受理: 151}}", "{案件: {受理: 100}}", "{案件: {受理: 50}}")
    assert [finding.code for finding in findings if finding.severity == "error"] == ["city-total"]


@pytest.mark.parametrize("west", [None, "{咨询: {接待: 3}}", "{案件: {受理: 五十}}"])
def test_a_district_that_is_missing_or_does_not_say_leaves_the_total_open(project: Project, west: str | None) -> None:
    library, _findings = city(project, "{}", "{案件: {受理: 100}}", west)
    assert value(library, "案件.受理") == "missing"


def test_a_city_without_districts_is_told_to_name_them(project: Project) -> None:
    library = Library(project, system_fonts=False)
    path = write_input(project, HEAD + "汇总: 是\n数据: {案件: {受理: 1}}\n", "city")
    (finding,) = [each for each in check(library, path).findings if each.about.path == "汇总"]
    assert (finding.code, finding.hint) == ("bad-value", "name their files under 下辖: [east, west], without .yaml")


@pytest.mark.parametrize(
    ("west", "hint"),
    [
        (
            "{咨询: {接待: 3}}",
            "it is the sum over 下辖: first state it in inputs/2023/west.yaml; type under 数据: 案件: {受理: …件}",
        ),
        (None, "it is the sum over 下辖: first mend the file there that is missing or cannot be read; type under"),
    ],
)
def test_an_open_total_that_is_printed_names_the_centre_to_ask(project: Project, west: str | None, hint: str) -> None:
    (project.templates / "plain" / "report.md").write_text("受理{{ 案件.受理 }}件。", encoding="utf-8")
    _library, findings = city(project, "{}", "{案件: {受理: 100}}", west)
    (finding,) = [each for each in findings if each.code == "missing-fact"]
    assert finding.hint.startswith(hint)


PARTS = "案件: {受理: 100, 民事: 40, 刑事: 60}"
WRONG_REVIEW = "评查: {优秀: 16, 良好: 42, 合格: 40, 不合格: 0, 件数: 62}"


def prints(project: Project, wording: str) -> None:
    (project.templates / "plain" / "report.md").write_text(wording, encoding="utf-8")


def told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity.value, each.path) for each in findings if each.path.startswith("下辖")]


@pytest.mark.parametrize(
    ("wording", "west", "expected"),
    [
        ("受理{{ 案件.受理 }}件。", f"{{{PARTS}}}\n坏: [", ["district-errors"]),  # it cannot be read
        ("受理{{ 案件.受理 }}件。", "{案件: {受理: 1x}}", ["district-errors"]),
        ("{% if 案件.民事 %}民事{{ 案件.民事 }}件。{% endif %}", "{案件: {受理: 9, 民事: 1x}}", ["district-errors"]),
        ("合格{{ 评查.合格 }}件。", f"{{{PARTS}, {WRONG_REVIEW}}}", ["district-errors"]),  # parts that do not add up
        ("优良{{ 评查.优良率|default('—') }}。", f"{{{WRONG_REVIEW}}}", ["district-errors"]),  # worked out from these
        ("受理{{ 案件.受理 }}件。", f"{{{PARTS}, {WRONG_REVIEW}}}", []),  # and it is not printed
        ("受理{{ 案件.受理 }}件。", f"{{{PARTS}}}\n日期: 明天", ["cannot-check"]),  # no figure
        ("受理{{ 案件.受理 }}件。", f"{{{PARTS}, 案件办结: 3}}", ["cannot-check"]),
        ("合格{{ 评查.合格 }}件。", f"{{{WRONG_REVIEW}}}\n口径说明: {{评查.件数: 部分案卷两次评查。}}", []),
    ],
)
def test_errors_of_a_district_in_what_the_city_prints_are_told_there(
    project: Project, wording: str, west: str, expected: list[str]
) -> None:
    prints(project, wording)
    east = "{案件: {受理: 100, 民事: 40, 刑事: 60}, 评查: {优秀: 1, 良好: 1, 合格: 1, 不合格: 0}}"
    _library, findings = city(project, "{}", east, west)
    assert [code for code, _severity, _path in told(findings) if "sum" not in code] == expected
    errors = {("district-errors", "error", "下辖.1")}
    assert {each for each in told(findings) if each[1] == "error"} <= errors


@pytest.mark.parametrize(("below", "path"), [("[east, west]", "下辖.1"), ("[e*, w*]", "下辖.1"), ("['*']", "下辖.0")])
@pytest.mark.parametrize("west", ["{案件: {受理: 1x}}", "[\n"])
def test_a_table_of_districts_is_not_printed_with_what_is_wrong(
    project: Project, below: str, path: str, west: str
) -> None:
    prints(project, "{% for 区 in 下辖 %}{{ 区.单位 }}{{ 区.案件.受理|default('—') }}。{% endfor %}")
    project.inputs.joinpath("2023", "east.yaml").parent.mkdir(exist_ok=True)
    for name, data in (("east", "{案件: {受理: 100}}"), ("west", west)):
        write_input(project, f"{HEAD.replace('测试中心', name)}数据: {data}\n", name)
    text = f"{HEAD}下辖: {below}\n数据: {{咨询: {{接待: 3}}}}\n"
    findings = list(check(Library(project, system_fonts=False), write_input(project, text, "city")).findings)
    assert told(findings) == [("district-errors", "error", path)]


def test_without_a_sum_or_a_table_errors_of_a_district_leave_the_city_open(project: Project) -> None:
    write_input(project, f"{HEAD.replace('测试中心', 'west')}数据: {{案件: {{受理: 1x}}}}\n", "west")
    text = f"{HEAD}下辖: [west]\n数据: {{案件: {{受理: 3}}}}\n"
    findings = list(check(Library(project, system_fonts=False), write_input(project, text, "city")).findings)
    assert told(findings) == [("cannot-check", "note", "下辖.0")]


def test_what_one_district_does_not_state_has_no_sum(project: Project) -> None:
    """One finding for the facts that are not stated by the same centres, of those alone that a document prints."""
    prints(project, "{% if 案件.民事 %}民事{{ 案件.民事 }}件，刑事{{ 案件.刑事 }}件。{% endif %}{{ 案件.受理 }}")
    _library, findings = city(project, "{}", f"{{{PARTS}, 咨询: {{接待: 3}}}}", "{案件: {受理: 50}}")
    assert told(findings) == [("cannot-check", "note", "下辖.1")]
    (finding,) = [each for each in findings if each.path == "下辖.1"]
    assert finding.message == (
        "there is no sum of 案件.刑事、案件.民事: not stated in west.yaml, as it is in the others"
    )


def test_what_the_city_states_itself_and_what_no_district_states_is_not_missed(project: Project) -> None:
    prints(project, "{% if 案件.民事 %}民事{{ 案件.民事 }}件。{% endif %}{{ 案件.行政|default('—') }}")
    _library, findings = city(project, "{案件: {民事: 60}}", f"{{{PARTS}}}", "{案件: {受理: 50}}")
    assert told(findings) == []


def test_a_sum_over_many_centres_names_the_first(project: Project) -> None:
    names = [f"c{number:02}" for number in range(40)]
    for name in names:
        write_input(project, HEAD.replace("测试中心", name) + "数据: {案件: {受理: 1}}\n", name)
    text = f"{HEAD}下辖: [{', '.join(names)}]\n数据: {{案件: {{受理: 41}}}}\n"
    found = check(Library(project, system_fonts=False), write_input(project, text, "city")).findings
    (finding,) = [each for each in found if each.code == "city-total"]
    assert "sum to 40件: 1件（c00） + " in finding.message
    assert len(finding.message) < 200
