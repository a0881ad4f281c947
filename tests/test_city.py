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


def test_a_sum_over_many_centres_names_the_first(project: Project) -> None:
    names = [f"c{number:02}" for number in range(40)]
    for name in names:
        write_input(project, HEAD.replace("测试中心", name) + "数据: {案件: {受理: 1}}\n", name)
    text = f"{HEAD}下辖: [{', '.join(names)}]\n数据: {{案件: {{受理: 41}}}}\n"
    found = check(Library(project, system_fonts=False), write_input(project, text, "city")).findings
    (finding,) = [each for each in found if each.code == "city-total"]
    assert "sum to 40件: 1件（c00） + " in finding.message
    assert len(finding.message) < 200
