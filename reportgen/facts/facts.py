"""A centre's file and the vocabulary -> facts, each stated or derived, each with its place in the file."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from reportgen.facts.lists import parts_listed, read_lists
from reportgen.facts.values import expected_value, read_value, typed_full_width
from reportgen.forms.vocabulary import OTHER, YES, Check, FactKind, Vocabulary
from reportgen.numbers.dates import DATE, DateError, advice, read_date
from reportgen.numbers.formula import Missing, Rows, UnknownError, lacks_any, missing, unstated
from reportgen.numbers.grammar import Expression, FormulaError, parse_relation
from reportgen.numbers.numerals import mended
from reportgen.numbers.quantity import Quantity, convert, number, with_places
from reportgen.reading.formats import INPUT, of_another
from reportgen.reading.formats import KEY as FORMAT
from reportgen.reading.frames import SUGGESTIONS, InputFile, read_frame
from reportgen.reading.keys import subject_of
from reportgen.reading.source import Place, Source
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _, joined
from reportgen.telling.nearest import did_you_mean

NONE = Decimal(0)
EXAMPLE = "其他.项目总数 == 其他.年初项目 + 其他.年中项目"
NO_DATE = datetime.date.min
LONG = 20  # characters of a value that is more likely a text than a word


@dataclass(frozen=True)
class Stated:
    """A value that the file states, and where."""

    quantity: Quantity
    span: Span


@dataclass(frozen=True)
class Facts:
    """Everything a centre's file says. ``scope`` holds the names that expressions see."""

    entry: InputFile
    source: Source
    vocabulary: Vocabulary
    year: int
    date: datetime.date
    stated: Mapping[str, Stated]
    findings: tuple[Finding, ...]
    blanks: Mapping[str, Span] = field(default_factory=dict)  # facts whose key stands there without a value
    last_year: Facts | None = None
    earlier_unread: bool = False  # the file of the year before is there, and cannot be read
    subordinates: tuple[Facts, ...] = ()
    checks: tuple[Check, ...] = ()  # 核对: the centre's own
    lists: Mapping[str, Rows] = field(default_factory=dict)  # 明细
    _derived: dict[str, Quantity | Missing] = field(default_factory=dict)

    @cached_property
    def scope(self) -> dict[str, Any]:
        """The names of the language: 单位, 年度, …, the groups of facts, and 上年."""
        groups: dict[str, Any] = {name: _Group(self, name) for name in self.vocabulary.groups}
        groups[OTHER] = _Group(self, OTHER)
        named = {
            "单位": self.entry.unit,
            "地区": self.entry.district,
            "项目": self.entry.project,
            "年度": number(self.year),
            "日期": chinese_date(self.date),
        }
        if self.last_year:
            groups["上年"] = self.last_year.scope
        if self.subordinates:
            together = {name: _Together(self, name) for name in self.vocabulary.groups}
            groups["下辖"] = Rows((centre.scope for centre in self.subordinates), together)
        return groups | dict(self.lists) | {name: value for name, value in named.items() if value}

    @cached_property
    def meaning(self) -> str:
        """The hash of what the file says: comments, quotes and the order of keys that nobody prints do not count."""
        data = {key: value for key, value in self.source.data.items() if key != FORMAT}
        if isinstance(groups := data.get("数据"), Mapping):
            data["数据"] = {
                key: dict(sorted(facts.items())) if isinstance(facts, Mapping) and key != OTHER else facts
                for key, facts in sorted(groups.items())
            }
        rows = {
            name: [{key: str(cell) for key, cell in row.items()} for row in self.lists[name]] for name in self.lists
        }
        text = json.dumps([sorted(data.items()), sorted(rows.items())], ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def value(self, name: str) -> Quantity | Missing:
        """Return the fact ``name``: as stated, or derived by its formula, or Missing."""
        if name in self.stated:
            return self.stated[name].quantity
        if name not in self._derived:
            self._derived[name] = missing(name)  # a formula that comes back to itself finds nothing
            self._derived[name] = self._derive(name)
        return self._derived[name]

    def parts(self, formula: Expression) -> list[str]:
        """Return the facts that a formula names, those of a group each: 办结分类|sum."""
        known = self.vocabulary.facts
        named = ([name] if name in known else [each for each in known if each.startswith(f"{name}.")]
                 for name in formula.names)  # fmt: skip
        return [name for names in named for name in names]

    def lacking(self, formula: Expression) -> list[str]:
        """Return those of its parts that have no value."""
        return [name for name in self.parts(formula) if isinstance(self.value(name), Missing)]

    @cached_property
    def open_parts(self) -> frozenset[str]:
        """The parts of sums that need not have them all (分项可缺), and have not."""
        sums = (kind.formula for kind in self.vocabulary.facts.values() if kind.open and kind.formula)
        return frozenset(part for formula in sums if self.lacking(formula) for part in self.parts(formula))

    @cached_property
    def listed(self) -> dict[str, dict[str, Quantity]]:
        """The parts of totals that rows of 明细 make up, by list: 资金明细 -> 资金.中央 -> 30万元."""
        kinds, facts = self.vocabulary.lists, self.vocabulary.facts
        return {
            name: {part: convert(total, facts[part].unit) for part, total in parts_listed(kinds[name], rows).items()}
            for name, rows in self.lists.items()
        }

    def _derive(self, name: str) -> Quantity | Missing:
        if self.entry.sums == YES and (total := self.together(name)) is not None:
            return total
        if total := next((parts[name] for parts in self.listed.values() if name in parts), None):
            return total
        kind = self.vocabulary.facts.get(name)
        if kind is None or kind.formula is None:
            return missing(name)
        if (kind.open or kind.formula.needs_all) and lacks_any(kind.formula, self.scope):
            return missing(name)
        try:
            value = expected_value(kind, self.scope)
        except (UnknownError, FormulaError):
            return missing(name)
        return with_places(value, kind.places) if kind.places is not None else value

    def unstated(self, expression: Expression, unknown: str = "") -> tuple[str, ...]:
        """Return the facts for want of which ``expression`` has no value: ``unknown`` alone where some may lack."""
        if not expression.needs_all:
            return (unknown,) * bool(unknown)
        return tuple(name for name in unstated(expression, self.scope) if self.vocabulary.knows(name))  # not 分值

    def behind(self, names: Sequence[str]) -> set[str]:
        """Return facts that have no value with those from which each would follow, as a rate does."""
        kinds = [kind for name in names if (kind := self.vocabulary.facts.get(name))]
        formulas = [kind.formula for kind in kinds if kind.formula and not kind.open and kind.formula.needs_all]
        return {*names, *(part for formula in formulas for part in unstated(formula, self.scope))}

    @cached_property
    def completed(self) -> Facts:
        """Return the facts with 0 for what is not stated of a sum that its other parts make up; for checks only."""
        nothing: dict[str, Stated] = {}
        for name, stated in self.stated.items():
            kind = self.vocabulary.facts.get(name)
            if kind is None or kind.formula is None or not kind.formula.adds or not stated.quantity.exact:
                continue
            absent = [part for part in unstated(kind.formula, self.scope) if part in self.vocabulary.facts]
            if absent and _equals(stated.quantity, kind, self.scope):
                units = {part: self.vocabulary.facts[part].unit for part in absent}
                nothing |= {part: Stated(Quantity(NONE, NONE, unit, 0), stated.span) for part, unit in units.items()}
        return replace(self, stated={**nothing, **self.stated}, _derived={}) if nothing else self

    def with_stated(self, name: str, quantity: Quantity) -> Facts:
        """Return the facts as they would be if ``name``, which is stated, were ``quantity``."""
        stated = {**self.stated, name: replace(self.stated[name], quantity=quantity)}
        return replace(self, stated=stated, _derived={})

    def beside(self, last_year: Facts | None, subordinates: tuple[Facts, ...], earlier_unread: bool = False) -> Facts:
        """Return the facts with last year's, and those of the centres under 下辖, to refer to."""
        return replace(self, last_year=last_year, subordinates=subordinates, earlier_unread=earlier_unread, _derived={})

    @property
    def earlier(self) -> str:
        """The file of the year before."""
        return f"inputs/{self.year - 1}/{self.source.file.rpartition('/')[2]}"

    def together(self, name: str) -> Quantity | None:
        """Return the sum of a fact over the centres under 下辖; None where one lacks it, or it cannot be summed."""
        kind = self.vocabulary.facts.get(name)
        if kind is None or not kind.can_be_summed:
            return None
        values = [centre.value(name) for centre in self.subordinates]
        known = [value for value in values if isinstance(value, Quantity)]
        if not known or len(known) < len(values):
            return None
        total, *rest = known
        for value in rest:
            total += value
        return total

    def span(self, name: str) -> Span:
        """Return where ``name`` is stated, or left blank, or where it would be."""
        if name in self.stated:
            return self.stated[name].span
        if name in self.blanks:
            return self.blanks[name]
        if (group := name.split(".")[0]) in self.vocabulary.lists:
            return self.source.key_span(("明细", group))
        return self.source.key_span(("数据", *name.split(".")))


class _Group(Mapping[str, Quantity]):
    """The facts of one group that have a value."""

    def __init__(self, facts: Facts, name: str) -> None:
        self.facts, self.name = facts, name

    def __getitem__(self, key: str) -> Quantity:
        value = self.facts.value(f"{self.name}.{key}")
        if isinstance(value, Missing):
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        value = self.facts.value(f"{self.name}.{key}")
        return default if isinstance(value, Missing) else value

    def __iter__(self) -> Iterator[str]:
        kinds = {**self.facts.vocabulary.facts, **self.facts.stated}
        keys = (name.partition(".")[2] for name in kinds if name.partition(".")[0] == self.name)
        return (key for key in keys if not isinstance(self.facts.value(f"{self.name}.{key}"), Missing))

    def __len__(self) -> int:
        return sum(1 for _key in self)


class _Together(Mapping[str, Quantity]):
    """The facts of one group, summed over the centres under 下辖: those that can be summed and that each knows."""

    def __init__(self, facts: Facts, name: str) -> None:
        self.facts, self.name = facts, name

    def __getitem__(self, key: str) -> Quantity:
        value = self.facts.together(f"{self.name}.{key}")
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        keys = (name.partition(".") for name in self.facts.vocabulary.facts)
        return (key for group, _dot, key in keys if group == self.name and self.facts.together(f"{group}.{key}"))

    def __len__(self) -> int:
        return sum(1 for _key in self)


def _equals(stated: Quantity, kind: FactKind, scope: Mapping[str, Any]) -> bool:
    """Whether a sum is exactly that of the parts that are stated."""
    try:
        return stated.low == expected_value(kind, scope).low
    except (UnknownError, FormulaError):
        return False


def chinese_date(date: datetime.date) -> str:
    """Return the date as it is printed: 2024年1月5日 (GB/T 9704—2012, 7.3.5.4: no leading zeros)."""
    return f"{date.year}年{date.month}月{date.day}日"


def read_facts(source: Source, vocabulary: Vocabulary, folder: Path | None = None) -> Facts:
    """Return the facts of ``source``; what cannot be read is among its findings. Lists may lie in its ``folder``.

    Raises ReportError where the file is of another format.
    """
    if other := of_another(source, INPUT):
        raise ReportError([other])
    entry, findings = read_frame(source, InputFile, partial(_belongs, source, vocabulary))
    reader = _Reader(source, vocabulary, [*source.findings, *findings])
    year = reader.year(entry.year)
    date = reader.date(entry.date)
    stated = reader.stated(entry)
    checks = tuple(reader.checks(entry))
    lists, faults = read_lists(entry, source, vocabulary, folder)
    found = (*reader.findings, *faults)
    return Facts(entry, source, vocabulary, year, date, stated, found, reader.blanks, checks=checks, lists=lists)


def _belongs(source: Source, vocabulary: Vocabulary, place: Place) -> str:
    """Say where a key belongs that cannot stand at ``place``: a fact, a group of facts, or a text."""
    match place:
        case (str() as key,) if key in (*vocabulary.groups, OTHER):
            return _("“{key}” is a group of facts: indent it by two spaces below 数据:").format(key=key)
        case (str() as key,) | ("数据", str() as key) if homes := vocabulary.homes(key):
            examples = _(" or ").join(f"{group}: {{{key}: …}}" for group in homes[:3])
            return _("type under 数据: {example}").format(example=examples)
        case (str() as key,) if isinstance(text := source.data.get(key), str) and len(text) > LONG:
            return _("a text goes below 正文:, indented by two spaces: {key}: |").format(key=key)
    return ""


class _Reader:
    def __init__(self, source: Source, vocabulary: Vocabulary, findings: list[Finding]) -> None:
        self.source, self.vocabulary, self.findings = source, vocabulary, findings
        self.blanks: dict[str, Span] = {}

    def complain(self, code: str, place: Place, message: str, hint: str = "", stated: str = "") -> None:
        about = subject_of(self.source, place)
        self.findings.append(Finding(code, self.source.span(place), message, hint, about, stated))

    def year(self, text: str) -> int:
        if re.fullmatch("20[0-9][0-9]", text):
            return int(text)
        if text:
            year = re.match("20[0-9][0-9](?=年?度?$)", mended(text).strip())
            hint = _("type {year}").format(year=year[0]) if year else _("type the year in four digits, such as 2023")
            self.complain("bad-value", ("年度",), _("“{text}” is not a year").format(text=text), hint, text)
        return 2000

    def date(self, text: str) -> datetime.date:
        if DATE.fullmatch(mended(text)) and mended(text) != text:
            self.complain("full-width-number", ("日期",), *typed_full_width(text), text)
        try:
            return read_date(text)
        except DateError as error:
            if text:
                message = _("“{text}” is not a date").format(text=text)
                self.complain("not-a-date", ("日期",), message, advice(error), text)
            return NO_DATE

    def stated(self, entry: InputFile) -> dict[str, Stated]:
        stated: dict[str, Stated] = {}
        for group, facts in entry.facts.items():
            if group not in self.vocabulary.groups and group != OTHER:
                message = _("there is no group of facts “{group}”").format(group=group)
                hint = did_you_mean(group, [*self.vocabulary.groups, OTHER])
                about = Subject.fact(group)
                self.findings.append(
                    Finding("unknown-fact", self.source.key_span(("数据", group)), message, hint, about)
                )
                continue
            for key, text in facts.items():
                place: Place = ("数据", group, key)
                for sub_place, part in [(place, text)] if isinstance(text, str) else self.parts(place, text):
                    if quantity := self.fact(sub_place, part):
                        stated[".".join(map(str, sub_place[1:]))] = Stated(quantity, self.source.span(sub_place))
        return stated

    def parts(self, place: Place, texts: Mapping[str, str]) -> list[tuple[Place, str]]:
        """Return the facts of a group within 其他; no other group has any."""
        if place[1] == OTHER:
            return [((*place, key), text) for key, text in texts.items()]
        message = _("one value is expected here; only 其他 can have groups of its own")
        self.complain("wrong-shape", place, message, _("type it under 其他, or one fact a line"))
        return []

    def checks(self, entry: InputFile) -> Iterator[Check]:
        """Yield the relations of the centre's own that can be read."""
        for index, given in enumerate(entry.relations):
            place: Place = ("核对", index)
            text = given if isinstance(given, str) else given.get("要求", "")
            place = place if isinstance(given, str) else (*place, "要求")
            try:
                relation = parse_relation(text)
            except FormulaError as error:
                span = self.source.spot(place, error.at, error.length) if text else self.source.span(place)
                self.findings.append(
                    Finding("template-syntax", span, error.message, error.hint or EXAMPLE, Subject.key("核对"))
                )
                continue
            unknown = [name for name in relation.names if not self.vocabulary.knows(name)]
            for name in unknown:
                message = _("there is no fact “{name}”").format(name=name)
                span = self.source.spot(place, max(0, text.find(name)), len(name))
                self.findings.append(
                    Finding("undefined-name", span, message, self.vocabulary.near(name), Subject.key("核对", name))
                )
            if not unknown:
                name = text if isinstance(given, str) else given.get("名称", text)
                yield Check(name, relation, own=self.source.span(place))

    def fact(self, place: Place, text: str) -> Quantity | None:
        group, key = str(place[1]), ".".join(map(str, place[2:]))
        kind = self.vocabulary.facts.get(f"{group}.{key}")
        if kind is None and group != OTHER:
            message = _("there is no fact “{key}” in “{group}”").format(key=key, group=group)
            if homes := self.vocabulary.homes(key):
                examples = _(" or ").join(f"{home}: {{{key}: …}}" for home in homes[:3])
                hint = _("“{key}” belongs elsewhere; type under 数据: {example}").format(key=key, example=examples)
            elif called := self.vocabulary.called.get(key):
                name = min(called, key=lambda name: not name.startswith(f"{group}."))
                hint = _("“{key}” is called {name} in the vocabulary").format(key=key, name=name)
            else:
                known = [name.split(".")[1] for name in self.vocabulary.facts if name.startswith(f"{group}.")]
                near = did_you_mean(key, known) if len(self.findings) < SUGGESTIONS else ""
                hint = joined([near, _("anything else goes under 其他, with its unit")])
            about = Subject.fact(f"{group}.{key}")
            self.findings.append(Finding("unknown-fact", self.source.key_span(place), message, hint, about))
            return None
        if not text.strip():
            self.blanks[f"{group}.{key}"] = self.source.key_span(place)
            return None
        return read_value(text, kind, lambda code, message, hint: self.complain(code, place, message, hint, text))
