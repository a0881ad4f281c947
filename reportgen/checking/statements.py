"""Sentences -> numbers in them that are typed and not referred to, or that do not agree with facts or each other."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain, groupby

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.numbers import Page, page
from reportgen.arithmetic.readings import Disagreement, Working, disagreements_on
from reportgen.arithmetic.roles import year_of
from reportgen.arithmetic.units import Units, units_of
from reportgen.checking.case import Case
from reportgen.checking.figures import EVERYTHING, Names, Typed, names_of, read, told_apart, typed_number
from reportgen.checking.gaps import told_gap
from reportgen.checking.passages import Passage
from reportgen.facts.facts import Facts
from reportgen.forms.vocabulary import Vocabulary
from reportgen.numbers.numerals import parted
from reportgen.numbers.quantity import Quantity, rounded
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

ANNOUNCED = re.compile(
    r"(?P<count>\d{1,2}|[两二三四五六七八九十])(?:个|项|家|类|种|所|处|名|大)[^，。；、：\d]{0,12}"
    r"(?:，即|，分别(?:是|为)|，包括|：)(?P<list>[^。；！？：\n]+)"
)
DIGITS = re.compile("[0-9]+")
NO_UNIT = re.compile(r"\d|.{7}", re.DOTALL)  # in what else stands in brackets behind a heading: 2024, 其中：未成年人
COUNT = re.compile("(?:本年度?|全年|年度|实际|完成)?(?:数量|件数|人数|金额|总?数|数值|合计|情况|值)?")  # names no fact
BARE = re.compile(r"\s*[0-9][0-9,，]*(?:\.[0-9]+)?\s*")
WHOLE = re.compile("(?<!没有)(?<![未没非])(?<!不是)(?:全部|百分之百|100[%％]|全都|无一例外)")


def statements(case: Case) -> Iterator[Finding]:
    """Numbers in texts are references, and agree with the facts and with one another."""
    facts, units, names = case.facts, units_in(case.facts.vocabulary), names_of(case)
    for _key, section in groupby(case.texts, key=lambda passage: (passage.about, passage.heading)):
        texts = [passage for passage in section if not passage.heading]
        cells = {passage.grid: passage for passage in texts if passage.grid}
        joined = _Joined([passage for passage in texts if not passage.grid], units)
        told = [finding for cell in cells.values() for finding in _in_table(cell, cells, units, names)]
        told += chain.from_iterable(_judged(typed, names) for typed in joined.typed if _is_open(typed))
        yield from told
        contradicted = {finding.span for finding in told if finding.expected}
        for passage in joined.passages:
            yield from (claim for claim in _claims(passage, facts) if claim.span not in contradicted)
        yield from _arithmetic(joined, facts, case.failed)


def _judged(typed: Typed, names: Names) -> Iterator[Finding]:
    """A typed number is the difference that its reason explains, or it is held against the facts."""
    gap = told_gap(typed, names.facts)
    return typed_number(typed, names) if gap is None else gap


def _in_table(cell: Passage, cells: Mapping[tuple[int, ...], Passage], units: Units, names: Names) -> Iterator[Finding]:
    """A typed number in a table is named by the head of its column and the first cell of its row.

    One without a unit only counts there; where the head has it (件数（件）), it is held against the fact so named.
    """
    table, row, column = cell.grid
    if not (row and column):
        return
    label, head = (cells[at].text if at in cells else "" for at in ((table, row, 0), (table, 0, column)))
    name, unit = parted(head)
    head, unit = (head.strip(), "") if NO_UNIT.search(unit) else (name, unit)
    around = ("" if COUNT.fullmatch(head) else head) + label
    for typed in _Joined([cell], units).typed:
        words = f"{around}{typed.number.words}".strip()
        number = replace(typed.number, words=words, year=year_of(around) or typed.number.year)
        yield from typed_number(replace(typed, number=number), names)
    if unit and BARE.fullmatch(cell.text):
        bare = page(cell.text.rstrip() + unit, units)
        number = replace(bare.numbers[0], words=around, year=year_of(around))
        typed_here = read(cell, number, number.start, Working(bare))
        if typed_here and names.meant(typed_here):
            yield from typed_number(replace(typed_here, end=len(cell.text.rstrip())), names)


def arithmetic(case: Case) -> Iterator[Finding]:
    """What the sentences of all texts say against one another, whatever the facts are."""
    units = units_in(case.facts.vocabulary)
    for _key, section in groupby(case.texts, key=lambda passage: (passage.about, passage.heading)):
        joined = _Joined([passage for passage in section if not passage.heading and not passage.grid], units)
        yield from _arithmetic(joined, case.facts, ())


def told_in_report(case: Case) -> Iterator[Finding]:
    """One figure has one value in all sections of a report, and in the sentences of its tables."""
    units, found = units_in(case.facts.vocabulary), list[Typed]()
    for grid, passages in groupby(case.texts, key=lambda passage: passage.grid):
        found += (
            _Joined([passage for passage in passages if not passage.heading], units).typed if grid[1:2] != (0,) else ()
        )
    yield from told_apart(found, Names(case.facts, of_any=True))


def _is_open(typed: Typed) -> bool:
    """Whether nobody else judges a number: a cell that is wholly a figure is judged with its row."""
    return not typed.passage.is_target


def typed_in_wording(passages: Iterable[Passage], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Yield a finding for every number typed in the wording of a form, where each ought to be a reference."""
    for passage in passages:
        for number in _Joined([passage], units_in(vocabulary)).typed:
            text = number.text
            if not passage.heading and text not in EVERYTHING:
                message = _("“{text}” is typed in the form's wording").format(text=text)
                hint = _("refer to a fact: {reference}").format(reference="{{ 案件.受理 }}")
                yield Finding(
                    "unbound-number",
                    passage.span(number.start, number.end),
                    message,
                    hint,
                    passage.about,
                    text,
                    figure=text,
                )


