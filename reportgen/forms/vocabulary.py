"""templates/facts.yaml -> the vocabulary: every fact, its unit, its formula, and the relations that must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.numbers.grammar import WORDS, Expression, FormulaError, Relation, parse_expression, parse_relation
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import MAX_DIGITS, Quantity, Unit, unit
from reportgen.reading.frames import CheckEntry, FactEntry, ListEntry, PartsEntry, VocabularyFile, read_frame
from reportgen.reading.source import Place, Source, read_source
from reportgen.telling.findings import Finding, ReportError, Span, Subject, has_errors
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean, nearest

YES = "是"
ONE = Decimal(1)
TEXT = "文字"  # the unit of a column that holds words
OTHER = "其他"  # the group for anything the vocabulary lacks
STRUCTURE = ("单位", "地区", "年度", "日期", "项目", "上年", "下辖")  # names that are not groups
ELSEWHERE = ("上年", "下辖")  # the facts of other files: last year's, and the centres of a city together
# Names that no group can have: parts of the file, and words of the language itself.
RESERVED = (*STRUCTURE, "正文", "评分", "口径说明", "行", "分值", "附件", *WORDS)


@dataclass(frozen=True)
class FactKind:
    """A fact that can be stated: ``name`` is its full name (案件.受理); ``places`` the digits when derived.

    The parts of an ``open`` sum need not all be stated; ``usual`` are the least and the most, in its unit, that a
    report can be expected to say; a ``steady`` one is often the same from year to year; ``called`` are other names.
    """

    name: str
    unit: Unit
    meaning: str
    formula: Expression | None
    places: int | None
    synonyms: tuple[str, ...]
    signed: bool
    open: bool = False
    usual: tuple[Decimal, Decimal] | None = None
    steady: bool = False
    called: tuple[str, ...] = ()
    printed: str = ""  # what a reader of the report calls it
    after: tuple[str, ...] = ()  # words before its name by which a text means it; none: its group, or nothing

    @property
    def can_be_summed(self) -> bool:
        """Whether figures of it may be added up: counts and amounts, no rate."""
        return bool(self.unit.base) and all(power > 0 for _name, power in self.unit.base)


@dataclass(frozen=True)
class Check:
    """A relation that must hold, with the name it is known by; where it is ``advisory`` it is only likely to.

    One of a centre's own (核对) knows where it stands, so that it is told where it cannot be judged.
    """

    name: str
    relation: Relation
    advisory: bool = False
    own: Span | None = None


@dataclass(frozen=True)
class Parts:
    """How the rows of a list make up the fact ``total``: ``column`` names the part, ``amount`` is what is summed.

    ``facts`` are the parts of the total, and the parts of these, by the name that a row has for each.
    """

    column: str
    total: str
    amount: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class ListKind:
    """A list that a centre may bring: its columns, None for one of text, and what must hold in each of its rows."""

    name: str
    meaning: str
    columns: Mapping[str, FactKind | None]
    checks: tuple[Check, ...] = ()
    parts: Parts | None = None


@dataclass(frozen=True)
class Need:
    """Where the fact ``given`` is stated, ``needed`` must be known: a goal, and what became of it."""

    name: str
    given: str
    needed: str


@dataclass(frozen=True)
class Vocabulary:
    """All facts by full name, the groups with their meaning, and the checks."""

    facts: Mapping[str, FactKind]
    groups: Mapping[str, str]
    overlapping: frozenset[str]
    checks: tuple[Check, ...]
    needs: tuple[Need, ...] = ()
    by_project: frozenset[str] = frozenset()  # groups whose facts are those of one 项目
    lists: Mapping[str, ListKind] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Tell whether ``name`` can be used in an expression: a fact, a group, one of last year's, or 其他.…."""
        parts = name.split(".")
        if parts[0] in ELSEWHERE and len(parts) > 1:
            return self.knows(".".join(parts[1:]))
        if name in STRUCTURE:
            return True
        if parts[0] in self.lists:
            return len(parts) == 1 or (len(parts) == 2 and parts[1] in self.lists[parts[0]].columns)
        return name in self.facts or name in self.groups or parts[0] == OTHER

    @cached_property
    def ones(self) -> dict[str, Any]:
        """Every fact with the value 1 in its unit, by group: what a formula is tried with."""
        groups: dict[str, Any] = {group: {} for group in self.groups}
        for name, kind in self.facts.items():
            group, _dot, key = name.partition(".")
            groups[group][key] = Quantity(ONE, ONE, kind.unit)
        lists = {
            name: {key: (Quantity(ONE, ONE, column.unit),) for key, column in kind.columns.items() if column}
            for name, kind in self.lists.items()
        }
        return groups | lists | dict.fromkeys(ELSEWHERE, groups)

    def homes(self, key: str) -> list[str]:
        """Return the groups that have a fact of this name."""
        return [group for group in self.groups if f"{group}.{key}" in self.facts]

    @cached_property
    def counted_in(self) -> tuple[tuple[str, ...], ...]:
        """The words for each unit that a fact is counted in: 件, 宗, 起."""
        kinds = (kind for kind in self.facts.values() if len(kind.unit.base) == 1)
        return tuple(dict.fromkeys((kind.unit.symbol, *kind.synonyms) for kind in kinds))

    @cached_property
    def called(self) -> dict[str, list[str]]:
        """The facts that are also called by another name, by it: 结案 is 案件.办结."""
        found: dict[str, list[str]] = {}
        for name, kind in self.facts.items():
            for word in kind.called:
                found.setdefault(word, []).append(name)
        return found

    def meant(self, name: str) -> tuple[str, ...]:
        """Return the facts that may be meant by one that there is not: 案件.受理 by 案件.受理件数."""
        group, _dot, key = name.partition(".")
        if group not in self.groups:
            near = nearest(group, list(self.groups))
            return tuple(each for each in self.facts if near and each.startswith(f"{near}."))
        if homes := self.homes(key):
            return tuple(f"{home}.{key}" for home in homes)
        keys = [each.partition(".")[2] for each in self.facts if each.startswith(f"{group}.")]
        near = nearest(key, keys)
        return tuple(self.called.get(key, [f"{group}.{near}"] if near else ()))

    def near(self, name: str) -> str:
        """Return a hint with the known name nearest to ``name``."""
        columns = (f"{name}.{key}" for name, kind in self.lists.items() for key in kind.columns)
        return did_you_mean(name, [*self.facts, *self.groups, *STRUCTURE, *self.lists, *columns])


