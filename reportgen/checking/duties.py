"""What a form wants a reason for (须说明) -> whether one is given: in a row, or in a text that the form prints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.checking.case import Case
from reportgen.facts.reasons import NO_REASON
from reportgen.forms.form import Duty, Form
from reportgen.numbers.formula import UnknownError, holds, with_values
from reportgen.numbers.grammar import FormulaError
from reportgen.numbers.quantity import QuantityError
from reportgen.reading.keys import REASONS
from reportgen.scoring.scores import Scores
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _

BECAUSE = re.compile(
    "因|由于|受.{1,12}影响|尚未|未能|没有完成|滞后|推迟|结转|按进度|节约|压减"
)  # 支出进度慢，因系统上线推迟


def duties(case: Case) -> Iterator[Finding]:
    """Every deviation that a form asks about is explained where the form prints it."""
    for form, scores in zip(case.forms, case.scores, strict=True):
        for duty in form.duties:
            if _applies(case, duty) and not _in_rows(form, duty, scores) and not _in_texts(case, form, duty):
                yield _unexplained(case, form, duty)


def _applies(case: Case, duty: Duty) -> bool:
    try:
        return holds(duty.when, case.facts.scope)
    except (UnknownError, FormulaError, QuantityError):
        return False


def _in_rows(form: Form, duty: Duty, scores: Scores) -> bool:
    """Whether a row of these facts has a reason."""
    names = {each.name for each in form.indicators if each.target and set(each.target.names) & set(duty.when.names)}
    rows = (row for row in scores.rows if row.name in names)
    return any(not NO_REASON.fullmatch(row.texts.get(key, "").strip()) for row in rows for key in REASONS)


def _in_texts(case: Case, form: Form, duty: Duty) -> bool:
    """Whether a sentence of the form's texts speaks of it and says why."""
    passages = (passage for passage in case.texts if passage.in_section and passage.about.name in form.sections)
    sentences = (sentence for passage in passages for _start, sentence in passage.sentences())
    return any(BECAUSE.search(sentence) and any(word in sentence for word in duty.words) for sentence in sentences)


def _unexplained(case: Case, form: Form, duty: Duty) -> Finding:
    facts = case.facts
    value = with_values(duty.when.left, facts.scope)
    message = _("{duty} is {value}: the form “{form}” asks for the reason, and no text gives one")
    hint = _("say why in a text of 正文, with one of these words: {words}").format(words="、".join(duty.words))
    name = duty.when.left.names[0]
    kind = facts.vocabulary.facts.get(name)
    parts = (name, *(kind.formula.names if kind and kind.formula else ()))
    at = next((part for part in parts if part in facts.stated), name)
    message = message.format(duty=duty.name, value=value, form=form.name)
    return Finding("reason-missing", facts.span(at), message, hint, Subject.fact(name), certain=form.demands_reasons)
