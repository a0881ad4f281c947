"""A template and names -> text; what cannot be printed leaves a mark in the text and a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reportgen.facts.facts import Facts
from reportgen.forms.names import OWN_NAMES, Spot, spot_in, undefined
from reportgen.forms.vocabulary import STRUCTURE
from reportgen.numbers.formula import Missing, Scope, Write, unstated, walk
from reportgen.numbers.grammar import FormulaError, Template, parse_template
from reportgen.numbers.quantity import Quantity, QuantityError
from reportgen.reading.source import Place
from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _


@dataclass(frozen=True)
class Section:
    """A text of the centre's own (正文.主要经验), a template in itself."""

    name: str
    template: Template
    spot: Spot


@dataclass
class Wording:
    """Fills templates for one centre and collects what cannot be printed."""

    facts: Facts
    findings: dict[tuple[str, Span, str], Finding] = field(default_factory=dict)

    def parsed(self, text: str, spot: Spot) -> Template | None:
        """Return a text of the centre's own as a template, or None with a finding."""
        try:
            template = parse_template(text)
        except FormulaError as error:
            self.complain("template-syntax", spot(error.line, error.wanted), error.message, error.hint)
            return None
        if "{#" in text:
            line = text[: text.index("{#")].count("\n") + 1
            message = _("what stands between {# and #} is not printed")
            self.complain("template-syntax", spot(line, "{#"), message, _("leave out {# and #}"))
        for finding in undefined(template, self.facts.vocabulary, OWN_NAMES, spot):
            self.findings.setdefault((finding.code, finding.span, finding.path), finding)
        return template

    def fill(self, template: Template, scope: Scope, spot: Spot) -> str:
        """Return the text of ``template`` with every value printed."""
        written: list[str] = []

        def show(value: str | Section) -> None:
            if isinstance(value, Section):
                message = _("“{name}” is a text of its own and cannot stand here").format(name=value.name)
                self.complain("cannot-print", spot(1, value.name), message)
            else:
                written.append(value)

        self.walk(template, scope, spot, lambda text, _line: written.append(text), show)
        return "".join(written)

    def walk(self, template: Template, scope: Scope, spot: Spot, write: Write, show: Callable[[Any], None]) -> None:
        """Walk ``template``; values go to ``show`` as text, sections as they are."""

        def shown(value: Any, line: int) -> None:
            show(value if isinstance(value, Section) else self.printed(value, line, spot))

        try:
            walk(template, scope, write, shown)
        except FormulaError as error:
            self.complain("cannot-print", spot(error.line, error.wanted), error.message, error.hint)

    def printed(self, value: Any, line: int, spot: Spot) -> str:
        """Return ``value`` as it prints."""
        try:
            if isinstance(value, Missing):
                return self.missing(value.name, line, spot)
            if isinstance(value, FormulaError):
                raise value
            if isinstance(value, Quantity | str):
                return str(value)
            raise QuantityError(_("only a number or a text can be printed"), _("name one fact, such as 案件.受理"))
        except (FormulaError, QuantityError) as error:
            self.complain("cannot-print", spot(line, "{{"), error.message, error.hint)
            return "【？】"

    def missing(self, name: str, line: int, spot: Spot) -> str:
        """Leave a mark for a value that is not stated; what to do about it depends on what it is."""
        group, _dot, key = name.partition(".")
        place = spot(line, name)
        if group == "正文" and place.file != self.facts.source.file:
            return self.no_section(key)
        if not name:
            self.complain("cannot-print", place, _("the number is too vague to decide this"))
        elif group in OWN_NAMES:
            if place.file == self.facts.source.file:  # else it is a score that is missing, which is told
                message = _("“{name}” has no value here").format(name=name)
                self.complain("undefined-name", place, message, path=name)
        elif group == "上年":
            message = _("“{name}”: there is no file of the year before, or it does not state this").format(name=name)
            self.complain("missing-fact", place, message, _("add inputs/<year>/ with the same file name"), name)
        elif "、" in name or (self.facts.vocabulary.knows(name) and group not in STRUCTURE):
            self.no_fact(name, place)
        elif name in STRUCTURE:
            hint = _("add a line “{key}: …”").format(key=name)
            message = _("“{key}” is missing").format(key=name)
            self.complain("missing-key", self.facts.source.at(1, 1), message, hint, name)
        return f"【缺：{name}】"

    def no_fact(self, name: str, place: Span) -> None:
        """Say where to state a fact that is printed: in a text of the centre's own, or by the form."""
        group, _dot, key = name.partition(".")
        kind = self.facts.vocabulary.facts.get(name)
        if "、" in name:
            hint = _("state at least one of them under 数据")
        else:
            example = f"{group}: {{{key}: …{kind.unit.symbol if kind else ''}}}"
            hint = _("type under 数据: {example}").format(example=example)
        if kind and kind.formula:
            parts = "、".join(unstated(kind.formula, self.facts.scope))
            hint += _(", or what it is computed from: {parts}").format(parts=parts)
        if place.file == self.facts.source.file:
            message = _("“{name}” is printed here, but not stated").format(name=name)
        else:
            place = self.facts.span(name.split("、")[0])
            message = _("the report needs “{name}”, which is not stated").format(name=name)
        self.complain("missing-fact", place, message, hint, name)

    def told(self) -> list[Finding]:
        """Return the findings, without facts that can be computed from others that are named as missing."""
        named = {finding.path for finding in self.findings.values() if finding.code == "missing-fact"}

        def follows(finding: Finding) -> bool:
            kind = self.facts.vocabulary.facts.get(finding.path)
            parts = unstated(kind.formula, self.facts.scope) if kind and kind.formula else ()
            return finding.code == "missing-fact" and bool(parts) and named >= set(parts)

        return [finding for finding in self.findings.values() if not follows(finding)]

    def no_section(self, name: str) -> str:
        """Leave a mark for a text that the form needs and the centre has not written."""
        message = _("the report needs the text “{name}”, which is missing or empty").format(name=name)
        hint = _("type under 正文: a line “{name}: |” and the text on the lines below, indented").format(name=name)
        self.complain("missing-section", self.facts.source.key_span(("正文", name)), message, hint, f"正文.{name}")
        return f"【缺：{name}】"

    def complain(self, code: str, span: Span, message: str, hint: str = "", path: str = "") -> None:
        """Note a finding once."""
        self.findings.setdefault((code, span, path), Finding(code, span, message, hint, path))

    def own(self, text: str, place: Place) -> str:
        """Return a text of the centre's own, at ``place`` of its file, with every value printed."""
        spot = spot_in(self.facts.source, place)
        template = self.parsed(text, spot)
        return self.fill(template, self.facts.scope, spot).strip() if template else ""

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The centre's own texts by name; an empty one counts as not written."""
        found: dict[str, Section] = {}
        for name, text in self.facts.entry.prose.items():
            spot = spot_in(self.facts.source, ("正文", name))
            if text.strip() and (template := self.parsed(text, spot)):
                found[name] = Section(name, template, spot)
        return found

    def reasons(self) -> dict[str, str]:
        """Return the 口径说明 by fact; an empty one counts as not written."""
        texts = self.facts.entry.reasons.items()
        return {name: self.own(text, ("口径说明", name)).rstrip("。") for name, text in texts if text.strip()}
