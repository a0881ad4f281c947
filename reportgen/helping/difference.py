"""Two inputs, or one at two times -> what changed: facts, scores and texts, as tables.

A fact changed where its value did, however it is typed (14,892 or 14892, 41.8万元 or 418000元); changes are worked out
exactly and rounded half-up. Texts are compared as they are typed: what their references print is told by the facts.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from reportgen.facts.facts import Facts
from reportgen.facts.reasons import read_reasons
from reportgen.facts.wording import Wording
from reportgen.forms.form import Form
from reportgen.helping.past import project_at, revisions
from reportgen.helping.sheets import aligned, escaped, markdown, shown
from reportgen.helping.wordwise import Part, marked, parts_of, shortened
from reportgen.numbers.quantity import Quantity, QuantityError, brief, convert, number, rounded, trimmed
from reportgen.printing.sheets import Sheet, Value
from reportgen.reading.keys import DEPTHS, FOR_FORM, naming
from reportgen.reading.project import Project
from reportgen.running.examine import requested_forms
from reportgen.running.library import Library
from reportgen.scoring.scores import Row, Scores, read_scores
from reportgen.telling.messages import _
from reportgen.telling.views import width
from reportgen.writing.blocks import Block, Cell, Document, Grid, Heading, Paragraph, Text, merged, numbered

HEAD = ("单位", "地区", "项目", "年度", "日期", "报告", "下辖")
HUNDRED = number(100)
PAGE = 156.0  # mm between the margins of GB/T 9704—2012
LEAST, MOST = 8, 40  # the cells by which a column is measured
PLACES = 1  # digits of a change in per cent
NUMBERS = ("得分", "分值")  # what a row states that is told with the scores


@dataclass(frozen=True)
class Version:
    """An input as it was at one time; ``label`` is what the head of a column calls it."""

    label: str
    facts: Facts
    scores: tuple[tuple[Form, Scores], ...] = ()

    @property
    def head(self) -> dict[str, str]:
        """The keys that say what the file is on, as text."""
        head = {**self.facts.source.data, "项目": self.facts.entry.project}
        return {key: _plain(value) for key in HEAD if (value := head.get(key))}

    @property
    def texts(self) -> dict[str, str]:
        """Every text by its place: 正文.主要经验, 评分.满意度.扣分原因, 口径说明.案件.受理."""
        entry = self.facts.entry
        found = {f"正文.{name}": text for name, text in entry.prose.items()}
        for row in entry.scores:
            name = ".".join(filter(None, ("评分", row.get(naming(row)), row.get(FOR_FORM))))
            found |= {f"{name}.{key}": text for key, text in row.items() if key not in (*DEPTHS, FOR_FORM, *NUMBERS)}
        for name, given in entry.reasons.items():
            texts = {"": given} if isinstance(given, str) else given
            found |= {".".join(filter(None, ("口径说明", name, part))): text for part, text in texts.items()}
        found |= {f"核对.{number}": _plain(each) for number, each in enumerate(entry.relations, 1)}
        return {name: text.strip() for name, text in found.items() if text.strip()}

    @property
    def lists(self) -> dict[str, Counter[str]]:
        """The rows of each list (明细) as text, with how often each stands there."""
        rows = {name: [[str(cell) for cell in row.values()] for row in rows] for name, rows in self.facts.lists.items()}
        return {name: Counter("，".join(row) for row in found) for name, found in rows.items()}


def version_of(library: Library, path: Path, label: str = "") -> Version:
    """Return the input at ``path`` as a version. Raises ReportError where it cannot be read at all."""
    facts = library.facts(path)
    forms, _faults = requested_forms(library, facts)
    wording = Wording(facts)
    reasons = read_reasons(facts, wording)
    scores = tuple((form, read_scores(form, facts, wording, reasons)) for form in forms)
    name = library.project.name(path).removeprefix("inputs/").removesuffix(".yaml")
    return Version(label or name, facts, scores)


def between(project: Project, old: Path, new: Path) -> tuple[Version, Version]:
    """Return two inputs as versions, called by what tells them apart: year, centre or file. Raises ReportError."""
    library = Library(project)
    first, second = version_of(library, old), version_of(library, new)
    for one, other in (
        (str(first.facts.year), str(second.facts.year)),
        (first.facts.entry.unit, second.facts.entry.unit),
    ):
        if one != other and one and other:
            return replace(first, label=one), replace(second, label=other)
    return first, second


def through_git(project: Project, path: Path, revision: str) -> tuple[Version, Version]:
    """Return an input at two revisions, HEAD~1..HEAD, or at one and as it is now. Raises ReportError, PastError."""

    def at(revision: str, folder: Path) -> Version:
        past, there = project_at(project, path, revision, folder) if revision else (project, path)
        return version_of(Library(past), there, revision or _("now"))

    old, new = revisions(revision)
    with tempfile.TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True) as folder:
        return at(old, Path(folder, "old")), at(new, Path(folder, "new"))


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{key}: {each}" for key, each in value.items())
    return "、".join(map(_plain, value)) if isinstance(value, list) else str(value)


def printed(value: Quantity) -> Decimal:
    """Return an exact value as it prints: one that is worked out may have endless digits, and then prints some."""
    with suppress(QuantityError, ArithmeticError):
        return Decimal(value.bare.replace(",", ""))
    return rounded(value.low, 4)


class FactChange(NamedTuple):
    """A fact whose value changed; None: it had, or has, none. ``derived``: worked out, not stated."""

    name: str
    old: Quantity | None
    new: Quantity | None
    derived: bool

    @property
    def unit(self) -> str:
        """The unit of both, or of the new value where they differ."""
        return (self.new or self.old or HUNDRED).unit.symbol

    @property
    def difference(self) -> Decimal | None:
        """New less old as they print, in the new value's unit, where both are one number and measure the same."""
        if self.old and self.new and self.old.exact and self.new.exact:
            with suppress(QuantityError):
                return printed(self.new) - printed(convert(self.old, self.new.unit))
        return None

    @property
    def unseen(self) -> bool:
        """Whether it was worked out anew, and prints as it did: 32.49% and 32.52% are both 32.5%."""
        return self.derived and self.difference == 0

    @property
    def per_cent(self) -> Decimal | None:
        """The change in per cent of the old value; a percentage has none: it changes by points."""
        if self.difference is None or self.old is None or self.new is None or self.new.unit.is_percent:
            return None
        with suppress(QuantityError):
            return rounded(((self.new - self.old) * HUNDRED / self.old).low, PLACES)
        return None


