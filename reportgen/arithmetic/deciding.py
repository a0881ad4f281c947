"""An attachment -> the reading that is told, or nothing: where one of its readings holds, the sentence is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf

from reportgen.arithmetic.judging import Verdict, judge
from reportgen.arithmetic.reading import Attachment, Cued, Reading
from reportgen.arithmetic.slips import Slip, chance, slips

# how likely an accident may at most be for a slip to be told, and for it to be certain
TOLD = {Cued.STRONG: inf, Cued.GOOD: inf, Cued.FAIR: 0.1, Cued.WEAK: 0.012}
CERTAIN = {Cued.STRONG: 0.5, Cued.GOOD: 0.1, Cued.FAIR: 0.02, Cued.WEAK: 0.0}
LEFT_OUT = 0.02  # the same where a part may have been left out
RESIZED = 0.1  # the same for a digit lost or added to be a slip
# by what share of it, no slip explaining it, a whole may be missed, or exceeded, to be told; and to be certain
CLOSE, OVER, SURE = Decimal("0.1"), Decimal("0.2"), Decimal("0.025")
MOST_TRIED = 40


@dataclass(frozen=True, slots=True)
class Decision:
    """The reading that is told, and how; or the one that ``holds``."""

    reading: Reading
    holds: bool = False
    certain: bool = False
    truncated: bool = False
    mends: tuple[Slip, ...] = ()


def decide(attachment: Attachment, overlap: Callable[[Reading], bool]) -> Decision | None:
    """Return what is to be said of an attachment; ``overlap`` tells whether the parts of a sum may overlap."""
    readings = [reading for reading in attachment.readings if reading.exact]
    if not readings:
        return None
    bounded = _bounded(attachment, readings, overlap)
    readings = bounded or readings
    verdicts = [judge(reading) for reading in readings]
    if Verdict.HOLDS in verdicts:
        return Decision(readings[verdicts.index(Verdict.HOLDS)], holds=True)
    if bounded or readings[0].bound:
        if attachment.cued < Cued.GOOD:
            return None
        return Decision(readings[0], certain=attachment.cued is Cued.STRONG and not _is_part(readings[0]))
    if any(reading.exact and judge(reading) is Verdict.HOLDS for reading in attachment.excuses):
        return None
    if Verdict.TRUNCATED in verdicts:
        cut = readings[verdicts.index(Verdict.TRUNCATED)]
        return Decision(cut, truncated=True) if attachment.cued >= Cued.GOOD else None
    return _slipped(attachment, readings, verdicts) or _unmended(attachment, readings[0], verdicts[0])


def _bounded(attachment: Attachment, readings: list[Reading], overlap: Callable[[Reading], bool]) -> list[Reading]:
    """Return the readings as bounds where parts are left out, or may overlap: then none may exceed the whole."""
    if attachment.open:
        return [replace(reading, kind="open-sum", bound="at least") for reading in readings]
    if readings[0].kind == "sum" and len(readings[0].over) > 1 and overlap(readings[0]):
        greatest = [(max(reading.over, key=lambda term: term[1].value),) for reading in readings]
        pairs = zip(readings, greatest, strict=True)
        return [replace(reading, kind="open-sum", bound="at least", over=over) for reading, over in pairs]
    return []


def _is_part(reading: Reading) -> bool:
    """Whether a bound is that of one part by its whole, which the words say less surely than a comparison."""
    return reading.bound == "at least" and len(reading.over) == 1


def _slipped(attachment: Attachment, readings: list[Reading], verdicts: list[Verdict]) -> Decision | None:
    """One slip of the hand explains it: told unless it could well be an accident."""
    for reading, verdict in zip(readings[:MOST_TRIED], verdicts, strict=False):
        first = reading.target is readings[0].target or reading.kind != "sum"
        cued = attachment.cued if first else min(attachment.cued, Cued.FAIR)  # some whole farther off may well fit
        likely = chance(reading, len(readings))
        left_out = reading.kind == "sum" and not attachment.whole and _left_out(reading)
        if likely < (min(TOLD[cued], LEFT_OUT) if left_out else TOLD[cued]) and (
            mends := slips(reading, resized=reading.kind != "sum" or likely < RESIZED)
        ):
            certain = likely < CERTAIN[cued] and verdict is not Verdict.COARSE and not attachment.loose
            return Decision(reading, certain=certain, mends=tuple(mends))
    return None


def _unmended(attachment: Attachment, reading: Reading, verdict: Verdict) -> Decision | None:
    """No slip explains it: told where the cue is strong, unless a part may have been left out."""
    strong = attachment.cued is Cued.STRONG
    if attachment.loose and _missing(reading) < 0:
        return None  # 受理208件，其中会后19件，回访196件: more than the whole has, so it is another thing
    beside = strong or reading.target.place.sentence == reading.over[0][1].place.sentence
    near = beside and attachment.cued >= Cued.GOOD and _is_near(reading, CLOSE if _missing(reading) > 0 else OVER)
    known = bool(reading.under) or attachment.whole
    if near or (strong and known):
        sure = strong and (known or _is_near(reading, SURE))
        return Decision(reading, certain=sure and verdict is not Verdict.COARSE and not attachment.loose)
    return None


def _missing(reading: Reading) -> Decimal:
    return reading.target.value - (reading.computed() or Decimal(0))


def _is_near(reading: Reading, share: Decimal) -> bool:
    """Whether it is missed by less than the least member: none is left out; a sum by that share of it, too."""
    most = min(number.value for _sign, number in reading.over)
    if reading.kind == "sum":
        most = min(most, share * reading.target.value)
    return not reading.under and abs(_missing(reading)) < most


def _left_out(reading: Reading) -> bool:
    """Whether what the parts miss is as much as the greatest of them: a part left out on purpose."""
    return _missing(reading) >= max(number.value for _sign, number in reading.over)
