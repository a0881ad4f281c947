"""Sentences -> numbers in them that are typed and not referred to, or that do not agree with facts or each other."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.checking.case import Case
from reportgen.checking.passages import Passage
from reportgen.facts.facts import Facts
from reportgen.numbers.numerals import NUMERALS, read_quantity
from reportgen.numbers.quantity import Agreement, Quantity, QuantityError, agree, brief, convert, rounded, trimmed, unit
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

UNITS = (
    *(
        "万人次",
        "人次",
        "万元",
        "亿元",
        "个百分点",
        "元",
        "件",
        "人",
        "名",
        "份",
        "条",
        "场",
        "次",
        "个",
        "家",
        "篇",
        "本",
    ),
    *("起", "部", "台", "宗", "册", "处", "项", "卷", "户", "所", "%", "％", "‰"),
)
NUMBER = re.compile(
    rf"(?<![\d.,〔\[第+×xX/A-Za-z-])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?P<more>余|多)?(?P<unit>{'|'.join(UNITS)})(?P<after>以上|以下|以内|左右)?(?![+×])"
)
NOT_A_COUNT = re.compile(
    r"个(?:月|工作日|小时|季度|年|方面|层面|环节|字|一|三)|次(?:会议|全会)|项(?:规定|之)|条(?:规定|第|之)|人(?:以上|以下)?单独"
)
HEDGES = ("约", "近", "超过", "超", "逾", "不少于", "不低于", "不超过", "至少", "达到", "大约")
CLAUSE = 60  # characters before a number that may name it
LONGEST = 500  # characters of a sentence that are looked at
LIST_END = r"(?=[。；！？\n]|$)"
ANNOUNCED = re.compile(
    r"(?P<count>\d{1,2}|[两二三四五六七八九十])(?:个|项|家|类|种|所|处|名|大)[^，。；、：\d]{0,12}"
    r"(?:，即|，分别(?:是|为)|，包括|：)(?P<list>[^。；！？：\n]+)"
)
WHOLE = re.compile("全部|百分之百|100[%％]|全都|无一例外")


@dataclass(frozen=True)
class _Found:
    """A number in a paragraph: where its digits begin, where its unit ends, and its value."""

    start: int
    end: int
    value: Quantity
    typed: bool
    exact: bool


def statements(case: Case) -> Iterator[Finding]:
    """Numbers in texts are references, and agree with the facts and with one another."""
    facts, told = case.facts, case.failed
    known: dict[tuple[Decimal, str], list[str]] = {}
    for passage in case.texts:
        if passage.heading:
            continue
        found = list(_numbers(passage))
        announced = {match.start("count") for match in ANNOUNCED.finditer(passage.text)}  # 3项制度，包括…
        for number in found:
            if number.typed and number.start not in announced and not passage.is_target:
                known = known or _by_value(facts)
                yield from _typed(passage, number, facts, known)
        yield from _parts(passage, found, told)
        yield from _shares(passage, found)
        yield from _counted_lists(passage)
        yield from _claims(passage, facts)


def typed_in_wording(passages: Iterable[Passage]) -> Iterator[Finding]:
    """Yield a finding for every number typed in the wording of a form, where each ought to be a reference."""
    for passage in passages:
        for number in _numbers(passage):
            text = passage.text[number.start : number.end]
            if number.typed and not passage.heading and text not in ("100%", "100％"):
                message = _("“{text}” is typed in the form's wording").format(text=text)
                hint = _("refer to a fact: {reference}").format(reference="{{ 案件.受理 }}")
                yield Finding(
                    "unbound-number",
                    passage.span(number.start, number.end),
                    message,
                    hint,
                    passage.about,
                    text,
                    figure=text,
                )


def _numbers(passage: Passage) -> Iterator[_Found]:
    for match in NUMBER.finditer(passage.text):
        if NOT_A_COUNT.match(passage.text, match.start("unit")):
            continue
        try:
            value = read_quantity(match["number"] + match["unit"].replace("％", "%"), match["unit"].replace("％", "%"))
        except QuantityError:
            continue
        before = passage.text[max(0, match.start() - 3) : match.start()]
        exact = not match["more"] and not match["after"] and not before.endswith(HEDGES)
        typed = passage.is_typed(match.start("number"), match.end("number"))
        yield _Found(match.start(), match.end("unit"), value, typed, exact)


# --- typed numbers -------------------------------------------------------------------------------------------


def _by_value(facts: Facts) -> dict[tuple[Decimal, str], list[str]]:
    """Return the names of the facts by their value, in base units."""
    known: dict[tuple[Decimal, str], list[str]] = {}
    for name in {**facts.vocabulary.facts, **facts.stated}:
        value = facts.value(name)
        if isinstance(value, Quantity) and value.exact:
            for base in _bases(facts, name, value):
                known.setdefault((value.low * value.unit.scale, base), []).append(name)
    return known


def _bases(facts: Facts, name: str, value: Quantity) -> list[str]:
    """Return the words for the unit of a fact: its own, and those it is also written with."""
    kind = facts.vocabulary.facts.get(name)
    own = value.unit.base[0][0] if len(value.unit.base) == 1 else value.unit.symbol and "%"
    return [own or "%", *(kind.synonyms if kind else ())]


def _base(number: _Found) -> str:
    return number.value.unit.base[0][0] if number.value.unit.base else "%"


def _typed(
    passage: Passage, number: _Found, facts: Facts, known: dict[tuple[Decimal, str], list[str]]
) -> Iterator[Finding]:
    """A number that a hand typed: the fact that it is, the fact that it contradicts, or neither."""
    text = passage.text[number.start : number.end]
    span = passage.span(number.start, number.end)
    names = known.get((number.value.low * number.value.unit.scale, _base(number)), []) if number.exact else []
    meant = _named(passage, number, facts)
    if names:
        name = next((name for name in names if name in meant), names[0])
        message = _("“{text}” is typed; it is the fact {name}").format(text=text, name=name)
        hint = _("type {reference}, so that it stays true").format(reference=_reference(facts, name))
        yield Finding("typed-number", span, message, hint, passage.about, text, name)
    elif meant and number.exact:
        value = facts.value(meant[0])
        shown = brief(value) if isinstance(value, Quantity) else ""
        message = _("“{text}” contradicts {name}, which is {value}").format(text=text, name=meant[0], value=shown)
        hint = _("type {reference}").format(reference=_reference(facts, meant[0]))
        yield Finding("number-contradicts", span, message, hint, passage.about, text, shown, figure=text)
    elif text not in ("100%", "100％") and not re.match(r"[12]个", text):
        message = _("“{text}” is typed, and no fact says it").format(text=text)
        hint = _(
            "state it under 数据 (what the vocabulary lacks under 其他, with its unit) and refer to it: {reference}"
        )
        yield Finding(
            "unbound-number", span, message, hint.format(reference="{{ 其他.… }}"), passage.about, text, figure=text
        )


def _reference(facts: Facts, name: str) -> str:
    kind = facts.vocabulary.facts.get(name)
    return f"{{{{ {name} }}}}" + ("" if kind and kind.unit.is_percent else kind.unit.symbol if kind else "")


def _named(passage: Passage, number: _Found, facts: Facts) -> list[str]:
    """Return the exact facts that the words right before the number name: 刑事案件347件."""
    before = re.split("[，。；、：（）！？\n]", passage.text[max(0, number.start - CLAUSE) : number.start])[-1]
    match = re.search(
        r"(?P<key>[一-鿿]{2,8}?)(?:法律援助)?(?:案件|案卷|卷宗|数量|人数|件数)?(?:共|共计|为|达|有|是|数为)?$", before
    )
    if match is None or re.search("月|季度|上年|去年|同期|半年|比|其中一|较|每", before):
        return []
    stem = before[: match.end("key")]
    found = []
    for name, stated in facts.stated.items():
        key = name.rsplit(".", 1)[-1]
        kind = facts.vocabulary.facts.get(name)
        named = kind and len(key) >= 2 and stem.endswith(key) and key not in ("其他", "总额", "总数")
        if named and stated.quantity.exact and _base(number) in _bases(facts, name, stated.quantity):
            found.append(name)
    return found if len(found) == 1 else []


# --- numbers within a sentence -------------------------------------------------------------------------------


def _parts(passage: Passage, numbers: list[_Found], told: Container[str]) -> Iterator[Finding]:
    """共A件，其中B、C: the parts sum to the whole, or at most to it where the list ends in 等 (domain 13)."""
    starts, ends = [number.start for number in numbers], [number.end for number in numbers]
    for match in re.finditer(rf"其中：?(?P<list>[^。；！？\n]+){LIST_END}", passage.text):
        before = bisect_right(ends, match.start())
        if not before or re.search("[。；！？\n]", passage.text[ends[before - 1] : match.start()]):
            continue
        total = numbers[before - 1]
        parts = numbers[bisect_left(starts, match.start("list")) : bisect_left(starts, match.end("list"))]
        parts = [part for part in parts if _base(part) == _base(total) and not part.value.unit.is_percent]
        nested = "其中" in match["list"]
        if nested or len(parts) < 2 or total.value.unit.is_percent or not all(n.exact for n in [total, *parts]):
            continue
        whole = total.value.low * total.value.unit.scale
        summed = sum((part.value.low * part.value.unit.scale for part in parts), Decimal(0))
        places = max(0, *(-int(part.value.low.as_tuple().exponent) for part in [total, *parts]))
        slack = Decimal(len(parts)).scaleb(-places) / 2 * total.value.unit.scale if places else Decimal(0)
        stands_for = passage.text.sources(total.start, total.end)
        if not any(number.typed for number in [total, *parts]) and any(name in told for name in stands_for):
            continue  # the facts themselves do not sum, which is told at their place
        partial = re.search(r"等(?:[^、，]{0,8})?$", match["list"]) is not None
        if summed - whole > slack or (whole - summed > slack and not partial):
            shown = trimmed(rounded(summed / total.value.unit.scale, 4)) + total.value.unit.symbol
            stated = passage.text[total.start : total.end]
            message = _("the sentence says {stated}, but what it lists sums to {summed}")
            hint = _("correct the numbers; if the list is not complete, end it with 等")
            span = passage.span(total.start, total.end)
            yield Finding("parts-mismatch", span, message.format(stated=stated, summed=shown), hint, passage.about,
                          stated, shown, figure=stated)  # fmt: skip


def _shares(passage: Passage, numbers: list[_Found]) -> Iterator[Finding]:
    """X件，占Y%: half-up at the digits of Y, of the last greater number of the same unit in the sentence."""
    starts, ends = [number.start for number in numbers], [number.end for number in numbers]
    for match in re.finditer(
        r"(?:，?占(?:总数|总量|全部|受理数?|案件总数|案件|比)?的?(?:比例)?为?)(?=\d)", passage.text
    ):
        before, at = bisect_right(ends, match.start()), bisect_left(starts, match.end())
        part = numbers[before - 1] if before else None
        share = numbers[at] if at < len(numbers) and starts[at] == match.end() else None
        if not part or not share or not share.value.unit.is_percent or part.value.unit.is_percent:
            continue
        if not (part.exact and share.exact) or match.start() - part.end > 2:
            continue
        begin = max(passage.text.rfind(mark, max(0, part.start - LONGEST), part.start) for mark in "。；！？\n")
        nearby = numbers[bisect_right(starts, max(begin, part.start - LONGEST)) : before - 1]
        wholes = [n for n in nearby if _base(n) == _base(part) and n.exact]
        wholes = [n for n in wholes if n.value.low > part.value.low]
        if not wholes:
            continue
        whole = max(wholes, key=lambda number: number.value.low)
        try:
            expected = convert(part.value / whole.value, unit("%"))
            agreement = agree(share.value, expected)
        except QuantityError:
            continue
        if agreement in (Agreement.DIFFERENT, Agreement.TRUNCATED):
            shown = f"{rounded(expected.low, share.value.places or 0):f}%"
            stated = passage.text[share.start : share.end]
            message = _("{part} of {whole} are {expected}, not {stated}").format(
                part=passage.text[part.start : part.end], whole=passage.text[whole.start : whole.end],
                expected=shown, stated=stated,
            )  # fmt: skip
            span = passage.span(share.start, share.end)
            yield Finding("share-mismatch", span, message, _("type {expected}").format(expected=shown), passage.about,
                          stated, shown, figure=stated)  # fmt: skip


def _counted_lists(passage: Passage) -> Iterator[Finding]:
    """N个…，即a、b、c has N items (domain 17)."""
    for match in ANNOUNCED.finditer(passage.text):
        listed = re.sub(r"[（(][^（）()]*[）)]|《[^》]*》", "某", match["list"])
        items = re.split(r"、|，(?:以及|和)|以及|(?<=[一-鿿])和(?=[一-鿿])|及(?=[一-鿿])", listed)
        if len(items) < 2 or "等" in listed or "，" in listed or re.search("[一二三四五]是", listed):
            continue
        count = int(match["count"]) if match["count"].isdigit() else {"两": 2}.get(match["count"]) or (
            NUMERALS.index(match["count"]) + 1
        )  # fmt: skip
        only_marks = len(listed.split("、"))
        if count not in (len(items), only_marks):
            message = _("the sentence announces {count}, and lists {n}").format(count=count, n=len(items))
            span = passage.span(match.start("count"), match.end("count"))
            hint = _("correct the number or the list; if it is not complete, end it with 等")
            yield Finding(
                "list-count", span, message, hint, passage.about, match["count"], str(len(items)), figure=match["count"]
            )


def _claims(passage: Passage, facts: Facts) -> Iterator[Finding]:
    """全部回访 beside a rate of 45.6% (seeds-audit A17): words that claim a ratio of one."""
    for match in re.finditer(r"[^，。；！？\n]+", passage.text):
        whole = WHOLE.search(match[0])
        if whole is None or not passage.is_typed(match.start() + whole.start(), match.start() + whole.end()):
            continue
        for name, kind in facts.vocabulary.facts.items():
            root = name.rsplit(".", 1)[-1].removesuffix("率")
            if not kind.formula or not kind.unit.is_percent or len(root) < 2 or not _is_claimed(root, match[0], whole):
                continue
            rate = facts.value(name)
            if isinstance(rate, Quantity) and rate.high < 100 and rate.exact:
                start = match.start() + whole.start()
                message = _("“{text}” claims all, but {name} is {rate}").format(
                    text=match[0].strip()[:30], name=name, rate=f"{rounded(rate.low, 1):f}%"
                )
                hint = _("say how many: {reference}").format(reference=f"{{{{ {name} }}}}")
                span = passage.span(start, start + len(whole[0]))
                yield Finding("claims-all", span, message, hint, passage.about, whole[0], name, figure=whole[0])


def _is_claimed(root: str, clause: str, whole: re.Match[str]) -> bool:
    """Whether the word for all is said of ``root``: 全部回访, 已全部予以归档, 录入率达到100%."""
    after, before = clause[whole.end() :], clause[: whole.start()]
    return root in after[: len(root) + 5] or f"{root}率" in before[-len(root) - 5 :]