class ScoreChange(NamedTuple):
    """A row of a form, or its total, of which points or score changed; None: there was, or is, no such row."""

    form: str
    name: str
    old: Decimal | None
    new: Decimal | None
    points: tuple[Decimal | None, Decimal | None]


class TextChange(NamedTuple):
    """A text that was added, removed ("" on one side) or rewritten."""

    name: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        """What became of it."""
        return _("rewritten") if self.old and self.new else _("added") if self.new else _("removed")

    @property
    def parts(self) -> list[Part]:
        """What was taken out and put in, word by word."""
        return parts_of(self.old, self.new)


@dataclass(frozen=True)
class Difference:
    """All that changed between two versions."""

    old: str
    new: str
    head: tuple[TextChange, ...] = ()
    facts: tuple[FactChange, ...] = ()
    rows: tuple[TextChange, ...] = ()  # of lists
    scores: tuple[ScoreChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    same_facts: int = field(default=0, compare=False)

    def __bool__(self) -> bool:
        return bool(self.head or self.facts or self.rows or self.scores or self.texts)


def difference(old: Version, new: Version) -> Difference:
    """Return what changed from ``old`` to ``new``."""
    facts = list(_facts(old.facts, new.facts))
    changed = tuple(change for change in facts if not _same(change.old, change.new) and not change.unseen)
    return Difference(
        old.label,
        new.label,
        tuple(_texts(old.head, new.head)),
        changed,
        tuple(_rows(old.lists, new.lists)),
        tuple(_scores(old, new)),
        tuple(_texts(old.texts, new.texts)),
        len(facts) - len(changed),
    )


def _facts(old: Facts, new: Facts) -> Iterator[FactChange]:
    """Yield every fact that has a value on either side, in the order of the vocabulary."""
    for name in dict.fromkeys([*new.vocabulary.facts, *old.stated, *new.stated]):
        before, after = (value if isinstance(value := each.value(name), Quantity) else None for each in (old, new))
        if before or after:
            yield FactChange(name, before, after, name not in (new if after else old).stated)


def _same(old: Quantity | None, new: Quantity | None) -> bool:
    if old is None or new is None:
        return old is new
    with suppress(QuantityError):
        before = convert(old, new.unit)
        return (before.low, before.high) == (new.low, new.high)
    return False


def _rows(old: Mapping[str, Counter[str]], new: Mapping[str, Counter[str]]) -> Iterator[TextChange]:
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name, Counter()), new.get(name, Counter())
        yield from (TextChange(f"明细.{name}", row, "") for row in (before - after).elements())
        yield from (TextChange(f"明细.{name}", "", row) for row in (after - before).elements())


