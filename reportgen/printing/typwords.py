"""Typst's complaints about a template -> findings in the reader's language, at the author's own line.

What Typst says is text for people (error: …, ┌─ file:line:column, help: while calling …): it is read as such, and told
in the words of TABLE where they are known, else quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _

PART = re.compile(r"^(error|warning|help): ", re.MULTILINE)
PLACE = re.compile(r"┌─ (?P<file>.+):(?P<line>\d+):(?P<column>\d+)$", re.MULTILINE)
MOST = 20  # complaints of one template that are told


class Place(NamedTuple):
    """Where Typst stands: a file as findings call it, line and column from 1, and the line."""

    file: str
    line: int
    column: int
    text: str

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.file.rpartition("/")[0]

    @property
    def span(self) -> Span:
        """The place as a finding has it."""
        return Span(self.file, self.line, self.column, 1, self.text)


class Complaint(NamedTuple):
    """What Typst says, and where: at the fault itself first, then at each call that led there."""

    words: str
    places: tuple[Place, ...]


def findings_of(message: str, diagnostic: str, name: str, root: Path) -> list[Finding]:
    """Return a finding for each complaint about the template ``name``, whose templates lie in ``root``."""
    complaints = list(complaints_in(diagnostic, root))[:MOST] or [Complaint(message, ())]
    return list(dict.fromkeys(_finding(complaint, name) for complaint in complaints))


def complaints_in(diagnostic: str, root: Path) -> Iterator[Complaint]:
    """Yield the complaints in the text of a diagnostic."""
    _before, *parts = PART.split(diagnostic)
    words, places = "", list[Place]()
    for kind, part in zip(parts[::2], parts[1::2], strict=True):
        if kind != "help":
            if words:
                yield Complaint(words, tuple(places))
            words, places = part.partition("\n")[0], []
        places += _places(part, root)
    if words:
        yield Complaint(words, tuple(places))


def _places(part: str, root: Path) -> Iterator[Place]:
    for match in PLACE.finditer(part):
        source = re.search(rf"^\s*{match['line']} │ (.*)$", part, re.MULTILINE)
        file = _called(match["file"], root)
        yield Place(file, int(match["line"]), int(match["column"]) + 1, source[1] if source else "")


def _called(file: str, root: Path) -> str:
    """Return what findings call a file: Typst names it as seen from where the program runs."""
    path = Path.cwd().joinpath(file).resolve()
    if path.is_relative_to(root.resolve()):
        return f"templates/{path.relative_to(root.resolve()).as_posix()}"
    return f"templates/{'/'.join(path.parts[-2:])}"


def _finding(complaint: Complaint, name: str) -> Finding:
    message, hint = told(complaint.words)
    if not complaint.places:
        return Finding("pdf-failed", Span(name), message, hint)
    innermost = complaint.places[0]
    folder = name.rpartition("/")[0]
    own = next((place for place in complaint.places if place.folder == folder), innermost)
    if own is not innermost:  # the author called what does not work there
        where = _("{message} (in {file}, line {line}, which this line calls)")
        message = where.format(message=message, file=innermost.file, line=innermost.line)
    return Finding("pdf-failed", own.span, message, hint)


def told(words: str) -> tuple[str, str]:
    """Return what Typst says in the reader's language, and what to do about it."""
    for pattern, message, hint in _table():
        if match := re.fullmatch(pattern, words):
            given = {key: _named(text) if key in KINDS_IN else _short(text) for key, text in match.groupdict().items()}
            return message.format(**given), hint
    return _("Typst says: “{words}”").format(words=words), ""


KINDS_IN = ("wanted", "found", "one", "other")  # the parts of a complaint that name kinds of values


def _short(text: str | None) -> str:
    """Return the end of a path, else the text: where it lies on this machine is nobody's business."""
    path = Path(text or "")
    return "/".join(path.parts[-2:]) if path.is_absolute() else text or ""


def _named(text: str) -> str:
    """Return kinds of values in the reader's language: length, fraction, or array."""
    kinds = _kinds()
    names = [part for part in re.split(r",? or |, | and ", text) if part]
    return _(" or ").join(kinds.get(name, name) for name in names)


def _kinds() -> dict[str, str]:
    """Return the kinds of values that Typst names, in the reader's language."""
    return {
        "alignment": _("alignment"),
        "arguments": _("arguments"),
        "array": _("array"),
        "boolean": _("boolean"),
        "closing brace": _("closing brace"),
        "closing bracket": _("closing bracket"),
        "closing paren": _("closing paren"),
        "color": _("color"),
        "comma": _("comma"),
        "content": _("content"),
        "dictionary": _("dictionary"),
        "expression": _("expression"),
        "float": _("float"),
        "fraction": _("fraction"),
        "function": _("function"),
        "identifier": _("identifier"),
        "integer": _("integer"),
        "label": _("label"),
        "length": _("length"),
        "line break": _("line break"),
        "none": _("none (nothing)"),
        "pattern": _("name to be set"),
        "ratio": _("ratio"),
        "relative length": _("relative length"),
        "semicolon": _("semicolon"),
        "string": _("string"),
    }


