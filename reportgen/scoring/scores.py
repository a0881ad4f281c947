"""Facts and a form's indicators -> scores: the form's rows and the centre's own, each judged, and their sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from reportgen.facts.facts import Facts
from reportgen.facts.reasons import Reason, reason_for
from reportgen.facts.wording import Wording
from reportgen.forms.form import Choice, Form, Indicator, untied
from reportgen.forms.profiles import points_differ
from reportgen.numbers.formula import Rows
from reportgen.numbers.grammar import FormulaError, parse_expression, parse_relation
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import QuantityError, rounded, trimmed
from reportgen.reading.keys import ADDED, FOR_FORM, NUMBERED, PARTED, REASONS, STATED, WORKED_OUT, naming
from reportgen.reading.source import Place
from reportgen.scoring.completion import Completion, completion, of_score, row_scope
from reportgen.scoring.judgement import SCORE_PLACES, Judgement
from reportgen.scoring.targets import parted
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _, listed
from reportgen.telling.nearest import did_you_mean

LISTED = 6  # names in one message
NOT_PRINTED = ("得分", "分值", "实际", "目标", "算法", FOR_FORM)
NOTHING = ("", "无", "无。")

ParsedT = TypeVar("ParsedT")
PrintedBy = Mapping[str, tuple[str, ...]]  # texts and rows, each with the names of the forms that it is of


class Lost(NamedTuple):
    """A text or a row that no form asked for prints, and where it stands."""

    name: str
    span: Span
    about: Subject


@dataclass(frozen=True)
class Row:
    """One row of the annex: its texts by column, and its score (None: neither stated nor computed, or no points)."""

    name: str
    levels: tuple[str, ...]
    texts: Mapping[str, str]
    points: Decimal
    score: Decimal | None
    listed: bool = True
    applies: bool = True
    beyond: bool = False  # 加分项, 扣分项: it counts besides the full score
    done: Completion = Completion()  # noqa: RUF009


@dataclass(frozen=True)
class Scores:
    """The rows in the form's order, and their sum where every row that applies has a score."""

    rows: tuple[Row, ...]
    full: Decimal
    total: Decimal | None
    grade: str
    findings: tuple[Finding, ...]
    rescaled: str = ""  # how the total comes about where rows that do not apply are not counted

    @property
    def scope(self) -> dict[str, Any]:
        """What expressions see as 评分: 总分, 满分, 等级, by level 得分 and 分值; 各项, the rows, and 扣分 of all."""
        values: dict[str, Any] = {"满分": of_score(self.full)}
        rows = [row for row in self.rows if row.applies]
        each = [row_scope(row.name, row.texts, row.points, row.score, row.beyond, row.done) for row in rows]
        lost = sum((row["扣分"].low for row in each if "扣分" in row), Decimal(0))
        values |= {"各项": Rows(each, {}), "扣分": of_score(lost)}
        if self.total is not None:
            values |= {"总分": of_score(self.total), "等级": self.grade}
        if self.rescaled:
            values["折算说明"] = self.rescaled
        depths = reversed(range(max((len(row.levels) for row in self.rows), default=0)))
        for level in dict.fromkeys(level for depth in depths for row in self.rows for level in row.levels[depth:][:1]):
            rows = [row for row in self.rows if level in row.levels and row.applies]
            known = {"分值": of_score(sum((row.points for row in rows if not row.beyond), Decimal(0)))}
            scored = [row.score for row in rows if row.score is not None]
            if len(scored) == len(rows):
                known["得分"] = of_score(sum(scored, Decimal(0)))
            values[level] = known
        return values


def read_scores(form: Form, facts: Facts, wording: Wording, reasons: Iterable[Reason] = ()) -> Scores:
    """Return the scores of ``form``; texts of the rows are filled by ``wording``, which keeps their findings.

    ``reasons`` are the 口径说明: a score that one of them explains may be missing.
    """
    reader = _Reader(form, facts, wording, tuple(reasons))
    rows = tuple(reader.row(indicator) for indicator in reader.indicators)
    applying = [row for row in rows if row.applies]
    scored = [row.score for row in applying if row.score is not None]
    total, full, rescaled = None, form.profile.full, ""
    if form.scored and applying and len(scored) == len(applying):
        counted = [row for row in applying if not row.beyond]
        beyond = sum((row.score for row in applying if row.beyond and row.score), Decimal(0))
        total = sum(scored, Decimal(0)) - beyond
        points = sum((row.points for row in counted), Decimal(0))
        if form.profile.rescales and 0 < points < full:  # 不适用: the rest stands for the whole
            total, rescaled = _rescaled(total, points, full, sum(not (row.applies or row.beyond) for row in rows))
        total += beyond
    share = 100 * total / full if total is not None and full else Decimal(-1)
    grade = next((name for name, least in form.profile.grades if share >= least), "")
    return Scores(rows, full, total, grade, (*reader.findings, *reader.ties(), *reader.too_good(total)), rescaled)


