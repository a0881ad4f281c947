"""Rates, completion and means: 结案率 = 结案 / 受理, 完成预算N的P%, 件均N元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from reportgen.arithmetic.cues import Cue, cues
from reportgen.arithmetic.naming import names
from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading, Terms, summed
from reportgen.arithmetic.scope import FAR, NEAR, around, run_of, visible, with_whole
from reportgen.arithmetic.units import MONEY, TIMES

RATE = re.compile(r"(?P<root>[一-鿿]{1,10}?)率(?:[一-鿿：:]{0,3})$")  # 按时结案率为99%
MEAN = re.compile(r"平均每(?P<each>[一-鿿])|(?P<per>[一-鿿])均(?:每[一-鿿])?")  # 件均, 平均每件
DAY = "天"  # of which 日均 is a mean
NEGATED = "未不非无"
SIDES = ("收入", "支出")  # of a budget; both are often told, and are equal
STOCK = 10  # characters around a whole in which a stock carried over is told
FINE = 1000  # last digits in a rate that holds by no accident: 71.9%
MOST = 24  # readings of one rate


def ratios(page: Page) -> Iterator[Attachment]:
    """Yield the readings of every rate, completion and mean."""
    for number in page.numbers:
        if number.role == "rate" and number.unit != "‰":
            yield from _rate(page, number)
        elif number.role == "completion":
            yield from _completion(page, number)
        elif number.role == "mean":
            yield from _mean(page, number)


def _amounts(page: Page, number: Number) -> list[Number]:
    """Return the levels before a number, the nearest first: of its sentence, and of the one before where few."""
    here = [other for other in page.before(number, FAR) if other.is_level and visible(other, number)]
    earlier = (
        [other for other in with_whole(page, number.place.sentence - 1) if other.is_level] if len(here) < 2 else []
    )
    return [*here[::-1], *earlier[::-1]][: 2 * NEAR]


def _explained(page: Page, percent: Number, row: Cue) -> list[Number]:
    """Return the levels of a bracket right behind a rate, if one is a whole: 完成率117.1%（目标380件，完成445件）."""
    levels = [other for other in page.between(percent.end, page.brackets.get(percent.end, 0)) if other.is_level]
    whole = re.compile(row.column("whole"))
    return levels[::-1] if len(levels) > 1 and any(whole.search(level.words) for level in levels) else []


def _row(root: str) -> Cue | None:
    """Return the row of a rate: the last that it names, 完成 of 结案完成率."""
    found = [(match.end(), cue) for cue in cues().of("rates") for match in cue.words.finditer(root)]
    return max(found, key=lambda each: each[0], default=(0, None))[1]


def _rate(page: Page, percent: Number) -> Iterator[Attachment]:
    match = RATE.search(page.clause(percent))
    row = _row(match["root"]) if match else None
    amounts = (row and _explained(page, percent, row)) or (_amounts(page, percent) if match else [])
    amounts = [other for other in amounts if other.kind not in TIMES]  # 24小时值守, 20秒接通率98%
    if not match or not amounts:
        return
    root = match["root"]
    if root[0] in NEGATED:
        yield from _negated(percent, root, amounts)
        return
    told = [(part, whole) for part in _parts(root, row, amounts) for whole in _wholes(row, amounts, part)]
    if not told:  # 有效诉求90件。办结81件，正在办理9件，办结率90%
        amounts += [other for other in with_whole(page, percent.place.sentence - 1)[::-1] if other.is_level]
        told = [(part, whole) for part in _parts(root, row, amounts) for whole in _wholes(row, amounts, part)]
    if told:
        readings = [Reading("ratio", percent, part, ((1, whole),)) for part, whole in told[:MOST]]
        if row and row.column("grades"):
            readings = [Reading("ratio", percent, summed(chain), ((1, whole),)) for part, whole in told[:MOST]
                        for chain in _grades(page, part)] + readings  # fmt: skip
        yield Attachment(tuple(readings), _cued(page, percent, root, row, *told[0]))


def _cued(page: Page, percent: Number, root: str, row: Cue | None, part: Terms, whole: Number) -> Cued:
    """Good where part and whole stand in the sentence and the group of the rate, and nothing was carried over."""
    last = part[-1][1]
    rest = "" if len(root) < 4 and names(root, last) else root[: len(root) - _shared(root, last)]
    if not row and len(part) == 1 and rest not in last.words + whole.words + whole.noun:
        return Cued.WEAK
    named = row is not None and re.search(row.column("whole"), whole.words) is not None
    if whole.place.sentence != percent.place.sentence and not named:
        return Cued.FAIR if percent.value / percent.step >= FINE else Cued.WEAK
    follows = percent.place.group - whole.place.group <= 2 and len(root) < 4  # 收案90件；结案81件；结案率90%
    here = percent.place.sentence == whole.place.sentence and (
        percent.place.group == last.place.group or (named and follows)
    )
    carried = cues().any("carried").search(page.text[max(whole.place.start, whole.start - STOCK) : whole.end + STOCK])
    return Cued.GOOD if here and not carried else Cued.FAIR


def _grades(page: Page, part: Terms) -> Iterator[list[Number]]:
    """Yield the lists that end in a part: 优秀12卷、良好36卷、合格31卷, of which all are 合格."""
    last = part[-1][1]
    chain = [last]
    for other in reversed([other for other in page.before(last, FAR) if other.role != "share"][-NEAR:]):
        if (
            not other.is_level
            or other.kind != last.kind
            or other.place.path != last.place.path
            or page.text[other.end : other.end + 1] not in "、，占"
        ):
            return
        chain.insert(0, other)
        yield list(chain)


def _parts(root: str, row: Cue | None, amounts: Sequence[Number]) -> Iterator[Terms]:
    """Yield what a rate may be the share of: the level named by its root, else by the row, else by its characters."""
    named = [(size, number) for number in amounts if (size := _shared(root, number))]
    if named:
        most = max(size for size, _number in named)
        yield from (summed([number]) for size, number in named if size == most)
        return
    words = re.compile(row.column("part")) if row else None
    other = [number for number in amounts if words and words.search(number.words + number.noun)]
    if other:
        yield from (summed([number]) for number in other[:2])
        return
    yield from (summed([number]) for number in amounts if len(root) < 4 and names(root, number))
    for chain in pairwise(amounts):  # 调解211件，撤诉97件，调撤率70%
        if len(root) > 1 and all(sign in number.words for sign, number in zip(root[-2:], chain[::-1], strict=True)):
            yield summed(chain[::-1])
    yield from (summed([number]) for number in amounts[:1] if not row and set(root[-2:]) & set(number.words))


def _shared(root: str, number: Number) -> int:
    """Return how many characters of the end of ``root`` stand in the name of a number, not negated: two at least."""
    for size in range(len(root), 1, -1):
        for name in (number.words, number.noun):
            at = name.find(root[-size:])
            if at >= 0 and (at == 0 or name[at - 1] not in NEGATED):
                return size
    return 0


def _wholes(row: Cue | None, amounts: Sequence[Number], part: Terms) -> list[Number]:
    """Return what stands before a part, of its unit: first what the row names, and no other where its group has it."""
    first = part[0][1]
    least = first.value if row and row.column("grades") else Decimal(0)  # of what was examined at most all is good
    before = [number for number in amounts if number.index < first.index and number.value and number.value >= least]
    alike = [number for number in before if number.kind == first.kind]
    if all(number.value < first.value for number in alike):  # 来电80个，转办20件，直办60件，直办率75%
        others = [number for number in before if MONEY not in (number.kind, first.kind) and number.value > first.value]
        alike += [number for number in others if number not in alike]
    words = re.compile(row.column("whole")) if row else None
    group = [number for number in alike if number.place.group == first.place.group]
    if words and any(words.search(number.words) for number in group):
        alike = group  # 受理刑事68件，结案38件；受理行政36件，结案10件，结案率: of the 36
    likely = sorted(alike, key=lambda number: number.value < first.value)
    return sorted(likely, key=lambda number: not (words and words.search(number.words)))[:6]


def _negated(percent: Number, root: str, amounts: Sequence[Number]) -> Iterator[Attachment]:
    """不起诉率: of those not and those that were (起诉1456人，不起诉238人), or of a whole before both."""
    own = next((number for number in amounts if number.name[:1] == root[0] and names(root, number)), None)
    if own is None:
        return
    rest = own.name[1:]
    other = [
        number for number in amounts if number is not own and number.kind == own.kind and rest and rest in number.name
    ]
    both = [own, *other[:1]]
    first = min(both, key=lambda number: number.index)
    wholes = _wholes(None, amounts, summed([first]))
    told = [Reading("ratio", percent, summed([own]), summed(both))] if other else []
    told += [Reading("ratio", percent, summed([own]), ((1, whole),)) for whole in wholes]
    if told:
        yield Attachment(tuple(told), Cued.GOOD if other and wholes else Cued.FAIR if wholes else Cued.WEAK)


def _completion(page: Page, percent: Number) -> Iterator[Attachment]:
    """完成任务80次的75%; 年初预算为100万元，支出决算为95万元，完成年初预算的95%."""
    run = run_of(page, percent)
    inner = [other for other in page.before(run[0], NEAR)
             if other.role in ("base", "plan") and other.place.clause == percent.place.clause]  # fmt: skip
    plans = inner or around(page, percent, lambda other: other.role == "plan", back=2)
    done = [other for other in _amounts(page, run[0]) if other.role == "level"]
    own = [other for other in done if other.place.sentence == percent.place.sentence]
    done = _spent(own or done, plans)  # 支出决算9.6万元，完成预算96%: no other than what its sentence tells
    told = [(level, plan) for plan in plans[:4] for level in done[:NEAR] if level.kind == plan.kind]
    if len(run) > 1:  # 分别完成任务2200套、1800套的104.5%和102.8%
        place, levels, plans = run.index(percent), done[: len(run)][::-1], plans[-len(run) :]
        told = [(levels[place], plans[place])] if len(levels) == len(plans) == len(run) else []
    if told:
        level, plan = told[0]
        near = level.place.sentence == plan.place.sentence and percent.place.clause - level.place.clause <= 2
        readings = tuple(Reading("completion", percent, ((1, level),), ((1, plan),)) for level, plan in told)
        here = level.place.sentence == percent.place.sentence
        yield Attachment(readings, Cued.STRONG if here and (inner or near) else Cued.GOOD)


def _spent(done: list[Number], plans: Sequence[Number]) -> list[Number]:
    """Return the levels without those of the other side, where the plan is of one: 支出预算 is no target of 收入."""
    for side in SIDES if plans else ():
        if side in plans[0].words and any(side in level.words for level in done):
            return [level for level in done if side in level.words or not any(other in level.words for other in SIDES)]
    return done


def _mean(page: Page, number: Number) -> Iterator[Attachment]:
    """发放补贴12.6万元，涉及90件，件均1400元."""
    match = MEAN.search(number.words)
    per = match and (match["each"] or match["per"])
    per = DAY if per == "日" else cues().units.get(per or "", per)
    amounts = _amounts(page, number)
    counts = [other for other in amounts if other.kind == per][:4]
    told = tuple(Reading("mean", number, ((1, whole),), ((1, count),))
                 for whole in amounts if whole.kind == number.kind for count in counts)  # fmt: skip
    if told:
        subject = MEAN.sub("", number.words)
        alone = len(told) == 1 and (len(subject) < 2 or names(subject, told[0].over[0][1]))
        yield Attachment(told, Cued.GOOD if alone else Cued.FAIR)
