"""A number that a hand typed -> the fact that the words before it name, which it is or contradicts; or no fact at all.

A number is never called a fact because the values are equal: 诉前调解212件 is no 民事案件.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reportgen.arithmetic.numbers import Number
from reportgen.arithmetic.readings import Working
from reportgen.arithmetic.units import MONEY, POINTS
from reportgen.checking.case import Case
from reportgen.checking.passages import Passage
from reportgen.facts.facts import Facts
from reportgen.forms.vocabulary import FactKind
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, at_digits_of, brief, number, trimmed
from reportgen.scoring.scores import Row, Scores
from reportgen.telling.findings import About, Finding
from reportgen.telling.messages import _

NOT_A_COUNT = re.compile(
    r"个(?:月|工作日|小时|季度|年|方面|层面|环节|字|一|三)|次(?:会议|全会)|项(?:规定|之)|条(?:规定|第|之)"
    r"|人(?:以上|以下)?单独|[小]?时|天|日|分钟|岁|年|月|期|步|字|米|公里|平方|度|号|级|层|楼|道|站|课|届|批(?!次)|案件|台账"
)
# Words that may stand between a name and its number: 刑事案件共108件, 案件办结数为296件.
AFTER_NAME = re.compile(
    r"(?:法律援助)?(?:案件|案卷|卷宗)?(?:数量|人数|件数|总数|数)?(?:共计|共|合计|总计)?(?:为|达到|达|有|是|的)?$"
)
FUNDS = re.compile("(?:资金|经费)$")  # what money is called behind the name of where it is from, or what it is for
# Words before a name that leave it what it is: 全年办理|刑事案件. Any other makes another quantity: 农民工|刑事案件.
PLAIN = re.compile(
    r"(?:(?:全年|全[市省区县]|年度|本年|今年|当年|年内|20\d\d年|度|本|我|局|中心|单位|机构|共|其中|包括|受理|办理|审批|批准|承办|实际"
    r"|完成|开展|组织|实现|各类|法律援助|案件|案卷|资金|全部|已|均|为|的|达到|有|了|年|派员|对|群众|受援人|当事人|帮助|电话)+)?"
)
# Words in the sentence by which a number is that of another time or place, and in its clause by which of another kind.
ELSEWHERE = re.compile(
    r"上年|去年|往年|同期|上一年|[0-9一二三四五六七八九十]月|季度|半年|全市|全省|全国|全县各|各站|站点|工作站"
    r"|近[两三四五]年|累计|期间|以来"
)
# What is done to cases of the year is told of all of them: 由工作站组成回访组，|对今年办结的198件案件进行了回访.
OF_THE_YEAR = re.compile(r"\s*[对将把](?:今年|本年度?|当年|全年|年内|20\d\d年度?)[^，,0-9]{1,8}的$")
OF_A_KIND = re.compile(r"每|平均|人均|件均|计划|拟|力争|目标|任务(?!完成率)|预计|应当|比例|标准|不低于|不少于|超过")
PLANNED = re.compile("计划|任务|目标|预算|编制")  # in the name of a fact that is itself a plan: 资金.计划
# 受理案件320件，比上年增长12%: what has grown since last year, and how; and how the vocabulary works that out
GROWN = re.compile(
    r"(?P<words>[^，。；、：（）0-9]{2,30})(?:[0-9][0-9.,]*[万亿]?[^，。；、：（）0-9]{0,3})?，?"
    r"(?:[比较](?:上年|去年|上一年)度?(?:同期)?|同比)(?P<verb>[增上提递下减降][长升加高增降少低减])(?:了|约|为|达)*$"
)
FALLS = re.compile("[下减降]")
GROWTH = "({fact} - 上年.{fact}) / 上年.{fact}"
GENERIC = {
    *("其他", "总额", "总数", "件数", "人数", "金额", "计划", "材料", "信息", "律师", "发布", "录入", "成功", "满意"),
    "上年结转",
}
TOTAL = re.compile(
    r"(?:自评|评价|综合|最终|本|项目|年度|绩效|部门|整体|支出|结果|的|中心)*(?:总得分|得分|总分|自评分|评分结果)(?:共计|共|为|是|达)?"
)
JOINED = re.compile("^(?:、|和(?!解)|以及|及(?!时)|与)")  # 民事案件212件|、刑事案件108件
LOST = re.compile("扣减?(?:了|去)?$")  # 知晓度不高，|扣2分
NONE = Decimal(0)
AMONG = re.compile("(?P<head>[^，。；：、（）]{2,30})中[，,：]")  # 网上申请的案件|中，民事案件60件
COUNTED = re.compile("[0-9][0-9,.]*[一-鿿]")  # 今年办理的|320件|案件中
NUMBERED = re.compile(r"([^0-9]*)[0-9][0-9,.]*(?:余)?([^0-9]*)$")  # words before the number of a clause, and its unit
EVERYTHING = ("100%", "100％")
LONGEST_NAME = 8
LONGEST_SENTENCE = 200  # characters before a number that are looked at
REPORTED = ("level", "rate", "share", "none")  # roles of numbers that a fact can say; no change, plan or mean


@dataclass(frozen=True)
class Typed:
    """A number in a passage: where its digits begin and its unit ends, its value, and how its section works it out."""

    passage: Passage
    number: Number
    start: int
    end: int
    value: Quantity
    working: Working

    @property
    def text(self) -> str:
        """What was typed."""
        return str(self.passage.text[self.start : self.end])

    @property
    def sentence(self) -> str:
        """The words of its sentence before it."""
        before = str(self.passage.text[max(0, self.start - LONGEST_SENTENCE) : self.start])
        return re.split("[。！？；;\\n]", before)[-1]

    @property
    def clause(self) -> str:
        """The words of its clause before it."""
        return re.split("[，,：]", self.sentence)[-1]


def read(passage: Passage, found: Number, start: int, working: Working) -> Typed | None:
    """Return the number, which begins at ``start`` of a passage, where a hand typed it and it counts something."""
    end = start + found.end - found.start
    unit_at = end - len(found.unit.lstrip("百千万亿"))
    if found.kind in ("", POINTS) or NOT_A_COUNT.match(passage.text, unit_at):
        return None
    if not passage.is_typed(start, start + len(found.digits)) or (found.hedge == "-" and not found.is_amount):
        return None
    return _placed(passage, found, start, working)


def _placed(passage: Passage, found: Number, start: int, working: Working) -> Typed | None:
    end = start + found.end - found.start
    value = found.quantity(passage.text[start:end])
    if value is None and found.hedge == "-":  # 480-500件
        value = Quantity(found.value, found.value)
    return None if value is None else Typed(passage, found, start, end, value, working)


@dataclass(frozen=True)
class Meant:
    """The fact that words name; not ``surely`` where they only call it so (也称), ``falls``: they say 下降 of it."""

    kind: FactKind
    surely: bool
    falls: bool = False


@dataclass(frozen=True)
class Names:
    """The facts of a case by what texts call them, and the scores."""

    facts: Facts
    scores: Sequence[Scores] = ()
    of_any: bool = False  # whether a fact need not be stated: in a finished report, where none is

    @cached_property
    def wholes(self) -> Mapping[str, set[str]]:
        """Each fact with those that are worked out from it."""
        found: dict[str, set[str]] = {}
        for kind in self.facts.vocabulary.facts.values():
            for part in self.facts.parts(kind.formula) if kind.formula else ():
                found.setdefault(part, set()).add(kind.name)
        return found

    @property
    def of_else(self) -> tuple[Callable[[Typed, FactKind], bool], ...]:
        """The ways in which a number that is called as a fact is, may be none."""
        return self.is_of_subject, self.is_of_other_whole, self.is_worked_out

    @cached_property
    def by_key(self) -> Mapping[str, tuple[FactKind, ...]]:
        """The facts that have a value by their names in running text."""
        found: dict[str, tuple[FactKind, ...]] = {}
        for name, kind in self.facts.vocabulary.facts.items():
            if self.of_any or isinstance(self.facts.value(name), Quantity):
                group, _dot, key = name.rpartition(".")
                for called in dict.fromkeys((key, *kind.called, key + group)):  # 到位资金 is 资金.到位
                    found[called] = (*found.get(called, ()), kind)
        return found

    def meant(self, typed: Typed) -> Meant | None:
        """Return the one fact of the year that the words before a number name."""
        found = typed.number
        if found.role == "growth":
            return self._grown(typed)
        if found.role not in (*REPORTED, "plan") or found.year not in ("", "this", str(self.facts.year)):
            return None
        said = JOINED.sub("", found.words)
        stem = _stem(said)
        plain = FUNDS.sub("", stem) if found.kind == MONEY else stem
        for words in dict.fromkeys((said, stem, plain)):
            kinds = [kind for kind in self._named(words, typed.sentence) if _measures(kind, typed.value)]
            if len(kinds) > 1:  # 办结案件434件, 办结的198件法律援助案件: no 投诉
                kinds = [kind for kind in kinds if any(word in found.words + found.noun for word in _before(kind))]
            if len(kinds) == 1 and self._is_said_of(kinds[0], typed):
                name = kinds[0].name.rpartition(".")[2]
                named = said.endswith(name) or stem.endswith(name)
                return Meant(kinds[0], named and not OF_THE_YEAR.search(typed.clause))
        return self._of_its_row(typed)

    def is_of_subject(self, typed: Typed, kind: FactKind) -> bool:
        """Whether a bare name goes on about the kind of the number before it: 民事案件受理93件，|办结88件."""
        *earlier, own = re.split("[，,：、]", typed.sentence)
        unit = typed.number.unit
        heads = (before for clause in reversed(earlier) for before, end in NUMBERED.findall(clause) if end == unit)
        head = next(heads, "")
        stem = _stem(head)
        if not stem or PLAIN.fullmatch(stem) or any(part in own for part in _before(kind)):
            return False
        kinds = self._named(head) or self._named(stem)
        parts = {kind.name.rpartition(".")[2] for kind in kinds}
        every = self.facts.vocabulary.facts.values()
        name = kind.name.rpartition(".")[2]
        return not kinds or any(name in other.after and other.name.rpartition(".")[2] in parts for other in every)

    def is_worked_out(self, typed: Typed, kind: FactKind) -> bool:
        """Whether a text works a number out of numbers of its own: 抽查30件，满意29件，|满意率96.7%.

        Or out of the fact and what comes to it: 办理|338件，其中上年结转18件、本年受理320件.
        """
        reading = typed.working.made_of(typed.number)
        if reading is None:
            return False
        if reading.under:
            return True
        parts = (number for _sign, number in reading.over)
        starts = ((part, typed.start + part.start - typed.number.start) for part in parts)
        placed = (_placed(typed.passage, part, start, typed.working) for part, start in starts)
        return any(part is not None and self._is_value_of(kind.name, part) for part in placed)

    def is_of_other_whole(self, typed: Typed, kind: FactKind) -> bool:
        """Whether a text tells a number as a part of something else than the fact is: 办结案件296件，其中|民事198件."""
        wholes = self.wholes.get(kind.name, set())
        if among := AMONG.search(typed.sentence):
            return self._is_other(among["head"], wholes)
        whole = typed.working.whole_of(typed.number)
        start = typed.start - (typed.number.start - whole.start) if whole else -1
        head = _placed(typed.passage, whole, start, typed.working) if whole and start >= 0 else None
        if head is None or not wholes or any(self._is_value_of(name, head) for name in wholes):
            return False
        return self._is_other(head.number.words, wholes)

    def _is_value_of(self, name: str, typed: Typed) -> bool:
        value = self.facts.value(name)
        return isinstance(value, Quantity) and value.unit.base == typed.value.unit.base and _agrees(typed.value, value)

    def _is_other(self, words: str, wholes: set[str]) -> bool:
        """Whether words name none of the facts, and are not so plain that they might."""
        stem = _stem(COUNTED.sub("", words))
        named = {kind.name for kind in (*self._named(words), *self._named(stem))}
        return not named & wholes and bool(named or not PLAIN.fullmatch(stem))

    def _grown(self, typed: Typed) -> Meant | None:
        """Return the growth of the fact that is said to have grown since last year: 受理案件比上年增长12%."""
        said = GROWN.search(typed.sentence)
        kinds = self._named(_stem(said["words"])) if said else []
        if said is None or len(kinds) != 1 or (ELSEWHERE.search(said["words"]) and not self.of_any):
            return None
        grown = GROWTH.format(fact=kinds[0].name)
        facts = self.facts.vocabulary.facts.values()
        kind = next((kind for kind in facts if kind.formula and kind.formula.text == grown), None)
        return Meant(kind, False, FALLS.search(said["verb"]) is not None) if kind else None

    def _of_its_row(self, typed: Typed) -> Meant | None:
        """Return the fact that a row of 评分 is called by, where a number in the row is it: 接待解答1860人次."""
        about = typed.passage.about
        if about.kind is not About.ROW:
            return None
        kinds = [kind for kind in self._named(about.name) if _measures(kind, typed.value)]
        value = self.facts.value(kinds[0].name) if len(kinds) == 1 else None
        return Meant(kinds[0], False) if isinstance(value, Quantity) and _agrees(typed.value, value) else None

    def _is_said_of(self, kind: FactKind, typed: Typed) -> bool:
        """Whether a number may be what a fact that its words name is now: no plan, but where the fact is one."""
        if PLANNED.search(kind.name):
            return self.of_any or not ELSEWHERE.search(typed.sentence)
        return typed.number.role != "plan" and (self.of_any or not scope_of(typed))

    def _named(self, words: str, sentence: str = "") -> list[FactKind]:
        """Return the facts whose whole name, or whose plain name, the words end in.

        The group of a name that many facts share may stand before, in the sentence: 回访150件，满意147件.
        """
        if len(words) == 1:
            return list(self.by_key.get(words, ()))
        for length in range(min(LONGEST_NAME, len(words)), 1, -1):
            kinds, before = self.by_key.get(words[-length:], ()), words[:-length]
            whole = [kind for kind in kinds if _is_whole(kind, before.removesuffix("的"))]
            if whole:
                return whole
            kinds = tuple(kind for kind in kinds if not kind.after)
            if kinds and PLAIN.fullmatch(before):
                if words[-length:] not in GENERIC:
                    return list(kinds)
                return [kind for kind in kinds if kind.name.partition(".")[0] in sentence]
        return []

    def row_of(self, typed: Typed) -> Row | None:
        """Return the row of 评分 in whose text a number of points stands, where it has a score."""
        about = typed.passage.about
        if about.kind is not About.ROW or typed.number.unit != "分":
            return None
        rows = (row for scores in self.scores for row in scores.rows)
        return next((row for row in rows if row.name == about.name and row.score is not None), None)

    def totals(self, typed: Typed) -> list[Quantity]:
        """Return the totals of 评分 where the words before a number name one: 自评得分98分."""
        if typed.number.unit != "分" or not TOTAL.fullmatch(typed.number.words):
            return []
        return [number(scores.total, "分") for scores in self.scores if scores.total is not None]


def _stem(words: str) -> str:
    """Return words without what may stand between a name and its number: 受理案件|数为."""
    return AFTER_NAME.sub("", words)


def _is_whole(kind: FactKind, before: str) -> bool:
    """Whether words end in what makes a whole name, and say no more: 农民工案件|受理 is not 案件.受理."""
    part = next((part for part in _before(kind) if before.endswith(part)), None)
    rest = before.removesuffix(part or "")
    return part is not None and (rest.endswith("的") or PLAIN.fullmatch(rest) is not None)


def _before(kind: FactKind) -> tuple[str, ...]:
    """Return the words before the plain name of a fact that make its whole name."""
    return kind.after or (kind.name.partition(".")[0],)


def scope_of(typed: Typed) -> str:
    """Return the word by which a number is that of another time, place or kind: 去年, 全市, 目标; "" where none is."""
    clause = typed.clause
    found = ELSEWHERE.search(clause if OF_THE_YEAR.search(clause) else typed.sentence) or OF_A_KIND.search(clause)
    return found[0] if found else ""


def _measures(kind: FactKind, value: Quantity) -> bool:
    """Whether a fact is measured in the unit of a number, or in a word for it."""
    if kind.unit.base == value.unit.base:
        return bool(kind.unit.base) or kind.unit.is_percent
    return value.unit.symbol.lstrip("千万亿") in kind.synonyms


def names_of(case: Case) -> Names:
    """Return what the texts of a case may name."""
    return Names(case.facts, case.scores)


def typed_number(typed: Typed, names: Names) -> Iterator[Finding]:
    """A number that a hand typed: the fact or score that it is, the one that it contradicts, or neither."""
    passage, text = typed.passage, typed.text
    span = passage.span(typed.start, typed.end)
    row = names.row_of(typed)
    lost = row.points - row.score if row and row.score is not None else NONE
    if row and typed.value.low in (row.points, row.score, lost):
        return
    if row and LOST.search(typed.number.words):  # 扣1分 may be one of several
        if typed.value.low > lost >= 0:
            shown = f"{trimmed(lost)}分"
            message = _("“{text}” contradicts the score of the row, which loses {points}").format(
                text=text, points=shown
            )
            hint = _("type {expected}").format(expected=shown)
            yield Finding("number-contradicts", span, message, hint, passage.about, text, shown, False, text)
    elif totals := names.totals(typed):
        if not any(_agrees(typed.value, total) for total in totals):
            shown = "、".join(map(brief, totals))
            message = _("“{text}” contradicts the scores: they sum to {total}").format(text=text, total=shown)
            hint = _("type {reference}").format(reference="{{ 评分.总分 }}分")
            yield Finding("number-contradicts", span, message, hint, passage.about, text, shown, len(totals) == 1, text)
    elif (
        (meant := names.meant(typed))
        and isinstance(value := names.facts.value(meant.kind.name), Quantity)
        and (
            _agrees(typed.value, said := -value if meant.falls else value)
            or not any(rule(typed, meant.kind) for rule in names.of_else)
        )
    ):
        yield from _against(typed, meant, said)
    elif text not in EVERYTHING and not re.match(r"[12]个", text):
        message = _("“{text}” is typed, and no fact says it").format(text=text)
        hint = _(
            "state it under 数据 (what the vocabulary lacks under 其他, with its unit) and refer to it: {reference}"
        )
        hint = hint.format(reference="{{ 其他.… }}")
        yield Finding("unbound-number", span, message, hint, passage.about, text, figure=text)


def told_apart(typed: Iterable[Typed], names: Names) -> Iterator[Finding]:
    """One figure that is called by the name of a fact in several places has one value."""
    first: dict[tuple[str, str], Typed] = {}
    for found in typed:
        meant = names.meant(found)
        if meant is None or found.number.hedge:
            continue
        before = first.setdefault((meant.kind.name, scope_of(found)), found)
        agreed = _agrees(found.value, before.value) or _agrees(before.value, found.value)
        if not agreed and not names.is_of_subject(found, meant.kind):
            message = _("“{name}” is {value} here, but {other} before").format(
                name=meant.kind.name.replace(".", ""), value=found.text, other=before.text
            )
            span, about = found.passage.span(found.start, found.end), found.passage.about
            hint = _("state one value, or say what is different")
            yield Finding("told-twice", span, message, hint, about, found.text, before.text, False, found.text)


def _against(typed: Typed, meant: Meant, value: Quantity) -> Iterator[Finding]:
    """The number is the fact that is named, or contradicts it."""
    passage, text, kind = typed.passage, typed.text, meant.kind
    span = passage.span(typed.start, typed.end)
    if _agrees(typed.value, value):
        message = _("“{text}” is typed; it is the fact {name}").format(text=text, name=kind.name)
        hint = _("type {reference}, so that it stays true").format(reference=reference(kind))
        yield Finding("typed-number", span, message, hint, passage.about, text, kind.name)
    elif not typed.number.hedge:
        shown = brief(value)
        message = _("“{text}” contradicts {name}, which is {value}").format(text=text, name=kind.name, value=shown)
        hint = _("type {reference}").format(reference=reference(kind))
        certain = value.exact and meant.surely
        expected = at_digits_of(typed.value, value)
        yield Finding("number-contradicts", span, message, hint, passage.about, text, expected, certain, text)


def _agrees(typed: Quantity, value: Quantity) -> bool:
    """Whether they are one at the digits typed."""
    alike = Quantity(typed.low, typed.high, value.unit, typed.places, typed.slack)
    if typed.unit.base == value.unit.base:
        alike = typed
    try:
        return agree(alike, value) not in (Agreement.DIFFERENT, Agreement.TRUNCATED)
    except QuantityError:
        return False


def reference(kind: FactKind) -> str:
    """Return what to type for a fact: {{ 案件.受理 }}件."""
    return f"{{{{ {kind.name} }}}}" + ("" if kind.unit.is_percent else kind.unit.symbol)
