"""One input -> the case: read, checked, and its documents written as trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.checking.case import Case
from reportgen.checking.passages import passages_of
from reportgen.checking.rules import findings_of
from reportgen.checking.unfilled import gathered
from reportgen.facts.facts import Facts
from reportgen.facts.reasons import Reason, explained, read_reasons
from reportgen.facts.wording import Wording
from reportgen.forms.form import Choice, Form
from reportgen.numbers.quantity import trimmed
from reportgen.printing.origin import origin
from reportgen.reading.project import Copy
from reportgen.running.library import Library
from reportgen.scoring.scores import Scores, read_scores
from reportgen.telling.findings import Finding, ReportError, Subject, by_cause, capped, has_errors
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean
from reportgen.writing.documents import Written, write_documents
from reportgen.writing.prose import Prose

FORM, PROFILE, ROWS, OWN = "表单", "评分口径", "指标", "自定"  # the keys of an entry of 报告
Trees = tuple[tuple[Form, Written], ...]  # the documents of an input, by form


@dataclass(frozen=True)
class Examined:
    """A centre's file read and checked, and the documents written from it."""

    facts: Facts
    findings: tuple[Finding, ...]
    written: Trees
    scores: Mapping[str, str] = field(default_factory=dict)  # by form: 97.5 优

    @property
    def forms(self) -> list[Form]:
        """The forms of its documents."""
        return [form for form, _written in self.written]


def examine(
    library: Library,
    path: Path,
    twins: Iterable[Path] = (),
    draft: bool = False,
    copy: Copy | None = None,
    begin: Callable[[Trees], None] = lambda _trees: None,
) -> Examined:
    """Read and check the file at ``path``, and write its documents as trees. Raises ReportError.

    ``begin`` is told of the documents before they are checked, and again where a reason was dropped that none needs.
    """
    facts = library.facts(path)
    forms, form_faults = requested_forms(library, facts)
    prose = Prose(wording := Wording(facts))
    reasons = read_reasons(facts, wording)
    scores = tuple(read_scores(form, facts, wording, reasons) for form in forms)

    def write(printed: tuple[Reason, ...], before: Iterable[Written | None]) -> Trees:
        return tuple(
            (form, write_documents(form, facts, score, prose, printed, _origin(form, facts), draft, known))
            for form, score, known in zip(forms, scores, before, strict=True)
        )

    written = write(reasons, [None] * len(forms))
    begin(written)
    texts = tuple(passages_of(facts, prose, reasons))
    words, word_faults = library.words
    neighbours, all_forms = library.neighbours(path, facts, twins, copy), not has_errors(form_faults)
    case = Case(
        facts,
        tuple(forms),
        scores,
        texts,
        tuple(wording.told()),
        neighbours,
        words,
        all_forms,
        lambda: library.printed_by,
    )
    template_faults = [fault for form in forms for fault in library.word_faults(form)]
    findings = dict.fromkeys([*form_faults, *word_faults, *template_faults, *findings_of(case)])
    told, used = explained(facts, findings, reasons)
    if used != reasons:  # a reason that lets nothing pass would only puzzle the reader
        written = write(used, [before for _form, before in written])
        begin(written)
    found = capped(gathered(told, facts))
    order = sorted(found, key=lambda finding: (finding.span.file != facts.source.file, finding.span.line))
    return Examined(facts, tuple(by_cause(order)), written, _scored(forms, scores))


def _scored(forms: Iterable[Form], scores: Iterable[Scores]) -> dict[str, str]:
    totals = {form.id: score for form, score in zip(forms, scores, strict=True) if score.total is not None}
    return {name: f"{trimmed(score.total)} {score.grade}".strip() for name, score in totals.items() if score.total}


def _origin(form: Form, facts: Facts) -> str:
    return origin(form.id, facts.source.file, facts.meaning)


def requested_forms(library: Library, facts: Facts) -> tuple[list[Form], list[Finding]]:
    """Return the forms under 报告, and a finding for each that there is not or that has a fault."""
    forms: list[Form] = []
    findings: list[Finding] = []
    titles = library.project.form_titles
    for index, entry in enumerate(facts.entry.reports):
        span, about = facts.source.span(("报告", index)), Subject.key("报告", index)
        given = {FORM: entry} if isinstance(entry, str) else entry
        findings += _odd_keys(facts, index, given)
        asked = given.get(FORM, "")
        name = titles.get(asked, asked)
        if name not in library.form_names:
            message = _("there is no form “{name}”").format(name=asked)
            known = [*library.form_names, *titles]
            findings.append(Finding("unknown-form", span, message, did_you_mean(asked, known), about))
        elif name in (form.id for form in forms):
            message = _("the form “{name}” is asked for twice").format(name=name)
            findings.append(Finding("bad-value", span, message, _("keep one of the two"), about))
        elif (profile := given.get(PROFILE, "")) and profile not in (known := library.project.profile_names()):
            message = _("there is no scoring profile “{name}”").format(name=profile)
            span = facts.source.span(("报告", index, PROFILE))
            findings.append(Finding("bad-value", span, message, did_you_mean(profile, known), about))
        else:
            try:
                forms.append(library.form(name, Choice(given.get(PROFILE, ""), given.get(ROWS) == OWN)))
                findings += forms[-1].notes
            except ReportError as error:
                findings += error.findings
    return forms, findings


def _odd_keys(facts: Facts, index: int, given: Mapping[str, str]) -> Iterator[Finding]:
    """Say which keys of an entry of 报告, or which choice of 指标, there is not."""
    about = Subject.key("报告", index)
    for key in given.keys() - {FORM, PROFILE, ROWS}:
        message = _("“{key}” is not a key that can stand here").format(key=key)
        span = facts.source.key_span(("报告", index, key))
        yield Finding("unknown-key", span, message, did_you_mean(key, (FORM, PROFILE, ROWS)), about)
    if given.get(ROWS, OWN) != OWN:
        message = _("“{text}” is no choice of rows").format(text=given[ROWS])
        span = facts.source.span(("报告", index, ROWS))
        yield Finding("bad-value", span, message, _("type {usual}").format(usual=OWN), about)
