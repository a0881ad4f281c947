"""One row of an annex and what the centre says of it -> its score, how it came about, and the reasons it owes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reportgen.facts.facts import Facts
from reportgen.facts.reasons import NO_REASON
from reportgen.facts.wording import example_of_all
from reportgen.forms.form import BONUS, DEDUCTION, Form, Indicator
from reportgen.forms.profiles import ACTUAL, POINTS, TARGET
from reportgen.numbers.formula import UnknownError, in_numbers, quantity_of, with_values
from reportgen.numbers.grammar import Expression, FormulaError
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import (
    BARE,
    Agreement,
    Quantity,
    QuantityError,
    agree,
    at_digits_of,
    brief,
    compare,
    convert,
    number,
    rounded,
    trimmed,
)
from reportgen.reading.keys import REASONS
from reportgen.reading.source import Place
from reportgen.scoring.targets import PRINTED, Goal, has_sign, read_goal, read_result, read_whole
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _, joined
from reportgen.telling.nearest import did_you_mean

SCORE_PLACES = 2
EXECUTION = "预算执行率"  # the first level of the row that scores it
NOT_SCORED = "未列"  # what prints for a score whose absence is explained
DASH = "—"
SAME = (Agreement.EQUAL, Agreement.ROUNDED, Agreement.OPEN)
CANNOT = (UnknownError, FormulaError, QuantityError)


@dataclass
class Judgement:
    """Judges one row. ``own`` is what the centre's file says of it, at ``place``; ``texts`` is what will be printed."""

    form: Form
    facts: Facts
    indicator: Indicator
    own: Mapping[str, str]
    texts: dict[str, str]
    place: Place
    typed_as: Mapping[str, str]  # the key of the row where it is not the field itself: 目标值 -> 年度指标值
    explained: bool  # 口径说明 says why there is no score
    findings: list[Finding]
    goal: Goal | None = None  # what 目标值 and 完成值 say by themselves, where the form has no target in facts
    reached: Quantity | None = None

    def score(self) -> Decimal | None:
        """Return the score, if any; put what is worked out into the texts, and note what is wrong."""
        self._say_target()
        self._say_actual()
        self.goal, self.reached = self._typed()
        if self.texts["不适用"]:
            self._leave_out()
            return None
        score = self._scored() if self.form.scored else None
        if not self._reason_for_lost_points(score):
            self._reason_for_missed_target()
        self._reason_for_excess()
        self._reason_for_execution()
        if score is not None or not self.form.scored:  # else the missing score is told, which says what was reached
            self._actual_is_there()
        self._target_agrees()
        self._actual_agrees()
        self._target_is_judged()
        self._reasons_are_short()
        return score

    def _complain(
        self,
        code: str,
        key: str,
        message: str,
        hint: str,
        stated: str = "",
        expected: str = "",
        certain: bool = True,
        lacking: tuple[str, ...] = (),
    ) -> None:
        place = (*self.place, self.typed_as.get(key, key)) if key else self.place
        source = self.facts.source
        span = source.span(place) if place in source.values and len(place) > 1 else source.key_span(place)
        about = Subject.row(self.indicator.name)
        self.findings.append(Finding(code, span, message, hint, about, stated, expected, certain, lacking=lacking))

    def _known(self, work: Callable[[], Any]) -> Any:
        """Return what ``work`` gives, or None where a fact is missing or it cannot be computed."""
        try:
            return work()
        except CANNOT:
            return None

    def _value(self, expression: Expression) -> Quantity:
        return quantity_of(expression, self.facts.scope)

    @property
    def _measured(self) -> Expression | None:
        """What the value reached is worked out from."""
        return self.indicator.actual or (self.indicator.target.left if self.indicator.target else None)

    def _lacking(self, expressions: Iterable[Expression], unknown: str = "") -> tuple[str, ...]:
        """Return the facts for want of which the expressions have no value, each once."""
        return tuple(dict.fromkeys(name for each in expressions for name in self.facts.unstated(each, unknown)))

    def _either(self, lacking: tuple[str, ...], otherwise: str) -> str:
        """Return what to type: the facts that are lacking, or else what a person would have to judge."""
        if not lacking:
            return otherwise
        state = _("type under 数据: {example}").format(example=example_of_all(lacking))
        return joined([state, _("or {otherwise}").format(otherwise=otherwise)])

    def _to_add(self, key: str) -> str:
        """Return what to type to give the row a ``key``: the whole line where the file has none for it."""
        if self.own:
            return _("add {reason}: … to the row of 评分 for “{name}”").format(reason=key, name=self.indicator.name)
        line = f"- {{{self.form.naming}: {self.indicator.name}, {key}: …}}"
        return _("add under 评分: {line}").format(line=line)

    # --- target and actual value -----------------------------------------------------------------------------

    def _say_target(self) -> None:
        """目标值, where neither form nor centre write it: ≥380件."""
        target = self.indicator.target
        if target and not self.texts["目标值"]:
            side = self._known(lambda: _as_measured(self._value(target.right), self._value(target.left)))
            self.texts["目标值"] = PRINTED.get(target.sign, "") + brief(side) if side else ""

    def _say_actual(self) -> None:
        """完成值, where neither form nor centre write it: 445件."""
        expression = self._measured
        if expression and not self.texts["完成值"]:
            value = self._known(lambda: self._value(expression))
            self.texts["完成值"] = brief(value) if value else ""

    def _actual_is_there(self) -> None:
        """A row whose table prints the value reached has one (seeds-audit B16)."""
        if self.form.prints("完成值") and self.indicator.listed and not self.texts["完成值"]:
            message = _("“{name}” has no value reached").format(name=self.indicator.name)
            lacking = self._lacking([self._measured] if self._measured else [])
            hint = self._either(lacking, self._to_add("完成值"))
            self._complain("missing-actual", "", message, hint, lacking=lacking)

    def _target_agrees(self) -> None:
        """The target, where the row states one beside a target in facts, is that one (domain 19)."""
        target, text = self.indicator.target, self.texts["目标值"]
        if "目标值" not in self.own or target is None:
            return
        wanted = self._known(lambda: _as_measured(self._value(target.right), self._value(target.left)))
        if wanted is None:
            return
        right, goal = Goal(target.sign, wanted), read_goal(text)
        try:
            same = goal and goal.sign in ("", right.sign) and agree(goal.quantity, wanted) in SAME
        except QuantityError:
            same = False
        if not same:
            message = _("“{name}” is to reach {stated}, but is scored by {target}").format(
                name=self.indicator.name, stated=text, target=f"{right}（{target.text}）"
            )
            hint = _("type {expected}, or leave 目标值 out").format(expected=right)
            self._complain("target-mismatch", "目标值", message, hint, text, str(right))

    def _actual_agrees(self) -> None:
        """The value reached, where the row states one, is the fact's (domain 19)."""
        target = self.indicator.target
        text, expression = self.texts["完成值"], self._measured
        if "完成值" not in self.own or expression is None:
            return
        actual = self._known(lambda: self._value(expression))
        if actual is None:
            return
        stated = read_result(text, actual.unit.symbol) or read_whole(text)
        if any(_agrees(value, actual) for value in stated):
            return
        shown = at_digits_of(stated[0], actual) if stated else brief(actual)
        hint = _("type {expected}, or leave 完成值 out").format(expected=shown)
        values = with_values(expression, self.facts.scope)
        if stated:
            message = _("“{name}” states {stated}, but the facts say {actual}").format(
                name=self.indicator.name, stated="、".join(map(brief, stated)), actual=values
            )
            alone = len(stated) == 1
            self._complain("actual-mismatch", "完成值", message, hint, brief(stated[0]), shown, certain=alone)
        elif re.search(r"\d", text) or (target and self.indicator.actual is None):
            message = _("“{name}” states “{stated}”, which cannot be compared with {actual}").format(
                name=self.indicator.name, stated=text, actual=values
            )
            self._complain("target-unjudged", "完成值", message, hint, text, shown)

    def _typed(self) -> tuple[Goal | None, Quantity | None]:
        """Return what 目标值 and 完成值 say by themselves; where the form has a target in facts, that counts."""
        if self.indicator.target or not (self.texts["目标值"] and self.texts["完成值"]):
            return None, None
        goal = read_goal(self.texts["目标值"])
        if goal is None:
            return None, None
        values = read_result(self.texts["完成值"], goal.quantity.unit.symbol)
        return (goal, values[0]) if len(values) == 1 else (None, None)

    def _target_is_judged(self) -> None:
        """A target in figures has a result in figures of the same kind; else it is not known whether it is reached."""
        target, actual = self.texts["目标值"], self.texts["完成值"]
        if self.goal or self.indicator.target or not actual or not has_sign(target) or not self.form.prints("完成值"):
            return
        message = _("whether “{name}” reaches {target} cannot be judged: “{actual}” has no figure of that kind")
        message = message.format(name=self.indicator.name, target=target, actual=actual)
        goal = read_goal(target)
        symbol = goal.quantity.unit.symbol if goal else ""
        self._complain(
            "target-unjudged", "完成值", message, _("type the figure: 完成值: …{unit}").format(unit=symbol), actual
        )

    # --- the score -------------------------------------------------------------------------------------------

    def _leave_out(self) -> None:
        """A row that does not apply has no score; the profile says whether the rest may stand for the whole."""
        self.texts |= {"得分": DASH, "计分": "", "完成值": self.texts["完成值"] or DASH}
        if not self.form.scored:
            return
        self.texts["分值"] = DASH
        if self.indicator.points and not self.indicator.beyond and not self.form.profile.rescales:
            message = _("“{name}” is left out, but its {points} points are not given to other rows")
            message = message.format(name=self.indicator.name, points=trimmed(self.indicator.points))
            hint = _("add 分值: 0 to the row and give its points to others (分值: …); else score it")
            self._complain("not-applicable", "不适用", message, hint)

    def _scored(self) -> Decimal | None:
        """Return the score: as stated, held against the rule where there is one, or by the rule."""
        points, lacking, broken = self.indicator.points, tuple[str, ...](), ""
        stated, computed = self._stated(), None
        try:
            computed = self._computed()
        except UnknownError as unknown:
            lacking = self._lacking(self.indicator.grounds, unknown.name)
        except (FormulaError, QuantityError) as error:
            broken = _("; its rule cannot be worked out: {reason}").format(reason=error.message)
        score = computed if stated is None else stated
        if stated is not None and lacking:
            self._unproven(stated, lacking)
        if score is None and self.indicator.beyond and "得分" not in self.own and not self.indicator.rule:
            score = Decimal(0)  # nothing to add, nothing to take away
        if score is None and "得分" not in self.own:
            self._no_score(lacking, broken)
        if stated is not None and computed is not None and stated != computed:
            message = _("“{name}” is scored {stated}, but by its rule it is {expected}: {rule}").format(
                name=self.indicator.name,
                stated=trimmed(stated),
                expected=trimmed(computed),
                rule=self._worked(computed),
            )
            hint = _("type {expected}, or leave 得分 out").format(expected=trimmed(computed))
            self._complain("score-mismatch", "得分", message, hint, trimmed(stated), trimmed(computed))
        if stated is None and computed is not None and computed != self._best:
            self.texts["计分"] = self._worked(computed)
        self._judge_quality(score)
        missing = NOT_SCORED if self.explained else ""
        sign = {BONUS: "+", DEDUCTION: "-"}.get(self.indicator.beyond, "")
        self.texts |= {"分值": sign + trimmed(points), "得分": missing if score is None else trimmed(score)}
        return score

    def _unproven(self, stated: Decimal, lacking: tuple[str, ...]) -> None:
        message = _("“{name}” is scored {stated}, but its rule cannot be worked out: {missing} is not stated")
        message = message.format(name=self.indicator.name, stated=trimmed(stated), missing="、".join(lacking))
        hint = _("state {missing} under 数据").format(missing="、".join(lacking))
        self._complain("score-unproven", "得分", message, hint, trimmed(stated))

    def _no_score(self, lacking: tuple[str, ...], broken: str) -> None:
        """A score that follows from facts wants these; only then is it one that a person gives."""
        message = _("“{name}” has no score").format(name=self.indicator.name)
        if lacking:
            message = _("“{name}” has no score: {missing} is not stated")
            message = message.format(name=self.indicator.name, missing="、".join(lacking))
        most = _(" (at most {points})").format(points=trimmed(self.indicator.points))
        hint = self._either(lacking, self._to_add("得分") + most + broken)
        self._complain("missing-score", "", message, hint, lacking=lacking)

    def _stated(self) -> Decimal | None:
        text, (least, most) = self.own.get("得分", ""), self.indicator.range
        if not text:
            return None
        hint = _("type a number from {least} to {most}").format(least=trimmed(least), most=trimmed(most))
        try:
            score = read_quantity(text, "", ("分",))
        except QuantityError as error:
            self._complain("not-a-number", "得分", error.message, hint, text)
            return None
        if not score.exact or not least <= score.low <= most:
            message = _("“{name}” is scored {score}, outside {least} to {most}").format(
                name=self.indicator.name, score=text, least=trimmed(least), most=trimmed(most)
            )
            self._complain("score-out-of-range", "得分", message, hint, text)
        return score.low

    @property
    def _best(self) -> Decimal:
        """The score that nothing is lost with: all points; nothing where they come on top, or are taken away."""
        return Decimal(0) if self.indicator.beyond else self.indicator.points

    @property
    def _rule(self) -> tuple[Expression, Mapping[str, Any]] | None:
        """The rule that scores the row and the names it is written in; raises UnknownError, FormulaError."""
        points, target, goal = number(self.indicator.points), self.indicator.target, self.goal
        if self.indicator.rule:
            return self.indicator.rule, {**self.facts.scope, POINTS: points}
        if self.indicator.algorithm and target:
            left, right = self._value(target.left), self._value(target.right)
            return self.indicator.algorithm, {ACTUAL: left, TARGET: _as_measured(right, left), POINTS: points}
        if goal and goal.sign and self.reached:
            named = self.own.get("算法", "")
            if rule := self.form.profile.rule(self.indicator.levels[0], goal.sign, named):
                return rule, {ACTUAL: self.reached, TARGET: goal.quantity, POINTS: points}
        return None

    def _computed(self) -> Decimal | None:
        """Return the score by the rule, half-up to two digits, within what the row can score (财预〔2020〕10号)."""
        if (rule := self._rule) is None:
            return None
        score = convert(quantity_of(*rule), BARE)
        least, most = self.indicator.range
        within = min(max(score.low, least), most)
        return rounded(within, SCORE_PLACES) if score.exact else None

    def _worked(self, score: Decimal) -> str:
        """Say how the score came about: 8.70 = 10 × 87 ÷ 100."""
        rule = self._rule
        return f"{score:.2f} = {in_numbers(*rule)}" if rule else ""

    def _judge_quality(self, score: Decimal | None) -> None:
        """A qualitative row's score lies in the band of its judgement (财预〔2020〕10号: 三档)."""
        bands, points = self.form.profile.bands, self._best
        if not bands or self.indicator.target or self.goal or self.indicator.rule or score is None or not points:
            return
        judged = self.own.get("评定", "")
        band = next((band for band in bands if band.name == judged), None)
        if judged and band is None:
            message = _("there is no judgement “{name}”").format(name=judged)
            self._complain("bad-value", "评定", message, did_you_mean(judged, [band.name for band in bands]), judged)
        elif band and not band.least * points <= score <= band.most * points:
            least, most = trimmed(band.least * points), trimmed(band.most * points)
            message = _("“{name}” is judged “{band}”, which is {least} to {most} points, but scored {score}").format(
                name=self.indicator.name, band=band.name, least=least, most=most, score=trimmed(score)
            )
            hint = _("correct 评定 or 得分")
            self._complain("score-outside-band", "得分", message, hint, trimmed(score), f"{least}–{most}")
        if (fitting := band or self.form.profile.band(score / points)) and not judged:
            self.texts["评定"] = fitting.name
        if not self.texts["完成值"]:
            self.texts["完成值"] = self.texts["评定"]

    # --- reasons ---------------------------------------------------------------------------------------------

    @property
    def _reasons(self) -> tuple[str, ...]:
        """The reasons that the form prints of its rows."""
        return tuple(key for key in REASONS if self.form.prints(key))

    def _has_reason(self, keys: Iterable[str] = REASONS) -> bool:
        return any(not NO_REASON.fullmatch(self.texts[key].strip()) for key in keys)

    def _reason_for_lost_points(self, score: Decimal | None) -> bool:
        """Where points are lost, the reason is given (财预〔2020〕10号); return whether it is missing."""
        if score is None or score >= self._best or self._has_reason() or not self._reasons:
            return False
        message = _("“{name}” loses {points} points without a reason").format(
            name=self.indicator.name, points=trimmed(self._best - score)
        )
        hint = self._to_add(self._reasons[0])
        certain = self.form.demands_reasons
        self._complain("reason-missing", "得分", message, hint, trimmed(score), trimmed(self._best), certain)
        return True

    @property
    def _comparison(self) -> tuple[Quantity, Goal] | None:
        """What was reached and what was to be reached, from facts or as typed; None where it is not known."""
        target = self.indicator.target
        if target is None:
            return (self.reached, self.goal) if self.goal and self.reached else None
        left = self._known(lambda: self._value(target.left))
        right = left and self._known(lambda: _as_measured(self._value(target.right), left))
        return (left, Goal(target.sign, right)) if left and right else None

    def _reason_for_missed_target(self) -> None:
        """Where the target is not reached, the reason is given, scored or not (自评表: 未完成原因和改进措施)."""
        if (sides := self._comparison) is None or not self._reasons or self._has_reason():
            return
        reached, goal = sides
        if self._known(lambda: goal.reached_by(reached)) is not False:
            return
        message = _("“{name}” does not reach its target, and no reason is given: {actual}, target {target}")
        message = message.format(name=self.indicator.name, actual=brief(reached), target=goal)
        hint = self._to_add(self._reasons[-1])
        certain = self.form.demands_reasons
        self._complain("reason-missing", "", message, hint, brief(reached), str(goal), certain)

    def _reason_for_excess(self) -> None:
        """Where the target is exceeded by far (profile: 超额须说明), the reason is given."""
        share, sides = self.form.profile.excess, self._comparison
        if share is None or sides is None or not self._reasons or self._has_reason(self._reasons[-1:]):
            return
        actual, goal = sides
        target = self.indicator.target
        if goal.sign not in (">=", ">") or not self._known(lambda: goal.reached_by(actual)):
            return
        ratio = self._known(lambda: actual / goal.quantity)
        if ratio is None or self._known(lambda: compare(ratio, number(share))[0]) is not False:
            return
        message = _("“{name}” reaches {percent} of its target without a reason: {actual}, target {target}").format(
            name=self.indicator.name,
            percent=f"{rounded(ratio.low * 100, 1):f}%",
            actual=with_values(target.left, self.facts.scope) if target else brief(actual),
            target=brief(goal.quantity),
        )
        hint = self._to_add(self._reasons[-1])
        certain = self.form.demands_reasons
        self._complain("target-exceeded", "", message, hint, brief(actual), brief(goal.quantity), certain)

    def _reason_for_execution(self) -> None:
        """Where the execution rate is under the profile's limit (执行率须说明), the reason is given."""
        limit, target = self.form.profile.execution, self.indicator.target
        if (
            limit is None
            or target is None
            or self.indicator.levels[0] != EXECUTION
            or not self._reasons
            or self._has_reason(self._reasons[-1:])
        ):
            return
        rate = self._known(lambda: self._value(target.left))
        if rate and self._known(lambda: compare(rate, number(limit))[0]):
            message = _("the execution rate is {rate}, below {limit}, without a reason")
            message = message.format(rate=brief(rate), limit=f"{trimmed(limit * 100)}%")
            hint = self._to_add(self._reasons[-1])
            self._complain("reason-missing", "", message, hint, brief(rate), certain=self.form.demands_reasons)

    def _reasons_are_short(self) -> None:
        """A reason is no longer than the profile allows, in characters."""
        for key, most in self.form.profile.lengths.items():
            if len(self.texts.get(key, "")) > most:
                message = _("“{key}” has {n} characters; the form takes {most}")
                message = message.format(key=key, n=len(self.texts[key]), most=most)
                self._complain("text-too-long", key, message, _("shorten it"))


def _agrees(stated: Quantity, actual: Quantity) -> bool:
    try:
        return agree(stated, actual) not in (Agreement.DIFFERENT, Agreement.TRUNCATED)
    except QuantityError:
        return False


def _as_measured(value: Quantity, other: Quantity) -> Quantity:
    """Return ``value`` in the unit of ``other``; a bare number takes it."""
    if value.unit is BARE and other.unit.base:
        return Quantity(value.low, value.high, other.unit, value.places)
    return convert(value, other.unit)
