"""Lists that a cue opens -> the sums they may state: 其中, 包括, a colon, 分别为, a bracket behind a level."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.naming import opposite, rhyme
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading, summed
from reportgen.arithmetic.scope import with_whole
from reportgen.arithmetic.units import NOT_COUNTS

MOST_ITEMS = 40
MOST_AROUND = 8  # lists that begin before a number, of which one may hold it
MOST_INNER = 2  # lists of their own within a list; one with more is read up to there
MOST_PREFIXES = 12
MOST_TOTALS = 5
NUMBERED = re.compile(  # （1）, 2. and ③, 一是 and 二、: the beginning of an item
    r"\s*(?:[（(][0-9一二三四五六七八九十]{1,3}[）)]|[0-9]{1,2}[.．、]|[①-⑳]|[一二三四五六七八九十]{1,2}[是、])"
)
ENUMERATION = "、和及与"
Chain = tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Where a list stands: behind its cue up to the end of its bracket or sentence; ``path`` are its brackets.

    ``following`` is where the next 其中 opens another list within it. ``reaches``: the whole may stand in the sentence
    before.
    """

    cued: Cued
    reaches: bool
    at: int
    start: int
    end: int
    path: tuple[int, ...]
    following: int


def lists(page: Page) -> Iterator[Attachment]:
    """Yield the sums of all lists that a cue opens."""
    for region in regions(page):
        inside = page.between(region.start, region.end)
        items = [number for number in inside if number.place.path == region.path and number.is_level]
        wholes = totals_before(page, region) if items else []
        for kind in dict.fromkeys(number.kind for number in wholes):
            totals = _ranked([number for number in wholes if number.kind == kind], items, region.cued)
            if not totals:
                continue
            for attachment in _own(page, region, totals, items, _mixed_chain(region, totals, items, wholes)):
                hidden = tuple(_of_bracket(page, region, attachment)) if page.brackets else ()
                yield replace(attachment, excuses=(*attachment.excuses, *hidden)) if hidden else attachment
            yield from _mixed(page, region, totals, _mixed_chain(region, totals, items, wholes))
            yield from _columns(totals, items)


def whole_before(page: Page, regions: Sequence[Region], number: Number) -> Number | None:
    """Return what the innermost list that holds a number may be the parts of, the nearest, or None."""
    last = bisect_left(regions, number.start, key=lambda region: region.at)
    for region in reversed(regions[max(0, last - MOST_AROUND) : last]):
        inside = region.start <= number.start < region.end
        if inside and number.place.path[: len(region.path)] == region.path:
            wholes = (whole for whole in totals_before(page, region) if whole.kind == number.kind)
            return next((whole for whole in wholes if whole.index < number.index), None)
    return None


def regions(page: Page) -> list[Region]:
    """Return where the lists of a page stand, in their order."""
    found = []
    for cue in cues().of("lists"):
        cued, reaches = Cued[cue.column("strength").upper()], cue.column("reaches") == "yes"
        found += [_region(page, cued, reaches, match.start(), match.end()) for match in cue.words.finditer(page.text)]
    ends = {number.end for number in page.numbers if number.is_level}
    found += [_region(page, Cued.GOOD, False, mark + 1, mark + 1) for mark in page.opened if mark in ends]
    found.sort(key=lambda region: region.at)
    return [_cut(region, found[index + 1 : index + 1 + 2 * MOST_INNER]) for index, region in enumerate(found)]


def _region(page: Page, cued: Cued, reaches: bool, at: int, start: int) -> Region:
    path = page.brackets_at(at)
    end = page.brackets[path[-1]] if path else _end_of_numbered(page, start, page.sentence_at(at))
    return Region(cued, reaches, at, start, end, path, end)


def _end_of_numbered(page: Page, start: int, sentence: int) -> int:
    """Return where the sentence of a list ends, or the last of those whose items are numbered: （1）…。（2）…。"""
    last = sentence
    if NUMBERED.match(page.text, start):
        while last + 1 < len(page.sentences) and NUMBERED.match(page.text, page.sentences[last + 1][0]):
            last += 1
    return page.sentences[min(last, sentence + MOST_ITEMS)][1]


def _cut(region: Region, nearby: Sequence[Region]) -> Region:
    strong = (other for other in nearby if other.cued is Cued.STRONG and other.path == region.path)
    inner = [other.at for other in strong if region.start < other.at < region.end]
    end = inner[MOST_INNER - 1] if len(inner) >= MOST_INNER else region.end
    return replace(region, following=min(inner, default=region.end), end=end)


def totals_before(page: Page, region: Region) -> list[Number]:
    """Return the levels a list may be the parts of, the nearest first: of its sentence, else of the two before."""
    sentence = page.sentence_at(region.at)
    last = bisect_left(page.starts, region.at)
    before = page.numbers[max(page.firsts[sentence], last - 4 * MOST_TOTALS) : last]
    found = [
        number for number in before if number.is_level and number.place.path == region.path[: len(number.place.path)]
    ]
    if found:
        return found[::-1]
    for back in (1, 2):
        nearby = with_whole(page, sentence - back)
        own = page.sentence(sentence - back)
        if len(nearby) > len(own) > 2 and cues().row("lists", "of which").match(page.text, page.sentences[sentence][0]):
            nearby = (*nearby[: -len(own)], own[-1])  # 其中民事20件、刑事9件、行政1件。其中网上申请的5件: of all
        if found := [number for number in nearby if number.is_level]:
            return sorted(found[-4 * MOST_TOTALS :], key=lambda number: (len(number.place.path), -number.index))
    return []


