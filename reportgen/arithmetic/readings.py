"""All readings of a text -> what does not add up: silent where one reading holds, else the best-cued one is told."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from reportgen.arithmetic.bounds import bounds, distances, identities
from reportgen.arithmetic.counts import Counted, counted, in_style
from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.deciding import Decision, decide
from reportgen.arithmetic.growth import growth
from reportgen.arithmetic.judging import Verdict, judge
from reportgen.arithmetic.lists import Region, lists, regions, whole_before
from reportgen.arithmetic.numbers import Number, Page, page
from reportgen.arithmetic.points import Asked, asked
from reportgen.arithmetic.points import working as points_of
from reportgen.arithmetic.ratios import ratios
from reportgen.arithmetic.reading import Attachment, Reading
from reportgen.arithmetic.repeats import repeats
from reportgen.arithmetic.shares import shares
from reportgen.arithmetic.sums import bare, pairs, remainders, totalled
from reportgen.arithmetic.telling import expected, working
from reportgen.arithmetic.units import MONEY, Units

Place = tuple[int, int]
Rule = Callable[[Page], Iterator[Attachment]]
RULES: Mapping[str, Rule] = {
    "lists": lists,
    "shares": shares,
    "growth": growth,
    "ratios": ratios,
    "identities": identities,
    "distances": distances,
    "bounds": bounds,
    "totalled": totalled,
    "remainders": remainders,
    "pairs": pairs,
    "bare": bare,
    "repeats": repeats,
}
WORKED = ("lists", "shares", "ratios", "bare")  # by which a text works a number out, or parts it
BESIDE = ("remainders", "pairs", "bare")  # not asked where a sum that holds has the same numbers


@dataclass(frozen=True)
class Disagreement:
    """A number that is not what the others make it; see ``working``.

    ``kind``: sum, open-sum, difference, share, hundred, growth, ratio, completion, mean, bound, count, repeat, points.
    ``start`` and ``end`` are those of the number with its unit, ``terms`` those of all numbers of the reading.
    ``certain``: no reading of the sentence holds; else it is the likeliest. ``slip``: the one digit that would mend it
    (325 → 352).
    """

    kind: str
    start: int
    end: int
    terms: tuple[Place, ...]
    stated: str
    expected: str
    working: str
    certain: bool
    truncated: bool = False
    slip: str = ""


def disagreements(text: str, units: Units, apart: Container[Place] = ()) -> list[Disagreement]:
    """Return what does not add up in a text; ``apart`` are the numbers that may overlap, and are never summed."""
    return disagreements_on(Working(page(text, units)), apart)


def disagreements_on(working: Working, apart: Container[Place] = ()) -> list[Disagreement]:
    """Return what does not add up on a page."""
    whole, held = working.page, _Held()
    found: dict[tuple[int, str], Disagreement] = {}
    for name, attachment in working.attachments:
        if name in BESIDE and held.explains(attachment.readings[0]):
            continue
        decision = decide(attachment, lambda reading: _overlap(whole, reading, apart))
        if decision and decision.holds:
            held.add(decision.reading)
        elif decision:
            told = _told(whole, decision)
            found.setdefault((told.start, told.kind), told)
    for list_ in counted(whole.text):
        found.setdefault((list_.start, "count"), _miscounted(list_))
    for growth_ in asked(whole):
        if not any(told.start == growth_.number.start for told in found.values()):
            found[growth_.number.start, "points"] = _asked(whole, growth_)
    return sorted(found.values(), key=lambda told: told.start)


@dataclass(frozen=True)
class Working:
    """What the numbers of a page have to do with one another."""

    page: Page

    @cached_property
    def attachments(self) -> list[tuple[str, Attachment]]:
        """What each rule reads, with its name, in the order of the rules."""
        rules = RULES.items() if len(self.page.numbers) > 1 else ()
        return [(name, attachment) for name, rule in rules for attachment in rule(self.page)]

    @cached_property
    def _held(self) -> list[Reading]:
        """The readings that hold: sums of lists, ratios and shares; of a number the first."""
        readings = (
            reading for name, attachment in self.attachments if name in WORKED for reading in attachment.readings
        )
        return [reading for reading in readings if judge(reading) is Verdict.HOLDS]

    @cached_property
    def _wholes(self) -> dict[int, Number]:
        sums = (reading for reading in reversed(self._held) if not reading.under)
        return {part.index: reading.target for reading in sums for _sign, part in reading.over}

    @cached_property
    def _made(self) -> dict[int, Reading]:
        return {reading.target.index: reading for reading in reversed(self._held)}

    @cached_property
    def _regions(self) -> list[Region]:
        return regions(self.page)

    def whole_of(self, number: Number) -> Number | None:
        """Return the total of which a number is told as a part: of a sum that holds, else of its list; or None."""
        return self._wholes.get(number.index) or whole_before(self.page, self._regions, number)

    def made_of(self, number: Number) -> Reading | None:
        """Return the reading that holds, by which a number is worked out of others; or None."""
        return self._made.get(number.index)


class _Held:
    """The sums that hold: numbers that one of them adds up need no weaker reading."""

    def __init__(self) -> None:
        self.of: dict[int, set[int]] = {}
        self.count = 0

    def add(self, reading: Reading) -> None:
        if not reading.under and not reading.bound:
            self.count += 1
            for number in reading.numbers:
                self.of.setdefault(number.index, set()).add(self.count)

    def explains(self, reading: Reading) -> bool:
        """Whether a sum that holds has two of the terms of ``reading``."""
        seen: set[int] = set()
        for _sign, number in reading.over:
            sums = self.of.get(number.index, set())
            if sums & seen:
                return True
            seen |= sums
        return False


def _overlap(whole: Page, reading: Reading, apart: Container[Place]) -> bool:
    """Whether the parts may overlap: the caller says so, the sentence says so, or they are kinds of persons."""
    parts = [number for _sign, number in reading.over]
    if any((number.start, number.end) in apart for number in parts):
        return True
    start, end = whole.sentences[parts[0].place.sentence]
    if cues().row("overlap", "said").search(whole.text[start : min(end, parts[-1].end + 80)], parts[-1].end - start):
        return True
    persons = cues().row("overlap", "persons")
    kinds = {match[0] for number in parts if (match := persons.search(number.words + number.noun))}
    return parts[0].kind != MONEY and len(kinds) > 1


def _told(whole: Page, decision: Decision) -> Disagreement:
    reading = decision.reading
    slip = str(decision.mends[0]) if len(decision.mends) == 1 else ""
    return Disagreement(
        reading.kind, reading.target.start, reading.target.end,
        tuple((number.start, number.end) for number in reading.numbers),
        whole.said(reading.target), expected(reading), working(whole, reading),
        decision.certain, decision.truncated, slip,
    )  # fmt: skip


def _miscounted(found: Counted) -> Disagreement:
    count = len(found.items) if len(found.items) in found.counts else max(found.counts)
    place = (found.start, found.end)
    return Disagreement(
        "count", *place, (place,), found.stated, in_style(count, found.stated),
        f"{' + '.join(found.items)} = {count}", found.certain,
    )  # fmt: skip


def _asked(whole: Page, found: Asked) -> Disagreement:
    number = found.number
    terms = tuple((each.start, each.end) for each in (number, *found.rates))
    stated = whole.said(number)
    return Disagreement(
        "points", number.start, number.end, terms, stated, found.points, points_of(whole, found), certain=False
    )
