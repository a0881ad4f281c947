"""Paragraphs -> what was left in them by haste: hints of the form, placeholders, half sentences, another place."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import add

from reportgen.checking.case import Case, Places
from reportgen.checking.passages import Kind, Passage
from reportgen.facts.facts import Facts
from reportgen.forms.vocabulary import Vocabulary
from reportgen.forms.words import Word
from reportgen.numbers.numerals import NUMERALS
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _

PAIRS = {"（": "）", "《": "》", "〈": "〉", "“": "”", "‘": "’", "【": "】", "〔": "〕", "(": ")", "[": "]"}
PAIRED = re.compile(f"[{re.escape(''.join((*PAIRS, *PAIRS.values())))}]")
ENDS = "。！？；：…”’》）)】.!?;:|"
SIMILAR = 0.9
LONGEST_TITLE = 100  # characters of what stands in 《》
LONG_HEADING = 30  # characters; with a comma in it, it is a sentence
COMPARED_WITH = 8  # texts at the most, of those that share most with one
SAMPLED, MOST_WITH_PAIR = 16, 32  # pairs of characters that stand for a text; texts remembered for one pair
LEAST_TO_COMPARE = 24  # characters of a paragraph; shorter ones may well be alike


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    message: Callable[[], str]
    hint: Callable[[], str]
    unless: re.Pattern[str] | None = None  # what the whole text may be instead


HAN = "\u4e00-\u9fff"
# Looked for in what was typed, character by character; the finding is on what matches. An alternative begins with a
# character and looks back over it: most places of a text are then passed over at once.
_RULES = (
    _Rule(
        "form-hint",
        re.compile(
            r"[（(][^（）()]{0,12}(?:\d+|[一二三四五六七八九十百]+)字(?:以内|左右|以上)?[^（）()]{0,8}[）)]"
            r"|[（(](?:请|此处|简要|填写|说明|可附|不超过)[^（）()]{2,60}[）)]"
            r"|[（(](?:可?另附页?|可?附页|示例|样例|例文|范文|参考范例)[）)]"
            r"|[（(]包括[^（）()]{2,60}(?:情况|内容|流程|方法|目标|方面|措施)等?。?[）)]"
            r"|(?:^|(?<=[。；]))包括[^。；]{4,60}(?:情况|内容|流程|方法|目标|等方面)(?=[。；]|$)"
            r"|对照[^。；]{2,20}逐项[^。；]{2,20}打分"
            r"|根据年初绩效目标及指标逐项分析"
        ),
        lambda: _("this is the form's own hint, not a text"),
        lambda: _("write what it asks for, or delete it"),
    ),
    _Rule(
        "placeholder",
        re.compile(
            r"[XxＸ](?<![A-Za-z][XxＸ])[XxＸ]+(?![A-Za-z])|××+|＊＊+|＿＿+|__+|\*\*\*+"
            r"|[*＊×][*＊×]*(?=万元|亿元|元|件|人|次|%|％)|待(?:补充?|填写?|定|核实?)(?=[，。；、）)\]】]|$)"
            r"|[\[【](?:此处|待|填|空|请)[^\[\]【】]{0,20}[\]】]|□+"
            r"|X(?<![A-Za-z]X)(?=[件人名次个场份条元万])|年(?<!\d年)[ 　]*月[ 　]*日"
            r"|T(?<![A-Za-z]T)(?:BD|ODO)(?![A-Za-z])"
            rf"|[？?][？?]+|[○●][○●]+|[ 　](?<=[{HAN}][ 　])[ 　]{{2,}}(?=[{HAN}])"
        ),
        lambda: _("something is still to be filled in here"),
        lambda: _("type it; a number as a reference such as {{ 案件.受理 }}"),
    ),
    _Rule(
        "raw-markup",
        re.compile(r"\[\^[^\]\s]{1,20}\]"),
        lambda: _("a footnote has one mark in a paragraph and one text; here one of them is missing, or there are two"),
        lambda: _("type [^1] in the sentence, and on a line of its own in the same text [^1]: and what the note says"),
    ),
    _Rule(
        "raw-markup",
        re.compile(
            r"!?\[[^\[\]]{0,80}\]\([^()\s]{1,200}\)|^>(?= )|`|~~|\^\[|^｜(?=[^｜]{0,80}｜)|={3,}|^\[[ xX√✓]?\](?= )"
            r"|^\*(?![*\s])[^*\n]{1,40}\*(?!\*)"
            r"|(?<!\*)\*\*(?!\*|万元|亿元|元|件|人|次|%|％)"
        ),
        lambda: _("this sign of Markdown would be printed as it stands"),
        lambda: _("write it in words; for bold text put ** around whole words, to hide a name type 张某"),
    ),
    _Rule(
        "raw-markup",
        re.compile(rf"(?:^|(?<=[。；：！？]))(?:#{{1,6}}|＃{{1,6}}[ 　]?)(?=[{HAN}“《（])"),
        lambda: _("this sign of Markdown would be printed as it stands"),
        lambda: _("type a space after # for a heading, on a line of its own: # 站点建设"),
    ),
    _Rule(
        "conversion-mark",
        re.compile(
            r"\[(?:bookmark|image|link|footnote|toc)\b[^\]]*\]|_GoBack|&(?:[A-Za-z]{2,8}|#x?[0-9A-Fa-f]{2,6});"
            r"|</?[a-z][^<>]{0,40}>|<https?://[^\s<>]+>|<!--"
        ),
        lambda: _("this was left by the conversion of a file"),
        lambda: _("delete it"),
    ),
    _Rule(
        "doubled-words",
        re.compile(
            rf"(?P<word>(?![一每])[{HAN}]{{2,8}})(?P=word)|(?P<again>[{HAN}]{{4,10}})，(?P=again)|的的(?!确)|了了(?![解结断然])"
        ),
        lambda: _("words are doubled here"),
        lambda: _("keep them once"),
    ),
    _Rule(
        "half-width-punctuation",
        re.compile(
            rf"[,;:?!](?<=[{HAN}”》）].)(?=[{HAN}“《（])"
            rf"|\((?<=[{HAN}]\()(?=[{HAN}])|\)(?<=[{HAN}]\))(?=[{HAN}，。；])"
        ),
        lambda: _("the punctuation between Chinese characters is half-width"),
        lambda: _("type it full-width: ，。；：？！（）"),
    ),
    _Rule(
        "half-width-punctuation",
        re.compile(rf'"(?=[{HAN}《])[^"\n]{{1,60}}"'),
        lambda: _("the quotation marks around Chinese are half-width"),
        lambda: _("type “ ” in their place"),
    ),
    _Rule(
        "stray-space",
        re.compile(
            rf"[ 　](?<=[{HAN}].)[ 　]?(?=[、，。；：！？）》”\d])|[ 　](?<=[{HAN}，。；：、）\d%].)[ 　]?(?=[{HAN}])"
            rf"|[ 　](?<=[（《“].)[ 　]*"
        ),
        lambda: _("a space stands within the text"),
        lambda: _("delete it; the program sets the distances"),
        # a title that is spread (目 录), or those who sign together (甲县司法局 甲县财政局)
        re.compile(
            rf"\s*(?:[{HAN}](?:[ 　]{{1,4}}[{HAN}]){{1,5}}"
            rf"|[{HAN}]{{3,30}}[局心办委院厅处会](?:[ 　]+[{HAN}]{{3,30}}[局心办委院厅处会])+)\s*"
        ),
    ),
    _Rule(
        "typed-numbering",
        re.compile(
            r"^(?:[（(] ?[一二三四五六七八九十\d]{1,3} ?[）)]|[一二三四五六七八九十]{1,3} ?、"
            r"(?![一二三四五六七八九十]{1,2}(?:季度|月|级|类|期|批|届|审))|\d{1,2}[、．])"
            rf"|(?<=[：；])\d{{1,2}}[.．、](?=[{HAN}])"
        ),
        lambda: _("the numbering is typed"),
        lambda: _("start the line with “# ” for a heading or “1. ” for an item: the numbers are put in"),
    ),
    _Rule(
        "wording",
        re.compile(r"[，、；：。,;][，、；：。]+"),
        lambda: _("two marks of punctuation stand side by side"),
        lambda: _("keep one"),
    ),
    _Rule(
        "wording",
        re.compile(r"(?<=\d)[xX](?=\d)"),
        lambda: _("the sign of multiplication is a letter"),
        lambda: _("type ×"),
    ),
    _Rule(
        "wording",
        re.compile(r"(?<!\d)\d+案件"),
        lambda: _("the measure word is missing"),
        lambda: _("type 件 after the number"),
    ),
    _Rule(
        "wording",
        re.compile(
            r"(?:经费|资金|支出|投入|拨付|拨款|补贴|金额|收入|预算|到位|挽回|损失|费用|收支|支付|奖补|配套|奖代补)[^，。；\d]{0,6}"
            r"(?P<at>(?<![\d.])\d+(?:\.\d+)?万)(?=[，。、）；]|$)|(?<!\d)\d+万(?=经费|资金)"
        ),
        lambda: _("the unit of money is missing"),
        lambda: _("type 万元"),
    ),
    _Rule(
        "double-unit",
        re.compile(
            r"(?<=\d)(?:元元|万元万?元|万元万|亿元亿|件件|条条|份份|场场|名名|家家|个个|人次人次?|[%％][%％]|[%％]百分(?:比|之)|百分比)"
            r"|百分之\d+(?:\.\d+)?[%％]"
        ),
        lambda: _("the unit is typed twice"),
        lambda: _("keep it once"),
    ),
)


def leftovers(case: Case) -> Iterator[Finding]:
    """Nothing was left in the texts by haste."""
    passages, facts = case.texts, case.facts
    for passage in passages:
        yield from _ruled(passage)
        yield from _bare_tags(passage, facts.vocabulary)
        yield from _broken(passage)
        yield from _unpaired(passage)
        yield from _other_places(passage, facts, case.neighbours.places)
        yield from _other_years(passage, facts.year)
        yield from _headed(passage)
        yield from _run_together(passage)
        yield from _without_rule(passage)
        yield from _empty(passage)
        yield from _mistyped(passage, case.words)
        yield from _named(passage, facts)
    yield from _gaps(passages)
    yield from _bare_headings(passages)
    yield from _doubled(passages)


def _finding(code: str, passage: Passage, start: int, end: int, message: str, hint: str) -> Finding:
    return Finding(code, passage.span(start, end), message, hint, passage.about, passage.text[start:end])


def _ruled(passage: Passage) -> Iterator[Finding]:
    for rule in _RULES:
        if rule.unless and rule.unless.fullmatch(passage.text):
            continue
        for match in rule.pattern.finditer(passage.text):
            start, end = match.span("at" if match.groupdict().get("at") else 0)
            if passage.is_typed(start, start + 1):
                found = passage.text[start:end].strip()
                message = (
                    _("{place}: {message}").format(place=f"“{found[:30]}”", message=rule.message())
                    if found
                    else rule.message()
                )
                yield _finding(rule.code, passage, start, end, message, rule.hint())


# ｛｛ 案件.受理 ｝｝ and ｛% if … %｝, or one pair of brackets around what may be a name: {案件.受理}, 【案件．受理】.
TAG = re.compile(
    r"[｛{](?:[｛{]|[%％])(?P<tag>[^{}｛｝]{1,80}?)[%％]?[}｝]{1,2}"
    r"|[｛{【〔\[]\s*(?P<name>[\w]+(?:[.．][\w]+)+)\s*[}｝】〕\]]"
)


def _bare_tags(passage: Passage, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A reference in other brackets than {{ }} prints its name instead of its value; so does any in a title."""
    in_title = passage.kind is Kind.TITLE
    for match in TAG.finditer(passage.text):
        name = unicodedata.normalize("NFKC", match["name"] or match["tag"]).strip()
        is_meant = vocabulary.knows(name) or (match["tag"] and not in_title)
        if is_meant and passage.is_typed(*match.span()):
            shown = match[0].replace("｛", "{") if in_title else match[0]
            message = _("“{tag}” would be printed as it stands").format(tag=shown)
            tag = f"{{% {name} %}}" if match[0][1] in "%％" else f"{{{{ {name} }}}}"
            hint = _("type {tag}, with two half-width braces on each side").format(tag=tag)
            hint = _("no references here: type the words") if in_title else hint
            yield _finding("template-syntax", passage, *match.span(), message, hint)


