"""Shares: a part, 占P%, of the whole that is named, or of the total of its list; shares that make 100 % of a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import groupby

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.judging import Verdict, judge
from reportgen.arithmetic.naming import COUNTED, names, resembles
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading, Terms, summed
from reportgen.arithmetic.scope import FAR, NEAR, following, run_of, visible
from reportgen.arithmetic.units import MONEY, NOT_COUNTS

# 占受理总数的30%: the words for the whole; 占 is the last of the clause
BASE = re.compile(r"占(?P<base>[^占，]*?)的?(?:比重|比例|比)?(?:最[高大]|约|分别|达到|达|为|是|的)*$")
SUBJECT = re.compile(r"^(?P<subject>[^，]*?)(?:所?占|比重|比例)")  # 农民工案件占比44%
NO_SUBJECT = re.compile(r"^(?:[约其各就也已仅只均]|大约|分别|合计|累计|共|\s)+")  # 约占, 分别占
BRACKETS = re.compile(r"[（(][^（）()]{0,300}[）)]")  # 3760万元（其中，基金116万元），占87%
TOGETHER = re.compile("合计|共计|之和|[两二三四五六七八九十]{1,2}[类项者种]")  # 两类合计占48%
BEHIND = re.compile("共|合计|总")  # 全市|共受理15832件: the whole, told last
OTHER_SCOPE = re.compile("全[国省]|同[类期]|[上去前]年")  # 占全国案件的
LEAST_ALONE = 3  # shares
FINE = 40  # last digits in a share: 41% and 4.1% hold by accident for one of as many numbers
EXACT = 4  # digits and the point of a share that holds by no accident: 51.2
LONGEST = 40  # characters between a part and its share
TOLD = 10  # more for each number between them
MOST_PARTS = 40


def shares(page: Page) -> Iterator[Attachment]:
    """Yield the readings of every share, and the sums of the parts whose shares make 100 %."""
    percents = [number for number in page.numbers if number.role == "share"]
    parts = {percent.index: part for percent in percents if (part := _part(page, percent))}
    shared = {parts[percent.index].index: _base(page, percent) for percent in percents if percent.index in parts}
    together: dict[object, list[tuple[Number, Number]]] = {}  # of a sentence, as deep in brackets
    for percent in percents:
        if part := parts.get(percent.index):
            together.setdefault((percent.place.sentence, part.place.path), []).append((part, percent))
    for pairs in together.values():
        proven, complete = _proven(page, pairs[:MOST_PARTS]), _make_all(pairs[:MOST_PARTS])
        hold = complete and len(pairs) <= MOST_PARTS and _of_all(pairs)  # where anything is wrong, it is the whole
        for part, percent in () if hold else pairs:
            others = {
                whole for whole, held in proven.items() if _prove([other for other in held if other is not percent])
            }
            siblings = [other for other, _percent in pairs] if complete else _siblings(page, part)
            yield from _share(page, percent, part, shared, others, siblings)
        if complete:
            yield from _wholly_shared(page, pairs, shared)
        else:
            yield from _odd(page, pairs[:MOST_PARTS], shared)
    for found in groupby(percents, key=lambda percent: percent.place.sentence):
        yield from _of_nothing_told(page, list(found[1])[:MOST_PARTS])


def _of_nothing_told(page: Page, percents: Sequence[Number]) -> Iterator[Attachment]:
    """Shares of a whole without a number, each in its clause, make 100 %: 咨询类占77.2%，投诉类占12.5%，其余占10.3%."""
    if len(percents) < LEAST_ALONE and not _are_opposites(page, percents):
        return
    cued_by = partial(cues().row, "hundred")
    first, last = percents[0], percents[-1]
    text = page.text[first.place.start : last.end + 2]
    clauses = [percent.place.clause for percent in percents]
    end = page.sentences[first.place.sentence][1]
    others = len(page.between(first.place.start, end)) > len(percents)
    bases = {match["base"] for percent in percents if (match := BASE.search(page.clause(percent)))}
    in_a_row = clauses == list(range(clauses[0], clauses[0] + len(clauses)))
    if others or bases != {""} or not in_a_row or cued_by("not all").search(text):
        return
    gap = sum((percent.value for percent in percents), Decimal(0)) - 1
    if abs(gap) > sum((percent.step / 2 for percent in percents), Decimal(0)):
        before = page.text[page.sentences[first.place.sentence][0] : first.start]
        sorted_ = Cued.FAIR if cued_by("by kind").search(before) else Cued.WEAK
        whole = len(percents) < LEAST_ALONE or cued_by("the rest").search(page.clause(last))
        cued = Cued.STRONG if len(percents) < LEAST_ALONE else Cued.GOOD if whole else sorted_
        yield Attachment((Reading("hundred", last.as_hundred(), summed(percents)),), cued)


def _are_opposites(page: Page, percents: Sequence[Number]) -> bool:
    """Whether two shares are those of two kinds that are all there are: 男性占60%，女性占40%."""
    if len(percents) != 2:
        return False
    first, second = (page.clause(percent) for percent in percents)
    for cue in (cue for cue in cues().of("pairs") if cue.column("other")):
        for one, other in ((cue.words, re.compile(cue.column("other"))), (re.compile(cue.column("other")), cue.words)):
            here, there = one.search(first), other.match(second)
            if here and there and first[here.end() :] == second[there.end() :]:
                return True
    return False


def _part(page: Page, percent: Number) -> Number | None:
    """Return the level that a share tells again: the last before it outside of other brackets and of the base."""
    run = run_of(page, percent)
    if len(run) > 1:
        return _distributed(page, run, run.index(percent))
    for other in reversed(page.before(percent, FAR)):
        if other.is_level and not _in_base(percent, other):
            inside = other.place.path == percent.place.path
            explained = percent.place.path == (*other.place.path, other.end)  # 12件（占5%）
            if inside or explained:
                return other if _tells_of(page, percent, other) else None
    return None


def _distributed(page: Page, run: Sequence[Number], place: int) -> Number | None:
    """Return the number of the list before that stands at the same place: 分别为20件和30件，占40%和60%.

    Each may have a name of its own, where the clause says 分别: 民事20件、刑事30件，分别占40%和60%.
    """
    before = [other for other in page.before(run[0], FAR) if other.is_level and not _in_base(run[0], other)]
    group = [other for other in before if other.run == before[-1].run]
    if len(group) == 1:  # 劳动120条、婚姻80条，分别占60%和40%
        group = _chain(page, before[-1])
    if len(group) != len(run) and "分别" in run[0].words:
        group = [other for other in before[-len(run) :] if other.place.path == run[0].place.path]
    return group[place] if len(group) == len(run) else None


def _in_base(percent: Number, other: Number) -> bool:
    """Whether a number stands in the words for the whole: 占上年收入6145万元的75%."""
    return percent.place.clause == other.place.clause and "占" in other.words


def _tells_of(page: Page, percent: Number, part: Number) -> bool:
    """Whether no other subject stands between a level and its share."""
    if part.place.clause == percent.place.clause:
        return True
    between = BRACKETS.sub("", page.text[part.end : percent.place.start][:400])
    told = percent.index - part.index - 1  # numbers of its growth: 28件，同比增长7.1%，环比增长2.2%，占70%
    if len(between) > LONGEST + TOLD * told or sum(between.count(mark) for mark in "，；,;") > 2 + told:
        return False
    match = SUBJECT.match(page.clause(percent))
    subject = NO_SUBJECT.sub("", match["subject"]) if match else ""
    return not subject or names(subject, part)


def _share(
    page: Page, percent: Number, part: Number, shared: Mapping[int, str], proven: set[int], siblings: Sequence[Number]
) -> Iterator[Attachment]:
    inner = [other for other in page.between(percent.place.start, percent.start)
             if other.kind == part.kind and _in_base(percent, other)]  # fmt: skip
    if inner:
        under = summed(inner[-1:])
        told = [Reading("share", percent, terms, under) for terms in _parts(page, percent, part, siblings)]
        several = (Reading("share", percent, terms, under) for terms in _several(siblings))
        yield Attachment(tuple(told), Cued.STRONG, tuple(several))
        return
    run, base = run_of(page, percent), _base(page, percent)
    wholes = sorted(_wholes(page, part), key=lambda whole: whole.index not in proven)
    if scope := OTHER_SCOPE.search(base):
        wholes = [whole for whole in wholes if scope[0] in page.clause(whole)]
    named, others = _sorted(wholes, base, shared)
    behind = [] if named else _wholes_behind(page, percent, part, base)
    if not named and not others and not behind:
        return
    parts = _parts(page, percent, part, siblings) if len(run) == 1 else [summed([part])]
    told = [Reading("share", percent, terms, ((1, whole),)) for terms in parts for whole in [*named, *behind, *others]
            if whole not in [number for _sign, number in (*terms, *parts[0][1:])]]  # fmt: skip
    if not told:
        return
    if behind:
        yield Attachment(tuple(told), Cued.GOOD)
        return
    sure = bool(named) or wholes[0].index in proven
    listed = _is_listed(page, part)
    if sure:  # in another sentence a kind may have the name of the whole: 一般贸易 of 进出口总值
        cued = Cued.STRONG if listed or wholes[0].index in proven or _is_near(named[0], part) else Cued.GOOD
    else:
        cued = _cued(base, others[0], part, listed)
    excuses = () if sure or listed else tuple(_of_siblings(percent, part, siblings))
    if len(run) == 1:
        excuses += tuple(
            _of_foremost(page, percent, [*(other for other in siblings if other.index < part.index), part])
        )
    yield Attachment(tuple(told), cued, excuses)


def _of_foremost(page: Page, percent: Number, chain: Sequence[Number]) -> Iterator[Reading]:
    """Yield the share of all announced as the first few: 前三位的是：交通172件，城建80件，民政50件，占59.7%."""
    for at in range(max(1, len(chain) - NEAR), len(chain) - 1):
        start = chain[at].place.start
        if cues().row("open", "foremost").search(page.text[max(0, start - LONGEST) : start].rstrip("：")):
            yield Reading("share", percent, summed(chain[at:]), ((1, chain[at - 1]),))


def _sorted(wholes: Sequence[Number], base: str, shared: Mapping[int, str]) -> tuple[list[Number], list[Number]]:
    """Return the wholes that the words name, and the others; a part that has a share of its own is only named.

    Where both are shares of what has the same name, it is no whole: 老年人占总人口的15%，其中高龄老人占总人口的10%.
    """
    named = [whole for whole in wholes if names(base, whole) and shared.get(whole.index) != base]
    return named, [whole for whole in wholes if whole not in named and whole.index not in shared]


def _base(page: Page, percent: Number) -> str:
    """Return the words for the whole of a share, or ""."""
    match = BASE.search(page.clause(run_of(page, percent)[0]))
    return match["base"] if match else ""


def _is_near(whole: Number, part: Number) -> bool:
    return whole.place.sentence == part.place.sentence


def _is_listed(page: Page, part: Number) -> bool:
    """Whether a part stands behind 其中 in its sentence."""
    start, _end = page.sentences[part.place.sentence]
    return cues().row("lists", "of which").search(page.text, max(start, part.start - 400), part.start) is not None


def _cued(base: str, whole: Number, part: Number, listed: bool) -> Cued:
    """Strong for a share without a name for its whole, in the sentence of the whole or in a list of its parts.

    A name that the whole has a part of (案件受理总数 of 办理案件4714件) is no name of it, and of nothing else.
    """
    if core := COUNTED.sub("", base):
        return Cued.FAIR if listed and resembles(core, whole) else Cued.WEAK
    return Cued.STRONG if listed or _is_near(whole, part) else Cued.FAIR


def _parts(page: Page, percent: Number, part: Number, siblings: Sequence[Number]) -> list[Terms]:
    """Return the list that ends in the part (A20件、B15件，占…), all that 两类合计占 speaks of, and the part."""
    chain = _chain(page, part)
    if len(chain) == 1 and TOGETHER.search(percent.words):
        first, *rest = siblings
        chain = rest if rest and first.value >= sum(other.value for other in rest) else [*siblings]
    return [summed(chain), summed([part])] if len(chain) > 1 else [summed([part])]


def _several(siblings: Sequence[Number]) -> Iterator[Terms]:
    """Yield each part before the last alone, and the last few together: 调解20件，撤诉15件，占民事案件90件的38.9%."""
    yield from (summed([other]) for other in siblings[-NEAR:-1])
    yield from (summed(siblings[at:]) for at in range(max(0, len(siblings) - NEAR), len(siblings) - 1))


def _wholes_behind(page: Page, percent: Number, part: Number, base: str) -> list[Number]:
    """Return the whole that is told last: A20件，占信访总量的20%。全年信访总量100件; A20件（占20%）…，共受理100件."""
    core, sentence = COUNTED.sub("", base), percent.place.sentence
    here = [other for other in page.sentence(sentence) if other.index > percent.index]
    nearby = [*here, *following(page, sentence)[:2]] if base else here
    return [other for other in nearby if other.is_level and other.kind == part.kind and other.value >= part.value
            and other.role != "past" and (names(core, other) if core else BEHIND.search(other.words))][:1]  # fmt: skip


def _chain(page: Page, part: Number) -> list[Number]:
    """Return the numbers of the list that ends in the part: A20件、B15件."""
    chain = [part]
    for other in reversed(page.before(part, NEAR)):
        same = other.is_level and other.kind == part.kind and other.place.path == part.place.path
        if not same or page.text[other.end] != "、":
            break
        chain.insert(0, other)
    return chain


def _siblings(page: Page, part: Number) -> list[Number]:
    """Return the levels of its kind before a part in its sentence, and the part."""
    return [*(other for other in page.before(part, NEAR) if other.is_level and other.kind == part.kind), part]


def _of_siblings(percent: Number, part: Number, siblings: Sequence[Number]) -> Iterator[Reading]:
    """Yield the part as a share of all parts told, or of the last: 来电500件，来信30件，占5.7%."""
    for at in range(min(len(siblings) - 1, NEAR)):
        yield Reading("share", percent, summed([part]), summed(siblings[at:]))


def _wholes(page: Page, part: Number) -> list[Number]:
    """Return the levels that a part may be a share of, the nearest first: of its unit, else of any that counts."""
    sentence = part.place.sentence
    beside = [other for other in page.before(part, FAR) if visible(other, part)]
    scopes = (beside, page.sentence(sentence - 1, FAR), page.sentence(sentence - 2, FAR))
    large = [[other for other in reversed(some) if other.is_level and other.value >= part.value] for some in scopes]
    own = [[other for other in some if other.kind == part.kind][:NEAR] for some in large]
    counts = _counts(large) if part.kind != MONEY else set()
    others = [[other for other in some if other.kind in counts][:NEAR] for some in large]
    first = others if not any(own[:2]) and any(others[:2]) and _is_listed(page, part) else own  # 问卷187份。其中男86人
    here, before, earlier = next((found for found in (first, own, others) if any(found)), own)
    return [*here, *(before or earlier)]


def _counts(found: Sequence[Sequence[Number]]) -> set[str]:
    return {number.kind for some in found for number in some} - NOT_COUNTS


def _prove(held: Sequence[Number]) -> bool:
    """Whether shares that hold are no accident: several, or one that could be one of forty."""
    return len(held) > 1 or any(percent.value / percent.step >= FINE for percent in held)


def _proven(page: Page, pairs: Sequence[tuple[Number, Number]]) -> dict[int, list[Number]]:
    """Return the levels of which shares of a sentence hold, each with those shares: a whole of one is that of all."""
    found: dict[int, list[Number]] = {}
    for part, percent in pairs:
        for whole in _wholes(page, part) if len(pairs) > 1 else ():
            if percent.value and judge(Reading("share", percent, summed([part]), summed([whole]))) is Verdict.HOLDS:
                found.setdefault(whole.index, []).append(percent)
    return found


def _make_all(pairs: Sequence[tuple[Number, Number]]) -> bool:
    """Whether the shares of several parts make 100 %, as far as their rounding allows."""
    whole = sum((percent.value for _part, percent in pairs), Decimal(0))
    room = sum((percent.step / 2 for _part, percent in pairs), Decimal(0))
    parts = {part.index: part.kind for part, _percent in pairs}
    return len(parts) > 1 and len(set(parts.values())) == 1 and abs(whole - 1) <= room


def _of_all(pairs: Sequence[tuple[Number, Number]]) -> bool:
    """Whether every share is that of its part in all parts told."""
    every = summed(dict.fromkeys(part for part, _percent in pairs))
    return all(judge(Reading("share", percent, summed([part]), every)) is Verdict.HOLDS for part, percent in pairs)


def _odd(page: Page, pairs: Sequence[tuple[Number, Number]], shared: Mapping[int, str]) -> Iterator[Attachment]:
    """Where no whole is told, and all shares but one are those of the parts together, the one is wrong."""
    every = summed(dict.fromkeys(part for part, _percent in pairs))
    readings = [Reading("share", percent, summed([part]), every) for part, percent in pairs]
    wrong = [reading for reading in readings if judge(reading) is not Verdict.HOLDS]
    held = max((reading.target.digits for reading in readings if reading not in wrong), key=len, default="")
    sure = len(readings) >= LEAST_ALONE or len(held) >= EXACT
    if len(wrong) == 1 and sure and all(whole.index in shared for whole in _wholes(page, wrong[0].over[0][1])):
        yield Attachment(tuple(wrong), Cued.GOOD)


def _wholly_shared(
    page: Page, pairs: Sequence[tuple[Number, Number]], shared: Mapping[int, str]
) -> Iterator[Attachment]:
    """The parts whose shares make 100 % sum to the whole; where none is told, each is a share of their sum."""
    parts = list(dict.fromkeys(part for part, _percent in pairs))
    listed = _is_listed(page, parts[-1])
    wholes = [number for number in _wholes(page, parts[0]) if number.index not in shared
              and (number.kind == parts[0].kind or listed or _is_near(number, parts[0]))]  # fmt: skip
    if wholes:
        told_of = _is_near(wholes[0], parts[0]) or any(_base(page, percent) for _part, percent in pairs)
        cued = Cued.STRONG if listed else Cued.GOOD if told_of else Cued.WEAK
        told = tuple(Reading("sum", number, summed(parts)) for number in wholes)
        every = [number for number in page.sentence(parts[0].place.sentence) if number.is_level
                 and number.kind == parts[0].kind and parts[0].index <= number.index]  # fmt: skip
        rounded = tuple(replace(reading, over=summed(every)) for reading in told)  # the least of them has no share
        yield Attachment(told, cued, rounded, whole=True)
    else:
        for part, percent in pairs:
            yield Attachment((Reading("share", percent, summed([part]), summed(parts)),), Cued.GOOD)