def _table() -> tuple[tuple[str, str, str], ...]:
    """Return the complaints that authors meet: a pattern of Typst's words, ours, and what to do.

    Typst 0.15's words; of one that is worded otherwise the original is quoted.
    """
    house = _('compare its spelling; what the house offers needs the line #import "../house/house.typ": *')
    names = _("compare its spelling with 栏目 and 列 in form.yaml, and with house.typ")
    return (
        ("unknown variable: (?P<name>.+)", _("unknown variable: {name}"), house),
        ("unresolved import", _("unresolved import: the file has nothing of this name"), house),
        ("module `(?P<module>.+)` does not contain `(?P<name>.+)`", _("{module} does not contain {name}"), house),
        ('(?:no default value was specified and )?dictionary does not contain key "(?P<name>.+?)"(?: and no .+)?',
         _("there is no “{name}” among the data"), names),
        ("type (?P<one>.+) has no method `(?P<name>.+)`", _("a value of the kind {one} has no method {name}"), ""),
        ("type (?P<one>.+) does not contain field `(?P<name>.+)`",
         _("a value of the kind {one} has no field {name}"), ""),
        ("cannot access fields on type (?P<one>.+)", _("a value of the kind {one} has no fields"), ""),
        ("unclosed delimiter", _("unclosed delimiter: what is opened here is never closed"),
         _("type the ), ], }, * or _ that belongs to it; a * or _ that is meant as such is \\* or \\_")),
        ("unclosed string", _("unclosed string: its second quotation mark is missing"), _('type a " at its end')),
        ("unclosed (?P<what>.+)", _("unclosed {what}"), _("close it, or take its first mark away")),
        ("the character `#` is not valid in code", _("the character # is not needed within code"),
         _("take the # away, or close the bracket before it")),
        ("expected (?P<wanted>.+), found (?P<found>.+)", _("{wanted} is expected here, not {found}"), ""),
        ("expected (?P<wanted>.+)", _("{wanted} is expected here"), ""),
        ("unexpected argument: (?P<name>.+)", _("unexpected argument: {name}"),
         _("compare its spelling, or delete it")),
        ("unexpected argument", _("unexpected argument: there is one more than can stand here"), _("delete it")),
        ("unexpected (?P<found>.+)", _("{found} cannot stand here"), _("delete it, or type what it belongs to")),
        ("missing argument: (?P<name>.+)", _("the argument {name} is missing"), ""),
        ("duplicate (?:key|argument): (?P<name>.+)", _("{name} is given twice"), _("keep one of the two")),
        ("cannot (?:add|subtract|multiply|divide|compare|join|apply .+ to) (?P<one>.+?)(?: and | with | by | from )"
         "(?P<other>.+)", _("{one} and {other} cannot be put together or compared"),
         _("turn one into the kind of the other: str(…), int(…), 3 * 1pt")),
        ("cannot loop over (?P<one>.+)", _("nothing can be repeated over a value of the kind {one}"), ""),
        ("cannot divide by zero", _("it divides by zero"), ""),
        ("(?:no default value was specified and )?(?:array|string) index out of bounds \\(index: (?P<at>.+), "
         "len: (?P<n>\\d+)\\)(?: and no .+)?", _("there is no entry {at}: there are {n}, counted from 0"), ""),
        ("panicked with: (?P<words>.+)", _("the template stops by itself (panic): {words}"), ""),
        ("assertion failed(?:: (?P<words>.+))?",
         _("assertion failed: what the template demands (assert) does not hold"), ""),
        ("unknown font family: (?P<name>.+)", _("unknown font family: {name}"),
         _("type font: fonts.body, fonts.kai, fonts.hei, fonts.song or fonts.title")),
        ("layout did not converge .+", _("layout did not converge: what it prints changes what it prints"),
         _("take out what counts or measures what depends on it")),
        ("(?:condition is always true|loop seems to be infinite)",
         _("this loop never ends: its condition is always true"), _("loop over a list: for x in …")),
        ("maximum (?:function call|show rule|layout) depth exceeded", _("it calls itself without end"), ""),
        (r"file not found \(searched at (?P<name>.+)\)", _("the file {name}, which this template reads, is missing"),
         _("copy it from the templates that come with reportgen")),
        ('path `?"?(?P<path>.+?)"?`? would escape the project root', _("{path} lies outside of the templates folder"),
         _("copy the file into the templates folder")),
        ("failed to (?:download|find|load) package .+", _("a package from the network cannot be used"),
         _("copy what it needs into the templates folder")),
        ("failed to parse (?P<format>\\w+) .+", _("the file that is read here is no sound {format}"), ""),
        ("unknown image format", _("the file is no picture that can be printed"), _("save it as PNG, JPEG or SVG")),
        ("label `<(?P<name>.+)>` does not exist in the document", _("nothing is marked <{name}>"),
         _("an @ that is meant as such is \\@")),
        ("PDF/UA-1 error: missing alt text", _("a picture needs a text for those who cannot see it"),
         _('type image("…", alt: "what it shows")')),
        ("PDF/UA-1 error: skipped from heading level (?P<one>\\d) to (?P<other>\\d)",
         _("a heading of level {other} stands directly below one of level {one}"), _("levels follow one another")),
        ("can only be used when context is known", _("this is known only while pages are made"),
         _("type #context before it")),
        ("pagebreaks are not allowed inside of containers", _("no page can begin within a box or a table"), ""),
        ("cell's colspan would cause it to exceed the available column\\(s\\)",
         _("the cell spans more columns than there are"), _("compare colspan with columns: (…)")),
        ("not enough elements to destructure", _("there are fewer values than names for them"), ""),
    )  # fmt: skip