def _broken(passage: Passage) -> Iterator[Finding]:
    """A paragraph of prose that ends without an end (seeds-audit A: L4, C: L27, D: L73)."""
    text = passage.text.rstrip("* \n")
    prose = passage.in_section and passage.kind is Kind.PARAGRAPH
    if prose and len(text) >= 12 and text[-1] not in ENDS and "|" not in text and re.search("[，；。：]", text):
        message = _("the paragraph breaks off: “…{end}”").format(end=text[-10:])
        yield _finding("broken-sentence", passage, len(text) - 1, len(text), message, _("finish it, with a full stop"))


def _headed(passage: Passage) -> Iterator[Finding]:
    """A heading has no stop, and is no sentence (seeds-audit C: L36, L38, L39)."""
    sign = "[，。；：！？]" if len(passage.text) > LONG_HEADING else "[。；！]|[，：]$"
    if passage.heading and (match := re.search(sign, passage.text.rstrip())):
        message = _("the heading has “{mark}” in it").format(mark=match[0])
        hint = _("leave it out; text that follows the heading goes on a line of its own")
        yield _finding("heading-punctuation", passage, match.start(), match.end(), message, hint)


# The number of a point at the start of a line: 1.甲, （二）乙, 三、丙, ④丁.
POINT = re.compile(
    r"(?P<style>\d{1,2}[.、．)）](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
STYLES = str.maketrans("0123456789一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩", "0" * 10 + "一" * 10 + "①" * 10)


def _run_together(passage: Passage) -> Iterator[Finding]:
    """Points that are typed on lines of their own, which the page joins to one paragraph."""
    for place in passage.text.breaks if POINT.search(passage.text, 1) else ():
        point = POINT.match(passage.text, place)
        if point and passage.is_typed(place, point.end()) and _follows_a_point(passage.text, point):
            message = _("“{point}” begins a line, but is printed on the line above").format(point=point[0])
            hint = _("leave a blank line between the points")
            yield _finding("lines-run-together", passage, place, point.end(), message, hint)


def _follows_a_point(text: str, point: re.Match[str]) -> bool:
    """Tell whether the paragraph begins with a number of the same style, or a sentence ends before it."""
    first = POINT.match(text)
    alike = first and first[0].translate(STYLES)[-1:] == point[0].translate(STYLES)[-1:]
    return bool(alike) or text[point.start() - 1] in "。；：;:"


BARS = re.compile(r"\|[^|\n]*\|")  # | 站点 | 状态 |


def _without_rule(passage: Passage) -> Iterator[Finding]:
    """A table without the line |---| below its head is printed with its bars."""
    has_bars = passage.kind is Kind.PARAGRAPH and BARS.search(passage.text)
    starts = (0, *passage.text.breaks) if has_bars else ()
    place = next(
        (start for start in starts if BARS.match(passage.text, start) and passage.is_typed(start, start + 1)), -1
    )
    if place >= 0:
        message = _("the bars “|” of the table would be printed as they stand")
        hint = _("type a line |---|---| below the head of the table, and a blank line before it")
        yield _finding("raw-markup", passage, place, place + 1, message, hint)


NOTHING = re.compile(r"(?:[（(]?(?:从|此处)?略[）)]?|同上|见上|[—\-/.…、，。；：]+|[0-9]{1,2}[.．、])。?")


def _empty(passage: Passage) -> Iterator[Finding]:
    """略 is no text of a report (无 may be one: nothing to say; in a cell of a table a dash is usual)."""
    if passage.in_section and not passage.grid and NOTHING.fullmatch(passage.text.strip()):
        message = _("“{text}” says nothing").format(text=passage.text.strip())
        yield _finding(
            "says-nothing",
            passage,
            0,
            len(passage.text),
            message,
            _("write the text, or 无 where there is nothing to say"),
        )


def _mistyped(passage: Passage, words: Iterable[Word]) -> Iterator[Finding]:
    for word in words:
        if word.written not in passage.text:
            continue
        for match in re.finditer(re.escape(word.written), passage.text):
            start, end = match.span()
            within = (
                word.unless and word.unless in passage.text[max(0, start - len(word.unless)) : end + len(word.unless)]
            )
            if passage.is_typed(start, end) and not within:
                message = _("“{written}” is usually written “{right}”").format(written=word.written, right=word.right)
                yield _finding("wording", passage, start, end, message, _("type {usual}").format(usual=word.right))


# What makes a bracket the end of a number: 1）登记；2）审查, a)
NUMBERED = re.compile(r"(?:^|(?<=[：；。，、\s]))(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,2})$")


def _unpaired(passage: Passage) -> Iterator[Finding]:
    """Brackets and quotation marks come in pairs within a paragraph."""
    open_marks: list[int] = []
    for mark in PAIRED.finditer(passage.text):
        place, character = mark.start(), mark[0]
        if character in PAIRS:
            open_marks.append(place)
        elif open_marks and PAIRS[passage.text[open_marks[-1]]] == character:
            open_marks.pop()
        elif not (character in ")）" and NUMBERED.search(passage.text, max(0, place - 4), place)):
            yield _unpaired_mark(passage, place)
    for place in open_marks:
        yield _unpaired_mark(passage, place)


def _unpaired_mark(passage: Passage, place: int) -> Finding:
    message = _("“{mark}” has no partner").format(mark=passage.text[place])
    return _finding("unpaired-mark", passage, place, place + 1, message, _("type the other one, or delete this one"))


DOTTED = re.compile(rf"[{HAN}]{{2,8}}\.[{HAN}]{{2,8}}")  # 案件.受理


def _named(passage: Passage, facts: Facts) -> Iterator[Finding]:
    """A fact under the name that only this program has for it: no reader of the report knows the dot."""
    for match in DOTTED.finditer(passage.text):
        before, _dot, after = match[0].partition(".")
        names = (
            f"{before[-own:]}.{after[:key]}" for own in range(len(before), 1, -1) for key in range(len(after), 1, -1)
        )
        name = next((name for name in names if name in facts.vocabulary.facts), "")
        start = match.start() + match[0].find(name)
        in_tag = any(tag.start() <= start < tag.end() for tag in TAG.finditer(passage.text))  # told as such
        if name and not in_tag and passage.is_typed(start, start + len(name)):
            message = _("“{name}” is what the program calls a fact, no word of a report").format(name=name)
            hint = _("type {reference} for its value, or name it in words").format(reference=f"{{{{ {name} }}}}")
            yield _finding("wording", passage, start, start + len(name), message, hint)


PLACE_END = re.compile("[区县市旗州]")
PLACE_LENGTHS = range(3, 10)  # of the names in Library.places


def _other_places(passage: Passage, facts: Facts, places: Places) -> Iterator[Finding]:
    """The district of another centre; what ends like one is looked up, however many centres there are."""
    own, told = facts.entry.district, set()
    for match in PLACE_END.finditer(passage.text):
        end = match.end()
        for start in (end - length for length in PLACE_LENGTHS if length <= end):
            place = passage.text[start:end]
            if place not in places or place in told or place in own + facts.entry.unit:
                continue
            if passage.is_typed(start, end) and any(not other.startswith(own) for other in places[place]):
                told.add(place)
                message = _("“{place}” is another centre's district").format(place=place)
                hint = _("if the text was copied from there, type your own; else rephrase it")
                yield _finding("other-place", passage, start, end, message, hint)


COMPARED = re.compile(
    "比|较|同期|上年|去年|以来|起|至|结转|颁布|印发|修订|修正|施行|通过|制定|出台|开始|成立|往年|连续|截至"
)


YEAR_TOLD = re.compile(
    r"(?<![〔\[\d])(20\d\d)年(?:度(?!末|底)|(?=，?(?:全年|我|本|共|全区|全市|全县|中心|累计|办理|受理)))"
)


def _other_years(passage: Passage, year: int) -> Iterator[Finding]:
    """An earlier year where this year's work is told, as left from last year's file."""
    for start, sentence in passage.sentences():
        for match in YEAR_TOLD.finditer(sentence):
            at = start + match.start()
            other = int(match[1]) < year and passage.is_typed(at, at + 4)
            if other and not COMPARED.search(sentence) and not _in_title(passage.text, at):
                message = _("the report is on {year}, but this says {other}").format(year=year, other=match[1])
                hint = _("if the sentence was left from an earlier report, bring it up to date: {{ 年度 }}年")
                yield _finding("other-year", passage, at, at + 4, message, hint)


def _in_title(text: str, place: int) -> bool:
    near = max(0, place - LONGEST_TITLE)
    return text.rfind("《", near, place) > text.rfind("》", near, place)


def _bare_headings(passages: Sequence[Passage]) -> Iterator[Finding]:
    """A heading with nothing below it before the next of its level, or before the text ends."""
    for passage, after in zip_longest(passages, passages[1:]):
        if passage is None or not passage.level or passage.text[-1:] in "，。；！":
            continue
        last = after is None or after.about != passage.about
        if last or (after is not None and 0 < after.level <= passage.level):
            message = _("the heading “{heading}” has no text below it").format(heading=passage.text[:20])
            hint = _("write the text, or delete the heading")
            yield _finding("says-nothing", passage, 0, len(passage.text), message, hint)


SIGNS = (
    re.compile(r"(?:^|(?<=[。；：，\n]))([一二三四五六七八九十])是"),
    re.compile(r"(?:^|(?<=[。；：\n]))第([一二三四五六七八九十])[，、]"),
    re.compile(r"(?:(?:^|(?<=[。；：\n]))[（(]?|(?<=，)[（(])(\d{1,2})[.．、)）](?!\d)"),
)


def _gaps(passages: Sequence[Passage]) -> Iterator[Finding]:
    """一是…二是…, 第一…第二… run on without a gap within a text."""
    for sign in SIGNS:
        expected, about = 0, Subject()
        for passage in passages:
            if passage.about != about:
                expected, about = 0, passage.about
            for match in sign.finditer("" if passage.heading else passage.text):  # they have levels
                found = int(match[1]) - 1 if match[1].isdigit() else NUMERALS.index(match[1])
                if found not in (0, expected):
                    message = _("“{found}” follows “{before}”").format(
                        found=match[0], before=_numeral(expected, match[1]) if expected else _("nothing")
                    )
                    hint = _("number the points one after the other")
                    yield _finding("numbering-gap", passage, match.start(1), match.end(1), message, hint)
                expected = found + 1


def _numeral(number: int, like: str) -> str:
    return str(number) if like.isdigit() or number > len(NUMERALS) else NUMERALS[number - 1]


def _doubled(passages: Sequence[Passage]) -> Iterator[Finding]:
    """One paragraph in two texts, or nearly so (seeds-audit A: L57 = L61, B: L147, L152, L156).

    An index of a few pairs of characters of each, the last by code, finds the texts that one can be like, so that many
    paragraphs do not cost their square: of two that are alike, most of these are the same.
    """
    earlier: list[tuple[Passage, str]] = []
    index: dict[str, list[int]] = {}
    same: dict[str, int] = {}
    for passage in passages:
        text = _bare(passage.text) if passage.in_section else ""
        if len(text) < LEAST_TO_COMPARE:
            continue
        pairs = sorted(set(map(add, text, text[1:])))[-SAMPLED:]
        candidates = [same[text]] if text in same else _candidates(pairs, index)
        found = next((earlier[at] for at in candidates if _alike(text, earlier[at][1])), None)
        if found:
            message = _("the paragraph stands nearly word for word in “{other}” too").format(other=found[0].path)
            hint = _("say it once, or say here what is particular")
            yield _finding("doubled-paragraph", passage, 0, 1, message, hint)
        if text not in same:
            same[text] = len(earlier)
            for pair in pairs:
                if len(texts := index.setdefault(pair, [])) < MOST_WITH_PAIR:
                    texts.append(len(earlier))
            earlier.append((passage, text))


def _candidates(pairs: Sequence[str], index: Mapping[str, list[int]]) -> list[int]:
    """Return the texts, at most COMPARED_WITH, that share most of ``pairs``, and a third of them at least."""
    shared = Counter(at for pair in pairs for at in index.get(pair, ()))
    return sorted(at for at, count in shared.most_common(COMPARED_WITH) if 3 * count >= len(pairs))


NOT_SAID = re.compile(rf"[^{HAN}0-9]+")


def _bare(text: str) -> str:
    return NOT_SAID.sub("", text)


def _alike(text: str, other: str) -> bool:
    if text == other:
        return True
    if min(len(text), len(other)) < SIMILAR * max(len(text), len(other)):
        return False
    matcher = difflib.SequenceMatcher(None, text, other, autojunk=False)
    return matcher.real_quick_ratio() >= SIMILAR and matcher.quick_ratio() >= SIMILAR and matcher.ratio() >= SIMILAR