def _rescaled(scored: Decimal, points: Decimal, full: Decimal, left_out: int) -> tuple[Decimal, str]:
    """Return the total that ``scored`` of ``points`` stands for, and how it comes about, to be printed."""
    total = rounded(scored * full / points, SCORE_PLACES)
    how = f"{trimmed(total)} = {trimmed(scored)} ÷ {trimmed(points)} × {trimmed(full)}"
    return total, f"注：不适用指标{left_out}项、{trimmed(full - points)}分不计，总分{how}"


def of_other_forms(found: Iterable[Lost], printed_by: PrintedBy) -> Iterator[Finding]:
    """Yield a finding for what one form that is not asked for prints of ``found``: for the form of most of it first."""
    left = list(found)
    while left:
        counts = Counter(form for lost in left for form in printed_by[lost.name])
        most, _n = counts.most_common(1)[0]
        together = [lost for lost in left if most in printed_by[lost.name]]
        left = [lost for lost in left if lost not in together]
        forms = [form for form in counts if all(form in printed_by[lost.name] for lost in together)]
        yield _of_another_form(forms, together)


def _of_another_form(forms: Sequence[str], found: Sequence[Lost]) -> Finding:
    """Say of texts or rows, all ``found``, that they belong to ``forms`` not asked for: once, at the first."""
    form, name = listed(forms, LISTED), listed((lost.name for lost in found), LISTED)
    if len(forms) > 1:
        one = _("“{name}” is not printed: it belongs to forms that are not asked for: {form}")
        many = _("{n} are not printed, as they belong to forms that are not asked for ({form}): {name}")
        hint = _("add under 报告 the one of these forms that is due, or delete it")
    else:
        one = _("“{name}” belongs to the form “{form}”, which is not asked for, so it is not printed")
        many = _("{n} belong to the form “{form}”, which is not asked for, so they are not printed: {name}")
        hint = _("add {form} under 报告, or delete it").format(form=form)
    message = (many if len(found) > 1 else one).format(n=len(found), name=name, form=form)
    return Finding("of-another-form", found[0].span, message, hint, found[0].about)


def unknown_indicators(
    facts: Facts, forms: Iterable[Form], printed_by: Callable[[], PrintedBy] = dict
) -> Iterator[Finding]:
    """Yield a finding for every row of 评分 that no requested form has, and for keys that no row can have.

    ``printed_by`` names the forms of each row of those that are not asked for.
    """
    forms = list(forms)
    seen: dict[tuple[str, str], Span] = {}
    others: list[Lost] = []
    for index, row in enumerate(facts.entry.scores):
        place: Place = ("评分", index)
        key = naming(row)
        name, only = row.get(key, ""), row.get(FOR_FORM, "")
        span = facts.source.span((*place, key))
        asked = [form for form in forms if only in ("", form.id)]
        known = [indicator.name for form in asked for indicator in form.indicators]
        added = [form for form in asked if _adds(row, form)]
        if not name:
            key = asked[0].naming if asked else key
            message, hint = _("“{key}” is missing"), _("type the name of the row: {key}: …")
            yield Finding("missing-key", span, message.format(key=key), hint.format(key=key), Subject.row())
        elif (only, name) in seen:
            message = _("“{name}” is scored a second time; the first is in line {line}")
            message = message.format(name=name, line=seen[only, name].line)
            yield Finding("repeated-indicator", span, message, _("keep one of the two"), Subject.row(name))
        elif not asked:
            message = _("no form “{name}” is asked for").format(name=only)
            span = facts.source.span((*place, FOR_FORM))
            hint = did_you_mean(only, [form.id for form in forms])
            yield Finding("unknown-form", span, message, hint, Subject.row(name))
        elif not added and name not in known and name in printed_by():
            others.append(Lost(name, span, Subject.row(name)))
            seen[only, name] = span
            continue  # what it may hold is that form's affair
        elif not added and name not in known:
            message = _("no requested form has an indicator “{name}”").format(name=name)
            hint = did_you_mean(name, known)
            if asked:
                levels = "、".join(asked[0].levels)
                hint += _("; a row of your own needs {levels} and 分值").format(levels=levels)
            yield Finding("unknown-indicator", span, message, hint, Subject.row(name))
        seen.setdefault((only, name), span)
        columns = {column for form in asked for column in form.columns if form.field(column) not in ("", NUMBERED)}
        allowed = {key, *STATED, *columns}
        if added:
            allowed.update(ADDED, *(form.levels for form in added))
        elif not any(form.adjustable for form in asked):
            allowed.discard("分值")  # the form's alone
        else:
            allowed.add("分值")
        for key in row.keys() - allowed:
            message = _("“{key}” is not a key that can stand here").format(key=key)
            span = facts.source.key_span((*place, key))
            yield Finding("unknown-key", span, message, did_you_mean(key, sorted(allowed)), Subject.row(name, key))
    yield from of_other_forms(others, printed_by() if others else {})


