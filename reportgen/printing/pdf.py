"""A document and a Typst template -> PDF bytes: PDF/A-2b and PDF/UA-1 at once, the same bytes for the same input."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from reportgen.printing.look import Look, read_look
from reportgen.printing.typsource import faults_below, faults_of, odd_links_in
from reportgen.printing.typwords import findings_of
from reportgen.reading.project import HOUSE
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document

# PDF/UA-1 turns a character that no font has, silent otherwise, into an error.
STANDARDS: typst.PDFStandards = ["a-2b", "ua-1"]
# The fonts of GB/T 9704—2012 under the names that systems give them; the last of each is an open font.
LATIN = ("Times New Roman",)
ROLES = {
    "title": (
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "方正小标宋简体",
        "方正小标宋_GBK",
        "STZhongsong",
        "Noto Serif SC",
    ),
    "body": ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋", "STFangsong", "Noto Serif SC"),
    "kai": ("KaiTi_GB2312", "KaiTi", "楷体_GB2312", "楷体", "STKaiti", "Noto Serif SC"),
    "hei": ("SimHei", "黑体", "STHeiti", "Noto Sans SC"),
    "song": ("SimSun", "宋体", "STSong", "Noto Serif SC"),
}
STYLED = {"title": "title", "body": "body", "kai": "heading2", "hei": "heading1", "song": "number"}  # role: style
OPEN = ("Noto Serif SC", "Noto Sans SC")
NAMES = {"title": "小标宋", "body": "仿宋", "kai": "楷体", "hei": "黑体", "song": "宋体"}
NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')


class MissingGlyphError(ReportError):
    """No font has one of these characters."""

    def __init__(self, characters: str, name: str) -> None:
        missing = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
        message = _("no font has {characters}").format(characters=missing)
        hint = _("type another character, or install a font that has it")
        super().__init__([Finding("missing-glyph", Span(name), message, hint, Subject.key(characters[:1]))])
        self.characters = characters


def font_folder() -> Path:
    """Return where the open fonts lie that come as a dependency."""
    return Path(pylopdf_fonts_zh_cn.serif_path()).parent


def _characters(text: str) -> str:
    """Return the characters of a text that Typst could not display, without those that every font has."""
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), text)
    odd = [character for character in dict.fromkeys(text) if not character.isascii()]
    return "".join(odd) or text


@dataclass(frozen=True)
class PdfPrinter:
    """Prints with the templates in ``root``; ``system_fonts`` allows the fonts installed on this machine."""

    root: Path
    system_fonts: bool = True

    @cached_property
    def fonts(self) -> typst.Fonts:
        """The fonts to choose from: the system's only where one of GB/T 9704's is among them."""
        folder = str(font_folder())
        if self.system_fonts:
            every = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[folder])
            wanted = {family.casefold() for families in ROLES.values() for family in families} - _folded(OPEN)
            if wanted & _folded(every.families()):
                return every
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """The font families of each role that are there, best first."""
        there = {family.casefold(): family for family in self.fonts.families()}
        latin = [there[name.casefold()] for name in LATIN if name.casefold() in there]
        look = self.look
        styled = {role: ((look.styles[style].font,) if look else ()) + ROLES[role] for role, style in STYLED.items()}
        roles = {
            role: list(dict.fromkeys(there[name.casefold()] for name in names if name.casefold() in there))
            for role, names in styled.items()
        }
        if missing := [NAMES[role] for role, families in roles.items() if not families]:
            message = _("there is no font for {names}").format(names="、".join(missing))
            raise ReportError([Finding("pdf-failed", Span(""), message, _("install reportgen again"))])
        return {role: families + latin for role, families in roles.items()}

    @cached_property
    def look(self) -> Look | None:
        """The look of the house, as its Word file has it; None where there is no such file. Raises ReportError."""
        path = self.root / HOUSE / "report.docx"
        return read_look(path, f"templates/{HOUSE}/report.docx") if path.is_file() else None

    @property
    def substituted(self) -> list[str]:
        """Describe each font of GB/T 9704 that an open font stands for: 仿宋 → Noto Serif SC."""
        return [f"{NAMES[role]} → {families[0]}" for role, families in self.families.items() if families[0] in OPEN]

    @property
    def installed(self) -> str:
        """Name the installed fonts that print what the open fonts would elsewhere; "" where these print all."""
        found = {role: "、".join(f for f in families if f not in OPEN) for role, families in self.families.items()}
        return "，".join(f"{NAMES[role]} {families}" for role, families in found.items() if families)

    @cached_property
    def _compiler(self) -> typst.Compiler:
        if faults := list(faults_below(self.root)):
            raise ReportError(faults)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            os.environ[name] = "http://127.0.0.1:9"  # nothing answers there: no package can be fetched
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ""
        return typst.Compiler(root=str(self.root), font_paths=self.fonts)

    def print_pdf(self, document: Document, template: Path, bound: Sequence[Document] = ()) -> bytes:
        """Return ``document`` printed with ``template``, with those ``bound`` behind it. Raises ReportError."""
        name = f"templates/{template.relative_to(self.root).as_posix()}"
        if not template.is_file():
            message = _("the Typst template is missing")
            hint = _("copy {name} of another form, and change it").format(name=template.name)
            raise ReportError([Finding("bad-template", Span(name), message, hint)])
        refused = [*faults_of(template, self.root)]
        try:
            result, warnings = self._compiled(document, template, bound)
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

    def _compiled(
        self, document: Document, template: Path, bound: Sequence[Document]
    ) -> tuple[bytes, list[typst.TypstWarning]]:
        midnight = datetime.datetime.fromisoformat(document.date).replace(tzinfo=datetime.UTC)
        data = document.as_data()
        if bound:
            data["volume"] = [data.copy(), *(each.as_data() for each in bound)]
        inputs = {
            "data": json.dumps(data, ensure_ascii=False),
            "fonts": json.dumps(self.families, ensure_ascii=False),
            "look": json.dumps(self.look and self.look.as_data, ensure_ascii=False),
        }
        result, warnings = self._compiler.compile_with_warnings(
            input=str(template), format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=midnight
        )
        if not isinstance(result, bytes):
            name = f"templates/{template.relative_to(self.root).as_posix()}"
            raise ReportError([Finding("pdf-failed", Span(name), _("Typst returned no PDF"))])
        return result, warnings


def substituted_fonts(printer: PdfPrinter) -> Finding | None:
    """Say which of GB/T 9704's fonts an open font stands for in the PDF files, if any."""
    if not (pairs := printer.substituted):
        return None
    message = _("fonts that are not installed were substituted in the PDF: {fonts}").format(fonts="，".join(pairs))
    return Finding("font-substituted", Span(""), message, _("install the fonts of GB/T 9704 to use them"))


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}
