"""Sums without a cue before them: the total behind (合计), what is left (结余), pairs (办结、未办结), a bare list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from reportgen.arithmetic.cues import Cue, cues
from reportgen.arithmetic.naming import opposite, resembles
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading, summed
from reportgen.arithmetic.scope import FAR, NEAR
from reportgen.arithmetic.units import MARKS

MOST_BARE = 10
MOST_WHOLES = 6
LONG = 6  # characters of a total that may name another thing than the parts do: 合计服务当事人
LEAST = 3  # characters before a total of which the last two say what is summed
FEW = 3  # levels before what is left of them, among which it is clear whose rest it is


def totalled(page: Page) -> Iterator[Attachment]:
    """Yield the sums of what stands before a total: 甲20件，乙15件，合计35件."""
    for number in page.numbers:
        words = number.words or page.numbers[number.run].words  # 共计4万户8万人
        last = page.numbers[number.index - 1]
        words = last.words if number.kind == MARKS and number.index and last.role == "full" else words  # 总分9分，得8分
        cue = next((cue for cue in cues().of("totals") if cue.words.search(words)), None)
        if cue and number.role == "level" and number.is_amount:
            told = tuple(
                Reading("sum", number, summed(items))
                for items in _summands(page, number, near=cue.column("near") == "yes")
                if not cue.column("of") or _are_times(number, items, cue)
            )
            if told:
                cued = Cued[cue.column("strength").upper()]
                other = len(words) > LONG and not any(resembles(words[-4:], part) for _sign, part in told[0].over)
                yield Attachment(told[:1], min(cued, Cued.FAIR) if other else cued, told[1:])


def _are_times(number: Number, items: Sequence[Number], cue: Cue) -> bool:
    """Whether items tell of times that make up that of their sum, and of the same thing: 一季度受理, 全年受理."""
    core, of = cue.words.sub("", number.words), re.compile(cue.column("of"))
    return all(of.search(item.words) for item in items) and (len(core) < 2 or resembles(core, items[0]))


def _summands(page: Page, number: Number, near: bool) -> Sequence[Sequence[Number]]:
    """Return the lists that may end in a total: all of its sentence before it, else of the one before.

    ``near``: all before it that no ； parts from it.
    """
    group = [other for other in page.before(number, FAR) if other.place.group == number.place.group]
    earlier = (page.before(number, FAR), page.sentence(number.place.sentence - 1, FAR))
    for before in (group,) if near else earlier:
        found = [other for other in before if other.is_level and _alike(other, number)]
        if len(found) > 1:
            heads = list({other.place.group: other for other in reversed(found)}.values())[::-1]
            lasts = list({other.place.group: other for other in found}.values())  # 产出50分，得48分；效益30分，得28分
            tails = [found[-length:] for length in range(len(found), 1, -1)]
            columns = [heads, lasts, found[::2], found[1::2]]
            named = [other for other in found if resembles(number.words[-2:], other)]  # 合计执行81万元: what 执行 says
            first = [named] if 1 < len(named) < len(found) and len(number.words) > LEAST else []
            return first + tails + [column for column in columns if 1 < len(column) < len(found)]
    return []


def _alike(number: Number, other: Number) -> bool:
    return number.kind == other.kind and number.place.path == other.place.path


def remainders(page: Page) -> Iterator[Attachment]:
    """Yield what is left of a whole: 受理90件，办结81件，未结9件; 上年结转20件，新收90件，办结100件，未结10件."""
    cue, rest = cues().any("remainders"), cues().row("open", "the rest")
    for number in page.numbers:
        if number.is_level and cue.search(number.words) and not rest.match(page.text[number.end : number.end + 24]):
            before = [other for other in page.before(number, 12) if other.is_level and _alike(other, number)]
            if len(before) == 1:  # 资金50万元。实际支出42万元，结余8万元
                before = [*_wholes_before(page, number), *before]
            before = before[-MOST_WHOLES:]
            group = [other for other in before if other.place.group == number.place.group]
            before = group if len(group) > 1 else before
            every = list(_less(number, before))
            told = [reading for reading in every if (reading.computed() or 0) >= 0]
            if told:
                yield Attachment(tuple(told), Cued.GOOD if len(before) <= FEW else Cued.FAIR)


def _wholes_before(page: Page, number: Number) -> list[Number]:
    """Return the last level of the sentence before, or of the one before that where it has no number."""
    sentence = number.place.sentence
    earlier = page.sentence(sentence - 1, NEAR) or page.sentence(sentence - 2, NEAR)
    return [other for other in earlier if other.is_level and _alike(other, number)][-1:]


def _less(number: Number, before: Sequence[Number]) -> Iterator[Reading]:
    """Yield each level less all behind it, or less the last; two levels less the last; the last less the one before."""
    for at in range(len(before) - 2, -1, -1):
        yield Reading("difference", number, ((1, before[at]), *((-1, other) for other in before[at + 1 :])))
    for whole in before[:-2]:
        yield Reading("difference", number, ((1, whole), (-1, before[-1])))
    for first, second in pairwise(before[:-1]):
        yield Reading("difference", number, ((1, first), (1, second), (-1, before[-1])))
    if len(before) == 2:  # 办结81件，受理90件，未结9件
        yield Reading("difference", number, ((1, before[1]), (-1, before[0])))


def pairs(page: Page) -> Iterator[Attachment]:
    """Yield the wholes of two parts with opposite names: 调解成功58件，未调解成功4件."""
    for first, second in zip(page.numbers, page.numbers[1:], strict=False):
        near = second.place.sentence == first.place.sentence and _alike(first, second)
        if (
            near
            and first.is_level
            and second.is_level
            and not first.words.startswith("、")
            and opposite(first.name, second.name)
        ):
            before = page.before(first, NEAR) or page.sentence(first.place.sentence - 1, NEAR)
            wholes = [other for other in before if other.is_level and other.kind == first.kind]
            most = max(first.value, second.value)
            wholes = [whole for whole in wholes if whole.value >= most] or wholes[-1:]
            wholes = [whole for whole in wholes if whole.place.group == first.place.group][-1:] or wholes[::-1]
            told = tuple(Reading("sum", whole, summed((first, second))) for whole in wholes)
            if told:
                yield Attachment(told, Cued.GOOD if len(told) == 1 else Cued.FAIR)


def bare(page: Page) -> Iterator[Attachment]:
    """Yield the sums of a level and the levels behind it, in its sentence or as the next: only told where sure."""
    for index in range(len(page.sentences)):
        here = [number for number in page.sentence(index) if number.is_level and not number.place.path]
        before = [number for number in page.sentence(index - 1, NEAR) if number.is_level]
        for kind in dict.fromkeys(number.kind for number in here):
            own = [number for number in here if number.kind == kind]
            if len(own) > MOST_BARE:
                continue
            heads = [number for number in before if number.kind == kind]
            told = [Reading("sum", whole, summed(own)) for whole in heads if len(own) > 1]
            told += [Reading("sum", own[0], summed(own[1:]))] if len(own) > 2 else []
            if told:
                yield Attachment(tuple(told), Cued.FAIR if _parallel(own) else Cued.WEAK, tuple(_within(own)))


def _parallel(own: Sequence[Number]) -> bool:
    """Whether three names or more end alike: 侦查阶段21件，起诉阶段68件，审判阶段108件."""
    return len(own) > 3 and len({number.name[-2:] for number in own[1:]}) == 1 and len(own[1].name) > 2


def _within(own: Sequence[Number]) -> Iterator[Reading]:
    """Yield each level as the sum of some right behind it."""
    for at in range(len(own)):
        yield from (Reading("sum", own[at], summed(own[at + 1 : to])) for to in range(at + 3, len(own) + 1))
