"""A document and a Typst template -> PDF bytes: PDF/A-2b and PDF/UA-1 at once, the same bytes for the same input."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import typst

from reportgen.printing.look import Look, read_look
from reportgen.printing.shelf import Shelf, named, unusual
from reportgen.printing.soffice import Fonts
from reportgen.printing.typefaces import NAMES, PART_OF, Typefaces, font_files, font_folders, read_typefaces
from reportgen.printing.typsource import Template, call_of, faults_below, looked_at, odd_links_in
from reportgen.printing.typwords import findings_of
from reportgen.reading.project import HOUSE
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document, Paragraph
from reportgen.writing.measure import may_end_alone

# PDF/UA-1 turns a character that no font has, silent otherwise, into an error.
ARCHIVE: typst.PDFStandards = ["a-2b"]
STANDARDS: typst.PDFStandards = ["a-2b", "ua-1"]
STYLED = {"title": "title", "body": "body", "kai": "heading2", "hei": "heading1", "song": "number"}  # role: style
NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')


class MissingGlyphError(ReportError):
    """No font has one of these characters."""

    def __init__(self, characters: str, name: str) -> None:
        super().__init__([replace(missing_glyph(characters), span=Span(name))])
        self.characters = characters


def missing_glyph(characters: str) -> Finding:
    """Return the finding on characters that no font has; where they stand is not known here."""
    message = _("no font has {characters}").format(characters=named(characters))
    hint = _("type another character, or put a font that has it into templates/house/fonts")
    return Finding("missing-glyph", Span(""), message, hint, Subject.key(characters[:1]))


def _characters(text: str) -> str:
    """Return the characters of a text that Typst could not display, without those that every font has."""
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), text)
    odd = [character for character in dict.fromkeys(text) if not character.isascii()]
    return "".join(odd) or text


@dataclass(frozen=True)
class Setting:
    """What is the same for many documents: the templates, their fonts, and sys.inputs without the data."""

    root: Path
    fonts: typst.Fonts
    inputs: Mapping[str, str]

    @cached_property
    def caller(self) -> typst.Compiler:
        """For a template that is called with its data: what its files say, it reads once."""
        return self._compiler(self.inputs)

    @cached_property
    def compiler(self) -> typst.Compiler:
        """For a template that finds its data among sys.inputs."""
        return self._compiler({})

    def _compiler(self, inputs: Mapping[str, str]) -> typst.Compiler:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            os.environ[name] = "http://127.0.0.1:9"  # nothing answers there: no package can be fetched
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ""
        return typst.Compiler(root=str(self.root), font_paths=self.fonts, sys_inputs=dict(inputs))


@dataclass(frozen=True)
class PdfPrinter:
    """Prints with the templates in ``root``; ``system_fonts`` allows the fonts installed on this machine.

    ``of_here`` is what of_machine is here, where somebody has looked: to look at all fonts takes 0.07 s.
    """

    root: Path
    system_fonts: bool = True
    of_here: str | None = None
    looked_at: dict[Path, Template] = field(default_factory=dict, compare=False)
    settings: dict[tuple[bool, bool], Setting] = field(default_factory=dict, compare=False)

    @cached_property
    def typefaces(self) -> Typefaces:
        """The families that the house asks for. Raises ReportError."""
        return read_typefaces(self.root)

    def _found(self, system: bool) -> typst.Fonts:
        folders = [str(folder) for folder in font_folders(self.root)]
        return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=folders)

    @cached_property
    def _own_fonts(self) -> typst.Fonts:
        """The fonts that come along: those of the house, and of the program."""
        return self._found(system=False)

    @cached_property
    def _every_font(self) -> typst.Fonts:
        """The fonts of the house, and of the system where they may be used."""
        return self._found(system=True) if self.system_fonts else self._own_fonts

    @cached_property
    def _every(self) -> Shelf:
        return Shelf(self._every_font)

    @cached_property
    def fonts(self) -> typst.Fonts:
        """The fonts to choose from: the system's only where one of GB/T 9704's is among them."""
        if self.system_fonts and self.of_here != "":
            wanted = [family for families in self.typefaces.standard.values() for family in families]
            if set(self._every.of(wanted)) - set(self._own_fonts.families()):
                return self._every_font
        return self._own_fonts

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self.fonts)

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """The font families of each role that are there, best first. Raises ReportError."""
        faces, look = self.typefaces, self.look
        latin = self._shelf.of(faces.latin)
        styled = {role: (look.styles[style].font,) if look else () for role, style in STYLED.items()}
        roles = {
            role: self._shelf.of([*styled[role], *faces.standard[role], *faces.substitutes[role]]) for role in NAMES
        }
        if missing := [NAMES[role] for role, families in roles.items() if not families]:
            message = _("there is no font for {names}").format(names="、".join(missing))
            raise ReportError([Finding("pdf-failed", Span(""), message, _("install reportgen again"))])
        return {role: list(dict.fromkeys(families + latin)) for role, families in roles.items()}

    def _chains(self, shelf: Shelf) -> dict[str, list[str]]:
        """Return the families of each role, then those that may have what they lack: the rare ones, and of any role."""
        beyond = [*self.typefaces.rare, *(family for families in self.families.values() for family in families)]
        return {role: shelf.of([*families, *beyond]) for role, families in self.families.items()}

    @cached_property
    def _chained(self) -> dict[str, list[str]]:
        return self._chains(self._shelf)

    def family_for(self, character: str, role: str) -> str:
        """Return the family that prints a character in the place of a role; "" where none has it."""
        found = self._shelf.with_character(character, self._chained[role])
        if not found and self.system_fonts:
            found = self._every.with_character(character, self._chains(self._every)[role])
        return found

    def own_families(self, role: str) -> list[str]:
        """Return the families that a role is set in as it should be, the usual one first; others only stand in."""
        faces, first = self.typefaces, self.families[role][0]
        return [first, *self._shelf.of([PART_OF.get(first, first), *faces.standard[role], *faces.latin])]

    @property
    def house_fonts(self) -> dict[str, str]:
        """The font files of the house, each with its family; "" where it cannot be read."""
        found = {Path(face.path): face.family for face in self.fonts.fonts() if face.path}
        return {path.name: found.get(path, "") for path in font_files(self.root)}

    @cached_property
    def installed(self) -> Shelf:
        """The fonts of the system alone."""
        return Shelf(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False))

    @cached_property
    def look(self) -> Look | None:
        """The look of the house, as its Word file has it; None where there is no such file. Raises ReportError."""
        path = self.root / HOUSE / "report.docx"
        return read_look(path, f"templates/{HOUSE}/report.docx") if path.is_file() else None

    @cached_property
    def for_libreoffice(self) -> Fonts:
        """The fonts with which LibreOffice prints a Word file as we print it."""
        faces, look = self.typefaces, self.look
        instead = {
            name: families
            for role, families in self.families.items()
            for name in (*faces.standard[role], *((look.styles[STYLED[role]].font,) if look else ()))
            if name not in families
        }
        return Fonts(font_folders(self.root), instead, self.system_fonts)

    @property
    def substitutes(self) -> dict[str, str]:
        """By role, the open font that stands for one of GB/T 9704."""
        faces, first = self.typefaces, {role: families[0] for role, families in self.families.items()}
        return {
            role: family
            for role, family in first.items()
            if family.casefold() in _folded(faces.substitutes[role]) - _folded(faces.standard[role])
        }

    @property
    def substituted(self) -> list[str]:
        """Describe each font of GB/T 9704 that an open font stands for: 仿宋 → Reportgen Song."""
        return [f"{NAMES[role]} → {family}" for role, family in self.substitutes.items()]

    @cached_property
    def of_machine(self) -> str:
        """Name the fonts of this machine that print what those that come along would elsewhere; "" where these do."""
        along = set(self._own_fonts.families())
        found = {role: "、".join(f for f in families if f not in along) for role, families in self.families.items()}
        return "，".join(f"{NAMES[role]} {families}" for role, families in found.items() if families)

    def _setting(self, wide: bool, closer: bool) -> Setting:
        """Return what is the same for many documents: for those with a rare character, and with closer lines."""
        if (wide, closer) not in self.settings:
            if not self.settings and (faults := list(faults_below(self.root))):
                raise ReportError(faults)
            look = self.look and (self.look.closer if closer else self.look)
            inputs = {"fonts": self._chains(self._every) if wide else self._chained, "look": look and look.as_data}
            texts = {name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()}
            self.settings[wide, closer] = Setting(self.root, self._every_font if wide else self.fonts, texts)
        return self.settings[wide, closer]

    def print_pdf(
        self, document: Document, template: Path, bound: Sequence[Document] = (), tagged: bool = True
    ) -> bytes:
        """Return ``document`` printed with ``template``, with those ``bound`` behind it. Raises ReportError.

        One that is not ``tagged`` is PDF/A-2b alone: files can be bound into it.
        """
        name = f"templates/{template.relative_to(self.root).as_posix()}"
        if not template.is_file():
            message = _("the Typst template is missing")
            hint = _("copy {name} of another form, and change it").format(name=template.name)
            raise ReportError([Finding("bad-template", Span(name), message, hint)])
        if template not in self.looked_at:
            self.looked_at[template] = looked_at(template, self.root)
        refused = [*self.looked_at[template].faults]
        try:
            result, warnings = self._compiled(document, template, bound, tagged)
        except typst.TypstError as error:
            if match := NO_GLYPH.search(error.message):
                raise MissingGlyphError(_characters(match[1]), name) from None
            complaints = findings_of(error.message, error.diagnostic, name, self.root)
            raise ReportError([*refused, *complaints]) from None
        except RuntimeError as error:  # a file that cannot be read at all
            message = _("Typst could not read the template: {reason}").format(reason=error)
            raise ReportError([Finding("pdf-failed", Span(name), message)]) from None
        for warning in warnings:
            refused += findings_of(warning.message, warning.diagnostic, name, self.root)
        if refused := refused or list(odd_links_in(result, template, self.root)):
            raise ReportError(refused)
        return result

    def _needs_more(self, documents: Iterable[Document]) -> bool:
        """Tell whether a character is in the system's fonts alone, which otherwise print nothing."""
        if not self.system_fonts:
            return False
        odd = unusual(text for document in documents for text in texts_of(document))
        chain = self._chained["body"]  # each role's ends with all of them
        lacks = not all(self._shelf.with_character(character, chain) for character in odd)
        return lacks and self.fonts is not self._every_font

    def _data(self, document: Document) -> dict[str, Any]:
        """Return a document as a Typst template reads it; ``runt``: the last line of a paragraph is to be measured."""
        data = document.as_data()
        if self.look and not document.landscape:
            sheet, indent = self.look.sheet(landscape=False), self.look.styles["body"].indent
            for block, printed in zip(document.blocks, data["blocks"], strict=True):
                if isinstance(block, Paragraph):
                    printed["runt"] = may_end_alone(block.text, sheet.width / sheet.char, indent / sheet.char)
        return data

    def _compiled(
        self, document: Document, template: Path, bound: Sequence[Document], tagged: bool
    ) -> tuple[bytes, list[typst.TypstWarning]]:
        midnight = datetime.datetime.fromisoformat(document.date).replace(tzinfo=datetime.UTC)
        data = self._data(document)
        if bound:
            data["volume"] = [data.copy(), *map(self._data, bound)]
        setting = self._setting(self._needs_more([document, *bound]), document.closer)
        name, text = template.relative_to(self.root).as_posix(), json.dumps(data, ensure_ascii=False)
        called = self.looked_at[template].is_called
        source: Any = call_of(name, text) if called else str(template)
        result, warnings = (setting.caller if called else setting.compiler).compile_with_warnings(
            input=source,
            format="pdf",
            sys_inputs=... if called else {**setting.inputs, "data": text},
            pdf_standards=STANDARDS if tagged else ARCHIVE,
            timestamp=midnight,
            pdf_tags=tagged,
        )
        if not isinstance(result, bytes):
            raise ReportError([Finding("pdf-failed", Span(f"templates/{name}"), _("Typst returned no PDF"))])
        return result, warnings


def texts_of(document: Document) -> Iterator[str]:
    """Yield every text of a document."""
    for texts in document.strings():
        yield from texts
    yield from document.cells.values()


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}