def read_vocabulary(path: Path, name: str) -> Vocabulary:
    """Read the vocabulary at ``path``. Raises ReportError with every fault in it."""
    source = read_source(path, name)
    frame, findings = read_frame(source, VocabularyFile)
    reader = _Reader(source, frame)
    vocabulary = reader.read()
    findings = [*source.findings, *findings, *reader.findings, *_undefined(reader, vocabulary)]
    if has_errors(findings):
        raise ReportError(findings)
    return vocabulary


class _Reader:
    def __init__(self, source: Source, frame: VocabularyFile) -> None:
        self.source, self.frame = source, frame
        self.findings: list[Finding] = []
        self.used: list[tuple[Place, tuple[str, ...]]] = []  # where each formula and relation stands, and its names
        self.overlapping = frozenset(name for name, group in frame.groups.items() if group.overlapping == YES)

    def read(self) -> Vocabulary:
        facts = {
            f"{group}.{key}": self.fact(group, key, fact)
            for group, entry in self.frame.groups.items()
            for key, fact in entry.facts.items()
        }
        checks = tuple(self.checks())
        groups = {name: group.meaning for name, group in self.frame.groups.items()}
        by_project = frozenset(name for name, group in self.frame.groups.items() if group.by_project == YES)
        lists = {name: self.list(name, entry, facts) for name, entry in self.frame.lists.items()}
        return Vocabulary(facts, groups, self.overlapping, checks, tuple(self.needs()), by_project | {OTHER}, lists)

    def list(self, name: str, entry: ListEntry, facts: Mapping[str, FactKind]) -> ListKind:
        place: Place = ("明细", name)
        if name in (*RESERVED, *self.frame.groups) or not name.isidentifier():
            self.complain(place, _("“{name}” cannot be used in expressions").format(name=name))
        for key in entry.formulas.keys() - entry.columns.keys():
            message = _("there is no column “{name}”").format(name=key)
            self.complain((*place, "公式", key), message, did_you_mean(key, entry.columns))
        columns: dict[str, FactKind | None] = {}
        for key, symbol in entry.columns.items():
            formula = self.row_formula(entry, key, (*place, "公式", key))
            places = 2 if formula and formula.divides else None
            if symbol != TEXT:
                alike = self.synonyms(symbol)
                columns[key] = FactKind(f"{name}.{key}", unit(symbol), key, formula, places, alike, signed=False)
            else:
                columns[key] = None
        checks = []
        for index, check in enumerate(entry.checks):
            if relation := self.relation(check, at := (*place, "检查", index, "要求")):
                self.only_columns(entry, relation.names, at)
                checks.append(Check(check.name, relation, check.advisory == YES))
        parts = self.parts(entry.parts, columns, facts, (*place, "归入")) if entry.parts else None
        return ListKind(name, entry.meaning, columns, tuple(checks), parts)

    def parts(
        self, entry: PartsEntry, columns: Mapping[str, FactKind | None], facts: Mapping[str, FactKind], place: Place
    ) -> Parts | None:
        """Return how the rows of a list make up a total, or None with a complaint."""
        total, amount = facts.get(entry.total), columns.get(entry.amount)
        if columns.get(entry.column, total) is not None:
            message = _("“{name}” is no column of text").format(name=entry.column)
            self.complain((*place, "列"), message, did_you_mean(entry.column, columns))
        elif total is None or not (total.formula and total.formula.adds):
            message = _("“{name}” is no fact that is a sum").format(name=entry.total)
            self.complain((*place, "总数"), message, did_you_mean(entry.total, facts))
        elif amount is None or amount.unit.base != total.unit.base:
            message = _("“{name}” is no column in {unit}").format(name=entry.amount, unit=total.unit.symbol)
            self.complain((*place, "数"), message, did_you_mean(entry.amount, columns))
        else:
            names = _parts_of(total, facts)
            return Parts(entry.column, entry.total, entry.amount, {name.partition(".")[2]: name for name in names})
        return None

    def row_formula(self, entry: ListEntry, key: str, place: Place) -> Expression | None:
        """Return what is worked out in each row, from its own columns."""
        if key not in entry.formulas:
            return None
        try:
            expression = parse_expression(entry.formulas[key])
        except FormulaError as error:
            self.complain(place, error.message, error.hint)
            return None
        self.only_columns(entry, expression.names, place)
        return expression

    def only_columns(self, entry: ListEntry, names: Iterable[str], place: Place) -> None:
        """What is said of a row names columns of the row."""
        for name in names:
            if name not in entry.columns:
                message = _("there is no column “{name}”").format(name=name)
                self.complain(place, message, did_you_mean(name, entry.columns))

    def fact(self, group: str, key: str, entry: FactEntry) -> FactKind:
        place: Place = ("组", group, "事实", key)
        if group in RESERVED or not key.isidentifier() or not group.isidentifier():
            self.complain(place, _("“{name}” cannot be used in expressions").format(name=f"{group}.{key}"))
        formula = self.parsed(entry.formula, (*place, "公式")) if entry.formula else None
        places: int | None = 1 if entry.unit in ("%", "‰") else 2 if formula and formula.divides else None
        if entry.places:
            places = int(entry.places) if entry.places in tuple("0123456") else places
            if entry.places not in tuple("0123456"):
                self.complain((*place, "小数位"), _("the number of digits must be 0 to 6"))
        return FactKind(
            f"{group}.{key}",
            unit(entry.unit),
            entry.meaning,
            formula,
            places,
            self.synonyms(entry.unit, entry.synonyms),
            signed=entry.signed == YES,
            open=entry.open == YES,
            usual=self.usual(entry, (*place, "常见范围")),
            steady=entry.steady == YES,
            called=tuple(entry.called),
            printed=entry.printed or (self.frame.groups[group].printed or group) + key,
            after=tuple(self.frame.groups[group].after),
        )

    def synonyms(self, symbol: str, own: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the other words for a unit: the fact's own, and those that count the same things."""
        alike = [word for words in self.frame.units if symbol in words for word in words]
        return tuple(dict.fromkeys(word for word in (*own, *alike) if word != symbol))

    def usual(self, entry: FactEntry, place: Place) -> tuple[Decimal, Decimal] | None:
        """Return the least and the most that can be expected; "" is no bound."""
        if not entry.usual:
            return None
        try:
            least, most = (
                read_quantity(text or bound, entry.unit).low
                for text, bound in zip(entry.usual, ("0", str(10**MAX_DIGITS - 1)), strict=True)
            )
        except ValueError:
            self.complain(place, _("the usual range is two numbers: the least and the most"), _("type [10, 5000]"))
            return None
        if least > most:
            self.complain(place, _("the least of the usual range is more than the most"), _("type [10, 5000]"))
            return None
        return least, most

    def parsed(self, text: str, place: Place) -> Expression | None:
        try:
            expression = parse_expression(text)
        except FormulaError as error:
            self.complain(place, error.message, error.hint)
            return None
        self.refuse_overlap(expression, place)
        self.used.append((place, expression.names))
        return expression

    def checks(self) -> Iterator[Check]:
        for index, entry in enumerate(self.frame.checks):
            place: Place = ("检查", index, "要求")
            if not entry.relation:  # one of needs()
                if not (entry.given and entry.needed):
                    self.complain(("检查", index), _("a check needs 要求, or both 有 and 须有"))
                continue
            if not (relation := self.relation(entry, place)):
                continue
            self.refuse_overlap(relation.left, place)
            self.refuse_overlap(relation.right, place)
            self.used.append((place, relation.names))
            yield Check(entry.name, relation, entry.advisory == YES)

    def relation(self, entry: CheckEntry, place: Place) -> Relation | None:
        """Return what a check wants, or None with a complaint."""
        try:
            return parse_relation(entry.relation)
        except FormulaError as error:
            self.complain(place, error.message, error.hint)
            return None

    def needs(self) -> Iterator[Need]:
        for index, entry in enumerate(self.frame.checks):
            if entry.given and entry.needed:
                self.used += [(("检查", index, "有"), (entry.given,)), (("检查", index, "须有"), (entry.needed,))]
                yield Need(entry.name, entry.given, entry.needed)

    def refuse_overlap(self, expression: Expression, place: Place) -> None:
        """One person may be 农民工 and 妇女 at once: such groups have no total."""
        groups = {name.split(".")[0] for name in expression.names} & self.overlapping
        if expression.adds and groups:
            message = _("the facts of “{group}” may overlap, so they cannot be summed").format(group="、".join(groups))
            self.complain(place, message)

    def complain(self, place: Place, message: str, hint: str = "") -> None:
        self.findings.append(Finding("bad-template", self.source.span(place), message, hint, Subject.key(*place)))


def _parts_of(total: FactKind, facts: Mapping[str, FactKind]) -> Iterator[str]:
    """Yield the facts that a sum names, and those that these are sums of."""
    for name in total.formula.names if total.formula and total.formula.adds else ():
        if name in facts:
            yield name
            yield from _parts_of(facts[name], facts)


def _undefined(reader: _Reader, vocabulary: Vocabulary) -> Iterator[Finding]:
    for place, names in reader.used:
        for name in names:
            if not vocabulary.knows(name):
                message = _("there is no fact “{name}”").format(name=name)
                yield Finding(
                    "undefined-name", reader.source.span(place), message, vocabulary.near(name), Subject.key(name)
                )
