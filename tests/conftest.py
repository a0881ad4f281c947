"""What the tests share: the repository, and a project with a form that asks for nothing."""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["REPORTGEN_LANG"] = "en"  # messages are compared in English, whatever the machine speaks

from reportgen.checking.case import Case, Neighbours
from reportgen.checking.completeness import goals_have_results, report_follows_year
from reportgen.checking.neighbours import centres_sum_to_city, twins_agree
from reportgen.checking.rules import relations
from reportgen.facts.facts import Facts
from reportgen.facts.reasons import explained, read_reasons
from reportgen.facts.wording import Wording
from reportgen.forms.vocabulary import Vocabulary
from reportgen.helping.installed import fonts_here
from reportgen.reading.project import Project, find_project
from reportgen.running import crew
from reportgen.running.library import Library
from reportgen.running.limits import SELDOM
from reportgen.telling.findings import Finding

gc.set_threshold(*SELDOM)  # as in every process of the program

# The same examples at every run: a test does not fail by chance. HYPOTHESIS=random looks for others.
settings.register_profile("same", derandomize=True)
settings.register_profile("random", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))

ROOT = Path(__file__).resolve().parent.parent
# The files of a report with one annex, bound besides.
BOUND = [f"{name}.{kind}" for name in ("annex", "full", "report") for kind in ("docx", "pdf")]
OLD_FORM = ROOT / "tests" / "old-form"  # one with an annex.docx and an annex.typ of its own

PLAIN_FORM = """\
名称: 测试
标题: ["{{ 单位 }}", "{{ 年度 }}年度测试报告"]
"""
HEAD = """\
单位: 测试中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [plain]
"""


@pytest.fixture(scope="session", autouse=True)
def ready_workers() -> None:
    """Workers that a test hires have the program loaded; those of commands in processes of their own are as ever."""
    if "forkserver" not in multiprocessing.get_all_start_methods():  # Windows
        return
    from multiprocessing import forkserver

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(ROOT / "tests"))))  # it looks nowhere else
        multiprocessing.set_forkserver_preload(["ready"])
        forkserver.ensure_running()
    crew.START = "forkserver"  # type: ignore[assignment]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Library(find_project(ROOT)).vocabulary


def with_own_annex(templates: Path) -> Path:
    """Give the form project-evaluation an annex of its own, made in Word and Typst; return its folder."""
    folder = templates / "project-evaluation"
    (folder / "annex.md").unlink(missing_ok=True)
    for name in ("annex.docx", "annex.typ"):
        shutil.copy(OLD_FORM / name, folder / name)
    return folder


def new_project(folder: Path) -> Project:
    """Return a project with the real templates, and the form “plain”, which prints one optional text.

    What fonts there are here has been seen: a command looks at them for as long as it does for all the rest.
    """
    project = bare_project(folder)
    for file, seen in fonts_seen().items():
        (place := project.hidden("seen") / file).parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(seen)
    return project


@cache
def fonts_seen() -> dict[str, bytes]:
    """Return the files in which a project remembers what fonts there are here."""
    with tempfile.TemporaryDirectory() as folder:
        project = bare_project(Path(folder))
        for system in (True, False):
            fonts_here(project, system)
        return {path.name: path.read_bytes() for path in project.hidden("seen").glob("fonts-*.json")}


def bare_project(folder: Path) -> Project:
    """Return such a project in which nothing was seen yet."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    plain = folder / "templates" / "plain"
    plain.mkdir()
    (plain / "form.yaml").write_text(PLAIN_FORM, encoding="utf-8")
    (plain / "report.md").write_text('# 情况\n\n{{ 正文.情况|default("无") }}\n', encoding="utf-8")
    (folder / "inputs" / "2023").mkdir(parents=True)
    return find_project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of the test's own, to write into."""
    return new_project(tmp_path)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of a project that nobody writes into: its templates are read once for the whole run."""
    return Library(new_project(tmp_path_factory.mktemp("shared")), system_fonts=False)


@pytest.fixture
def library(project: Project) -> Library:
    return Library(project, system_fonts=False)


def case_of(facts: Facts, twins: Iterable[Facts] = ()) -> Case:
    """Return a case of facts alone: no form, no text."""
    return Case(facts, (), (), (), (), Neighbours(stem="centre", twins=tuple(twins)), ())


def check_facts(facts: Facts, twins: Iterable[Facts] = ()) -> list[Finding]:
    """Return what the rules on facts find, without what reading them has found."""
    case = case_of(facts, twins)
    rules = (relations, twins_agree, goals_have_results, centres_sum_to_city, report_follows_year)
    return [finding for rule in rules for finding in rule(case)]


def with_reasons(facts: Facts, findings: Iterable[Finding], reasons: Mapping[str, str]) -> list[Finding]:
    """Return the findings with those explained that ``reasons``, by 口径说明's keys, cover."""
    entry = facts.entry.model_copy(update={"reasons": dict(reasons)})
    read = read_reasons(replace(facts, entry=entry), Wording(facts))
    return explained(facts, findings, tuple(read))[0]


def write_input(project: Project, text: str, name: str = "centre", year: str = "2023") -> Path:
    """Write an input file; a text without 单位 gets a head that asks for the form “plain”."""
    path = project.inputs / year / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if "单位:" in text else HEAD + text, encoding="utf-8")
    return path


def with_replaced(document: Path, part: str, old: str, new: str, count: int = -1) -> bytes:
    """Return a Word file with something replaced in the XML of one of its parts, as a hand does it in Word."""
    out = io.BytesIO()
    with zipfile.ZipFile(document) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode(), count)
            after.writestr(name, data)
    return out.getvalue()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI has installed all that tests can need, a test that skips is a fault."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REPORTGEN_NOTHING_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
