"""A form -> what a centre has to write for it, read from the form's own templates, so that the two cannot drift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reportgen.forms.form import Form
from reportgen.forms.vocabulary import STRUCTURE, Vocabulary
from reportgen.numbers.grammar import Template

PROSE = "正文."


@dataclass(frozen=True)
class Needs:
    """Names: ``must`` be stated (须填), facts that rows are ``scored`` by, facts and lists that are ``printed``, texts,
    and rows that a person scores.
    """

    must: tuple[str, ...]
    scored: tuple[str, ...]
    printed: tuple[str, ...]
    texts: tuple[str, ...]
    optional_texts: tuple[str, ...]
    rows: tuple[str, ...]


def needs_of(form: Form, vocabulary: Vocabulary) -> Needs:
    """Return what ``form`` needs."""
    templates = list(templates_of(form))
    rows = [row for row in form.indicators if row.points]
    scored = [name for row in rows for each in row.grounds for name in each.names if _is_stated(name, vocabulary)]
    names = [name for template in templates for _at, name in template.names]
    names += [name for row in form.indicators for each in row.shown for name in each.names]
    printed = [name for name in names if _is_fact(name, vocabulary)]
    optional = tuple(name for name in form.sections if _is_optional(f"{PROSE}{name}", templates))
    texts = tuple(name for name in form.sections if name not in optional)
    by_hand = tuple(row.name for row in rows if not row.grounds)
    told = set(form.needed)
    return Needs(form.needed, _others(scored, told), _others(printed, told), texts, optional, by_hand)


def _others(names: Iterable[str], told: set[str]) -> tuple[str, ...]:
    """Return the names, each once, without those that are told; from now on they are."""
    new = tuple(name for name in dict.fromkeys(names) if name not in told)
    told.update(new)
    return new


def templates_of(form: Form) -> Iterator[Template]:
    """Yield every template of a form: title, report, annexes and the texts of its rows."""
    yield from form.title
    if form.report:
        yield form.report
    yield from form.cells.values()
    for annex in form.annexes:
        yield from (*annex.title, *annex.templates)
    yield from (table.template for table in form.tables.values())
    for row in form.indicators:
        yield from row.texts.values()


def _is_fact(name: str, vocabulary: Vocabulary) -> bool:
    return name in vocabulary.facts or name in vocabulary.lists or name == "下辖"


def _is_stated(name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a name of a rule is a fact, or a group of them: not the year, nor 分值."""
    return vocabulary.knows(name) and name not in STRUCTURE


def _is_optional(name: str, templates: list[Template]) -> bool:
    """Tell whether a form does without a text: every tag that prints it has a default, or asks for it first."""
    printing = re.compile(rf"{{{{\s*{re.escape(name)}\s*(\|\s*default)?")
    asking = re.compile(rf"{{%\s*(?:el)?if [^%]*{re.escape(name)}(?![\w.])")
    tags = [match for template in templates for match in printing.finditer(template.text)]
    asked = any(asking.search(template.text) for template in templates)
    return asked or all(match[1] for match in tags)
