"""The one expression language: text -> Jinja's syntax tree, held against a whitelist.

Formulas, checks, scoring rules, prose and Word templates share it. What the whitelist leaves out (calls, powers,
assignments, macros, includes) cannot be expressed; ``formula`` walks the trees over data alone, without generating
Python, and Word templates, which docxtpl compiles, run in ``sandbox`` besides.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, Undefined
from jinja2 import Template as CompiledTemplate
from jinja2 import nodes as nodes
from jinja2.exceptions import TemplateError, UndefinedError
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportgen.numbers.numerals import read_measured
from reportgen.numbers.quantity import MAX_DIGITS, Quantity, QuantityError
from reportgen.telling.messages import _

MAX_BITS = (10**MAX_DIGITS).bit_length()
MAX_LENGTH = 200_000
MAX_DEPTH = 100
FILTERS = ("default", "round", "百分比", "带单位", "sum", "列举", "取大", "取小", "向上取整", "join", "length")
WORD_FILTERS = ("default", "join", "length")  # those that a Word template has
ON_LISTS = ("sum", "列举", "取大", "取小")
WORDS = ("and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "loop")
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}

_EXPRESSIONS: tuple[type[nodes.Node], ...] = (
    nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg,
    nodes.Pos, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Filter, nodes.Test,
)  # fmt: skip
_CALCULATING = (
    nodes.Const, nodes.Name, nodes.Getattr, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg, nodes.Pos,
)  # fmt: skip
_STATEMENTS: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For,
)  # fmt: skip


class FormulaError(Exception):
    """An expression or template that cannot be used; ``wanted`` stands ``at`` an offset of its text, from 0."""

    def __init__(self, message: str, hint: str = "", at: int = 0, wanted: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.at, self.wanted = message, hint, max(0, at), wanted

    @property
    def length(self) -> int:
        """How many characters it is about."""
        return max(1, len(self.wanted))


class _Placing(Environment):
    """Jinja's parser, whose nodes know where they start: ``lineno`` is the offset in the text, counted from 1."""

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens: list[tuple[int, str, str]] = []
        place = 0
        try:
            for _line, token, text in self.lexer.tokeniter(source, name, filename, state):
                place = source.find(text, place)  # what is passed over is white space beside a {% tag %}
                if tokens and tokens[-1][1] in _TAG_ENDS and text.startswith("\n") and _is_line_of_tags(source, place):
                    text, place = text[1:], place + 1
                    if not text:
                        continue
                tokens.append((place + 1, token, text))
                place += len(text)
        except TemplateSyntaxError as error:
            character = re.search(r"unexpected char .* at (\d+)$", error.message or "")
            error.lineno = 1 + (int(character[1]) if character else _start_of_line(source, error.lineno))
            raise
        return TokenStream(_measured(self.lexer.wrap(tokens, name, filename), source), name, filename)


def _measured(tokens: Iterator[Token], source: str) -> Iterator[Token]:
    """Yield the tokens, a number with its unit (5件, 2.5万元, 90%) as one whose value is a Quantity."""
    held: Token | None = None
    for token in tokens:
        if held and token.type in ("name", "mod") and token.value not in WORDS:
            text = source[held.lineno - 1 : token.lineno - 1 + len(str(token.value))]
            if re.fullmatch(r"[0-9.]+[^\s0-9.]+", text):
                token, held = Token(held.lineno, held.type, _quantity(text, held.lineno - 1)), None
        if held:
            yield held
        held = token if token.type in ("integer", "float") and not isinstance(token.value, Quantity) else None
        if held is None:
            yield token
    if held:
        yield held


def _quantity(text: str, at: int) -> Any:
    try:
        return read_measured(text)
    except QuantityError as error:
        raise FormulaError(error.message, error.hint, at, text) from None


def _start_of_line(text: str, line: int) -> int:
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1])


_TAG_ENDS = ("block_end", "comment_end")
_TAG = r"[^\S\n]*\{[%#]"  # what a line begins with
# What is no further line of the paragraph above: 1. 甲, # 标题, | 甲 |
_NEW = r"[^\S\n]*(?:\n|#|[-*+][ ]|\d+[.)][ ]|\||\[\^|$)"


