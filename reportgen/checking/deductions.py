"""Tables of scores in a finished report -> rows that lose points, and nothing in them says why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.checking.case import Case
from reportgen.checking.tables import FULL, SUBTOTAL, TOTAL, Table, tables_in
from reportgen.facts.reasons import NO_REASON
from reportgen.numbers.quantity import trimmed
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

SCORE = re.compile("得分|评分(?!过程|标准|细则|说明|依据)")
NAME = re.compile("指标(?:名称)?$|名称|内容$")
REASON = re.compile("原因|扣分|备注|说明|改进")
FOUND = re.compile("过程|完成|实际|情况")  # where a reason may stand as well
STANDARD = re.compile("标准|依据|细则|解释|目标|指标值")  # what is asked, not what was found
# A text that says what is lacking (部分目标未量化), or shows it by a figure (结案率95%), is a reason.
LACKING = re.compile(
    r"未|[不欠缺无]|没有|尚|扣|原因|滞后|超时|超期|逾期|低于|个别|部分|有待|进一步|偏[低高少]|较[低少慢]|\d"
)


def deductions(case: Case) -> Iterator[Finding]:
    """Where points are lost, the row says why (财预〔2020〕10号)."""
    for table in tables_in(case):
        heads = [table.head(at) for at in range(len(table.cells[0]))]
        full = [at for at, head in enumerate(heads) if FULL.search(head)]
        score = [at for at, head in enumerate(heads) if SCORE.search(head) and at not in full]
        if len(full) == len(score) == 1 and any(REASON.search(head) or FOUND.search(head) for head in heads):
            yield from _unexplained(table, heads, full[0], score[0])


def _unexplained(table: Table, heads: list[str], full: int, score: int) -> Iterator[Finding]:
    for row, cells in enumerate(table.cells):
        most, got = table.values[row][full], table.values[row][score]
        if (
            not row
            or most is None
            or got is None
            or got.low >= most.low
            or any(TOTAL.fullmatch(cell.text) or SUBTOTAL.fullmatch(cell.text) for cell in cells)
        ):
            continue
        if not _is_explained(table, heads, row):
            name = next((cells[at].text for at in range(full, -1, -1) if NAME.search(heads[at]) and cells[at].text), "")
            message = _("“{name}” loses {points} points without a reason").format(
                name=name.strip() or heads[score], points=trimmed(most.low - got.low)
            )
            hint = _("say in the row why, such as 扣分原因：部分目标未量化")
            cell, said = cells[score], trimmed(got.low)
            span = cell.span(0, len(cell.text))
            yield Finding("reason-missing", span, message, hint, cell.about, said, trimmed(most.low), False, said)


def _is_explained(table: Table, heads: list[str], row: int) -> bool:
    """Whether a column for reasons holds one, or a text on what was found tells what is lacking."""
    for at, head in enumerate(heads):
        text = str(table.cells[row][at].text).strip()
        if table.values[row][at] is not None and not REASON.search(head):
            continue  # a figure is the score, or is judged by itself
        if REASON.search(head) and not STANDARD.search(head):
            if not NO_REASON.fullmatch(text):
                return True
        elif not NAME.search(head) and not STANDARD.search(head) and LACKING.search(text):
            return True
    return False
