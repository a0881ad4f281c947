"""A finished report that no one wrote as YAML -> what its sentences and tables say against one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen.checking.case import Case, Neighbours
from reportgen.checking.deductions import deductions
from reportgen.checking.leftovers import leftovers
from reportgen.checking.passages import Kind, Passage
from reportgen.checking.statements import arithmetic, told_in_report
from reportgen.checking.tables import tables
from reportgen.facts.facts import read_facts
from reportgen.forms.vocabulary import Vocabulary
from reportgen.forms.words import Word
from reportgen.helping.finished import PDF, Piece, read_finished
from reportgen.reading.source import parse_source
from reportgen.reading.trace import Piece as Typed
from reportgen.reading.trace import Traced
from reportgen.telling.findings import Finding, Span, Subject

AIM, REACHED = "目标", re.compile("完成|实现|偏离")  # in a heading
AIMED, TOLD = re.compile("目标|指标值|计划|预算"), re.compile("完成|实现|偏离|实际|执行|情况")  # in a label of a table
LONGEST_LABEL = 12
YEAR = re.compile(r"(20\d\d)年度?")
HEAD = 12  # paragraphs among which the title stands
YEAR_TAG = "{{ 年度 }}"
CLAUSE = re.compile("[^;；]+[;；]? *")
# What only makes sense for a text that is still being written.
BY_HEADING = {"told-twice"}  # a goal is told from what was reached by the heading above it, which a PDF does not tell
UNASKED = {"typed-numbering", "raw-markup", "lines-run-together", "says-nothing", "stray-space", "broken-sentence"}


def audited(path: Path, name: str, vocabulary: Vocabulary, words: tuple[Word, ...]) -> list[tuple[str, Finding]]:
    """Return what is found in a finished report, each with its place as a person sees it. Raises ReportError."""
    pieces = read_finished(path, name)
    passages = [_passage(piece, number, name) for number, piece in enumerate(pieces, 1)]
    title = YEAR.search("".join(piece.text for piece in pieces[:HEAD]))
    year = title[1] if title else None
    source = parse_source(f"单位: 无\n年度: {year or 2000}\n".encode(), name)
    facts = replace(read_facts(source, vocabulary), findings=())
    case = Case(facts, (), (), tuple(passages), (), Neighbours(), tuple(_without_tags(words, year)))
    aims = set(_aims(pieces))
    aimed = tuple(passage for at, passage in enumerate(passages) if at in aims)
    reached = tuple(passage for at, passage in enumerate(passages) if at not in aims)
    whole = path.suffix.lower() != PDF  # of a PDF the sentences alone are sure
    parts = [replace(case, texts=texts) for texts in (reached, aimed)]
    sentences = [finding for part in parts for rule in (arithmetic, told_in_report) for finding in rule(part)]
    rules = (tables, deductions, leftovers) if whole else ()
    found = dict.fromkeys((*sentences, *(finding for rule in rules for finding in rule(case))))
    unasked = UNASKED if whole else UNASKED | BY_HEADING
    told = (finding for finding in found if finding.code not in unasked and not _is_repeated(finding, pieces))
    kept = sorted(told, key=lambda each: each.span.line)
    return [(pieces[finding.span.line - 1].place, _without_references(finding, year)) for finding in kept]


def _without_tags(words: Iterable[Word], year: str | None) -> Iterator[Word]:
    """Yield the words as they are for a report in which the year is typed; none that says more than is known."""
    for word in words:
        right = word.right.replace(YEAR_TAG, year) if year else word.right
        if "{{" not in right:
            yield replace(word, right=right)


def _without_references(finding: Finding, year: str | None) -> Finding:
    """Return a finding whose hint says nothing that only makes sense in an input: no clause with a reference."""
    hint = finding.hint.replace(YEAR_TAG, year or YEAR_TAG)
    if "{{" in hint:
        hint = "".join(clause for clause in CLAUSE.findall(hint) if "{{" not in clause).rstrip(";； ")
    return replace(finding, hint=hint)


def _is_repeated(finding: Finding, pieces: Sequence[Piece]) -> bool:
    """Tell whether a finding is that a form repeats a text of the report, as forms do."""
    return finding.code == "doubled-paragraph" and bool(pieces[finding.span.line - 1].grid)


def _aims(pieces: Sequence[Piece]) -> Iterator[int]:
    """Yield the texts below a heading of goals: a figure that was aimed at is another than the one reached."""
    aimed = False
    labels: dict[tuple[int, ...], bool] = {}  # whether the last label of a column, or of a row, is that of a goal
    for at, piece in enumerate(pieces):
        if piece.grid:
            table, row, column = piece.grid
            places = ((table, -1, column), (table, row))
            if len(piece.text) <= LONGEST_LABEL and (AIMED.search(piece.text) or TOLD.search(piece.text)):
                labels |= dict.fromkeys(places, not TOLD.search(piece.text))
            elif next((labels[place] for place in places if place in labels), False):
                yield at
        elif piece.heading:
            aimed = AIM in piece.text and not REACHED.search(piece.text)
        elif aimed:
            yield at


def _passage(piece: Piece, number: int, name: str) -> Passage:
    def spot(offset: int, length: int) -> Span:
        return Span(name, number, offset + 1, length, piece.text)

    kind = Kind.CELL if piece.grid else Kind.HEADING if piece.heading else Kind.PARAGRAPH
    text = Traced([Typed(piece.text, spot, 0)])
    return Passage(Subject.section(""), text, kind, grid=piece.grid, place=piece.place)


def comments(found: list[tuple[str, Finding]]) -> Iterator[tuple[str, str]]:
    """Yield place and words of each comment."""
    for place, finding in found:
        yield place, finding.message + (f"\n→ {finding.hint}" if finding.hint else "")