def _is_line_of_tags(source: str, end: int) -> bool:
    """Tell whether the line that ends at ``end`` is none of the text: it goes with the {% tag %} it ends with.

    So do lines of tags alone, and lines that begin with a tag: they may say nothing, and would then part a paragraph.
    But where a paragraph ends with the line, or what follows is no part of it (# 标题), the line ends as it is typed.
    """
    line = source[source.rfind("\n", 0, end) + 1 : end]
    if not re.sub(r"\{%.*?%\}|\{#.*?#\}", "", line).strip():
        return True
    return re.match(_TAG, line) is not None and re.compile(_NEW).match(source, end + 1) is None


_parser = _Placing(lstrip_blocks=True, keep_trailing_newline=True)


_BEHIND = (nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Call)  # what stands behind its first part


def place_of(node: nodes.Node) -> int:
    """Return where a node starts in its text, from 0."""
    while True:
        if isinstance(node, nodes.Compare):
            node = node.expr
        elif isinstance(node, _BEHIND) and node.node:
            node = node.node
        else:
            break
    return max(0, (node.lineno or 1) - 1)


@dataclass(frozen=True)
class Expression:
    """A parsed expression: its text, its tree and the dotted names in it (案件.受理)."""

    text: str
    node: nodes.Expr
    names: tuple[str, ...]

    @property
    def divides(self) -> bool:
        """Whether it is a ratio or rate rather than a sum."""
        return isinstance(self.node, nodes.Div) or any(True for _div in self.node.find_all(nodes.Div))

    @cached_property
    def needs_all(self) -> bool:
        """Whether it has no value where any of its names has none: it only calculates."""
        return all(isinstance(node, _CALCULATING) for node in (self.node, *self.node.find_all(nodes.Expr)))

    @property
    def adds(self) -> bool:
        """Whether it sums anything."""
        filters = [self.node, *self.node.find_all((nodes.Add, nodes.Filter))]
        return any(isinstance(node, nodes.Add) or getattr(node, "name", "") == "sum" for node in filters)


@dataclass(frozen=True)
class Relation:
    """A comparison of two expressions: ``sign`` is one of == != < <= > >=."""

    text: str
    left: Expression
    sign: str
    right: Expression

    @property
    def names(self) -> tuple[str, ...]:
        """All dotted names in it."""
        return self.left.names + self.right.names

    @property
    def printed_sign(self) -> str:
        """The sign as people write it."""
        return {"==": "=", "<=": "≤", ">=": "≥"}.get(self.sign, self.sign)


@dataclass(frozen=True)
class Template:
    """A parsed template: text with {{ expressions }}, {% if %} and {% for %}; ``names`` with their offsets."""

    text: str
    tree: nodes.Template
    names: tuple[tuple[int, str], ...]


def parse_expression(text: str) -> Expression:
    """Return the expression written as ``text``. Raises FormulaError."""
    body = _parse(text, around=("{{ ", " }}")).body
    output = body[0] if len(body) == 1 else None
    if (
        not isinstance(output, nodes.Output)
        or len(output.nodes) != 1
        or isinstance(output.nodes[0], nodes.TemplateData)
    ):
        raise FormulaError(_("“{text}” is not one expression").format(text=text))
    return _expression(text, output.nodes[0])


def parse_relation(text: str) -> Relation:
    """Return the comparison written as ``text``. Raises FormulaError."""
    node = parse_expression(text).node
    if not isinstance(node, nodes.Compare) or len(node.ops) != 1 or node.ops[0].op not in SIGNS:
        message = _("“{text}” is not a comparison").format(text=text)
        raise FormulaError(message, _("type one such as 案件.办结 <= 案件.受理"))
    operand = node.ops[0]
    return Relation(text, _expression(text, node.expr), SIGNS[operand.op], _expression(text, operand.expr))


