"""Facts and a form's indicators -> scores: each stated or by its rule, each lost point explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reportgen.facts import Facts
from reportgen.findings import Finding, Span
from reportgen.forms import NAME, STATED, Form, Indicator
from reportgen.formula import UnknownError, holds, quantity_of, with_values
from reportgen.language import FormulaError
from reportgen.messages import _
from reportgen.numerals import read_quantity
from reportgen.quantity import (
    BARE,
    Agreement,
    Quantity,
    QuantityError,
    agree,
    brief,
    compare,
    convert,
    number,
    rounded,
    trimmed,
)
from reportgen.schema import did_you_mean
from reportgen.source import Place
from reportgen.wording import Wording

SCORE_PLACES = 2


@dataclass(frozen=True)
class Row:
    """One row of the annex: its texts by column, and its score (None: neither stated nor computed)."""

    name: str
    texts: Mapping[str, str]
    points: Decimal
    score: Decimal | None


@dataclass(frozen=True)
class Scores:
    """The rows in the form's order, and their sum where every row has a score."""

    rows: tuple[Row, ...]
    full: Decimal
    total: Decimal | None
    grade: str
    findings: tuple[Finding, ...]

    @property
    def scope(self) -> dict[str, Any]:
        """What expressions see as 评分: 总分, 满分, 等级, and by first level 得分 and 分值."""
        values: dict[str, Any] = {"满分": _score(self.full)}
        if self.total is not None:
            values |= {"总分": _score(self.total), "等级": self.grade}
        for level in dict.fromkeys(row.texts.get("一级指标", "") for row in self.rows):
            rows = [row for row in self.rows if row.texts.get("一级指标") == level]
            known = {"分值": _score(sum((row.points for row in rows), Decimal(0)))}
            scored = [row.score for row in rows if row.score is not None]
            if len(scored) == len(rows):
                known["得分"] = _score(sum(scored, Decimal(0)))
            values[level] = known
        return values


def _score(value: Decimal) -> Quantity:
    return Quantity(value, value, BARE, words=("", trimmed(value), ""))


def read_scores(form: Form, facts: Facts, wording: Wording) -> Scores:
    """Return the scores of ``form``; texts of the rows are filled by ``wording``, which keeps their findings."""
    reader = _Reader(form, facts, wording)
    rows = tuple(reader.row(indicator) for indicator in form.indicators)
    scored = [row.score for row in rows if row.score is not None]
    total = sum(scored, Decimal(0)) if len(scored) == len(rows) and rows else None
    share = 100 * total / form.full if total is not None and form.full else Decimal(0)
    grade = next((name for name, least in form.grades if share >= least), "")
    return Scores(rows, form.full, total, grade, tuple(reader.findings))


def unknown_indicators(facts: Facts, forms: Iterable[Form]) -> Iterator[Finding]:
    """Yield a finding for every row of 评分 that no requested form has, and for keys that no row can have."""
    forms = list(forms)
    known = {indicator.name for form in forms for indicator in form.indicators}
    allowed = {*STATED, *(name for form in forms for name in form.columns)} - {"分值"}  # the form's alone
    seen: dict[str, Span] = {}
    for index, row in enumerate(facts.entry.scores):
        place: Place = ("评分", index)
        name = row.get(NAME, "")
        span = facts.source.span((*place, NAME))
        if name in seen:
            message = _("“{name}” is scored a second time; the first is in line {line}")
            message = message.format(name=name, line=seen[name].line)
            yield Finding("repeated-indicator", span, message, _("keep one of the two"), f"评分.{name}")
        elif name not in known:
            message = _("no requested form has an indicator “{name}”").format(name=name)
            yield Finding("unknown-indicator", span, message, did_you_mean(name, known), f"评分.{name}")
        seen.setdefault(name, span)
        for key in row.keys() - allowed:
            message = _("“{key}” is not a key that can stand here").format(key=key)
            span = facts.source.key_span((*place, key))
            yield Finding("unknown-key", span, message, did_you_mean(key, sorted(allowed)), f"评分.{name}.{key}")


