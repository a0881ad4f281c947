"""Expressions over facts -> exact values, or why they cannot be known.

Three outcomes, never two: a value, UnknownError (a fact is missing, or a number is too vague to compare) and
FormulaError (the expression itself is wrong).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

from reportgen.numbers.grammar import (
    ON_LISTS,
    SIGNS,
    Expression,
    FormulaError,
    Relation,
    Template,
    dotted_name,
    nodes,
    place_of,
)
from reportgen.numbers.quantity import (
    BARE,
    Quantity,
    QuantityError,
    brief,
    compare,
    convert,
    number,
    rounded,
    ungrouped,
    unit,
)
from reportgen.telling.messages import _

MAX_STEPS = 200_000
EXTREMES = ("取大", "取小")
MOST_SHOWN = 12  # terms of a sum that are written out
EXACT_DIGITS = 15  # of a fraction typed in an expression, which Jinja reads as a binary number

Scope = Mapping[str, Any]
Write = Callable[[str, int], None]
Show = Callable[[Any, int], None]

_OPERATORS = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "×", nodes.Div: "÷"}


class _EndlessError(FormulaError):
    """The walk takes too many steps; nothing catches it on the way."""


class UnknownError(Exception):
    """The value cannot be known: the fact ``name`` is missing, or (no name) a number is too vague to compare."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands for a value that is not stated and cannot be derived."""

    name: str


@lru_cache(maxsize=4096)  # most facts of a vocabulary are not stated
def missing(name: str) -> Missing:
    """Return what stands for the value of ``name``."""
    return Missing(name)


def value_of(expression: Expression, scope: Scope) -> Any:
    """Return the value; raises UnknownError, FormulaError."""
    return _Walk(scope).value(expression.node)


def quantity_of(expression: Expression, scope: Scope) -> Quantity:
    """Return the value, which must be a number; raises UnknownError, FormulaError."""
    return _number(value_of(expression, scope), expression.node)


def holds(relation: Relation, scope: Scope) -> bool:
    """Tell whether a comparison holds; raises UnknownError, FormulaError."""
    left, right = quantity_of(relation.left, scope), quantity_of(relation.right, scope)
    return _compare(relation.sign, left, right, relation.left.node)


def with_values(expression: Expression, scope: Scope) -> str:
    """Return the expression with its values: 93件（案件.民事） + 347件（案件.刑事）."""
    return _with_values(expression.node, scope, lambda value, name: f"{value}（{name}）")


def in_numbers(expression: Expression, scope: Scope) -> str:
    """Return the expression with its values alone, and of a choice what was chosen: 10 × 87% ÷ 100%."""
    return _with_values(expression.node, scope, lambda value, _name: value)


def unstated(expression: Expression, scope: Scope) -> tuple[str, ...]:
    """Return the names in the expression that have no value; a group has none where none of its facts has."""
    return tuple(name for name in expression.names if _is_nothing(lookup(name, scope)))


def lacks_any(expression: Expression, scope: Scope) -> bool:
    """Tell whether a name in the expression has no value."""
    return any(_is_nothing(lookup(name, scope)) for name in expression.names)


def _is_nothing(value: Any) -> bool:
    return isinstance(value, Missing) or (isinstance(value, Mapping) and not value)