def _of_bracket(page: Page, region: Region, attachment: Attachment) -> Iterator[Reading]:
    """Yield the sums of a part in a bracket before: 提案31件（承办27件）。其中，承办建议11件，承办提案16件."""
    sentence = page.sentence_at(region.at)
    before = page.between(page.sentences[max(0, sentence - 1)][0], region.at)
    hidden = [number for number in before if len(number.place.path) > len(region.path) and number.is_level]
    for number in hidden[-MOST_TOTALS:]:
        yield from (
            replace(reading, target=number) for reading in attachment.readings if reading.target.kind == number.kind
        )


def _ranked(totals: list[Number], items: Sequence[Number], cued: Cued) -> list[Number]:
    """Return the totals, first those whose noun ends the names of the items (派单601件，其中热线派单532件).

    One that is less than a part is none, but the nearest, where no other stands
    beside it in its group, in the sentence or before 其中.
    """

    heads = _firsts(items, "group")
    told = heads[:8] if len(heads) > 1 else items[:8]

    def recurs(total: Number) -> bool:
        tail = total.name[-2:]
        return len(tail) == 2 and 2 * sum(tail in item.name for item in told) > len(told)

    most = max((item.value for item in items if item.kind == totals[0].kind), default=totals[0].value)
    near = cued is Cued.STRONG or totals[0].place.sentence == items[0].place.sentence
    large = [total for total in totals if total.value >= most]
    if near and totals[0] not in large and not any(total.place.group == totals[0].place.group for total in large):
        large.insert(0, totals[0])
    return sorted(large, key=lambda total: (total.role == "past", not recurs(total)))[:MOST_TOTALS]


def _own(
    page: Page, region: Region, totals: Sequence[Number], items: Sequence[Number], mixed: Chain
) -> Iterator[Attachment]:
    """The items in the unit of the whole: all of them, or the first of each group; right if all units make it up."""
    own = [item for item in items if item.kind == totals[0].kind][:MOST_ITEMS]
    direct = [item for item in own if item.start < region.following]
    chains = [chain for chain in (tuple(direct), _firsts(own, "group")) if len(chain) > 1]
    if chains:
        first = items[0].place.clause == chains[0][0].place.clause
        here = totals[0].place.sentence == items[0].place.sentence or region.reaches
        cued = region.cued if first and here else Cued.FAIR if here else Cued.WEAK
        attachment = _attached(page, region, totals, list(dict.fromkeys(chains)), cued)
        if attachment and mixed:
            every = tuple(Reading("sum", whole, summed(mixed)) for whole in totals)
            attachment = replace(attachment, excuses=(*attachment.excuses, *every))
        yield from (attachment,) if attachment else ()


def _mixed(page: Page, region: Region, totals: Sequence[Number], chain: Chain) -> Iterator[Attachment]:
    """The items in other units than the whole, one a clause: 诉求500件，其中电话430个，信函25件，网上45件."""
    attachment = _attached(page, region, totals, [chain], Cued.FAIR) if chain else None
    yield from (attachment,) if attachment else ()


def _mixed_chain(region: Region, totals: Sequence[Number], items: Sequence[Number], wholes: Sequence[Number]) -> Chain:
    """Return the first count of each clause, whatever its unit, where units differ."""
    kinds = {whole.kind for whole in wholes}
    counts = [item for item in items if item.kind not in NOT_COUNTS and item.start < region.following]
    others = {item.kind for item in counts} - {totals[0].kind}
    chain = _firsts(counts[:MOST_ITEMS], "clause")
    if (
        region.cued is Cued.STRONG
        and totals[0].kind not in NOT_COUNTS
        and others
        and not others & kinds
        and len(chain) > 1
    ):
        return chain
    return ()


def _columns(totals: Sequence[Number], items: Sequence[Number]) -> Iterator[Attachment]:
    """The second numbers of all groups, where each has as many: 民事受理20件，审结18件；刑事受理9件，审结8件."""
    groups: dict[int, list[Number]] = {}
    for item in items[:MOST_ITEMS]:
        if item.kind == totals[0].kind:
            groups.setdefault(item.place.group, []).append(item)
    rows = list(groups.values())
    if len(totals) > 1 and len(rows) > 1 and len({len(row) for row in rows}) == 1:
        for column in list(zip(*rows, strict=True))[1:4]:
            yield Attachment(tuple(Reading("sum", whole, summed(column)) for whole in totals), Cued.FAIR)


def _firsts(items: Sequence[Number], unit: str) -> Chain:
    """Return the first item of each group or clause."""
    return tuple({getattr(item.place, unit): item for item in reversed(items)}.values())[::-1]


