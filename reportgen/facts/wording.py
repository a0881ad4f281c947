"""A template and names -> text; what cannot be printed leaves a mark in the text and a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reportgen.facts.facts import Facts
from reportgen.forms.names import OWN_NAMES, spot_in, undefined
from reportgen.forms.vocabulary import STRUCTURE, YES
from reportgen.numbers.formula import Missing, Scope, unstated, walk
from reportgen.numbers.grammar import FormulaError, Template, parse_template
from reportgen.numbers.quantity import Quantity, QuantityError, ungrouped
from reportgen.reading.characters import INVISIBLE
from reportgen.reading.source import Place
from reportgen.reading.trace import Piece, Spot, Traced
from reportgen.telling.catalogue import ERROR
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _, joined, listed
from reportgen.telling.notebook import Notebook

UNKNOWN = "【？】"
LISTED = 4  # files, at the most


@dataclass(frozen=True)
class Section:
    """A text of the centre's own (正文.主要经验), a template in itself."""

    name: str
    template: Template
    spot: Spot


class Tag:
    """The tag {{ }} of a template whose expression stands ``at`` an offset: where it is, and what is typed in it."""

    def __init__(self, template: Template, spot: Spot, at: int) -> None:
        self.template, text = template, template.text
        start, end = text.rfind("{{", 0, at + 1), text.find("}}", at)
        if start < 0 or end < 0 or text.find("}}", start, at) >= 0:  # it stands in a {% tag %}
            start, end = at, at - 1
        self.start, self.length = start, end + 2 - start
        self.source = text[start : start + self.length].strip("{} ")
        self._spot, self._at = spot, at

    def span(self) -> Span:
        """Return where the tag stands."""
        return self._spot(self.start, self.length)

    def is_of_row(self, name: str) -> bool:
        """Tell whether a name is that of a row in a loop: none that the template itself looks up."""
        return bool(name) and "、" not in name and all(known != name for _at, known in self.template.names)

    def expression(self, name: str) -> Span:
        """Return where the expression begins, as long as ``name``."""
        return self._spot(self._at, max(1, len(name)))


Write = Callable[[Piece], None]
Show = Callable[[Piece | Section], None]


