"""The reader's language: the first variable that is set decides, and every message follows it."""

from __future__ import annotations

import ctypes
import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.reading.habits import find_habit
from reportgen.reading.source import parse_source
from reportgen.telling import messages
from reportgen.telling.findings import ReportError
from reportgen.telling.messages import VARIABLES, _, language, use

ROOT = Path(__file__).resolve().parent.parent
EMPTY = "the file is empty"
EMPTY_IN_CHINESE = "文件是空的"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Whatever a test speaks, the next one speaks English."""
    yield
    use("en")


@pytest.fixture
def no_language(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.GB18030"}, "zh_CN"),
        ({"LANG": "zh"}, "zh_CN"),
        ({"LANG": "ZH-CN"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh_CN"),  # POSIX: an empty variable is as good as none
        ({"REPORTGEN_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh_CN"),
        ({"REPORTGEN_LANG": "en", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_decides(
    no_language: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name, value in variables.items():
        no_language.setenv(name, value)
    assert language() == expected


@pytest.mark.parametrize(
    ("identifier", "expected"), [(0x0804, "zh_CN"), (0x0404, "zh_CN"), (0x0409, "en"), (0x0411, "en"), (0xFFFF, "en")]
)
def test_windows_without_variables_speaks_its_display_language(
    no_language: pytest.MonkeyPatch, identifier: int, expected: str
) -> None:
    """MS-LCID: 0804 is zh-CN, 0404 zh-TW, 0409 en-US, 0411 ja-JP."""
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: identifier)
    no_language.setattr(sys, "platform", "win32")
    no_language.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert language() == expected


def test_a_variable_wins_over_windows(no_language: pytest.MonkeyPatch) -> None:
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: 0x0804)
    no_language.setattr(sys, "platform", "win32")
    no_language.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    no_language.setenv("REPORTGEN_LANG", "en")
    assert language() == "en"


def test_a_message_follows_the_language_in_use() -> None:
    use("zh_CN")
    assert _(EMPTY) == EMPTY_IN_CHINESE
    use("en")
    assert _(EMPTY) == EMPTY


@pytest.mark.parametrize("name", ["zh_CN", "en"])
def test_a_text_that_no_catalogue_has_stays_as_it_is(name: str) -> None:
    use(name)
    assert _("no message of reportgen’s") == "no message of reportgen’s"


def test_a_language_that_there_is_not_is_english() -> None:
    use("tlh")
    assert _(EMPTY) == EMPTY


def test_findings_are_made_in_the_language_of_the_moment() -> None:
    """Messages are not frozen when a module is imported."""
    told = []
    for name in ("zh_CN", "en"):
        use(name)
        with pytest.raises(ReportError) as error:
            parse_source(b"", "f.yaml")
        told += [finding.message for finding in error.value.findings]
    assert told == [EMPTY_IN_CHINESE, EMPTY]


def test_the_habits_speak_the_language_of_the_moment() -> None:
    told = []
    for name in ("zh_CN", "en"):
        use(name)
        habit = find_habit("甲:1")
        assert habit is not None
        told.append(habit.message)
    assert told[0] != told[1]
    assert told[1].isascii()


def test_click_speaks_the_same_language() -> None:
    use("zh_CN")
    assert gettext.gettext("Commands") == "命令"
    use("en")
    assert gettext.gettext("Commands") == "Commands"


@pytest.mark.parametrize(
    "typed",
    [
        "chek", "status a", "status a b", "check --nope", "check --severity x", "build --jobs", "build --jobs x",
        "text", "text nofile.docx", "new X --year 1900", "build --jobs=", "diff --format=x a b", "explain a b",
    ],
)  # fmt: skip
def test_what_click_says_of_a_slip_has_no_word_of_english(typed: str) -> None:
    use("zh_CN")
    said = CliRunner().invoke(main, typed.split()).output
    assert re.search("错误|没有|缺少", said), said
    told = re.sub(r"'[^']*'|用法：.*|用“.*|reportgen|FILE|\(?integer(?: range)?\)?", "", said)
    assert re.findall("[A-Za-z]{3,}", told.replace("nofile.docx", "")) == [], said


def test_a_new_process_starts_in_the_language_of_its_environment() -> None:
    code = f"from reportgen.telling.messages import _; print(ascii(_({EMPTY!r})))"
    said = {}
    for name in ("zh_CN", "en"):
        environment = {**os.environ, "REPORTGEN_LANG": name, "LC_ALL": "C"}
        run = subprocess.run(  # the encoding of the output does not matter: it is ASCII
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        said[name] = run.stdout.strip()
    assert said == {"zh_CN": ascii(EMPTY_IN_CHINESE), "en": ascii(EMPTY)}


def test_the_catalogue_is_where_the_package_looks() -> None:
    assert gettext.find("reportgen", messages.LOCALES, ["zh_CN"]) is not None