def _attached(
    page: Page, region: Region, totals: Sequence[Number], chains: list[Chain], cued: Cued
) -> Attachment | None:
    """Return the readings of the chains as parts of the totals, those that end where the list ends first."""
    told: list[Reading] = []
    excuses: list[Reading] = []
    ending = {chain: ends_of(page, chain) for chain in chains}
    for chain, ends in ending.items():
        shorter = () if region.path else range(2, min(len(chain), MOST_PREFIXES) + 1)
        for lengths, kept in ((ends, told), ([length for length in shorter if length not in ends], excuses)):
            kept += [Reading("sum", whole, summed(chain[:length])) for length in lengths for whole in totals]
        if len(chain) > 2 and chain[0].place.group != chain[1].place.group:  # 其中女律师7人；青年4人，中年9人
            excuses += [Reading("sum", whole, summed(chain[1:])) for whole in totals]
        excuses += _nested(totals, chain)
    for first, second in pairwise(totals):  # 结转20件，新收80件，其中…
        excuses += [Reading("sum", first, (*reading.over, (-1, second))) for reading in told if reading.target is first]
    if not told:
        return None
    chain = chains[0]
    loose = _is_loose(page, region, chain)
    if loose and cues().any("steps").search(chain[-1].words):
        return None
    likeliest = chain[: next(iter(ending[chain]), len(chain))]
    open_ = any(is_open(page, region, each) for each in {chain, likeliest})
    return Attachment(tuple(told), cued, tuple(excuses), open=open_, loose=loose)


def _nested(totals: Sequence[Number], chain: Chain) -> Iterator[Reading]:
    """The first item is the whole of those behind it, as nothing but their sum says: 刑事141件，逮捕41件；起诉100件."""
    first, nested = chain[0], chain[0].value
    for at, item in enumerate(chain[1:], 1):
        nested -= item.value
        if nested == 0 and at > 1:
            rest = [other for other in chain[at + 1 :] if other.value]  # what there is none of is of either
            whole, parts = (totals[0], (first, *rest)) if rest else (first, chain[1:])
            yield Reading("sum", whole, summed(parts))
            return


def _is_loose(page: Page, region: Region, chain: Chain) -> bool:
    """Whether the second of two stands in a clause of its own and has another name: 其中会后19件，立案196件."""
    first, second = chain[0], chain[-1]
    return (
        len(chain) == 2
        and not region.path
        and first.place.clause != second.place.clause
        and page.text[second.place.since - 1] in "，,"
        and not rhyme(first.name, second.name)
        and not opposite(first.name, second.name)
    )


def ends_of(page: Page, chain: Chain) -> list[int]:
    """Return how many items a list may have, the likeliest first: up to a new clause, or where 、 gives way to ，."""
    likely: list[int] = []
    for index in range(1, len(chain)):
        before, item = chain[index - 1], chain[index]
        if _breaks(page, chain[0], before, item):
            return [index, *likely] if index > 1 else []
        if index > 1 and _changes(page, chain, index):
            likely.append(index)
    return [len(chain), *likely]


def _breaks(page: Page, first: Number, before: Number, item: Number) -> bool:
    """Whether another thing begins with ``item``: other kinds, a verb that the first lacks, a total, another unit."""
    axes, others = _axes(page, before), _axes(page, item)
    if axes and others and not axes & others:
        return True
    verbs = cues().verbs
    if (verbs.match(item.words) and not verbs.match(first.words)) or cues().any("totals").search(item.words):
        return True
    if item.place.group != before.place.group or NUMBERED.match(page.text, item.place.since):
        return False
    own = (before.place.clause, item.place.clause)
    between = [number for number in page.numbers[before.index + 1 : min(item.index, before.index + 9)]
               if number.place.path == item.place.path]  # fmt: skip
    other = any(number.is_level and number.kind != before.kind and number.place.clause not in own for number in between)
    return other or any(number.role == "rate" for number in between)


def _axes(page: Page, item: Number) -> set[str]:
    """Return what an item is told by: its sex, its age (35岁以下9名)."""
    last = page.numbers[item.index - 1]
    start = last.start if item.index and last.end == item.place.since else item.place.since
    words = page.text[start : item.start] + item.noun
    if not cues().any("axes").search(words):
        return set()
    return {cue.name for cue in cues().of("axes") if cue.words.search(words)}


def _changes(page: Page, chain: Chain, index: int) -> bool:
    """Whether the items so far are parted by 、 and this one is not, or a ； comes first."""
    before, item = chain[index - 1], chain[index]
    enumerated = page.text[chain[0].end : chain[0].end + 1] in ENUMERATION
    gap = page.text[before.end : before.end + 1]
    return (enumerated and gap not in ENUMERATION) or item.place.group != before.place.group == chain[0].place.group


def is_open(page: Page, region: Region, chain: Chain) -> bool:
    """Whether a list leaves members out: it ends in 等 or 其余…, or is announced as the first few."""
    tail = page.text[chain[-1].end : min(region.end, chain[-1].end + 40)]
    head = page.text[max(0, region.at - 16) : region.at]
    rows = cues().of("open")
    return any(row.words.search(head if row.name == "foremost" else tail) for row in rows)
