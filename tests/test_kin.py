"""Files that belong together, are copies of one another, or are passed over by every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import write_input
from reportgen.cli import main
from reportgen.reading.project import Glance, Project, glance
from reportgen.running.kept import Kept
from reportgen.running.kin import Glances, copies_of, kin_of
from reportgen.running.sets import digest_of
from reportgen.running.strays import strays

HEAD = """\
单位: {unit}法律援助中心
地区: 某省某市{unit}
年度: {year}
日期: {next}-01-15
报告: [plain]
数据:
"""
FIGURES = "  案件: {受理: 445, 民事: 93, 刑事: 352, 办结: 410, 批准: 444}\n  咨询: {来访: 1860, 来电: 2201}\n"


def centre(project: Project, unit: str, name: str, figures: str = FIGURES, year: int = 2023) -> Path:
    return write_input(project, HEAD.format(unit=unit, year=year, next=year + 1) + figures, name, str(year))


def glances(project: Project) -> dict[Path, Glance]:
    return {path: glance(path) for path in project.input_files()}


def test_a_copy_of_another_centre_is_told_in_both_with_its_file(project: Project) -> None:
    """Seven figures, of which 93 has two digits: six can be telling."""
    one, other = centre(project, "甲县", "jia"), centre(project, "乙县", "yi")
    centre(project, "丙县", "bing", FIGURES.translate(str.maketrans("123456789", "234567891")))
    found = copies_of(project, glances(project))
    assert {path: (copy.file, copy.shared, copy.figures) for path, copy in found.items()} == {
        one: ("inputs/2023/yi.yaml", 6, 6),
        other: ("inputs/2023/jia.yaml", 6, 6),
    }


def test_files_of_one_centre_or_of_two_years_are_no_copies(project: Project) -> None:
    centre(project, "甲县", "jia")
    centre(project, "甲县", "jia-second")
    centre(project, "乙县", "yi", year=2022)
    assert copies_of(project, glances(project)) == {}


def test_half_of_the_figures_is_not_most_of_them(project: Project) -> None:
    half = FIGURES.replace("410", "411").replace("444", "443").replace("1860", "1861")  # three of six
    centre(project, "甲县", "jia")
    centre(project, "乙县", "yi", half)
    assert copies_of(project, glances(project)) == {}


def test_many_copies_are_all_told(project: Project) -> None:
    """More than are remembered for a figure: the last one is still seen to be like the first."""
    paths = [centre(project, f"{n}县", f"c{n}") for n in range(50)]
    assert set(copies_of(project, glances(project))) == set(paths)


def checked(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    monkeypatch.chdir(project.root)
    result = CliRunner().invoke(main, ["check", "--format", "json"])
    return [entry for entry in json.loads(result.stdout) if entry["code"] in ("stale-figures", "not-read")]


def test_last_years_figures_are_told_with_their_places(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """案件.民事 has two digits; 上年 states all others, six, with the same values."""
    centre(project, "甲县", "jia", year=2022)
    centre(project, "甲县", "jia")
    (found,) = checked(project, monkeypatch)
    assert found["file"] == "inputs/2023/jia.yaml"
    assert "6 of 6" in found["message"] or "6 个" in found["message"]
    assert "案件.受理" in found["message"]
    assert "inputs/2022/jia.yaml" in found["message"]


def test_what_rarely_changes_is_no_sign_of_a_copy(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    steady = "  机构: {编制: 115, 在编: 112, 工作站: 120}\n  人口: {常住: 38.55}\n"
    centre(project, "甲县", "jia", steady, year=2022)
    centre(project, "甲县", "jia", steady)
    assert checked(project, monkeypatch) == []


@pytest.mark.parametrize(
    "place", ["2023/a.yaml.txt", "2023/a.yml", "2023/drafts/a.yaml", "a.yaml", "2023/a.yml.txt", "2023/a.docx"]
)
def test_a_file_that_no_command_reads_is_told(project: Project, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    centre(project, "甲县", "jia")
    path = project.inputs / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("单位: 乙\n", encoding="utf-8")
    (found,) = checked(project, monkeypatch)
    assert (found["file"], found["code"], found["severity"]) == (f"inputs/{place}", "not-read", "warning")
    assert found["hint"]


def test_names_that_differ_in_case_alone_are_told(project: Project) -> None:
    centre(project, "甲县", "jia")
    second = centre(project, "乙县", "Jia")
    if len(project.input_files()) < 2:
        pytest.skip("the file system does not tell the two apart")
    told = [outcome.input for outcome in strays(project)]
    assert told in ([project.name(second)], ["inputs/2023/jia.yaml"])


@pytest.mark.parametrize("name", [".DS_Store", "~$jia.yaml", "README.md", ".jia.yaml.swp"])
def test_what_systems_leave_behind_is_not_told(project: Project, name: str) -> None:
    centre(project, "甲县", "jia")
    (project.inputs / "2023" / name).write_text("x", encoding="utf-8")
    assert list(strays(project)) == []


def test_only_a_list_beside_the_input_is_one_of_its_files(project: Project) -> None:
    """A worker elsewhere gets these, and no other file of ours."""
    path = centre(project, "甲县", "jia", FIGURES + "正文: {情况: '见 ../../secret.csv、/etc/b.csv 和 c.csv'}\n")
    beside = kin_of(project, [path]).beside(path)
    assert str(path.with_name("c.csv")) in beside
    assert {Path(each).parent for each in beside} == {path.parent, project.inputs / "2022"}


def test_a_file_is_looked_at_once_while_it_is_the_same(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered is the whole glance; a damaged memory, another program or a file that changed are no excuse."""
    head = HEAD.format(unit="甲县", year=2023, next=2024)
    text = f"下辖: [c2]\n{head}  案件: {{受理: 1445, 办结: 1234}}\n明细: {{补贴明细: a list.csv}}\n"
    path = write_input(project, text, "c1")
    looked: list[str] = []

    def counted(seen: Path) -> bytes:
        looked.append(seen.name)
        return seen.read_bytes()

    def kept(program: str = "1") -> Glance:
        glances = Glances(Kept(tmp_path / "glances.json", program))
        found = glances.of(path, digest_of(path))
        glances.save()
        return found

    monkeypatch.setattr("reportgen.running.kin.seen_bytes", counted)
    first = glance(path)
    assert first.is_city
    assert (len(first.figures), len(first.lists)) == (2, 2)
    assert [kept(), kept(), kept("2")] == [first] * 3
    assert looked == ["c1.yaml"] * 2
    (tmp_path / "glances.json").write_text('{"of": "2", "value": {"' + digest_of(path) + '": [1]}}', encoding="utf-8")
    assert kept("2") == first
    write_input(project, text.replace("1445", "1446"), "c1")
    assert kept("2") == glance(path) != first
    assert Glances(Kept(tmp_path / "other.json", "2")).of(path, "of what it was before") == glance(path)