class Rows(Sequence[Mapping[str, Any]]):
    """A list to loop over, which has names of its own besides: 明细.金额 is the column of all its rows."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], members: Mapping[str, Any]) -> None:
        self.rows, self.members = tuple(rows), members

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)


def lookup(dotted: str, scope: Scope) -> Any:
    """Return what ``dotted`` names, or Missing."""
    part, _dot, rest = dotted.partition(".")
    value: Any = scope.get(part)
    while rest:
        value = value.members if type(value) is Rows else value
        if not isinstance(value, dict | Mapping):  # the first is told at once
            return missing(dotted)
        if (whole := value.get(rest)) is not None:  # 其他["3.15活动"]
            return whole
        part, _dot, rest = rest.partition(".")
        value = value.get(part) if rest else None
    return missing(dotted) if value is None else value


def walk(template: Template, scope: Scope, write: Write, show: Show) -> None:
    """Send the template's own text to ``write`` and each value to ``show``, each with its place in the template.

    A value that cannot be known is shown as Missing; one that cannot be computed, as its FormulaError.
    """
    _Walk(scope, write, show).body(template.tree.body)


def _ignore(*_args: object) -> None:
    pass


class _Walk:
    """One walk over a tree, with a bound on its steps."""

    def __init__(self, scope: Scope, write: Write = _ignore, show: Show = _ignore) -> None:
        self.scope, self.write, self.show = scope, write, show
        self.steps = 0

    def body(self, statements: Iterable[nodes.Node]) -> None:
        for statement in statements:
            if isinstance(statement, nodes.Output):
                for node in statement.nodes:
                    self.output(node)
            elif isinstance(statement, nodes.If):
                self.branch([statement, *statement.elif_], statement.else_)
            elif isinstance(statement, nodes.For):
                self.loop(statement)

    def output(self, node: nodes.Expr) -> None:
        self.step(node)
        if isinstance(node, nodes.TemplateData):
            self.write(node.data, node.lineno - 1)
        else:
            self.show(self.known(node), place_of(node))

    def branch(self, conditions: list[nodes.If], otherwise: list[nodes.Node]) -> None:
        for statement in conditions:
            condition = self.known(statement.test, self.truth)
            if not isinstance(condition, bool):
                self.show(condition, place_of(statement))
                return
            if condition:
                self.body(statement.body)
                return
        self.body(otherwise)

    def loop(self, statement: nodes.For) -> None:
        items = self.known(statement.iter)
        if isinstance(items, Missing):
            items = ()
        elif isinstance(items, str) or not isinstance(items, Sequence):
            fault = FormulaError(_("a loop needs a list"), "", place_of(statement))
            self.show(items if isinstance(items, FormulaError) else fault, place_of(statement))
            return
        outer = self.scope
        for index, item in enumerate(items):
            self.step(statement)
            place = {"index": number(index + 1), "first": index == 0, "last": index == len(items) - 1}
            self.scope = ChainMap({statement.target.name: item, "loop": place}, outer)  # type: ignore[attr-defined,arg-type]
            self.body(statement.body)
        self.scope = outer
        if not items:
            self.body(statement.else_)

    def step(self, node: nodes.Node) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise _EndlessError(_("the template takes too many steps"), _("make its loops smaller"), place_of(node))

    def known(self, node: nodes.Node, read: Callable[[nodes.Node], Any] | None = None) -> Any:
        """Return the value, or what ``read`` makes of it; Missing; or the FormulaError itself."""
        if read is None and (dotted := dotted_name(node)):
            self.step(node)
            return lookup(dotted, self.scope)
        try:
            return (read or self.value)(node)
        except UnknownError as unknown:
            return Missing(unknown.name)
        except _EndlessError:
            raise
        except FormulaError as error:
            return error

    def truth(self, node: nodes.Node) -> bool:
        """Tell whether a condition holds; raises UnknownError, FormulaError.

        A missing fact by itself is false, so that “{% if 案件.行政 %}” reads as “where there is one”.
        """
        if isinstance(node, nodes.And | nodes.Or):
            return self.either(node, self.truth)
        value = self.known(node) if dotted_name(node) else self.value(node)
        if isinstance(value, FormulaError):
            raise value
        return _is_true(value)

    def value(self, node: nodes.Node) -> Any:
        """Return the value of an expression; raises UnknownError, FormulaError."""
        self.step(node)
        try:
            return self._value(node)
        except QuantityError as error:
            raise FormulaError(error.message, error.hint, place_of(node)) from None

    def _value(self, node: nodes.Node) -> Any:
        match node:
            case nodes.Const():
                return _constant(node)
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                return self.named(node)
            case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
                return self.binary(node)
            case nodes.Neg():
                return -_number(self.value(node.node), node)
            case nodes.Pos():
                return _number(self.value(node.node), node)
            case nodes.Compare():
                return self.comparison(node)
            case nodes.And() | nodes.Or():
                return self.either(node, self.value)
            case nodes.Not():
                return not self.truth(node.node)
            case nodes.CondExpr():
                return self.value(node.expr1 if self.truth(node.test) else node.expr2 or nodes.Const(""))
            case nodes.Test():
                value = self.known(node.node)
                if isinstance(value, FormulaError):
                    raise value
                return not isinstance(value, Missing)
            case nodes.Filter():
                return self.filtered(node)
        raise FormulaError(
            _("“{what}” is not available here").format(what=type(node).__name__.lower()), "", place_of(node)
        )

    def named(self, node: nodes.Node) -> Any:
        dotted = dotted_name(node)
        if not dotted:
            raise FormulaError(_("only names can be followed by a point"), "", place_of(node))
        value = lookup(dotted, self.scope)
        if isinstance(value, Missing):
            raise UnknownError(dotted)
        return value

    def binary(self, node: nodes.BinExpr) -> Quantity:
        left, right = _number(self.value(node.left), node), _number(self.value(node.right), node)
        match node:
            case nodes.Add():
                return left + right
            case nodes.Sub():
                return left - right
            case nodes.Mul():
                return left * right
        return left / right

    def comparison(self, node: nodes.Compare) -> bool:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if isinstance(left, str) and isinstance(right, str) and operand.op in ("eq", "ne"):
                result = (left == right) is (operand.op == "eq")
            else:
                result = _compare(SIGNS.get(operand.op, ""), _number(left, node), _number(right, node), node)
            if not result:
                return False
            left = right
        return True

    def either(self, node: nodes.And | nodes.Or, read: Callable[[nodes.Node], Any]) -> bool:
        """Three-valued: what one side decides does not need the other."""
        decisive = isinstance(node, nodes.Or)
        sides = [self.known(node.left, read), self.known(node.right, read)]
        for side in sides:
            if isinstance(side, FormulaError):
                raise side
            if not isinstance(side, Missing) and _is_true(side) is decisive:
                return decisive
        for side in sides:
            if isinstance(side, Missing):
                raise UnknownError(side.name)
        return not decisive

    def filtered(self, node: nodes.Filter) -> Any:
        arguments = [self.value(argument) for argument in node.args]
        if node.node is None:
            raise FormulaError(_("there is no filter “{name}”").format(name=node.name), "", place_of(node))
        if node.name == "default":
            value = self.known(node.node)
            if isinstance(value, FormulaError):
                raise value
            return (arguments or [""])[0] if isinstance(value, Missing) else value
        if node.name in ON_LISTS:
            stated = self.stated(node.node)
            if node.name in EXTREMES and isinstance(node.node, nodes.List):
                stated = {str(at): self.value(item) for at, item in enumerate(node.node.items)}  # all must be known
            if not stated:
                raise UnknownError(dotted_name(node.node) or "、".join(map(dotted_name, node.node.iter_child_nodes())))
            return _ON_LISTS[node.name](stated, node)
        return _FILTERS[node.name](self.value(node.node), *arguments[:1])

    def stated(self, node: nodes.Expr) -> dict[str, Any]:
        """Return the stated ones of [a, b, c], or of the facts of a group, by name."""
        if isinstance(node, nodes.List):
            values = {dotted_name(item): self.known(item) for item in node.items}
        else:
            group = self.value(node)
            if isinstance(group, tuple):  # a column of a list
                return {f"{dotted_name(node)}.{number}": value for number, value in enumerate(group, 1)}
            if not isinstance(group, Mapping):
                raise FormulaError(_("only a list or a group can be summed"), "", place_of(node))
            values = {f"{dotted_name(node)}.{key}": value for key, value in group.items()}
        return {name: value for name, value in values.items() if not isinstance(value, Missing)}


def _sum(values: Mapping[str, Any], node: nodes.Node) -> Quantity:
    total, *rest = (_number(value, node) for value in values.values())
    for value in rest:
        total += value
    return total


def _extreme(values: Mapping[str, Any], node: nodes.Filter) -> Quantity:
    """Return the largest (取大) or smallest (取小) of the values."""
    first, *rest = (_number(value, node) for value in values.values())
    for value in rest:
        first = value if _compare(">" if node.name == "取大" else "<", value, first, node) else first
    return first


def _enumerate(values: Mapping[str, Any], _node: nodes.Filter) -> str:
    """Return 民事93件、刑事352件."""
    return "、".join(name.split(".")[-1] + _with_unit(value) for name, value in values.items())


def _constant(node: nodes.Const) -> Any:
    if isinstance(node.value, bool | str | Quantity):
        return node.value
    if isinstance(node.value, int | float):
        value = Decimal(repr(node.value))
        exact = isinstance(node.value, int) or len(value.as_tuple().digits) <= EXACT_DIGITS
        if exact and value.is_finite() and (not value or abs(value.adjusted()) <= 18):
            return Quantity(value, value, BARE, max(0, -int(value.as_tuple().exponent)))
    raise FormulaError(_("“{text}” cannot be used as a value").format(text=node.value), "", place_of(node))


def _number(value: Any, node: nodes.Node) -> Quantity:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, FormulaError):
        raise value
    text = value if isinstance(value, str) else dotted_name(node) or type(value).__name__
    raise FormulaError(_("“{text}” is not a number").format(text=text), "", place_of(node))


def _is_true(value: Any) -> bool:
    if isinstance(value, Missing):
        return False
    return not (value.exact and value.low == 0) if isinstance(value, Quantity) else bool(value)


def _compare(sign: str, left: Quantity, right: Quantity, node: nodes.Node) -> bool:
    try:
        less, more = compare(left, right)
    except QuantityError as error:
        raise FormulaError(error.message, error.hint, place_of(node)) from None
    if sign in ("==", "!="):
        result = False if less or more else True if less is False and more is False else None
    else:
        result = {"<": less, ">=": less, ">": more, "<=": more}[sign]
    if result is None:
        raise UnknownError
    return result if sign in ("==", "<", ">") else not result


Named = Callable[[str, str], str]  # a value as printed, and its name -> what to write


def _with_values(node: nodes.Expr, scope: Scope, named: Named) -> str:
    value = _Walk(scope).known(node)
    if dotted := dotted_name(node):
        return named(brief(value) if isinstance(value, Quantity) else _("not stated"), dotted)
    match node:
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
            return _operation_with_values(node, scope, named)
        case nodes.CondExpr(test=test, expr1=first, expr2=other):
            taken = first if _Walk(scope).known(test, _Walk(scope).truth) is True else other
            return _with_values(taken, scope, named) if taken else ""
        case nodes.Filter(name="sum", node=summed):
            parts = _Walk(scope).stated(summed) if summed is not None else {}
            if summed is not None and len(parts) > MOST_SHOWN and isinstance(value, Quantity):
                return named(brief(value), dotted_name(summed))
            return " + ".join(named(brief(part), name) for name, part in parts.items())
        case nodes.Filter(name=name, node=nodes.List(items=items)) if name in EXTREMES:
            taken = next((item for item in items if _Walk(scope).known(item) == value), None)
            return _with_values(taken, scope, named) if taken else str(value)
        case nodes.Filter(name="向上取整"):
            return brief(value) if isinstance(value, Quantity) else str(value)
        case nodes.Filter(name=name, node=inner) if inner is not None:
            unstated_part = name == "default" and isinstance(_Walk(scope).known(inner), Missing)
            return "" if unstated_part else _with_values(inner, scope, named)
    return brief(value) if isinstance(value, Quantity) else str(value)


def _operation_with_values(node: nodes.BinExpr, scope: Scope, named: Named) -> str:
    left, right = _with_values(node.left, scope, named), _with_values(node.right, scope, named)
    if isinstance(node, nodes.Mul | nodes.Div):
        left = f"({left})" if " + " in left or " - " in left else left
        right = f"({right})" if " " in right else right
    elif not right:
        return left  # an optional part that is not stated
    return f"{left} {_OPERATORS[type(node)]} {right}"


# --- filters -------------------------------------------------------------------------------------------------


def _round(value: Any, places: Any = None) -> Quantity:
    digits = number(0) if places is None else places
    if not isinstance(digits, Quantity) or not digits.exact or not 0 <= digits.low <= 8 or digits.low % 1:
        raise QuantityError(_("the number of digits must be between 0 and 8"))
    if not isinstance(value, Quantity):
        raise QuantityError(_("only a number can be rounded"))
    if not value.exact:
        return value
    short = rounded(value.low, int(digits.low))
    return Quantity(short, short, value.unit, int(digits.low))


def _percent(value: Any, places: Any = None) -> Quantity:
    if not isinstance(value, Quantity):
        raise QuantityError(_("only a number can be a percentage"))
    return _round(convert(value, unit("%")), number(1) if places is None else places)


def _with_unit(value: Any) -> str:
    if not isinstance(value, Quantity | str):
        raise QuantityError(_("only a number or a text can be printed"))
    return ungrouped(value.with_unit) if isinstance(value, Quantity) else value


def _join(value: Any, separator: Any = "、") -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise QuantityError(_("only a list can be joined"))
    if not all(isinstance(item, Quantity | str) for item in value):
        raise QuantityError(_("only a number or a text can be printed"))
    return str(separator).join(map(str, value))


def _length(value: Any) -> Quantity:
    if not isinstance(value, str | Sequence | Mapping):
        raise QuantityError(_("only a list or a text has a length"))
    return number(len(value))


def _up(value: Any) -> Quantity:
    """Return the next whole number: of 3.2件 4件."""
    if not isinstance(value, Quantity):
        raise QuantityError(_("only a number can be rounded"))
    if not value.exact:
        return value
    whole = value.low.to_integral_value(ROUND_CEILING)
    return Quantity(whole, whole, value.unit, 0)


_ON_LISTS: dict[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "sum": _sum,
    "列举": _enumerate,
    **dict.fromkeys(EXTREMES, _extreme),
}
_FILTERS: dict[str, Callable[..., Any]] = {
    "round": _round,
    "百分比": _percent,
    "带单位": _with_unit,
    "向上取整": _up,
    "join": _join,
    "length": _length,
}
