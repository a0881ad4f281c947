"""Typing habits are mended where the result is certain, and nothing else is touched."""

from __future__ import annotations

import difflib
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import HEAD, ROOT, write_input
from reportgen.helping.repair import Edit, readable, repaired, unreadable
from reportgen.reading.habits import find_habit, structure_lines, text_lines
from reportgen.reading.project import Project
from reportgen.reading.source import Place, leaves, parse_source
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError

TYPING = sorted((ROOT / "tests" / "suite" / "typing").glob("*.yaml"))
SAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "inputs").glob("20[12][38]/*.yaml"))}

# What is not mended, since only its writer knows what was meant; the file stays as it is, byte for byte.
LEFT = {
    "alias": "“&a” marks the group below it, and is no text",
    "backslash": "“\\d” may be a code, or a folder",
    "comment": "nothing is wrong with it",
    "comment-without-space": "445#按登记 could be a unit",
    "cut-by-comment": "#1号 may be a comment",
    "folded-text": "the lines may be one paragraph or two",
    "full-width-hash": "what follows ＃ could be a unit",
    "full-width-quotes": "the quotation marks may be meant",
    "indentation": "the line may belong to either group",
    "invisible": "find out first where it came from",
    "leading-zero": "0445 may be a code",
    "look-alike": "another character than the one shown",
    "merge-key": "a feature of YAML, not a slip",
    "quotes-not-closed": "the value may end at any place",
    "second-document": "two files in one",
    "sexagesimal": "1:30 may be a ratio or a time",
    "tab-indent-ambiguous": "a Tab of four columns puts the line elsewhere than one of two",
    "text-after-quotes": "the quotation marks may be meant",
    "thousands-on-a-line": "nothing is wrong with it",
    "type-tag": "a feature of YAML, not a slip",
}
# What else is found once the line can be read: it was hidden, or its value is no number.
UNCOVERED = {
    "alias-used": {"not-a-number"},
    "at-least": {"not-a-number"},
    "percent-first": {"not-a-number"},
    "braces-first-in-braces": {"unknown-key"},  # the form “plain” has no table
}


def expected_codes(path: Path) -> set[str]:
    """The codes of the lines that are marked in the file."""
    found = re.findall(r"# expect[^:\n]*: ([a-z0-9, -]+)", path.read_bytes().decode("utf-8", "replace"))
    return {code.strip() for codes in found for code in codes.split(",")}


def data(text: str) -> list[tuple[Place, str]]:
    return sorted(leaves(parse_source(text.encode(), "")), key=str)


def typed(body: str) -> str:
    """Return the file mended; its head is sound."""
    text, _edits = repaired(HEAD + body)
    assert text.startswith(HEAD)
    return text[len(HEAD) :]


@pytest.mark.parametrize("path", [path for path in TYPING if path.stem not in LEFT], ids=lambda path: path.stem)
def test_a_typing_habit_is_mended_to_a_file_without_that_finding(
    path: Path, project: Project, library: Library
) -> None:
    text, was_gbk = readable(path.read_bytes(), path.name)
    new, edits = repaired(text)
    assert edits or was_gbk
    target = project.inputs / "2023" / "centre.yaml"
    target.write_bytes(new.encode())
    found = {finding.code for finding in check(library, target).findings}
    same = {
        "negative",
        "cannot-check",
        "unknown-form",
        "unknown-indicator",
    }  # what the mended line says is wrong for another reason
    if path.stem == "full-width-comma-in-list":  # of the two forms, the second is there: what it asks for is missing
        assert not any("project-evaluation" not in edit.after for edit in edits)
        assert "full-width-structure" not in found
    else:
        assert found <= UNCOVERED.get(path.stem, set()) | same
    assert not found & (expected_codes(path) - same)


@pytest.mark.parametrize("path", [path for path in TYPING if path.stem in LEFT], ids=lambda path: path.stem)
def test_what_is_not_certain_is_left_as_it_is(path: Path) -> None:
    text, _gbk = readable(path.read_bytes(), path.name)
    assert repaired(text) == (text, [])


def test_the_list_of_what_is_left_names_only_cases_that_there_are() -> None:
    assert set(LEFT) | set(UNCOVERED) <= {path.stem for path in TYPING}
    assert len(TYPING) - len(LEFT) >= 35


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sound_file_needs_nothing(name: str) -> None:
    assert repaired(SAMPLES[name]) == (SAMPLES[name], [])


# --- one habit in a sound file -------------------------------------------------------------------------------

KEY = r'^(\s*(?:- \{?)?[^\s:"{]+)'