@lru_cache(maxsize=512)  # the texts of one centre are asked for more than once
def parse_template(text: str) -> Template:
    """Return the template written as ``text``. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(_("the text is longer than {n} characters").format(n=MAX_LENGTH))
    if found := _with_references_alone(text):
        return found
    tree = _parse(text)
    return Template(text, tree, tuple(_names(tree)))


REFERENCE = re.compile(r"\{\{ ?([^\W\d]\w*(?:\.[^\W\d]\w*){0,7}) ?\}\}")  # {{ 案件.受理 }}
TAG = re.compile(r"\{[{%#]|\{\Z|\r")  # between two references: what Jinja has to look at


def _with_references_alone(text: str) -> Template | None:
    """Return a text that has no tags but references, as nearly all have: what Jinja would make of it, in a tenth of
    the time. None for any other.
    """
    printed: list[nodes.Expr] = []
    names: list[tuple[int, str]] = []
    end = 0
    for match in REFERENCE.finditer(text):
        start, place, name = match.start(), match.start(1), match[1]
        first, *others = name.split(".")
        if TAG.search(text, end, start) or first in WORDS or not all(map(str.isidentifier, (first, *others))):
            return None
        if start > end:
            printed.append(nodes.TemplateData(text[end:start], lineno=end + 1))
        node: nodes.Expr = nodes.Name(first, "load", lineno=place + 1)
        names.append((place, name))
        place += len(first)
        for other in others:
            node = nodes.Getattr(node, other, "load", lineno=place + 1)
            place += 1 + len(other)
        printed.append(node)
        end = match.end()
    if TAG.search(text, end):
        return None
    if end < len(text) or not printed:
        printed.append(nodes.TemplateData(text[end:], lineno=end + 1))
    line = printed[0].lineno
    return Template(text, nodes.Template([nodes.Output(printed, lineno=line)], lineno=1), tuple(names))


def _expression(text: str, node: nodes.Expr) -> Expression:
    return Expression(text, node, tuple(dict.fromkeys(name for _at, name in _names(node))))


def _parse(
    text: str, parser: Environment = _parser, filters: tuple[str, ...] = FILTERS, around: tuple[str, str] = ("", "")
) -> nodes.Template:
    """Return the tree of ``text`` with what is put ``around`` it; its nodes are placed in ``text`` itself."""
    before, after = around
    whole = before + text + after
    try:
        tree = Parser(parser, whole).parse()
    except TemplateSyntaxError as error:
        hint = _("check the braces {{ }} and {% %} and the spelling between them, all half-width")
        sign = re.search(r"unexpected char '(.)'", error.message or "")
        if sign and sign[1] in ON_PAPER:
            hint = _("type {sign} in its place").format(sign=ON_PAPER[sign[1]])
        at = min(error.lineno - 1 - len(before), max(0, len(text) - 1))
        raise FormulaError(_fault(error.message or ""), hint, at) from None
    except (RecursionError, ValueError, OverflowError):
        raise FormulaError(_("the expression is too long or too deep")) from None
    if before:
        _shift(tree, len(before))
    _refuse_unlisted(tree, filters)
    return tree


def _shift(tree: nodes.Node, by: int) -> None:
    todo = [tree]
    while todo:
        node = todo.pop()
        node.lineno = max(1, (node.lineno or 1) - by)
        todo.extend(node.iter_child_nodes())


# What formulas are typed with elsewhere, and the sign for it here.
ON_PAPER = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "＞": ">",
    "＜": "<",
    "＋": "+",
    "－": "-",
    "＝": "==",
    "。": ".",
    "．": ".",
}


def _fault(reason: str) -> str:
    """Return Jinja's reason in the reader's language, the common ones in full."""
    if match := re.search(r"unexpected char '(.)'", reason):
        return _("the character “{text}” cannot stand in a tag").format(text=match[1])
    unclosed = re.search(r"needs to be closed is '(\w+)'", reason)
    if match := unclosed or re.search(r"unknown tag 'end(\w+)'", reason):
        return _("{{% {name} %}} and {{% end{name} %}} do not match").format(name=match[1])
    if match := re.search(r"unknown tag '(\w+)'", reason):
        return _("there is no tag {{% {name} %}}").format(name=match[1])
    if match := re.search(r"No filter named '(\w+)'", reason):
        return _("there is no filter “{name}”").format(name=match[1])
    if "unexpected end of template" in reason.lower():
        return _("a tag is opened and not closed")
    return _("the tag cannot be read ({reason})").format(reason=reason)


# What the whitelist leaves out, as it is typed.
_TYPED = {
    nodes.Call: "( )", nodes.Pow: "**", nodes.Mod: "%", nodes.FloorDiv: "//", nodes.Concat: "~", nodes.List: "[ ]",
    nodes.Dict: "{ }", nodes.Tuple: "( , )", nodes.Assign: "{% set %}", nodes.AssignBlock: "{% set %}",
    nodes.Macro: "{% macro %}", nodes.CallBlock: "{% call %}", nodes.Include: "{% include %}",
    nodes.Import: "{% import %}", nodes.FromImport: "{% from %}", nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}", nodes.With: "{% with %}", nodes.FilterBlock: "{% filter %}",
    nodes.Scope: "{% autoescape %}", nodes.ScopedEvalContextModifier: "{% autoescape %}", nodes.ExprStmt: "{% do %}",
}  # fmt: skip


def _refuse_unlisted(tree: nodes.Template, filters: tuple[str, ...]) -> None:
    """Raise FormulaError at a node, filter or test that is not whitelisted."""
    todo: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise FormulaError(_("the expression is too long or too deep"), "", place_of(node))
        if isinstance(node, nodes.Const) and isinstance(node.value, int) and node.value.bit_length() > MAX_BITS:
            message = _("the number has more than {n} digits").format(n=MAX_DIGITS)
            raise FormulaError(message, _("type a plain number"), place_of(node))
        children = list(node.iter_child_nodes())
        if isinstance(node, nodes.Filter) and node.name in ON_LISTS and isinstance(node.node, nodes.List):
            children = [*node.node.items, *node.args]  # the only uses of a list: [a, b]|sum, …
        for child in children:  # what Jinja makes of {% autoescape %} has no line of its own
            child.lineno = child.lineno or node.lineno
        if not isinstance(node, _EXPRESSIONS + _STATEMENTS):
            typed = _TYPED.get(type(node), type(node).__name__.lower())
            message = _("“{what}” is not available here").format(what=typed)
            hint = _("use names, + - * /, comparisons, if and for, and the filters {filters}")
            if filters is WORD_FILTERS:
                hint = _("use names, comparisons, if and for, and the filters {filters}")
            raise FormulaError(message, hint.format(filters=", ".join(filters)), place_of(node))
        if isinstance(node, nodes.Filter) and (
            node.name not in filters or node.kwargs or node.dyn_args or node.dyn_kwargs
        ):
            message = _("there is no filter “{name}”").format(name=node.name)
            hint = _("the filters are {filters}").format(filters=", ".join(filters))
            if node.name in FILTERS and node.name not in filters:
                message = _("a Word template has no filter “{name}”").format(name=node.name)
                hint += _("; work the text out in form.yaml")
            raise FormulaError(message, hint, node.lineno - 1, node.name)
        if isinstance(node, nodes.Test) and node.name != "defined":
            raise FormulaError(_("there is no test “{name}”").format(name=node.name), "", node.lineno - 1, node.name)
        if isinstance(node, nodes.For) and (not isinstance(node.target, nodes.Name) or node.recursive or node.test):
            raise FormulaError(_("a loop has one name: {% for x in list %}"), "", place_of(node))
        if isinstance(node, nodes.Compare) and not all(operand.op in SIGNS for operand in node.ops):
            raise FormulaError(_("“{what}” is not available here").format(what="in"), "", place_of(node))
        todo.extend((child, depth + 1) for child in children)


def _names(tree: nodes.Node) -> Iterator[tuple[int, str]]:
    """Yield offset and dotted name of every name that a loop of the tree itself does not set."""
    todo: deque[tuple[nodes.Node, frozenset[str]]] = deque([(tree, frozenset())])
    while todo:
        node, own = todo.popleft()
        if dotted := dotted_name(node):
            if dotted.split(".")[0] not in own:
                yield place_of(node), dotted
        elif isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
            todo.extend((child, own) for child in (node.iter, *node.else_))
            todo.extend((child, own | {node.target.name, "loop"}) for child in node.body)
        else:
            todo.extend((child, own) for child in node.iter_child_nodes())


def dotted_name(node: nodes.Node) -> str:
    """Return 案件.受理 for the node of 案件.受理 or 案件["受理"], "" for any other node."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        if isinstance(node.node, nodes.Name):  # as nearly all are
            return f"{node.node.name}.{node.attr}"
        parent, name = dotted_name(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        parent, name = dotted_name(node.node), str(node.arg.value)
    else:
        return ""
    return f"{parent}.{name}" if parent else ""


# --- Word templates ------------------------------------------------------------------------------------------


class _Sandbox(ImmutableSandboxedEnvironment):
    """Looks names up in data only, so that ``{{ d.items }}`` is the entry “items” and never a method."""

    intercepted_binops = frozenset(["*", "**", "+", "-", "/", "//", "%"])

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, LoopContext):
            return getattr(obj, argument) if argument in ("index", "first", "last") else self.undefined(name=argument)
        if isinstance(obj, Undefined):  # row.x.text, where there is no x, is about x
            return obj
        if isinstance(obj, dict | Mapping) and argument in obj:
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, *_operation: Any) -> NoReturn:
        raise FormulaError(_("a Word template does not calculate"), _("put the formula into facts.yaml or form.yaml"))