def _adds(row: Mapping[str, str], form: Form) -> bool:
    """Tell whether a row of 评分 adds one to ``form``: it has its first level, and points where the form has any."""
    return (
        row.get(FOR_FORM, "") in ("", form.id)
        and naming(row) == form.naming
        and row.get(form.naming, "") not in {indicator.name for indicator in form.indicators}
        and row.get(form.levels[0], "") in form.first_levels
        and ("分值" in row) is form.scored
    )


class _Reader:
    def __init__(self, form: Form, facts: Facts, wording: Wording, reasons: tuple[Reason, ...]) -> None:
        self.form, self.facts, self.wording, self.reasons = form, facts, wording, reasons
        self.findings: list[Finding] = []
        rows = list(enumerate(facts.entry.scores))
        self.places: dict[str, int] = {}  # by name: the first row of 评分, one for this form alone before others
        for only in ("", form.id):
            self.places |= {row.get(naming(row), ""): at for at, row in reversed(rows) if row.get(FOR_FORM, "") == only}
        self.indicators = self.with_added([self.with_points(indicator) for indicator in form.indicators])

    def stated(self, name: str) -> tuple[Mapping[str, str], Place]:
        """Return what the centre says of the row ``name``, and where; an empty value is not stated."""
        if name not in self.places:
            return {}, ("评分",)
        row = self.facts.entry.scores[self.places[name]]
        return {key: text for key, text in row.items() if text.strip()}, ("评分", self.places[name])

    # --- rows ------------------------------------------------------------------------------------------------

    def with_points(self, indicator: Indicator) -> Indicator:
        """Return the row with the points that the centre gives it, where the form leaves that to the centre."""
        row, place = self.stated(indicator.name)
        if self.form.adjustable and "分值" in row:
            return replace(indicator, points=self.points(row["分值"], (*place, "分值")))
        return indicator

    def with_added(self, indicators: list[Indicator]) -> list[Indicator]:
        """Return the rows with those that the centre adds, each below the others of its levels."""
        for index, row in enumerate(self.facts.entry.scores):
            if _adds(row, self.form) and self.places[row.get(naming(row), "")] == index:
                added = self.added(row, ("评分", index))
                depths = [_common(added.levels, other.levels) for other in indicators]
                last = max((at for at, depth in enumerate(depths) if depth == max(depths)), default=-1)
                indicators.insert(last + 1, added)
        return indicators

    def added(self, row: Mapping[str, str], place: Place) -> Indicator:
        target = self.parsed(parse_relation, row.get("目标", ""), (*place, "目标"))
        actual = self.parsed(parse_expression, row.get("实际", ""), (*place, "实际"))
        self.refuse_unknown(target.names if target else (), row.get("目标", ""), (*place, "目标"))
        self.refuse_unknown(actual.names if actual else (), row.get("实际", ""), (*place, "实际"))
        points = self.points(row["分值"], (*place, "分值")) if "分值" in row else Decimal(0)
        levels = tuple(row.get(level, "") for level in self.form.levels)
        profile, named = self.form.profile, row.get("算法", "")
        algorithm = profile.rule(levels[0], target.sign if target else "", named)
        if named and named not in profile.rules:
            message = _("there is no rule “{name}”").format(name=named)
            span = self.facts.source.span((*place, "算法"))
            self.findings.append(Finding("bad-value", span, message, did_you_mean(named, profile.rules)))
        return Indicator(row.get(self.form.naming, ""), levels, {}, points, actual, target, None, algorithm, ())

    def parsed(self, parse: Callable[[str], ParsedT], text: str, place: Place) -> ParsedT | None:
        try:
            return parse(text) if text.strip() else None
        except FormulaError as error:
            span = self.facts.source.spot(place, error.at, error.length)
            self.findings.append(Finding("template-syntax", span, error.message, error.hint))
            return None

    def refuse_unknown(self, names: Iterable[str], text: str, place: Place) -> None:
        """A row of the centre's own names facts like any formula: one that there is not would never be judged."""
        for name in names:
            if not self.facts.vocabulary.knows(name):
                message = _("there is nothing called “{name}”").format(name=name)
                span = self.facts.source.spot(place, max(0, text.find(name)), len(name))
                hint = self.facts.vocabulary.near(name)
                self.findings.append(Finding("undefined-name", span, message, hint, Subject.key(name)))

    def points(self, text: str, place: Place) -> Decimal:
        span = self.facts.source.span(place)
        try:
            points = read_quantity(text, "", ("分",))
        except QuantityError as error:
            self.findings.append(Finding("not-a-number", span, error.message, error.hint, stated=text))
            return Decimal(0)
        if not points.exact or points.low < 0:
            message = _("“{text}” cannot be the points of a row").format(text=text)
            self.findings.append(
                Finding("bad-value", span, message, _("type a number that is not below 0"), stated=text)
            )
        return points.low

    def by_field(self, own: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return what a row states by the field that each column prints, and the keys of those that are not one."""
        fields = {key: self.form.field(key) or key for key in own}
        return {fields[key]: text for key, text in own.items()}, {field: key for key, field in fields.items()}

    def row(self, indicator: Indicator) -> Row:
        own, place = self.stated(indicator.name)
        own, typed_as = self.by_field(own)
        texts = dict.fromkeys((*WORKED_OUT, *REASONS), "")
        for name, template in indicator.texts.items():
            if name not in own or name in NOT_PRINTED:
                spot = self.form.spot_in_form((*indicator.place, name))
                texts[name] = self.wording.fill(template, self.facts.scope, spot)
        texts |= {
            key: self.wording.own(text, (*place, typed_as.get(key, key)))
            for key, text in own.items()
            if key not in NOT_PRINTED
        }
        explained = bool(reason_for(Subject.row(indicator.name), self.reasons))
        judgement = Judgement(self.form, self.facts, indicator, own, texts, place, typed_as, explained, self.findings)
        score = judgement.score()
        texts |= dict(zip(PARTED, parted(texts["目标值"]), strict=True))
        applies = not texts["不适用"]
        done = completion(indicator, self.facts, judgement.goal, judgement.reached)
        beyond, listed = bool(indicator.beyond), indicator.listed
        return Row(indicator.name, indicator.levels, texts, indicator.points, score, listed, applies, beyond, done)

    # --- all rows together -----------------------------------------------------------------------------------

    def ties(self) -> Iterator[Finding]:
        """Where a centre adds rows or shares points out anew, Σ三级 = 二级 = 一级 = 满分 still holds."""
        shared = self.form.choice != Choice() or any("分值" in row for row in self.facts.entry.scores)
        if not self.form.scored or not shared:
            return
        for level, wanted, total in untied(self.indicators, self.form.profile):
            message = points_differ(level or _("all rows"), total, wanted)
            hint = _("state 分值 of the rows so that they sum to {stated}").format(stated=trimmed(wanted))
            span = self.facts.source.key_span(("评分",))
            yield Finding("points-mismatch", span, message, hint, Subject.row(level), trimmed(total), trimmed(wanted))

    def too_good(self, total: Decimal | None) -> Iterator[Finding]:
        """Full marks stand beside problems that the report itself names (domain 18)."""
        if total != self.form.profile.full:
            return
        for name, text in self.facts.entry.prose.items():
            if "问题" in name and name in self.form.sections and text.strip() not in NOTHING:
                message = _("the score is full, but “{name}” names problems").format(name=name)
                hint = _("take points off where they belong, or say in the text why none are lost")
                yield Finding(
                    "full-score", self.facts.source.key_span(("正文", name)), message, hint, Subject.section(name)
                )


def _common(levels: Sequence[str], others: Sequence[str]) -> int:
    """Count the levels that two rows share, from the first."""
    pairs = enumerate(zip(levels, others, strict=True))
    return next((depth for depth, (level, other) in pairs if level != other), len(levels))