def _scores(old: Version, new: Version) -> Iterator[ScoreChange]:
    """Yield the rows that changed of each form, and its total."""
    sides = [{form.id: (form.name, scores) for form, scores in version.scores} for version in (old, new)]
    for name in dict.fromkeys([*sides[1], *sides[0]]):
        before, after = (side[name][1] if name in side else None for side in sides)
        title = sides[1].get(name, sides[0].get(name, ("", None)))[0]
        rows = [{row.name: row for row in scores.rows if row.listed} if scores else {} for scores in (before, after)]
        for row in dict.fromkeys([*rows[1], *rows[0]]):
            one, other = rows[0].get(row), rows[1].get(row)
            if (_score(one), _points(one)) != (_score(other), _points(other)):
                yield ScoreChange(title, row, _score(one), _score(other), (_points(one), _points(other)))
        one_total, other_total = (scores.total if scores else None for scores in (before, after))
        if one_total != other_total:
            yield ScoreChange(title, _("total"), one_total, other_total, (None, None))


def _score(row: Row | None) -> Decimal | None:
    return row.score if row else None


def _points(row: Row | None) -> Decimal | None:
    return row.points if row else None


def _texts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[TextChange]:
    for name in dict.fromkeys([*new, *old]):
        if old.get(name) != new.get(name):
            yield TextChange(name, old.get(name, ""), new.get(name, ""))


# --- as tables and lines


def text_lines(found: Difference) -> Iterator[str]:
    """Yield what changed for a terminal: tables, then each text with what was taken out and put in."""
    for sheet in value_sheets(found):
        yield from (f"{sheet.title}:", *(f"  {line}" for line in aligned(sheet)), "")
    for change in found.texts:
        yield f"{change.name} ({change.kind}): {marked(shortened(change.parts))}"
    if found.texts:
        yield ""
    yield _last(found)


