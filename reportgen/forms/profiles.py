"""templates/profiles/<profile>.yaml -> a scoring profile: weights, rules, grades and duties, as provinces set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from reportgen.numbers.grammar import Expression, FormulaError, parse_expression
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import QuantityError, trimmed
from reportgen.reading.frames import ProfileFile, read_frame
from reportgen.reading.heirs import read_heir
from reportgen.reading.source import Place, Source
from reportgen.telling.findings import Finding, ReportError, Subject, has_errors
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

ACTUAL, TARGET, POINTS = NAMES = ("实际", "指标值", "分值")  # what a rule is written in
SIGNS = {"≥": ">=", "≤": "<=", "=": "==", "＝": "==", "＞": ">", "＜": "<"}
RESCALE = "折算"


@dataclass(frozen=True)
class Band:
    """A judgement of a qualitative row, and the shares of its points, from ``least`` to ``most``, that go with it."""

    name: str
    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Profile:
    """How scores are given. Shares are fractions (1.3 for 130%); ``grades`` are (name, lowest share in %), best first.

    ``weights`` are points by level name; ``rules`` are expressions in 实际, 指标值 and 分值, chosen by the name of a
    first level or else by the sign of a row's target; ``lengths`` are the most characters of a reason.
    """

    full: Decimal = Decimal(100)
    grades: tuple[tuple[str, Decimal], ...] = ()
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    rules: Mapping[str, Expression] = field(default_factory=dict)
    by_sign: Mapping[str, str] = field(default_factory=dict)
    by_level: Mapping[str, str] = field(default_factory=dict)
    bands: tuple[Band, ...] = ()
    excess: Decimal | None = None
    execution: Decimal | None = None
    change: Decimal | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    rescales: bool = False

    def rule(self, level: str, sign: str, named: str = "") -> Expression | None:
        """Return the rule that a row names, or else that for its first level or its target's sign (“”: no target)."""
        if named in self.rules or not sign:
            return self.rules.get(named)
        return self.rules.get(self.by_level.get(level) or self.by_sign.get(sign, ""))

    def band(self, share: Decimal) -> Band | None:
        """Return the band that ``share`` of the points falls in."""
        return next((band for band in sorted(self.bands, key=lambda band: -band.least) if share >= band.least), None)


def read_profile(path: Path, file: str) -> Profile:
    """Read the profile at ``path``; ``file`` is what messages call it. Raises ReportError with every fault in it."""
    folder = file.rpartition("/")[0]
    source, _files = read_heir(
        path, file, {other.stem: (other, f"{folder}/{other.name}") for other in path.parent.glob("*.yaml")}
    )
    frame, findings = read_frame(source, ProfileFile)
    reader = Figures(source, [*source.findings, *findings])
    rules = {key: rule for key, text in frame.rules.items() if (rule := _rule(reader, key, text))}
    by_sign = {SIGNS.get(sign, sign): rule for sign, rule in frame.by_sign.items()}
    for key, chosen in (("采用", frame.by_sign), ("专用", frame.by_level)):
        for case, name in chosen.items():
            if name not in frame.rules:
                message = _("there is no rule “{name}”").format(name=name)
                reader.complain((key, case), message, did_you_mean(name, frame.rules))
    ends = (
        (band.name, reader.share(band.least, ("定性", index, "最低")), reader.share(band.most, ("定性", index, "最高")))
        for index, band in enumerate(frame.bands)
    )
    bands = tuple(Band(*end) for end in ends)
    profile = Profile(
        reader.decimal(frame.full, ("满分",)),
        reader.grades(frame.grades),
        {level: reader.decimal(text, ("权重", level)) for level, text in frame.weights.items()},
        rules,
        by_sign,
        frame.by_level,
        bands,
        reader.optional_share(frame.excess, ("超额须说明",)),
        reader.optional_share(frame.execution, ("执行率须说明",)),
        reader.optional_share(frame.change, ("变动须说明",)),
        {key: int(reader.decimal(text, ("字数", key))) for key, text in frame.lengths.items()},
        frame.inapplicable == RESCALE,
    )
    if (total := sum(profile.weights.values(), Decimal(0))) > profile.full:
        reader.complain(("权重",), points_differ(_("all levels"), total, profile.full))
    if has_errors(reader.findings):
        raise ReportError(reader.findings)
    return profile


def points_differ(level: str, total: Decimal, stated: Decimal) -> str:
    """Say that the points of a level do not sum to what they should."""
    message = _("the points of “{level}” sum to {total}, not {stated}")
    return message.format(level=level, total=trimmed(total), stated=trimmed(stated))


def _rule(reader: Figures, key: str, text: str) -> Expression | None:
    try:
        rule = parse_expression(text)
    except FormulaError as error:
        reader.complain(("算法", key), error.message, error.hint)
        return None
    for name in rule.names:
        if name not in NAMES:
            message = _("a rule knows {names} only, not “{name}”").format(names="、".join(NAMES), name=name)
            reader.complain(("算法", key), message, did_you_mean(name, NAMES))
    return rule


@dataclass
class Figures:
    """Reads the figures of a profile or a form; what cannot be read is among its findings."""

    source: Source
    findings: list[Finding]

    def complain(self, place: Place, message: str, hint: str = "", at: int = 0, length: int = 0) -> None:
        """Note a fault of the template at ``place``: of the value, or of its characters ``at`` an offset."""
        span = self.source.spot(place, at, length) if length else self.source.span(place)
        self.findings.append(Finding("bad-template", span, message, hint, Subject.key(*place)))

    def decimal(self, text: str, place: Place) -> Decimal:
        """Return a plain number."""
        return self._read(text, "", place)

    def share(self, text: str, place: Place) -> Decimal:
        """Return a percentage as a fraction."""
        return self._read(text, "%", place) / 100

    def optional_share(self, text: str, place: Place) -> Decimal | None:
        """Return a percentage as a fraction, or None where there is none."""
        return self.share(text, place) if text else None

    def grades(self, entries: Mapping[str, str]) -> tuple[tuple[str, Decimal], ...]:
        """Return the grades, best first."""
        grades = [(name, self.decimal(text, ("等级", name))) for name, text in entries.items()]
        return tuple(sorted(grades, key=lambda grade: -grade[1]))

    def _read(self, text: str, symbol: str, place: Place) -> Decimal:
        try:
            return read_quantity(text, symbol).low
        except QuantityError as error:
            self.complain(place, error.message, error.hint)
            return Decimal(0)
