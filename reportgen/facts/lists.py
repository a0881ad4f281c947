"""明细, in the input or a CSV file beside it -> lists: rows of values, stated or worked out, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Any

from reportgen.facts.values import expected_value, read_value
from reportgen.forms.vocabulary import Check, FactKind, ListKind, Vocabulary
from reportgen.numbers.formula import Rows, UnknownError, holds, with_values
from reportgen.numbers.grammar import FormulaError
from reportgen.numbers.numerals import parted
from reportgen.numbers.quantity import Agreement, Quantity, agree, brief, unit, with_places
from reportgen.reading.frames import InputFile
from reportgen.reading.rows import NAME, Cell, read_rows
from reportgen.reading.source import Source
from reportgen.reading.trace import Piece, Traced
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

SAME = (Agreement.EQUAL, Agreement.ROUNDED, Agreement.WITHIN_ROUNDING)
OF_UNIT = re.compile(r"^\s*单位[:：]")  # 单位：万元
UNIT = re.compile(r"[^\W\d]+(?:/[^\W\d]+)?|[%‰]")  # 万元, 元/件
# An identity card (GB 11643: 17 digits and a check sign) and a mobile telephone: a list holds cases, not persons.
PERSONAL = re.compile(r"(?<!\d)(?:[1-9]\d{5}(?:19|20)\d{9}[\dXx]|1[3-9]\d{9})(?!\d)")


def read_lists(
    entry: InputFile, source: Source, vocabulary: Vocabulary, folder: Path | None
) -> tuple[dict[str, Rows], list[Finding]]:
    """Return the lists of an input, by name, and what is wrong with them; ``folder`` holds its CSV files."""
    reader = _Reader(source, vocabulary, folder)
    return {
        name: reader.rows(name, given) for name, given in entry.lists.items() if reader.knows(name) and given
    }, reader.findings


def parts_listed(kind: ListKind, rows: Rows) -> dict[str, Quantity]:
    """Return the parts of the total that the rows of a list make up, each as the sum of its rows, in its own unit.

    A part with a row that states no amount is not among them: it cannot be known.
    """
    amounts: dict[str, list[Quantity | None]] = {}
    if parts := kind.parts:
        for row in rows:
            if name := parts.facts.get(str(row.get(parts.column, ""))):
                amounts.setdefault(name, []).append(row.get(parts.amount))
    known = {name: [each for each in given if each is not None] for name, given in amounts.items()}
    return {name: reduce(add, given) for name, given in known.items() if len(given) == len(amounts[name])}


class _Reader:
    def __init__(self, source: Source, vocabulary: Vocabulary, folder: Path | None) -> None:
        self.source, self.vocabulary, self.folder = source, vocabulary, folder
        self.findings: list[Finding] = []

    def complain(self, code: str, span: Span, name: str, message: str, hint: str = "", stated: str = "") -> None:
        self.findings.append(Finding(code, span, message, hint, Subject.fact(name), stated))

    def knows(self, name: str) -> bool:
        if name in self.vocabulary.lists:
            return True
        message = _("there is no list “{name}”").format(name=name)
        hint = did_you_mean(name, self.vocabulary.lists)
        self.complain("unknown-fact", self.source.key_span(("明细", name)), name, message, hint)
        return False

    def rows(self, name: str, given: str | Sequence[Mapping[str, str]]) -> Rows:
        kind = self.vocabulary.lists[name]
        try:
            rows = self.typed(name, given) if not isinstance(given, str) else self.filed(kind, given)
        except ReportError as error:
            self.findings += error.findings
            rows = []
        read = [self.row(kind, row) for row in rows]
        columns = {key: tuple(row[key] for row in read if key in row) for key in kind.columns}
        return Rows(read, columns)

    def typed(self, name: str, given: Sequence[Mapping[str, str]]) -> list[dict[str, Cell]]:
        """Return the rows that stand in the input itself."""
        kind, rows = self.vocabulary.lists[name], []
        for index, row in enumerate(given):
            cells = {key: Cell(text.strip(), self.source.span(("明细", name, index, key))) for key, text in row.items()}
            for key in row.keys() - kind.columns.keys():
                self.no_column(kind, key, self.source.key_span(("明细", name, index, key)))
            rows.append({key: cell for key, cell in cells.items() if key in kind.columns})
        return rows

    def filed(self, kind: ListKind, file: str) -> list[dict[str, Cell]]:
        """Return the rows of a CSV file, whose first line names the columns. Raises ReportError."""
        span = self.source.span(("明细", kind.name))
        if self.folder is None or not NAME.fullmatch(file.strip()):
            message = _("“{text}” is no CSV file beside the input").format(text=file)
            self.complain("bad-value", span, kind.name, message, _("type its name, such as qinghe-subsidies.csv"))
            return []
        name = f"{self.source.file.rpartition('/')[0]}/{file.strip()}".lstrip("/")
        try:
            rows, findings = read_rows(self.folder, file.strip(), name)
        except ReportError as error:  # a file that is not there is told where the input names it
            told = [replace(found, span=span) if found.code == "file-unreadable" else found for found in error.findings]
            raise ReportError(told) from None
        self.findings += findings
        if not rows:
            self.complain("wrong-shape", Span(name), kind.name, _("the file is empty"))
            return []
        columns = [self.headed(kind, cell) for cell in rows[0]]
        head = [name for name, _unit in columns]
        for at, cell in enumerate(rows[0]):
            if head[at] in head[:at] and head[at] in kind.columns:
                message = _("the column “{name}” stands twice in the first line").format(name=head[at])
                self.complain("duplicate-key", cell.span, kind.name, message, _("keep one of the two"))
        for key, column in kind.columns.items():
            if key not in head and not (column and column.formula):
                message = _("the column “{name}” is missing").format(name=key)
                hint = _("the first line names the columns: {names}").format(names=",".join(kind.columns))
                self.complain("missing-key", rows[0][0].span, kind.name, message, hint)
        for row in rows[1:]:
            if len(row) > len(head) and any(cell.text for cell in row[len(head) :]):
                message = _("the row has {n} cells, the first line {wanted}").format(n=len(row), wanted=len(head))
                hint = _("a comma within a text: put the text in quotes")
                self.complain("wrong-shape", row[len(head)].span, kind.name, message, hint)
        return [
            {
                name: replace(cell, unit=unit)
                for (name, unit), cell in zip(columns, row, strict=False)
                if name in kind.columns
            }
            for row in rows[1:]
        ]

    def headed(self, kind: ListKind, cell: Cell) -> tuple[str, str]:
        """Return the column that a heading names, and the unit that it gives for numbers without one: 金额（万元）."""
        name, inside = (cell.text, "") if cell.text in kind.columns else parted(cell.text)
        column, typed = kind.columns.get(name), OF_UNIT.sub("", inside).strip()
        if name not in kind.columns or (typed and not column):
            self.no_column(kind, cell.text, cell.span)
            return cell.text, ""
        if not typed or not column or typed in column.synonyms:
            return name, ""
        if not UNIT.fullmatch(typed) or unit(typed).base != column.unit.base:
            message = _("the column “{name}” cannot be in {unit}").format(name=name, unit=typed)
            hint = _("state it in {unit}").format(unit=column.unit.symbol)
            self.complain("wrong-unit", cell.span, column.name, message, hint)
            return name, ""
        return name, typed

    def no_column(self, kind: ListKind, key: str, span: Span) -> None:
        message = _("“{name}” has no column “{key}”").format(name=kind.name, key=key)
        self.complain("unknown-key", span, kind.name, message, did_you_mean(key, kind.columns))

    def row(self, kind: ListKind, cells: Mapping[str, Cell]) -> dict[str, Any]:
        """Return the values of a row; what is blank is left out, or worked out."""
        row: dict[str, Any] = {}
        for key, cell in cells.items():
            column = kind.columns[key]
            if PERSONAL.search(cell.text):
                message = _("“{text}” looks like the number of a person’s identity card or telephone")
                hint = _("a list that is sent holds case numbers, not persons: leave it out")
                self.complain("personal-data", cell.span, kind.name, message.format(text=cell.text[:4] + "…"), hint)
            if column is None:
                row[key] = Traced([Piece(cell.text, _spot(cell.span), 0)])
            elif cell.text:
                value = read_value(cell.text, column, partial(self.told, column, cell), cell.unit)
                if value is not None:
                    row[key] = value
        for key, column in kind.columns.items():
            if column and column.formula:
                self.work_out(column, key, row, cells)
        for check in kind.checks:
            self.hold(check, kind, row, cells)
        self.placed(kind, cells)
        return row

    def hold(self, check: Check, kind: ListKind, row: Mapping[str, Any], cells: Mapping[str, Cell]) -> None:
        """Hold a row against what must be true of each."""
        try:
            if holds(check.relation, row):
                return
            left, right = (with_values(side, row) for side in (check.relation.left, check.relation.right))
        except (UnknownError, FormulaError):
            return
        cell = next((cells[name] for name in check.relation.names if name in cells), None)
        message = _("“{check}” does not hold in this row: {left} is not {sign} {right}").format(
            check=check.name, left=left, sign=check.relation.printed_sign, right=right
        )
        span = cell.span if cell else self.source.key_span(("明细", kind.name))
        code = "implausible" if check.advisory else "limit-exceeded"
        self.complain(code, span, kind.name, message, _("correct one of these numbers"))

    def placed(self, kind: ListKind, cells: Mapping[str, Cell]) -> None:
        """Say where a row names no part of the total that the rows make up."""
        if not kind.parts or ((cell := cells.get(kind.parts.column)) and cell.text in kind.parts.facts):
            return
        hint = _("type one of {names}").format(names="、".join(kind.parts.facts))
        if cell and cell.text:
            message = _("“{text}” is no part of “{name}”").format(text=cell.text, name=kind.parts.total)
            self.complain("unknown-fact", cell.span, kind.name, message, hint, cell.text)
        else:
            message = _("the column “{name}” of this row is blank").format(name=kind.parts.column)
            span = next((cell.span for cell in cells.values()), self.source.key_span(("明细", kind.name)))
            self.complain("missing-key", span, kind.name, message, hint)

    def told(self, column: FactKind, cell: Cell, code: str, message: str, hint: str) -> None:
        self.complain(code, cell.span, column.name, message, hint, cell.text)

    def work_out(self, column: FactKind, key: str, row: dict[str, Any], cells: Mapping[str, Cell]) -> None:
        """Put the value of a formula in its column, or hold what is stated there against it."""
        try:
            expected = expected_value(column, row)
        except (UnknownError, FormulaError):
            return
        cell = cells.get(key)
        if key not in row and expected.exact:
            row[key] = with_places(expected, column.places) if column.places is not None else expected
        elif key not in row:
            odd = next(cells[name] for name in row if isinstance(row[name], Quantity) and not row[name].exact)
            message = _("“{text}” is no exact number: “{name}” cannot be worked out from it")
            hint = _("type the exact number, or what “{name}” is").format(name=key)
            self.complain("bad-value", odd.span, column.name, message.format(text=odd.text, name=key), hint, odd.text)
        elif cell and agree(row[key], expected) not in SAME:
            message = _("“{name}” is stated as {stated}, but the other columns of the row give {expected}")
            said, shown = brief(row[key]), brief(expected)
            message = message.format(name=key, stated=said, expected=shown)
            hint = _("type {expected}, or correct one of the numbers it is made of").format(expected=shown)
            self.findings.append(
                Finding("ratio-mismatch", cell.span, message, hint, Subject.fact(column.name), said, shown)
            )


def _spot(span: Span) -> Any:
    return lambda offset, length: Span(span.file, span.line, span.column + offset, length, span.text)
