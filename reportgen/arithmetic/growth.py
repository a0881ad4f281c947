"""Growth: 增加N，增长P% of a level; a level beside its base (去年同期为N); pairs told by 分别 and 各."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.naming import names, resembles
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading
from reportgen.arithmetic.scope import FAR, NEAR, around, following, run_of

COMPARED = re.compile(r"[较比与同]\s?([0-9]{4})\s?年")  # 比2014年
REACHED = re.compile(r"(?:达|达到|至|到|为)$")  # 增长10%，达到220件
EACH = re.compile("各|均")  # 收、支总计各增加86万元，增长5.83%
TIME = re.compile(r"[今本上去当全][年月周][度末]?|同期|[0-9]{4}年度?")
LONGEST = 80  # characters before a percentage in which its year of comparison is looked for


def growth(page: Page) -> Iterator[Attachment]:
    """Yield the readings of every rate of growth, and of every change between two levels."""
    for number in page.numbers:
        if number.role == "growth" and number.unit != "‰":  # 自然增长率 is no growth of a level
            run = run_of(page, number)
            yield from _paired(page, number, run) if len(run) > 1 else _alone(page, number)
        elif number.role == "change" and number.is_amount:
            yield from _difference(page, number)


def _falls(page: Page, number: Number) -> bool:
    return bool(cues().any("falls").search(number.words or page.clause(number)))


def _alone(page: Page, percent: Number) -> Iterator[Attachment]:
    change, down = _change(page, percent), _falls(page, percent)
    if change is None:
        yield from _between(page, percent, down)
        return
    subject = cues().any("compared").sub("", change.words).strip()  # 事故起数 of 事故起数减少51起
    levels = [level for level in _levels(page, change) if level.kind == change.kind]
    levels = sorted(
        [*levels, *_reached(page, percent, change)], key=lambda level: not (subject and names(subject, level))
    )
    made = [_by_change(percent, change, level, down) for level in levels]
    stocks = [replace(level, role="level") for level in levels if level.role == "past"]  # 上年结转190万元，减少8万元
    carried = tuple(_by_change(percent, change, stock, down) for stock in stocks)
    if EACH.search(change.words) and len(levels) > 1:
        yield from (Attachment((reading,), Cued.FAIR) for reading in made)
    elif made:
        cued = _cued(subject, min(change, percent, key=lambda one: one.index), levels[0])
        yield Attachment(tuple(made), cued, carried)


def _by_change(percent: Number, change: Number, level: Number, down: bool) -> Reading:
    if level.role == "past":
        return Reading("growth", percent, ((1, change),), ((1, level),))
    return Reading("growth", percent, ((1, change),), ((1, level), (1 if down else -1, change)))


def _cued(subject: str, told: Number, level: Number) -> Cued:
    """Strong where the change follows its level, or names it; weaker across a full stop, weakest of another thing."""
    if subject and not names(subject, level):
        return Cued.FAIR
    if level.place.sentence != told.place.sentence:
        return Cued.GOOD
    near = told.place.clause - level.place.clause <= 2
    return Cued.STRONG if subject or level.role == "past" or near else Cued.FAIR


def _change(page: Page, percent: Number) -> Number | None:
    """Return the change that a percentage tells again: right before it, or right behind (增长10.7%，增收5939万元)."""

    def beside(other: Number) -> bool:
        near = abs(percent.place.clause - other.place.clause) <= 1 and other.place.group == percent.place.group
        return near and other.role == "change" and other.is_amount

    behind = page.numbers[percent.index + 1 : percent.index + 3]
    taken = len(behind) > 1 and behind[1].role == "growth" and behind[1].place.clause - behind[0].place.clause <= 1
    found = [*reversed(page.before(percent, 2)), *(behind[:1] if not taken else ())]
    return next((other for other in found if beside(other)), None)


def _levels(page: Page, number: Number) -> list[Number]:
    """Return the amounts before a number that it may be the growth of, the nearest first."""

    def wanted(other: Number) -> bool:
        return (other.is_level or other.role == "mean") and (other.kind == number.kind or not number.is_amount)

    return around(page, number, wanted)


def _reached(page: Page, percent: Number, change: Number) -> list[Number]:
    """Return the level that a sentence ends in: 增加20件，增长10%，达到220件."""
    last = max(percent.index, change.index)
    return [other for other in page.numbers[last + 1 : last + 2] if other.is_level and other.kind == change.kind
            and other.place.group == percent.place.group and REACHED.search(other.words)]  # fmt: skip


def _between(page: Page, percent: Number, down: bool) -> Iterator[Attachment]:
    """The growth from a base to a level, where both are in the text: before it, or the base right behind."""
    nearby = page.numbers[percent.index + 1 : percent.index + 1 + NEAR]
    behind = [*takewhile(lambda other: other.role in ("growth", "past"), nearby), *_bracketed(page, percent)]
    levels = [*_levels(page, percent), *(other for other in behind if other.role == "past" and other.is_amount
              and other.place.group == percent.place.group)]  # fmt: skip
    levels += _named_before(page, percent, levels)
    nearest = next((level for level in levels if level.role != "past"), None)
    related = [
        (level, base) for level in levels for base in levels if base.kind == level.kind and _is_base(base, level)
    ]
    pairs = [pair for pair in related if nearest and nearest.run in (pair[0].run, pair[1].run)]
    if not pairs:
        return
    start = page.sentences[percent.place.sentence][0]
    real = cues().any("real").search(page.text[max(start, percent.start - LONGEST) : percent.start])
    subject = cues().any("compared").sub("", percent.words).strip(" 、和及")
    pairs.sort(key=lambda pair: not (subject and names(subject, pair[0])))  # 27批388人次，人次下降25.5%
    level, base = pairs[0]
    other = len(subject) > 1 and not names(subject, level)
    if level.place.sentence != percent.place.sentence and other:
        return  # 投诉类环比减少12%: of another thing than the sentence before tells
    sure = Cued.STRONG if base.role == "past" else Cued.GOOD
    told = other and any(between.role == "growth" for between in page.numbers[level.index + 1 : percent.index])
    cued = Cued.WEAK if real or told or not _are_of_one(level, base) else sure
    of_head = [_grown(percent, *pair, down) for pair in related if pair not in pairs]  # 来访486次，网上2035次，同比下降
    yield Attachment(tuple(_grown(percent, *pair, down) for pair in pairs), cued, tuple(of_head))


def _bracketed(page: Page, percent: Number) -> list[Number]:
    """Return the base in a bracket right behind: 来电18436次，同比上升13.7%（2022年为16209次）."""
    inside = page.between(percent.end, page.brackets.get(percent.end, 0))
    return [replace(other, role="past") for other in inside if other.role == "level" and other.year.isdigit()]


def _named_before(page: Page, percent: Number, levels: Sequence[Number]) -> list[Number]:
    """Return the level before a base that stands alone: 受理445件。受理数较2022年的408件增长9.1%."""
    if len(levels) != 1 or levels[0].role != "past" or levels[0].place.sentence != percent.place.sentence:
        return []
    subject = cues().any("compared").sub("", re.split("[较比与]", levels[0].words)[0])
    before = page.sentence(percent.place.sentence - 1, FAR)
    return [level for level in before if level.role == "level" and len(subject) > 1 and names(subject, level)][:1]


def _are_of_one(level: Number, base: Number) -> bool:
    """Whether a level and a base may count the same thing: 去年受理500件，审结480件 are two."""
    words, others = (TIME.sub("", cues().any("compared").sub("", number.name)) for number in (level, base))
    return len(words) < 2 or len(others) < 2 or resembles(words, base) or names(others, level)


def _is_base(base: Number, level: Number) -> bool:
    if "past" in (base.role, level.role):
        return base.role == "past" and level.role != "past"
    return base.year.isdigit() and level.year.isdigit() and base.year < level.year


def _grown(percent: Number, level: Number, base: Number, down: bool) -> Reading:
    more, less = (base, level) if down else (level, base)
    return Reading("growth", percent, ((1, more), (-1, less)), ((1, base),))


def _difference(page: Page, change: Number) -> Iterator[Attachment]:
    """较上年的2190万元减少221万元: the level less its base."""
    down = _falls(page, change)
    levels = _levels(page, change)
    bases = [base for base in levels if base.role == "past" and change.place.clause - base.place.clause <= 2]
    told = [Reading("difference", change, ((1, base if down else level), (-1, level if down else base)))
            for base in bases[:1] for level in levels if level.role != "past"]  # fmt: skip
    if told:
        yield Attachment(tuple(told), Cued.STRONG)


def _paired(page: Page, percent: Number, run: Sequence[Number]) -> Iterator[Attachment]:
    """The k-th percentage of a list is that of the k-th level, by its change or from its base."""
    place, first, size = run.index(percent), run[0], len(run)
    before = [other for other in page.before(first, FAR) if other.is_amount]
    changes = [other for other in before if other.role == "change"][-size:]
    bases = [] if changes else _bases(page, percent, before, size)[-size:]
    told = changes or bases
    levels = _paired_levels(page, before, told or run, size)
    if len(told) < size or len(levels) < size or told[place].kind != levels[place].kind:
        return
    level, other, down = levels[place], told[place], _falls(page, first)
    reading = _by_change(percent, other, level, down) if changes else _grown(percent, level, other, down)
    yield Attachment((reading,), Cued.STRONG)


def _paired_levels(page: Page, before: Sequence[Number], told: Sequence[Number], size: int) -> list[Number]:
    """Return the last levels before what is told of them, in the sentence or the one before."""
    levels = [other for other in before if other.is_level and other.role != "past" and other not in told]
    if told[0] in before:
        levels = [other for other in levels if other.index < told[0].index]
    sentence = before[-1].place.sentence if before else told[0].place.sentence
    return (levels or [other for other in page.sentence(sentence - 1, FAR) if other.is_level])[-size:]


def _bases(page: Page, percent: Number, before: Sequence[Number], size: int) -> list[Number]:
    """Return the numbers of the time compared with: 去年同期为787件1279人; or those of 2014 in a sentence nearby."""
    if bases := [other for other in before if other.role == "past"]:
        return bases
    sentence = percent.place.sentence
    start = page.sentences[sentence][0]
    years = COMPARED.findall(page.text[max(start, percent.start - LONGEST) : percent.start])
    later = page.between(percent.end, page.sentences[sentence][1])[:FAR]
    for nearby in (later, page.sentence(sentence - 1, FAR), following(page, sentence)):
        found = [other for other in nearby if other.is_level and years and other.year == years[-1]]
        if len(found) >= size:
            return found[:size]
    return []
