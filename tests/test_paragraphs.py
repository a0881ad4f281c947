"""fix parts what the page would run together, and changes nothing else."""

from __future__ import annotations

import pytest

from conftest import HEAD
from reportgen.helping.repair import repaired
from reportgen.reading.source import leaves, parse_source

TEXT = "正文:\n  情况: |\n"


def mended(*lines: str) -> list[str]:
    text = HEAD + TEXT + "".join(f"    {line}".rstrip() + "\n" for line in lines) + "  其他: 完\n"
    new, _edits = repaired(text)
    assert new.startswith(HEAD + TEXT)
    assert new.endswith("  其他: 完\n")
    return [line.strip() for line in new[len(HEAD + TEXT) : -len("  其他: 完\n")].split("\n")[:-1]]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["1.甲。", "2.乙。"], ["1.甲。", "", "2.乙。"]),
        (["（一）甲", "（二）乙", "（三）丙"], ["（一）甲", "", "（二）乙", "", "（三）丙"]),
        (["如下：", "①甲。"], ["如下：", "", "①甲。"]),
        (["1. 甲", "2. 乙"], ["1. 甲", "2. 乙"]),  # a list of Markdown
        (["共有", "2.1台账。"], ["共有", "2.1台账。"]),
        (["| 甲 | 乙 |", "| 1 | 2 |"], ["| 甲 | 乙 |", "|---|---|", "| 1 | 2 |"]),
        (
            ["见下表。", "| 甲 | 乙 |", "|---|---|", "| 1 | 2 |"],
            ["见下表。", "", "| 甲 | 乙 |", "|---|---|", "| 1 | 2 |"],
        ),
        (["| 甲 | 乙 |", "|---|---|", "| 1 | 2 |"], ["| 甲 | 乙 |", "|---|---|", "| 1 | 2 |"]),
        (["甲。", "乙。"], ["甲。", "乙。"]),
    ],
)
def test_a_line_is_put_in_where_the_page_would_run_on(typed: list[str], expected: list[str]) -> None:
    assert mended(*typed) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_other_value_changes_and_line_ends_stay(end: str) -> None:
    text = (HEAD + TEXT + "    1.甲。\n    2.乙。\n  其他: 完\n").replace("\n", end)
    new, (edit,) = repaired(text)
    assert edit.line == (HEAD + TEXT).count("\n") + 2
    assert new.replace(end, "") == text.replace(end, "")
    others = [leaf for leaf in leaves(parse_source(new.encode(), "")) if leaf[0] != ("正文", "情况")]
    assert others == [leaf for leaf in leaves(parse_source(text.encode(), "")) if leaf[0] != ("正文", "情况")]
    assert repaired(new)[0] == new
