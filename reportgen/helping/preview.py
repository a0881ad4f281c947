"""A form -> its pages in Word and PDF, without any input: each fact, row and text printed as a stand-in.

The stand-ins are an input like any other, made from the vocabulary and the form, so that what is seen is what a centre
will get. No page can be taken for a report: each is marked 样张, every number is 100, every text stands in 〔〕.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.facts.facts import Facts, read_facts
from reportgen.facts.wording import Wording
from reportgen.forms.form import Form, Indicator
from reportgen.forms.needs import needs_of, templates_of
from reportgen.forms.vocabulary import OTHER, Vocabulary
from reportgen.numbers.quantity import trimmed
from reportgen.printing.origin import origin
from reportgen.reading.project import write_file
from reportgen.reading.source import parse_source
from reportgen.running.build import print_edition
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.scoring.scores import read_scores
from reportgen.telling.findings import ReportError
from reportgen.writing.documents import Written, write_documents
from reportgen.writing.prose import Prose

NUMBER = "100"
YEAR, DATE = "2024", "2025-01-15"
NAME = "preview"
ROWS = 2  # of a list, and centres under 下辖
WRITTEN = ("评分过程", "目标值", "完成值")  # of a row that a person writes, where the form prints them


def previewed(library: Library, form: Form, folder: Path) -> Iterator[Path]:
    """Write the documents of a form into ``folder``, and yield each. Raises ReportError, with every fault of it."""
    if faults := [*library.word_faults(form), *library.typst_faults(form)]:
        raise ReportError(faults)
    for end, edition in written(form, library.vocabulary).editions:
        annexes = tuple(replace(annex, preview=True) for annex in edition.annexes)
        sample = replace(edition, report=replace(edition.report, preview=True), annexes=annexes)
        for path, printout in print_edition(library, form, sample, folder, end, Options()):
            write_file(path, printout.data, library.project.name(path))
            yield path


def written(form: Form, vocabulary: Vocabulary, distinct: bool = False) -> Written:
    """Return the documents of a form as trees, with stand-ins for all that a centre writes."""
    centres = tuple(_facts(StandIns(form, vocabulary, unit)) for unit in ("〔甲区中心〕", "〔乙区中心〕"))
    facts = _facts(StandIns(form, vocabulary, distinct=distinct))
    facts = facts.beside(facts, centres)
    wording = Wording(facts)
    scores = read_scores(form, facts, wording)
    source = origin(form.id, NAME, facts.meaning)
    return write_documents(form, facts, scores, Prose(wording), (), source, draft=False)


def _facts(given: StandIns) -> Facts:
    text = json.dumps(given.data, ensure_ascii=False, indent=1)
    return read_facts(parse_source(text.encode(), NAME), given.vocabulary)


@dataclass(frozen=True)
class StandIns:
    """What a form is filled with in place of a centre's words and numbers."""

    form: Form
    vocabulary: Vocabulary
    unit: str = "〔单位名称〕"
    distinct: bool = False  # every fact has a number of its own: what a proof needs

    @property
    def data(self) -> dict[str, Any]:
        """The file."""
        return {
            "单位": self.unit,
            "地区": "〔省市区县〕",
            "年度": YEAR,
            "日期": DATE,
            "项目": "〔项目名称〕",
            "报告": [self.form.id],
            "数据": self.facts(),
            "明细": {name: [self.row_of(name)] * ROWS for name in self.vocabulary.lists},
            "评分": list(self.rows()),
            "正文": {name: f"〔{name}：这里印填报单位写的文字〕" for name in self.form.sections},
        }

    def facts(self) -> dict[str, dict[str, str]]:
        """Every fact of the vocabulary, and those besides that the form names."""
        found: dict[str, dict[str, str]] = {}
        besides = (name for template in templates_of(self.form) for _at, name in template.names)
        names = [*self.vocabulary.facts, *(name for name in besides if name.startswith(f"{OTHER}."))]
        for more, name in enumerate(names, 1):
            group, _dot, key = name.partition(".")
            number = str(int(NUMBER) + more) if self.distinct else NUMBER
            found.setdefault(group, {})[key] = number + self.symbol(name)
        return found

    def symbol(self, name: str) -> str:
        """Return the sign that a number of this fact needs."""
        kind = self.vocabulary.facts.get(name)
        return kind.unit.symbol if kind and kind.unit.is_percent else ""

    def row_of(self, name: str) -> dict[str, str]:
        """Return a row of a list; what is worked out from the others is left to be."""
        kind = self.vocabulary.lists[name]
        stated = {key: column for key, column in kind.columns.items() if not (column and column.formula)}
        part = {kind.parts.column: next(iter(kind.parts.facts))} if kind.parts else {}
        return {key: NUMBER if column else f"〔{key}〕" for key, column in stated.items()} | part

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield what a person writes of each row of the annex."""
        by_hand = needs_of(self.form, self.vocabulary).rows
        for row in self.form.indicators:
            given = dict(self.texts_of(row))
            if row.name in by_hand:
                given["得分"] = "0" if row.beyond else trimmed(row.points)
            if given:
                yield {self.form.naming: row.name, **given}

    def texts_of(self, row: Indicator) -> Iterator[tuple[str, str]]:
        """Yield the texts of a row that its form prints and nothing else gives."""
        worked_out: Mapping[str, object] = {"目标值": row.target, "完成值": row.actual or row.target}
        for field in WRITTEN:
            if self.form.prints(field) and field not in row.texts and not worked_out.get(field):
                yield field, f"〔{field}〕"