@cache
def _units(groups: tuple[tuple[str, ...], ...]) -> Units:
    return units_of(groups)


def units_in(vocabulary: Vocabulary) -> Units:
    """Return the words for units, with those of the facts and their synonyms."""
    return _units(vocabulary.counted_in)


# --- numbers within a section -------------------------------------------------------------------------------

KINDS = {
    "sum": "parts-mismatch",
    "open-sum": "parts-mismatch",
    "difference": "parts-mismatch",
    "share": "share-mismatch",
    "hundred": "share-mismatch",
    "growth": "growth-mismatch",
    "ratio": "rate-mismatch",
    "completion": "rate-mismatch",
    "mean": "rate-mismatch",
    "bound": "bound-mismatch",
    "count": "list-count",
    "repeat": "told-twice",
    "points": "points-or-percent",
}


def _arithmetic(joined: _Joined, facts: Facts, told: Container[str]) -> Iterator[Finding]:
    """Yield what does not add up in a section: its paragraphs between two headings are one text."""
    for found in disagreements_on(joined.working, _Apart(joined, facts)):
        typed = any(joined.is_typed(*term) for term in found.terms)
        if not typed and any(name in told for term in found.terms for name in joined.sources(*term)):
            continue  # the facts themselves do not sum, which is told at their place
        yield _disagreement(joined, found)


@dataclass(frozen=True)
class _Joined:
    """The paragraphs of a section as one text, and which of them each character is of."""

    passages: list[Passage]
    units: Units

    @cached_property
    def page(self) -> Page:
        return page(self.text, self.units)

    @cached_property
    def working(self) -> Working:
        return Working(self.page)

    @property
    def typed(self) -> Iterator[Typed]:
        """The numbers that a hand typed and that count something; not those that announce a list (3项制度，包括…)."""
        for number in self.page.numbers:
            passage, start, _end = self.at(number.start, number.end)
            if (found := read(passage, number, start, self.working)) and start not in self.announced(passage):
                yield found

    @staticmethod
    @lru_cache(1)
    def announced(passage: Passage) -> frozenset[int]:
        return frozenset(match.start("count") for match in ANNOUNCED.finditer(passage.text))

    @cached_property
    def text(self) -> str:
        return "\n".join(passage.text.replace("\n", " ") for passage in self.passages)

    @cached_property
    def starts(self) -> list[int]:
        return list(accumulate((len(passage.text) + 1 for passage in self.passages), initial=0))[:-1]

    def at(self, start: int, end: int) -> tuple[Passage, int, int]:
        index = bisect_right(self.starts, start) - 1
        return self.passages[index], start - self.starts[index], end - self.starts[index]

    def is_typed(self, start: int, end: int) -> bool:
        """Whether a hand typed any of the digits."""
        passage, start, end = self.at(start, end)
        digits = (match.span() for match in DIGITS.finditer(passage.text, start, end))
        return any(passage.is_typed(at, to) for at, to in digits)

    def sources(self, start: int, end: int) -> tuple[str, ...]:
        passage, start, end = self.at(start, end)
        return passage.text.sources(start, end)


