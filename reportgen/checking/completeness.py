"""A case -> what is missing in it, or stands where it belongs to nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from reportgen.checking.case import Case
from reportgen.facts.facts import NO_DATE
from reportgen.facts.wording import example_of
from reportgen.forms.vocabulary import YES
from reportgen.numbers.formula import Missing
from reportgen.numbers.quantity import brief
from reportgen.reading.project import PACKED, unusable_name
from reportgen.scoring.scores import Lost, of_other_forms
from reportgen.telling.findings import About, Finding, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

JOINING = re.compile("[的之和及与、]")  # words by which two names of one text differ


def needed_facts(case: Case) -> Iterator[Finding]:
    """Every fact that a form cannot do without (须填) has a value; a blank is no value."""
    told = set(case.told)
    for form in case.forms:
        for name in form.needed:
            if name not in told and isinstance(case.facts.value(name), Missing):
                told.add(name)
                message = _("the form “{form}” needs “{name}”, which is not stated").format(form=form.name, name=name)
                hint = _("type under 数据: {example}").format(example=example_of(name))
                yield Finding("fact-required", case.facts.span(name), message, hint, Subject.fact(name))


def blank_facts(case: Case) -> Iterator[Finding]:
    """A fact that is left blank, and that nobody needs, is not stated."""
    needed = {name for form in case.forms for name in form.needed} | case.told
    for name, span in case.facts.blanks.items():
        if name not in needed or not isinstance(case.facts.value(name), Missing):
            message = _("“{key}” is empty, which means that it is not stated").format(key=name.partition(".")[2])
            hint = _("type its value, or delete the line")
            yield Finding("empty-value", span, message, hint, Subject.fact(name))


def goals_have_results(case: Case) -> Iterator[Finding]:
    """Where a goal is stated, what became of it is known: an actual value belongs to every target (domain 18)."""
    facts = case.facts
    for need in facts.vocabulary.needs:
        if need.given in facts.stated and isinstance(facts.value(need.needed), Missing):
            stated = brief(facts.stated[need.given].quantity)
            message = _("“{name}” ({stated}) cannot be checked: {missing} is not stated").format(
                name=need.given, stated=stated, missing=need.needed
            )
            hint = _("state {missing} under 数据").format(missing=need.needed)
            yield Finding("cannot-check", facts.span(need.given), message, hint, Subject.fact(need.given), stated)


def unknown_sections(case: Case) -> Iterator[Finding]:
    """Every text under 正文 is printed by a form that is asked for: else it would be lost."""
    known = list(dict.fromkeys(section for form in case.forms for section in form.sections))
    open_yet = {JOINING.sub("", section) for section in known if section not in case.facts.entry.prose}
    others: list[Lost] = []
    for name in case.facts.entry.prose:
        if case.forms and case.all_forms and name not in known:
            message = _("no requested form prints a text “{name}”").format(name=name)
            span = case.facts.source.key_span(("正文", name))
            is_due = JOINING.sub("", name) in open_yet  # 存在的问题 is 存在问题 of the form that is asked for
            if not is_due and name in case.printed_by():
                others.append(Lost(name, span, Subject.section(name)))
                continue
            yield Finding("unknown-section", span, message, did_you_mean(name, known), Subject.section(name))
    yield from of_other_forms(others, case.printed_by() if others else {})


def report_follows_year(case: Case) -> Iterator[Finding]:
    """A report on a year is dated after its end (domain 20)."""
    facts = case.facts
    if facts.date != NO_DATE and facts.date <= datetime.date(facts.year, 12, 31) and facts.entry.year:
        message = _("the report on {year} is dated {date}, before the year's end").format(
            year=facts.year, date=facts.date
        )
        hint = _("type the date of signing, after {year}-12-31, or correct 年度").format(year=facts.year)
        span = facts.source.span(("日期",))
        yield Finding("report-before-year-end", span, message, hint, Subject.key("日期"), str(facts.date))


def file_has_its_place(case: Case) -> Iterator[Finding]:
    """The file lies in the folder of its year, under a name that any system can write."""
    facts, folder, stem = case.facts, case.neighbours.folder, case.neighbours.stem
    if folder and facts.entry.year == str(facts.year) and folder != facts.entry.year:
        message = _("the file lies in inputs/{folder}, but its 年度 is {year}")
        message = message.format(folder=folder, year=facts.entry.year)
        hint = _("correct 年度, or move the file to inputs/{year}").format(year=facts.entry.year)
        span = facts.source.span(("年度",))
        yield Finding("year-mismatch", span, message, hint, Subject.key("年度"), facts.entry.year, folder)
    if unusable_name(stem):
        message = _("“{name}” cannot name the folder of the documents").format(name=stem)
        hint = _("rename the file: letters a to z, digits and hyphens, such as lieshan.yaml")
        if stem.lower() == PACKED:
            hint = _("rename the file, such as lieshan.yaml: the folder of that name holds what is packed to be sent")
        yield Finding("bad-value", facts.source.at(1, 1), message, hint)


def centres_have_files(case: Case) -> Iterator[Finding]:
    """Every centre under 下辖 has a file beside the city's; 汇总: 是 has centres to sum."""
    if sums := case.facts.entry.sums:
        about, span = Subject.key("汇总"), case.facts.source.span(("汇总",))
        if sums not in (YES, "否"):
            message = _("“{text}” is neither 是 nor 否").format(text=sums)
            yield Finding("bad-value", span, message, _("type 是 or 否"), about)
        elif sums == YES and not case.facts.entry.subordinates:
            message = _("汇总 is 是, but no centres are named that could be summed")
            hint = _("name their files under 下辖: [east, west], without .yaml")
            yield Finding("bad-value", span, message, hint, about)
    listed = {case.neighbours.stem, *case.facts.entry.subordinates}
    others = [other for other in case.neighbours.beside if other not in listed]  # what is listed already is not meant
    for index, name in enumerate(case.facts.entry.subordinates):
        about, span = Subject.key("下辖", index), case.facts.source.span(("下辖", index))
        if above := next((other for other in case.neighbours.above if fnmatchcase(other, name)), ""):
            message = _("“{name}” has this centre below it, too: their figures would be counted twice")
            hint = _("name the centres below this one only, here or in {name}.yaml").format(name=above)
            yield Finding("bad-value", span, message.format(name=above), hint, about)
        elif name in case.facts.entry.subordinates[:index]:
            message = _("“{name}” stands twice, and would be counted twice").format(name=name)
            yield Finding("bad-value", span, message, _("delete one of the two"), about)
        elif name == case.neighbours.stem:
            message = _("“{name}” is this file itself").format(name=name)
            yield Finding("bad-value", span, message, _("name the centres below this one only"), about)
        elif "*" in name:
            if not any(fnmatchcase(other, name) for other in case.neighbours.beside if other != case.neighbours.stem):
                message = _("no file beside this one is called {name}.yaml").format(name=name)
                yield Finding("bad-value", span, message, did_you_mean(name, others), about)
        elif unusable_name(name):
            message = _("“{name}” cannot name a file").format(name=name[:40])
            hint = _("type the name of a file beside this one, without .yaml")
            yield Finding("bad-value", span, message, hint, about)
        elif name not in case.neighbours.beside:
            message = _("there is no file {name}.yaml beside this one").format(name=name)
            hint = did_you_mean(name, others) or _("ask the centre for it, or take it off 下辖")
            file = f"{case.facts.source.file.rpartition('/')[0]}/{name}.yaml".lstrip("/")
            yield Finding("bad-value", span, message, hint, Subject(About.FILE, file))