def _joined(value: Any, separator: str = "、") -> str:
    if not isinstance(value, list | tuple):
        raise FormulaError(_("only a list can be joined"))
    return separator.join(map(str, value))


def _counted(value: Any) -> int:
    if not isinstance(value, str | list | tuple | Mapping):
        raise FormulaError(_("only a list or a text has a length"))
    return len(value)


def parse_for_word(text: str) -> nodes.Node:
    """Return the tree of one tag of a Word template: {{ x }}, {% if x %}{% endif %}. Raises FormulaError."""
    body = _parse(text, filters=WORD_FILTERS).body
    node: nodes.Node | None = body[0] if len(body) == 1 else None
    if isinstance(node, nodes.Output):
        node = node.nodes[0] if len(node.nodes) == 1 else None
    if node is None or isinstance(node, nodes.TemplateData):
        raise FormulaError(_("“{text}” is not one expression").format(text=text))
    return node


def compile_for_word(text: str, finalize: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], str]:
    """Return the function that fills a Word template's XML: strict, escaping, sandboxed. Raises FormulaError."""

    def defined(value: Any) -> Any:
        if isinstance(value, Undefined):  # jinja finalizes before it complains
            raise FormulaError(_("there is nothing called “{name}”").format(name=value._undefined_name))
        return finalize(value)

    environment = _Sandbox(undefined=StrictUndefined, autoescape=True, finalize=defined)
    environment.globals.clear()
    environment.filters = {"default": environment.filters["default"], "join": _joined, "length": _counted}
    _parse(text, environment, WORD_FILTERS)
    try:
        compiled: CompiledTemplate = environment.from_string(text)
    except TemplateSyntaxError as error:  # a filter that only formulas and prose have
        raise FormulaError(_fault(error.message or "")) from None
    except (SyntaxError, RecursionError):
        raise FormulaError(_("the expression is too long or too deep")) from None

    def fill(data: Mapping[str, Any]) -> str:
        try:
            return compiled.render(data)
        except UndefinedError as error:
            name = re.search(r"attribute '(.*)'|^'(.*)' is undefined", error.message or "")
            message = _("there is nothing called “{name}”").format(name=name and (name[1] or name[2]))
            raise FormulaError(message) from None
        except (TemplateError, TypeError, ValueError) as error:
            raise FormulaError(_("the template cannot be filled: {reason}").format(reason=error)) from None

    return fill
