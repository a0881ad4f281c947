"""The tags of a Word template -> what is wrong with them, each where a person sees it; no data is needed.

Text is read as docxtpl will read it: a tag may be split over the runs of a paragraph, ``{%p %}``, ``{%tr %}`` and
``{%tc %}`` take the place of their paragraph, row or cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree import ElementTree

from reportgen.numbers.grammar import FormulaError, dotted_name, nodes, parse_for_word
from reportgen.printing.wordtext import BODY, Chunk, W, paragraphs_of
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean
from reportgen.writing.blocks import Document

FULL_WIDTH = re.compile("(?=.?[｛｝％])(?:[｛{][｛{%％]|[％%｝}][｝}])")
HALF_WIDTH = str.maketrans("｛｝％", "{}%")
STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # Word types curly quotes, docxtpl reads them as straight ones
BRACES = re.compile(r"{{|{%|{#|}}|%}|#}")
CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
PREFIX = re.compile(r"(tr|tc|p|r) +")  # {%tr for …%}: docxtpl wants the letters right after the brace, a space after
ARGUMENT = ("merge", "cellbg", "colspan")  # {% merge x %} and its like stand in a cell
JINJAS = ("set", "macro", "call", "include", "import", "from", "extends", "block", "with", "filter", "raw", "hm")
# Names that texts and the PDF's author know otherwise.
CALLED = {"单位": "unit", "日期": "date", "标题": "title", "正文": "blocks", "附件": "attachments", "名称": "name"}
LOOP = {"index": 1, "first": True, "last": True}
SHOWN = 60  # characters of a tag in a message


class Fault(NamedTuple):
    """What is wrong with a template, where, and what to type; ``wanted`` is the name or text it is about."""

    place: str
    message: str
    hint: str = ""
    wanted: str = ""

    @property
    def told(self) -> str:
        """The place and what is wrong there."""
        return _("{place}: {message}").format(place=self.place, message=self.message) if self.place else self.message


# --- names -----------------------------------------------------------------------------------------------------


class _Anything:
    """Stands for a value of which nothing is known."""


ANYTHING: Any = _Anything()


class _Open(dict[str, Any]):
    """A group that may have other entries besides those that are known."""


class _Leaf(str):
    """A text that knows where the data have it: table.rows.得分.text."""

    path: str

    @classmethod
    def at(cls, path: str, text: str) -> _Leaf:
        leaf = cls(text)
        leaf.path = path
        return leaf


def names_of(document: Document) -> dict[str, Any]:
    """Return the names that a template has for documents like this one: one entry stands for all those of a list."""
    names: dict[str, Any] = _outline(document.as_data())
    for block in names["blocks"]:
        if isinstance(block, dict) and "rows" in block:  # a table of the wording has the columns that it has
            block["rows"] = [_Open(block["rows"][0])]
    return names


def _outline(value: Any, path: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _outline(entry, f"{path}.{name}" if path else name) for name, entry in value.items()}
    if isinstance(value, str):
        return _Leaf.at(path, value)
    if isinstance(value, list):
        entries = [_outline(entry, path) for entry in value]
        if entries and all(isinstance(entry, dict) for entry in entries):
            return [{name: entry[name] for entry in entries for name in entry}]
        return entries[:1] or [ANYTHING]
    return value


# --- tags ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tag:
    """A tag as typed, and in parts: {%tr for x in y %} is “{%”, “tr”, “for x in y”."""

    typed: str
    brace: str
    prefix: str
    text: str
    chunk: Chunk

    @property
    def word(self) -> str:
        """The first word: for, endif, merge."""
        return (re.match(r"\w*", self.text) or [""])[0]

    @property
    def level(self) -> tuple[str, ...]:
        """What it opens and closes: the kinds of what lies around the paragraph, row or cell that it replaces."""
        kinds = self.chunk.kinds
        if self.prefix in ("p", "tr", "tc"):
            depth = max((index for index, kind in enumerate(kinds) if kind == self.prefix), default=0)
            return (*kinds[:depth], self.prefix)
        return (*kinds, self.prefix)


@dataclass
class _Frame:
    """A loop or condition that is open: what it sets, and the names that it has found to be there."""

    tag: _Tag
    name: str = ""
    item: Any = ANYTHING
    certain: frozenset[str] = frozenset()


def _paths_in(value: Any) -> Iterator[str]:
    """Yield the places of all texts in a value."""
    if isinstance(value, _Leaf):
        yield value.path
    elif isinstance(value, list | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _paths_in(entry)


def faults_of(
    parts: Mapping[str, bytes], filled: Iterable[str], document: Document, shown: set[str] | None = None
) -> Iterator[Fault]:
    """Yield every fault of the tags in the ``filled`` parts of a template for documents like ``document``.

    ``shown`` is given the places, in the document's data, of all that the tags print.
    """
    names = names_of(document)
    for part in sorted(filled, key=lambda part: (part != BODY, part)):
        if not any(brace.encode() in parts[part] for brace in "{}｛｝"):
            continue
        try:
            found = paragraphs_of(parts, part)
        except ElementTree.ParseError as error:
            yield Fault("", f"{part}: {error}")
            continue
        reader = _Reader(names)
        reader.read(found)
        if shown is not None:
            shown |= reader.shown
        yield from dict.fromkeys(reader.faults)


def full_width(text: str) -> Fault | None:
    """Return the fault of a tag typed with full-width braces, whole or in part: it would be printed as it stands."""
    if match := FULL_WIDTH.search(text):
        message = _("“{text}”: the braces of a tag are full-width").format(text=text[match.start() :][:30])
        return Fault("", message, _("type {{ and }} half-width"), text[:SHOWN])
    return None


@dataclass
class _Reader:
    """Reads the tags of one part from top to bottom."""

    names: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    replaced: set[int] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)  # the places of the texts that tags print
    any_of: list[Any] = field(default_factory=list)  # groups of which a tag takes an entry by a name that varies

    def read(self, found: Sequence[Chunk]) -> None:
        for tag in self.tags(found):
            if tag.brace == "{{":
                self.printed(tag)
            else:
                self.statement(tag)
        for frame in self.frames[::-1]:
            self.unclosed(frame)

    def complain(self, tag: _Tag, message: str, hint: str = "", wanted: str = "") -> None:
        typed = tag.typed if len(tag.typed) <= SHOWN else f"{tag.typed[:SHOWN]}…"
        told = _("{tag}: {message}").format(tag=typed, message=message)
        self.faults.append(Fault(tag.chunk.place, told, hint, wanted))

    def tags(self, found: Sequence[Chunk]) -> Iterator[_Tag]:
        """Yield the tags that are whole; complain of braces that are not."""
        goes_on = ""  # the brace that closes a tag of an earlier paragraph
        for index, chunk in enumerate(found):
            if wide := full_width(chunk.text):
                self.faults.append(wide._replace(place=chunk.place))
            text = chunk.text
            if FULL_WIDTH.search(text):
                text = FULL_WIDTH.sub(lambda match: match[0].translate(HALF_WIDTH), text)
            braces = list(BRACES.finditer(text))
            while braces:
                brace = braces.pop(0)
                if brace[0] not in CLOSING:
                    if brace[0] == goes_on:
                        goes_on = ""
                    elif brace[0] != "#}":
                        self.stray(text[: brace.end()], chunk, brace[0])
                    continue
                if brace[0] == "{#" and (end := text.find("#}", brace.end())) > 0:  # whatever stands in a comment
                    braces = [other for other in braces if other.start() > end]
                elif braces and braces[0][0] == CLOSING[brace[0]]:
                    inner = text[brace.end() : braces[0].start()]
                    typed = text[brace.start() : braces.pop(0).end()]
                    yield _tag(typed, brace[0], inner, chunk)
                else:
                    end = braces[0].start() if braces else len(text)
                    typed = text[brace.start() : end].strip()
                    closing = CLOSING[brace[0]]
                    if not braces and _closes(found[index + 1 :], closing):
                        goes_on = closing
                    self.broken(typed, chunk, closing, bool(goes_on and not braces))

    def broken(self, typed: str, chunk: Chunk, closing: str, goes_on: bool) -> None:
        tag = _Tag(typed, "", "", "", chunk)
        if goes_on:
            message = _("the tag goes on in another paragraph")
            self.complain(tag, message, _("type it anew, within one paragraph"), typed)
        else:
            message = _("the tag is opened and not closed")
            self.complain(tag, message, _("type {brace} at its end").format(brace=closing), typed)

    def stray(self, before: str, chunk: Chunk, brace: str) -> None:
        opening = next(opening for opening, closing in CLOSING.items() if closing == brace)
        typed = (re.split(r"}}|%}", before[:-2])[-1][-SHOWN // 2 :] + brace).strip()
        message = _("“{brace}” closes no tag").format(brace=brace)
        hint = _("type {brace} before the tag, both braces together").format(brace=opening)
        self.complain(_Tag(typed, "", "", "", chunk), message, hint, typed)

    # --- where a tag stands

    def stands(self, tag: _Tag) -> None:
        """Complain of a tag that docxtpl could not put in the place of what it names, or whose place holds more."""
        if not tag.prefix or tag.prefix == "r":
            return
        around = tag.chunk.around.get(tag.prefix)
        if around is None:
            self.complain(
                tag,
                _("“{{%{prefix}” stands outside a table").format(prefix=tag.prefix),
                _("type it in a cell of the table; around paragraphs it is {%p … %}"),
                tag.typed,
            )
            return
        text = "".join(each.text or "" for each in around.iter(f"{W}t"))
        if id(around) not in self.replaced and (lost := text.replace(tag.typed, "", 1).strip()):
            self.replaced.add(id(around))
            message = {
                "p": _("the tag takes the place of its paragraph, and “{text}” beside it would be lost"),
                "tr": _("the tag takes the place of its table row, and “{text}” beside it would be lost"),
                "tc": _("the tag takes the place of its cell, and “{text}” beside it would be lost"),
            }[tag.prefix]
            hint = {
                "p": _("give the tag a paragraph of its own"),
                "tr": _("give the tag a row of its own"),
                "tc": _("give the tag a cell of its own"),
            }[tag.prefix]
            self.complain(tag, message.format(text=lost[:SHOWN]), hint, tag.typed)

    def printed(self, tag: _Tag) -> None:
        if tag.prefix:
            message = _("“{{{{{prefix}” would put the text where Word does not show it").format(prefix=tag.prefix)
            self.complain(tag, message, _("type {{ without the letter"), tag.typed)
        elif (node := self.parsed(tag, "{{ " + tag.text + " }}")) is not None:
            self.any_of = []
            value = self.value(tag, node, certain_in(node))
            self.shown.update(_paths_in([value, *self.any_of]))
            self.text_is(tag, node, value)

    def parsed(self, tag: _Tag, text: str) -> nodes.Node | None:
        try:
            return parse_for_word(text)
        except FormulaError as error:
            self.complain(tag, error.message, error.hint, error.wanted or tag.typed)
            return None

    def text_is(self, tag: _Tag, node: nodes.Node, value: Any) -> None:
        """Complain of a tag that prints a list, a group or yes and no."""
        if value is ANYTHING or (isinstance(value, str | int) and not isinstance(value, bool)):
            return
        name = dotted_name(node) or tag.text
        if isinstance(value, list):
            message, hint = _("“{name}” is a list, not a text"), _("type {% for x in list %} and {{ x }}")
        elif is_cell(value):
            message, hint = _("“{name}” is a cell, not a text"), _("type {{{{ {name}.text }}}}").format(name=name)
        elif isinstance(value, dict):
            message, hint = _("“{name}” is a group, not a text"), did_you_mean("", value)
        else:
            message, hint = _("“{name}” is no text"), ""
        self.complain(tag, message.format(name=name), hint, name)

    # --- loops and conditions

    def statement(self, tag: _Tag) -> None:
        self.stands(tag)
        if tag.word in ("for", "if"):
            self.opens(tag)
        elif tag.word in ("elif", "else"):
            self.turns(tag)
        elif tag.word in ("endfor", "endif"):
            self.closes(tag)
        elif tag.word in (*ARGUMENT, "vm"):
            self.in_cell(tag)
        else:
            self.unknown(tag)

    def unknown(self, tag: _Tag) -> None:
        if tag.word in ("p", "r", "tr", "tc"):
            message = _("the letters are apart from the brace")
            self.complain(tag, message, _("type {{%{prefix} and a space").format(prefix=tag.word), tag.typed)
            return
        known = ("for", "endfor", "if", "elif", "else", "endif", "merge")
        if tag.word in JINJAS:
            message = _("“{what}” is not available here").format(what=f"{{% {tag.word} %}}")
            self.complain(tag, message, did_you_mean("", known), tag.word)
            return
        message = _("there is no tag {{% {name} %}}").format(name=tag.word)
        self.complain(tag, message, did_you_mean(tag.word, known), tag.word)

    def opens(self, tag: _Tag) -> None:
        node = self.parsed(tag, f"{{% {tag.text} %}}{{% end{tag.word} %}}")
        frame = _Frame(tag)
        if isinstance(node, nodes.If):
            frame.certain = certain_in(node.test)
            self.value(tag, node.test, frame.certain)
        elif isinstance(node, nodes.For):
            items = self.value(tag, node.iter, certain_in(node.iter))
            frame.name = node.target.name if isinstance(node.target, nodes.Name) else ""
            if isinstance(items, list):
                frame.item = items[0]
            elif isinstance(items, dict):
                frame.item = ""
            elif items is not ANYTHING:
                message = _("“{name}” is no list").format(name=dotted_name(node.iter) or tag.text)
                self.complain(tag, message, self.lists(), dotted_name(node.iter))
        self.frames.append(frame)

    def lists(self) -> str:
        return did_you_mean("", [name for name, value in self.names.items() if isinstance(value, list)])

    def turns(self, tag: _Tag) -> None:
        """A condition's elif and else, a loop's else."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or (tag.word == "elif" and frame.tag.word != "if"):
            message = _("{tag} stands outside {{% if %}} and {{% endif %}}").format(tag=f"{{% {tag.word} %}}")
            self.complain(tag, message, "", tag.typed)
            return
        self.level(frame, tag)
        frame.certain, frame.name = frozenset(), ""
        if tag.word == "elif" and isinstance(
            node := self.parsed(tag, f"{{% {tag.text[2:]} %}}{{% endif %}}"), nodes.If
        ):
            frame.certain = certain_in(node.test)
            self.value(tag, node.test, frame.certain)

    def closes(self, tag: _Tag) -> None:
        word = tag.word.removeprefix("end")
        if all(frame.tag.word != word for frame in self.frames):
            message = _("there is no {opening} before it").format(opening=f"{{% {word} … %}}")
            self.complain(
                tag, message, _("type {opening}, or delete the tag").format(opening=f"{{% {word} … %}}"), word
            )
            return
        while (frame := self.frames.pop()).tag.word != word:
            self.unclosed(frame)
        self.level(frame, tag)

    def unclosed(self, frame: _Frame) -> None:
        closing = f"{{%{frame.tag.prefix} end{frame.tag.word} %}}"
        message = _("there is no {closing} after it").format(closing=closing)
        self.complain(frame.tag, message, _("type {closing} where it ends").format(closing=closing), frame.tag.word)

    def level(self, frame: _Frame, tag: _Tag) -> None:
        """Complain of {%tr for %} that {%p endfor %} closes: half of a table would be repeated."""
        if frame.tag.level != tag.level:
            message = _("it belongs to {opening} in {place}, which takes the place of something else")
            message = message.format(opening=frame.tag.typed, place=frame.tag.chunk.place)
            hint = _("type both with the same letters ({%p, {%tr, {%tc or none), both in or both outside a table")
            self.complain(tag, message, hint, tag.typed)

    def in_cell(self, tag: _Tag) -> None:
        """{% merge x %} and its like."""
        if "tc" not in tag.chunk.around:
            message = _("{tag} stands outside a table").format(tag=f"{{% {tag.word} %}}")
            self.complain(tag, message, _("type it in the cell that it is about"), tag.typed)
            return
        if tag.word == "vm":
            return
        argument = tag.text[len(tag.word) :].strip()
        node = self.parsed(tag, "{{ " + argument + " }}")
        if node is None:
            return
        before = len(self.faults)
        value = self.value(tag, node, certain_in(node))
        if tag.word != "merge":
            self.text_is(tag, node, value)
        elif len(self.faults) == before and value is not ANYTHING and not is_cell(value):
            message = _("“{name}” is no column: cells merge by a column of the table").format(name=argument)
            self.complain(tag, message, did_you_mean(argument.removesuffix(".text"), self.cells()), argument)

    def cells(self) -> list[str]:
        """What {% merge %} can name here."""
        return [
            f"{frame.name}.{name}"
            for frame in self.frames
            if frame.name and isinstance(frame.item, dict)
            for name, value in frame.item.items()
            if is_cell(value)
        ]

    # --- expressions

    def value(self, tag: _Tag, node: nodes.Node, certain: frozenset[str] = frozenset()) -> Any:
        """Return what stands for the value of an expression; complain of every name in it that there is not."""
        if isinstance(node, nodes.Const):
            return node.value
        if isinstance(node, nodes.Name):
            return self.root(tag, node.name, certain)
        if isinstance(node, nodes.Getattr):
            return self.member(tag, self.value(tag, node.node, certain), dotted_name(node), node.attr, certain)
        if isinstance(node, nodes.Getitem):
            return self.item(tag, node, certain)
        if isinstance(node, nodes.Test) and node.name == "defined":
            return True
        if isinstance(node, nodes.Filter):
            return self.filtered(tag, node, certain)
        if isinstance(node, nodes.BinExpr) and not isinstance(node, nodes.And | nodes.Or):
            hint = _("put the formula into facts.yaml or form.yaml")
            self.complain(tag, _("a Word template does not calculate"), hint, tag.text)
        values = [self.value(tag, child, certain) for child in node.iter_child_nodes()]
        self.any_of += values
        return ANYTHING if isinstance(node, nodes.CondExpr | nodes.BinExpr | nodes.UnaryExpr) else bool(values)

    def root(self, tag: _Tag, name: str, certain: frozenset[str]) -> Any:
        own = {frame.name: frame.item for frame in self.frames if frame.name}
        if own:
            own["loop"] = LOOP
        if name in own or name in self.names:
            return own[name] if name in own else self.names[name]
        if not self.is_certain(name, certain):
            self.undefined(tag, name, name, [*own, *self.names])
        return ANYTHING

    def member(self, tag: _Tag, value: Any, dotted: str, name: str, certain: frozenset[str]) -> Any:
        if value is ANYTHING or (isinstance(value, dict) and name in value):
            return ANYTHING if value is ANYTHING else value[name]
        if not isinstance(value, _Open) and not self.is_certain(dotted, certain):
            self.undefined(tag, dotted or name, name, value if isinstance(value, dict) else ())
        return ANYTHING

    def item(self, tag: _Tag, node: nodes.Getitem, certain: frozenset[str]) -> Any:
        value = self.value(tag, node.node, certain)
        if not isinstance(node.arg, nodes.Const):
            self.value(tag, node.arg, certain)
            self.any_of.append(value)
            return ANYTHING
        if isinstance(value, list) and isinstance(node.arg.value, int):
            return value[0]
        return self.member(tag, value, dotted_name(node), str(node.arg.value), certain)

    def filtered(self, tag: _Tag, node: nodes.Filter, certain: frozenset[str]) -> Any:
        before = len(self.faults)
        value = self.value(tag, node.node, certain) if node.node is not None else ANYTHING
        if node.name == "default":
            del self.faults[before:]  # it is for names that there may not be
        for argument in node.args:
            self.value(tag, argument, certain)
        if node.name == "join" and not isinstance(value, list | _Anything):
            self.complain(tag, _("only a list can be joined"), self.lists(), tag.text)
        self.any_of.append(value)
        return {"join": "", "length": 0}.get(node.name, value)

    def is_certain(self, dotted: str, certain: frozenset[str]) -> bool:
        """Tell whether a condition around it has asked “is defined” of the name, or of what it belongs to."""
        asked = certain.union(*(frame.certain for frame in self.frames))
        return bool(dotted) and any(dotted == name or dotted.startswith(f"{name}.") for name in asked)

    def undefined(self, tag: _Tag, dotted: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        meant = CALLED.get(dotted, "")
        hint = _("did you mean {word}?").format(word=meant) if meant in known else did_you_mean(name, known)
        rows = [(frame.name, frame.item) for frame in self.frames[::-1] if frame.name and isinstance(frame.item, dict)]
        if dotted == name:
            for group, members in (("cells", self.names.get("cells", {})), *rows):
                if name in members:  # {{ 项目名称 }} for {{ cells.项目名称 }}
                    text = ".text" if is_cell(members[name]) else ""
                    hint = _("did you mean {word}?").format(word=f"{group}.{name}{text}")
        self.complain(tag, _("there is nothing called “{name}”").format(name=dotted), hint, dotted)


def is_cell(value: Any) -> bool:
    """Tell whether something is a cell of a row: its text, and how many rows it spans."""
    return isinstance(value, dict) and "text" in value and isinstance(value.get("rows"), int)


def certain_in(node: nodes.Node) -> frozenset[str]:
    """Return the names of which an expression asks whether they are defined."""
    tests = [node, *node.find_all(nodes.Test)]
    return frozenset(
        dotted_name(test.node) for test in tests if isinstance(test, nodes.Test) and test.name == "defined"
    )


def _tag(typed: str, brace: str, inner: str, chunk: Chunk) -> _Tag:
    inner = inner.translate(STRAIGHT)
    prefix = PREFIX.match(inner)
    text = inner[prefix.end() :] if prefix else inner
    return _Tag(
        typed, brace, prefix[1] if prefix else "", text.strip().removeprefix("-").removesuffix("-").strip(), chunk
    )


def _closes(following: Sequence[Chunk], closing: str) -> bool:
    """Tell whether the first brace of the paragraphs that follow is ``closing``."""
    first = next((match[0] for chunk in following if (match := BRACES.search(chunk.text))), "")
    return first == closing
