"""A Typst template with what it imports -> how it gets its data, and what no report may carry: packages, today's date.

A link is let in by its scheme, as in a Word template. Where the source does not show the address, because it is put
together, the finished file does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _

PACKAGE = re.compile(r"""(?:import|include)\s*\(?\s*["']@""")
READS = re.compile(r'\b(?:import|include)\s*\(?\s*"([^"@]+\.typ)"')  # #import "../house/house.typ": *
COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|/\*.*?\*/|(?<!:)//[^\n]*', re.DOTALL)  # the group: a text, and none
LINK = re.compile(r'\blink\s*\(\s*(?:"((?:[^"\\\n]|\\.)*)"\s*[,)])?')  # link("https://…"); no group: put together
SAFE = re.compile(r"https?://|mailto:", re.IGNORECASE)
TODAY = re.compile(r"\bdatetime\s*\.\s*today\b")
ADDRESS = re.compile(rb"/URI/URI(?:\((.*?)\)|<([0-9A-Fa-f]*)>)\s*>>", re.DOTALL)  # /URI/URI(https://…)>>
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
CALLED = re.compile(r"^#let report\(data\)", re.MULTILINE)


class Template(NamedTuple):
    """What is known of a template: its faults, and whether it is called with its data.

    One that is called has the same source and the same sys.inputs for every document, so that Typst remembers what its
    files define and what it has set. One that is not finds its data among sys.inputs.
    """

    faults: tuple[Finding, ...]
    is_called: bool


class File(NamedTuple):
    """A file of templates: what findings call it, and its text."""

    name: str
    text: str

    @property
    def code(self) -> str:
        """The text with blanks for its comments."""
        return COMMENT.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), self.text)

    def span(self, at: int, length: int) -> Span:
        """Return the place of a part of the text."""
        begin = self.text.rfind("\n", 0, at) + 1
        line = self.text[begin:].partition("\n")[0]
        return Span(self.name, self.text.count("\n", 0, at) + 1, at - begin + 1, length, line)


def faults_below(root: Path) -> Iterator[Finding]:
    """Yield a fault for whatever leads out of the templates: Typst follows links, and fetches packages."""
    for path in sorted(root.rglob("*")):
        name = _name(path, root)
        if path.is_symlink():
            message = _("a link to another place cannot be a template")
            yield Finding("bad-template", Span(name), message, _("copy the file itself"))
        elif path.suffix == ".typ" and (match := PACKAGE.search(text := _read(path))):
            message = _("the template imports a package from the network")
            hint = _("copy what it needs into the templates folder")
            yield Finding("bad-template", File(name, text).span(match.start(), 1), message, hint)


def looked_at(template: Path, root: Path) -> Template:
    """Look at a template and at what it imports."""
    own = File(_name(template, root), _read(template))
    return Template(tuple(faults_of(template, root)), CALLED.search(own.code) is not None)


def call_of(name: str, data: str) -> bytes:
    """Return the program that calls a template with its data, JSON, which stand in it as a text and as nothing else."""
    template, text = (part.replace("\\", "\\\\").replace('"', '\\"') for part in (name, data))
    return f'#import "/{template}": report\n#report(json(bytes("{text}")))\n'.encode()


def faults_of(template: Path, root: Path) -> Iterator[Finding]:
    """Yield a fault for each odd link and each look at the clock in a template and in what it imports."""
    for file in files_of(template, root):
        if "link" not in file.text and "today" not in file.text:
            continue  # nearly always, and 100 times faster than the search for code
        for match in LINK.finditer(file.code):
            if match[1] is not None and not SAFE.match(match[1]):
                yield _odd_link(match[1], file.span(match.start(1), len(match[1])))
        for match in TODAY.finditer(file.code):
            message = _("a report has no today: it would be another date whenever it is built")
            hint = _("type data.date, the date of the report")
            yield Finding("bad-template", file.span(match.start(), len(match[0])), message, hint)


def odd_links_in(pdf: bytes, template: Path, root: Path) -> Iterator[Finding]:
    """Yield a fault for each odd link in a finished file, at the first place that puts an address together."""
    for address in dict.fromkeys(links_in(pdf)):
        if not SAFE.match(address):
            yield _odd_link(address, _where_put_together(template, root))


def links_in(pdf: bytes) -> Iterator[str]:
    """Yield the address of each link in a PDF of Typst's, which keeps them readable."""
    for match in ADDRESS.finditer(pdf):
        data = bytes.fromhex(match[2].decode()) if match[2] is not None else ESCAPED.sub(rb"\1", match[1])
        yield data.decode("utf-8", "replace")


def files_of(template: Path, root: Path) -> Iterator[File]:
    """Yield a template and the files that it imports, and those that these import, each once."""
    waiting, seen = [template], set[Path]()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
            continue
        seen.add(path)
        yield (file := File(_name(path, root), _read(path)))
        for read in READS.finditer(file.text) if '.typ"' in file.text else ():
            waiting.append((root if read[1].startswith("/") else path.parent) / read[1].lstrip("/"))


def _where_put_together(template: Path, root: Path) -> Span:
    for file in files_of(template, root):
        if match := next((match for match in LINK.finditer(file.code) if match[1] is None), None):
            return file.span(match.start(), len("link"))
    return Span(_name(template, root))


def _odd_link(address: str, span: Span) -> Finding:
    message = _("a link to “{address}” cannot go into a report").format(address=address[:60])
    hint = _("a link begins with https://, http:// or mailto:")
    return Finding("bad-template", span, message, hint)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _name(path: Path, root: Path) -> str:
    return f"templates/{Path(os.path.relpath(path, root)).as_posix()}"
