"""The centres under 下辖, as a city's documents take figures from them -> what is wrong there, or not stated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from reportgen.checking.case import Case
from reportgen.checking.relations import failures
from reportgen.facts.facts import Facts
from reportgen.facts.reasons import read_reasons
from reportgen.facts.wording import Wording
from reportgen.forms.form import Form
from reportgen.forms.needs import templates_of
from reportgen.forms.vocabulary import ELSEWHERE, YES, FactKind, Vocabulary
from reportgen.numbers.formula import Missing
from reportgen.reading.keys import FACTS
from reportgen.telling.catalogue import ERROR
from reportgen.telling.findings import Finding, Subject, has_errors
from reportgen.telling.messages import _, listed

BEFORE, BELOW = ELSEWHERE
NAME = re.compile(r"(?<![\w.])(?:(\w{1,40})\.)?(\w{1,40}\.\w{1,40})(?![\w.])")  # 案件.受理, 区.案件.受理
LISTED = 12


def districts_are_sound(case: Case) -> Iterator[Finding]:
    """Every centre under 下辖 can be read, and is right in what this file's documents take from it."""
    relied = _relied_on(case)
    are_printed = bool(relied) or _are_listed(case)
    for name, centre in case.neighbours.centres.items():
        wrong = _wrong_in(centre, relied) if centre and relied else ()
        if centre is None and are_printed:
            message = _("{name}.yaml cannot be read: the sums and tables that take figures from it cannot be made")
            yield _told(case, "district-errors", name, message.format(name=name))
        elif wrong:
            message = _("{name}.yaml has errors in figures that are taken from it: {facts}")
            yield _told(case, "district-errors", name, message.format(name=name, facts=listed(wrong, LISTED)))
        elif centre is None or has_errors(centre.findings):
            message = _("{name}.yaml has errors: whether it and the city's totals agree cannot be judged")
            yield _told(case, "cannot-check", name, message.format(name=name))


def sums_are_whole(case: Case) -> Iterator[Finding]:
    """With 汇总: 是 what the documents print is stated by all centres under 下辖, where it is by some."""
    if not case.facts.subordinates:  # one of them is missing, or cannot be read: told
        return
    open_: dict[tuple[str, ...], list[str]] = defaultdict(list)  # the centres that do not state some facts: these
    for name, absent in _without_sum(case):
        if name not in case.told and not any(_misread(case.neighbours.centres[each], name) for each in absent):
            open_[absent].append(name)
    for absent, names in open_.items():
        message = _("there is no sum of {facts}: not stated in {files}, as it is in the others")
        message = message.format(facts=listed(names, LISTED), files=listed((f"{each}.yaml" for each in absent), LISTED))
        yield _told(case, "cannot-check", absent[0], message, _("state it there, if only as 0"))


def _without_sum(case: Case) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each fact that the documents print, or work out, and that some centres state, with those that do not."""
    facts, centres, kinds = case.facts, case.neighbours.centres, case.facts.vocabulary.facts
    seen, todo = set[str](), sorted(_named(case)[1], reverse=True)
    while todo:
        name = todo.pop()
        kind = None if name in seen or not isinstance(facts.value(name), Missing) else kinds.get(name)
        seen.add(name)
        if kind:
            absent = tuple(each for each, centre in centres.items() if not _states(centre, name))
            if kind.unit.base and 0 < len(absent) < len(centres):
                yield name, absent
            elif kind.formula:
                todo += kind.formula.names


def _states(centre: Facts | None, name: str) -> bool:
    return centre is not None and not isinstance(centre.value(name), Missing)


def _misread(centre: Facts | None, name: str) -> bool:
    """Tell whether a fact is stated, in a way that cannot be read: told of the centre already."""
    errors = (finding for finding in centre.findings if finding.severity is ERROR) if centre else ()
    return centre is None or any(_touch(frozenset([finding.path]), frozenset([name])) for finding in errors)


def _told(case: Case, code: str, name: str, message: str, hint: str = "") -> Finding:
    """Return a finding about a centre, at the entry of 下辖 that names it."""
    entries = case.facts.entry.subordinates
    index = next(at for at, entry in enumerate(entries) if name == entry or ("*" in entry and fnmatchcase(name, entry)))
    hint = hint or _("correct {name}.yaml first").format(name=name)
    return Finding(code, case.facts.source.span((BELOW, index)), message, hint, Subject.key(BELOW, index))


def _wrong_in(centre: Facts, relied: frozenset[str]) -> list[str]:
    """Return the facts that a centre's errors are about, where one of these is ``relied`` on."""
    related = [(failure.finding, failure.names) for failure in failures(centre)]
    found = [*related, *((finding, _facts_of(finding, centre.vocabulary)) for finding in centre.findings)]
    errors = [(finding, names) for finding, names in found if finding.severity is ERROR and _touch(names, relied)]
    if not errors:
        return []
    reasons = read_reasons(centre, Wording(centre))
    told = (finding for finding, _names in errors if not any(reason.covers(finding) for reason in reasons))
    return list(dict.fromkeys(finding.path for finding in told))


def _facts_of(finding: Finding, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the facts that a finding is about: those that the rows of a list make up, for one of a list."""
    kind = vocabulary.lists.get(finding.path.partition(".")[0])
    parts = (kind.parts.total, *kind.parts.facts.values()) if kind and kind.parts else ()
    return frozenset(parts or [finding.path])


def _touch(names: frozenset[str], relied: frozenset[str]) -> bool:
    """Tell whether facts, a group of them, or 数据 itself have to do with what is relied on."""
    groups = {FACTS, *(name.partition(".")[0] for name in relied)}
    return not names.isdisjoint(relied | groups)


def _relied_on(case: Case) -> frozenset[str]:
    """Return the facts that the documents take from the centres under 下辖, and what these are worked out from."""
    kinds, (below, summed) = case.facts.vocabulary.facts, _named(case)
    return _with_parts(below, kinds) | _with_parts(summed, {k: kinds[k] for k in kinds.keys() - case.facts.stated})


def _named(case: Case) -> tuple[set[str], set[str]]:
    """Return what the documents name of the centres under 下辖; and of the city itself, where 汇总 is 是."""
    facts = case.facts
    if not case.neighbours.centres:
        return set(), set()
    texts = [*(text for form in case.forms for text in _texts_of(form)), *_strings(facts.source.data)]
    named = [(of, name, BELOW in text) for text in texts for of, name in NAME.findall(text)]
    below = {name for of, name, may_be in named if of and may_be and of != BEFORE}
    return below, {name for of, name, _may_be in named if not of} if facts.entry.sums == YES else set()


def _with_parts(names: Iterable[str], kinds: Mapping[str, FactKind]) -> frozenset[str]:
    """Return those of the names that are of these facts, and all that they are worked out from."""
    found, todo = set[str](), list(names)
    while todo:
        name = todo.pop()
        if name in kinds and name not in found:
            found.add(name)
            todo += formula.names if (formula := kinds[name].formula) else ()
    return frozenset(found)


def _are_listed(case: Case) -> bool:
    """Tell whether a form prints a list of the centres under 下辖, or their sums."""
    names = (name for form in case.forms for template in templates_of(form) for _at, name in template.names)
    return any(name.partition(".")[0] == BELOW for name in names)


def _texts_of(form: Form) -> Iterator[str]:
    """Yield every text of a form that may name a fact."""
    yield from form.needed
    yield from (template.text for template in templates_of(form))
    for row in form.indicators:
        yield from (each.text for each in (row.actual, row.target, row.rule, row.algorithm) if each)


def _strings(value: object) -> Iterator[str]:
    """Yield every text of a centre's file."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield value