def _indent(sign: str) -> Callable[[str], str]:
    return lambda line: re.sub("^(?:  )+", lambda match: sign * (len(match[0]) // 2), line)


def _unless_tags(signs: str, typed_signs: str) -> Callable[[str], str]:
    return lambda line: line if "{{" in line else line.translate(str.maketrans(signs, typed_signs))


HABITS: dict[str, Callable[[str], str]] = {
    "full-width colon": lambda line: re.sub(KEY + ": ?", r"\1：", line, count=1),
    "full-width colon, space": lambda line: re.sub(KEY + ": ?", r"\1： ", line, count=1),
    "full-width dash": lambda line: re.sub(r"^(\s*)- ", r"\1－ ", line),
    "full-width dash alone": lambda line: re.sub(r"^(\s*)- ", r"\1－", line),
    "dash without space": lambda line: re.sub(r"^(\s*)- ", r"\1-", line),
    "full-width braces": _unless_tags("{}", "｛｝"),
    "closing brace": _unless_tags("}", "｝"),
    "opening brace": _unless_tags("{", "｛"),
    "brackets": lambda line: line.translate(str.maketrans("[]", "［］")),
    "full-width indent": _indent("　"),
    "tab after colon": lambda line: re.sub(KEY + ": ", "\\1:\t", line, count=1),
    "full-width space after colon": lambda line: re.sub(KEY + ": ", r"\1:　", line, count=1),
    "no-break space after colon": lambda line: re.sub(KEY + ": ", "\\1:\xa0", line, count=1),
    "colon without space": lambda line: re.sub(KEY + ": ", r"\1:", line, count=1),
    "quotes left out": lambda line: re.sub(r'"(\{\{[^",]*)"', r"\1", line, count=1),
    # These may be left alone: where a Tab has two possible widths, or the key is nowhere else.
    "tab indent": _indent("\t"),
    "full-width comma": lambda line: re.sub(r", (?=[^\s:,\"{}]+: )", "，", line, count=1) if "{" in line else line,
    "later full-width colon": lambda line: re.sub(r'(, [^\s:,"{}]+): ', r"\1：", line, count=1),
}
MAY_BE_LEFT = {"tab indent", "full-width comma", "later full-width colon"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.sampled_from(sorted(HABITS)), st.data())
def test_a_habit_in_a_sound_file_is_mended_to_the_same_data(name: str, habit: str, draw: st.DataObject) -> None:
    sample = SAMPLES[name]
    lines = sample.split("\n")
    places = [index for index in structure_lines(tuple(lines)) if HABITS[habit](lines[index]) != lines[index]]
    if not places:
        return
    index = draw.draw(st.sampled_from(places))
    wrong = "\n".join([*lines[:index], HABITS[habit](lines[index]), *lines[index + 1 :]])
    new, edits = repaired(wrong)
    if habit in MAY_BE_LEFT and not edits:
        assert new == wrong
        return
    assert [edit.line for edit in edits] == [index + 1]
    assert data(new) == data(sample)
    assert repaired(new) == (new, [])


@pytest.mark.parametrize(("habit", "least"), [("tab indent", 0.7), ("full-width comma", 0.9)])
def test_what_may_be_left_is_mostly_mended(habit: str, least: float) -> None:
    lines = SAMPLES["nanjing"].split("\n")
    places = [index for index in structure_lines(tuple(lines)) if HABITS[habit](lines[index]) != lines[index]]
    files = ("\n".join([*lines[:at], HABITS[habit](lines[at]), *lines[at + 1 :]]) for at in places)
    assert sum(data_or_none(repaired(file)[0]) == data(SAMPLES["nanjing"]) for file in files) >= least * len(places)


def data_or_none(text: str) -> list[tuple[Place, str]] | None:
    try:
        return data(text)
    except ReportError:
        return None


def test_a_file_typed_full_width_throughout_is_mended() -> None:
    lines = SAMPLES["lieshan"].split("\n")
    for index in structure_lines(tuple(lines)):
        if '"' not in lines[index]:
            lines[index] = (
                re.sub(r"(?<![{%]):(?: |$)", "：", lines[index], count=1).replace("{", "｛").replace("}", "｝")
            )
            lines[index] = lines[index].replace("｛｛", "{{").replace("｝｝", "}}")
    start = time.perf_counter()
    new, edits = repaired("\n".join(lines))
    assert time.perf_counter() - start < 60
    assert len(edits) > 100
    assert data(new) == data(SAMPLES["lieshan"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("甲: ：-|#\t　，{}\"'1%\n>", max_size=14), max_size=8))
def test_any_text_is_mended_once_and_for_all_and_keeps_what_is_not_a_sign(lines: list[str]) -> None:
    text = "\n".join(lines)
    new, edits = repaired(text)
    assert repaired(new) == (new, [])
    before, after = text.split("\n"), new.split("\n")
    assert [edit.line for edit in edits] == [n for n, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b]
    prose = text_lines(tuple(before))
    assert [after[n] for n in prose] == [before[n] for n in prose]
    for old, line in zip(before, after, strict=True):
        if old.lstrip().startswith("#"):
            assert line == old
        assert re.findall(r"[甲1%#]", old) == re.findall(r"[甲1%#]", line)


# --- one sign ------------------------------------------------------------------------------------------------

MENDED = {
    "several in one line": ("数据:\n  案件：｛受理：４４５，民事：９３｝\n", "数据:\n  案件: {受理: 445, 民事: 93}\n"),
    "all lines indented with tabs": (
        "数据:\n\t案件:\n\t\t受理：445\n\t\t民事: 93\n\t咨询:\t{接待: 1}\n",
        "数据:\n  案件:\n    受理: 445\n    民事: 93\n  咨询: {接待: 1}\n",
    ),
    "a tab among spaces": (
        "数据:\n  案件:\n    受理: 1\n\t民事: 2\n    刑事: 3\n",
        "数据:\n  案件:\n    受理: 1\n    民事: 2\n    刑事: 3\n",
    ),
    "a comment behind it": ("项目: >=9%  # 说明：“甲，乙”\n", '项目: ">=9%"  # 说明：“甲，乙”\n'),
    "a sign in quotation marks": (
        '评分:\n- {三级指标: 甲, 评分过程: "乙，得分：丙"，得分：9}\n- {得分: 5}\n',
        '评分:\n- {三级指标: 甲, 评分过程: "乙，得分：丙", 得分: 9}\n- {得分: 5}\n',
    ),
    "commas of a text": (
        "评分:\n  - {三级指标：甲，扣分原因：部分，未量化}\n  - {三级指标: 乙, 扣分原因: 无}\n",
        "评分:\n  - {三级指标: 甲, 扣分原因: 部分，未量化}\n  - {三级指标: 乙, 扣分原因: 无}\n",
    ),
    "a key that rows of the table have": (
        "评分:\n  － {三级指标：甲，得分：9，扣分原因：乙，丙}\n",
        "评分:\n  - {三级指标: 甲, 得分: 9, 扣分原因: 乙，丙}\n",
    ),
    "lines read as one text": (
        "口径说明:\n  案件.受理：甲\n  案件.办结：乙\n  案件.民事：丙\n",
        "口径说明:\n  案件.受理: 甲\n  案件.办结: 乙\n  案件.民事: 丙\n",
    ),
    "quotation marks within": ('项目: %甲"乙"\n', "项目: '%甲\"乙\"'\n"),
    "an apostrophe and a backslash": ("项目: @it's\\d\n", "项目: '@it''s\\d'\n"),
    "a text with a reference in braces": (
        "评分:\n  - {三级指标: 甲, 评分过程: 共{{ 案件.受理 }}件, 得分: 3}\n",
        '评分:\n  - {三级指标: 甲, 评分过程: "共{{ 案件.受理 }}件", 得分: 3}\n',
    ),
    "thousands in braces": ("数据:\n  案件: {受理: 14,892, 民事: 3}\n", '数据:\n  案件: {受理: "14,892", 民事: 3}\n'),
    "full-width thousands": ("数据:\n  资金:\n    到位: １，２３４．５\n", "数据:\n  资金:\n    到位: 1,234.5\n"),
    "signs in quotation marks": ('数据:\n  资金: {到位: "８５％"}\n', '数据:\n  资金: {到位: "85%"}\n'),
    "a list without indentation": (
        "正文:\n  甲: 乙\n评分:\n-{三级指标: 甲}\n",
        "正文:\n  甲: 乙\n评分:\n- {三级指标: 甲}\n",
    ),
}

AS_TYPED = {
    "full-width digits in a text": "项目: 第１期\n正文:\n  甲: 共１２件，增长５％\n",
    "prose": "正文:\n  甲: |\n    乙：丙\n    -丁\n    值:1，２３\n\n    *戊\n",
    "prose below a line indented with a tab": "正文:\n  甲: |\n\t乙：丙\n",
    "a text over several lines": "项目: 甲\n  乙：丙\n  -丁\n",
    "a text in quotation marks": '项目: "甲\n  乙：丙"\n',
    "a list in brackets": "说明: [一：二, 三，四]\n",
    "groups on one line": "数据: 案件: {受理: 1}\n",
    "two entries on one line": "项目: 甲 评分: 乙\n",
    "a mark and its copy": "项目: &a 甲\n说明: *a\n",
    "what may be a comment": "项目: *甲 #1号\n",
    "a key that the row has already": "评分:\n  - {得分: 9, 扣分原因: 甲，得分: 低}\n  - {得分: 8}\n",
    "brackets of a text": "项目: 甲［注］\n正文:\n  乙: ［丙］丁\n",
    "a later key that is none elsewhere": "评分:\n  - {扣分原因: 甲, 乙：丙}\n",
    "a tab of two or four": "数据:\n  案件:\n\t受理: 1\n",
    "a telephone": "项目: 0５66-１2348\n",
    "a web address": "项目: http://a.cn/b\n",
    "a comment": "# 名称：甲，-乙 *丙\n项目: 甲  # 乙：丙\n\t# 丁\n",
}


@pytest.mark.parametrize(("wrong", "right"), MENDED.values(), ids=MENDED)
def test_what_is_certain_is_mended(wrong: str, right: str) -> None:
    assert typed(wrong) == right


@pytest.mark.parametrize("body", AS_TYPED.values(), ids=AS_TYPED)
def test_what_could_mean_something_else_stays_as_typed(body: str) -> None:
    assert typed(body) == body


def test_what_stands_above_the_trouble_is_mended_though_the_file_cannot_be_read_yet() -> None:
    new, edits = repaired("单位：甲\n地区: 乙\n项目: “丙\n  - 丁: 1\n年度：2023\n")
    assert new.startswith("单位: 甲\n")
    assert edits[0] == Edit(1, "单位：甲", "单位: 甲")
    assert unreadable(new, "f.yaml")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    new, _edits = repaired(end.join(["单位：甲", "", "# 乙：", "正文:", "  丙: |", "    丁：", "项目：戊"]))
    assert new == end.join(["单位: 甲", "", "# 乙：", "正文:", "  丙: |", "    丁：", "项目: 戊"])


@pytest.mark.parametrize(
    "text",
    [
        "甲：" * 10**5,
        '项目: %"' + "'\"" * 10**5,
        "\t" * 10**5 + "甲：乙",
        "数据: {" + "甲：1，" * 1500,
        "-甲\n" * 300,
        "甲：乙\n" * 300,
    ],
    ids=["colons", "quotes", "tabs", "entries", "dashes", "lines"],
)
def test_a_strange_file_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    repaired(text)
    assert time.perf_counter() - start < 60


def test_an_edit_is_a_line_that_changed() -> None:
    _new, edits = repaired("单位: 甲\n地区：乙\n年度：２０２３\n")
    assert edits == [Edit(2, "地区：乙", "地区: 乙"), Edit(3, "年度：２０２３", "年度: 2023")]


def test_a_value_alone_names_what_was_meant_for_a_comment() -> None:
    for text, column in (("445 ＃按登记", 4), ("445#按登记", 3)):
        habit = find_habit(text)
        assert habit is not None
        assert habit.column == column
    assert find_habit("第#1号") is None


# --- bytes ---------------------------------------------------------------------------------------------------


def test_gbk_becomes_utf8() -> None:
    text = HEAD + "数据:\n  案件: {受理: 445}\n"
    assert readable(text.encode("gbk"), "f") == (text, True)
    assert readable(text.encode(), "f") == (text, False)
    assert readable(b"\xef\xbb\xbf" + text.encode(), "f") == ("\ufeff" + text, False)


def test_bytes_that_are_neither_are_refused() -> None:
    damaged_utf8 = (HEAD + "项目: 甲\n").encode().replace("某".encode(), "某".encode()[:2])
    damaged_gbk = HEAD.encode("gbk") + b"\x81"
    foreign = "名字: 甲乙\n".encode("gbk")
    for bad in (damaged_utf8, damaged_gbk, foreign, HEAD.encode("utf-16"), HEAD.encode("gbk") + b"\xaa\xa1\n"):
        with pytest.raises(ReportError):
            readable(bad, "f")


# --- the command ---------------------------------------------------------------------------------------------

BODY = "数据:\n  # 案件：\n  案件：{受理: 445}\n"
MENDED_BODY = "数据:\n  # 案件：\n  案件: {受理: 445}\n"
DIFF = "".join(
    f"{line}\n"
    for line in difflib.unified_diff(
        (HEAD + BODY).split("\n"),
        (HEAD + MENDED_BODY).split("\n"),
        "inputs/2023/centre.yaml",
        "inputs/2023/centre.yaml",
        lineterm="",
    )
)
COMMAND = [sys.executable, "-m", "reportgen", "fix"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"}


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=project.root,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def answer(project: Project, word: str, path: str) -> tuple[int, str]:
    """Run the command at a terminal; return its exit code and stdout."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, path],
        cwd=project.root,
        env=ENVIRONMENT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    os.write(ours, f"{word}\n".encode())
    out, _err = process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    return process.returncode, out


def test_diff_shows_the_changes_and_writes_nothing(project: Project) -> None:
    path = write_input(project, BODY)
    result = run(project, "--diff", str(path))
    assert (result.returncode, result.stdout, result.stderr) == (1, DIFF, "")
    assert path.read_text(encoding="utf-8") == HEAD + BODY


def test_yes_shows_the_changes_and_writes_them(project: Project) -> None:
    path = write_input(project, BODY)
    result = run(project, "--yes", str(path))
    assert (result.returncode, result.stdout) == (0, DIFF)
    assert result.stderr == "inputs/2023/centre.yaml: 1 line(s) mended\n"
    assert path.read_bytes() == (HEAD + MENDED_BODY).encode()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("option", [[], ["--yes"], ["--diff"]])
def test_a_file_that_needs_nothing_says_so(project: Project, option: list[str]) -> None:
    path = write_input(project, MENDED_BODY)
    result = run(project, *option, str(path))
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "inputs/2023/centre.yaml: nothing to mend\n"


def test_where_nobody_can_be_asked_nothing_is_written(project: Project) -> None:
    path = write_input(project, BODY)
    result = run(project, str(path))
    assert (result.returncode, result.stdout) == (2, DIFF)
    assert "add --yes to write" in result.stderr
    assert path.read_text(encoding="utf-8") == HEAD + BODY


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("word", "code", "body"), [("y", 0, MENDED_BODY), ("n", 1, BODY), ("", 1, BODY)])
def test_at_a_terminal_the_answer_decides(project: Project, word: str, code: int, body: str) -> None:
    path = write_input(project, BODY)
    assert answer(project, word, str(path)) == (code, DIFF)
    assert path.read_text(encoding="utf-8") == HEAD + body


def test_gbk_and_windows_lines_and_a_mark_are_written_as_utf8_without_mark(project: Project) -> None:
    gbk, marked = write_input(project, BODY, "a"), write_input(project, BODY, "b")
    gbk.write_bytes((HEAD + BODY).replace("\n", "\r\n").encode("gbk"))
    marked.write_bytes(("\ufeff" + HEAD + MENDED_BODY).encode())
    result = run(project, "--yes", str(gbk), str(marked))
    assert result.returncode == 0, result.stderr
    assert "a.yaml is GBK (ANSI); it will be UTF-8" in result.stderr
    assert gbk.read_bytes() == (HEAD + MENDED_BODY).replace("\n", "\r\n").encode()
    assert marked.read_bytes() == (HEAD + MENDED_BODY).encode()


def test_what_still_cannot_be_read_is_told(project: Project) -> None:
    path = write_input(project, BODY + '项目: "丙\n')
    result = run(project, "--yes", str(path))
    assert result.returncode == 1
    assert "the closing quotation mark is missing" in result.stderr
    assert "案件: {受理: 445}" in path.read_text(encoding="utf-8")


def test_a_file_of_more_than_two_megabytes_is_refused(project: Project) -> None:
    path = write_input(project, BODY + "# \n" * 10**6)
    result = run(project, "--yes", str(path))
    assert result.returncode == 1
    assert "the file is larger than 2 MB" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["nosuch.yaml"], ["--diff", "--yes", "inputs/2023/centre.yaml"]])
def test_wrong_usage(project: Project, arguments: list[str]) -> None:
    path = write_input(project, BODY)
    assert run(project, *arguments).returncode == 2
    assert path.read_text(encoding="utf-8") == HEAD + BODY


def test_a_file_that_cannot_be_written_stays_as_it_was(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from reportgen.cli import main

    path = write_input(project, BODY)

    def full(_file: object, _data: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(project.root)
    monkeypatch.setattr(Path, "replace", full)
    result = CliRunner().invoke(main, ["fix", "--yes", str(path)])
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert path.read_text(encoding="utf-8") == HEAD + BODY
    assert list(path.parent.iterdir()) == [path]


def test_text_behind_the_bar_is_left_to_its_writer() -> None:
    """In quotation marks the bar would be printed."""
    text = HEAD + "正文:\n  情况: | 数字取自系统。\n"
    assert repaired(text) == (text, [])
