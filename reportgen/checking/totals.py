"""The finished tables -> whether their totals are those of the cells above them, as a reader adds them up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from reportgen.checking.case import Case
from reportgen.forms.form import Column, Form
from reportgen.numbers.quantity import trimmed
from reportgen.scoring.scores import Scores
from reportgen.telling.findings import Finding, Subject, has_errors
from reportgen.telling.messages import _

ADDITIVE = ("分值", "得分")  # fields of a row that its table sums exactly


def printed_totals(case: Case) -> Iterator[Finding]:
    """What a table prints under 分值 and 得分 is the sum of its rows; a total that is re-scaled says so beside it."""
    for form, scores in zip(case.forms, case.scores, strict=True):
        if has_errors(scores.findings):
            continue  # the cause is told
        for column in form.annex.columns if form.annex else ():
            field = next((name for name in ADDITIVE if form.field(column.name) == name and column.total), "")
            if field and not (field == "得分" and scores.rescaled):
                yield from _total(case, form, scores, column, field)


def _total(case: Case, form: Form, scores: Scores, column: Column, field: str) -> Iterator[Finding]:
    total = scores.total if field == "得分" else scores.full
    counted = [row for row in scores.rows if field == "得分" or not row.beyond]
    cells = [_number(row.texts.get(field, "")) for row in counted]
    known = [cell for cell in cells if cell is not None]
    if total is None or (scores.rescaled and field == "分值") or len(known) < len(cells):
        return
    if sum(known, Decimal(0)) != total:
        message = _("the cells under “{column}” sum to {sum}, but the table prints {total}").format(
            column=column.name, sum=trimmed(sum(known, Decimal(0))), total=trimmed(total)
        )
        span = case.facts.source.key_span(("评分",))
        hint = _("correct the points of the rows, or the form “{form}”").format(form=form.name)
        yield Finding("total-unlike-cells", span, message, hint, Subject.row(), trimmed(total))


def _number(text: str) -> Decimal | None:
    """Return what a cell prints; “—” counts as nothing."""
    if text == "—":
        return Decimal(0)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