@dataclass(frozen=True)
class _Apart:
    """The numbers printed from facts that may overlap, or of which some are not stated, and so are never summed."""

    joined: _Joined
    facts: Facts

    def __contains__(self, place: object) -> bool:
        if not isinstance(place, tuple):
            return False
        names = {source.strip() for source in self.joined.sources(*place)}
        groups = {name.partition(".")[0] for name in names}
        return bool(groups & self.facts.vocabulary.overlapping or names & self.facts.open_parts)


def _disagreement(joined: _Joined, found: Disagreement) -> Finding:
    passage, start, end = joined.at(found.start, found.end)
    message = _("the text says {stated}, but {working}").format(stated=found.stated, working=found.working)
    if found.kind == "hundred":
        message = _("the shares do not make 100%: {working}").format(working=found.working)
    if found.kind == "points":
        message = _("“{stated}” of a rate: is {points} meant?").format(stated=found.stated, points=found.working)
    if found.truncated:
        message += _(" (the figure was cut off, not rounded)")
    if found.slip:
        hint = _("{slip} would make it hold").format(slip=found.slip)
    elif found.kind == "hundred":
        hint = _("correct one of the shares; if they are not all, end them with 等")
    elif found.kind in ("sum", "open-sum"):
        hint = _("correct the numbers; if the list is not complete, end it with 等")
    elif found.kind == "count":
        hint = _("correct the number or the list; if it is not complete, end it with 等")
    else:
        hint = _("type {expected}").format(expected=found.expected)
    span, certain = passage.span(start, end), found.certain and not found.truncated
    return Finding(
        KINDS[found.kind], span, message, hint, passage.about, found.stated, found.expected, certain, found.stated
    )


def _claims(passage: Passage, facts: Facts) -> Iterator[Finding]:
    """全部回访 beside a rate of 45.6% (seeds-audit A17): words that claim a ratio of one."""
    clauses = re.finditer(r"[^，。；！？\n]+", passage.text) if WHOLE.search(passage.text) else ()
    for match in clauses:
        whole = WHOLE.search(match[0])
        if whole is None or not passage.is_typed(match.start() + whole.start(), match.start() + whole.end()):
            continue
        for name, kind in facts.vocabulary.facts.items():
            root = name.rsplit(".", 1)[-1].removesuffix("率")
            if not kind.formula or not kind.unit.is_percent or len(root) < 2 or not _is_claimed(root, match[0], whole):
                continue
            rate = facts.value(name)
            if isinstance(rate, Quantity) and rate.high < 100 and rate.exact:
                start = match.start() + whole.start()
                message = _("“{text}” claims all, but {name} is {rate}").format(
                    text=match[0].strip()[:30], name=name, rate=f"{rounded(rate.low, 1):f}%"
                )
                hint = _("say how many: {reference}").format(reference=f"{{{{ {name} }}}}")
                span = passage.span(start, start + len(whole[0]))
                yield Finding("claims-all", span, message, hint, passage.about, whole[0], name, figure=whole[0])


def _is_claimed(root: str, clause: str, whole: re.Match[str]) -> bool:
    """Whether the word for all is said of ``root``: 全部回访, 已全部予以归档, 录入率达到100%."""
    after, before = clause[whole.end() :], clause[: whole.start()]
    if cues().row("overlap", "persons").search(before):
        return False  # 农民工受援人满意率100%: of some
    return root in after[: len(root) + 5] or f"{root}率" in before[-len(root) - 5 :]