@dataclass
class Wording:
    """Fills templates for one centre and notes what cannot be printed."""

    facts: Facts
    notes: Notebook = field(default_factory=Notebook)
    _own: dict[Place, Traced] = field(default_factory=dict)

    def parsed(self, text: str, spot: Spot) -> Template | None:
        """Return a text of the centre's own as a template, or None with a finding."""
        try:
            template = parse_template(text)
        except FormulaError as error:
            self.complain("template-syntax", spot(error.at, error.length), error.message, error.hint)
            return None
        if (at := text.find("{#")) >= 0:
            message = _("what stands between {# and #} is not printed")
            self.complain("template-syntax", spot(at, 2), message, _("leave out {# and #}"))
        self.notes.take(undefined(template, self.facts.vocabulary, OWN_NAMES, spot))
        return template

    def fill(self, template: Template, scope: Scope, spot: Spot) -> Traced:
        """Return the text of ``template`` with every value printed."""
        pieces: list[Piece] = []

        def show(value: Piece | Section) -> None:
            if isinstance(value, Section):
                message = _("“{name}” is a text of its own and cannot stand here").format(name=value.name)
                self.complain("cannot-print", spot(0, 1), message)
            else:
                pieces.append(value)

        self.walk(template, scope, spot, pieces.append, show)
        return Traced(pieces)

    def walk(self, template: Template, scope: Scope, spot: Spot, write: Write, show: Show) -> None:
        """Walk ``template``: its own text goes to ``write``, values to ``show``, sections as they are."""

        def shown(value: Any, at: int) -> None:
            if isinstance(value, Section):
                show(value)
            elif isinstance(value, Traced):
                for piece in value.pieces:
                    show(piece)
            else:
                tag = Tag(template, spot, at)
                show(Piece(self.printed(value, tag), spot, tag.start, tag.length, tag.source))

        try:
            walk(template, scope, lambda text, at: write(Piece(text, spot, at)), shown)
        except FormulaError as error:
            self.complain("cannot-print", spot(error.at, error.length), error.message, error.hint)

    def printed(self, value: Any, tag: Tag) -> str:
        """Return the value of a tag as it prints."""
        try:
            if isinstance(value, Missing):
                if tag.is_of_row(value.name):
                    return self.no_cell(value.name, tag.expression(value.name))
                return self.missing(value.name, tag.expression(value.name))
            if isinstance(value, FormulaError):
                raise value
            if isinstance(value, Quantity):
                return self.visible(ungrouped(str(value)), tag)
            if isinstance(value, str):
                return self.visible(value, tag)
            raise QuantityError(_("only a number or a text can be printed"), _("name one fact, such as 案件.受理"))
        except (FormulaError, QuantityError) as error:
            self.complain("cannot-print", tag.span(), error.message, error.hint)
            return UNKNOWN

    def visible(self, text: str, tag: Tag) -> str:
        """Return a value without characters that nobody can see, which an escape in a tag could bring in."""
        match = INVISIBLE.search(text)
        if match is None:
            return text
        if re.search("[\"']", tag.source):  # else the file itself has it: told there
            message = _("the value has an invisible character: {code}").format(code=f"U+{ord(match[0]):04X}")
            self.complain("invisible-character", tag.span(), message, _("use spaces, or leave it out"))
        return INVISIBLE.sub("", text)

    def missing(self, name: str, span: Span) -> str:
        """Leave a mark for a value that is not stated; what to do about it depends on what it is."""
        group, _dot, key = name.partition(".")
        is_own = span.file == self.facts.source.file
        if group == "正文" and not is_own:
            return self.no_section(key)
        if not name:
            self.complain("cannot-print", span, _("the number is too vague to decide this"))
        elif group in OWN_NAMES:
            if is_own:  # else it is a score that is missing, which is told
                message = _("“{name}” has no value here").format(name=name)
                self.complain("undefined-name", span, message, about=Subject.key(name))
        elif group == "上年":
            self.no_earlier(name, span)
        elif "、" in name or (self.facts.vocabulary.knows(name) and group not in STRUCTURE):
            self.no_fact(name, span, is_own)
        elif name in STRUCTURE:
            if (name,) in self.facts.source.keys:
                message, hint = _("“{key}” is empty"), _("type its value after the colon")
                span = self.facts.source.key_span((name,))
            else:
                message, hint = _("“{key}” is missing"), _("add a line “{key}: …”")
                span = self.facts.source.at(1, 1)
            self.complain("missing-key", span, message.format(key=name), hint.format(key=name), Subject.key(name))
        return f"【缺：{name}】"

    def no_earlier(self, name: str, span: Span) -> None:
        """Say why there is no figure of the year before: no file, one that cannot be read, or one without it."""
        if self.facts.earlier_unread:
            message = _("“{name}”: the file of the year before, {file}, has errors and cannot be read")
            hint = _("correct {file} first, or type the figure")
        elif self.facts.last_year:
            message = _("“{name}”: the file of the year before, {file}, does not state this, or not as it can be read")
            hint = _("state it in {file}, or type the figure")
        else:
            message = _("“{name}”: there is no file of the year before")
            hint = _("add {file}, with this fact, or type the figure")
        message, hint = message.format(name=name, file=self.facts.earlier), hint.format(file=self.facts.earlier)
        self.complain("missing-fact", span, message, hint, Subject.fact(name))

    def no_cell(self, name: str, span: Span) -> str:
        """Leave a mark for a value that one of the rows of a loop does not have."""
        message = _("“{name}” has no value in one of the rows").format(name=name)
        hint = _("state it there, or let the form print {tag}").format(tag=f"{{{{ {name}|default('—') }}}}")
        self.complain("missing-fact", span, message, hint, Subject.fact(name))
        return f"【缺：{name}】"

    def no_fact(self, name: str, span: Span, is_own: bool) -> None:
        """Say where to state a fact that is printed: in a text of the centre's own, or by the form."""
        kind = self.facts.vocabulary.facts.get(name)
        group = name.partition(".")[0]
        if group in self.facts.vocabulary.lists:
            if any(each.severity == ERROR and each.about.name.startswith(group) for each in self.facts.findings):
                return  # what is wrong with the list is told
            hint = _("type its rows under 明细, or the name of a CSV file beside the input")
        elif "、" in name:
            hint = _("state at least one of them under 数据")
        else:
            hint = _("type under 数据: {example}").format(example=example_of(name, kind.unit.symbol if kind else ""))
        if kind and kind.formula and not kind.open:  # some parts would not be enough
            parts = "、".join(unstated(kind.formula, self.facts.scope))
            hint += _(", or what it is computed from: {parts}").format(parts=parts)
        if self.facts.entry.sums == YES and self.facts.vocabulary.facts.get(name):
            hint = joined([self._open_sum(name), hint])
        if is_own:
            message = _("“{name}” is printed here, but not stated").format(name=name)
        else:
            span = self.facts.span(name.split("、")[0])
            message = _("the report needs “{name}”, which is not stated").format(name=name)
        self.complain("missing-fact", span, message, hint, Subject.fact(name))

    def _open_sum(self, name: str) -> str:
        """Say why the centres under 下辖 give no sum of a fact."""
        centres = self.facts.subordinates
        if not centres:
            return _("it is the sum over 下辖: first mend the file there that is missing or cannot be read")
        open_ = [centre.source.file for centre in centres if isinstance(centre.value(name), Missing)]
        hint = _("it is the sum over 下辖: first state it in {files}")
        return hint.format(files=listed(open_, LISTED)) if open_ else ""

    def told(self) -> list[Finding]:
        """Return the findings, without facts that can be computed from others that are named as missing."""
        named = {finding.about.name for finding in self.notes if finding.code == "missing-fact"}

        def follows(finding: Finding) -> bool:
            kind = self.facts.vocabulary.facts.get(finding.about.name)
            parts = unstated(kind.formula, self.facts.scope) if kind and kind.formula else ()
            return finding.code == "missing-fact" and bool(parts) and named >= set(parts)

        return [finding for finding in self.notes if not follows(finding)]

    def no_section(self, name: str) -> str:
        """Leave a mark for a text that the form needs and the centre has not written."""
        message = _("the report needs the text “{name}”, which is missing or empty").format(name=name)
        hint = _("type under 正文: a line “{name}: |” and the text on the lines below, indented").format(name=name)
        if not self.facts.entry.prose.get(name, "").strip():  # one that is written, and cannot be read, is told there
            span = self.facts.source.key_span(("正文", name))
            self.complain("missing-section", span, message, hint, Subject.section(name))
        return f"【缺：{name}】"

    def complain(
        self,
        code: str,
        span: Span,
        message: str,
        hint: str = "",
        about: Subject = Subject(),  # noqa: B008
    ) -> None:
        """Note a finding once."""
        self.notes.note(Finding(code, span, message, hint, about))

    def own(self, text: str, place: Place) -> Traced:
        """Return a text of the centre's own, at ``place`` of its file, with every value printed; read once."""
        if place not in self._own:
            spot = spot_in(self.facts.source, place)
            template = self.parsed(text, spot)
            self._own[place] = self.fill(template, self.facts.scope, spot).stripped() if template else Traced()
        return self._own[place]

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The centre's own texts by name; an empty one counts as not written."""
        found: dict[str, Section] = {}
        for name, text in self.facts.entry.prose.items():
            spot = spot_in(self.facts.source, ("正文", name))
            if text.strip() and (template := self.parsed(text, spot)):
                found[name] = Section(name, template, spot)
        return found


def example_of_all(names: Iterable[str]) -> str:
    """Return what to type to state facts: 案件: {受理: …, 任务数: …} and 回访: {满意率: …}."""
    groups: dict[str, list[str]] = {}
    for name in names:
        group, _dot, key = name.partition(".")
        groups.setdefault(group, []).append(f"{key}: …")
    return _(" and ").join(f"{group}: {{{', '.join(keys)}}}" for group, keys in groups.items())


def example_of(name: str, symbol: str = "") -> str:
    """Return what to type to state a fact: 案件: {受理: …件}."""
    group, _dot, key = name.partition(".")
    return f"{group}: {{{key}: …{symbol}}}"