class _Reader:
    def __init__(self, form: Form, facts: Facts, wording: Wording) -> None:
        self.form, self.facts, self.wording = form, facts, wording
        self.findings: list[Finding] = []
        self.stated = {row.get(NAME, ""): index for index, row in reversed(list(enumerate(facts.entry.scores)))}

    def row(self, indicator: Indicator) -> Row:
        place: Place = ("评分", self.stated[indicator.name]) if indicator.name in self.stated else ("评分",)
        row = self.facts.entry.scores[self.stated[indicator.name]] if len(place) > 1 else {}
        own = {key: text for key, text in row.items() if text.strip() and key != "分值"}
        texts = {
            name: self.wording.fill(template, self.facts.scope, self.form.spot_in_form((*indicator.place, name)))
            for name, template in indicator.texts.items()
            if name not in own
        }
        texts |= {key: self.wording.own(text, (*place, key)) for key, text in own.items() if key != "得分"}
        score = self.score(indicator, own, place)
        texts |= {"分值": trimmed(indicator.points), "得分": "" if score is None else trimmed(score)}
        if score is not None:
            self.reason_for_lost_points(indicator, score, texts, place)
        self.reason_for_excess(indicator, texts, place)
        self.actual_agrees(indicator, own, place)
        return Row(indicator.name, texts, indicator.points, score)

    def complain(
        self,
        code: str,
        indicator: Indicator,
        place: Place,
        message: str,
        hint: str,
        stated: str = "",
        expected: str = "",
    ) -> None:
        source = self.facts.source
        span = source.span(place) if place in source.values and len(place) > 1 else source.key_span(place)
        self.findings.append(Finding(code, span, message, hint, f"评分.{indicator.name}", stated, expected))

    def score(self, indicator: Indicator, own: Mapping[str, str], place: Place) -> Decimal | None:
        """Return the score: as stated, held against the rule where there is one, or by the rule."""
        stated = self.stated_score(indicator, own, place)
        computed = self.computed_score(indicator)
        if computed is None and stated is None and "得分" not in own:
            message = _("“{name}” has no score").format(name=indicator.name)
            hint = _("add under 评分: - {{三级指标: {name}, 得分: …}} (at most {points})")
            hint = hint.format(name=indicator.name, points=trimmed(indicator.points))
            self.complain("missing-score", indicator, place, message, hint)
        if stated is not None and computed is not None and stated != computed and indicator.rule:
            message = _("“{name}” is scored {stated}, but by its rule it is {expected}: {rule}").format(
                name=indicator.name, stated=trimmed(stated), expected=trimmed(computed), rule=indicator.rule.text
            )
            hint = _("type {expected}, or leave 得分 out").format(expected=trimmed(computed))
            self.complain(
                "score-mismatch", indicator, (*place, "得分"), message, hint, trimmed(stated), trimmed(computed)
            )
        return computed if stated is None else stated

    def stated_score(self, indicator: Indicator, own: Mapping[str, str], place: Place) -> Decimal | None:
        text = own.get("得分", "")
        if "得分" not in own:
            return None
        hint = _("type a number from 0 to {points}").format(points=trimmed(indicator.points))
        try:
            score = read_quantity(text, "", ("分",))
        except QuantityError as error:
            self.complain("not-a-number", indicator, (*place, "得分"), error.message, hint, text)
            return None
        if not score.exact or not 0 <= score.low <= indicator.points:
            message = _("“{name}” is scored {score}, outside 0 to {points}").format(
                name=indicator.name, score=text, points=trimmed(indicator.points)
            )
            self.complain("score-out-of-range", indicator, (*place, "得分"), message, hint, text)
        return score.low

    def computed_score(self, indicator: Indicator) -> Decimal | None:
        if indicator.rule is None:
            return None
        scope = {**self.facts.scope, "分值": number(indicator.points)}
        try:
            score = convert(quantity_of(indicator.rule, scope), BARE)
        except (UnknownError, FormulaError, QuantityError):
            return None
        within = min(max(score.low, Decimal(0)), indicator.points)  # 财预〔2020〕10号: never below 0 nor above 分值
        return rounded(within, SCORE_PLACES) if score.exact else None

    def reason_for_lost_points(
        self, indicator: Indicator, score: Decimal, texts: Mapping[str, str], place: Place
    ) -> None:
        """Where points are lost, the reason is given (财预〔2020〕10号 and the tables made after it)."""
        if score < indicator.points and not texts.get("扣分原因"):
            message = _("“{name}” loses {points} points without a reason").format(
                name=indicator.name, points=trimmed(indicator.points - score)
            )
            hint = _("add 扣分原因: … to the row")
            self.complain(
                "reason-missing", indicator, (*place, "得分"), message, hint, trimmed(score), trimmed(indicator.points)
            )

    def reason_for_excess(self, indicator: Indicator, texts: Mapping[str, str], place: Place) -> None:
        """Where the target is exceeded by far (form: 超额须说明), the reason is given."""
        target, share = indicator.target, self.form.excess
        if target is None or share is None or target.sign not in (">=", ">") or texts.get("偏差原因"):
            return
        try:
            left, right = (quantity_of(target.left, self.facts.scope), quantity_of(target.right, self.facts.scope))
            reached = left / right
            below, _above = compare(reached, share)
        except (UnknownError, FormulaError, QuantityError):
            return
        if below is False and holds(target, self.facts.scope):
            percent = f"{rounded(reached.low * 100, 1):f}%"
            message = _("“{name}” reaches {percent} of its target without a reason: {actual}, target {target}").format(
                name=indicator.name,
                percent=percent,
                actual=with_values(target.left, self.facts.scope),
                target=brief(right),
            )
            hint = _("add 偏差原因: … to the row of 评分 for “{name}”").format(name=indicator.name)
            self.complain("target-exceeded", indicator, place, message, hint, brief(left), brief(right))

    def actual_agrees(self, indicator: Indicator, own: Mapping[str, str], place: Place) -> None:
        """The value reached, where the row states one, is the fact's (domain 19)."""
        text = own.get("完成值", "")
        if not text or indicator.actual is None:
            return
        here: Place = (*place, "完成值")
        try:
            actual = quantity_of(indicator.actual, self.facts.scope)
            stated = read_quantity(text, actual.unit.symbol)
        except (UnknownError, FormulaError):
            return
        except QuantityError as error:
            self.complain("not-a-number", indicator, here, error.message, error.hint, text)
            return
        if agree(stated, actual) in (Agreement.DIFFERENT, Agreement.TRUNCATED):
            message = _("“{name}” states {stated}, but the facts say {actual}").format(
                name=indicator.name, stated=brief(stated), actual=with_values(indicator.actual, self.facts.scope)
            )
            hint = _("type {expected}, or leave 完成值 out").format(expected=brief(actual))
            self.complain("actual-mismatch", indicator, here, message, hint, brief(stated), brief(actual))