def markdown_lines(found: Difference) -> Iterator[str]:
    """Yield what changed in Markdown."""
    title = _("{old} and {new}: what changed").format(old=found.old, new=found.new)
    yield from (f"# {escaped(title)}", "")
    for sheet in value_sheets(found):
        yield from (f"## {sheet.title}", "", *markdown(sheet), "")
    if found.texts:
        yield from (f"## {_('texts')}", "")
    marks = {"=": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    for change in found.texts:
        words = "".join(marks[sign].format(escaped(text)) for sign, text in change.parts)
        yield from (f"**{escaped(change.name)}** ({change.kind}): {words}", "")
    yield _last(found)


def _last(found: Difference) -> str:
    if not found:
        return _("nothing changed")
    message = _("{facts} fact(s), {scores} score(s) and {texts} text(s) changed; {same} fact(s) are the same")
    changed = {"facts": len(found.facts), "scores": len(found.scores), "texts": len(found.texts)}
    return message.format(**changed, same=found.same_facts)


def value_sheets(found: Difference) -> list[Sheet]:
    """Return what changed besides texts as tables, those that hold something."""
    sides = found.old, found.new
    facts = (_("fact"), _("unit"), *sides, _("difference"), _("change in %"), _("remarks"))
    scores = (_("form"), _("row"), *sides, _("difference"), _("remarks"))
    sheets = [
        Sheet(_("head"), (_("item"), *sides), [(each.name, each.old, each.new) for each in found.head]),
        Sheet(_("facts"), facts, [_fact_row(each) for each in found.facts], signed=(4, 5)),
        Sheet(_("lists"), (_("list"), *sides), [(each.name, each.old, each.new) for each in found.rows]),
        Sheet(_("scores"), scores, [_score_row(each) for each in found.scores], signed=(4,)),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def text_sheet(found: Difference) -> Sheet:
    """Return the texts that changed as a table."""
    rows = [(each.name, each.kind, each.old, each.new) for each in found.texts]
    return Sheet(_("texts"), (_("text"), _("change"), found.old, found.new), rows)


def _fact_row(change: FactChange) -> tuple[Value, ...]:
    notes = [_("derived")] if change.derived else []
    if change.unit == "%" and change.difference is not None:
        notes.append(_("percentage points"))
    values = (_number(each, change.unit) for each in (change.old, change.new))
    return (change.name, change.unit, *values, change.difference, change.per_cent, "，".join(notes))


def _number(value: Quantity | None, unit: str) -> Value:
    """Return a value as a number where it is one, in the unit of its row, else as it is written."""
    if value is None:
        return None
    return printed(value) if value.exact and value.unit.symbol == unit else brief(value)


def _score_row(change: ScoreChange) -> tuple[Value, ...]:
    old, new = change.points
    note = ""
    if old is not None and new is not None and old != new:
        note = _("points {old} → {new}").format(old=trimmed(old), new=trimmed(new))
    less = change.new - change.old if change.old is not None and change.new is not None else None
    return (change.form, change.name, change.old, change.new, less, note)


def document_of(found: Difference, facts: Facts) -> Document:
    """Return what changed as a document of the house: tables of values, then each text with its changes."""
    blocks: list[Block] = []
    for sheet in (*value_sheets(found), *([text_sheet(found)] if found.texts else [])):
        blocks += [Heading(1, sheet.title), _grid(sheet)]
    if not blocks:
        blocks.append(Paragraph((Text(_("nothing changed")),)))
    title = [_("{old} and {new}: what changed").format(old=found.old, new=found.new)]
    if facts.entry.unit != found.new:
        title.insert(0, facts.entry.unit)
    day = facts.date.isoformat()
    return Document(tuple(title), numbered(blocks), facts.entry.unit, "", day, label=_("comparison"))


def _grid(sheet: Sheet) -> Grid:
    """Return a table laid out: columns as wide as they need, equal names in the first one together."""
    texts = [[shown(value, at in sheet.signed) for at, value in enumerate(row)] for row in sheet.rows]
    needs = [min(MOST, max(LEAST, *map(width, column)) + 2) for column in zip(sheet.head, *texts, strict=True)]
    head = tuple(Cell(name, label=True, side="center") for name in sheet.head)
    rows = (tuple(cell for cell in row if cell.rows) for row in merged(texts, [0]))
    return Grid(tuple(PAGE * need / sum(needs) for need in needs), (head, *rows), head=1, small=True)
